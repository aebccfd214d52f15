"""The tables under the charts of the tab Compare: the numbers that a screen reader can read."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from negotiation_sim.engine.scenario import Scenario
from negotiation_sim.faces.page.compare_charts import CHANCE, POSITIONS
from negotiation_sim.faces.page.ensemble_jobs import EnsembleTables
from negotiation_sim.faces.page.month_in_words import strategy_words
from negotiation_sim.faces.page.parts import plain_table
from negotiation_sim.faces.page.theme import percent
from negotiation_sim.studies.history.outside_view import Compared, parting
from negotiation_sim.words.shares import NONE, span
from negotiation_sim.words.vocabulary import cause_words


def summary_html(
    tables: EnsembleTables | None, other: EnsembleTables | None, scenario: Scenario
) -> str:
    """Return the summary with both intervals, the step before beside it, as a table in HTML."""
    if tables is None:
        return ""
    known = other.summary.set_index("strategy") if other is not None else None
    spread = tables.positions.set_index("strategy") if len(tables.positions) else None
    columns = ["strategy", "chance of success in time", CHANCE, POSITIONS,
               *(["the step before"] if known is not None else []),
               "mandate in time", "adopted in time", "in force in time",
               "half have succeeded after", "main cause of failure"]  # fmt: skip
    rows = []
    for row in tables.summary.to_dict("records"):
        name = row["strategy"]
        years = row["median_years"]
        band: Any = spread.loc[name] if spread is not None and name in spread.index else None
        cells = [
            f"{strategy_words(scenario, name)}\n{name}", _share(row["p_success"]),
            span(row["p_success_low"], row["p_success_high"]),
            "" if band is None else span(band["p_positions_low"], band["p_positions_high"]),
        ]  # fmt: skip
        if known is not None:
            cells.append(_share(known.loc[name, "p_success"]) if name in known.index else "")
        cells += [_share(row[key]) for key in ("p_mandate", "p_adopted", "p_in_force")]
        cells.append(f"{years:.1f} years" if years == years else "not within the time run")
        coverage = f"pledges cover {percent(row['mean_pledge_coverage'])}"
        rows.append([*cells, cause_words(row["main_cause"]).plain or coverage])
    return plain_table(columns, rows, set(range(1, len(columns) - 2)))


def _share(value: Any) -> str:
    return percent(float(value))


VIEWS_SAID = (
    "Another question, asked both ways: once there is a mandate, is a text adopted within five "
    "years of it? Inside: the share of the worlds above. Outside: statistics on cases that were known "
    "when the experiment begins. A dash: too few worlds came to a mandate, or the talks may move to "
    "another venue. Pool: 0.4 of the one and 0.6 of the other, chosen beforehand."
)


def views_html(compared: Sequence[Compared], scenario: Scenario) -> str:
    """Return inside view, outside view and their pool of each strategy that negotiates a text."""
    if not compared:
        return ""
    columns = ["strategy", "inside", "outside", "pool", "the simulation is"]
    rows = [
        [
            f"{strategy_words(scenario, each.strategy)}\n{each.strategy}",
            *(_known(value) for value in (each.inside, each.outside, each.pool)),
            (parting(each) if math.isfinite(each.apart) else "")
            + ("" if each.scope.tested else "\nnot tested for such a case"),
        ]
        for each in compared
    ]
    return f"<p>{VIEWS_SAID}</p>" + plain_table(columns, rows, {1, 2, 3})


def _known(value: float) -> str:
    return percent(value) if math.isfinite(value) else NONE
