"""M5, what the chair looks for: how much stands in the way of a text under the venue's rule.

Writes the scratch ``state.order``, ``state.asked`` and, of ``state.sheet``, who is nearly behind.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from negotiation_sim.model.ballot import could_pass
from negotiation_sim.model.chair_sheet import DEFICIT, LIMIT, NEAR, weigh
from negotiation_sim.model.compiling import formula, step
from negotiation_sim.model.decision import (
    CONSENSUS,
    MILLION,
    OPT_IN,
    QUALIFIED_MAJORITY,
    decide,
    wanted_participation,
)
from negotiation_sim.model.decisions import ACCEPT
from negotiation_sim.model.phases import row_of
from negotiation_sim.model.response import answer
from negotiation_sim.model.satisfaction import is_agreement

if TYPE_CHECKING:
    from negotiation_sim.model.state import Given, State, Truth, World

SHORT = 0.1  # weight of what is short of acceptance but goes along
WOULD_PASS = 1e6  # taken off where the rule would adopt, so that this ranks first


@formula
def would_pass(score: float) -> bool:
    """Return whether a text's score says that the rule would adopt it."""
    return score < -0.5 * WOULD_PASS


@step
def stands_in_way(given: Given, world: World, state: State, m: int, n: int, t: int) -> float:
    """Return the score of the texts in ``state.trial``: ``L(x)``, far below 0 where they would pass.

    As the chair reads it, with its error.
    """
    weigh(given, world, state, m, n, 1.0)
    return obstruction(given, world, state, m, n, t)


@step
def obstruction(given: Given, world: World, state: State, m: int, n: int, t: int) -> float:
    """Return the score of the deficits on the sheet."""
    row = row_of(state, state.tracks.venue[m])
    rule = given.rules.rule[row]
    if rule == CONSENSUS and given.rules.less[row] > 0:
        return under_consensus_less(given, world, state, m, n, t)
    if rule == CONSENSUS:
        return under_consensus(given, world, state, m, n, t)
    if rule == OPT_IN:
        return under_opt_in(given, world, state, m, n, t)
    return under_vote(given, world, state, m, n, t)


@step
def adopted(given: Given, world: World, state: State, m: int, n: int, t: int) -> bool:
    """Return whether the rule would adopt, by the deficits on the sheet."""
    if not is_agreement(given, world, state, m, state.trial):
        return False
    v = state.tracks.venue[m]
    for j in range(n):
        state.asked.deficit[state.seated[j]] = state.sheet[DEFICIT, j]
    answer(given, state, v, m, ACCEPT, given.rules.rule[row_of(state, v)], False)
    return decide(given, world, state, m, t)


@formula
def nearly_behind(deficit: float, limit: float) -> float:
    """Return how far a member counts as behind a text: 1 if it accepts, 0 if it objects even alone.

    One that goes along once a share of the others does counts as what is missing from that to 1.
    """
    if deficit <= 0.0:
        return 1.0
    if deficit >= limit:
        return 0.0
    return 1.0 - deficit / limit


@formula
def share_near(behind: float, own: float, each: float) -> float:
    """Return the share of the others that is nearly behind a text, without a member's ``own`` part.

    ``each`` is the part of one of the others, 0 where there is none.
    """
    return (behind - own) * each


@formula
def held_out(deficit: float, limit: float, share: float) -> float:
    """Return what a member misses beyond what isolation carries, with ``share`` of the others behind.

    Where most object nobody is alone, and to object costs little.
    """
    return max(0.0, deficit - limit * share)


@step
def under_consensus(given: Given, world: World, state: State, m: int, n: int, t: int) -> float:
    """Return the score under consensus: most of all what even isolation would not carry."""
    sheet = state.sheet
    blocking = short = behind = 0.0
    blocked: Truth = False
    for j in range(n):
        sheet[NEAR, j] = nearly_behind(sheet[DEFICIT, j], sheet[LIMIT, j])
        behind += sheet[NEAR, j]
    each = 1.0 / (n - 1) if n > 1 else 0.0
    for j in range(n):
        deficit, limit = sheet[DEFICIT, j], sheet[LIMIT, j]
        if deficit > 0.0:
            short += deficit
            blocking += held_out(deficit, limit, share_near(behind, sheet[NEAR, j], each))
            if deficit >= limit:
                blocked = True
    score = blocking + SHORT * short
    v = state.tracks.venue[m]
    if could_pass(given, state, v, n, not blocked) and adopted(given, world, state, m, n, t):
        score -= WOULD_PASS
    return score


@step
def under_consensus_less(given: Given, world: World, state: State, m: int, n: int, t: int) -> float:
    """Return the score under consensus less some: those farthest off, as many, count for nothing."""
    sheet, less = state.sheet, given.rules.less[row_of(state, state.tracks.venue[m])]
    behind = 0.0
    for j in range(n):
        sheet[NEAR, j] = nearly_behind(sheet[DEFICIT, j], sheet[LIMIT, j])
        behind += sheet[NEAR, j]
    each = 1.0 / (n - 1) if n > 1 else 0.0
    sort_by_deficit(state, n)
    score = 0.0
    n_blocking = 0
    for a in range(n):
        j = state.order[a]
        deficit, limit = sheet[DEFICIT, j], sheet[LIMIT, j]
        if deficit > 0.0:
            if deficit >= limit:
                n_blocking += 1
            if a < n - less:
                score += held_out(deficit, limit, share_near(behind, sheet[NEAR, j], each))
                score += SHORT * deficit
    v = state.tracks.venue[m]
    if could_pass(given, state, v, n, n_blocking <= less) and adopted(given, world, state, m, n, t):
        score -= WOULD_PASS
    return score


@step
def sort_by_deficit(state: State, n: int) -> None:
    """Put the members in order, nearest to accepting first; ties keep their order."""
    order, sheet = state.order, state.sheet
    for a in range(1, n):
        j = order[a]
        b = a - 1
        while b >= 0 and (
            sheet[DEFICIT, order[b]] > sheet[DEFICIT, j]
            or (sheet[DEFICIT, order[b]] == sheet[DEFICIT, j] and order[b] > j)
        ):
            order[b + 1] = order[b]
            b -= 1
        order[b + 1] = j


@formula
def votes_needed(rule: int, quota_part: int, quota_whole: int, votes: int) -> int:
    """Return the fewest votes that carry a text if nobody abstains."""
    if rule == QUALIFIED_MAJORITY:
        return (quota_part * votes + quota_whole - 1) // quota_whole
    return votes // 2 + 1


@formula
def capability_needed(held_by_all: int, part: int, whole: int) -> int:
    """Return the least capability that a double majority wants in favour; 0 without one."""
    return (part * held_by_all + whole - 1) // whole


@step
def under_vote(given: Given, world: World, state: State, m: int, n: int, t: int) -> float:
    """Return the score under a vote: what the fewest members that can carry it are short of."""
    seats, rules, row = given.seats, given.rules, row_of(state, state.tracks.venue[m])
    all_votes = n_yes = n_behind = 0
    for j in range(n):
        all_votes += seats.votes[row, state.seated[j]]
        n_yes += 1 if state.sheet[DEFICIT, j] <= 0.0 else 0
        n_behind += 1 if state.sheet[DEFICIT, j] < max(0.0, state.sheet[LIMIT, j]) else 0
    needed = votes_needed(rules.rule[row], rules.quota_part[row], rules.quota_whole[row], all_votes)
    share = capability_needed(
        rules.member_capability[row], rules.share_part[row], rules.share_whole[row]
    )
    sort_by_deficit(state, n)
    score = 0.0
    for a in range(n):
        j = state.order[a]
        if needed > 0 or share > 0 or seats.required[row, state.seated[j]]:
            needed -= seats.votes[row, state.seated[j]]
            share -= seats.capability[row, state.seated[j]]
            score += max(0.0, state.sheet[DEFICIT, j])
    v = state.tracks.venue[m]
    may_pass = n_yes > 0 and 2 * max(n_yes, n_behind) >= n
    if could_pass(given, state, v, n, may_pass) and adopted(given, world, state, m, n, t):
        score -= WOULD_PASS
    return score


@step
def under_opt_in(given: Given, world: World, state: State, m: int, n: int, t: int) -> float:
    """Return the score under opt-in: what is missing, by capability, until enough are in."""
    row = row_of(state, state.tracks.venue[m])
    wanted = wanted_participation(given, row)
    sort_by_deficit(state, n)
    score = 0.0
    held = n_yes = 0
    for a in range(n):
        j = state.order[a]
        n_yes += 1 if state.sheet[DEFICIT, j] <= 0.0 else 0
        if held < wanted:
            capability = given.seats.capability[row, state.seated[j]]
            held += capability
            score += (capability / MILLION) * max(0.0, state.sheet[DEFICIT, j])
    v = state.tracks.venue[m]
    if could_pass(given, state, v, n, n_yes > 0) and adopted(given, world, state, m, n, t):
        score -= WOULD_PASS
    return score
