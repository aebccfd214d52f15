"""The ODD description of a study, made from its inputs (Grimm et al. 2020).

What is common to all studies stands in docs/model.md, in the same order; here is what a study adds:
its states, venues, texts, strategies and figures, each with what it rests on.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from negotiation_sim.catalogue.schema import Procedure, Setting
from negotiation_sim.faces.plain_tables import as_markdown
from negotiation_sim.faces.report import assumed
from negotiation_sim.model.figures import ACTOR, ENVIRONMENT, Declaration, declared
from negotiation_sim.words.scales import issues_of, range_words, shown
from negotiation_sim.words.sentences import listed, month_name
from negotiation_sim.words.strategies import title_of

MECHANISMS = {
    "M1": "satisfaction", "M2": "reservation value", "M3": "aspiration", "M4": "influence",
    "M5": "revision", "M6": "response", "M7": "decision", "M8": "mandate", "M9": "calendar",
    "M10": "remit and passing on", "M11": "events and urgency", "M12": "trust", "M13": "pledges",
    "M14": "changes of government", "M15": "ratification and accession", "M16": "spillover",
    "M17": "forum shift", "M18": "endings", "M19": "adherence", "M20": "groups",
    "M21": "packages", "M22": "convening",
}  # fmt: skip
ORDER = (
    "urgency fades, and this month's event and crisis happen (M11, M12, M19)",
    "trust returns a step towards its baseline (M12)",
    "positions move: changes of government (M14), influence along ties (M4), spillover (M16)",
    "each track in turn: it may begin, end or shift its forum (M16, M17, M18); where its venue meets "
    "(M9), a round of talks is held (M1 to M3, M5 to M7, M20, M21) or a mandate is asked for (M8, M10, "
    "M22); pledges are gathered (M13); states ratify or accede (M15)",
    "adoption acts on the other tracks from the next month (M16)",
    "what binds from the next month is settled (M12, M13, M19)",
    "in the deadline's month the first milestone missed is named (M18)",
)


def odd(setting: Setting, version: str) -> str:
    """Return the ODD description of a study as Markdown.

    Parameters
    ----------
    setting : Setting
    version : str
        Of the program whose model it is run with.
    """
    sections = {
        "1 Purpose and patterns": _purpose(setting), "2 Entities, state variables and scales":
        _entities(setting), "3 Process overview and scheduling": _schedule(setting),
        "4 Design concepts": _concepts(), "5 Initialisation": _initial(setting),
        "6 Input data": _inputs(setting), "7 Submodels": _submodels(setting),
    }  # fmt: skip
    lines = [
        f"# {setting.name}: ODD description",
        f"Made from the inputs of `{setting.id}` by negotiation-sim {version}, in the order of the ODD "
        "protocol (Grimm et al. 2020, JASSS 23(2) 7). Formulas, draws and tests of the mechanisms M1 "
        "to M22 are in docs/model.md of that version.",
    ]
    for title, parts in sections.items():
        lines += [f"## {title}", *parts]
    return "\n\n".join(line.rstrip() for line in lines) + "\n"


def _purpose(setting: Setting) -> Iterator[str]:
    question = " ".join((setting.question or setting.name).split())
    yield f"**Purpose.** {question}"
    needed = f", {listed(setting.success.states)} among them" if setting.success.states else ""
    share = 100 * setting.success.success_share.value
    yield (
        f"For each of {len(setting.strategies)} strategies: how likely is success within "
        f"{setting.success.deadline_years:g} years of {month_name(setting.start)}, how long it takes, "
        "which text comes out, and what stops it. Success is an agreement in force whose "
        f"participants hold at least {share:g} per cent of the cast's capability{needed}."
    )
    yield (
        "**Patterns.** The model is compared with historical negotiations, their outcomes, durations "
        "and ratifications (docs/validation.md); this study adds none of its own."
    )


def _entities(setting: Setting) -> Iterator[str]:
    issues = issues_of(setting)
    yield (
        f"**Scales.** A step is a month; {setting.horizon_years:g} years from "
        f"{month_name(setting.start)}. Issues: {listed(range_words(each) for each in issues)}."
    )
    yield f"**States** ({len(setting.actors)}): capability, and where each would put every issue."
    rows: list[dict[str, Any]] = []
    for code, actor in setting.actors.items():
        points = {
            f"{issue}": shown(issue, actor.ideal_point[issue].value)
            if issue in actor.ideal_point
            else None
            for issue in issues
        }
        rows.append(
            {"code": code, "name": actor.name, "capability": actor.capability.value} | points
        )
    yield as_markdown(pd.DataFrame(rows))
    yield f"**Venues** ({len(setting.venues)})."
    rows = [
        {
            "venue": name, "name": venue.name,
            "members": "open" if venue.members == "open" else len(venue.members),
            "decides by": _rule(venue.decision),
            "gives mandates by": _rule(venue.mandate or venue.decision),
            "weeks a year": sum(venue.calendar.weeks.values()),
        }
        for name, venue in setting.venues.items()
    ]  # fmt: skip
    yield as_markdown(pd.DataFrame(rows))
    yield f"**Initiatives** ({len(setting.initiatives)})."
    rows = [
        {"initiative": name, "name": each.name, "kind": each.instrument or each.kind, "task": each.task}
        | {str(issue): shown(issue, each.text[issue].value) if issue in each.text else None for issue in issues}
        for name, each in setting.initiatives.items()
    ]  # fmt: skip
    yield as_markdown(pd.DataFrame(rows))
    yield f"**Strategies** ({len(setting.strategies)}): tracks side by side, each an initiative in a venue."
    rows = [
        {"strategy": each.name, "tracks": title_of(each, setting),
         "succeeds when": each.succeeds_when if isinstance(each.succeeds_when, str)
         else "tracks " + listed(str(n + 1) for n in each.succeeds_when)}
        for each in setting.strategies
    ]  # fmt: skip
    yield as_markdown(pd.DataFrame(rows))


def _rule(procedure: Procedure) -> str:
    words = procedure.rule.replace("_", " ")
    quota = procedure.quota
    return words if quota is None else f"{words}, {quota[0]} of {quota[1]}"


def _schedule(setting: Setting) -> Iterator[str]:
    yield "Each month, in this order; tracks are updated synchronously:"
    yield "\n".join(f"{n}. {step}" for n, step in enumerate(ORDER, 1))


def _concepts() -> Iterator[str]:
    yield (
        "**Basic principles.** Spatial bargaining over a single text with a reversion point, "
        "time-dependent concession, two-level games, veto players and institutional rules. "
        "**Emergence.** Texts, coalitions that block, durations and participation. "
        "**Adaptation and objectives.** A state compares a text with a threshold: its aspiration in a "
        "round, its reservation value elsewhere; a chair looks for the text that stands least in the "
        "way. **Learning and prediction.** None, but that a state asked for a mandate weighs the worst "
        "text it would allow. **Sensing.** Stated positions along ties; who accepts or goes along. "
        "**Interaction.** Influence, isolation, votes, effects of one track on another. "
        "**Collectives.** Venues, groups, blocs. **Stochasticity.** All strategies meet the same worlds; "
        "no draw depends on what states do. **Observation.** A row per replicate and track."
    )


def _initial(setting: Setting) -> Iterator[str]:
    yield (
        "In month 0 every state stands where it would put the text; what is in force without an "
        "agreement, and which tracks begin under way, is stated below where it is not nothing."
    )
    issues = issues_of(setting)
    quo = [
        f"{issue}: {shown(issue, setting.status_quo[issue].value)}"
        for issue in issues
        if issue in setting.status_quo
    ]
    if quo:
        yield f"Status quo. {'; '.join(quo)}."
    begun = [
        f"`{s.name}`, track {n + 1}: {t.underway.rounds} rounds held"
        + (", mandate in force" if t.underway.mandate else "")
        for s in setting.strategies
        for n, t in enumerate(s.tracks)
        if t.underway is not None
    ]
    if begun:
        yield "Under way. " + "; ".join(begun) + "."
    yield "Process parameters, drawn from their range in each belief where one is stated:"
    yield as_markdown(pd.DataFrame([_parameter(setting, each) for each in ENVIRONMENT]))


def _parameter(setting: Setting, each: Declaration) -> dict[str, Any]:
    figure = setting.environment[each.name]
    span = "" if figure.range is None else f"{figure.range[0]:g} to {figure.range[1]:g}"
    return {
        "parameter": each.name, "value": f"{figure.value:g}", "range": span, "unit": each.unit,
        "mechanism": each.mechanism, "basis": figure.basis,
        "source or note": " ".join((figure.source or figure.note or "").split()),
    }  # fmt: skip


def _inputs(setting: Setting) -> Iterator[str]:
    counts = assumed.counts(setting)
    said = listed(f"{n} {basis}" for basis, n in counts.items() if basis != "ranged")
    yield (
        "No data are read while a world runs; what a study knows of the world are its figures. They "
        f"rest on: {said}; {counts.get('ranged', 0)} have a range. Figures of states by what they are:"
    )
    yield as_markdown(pd.DataFrame([
        {"figure": each.name, "unit": each.unit, "mechanism": each.mechanism, "meaning": each.meaning}
        for each in ACTOR
    ]))  # fmt: skip
    sources = assumed.sources(setting)
    if sources:
        yield "Sources:"
        yield "\n".join(f"- {line}" for line in sources)


def _submodels(setting: Setting) -> Iterator[str]:
    yield "The mechanisms, with the process parameters at home in each, as this study has them:"
    homes: dict[str, list[str]] = {}
    for each in ENVIRONMENT:
        value = setting.environment[each.name].value
        homes.setdefault(declared("environment", each.name).mechanism, []).append(
            f"`{each.name}` {value:g}"
        )
    yield "\n".join(
        f"- {code} {words}" + (f": {', '.join(homes[code])}" if code in homes else "")
        for code, words in MECHANISMS.items()
    )
