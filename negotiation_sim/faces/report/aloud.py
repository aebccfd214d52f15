"""The answer as it is read aloud: short sentences, names for codes, whole numbers, no brackets.

It says what the three sentences of :mod:`negotiation_sim.faces.report.answer` say, by the same tables
and rules, and nothing that they do not rest on.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from negotiation_sim.faces.report import answer
from negotiation_sim.studies.history.outside_view import Compared
from negotiation_sim.words.sentences import listed
from negotiation_sim.words.vocabulary import cause_words

FEW = 3


def of_hundred(p: float) -> str:
    """Return a share as worlds of a hundred, never rounded to none or all.

    Examples
    --------
    >>> of_hundred(0.648), of_hundred(0.0), of_hundred(0.002), of_hundred(0.9999)
    ('65 of 100', 'not one of 100', 'fewer than 1 of 100', 'more than 99 of 100')
    """
    if p == 0.0:
        return "not one of 100"
    if p < 0.005:
        return "fewer than 1 of 100"
    if 0.995 <= p < 1.0:
        return "more than 99 of 100"
    return f"{math.floor(100.0 * p + 0.5 + 1e-9)} of 100"


def _reach(low: float, high: float) -> str:
    return f"{math.floor(100.0 * low + 1e-9)} to {min(100, math.ceil(100.0 * high - 1e-9))}"


def sentences(
    summary: pd.DataFrame, pairs: pd.DataFrame, shares: pd.DataFrame, blockers: pd.DataFrame,
    names: Mapping[str, str], titles: Mapping[str, str], deadline: float,
    views: Sequence[Compared] = (),
) -> list[str]:  # fmt: skip
    """Return the answer for a page that is read aloud.

    Parameters
    ----------
    summary, pairs, shares, blockers : DataFrame
        As ``Facts`` holds them.
    names, titles : mapping
        Names of states by code, strategies in words by short name.
    deadline : float
        Years within which success is timely.
    views : sequence of Compared
        Inside and outside view of the strategies.

    Returns
    -------
    list of str
        Six sentences at most, or one where nothing can succeed.
    """
    found = answer.standing(summary, pairs)
    if found is None:
        return ["No strategy asked about can succeed by itself: pledges alone are no agreement."]
    row: Any = summary.set_index("strategy").loc[found.leader]
    within = f"within {deadline:g} years"
    if row["p_success"] == 0.0:
        told = [
            f"In not one of {int(row['replicates']):,} simulated worlds does any strategy succeed {within}."
        ]
    elif answer.too_few(row):
        return [f"{int(row['replicates']):,} simulated worlds are too few for an answer."]
    else:
        told = [_leads(row, titles.get(found.leader, found.leader), within), *_unsure(row)]
        told += _rivals(found, titles)
    told += _none(summary, row)
    told += _failure(found.leader, shares, blockers, names)
    told += _precedents(found.leader, views)
    return told


def _leads(row: Any, title: str, within: str) -> str:
    return (
        f"The best prospect is this: {title}. It succeeds {within} in "
        f"{of_hundred(row['p_success'])} simulated worlds."
    )


def _unsure(row: Any) -> list[str]:
    """Say how far chance, and what is not known of positions, could move that."""
    chance = f"By the chance of the draw alone it could be {_reach(row['p_success_low'], row['p_success_high'])}"
    low, high = (row.get(f"p_positions_{end}", math.nan) for end in ("low", "high"))
    if pd.isna(low) or not high > low:
        return [f"{chance}."]
    return [f"{chance}; by what we do not know of the states' positions, {_reach(low, high)}."]


def _rivals(found: answer.Standing, titles: Mapping[str, str]) -> list[str]:
    said = []
    if 0 < len(found.level) <= FEW:
        names = "; or ".join(titles.get(name, name) for name in found.level)
        said.append(f"The simulation cannot tell it apart from: {names}.")
    elif found.level:
        said.append(f"The simulation cannot tell it apart from {len(found.level)} others.")
    if found.behind:
        n = len(found.behind)
        said.append(f"It is surely ahead of the other {'one' if n == 1 else n}.")
    return said


def _none(summary: pd.DataFrame, leader: Any) -> list[str]:
    """Say how many strategies never succeed, where the leader does."""
    never = int((answer.able(summary)["p_success"] == 0.0).sum())
    if never == 0 or leader["p_success"] == 0.0:
        return []
    return [
        f"{'One strategy never succeeds' if never == 1 else f'{never} strategies never succeed'}."
    ]


def _failure(
    leader: str, shares: pd.DataFrame, blockers: pd.DataFrame, names: Mapping[str, str]
) -> list[str]:
    causes = answer.main_causes(shares, leader)
    if not len(causes):
        return []
    why = [cause_words(str(name)).clause for name in causes["cause"].iloc[:FEW]]
    text = f"Where it fails, that is most often because {' or because '.join(why)}"
    states = answer.main_blockers(blockers, leader)
    if len(states):
        who = [names.get(str(code), str(code)) for code in states["actor"].iloc[:FEW]]
        text += f"; most often in the way {'is' if len(who) == 1 else 'are'} {listed(who)}"
    return [text + "."]


def _precedents(leader: str, views: Sequence[Compared]) -> list[str]:
    """Say what the record of like cases gives, where it is known."""
    for each in views:
        if each.strategy == leader and not math.isnan(each.outside):
            return [
                "History alone, asked about mandates like this one, expects a text within five years "
                f"for {of_hundred(each.outside)}."
            ]
    return []
