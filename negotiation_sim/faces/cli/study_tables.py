"""What the commands of studies print: columns, rows and notes as plain text; it computes nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from negotiation_sim.faces.cli.run_tables import Printed, number, span

if TYPE_CHECKING:
    from negotiation_sim.studies.blocking import Causes
    from negotiation_sim.studies.changes import Difference
    from negotiation_sim.studies.comparison_study import Comparison
    from negotiation_sim.studies.lever_findings import Levers
    from negotiation_sim.studies.sensitivity_study import Sensitivity

SHOWN = 12


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
        rows.append([*cells, f"{row['low']:.3g} to {row['high']:.3g}", row["why"]])
    return columns, rows, set(range(1, len(columns) - 1))


def box_table(found: Sensitivity) -> Printed:
    """Return the boxes of success."""
    rows = [
        [
            row["box"], number(row["p"]), span(row["p_low"], row["p_high"]),
            f"{row['coverage']:.0%}", f"{row['support']:.0%}",
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
