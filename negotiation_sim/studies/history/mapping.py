"""A historical case as a scenario, mechanically: docs/backtest-mapping.md says each step in words.

Reads the columns of ``cases.MAPPED`` and nothing else. What the literature does not fix is in
:class:`Mapping`, the same for all cases.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Mapping as Dictionary
from dataclasses import dataclass, field, fields, replace
from typing import Any

from negotiation_sim.catalogue import schema
from negotiation_sim.catalogue.casting import cast
from negotiation_sim.catalogue.schema import Figure, assumed
from negotiation_sim.studies.history.cases import Case
from negotiation_sim.studies.history.representatives import (
    EU,
    G77,
    ISSUES,
    NAMES,
    POWERS,
    Representative,
    Rest,
    rest_of,
    ties_of,
)
from negotiation_sim.studies.history.venue_classes import (
    Profile,
    class_of,
    decision_of,
    profile_of,
    rule_in,
)

MOST_OTHERS = 8
MOST_MONTHS = 1200.0
NOTE = "by the mapping of historical cases"

# Texts by the first word of the form that fits, on the model's scale of form.
FORMS = (
    (("report", "instrument"), 0.1),
    (("guideline", "recommend", "standard", "strategy", "resolution"), 0.2),
    (("principles", "declaration", "political", "code", "outline", "framework", "pledge"), 0.35),
    (("decision", "waiver", "measure", "regulation", "plan", "schedule"), 0.6),
    (("protocol", "amendment", "annex"), 0.7),
    (("agreement",), 0.75),
    (("treaty", "convention", "statute", "charter"), 0.8),
)
BINDING_FORM, FREE_FORM = (0.6, 0.8), (0.1, 0.45)

# A power that is neither for nor against sits in a body of the whole world, not in a small one.
WORLDWIDE = 30
USUAL_PARTICIPANTS = 60  # the size of a body at which numbers neither add nor take
MIDDLE_YEAR = 1980  # the year from which the trend is counted
TURNOVER_RATE = 0.2  # the median of the catalogue's twenty
USUAL_TERM = 3.0  # years, where a mandate's deadline is not known
ROUNDS_OF_DRAFT = 2  # rounds that each level of a draft on the table is worth
# What is in force already where a text is part of a regime or takes the place of one.
EXISTING = {"new": 0.0, "protocol": 0.1, "successor": 0.1}
# How much longer it takes until work begins, by what the mandate asks for.
DELAYS = {"negotiate": 1.0, "elaborate": 1.35, "explore": 2.7}

# Fields and classes of venues that have an offset of their own, shrunk to 0.
FIELDS = (
    "arms", "commodities", "development", "env", "finance", "health", "intlaw", "ip", "labour",
    "maritime", "ocean", "space", "trade",
)  # fmt: skip
FIELD_OF = {"space-security": "space"}


@dataclass(frozen=True)
class Mapping:
    """What the mapping leaves open, fitted to cases (docs/validation.md).

    Parameters
    ----------
    margin : float
        What a text must be better than none by.
    centre : float
        Multiplies where the others' ideal points lie.
    spread : float
        Their standard deviation around it, on every issue.
    for_gap, neutral_gap, against_gap : float
        How far a supporting, neutral or opposing power's or group's ideal point lies from the
        start text towards what is in force, as a share of the way.
    stake : float
        Of those that take no stand: neutral powers and the others. Who takes one has its whole
        stake in the matter.
    isolation : float
        Multiplies the venue profile's cost of isolation.
    latitude : float
        How far the mandate lets the text go down, as a share of the way to what is in force.
    setup : float
        Months until work begins, for a mandate to negotiate.
    urgency : float
        Urgency in the first month, after a shock.
    susceptibility : float
        Of the others to those they have ties with.
    power_pull : float
        Weight of a tie to a power, against 1 to another state.
    common : float
        Loading of private draws and moods on what all share.
    demand : float
        Verification demand: what a broad and binding text costs all beyond what can be verified.
    eu_draw, g77_draw, us_draw, rus_draw, chn_draw : float
        By how much a declared group or power moves the others' ideal points.
    earlier_draw : float
        By how much every earlier failure does.
    crowd_draw : float
        By how much an e-fold more participants do.
    decade_draw : float
        By how much a decade does.
    offsets : mapping of str to float
        ``field.NAME`` and ``venue.CLASS``: by how much the others' ideal points lie higher there.
    """

    margin: float = 0.05
    centre: float = 1.0
    spread: float = 0.15
    for_gap: float = 0.0
    neutral_gap: float = 0.5
    against_gap: float = 0.85
    stake: float = 0.6
    isolation: float = 1.0
    latitude: float = 0.6
    setup: float = 6.0
    urgency: float = 0.5
    susceptibility: float = 0.35
    power_pull: float = 3.0
    common: float = 0.5
    demand: float = 0.3
    eu_draw: float = 0.05
    g77_draw: float = 0.05
    us_draw: float = 0.03
    rus_draw: float = 0.03
    chn_draw: float = 0.0
    earlier_draw: float = -0.05
    crowd_draw: float = -0.03
    decade_draw: float = 0.0
    offsets: Dictionary[str, float] = field(default_factory=dict)


MAPPED_NAMES = tuple(each.name for each in fields(Mapping) if each.name != "offsets")


def is_mapped(name: str) -> bool:
    """Return whether a fitted figure belongs to the mapping, an offset or one of its own."""
    return name in MAPPED_NAMES or name.startswith(("field.", "venue."))


def mapping_of(values: Dictionary[str, float], base: Mapping | None = None) -> Mapping:
    """Return a mapping with some values by name, offsets by their dotted names."""
    own = {name: value for name, value in values.items() if "." not in name}
    offsets = {name: value for name, value in values.items() if "." in name}
    start = base or Mapping()
    return replace(start, **own, offsets={**start.offsets, **offsets})


CENTRE = {"form": 0.4, "scope": 0.25, "verification": 0.2}
SALIENCE = {"form": 0.3, "scope": 0.5, "verification": 0.2}
SHARES = {"USA": 0.3, "RUS": 0.15, "CHN": 0.1, EU: 0.15, G77: 0.1}
POPULATION_SHARE = 0.45


def form_value(form: str, binding: bool) -> float:
    """Return a text's place on the scale of form, from its name, held to what binding allows."""
    low, high = BINDING_FORM if binding else FREE_FORM
    for words, value in FORMS:
        if any(word in form for word in words):
            return min(high, max(low, value))
    return high if binding else 0.3


def start_text(case: Case) -> dict[str, float]:
    """Return the text on the table at the mandate."""
    form = form_value(case.form, case.binding)
    return {"form": form, "scope": case.scope, "verification": case.verification}


def existing_text(case: Case) -> dict[str, float]:
    """Return what is in force without an agreement: a share of the text where a regime exists."""
    return {issue: EXISTING[case.regime] * value for issue, value in start_text(case).items()}


def draws_of(case: Case) -> dict[str, float]:
    """Return by how much a unit of each draw moves the others' ideal points of a case.

    Missing stances draw nobody.
    """
    return {
        "eu_draw": case.eu or 0,
        "g77_draw": case.g77 or 0,
        "us_draw": case.us,
        "rus_draw": case.rus,
        "chn_draw": case.chn,
        "earlier_draw": case.earlier,
        "crowd_draw": math.log(case.participants / USUAL_PARTICIPANTS),
        "decade_draw": (case.mandate[0] - MIDDLE_YEAR) / 10.0,
    }


def drawn_to_it(case: Case, m: Mapping) -> float:
    """Return by how much the others' ideal points lie higher: who has declared, and what is known."""
    drawn = [getattr(m, name) * unit for name, unit in draws_of(case).items()]
    return math.fsum([*drawn, *(m.offsets.get(name, 0.0) for name in offsets_of(case))])


def offsets_of(case: Case) -> tuple[str, str]:
    """Return the offsets that a case has: of its field and of the class of its venue."""
    name = FIELD_OF.get(case.domain, case.domain)
    return f"field.{name}", f"venue.{class_of(case.venue_class)}"


def seated(case: Case) -> list[tuple[str, int]]:
    """Return the powers and groups at the table with their stances.

    A power without a stance sits where many do; the European Union and the developing countries
    where the row says that they had a part.
    """
    powers = zip(POWERS, (case.us, case.rus, case.chn), strict=True)
    found = [(p, s) for p, s in powers if s != 0 or case.participants >= WORLDWIDE]
    groups = ((EU, case.eu), (G77, case.g77))
    return found + [(name, stance) for name, stance in groups if stance is not None]


def _held(value: float) -> float:
    return min(1.0, max(0.0, value))


@functools.lru_cache(maxsize=4096)
def _figure(value: float) -> Figure:
    return assumed(value, NOTE)


def _unit(value: float) -> Figure:
    return _figure(_held(value))


def _actor(
    code: str, ideal: dict[str, float], share: float, stake: float, susceptibility: float,
    m: Mapping,
) -> schema.Actor:  # fmt: skip
    figures: dict[str, Any] = {
        "capability": _figure(share),
        "margin": _unit(m.margin),
        "stake": _unit(stake),
        "susceptibility": _unit(susceptibility),
        "verification_demand": _unit(m.demand),
        "debris_concern": _figure(1.0),
        "turnover_rate": _figure(TURNOVER_RATE),
    }
    return schema.Actor(
        id=code,
        name=NAMES.get(code, code),
        provenance="synthetic",
        ideal_point={k: _unit(ideal[k]) for k in ISSUES},
        salience={k: _figure(SALIENCE[k]) for k in ISSUES},
        blocs={"all": _unit(m.common)},
        **figures,
    )


def _declared(code: str, stance: int, case: Case, m: Mapping) -> schema.Actor:
    gap = {1: m.for_gap, 0: m.neutral_gap, -1: m.against_gap}[stance]
    text, existing = start_text(case), existing_text(case)
    ideal = {k: text[k] + gap * (existing[k] - text[k]) for k in ISSUES}
    return _actor(code, ideal, SHARES[code], 1.0 if stance else m.stake, 0.0, m)


def n_others(participants: int, n_coded: int) -> int:
    """Return how many stand for the rest: one more for every doubling from three, two to eight.

    Fewer than in a cast for a study: cases are run by the million.
    """
    wanted = 1 + round(math.log2(max(1.0, participants / 3.0)))
    return max(0, min(MOST_OTHERS, max(2, wanted), participants - n_coded))


def cast_of(case: Case, m: Mapping, rest: Rest) -> dict[str, schema.Actor]:
    """Return the powers and groups that sit, as coded, and the representatives of the rest."""
    coded = seated(case)
    actors = {code: _declared(code, stance, case, m) for code, stance in coded}
    n = max(n_others(case.participants, len(coded)), 2 - len(coded))
    drawn = drawn_to_it(case, m)

    def represent(state: Representative, n: int) -> schema.Actor:
        ideal = {k: m.centre * CENTRE[k] + drawn + m.spread * state.deviation for k in ISSUES}
        return _actor(state.id, ideal, POPULATION_SHARE / n, m.stake, m.susceptibility, m)

    return cast(actors, rest.states, n, represent)


def _venue(case: Case, profile: Profile, m: Mapping) -> schema.Venue:
    required = [code for code, _ in seated(case) if code in POWERS]
    figures: dict[str, Any] = {
        "informality": _unit(profile.informality),
        "isolation": _unit(m.isolation * profile.isolation),
        "min_participation": _figure(profile.min_participation),
        "setup_months": _figure(m.setup * DELAYS[case.task]),
    }
    return schema.Venue(
        id="venue",
        name=case.venue_class or "not said",
        decision=decision_of(rule_in(case.rule, case.venue_class), required),
        calendar=schema.Calendar(weeks=profile.weeks, basis="assumed", note=NOTE),
        **figures,
    )


def case_to_setting(
    case: Case,
    environment: dict[str, Figure],
    mapping: Mapping | None = None,
    *,
    horizon_years: float = 15.0,
    rest: Rest | None = None,
) -> schema.Setting:
    """Return the scenario of a case: its mandate given, its text to be negotiated.

    Parameters
    ----------
    case : Case
    environment : dict
        One figure for every process parameter.
    mapping : Mapping, optional
    horizon_years : float
        Years simulated after the mandate.
    rest : Rest, optional
        Whoever is not coded; default the states that voted in the year of the mandate.
    """
    m, rest = mapping or Mapping(), rest or rest_of(case.mandate[0])
    text, existing = start_text(case), existing_text(case)
    low = {k: text[k] + m.latitude * (existing[k] - text[k]) for k in ISSUES}
    initiative = schema.Initiative(
        id="text",
        name=case.form or "text",
        text={k: _unit(text[k]) for k in ISSUES},
        mandate=schema.Box(box={k: [_held(low[k]), _held(text[k])] for k in ISSUES}, note=NOTE),
        binding=False,  # only adoption is asked here, so that what follows it is cut short
    )
    track = schema.Track(
        initiative="text", venue="venue", patience=1200.0, term_months=_term_months(case),
        underway=schema.Underway(mandate=True, rounds=ROUNDS_OF_DRAFT * case.draft),
    )  # fmt: skip
    actors = cast_of(case, m, rest)
    any_share: dict[str, Any] = {"success_share": _figure(0.0)}
    success = schema.Success(deadline_years=5.0, **any_share)
    opening = _figure(m.urgency if case.shock else 0.0)
    return schema.Setting(
        id="case",
        name="case",
        start="{:04}-{:02}".format(*case.mandate),
        horizon_years=horizon_years,
        issues=list(ISSUES),
        success=success,
        status_quo={k: _unit(existing[k]) for k in ISSUES},
        actors=actors,
        venues={"venue": _venue(case, profile_of(case.venue_class), m)},
        initiatives={"text": initiative},
        affinity=ties_of(actors, m.power_pull, rest.alignment),
        environment=environment | {"opening_urgency": opening},
        strategies=[schema.Strategy(name="text@venue", tracks=[track])],
    )


def _term_months(case: Case) -> float:
    """Return the mandate's term: to the end of the year that it names; 0 where it names none."""
    years = USUAL_TERM if case.deadline_years is None else case.deadline_years
    return 0.0 if math.isinf(years) else min(MOST_MONTHS, max(1.0, 12.0 * years))
