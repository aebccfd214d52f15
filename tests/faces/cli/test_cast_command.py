"""The command ``cast``: a study that checks and runs, or one message and nothing written."""

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from negotiation_sim import api
from negotiation_sim.catalogue import load_setting
from negotiation_sim.errors import UsageError
from negotiation_sim.faces.cli.cast_commands import groups_of
from negotiation_sim.faces.cli.main import app

WORDS = ("cast", "--year", "2022", "--members", "USA,CHN,RUS,France,560", "--body", "WTO")


def call(*words):
    return CliRunner().invoke(app, [str(word) for word in words])


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def test_a_cast_checks_and_runs():
    made = call(*WORDS, "--groups", "west=USA,France", "--issues", "form, scope", "--out", "mine")
    assert made.exit_code == 0, made.output
    assert made.stdout.startswith("WTO, 2022: 5 states")
    assert "WTO: qualified_majority" in made.stdout
    checked = call("check", "mine")
    assert (checked.exit_code, checked.stdout.strip()) == (0, "All is well.")
    ran = call("run", "mine", "--quick", "--no-figures")
    assert ran.exit_code == 0 and "proposal@WTO-simple-majority" in ran.stdout
    assert load_setting("mine").actors["USA"].groups == ["west"]


def test_the_call_and_the_command_write_the_same():
    assert call(*WORDS, "--out", "one/wto").exit_code == 0
    done = api.cast(2022, "USA,CHN,RUS,France,560", "two/wto", body="WTO")
    for path in done.files:
        other = Path("one") / path.relative_to("two")
        assert other.read_text("utf-8") == path.read_text("utf-8")
    assert len(done.files) == len([p for p in Path("one").rglob("*") if p.is_file()])


def test_without_a_folder_the_call_writes_nothing():
    assert api.cast(1995, ["France", "Egypt"]).files == []
    assert list(Path().iterdir()) == []


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        (("--year", "1945"), r"year: no votes in 1945"),
        (("--members", "USA,Frnace"), r"members: no state 'Frnace'; did you mean 'France'"),
        (("--members", "USA,YMD"), r"members: YMD: no votes of Yemen People's Republic in 2022"),
        (("--body", "WT0"), r"body: no body 'WT0'; did you mean 'WTO'"),
        (("--topic", "nuke"), r"topic: no topic 'nuke'"),
        (("--issues", "a,,b"), r"issues: '' is not a name"),
        (("--groups", "NAM"), r"groups: 'NAM'; write each group once, as NAME=LIST"),
        (("--groups", "NAM=IND"), r"groups: NAM: IND is not among the members"),
    ],
)  # fmt: skip
def test_bad_input_is_one_message_and_writes_nothing(changed, said):
    place = WORDS.index(changed[0]) if changed[0] in WORDS else len(WORDS)
    words = [*WORDS[:place], *changed, *WORDS[place + 2 :], "--out", "mine"]
    result = call(*words)
    assert result.exit_code == 2
    message = result.stderr.strip()
    assert re.search(said, message) and len(message.splitlines()) == 1
    assert list(Path().iterdir()) == []


def test_a_folder_that_holds_something_is_left_alone():
    Path("mine").mkdir()
    Path("mine/note.txt").write_text("kept", encoding="utf-8")
    result = call(*WORDS, "--out", "mine")
    assert result.exit_code == 2 and "not empty" in result.stderr
    assert [path.name for path in Path("mine").iterdir()] == ["note.txt"]


def test_members_are_asked_for():
    result = call("cast", "--year", "2022", "--body", "WTO", "--out", "mine")
    assert result.exit_code == 2
    assert "members: no list of members of WTO in 2022" in result.stderr


def test_a_group_is_written_once():
    assert groups_of(["a=X,Y", "b = Z"]) == {"a": "X,Y", "b": " Z"}
    with pytest.raises(UsageError, match="'a=Z'"):
        groups_of(["a=X", "a=Z"])
