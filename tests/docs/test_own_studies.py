"""docs/tracks.md and docs/own-studies.md: every block is read, and means what the page says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from negotiation_sim import api
from negotiation_sim.catalogue import init_study, load_setting
from negotiation_sim.catalogue.folders import FOLDER_NAMES
from negotiation_sim.catalogue.study import TEMPLATES
from negotiation_sim.faces.cli.main import app

DOCS = Path(__file__).parents[2] / "docs"
TRACKS, OWN = ((DOCS / name).read_text("utf-8") for name in ("tracks.md", "own-studies.md"))
STUDY = """\
id: tracks
name: Tracks
start: 2009-01
issues: [form, scope]
cast: [USA, CHN, FRA]
"""


def blocks(text: str) -> list[str]:
    return re.findall(r"^```yaml\n(.*?)^```", text, re.M | re.S)


@pytest.fixture(scope="module")
def settings(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tracks")
    found = {}
    for number, block in enumerate(blocks(TRACKS)):
        file = folder / f"tracks{number}.yaml"
        file.write_text(STUDY + block)
        found |= {strategy.name: strategy for strategy in load_setting(file).strategies}
    return found


def test_blocks_on_tracks_mean_what_they_say(settings):
    assert [t.after for t in settings["code first"].tracks] == [None, 0]
    late = settings["the treaty a year after talks on the code have a mandate"].tracks
    assert (late[1].after, late[1].after_milestone, late[1].start) == (0, "mandate", 12)
    assert late[2].after is None and late[2].start == 24
    begun = settings["talks that have begun"].tracks[0].underway
    assert (begun.mandate, begun.rounds, begun.text) == (True, 3, {"form": 0.3})
    assert settings["only the first has begun"].tracks[1].underway is None
    moves = settings["two years in COPUOS, then the like-minded"].tracks[0]
    assert (moves.fallback, moves.patience, moves.term_months) == ("adhoc-optin", 24, 18)
    assert settings["either will do"].succeeds_when == "any"
    assert settings["the treaty counts, the code paves its way"].succeeds_when == [1]


def test_names_in_the_table_of_tracks_are_read(tmp_path):
    names = re.findall(r"^\| `([a-z&]+@[^`]+)` \|", TRACKS, re.M)
    assert len(names) == 5
    file = tmp_path / "named.yaml"
    file.write_text(STUDY + "strategies:\n" + "".join(f"  - {name}\n" for name in names))
    sizes = [len(strategy.tracks) for strategy in load_setting(file).strategies]
    assert sizes == [1, 1, 2, 1, 2]


@pytest.fixture
def study(tmp_path):
    init_study(tmp_path / "my-study", "blank")
    for block in blocks(OWN):
        name = re.match(r"# (\S+)\n", block)[1]
        file = tmp_path / "my-study" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(block)
    return tmp_path / "my-study"


def test_a_study_from_the_blocks_is_sound_and_runs(study):
    for name in ("cap", "dated"):
        text = (study / "experiments" / f"{name}.yaml").read_text()
        (study / "experiments" / f"{name}.yaml").write_text(text + "calibrated: true\n")
    (study / "study.yaml").write_text((study / "study.yaml").read_text() + "calibrated: true\n")
    found = api.check(study)
    assert not found, found
    setting = load_setting(study / "experiments" / "cap.yaml")
    assert setting.environment["pace"].value == 0.05
    assert setting.actors["EAST"].susceptibility.value == 0.3
    assert {frozenset(tie[:2]): tie[2] for tie in setting.affinity}[
        frozenset(("EAST", "SOUTH"))
    ] == pytest.approx(0.5 * 0.7 + 0.2)
    table = api.outcomes(setting, 20, threads=1).summary
    assert list(table["strategy"]) == ["cap@talks", "the cap first"]


def test_the_study_with_dates_is_sound_and_its_paths_are_there(study):
    file = study / "experiments" / "dated.yaml"
    file.write_text(file.read_text() + "calibrated: true\n")
    assert api.check(file) == []
    setting = load_setting(file)
    east = setting.actors["EAST"].changes
    assert [change.gradual for change in east["trust"]] == [False, True]
    assert setting.changes["status_quo"]["cuts"][0].range == [0.1, 0.3]
    said = OWN.partition("All of it has paths:")[2].partition("## ")[0]
    said = " ".join(said.split())
    options = re.findall(r"--set (?:'([^']+)'|(\S+?))`", said)
    options += re.findall(r"(--vary) (\S+=\S+?)`", said)
    assert len(options) == 3
    for quoted, bare in options:
        path, _, value = (bare if quoted in ("", "--vary") else quoted).partition("=")
        for each in value.split(",") if quoted == "--vary" else [value]:
            assert load_setting(file, overrides={path: each}) != setting
    changed = load_setting(file, overrides={"actors.EAST.changes.trust.0.value": 0.3})
    assert changed.actors["EAST"].changes["trust"][0].value == 0.3


def test_the_catalogue_shows_a_studys_own_records(study, monkeypatch):
    rows = api.catalogue("initiatives", study=study)
    assert {"cap", "text"} <= {row["id"] for row in rows}
    assert (
        "my-study/initiatives/cap.yaml" in {row["file"] for row in rows if row["id"] == "cap"}.pop()
    )
    monkeypatch.chdir(study.parent)
    say = CliRunner().invoke(app, ["catalogue", "initiatives", "cap", "--study", "my-study"])
    assert say.exit_code == 0 and "A cap on production" in say.output and "draft-2023" in say.output
    alone = study / "study.yaml"
    alone.write_text(alone.read_text() + "self_contained: true\n")
    assert {row["id"] for row in api.catalogue("venues", study=study)} == {"talks"}
    wrong = CliRunner().invoke(app, ["catalogue", "venues", "--study", "nowhere"])
    assert wrong.exit_code == 2 and "no study here" in wrong.output


@pytest.mark.parametrize("template", TEMPLATES)
def test_the_starters_readme_names_every_folder(template, tmp_path):
    init_study(tmp_path / "study", template)
    text = (tmp_path / "study" / "README.md").read_text()
    for name in FOLDER_NAMES:
        assert f"{name}/`" in text, name
    for name in ("study.yaml", "ties.yaml", "sources.yaml", "results/"):
        assert f"{name}`" in text, name
