"""The figures of a report: drawn once, kept as SVG and PNG, with caption and alternative text."""

from __future__ import annotations

import contextlib
import os
import pickle
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from negotiation_sim.analysis import figures as plots
from negotiation_sim.analysis.figures.figure_files import encoded, lay_out, names_of
from negotiation_sim.analysis.figures.style import new_figure
from negotiation_sim.analysis.outcomes import in_order
from negotiation_sim.engine.processes import QuietProcesses
from negotiation_sim.faces.report import answer
from negotiation_sim.faces.report.studied import SENSITIVITY, FinishedStudy
from negotiation_sim.words import shares as per_cent
from negotiation_sim.words.sentences import listed
from negotiation_sim.words.strategies import labels_of
from negotiation_sim.words.vocabulary import cause_words

if TYPE_CHECKING:
    import pandas as pd

    from negotiation_sim.faces.report.facts import Facts

MOST_PAIRS, MOST_STATES = 12, 15
SUREST = 0.9997  # what a few thousand draws can tell


@dataclass(frozen=True)
class Picture:
    """One figure as a reader gets it.

    Parameters
    ----------
    name : str
        Of its files, without ending.
    caption : str
        What to see; units named.
    alt : str
        The same for who cannot see it.
    svg, png : bytes
    """

    name: str
    caption: str
    alt: str
    svg: bytes
    png: bytes


class Sketch(NamedTuple):
    """A figure that is not yet encoded."""

    name: str
    figure: Any
    caption: str
    alt: str


@contextlib.contextmanager
def second_hand() -> Iterator[QuietProcesses | None]:
    """Start a process that encodes figures beside this one; None where there is one core."""
    if (os.cpu_count() or 1) < 2:
        yield None
        return
    pool = QuietProcesses(1)
    try:
        pool.submit(_ready)
        yield pool
    finally:
        pool.stop()


def _ready() -> None:
    """Draw an empty figure: all it takes is imported here while the other reads the run."""
    figure = new_figure(1.0, 1.0)
    figure.add_subplot()
    encoded(figure, "svg")


def _svg(figure: bytes) -> bytes:
    return encoded(pickle.loads(figure), "svg")


def all_pictures(facts: Facts, hand: QuietProcesses | None = None) -> dict[str, Picture]:
    """Return the figures of a run by name, in the order of the report."""
    return _pictures(_draw(facts), hand)


def _pictures(sketches: Iterable[Sketch], hand: QuietProcesses | None) -> dict[str, Picture]:
    """Return figures in both forms; the other process makes SVG while this one makes PNG."""
    begun = []
    for name, figure, caption, alt in sketches:
        lay_out(figure)
        copied = pickle.dumps(figure)  # now, for a queue would do so while the figure changes
        svg = partial(_svg, copied) if hand is None else hand.submit(_svg, copied).result
        begun.append((name, caption, alt, svg, encoded(figure, "png")))
    return {name: Picture(name, caption, alt, svg(), png) for name, caption, alt, svg, png in begun}


def _draw(facts: Facts) -> Iterator[Sketch]:
    yield _probability(facts)
    rows = answer.able(facts.summary)
    if not len(rows):
        return
    yield _funnel(facts)
    yield _causes(facts)
    if len(facts.blockers):
        yield _blockers(facts)
    if len(facts.pairs):
        yield _pairs(facts)
    beside = facts.side.against_best(facts.side.quantile_differences)
    if beside["difference"].notna().any():
        yield _quantiles(beside)
    contests = contested(facts.best)
    if len(contests):
        yield _best(contests)
    if facts.curves["success"].max() > 0.0:
        yield _time(facts)
    if len(facts.texts):
        yield _texts(facts)


def _order(facts: Facts) -> list[str]:
    """Return the strategies that can succeed, in the order of all tables and figures."""
    names: list[str] = answer.able(facts.summary)["strategy"].tolist()
    return names


def _top(facts: Facts, most: int = 5) -> str:
    rows: Iterable[Any] = answer.able(facts.summary).head(most).itertuples()
    return "; ".join(
        f"{row.strategy} {per_cent.estimate(row.p_success, row.p_success_low, row.p_success_high)}"
        for row in rows
    )


def _probability(facts: Facts) -> Sketch:
    rows = answer.able(facts.summary)
    see = "No strategy of this run can succeed; pledges alone report coverage."
    if len(rows):
        row = rows.iloc[0]
        overlap = int((rows["p_success_high"] >= row["p_success_low"]).sum()) - 1
        see = (
            f"The highest dot is {row['strategy']}; the interval of "
            f"{overlap} other {'strategy' if overlap == 1 else 'strategies'} reaches into its own. "
        )
        if "p_positions_low" in facts.summary:
            see += (
                "Where the pale bar is longer than the line, knowing the states better would tell "
                "more than computing more."
            )
    return Sketch(
        "probability",
        plots.success_by_strategy(
            facts.summary, deadline_years=facts.deadline, labels=labels_of(facts.setting)
        ),
        f"{see} Unit: per cent of replicates with success within {facts.deadline:g} years.",
        f"Dots with 95% intervals, one strategy a line, likeliest first: {_top(facts)}.",
    )


def _time(facts: Facts) -> Sketch:
    last = facts.curves.sort_values("month").groupby("strategy", sort=False)["success"].last()
    name = str(last.idxmax())
    panels, venues = names_of(facts.setting)
    by_then = f"{per_cent.percent(float(last.max()))} by year {facts.setting.horizon_years:g}"
    return Sketch(
        "survival",
        plots.time_to_success(
            in_order(facts.curves, _order(facts)),
            deadline_years=facts.deadline,
            labels=panels,
            venues=venues,
        ),
        f"How steep a line is left of the dotted deadline is what counts; the highest at the end "
        f"is {name}, {by_then}. Unit: share of replicates that have succeeded, by years.",
        f"Curves of success over {facts.setting.horizon_years:g} years, a panel for each "
        f"initiative; the highest ends at {by_then} ({name}).",
    )


def _funnel(facts: Facts) -> Sketch:
    wide = facts.funnel.pivot(index="strategy", columns="step", values="share")
    drops = (wide["started"] - wide["mandate"]).gt(wide["mandate"] - wide["success"])
    said = f"{int(drops.sum())} of {len(drops)}"
    return Sketch(
        "funnel",
        plots.milestone_funnel(
            facts.funnel, deadline_years=facts.deadline, labels=labels_of(facts.setting)
        ),
        f"Read a line from left to right: where it shortens most is where the strategy dies. For "
        f"{said} strategies that is before there is a mandate to negotiate. Unit: per cent of "
        f"replicates, by {facts.deadline:g} years.",
        f"Bars of mandate, adoption, entry into force and timely success for {len(drops)} "
        f"strategies; {said} lose more before the mandate than after it.",
    )


def _causes(facts: Facts) -> Sketch:
    names = answer.able(facts.summary)["strategy"].tolist()
    total = facts.shares.groupby("cause")["count"].sum().sort_values(ascending=False)
    common = [cause_words(name).clause for name in total.index[:3]]
    see = f"Over all strategies the commonest are: {listed(common)}. " if common else ""
    return Sketch(
        "causes",
        plots.causes_of_failure(facts.shares, names, labels=labels_of(facts.setting)),
        f"The widest colour of a line is its main reason. {see}Unit: per cent of all replicates.",
        f"Stacked bars of success and causes of failure for {len(names)} strategies. {see}",
    )


def _blockers(facts: Facts) -> Sketch:
    mean = facts.blockers.groupby("actor")["share"].sum().sort_values(ascending=False)
    first = [facts.names.get(str(code), str(code)) for code in mean.index[:3]]
    who = f"over all strategies most often {listed(first)}"
    return Sketch(
        "blockers",
        plots.blocking_states(
            in_order(facts.blockers, _order(facts)),
            names=facts.names,
            most=MOST_STATES,
            labels=labels_of(facts.setting),
        ),
        f"Dark cells: the state is in the way in most of the strategy's failures, {who}. Below "
        "each number is the term it objects to most. Unit: per cent of the strategy's failures.",
        f"Table of strategies by states, darker where the state blocks more often; {who}.",
    )


def _pairs(facts: Facts) -> Sketch:
    settled, n = int(facts.pairs["settled"].sum()), len(facts.pairs)
    said = f"{settled} of {n} pairs with like goals are settled"
    return Sketch(
        "differences",
        plots.paired_differences(facts.pairs, most=MOST_PAIRS),
        f"A line that keeps off zero is a difference that chance does not explain: {said}. Unit: "
        "points of 100 in the probability of timely success.",
        f"Differences of probability with intervals, the largest first; {said}.",
    )


def _quantiles(beside: pd.DataFrame) -> Sketch:
    n = len(beside.drop_duplicates(["first", "second"]))
    said = f"{n} {'pair' if n == 1 else 'pairs'} of the likeliest of a goal with another"
    return Sketch(
        "quantiles",
        plots.quantile_differences(beside, most=MOST_PAIRS),
        "Left of zero in the first panel: the likeliest is sooner; right of zero in the second: "
        "more take part. Right of zero in the others: its text is more binding, or covers more. A "
        "quantile that one of the two does not reach is not drawn. Units: years, share of "
        "capability, and 0 to 1.",
        f"Differences of quantiles with intervals, a panel for each measure; {said}.",
    )


def contested(best: pd.DataFrame) -> pd.DataFrame:
    """Return goals with more than one strategy, one of which has succeeded; none is quite sure."""
    goals = best.groupby("goal")
    kept = (goals["strategy"].transform("size") > 1) & (goals["p_success"].transform("max") > 0.0)
    return best[kept].assign(p_best=best["p_best"][kept].clip(upper=SUREST))


def _best(best: pd.DataFrame) -> Sketch:
    rows = best.sort_values("p_best", ascending=False).groupby("goal", sort=False).head(1)
    each: Iterable[Any] = rows.itertuples()
    said = "; ".join(f"{row.goal}: {row.strategy} {per_cent.percent(row.p_best)}" for row in each)
    return Sketch(
        "best",
        plots.probability_best(best),
        "The longer one bar is against the others of its goal, the safer the choice of venue; many "
        "short bars mean an open choice. Unit: probability of being the best, in per cent.",
        f"Bars, grouped by goal. First in each: {said}.",
    )


def _texts(facts: Facts) -> Sketch:
    threshold = facts.setting.environment["treaty_threshold"].value
    count = int(facts.texts["count"].sum())
    panels, venues = names_of(facts.setting)
    return Sketch(
        "texts",
        plots.outcome_texts(
            in_order(facts.texts, _order(facts)),
            treaty_threshold=threshold,
            labels=panels,
            venues=venues,
        ),
        "Where the dots lie shows what is agreed, not what was proposed: up is more binding, right "
        f"covers more. {count:,} texts adopted in time. Unit: form and scope, 0 to 1.",
        f"Scatter of {count:,} adopted texts in the space of form and scope, a panel for each "
        "initiative and a colour for each venue.",
    )


def study_pictures(
    studies: Sequence[FinishedStudy], hand: QuietProcesses | None = None
) -> dict[str, Picture]:
    """Return a figure for each study of sensitivity."""
    return _pictures(_draw_studies(studies), hand)


def _draw_studies(studies: Sequence[FinishedStudy]) -> Iterator[Sketch]:
    for number, study in enumerate(s for s in studies if s.kind == SENSITIVITY):
        name = "sensitivity" if number == 0 else f"sensitivity-{number + 1}"
        main = "mu_star" if study.is_morris else "total"
        if main not in study.table or not len(study.table):
            continue
        first = study.table.sort_values(main, ascending=False)["parameter"].head(3)
        unit = "share of the variance of P"
        if study.is_morris:
            unit = "change of P over the figure's span"
        yield Sketch(
            name,
            plots.sensitivity_bars(study.table, title=f"What {study.strategy} hangs on"),
            f"Long bars are the assumptions that carry the result; bars whose lines reach zero may "
            f"be chance. Unit: {unit}.",
            f"Bars of the figures that matter, the weightiest first: {listed(first)}.",
        )
