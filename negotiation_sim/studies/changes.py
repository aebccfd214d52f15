"""``diff``: what changed in the inputs of two runs, and what that did to the answers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from math import sqrt
from os import PathLike
from typing import Any, cast

import pandas as pd

from negotiation_sim.analysis.causes import cause_shares
from negotiation_sim.analysis.comparison import holm, mcnemar
from negotiation_sim.analysis.intervals import paired_difference, wilson
from negotiation_sim.analysis.pairing import success_matrix
from negotiation_sim.engine.scenario import Scenario
from negotiation_sim.glance import glanced
from negotiation_sim.runs import store
from negotiation_sim.studies.finished_run import FEW_WORLDS, read_run, version_note

ABSENT = "-"
ANSWERS = [
    "strategy", "worlds", "p_before", "p_after", "difference", "low", "high", "gained", "lost",
    "p_value", "p_holm", "changed", "cause_before", "cause_after",
]  # fmt: skip


@glanced
@dataclass
class Difference:
    """Two runs side by side.

    Attributes
    ----------
    inputs : DataFrame
        ``path, before, after``: every figure or fact that differs; ``-`` where there is none.
    answers : DataFrame
        One row for each strategy in both: P before and after, the ``difference`` with its
        interval, worlds ``gained`` and ``lost``, McNemar's ``p_value`` and ``p_holm``, ``changed``
        (surely), the main cause of failure before and after.
    paired : bool
        Whether both met the same worlds.
    notes : list of str
    level : float
        Of the intervals.
    """

    before: store.Run
    after: store.Run
    inputs: pd.DataFrame
    answers: pd.DataFrame
    paired: bool
    notes: list[str] = field(default_factory=list)
    level: float = 0.95

    def sentences(self) -> list[str]:
        """Return what changed in words."""
        n = len(self.inputs)
        first = f"{n} input{'s' if n != 1 else ''} differ{'' if n != 1 else 's'}."
        if not len(self.answers):
            return [first, "No strategy is in both runs.", *self.notes]
        sure = self.answers[self.answers["changed"]]
        count = f"{int(self.answers['worlds'].min()):,}"
        worlds = (
            f"the same {count} worlds" if self.paired else f"{count} worlds each, different ones,"
        )
        if not len(sure):
            said = f"On {worlds} no strategy's P is surely different."
            if self.paired and not (self.answers["gained"] + self.answers["lost"]).any():
                said = f"On {worlds} every strategy succeeds and fails exactly as before."
            return [first, said, *self.notes]
        top: Any = sure.loc[cast("int", sure["difference"].abs().idxmax())]
        verb = "rises" if top["difference"] > 0 else "falls"
        return [
            first,
            f"On {worlds} P surely changes for {len(sure)} of {len(self.answers)} strategies; the "
            f"most for {top['strategy']}: it {verb} from {top['p_before']:.3f} to "
            f"{top['p_after']:.3f} (by {top['difference']:+.3f}, {top['low']:+.3f} to "
            f"{top['high']:+.3f}).",
            *self.notes,
        ]


def diff(
    before: str | PathLike[str] | store.Run,
    after: str | PathLike[str] | store.Run,
    root: str | PathLike[str] = "results",
    *,
    level: float = 0.95,
) -> Difference:
    """Return what differs between two finished runs.

    Parameters
    ----------
    before, after : path, str or Run
    root : path
        Where ids are looked up.
    level : float
        Of the intervals.

    Notes
    -----
    Runs with the same seed meet the same worlds, so their answers are paired world by world over
    the replicates that both have; with different seeds shares of different worlds are compared
    (Newcombe's interval), which takes more replicates for the same certainty.
    """
    first, second = read_run(before, root), read_run(after, root)
    runs = (first[0], second[0])
    inputs = input_changes(runs[0].manifest["inputs"], runs[1].manifest["inputs"])
    paired = runs[0].manifest["inputs"]["seed"] == runs[1].manifest["inputs"]["seed"]
    answers = _answers(first[2], second[2], paired, level)
    return Difference(*runs, inputs, answers, paired, _notes(first, second, answers, paired), level)


Told = tuple[store.Run, Scenario, pd.DataFrame]


def _notes(first: Told, second: Told, answers: pd.DataFrame, paired: bool) -> list[str]:
    notes = [line for run in (first[0], second[0]) for line in version_note(run)]
    if not paired:
        notes.append("The seeds differ, so the worlds do: run both with one seed to pair them.")
    for one, other, what in ((first, second, "before"), (second, first, "after")):
        names = set(one[2]["strategy"].astype(str)) - set(other[2]["strategy"].astype(str))
        if names:
            notes.append(f"Only {what}: {', '.join(sorted(names))}.")
    if len(answers) and answers["worlds"].min() < FEW_WORLDS:
        notes.append(
            f"Only {answers['worlds'].min()} worlds: small differences cannot be told from chance."
        )
    return notes


# Inputs


def input_changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> pd.DataFrame:
    """Return ``path, before, after`` of everything that differs in two runs' inputs.

    A figure is one entry (its value, with range and basis where these differ); strategies go by
    their names; what is only in one of the two is one entry, not all that is in it.
    """
    rows = [(path, _said(a), _said(b)) for path, a, b in _differing(before, after, "")]
    return pd.DataFrame(rows, columns=["path", "before", "after"])


_MISSING = object()


def _differing(one: Any, other: Any, path: str) -> Iterator[tuple[str, Any, Any]]:
    if one == other:
        return
    one, other = _named(one), _named(other)
    both = isinstance(one, Mapping) and isinstance(other, Mapping)
    if not both or _is_figure(one) or _is_figure(other):
        yield from _leaf(one, other, path)
        return
    for key in [*one, *(key for key in other if key not in one)]:
        inner = f"{path}.{key}" if path else str(key)
        inner = inner.removeprefix("setting.")
        yield from _differing(one.get(key, _MISSING), other.get(key, _MISSING), inner)


def _leaf(one: Any, other: Any, path: str) -> Iterator[tuple[str, Any, Any]]:
    """Yield a figure's value, and its range, basis and source only where these differ too."""
    if not (_is_figure(one) and _is_figure(other)):
        yield path, one, other
        return
    for key in ("value", "range", "basis", "source"):
        if one.get(key) != other.get(key):
            yield path if key == "value" else f"{path}.{key}", one.get(key), other.get(key)


def _named(node: Any) -> Any:
    """Return a list of named records as a mapping, and ties by their two states."""
    if (
        isinstance(node, list)
        and node
        and all(isinstance(x, Mapping) and "name" in x for x in node)
    ):
        return {x["name"]: x for x in node}
    if isinstance(node, list) and node and all(isinstance(x, Mapping) for x in node):
        return {str(place): x for place, x in enumerate(node)}
    if isinstance(node, list) and node and all(_is_tie(x) for x in node):
        return {f"{x[0]}-{x[1]}": x[2] for x in node}
    return node


def _is_tie(node: Any) -> bool:
    return isinstance(node, list) and len(node) == 3 and isinstance(node[0], str)


def _is_figure(node: Any) -> bool:
    return isinstance(node, Mapping) and "value" in node and "basis" in node


def _said(value: Any) -> str:
    """Return a value in a few words.

    Examples
    --------
    >>> _said(0.5), _said([0.1, 0.2]), _said(None), _said({"value": 1.0, "basis": "coded"})
    ('0.5', '[0.1, 0.2]', '-', '1')
    """
    if value is _MISSING or value is None:
        return ABSENT
    if _is_figure(value):
        return _said(value["value"])
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, list):
        return f"[{', '.join(_said(item) for item in value)}]"
    return "there" if isinstance(value, Mapping) else str(value)


# Answers


def _answers(before: pd.DataFrame, after: pd.DataFrame, paired: bool, level: float) -> pd.DataFrame:
    one, other = success_matrix(before), success_matrix(after)
    causes = [_main_causes(outcomes) for outcomes in (before, after)]
    rows = []
    for name in [name for name in one.columns if name in other.columns]:
        row = {"strategy": name}
        if paired:
            row |= _paired(one[name], other[name], level)
        else:
            row |= _apart(one[name].dropna(), other[name].dropna(), level)
        rows.append(
            row | {"cause_before": causes[0].get(name, ""), "cause_after": causes[1].get(name, "")}
        )
    table = pd.DataFrame(rows, columns=[n for n in ANSWERS if n not in ("p_holm", "changed")])
    table["p_holm"] = holm(table["p_value"].to_numpy(dtype=float).tolist())
    table["changed"] = (table["p_holm"] < 1.0 - level).astype(bool)
    return table[ANSWERS]


def _paired(one: pd.Series, other: pd.Series, level: float) -> dict[str, Any]:
    both = pd.concat([one, other], axis=1, join="inner").dropna().to_numpy() > 0.5
    gained, lost = int((~both[:, 0] & both[:, 1]).sum()), int((both[:, 0] & ~both[:, 1]).sum())
    difference, low, high = paired_difference(gained, lost, len(both), level)
    p = both.mean(axis=0) if len(both) else (float("nan"), float("nan"))
    return {
        "worlds": len(both), "p_before": float(p[0]), "p_after": float(p[1]),
        "difference": difference, "low": low, "high": high, "gained": gained, "lost": lost,
        "p_value": mcnemar(gained, lost),
    }  # fmt: skip


def _apart(one: pd.Series, other: pd.Series, level: float) -> dict[str, Any]:
    k, n = (int(one.sum()), int(other.sum())), (len(one), len(other))
    p, q = k[0] / n[0], k[1] / n[1]
    low, high = newcombe(k[1], n[1], k[0], n[0], level)
    return {
        "worlds": min(n), "p_before": p, "p_after": q, "difference": q - p, "low": low,
        "high": high, "gained": 0, "lost": 0, "p_value": _fisher(k, n),
    }  # fmt: skip


def newcombe(
    successes: int, n: int, successes_other: int, n_other: int, level: float = 0.95
) -> tuple[float, float]:
    """Return the interval of a difference of two independent proportions.

    References
    ----------
    Newcombe (1998), Statistics in Medicine 17, 873-890, method 10.

    Examples
    --------
    >>> [round(limit, 4) for limit in newcombe(56, 70, 48, 80)]
    [0.0524, 0.3339]
    """
    p, q = successes / n, successes_other / n_other
    low, high = wilson(successes, n, level)
    low_other, high_other = wilson(successes_other, n_other, level)
    down = sqrt((p - low) ** 2 + (high_other - q) ** 2)
    up = sqrt((high - p) ** 2 + (q - low_other) ** 2)
    return p - q - down, p - q + up


def _fisher(successes: tuple[int, int], n: tuple[int, int]) -> float:
    from scipy import stats

    table = [[k, total - k] for k, total in zip(successes, n, strict=True)]
    return float(stats.fisher_exact(table).pvalue)


def _main_causes(outcomes: pd.DataFrame) -> dict[str, str]:
    shares = cause_shares(outcomes).sort_values("count", ascending=False, kind="stable")
    first = shares.drop_duplicates("strategy")
    return dict(zip(first["strategy"].astype(str), first["cause"].astype(str), strict=True))
