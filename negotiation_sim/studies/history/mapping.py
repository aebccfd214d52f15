"""A historical case as a scenario, mechanically: docs/backtest-mapping.md says each step in words.

Reads the columns of ``cases.MAPPED`` and nothing else. What the literature does not fix is in
:class:`Mapping`, the same for all cases.
"""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass
from typing import Any

from negotiation_sim.catalogue import schema
from negotiation_sim.catalogue.schema import Figure, assumed
from negotiation_sim.model.terms import DecisionRule
from negotiation_sim.studies.history.cases import Case
from negotiation_sim.studies.history.parsing import Rule
from negotiation_sim.studies.history.representatives import (
    ISSUES,
    POWERS,
    Representative,
    n_representatives,
    population,
    ties_of,
)
from negotiation_sim.studies.history.venue_classes import Profile, decision_of, profile_of

NOTE = "by the mapping of historical cases"
STATUS_QUO = 0.0

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
SECURITY = ("arms", "space-security")
TECHNICAL = ("env", "health")
DISTRIBUTIVE = ("trade", "ip", "finance")
USUAL_PARTICIPANTS = 60  # the size of a body at which numbers neither add nor take
VOTED = (DecisionRule.QUALIFIED_MAJORITY, DecisionRule.SIMPLE_MAJORITY)
TURNOVER_RATE = 0.2  # the median of the catalogue's twenty


@dataclass(frozen=True)
class Mapping:
    """What the mapping leaves open, calibrated on the training cases (docs/validation.md).

    Parameters
    ----------
    reservation : float
        Reservation value of a state that is not against.
    against_reservation : float
        How much more a power that is against insists on.
    for_gap, neutral_gap, against_gap : float
        How far a supporting, neutral or opposing power's ideal point lies from the start text
        towards the status quo, as a share of the way.
    for_gain : float
        How much less a power that is for the text insists on.
    latitude : float
        Half width of the mandate around the start text, on every issue.
    home : float
        How far the population's ideal points lie from the start text towards their own centre.
    spread : float
        Width of the population around it, in widths of the catalogue's population.
    susceptibility : float
        Of the population to those it has ties with.
    power_pull : float
        Weight of a tie to a power, against 1 to another state.
    common : float
        Loading of private draws and moods on what all share.
    isolation : float
        Multiplies the venue profile's cost of isolation.
    demand : float
        Verification demand: what a broad and binding text costs all beyond what can be verified.
    concert : float
        How much less all insist on where the United States and Russia are both for the text.
    unsponsored : float
        How much more all insist on where none of the three powers takes a stand.
    stakes : float
        How much more all insist on for each unit by which the logarithm of the participants falls
        short of that of 60: in small bodies sit those with most at stake.
    contested : float
        How much more all insist on where a vote may settle it: votes are kept for what divides.
    crowd : float
        Concessions are slower by ``(participants / 60) ** crowd`` (Simonelli 2011: the more take
        part, the longer it takes).
    standing_room : float
        Multiplies the latitude in standing bodies, which keep closer to what was tabled than a
        conference convened for a text.
    security, technical, distributive : float
        Added to reservation values in those domains.
    """

    reservation: float = 0.55
    against_reservation: float = 0.05
    for_gap: float = 0.15
    neutral_gap: float = 0.6
    against_gap: float = 0.7
    for_gain: float = 0.05
    latitude: float = 0.25
    home: float = 0.4
    spread: float = 0.6
    susceptibility: float = 0.35
    power_pull: float = 3.0
    common: float = 0.95
    isolation: float = 1.0
    demand: float = 0.3
    concert: float = 0.05
    unsponsored: float = 0.0
    stakes: float = 0.0
    contested: float = 0.0
    crowd: float = 0.0
    standing_room: float = 1.0
    security: float = 0.1
    technical: float = -0.05
    distributive: float = 0.05


CENTRE = {"form": 0.4, "scope": 0.25, "verification": 0.2}
SALIENCE = {"form": 0.3, "scope": 0.5, "verification": 0.2}
SHARES = {"USA": 0.3, "RUS": 0.15, "CHN": 0.1}
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


def common_reservation(case: Case, m: Mapping) -> float:
    """Return what all insist on: the base, and what powers, size, rule and domain add or take."""
    parts = (
        (case.us > 0 and case.rus > 0, -m.concert),
        (case.us == case.rus == case.chn == 0, m.unsponsored),
        (_rule(case).rule in VOTED, m.contested),
        (case.domain in SECURITY, m.security),
        (case.domain in TECHNICAL, m.technical),
        (case.domain in DISTRIBUTIVE, m.distributive),
    )
    own = sum(extra for applies, extra in parts if applies)
    return m.reservation + own + m.stakes * math.log(USUAL_PARTICIPANTS / case.participants)


def _rule(case: Case) -> Rule:
    """Return the decision rule: the row's, else that of the venue's class."""
    return case.rule or profile_of(case.venue_class).rule


def seated_powers(case: Case) -> list[tuple[str, int]]:
    """Return the powers at the table with their stances."""
    stances = zip(POWERS, (case.us, case.rus, case.chn), strict=True)
    return [(p, s) for p, s in stances if s != 0 or case.participants >= WORLDWIDE]


def _held(value: float) -> float:
    return min(1.0, max(0.0, value))


@functools.lru_cache(maxsize=4096)
def _figure(value: float) -> Figure:
    return assumed(value, NOTE)


def _unit(value: float) -> Figure:
    return _figure(_held(value))


def _actor(
    code: str, ideal: dict[str, float], share: float, reservation: float, susceptibility: float,
    case: Case, m: Mapping,
) -> schema.Actor:  # fmt: skip
    figures: dict[str, Any] = {
        "capability": _figure(share),
        "reservation_value": _unit(reservation),
        "flexibility": _figure((USUAL_PARTICIPANTS / case.participants) ** m.crowd),
        "susceptibility": _unit(susceptibility),
        "verification_demand": _unit(m.demand),
        "turnover_rate": _figure(TURNOVER_RATE),
    }
    return schema.Actor(
        id=code,
        name=code,
        provenance="synthetic",
        ideal_point={k: _unit(ideal[k]) for k in ISSUES},
        salience={k: _figure(SALIENCE[k]) for k in ISSUES},
        blocs={"all": _unit(m.common)},
        **figures,
    )


def _power(code: str, stance: int, text: dict[str, float], case: Case, m: Mapping) -> schema.Actor:
    gap = {1: m.for_gap, 0: m.neutral_gap, -1: m.against_gap}[stance]
    ideal = {k: text[k] + gap * (STATUS_QUO - text[k]) for k in ISSUES}
    extra = {1: -m.for_gain, 0: 0.0, -1: m.against_reservation}[stance]
    reservation = common_reservation(case, m) + extra
    return _actor(code, ideal, SHARES[code], reservation, 0.0, case, m)


def _state(
    state: Representative, share: float, text: dict[str, float], case: Case, m: Mapping
) -> schema.Actor:
    ideal = {
        k: text[k] + m.home * (CENTRE[k] - text[k]) + m.spread * state.deviation[k] for k in ISSUES
    }
    reservation = common_reservation(case, m)
    return _actor(state.id, ideal, share, reservation, m.susceptibility, case, m)


def cast_of(case: Case, m: Mapping) -> dict[str, schema.Actor]:
    """Return the powers that sit and the representatives of the rest."""
    text, powers = start_text(case), seated_powers(case)
    actors = {code: _power(code, stance, text, case, m) for code, stance in powers}
    n = max(n_representatives(case.participants, len(powers)), 2 - len(powers))
    for state in population()[:n]:
        actors[state.id] = _state(state, POPULATION_SHARE / n, text, case, m)
    return actors


def _venue(case: Case, profile: Profile, m: Mapping) -> schema.Venue:
    required = [code for code, _ in seated_powers(case)]
    figures: dict[str, Any] = {
        "informality": _unit(profile.informality),
        "isolation": _unit(m.isolation * profile.isolation),
        "min_participation": _figure(profile.min_participation),
    }
    return schema.Venue(
        id="venue",
        name=case.venue_class or "not said",
        decision=decision_of(_rule(case), required),
        calendar=schema.Calendar(weeks=profile.weeks, basis="assumed", note=NOTE),
        **figures,
    )


def case_to_setting(
    case: Case,
    environment: dict[str, Figure],
    mapping: Mapping | None = None,
    *,
    horizon_years: float = 15.0,
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
    """
    m = mapping or Mapping()
    text = start_text(case)
    room = m.latitude * (m.standing_room if profile_of(case.venue_class).standing else 1.0)
    initiative = schema.Initiative(
        id="text",
        name=case.form or "text",
        text={k: _unit(text[k]) for k in ISSUES},
        mandate=schema.Box(
            box={k: [_held(text[k] - room), _held(text[k] + room)] for k in ISSUES},
            note=NOTE,
        ),
        binding=False,  # only adoption is asked here, so that what follows it is cut short
    )
    track = schema.Track(
        initiative="text", venue="venue", underway=schema.Underway(mandate=True), patience=1200.0
    )
    actors = cast_of(case, m)
    any_share: dict[str, Any] = {"success_share": _figure(0.0)}
    success = schema.Success(deadline_years=5.0, **any_share)
    return schema.Setting(
        id="case",
        name="case",
        start="{:04}-{:02}".format(*case.mandate),
        horizon_years=horizon_years,
        issues=list(ISSUES),
        success=success,
        actors=actors,
        venues={"venue": _venue(case, profile_of(case.venue_class), m)},
        initiatives={"text": initiative},
        affinity=ties_of(actors, m.power_pull),
        environment=environment,
        strategies=[schema.Strategy(name="text@venue", tracks=[track])],
    )
