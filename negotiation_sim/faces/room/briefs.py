"""A seat's secret brief, from the catalogue's evidence: what its capital wants, fears, cannot accept, owes.

Figures in a brief are the catalogue's; those on a question are of the world that is played.
"""

from __future__ import annotations

from typing import Any

from negotiation_sim.engine.scenario import Scenario
from negotiation_sim.faces.page.library import Library
from negotiation_sim.faces.page.month_in_words import name_of, with_names
from negotiation_sim.words.scales import UNIT_SCALE, scale_of, shown
from negotiation_sim.words.sentences import listed
from negotiation_sim.words.vocabulary import ISSUES, spaced

STRONG, WEAK = 0.6, 0.3  # of a concern, a stake or a demand, each 0 to 1
FRIENDS = 3
# Concerns of a capital: what is said where one is strong, after the sentence's head.
FEARS = {
    "weapons_concern": "weapons in space that others place there first",
    "debris_concern": "debris that makes its orbits unusable",
    "missile_defence_stake": "a text that touches its missile defence",
}


def brief_of(scenario: Scenario, library: Library, actor: str) -> dict[str, list[str]]:
    """Return a seat's brief: sentences under ``wants``, ``fears``, ``cannot_accept``, ``owes``, ``evidence``."""
    return {
        "wants": _wants(scenario, actor),
        "fears": _fears(scenario, actor),
        "cannot_accept": _cannot_accept(scenario, actor),
        "owes": _owes(scenario, actor),
        "evidence": evidence_of(library, scenario, actor),
    }


def _figure(thing: Any) -> float | None:
    return None if thing is None else float(getattr(thing, "value", thing))


def _place(issue: str, value: float) -> str:
    """Return where on an issue a value lies, in words where the model gives the issue a scale."""
    words = ISSUES.get(str(issue))
    number = shown(issue, value)
    if words is None or not words.scale or scale_of(issue) != UNIT_SCALE:
        return number
    near = min(words.scale, key=lambda place: abs(place[0] - value))[1].replace("\n", " ")
    return (
        f"about {number}, near \N{LEFT DOUBLE QUOTATION MARK}{near}\N{RIGHT DOUBLE QUOTATION MARK}"
    )


def _wants(scenario: Scenario, actor: str) -> list[str]:
    record = scenario.setting.actors[actor]
    said = []
    weights = {str(issue): _figure(record.salience.get(str(issue))) for issue in scenario.issues}
    for issue in scenario.issues:
        wanted = _figure(record.ideal_point.get(str(issue)))
        if wanted is not None:
            said.append(f"{spaced(str(issue)).capitalize()}: {_place(issue, wanted)}.")
    held = {issue: weight for issue, weight in weights.items() if weight is not None}
    if len(held) > 1 and len(set(held.values())) > 1:
        said.append(f"It cares most about {spaced(max(held, key=lambda i: held[i]))}.")
    for name, initiative in scenario.setting.initiatives.items():
        stance = _figure(initiative.declared.get(actor))
        if stance is not None and stance != 0.0:
            side = "for" if stance > 0 else "against"
            said.append(
                f"It has spoken up {side} {scenario.setting.initiatives[name].name.lower()}."
            )
    return said or ["The catalogue says nothing of what it wants."]


def _fears(scenario: Scenario, actor: str) -> list[str]:
    record = scenario.setting.actors[actor]
    known = {name: _figure(getattr(record, name, None)) for name in FEARS}
    held = {name: value for name, value in known.items() if value is not None}
    strong = [name for name, value in sorted(held.items(), key=lambda f: -f[1]) if value >= STRONG]
    if not strong and held:
        strong = [max(held, key=lambda name: held[name])]
    return [f"{FEARS[name].capitalize()} ({held[name]:.2f} of 1)." for name in strong] or [
        "Nothing in particular that the catalogue knows of."
    ]


def _cannot_accept(scenario: Scenario, actor: str) -> list[str]:
    record = scenario.setting.actors[actor]
    said = []
    demand = _figure(getattr(record, "verification_demand", None))
    if demand is not None and demand >= STRONG:
        said.append(f"Duties that nobody can verify: it asks for verification of {demand:.2f}.")
    if demand is not None and demand <= WEAK:
        said.append(f"Intrusive verification: it would take {demand:.2f} of 1.")
    for issue in scenario.issues:
        wanted = _figure(record.ideal_point.get(str(issue)))
        weight = _figure(record.salience.get(str(issue))) or 0.0
        if wanted is None or weight < 0.5:
            continue
        if wanted <= WEAK:
            said.append(f"A text that goes far on {spaced(str(issue))}: it wants little there.")
        elif wanted >= 1.0 - WEAK:
            said.append(f"A text that is weak on {spaced(str(issue))}: it wants much there.")
    said.append("Whatever is worth less to it than having no text: each question tells the number.")
    return said


def _owes(scenario: Scenario, actor: str) -> list[str]:
    record, i = scenario.setting.actors[actor], scenario.actor_ids.index(actor)
    said = [f"It belongs to {listed(record.groups)}."] if record.groups else []
    n = int(scenario.arrays.cast["n_ties"][i])
    weights, others = scenario.arrays.ties["weight"][i][:n], scenario.arrays.ties["other"][i][:n]
    order = sorted(range(n), key=lambda k: -float(weights[k]))[:FRIENDS]
    names = [name_of(scenario, scenario.actor_ids[int(others[k])]) for k in order]
    if names:
        said.append(f"It listens first to {listed(names)}: those it votes and is allied with.")
    return said or ["It owes nobody anything that the catalogue knows of."]


def evidence_of(library: Library, scenario: Scenario, actor: str) -> list[str]:
    """Return what the catalogue has on a state, each with its source's title."""
    fields = library.profile("actors", actor)["fields"]
    titles, said, text = library.titles(), [], ""
    for each in fields:
        name = str(each["field"])
        if not name.startswith("evidence"):
            continue
        if name.endswith("text"):
            text = with_names(scenario, " ".join(str(each["value"]).split()))
            source = each.get("source")
            if source:
                said.append(f"{text} ({titles.get(source, source)})")
                text = ""
        elif name.endswith("source") and text:
            said.append(f"{text} ({titles.get(str(each['value']), str(each['value']))})")
            text = ""
    return said + ([text] if text else [])
