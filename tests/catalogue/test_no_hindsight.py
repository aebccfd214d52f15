"""No figure of the workshop's experiments rests on a source or an event later than December 2008."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from negotiation_sim.catalogue import load_setting
from negotiation_sim.catalogue.folders import Folders
from negotiation_sim.catalogue.process_parameters import parameters_known

ROOT = Path(__file__).resolve().parents[2]
LAST_YEAR = 2008
SEEN = "provisional: seen"
EXPERIMENTS = (
    "bellagio", "bellagio-20", "bellagio-provisions", "cd-65", "cd-revived", "copuos-69",
    "us-administration", "venue-tradeoffs",
)  # fmt: skip
KINDS = {"actors": "actors", "venues": "venues"}  # all else names sources of experiments/
YEAR = re.compile(r"\b(?:19|20)\d\d\b")
WORDS = ("note", "locator", "text", "description", "name", "title")


def sources(folder: str) -> dict[str, dict[str, Any]]:
    return yaml.safe_load((ROOT / folder / "sources.yaml").read_text(encoding="utf-8"))


SOURCES = {folder: sources(folder) for folder in ("actors", "venues", "experiments")}


def last_year(entry: dict[str, Any]) -> int:
    """Return the last year whose events a source is used for."""
    return int(entry.get("covers", entry["year"]))


def records(data: Any, where: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], dict]]:
    """Yield every mapping of a setting with the place where it stands."""
    if isinstance(data, dict):
        yield where, data
        for key, below in data.items():
            yield from records(below, (*where, str(key)))
    elif isinstance(data, list):
        for index, below in enumerate(data):
            yield from records(below, (*where, str(index)))


def used(experiment: str) -> list[tuple[tuple[str, ...], dict]]:
    """Return every record that an experiment is made of, overrides and defaults applied."""
    setting = load_setting(experiment, root=ROOT).model_dump()
    return [(where, record) for where, record in records(setting) if where]


USED = {name: used(name) for name in EXPERIMENTS}


def find(kind: str, name: str) -> dict[str, Any]:
    own = SOURCES[KINDS.get(kind, "experiments")]
    return own.get(name) or SOURCES["experiments"][name]


def named(experiment: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the place and the entry of every source an experiment's records name."""
    for where, record in USED[experiment]:
        for key in ("source", "membership_source"):
            if record.get(key):
                yield ".".join((*where, key)), find(where[0], record[key])


@pytest.mark.parametrize("experiment", EXPERIMENTS)
def test_no_source_speaks_of_a_later_year(experiment):
    found = list(named(experiment))
    assert len(found) > 100
    assert [place for place, entry in found if last_year(entry) > LAST_YEAR] == []


def test_every_source_says_when_it_appeared_and_covers_no_more():
    for folder, entries in SOURCES.items():
        for name, entry in entries.items():
            assert isinstance(entry.get("year"), int), f"{folder}/{name}"
            assert last_year(entry) <= entry["year"], f"{folder}/{name}"


@pytest.mark.parametrize("experiment", EXPERIMENTS)
def test_no_figure_and_no_note_speaks_of_a_later_year(experiment):
    late = []
    for where, record in USED[experiment]:
        if isinstance(record.get("year"), int) and record["year"] > LAST_YEAR:
            late.append(where)
        texts = [record[key] for key in WORDS if isinstance(record.get(key), str)]
        if any(int(year) > LAST_YEAR for text in texts for year in YEAR.findall(text)):
            late.append(where)
    assert late == []


def test_every_coded_state_has_evidence_and_each_piece_its_source():
    actors = load_setting("bellagio-20", root=ROOT).actors
    for code, actor in actors.items():
        assert len(actor.evidence) >= 2, code
        assert all(piece.source for piece in actor.evidence), code


def marked(experiment: str) -> set[str]:
    """Return the figures of an experiment that were chosen while looking at later events."""
    return {
        ".".join((where[0], "*", *where[2:]) if where[0] == "actors" else where)
        for where, record in USED[experiment]
        if SEEN in str(record.get("note"))
    }


@pytest.mark.parametrize("experiment", EXPERIMENTS)
def test_the_figures_chosen_while_looking_at_later_events(experiment):
    assert marked(experiment) == {
        "actors.*.margin",
        "environment.chair_step", "environment.climate_persistence", "environment.deadline_power",
        "environment.declared_draw", "environment.stake0",
    }  # fmt: skip


@pytest.mark.parametrize("experiment", EXPERIMENTS)
def test_figures_fitted_to_cases_rest_on_cases_to_2008(experiment):
    fitted = {
        where[-1] for where, record in USED[experiment] if record.get("basis") == "calibrated"
    }
    path = parameters_known(Folders(ROOT), load_setting(experiment, root=ROOT).start)
    fit = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert fitted == set(fit["parameters"])
    assert fit["provenance"]["known_at"] == f"{LAST_YEAR + 1}-01-01"


def test_a_later_source_would_be_found():
    assert last_year({"year": 2012}) == 2012
    assert last_year({"year": 2012, "covers": 2008}) == 2008
    text = "CD/1839, A/63/20, resolution 1472 (XIV), 1,160 payloads, in 2014"
    assert YEAR.findall(text) == ["2014"]
