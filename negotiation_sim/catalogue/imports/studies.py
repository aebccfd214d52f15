"""A draft as the files of a study: every figure with the row and the scale that it was read from."""

from __future__ import annotations

import math
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from negotiation_sim.catalogue.draft_files import yaml_text
from negotiation_sim.catalogue.imports.draft import ActorDraft, Draft, IssueDraft, Talks
from negotiation_sim.catalogue.imports.sheets import Number

SOURCE = "imported"
VENUE = "talks"
START = "2000-01"
COUNCIL_QUOTA = [5, 7]  # 62 of 87 votes of the Council of fifteen, 255 of 345 of twenty-seven
NO_EVENTS = "the file says nothing of events in orbit or of crises"
Plain = dict[str, Any]


def read(number: Number, value: float, note: str) -> Plain:
    """Return a figure that stands in the file."""
    return {
        "value": float(value), "basis": "coded", "source": SOURCE,
        "locator": f"line {number.line}, column {number.column}", "note": note,
    }  # fmt: skip


def assumed(value: float, note: str) -> Plain:
    """Return a figure that the file does not give."""
    return {"value": float(value), "basis": "assumed", "note": note}


def texts_of(draft: Draft, venue: tuple[Plain, Plain] | None, name: str) -> dict[str, str]:
    """Return name and text of every file of the study.

    Parameters
    ----------
    draft : Draft
    venue : (dict, dict), optional
        A venue of the catalogue, its members already settled, and the sources there are for it; by
        default one made from the file.
    name : str
        Of the study.
    """
    single = len(draft.talks) == 1
    data: dict[str, Plain] = {
        "sources.yaml": {
            SOURCE: {
                "title": f"Table '{Path(draft.table.file).name}', read as {draft.form}",
                "file": Path(draft.table.file).name,
            }
        },
        "actors/ties.yaml": {
            "description": "No ties: the file has none, and the catalogue's are of another year.",
            "basis": "assumed",
            "note": "no ties stated",
            "pairs": {},
        },
    }
    if venue is not None:
        named = yaml_text(venue[0])
        data["sources.yaml"] |= {k: v for k, v in venue[1].items() if f"source: {k}" in named}
    for actor in draft.actors.values():
        data[f"actors/{actor.id}.yaml"] = _actor(draft, actor)
    for talks in draft.talks:
        place = _venue(draft, talks) if venue is None else venue[0]
        data[f"venues/{place['id']}.yaml"] = place
        data[f"initiatives/{talks.id}.yaml"] = _initiative(draft, talks)
        file = "study.yaml" if single else f"experiments/{talks.id}.yaml"
        data[file] = _experiment(draft, talks, place["id"], "study" if single else talks.id, name)
    texts = {file: yaml_text(content) for file, content in data.items()}
    texts["README.md"] = _readme(draft, name)
    return texts


def _scale_words(issue: IssueDraft) -> str:
    unit = f" {issue.scale.unit}" if issue.scale.unit else ""
    return f"{issue.scale.low:g} to {issue.scale.high:g}{unit}"


def _actor(draft: Draft, actor: ActorDraft) -> Plain:
    """Return an actor; of several talks each experiment holds what it wants there."""
    found: Plain = {"id": actor.id, "name": actor.name, "groups": actor.groups}
    found["capability"] = read(actor.capability, actor.capability.value, "as in the file, a weight")
    if len(draft.talks) > 1:
        return found | {"ideal_point": {}, "salience": {}}
    found |= _wanted(draft, actor, draft.talks[0])
    margin = _margin(draft, actor)
    return found if margin is None else found | {"margin": margin}


def _wanted(draft: Draft, actor: ActorDraft, talks: Talks) -> Plain:
    """Return what an actor wants in some talks, how much it cares, and what it has in them."""
    of = f"as in the file, of {draft.salience.low:g} to {draft.salience.high:g}"
    ideals, saliences = {}, {}
    for k in talks.issues:
        if k not in actor.positions:
            saliences[k] = assumed(0.0, "no position on it in the file")
            continue
        ideals[k] = on_scale(draft.issues[k], actor.positions[k])
        saliences[k] = read(actor.saliences[k], actor.saliences[k].value, of)
    return {"ideal_point": ideals, "salience": saliences, "stake": _stake(draft, actor, talks)}


def on_scale(issue: IssueDraft, number: Number) -> Plain:
    """Return a number on an issue's scale as a figure."""
    return read(number, issue.share(number), f"{number.value!r} on {_scale_words(issue)}")


def _stake(draft: Draft, actor: ActorDraft, talks: Talks) -> Plain:
    """Return what an actor has in the matter: its mean salience, or the sum where they are shares."""
    values = [actor.saliences[k].value for k in talks.issues if k in actor.saliences]
    width = draft.salience.high - draft.salience.low
    total = math.fsum(value - draft.salience.low for value in values) / width
    if draft.shared:
        return assumed(min(1.0, total), "the sum of its saliences, as shares of all its attention")
    return assumed(total / len(talks.issues), "its mean salience over the issues, as a share")


def _margin(draft: Draft, actor: ActorDraft) -> Plain | None:
    """Return the margin, or what a reservation leaves above the status quo (M2)."""
    if actor.margin is not None:
        return read(actor.margin, actor.margin.value, "as in the file, a satisfaction")
    if actor.reservation is None:
        return None
    total = math.fsum(n.value for n in actor.saliences.values())
    square = math.fsum(
        actor.saliences[k].value / total * (draft.issues[k].share(n) - _quo(draft.issues[k])) ** 2
        for k, n in actor.positions.items()
    )
    without = 1.0 - math.sqrt(square)
    note = f"a reservation of {actor.reservation.value!r}, less {without:.6g} for the status quo"
    return read(actor.reservation, max(0.0, actor.reservation.value - without), note)


def _quo(issue: IssueDraft) -> float:
    return 0.0 if issue.status_quo is None else issue.share(issue.status_quo)


def _venue(draft: Draft, talks: Talks) -> Plain:
    """Return the venue that the file's rule makes, or talks by consensus."""
    members = [a.id for a in draft.actors.values() if a.key not in talks.without_vote]
    required = [a.id for a in draft.actors.values() if a.key in talks.required]
    parts = [VENUE, *([talks.rule.replace("_", "-")] if talks.rule else []), *required]
    decision: Plain = {"rule": talks.rule or "consensus"}
    if talks.rule == "qualified_majority":
        decision |= {"quota": COUNCIL_QUOTA}
    if required:
        decision["required"] = required
    decision["note"] = "as in the file" if talks.rule else "assumed: the file names no rule"
    return {
        "id": "-".join(parts), "name": "The talks" if not talks.rule else f"The talks, {talks.rule.replace('_', ' ')}",
        "description": "Made by import; every member has one vote.",
        "members": members if talks.without_vote else "open",
        "decision": decision,
        "calendar": {"weeks": dict.fromkeys(range(1, 13), 1), "basis": "assumed",
                     "note": "a week of talks a month; the file has no calendar"},
        "informality": assumed(0.5, "the file does not say"),
    }  # fmt: skip


def _initiative(draft: Draft, talks: Talks) -> Plain:
    """Return the text on the table: it starts where capability times salience pulls it."""
    text = {}
    for name in talks.issues:
        issue = draft.issues[name]
        pulls = [
            (a.capability.value * a.saliences[name].value, issue.share(a.positions[name]))
            for a in draft.actors.values() if name in a.positions
        ]  # fmt: skip
        weight = math.fsum(pull for pull, _ in pulls)
        mean = math.fsum(pull * at for pull, at in pulls) / weight if weight > 0.0 else 0.5
        held = min(1.0, max(0.0, mean))
        text[name] = assumed(held, "mean of the positions, by capability times salience")
    return {
        "id": talks.id, "name": f"Text of {talks.id}" if talks.id != "text" else "The text",
        "kind": "agreement", "text": text,
        "mandate": {"box": {}, "note": "the whole of every scale"},
        "binding": False,
    }  # fmt: skip


def _experiment(draft: Draft, talks: Talks, venue: str, id: str, name: str) -> Plain:
    cast = [a.id for a in draft.actors.values() if cares(a, talks)]
    scales = {}
    for k in talks.issues:
        issue = draft.issues[k]
        scales[k] = {"low": issue.scale.low, "high": issue.scale.high, "unit": issue.scale.unit,
                          "label": issue.label}  # fmt: skip
    quo = {}
    for k in talks.issues:
        number = draft.issues[k].status_quo
        none = "the low end of the scale; the file has no reference point"
        quo[k] = assumed(0.0, none) if number is None else on_scale(draft.issues[k], number)
    found: Plain = {
        "id": id, "name": name if id == "study" else f"{name}, {id}",
        "description": f"Imported from {Path(draft.table.file).name} ({draft.form}); see README.md.",
        "start": START, "self_contained": True, "issues": talks.issues, "scales": scales, "status_quo": quo, "cast": cast,
        "strategies": [f"{talks.id}@{venue}"],
        "environment": {k: assumed(0.0, NO_EVENTS) for k in ("event_rate", "crisis_rate")},
    }  # fmt: skip
    if len(draft.talks) > 1:
        found["actors"] = {id: _wanted(draft, draft.actors[id], talks) for id in cast}
    return found


def cares(actor: ActorDraft, talks: Talks) -> bool:
    """Return whether an actor has any interest in some talks; else it is not in their cast."""
    return any(actor.saliences[k].value > 0.0 for k in talks.issues if k in actor.saliences)


def _readme(draft: Draft, name: str) -> str:
    """Return what was read, on which scales, and what was assumed."""
    run = "." if len(draft.talks) == 1 else f"experiments/{draft.talks[0].id}.yaml"
    return "\n".join([
        f"# {name}", "",
        f"Imported from `{Path(draft.table.file).name}`, read as `{draft.form}`: "
        f"{len(draft.actors)} actors, {len(draft.issues)} issues. Every figure of `actors/` names its "
        "line and column; a position in the files is `(value - low) / (high - low)` of its scale, a "
        "salience and a capability are as in the file.", "",
        "## Scales", "",
        *(f"- {i.id}: {_scale_words(i)}" + (f" ({i.label})" if i.label != i.id else "")
          for i in draft.issues.values()), "",
        "## Assumed", "",
        *(f"- {line}" for line in assumptions(draft)), "",
        "```", "negotiation-sim check .", f"negotiation-sim run {run} --quick", "```", "",
    ])  # fmt: skip


def assumptions(draft: Draft) -> list[str]:
    """Return everything that was taken for granted, a line each."""
    return [*draft.table.assumed, *_of_the_study(draft)]


def _of_the_study(draft: Draft) -> Iterable[str]:
    if any(issue.status_quo is None for issue in draft.issues.values()):
        yield "the status quo is the low end of each scale where the file has no reference point"
    if not all(talks.rule for talks in draft.talks):
        yield "the talks decide by consensus, a week each month, and start in 2000-01"
    for talks in draft.talks:
        for actor in draft.actors.values():
            if not cares(actor, talks) and any(k in actor.positions for k in talks.issues):
                yield f"{actor.name} has positions in {talks.id} and no salience: not in its cast"
    yield "the first text is the mean of the positions by capability times salience; it does not bind"
    yield "no events in orbit and no crises"
