"""What the commands on history print: scores with intervals beside the baselines', as plain text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from negotiation_sim.faces.cli.run_tables import EMPTY, Printed, number

if TYPE_CHECKING:
    import pandas as pd

SCORES = {
    "brier": "Brier score", "brier_skill": "Brier skill", "log_score": "log score",
    "area_under_curve": "area under curve",
}  # fmt: skip
FORECASTERS = {
    "base_rate": "base rate", "logistic": "logistic regression",
    "logistic_stances": "logistic regression\nwith stances",
    "regression": "regularised\nregression", "forest": "forest",
    "statistics": "mean of regression\nand forest",
}  # fmt: skip
DEADLINES = {"5y": "5 years", "10y": "10 years"}


def interval(score: Mapping[str, Any] | None, digits: int = 3) -> str:
    """Return a value with its interval, a dash for none.

    Examples
    --------
    >>> interval({"value": 0.2, "low": 0.15, "high": 0.25}), interval({"value": None})
    ('0.200 (0.150 to 0.250)', '-')
    """
    if not score or score.get("value") is None:
        return EMPTY
    low, high = number(score["low"], digits), number(score["high"], digits)
    return f"{number(score['value'], digits)} ({low} to {high})"


def score_table(said: Mapping[str, Any]) -> Printed:
    """Return scores at both deadlines, of the model and of the baselines on the same rows."""
    known = [b for b in FORECASTERS if any(b in said[d].get("baselines", {}) for d in DEADLINES)]
    columns = ["score", "by", "rows", "this model", *(FORECASTERS[b] for b in known)]
    rows = []
    for deadline, words in DEADLINES.items():
        part = said[deadline]
        if not part["n"]:
            continue
        for name, label in SCORES.items():
            others = [interval(part["baselines"].get(b, {}).get(name)) for b in known]
            rows.append([label, words, str(part["n"]), interval(part[name]), *others])
    return columns, rows, {2}


def case_lines(said: Mapping[str, Any]) -> list[str]:
    """Return in words how many rows were scored, and how the forecasts are calibrated."""
    lines = [
        f"{said['n_cases']:,} cases, {said['n_scored']:,} scored, {said['replicates']:,} worlds each. "
        f"95 % intervals: bootstrap over mandate dates. Baselines fitted on {said['baselines_fitted_on']}."
    ]
    if said.get("in_sample"):
        lines.append(
            "These cases are the training cases; scored are forecasts made without the case's frame."
        )
    scored = said.get("out_of_fold", said)
    lines += [
        calibration_line(scored[d], words) for d, words in DEADLINES.items() if scored[d]["n"]
    ]
    if said["concordance"]["value"] is not None:
        lines.append(f"Concordance with the time of adoption: {interval(said['concordance'])}.")
    return lines + [f"Filled in: {note}" for note in said["notes"]]


def calibration_line(part: Mapping[str, Any], words: str) -> str:
    """Return how many bins lie within their bands, and the calibration line."""
    bins = part["calibration"]
    inside = sum(each["within"] for each in bins)
    text = f"Calibration at {words}: {inside} of {len(bins)} bins within their 95 % bands"
    line = part.get("calibration_line")
    return text + (f", slope {line['slope']:.2f}." if line else ".")


def outcome_table(said: Mapping[str, Any]) -> Printed:
    """Return the mean absolute error of each method in points, and its distance to ours."""
    columns = ["method", "mean absolute error", "issues", "our error less its"]
    paired = said.get("paired_difference", {}).get("bargaining", {})
    rows = [
        [name.replace("_", " "), interval(score, 2), str(score["n"]), interval(paired.get(name), 2)]
        for name, score in said.get("mean_absolute_error", {}).items()
    ]
    return columns, rows, {2}


def outcome_lines(said: Mapping[str, Any]) -> list[str]:
    """Return in words what was scored, and how far our text is from a weighted mean."""
    lines = [
        f"{said['n_issues']:,} issues, {said['n_scored']:,} scored; errors in points of 0 to 100."
    ]
    if "reason" in said:
        lines.append(f"Not scored: {said['reason']}.")
    else:
        far = said["mean_distance"]["bargaining"]
        lines += [
            f"Our text is {interval(far['salience_mean'], 2)} points from the salience-weighted mean.",
            f"Share of outcomes that 80 % intervals hold: {interval(said['interval_coverage'], 2)}.",
        ]
    return lines + [f"Filled in: {note}" for note in said["notes"]]


def parameter_table(found: Mapping[str, Any]) -> Printed:
    """Return every calibrated parameter with its range."""
    rows = [
        [name, f"{entry['value']:.3g}", f"{entry['range'][0]:.3g} to {entry['range'][1]:.3g}"]
        for name, entry in found["entries"].items()
    ]
    return ["parameter", "value", "5-95 % of bootstrap"], rows, {1}


def parameter_lines(found: Mapping[str, Any]) -> list[str]:
    """Return the skills over left-out frames, of all rows and of the newer half alone."""
    kinds = {"out_of_fold": "Frames left out", "newer_half": "Of these the newer half"}
    lines = [f"{found['n_cases']:,} cases; Brier skill over the base rate with 95 % intervals."]
    for kind, words in kinds.items():
        skills = [f"{interval(found[kind][d]['brier_skill'])} at {w}" for d, w in DEADLINES.items()]
        lines.append(f"{words}: {', '.join(skills)}.")
    return [*lines, f"Written: {found['folder']}"]


def forecast_table(found: pd.DataFrame) -> Printed:
    """Return a row for each initiative and method, a column for each issue."""
    issues = list(dict.fromkeys(found["issue"]))
    rows = []
    for (initiative, method), part in found.groupby(["initiative", "method"], sort=False):
        at = part.set_index("issue")
        cells = [
            f"{at['prediction'].at[k]:.3f}" + ("" if at.at[k, "in_mandate"] else " *")
            if k in at.index else EMPTY
            for k in issues
        ]  # fmt: skip
        rows.append([str(initiative), str(method).replace("_", " "), *cells])
    return ["initiative", "method", *issues], rows, set()
