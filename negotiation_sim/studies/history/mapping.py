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
from negotiation_sim.catalogue.casting import cast, n_representatives
from negotiation_sim.catalogue.schema import Figure, assumed
from negotiation_sim.studies.history.cases import Case
from negotiation_sim.studies.history.parsing import Rule
from negotiation_sim.studies.history.representatives import (
    ISSUES,
    POWERS,
    Representative,
    Rest,
    rest_as_fitted,
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
TURNOVER_RATE = 0.2  # the median of the catalogue's twenty


@dataclass(frozen=True)
class Mapping:
    """What the mapping leaves open, calibrated on the training cases (docs/validation.md).

    Parameters
    ----------
    margin : float
        What a text must be better than none by.
    security, technical, distributive : float
        Multiply the margin in those domains.
    for_gap, neutral_gap, against_gap : float
        How far a supporting, neutral or opposing power's ideal point lies from the start text
        towards the status quo, as a share of the way.
    stake : float
        Of those that take no stand: neutral powers and the population. A power that takes one has
        its whole stake in the matter.
    latitude : float
        Half width of the mandate around the start text, on every issue.
    standing_room : float
        Multiplies the latitude in standing bodies, which keep closer to what was tabled than a
        conference convened for a text.
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
    crowd : float
        Concessions are slower by ``(participants / 60) ** crowd`` (Simonelli 2011: the more take
        part, the longer it takes).
    """

    margin: float = 0.05
    security: float = 1.3
    technical: float = 0.7
    distributive: float = 1.2
    for_gap: float = 0.1
    neutral_gap: float = 0.5
    against_gap: float = 0.85
    stake: float = 0.6
    latitude: float = 0.15
    standing_room: float = 0.7
    home: float = 0.7
    spread: float = 0.6
    susceptibility: float = 0.35
    power_pull: float = 3.0
    common: float = 0.5
    isolation: float = 1.0
    demand: float = 0.3
    crowd: float = 0.3


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


def margin_of(case: Case, m: Mapping) -> float:
    """Return what a text must be better than none by, in the case's domain."""
    factors = ((SECURITY, m.security), (TECHNICAL, m.technical), (DISTRIBUTIVE, m.distributive))
    return m.margin * math.prod(factor for domains, factor in factors if case.domain in domains)


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
    code: str, ideal: dict[str, float], share: float, stake: float, susceptibility: float,
    case: Case, m: Mapping,
) -> schema.Actor:  # fmt: skip
    figures: dict[str, Any] = {
        "capability": _figure(share),
        "margin": _unit(margin_of(case, m)),
        "stake": _unit(stake),
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
    return _actor(code, ideal, SHARES[code], 1.0 if stance else m.stake, 0.0, case, m)


def _state(
    state: Representative, share: float, text: dict[str, float], case: Case, m: Mapping
) -> schema.Actor:
    ideal = {
        k: text[k] + m.home * (CENTRE[k] - text[k]) + m.spread * state.deviation[k] for k in ISSUES
    }
    return _actor(state.id, ideal, share, m.stake, m.susceptibility, case, m)


def cast_of(case: Case, m: Mapping, rest: Rest) -> dict[str, schema.Actor]:
    """Return the powers that sit, as coded, and the representatives of the rest."""
    text, powers = start_text(case), seated_powers(case)
    actors = {code: _power(code, stance, text, case, m) for code, stance in powers}
    n = max(n_representatives(case.participants, len(powers)), 2 - len(powers))

    def represent(state: Representative, n: int) -> schema.Actor:
        return _state(state, POPULATION_SHARE / n, text, case, m)

    return cast(actors, rest.states, n, represent)


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
        Whoever is not coded; default the population that the parameters in force were fitted with,
        which is of 2008. ``representatives.rest_of`` gives the world of any year.
    """
    m, rest = mapping or Mapping(), rest or rest_as_fitted()
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
    actors = cast_of(case, m, rest)
    any_share: dict[str, Any] = {"success_share": _figure(0.0)}
    success = schema.Success(deadline_years=5.0, **any_share)
    return schema.Setting(
        id="case",
        name="case",
        start="{:04}-{:02}".format(*case.mandate),
        horizon_years=horizon_years,
        issues=list(ISSUES),
        success=success,
        status_quo={k: _figure(STATUS_QUO) for k in ISSUES},
        actors=actors,
        venues={"venue": _venue(case, profile_of(case.venue_class), m)},
        initiatives={"text": initiative},
        affinity=ties_of(actors, m.power_pull, rest.alignment),
        environment=environment,
        strategies=[schema.Strategy(name="text@venue", tracks=[track])],
    )
