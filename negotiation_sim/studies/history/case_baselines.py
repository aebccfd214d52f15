"""What anybody could forecast from the coded columns: the base rate and logistic regressions."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from negotiation_sim.model.terms import DecisionRule
from negotiation_sim.studies.history.cases import Case
from negotiation_sim.studies.history.logistic import fitted_elsewhere
from negotiation_sim.studies.history.venue_classes import rule_in

PENALTY = 3.0


def _columns(case: Case) -> tuple[float, ...]:
    rule = rule_in(case.rule, case.venue_class).rule
    consensus = float(rule == DecisionRule.CONSENSUS)
    against = float(min(case.us, case.rus, case.chn) < 0)
    return float(case.binding), case.scope, consensus, against, consensus * against


def short_columns(cases: Sequence[Case]) -> np.ndarray:
    """Return binding, scope, consensus, any power against, consensus times against."""
    return np.array([_columns(case) for case in cases])


def long_columns(cases: Sequence[Case]) -> np.ndarray:
    """Return the short columns, the three stances and the log of participants."""
    more = [(case.us, case.rus, case.chn, math.log(case.participants)) for case in cases]
    return np.concatenate([short_columns(cases), np.array(more, dtype=float)], axis=1)


REGRESSIONS = {"logistic": short_columns, "logistic_stances": long_columns}


def base_rates(outcome: np.ndarray, groups: Sequence[str]) -> np.ndarray:
    """Return for every row the share of successes among rows of other groups."""
    y, labels = np.asarray(outcome, dtype=float), np.asarray(groups)
    known = np.isfinite(y)
    rate = np.full(len(y), np.nan)
    for group in set(groups):
        others = known & (labels != group)
        rate[labels == group] = y[others].mean() if others.any() else 0.5
    return rate


def left_out(
    columns: np.ndarray, outcome: np.ndarray, groups: Sequence[str], penalty: float = PENALTY
) -> np.ndarray:
    """Return for every row the chance from a regression without the rows of its group."""
    y, labels = np.asarray(outcome, dtype=float), np.asarray(groups)
    known = np.isfinite(y)
    chance = np.full(len(y), np.nan)
    for group in dict.fromkeys(groups):
        train, test = known & (labels != group), labels == group
        chance[test] = fitted_elsewhere(columns[train], y[train], columns[test], penalty)
    return chance


def baseline_forecasts(
    cases: Sequence[Case], outcome: np.ndarray, trained_on: tuple[Sequence[Case], np.ndarray] | None
) -> dict[str, np.ndarray]:
    """Return each baseline's chances for cases at one deadline.

    Parameters
    ----------
    cases : sequence of Case
    outcome : array
        1, 0 or not-a-number; each row is forecast without the rows of its own mandate date.
    trained_on : (cases, outcome), optional
        Rows to learn from instead.
    """
    groups = [case.mandate_text for case in cases]
    if trained_on is None:
        found = {"base_rate": base_rates(outcome, groups)}
        for name, columns in REGRESSIONS.items():
            found[name] = left_out(columns(cases), outcome, groups)
        return found
    others, y = trained_on
    known = np.isfinite(y)
    rate = float(y[known].mean()) if known.any() else 0.5
    found = {"base_rate": np.full(len(cases), rate)}
    for name, columns in REGRESSIONS.items():
        x = columns(others)[known]
        found[name] = fitted_elsewhere(x, y[known], columns(cases), PENALTY)
    return found
