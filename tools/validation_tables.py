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
import yaml

from negotiation_sim import api
from negotiation_sim.catalogue import environment_table, find_root
from negotiation_sim.faces.cli.history_tables import FORECASTERS, SCORES, interval
from negotiation_sim.studies.history.ablation import ablation
from negotiation_sim.studies.history.calibration import read_training
from negotiation_sim.studies.history.case_table import coded_cases
from negotiation_sim.studies.history.cases import Case
from negotiation_sim.studies.history.outside_record import KNOWN_AT
from negotiation_sim.studies.history.parameter_file import calibrated
from negotiation_sim.studies.history.rule_speed import ratification_speed, speed_by_rule
from negotiation_sim.studies.history.splits import scored_outcome

ROOT = Path(__file__).resolve().parent.parent
HISTORY = ROOT / "experiments" / "backtest"
REPLICATES = 64  # worlds a case of the ablation
QUICK = (
    "scores", "newer", "aside", "calibration", "frames", "misses", "parameters", "identified",
)  # fmt: skip
SHOWN_FRAMES = 6  # at either end
YEARS = {"5y": "5 years", "10y": "10 years"}
SHOWN_MISSES = 8


def table(header: list[str], rows: list[list[str]]) -> str:
    """Return a Markdown table."""
    lines = [header, ["---"] * len(header), *rows]
    return "".join("| " + " | ".join(row) + " |\n" for row in lines)


def validation() -> dict[str, Any]:
    """Return what ``calibrate`` wrote of its own skill."""
    return json.loads((HISTORY / "validation.json").read_text("utf-8"))


def shown(part: dict[str, Any], deadline: str, others: tuple[str, ...]) -> list[list[str]]:
    """Return rows of scores at a deadline, the model first, then the forecasters beside it."""
    here = part[deadline]
    rows = []
    for name, label in SCORES.items():
        beside = [interval(here["baselines"][b][name]) for b in others]
        rows.append([label, YEARS[deadline], str(here["n"]), interval(here[name]), *beside])
    better = [interval(here["baselines"][b]["model_better_by"]) for b in others]
    rows.append(["Brier score better by", YEARS[deadline], str(here["n"]), "", *better])
    return rows


def scored(part: dict[str, Any], others: tuple[str, ...]) -> str:
    """Return a table of scores at both deadlines."""
    names = [(FORECASTERS | MORE)[b].replace("\n", " ") for b in others]
    rows = [row for deadline in YEARS for row in shown(part, deadline, others)]
    return table(["score", "by", "rows", "this model", *names], rows)


MORE = {"pool": "pool", "as_run": "share of worlds, as a run shows it"}
STATISTICS = ("base_rate", "regression", "forest", "statistics")


def scores() -> str:
    """Return scores over left-out frames beside the statistics'."""
    return scored(validation()["out_of_fold"], STATISTICS)


def newer() -> str:
    """Return the same of the newer half alone."""
    return scored(validation()["newer_half"], STATISTICS)


def set_aside() -> dict[str, Any]:
    """Return what the rows that had no part in any fit have shown."""
    return json.loads((HISTORY / "set_aside.json").read_text("utf-8"))


def aside() -> str:
    """Return the scores of the rows set aside, and the share of the base rate's that is saved."""
    said = set_aside()
    text = scored(said, (*STATISTICS, "pool"))
    rows = []
    for deadline, words in YEARS.items():
        part = said[deadline]
        far = part["from_folds"]
        rows.append([
            words, interval(part["over_base_rate"]), interval(part["statistics_over_base_rate"]),
            interval(part["pool_over_base_rate"]),
            f"{far['value']:+.3f} (standard error {far['standard_error']:.3f})",
            said["better"][deadline],
        ])  # fmt: skip
    header = [
        "by", "this model saves", "statistics save", "the pool saves",
        "this model's skill less that of the folds", "least Brier score",
    ]  # fmt: skip
    return text + "\n" + table(header, rows)


def frames() -> str:
    """Return the frames of ten rows and more where the model does best and worst."""
    large = [each for each in validation()["frames"] if each["n"] >= 10]

    def saved(each: dict[str, Any]) -> float:
        return each["base_rate_5y"] - each["model_5y"]

    ranked = sorted(large, key=saved, reverse=True)
    rows = [
        [
            each["frame"].replace("_", " "), str(each["n"]),
            *(f"{each[f'{view}_{d}']:.3f}" for d in YEARS for view in ("model", "base_rate")),
        ]
        for each in [*ranked[:SHOWN_FRAMES], *ranked[-SHOWN_FRAMES:]]
    ]  # fmt: skip
    header = ["frame", "rows", "Brier 5 years", "base rate", "Brier 10 years", "base rate"]
    return table(header, rows)


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
    cases = {case.id: case for case in coded_cases()}
    lines = (HISTORY / "out_of_fold.csv").read_text("utf-8").splitlines()
    chance = {row["id"]: float(row["p_adopted_5y"]) for row in csv.DictReader(lines)}
    known = [key for key in chance if scored_outcome(cases[key], 5) is not None]
    far = sorted(known, key=lambda key: -abs(chance[key] - float(scored_outcome(cases[key], 5))))
    rows = []
    for adopted in (False, True):
        for key in [k for k in far if scored_outcome(cases[k], 5) is adopted][:SHOWN_MISSES]:
            case, words = cases[key], "adopted" if adopted else "not adopted"
            rows.append([
                case.name, case.mandate[:4], case.venue_class.replace("_", " "),
                f"{chance[key]:.2f}", words,
            ])  # fmt: skip
    return table(["case", "mandate", "venue class", "forecast", "happened in five years"], rows)


def fitted(name: str) -> dict[str, Any]:
    """Return every figure of a fit by name."""
    said = yaml.safe_load((HISTORY / name).read_text("utf-8"))
    return said["parameters"] | said["mapping"]


def parameters() -> str:
    """Return the fitted figures with ranges, those of 2008 beside, and the defaults they replace."""
    defaults = {name: entry.value for name, entry in environment_table().items()}
    now, then = fitted("parameters.yaml"), fitted("parameters-2009-01.yaml")
    rows = []
    for name, entry in now.items():
        low, high = entry["range"]
        default = f"{defaults[name]:.3g}" if name in defaults else "(cases only)"
        rows.append([
            f"`{name}`", f"{entry['value']:.3g}", f"{low:.3g} to {high:.3g}",
            f"{then[name]['value']:.3g}", default,
        ])  # fmt: skip
    return table(["figure", "fitted", "5-95 % of bootstrap", "known in 2008", "default"], rows)


def identified() -> str:
    """Return which figures the cases identify, of those that are not offsets."""
    said = json.loads((HISTORY / "identification.json").read_text("utf-8"))
    rows = [
        [
            f"`{each['parameter']}`", f"{each['contraction']:.2f}", f"{each['coverage']:.2f}",
            f"{each['p_holm']:.2f}", each["word"],
        ]
        for each in said["parameters"]
        if "." not in each["parameter"]
    ]  # fmt: skip
    header = [
        "figure", "variance taken away", "80 % intervals that hold", "p of uniform ranks", "",
    ]  # fmt: skip
    return table(header, rows)


def open_rows() -> tuple[list[Case], np.ndarray]:
    """Return the cases open to fits with a known outcome, and their outcomes."""
    training = read_training(HISTORY / "cases.csv", KNOWN_AT[-1])
    rows = training.rows
    return [training.cases[i] for i in rows], training.outcome[rows]


def ablated(replicates: int = REPLICATES) -> str:
    """Return the skill lost where each mechanism is at its neutral value."""
    cases, outcome = open_rows()
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
