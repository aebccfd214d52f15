"""What someone could change about a strategy: rules, mandates, sequence, pledges, positions.

A lever moves in whole steps, from 0 (as things are) to ``steps`` (its whole reach). Most write
into the compiled arrays and shift a figure with its range, so that what is uncertain stays
uncertain; a venue's rules are changed in the setting.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from negotiation_sim.catalogue import EnvironmentEntry, apply_overrides
from negotiation_sim.catalogue.consistency import box_of
from negotiation_sim.catalogue.schema import Box, Procedure, Setting, Venue
from negotiation_sim.engine.scenario import Scenario
from negotiation_sim.errors import UsageError
from negotiation_sim.model.figures import ACTOR_PARAMETERS, VENUE_PARAMETERS
from negotiation_sim.model.state import OF_CONVENING
from negotiation_sim.model.terms import Milestone, TrackKind
from negotiation_sim.runs.sweep.point_scenarios import base_values
from negotiation_sim.studies.assumptions import said_by
from negotiation_sim.studies.lever_base import FINE, Lever, moved, shifted, with_arrays
from negotiation_sim.studies.timely import venues_of
from negotiation_sim.words.scales import said, shown

REACH = {
    "ideal_point": 0.2, "margin": 0.2, "convening": 1.0, "ratification_threshold": 0.2,
    "informality": 0.5, "leadership": 10.0,
}  # fmt: skip
RULES = ("consensus", "qualified_majority", "simple_majority", "opt_in")
RULE_WORDS = {
    "consensus": "consensus", "qualified_majority": "two-thirds majority",
    "simple_majority": "simple majority", "opt_in": "opt-in",
}  # fmt: skip


def levers_of(
    scenario: Scenario, strategy: str, actors: Sequence[str], reach: Callable[[str, float], float]
) -> list[Lever]:
    """Return what someone could change about a strategy.

    Parameters
    ----------
    scenario : Scenario
    strategy : str
    actors : sequence of str
        Codes of the actors whose positions may move.
    reach : callable
        The reach of a lever's id, given the default of its kind.
    """
    place = scenario.index_of_strategy(strategy)
    found: list[Lever] = []
    for venue in venues_of(scenario, place):
        found += _venue_levers(scenario, venue, reach)
    names = {track.initiative for track in scenario.setting.strategies[place].tracks}
    for initiative in sorted(names):
        if scenario.setting.initiatives[initiative].kind == "agreement":
            found += _mandate_levers(scenario, initiative)
    found += _track_levers(scenario, place)
    for actor in actors:
        found += _actor_levers(scenario, place, actor, reach)
        found += _forum_levers(scenario, place, actor, reach)
    return found


def levers_said(
    setting: Setting,
    vary: Mapping[str, Any] | Sequence[str],
    environment: Mapping[str, EnvironmentEntry],
) -> list[Lever]:
    """Return levers that a caller names by paths, each with its values in the order of its steps.

    Parameters
    ----------
    setting : Setting
    vary : mapping, or sequence of 'PATH=VALUES'
        As of a sweep, values or even steps.
    environment : mapping
        Bounds of the process parameters.
    """
    found = []
    for assumption in said_by(setting, vary, environment, fewest=1):
        if not assumption.values:
            raise UsageError(f"vary: {assumption.path}: name values, or even steps as in 0:1:11")
        found.append(_said_lever(setting, assumption.path, assumption.values))
    return found


def _said_lever(setting: Setting, path: str, values: Sequence[Any]) -> Lever:
    now = base_values(setting, [path])[path]
    before = (
        ""
        if now is None
        else f" instead of {now:g}"
        if isinstance(now, float)
        else (f" instead of {now}")
    )

    def words(step: int) -> str:
        value = values[step - 1]
        return (
            f"{path}: {value:g}{before}" if isinstance(value, float) else f"{path}: {value}{before}"
        )

    def change(setting: Setting, step: int) -> Setting:
        return apply_overrides(setting, {path: values[step - 1]})

    return Lever(path, words, len(values), on_setting=change)


# Venues


def _venue_levers(
    scenario: Scenario, name: str, reach: Callable[[str, float], float]
) -> Iterator[Lever]:
    venue = scenario.setting.venues[name]
    yield from _rule_lever(name, venue, "rule", venue.decision)
    yield from _rule_lever(name, venue, "mandate_rule", venue.mandate or venue.decision)
    row = scenario.venue_ids.index(name)
    value, id = venue.informality.value, f"venues.{name}.informality"
    most = min(reach(id, REACH["informality"]), 1.0 - value)
    if most > 0.0:
        yield _shift(id, f"informality of {name}", "venue", name, "informality", most, value)
    if venue.linkage != "none":
        id = f"venues.{name}.leadership"
        factor = reach(id, REACH["leadership"])
        yield _leadership(id, name, row, factor, venue.leadership.value)


def _rule_lever(name: str, venue: Venue, what: str, now: Procedure) -> Iterator[Lever]:
    """Yield the lever that loosens a venue's rule, or the rule by which it agrees to talk."""
    looser = RULES[RULES.index(now.rule) + 1 :]
    if not looser:
        return

    def change(setting: Setting, step: int) -> Setting:
        # read anew: the other rule may have been changed before
        venue = setting.venues[name]
        own = venue.mandate or venue.decision if what == "mandate_rule" else venue.decision
        rule = looser[step - 1]
        quota = [2, 3] if rule == "qualified_majority" else None
        made = own.model_copy(update={"rule": rule, "quota": quota, "less": 0})
        field = "mandate" if what == "mandate_rule" else "decision"
        changed = venue.model_copy(update={field: made})
        return setting.model_copy(update={"venues": setting.venues | {name: changed}})

    subject = f"mandate of {name}" if what == "mandate_rule" else f"rule of {name}"
    yield Lever(
        f"venues.{name}.{what}",
        lambda step: f"{subject}: {RULE_WORDS[looser[step - 1]]} instead of {RULE_WORDS[now.rule]}",
        len(looser), on_setting=change,
    )  # fmt: skip


def _leadership(id: str, name: str, row: int, factor: float, value: float) -> Lever:
    column = VENUE_PARAMETERS.index("leadership")

    def times(step: int) -> float:
        answer: float = factor ** (step / FINE)
        return answer

    def change(scenario: Scenario, step: int) -> Scenario:
        figures = scenario.arrays.venue_figures.copy()
        for end in ("low", "mode", "high"):
            figures[end][row, column] *= times(step)
        return with_arrays(scenario, venue_figures=figures)

    def words(step: int) -> str:
        return f"leadership in {name}: {value * times(step):.2f} instead of {value:g}"

    return Lever(id, words, FINE, change)


def _shift(
    id: str, subject: str, family: str, owner: str, name: str, by: float, value: float
) -> Lever:
    """Return the lever that shifts a figure of [0, 1] (thresholds: [-1, 1]) and its range."""
    names = {"venue": VENUE_PARAMETERS, "actor": ACTOR_PARAMETERS}[family]
    column = names.index(name)
    least = -1.0 if name.endswith("threshold") else 0.0

    def change(scenario: Scenario, step: int) -> Scenario:
        owners = scenario.venue_ids if family == "venue" else scenario.actor_ids
        if owner not in owners:
            return scenario
        return shifted(scenario, family, owners.index(owner), [column], by * step / FINE, least)

    return Lever(
        id, lambda step: f"{subject}: {value + by * step / FINE:.3f} instead of {value:g}", FINE,
        change,
    )  # fmt: skip


# Initiatives


def _mandate_levers(scenario: Scenario, name: str) -> Iterator[Lever]:
    """Yield a narrower mandate, closing on the start text, and a wider one, opening to everything."""
    row = scenario.initiative_ids.index(name)
    arrays = scenario.arrays
    low, high, text = (arrays.texts[name][row] for name in ("low", "high", "start"))

    def to(box: tuple[np.ndarray, np.ndarray]) -> Callable[[Scenario, int], Scenario]:
        def change(scenario: Scenario, step: int) -> Scenario:
            share = step / FINE
            texts = scenario.arrays.texts.copy()
            for side, end in zip(("low", "high"), box, strict=True):
                texts[side][row] += share * (end - texts[side][row])
            return with_arrays(scenario, texts=texts)

        return change

    def words(box: tuple[np.ndarray, np.ndarray], verb: str) -> Callable[[int], str]:
        def told(step: int) -> str:
            share = step / FINE
            ends = [
                f"{said(issue, a + share * (c - a))} to {shown(issue, b + share * (d - b))}"
                for issue, a, b, c, d in zip(scenario.issues, low, high, *box, strict=True)
            ]
            return f"mandate of {name} {verb}: {', '.join(ends)}"

        return told

    if (high > low).any():
        box = (text, text)
        yield Lever(f"initiatives.{name}.narrower_mandate", words(box, "narrower"), FINE, to(box))
    box = _widest(scenario, name)
    if (low > box[0]).any() or (high < box[1]).any():
        yield Lever(f"initiatives.{name}.wider_mandate", words(box, "wider"), FINE, to(box))


def _widest(scenario: Scenario, name: str) -> tuple[np.ndarray, np.ndarray]:
    """Return the ends of everything that a mandate could hold; an instrument keeps its form."""
    free = scenario.setting.initiatives[name].model_copy(update={"mandate": Box(box={})})
    sides = np.array([box_of(scenario.setting, free, issue) for issue in scenario.issues])
    return sides[:, 0], sides[:, 1]


# Tracks: sequence and pledges


def _track_levers(scenario: Scenario, place: int) -> Iterator[Lever]:
    first = scenario.arrays.plans["leader"][place]
    n = int(scenario.arrays.n_tracks[place])
    leaders = [m for m in range(n) if first[m] == m]
    for m in leaders:
        plan = scenario.arrays.plans[place, m]
        name = package_name(scenario, place, m)
        agreement = scenario.arrays.initiatives["kind"][plan["initiative"]] != int(
            TrackKind.PLEDGES
        )
        id = f"tracks.{m}"
        if plan["start"] > 0:
            now = int(plan["start"])
            yield _months(f"{id}.start", f"start of {name}", place, m, "start", now, 0)
        if plan["fallback"] >= 0 and plan["patience"] > 1:
            what = f"patience of {name} before its fallback"
            now = int(plan["patience"])
            yield _months(f"{id}.patience", what, place, m, "patience", now, 1)
        if agreement and not plan["pledges"]:
            words = f"{name} with interim pledges"
            yield _switch(f"{id}.pledges", words, place, m, {"pledges": 1})
        if plan["after"] >= 0:
            words = f"{name} starts without waiting for another track"
            yield _switch(f"{id}.at_once", words, place, m, {"after": -1})
        for other in leaders:
            waits = scenario.arrays.plans["after"][place, other] >= 0
            if other != m and plan["after"] < 0 and not waits:
                words = (
                    f"{name} starts after the adoption of {package_name(scenario, place, other)}"
                )
                change = {"after": other, "after_milestone": int(Milestone.ADOPTION)}
                yield _switch(f"{id}.after.{other}", words, place, m, change)


def package_name(scenario: Scenario, place: int, leader: int) -> str:
    """Return the name of a track, or of the package that it leads."""
    name = scenario.track_names[place][leader]
    return name.partition(" (")[2].removesuffix(")") or name


def _items(scenario: Scenario, place: int, leader: int) -> slice:
    """Return the places of a track's package: what holds for the first item holds for all."""
    return slice(leader, leader + int(scenario.arrays.plans["n_items"][place, leader]))


def _switch(id: str, words: str, place: int, track: int, facts: Mapping[str, int]) -> Lever:
    def change(scenario: Scenario, step: int) -> Scenario:
        plans = scenario.arrays.plans.copy()
        for column, value in facts.items():
            plans[column][place, _items(scenario, place, track)] = value
        return with_arrays(scenario, plans=plans)

    return Lever(id, lambda step: words, 1, change)


def _months(
    id: str, subject: str, place: int, track: int, column: str, now: int, least: int
) -> Lever:
    def month(step: int) -> int:
        return now - step

    def change(scenario: Scenario, step: int) -> Scenario:
        plans = scenario.arrays.plans.copy()
        plans[column][place, _items(scenario, place, track)] = month(step)
        return with_arrays(scenario, plans=plans)

    return Lever(
        id, lambda step: f"{subject}: {month(step)} months instead of {now}", now - least, change
    )


# Actors


def _actor_levers(
    scenario: Scenario, place: int, code: str, reach: Callable[[str, float], float]
) -> Iterator[Lever]:
    actor = scenario.setting.actors[code]
    text = scenario.arrays.plan_texts[place, 0]
    for k, issue in enumerate(scenario.issues):
        if issue not in actor.ideal_point:  # it has no position to move
            continue
        value, id = actor.ideal_point[issue].value, f"actors.{code}.ideal_point.{issue}"
        gap = float(text[k]) - value
        by = min(reach(id, REACH["ideal_point"]), abs(gap)) * (1.0 if gap > 0.0 else -1.0)
        if abs(by) > 1e-9:
            yield _ideal(id, code, issue, k, by, value)
    value, id = actor.margin.value, f"actors.{code}.margin"
    by = min(reach(id, REACH["margin"]), value)
    if by > 0.0:
        yield _shift(id, f"margin of {code} over nothing", "actor", code, "margin", -by, value)
    id = f"actors.{code}.ratification_threshold"
    by = reach(id, REACH["ratification_threshold"])
    if by > 0.0:
        yield _hurdles(id, code, by)


def _ideal(id: str, code: str, issue: str, k: int, by: float, value: float) -> Lever:
    def change(scenario: Scenario, step: int) -> Scenario:
        if code not in scenario.actor_ids:
            return scenario
        row = scenario.actor_ids.index(code)
        return shifted(scenario, "ideal", row, [k], by * step / FINE)

    def words(step: int) -> str:
        wants = shown(issue, value + by * step / FINE, 1)
        return f"{issue} that {code} wants: {wants} instead of {shown(issue, value, 1)}"

    return Lever(id, words, FINE, change)


def _forum_levers(
    scenario: Scenario, place: int, code: str, reach: Callable[[str, float], float]
) -> Iterator[Lever]:
    """Yield what would let a state accept a forum that it refuses whatever the text (M22)."""
    row = scenario.actor_ids.index(code)
    for name in venues_of(scenario, place):
        v, id = scenario.venue_ids.index(name), f"venues.{name}.convening.{code}"
        value = float(scenario.arrays.convening["mode"][v, row])
        by = min(reach(id, REACH["convening"]), value)
        if by > 0.0:
            yield _forum(id, (name, code), by, value)


def _forum(id: str, names: tuple[str, str], by: float, value: float) -> Lever:
    def change(scenario: Scenario, step: int) -> Scenario:
        if names[1] not in scenario.actor_ids:
            return scenario
        at = scenario.venue_ids.index(names[0]), scenario.actor_ids.index(names[1])
        convening = scenario.arrays.convening.copy()
        for end in convening.dtype.names or ():
            convening[end][at] = max(0.0, convening[end][at] - by * step / FINE)
        changes = scenario.arrays.changes
        its = (changes["owner"] == OF_CONVENING) & (changes["row"] == at[0])
        its &= changes["column"] == at[1]
        to = moved(scenario, its, -by * step / FINE, 0.0)
        return with_arrays(scenario, convening=convening, changed_to=to)

    def words(step: int) -> str:
        venue, code = names
        return f"what {code} holds against {venue}: {value - by * step / FINE:.3f} instead of {value:g}"

    return Lever(id, words, FINE, change)


def _hurdles(id: str, code: str, by: float) -> Lever:
    """Return the lever that lowers both domestic thresholds of a state (M15)."""
    columns = [
        ACTOR_PARAMETERS.index(name) for name in ("ratification_threshold", "executive_threshold")
    ]

    def change(scenario: Scenario, step: int) -> Scenario:
        if code not in scenario.actor_ids:
            return scenario
        row = scenario.actor_ids.index(code)
        return shifted(scenario, "actor", row, columns, -by * step / FINE, -1.0)

    return Lever(
        id, lambda step: f"domestic hurdle of {code}: {by * step / FINE:.3f} lower", FINE, change
    )
