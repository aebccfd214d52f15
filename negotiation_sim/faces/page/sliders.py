"""The sliders: what matters most, each with unit, default, range and source from the catalogue."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping

from negotiation_sim.catalogue import environment_table
from negotiation_sim.catalogue.schema import Figure
from negotiation_sim.engine.scenario import Scenario
from negotiation_sim.faces.page.month_in_words import name_of

STEPS = 50


@dataclasses.dataclass(frozen=True)
class Slider:
    """One slider.

    Parameters
    ----------
    path : str
        Dotted path of the override.
    label, meaning, unit : str
    low, high, default : float
    rests_on : str
        Basis and source of the default, in words.
    """

    path: str
    label: str
    meaning: str
    unit: str
    low: float
    high: float
    default: float
    rests_on: str

    def said(self, value: float) -> str:
        """Return a value with its unit, as short as it can be read."""
        return f"{value:.3g}" if self.unit.startswith("on a scale") else f"{value:.3g} {self.unit}"

    @property
    def step(self) -> float:
        """Return a step that a hand can set and a reader can say."""
        span = (self.high - self.low) / STEPS
        size = 10.0 ** len(str(int(span))) if span >= 10 else 1.0
        while size > span:
            size /= 10.0
        return next(round(size * k, 9) for k in (10, 5, 2, 1) if size * k <= span * 1.0001)


def rests_on(figure: Figure, titles: dict[str, str] | None = None) -> str:
    """Return what a figure rests on, in words."""
    source = (titles or {}).get(figure.source or "", figure.source or "")
    return "; ".join(part for part in (figure.basis, figure.note or "", source) if part)


UNITS = {"trust": "on a scale from 0 to 1", "scope": "on a scale from 0 to 1",
         "signed strength": "on a scale from -1 to 1", "ratio": "on a scale from 0 to 5"}  # fmt: skip
PROCESS = (
    (
        "informality_effect",
        "Informality",
        "how much faster talks go in an informal venue; 1 is twice as fast",
    ),
    ("event_rate", "Debris events", "how often an event in orbit makes debris"),
    ("pledge_trust", "Pledges", "trust gained when all states pledge"),
    ("spillover", "Spillover", "an adopted text helps (+) or replaces (-) the other track"),
    ("verifiable_scope", "What can be verified", "scope that can be watched without new means"),
)


def sliders(scenario: Scenario, titles: dict[str, str] | None = None) -> list[Slider]:
    """Return the sliders that an experiment has, in the order shown; ``titles`` of sources by name."""
    makers = (_verification, _venues, _process, _success)
    return [slider for maker in makers for slider in maker(scenario, titles or {})]


def changes_in_words(scenario: Scenario, changes: Mapping[str, float]) -> str:
    """Return changes by their sliders' names, each with its default; nothing for the base case."""
    known = {slider.path: slider for slider in sliders(scenario)} if changes else {}
    said = []
    for path, value in sorted(changes.items()):
        if path in known:
            slider = known[path]
            was = slider.said(slider.default)
            said.append(f"{slider.label}: {slider.said(value)} instead of {was}")
        else:
            said.append(f"{path}: {value:g}")
    return "; ".join(said)


def _verification(scenario: Scenario, titles: dict[str, str]) -> Iterator[Slider]:
    actors = scenario.setting.actors.values()
    most = max(actors, key=lambda a: (a.verification_demand.value * a.capability.value, a.id))
    figure = most.verification_demand
    yield Slider(
        f"actors.{most.id}.verification_demand", f"Verification demand, {name_of(scenario, most.id)}",
        "how much it asks that a binding text can be verified", "on a scale from 0 to 1", 0.0, 1.0,
        figure.value, rests_on(figure, titles),
    )  # fmt: skip


def _venues(scenario: Scenario, titles: dict[str, str]) -> Iterator[Slider]:
    for name, venue in scenario.setting.venues.items():
        if venue.linkage == "none":
            continue
        rate, leadership = venue.unblock_rate, venue.leadership
        yield Slider(
            f"venues.{name}.unblock_rate", f"Linkage ends, {name}",
            f"how often the dispute over other items that blocks the {venue.name} is settled",
            "per year", 0.0, 3.0, rate.value, rests_on(rate, titles),
        )  # fmt: skip
        yield Slider(
            f"venues.{name}.leadership", f"Leadership, {name}",
            "multiplies how often the linkage ends; 1 is the record so far", "times the record", 0.0, 20.0,
            leadership.value, rests_on(leadership, titles),
        )  # fmt: skip


def _process(scenario: Scenario, titles: dict[str, str]) -> Iterator[Slider]:
    table = environment_table()
    for name, label, meaning in PROCESS:
        entry, figure = table[name], scenario.setting.environment[name]
        low, high = entry.bounds
        yield Slider(
            f"environment.{name}", label, meaning, UNITS.get(entry.unit, entry.unit), low, high,
            figure.value, rests_on(figure, titles),
        )  # fmt: skip


def _success(scenario: Scenario, titles: dict[str, str]) -> Iterator[Slider]:
    success, horizon = scenario.setting.success, scenario.setting.horizon_years
    share = success.success_share
    yield Slider(
        "success.deadline_years", "Deadline", "timely means success within so many years", "years",
        1.0, horizon, success.deadline_years, "the experiment's own choice",
    )  # fmt: skip
    yield Slider(
        "success.success_share", "Who must join",
        "share of the states' capability that must take part for success", "of capability", 0.0, 1.0,
        share.value, rests_on(share, titles),
    )  # fmt: skip
