"""A drafted study as the texts of its files."""

from __future__ import annotations

from typing import Any

import yaml

from negotiation_sim.catalogue.drafts import DraftedStudy
from negotiation_sim.catalogue.folders import SOURCES, SUFFIX, TIES
from negotiation_sim.catalogue.schema import Record
from negotiation_sim.catalogue.strict_yaml import reads_as_itself
from negotiation_sim.catalogue.world import SOURCE_OF, measured_of_pairs


class _Dumper(getattr(yaml, "CSafeDumper", yaml.SafeDumper)):  # type: ignore[misc]
    """Writes YAML as the loader reads it: a text that would be read as anything else has quotes."""


def _as_text(dumper: Any, text: str) -> Any:
    quotes = None if reads_as_itself(text) else "'"
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, quotes)


_Dumper.add_representer(str, _as_text)
TIES_NOTE = (
    "Assumed. A pair that is not listed agrees as far as its unga_ideal_point is alike, 1 - distance / "
    "4; NATO and CSTO, where you list such a group, count as alliances."
)
FORMULA = "0.5 * agreement + 0.3 * jaccard(groups) + 0.2 * allied"


def yaml_text(data: Any) -> str:
    """Return plain data as YAML: one line for each record without records of its own."""
    text: str = yaml.dump(
        data, Dumper=_Dumper, default_flow_style=None, sort_keys=False, allow_unicode=True, width=99
    )
    return text


def plain_record(record: Record) -> dict[str, Any]:
    """Return a record as plain data, only what was said of it."""
    return record.model_dump(exclude_unset=True, exclude_none=True)


def record_text(record: Record) -> str:
    """Return a record as the text of its file, only what was said of it."""
    return yaml_text(plain_record(record))


def texts(study: DraftedStudy) -> dict[str, str]:
    """Return the text of every file of a drafted study by its path within the folder."""
    files = {"README.md": _readme(study), f"study{SUFFIX}": _study(study)}
    files[f"{SOURCES}{SUFFIX}"] = yaml_text(study.sources)
    files[f"actors/{TIES}{SUFFIX}"] = _ties(study)
    for code, actor in study.actors.items():
        files[f"actors/{code}{SUFFIX}"] = record_text(actor)
    for name, venue in study.venues.items():
        files[f"venues/{name}{SUFFIX}"] = record_text(venue)
    files[f"initiatives/{study.initiative.id}{SUFFIX}"] = record_text(study.initiative)
    return files


def _study(study: DraftedStudy) -> str:
    head = (
        "# Drafted from the world data; README.md says what of it is known and what is assumed.\n"
        "# Run it with: negotiation-sim run . --quick    Check it with: negotiation-sim check .\n"
    )
    return head + yaml_text(
        {
            "id": "study",
            "name": study.title,
            "start": f"{study.year}-01",
            "self_contained": True,
            "issues": list(study.issues),
            "groups": {name: {} for name in study.groups},
            "cast": list(study.actors),
            "strategies": study.strategies,
        }
    )


def _ties(study: DraftedStudy) -> str:
    pairs = {"-".join(pair): list(values) for pair, values in sorted(study.pairs.items())}
    known = measured_of_pairs(study.year) if pairs else []
    measured = {name: SOURCE_OF[name] for name in known}
    without = {
        "agreement": " Agreement of those listed is likeness too: none was measured that year.",
        "allied": " Pacts of that year are not on record: none is taken to be in force.",
    }
    note = TIES_NOTE + "".join(
        said for name, said in without.items() if pairs and name not in known
    )
    data = {
        "description": f"Ties among the states of {study.year}.",
        "formula": FORMULA,
        "basis": "assumed",
        "note": note,
        "year": study.year,
        "sources": measured or None,
        "pairs": pairs,
    }
    return yaml_text({name: value for name, value in data.items() if value is not None})


def _readme(study: DraftedStudy) -> str:
    lines = [
        f"# {study.title}",
        "",
        f"A draft: {len(study.actors)} states as they stood in {study.year}. Every figure names its",
        "source and year or says that it is assumed; `sources.yaml` resolves the sources. No state and",
        "no tie is the catalogue's, which are of 2008 (`self_contained` in `study.yaml`).",
        "",
        *(f"- {note}" for note in study.notes),
        "",
        "Positions are between 0, what there is without an agreement, and 1, what is sought. To edit:",
        "`actors/` (positions, saliences), `initiatives/` (the text), `venues/` (the rule), `study.yaml`.",
        "",
        "    negotiation-sim check .",
        "    negotiation-sim run . --quick",
        "",
    ]
    return "\n".join(lines)
