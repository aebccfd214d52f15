"""The program computes what it computed when the digests under tests/golden/ were written.

A difference says which experiment, table and column. Where a change of numbers is meant, it goes
into the changelog under Results, and ``python tools/golden.py --write`` takes it up.
"""

from __future__ import annotations

import json
from pathlib import Path
from types import ModuleType

import numpy as np
import pandas as pd
import pytest

from helpers.scripts import script

ROOT = Path(__file__).resolve().parents[2]
FEW = ("bellagio", "bellagio-provisions", "cd-65", "venue-tradeoffs", "stories")
MESA_FEW = range(0, 300, 24)


def tool() -> ModuleType:
    return script("golden")


@pytest.fixture
def same_bits():
    if not tool().same_platform():
        pytest.skip("the digests are of another platform, whose exp and tanh may differ in a bit")


@pytest.mark.parametrize("name", FEW)
def test_an_experiment_gives_the_same_tables(name, same_bits):
    assert not tool().check(name)


def test_random_settings_give_the_same_tables_in_both_engines(same_bits):
    found = tool().random_digests(range(tool().RANDOM), MESA_FEW)
    assert not tool().differences("random", found, whole=False)[0]


@pytest.mark.long
@pytest.mark.parametrize("name", ["bellagio-20", "us-administration", "random"])
def test_the_rest_gives_the_same_tables(name, same_bits):
    assert set(FEW) | {"bellagio-20", "us-administration", "random"} == set(tool().NAMES)
    assert not tool().check(name)


def test_the_two_engines_have_the_same_digest():
    kept = tool().kept("random")
    assert len(kept["settings"]) == 300 and len(kept["mesa"]) >= 50
    assert kept["mesa"].items() <= kept["settings"].items()


def test_a_difference_is_named_by_experiment_table_and_column():
    kept = tool().kept("bellagio")
    table = kept["tables"]["replicates"]
    table["columns"]["rounds"] = "0" * 16
    del table["columns"]["timely"]
    table["columns"]["attempts"] = "1" * 16
    wrong, new = tool().differences("bellagio", kept)
    assert sorted(line.split(" (")[0] for line in wrong) == [
        "bellagio / replicates / rounds: differs", "bellagio / replicates / timely: gone",
    ]  # fmt: skip
    assert len(new) == 1 and "attempts" in new[0]


def test_one_bit_changes_a_digest_and_the_width_of_a_column_does_not():
    digest = tool().column_digest
    assert digest([0.1]) != digest([np.nextafter(0.1, 1.0)]) and digest([0.0]) != digest([-0.0])
    assert digest(["a", "b"]) != digest(["ab", ""]) and digest([""]) != digest([None])
    assert digest([1, 2]) == digest(np.array([1, 2], np.int16)) != digest([1.0, 2.0])
    assert digest([True]) != digest([1])
    months = pd.array([3, None], dtype="Int16")
    assert digest(months) == digest([3, float("nan")]) != digest([3, 0])


def test_the_random_settings_cover_what_they_are_for():
    made = [tool().settings().setting(n) for n in range(tool().RANDOM)]
    tracks = [t for s in made for strategy in s["strategies"] for t in strategy["tracks"]]
    venues = [v for s in made for v in s["venues"].values()]
    actors = [a for s in made for a in s["actors"].values()]
    assert {len(s["issues"]) for s in made} == {1, 2, 3, 4, 5}
    for issue in ("form", "scope", "verification"):
        assert 0 < sum(issue not in s["issues"] for s in made) < 300
    sizes = [len(s["actors"]) for s in made]
    assert min(sizes) == 2 and max(sizes) >= 58
    assert {len(strategy["tracks"]) for s in made for strategy in s["strategies"]} == {1, 2, 3, 4}
    signs = {np.sign(s["environment"]["spillover"]["value"]) for s in made}
    assert signs == {-1.0, 0.0, 1.0}
    assert {t["after_milestone"] for t in tracks if t["after"] is not None} == set(
        tool().settings().MILESTONES
    )
    for key in ("fallback", "underway", "pledges"):
        assert sum(bool(t[key]) for t in tracks) > 100, key
    assert {v["linkage"] for v in venues} == {"none", "open", "blocked"}
    assert {v["decision"]["rule"] for v in venues} == set(tool().settings().RULES)
    for key in ("passes_to", "dissolved", "mandate"):
        assert sum(v[key] is not None for v in venues) > 50, key
    for key in ("weights", "required"):
        assert sum(bool(v["decision"][key]) for v in venues) > 100, key
    assert sum(v["mandate_term"] == "session" for v in venues) > 100
    assert sum(bool(a["blocs"]) for a in actors) > 500
    assert sum(bool(a["turnover_dates"]) for a in actors) > 500
    assert sum("range" in a["trust"] for a in actors) > 300


def test_a_random_setting_is_made_of_doubles_alone():
    """Setting 0 as it was when the digests were written, by a digest of its own text."""
    text = json.dumps(tool().settings().setting(0), sort_keys=True)
    assert tool().text_digest(text) == "524759f2a6b721d5"
