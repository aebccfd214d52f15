"""What came after 2008: coded from what was known at each start, and from nothing later."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from negotiation_sim.catalogue import load_setting

ROOT = Path(__file__).resolve().parents[2]


def read(*parts: str) -> Any:
    return yaml.safe_load(ROOT.joinpath(*parts).read_text(encoding="utf-8"))


OUTCOMES = read("experiments", "backtest", "after-2008.yaml")
EVENTS = {event["id"]: event for event in OUTCOMES["events"]}
NAMES = sorted({event["experiment"] for event in EVENTS.values()})
EXPERIMENTS = {name: read("experiments", f"{name}.yaml") for name in NAMES}
SOURCES = {folder: read(folder, "sources.yaml") for folder in ("experiments", "venues")}


def month(text: str) -> int:
    year, number = map(int, text.split("-"))
    return 12 * year + number - 1


def dated(folder: str, name: str) -> int:
    """Return the month of a source; the last of the last year it speaks of where that is known."""
    source = SOURCES[folder][name]
    year = source.get("covers", source["year"])
    return month(source.get("date", f"{year}-12"))


def written(event: dict[str, Any]) -> dict[str, Any]:
    for each in EXPERIMENTS[event["experiment"]]["strategies"]:
        found = {"name": each} if isinstance(each, str) else each
        if found["name"] == event["strategy"]:
            return found
    raise AssertionError(f"{event['experiment']} has no strategy {event['strategy']}")


def begins(event: dict[str, Any]) -> int:
    return month(EXPERIMENTS[event["experiment"]]["start"]) + written(event).get("start", 0)


def named(data: Any) -> Iterator[str]:
    if isinstance(data, dict):
        for key, below in data.items():
            if key in ("source", "membership_source") and isinstance(below, str):
                yield below
            else:
                yield from named(below)
    elif isinstance(data, list):
        for below in data:
            yield from named(below)


def test_every_file_of_the_set_has_its_events_and_loads():
    files = {path.stem for path in (ROOT / "experiments").glob("after-2008*.yaml")}
    assert files == set(NAMES)
    for name in NAMES:
        known = {event["strategy"] for event in EVENTS.values() if event["experiment"] == name}
        assert {strategy.name for strategy in load_setting(name, root=ROOT).strategies} == known


@pytest.mark.parametrize("name", NAMES)
def test_the_experiment_rests_on_nothing_later_than_its_start(name):
    start = month(EXPERIMENTS[name]["start"])
    found = list(named(EXPERIMENTS[name]))
    assert found
    assert [source for source in found if dated("experiments", source) > start] == []


@pytest.mark.parametrize("event", EVENTS.values(), ids=EVENTS)
def test_initiative_and_venue_rest_on_nothing_later_than_the_event(event):
    initiative, venue = event["strategy"].split("@")
    found = list(named(read("experiments", "initiatives", f"{initiative}.yaml")))
    late = [source for source in found if dated("experiments", source) > begins(event)]
    seat = list(named(read("venues", f"{venue}.yaml")))
    late += [source for source in seat if dated("venues", source) > begins(event)]
    assert found and seat and late == []


def test_a_month_lies_in_the_year_of_its_source():
    months = [
        source for folder in SOURCES.values() for source in folder.values() if "date" in source
    ]
    assert len(months) > 20
    for source in months:
        assert re.fullmatch(r"\d{4}-\d{2}", source["date"]) and source["date"][:4] == str(
            source["year"]
        )


def test_the_states_are_those_of_bellagio_20_and_no_process_parameter_is_set():
    for name, experiment in EXPERIMENTS.items():
        assert experiment["cast"] == read("experiments", "bellagio-20.yaml")["cast"], name
        assert "environment" not in experiment, name
        years = max(written(e).get("start", 0) for e in EVENTS.values() if e["experiment"] == name)
        assert experiment["horizon_years"] >= 15 + years / 12, name
        assert experiment["success"]["deadline_years"] == 5


def test_both_groups_on_an_arms_race_share_initiative_and_venue():
    first, second = EVENTS["paros-2019"], EVENTS["paros-2024"]
    assert first["strategy"] == second["strategy"] == "paros@gge-paros"
    assert written(first) == written(second)
    for event in (first, second):
        changed = EXPERIMENTS[event["experiment"]]["initiatives"]
        assert {name: set(fields) for name, fields in changed.items()} == {"paros": {"declared"}}


def test_nine_pairs_of_what_happened_and_what_did_not():
    happened, did_not = OUTCOMES["order"]["happened"], OUTCOMES["order"]["did_not"]
    assert len({(a, b) for a in happened for b in did_not}) == 9
    assert all(EVENTS[name]["happened"][15] == 1 for name in happened)
    assert all(EVENTS[name]["happened"] == {5: 0, 15: 0} for name in did_not)


@pytest.mark.parametrize("event", EVENTS.values(), ids=EVENTS)
def test_an_event_says_what_became_of_it(event):
    cast = set(EXPERIMENTS[event["experiment"]]["cast"])
    assert event["what"] and event["source"] and event["resolves"] in ("adoption", "mandate")
    assert set(event["blockers"]) <= cast
    assert event["happened"][5] <= event["happened"][15]
    if event["happened"][15]:
        later = month(event["when"]) - begins(event)
        assert 0 <= later <= 180 and (later <= 60) == bool(event["happened"][5])
    else:
        assert "when" not in event


@pytest.mark.parametrize("event", EVENTS.values(), ids=EVENTS)
def test_what_is_in_force_is_not_yet_the_text(event):
    initiative = read("experiments", "initiatives", f"{event['strategy'].split('@')[0]}.yaml")
    in_force = EXPERIMENTS[event["experiment"]]["status_quo"] | initiative.get("status_quo", {})
    gaps = [
        initiative["text"][k]["value"] - in_force[k]["value"]
        for k in EXPERIMENTS[NAMES[0]]["issues"]
    ]
    assert max(gaps) > 0.02
