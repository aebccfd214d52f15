"""What a result hangs on: Morris screening and Sobol' indices over what is assumed or uncertain.

The function whose variance is shared out is P(timely success) of one strategy as a function of the
varied figures, counted on the same worlds at every point: a figure that plays no part changes
nothing in any world and scores exactly zero. Intervals come from a bootstrap that redraws both the
base points (or trajectories) and the worlds.

References
----------
Saltelli et al. (2010), Computer Physics Communications 181, 259-270; Morris (1991), Technometrics
33, 161-174; Campolongo, Cariboni and Saltelli (2007), Environmental Modelling & Software 22.
"""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from negotiation_sim.engine.scenario import Scenario
from negotiation_sim.errors import UsageError
from negotiation_sim.runs.sweep.design import Design, Spec, make_design, salib_problem
from negotiation_sim.runs.sweep.point_scenarios import Patcher
from negotiation_sim.studies.assumptions import Assumption
from negotiation_sim.studies.timely import Progress, Worlds, compile_first, in_order

MORRIS, SOBOL = "morris", "sobol"
METHODS = (MORRIS, SOBOL)
SIZE = {MORRIS: 10, SOBOL: 128}
WORLDS = {MORRIS: 100, SOBOL: 200}
MOST_SOBOL = 10  # figures that Sobol' indices are computed of: those a screening finds to matter
TIMED = 3
RESAMPLES = 300
COLUMNS = {
    MORRIS: ("mu_star", "mu", "sigma"),
    SOBOL: ("total", "first"),
}
NEVER_NEGATIVE = ("total", "mu_star", "sigma")
MORRIS_LEVELS = 4


@dataclass(frozen=True)
class SensitivityDesign:
    """Points of one method, as shares of each figure's span.

    Parameters
    ----------
    spec : Spec
    shares : (points, figures) array
    """

    spec: Spec
    shares: np.ndarray

    @property
    def method(self) -> str:
        return self.spec.kind


def design_of(
    assumptions: Sequence[Assumption], method: str, size: int, seed: int = 0
) -> SensitivityDesign:
    """Return the points of a method over some figures.

    Parameters
    ----------
    method : {'morris', 'sobol'}
    size : int
        Trajectories of Morris, base samples of Sobol' (a power of two).
    """
    vary = {a.path: a.spread for a in assumptions}
    spec = Spec(method, vary, size=size, seed=seed, levels=MORRIS_LEVELS)
    return SensitivityDesign(spec, make_design(spec).shares)


class Evaluation:
    """Timely success of a strategy at every point of a design, on the same worlds.

    Parameters
    ----------
    scenario : Scenario
    strategy : str
    design : SensitivityDesign
    worlds : Worlds
    """

    def __init__(
        self, scenario: Scenario, strategy: str, design: SensitivityDesign, worlds: Worlds
    ) -> None:
        self.place = scenario.index_of_strategy(strategy)
        self.design, self.worlds = design, worlds
        self._patcher = Patcher(scenario.setting, list(design.spec.vary))
        compile_first(self._patcher.base)

    @property
    def points(self) -> int:
        return len(self.design.shares)

    def _scenarios(self, most: int | None = None) -> Iterator[Scenario]:
        points = Design(self.design.spec, self.design.shares)
        for place in range(len(self.design.shares[:most])):
            yield self._patcher.scenario(points[place])

    def _timely(self, scenario: Scenario) -> np.ndarray:
        return self.worlds.timely(scenario, [self.place])[:, 0]

    def seconds(self, threads: int | None = None) -> float:
        """Return about how long all points will take, measured on a few."""
        n = min(TIMED, self.points)
        began = time.perf_counter()
        for _ in in_order(self._timely, self._scenarios(n), threads):
            pass
        return (time.perf_counter() - began) * self.points / n

    def run(self, threads: int | None = None, progress: Progress | None = None) -> np.ndarray:
        """Return points by worlds: whether the strategy succeeds in time."""
        found = np.empty((self.points, self.worlds.n), dtype=bool)
        for place, row in enumerate(in_order(self._timely, self._scenarios(), threads)):
            found[place] = row
            if progress is not None:
                progress(place + 1, self.points)
        return found


def evaluate(function: Callable[[np.ndarray], np.ndarray], design: SensitivityDesign) -> np.ndarray:
    """Return points by one world of a plain function of the figures: for tests with known answers."""
    spans = np.array([(r.low, r.high) for r in design.spec.vary.values()])  # type: ignore[union-attr]
    return function(spans[:, 0] + design.shares * (spans[:, 1] - spans[:, 0]))[:, None]


def indices(
    design: SensitivityDesign, results: np.ndarray, *, level: float = 0.95, resamples: int = RESAMPLES,
    seed: int = 0,
) -> pd.DataFrame:  # fmt: skip
    """Return the indices of every figure with bootstrap intervals, the weightiest first.

    Parameters
    ----------
    design : SensitivityDesign
    results : (points, worlds) array

    Returns
    -------
    DataFrame
        ``parameter``; for Sobol' ``total`` and ``first`` (shares of the variance of P), for
        Morris ``mu_star`` (mean absolute change of P over the figure's whole span), ``mu`` (with
        its sign) and ``sigma``, each with ``<name>_low, <name>_high``; ``slope``, the change of P
        over the span in a straight line through all points, with ends over redrawn worlds.

    Raises
    ------
    UsageError
        Where P is the same at every point: nothing varies that could be shared out.
    """
    results = np.asarray(results, dtype=float)
    p = results.mean(axis=1)
    if np.ptp(p) == 0.0:
        message = f"P is {p[0]:.3f} at all {len(p):,} points on these {results.shape[1]:,} worlds"
        raise UsageError(f"sensitivity: {message}; there is no variance to share out")
    statistic = _sobol if design.method == SOBOL else _morris
    names = COLUMNS[design.method]
    base = statistic(design, p[:, None], None)[:, :, 0]
    rng = np.random.default_rng(seed)
    worlds = results.shape[1]
    weights = rng.multinomial(worlds, np.full(worlds, 1.0 / worlds), size=resamples) / worlds
    redrawn = results @ weights.T  # (points, resamples)
    draws = _bootstrap(design, redrawn, statistic, rng)
    tail = (1.0 - level) / 2.0
    low, middle, high = np.nanquantile(draws, [tail, 0.5, 1.0 - tail], axis=2)
    shift = base - middle  # redrawn worlds add noise of their own, which looks like interaction
    table = pd.DataFrame({"parameter": list(design.spec.vary)})
    for column, name in enumerate(names):
        table[name] = base[column]
        table[f"{name}_low"] = low[column] + shift[column]
        table[f"{name}_high"] = high[column] + shift[column]
        if name in NEVER_NEGATIVE:
            table[f"{name}_low"] = table[f"{name}_low"].clip(lower=0.0)
    slopes = _slopes(design.shares, np.column_stack([p, redrawn]))
    table["slope"] = slopes[:, 0]
    table["slope_low"], table["slope_high"] = np.quantile(slopes, [tail, 1.0 - tail], axis=1)
    return table.sort_values(names[0], ascending=False, kind="stable", ignore_index=True)


Statistic = Callable[[SensitivityDesign, np.ndarray, np.ndarray | None], np.ndarray]


def _bootstrap(
    design: SensitivityDesign, p: np.ndarray, statistic: Statistic, rng: np.random.Generator
) -> np.ndarray:
    """Return statistics by figures by resamples; in each the blocks of points are redrawn too."""
    block = _block(design)
    blocks, resamples = len(p) // block, p.shape[1]
    drawn = rng.integers(0, blocks, size=(blocks, resamples))
    shaped = p.reshape(blocks, block, resamples)
    chosen = np.take_along_axis(shaped, drawn[:, None, :], axis=0)
    answer: np.ndarray = statistic(design, chosen.reshape(p.shape), drawn)
    return answer


def _block(design: SensitivityDesign) -> int:
    """Return how many points belong together: a base sample of Sobol', a trajectory of Morris."""
    k = design.shares.shape[1]
    answer: int = k + 2 if design.method == SOBOL else k + 1
    return answer


def _sobol(design: SensitivityDesign, p: np.ndarray, drawn: np.ndarray | None) -> np.ndarray:
    """Return total and first-order indices by figures by columns of ``p``."""
    from SALib.analyze.sobol import first_order, total_order

    k = design.shares.shape[1]
    shaped = p.reshape(-1, k + 2, p.shape[1])
    a, b = shaped[:, 0], shaped[:, -1]
    centre = (a.mean(axis=0) + b.mean(axis=0)) / 2.0  # the estimator is biased off the centre
    a, b = a - centre, b - centre
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a resample without variance gives zeros
        rows = [
            (
                total_order(a, shaped[:, 1 + j] - centre, b),
                first_order(a, shaped[:, 1 + j] - centre, b),
            )
            for j in range(k)
        ]
    return np.array(rows).transpose(1, 0, 2)


def _morris(design: SensitivityDesign, p: np.ndarray, drawn: np.ndarray | None) -> np.ndarray:
    """Return mu_star, mu and sigma by figures by columns of ``p``.

    The plain estimate is SALib's; for resamples the same effects are formed for all columns at
    once (a test holds the two equal).
    """
    if drawn is None:
        from SALib.analyze import morris

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            si = morris.analyze(
                salib_problem(design.spec), design.shares, p[:, 0].copy(), num_resamples=2,
                num_levels=design.spec.levels, seed=1,
            )  # fmt: skip
        return np.array([np.asarray(si[name], dtype=float) for name in COLUMNS[MORRIS]])[:, :, None]
    effects = elementary_effects(design, p, drawn)
    return np.array(
        [np.abs(effects).mean(axis=0), effects.mean(axis=0), effects.std(axis=0, ddof=1)]
    )


def elementary_effects(design: SensitivityDesign, p: np.ndarray, drawn: np.ndarray) -> np.ndarray:
    """Return trajectories by figures by resamples: change of P over change of the figure's share."""
    k = design.shares.shape[1]
    steps = np.diff(design.shares.reshape(-1, k + 1, k), axis=1)
    figure = np.abs(steps).argmax(axis=2)  # (trajectories, k): which figure each step moves
    moved = np.take_along_axis(steps, figure[:, :, None], axis=2)[:, :, 0]
    change = np.diff(p.reshape(-1, k + 1, p.shape[1]), axis=1)
    effects = np.empty_like(change)
    for resample in range(p.shape[1]):
        rows = drawn[:, resample]
        effect = change[:, :, resample] / moved[rows]
        np.put_along_axis(effects[:, :, resample], figure[rows], effect, axis=1)
    return effects


def _slopes(shares: np.ndarray, p: np.ndarray) -> np.ndarray:
    """Return figures by columns of ``p``: change of P over a span in the least-squares plane."""
    columns = np.column_stack([shares, np.ones(len(shares))])
    answer: np.ndarray = np.linalg.lstsq(columns, p, rcond=None)[0][:-1]
    return answer
