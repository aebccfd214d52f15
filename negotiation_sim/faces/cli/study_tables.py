"""What the commands of studies print: columns, rows and notes as plain text; it computes nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from negotiation_sim.analysis.measures import YEARS
from negotiation_sim.faces.cli.run_tables import EMPTY, Printed, number, span
from negotiation_sim.words.shares import percent

if TYPE_CHECKING:
    from negotiation_sim.studies.blocking import Causes
    from negotiation_sim.studies.changes import Difference
    from negotiation_sim.studies.comparison_study import Comparison
    from negotiation_sim.studies.lever_findings import Levers
    from negotiation_sim.studies.sensitivity_study import Sensitivity

SHOWN = 12
YEARS_SHOWN = (1, 2, 5, 10)
ORDERS = {1: "first", 2: "second"}
JOINT = (
    ("first_ahead", "first"),
    ("second_ahead", "second"),
    ("mixed", "mixed"),
    ("alike", "alike"),
)


def signed(value: float) -> str:
    """Return a difference of probabilities with its sign, a plain 0 for none.

    Examples
    --------
    >>> signed(0.0123), signed(-0.5), signed(0.0)
    ('+0.012', '-0.500', '0')
    """
    return "0" if value == 0.0 else f"{value:+.3f}"


def p_value(value: float) -> str:
    """Return a p-value that is never written as nothing.

    Examples
    --------
    >>> p_value(0.0002), p_value(0.04), p_value(1.0)
    ('<0.001', '0.040', '1.000')
    """
    return "<0.001" if value < 0.001 else f"{value:.3f}"


def signed_span(low: float, high: float) -> str:
    """Return an interval of differences with signs."""
    return f"{low:+.3f} to {high:+.3f}"


def pair_table(found: Comparison) -> Printed:
    """Return every pair of strategies that was compared, those without any success left out."""
    columns = ["first", "second", "P", "P", "difference", f"{100 * found.level:g} % interval"]
    columns += ["p (corrected)", "which", "more worlds"]
    rows = []
    for row in found.pairs.to_dict("records"):
        if row["p_first"] == row["p_second"] == 0.0:
            continue
        better = row["first"] if row["difference"] > 0 else row["second"]
        rows.append([
            row["first"], row["second"], number(row["p_first"]), number(row["p_second"]),
            signed(row["difference"]), signed_span(row["low"], row["high"]), p_value(row["p_holm"]),
            better if row["settled"] else "open",
            "" if pd.isna(row["more_worlds"]) else f"{int(row['more_worlds']):,}",
        ])  # fmt: skip
    return columns, rows, {2, 3, 4, 5, 6, 8}


def best_table(found: Comparison) -> Printed:
    """Return how probable it is that each strategy is the best of its goal."""
    rows = [
        [
            row["goal"] or "all", row["strategy"], number(row["p_success"]),
            span(row["low"], row["high"]), f"{row['worlds']:,}", number(row["p_best"], 2),
        ]
        for row in found.best.to_dict("records")
        if row["p_success"] > 0.0
    ]  # fmt: skip
    columns = [
        "goal",
        "strategy",
        "P(timely success)",
        f"{100 * found.level:g} % interval",
        "worlds",
    ]
    return [*columns, "P(best)"], rows, {2, 3, 4, 5}


def by_year_table(found: Comparison) -> Printed:
    """Return P of success within some of the years; strategies without any success left out."""
    wanted = {*YEARS_SHOWN, found.deadline_years, found.horizon_years}
    table = found.by_year[found.by_year["years"].isin(wanted)]
    years = sorted(set(table["years"]))
    rows = []
    for name, part in table.groupby("strategy", sort=False):
        if not part["successes"].any():
            continue
        cells = [f"{number(r.p)} ({span(r.low, r.high)})" for r in part.itertuples()]
        rows.append([str(name), *cells, f"{part['replicates'].iloc[0]:,}"])
    columns = ["strategy", *(f"P in {year:g} y ({100 * found.level:g} %)" for year in years)]
    return [*columns, "replicates"], rows, set(range(1, len(columns) + 1))


def _shown(found: Comparison, table: pd.DataFrame) -> pd.DataFrame:
    """Return the rows in which the best of a goal meets the others; of one pair all."""
    return table if len(found.joint) == 1 else found.side.against_best(table)


def quantile_table(found: Comparison) -> Printed:
    """Return quantiles of two strategies side by side; of many pairs one of each measure."""
    one_pair = len(found.joint) == 1
    table = found.quantile_differences if one_pair else found.side.headline()
    rows = []
    for row in _shown(found, table).to_dict("records"):
        years = row["measure"] == YEARS
        digits = 1 if years else 3
        beyond = f"over {found.horizon_years:g}" if years else EMPTY
        values = [
            beyond if pd.isna(row[name]) else number(row[name], digits)
            for name in ("value_first", "value_second")
        ]
        counts = f"{row['values_first']:,} / {row['values_second']:,}"
        rows.append([
            row["first"], row["second"], row["measure"], f"{row['quantile']:.0%}", *values,
            _signed(row["difference"], digits), _limits(row["low"], row["high"], digits), counts,
        ])  # fmt: skip
    columns = ["first", "second", "measure", "quantile"]
    columns += ["value of\nfirst", "value of\nsecond", "difference"]
    columns += [f"{100 * found.level:g} % interval", "replicates"]
    return columns, rows, {3, 4, 5, 6, 7, 8}


def _signed(value: Any, digits: int) -> str:
    if pd.isna(value):
        return EMPTY
    text = f"{value:+.{digits}f}"
    return "0" if float(text) == 0.0 else text


def _limits(low: Any, high: Any, digits: int) -> str:
    """Return an interval of differences; a limit beyond reach is a dash."""
    if pd.isna(low) and pd.isna(high):
        return EMPTY
    return f"{_signed(low, digits)} to {_signed(high, digits)}"


def dominance_table(found: Comparison) -> Printed:
    """Return whether one of a pair stochastically dominates the other, and in which order."""
    rows = []
    for row in _shown(found, found.side.strongest).to_dict("records"):
        dominates = row["verdict"].endswith("dominates")
        rows.append([
            row["first"], row["second"], row["measure"], row["verdict"],
            ORDERS[row["order"]] if dominates else "", p_value(row["p_holm"]),
            f"{row['worlds']:,}",
        ])  # fmt: skip
    columns = ["first", "second", "measure", "stochastic dominance", "order", "p (corrected)"]
    return [*columns, "replicates"], rows, {5, 6}


def joint_table(found: Comparison) -> Printed:
    """Return in how many worlds one is ahead in time and participation at once."""
    rows = []
    for row in _shown(found, found.joint).to_dict("records"):
        cells = [
            f"{number(row[name])} ({span(row[f'{short}_low'], row[f'{short}_high'])})"
            for name, short in JOINT
        ]
        count = f"{row['worlds']:,}"
        rows.append([row["first"], row["second"], *cells, p_value(row["p_holm"]), count])
    level = f"({100 * found.level:g} %)"
    columns = ["first", "second", f"first ahead {level}", f"second ahead {level}"]
    columns += [f"mixed {level}", f"alike {level}", "p (corrected)", "replicates"]
    return columns, rows, {2, 3, 4, 5, 6, 7}


def input_table(found: Difference) -> Printed:
    """Return the inputs that differ."""
    rows = [[row["path"], row["before"], row["after"]] for row in found.inputs.to_dict("records")]
    return ["input", "before", "after"], rows, set()


def answer_table(found: Difference) -> Printed:
    """Return what became of each strategy in both runs; those that nothing touched are left out."""
    columns = ["strategy", "before", "after", "difference", f"{100 * found.level:g} % interval"]
    columns += ["worlds +/-", "p (corrected)", "surely", "main cause of failure"]
    rows = []
    for row in found.answers.to_dict("records"):
        if row["difference"] == row["gained"] == row["lost"] == 0:
            continue
        cause = row["cause_after"]
        if row["cause_before"] != cause:
            cause = f"{row['cause_before']} -> {cause}"
        rows.append([
            row["strategy"], number(row["p_before"]), number(row["p_after"]),
            signed(row["difference"]), signed_span(row["low"], row["high"]),
            f"+{row['gained']} -{row['lost']}" if found.paired else "", p_value(row["p_holm"]),
            "yes" if row["changed"] else "open", cause,
        ])  # fmt: skip
    return columns, rows, {1, 2, 3, 4, 5, 6}


def weight_table(found: Causes, strategy: str) -> Printed:
    """Return what each giving way would have changed for a strategy, largest first."""
    rows = []
    for table in (found.weights, found.weights_of_two):
        part = table[table["strategy"] == strategy].head(SHOWN // 2)
        for row in part[part["gain"] != 0.0].to_dict("records"):
            rows.append([
                row["gives_way"], number(row["p_base"]), number(row["p"]), signed(row["gain"]),
                signed_span(row["low"], row["high"]), f"{found.worlds:,}",
                "yes" if row["sure"] else "open",
            ])  # fmt: skip
    columns = ["gives way", "P", "P then", "gain", "95 % interval", "worlds", "surely"]
    return columns, rows, {1, 2, 3, 4, 5}


def sensitivity_table(found: Sensitivity) -> Printed:
    """Return the weightiest figures with their indices and spans."""
    morris = "mu_star" in found.table
    main = "mu_star" if morris else "total"
    columns = ["figure", "mean change of P" if morris else "total", "95 % interval"]
    columns += ["with sign"] if morris else ["first order", "95 % interval"]
    columns += ["over", "span from"]
    rows = []
    for row in found.table.head(SHOWN).to_dict("records"):
        cells = [row["parameter"], number(row[main]), span(row[f"{main}_low"], row[f"{main}_high"])]
        if morris:
            cells.append(signed(row["mu"]))
        else:
            cells += [number(row["first"]), span(row["first_low"], row["first_high"])]
        over = f"{row['low']:.3g} to {row['high']:.3g}"
        if row["why"] == "values":
            over = f"{len(row['values'])} values"
        rows.append([*cells, over, row["why"]])
    return columns, rows, set(range(1, len(columns) - 1))


def box_table(found: Sensitivity) -> Printed:
    """Return the boxes of success."""
    rows = [
        [
            row["box"], number(row["p"]), span(row["p_low"], row["p_high"]),
            percent(row["coverage"]), percent(row["support"]),
        ]
        for row in found.boxes.to_dict("records")
    ]  # fmt: skip
    return ["where", "P", "95 % interval", "of success", "of points"], rows, {1, 2, 3, 4}


def lever_table(found: Levers) -> Printed:
    """Return the changes that reach the target, the cheapest first, or what gets farthest."""
    table = found.table if len(found.table) else found.farthest
    rows = [
        [
            row["change"], number(row["cost"], 2), number(row["p"]), span(row["low"], row["high"]),
            row["reaches"],
        ]
        for row in table.head(SHOWN).to_dict("records")
    ]  # fmt: skip
    columns = ["change", "cost", "P on fresh worlds", "95 % interval", "reaches the target"]
    return columns, rows, {1, 2, 3}
