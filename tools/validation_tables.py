"""The tables of docs/validation.md, made of the calibration's files and of new back-tests.

``tools/regenerate.py`` writes them into the page: tables of ``validation.json`` and
``out_of_fold.csv`` (``QUICK``), and of studies run anew, ``speed`` and (minutes) ``ablation``. The
table ``outcomes`` needs the file of legislative issues, which is not part of the project.
"""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np

from negotiation_sim import api
from negotiation_sim.catalogue import environment_table, find_root
from negotiation_sim.faces.cli.history_tables import FORECASTERS, SCORES, interval
from negotiation_sim.studies.history.ablation import ablation
from negotiation_sim.studies.history.case_forecasts import outcomes_of
from negotiation_sim.studies.history.cases import read_cases
from negotiation_sim.studies.history.parameter_file import calibrated
from negotiation_sim.studies.history.rule_speed import ratification_speed, speed_by_rule

ROOT = Path(__file__).resolve().parent.parent
HISTORY = ROOT / "experiments" / "backtest"
REPLICATES = 100  # worlds a case of the ablation
QUICK = ("scores", "calibration", "misses", "parameters")
YEARS = {"5y": "5 years", "10y": "10 years"}
SHOWN_MISSES = 8


def table(header: list[str], rows: list[list[str]]) -> str:
    """Return a Markdown table."""
    lines = [header, ["---"] * len(header), *rows]
    return "".join("| " + " | ".join(row) + " |\n" for row in lines)


def validation() -> dict[str, Any]:
    """Return what ``calibrate`` wrote of its own skill."""
    return json.loads((HISTORY / "validation.json").read_text("utf-8"))


def scores() -> str:
    """Return scores out of fold beside the baselines', and the model's with classes left out."""
    said = validation()
    columns = [
        "score",
        "by",
        "rows",
        "this model",
        *(n.replace("\n", " ") for n in FORECASTERS.values()),
    ]
    rows = []
    for deadline, words in YEARS.items():
        part, classes = said["out_of_fold"][deadline], said["class_left_out"][deadline]
        for name, label in SCORES.items():
            others = [interval(part["baselines"][b][name]) for b in FORECASTERS]
            rows.append(
                [
                    label,
                    words,
                    str(part["n"]),
                    interval(part[name]),
                    *others,
                    interval(classes[name]),
                ]
            )
        better = [interval(part["baselines"][b]["model_better_by"]) for b in FORECASTERS]
        rows.append(["Brier score better by", words, str(part["n"]), "", *better, ""])
    return table([*columns, "this model, class left out"], rows)


def calibration() -> str:
    """Return the calibration bins out of fold."""
    rows = []
    for deadline, words in YEARS.items():
        for each in validation()["out_of_fold"][deadline]["calibration"]:
            rows.append([
                words, str(each["count"]), f"{each['predicted']:.2f}", f"{each['observed']:.2f}",
                f"{each['band_low']:.2f} to {each['band_high']:.2f}", "yes" if each["within"] else "no",
            ])  # fmt: skip
    return table(["by", "cases", "forecast", "happened", "band", "within"], rows)


def misses() -> str:
    """Return the cases whose held-out forecast at five years was farthest from what happened."""
    cases = {case.id: case for case in read_cases(HISTORY / "cases-first-251.csv")[0]}
    lines = (HISTORY / "out_of_fold.csv").read_text("utf-8").splitlines()
    chance = {row["id"]: float(row["p_adopted_5y"]) for row in csv.DictReader(lines)}
    far = sorted(
        chance, key=lambda key: abs(chance[key] - float(cases[key].outcome5)), reverse=True
    )
    rows = []
    for adopted in (False, True):
        for key in [k for k in far if cases[k].outcome5 is adopted][:SHOWN_MISSES]:
            case, words = cases[key], "adopted" if adopted else "not adopted"
            rows.append(
                [case.name, case.mandate_text[:4], case.venue_class, f"{chance[key]:.2f}", words]
            )
    return table(["case", "mandate", "venue class", "forecast", "happened in five years"], rows)


def parameters() -> str:
    """Return the calibrated figures with ranges, and the defaults they replace."""
    defaults = {name: entry.value for name, entry in environment_table().items()}
    rows = []
    for name, entry in validation()["entries"].items():
        low, high = entry["range"]
        default = f"{defaults[name]:.3g}" if name in defaults else "(cases only)"
        rows.append([f"`{name}`", f"{entry['value']:.3g}", f"{low:.3g} to {high:.3g}", default])
    return table(["figure", "fitted", "5-95 % of bootstrap", "default"], rows)


def ablated(replicates: int = REPLICATES) -> str:
    """Return the skill lost where each mechanism is at its neutral value."""
    cases = [case for case in read_cases(HISTORY / "cases-first-251.csv")[0] if case.scored]
    outcome = np.column_stack([outcomes_of(cases, deadline) for deadline in YEARS])
    found = ablation(cases, calibrated(), outcome, replicates=replicates)
    rows = []
    for row in found.to_dict("records"):
        lost = [
            interval({k: row[f"lost_{d}{s}"] for k, s in (("value", ""), ("low", "_low"), ("high", "_high"))})
            for d in YEARS
        ]  # fmt: skip
        rows.append([row["mechanism"], f"{row['skill_5y']:.3f}", f"{row['skill_10y']:.3f}", *lost])
    rows[0][3:] = ["", ""]
    return table(["neutral", "skill 5 y", "skill 10 y", "lost at 5 y", "lost at 10 y"], rows)


def speed() -> str:
    """Return speed by rule and ratification beside what was seen."""
    found = speed_by_rule(calibrated())
    rows = [
        [
            row["rule"], f"{row['share_2y']:.3f}", f"{row['real_share_2y']:.3f}",
            "none" if row["median_days"] is None else f"{row['median_days']:.0f}",
            f"{row['real_median_days']:.0f}",
        ]
        for row in found.to_dict("records")
    ]  # fmt: skip
    header = ["rule", "adopted in 2 years, model", "Europe", "median days, model", "Europe"]
    actors = [
        api.catalogue("actors", row["id"])
        for row in api.catalogue("actors")
        if row["file"].endswith(f"{row['id']}.yaml")
    ]
    medians = [
        field["value"] for actor in actors for field in actor["fields"]
        if field["field"] == "ratification_delay"
    ]  # fmt: skip
    table_of = environment_table()
    sigma, share = (
        table_of[name].value for name in ("ratification_sigma", "ratification_treaty_share")
    )
    shares = ratification_speed(medians, sigma, share).to_dict("records")
    bound = [
        [row["treaty"], *("" if np.isnan(row[c]) else f"{row[c]:.0f}" for c in ("bound_2y", "bound_5y")),
         f"{row['share']:.2f}"]
        for row in shares
    ]  # fmt: skip
    return (
        table(header, rows) + "\n" + table(["treaty", "bound in 2 years", "in 5", "share"], bound)
    )


def outcomes(path: str) -> str:
    """Return errors on legislative issues, of our bargaining and of each baseline."""
    scratch = find_root() / "results" / "backtest" / Path(path).stem
    said = api.backtest_outcomes(path, scratch).scores
    paired = said["paired_difference"]["bargaining_cross_validated"]
    far = said["mean_distance"]["bargaining_cross_validated"]
    rows = [
        [name.replace("_", " "), str(score["n"]), interval(score, 2), interval(paired.get(name), 2),
         interval(far.get(name), 2)]
        for name, score in said["mean_absolute_error"].items()
    ]  # fmt: skip
    header = [
        "method",
        "issues",
        "mean absolute error",
        "our error less its",
        "our distance from it",
    ]
    return table(header, rows)
