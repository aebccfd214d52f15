"""The tables of docs/model.md, made of the catalogue and the schema.

``tools/regenerate.py`` writes them into the page: ``M1`` to ``M19``, the parameters of one
mechanism; ``process``, the table of process parameters; ``figures``, the table of what actors,
venues, initiatives and experiments hold.
"""

from __future__ import annotations

import textwrap
import typing
from pathlib import Path
from typing import Any

from negotiation_sim.catalogue import schema
from negotiation_sim.catalogue.folders import Folders
from negotiation_sim.catalogue.process_parameters import environment_table, read_parameters
from negotiation_sim.catalogue.records import EnvironmentEntry
from negotiation_sim.catalogue.reports import Problems
from negotiation_sim.model.terms import ACTOR_PARAMETERS, ENVIRONMENT_PARAMETERS, VENUE_PARAMETERS

ROOT = Path(__file__).resolve().parent.parent

# The mechanism at home with each parameter; others may read it too.
HOME = {
    "M1": (
        "ideal_point", "salience", "verification_demand", "missile_defence_stake",
        "weapons_concern", "debris_concern", "verification_cost", "missile_defence_cost", "fester",
        "verifiable_scope", "weapons_scope", "urgency_effect", "private_sd", "mood_sd",
        "mood_persistence", "blocs",
    ),
    "M2": ("reservation_value",),
    "M3": ("flexibility", "pace", "informality", "informality_effect", "breadth"),
    "M4": ("susceptibility",),
    "M5": ("chair_step", "softness", "softness_strict", "capability"),
    "M6": ("isolation",),
    "M7": ("decision.quota", "decision.weights", "min_participation"),
    "M8": (
        "mandate_risk", "mandate_risk_vote", "convene_share", "unblock_rate", "block_rate",
        "leadership",
    ),
    "M9": ("calendar.weeks", "weeks_per_round", "setup_months"),
    "M10": ("remit_cost", "rounds_kept"),
    "M11": (
        "event_rate", "deliberate_share", "test_propensity", "event_urgency", "urgency_half_life",
        "crisis_rate",
    ),
    "M12": (
        "trust", "trust_return", "pledge_trust", "agreement_trust", "test_trust_cost",
        "breach_trust_cost", "crisis_trust_cost",
    ),
    "M13": ("pledge_effect",),
    "M14": ("turnover_rate", "turnover_sd"),
    "M15": (
        "treaty_threshold", "executive_limit", "ratification_threshold", "executive_threshold",
        "ratification_delay", "ratification_sigma", "domestic_sd", "retry_rate", "accession_rate",
        "entry_into_force.ratifiers", "entry_into_force.capability_share",
    ),
    "M16": ("spillover", "spillover_draw", "start"),
    "M17": ("patience",),
    "M18": ("withdrawal", "deadline_years", "success_share", "horizon_years"),
    "M19": ("adherence_effect", "breach_probability", "breach_form"),
}  # fmt: skip

OF = {
    "actor": schema.Actor, "venue": schema.Venue, "initiative": schema.Initiative,
    "track": schema.Track, "experiment": schema.Success, "horizon": schema.Setting,
}  # fmt: skip

OWNER = {"horizon": "experiment"}

# What a record's figure means: record, unit, role and meaning. Defaults and limits: the schema.
FIGURES = {
    "capability": ("actor", "weight", "fixed", "influence, scaled to shares of the cast"),
    "ideal_point": ("actor", "issue units", "swept", "the text it would write alone"),
    "salience": ("actor", "weight", "swept", "weight of each issue, scaled to sum one"),
    "reservation_value": ("actor", "satisfaction", "calibrated", "below it no text is better"),
    "flexibility": ("actor", "ratio", "fixed", "multiplies the pace of concession"),
    "susceptibility": ("actor", "share", "swept", "weight of others' positions in one's own"),
    "verification_demand": ("actor", "share", "swept", "what unverified binding scope costs it"),
    "missile_defence_stake": ("actor", "share", "swept", "interests a binding text may touch"),
    "weapons_concern": ("actor", "share", "swept", "concern about weapons in space"),
    "debris_concern": ("actor", "share", "swept", "concern about debris"),
    "trust": ("actor", "trust", "swept", "own baseline of trust, and trust at the start"),
    "ratification_threshold": ("actor", "satisfaction", "swept", "domestic hurdle of a treaty"),
    "executive_threshold": ("actor", "satisfaction", "swept", "hurdle of an executive agreement"),
    "ratification_delay": ("actor", "months", "swept", "median delay of ratification"),
    "turnover_rate": ("actor", "per year", "swept", "hazard of a change of government"),
    "test_propensity": ("actor", "weight", "swept", "share in authorship of events"),
    "blocs": ("actor", "loading", "swept", "loading of its private draw and moods on a bloc's"),
    "resources": ("actor", "various", "fixed", "what capability is made of; no engine reads it"),
    "unga_ideal_point": ("actor", "Voeten scale", "fixed", "ties of states without a measured one"),
    "convene_share": ("venue", "share", "swept", "of members, to convene an opt-in body"),
    "min_participation": ("venue", "share", "swept", "of members' capability, to adopt by opt-in"),
    "remit_cost": ("venue", "satisfaction per unit", "swept", "cost of text outside the remit"),
    "informality": ("venue", "share", "swept", "off the record: quickens concessions"),
    "isolation": ("venue", "satisfaction", "calibrated", "cost of being the only one to object"),
    "setup_months": ("venue", "months", "swept", "from seating to the first possible meeting"),
    "unblock_rate": ("venue", "per year", "swept", "hazard that linkage is resolved"),
    "block_rate": ("venue", "per year", "swept", "hazard that linkage returns"),
    "leadership": ("venue", "ratio", "swept", "multiplies unblock_rate"),
    "calendar.weeks": ("venue", "weeks", "fixed", "of formal meetings, per calendar month"),
    "decision.quota": ("venue", "fraction", "fixed", "of a qualified majority, as [part, whole]"),
    "decision.weights": ("venue", "votes", "fixed", "votes of members that have more than one"),
    "text": ("initiative", "issue units", "fixed", "the chair's first text"),
    "entry_into_force.ratifiers": ("initiative", "states", "fixed", "ratifications needed"),
    "entry_into_force.capability_share": (
        "initiative", "share", "fixed", "share of the cast's capability that must ratify",
    ),
    "start": ("track", "months", "fixed", "when the track may begin"),
    "patience": ("track", "months", "fixed", "from its start until it moves to its fallback"),
    "deadline_years": ("experiment", "years", "fixed", "what is timely"),
    "success_share": ("experiment", "share", "swept", "of the cast's capability, to succeed"),
    "horizon_years": ("horizon", "years", "fixed", "where a world ends; what is left is censored"),
}  # fmt: skip

LIMITS = {
    typing.get_args(schema.Unit)[1]: "0 to 1",
    typing.get_args(schema.Positive)[1]: "above 0",
    typing.get_args(schema.NonNegative)[1]: "0 or more",
    typing.get_args(schema.Signed)[1]: "-1 to 1",
}
NESTED = {
    "decision.quota": "above 1/2, to 1", "decision.weights": "1 or more",
    "calendar.weeks": "0 to 5",
}  # fmt: skip


def process_parameters() -> dict[str, EnvironmentEntry]:
    """Return the defaults of a plain run: the environment's, overlaid by what was calibrated."""
    entries = environment_table(ROOT)
    calibrated = read_parameters(Folders.around(None, ROOT), entries, Problems(first=True))
    for name, figure in calibrated.items():
        changed = {field: getattr(figure, field) for field in schema.Figure.model_fields}
        entries[name] = entries[name].model_copy(update=changed)
    return entries


def number(value: float) -> str:
    """Return a number as the tables show it."""
    return f"{value:g}"


def span(pair: list[float] | None) -> str:
    """Return ``low to high``, or nothing."""
    return f"{number(pair[0])} to {number(pair[1])}" if pair else ""


def rests_on(figure: schema.Figure) -> str:
    """Return basis, source and note of a figure as one cell."""
    head = figure.basis + (f", `{figure.source}`" if figure.source else "")
    return f"{head}: {figure.note}" if figure.note else head


def home_of(name: str) -> str:
    """Return the mechanism at home with a parameter, or nothing."""
    return next((mechanism for mechanism, names in HOME.items() if name in names), "")


def table(header: list[str], rows: list[list[str]]) -> str:
    """Return a Markdown table."""
    lines = [header, ["---"] * len(header), *rows]
    return "".join(f"| {' | '.join(cell.replace('|', '/') for cell in line)} |\n" for line in lines)


def process_table() -> str:
    """Return the table of process parameters, in their order."""
    header = [
        "parameter", "meaning", "unit", "default", "range", "bounds", "role", "in", "rests on",
    ]  # fmt: skip
    rows = []
    for name, entry in process_parameters().items():
        rows.append([
            f"`{name}`", entry.description, entry.unit, number(entry.value), span(entry.range),
            span(entry.bounds), entry.role, home_of(name), rests_on(entry),
        ])  # fmt: skip
    return table(header, rows)


def field_of(name: str) -> tuple[type[schema.Record], Any]:
    """Return the record and field that hold a figure; a dotted name leads through a record."""
    record: Any = OF[FIGURES[name][0]]
    head, _, rest = name.partition(".")
    field = record.model_fields[head]
    if rest:
        record = next(
            kind for kind in (field.annotation, *typing.get_args(field.annotation))
            if isinstance(kind, type) and issubclass(kind, schema.Record)
        )  # fmt: skip
        field = record.model_fields[rest]
    return record, field


def allowed(name: str) -> str:
    """Return what the schema allows for a figure."""
    if name in NESTED:
        return NESTED[name]
    _, field = field_of(name)
    marks = list(field.metadata)
    for part in typing.get_args(field.annotation):
        marks += typing.get_args(part)[1:]
    limits = [LIMITS[mark] for mark in marks if mark in LIMITS]
    for mark in marks:
        for word, phrase in (("gt", "above {}"), ("ge", "{} or more"), ("le", "to {}")):
            if hasattr(mark, word):
                limits.append(phrase.format(number(getattr(mark, word))))
    return ", ".join(limits) or "any"


def default(name: str) -> str:
    """Return a figure's default and, where it is one, its note."""
    _, field = field_of(name)
    if field.is_required():
        return "none"
    value = field.get_default(call_default_factory=True)
    if isinstance(value, schema.Figure):
        return f"{number(value.value)}: {value.note}"
    return number(value) if isinstance(value, (int, float)) else "none"


def is_drawn(name: str) -> bool:
    """Return whether a belief draws the figure from its range."""
    return name == "ideal_point" or name in ACTOR_PARAMETERS or name in VENUE_PARAMETERS


def figures_table() -> str:
    """Return the table of what the records of the catalogue hold."""
    header = ["figure", "of", "meaning", "unit", "default", "allowed", "role", "drawn", "in"]
    rows = []
    for name, (of, unit, role, meaning) in FIGURES.items():
        drawn = "if it has a range" if is_drawn(name) else "no"
        rows.append([
            f"`{name}`", OWNER.get(of, of), meaning, unit, default(name), allowed(name), role,
            drawn, home_of(name),
        ])  # fmt: skip
    return table(header, rows)


def parameters_of(mechanism: str) -> str:
    """Return the line that names a mechanism's parameters, with default and unit."""
    process = process_parameters()
    words = []
    for name in HOME[mechanism]:
        if name in process:
            words.append(f"`{name}` {number(process[name].value)} ({process[name].unit})")
        else:
            of, unit = FIGURES[name][:2]
            value = default(name).partition(":")[0]
            shown = f"of the {OWNER.get(of, of)}" + (f", else {value}" if value != "none" else "")
            words.append(f"`{name}` {shown} ({unit})")
    line = "*Parameters:* " + "; ".join(words) + "."
    return textwrap.fill(line, 100, break_long_words=False, break_on_hyphens=False) + "\n"


def block(name: str) -> str:
    """Return the text of one generated block."""
    if name == "process":
        return process_table()
    if name == "figures":
        return figures_table()
    return parameters_of(name)


assert set(ENVIRONMENT_PARAMETERS) <= {name for names in HOME.values() for name in names}
