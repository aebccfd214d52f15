"""Which figures of a setting are assumed or uncertain, and between which ends they may lie.

A figure with a range may lie anywhere in it. An assumed figure without a range has no ends of its
own: it is let lie within half of its value to either side, or, where it is zero, within a quarter
of its parameter's bounds, and never outside those. Figures that say what success is (the question,
not an assumption), figures of actors, venues and initiatives that the strategy never meets, and
figures that are declared as fixed (only their product with another matters) are left out; so are
those that can move nothing because their issue is not negotiated.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from negotiation_sim.catalogue import EnvironmentEntry, schema
from negotiation_sim.catalogue.intent import idle_figures, is_idle
from negotiation_sim.catalogue.schema import Change, Figure, Record, Setting
from negotiation_sim.engine.scenario import Scenario
from negotiation_sim.errors import UsageError
from negotiation_sim.model.figures import Owner, declared
from negotiation_sim.model.terms import ENVIRONMENT_PARAMETERS
from negotiation_sim.runs.sweep.design import Range, make_design, parse_vary, spec_of
from negotiation_sim.runs.sweep.design.spec import LATIN, Value
from negotiation_sim.runs.sweep.point_scenarios import check_values
from negotiation_sim.studies.timely import venues_of

HALF, QUARTER = 0.5, 0.25
FOR_LINKAGE = ("unblock_rate", "block_rate", "leadership")
FOR_OPT_IN = ("convene_share", "min_participation")
OF_ALL, OF_A_RECORD = (
    ("status_quo", "groups"),
    ("convening", "status_quo", "pledge"),
)  # all in [0, 1]
ROWS_OF_TABLES = {"strategies", "issues"}
OWNERS: dict[str, Owner] = {"actors": "actor", "venues": "venue", "initiatives": "initiative"}


@dataclass(frozen=True)
class Assumption:
    """A figure and the ends between which it may lie.

    Parameters
    ----------
    path : str
        Dotted, as overrides take it.
    value, low, high : float
    basis : str
    why : {'range', 'half', 'quarter of bounds', 'said', 'values'}
        Where the ends come from.
    values : tuple
        The values between which it lies, where they are no span of numbers; then ``low`` and
        ``high`` are the places of the first and the last, and ``value`` is nan.
    """

    path: str
    value: float
    low: float
    high: float
    basis: str
    why: str
    values: tuple[Value, ...] = ()

    @property
    def spread(self) -> Range | tuple[Value, ...]:
        """Return what a design varies."""
        return self.values or Range(self.low, self.high)

    def at(self, share: float) -> Value:
        """Return the value at a share of the span."""
        if self.values:
            return self.values[min(int(share * len(self.values)), len(self.values) - 1)]
        return self.low + share * (self.high - self.low)

    def within(self, low: float, high: float) -> str:
        """Return in words what lies above one share of the span and at most at another."""
        if self.values:
            n = len(self.values)
            inside = [str(v) for k, v in enumerate(self.values) if low < (k + 0.5) / n <= high]
            return f"{self.path} {' or '.join(inside) or 'none of its values'}"
        bottom, top = (self.low + end * (self.high - self.low) for end in (low, high))
        if low <= 0.0:
            return f"{self.path} at most {top:.3g}"
        if high >= 1.0:
            return f"{self.path} above {bottom:.3g}"
        return f"{self.path} between {bottom:.3g} and {top:.3g}"


def said_by(
    setting: Setting,
    vary: Mapping[str, Any] | Sequence[str],
    environment: Mapping[str, EnvironmentEntry],
    fewest: int = 2,
) -> list[Assumption]:
    """Return what a caller wants varied, whatever it rests on: values, or a range of numbers.

    Parameters
    ----------
    setting : Setting
    vary : mapping, or sequence of 'PATH=VALUES'
        As of a sweep: anything that has a path.
    environment : mapping
        Bounds of the process parameters.
    fewest : int
        Values that a path must have.
    """
    said = dict(vary) if isinstance(vary, Mapping) else parse_vary(vary)
    if not said:
        return []
    for path in ROWS_OF_TABLES & said.keys():
        raise UsageError(f"{path}: it says what is asked; set it for all")
    spec = spec_of({"design": LATIN, "size": 1, "vary": said})
    check_values(setting, make_design(spec), environment)
    found = []
    for path, values in spec.vary.items():
        if isinstance(values, Range):
            middle = (values.low + values.high) / 2.0
            found.append(Assumption(path, middle, values.low, values.high, "varied", "said"))
        elif len(values) < fewest:
            raise UsageError(f"vary: {path}: one value is no change; name at least two")
        else:
            last = float(len(values) - 1)
            found.append(Assumption(path, math.nan, 0.0, last, "varied", "values", values))
    return found


def assumptions_of(
    scenario: Scenario, strategy: str, environment: Mapping[str, EnvironmentEntry]
) -> list[Assumption]:
    """Return what is assumed or ranged and may matter to a strategy, in one order.

    Designs are drawn over these in turn, so a file's order of keys, which a manifest does not
    keep, must not show: names are sorted, issues stand as the setting lists them.

    Parameters
    ----------
    scenario : Scenario
    strategy : str
    environment : mapping
        Bounds and roles of the process parameters.

    Raises
    ------
    UsageError
        Where there is nothing of the kind.
    """
    setting = scenario.setting
    found, idle = [], idle_figures(setting.model_dump(mode="json"))
    for path, figure in _figures(scenario, strategy):
        if is_idle(path, idle):
            continue
        entry = environment.get(path.removeprefix("environment."))
        if path.startswith("environment.") and entry is not None and entry.role == "fixed":
            continue
        limits = _limits(setting, path, entry if path.startswith("environment.") else None)
        assumption = _ends(path, figure, limits)
        if assumption is not None:
            found.append(assumption)
    if not found:
        raise UsageError(f"{setting.id}: no figure is assumed or has a range; nothing to vary")
    return found


def _ends(path: str, figure: Figure, limits: tuple[float, float]) -> Assumption | None:
    """Return the ends of a figure; None where it is neither assumed nor ranged, or has none."""
    value = figure.value
    if figure.range is not None:
        low, high = figure.range
        why = "range"
    elif figure.basis == "assumed":
        reach, why = HALF * abs(value), "half"
        if value == 0.0 and path.startswith("environment."):
            reach, why = QUARTER * (limits[1] - limits[0]), "quarter of bounds"
        low, high = value - reach, value + reach
    else:
        return None
    low, high = max(low, limits[0]), min(high, limits[1])
    return Assumption(path, value, low, high, figure.basis, why) if low < high else None


def _limits(setting: Setting, path: str, entry: EnvironmentEntry | None) -> tuple[float, float]:
    """Return what is allowed at a path, whatever else varies."""
    parts = path.split(".")
    if entry is not None:
        return entry.bounds[0], entry.bounds[1]
    if is_dated(path):
        at = parts.index("changes")
        known = schema.DATED[parts[0] if at else ""]
        low, high, _ = declared(known.place_of(parts[at + 1]), parts[at + 1]).bounds
        return low, high
    if parts[0] in OF_ALL or parts[2] in OF_A_RECORD:
        return 0.0, 1.0
    if parts[2] == "blocs":  # the squares of an actor's loadings may sum to one
        loadings = [figure.value for figure in setting.actors[parts[1]].blocs.values()]
        room = math.fsum(value * value for value in loadings)
        most = setting.actors[parts[1]].blocs[parts[3]].value / math.sqrt(room) if room else 0.0
        return 0.0, min(1.0, most * (1.0 - 1e-9))
    if parts[0] == "initiatives" and parts[2] == "text":
        low, high = setting.initiatives[parts[1]].mandate.box.get(parts[3], (0.0, 1.0))
        return low, high
    name = ".".join(parts[2:]) if parts[0] == "initiatives" else parts[2]
    low, high, _ = declared(OWNERS[parts[0]], name).bounds
    return low, high


def _figures(scenario: Scenario, strategy: str) -> Iterator[tuple[str, Figure]]:
    """Yield path and figure of everything the strategy may meet."""
    setting = scenario.setting
    place = scenario.index_of_strategy(strategy)
    issues = setting.issues
    for name, actor in sorted(setting.actors.items()):
        for path, figure in _walk(actor, f"actors.{name}", issues):
            name = path.split(".")[3 if is_dated(path) else 2]
            fixed = declared("actor", name).role == "fixed"
            if _of_issues(path, setting) and not fixed:
                yield path, figure
    for name in venues_of(scenario, place):
        venue = setting.venues[name]
        rules = {(venue.mandate or venue.decision).rule, venue.decision.rule}
        for path, figure in _walk(venue, f"venues.{name}", issues):
            last = path.split(".")[-1]
            if last in FOR_LINKAGE and venue.linkage == "none":
                continue
            if not (last in FOR_OPT_IN and "opt_in" not in rules):
                yield path, figure
    for name in sorted({track.initiative for track in setting.strategies[place].tracks}):
        for path, figure in _walk(setting.initiatives[name], f"initiatives.{name}", issues):
            if _of_issues(path, setting) and not path.endswith(".ratifiers"):
                yield path, figure
    for issue in issues:
        if issue in setting.status_quo:
            yield f"status_quo.{issue}", setting.status_quo[issue]
    for name, group in sorted(setting.groups.items()):
        yield from _walk(group, f"groups.{name}", issues)
    for name in ENVIRONMENT_PARAMETERS:
        yield f"environment.{name}", setting.environment[name]
    for path, figure in _walk(setting.changes, "changes", issues):
        if not (path.split(".")[1] in ENVIRONMENT_PARAMETERS and _is_scale(path.split(".")[1])):
            yield path, figure


def is_dated(path: str) -> bool:
    """Return whether a path is to what a figure becomes at a date.

    Examples
    --------
    >>> is_dated("actors.USA.changes.trust.0.value"), is_dated("actors.USA.trust")
    (True, False)
    """
    return "changes" in path.split(".") and path.endswith(".value")


def _is_scale(name: str) -> bool:
    return declared("environment", name).role == "fixed"


def _walk(node: Any, path: str, issues: Sequence[str]) -> Iterator[tuple[str, Figure]]:
    if isinstance(node, Figure):
        yield path, node
    elif isinstance(node, Change):
        yield f"{path}.value", node.figure()
    elif isinstance(node, list) and any(isinstance(item, Change) for item in node):
        for index, change in enumerate(node):
            yield from _walk(change, f"{path}.{index}", issues)
    elif isinstance(node, Record):
        for name in type(node).model_fields:
            yield from _walk(getattr(node, name), f"{path}.{name}", issues)
    elif isinstance(node, dict):
        places = {issue: place for place, issue in enumerate(issues)}
        for name in sorted(node, key=lambda key: (places.get(key, len(places)), str(key))):
            yield from _walk(node[name], f"{path}.{name}", issues)


def _of_issues(path: str, setting: Setting) -> bool:
    """Return whether a path is not about an issue that nobody negotiates here."""
    parts = path.split(".")
    by_issue = any(
        part in ("ideal_point", "salience", "text", "status_quo", "pledge") for part in parts
    )
    named = parts[-3] if is_dated(path) else parts[-1]
    return not by_issue or named in setting.issues
