"""What is fitted to cases: every figure with its prior, and where the design is centred.

Figures of the first kind are simulated. Those of the second, ``draw``, only move the others' ideal
points of a case by a known column of it, so that one coordinate of the emulator serves them all.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from negotiation_sim.catalogue.schema import Figure, assumed
from negotiation_sim.studies.history.case_runs import Point
from negotiation_sim.studies.history.cases import Case
from negotiation_sim.studies.history.mapping import (
    FIELDS,
    draws_of,
    is_mapped,
    mapping_of,
    offsets_of,
)
from negotiation_sim.studies.history.venue_classes import PROFILES

SHIFT_WIDTH = 0.12  # one unit of the emulator's coordinate of shifts, in units of an issue
OFFSET_WIDTH = 0.06

Where = Literal["environment", "mapping", "draw"]


@dataclass(frozen=True)
class Parameter:
    """One fitted figure with its prior: normal in ``z`` about 0, one unit ``width`` wide.

    ``value = middle * exp(width z)`` on the log scale, ``middle + width z`` on the linear one, held
    within ``bounds``. ``centre`` is where the design's points lie around, on the scale of ``z``.
    """

    name: str
    where: Where
    middle: float
    width: float
    bounds: tuple[float, float]
    log: bool = False
    centre: float = 0.0

    def value(self, z: float) -> float:
        """Return the figure at a place on the prior's scale."""
        raw = self.middle * math.exp(self.width * z) if self.log else self.middle + self.width * z
        return min(self.bounds[1], max(self.bounds[0], raw))


def _log(
    name: str, where: Where, middle: float, width: float, low: float, high: float, centre: float
) -> Parameter:
    return Parameter(name, where, middle, width, (low, high), True, centre)


def _linear(
    name: str, where: Where, middle: float, width: float, low: float, high: float, centre: float
) -> Parameter:
    return Parameter(name, where, middle, width, (low, high), False, centre)


def _draw(name: str, middle: float, width: float, centre: float) -> Parameter:
    return Parameter(name, "draw", middle, width, (-1.0, 1.0), False, centre)


# Middles are the catalogue's defaults where it has one, widths what is held possible. Centres come
# from a first round of 120 points drawn from the priors and fitted to the open rows.
SIMULATED = (
    _log("pace", "environment", 0.03, 0.7, 0.003, 0.3, -0.1),
    _log("withdrawal", "environment", 0.054, 0.3, 0.02, 0.15, 0.9),
    _log("private_sd", "environment", 0.12, 0.5, 0.01, 0.5, -0.7),
    _log("climate_sd", "environment", 0.12, 0.5, 0.01, 0.5, 1.1),
    _linear("deadline_effect", "environment", 0.6, 0.25, 0.0, 1.0, 1.1),
    _log("margin", "mapping", 0.05, 0.6, 0.005, 0.4, 0.7),
    _linear("centre", "mapping", 1.0, 0.3, 0.1, 2.2, -1.0),
    _log("spread", "mapping", 0.15, 0.4, 0.02, 0.6, -0.5),
    _linear("neutral_gap", "mapping", 0.5, 0.2, 0.0, 1.0, -0.4),
    _linear("against_gap", "mapping", 0.85, 0.15, 0.0, 1.0, -0.4),
    _linear("stake", "mapping", 0.6, 0.25, 0.02, 1.0, 0.5),
    _log("isolation", "mapping", 1.0, 0.6, 0.1, 8.0, 1.2),
    _linear("latitude", "mapping", 0.6, 0.2, 0.05, 1.0, -0.9),
    _log("setup", "mapping", 6.0, 0.6, 0.5, 40.0, 0.1),
    _linear("urgency", "mapping", 0.5, 0.25, 0.0, 1.0, 0.1),
)
# Middles and widths of what has declared, of earlier failures and of numbers are a trial's.
STANCES = (
    _draw("eu_draw", 0.05, 0.04, 0.8),
    _draw("g77_draw", 0.05, 0.04, -0.7),
    _draw("us_draw", 0.03, 0.03, 0.2),
    _draw("rus_draw", 0.03, 0.03, -0.4),
    _draw("chn_draw", 0.0, 0.03, -0.7),
)
RECORD = (
    _draw("earlier_draw", -0.05, 0.04, 0.0),
    _draw("crowd_draw", -0.03, 0.03, 0.3),
    _draw("decade_draw", 0.0, 0.015, 0.4),
)
CENTRES = {
    "field.arms": -0.9, "field.commodities": -0.6, "field.development": 0.2, "field.env": 0.3,
    "field.finance": 0.1, "field.health": 0.4, "field.intlaw": -0.5, "field.ip": -1.1,
    "field.labour": 0.5, "field.maritime": 0.2, "field.ocean": 0.8, "field.space": -0.3,
    "field.trade": -1.7, "venue.CD": -0.9, "venue.COPUOS": -0.3, "venue.UN_consensus_body": -1.8,
    "venue.treaty_body": -0.5, "venue.UN_conf_consensus": -0.4, "venue.UN_conf_vote": 0.7,
    "venue.UNSC": -0.3, "venue.GGE": 0.2, "venue.OEWG": -0.1, "venue.adhoc_consensus": -0.1,
    "venue.adhoc_likeminded": 1.2, "venue.adhoc_vote": 0.4, "venue.bilateral": -0.1,
}  # fmt: skip
OFFSETS = tuple(
    _draw(name, 0.0, OFFSET_WIDTH, CENTRES.get(name, 0.0))
    for name in (*(f"field.{each}" for each in FIELDS), *(f"venue.{each}" for each in PROFILES))
)
DRAWS = (*STANCES, *RECORD, *OFFSETS)
FIGURES = (*SIMULATED, *DRAWS)
CENTRE = np.array([p.centre for p in FIGURES])


def values_at(z: Sequence[float] | np.ndarray) -> dict[str, float]:
    """Return every parameter's value at a point."""
    return {p.name: p.value(float(place)) for p, place in zip(FIGURES, z, strict=True)}


def point_of(values: dict[str, float], environment: dict[str, Figure]) -> Point:
    """Return process parameters and mapping with some values laid over them."""
    process = {n: assumed(v, "tried") for n, v in values.items() if not is_mapped(n)}
    mapped = {n: v for n, v in values.items() if is_mapped(n)}
    return Point(environment | process, mapping_of(mapped))


def point_at(z: Sequence[float] | np.ndarray, environment: dict[str, Figure]) -> Point:
    """Return process parameters and mapping at a point."""
    return point_of(values_at(z), environment)


def draw_columns(cases: Sequence[Case]) -> np.ndarray:
    """Return by how much a unit of every draw moves the shift of every case, cases x draws."""
    found = []
    for case in cases:
        units = draws_of(case) | dict.fromkeys(offsets_of(case), 1.0)
        found.append([units.get(p.name, 0.0) for p in DRAWS])
    return np.array(found)


def shift_columns(cases: Sequence[Case]) -> np.ndarray:
    """Return by how much one width of every draw moves the emulator's coordinate, cases x draws."""
    widths = np.array([p.width for p in DRAWS])
    answer: np.ndarray = draw_columns(cases) * widths / SHIFT_WIDTH
    return answer
