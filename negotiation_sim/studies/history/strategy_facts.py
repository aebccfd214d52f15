"""How a strategy of an experiment becomes a row of coded columns; what none of it gives is missing.

docs/cases.md has the same as a table.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date

from negotiation_sim.catalogue.schema import Initiative, Setting, Strategy, Track, Venue
from negotiation_sim.errors import UsageError, nearest
from negotiation_sim.model.terms import MONTHS_PER_YEAR, DecisionRule
from negotiation_sim.studies.history.coded_columns import (
    NO_DEADLINE,
    STANCES,
    CodedFacts,
    rule_words,
    years_to,
)
from negotiation_sim.studies.history.parsing import ALL_STATES, Rule
from negotiation_sim.studies.history.venue_classes import WORDS

BINDING_FORM = 0.6
INFORMAL = 0.8
UNION, DEVELOPING = "EU", "NAM"
AD_HOC = ("ad hoc", "adhoc")


@dataclass(frozen=True)
class Asked:
    """One track of a strategy as a mandate that asks for precedents.

    Parameters
    ----------
    strategy : str
    track : int
        Its place in the strategy, from 0.
    name : str
        ``initiative@venue``.
    facts : CodedFacts
    at : date
        The first day of the experiment: what came on it or later is not known.
    moves : bool
        Whether the track has a venue to fall back on; the facts are those of its first.
    """

    strategy: str
    track: int
    name: str
    facts: CodedFacts
    at: date
    moves: bool = False


def first_day(setting: Setting) -> date:
    """Return the day on which an experiment begins."""
    year, month = map(int, setting.start.split("-"))
    return date(year, month, 1)


def asked_of(setting: Setting, strategy: str | None = None) -> list[Asked]:
    """Return the tracks of an experiment's strategies that negotiate a text, in their order.

    Raises
    ------
    UsageError
        Where there is no strategy of that name.
    """
    known = {each.name: each for each in setting.strategies}
    if strategy is not None and strategy not in known:
        near = nearest(strategy, known)
        raise UsageError(f"strategy: no strategy '{strategy}' in {setting.id}{near}")
    chosen = list(known.values()) if strategy is None else [known[strategy]]
    return [asked for each in chosen for asked in _tracks(setting, each)]


def _tracks(setting: Setting, strategy: Strategy) -> list[Asked]:
    return [
        Asked(
            strategy.name, place, f"{track.initiative}@{track.venue}",
            facts_of_track(setting, track), first_day(setting), track.fallback is not None,
        )
        for place, track in enumerate(strategy.tracks)
        if setting.initiatives[track.initiative].kind == "agreement"
    ]  # fmt: skip


def facts_of_track(setting: Setting, track: Track) -> CodedFacts:
    """Return the facts of a track as a mandate given in the experiment's first month."""
    proposal, venue = setting.initiatives[track.initiative], setting.venues[track.venue]
    facts = proposal.facts

    def sought(issue: str) -> float | None:
        return proposal.text[issue].value if issue in proposal.text else None

    return CodedFacts(
        binding=_binds(proposal),
        scope=sought("scope"),
        verification=sought("verification"),
        domain=facts.domain,
        venue_class=class_of_venue(venue),
        rule=_rule(venue),
        participants=_participants(venue),
        us=_declared(proposal, "USA"),
        rus=_declared(proposal, "RUS"),
        chn=_declared(proposal, "CHN"),
        eu=_of_group(setting, proposal, UNION),
        g77=_of_group(setting, proposal, DEVELOPING),
        years_to_deadline=_years_to_deadline(setting, track, proposal, venue),
        draft=facts.draft,
        regime=facts.regime,
        task=track.task or proposal.task,
        earlier=facts.earlier,
        shock=facts.shock,
    )


def _binds(proposal: Initiative) -> bool | None:
    if proposal.binding is not None:
        return proposal.binding
    form = proposal.text.get("form")
    return None if form is None else form.value >= BINDING_FORM


def class_of_venue(venue: Venue) -> str:
    """Return the class of a venue: by its name, else by how informal it is, else by its rule.

    A body made for the purpose (ad hoc in its name) goes by its rule; so does one whose name says
    nothing. A universal body that convenes conferences is a conference of the United Nations.
    """
    by_rule = {
        "opt_in": "adhoc_likeminded",
        "consensus": "UN_consensus_body" if venue.universal else "adhoc_consensus",
        "qualified_majority": "UN_conf_vote" if venue.universal else "adhoc_vote",
        "simple_majority": "UNGA_vote" if venue.universal else "adhoc_vote",
    }[venue.decision.rule]
    said = f"{venue.id} {venue.name}".casefold()
    if any(word in said for word in AD_HOC):
        return by_rule
    if venue.informality.value >= INFORMAL:
        return "informal_group"
    named = next((known for word, known in WORDS if word in said), None)
    return by_rule if named is None or named == "council" else named


def _rule(venue: Venue) -> str:
    said = venue.decision
    quota = (said.quota[0], said.quota[1]) if said.quota else None
    return rule_words(Rule(DecisionRule[said.rule.upper()], quota, veto=bool(said.required)))


def _participants(venue: Venue) -> int | None:
    if venue.members != "open":
        return len(venue.members)
    return None if venue.decision.rule == "opt_in" else ALL_STATES


def _side(value: float) -> int:
    return (value > 0.25) - (value < -0.25)


def _declared(proposal: Initiative, state: str) -> int:
    return _side(proposal.declared.get(state, 0.0))


def _of_group(setting: Setting, proposal: Initiative, group: str) -> str:
    if group in proposal.declared:
        return STANCES[_side(proposal.declared[group])]
    seated = any(group in actor.groups for actor in setting.actors.values())
    return STANCES[0 if seated else None]


def _years_to_deadline(setting: Setting, track: Track, proposal: Initiative, venue: Venue) -> float:
    """Return the years until the mandate's term ends; infinite where it has none."""
    day = first_day(setting)
    start = (day.year, day.month)
    said = proposal.facts.deadline
    if said is not None:
        return years_to(str(said), start) or 0.0
    ends = track.term_ends or venue.term_ends
    if ends is not None:
        year, month = map(int, ends.split("-"))
        return max(0.0, year - start[0] + (month - start[1]) / MONTHS_PER_YEAR)
    months = track.term_months if track.term_months else venue.term_months.value
    if not months or math.isinf(months):
        return NO_DEADLINE
    return (venue.setup_months.value + months) / MONTHS_PER_YEAR
