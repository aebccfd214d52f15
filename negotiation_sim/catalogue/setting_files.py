"""A setting as the files of a study: what is in memory written down, to be run, varied and given away.

A study made here reads back as the same setting, every figure with what it rests on, but for what
nothing hears: records that no strategy uses, states outside the cast, dates outside the run. It stands
alone: nothing of it is taken from the catalogue.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from negotiation_sim.catalogue.consistency import findings
from negotiation_sim.catalogue.draft_files import plain_record, record_text, yaml_text
from negotiation_sim.catalogue.folders import (
    KINDS,
    SINGULAR,
    SOURCES,
    SUFFIX,
    TIES,
    Folders,
    is_group,
)
from negotiation_sim.catalogue.heard import heard
from negotiation_sim.catalogue.intent import unheard
from negotiation_sim.catalogue.lookup import named_sources
from negotiation_sim.catalogue.process_parameters import environment_table, outside
from negotiation_sim.catalogue.reports import Problems
from negotiation_sim.catalogue.schema import Changes, Record, Setting, Strategy, Track
from negotiation_sim.catalogue.strategy_names import ITEM, PER_TRACK, PLEDGES
from negotiation_sim.catalogue.study import write_texts
from negotiation_sim.errors import UsageError

TIES_NOTE = "Stated as they stood in the setting that this study was written from."
UNKNOWN_SOURCE = "named by figures of this study; what it is was not known where it was written"


def write_setting(setting: Setting, folder: str | Path, said: str = "") -> list[Path]:
    """Write a setting as a study into a new or empty folder, all of its files or none.

    Parameters
    ----------
    setting : Setting
    folder : str or Path
    said : str
        Where it comes from, in words, for its README.

    Returns
    -------
    list of Path
        The files written.

    Raises
    ------
    UsageError
        Where the folder is not new or empty or cannot be written, or the setting says what no
        study may; with its dotted path.
    """
    kept = heard(setting)
    for path, message in (*_unwritable(kept), *_unlinked(setting, kept)):
        raise UsageError(f"{'.'.join(map(str, path))}: {message}")
    return write_texts(folder, setting_texts(kept, said))


def setting_texts(setting: Setting, said: str = "") -> dict[str, str]:
    """Return the text of every file of the study of a setting, by its path within the folder."""
    files = {
        f"study{SUFFIX}": yaml_text(_study(setting)),
        "README.md": _readme(setting, said),
        f"actors/{TIES}{SUFFIX}": _ties(setting),
    }
    for kind in ("actors", "venues", "initiatives"):
        for name, record in getattr(setting, kind).items():
            files[f"{kind}/{name}{SUFFIX}"] = record_text(record)
    sources = _sources(setting)
    return files | ({f"{SOURCES}{SUFFIX}": yaml_text(sources)} if sources else {})


def _unwritable(setting: Setting) -> Iterator[tuple[tuple[Any, ...], str]]:
    """Yield what keeps a setting from being said in files: what no study may say, and names."""
    yield from findings(setting)
    yield from unheard(setting)
    entries = environment_table()
    for name, figure in setting.environment.items():
        message = outside(figure, entries[name])
        if message:
            yield ("environment", name), message
    for kind in ("actors", "venues", "initiatives"):
        for name in getattr(setting, kind):
            taken = name in (SOURCES, TIES) or (kind == "actors" and is_group(name))
            if taken:
                yield (
                    (kind, name),
                    f"a file of this name holds no {SINGULAR[kind]}; call it otherwise",
                )


def _unlinked(setting: Setting, kept: Setting) -> Iterator[tuple[tuple[Any, ...], str]]:
    """Yield linked initiatives that only the setting holds: read from files, no package lacks them."""
    for name, venue in kept.venues.items():
        for each in venue.linked:
            if each in setting.initiatives and each not in kept.initiatives:
                yield ("venues", name, "linked"), f"'{each}' is linked, and no strategy pursues it"


def _plain(values: Mapping[str, Record]) -> dict[str, Any]:
    return {name: plain_record(each) for name, each in values.items()}


def _study(setting: Setting) -> dict[str, Any]:
    study = {
        "id": setting.id,
        "name": setting.name,
        "question": setting.question,
        "start": setting.start,
        "horizon_years": setting.horizon_years,
        "self_contained": True,
        "issues": list(setting.issues),
        "scales": _plain(setting.scales),
        "success": plain_record(setting.success),
        "status_quo": _plain(setting.status_quo),
        "groups": _plain(setting.groups),
        "cast": sorted(setting.actors),
        "strategies": [strategy_entry(strategy) for strategy in setting.strategies],
        "environment": _plain(setting.environment),
        "changes": plain_changes(setting.changes),
        "events": [plain_record(event) for event in setting.events],
    }
    return {name: value for name, value in study.items() if value not in ("", {}, [])}


def plain_changes(changes: Changes) -> dict[str, Any]:
    """Return changes of figures as plain data."""
    return {
        name: plain_changes(course)  # type: ignore[arg-type]
        if isinstance(course, dict)
        else [plain_record(change) for change in course]
        for name, course in changes.items()
    }


def strategy_entry(strategy: Strategy) -> str | dict[str, Any]:
    """Return a strategy as an experiment writes it: its name, or a mapping where that says too little.

    Examples
    --------
    >>> tracks = [Track(initiative="ban", venue="CD", start=6.0), Track(initiative="code", venue="CD")]
    >>> strategy_entry(Strategy(name="ban@CD+code@CD", tracks=tracks))
    {'name': 'ban@CD+code@CD', 'start': [6.0, None]}
    """
    tracks = strategy.tracks
    parts: list[str] = []
    uneven = False
    for first, leader in enumerate(tracks):
        if leader.joined is not None:
            continue
        items = [leader, *(each for each in tracks if each.joined == first)]
        shift = "".join(f">{name}" for name in leader.fallbacks())
        parts.append(ITEM.join(item.initiative for item in items) + f"@{leader.venue}{shift}")
        carried = {item.pledges for item in items}
        uneven = uneven or len(carried) > 1
        if carried == {True}:
            parts.append(PLEDGES)
    grammar = "+".join(parts)
    entry: dict[str, Any] = {"name": strategy.name}
    if grammar != strategy.name:
        entry["tracks"] = grammar
    for name in PER_TRACK:
        values = [_value(track, name) for track in tracks]
        if name == "pledges":
            values = [track.pledges if uneven else None for track in tracks]
        if any(value is not None for value in values):
            entry[name] = values
    if strategy.succeeds_when != "all":
        entry["succeeds_when"] = strategy.succeeds_when
    return entry if len(entry) > 1 else strategy.name


def _value(track: Track, name: str) -> Any:
    """Return what a track says of a field, None where it says nothing of its own."""
    value = getattr(track, name)
    if value == Track.model_fields[name].default:
        return None
    return plain_record(value) if isinstance(value, Record) else value


def _ties(setting: Setting) -> str:
    head = {"description": "Ties among the states.", "basis": "assumed", "note": TIES_NOTE}
    ties = {f"{first}-{second}": weight for first, second, weight in setting.affinity}
    return yaml_text({**head, "ties": ties})


def _sources(setting: Setting) -> dict[str, dict[str, Any]]:
    """Return an entry for every source that is named, the catalogue's where it knows it."""
    folders, problems = Folders.around(None, None), Problems(first=True)
    known: dict[str, dict[str, Any]] = {}
    for kind in KINDS:
        known = {**folders.sources(kind, problems), **known}
    names = {name for _, name in named_sources(setting.model_dump(exclude_none=True), ())}
    nothing = {"note": UNKNOWN_SOURCE}
    return {name: known.get(name, {"title": name, **nothing}) for name in sorted(names)}


def _readme(setting: Setting, said: str) -> str:
    return "\n".join(
        [
            f"# {setting.name}",
            "",
            *([said, ""] if said else []),
            f"{len(setting.actors)} states from {setting.start} on. Every figure says what it rests on. The",
            "study stands alone: process parameters and ties are written out, nothing is the catalogue's.",
            "",
            "    negotiation-sim check .",
            "    negotiation-sim run .",
            "",
        ]
    )
