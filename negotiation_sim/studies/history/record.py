"""What the back-test on historical cases says of the model, as one sentence, where it was run."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from negotiation_sim.catalogue import find_root
from negotiation_sim.errors import NegotiationSimError

DEADLINE = "5y"
BASELINES = {
    "base_rate": "the base rate", "logistic": "a logistic regression",
    "logistic_stances": "a logistic regression with stances",
}  # fmt: skip


def sentence(folder: Path | None = None) -> str:
    """Return the sentence; empty where no scores of a back-test are at hand.

    Parameters
    ----------
    folder : Path, optional
        Where ``*.json`` with scores lie; default ``experiments/backtest`` of the catalogue.
    """
    try:
        folder = folder or Path(find_root()) / "experiments" / "backtest"
        for path in sorted(folder.glob("*.json")):
            said = _told(json.loads(path.read_text("utf-8")))
            if said:
                return said
    except (NegotiationSimError, OSError, ValueError):
        pass
    return ""


def _told(content: Any) -> str:
    """Return the sentence of one file; scores made without the case itself come first."""
    if not isinstance(content, Mapping):
        return ""
    if isinstance(content.get("sentence"), str):
        answer: str = content["sentence"]
        return answer
    held_out = content.get("out_of_fold")
    scored: Any = (held_out or content).get(DEADLINE)
    try:
        brier = scored["brier"]
        text = (
            f"On {scored['n']:,} historical cases the Brier score of forecasts of adoption within "
            f"five years is {_interval(brier)}, lower being better"
        )
        rivals = [
            f"{_interval(scored['baselines'][name]['brier'])} for {words}"
            for name, words in BASELINES.items()
            if name in scored.get("baselines", {})
        ]
    except (KeyError, TypeError, ValueError):
        return ""
    text += f"; it is {', '.join(rivals)} on the same cases" if rivals else ""
    kind = "" if held_out or not content.get("in_sample") else "; the model was calibrated on them"
    return f"{text}{kind}."


def _interval(score: Mapping[str, float]) -> str:
    value = score.get("value")
    if value is None or score.get("low") is None or score.get("high") is None:
        raise ValueError("no interval")
    return f"{value:.2f} ({score['low']:.2f} to {score['high']:.2f})"
