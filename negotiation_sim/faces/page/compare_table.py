"""The table under the charts of the tab Compare: the numbers that a screen reader can read."""

from __future__ import annotations

from negotiation_sim.engine.scenario import Scenario
from negotiation_sim.faces.page.ensemble_jobs import EnsembleTables
from negotiation_sim.faces.page.month_in_words import strategy_words
from negotiation_sim.faces.page.parts import plain_table
from negotiation_sim.faces.page.theme import percent
from negotiation_sim.words.vocabulary import cause_words


def summary_html(
    tables: EnsembleTables | None, base: EnsembleTables | None, scenario: Scenario
) -> str:
    """Return the summary, the base case's probability beside it, as a table in HTML."""
    if tables is None:
        return ""
    known = base.summary.set_index("strategy") if base is not None else None
    columns = ["strategy", "chance of success in time", "95 % interval", "base case", "mandate in time",
               "adopted in time", "in force in time", "median years", "main cause of failure"]  # fmt: skip
    rows = []
    for row in tables.summary.to_dict("records"):
        name = row["strategy"]
        before = known.loc[name, "p_success"] if known is not None and name in known.index else None
        years = row["median_years"]
        rows.append([
            f"{name}\n{strategy_words(scenario, name)}", _number(row["p_success"]),
            f"{_number(row['p_success_low'])} to {_number(row['p_success_high'])}",
            "" if before is None else _number(before),
            *(percent(row[key]) for key in ("p_mandate", "p_adopted", "p_in_force")),
            f"{years:.1f}" if years == years else "-",
            cause_words(row["main_cause"]).plain or
            f"pledges cover {percent(row['mean_pledge_coverage'])}",
        ])  # fmt: skip
    return plain_table(columns, rows, set(range(1, 8)))


def _number(value: float) -> str:
    return f"{value:.3f}" if value == value else "-"
