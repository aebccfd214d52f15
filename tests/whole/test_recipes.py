"""The recipes of CONTRIBUTING.md, as they stand there: they apply, touch few files, and work."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
SECTIONS = dict(re.findall(r"^## ([^\n]+)\n(.*?)(?=^## |\Z)", TEXT, re.M | re.S))
MOST_FILES = {
    "Add a process parameter": 3, "Add an actor's figure": 3, "Add a venue's figure": 3,
    "Add a cause of failure": 3, "Add a column": 3, "Add an event": 3, "Add a decision": 3,
    "Add a mechanism": 6,
}  # fmt: skip
OTHERS = ("Add an actor", "Add a venue", "Add a study", "Add a plot", "Add a tab to the page")


def edits(recipe: str) -> dict[str, list[tuple[str, str]]]:
    """Return what a recipe's sketch replaces and puts in its place, file by file."""
    (sketch,) = re.findall(r"^```diff\n(.*?)^```", SECTIONS[recipe], re.M | re.S)
    found: dict[str, list[tuple[str, str]]] = {}
    for part in re.split(r"^\+\+\+ ", sketch, flags=re.M)[1:]:
        file, _, hunks = part.partition("\n")
        found[file] = []
        for hunk in re.split(r"^@@\n", hunks, flags=re.M):
            lines = hunk.splitlines()
            before = "".join(f"{line[1:]}\n" for line in lines if line[:1] != "+")
            after = "".join(f"{line[1:]}\n" for line in lines if line[:1] != "-")
            found[file].append((before, after))
    return found


def apply(recipe: str, folder: Path) -> None:
    """Edit the files below a folder as a recipe says."""
    for file, hunks in edits(recipe).items():
        path = folder / file
        text = path.read_text("utf-8") if path.exists() else ""
        for before, after in hunks:
            places = text.count(before) if before else int(not text)
            assert places == 1, f"{recipe}: {file}: {places} places for\n{before}"
            text = text.replace(before, after, 1) if before else after
        path.write_text(text, "utf-8")


def copy(folder: Path) -> Path:
    """Copy what a run needs: the package and its data."""
    for name in ("negotiation_sim", "actors", "venues", "experiments"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


def test_every_recipe_is_there():
    assert {*MOST_FILES, *OTHERS} == {name for name in SECTIONS if name.startswith("Add ")}
    for name in (*MOST_FILES, *OTHERS):
        assert re.search(r"`tests/[\w/]+\.py::test_\w+`", SECTIONS[name]), f"{name}: no test"


@pytest.mark.parametrize("recipe", MOST_FILES)
def test_a_recipe_touches_few_files_of_the_package(recipe):
    touched = [file for file in edits(recipe) if file.startswith("negotiation_sim/")]
    assert 0 < len(touched) <= MOST_FILES[recipe], f"{recipe}: {len(touched)} files: {touched}"


@pytest.mark.parametrize("recipe", MOST_FILES)
def test_a_recipe_fits_the_files_as_they_are(recipe, tmp_path):
    for file in edits(recipe):
        if (ROOT / file).exists():
            (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / file, tmp_path / file)
        else:
            (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
    apply(recipe, tmp_path)
    for file in edits(recipe):
        if file.endswith(".py"):
            compile((tmp_path / file).read_text("utf-8"), file, "exec")


SCRIPT = """
import json, sys
from pathlib import Path
import pandas as pd
import negotiation_sim
from negotiation_sim.catalogue import load_setting
from negotiation_sim.engine.agents import NegotiationModel, Policy
from negotiation_sim.engine.ensemble import run_ensemble
from negotiation_sim.engine.scenario import compile_setting
from negotiation_sim.words.story import Story
from negotiation_sim.words.vocabulary import CAUSES

assert Path(negotiation_sim.__file__).is_relative_to(Path.cwd()), negotiation_sim.__file__

def table(overrides, strategies):
    scenario = compile_setting(load_setting("bellagio", overrides=overrides))
    both = [
        pd.concat(run_ensemble(scenario, 1, strategies=strategies, engine=engine, threads=1))
        for engine in ("ensemble", "mesa")
    ]
    return {"equal": both[0].equals(both[1]), "csv": both[0].to_csv(index=False),
            "errors": int((both[0]["error"] != "").sum()),
            "columns": {name: [str(v) for v in both[0][name]] for name in ("cause", "moved")}}

def plain(strategy, policy=None):
    scenario = compile_setting(load_setting("bellagio"))
    model = NegotiationModel(scenario, strategy, 1, 0, policy=policy, record=True).run()
    return model, Story.of(model)

class Stays(Policy):
    def shift_forum(self, agent, track, advice):
        return False

said = {name: table(*case) for name, case in json.loads(sys.argv[1]).items()}
model, story = plain("code@adhoc-optin")
said["story"] = str(story)
said["kinds"] = [event["kind"] for event in model.events]
said["moved"] = [plain(MOVES, policy)[0].tracks[0].moved
                 for MOVES in ["ppwt@CD>adhoc-inclusive"] for policy in (None, Stays())]
said["cause words"] = {name: words.clause for name, words in CAUSES.items()}
print(json.dumps(said))
"""
STRATEGIES = ["code@adhoc-optin", "ban-treaty@adhoc-optin", "open@adhoc-inclusive", "code@oewg",
              "ppwt@CD>adhoc-inclusive", "ban-treaty@CD>adhoc-optin"]  # fmt: skip
CRISES = {"environment.crisis_rate": 0.2, "environment.urgency_effect": 1.0}
ONE_RATIFIES = {
    "initiatives.ban-treaty.entry_into_force.ratifiers": 1,
    "initiatives.ban-treaty.entry_into_force.capability_share": 0.0,
    "actors.*.ratification_delay": 18.0,
    "environment.ratification_sigma": 0.6,
}  # in force early, with too few parties
CASES = {
    "": ({}, STRATEGIES),
    "crises": (CRISES, STRATEGIES),
    "crisis_urgency": ({**CRISES, "environment.crisis_urgency": 1.0}, STRATEGIES),
    "obstinacy": ({"actors.*.obstinacy": 0.3}, STRATEGIES),
    "goodwill": ({"venues.*.goodwill": 0.5}, STRATEGIES),
    "fatigue_rate": ({"environment.fatigue_rate": 0.1}, STRATEGIES),
    "deadline": ({**ONE_RATIFIES, "success.deadline_years": 10.0}, STRATEGIES),
}


@pytest.fixture(scope="module")
def said(tmp_path_factory):
    """What the project says with the eight recipes applied to a copy of it, one after another."""
    folder = copy(tmp_path_factory.mktemp("copy"))
    for recipe in MOST_FILES:
        apply(recipe, folder)
    cache = tmp_path_factory.mktemp("cache")
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, json.dumps(CASES)], cwd=folder, capture_output=True,
        text=True, check=False, timeout=900,
        env=os.environ | {"PYTHONPATH": str(folder), "NEGOTIATION_SIM_CACHE": str(cache)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout)


pytestmark = pytest.mark.timeout(900)


@pytest.mark.long
@pytest.mark.parametrize("case", CASES)
def test_the_engines_are_equal_with_all_recipes_applied(said, case):
    assert said[case]["equal"] and not said[case]["errors"]


@pytest.mark.long
@pytest.mark.parametrize("name", ["crisis_urgency", "obstinacy", "goodwill", "fatigue_rate"])
def test_a_new_figure_changes_what_comes_out(said, name):
    without = "crises" if name == "crisis_urgency" else ""
    assert said[name]["csv"] != said[without]["csv"]


@pytest.mark.long
def test_what_is_new_does_nothing_by_default(said):
    from io import StringIO

    import pandas as pd

    from negotiation_sim.catalogue import load_setting
    from negotiation_sim.engine.ensemble import run_ensemble
    from negotiation_sim.engine.scenario import compile_setting

    scenario = compile_setting(load_setting("bellagio"))
    before = pd.concat(run_ensemble(scenario, 1, strategies=STRATEGIES, threads=1))
    after = pd.read_csv(StringIO(said[""]["csv"])).drop(columns="moved")
    assert after.to_csv(index=False) == pd.read_csv(
        StringIO(before.to_csv(index=False))
    ).to_csv(index=False)  # fmt: skip


@pytest.mark.long
def test_the_new_cause_is_named_and_has_words(said):
    assert "recent" in said["deadline"]["columns"]["cause"]
    assert said["cause words"]["recent"] == "it is in force for less than a year"


@pytest.mark.long
def test_the_new_column_stands_in_the_table(said):
    moved = dict(zip(STRATEGIES, said[""]["columns"]["moved"], strict=True))
    assert moved["code@adhoc-optin"] == "False" and moved["ppwt@CD>adhoc-inclusive"] == "True"


@pytest.mark.long
def test_the_new_event_is_recorded_and_told(said):
    assert said["kinds"].count("opening") == 1 and "the talks open." in said["story"]


@pytest.mark.long
def test_a_policy_may_take_the_new_decision(said):
    assert said["moved"] == [True, False]
