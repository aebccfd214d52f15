"""A study of another field, from the reference page alone; and a grid of it from start to citation."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from helpers.scripts import script
from negotiation_sim import api
from negotiation_sim.catalogue import load_setting
from negotiation_sim.runs import store

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = ROOT / "tools" / "plastics.py"


@pytest.fixture(scope="module")
def study(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("plastics") / "study"
    subprocess.run([sys.executable, str(SCRIPT), str(folder)], check=True, capture_output=True)
    return folder


def test_the_script_knows_nothing_but_the_page():
    imported = {
        alias.name.partition(".")[0]
        for node in ast.walk(ast.parse(SCRIPT.read_text("utf-8")))
        if isinstance(node, (ast.Import, ast.ImportFrom))
        for alias in (node.names if isinstance(node, ast.Import) else [ast.alias(node.module)])
    }
    assert imported == {"__future__", "re", "sys", "pathlib", "typing", "yaml"}


def test_what_the_page_does_not_have_is_refused():
    tool = script("plastics")
    assert len(tool.TABLES) > 20
    with pytest.raises(SystemExit, match="no field 'margn'"):
        tool.entry("Actors", margn=0.1)
    with pytest.raises(SystemExit, match="outside 0 to 1"):
        tool.entry("Actors", margin=tool.figure(1.2))
    assert tool.entry("A figure")["basis"]  # what must be given has an example to take


def test_the_study_is_sound_and_says_nothing_in_vain(study):
    found = api.check(study)
    assert list(found) == []
    assert [note.field for note in found.notes] == ["issues"]  # figures of outer space are idle
    setting = load_setting(study)
    assert setting.venues["INC"].decision.then.rule == "qualified_majority"
    assert len(setting.venues["INC"].calendar.sessions) == 6
    last = setting.strategies[-1]
    assert (last.tracks[1].after, last.succeeds_when) == (0, [1])
    assert set(setting.actors) == set(script("plastics").STATES)
    assert set(setting.venues) == {"INC", "willing"}


def test_it_runs_and_its_answers_differ(study):
    table = api.outcomes(study, 60, threads=1).summary.set_index("strategy")
    assert len(table) == 5
    assert (table["p_success_low"] <= table["p_success"]).all()
    assert (table["p_success"] <= table["p_success_high"]).all()
    assert table["p_adopted"].nunique() > 1


def test_another_rule_moves_it(study):
    loose = api.outcomes(
        study, 60, strategies=["cap@INC"], threads=1,
        overrides={"venues.INC.decision": {"rule": "simple_majority"}},
    )  # fmt: skip
    strict = api.outcomes(
        study, 60, strategies=["cap@INC"], threads=1,
        overrides={"venues.INC.decision": {"rule": "consensus", "required": ["SAU"]}},
    )  # fmt: skip
    assert loose.summary["p_adopted"].iloc[0] > strict.summary["p_adopted"].iloc[0]


def test_the_grid_is_of_ten_thousand_points(study):
    from negotiation_sim.runs.sweep.reading import read_study

    tool = script("grid")
    planned = read_study(study, vary=list(tool.VARY))
    assert len(planned.design) == tool.POINTS == 10_000
    assert len(planned.setting.strategies) == tool.STRATEGIES == 5


@pytest.mark.long
def test_a_grid_is_stopped_resumed_reproduced_mapped_and_cited(tmp_path):
    done = subprocess.run(
        [sys.executable, str(ROOT / "tools" / "grid.py"), str(tmp_path / "grid")],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    (manifest,) = (tmp_path / "grid" / "results").glob("*/*/manifest.json")
    run = store.open_run(manifest.parent)
    table = run.load()
    assert len(table) == 50_000 and not run.manifest["counts"]["failed"]
    assert table.groupby("point")["strategy"].nunique().eq(5).all()
    rule = table[(table["strategy"] == "cap@INC")].groupby("venues.INC.decision", observed=True)
    p = rule["p_adopted"].mean()
    assert p["{rule: qualified_majority, quota: [2, 3]}"] >= p["{rule: consensus}"]
    for name in ("strategies.png", "rules.png"):
        assert (tmp_path / "grid" / name).stat().st_size > 20_000
    assert run.id in (tmp_path / "grid" / "citation.txt").read_text()
    assert "the same, bit for bit" in done.stdout and "Ctrl-C" in done.stdout
    assert yaml.safe_load((ROOT / "CITATION.cff").read_text())["version"] in done.stdout
