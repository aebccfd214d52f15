"""Reads what a sweep asks for: the ``sweep:`` of an experiment, and what the caller says instead."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from os import PathLike
from pathlib import Path
from typing import Any

from negotiation_sim.catalogue.flow_values import flow_text
from negotiation_sim.catalogue.folders import Folders
from negotiation_sim.catalogue.loading import load_setting, load_sweep, locate
from negotiation_sim.catalogue.paths import CAST
from negotiation_sim.catalogue.process_parameters import read_environment
from negotiation_sim.catalogue.reports import Problems
from negotiation_sim.engine.given_plugins import Plugging, with_plugin
from negotiation_sim.errors import CatalogueError, NegotiationSimError, UsageError, nearest
from negotiation_sim.runs.sweep.design import ONE, Spec, make_design, parse_vary, spec_of
from negotiation_sim.runs.sweep.design.spec import SPEC_KEYS
from negotiation_sim.runs.sweep.plan import (
    MAX_REPLICATES,
    REPLICATES,
    PlannedSweep,
    SweepRequest,
    make_sweep,
)
from negotiation_sim.runs.sweep.point_scenarios import check_values

REQUEST_KEYS = ("replicates", "precision", "max_replicates", "keep_replicates")
OF_TABLES = {
    "issues": "for they are columns of the table; set them for all",
    "strategies": "for each is a row of every point; choose them for all",
}
INSTEAD = {
    "vary": ("points", "design"), "points": ("vary", "design"),
    "replicates": ("precision", "max_replicates"), "precision": ("replicates",),
}  # fmt: skip


def read_study(
    experiment: str | Path,
    *,
    vary: Mapping[str, Any] | Sequence[str] | None = None,
    changes: Mapping[str, Any] | None = None,
    seed: int = 1,
    out: str | PathLike[str] = "results",
    overrides: Mapping[str, Any] | None = None,
    plugin: Plugging | None = None,
) -> PlannedSweep:
    """Return the sweep of an experiment's ``sweep:`` with what the caller says instead.

    Parameters
    ----------
    experiment : str or Path
    vary : mapping, or sequence of 'PATH=VALUES'
        Replaces the file's ``vary`` and ``points``.
    changes : mapping
        Other keys of the sweep (``design``, ``points``, ``size``, ``replicates``, ...); entries
        of None are left out.
    seed : int
        Of the worlds.
    overrides : mapping
        Values by dotted path that hold at every point.
    plugin : path or class, optional
        See :mod:`negotiation_sim.engine.plugins`.

    Raises
    ------
    NegotiationSimError
        For an unknown path or a value that is not allowed, before anything runs.
    """
    data, error = load_sweep(experiment)
    merged, said = _merged(data, vary, changes or {}, error)
    file = locate(experiment, Folders.around(None, None))

    def fail(path: tuple[Any, ...], message: str) -> CatalogueError | UsageError:
        if path[0] not in said:
            return error(path, message)
        return UsageError(f"{'.'.join(str(part) for part in path[-1:])}: {message}")

    spec = spec_of(merged, fail, None if "points" in said else file.parent)
    spec, overrides = _with_cast(experiment, spec, overrides)
    setting = with_plugin(load_setting(experiment, overrides=overrides), plugin)
    request = _request(merged, seed, fail)
    bounds = read_environment(Folders.around(file, None), Problems(first=True))
    try:
        check_values(setting, make_design(spec), bounds)
    except CatalogueError as found:
        place = _place_of(found.field, spec, data)
        if place and place[0] not in said:
            raise error(place, found.message) from None
        raise
    return make_sweep(setting, spec, request, out)


def _with_cast(
    experiment: str | Path, spec: Spec, overrides: Mapping[str, Any] | None
) -> tuple[Spec, Mapping[str, Any] | None]:
    """Return a spec whose casts are lists of states, and overrides with everyone who takes part.

    A cast may name any state that there is. The setting of the sweep then holds all of them, and
    each point those that it names.
    """
    listed = tuple(dict.fromkeys(path for point in spec.points for path in point))
    for path, why in OF_TABLES.items():
        if path in (spec.vary or listed):
            raise UsageError(f"{path}: cannot differ from point to point, {why}")
    if CAST not in (spec.vary or listed):
        return spec, overrides
    base = dict(overrides or {})
    everyone = list(load_setting(experiment, overrides=base).actors)
    codes: dict[Any, list[str]] = {}

    def named(value: Any) -> str:
        if value not in codes:
            codes[value] = list(load_setting(experiment, overrides=base | {CAST: value}).actors)
        return flow_text(codes[value])

    vary = {p: tuple(map(named, v)) if p == CAST and isinstance(v, tuple) else v
            for p, v in spec.vary.items()}  # fmt: skip
    points = tuple(
        {p: named(v) if p == CAST else v for p, v in point.items()} for point in spec.points
    )
    spec = dataclasses.replace(spec, vary=vary, points=points)
    more = sorted({code for found in codes.values() for code in found} - set(everyone))
    if not more:
        return spec, overrides
    if spec.kind == ONE or any(CAST not in point for point in points):
        raise UsageError(
            f"{CAST}: {more[0]} is not in the experiment's own cast, which some points keep; name "
            f"the cast at every point, or let the experiment's hold {more[0]}"
        )
    return spec, base | {CAST: [*everyone, *more]}


def sweep_error(file: Path) -> CatalogueError | None:
    """Return what is wrong with the ``sweep:`` of an experiment's file, None where nothing is."""
    try:
        read_study(file)
    except CatalogueError as error:
        return error
    except NegotiationSimError as error:
        return load_sweep(file)[1]((), str(error).removeprefix("sweep: "))
    return None


def _place_of(path: str, spec: Spec, data: Mapping[str, Any]) -> tuple[Any, ...]:
    """Return where a file's own sweep names a path, empty where it does not."""
    if path in spec.vary:
        return ("vary", path)
    points = data.get("points")
    if isinstance(points, list):
        return next((("points", n, path) for n, point in enumerate(points) if path in point), ())
    return ()


def _merged(
    data: Mapping[str, Any],
    vary: Mapping[str, Any] | Sequence[str] | None,
    changes: Mapping[str, Any],
    error: Callable[[tuple[Any, ...], str], CatalogueError],
) -> tuple[dict[str, Any], set[str]]:
    """Return the sweep with the caller's entries in it, and which these are."""
    keys = (*SPEC_KEYS, *REQUEST_KEYS)
    for key in data:
        if key not in keys:
            raise error((key,), f"unknown key{nearest(key, keys)}")
    said = {key: value for key, value in changes.items() if value is not None}
    if vary:
        said["vary"] = dict(vary) if isinstance(vary, Mapping) else parse_vary(vary)
    replaced = {other for key in said for other in INSTEAD.get(key, ())}
    own = {key: value for key, value in data.items() if key not in replaced}
    return own | said, set(said)


def _request(data: Mapping[str, Any], seed: int, fail: Any) -> SweepRequest:
    for key, kinds, words in (
        ("replicates", int, "a whole number"), ("max_replicates", int, "a whole number"),
        ("precision", float, "a number"), ("keep_replicates", bool, "true or false"),
    ):  # fmt: skip
        value = data.get(key)
        if value is not None and type(value) is not kinds:
            raise fail((key,), f"found {value!r}, expected {words}")
    precision = data.get("precision")
    if data.get("max_replicates") is not None and precision is None:
        raise fail(("max_replicates",), "only with precision; say replicates instead")
    replicates = data.get("replicates")
    if replicates is None and precision is None:
        replicates = REPLICATES
    return SweepRequest(
        seed, replicates, precision, data.get("max_replicates") or MAX_REPLICATES,
        bool(data.get("keep_replicates")),
    )  # fmt: skip
