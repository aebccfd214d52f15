"""What can be taken away: tables as CSV, and the settings as an experiment file that ``run`` takes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from negotiation_sim.catalogue import apply_overrides
from negotiation_sim.catalogue.records import Experiment
from negotiation_sim.catalogue.schema import Setting
from negotiation_sim.faces.page.watching import Negotiation

PLAIN = re.compile(r"^[A-Za-z][A-Za-z0-9@>+_.-]*$")
RESERVED = ("null", "true", "false", "yes", "no", "on", "off", "y", "n")


def csv(table: pd.DataFrame) -> bytes:
    """Return a table as CSV, numbers to the last bit."""
    return table.to_csv(index=False, lineterminator="\n").encode()


def story_text(negotiation: Negotiation) -> str:
    """Return the story so far as plain text."""
    blocks = negotiation.story()
    return "\n\n".join("\n".join([head, *lines]) for head, lines in blocks) + "\n"


def frames_table(negotiation: Negotiation) -> pd.DataFrame:
    """Return one row per month, track and state: where it stood and what it said."""
    scenario = negotiation.scenario
    rows = []
    for frame in negotiation.frames:
        for track in frame.tracks:
            for i, actor in enumerate(scenario.actor_ids):
                row: dict[str, Any] = {
                    "month": frame.month,
                    "track": track.name,
                    "venue": track.venue,
                }
                row |= {"actor": actor, "says": track.says[i], "round": track.rounds}
                row |= {"value": track.value[i], "threshold": track.threshold[i]}
                for k, issue in enumerate(scenario.issues):
                    row[f"text_{issue}"] = issue.value(track.text[k])
                    row[f"ideal_{issue}"] = issue.value(frame.ideal[i][k])
                    row[f"position_{issue}"] = issue.value(frame.position[i][k])
                rows.append(row)
    return pd.DataFrame(rows)


def experiment_file(
    experiment: Experiment,
    setting: Setting,
    changes: Mapping[str, float],
    strategies: tuple[str, ...],
) -> str:
    """Return the settings as YAML: the experiment with its own overrides, changes and strategies.

    Parameters
    ----------
    experiment : Experiment
        As its file has it.
    setting : Setting
        Resolved, without the changes.
    changes : mapping
        Dotted path to value.
    strategies : tuple of str
        Those to keep; empty for all.
    """
    data: dict[str, Any] = experiment.model_dump(exclude_defaults=True)
    changed = apply_overrides(setting, dict(changes)) if changes else setting
    data["id"] = re.sub(r"[^A-Za-z0-9-]+", "-", f"{experiment.id}-page").strip("-")
    data["success"] = changed.success.model_dump(exclude_none=True)
    data["strategies"] = [
        entry
        for entry, strategy in zip(experiment.strategies, setting.strategies, strict=True)
        if not strategies or strategy.name in strategies
    ]
    for path in changes:
        _write_change(data, path, changed)
    data.pop("sweep", None)
    head = ["# Settings of the classroom page. Run with: negotiation-sim run <this file>"]
    head += [f"# changed: {path} = {value!r}" for path, value in sorted(changes.items())]
    return "\n".join([*head, *_yaml(data, 0)]) + "\n"


def _write_change(data: dict[str, Any], path: str, changed: Setting) -> None:
    """Write the changed figure of a path; those of ``success`` are there already."""
    kind, _, rest = path.partition(".")
    if kind == "environment":
        data.setdefault(kind, {})[rest] = changed.environment[rest].model_dump(exclude_none=True)
    elif kind in ("actors", "venues", "initiatives"):
        name, _, field = rest.partition(".")
        records = getattr(changed, kind)
        for one in records if name == "*" else [name]:
            value = records[one]
            keys = field.split(".")
            place = data.setdefault(kind, {}).setdefault(one, {})
            for key in keys[:-1]:
                value = value[key] if isinstance(value, dict) else getattr(value, key)
                place = place.setdefault(key, {})
            value = value[keys[-1]] if isinstance(value, dict) else getattr(value, keys[-1])
            dump = getattr(value, "model_dump", None)
            place[keys[-1]] = dump(exclude_none=True) if dump else value


def _yaml(data: Any, depth: int) -> Iterator[str]:
    """Yield a mapping or list in block style."""
    pad = "  " * depth
    if isinstance(data, dict):
        for key, value in data.items():
            if isinstance(value, (dict, list)) and value and not _short(value):
                yield f"{pad}{_scalar(key)}:"
                yield from _yaml(value, depth + 1)
            else:
                yield f"{pad}{_scalar(key)}: {_flow(value)}"
    else:
        for value in data:
            yield f"{pad}- {_flow(value)}"


def _short(value: Any) -> bool:
    if isinstance(value, dict):
        return not any(isinstance(v, (dict, list)) for v in value.values())
    return not any(isinstance(v, (dict, list, str)) for v in value)


def _flow(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_scalar(k)}: {_flow(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_flow(v) for v in value) + "]"
    return _scalar(value)


def _scalar(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return repr(value) if "e" not in repr(value) else f"{value:.12f}"
    if isinstance(value, int):
        return str(value)
    text = str(value)
    if PLAIN.match(text) and text.lower() not in RESERVED:
        return text
    return json.dumps(text, ensure_ascii=False)
