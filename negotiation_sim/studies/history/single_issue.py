"""Our bargaining (M2, M3, M5 to M7) on one issue, from the same rules as the engine."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from negotiation_sim.model.aspiration import aspiration, insistence
from negotiation_sim.model.compiling import compiled, formula
from negotiation_sim.model.decision import CONSENSUS, passes
from negotiation_sim.model.obstruction import (
    SHORT,
    WOULD_PASS,
    held_out,
    nearly_behind,
    share_near,
    votes_needed,
)
from negotiation_sim.model.reservation import reservation
from negotiation_sim.model.response import PASSES, goes_along, standing_alone, weighed_deficit
from negotiation_sim.model.revision import TIE, UNKNOWN, revised
from negotiation_sim.model.satisfaction import NEGLIGIBLE, satisfaction
from negotiation_sim.model.terms import DecisionRule
from negotiation_sim.studies.history.baselines import weighted_mean
from negotiation_sim.studies.history.issues import Issue

if TYPE_CHECKING:
    from negotiation_sim.model.state import Vector

# Votes of the Council of fifteen: 62 of 87; of twenty-seven: 255 of 345.
QUOTA = (5, 7)
MAX_ROUNDS = 60
LOOKED_AT = 100  # the chair looks at texts one hundredth apart, the engine's finest step
UNKNOWN_QUO = -1.0  # what is in force is not known


class Positions(NamedTuple):
    """What the actors of one issue bring, an array each."""

    position: Vector
    stake: Vector  # what a deficit is weighed by
    capability: Vector  # shares
    votes: Vector


class Voting(NamedTuple):
    """How it is decided: a rule and its quota."""

    decision_rule: int
    quota_part: int
    quota_whole: int


class Bargaining(NamedTuple):
    """Process parameters of one-issue bargaining; names as in the environment, where it has them.

    Parameters
    ----------
    pace : float
        Concession a round.
    margin : float
        What a text must be better than none by.
    chair_step : float
        Share of the way to the text that stands least in the way that the chair goes a round.
    isolation : float
        What it costs to be the only one that objects.
    stake0 : float
        Weight of a deficit where nothing is at stake.
    """

    pace: float = 0.03
    margin: float = 0.05
    chair_step: float = 0.5
    isolation: float = 0.1
    stake0: float = 0.1


@formula
def take_demands(actors: Positions, quo: float, insists: float, margin: float) -> Vector:
    """Return what every actor insists on (M2, M3); its own position is the best there is.

    Where nothing is known to be in force, no text is worth nothing.
    """
    demands = np.zeros(len(actors.position))
    for i in range(len(demands)):
        without = 0.0
        if quo >= 0.0:
            without = satisfaction(abs(quo - actors.position[i]), 0.0, 0.0)
        demands[i] = aspiration(reservation(without, margin, 0.0), 1.0, insists)
    return demands


@formula
def take_deficits(text: float, actors: Positions, demands: Vector) -> Vector:
    """Return what a text falls short by, weighed by every actor's stake."""
    deficits = np.zeros(len(demands))
    for i in range(len(demands)):
        content = satisfaction(abs(text - actors.position[i]), 0.0, 0.0)
        deficits[i] = weighed_deficit(actors.stake[i], demands[i], content)
    return deficits


@formula
def count_responses(
    actors: Positions, deficits: Vector, isolation: float
) -> tuple[int, int, int, int]:
    """Return how many vote, accept, go along and object (M6); who has no vote does not count."""
    votes, n = actors.votes, len(deficits)
    behind = np.zeros(n, dtype=np.bool_)
    n_voters = n_yes = 0
    for i in range(n):
        n_voters += 1 if votes[i] else 0
        behind[i] = votes[i] and deficits[i] <= 0.0
        n_yes += 1 if behind[i] else 0
    n_behind = n_yes
    for _ in range(PASSES if n_voters > 1 else 0):
        share = n_behind / max(1, n_voters - 1)
        moved = 0
        for i in range(n):
            limit = standing_alone(isolation, actors.capability[i])
            if votes[i] and not behind[i] and goes_along(deficits[i], limit, share):
                behind[i] = True
                moved += 1
        if moved == 0:
            break
        n_behind += moved
    return n_voters, n_yes, n_behind - n_yes, n_voters - n_behind


@formula
def is_adopted(
    text: float, quo: float, actors: Positions, deficits: Vector, voting: Voting, isolation: float
) -> bool:
    """Return whether the rule would adopt a text (M7); what is in force is no agreement."""
    if quo >= 0.0 and abs(text - quo) <= NEGLIGIBLE:
        return False
    n, n_yes, n_along, n_no = count_responses(actors, deficits, isolation)
    return passes(
        voting.decision_rule, n, n_yes, n_along, n_no, n_yes, n_no, voting.quota_part,
        voting.quota_whole, 0,
    )  # fmt: skip


@formula
def in_the_way(actors: Positions, deficits: Vector, voting: Voting, isolation: float) -> float:
    """Return ``L(x)`` of M5; those without a vote are heard as those who go along are."""
    if voting.decision_rule == CONSENSUS:
        return in_the_way_of_consensus(actors, deficits, isolation)
    blocking = short = 0.0
    n_voters = 0
    carrying = np.zeros(len(deficits))
    for i in range(len(deficits)):
        missing = max(0.0, deficits[i])
        if actors.votes[i]:
            carrying[n_voters] = missing
            n_voters += 1
        else:
            short += missing
    needed = votes_needed(voting.decision_rule, voting.quota_part, voting.quota_whole, n_voters)
    carrying[:n_voters].sort()
    for n in range(min(needed, n_voters)):
        blocking += carrying[n]
    return blocking + SHORT * short


@formula
def in_the_way_of_consensus(actors: Positions, deficits: Vector, isolation: float) -> float:
    """Return ``L(x)`` under consensus: isolation counts by the share of the other voters behind."""
    blocking = short = behind = 0.0
    n_voters = 0
    for i in range(len(deficits)):
        if actors.votes[i]:
            limit = standing_alone(isolation, actors.capability[i])
            behind += nearly_behind(deficits[i], limit)
            n_voters += 1
    each = 1.0 / (n_voters - 1) if n_voters > 1 else 0.0
    for i in range(len(deficits)):
        short += max(0.0, deficits[i])
        limit = standing_alone(isolation, actors.capability[i])
        own = nearly_behind(deficits[i], limit) if actors.votes[i] else 0.0
        blocking += held_out(deficits[i], limit, share_near(behind, own, each))
    return blocking + SHORT * short


@formula
def aim(
    text: float, quo: float, actors: Positions, demands: Vector, voting: Voting, isolation: float
) -> float:
    """Return the text that stands least in the way, of those as good the nearest; adoptable first."""
    best, nearest, chosen = UNKNOWN, 0.0, text
    for n in range(LOOKED_AT + 1):
        tried = n / LOOKED_AT
        deficits = take_deficits(tried, actors, demands)
        score = in_the_way(actors, deficits, voting, isolation)
        if is_adopted(tried, quo, actors, deficits, voting, isolation):
            score -= WOULD_PASS
        away = abs(tried - text)
        if score < best - TIE or (score < best + TIE and away < nearest - TIE):
            best, nearest, chosen = score, away, tried
    return chosen


@formula
def bargain(
    actors: Positions, start: float, quo: float, voting: Voting, by: Bargaining, max_rounds: int
) -> tuple[float, int]:
    """Return the text and the round of its adoption (0 if never), in rounds of M5 to M7."""
    text = start
    for round_number in range(1, max_rounds + 1):
        insists = insistence(1.0, by.pace, float(round_number), 0.0, 0.0, 1.0)
        demands = take_demands(actors, quo, insists, by.margin)
        deficits = take_deficits(text, actors, demands)
        if is_adopted(text, quo, actors, deficits, voting, by.isolation):
            return text, round_number
        wanted = aim(text, quo, actors, demands, voting, by.isolation)
        text = revised(text, wanted, by.chair_step, 0.0, 1.0)
        deficits = take_deficits(text, actors, demands)
        if is_adopted(text, quo, actors, deficits, voting, by.isolation):
            return text, round_number
    return text, 0


def quota_of(decision_rule: DecisionRule) -> tuple[int, int]:
    """Return the quota of a rule."""
    if decision_rule == DecisionRule.QUALIFIED_MAJORITY:
        return QUOTA
    return (1, 1) if decision_rule == DecisionRule.CONSENSUS else (1, 2)


def positions_of(issue: Issue, stake0: float) -> Positions:
    """Return what the actors of an issue bring: salience is what they have at stake (M6)."""
    stake = stake0 + (1.0 - stake0) * issue.salience
    return Positions(issue.position, stake, issue.capability / issue.capability.sum(), issue.votes)


def agreed_text(issue: Issue, parameters: Bargaining) -> tuple[float, int]:
    """Return the text of one issue in [0, 1] and the round of its adoption.

    The text starts at the mean of the positions weighted by stake. The reference point, where one
    is given, is the status quo. If nothing passes, the text as it then stands is returned: the
    forecast is of what comes out, should anything.
    """
    actors = positions_of(issue, parameters.stake0)
    quo = UNKNOWN_QUO if issue.reference is None else issue.reference
    start = weighted_mean(actors.position, actors.stake)
    voting = Voting(int(issue.rule), *quota_of(issue.rule))
    text, adopted = compiled(bargain)(
        actors, float(start), float(quo), voting, parameters, MAX_ROUNDS
    )
    return float(text), int(adopted)
