"""The study "what does the result hang on?": planned with its cost, then carried out and told."""

from __future__ import annotations

import fnmatch
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from negotiation_sim.catalogue import EnvironmentEntry
from negotiation_sim.catalogue.earlier import gone
from negotiation_sim.engine.scenario import Scenario
from negotiation_sim.errors import UsageError, nearest
from negotiation_sim.glance import glanced
from negotiation_sim.studies.assumptions import Assumption, assumptions_of, said_by
from negotiation_sim.studies.boxes import FEWEST, discover
from negotiation_sim.studies.finished_run import records
from negotiation_sim.studies.sensitivity import (
    METHODS,
    MORRIS,
    MOST_SOBOL,
    SIZE,
    SOBOL,
    WORLDS,
    Evaluation,
    SensitivityDesign,
    design_of,
    indices,
)
from negotiation_sim.studies.timely import Progress, Worlds, deciding_tracks, duration
from negotiation_sim.words.shares import percent

SCREENING = 6  # trajectories that choose the figures of Sobol' indices
FEWEST_WORLDS, LEAST_BASE = 20, 16
OF_TEN = 0.8
CARRIES = 0.1  # of the weightiest figure's index: less does not count as carrying the result


@glanced
@dataclass
class Sensitivity:
    """What the study found.

    Attributes
    ----------
    table : DataFrame
        One row a figure, the weightiest first: see ``sensitivity.indices``, and ``value, low,
        high, basis, why`` of its span.
    boxes : DataFrame
        See ``boxes.discover``; empty for Morris.
    screening : DataFrame or None
        Morris' table that chose the figures of Sobol' indices.
    points : DataFrame
        Every point: the varied figures and ``p``.
    """

    strategy: str
    method: str
    points_run: int
    worlds: int
    table: pd.DataFrame
    boxes: pd.DataFrame
    points: pd.DataFrame
    screening: pd.DataFrame | None = None
    left_out: int = 0
    seconds: float = math.nan
    files: list[Path] = field(default_factory=list)

    @property
    def p_mean(self) -> float:
        """P over all points."""
        return float(self.points["p"].mean())

    def content(self) -> dict[str, Any]:
        """Return what the study's file says."""
        return {
            "method": self.method, "replicates": self.worlds, "points": self.points_run,
            "p_mean": self.p_mean, "left_out": self.left_out, "sentences": self.sentences(),
            "table": records(self.table), "boxes": records(self.boxes),
        }  # fmt: skip

    def sentences(self) -> list[str]:
        """Return what was found in words, never more certain than the intervals."""
        lines = [
            f"Over the spans of {len(self.table)} figures P({self.strategy}) is "
            f"{self.p_mean:.3f} on average, {self.points['p'].min():.3f} to "
            f"{self.points['p'].max():.3f}."
        ]
        lines += _ranking(self.table, self.method)
        if self.method == SOBOL:
            lines += _box_words(self.boxes, self.p_mean)
        return lines


def _ranking(table: pd.DataFrame, method: str) -> list[str]:
    """Return which figures carry the result, in which direction, and what is open."""
    main = "total" if method == SOBOL else "mu_star"
    floor = CARRIES * table[main].iloc[0]
    carries = table[table[f"{main}_low"] > floor]
    if not len(carries):
        return ["No figure stands out from chance: use more points or worlds."]
    what = "share of the variance of P" if method == SOBOL else "mean change of P over its span"
    lines = [f"The result hangs on {_and(carries['parameter'].head(3))}."]
    for row in carries.head(3).to_dict("records"):
        lines.append(
            f"{row['parameter']}: {what} {row[main]:.2f} ({row[f'{main}_low']:.2f} to "
            f"{row[f'{main}_high']:.2f}); {_direction(row)}."
        )
    tied = carries[carries[f"{main}_high"] >= carries[f"{main}_low"].iloc[0]]
    if len(tied) > 1:
        names = ", ".join(tied["parameter"].head(5))
        lines.append(f"Which of these comes first is open, their intervals overlap: {names}.")
    return lines


def _direction(row: Mapping[str, Any]) -> str:
    more = "its later values" if row["why"] == "values" else "more of it"
    ends = ("raise", "lower") if row["why"] == "values" else ("raises", "lowers")
    if row["slope_low"] > 0.0:
        return f"{more} {ends[0]} P"
    return f"{more} {ends[1]} P" if row["slope_high"] < 0.0 else "in no clear direction"


def _and(names: Sequence[str]) -> str:
    words = [str(name) for name in names]
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def _box_words(boxes: pd.DataFrame, everywhere: float) -> list[str]:
    if not len(boxes):
        return ["No box of up to three conditions surely holds more success than the whole."]
    best = boxes.iloc[0]
    p, low, high, whole = of_worlds(best["p"], best["p_low"], best["p_high"], everywhere)
    lines = [
        f"Success in {p} worlds ({low} to {high}) where {best['box']}; in all {whole}. The box "
        f"holds {percent(best['support'])} of the points and {percent(best['coverage'])} of success."
    ]
    return [*lines, "No box reaches 8 of 10 worlds."] if best["p_high"] < OF_TEN else lines


def of_worlds(p: float, *others: float) -> list[str]:
    """Return probabilities as worlds out of ten, or out of a thousand where the first is small.

    Examples
    --------
    >>> of_worlds(0.81, 0.78), of_worlds(0.034, 0.028)
    (['8.1 of 10', '7.8'], ['34 of 1,000', '28'])
    """
    size, digits = (10, 1) if p >= 0.1 else (1000, 0)
    words = [f"{size * value:.{digits}f}" for value in (p, *others)]
    return [f"{words[0]} of {size:,}", *words[1:]]


@dataclass
class Plan:
    """A study with what it will cost, before it starts."""

    scenario: Scenario
    strategy: str
    method: str
    size: int
    worlds: Worlds
    assumptions: list[Assumption]
    seed: int = 0
    seconds: float = math.nan
    _screen: Evaluation | None = field(default=None, repr=False)
    _main: Evaluation | None = field(default=None, repr=False)

    @property
    def kept(self) -> int:
        """How many figures the indices are computed of."""
        n = len(self.assumptions)
        return min(n, MOST_SOBOL) if self.method == SOBOL else n

    @property
    def screens(self) -> bool:
        return self.kept < len(self.assumptions)

    @property
    def points(self) -> int:
        """Points in all, screening included."""
        own = self.size * (self.kept + (2 if self.method == SOBOL else 1))
        return own + (SCREENING * (len(self.assumptions) + 1) if self.screens else 0)

    def measure(self, threads: int | None = None) -> None:
        """Run a few points to know what the study will cost."""
        method = MORRIS if self.screens else self.method
        size = SCREENING if self.screens else self.size
        design = design_of(self.assumptions, method, size, self.seed)
        trial = Evaluation(self.scenario, self.strategy, design, self.worlds)
        self.seconds = trial.seconds(threads) * self.points / trial.points
        self._screen, self._main = (trial, None) if self.screens else (None, trial)

    def words(self) -> str:
        """Return the cost in words."""
        about = "" if math.isnan(self.seconds) else f", about {duration(self.seconds)}"
        first = f" ({SCREENING} Morris trajectories choose {self.kept})" if self.screens else ""
        return (
            f"{self.method.capitalize()} over {len(self.assumptions)} figures{first}: "
            f"{self.points:,} points x {self.worlds.n:,} worlds{about}."
        )

    def compute(self, threads: int | None = None, progress: Progress | None = None) -> Sensitivity:
        """Run all points and analyse them."""
        if self._screen is None and self._main is None:
            self.measure(threads)
        done, screening, chosen = 0, None, self.assumptions
        if self._screen is not None:
            results = self._screen.run(threads, _shifted(progress, 0, self.points))
            done = len(results)
            screening = indices(self._screen.design, results, seed=self.seed)
            names = list(screening["parameter"].head(self.kept))
            chosen = [a for a in self.assumptions if a.path in names]
            design = design_of(chosen, self.method, self.size, self.seed)
            self._main = Evaluation(self.scenario, self.strategy, design, self.worlds)
        assert self._main is not None
        design = self._main.design
        results = self._main.run(threads, _shifted(progress, done, self.points))
        return self._told(design, results, chosen, screening)

    def _told(
        self, design: SensitivityDesign, results: np.ndarray, chosen: list[Assumption],
        screening: pd.DataFrame | None,
    ) -> Sensitivity:  # fmt: skip
        spans = pd.DataFrame([vars(a) for a in chosen]).rename(columns={"path": "parameter"})
        if not spans["values"].map(len).any():
            spans = spans.drop(columns="values")
        p = results.mean(axis=1)
        points = pd.DataFrame(
            {
                a.path: [a.at(x) for x in shares.tolist()]
                for a, shares in zip(chosen, design.shares.T, strict=True)
            }
        ).assign(p=p)
        boxes = pd.DataFrame()
        if self.method == SOBOL and self.size >= FEWEST:
            boxes = discover(design.shares, p, chosen, len(chosen) + 2, seed=self.seed)
        return Sensitivity(
            strategy=self.strategy, method=self.method, points_run=self.points,
            worlds=self.worlds.n, points=points, boxes=boxes, screening=screening,
            table=indices(design, results, seed=self.seed).merge(spans, on="parameter"),
            left_out=len(self.assumptions) - len(chosen),
        )  # fmt: skip


def _shifted(progress: Progress | None, done: int, total: int) -> Progress | None:
    if progress is None:
        return None
    return lambda here, _: progress(done + here, total)


def plan(
    scenario: Scenario,
    strategy: str,
    environment: Mapping[str, EnvironmentEntry],
    method: str = MORRIS,
    *,
    size: int | None = None,
    worlds: int | None = None,
    seed: int = 1,
    only: Sequence[str] = (),
    vary: Mapping[str, Any] | Sequence[str] = (),
) -> Plan:
    """Return the study of a strategy, checked, with nothing run yet.

    Parameters
    ----------
    scenario : Scenario
    strategy : str
    environment : mapping
        Bounds and roles of the process parameters.
    method : {'morris', 'sobol'}
    size : int, optional
        Trajectories of Morris, base samples of Sobol' (a power of two).
    worlds : int, optional
        At every point.
    only : sequence of str
        Patterns of paths, such as ``environment.*``; default: all that is assumed or ranged.
    vary : mapping, or sequence of 'PATH=VALUES'
        What is varied besides, whatever it rests on: a rule, members, a date.
    """
    deciding_tracks(scenario, scenario.index_of_strategy(strategy))
    if method not in METHODS:
        raise UsageError(f"method: '{method}' is not known{nearest(method, METHODS)}")
    size = SIZE[method] if size is None else size
    least = 2 if method == MORRIS else LEAST_BASE
    if size < least or (method == SOBOL and size & (size - 1)):
        wanted = f"at least {least}" if method == MORRIS else f"a power of two, at least {least}"
        raise UsageError(f"size: {size}; {wanted} for {method}")
    n = WORLDS[method] if worlds is None else worlds
    if n < FEWEST_WORLDS:
        raise UsageError(
            f"replicates: {n} worlds a point are too few for a claim; at least {FEWEST_WORLDS}"
        )
    found = assumptions_of(scenario, strategy, environment)
    if only:
        chosen = [a for a in found if any(fnmatch.fnmatchcase(a.path, pattern) for pattern in only)]
        if not chosen:
            hint = nearest(only[0], [a.path for a in found])
            why = f"no assumed or ranged figure fits {', '.join(only)}{hint}"
            raise UsageError(f"only: {gone(only[0]) or why}")
        found = chosen
    said = said_by(scenario.setting, vary, environment)
    found = [a for a in found if a.path not in {other.path for other in said}] + said
    return Plan(scenario, strategy, method, size, Worlds(seed, n), found, seed % 2**32)
