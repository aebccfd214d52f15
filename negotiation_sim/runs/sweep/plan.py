"""From a request to a sweep that can be computed: design, worlds, blocks, id and folder."""

from __future__ import annotations

import dataclasses
import functools
import re
from collections.abc import Mapping, Sequence
from os import PathLike
from pathlib import Path
from typing import Any

from negotiation_sim.analysis.intervals import FIRST_LOOK
from negotiation_sim.catalogue.schema import Setting
from negotiation_sim.engine import ensemble
from negotiation_sim.errors import StoreError, UsageError
from negotiation_sim.glance import glanced
from negotiation_sim.runs import store
from negotiation_sim.runs.sweep.design import ONE, Design, Spec, keeps_order, make_design, spec_of
from negotiation_sim.runs.sweep.point_scenarios import base_values

REPLICATES, MAX_REPLICATES = 200, 20_000
SECONDS_A_BLOCK, MOST_POINTS_A_BLOCK, MOST_ROWS_A_BLOCK = 1.0, 256, 1 << 17


@dataclasses.dataclass(frozen=True)
class SweepRequest:
    """What decides the tables of a sweep apart from setting and design.

    Parameters
    ----------
    seed : int
        Of the worlds, which are the same at every point.
    replicates : int or None
        Of each strategy at each point; None where ``precision`` decides.
    precision : float or None
        Half-width wanted of each point's 95 % intervals of P(timely success).
    max_replicates : int
        Where ``precision`` decides: most replicates of a strategy at a point.
    keep_replicates : bool
        Whether the table of replicates is written beside the table of points.
    """

    seed: int = 1
    replicates: int | None = REPLICATES
    precision: float | None = None
    max_replicates: int = MAX_REPLICATES
    keep_replicates: bool = False

    def __post_init__(self) -> None:
        if self.precision is None:
            ensemble.check_request(self.replicates or 0, self.seed, "ensemble", None)
            return
        ensemble.check_request(self.max_replicates, self.seed, "ensemble", None)
        if self.replicates is not None:
            raise UsageError("replicates: with precision say max-replicates instead")
        if not 0.0 < self.precision < 0.5:
            raise UsageError(f"precision: {self.precision} is not between 0 and 0.5")

    def inputs(self) -> dict[str, Any]:
        """Return what goes into the id, without what has no effect."""
        found: dict[str, Any] = {"seed": self.seed, "keep_replicates": self.keep_replicates}
        if self.precision is None:
            return found | {"replicates": self.replicates}
        return found | {"precision": self.precision, "max_replicates": self.max_replicates}


@glanced
@dataclasses.dataclass(frozen=True)
class PlannedSweep:
    """Everything that a sweep is, before any of it is computed."""

    setting: Setting
    spec: Spec
    request: SweepRequest
    folder: Path
    header: Mapping[str, Any]

    @functools.cached_property
    def design(self) -> Design:
        return make_design(self.spec)

    @property
    def blocks(self) -> int:
        return int(self.header["blocks"])

    @property
    def points_per_block(self) -> int:
        return int(self.header["points_per_block"])

    def block(self, number: int) -> range:
        """Return the points of a block."""
        first = number * self.points_per_block
        return range(first, min(first + self.points_per_block, len(self.design)))

    @functools.cached_property
    def columns(self) -> dict[str, str]:
        """Return what kind of values each path takes: number, truth or word."""
        base = base_values(self.setting, self.design.paths) if self.spec.kind == ONE else {}
        found = {}
        for place, path in enumerate(self.design.paths):
            values = [*self.design.values_of(place), base.get(path)]
            found[path] = kind_of(path, [value for value in values if value is not None])
        return found

    @functools.cached_property
    def base(self) -> dict[str, Any]:
        """Return the values that stand in the table where a point leaves the base alone."""
        found = base_values(self.setting, self.design.paths)
        return {
            path: value if kind_of(path, [value]) == self.columns[path] else None
            for path, value in found.items()
            if value is not None
        }


def kind_of(path: str, values: Sequence[Any]) -> str:
    """Return the type of column that holds all values of a path.

    Raises
    ------
    UsageError
        Where true or false, numbers and words are mixed.
    """
    kinds = {
        "truth" if isinstance(v, bool) else "word" if isinstance(v, str) else "number"
        for v in values
    }
    if len(kinds) > 1:
        raise UsageError(f"{path}: {' and '.join(sorted(kinds))} mixed in one parameter")
    return kinds.pop()


def points_per_block(setting: Setting, request: SweepRequest) -> int:
    """Return how many points make a task of about a second; from the sweep alone, not the clock."""
    replicates = request.replicates or 2 * FIRST_LOOK
    strategies = len(setting.strategies)
    actors = len(setting.actors)
    a_world = strategies * ensemble.SECONDS_AN_ACTOR_RUN + ensemble.SECONDS_AN_ACTOR_WORLD
    seconds = replicates * actors * a_world
    number = min(MOST_POINTS_A_BLOCK, int(SECONDS_A_BLOCK / seconds))
    if request.keep_replicates:
        number = min(number, MOST_ROWS_A_BLOCK // (replicates * strategies))
    return max(1, number)


def make_sweep(
    setting: Setting, spec: Spec, request: SweepRequest, out: str | PathLike[str]
) -> PlannedSweep:
    """Return the sweep; nothing is written and no world is drawn yet."""
    design = make_design(spec)
    sources = {"points": design.digest()} if design.digest() else {}
    inputs = {
        "setting": setting.model_dump(mode="json"), "sweep": spec.inputs(), **sources,
        **request.inputs(),
    }  # fmt: skip
    size = points_per_block(setting, request)
    header = {
        "id": store.run_id(inputs), "kind": "sweep", "experiment": setting.id, "inputs": inputs,
        "versions": dict(store.versions()), "points": len(design),
        "points_per_block": size, "blocks": -(-len(design) // size),
    }  # fmt: skip
    folder = Path(out) / _folder_name(setting.id) / str(header["id"])
    sweep = PlannedSweep(setting, spec, request, folder, header)
    _ = sweep.columns
    return sweep


def _folder_name(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9._-]+", "-", name).strip(".-") or "experiment"


def planned_again(manifest: Mapping[str, Any], out: str | PathLike[str]) -> PlannedSweep:
    """Return the sweep of a manifest, as this version of the program would do it.

    Raises
    ------
    StoreError
        Where the manifest is of another form, or does not say in which order its paths were named.
    """
    inputs = dict(manifest["inputs"])
    if not keeps_order(inputs.get("sweep", {})):
        raise StoreError(
            f"sweep {manifest['id']}: its manifest, of version 0.1, does not say in which order its "
            "parameters were named, so its points cannot be made again; its tables can be read"
        )
    try:
        setting = Setting.model_validate_json(store.canonical(inputs.pop("setting")))
        spec = spec_of(inputs.pop("sweep"))
        inputs.pop("points", None)
        words: dict[str, Any] = {"replicates": None} | inputs
        request = SweepRequest(**words)
    except (KeyError, TypeError, ValueError) as error:
        raise StoreError(
            f"sweep {manifest['id']}: {store.unknown_form(manifest, error)}"
        ) from error
    return make_sweep(setting, spec, request, out)
