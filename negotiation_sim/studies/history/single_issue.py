"""Our bargaining (M2, M3, M5 to M7) on one issue, from the same rules as the engine."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from negotiation_sim.model.aspiration import aspiration
from negotiation_sim.model.compiling import compiled, formula
from negotiation_sim.model.decision import passes
from negotiation_sim.model.response import accepting_share, stands_aside
from negotiation_sim.model.revision import (
    capability_weight,
    chair_softness,
    objection_probability,
    objection_weight,
    revised,
    strictness,
)
from negotiation_sim.model.satisfaction import satisfaction
from negotiation_sim.model.terms import DecisionRule
from negotiation_sim.studies.history.baselines import weighted_mean
from negotiation_sim.studies.history.issues import Issue

if TYPE_CHECKING:
    from negotiation_sim.model.state import Vector

# Votes of the Council of fifteen: 62 of 87; of twenty-seven: 255 of 345.
QUOTA = (5, 7)
MAX_ROUNDS = 60
LEAST_SALIENCE = 0.01


class Positions(NamedTuple):
    """What the actors of one issue bring, an array each."""

    position: Vector
    heard: Vector  # what an objection weighs with the chair
    capability: Vector  # shares
    votes: Vector


class Voting(NamedTuple):
    """How it is decided: a rule, its quota and how strict that is."""

    decision_rule: int
    quota_part: int
    quota_whole: int
    strict: float


class Bargaining(NamedTuple):
    """Process parameters of one-issue bargaining; names as in the environment.

    The values are those chosen in every fold of the cross-validation on the DEU III issues, or
    within the choice's noise of it (docs/validation.md): a chair that hears everybody, by
    ``c^(1 - strict) * salience``, and serves objectors only a little more.

    Parameters
    ----------
    softness, softness_strict : float
        Width of the chair's doubt about who objects, at a simple majority and at consensus.
    pace : float
        Concession a round.
    reservation : float
        Reservation value of all.
    step : float
        Share of the way to where the objections are that the text moves a round.
    isolation : float
        What it costs to be the only one that objects.
    """

    softness: float = 0.4
    softness_strict: float = 3.2
    pace: float = 0.02
    reservation: float = 0.5
    step: float = 0.8
    isolation: float = 0.2


@formula
def revised_text(
    text: float, actors: Positions, insists: float, strict: float, width: float, step: float
) -> float:
    """Return the chair's next text (M5). ``heard`` is ``c^(1 - strict) * salience``."""
    position = actors.position
    total = gaps = 0.0
    for i in range(len(position)):
        content = satisfaction(abs(text - position[i]), 0.0, 0.0)
        weight = objection_weight(
            actors.heard[i], strict, objection_probability(insists - content, width)
        )
        total += weight
        gaps += weight * (position[i] - text)
    return revised(text, step, gaps, total, 0.0, 1.0)


@formula
def count_responses(
    text: float, actors: Positions, insists: float, isolation: float
) -> tuple[int, int, int]:
    """Return how many vote, accept and object (M6); who has no vote does not count."""
    position, votes = actors.position, actors.votes
    n = len(position)
    accepting = np.zeros(n, dtype=np.bool_)
    no_ties = np.zeros(1, dtype=np.int64)
    no_weights = np.zeros(1)
    n_voters = n_yes = n_no = 0
    for i in range(n):
        n_voters += 1 if votes[i] else 0
        content = satisfaction(abs(text - position[i]), 0.0, 0.0)
        accepting[i] = votes[i] and content >= insists
        n_yes += 1 if accepting[i] else 0
    for i in range(n):
        if votes[i] and not accepting[i]:
            share = accepting_share(no_ties, no_weights, 0, votes, accepting, n_yes, n_voters)
            deficit = insists - satisfaction(abs(text - position[i]), 0.0, 0.0)
            n_no += 0 if stands_aside(deficit, isolation, share, actors.capability[i]) else 1
    return n_voters, n_yes, n_no


@formula
def bargain(
    actors: Positions, start: float, voting: Voting, by: Bargaining, max_rounds: int
) -> tuple[float, int]:
    """Return the text and the round of its adoption (0 if never), in rounds of M5 to M7."""
    width = chair_softness(voting.strict, by.softness, by.softness_strict)
    text = start
    for round_number in range(1, max_rounds + 1):
        insists = aspiration(by.reservation, 1.0, by.pace, float(round_number), 0.0, 0.0)
        text = revised_text(text, actors, insists, voting.strict, width, by.step)
        n, n_yes, n_no = count_responses(text, actors, insists, by.isolation)
        if passes(
            voting.decision_rule, n, n_yes, n_no, n_yes, n_no, voting.quota_part,
            voting.quota_whole, 0, 0, 0, 0,
        ):  # fmt: skip
            return text, round_number
    return text, 0


def quota_of(decision_rule: DecisionRule) -> tuple[int, int]:
    """Return the quota that the chair has in mind under a rule."""
    if decision_rule == DecisionRule.QUALIFIED_MAJORITY:
        return QUOTA
    return (1, 1) if decision_rule == DecisionRule.CONSENSUS else (1, 2)


def hearing(issue: Issue, strict: float) -> np.ndarray:
    """Return ``c^(1 - strict) * salience``, what an actor's objection weighs with the chair."""
    share = issue.capability / issue.capability.sum()
    powers = np.array([capability_weight(float(c), strict) for c in share])
    answer: np.ndarray = powers * np.maximum(issue.salience, LEAST_SALIENCE)
    return answer


def agreed_text(issue: Issue, parameters: Bargaining) -> tuple[float, int]:
    """Return the text of one issue in [0, 1] and the round of its adoption.

    The text starts at the reference point where one is given, else at the mean of the positions
    weighted as the chair hears them. If nothing passes, the text as it then stands is returned:
    the forecast is of what comes out, should anything.
    """
    part, whole = quota_of(issue.rule)
    strict = strictness(part, whole)
    heard = hearing(issue, strict)
    start = issue.reference
    if start is None:
        start = weighted_mean(issue.position, heard)
    shares = issue.capability / issue.capability.sum()
    text, adopted = compiled(bargain)(
        Positions(issue.position, heard, shares, issue.votes), float(start),
        Voting(int(issue.rule), part, whole, float(strict)), parameters, MAX_ROUNDS,
    )  # fmt: skip
    return float(text), int(adopted)
