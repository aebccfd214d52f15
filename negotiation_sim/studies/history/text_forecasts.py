"""Which text comes out: our bargaining and the baselines against what was agreed.

The shipped parameters never see the file's outcomes, so ``predictions.csv`` is the same with the
column of outcomes blank. The cross-validated figure refits them without the proposal's fold.
"""

from __future__ import annotations

import dataclasses
import itertools
from os import PathLike

import numpy as np
import pandas as pd

from negotiation_sim.studies.history.baselines import text_forecasts
from negotiation_sim.studies.history.issues import SCALE, Issue, read_issues
from negotiation_sim.studies.history.logistic import grouped_folds
from negotiation_sim.studies.history.scores import clustered
from negotiation_sim.studies.history.single_issue import Bargaining, agreed_text, positions_of

BASELINES = (
    "mean", "salience_mean", "capability_mean", "median", "weighted_median", "nash_bargaining",
    "nash_reference", "status_quo",
)  # fmt: skip

# Half width of the 80 % interval in spreads of the positions, and its floor: the 80 % quantile of
# the errors on the DEU III issues.
INTERVAL_SPREADS = 1.25
INTERVAL_FLOOR = 0.05
N_FOLDS = 10
FEWEST_PROPOSALS = 20

GRID = {
    "pace": (0.03, 0.1, 0.3),
    "margin": (0.0, 0.05, 0.15),
    "chair_step": (0.25, 0.5, 1.0),
    "isolation": (0.05, 0.1, 0.3),
}


@dataclasses.dataclass(frozen=True)
class Judged:
    """Issues with every method's forecast in [0, 1]; not-a-number where a method has none."""

    issues: list[Issue]
    forecasts: pd.DataFrame  # one row an issue; columns bargaining, low, high, baselines
    notes: list[str]


def interval_of(issue: Issue, text: float) -> tuple[float, float]:
    """Return the 80 % interval of a text, from how far the positions spread around it."""
    weight = np.asarray(positions_of(issue, Bargaining().stake0).stake)
    gap = issue.position - text
    spread = float(np.sqrt(weight @ (gap * gap) / weight.sum()))
    half = max(INTERVAL_FLOOR, INTERVAL_SPREADS * spread)
    return max(0.0, text - half), min(1.0, text + half)


def judge(path: str | PathLike[str], parameters: Bargaining | None = None) -> Judged:
    """Read a file of issues and forecast each with our bargaining and with every baseline.

    Long format, a row per issue and actor: proposal, issue, procedure, council_rule, actor,
    position, salience, gdp, reference_point, outcome. Those of ``issues.REQUIRED`` must be there;
    what else is missing is filled by rule and noted.
    """
    issues, notes = read_issues(path)
    rows = []
    for issue in issues:
        text, adopted = agreed_text(issue, parameters or Bargaining())
        low, high = interval_of(issue, text)
        row = {"bargaining": text, "low": low, "high": high, "round": adopted}
        row |= text_forecasts(issue.position, issue.salience, issue.capability, issue.reference)
        rows.append(row)
    return Judged(issues, pd.DataFrame(rows).reindex(columns=_columns()), notes)


def _columns() -> list[str]:
    return ["bargaining", "low", "high", "round", *BASELINES]


def predictions_table(judged: Judged) -> pd.DataFrame:
    """Return ``issue, prediction, low, high`` on the scale of 0 to 100."""
    table = (judged.forecasts[["bargaining", "low", "high"]] * SCALE).round(4)
    table.columns = ["prediction", "low", "high"]
    table.insert(0, "issue", [issue.id for issue in judged.issues])
    return table


def cross_validated(issues: list[Issue], seed: int = 0) -> tuple[np.ndarray, list[Bargaining]]:
    """Return every issue's text by parameters chosen on the other folds, and those parameters.

    Folds keep a proposal whole and spread the decision rules. The choice is the point of a fixed
    grid with the least mean absolute error on the training issues.
    """
    values = itertools.product(*GRID.values())
    points = [Bargaining(**dict(zip(GRID, value, strict=True))) for value in values]
    texts = np.array([[agreed_text(issue, point)[0] for issue in issues] for point in points])
    outcome = np.array([issue.outcome for issue in issues], dtype=float)
    error = np.abs(texts - outcome)
    folds = grouped_folds(
        [issue.proposal for issue in issues], [issue.rule.name for issue in issues], N_FOLDS, seed
    )
    text, chosen = np.empty(len(issues)), []
    for fold in np.unique(folds):
        best = int(np.argmin(error[:, folds != fold].mean(axis=1)))
        text[folds == fold] = texts[best, folds == fold]
        chosen.append(points[best])
    return text, chosen


def outcome_scores(judged: Judged, seed: int = 0) -> dict[str, object]:
    """Return errors, paired differences and distances in points of 0 to 100, with intervals."""
    at = [i for i, issue in enumerate(judged.issues) if issue.scored]
    said: dict[str, object] = {
        "n_issues": len(judged.issues),
        "n_scored": len(at),
        "notes": judged.notes,
        "parameters": Bargaining()._asdict(),
    }
    if not at:
        return said | {"reason": "no issue has an outcome and three actors with salience"}
    scored = [judged.issues[i] for i in at]
    table = judged.forecasts.iloc[at].reset_index(drop=True)
    outcome = np.array([issue.outcome for issue in scored], dtype=float)
    proposals = [issue.proposal for issue in scored]
    said["n_proposals"] = len(set(proposals))
    texts = {name: table[name].to_numpy(dtype=float) for name in ("bargaining", *BASELINES)}
    if len(set(proposals)) >= FEWEST_PROPOSALS:
        texts["bargaining_cross_validated"], chosen = cross_validated(scored, seed)
        said["cross_validation"] = _chosen(chosen)
    said["mean_absolute_error"] = {
        name: _mean(np.abs(text - outcome), proposals, seed) for name, text in texts.items()
    }
    said |= _against_the_mean(texts, outcome, proposals, seed)
    inside = (table.low.to_numpy() <= outcome) & (outcome <= table.high.to_numpy())
    said["interval_coverage"] = _mean(inside / SCALE, proposals, seed)
    said["adopted_share"] = float((table["round"] > 0).mean())
    return said


def _mean(value: np.ndarray, clusters: list[str], seed: int) -> dict[str, float | None]:
    """Return the mean in points of 0 to 100 over the rows that have a value."""
    has = np.isfinite(value)
    if not has.any():
        return {"value": None, "low": None, "high": None, "n": 0}
    kept = value[has] * SCALE
    labels = [c for c, ok in zip(clusters, has, strict=True) if ok]
    return clustered(labels, lambda rows: kept[rows].mean(), seed=seed) | {"n": int(has.sum())}


def _against_the_mean(
    texts: dict[str, np.ndarray],
    outcome: np.ndarray,
    clusters: list[str],
    seed: int,
) -> dict[str, object]:
    """Return paired differences in error to each baseline, and distances to the weighted means."""
    paired, distance = {}, {}
    for name in (n for n in texts if n.startswith("bargaining")):
        error = np.abs(texts[name] - outcome)
        paired[name] = {
            other: _mean(error - np.abs(texts[other] - outcome), clusters, seed)
            for other in BASELINES
        }
        distance[name] = {
            other: _mean(np.abs(texts[name] - text), clusters, seed)
            for other, text in ((b, texts[b]) for b in BASELINES[:3])
        }
    return {"paired_difference": paired, "mean_distance": distance}


def _chosen(points: list[Bargaining]) -> dict[str, object]:
    values = {
        name: sorted({getattr(point, name) for point in points}) for name in Bargaining._fields
    }
    return {"n_folds": len(points), "grouped_by": "proposal", "chosen": values}
