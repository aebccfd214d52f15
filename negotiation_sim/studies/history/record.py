"""What the back-test on historical cases says of the model, and what it does not say of a run."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from negotiation_sim.catalogue import find_root
from negotiation_sim.catalogue.schema import Figure
from negotiation_sim.errors import NegotiationSimError

DEADLINE = "5y"
SET_ASIDE = "set_aside"
SEEN = "provisional: seen"  # in the note of a figure that was chosen looking at later events
BASELINES = {
    "base_rate": "the base rate", "logistic": "a logistic regression",
    "logistic_stances": "a logistic regression with stances",
    "regression": "a regularised regression", "statistics": "the mean of regression and forest",
}  # fmt: skip


def said_of(
    environment: Mapping[str, Figure], folder: Path | None = None, *, tested: bool = True
) -> str:
    """Return what history says of a run: that nothing is claimed for it, and the model's record.

    Parameters
    ----------
    environment : mapping of str to Figure
        The run's process parameters.
    folder : Path, optional
        As in :func:`sentence`.
    tested : bool
        Whether anything in the run lies within what was tested; else no record is quoted.
    """
    record = sentence(folder) if tested else "Not tested for such a case."
    return " ".join(part for part in (claim(environment), record) if part)


def claim(environment: Mapping[str, Figure]) -> str:
    """Return in words which figures of a run are fitted or provisional; no skill is claimed."""
    fitted = [name for name, figure in environment.items() if figure.basis == "calibrated"]
    chosen = [name for name, figure in environment.items() if SEEN in (figure.note or "")]
    parts = []
    if fitted:
        parts.append(
            f"Process parameters fitted to historical cases: {_listed(fitted)}; actors and venues "
            "are not those of the cases"
        )
    if chosen:
        parts.append(
            "Process parameters that are provisional, chosen with an eye on later events and not "
            f"fitted to historical cases: {_listed(chosen)}"
        )
    if not parts:
        parts.append("No process parameter of this run is fitted to historical cases")
    return f"{'. '.join(parts)}. No skill is claimed for this run."


def _listed(names: Iterable[str]) -> str:
    return ", ".join(sorted(names))


def sentence(folder: Path | None = None) -> str:
    """Return the model's record as one sentence; empty where no scores of a back-test are at hand.

    Parameters
    ----------
    folder : Path, optional
        Where ``*.json`` with scores lie; default ``experiments/backtest`` of the catalogue.
    """
    try:
        folder = folder or Path(find_root()) / "experiments" / "backtest"
        for path in sorted(folder.glob("*.json"), key=_rank):
            said = _told(json.loads(path.read_text("utf-8")))
            if said:
                return said
    except (NegotiationSimError, OSError, ValueError):
        pass
    return ""


def _rank(path: Path) -> tuple[bool, str]:
    """Return the order of files: rows set aside before all that had a part in a fit."""
    return path.stem != SET_ASIDE, path.name


def _told(content: Any) -> str:
    """Return the sentence of one file; scores made without the case itself come first."""
    if not isinstance(content, Mapping):
        return ""
    if isinstance(content.get("sentence"), str):
        answer: str = content["sentence"]
        return answer
    if isinstance(content.get("better"), Mapping):
        return _of_set_aside(content)
    held_out = content.get("out_of_fold")
    scored: Any = (held_out or content).get(DEADLINE)
    try:
        brier, rivals = scored["brier"], scored.get("baselines", {})
        text = (
            f"On {scored['n']:,} historical cases the same model, {_fitted(content)}, has a Brier "
            f"score of {_interval(brier)} for adoption within five years, lower being better"
        )
        others = [
            f"{_interval(rivals[name]['brier'])} for {words}"
            for name, words in BASELINES.items()
            if name in rivals
        ]
        verdict = _verdict(rivals)
    except (KeyError, TypeError, ValueError):
        return ""
    text += f"; it is {', '.join(others)} on the same cases" if others else ""
    return f"{text}{verdict}."


VIEWS = {
    "base_rate": "the base rate", "statistics": "statistics on the coded columns",
    "pool": "the pool of both",
}  # fmt: skip
BEST = {"inside": "The simulation", "outside": "The outside view", "pool": "The pool"}


def _of_set_aside(content: Mapping[str, Any]) -> str:
    """Return what the rows that had no part in any fit say of the simulation and of the others."""
    try:
        scored, day = content[DEADLINE], date.fromisoformat(content["set_aside_from"])
        rivals = scored["baselines"]
        others = [f"{_interval(rivals[n]['brier'])} for {words}" for n, words in VIEWS.items()]
        return (
            f"On {scored['n']:,} mandates from {day:%B %Y} on that had no part in any fit the "
            f"simulation has a Brier score of {_interval(scored['brier'])} for adoption within five "
            f"years, lower being better; it is {', '.join(others)}{_verdict(rivals)}. "
            f"{BEST[content['better'][DEADLINE]]} has the best record there."
        )
    except (KeyError, TypeError, ValueError):
        return ""


def _fitted(content: Mapping[str, Any]) -> str:
    """Return in words on which cases the scored forecasts' figures were fitted."""
    if content.get("out_of_fold"):
        return "with figures fitted to other frames"
    return f"with figures fitted {'to them' if content.get('in_sample') else 'before'}"


def _verdict(rivals: Mapping[str, Any]) -> str:
    """Return whether the model is better than the base rate, by the interval of the difference."""
    better = rivals.get("base_rate", {}).get("model_better_by")
    if better is None:
        return ""
    if better["low"] > 0.0:
        return ": better than the base rate"
    short = "worse" if better["high"] < 0.0 else "not shown to be better"
    return f": {short} than the base rate"


def _interval(score: Mapping[str, float]) -> str:
    value = score.get("value")
    if value is None or score.get("low") is None or score.get("high") is None:
        raise ValueError("no interval")
    return f"{value:.2f} ({score['low']:.2f} to {score['high']:.2f})"
