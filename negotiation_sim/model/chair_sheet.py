"""M5, what the chair has before it: every member's figures side by side, and what texts cost them.

Writes the scratch ``state.sheet``, ``state.seated`` and ``state.order``.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from negotiation_sim.model.compiling import step
from negotiation_sim.model.groups import cohere
from negotiation_sim.model.phases import row_of
from negotiation_sim.model.response import weighed_deficit
from negotiation_sim.model.satisfaction import (
    cost_of_terms,
    disposition_of,
    disputed_cost,
    nearness,
    odds_of,
    part_of,
    satisfaction,
    worth,
)
from negotiation_sim.model.state import FORM, SCOPE, SHEET, VERIFICATION

if TYPE_CHECKING:
    from negotiation_sim.model.state import Given, Matrix, State, World

(
    ASPIRATION, WEIGHT, LIMIT, OWN_COST, UNVERIFIED, SEES, SHIELD, ASIDE, GAP,
    FORGONE, AT_ODDS, MISREAD, VALUE, DEFICIT, NEAR,
) = range(len(SHEET))  # fmt: skip
POSITIONS = len(SHEET)  # then saliences, then weights and dispositions of items


@step
def lay_out(given: Given, world: World, state: State, y: Matrix, m: int) -> int:
    """Put the members of a track's venue side by side; return how many they are."""
    actors, sheet, v = state.actors, state.sheet, state.tracks.venue[m]
    error = world.environment[0].chair_error * (1.0 - world.venues.informality[v])
    saliences = POSITIONS + y.shape[1]
    shares = saliences + y.shape[1]
    n = 0
    row = row_of(state, v)
    for i in range(len(actors)):
        if not given.seats.member[row, i]:
            continue
        state.seated[n] = i
        state.order[n] = n
        sheet[ASPIRATION, n] = actors.aspiration[i]
        sheet[WEIGHT, n] = actors.weight[i]
        sheet[LIMIT, n] = state.asked.limit[i]
        sheet[OWN_COST, n] = actors.own_cost[i]
        sheet[UNVERIFIED, n] = actors.unverified[i]
        sheet[SEES, n] = actors.sees[i]
        sheet[SHIELD, n] = actors.shield[i]
        sheet[ASIDE, n] = actors.aside[i]
        sheet[GAP, n] = actors.gap[i]
        sheet[FORGONE, n] = actors.forgone[i]
        sheet[AT_ODDS, n] = actors.at_odds[i]
        sheet[MISREAD, n] = error * world.actors.misread[i]
        for k in range(y.shape[1]):
            sheet[POSITIONS + k, n] = y[i, k]
            sheet[saliences + k, n] = world.salience[i, k]
        for item in range(state.tracks.n_items[m]):
            sheet[shares + 2 * item, n] = state.shares[m + item, i]
            sheet[shares + 2 * item + 1, n] = disposition_of(world, state, m + item, i)
        n += 1
    return n


@step
def renew_aspirations(state: State, n: int) -> None:
    """Take the members' aspirations anew."""
    for j in range(n):
        state.sheet[ASPIRATION, j] = state.actors.aspiration[state.seated[j]]


@step
def weigh(given: Given, world: World, state: State, m: int, n: int, reading: float) -> None:
    """Put what the texts in ``state.trial`` are worth to every member, and what each misses.

    ``reading`` is 1 where the chair reads it, with its error, and 0 where the members say it.
    """
    sheet = state.sheet
    for item in range(state.tracks.n_items[m]):
        weigh_item(given, world, state, m, item, n)
    for j in range(n):
        sheet[DEFICIT, j] = weighed_deficit(sheet[WEIGHT, j], sheet[ASPIRATION, j], sheet[VALUE, j])
    if given.rules.grouped[row_of(state, state.tracks.venue[m])]:
        hold_together(given, world, state, m, n)
    if reading != 0.0:
        for j in range(n):
            sheet[DEFICIT, j] += sheet[MISREAD, j]


@step
def weigh_item(given: Given, world: World, state: State, m: int, item: int, n: int) -> None:
    """Add what one item's text is worth to every member."""
    sheet, env = state.sheet, world.environment[0]
    text, quo = state.trial[m + item], world.quo[state.tracks.initiative[m + item]]
    n_issues = text.shape[0]
    form, scope = part_of(given, text, FORM), part_of(given, text, SCOPE)
    unverified = 1.0 - part_of(given, text, VERIFICATION)
    weapons_scope = env.weapons_scope if given.issues[SCOPE] >= 0 else 0.0
    odds = odds_of(form, scope, env.treaty_threshold)
    leaves = float(given.initiatives.leaves[state.tracks.initiative[m + item]])
    shares = POSITIONS + 2 * n_issues + 2 * item
    alone = state.tracks.n_items[m] == 1
    for j in range(n):
        square = moved = weaker = 0.0
        for k in range(n_issues):
            salience = sheet[POSITIONS + n_issues + k, j]
            gap, step = text[k] - sheet[POSITIONS + k, j], text[k] - quo[k]
            square += salience * (gap * gap)
            moved += salience * (step * step)
            if gap < 0.0:
                weaker += salience * (gap * gap)
        near = nearness(moved)
        cost = cost_of_terms(
            form, scope, unverified, weapons_scope, sheet[UNVERIFIED, j], sheet[SEES, j],
            sheet[SHIELD, j], sheet[ASIDE, j],
        )  # fmt: skip
        if leaves > 0.0:
            cost += near * (leaves * sheet[GAP, j])
        content = satisfaction(math.sqrt(square), cost, sheet[OWN_COST, j])
        disputed = disputed_cost(sheet[FORGONE, j], weaker, sheet[AT_ODDS, j], odds)
        value = worth(content, near, sheet[shares + 1, j], disputed)
        if alone:
            sheet[VALUE, j] = value
        elif item == 0:
            sheet[VALUE, j] = sheet[shares, j] * value
        else:
            sheet[VALUE, j] += sheet[shares, j] * value


@step
def put_to_members(state: State, n: int) -> None:
    """Give every member what the sheet says of it: the value and what it misses."""
    for j in range(n):
        i = state.seated[j]
        state.actors.value[i] = state.sheet[VALUE, j]
        state.asked.deficit[i] = state.sheet[DEFICIT, j]


@step
def hold_together(given: Given, world: World, state: State, m: int, n: int) -> None:
    """Let groups move their members' deficits (M20)."""
    put_to_members(state, n)
    cohere(given, world, state, state.tracks.venue[m])
    for j in range(n):
        state.sheet[DEFICIT, j] = state.asked.deficit[state.seated[j]]
