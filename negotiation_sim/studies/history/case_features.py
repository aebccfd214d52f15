"""Columns of a case on which the emulator's coefficients hang: what cases have in common."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from negotiation_sim.model.terms import DecisionRule
from negotiation_sim.studies.history.cases import Case
from negotiation_sim.studies.history.mapping import DELAYS, USUAL_PARTICIPANTS
from negotiation_sim.studies.history.venue_classes import rule_in

RULES = tuple(DecisionRule)


def _row(case: Case) -> tuple[float, ...]:
    rule = rule_in(case.rule, case.venue_class).rule
    with_term = case.deadline_years is None or not math.isinf(case.deadline_years)
    return (
        case.scope, float(case.binding), case.verification,
        math.log(case.participants / USUAL_PARTICIPANTS), float(with_term),
        case.us, case.rus, case.chn, case.eu or 0, case.g77 or 0,
        float(case.eu is not None), float(case.g77 is not None), float(case.shock),
        math.log(DELAYS[case.task]), case.draft, float(case.regime != "new"),
        *(float(rule == each) for each in RULES),
    )  # fmt: skip


def features_of(cases: Sequence[Case]) -> np.ndarray:
    """Return a one and the standardised columns of every case, cases x features."""
    columns = np.array([_row(case) for case in cases], dtype=float)
    spread = columns.std(axis=0)
    scaled = (columns - columns.mean(axis=0)) / np.where(spread > 0.0, spread, 1.0)
    return np.concatenate([np.ones((len(cases), 1)), scaled], axis=1)
