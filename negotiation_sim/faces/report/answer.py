"""The answer in three sentences: who leads, how likely that is, and why it fails.

Each sentence takes tables of analysis and nothing else. "Surely" stands only where the paired test,
corrected for all pairs looked at, is settled and the interval that holds for all pairs at once
keeps off zero.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from negotiation_sim.analysis.outcomes import likeliest_first
from negotiation_sim.faces.report import hedging as words
from negotiation_sim.words import shares as per_cent
from negotiation_sim.words.vocabulary import cause_words

TOO_WIDE = 0.1  # half-width of an interval above which no claim is made
EVEN = 0.5
TOLD = 3


@dataclass(frozen=True)
class Standing:
    """Who leads, who may lead as well, and who is surely behind.

    Parameters
    ----------
    leader : str
        The highest estimate.
    level : list of str
        Those that the paired tests leave open, highest estimate first.
    behind : list of str
        Those surely less likely than the leader.
    """

    leader: str
    level: list[str]
    behind: list[str]


def able(summary: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of strategies that can succeed, highest estimate first."""
    rows = summary[summary["p_success"].notna() & (summary["replicates"] > 0)]
    return likeliest_first(rows)


def surely_ahead(pairs: pd.DataFrame, first: str, second: str) -> bool:
    """Return whether the first has surely more success than the second, all pairs considered."""
    row: Any
    for row in pairs.itertuples():
        if {row.first, row.second} == {first, second}:
            sign = 1.0 if row.first == first else -1.0
            nearest = row.low_all if sign > 0.0 else -row.high_all
            return bool(row.settled and sign * row.difference > 0.0 and nearest > 0.0)
    return False


def standing(summary: pd.DataFrame, pairs: pd.DataFrame) -> Standing | None:
    """Return who leads; None where no strategy can succeed."""
    names = able(summary)["strategy"].tolist()
    if not names:
        return None
    leader, others = names[0], names[1:]
    behind = [name for name in others if surely_ahead(pairs, leader, name)]
    return Standing(leader, [name for name in others if name not in behind], behind)


def _figures(row: Any) -> str:
    return per_cent.estimate(row["p_success"], row["p_success_low"], row["p_success_high"])


def too_few(row: pd.Series) -> bool:
    """Return whether an interval is too wide for a claim."""
    answer: bool = (row["p_success_high"] - row["p_success_low"]) / 2.0 > TOO_WIDE
    return answer


def first_sentence(
    summary: pd.DataFrame, pairs: pd.DataFrame, deadline: float,
    titles: Mapping[str, str] | None = None,
) -> str:  # fmt: skip
    """Say who leads, and which differences the worlds do and do not show."""
    found = standing(summary, pairs)
    if found is None:
        return "No strategy of this run can succeed: pledges alone gather coverage, not agreement."
    table = summary.set_index("strategy")
    row: Any = table.loc[found.leader]
    n = int(table["replicates"].loc[found.leader])
    lead = f"{_named(found.leader, titles)} at {_figures(row)}"
    within = f"timely success, within {deadline:g} years,"
    if not row["p_success_high"] > row["p_success_low"]:
        return f"Nothing was counted that could be told of {lead}."
    if too_few(row):
        return (
            f"{n:,} replicates are too few for a claim about {within} the highest estimate being "
            f"{lead}."
        )
    if row["p_success"] == 0.0:
        return (
            f"In {n:,} worlds not one strategy reaches {within} and each has a probability of at "
            f"most {per_cent.at_most(table['p_success_high'].max())} by its own interval."
        )
    if not found.level and not found.behind:
        return f"The estimated probability of {within} is {lead}."
    if not found.level:
        rest = "the other" if len(found.behind) == 1 else f"each of the other {len(found.behind)}"
        return (
            f"Of all strategies {lead} is the most likely to reach {within} and surely more so "
            f"than {rest} on the same {n:,} worlds."
        )
    return _open_lead(found, table, lead, within, titles)


def _named(strategy: str, titles: Mapping[str, str] | None) -> str:
    """Return a strategy's short name, and what it stands for where that is known."""
    return f"`{strategy}`" + (f" ({titles[strategy]})" if titles and strategy in titles else "")


def _open_lead(
    found: Standing, table: pd.DataFrame, lead: str, within: str, titles: Mapping[str, str] | None
) -> str:
    """Say who has the highest estimate where others may be as good."""
    n = int(table["replicates"].loc[found.leader])
    if len(found.level) <= TOLD:
        rivals = words.some(
            [f"{_named(x, titles)} at {_figures(table.loc[x])}" for x in found.level], TOLD
        )
    else:
        rivals = f"{len(found.level)} other strategies"
    text = (
        f"The highest estimate of {within} is {lead}, which {n:,} common worlds cannot tell apart "
        f"from {rivals}"
    )
    if not found.behind:
        return text + "."
    rest = "the remaining one" if len(found.behind) == 1 else f"the remaining {len(found.behind)}"
    return f"{text}; it is surely ahead of {rest}."


def second_sentence(summary: pd.DataFrame, beliefs: int) -> str:
    """Say in words how likely the leader is, over chance and over what is not known."""
    rows = able(summary)
    if not len(rows):
        coverage = summary["mean_pledge_coverage"]
        if coverage.notna().any():
            low, high = (per_cent.percent(x) for x in (coverage.min(), coverage.max()))
            reach = low if low == high else f"{low} to {high}"
            return f"Pledges cover {reach} of the cast's capability on average."
        return "Nothing else was counted."
    row = rows.iloc[0]
    low, high = row["p_success_low"], row["p_success_high"]
    known = row.get("p_positions_low", float("nan"))
    spread = ""
    if not pd.isna(known) and row["p_positions_high"] > known:
        low, high = min(low, known), max(high, row["p_positions_high"])
        reach = per_cent.span(known, row["p_positions_high"])
        spread = f" (what is not known of the states' positions alone moves it over {reach}"
        spread += f", 5th to 95th percentile of {beliefs} beliefs)" if beliefs else ")"
    verdict = words.likelihood(low, high)
    if verdict == "open":
        fits = per_cent.span(low, high)
        return f"How likely that is remains open{spread}: anything from {fits} fits."
    text = f"Chance and ignorance taken together, that is {verdict}{spread}"
    tops = rows[[c for c in ("p_success_high", "p_positions_high") if c in rows]].max().max()
    if tops < EVEN:
        text += "; no strategy reaches an even chance, the highest end of any interval being"
        return f"{text} {per_cent.at_most(tops)}."
    return text + "."


def main_causes(shares: pd.DataFrame, strategy: str) -> pd.DataFrame:
    """Return the causes that may be the commonest: those whose interval meets the first one's."""
    mine = shares[shares["strategy"] == strategy].sort_values(
        "share", ascending=False, kind="stable"
    )
    return mine[mine["high"] >= mine["low"].max()] if len(mine) else mine


def main_blockers(blockers: pd.DataFrame, strategy: str) -> pd.DataFrame:
    """Return the states that may block most often, likewise."""
    return main_causes(blockers, strategy)


def third_sentence(
    summary: pd.DataFrame, shares: pd.DataFrame, blockers: pd.DataFrame, names: Mapping[str, str]
) -> str:
    """Say why the leader fails, who stands in its way and over what."""
    rows = able(summary)
    if not len(rows):
        return "Nobody can block a pledge."
    leader = rows.iloc[0]["strategy"]
    return failure(leader, shares, blockers, names)


def failure(
    strategy: str, shares: pd.DataFrame, blockers: pd.DataFrame, names: Mapping[str, str]
) -> str:
    """Return one sentence on a strategy's failures."""
    causes = main_causes(shares, strategy)
    if not len(causes):
        return f"`{strategy}` did not fail in any world of this run."
    first = causes.iloc[0]
    if len(causes) == 1:
        often = words.how_often(first["low"], first["high"])
        text = (
            f"Where `{strategy}` fails it is {often} because {cause_words(first['cause']).clause} "
            f"({per_cent.span(first['low'], first['high'])} of its failures)"
        )
    else:
        rows: Iterable[Any] = causes.itertuples()
        listed = [
            f"{cause_words(row.cause).clause} ({per_cent.span(row.low, row.high)})" for row in rows
        ]
        text = f"Why `{strategy}` fails most often is open between these: "
        text += words.some(listed, TOLD)
    return f"{text}; {who_blocks(strategy, blockers, names)}."


def who_blocks(strategy: str, blockers: pd.DataFrame, names: Mapping[str, str]) -> str:
    """Return a clause on who stands in a strategy's way."""
    mine = main_blockers(blockers, strategy)
    if not len(mine):
        return "no state stands in the way"
    first = mine.iloc[0]
    if len(mine) == 1:
        return (
            f"{names.get(first['actor'], first['actor'])} stands in the way more often than any "
            f"other state, in {per_cent.span(first['low'], first['high'])} of its failures, "
            f"{words.over(first['terms'])}"
        )
    rows: list[Any] = list(mine.itertuples())
    who = [names.get(row.actor, row.actor) for row in rows]
    terms = dict.fromkeys(words.over(row.terms) for row in rows)
    over = terms.popitem()[0] if len(terms) == 1 else "each for reasons of its own"
    return (
        f"{words.some(who, 4)} stand in the way most often, between them in no order that is sure "
        f"({per_cent.span(mine['low'].min(), mine['high'].max())} of its failures each), "
        f"{over}"
    )


def sentences(
    summary: pd.DataFrame, pairs: pd.DataFrame, shares: pd.DataFrame, blockers: pd.DataFrame,
    names: Mapping[str, str], deadline: float, beliefs: int = 0,
    titles: Mapping[str, str] | None = None,
) -> list[str]:  # fmt: skip
    """Return the answer."""
    return [
        first_sentence(summary, pairs, deadline, titles),
        second_sentence(summary, beliefs),
        third_sentence(summary, shares, blockers, names),
    ]
