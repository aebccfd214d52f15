"""A study of version 0.1: one clear message, and its text in the terms of this version."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from helpers.catalogue_files import ACTOR, POPULATION
from negotiation_sim.catalogue import apply_overrides, check_paths, load_setting
from negotiation_sim.catalogue.earlier import FIGURE, GONE, PARAMETERS, gone
from negotiation_sim.catalogue.migration import margin_entry, migrate_study
from negotiation_sim.catalogue.strict_yaml import parse
from negotiation_sim.errors import CatalogueError, UsageError
from negotiation_sim.runs.sweep.reading import read_study
from negotiation_sim.studies.lever_terms import Terms
from negotiation_sim.studies.levers import Search

STUDY = """\
# my study
id: study
name: My study
start: 2009-01
issues: [form, scope]
cast: [CAN, USA]
strategies:
  - code@COPUOS  # talks
actors:
  USA:
    reservation_value: {value: 0.5, basis: assumed, note: why}  # lower
    trust: 0.4
  CAN: {reservation_value: 0.6, trust: 0.5}
environment:
  softness: 0.1  # wide
  withdrawal: 0.08
"""


def study(folder: Path, text: str = STUDY) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "study.yaml").write_text(text, "utf-8")
    return folder


def all_texts(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


# What a command says


def test_a_study_of_version_01_gets_one_message_with_file_line_and_field(tmp_path):
    place = study(tmp_path / "mine")
    with pytest.raises(CatalogueError) as found:
        load_setting(place)
    error = found.value
    assert (Path(error.file).name, error.line) == ("study.yaml", 13)
    assert error.field == "actors.CAN.reservation_value"
    assert error.message == gone(FIGURE)
    for words in ("of version 0.1", "status quo", "write margin:", "negotiation-sim migrate"):
        assert words in error.message
    told = {(e.line, e.field) for e in check_paths([place])}
    assert told == {
        (11, "actors.USA.reservation_value"), (13, "actors.CAN.reservation_value"),
        (15, "environment.softness"),
    }  # fmt: skip


@pytest.mark.parametrize("name", PARAMETERS)
def test_a_process_parameter_that_is_gone_says_so_at_its_line(tmp_path, name):
    text = STUDY.replace("softness", name)
    text = "".join(line for line in text.splitlines(True) if FIGURE not in line)
    with pytest.raises(CatalogueError, match=f"{name} is of version 0.1; .*leave it out") as found:
        load_setting(study(tmp_path / "mine", text))
    assert found.value.field == f"environment.{name}" and found.value.line is not None


def test_a_table_of_parameters_of_version_01_is_not_told_what_is_new(tmp_path):
    lines = ["parameters:", "  softness: {value: 0.08, basis: assumed, note: old}"]
    file = tmp_path / "environment.yaml"
    file.write_text("\n".join(lines) + "\n", "utf-8")
    (error,) = check_paths([file])
    assert error.message == gone("softness") and error.line == 2


def test_a_group_of_actors_says_it_once_at_its_column(tmp_path):
    folder = tmp_path / "actors"
    folder.mkdir()
    text = POPULATION.replace("weapons_concern]", f"weapons_concern, {FIGURE}]")
    text = text.replace("0.2]", "0.2, 0.5]").replace("0.8]", "0.8, 0.6]")
    (folder / "population.yaml").write_text(text, "utf-8")
    told = [e for e in check_paths([folder]) if FIGURE in e.message]
    assert [(e.field, e.message) for e in told] == [("columns.8", gone(FIGURE))]


def test_a_path_of_version_01_says_what_to_vary_instead(tmp_path):
    setting = load_setting("bellagio")
    with pytest.raises(CatalogueError, match=r"say actors\.USA\.margin instead"):
        apply_overrides(setting, {"actors.USA.reservation_value": 0.5})
    with pytest.raises(CatalogueError, match="softness is of version 0.1"):
        apply_overrides(setting, {"environment.softness": 0.5})
    with pytest.raises(CatalogueError, match=r"say actors\.\*\.margin instead"):
        read_study("bellagio", vary=["actors.*.reservation_value=0.1,0.2"], out=tmp_path)
    with pytest.raises(CatalogueError, match="unknown path; did you mean"):
        apply_overrides(setting, {"actors.USA.reservation": 0.5})


@pytest.mark.parametrize(
    ("sweep", "line"),
    [
        ("  vary:\n    actors.USA.reservation_value: [0.1, 0.2]\n", 11),
        (
            "  points:\n    - {actors.USA.trust: 0.2}\n    - {actors.USA.reservation_value: 0.2}\n",
            12,
        ),
    ],
)
def test_a_sweep_of_a_file_says_it_at_its_line(tmp_path, sweep, line):
    head = STUDY.partition("actors:")[0]
    place = study(tmp_path / "mine", f"{head}sweep:\n{sweep}")
    with pytest.raises(CatalogueError, match="reservation_value is of version 0.1") as found:
        read_study(place, out=tmp_path)
    assert found.value.line == line and found.value.file.endswith("study.yaml")


def test_terms_of_levers_say_it_too():
    from helpers import study_scenes as scenes
    from negotiation_sim.engine.scenario import compile_setting

    terms = Terms(cost={"actors.*.reservation_value": 2.0})
    with pytest.raises(UsageError, match="reservation_value is of version 0.1"):
        Search(compile_setting(scenes.veto_player()), "s0", 0.9, worlds=100, terms=terms)


def test_only_paths_that_are_gone_are_taken_for_such():
    for path in (
        "actors.USA.reservation_value",
        "actors.*.reservation_value",
        "environment.softness",
    ):
        assert GONE.fullmatch(path)
    for path in ("actors.USA.margin", "environment.pace", "reservation_value", "my.softness"):
        assert not GONE.fullmatch(path)


# What becomes of the text


def test_what_is_not_touched_stays_as_it_was_written(tmp_path):
    place = study(tmp_path / "mine")
    done = migrate_study(place)
    text = (place / "study.yaml").read_text("utf-8")
    was, now = STUDY.splitlines(), text.splitlines()
    assert now[:10] == was[:10]
    assert now[10] == f"    {margin_entry('0.5')}  # lower"
    assert now[11] == was[11]
    assert now[12] == f"  CAN: {{{margin_entry('0.6')}, trust: 0.5}}"
    assert now[13:] == ["environment:", "  withdrawal: 0.08"]
    assert [line.split(":")[1] for line in done.changed] == ["11", "13", "15"]
    assert done.files == [place / "study.yaml"] and done.undecided == []
    assert check_paths([place]) == []
    found = load_setting(place).actors["USA"].margin
    assert found.value == 0.05 and found.range == [0, 0.1] and "0.5" in found.note
    assert "no equivalent" in found.note


def test_running_it_again_changes_nothing(tmp_path):
    place = study(tmp_path / "mine")
    migrate_study(place)
    before = all_texts(place)
    again = migrate_study(place)
    assert again.files == [] and again.changed == [] and all_texts(place) == before


def test_a_copy_leaves_the_study_alone(tmp_path):
    place = study(tmp_path / "mine")
    (place / "points.csv").write_text("environment.pace\n0.1\n", "utf-8")
    before = all_texts(place)
    done = migrate_study(place, tmp_path / "new")
    assert all_texts(place) == before
    assert set(all_texts(tmp_path / "new")) == set(before)
    assert done.files == [tmp_path / "new" / "study.yaml"]
    assert check_paths([tmp_path / "new"]) == []
    with pytest.raises(UsageError, match="new or empty folder"):
        migrate_study(place, tmp_path / "new")
    with pytest.raises(UsageError, match="inside the study"):
        migrate_study(place, place / "new")
    assert all_texts(place) == before


def test_an_actor_file_keeps_its_other_lines_and_loses_only_the_figure(tmp_path):
    text = ACTOR.format(
        code="AAA", name="Aland", groups="NATO", capability=0.1, unga=0.5, form=0.4, form_low=0.3,
        form_high=0.5,
    )  # fmt: skip
    old = "reservation_value: {\n  value: 0.6, range: [0.5, 0.7],  # a guess\n  basis: assumed, note: why}"
    lines = text.splitlines()
    place = next(n for n, line in enumerate(lines) if line.startswith("margin"))
    folder = tmp_path / "mine" / "actors"
    folder.mkdir(parents=True)
    file = folder / "AAA.yaml"
    file.write_text(
        "\n".join([*lines[:place], *old.splitlines(), *lines[place + 1 :]]) + "\n", "utf-8"
    )
    (said,) = migrate_study(tmp_path / "mine").changed
    now = file.read_text("utf-8").splitlines()
    assert now[:place] == lines[:place] and now[place + 1 :] == lines[place + 1 :]
    assert now[place] == margin_entry("0.6 (0.5 to 0.7)") and "0.6 (0.5 to 0.7)" in said


def test_a_figure_in_block_style_is_replaced_whole(tmp_path):
    text = STUDY.replace(
        "reservation_value: {value: 0.5, basis: assumed, note: why}  # lower",
        "reservation_value:\n      value: 0.5\n      basis: assumed\n      note: >-\n"
        "        two\n        lines",
    )
    place = study(tmp_path / "mine", text)
    migrate_study(place)
    data = parse((place / "study.yaml").read_text("utf-8"), "study.yaml").data
    assert data["actors"]["USA"]["trust"] == 0.4
    assert list(data["actors"]["USA"]) == ["margin", "trust"]


@pytest.mark.parametrize("style", ["{}: 0.1", "{{{}: 0.1}}"])
def test_where_nothing_is_left_the_file_still_loads(tmp_path, style):
    body = style.format("softness")
    text = STUDY.partition("actors:")[0]
    text += f"environment: {body}\n" if body.startswith("{") else f"environment:\n  {body}\n"
    place = study(tmp_path / "mine", text)
    migrate_study(place)
    assert check_paths([place]) == []


@pytest.mark.parametrize(
    ("written", "left"),
    [
        ("{softness: 0.1, withdrawal: 0.08, softness_strict: 0.2}", "{withdrawal: 0.08}"),
        ("{withdrawal: 0.08, softness: 0.1, mandate_risk_vote: 0.2}", "{withdrawal: 0.08}"),
    ],
)
def test_entries_on_one_line_go_with_their_commas(tmp_path, written, left):
    text = STUDY.partition("actors:")[0]
    place = study(tmp_path / "mine", f"{text}environment: {written}\n")
    assert len(migrate_study(place).changed) == 2
    assert (place / "study.yaml").read_text("utf-8") == f"{text}environment: {left}\n"


def test_a_group_keeps_its_rows_and_the_old_numbers_as_a_remark(tmp_path):
    folder = tmp_path / "mine" / "actors"
    folder.mkdir(parents=True)
    text = POPULATION.replace(
        "  margin: {value: 0.06, basis: assumed, note: the same for all}\n", ""
    )
    text = text.replace("form, scope, weapons_concern]", f"form, {FIGURE}, scope, weapons_concern]")
    text = text.replace("0.1, 0.5, 0.2]", "0.1, 0.55, 0.5, 0.2]")
    text = text.replace("0.9, 0.95, 0.8]", "0.9, 0.62, 0.95, 0.8]")
    text = text.replace("half_widths: {", f"half_widths: {{{FIGURE}: 0.08, ")
    file = folder / "population.yaml"
    file.write_text(text, "utf-8")
    migrate_study(tmp_path / "mine")
    now = file.read_text("utf-8")
    assert now.startswith(f"# {FIGURE} of version 0.1 by row: ALB 0.55, CUB 0.62\n")
    data = parse(now, "population.yaml").data
    assert data["rows"] == parse(POPULATION, "population.yaml").data["rows"]
    assert data["columns"] == parse(POPULATION, "population.yaml").data["columns"]
    assert FIGURE not in data["half_widths"] and data["defaults"]["margin"]["value"] == 0.05
    assert migrate_study(tmp_path / "mine").changed == []


def test_a_group_without_defaults_gets_some(tmp_path):
    folder = tmp_path / "mine" / "actors"
    folder.mkdir(parents=True)
    file = folder / "population-more.yaml"
    file.write_text(
        f"id: more\nbasis: assumed\nnote: n\ncolumns: [name, {FIGURE}]\nrows:\n  ALB: [Albania, 0.5]\n",
        "utf-8",
    )
    migrate_study(tmp_path / "mine")
    data = parse(file.read_text("utf-8"), "more").data
    assert data["defaults"]["margin"]["range"] == [0, 0.1] and data["rows"]["ALB"] == ["Albania"]


def test_a_studys_own_table_of_parameters_gets_what_is_new(tmp_path):
    folder = tmp_path / "mine"
    study(folder, STUDY.partition("actors:")[0])
    lines = [
        "# mine",
        "parameters:",
        "  softness: 0.08  # gone",
        "  pace: {value: 0.1, basis: assumed, note: n}",
    ]
    (folder / "environment.yaml").write_text("\n".join(lines) + "\n", "utf-8")
    migrate_study(folder)
    text = (folder / "environment.yaml").read_text("utf-8")
    assert text.startswith("# mine\nparameters:\n  pace: {value: 0.1, basis: assumed, note: n}\n")
    assert check_paths([folder]) == []
    assert load_setting(folder).environment["pace"].value == 0.1


def test_what_only_the_author_can_decide_is_said_and_left(tmp_path):
    text = STUDY.partition("actors:")[0].replace("code@COPUOS", "ban@CD+code@COPUOS")
    text += "sweep:\n  vary:\n    actors.USA.reservation_value: [0.1, 0.2]\n    environment.pace: [0.1]\n"
    place = study(tmp_path / "mine", text)
    done = migrate_study(place)
    assert done.changed == [] and (place / "study.yaml").read_text("utf-8") == text
    assert [line.split(":")[1] for line in done.undecided] == ["8", "11"]
    assert "'ban-treaty' or 'ban-executive'" in done.undecided[0]
    assert "say actors.USA.margin instead" in done.undecided[1]
    own = place / "initiatives"
    own.mkdir()
    (own / "ban.yaml").write_text("id: ban\n", "utf-8")
    assert len(migrate_study(place).undecided) == 1


def test_line_ends_stay(tmp_path):
    place = tmp_path / "mine"
    place.mkdir()
    (place / "study.yaml").write_bytes(STUDY.replace("\n", "\r\n").encode())
    migrate_study(place)
    raw = (place / "study.yaml").read_bytes()
    assert raw.count(b"\r\n") == raw.count(b"\n") == STUDY.count("\n") - 1


# Nothing half


def two_files(folder: Path) -> Path:
    place = study(folder)
    (place / "actors").mkdir()
    (place / "actors" / "CAN.yaml").write_text("reservation_value: 0.5\n", "utf-8")
    return place


def test_a_file_that_cannot_be_read_leaves_all_as_it_was(tmp_path):
    place = two_files(tmp_path / "mine")
    (place / "venues").mkdir()
    (place / "venues" / "hall.yaml").write_text("a: [1\n", "utf-8")
    before = all_texts(place)
    with pytest.raises(CatalogueError, match=r"hall\.yaml"):
        migrate_study(place)
    assert all_texts(place) == before


def test_a_disk_that_fails_half_way_leaves_all_as_it_was(tmp_path, monkeypatch):
    place = two_files(tmp_path / "mine")
    before, replace, calls = all_texts(place), os.replace, []

    def full(source, target):
        calls.append(target)
        if len(calls) == 2:
            raise OSError(28, "No space left on device", str(target))
        replace(source, target)

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(UsageError, match="No space left"):
        migrate_study(place)
    assert len(calls) == 2 and all_texts(place) == before


def test_a_copy_that_fails_leaves_no_folder(tmp_path, monkeypatch):
    place = two_files(tmp_path / "mine")

    def full(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_text", full)
    with pytest.raises(UsageError, match="out: .*No space left"):
        migrate_study(place, tmp_path / "new")
    assert not (tmp_path / "new").exists()


def test_there_must_be_something(tmp_path):
    with pytest.raises(UsageError, match="no such file or folder"):
        migrate_study(tmp_path / "nowhere")


def test_an_experiments_file_brings_the_folders_beside_it(tmp_path):
    place = two_files(tmp_path / "mine")
    done = migrate_study(place / "study.yaml", tmp_path / "new")
    assert len(done.changed) == 4
    assert sorted(all_texts(tmp_path / "new")) == ["actors/CAN.yaml", "study.yaml"]
