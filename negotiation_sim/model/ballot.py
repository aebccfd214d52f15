"""M7, for a plug-in's decision rule: how members stand to a text or a mandate, and what it makes of it.

Writes nothing. Without a plug-in what the venue's own rule says is taken, and compiled this vanishes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from negotiation_sim.model.chair_sheet import DEFICIT, LIMIT
from negotiation_sim.model.compiling import Functions, Put, pluggable, step
from negotiation_sim.model.phases import row_of
from negotiation_sim.model.response import ACCEPTS, GOES_ALONG, OBJECTS
from negotiation_sim.model.terms import DecisionRule, label

if TYPE_CHECKING:
    from negotiation_sim.model.state import Given, State, Truth

OPT_IN = int(DecisionRule.OPT_IN)


class Ballot(NamedTuple):
    """How the members of a venue stand to what is put to them: what a plug-in's rule is given.

    Parameters
    ----------
    decision_rule : int
        The venue's own, a :class:`~negotiation_sim.model.terms.DecisionRule`.
    on_mandate : bool
        Whether they are asked for a mandate, not for a text.
    advice : bool
        What the venue's own rule says.
    n_members, n_accepting, n_along, n_objecting : int
        Heads.
    votes_for, votes_against : int
        Votes, equal to heads unless the venue weights them.
    quota_part, quota_whole : int
        The quota of a qualified majority as a fraction.
    required_objecting : int
        How many of the members without whom nothing passes object.
    held, held_by_all : int
        Capability of those who accept, and of all members, in millionths.
    venue_code : int
        Of the venue; :func:`negotiation_sim.engine.plugins.venue_code` gives that of a name.
    """

    decision_rule: int
    on_mandate: Truth
    advice: Truth
    n_members: int
    n_accepting: int
    n_along: int
    n_objecting: int
    votes_for: int
    votes_against: int
    quota_part: int
    quota_whole: int
    required_objecting: int
    held: int
    held_by_all: int
    venue_code: int


@step
def ballot_of(given: Given, state: State, v: int, advice: Truth, on_mandate: bool) -> Ballot:
    """Return how members have responded."""
    seats, rules, row = given.seats, given.rules, row_of(state, v)
    n_yes = n_along = n_no = votes_for = votes_against = required_objecting = held = 0
    for i in range(len(state.asked)):
        if state.asked.response[i] == ACCEPTS:
            n_yes += 1
            votes_for += seats.mandate_votes[row, i] if on_mandate else seats.votes[row, i]
            held += seats.capability[row, i]
        elif state.asked.response[i] == GOES_ALONG:
            n_along += 1
        elif state.asked.response[i] == OBJECTS:
            n_no += 1
            votes_against += seats.mandate_votes[row, i] if on_mandate else seats.votes[row, i]
            needed = seats.mandate_required[row, i] if on_mandate else seats.required[row, i]
            required_objecting += 1 if needed else 0
    part = rules.mandate_quota_part[row] if on_mandate else rules.quota_part[row]
    whole = rules.mandate_quota_whole[row] if on_mandate else rules.quota_whole[row]
    rule = rules.mandate_rule[row] if on_mandate else rules.rule[row]
    return Ballot(
        rule, on_mandate, advice, rules.n_members[row], n_yes, n_along, n_no, votes_for,
        votes_against, part, whole, required_objecting, held, rules.member_capability[row],
        given.venues.code[v],
    )  # fmt: skip


@step
def hoped_for(given: Given, state: State, v: int, n: int, advice: Truth) -> Ballot:
    """Return the best that members on the chair's sheet can come to: who can go along does."""
    seats, rules, row = given.seats, given.rules, row_of(state, v)
    n_yes = n_along = n_no = votes_for = votes_against = required_objecting = held = 0
    for j in range(n):
        i = state.seated[j]
        if state.sheet[DEFICIT, j] <= 0.0:
            n_yes += 1
            votes_for += seats.votes[row, i]
            held += seats.capability[row, i]
        elif state.sheet[DEFICIT, j] < state.sheet[LIMIT, j] and rules.rule[row] != OPT_IN:
            n_along += 1
        else:
            n_no += 1
            votes_against += seats.votes[row, i]
            required_objecting += 1 if seats.required[row, i] else 0
    return Ballot(
        rules.rule[row], False, advice, rules.n_members[row], n_yes, n_along, n_no, votes_for,
        votes_against, rules.quota_part[row], rules.quota_whole[row], required_objecting, held,
        rules.member_capability[row], given.venues.code[v],
    )  # fmt: skip


@step
def all_but(given: Given, state: State, v: int, i: int) -> Ballot:
    """Return how it would stand were all members but one for a mandate."""
    seats, rules, row = given.seats, given.rules, row_of(state, v)
    votes_for = held = 0
    for other in range(len(state.asked)):
        if seats.member[row, other] and other != i:
            votes_for += seats.mandate_votes[row, other]
            held += seats.capability[row, other]
    return Ballot(
        rules.mandate_rule[row], True, False, rules.n_members[row], rules.n_members[row] - 1, 0, 1,
        votes_for, seats.mandate_votes[row, i], rules.mandate_quota_part[row],
        rules.mandate_quota_whole[row], 1 if seats.mandate_required[row, i] else 0, held,
        rules.member_capability[row], given.venues.code[v],
    )  # fmt: skip


def rule_named(rule: DecisionRule) -> str:
    """Return the name under which a plug-in replaces a rule."""
    return f"rule {label(rule)}"


def _rules(functions: Functions, one: Put, own: Put) -> Put | None:
    """Return what asks the rules of a plug-in in turn, None where it has none."""
    chosen = None
    for rule in DecisionRule:
        if rule_named(rule) in functions:
            chosen = step(one(int(rule), functions[rule_named(rule)], chosen or own))
    return chosen


def _one_ruled(number: int, rule: Put, rest: Put) -> Any:
    def ruled(given: Given, state: State, v: int, advice: Truth, on_mandate: bool) -> Truth:
        rules, row = given.rules, row_of(state, v)
        own = rules.mandate_rule[row] if on_mandate else rules.rule[row]
        if own == number:
            return bool(rule(ballot_of(given, state, v, advice, on_mandate)))
        followed: Truth = rest(given, state, v, advice, on_mandate)
        return followed

    return ruled


def _one_could_pass(number: int, rule: Put, rest: Put) -> Any:
    def could_pass(given: Given, state: State, v: int, n: int, advice: Truth) -> Truth:
        if given.rules.rule[row_of(state, v)] == number:
            return bool(rule(hoped_for(given, state, v, n, advice)))
        followed: Truth = rest(given, state, v, n, advice)
        return followed

    return could_pass


def _one_blocks_alone(number: int, rule: Put, rest: Put) -> Any:
    def blocks_alone(given: Given, state: State, v: int, i: int, advice: Truth) -> Truth:
        if given.rules.mandate_rule[row_of(state, v)] == number and i >= 0:
            return not rule(all_but(given, state, v, i))
        followed: Truth = rest(given, state, v, i, advice)
        return followed

    return blocks_alone


@step
def own_ruling(given: Given, state: State, v: int, advice: Truth, on_mandate: bool) -> Truth:
    """Return what the venue's own rule says."""
    return advice


@step
def own_hope(given: Given, state: State, v: int, n: int, advice: Truth) -> Truth:
    """Return what the venue's own rule says."""
    return advice


@pluggable(lambda functions: _rules(functions, _one_ruled, own_ruling))
def ruled(given: Given, state: State, v: int, advice: Truth, on_mandate: bool) -> Truth:
    """Return whether it passes: what the venue's own rule says, unless a plug-in has another."""
    return advice


@pluggable(lambda functions: _rules(functions, _one_could_pass, own_hope))
def could_pass(given: Given, state: State, v: int, n: int, advice: Truth) -> Truth:
    """Return whether a text may pass if all who can go along do; only then it is looked at whole."""
    return advice


@pluggable(lambda functions: _rules(functions, _one_blocks_alone, own_hope))
def blocks_alone(given: Given, state: State, v: int, i: int, advice: Truth) -> Truth:
    """Return whether a member's refusal of a mandate is enough, whatever the others say."""
    return advice
