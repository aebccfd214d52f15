"""The pins: the lowest versions, and lines that hold for each Python."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from helpers.scripts import script

ROOT = Path(__file__).resolve().parents[2]


def tool():
    return script("pins")


def test_the_lowest_versions_are_those_of_the_project():
    lowest = tool().lowest()
    assert lowest["mesa"] == "3.3.1" and lowest["dask"] and "negotiation-sim" not in lowest
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    for line in project["dependencies"]:
        assert lowest[re.match(r"[\w.-]+", line)[0].lower()] in line


def test_every_dependency_has_a_lower_bound():
    names = {re.match(r"[\w.-]+", line)[0].lower() for line in tool().requirements()}
    assert names - tool().lowest().keys() <= {"ipyvuetify"}


@pytest.mark.parametrize(
    ("found", "lines"),
    [
        ({"3.11": {"a": "1"}, "3.12": {"a": "1"}}, ["a==1"]),
        ({"3.11": {"a": "1"}, "3.12": {"a": "2"}, "3.13": {"a": "2"}},
         ['a==1; python_version < "3.12"', 'a==2; python_version >= "3.12"']),
        ({"3.11": {"a": "1"}, "3.12": {"a": "2"}, "3.13": {"a": "3"}},
         ['a==1; python_version < "3.12"',
          'a==2; python_version >= "3.12" and python_version < "3.13"',
          'a==3; python_version >= "3.13"']),
        ({"3.11": {"b": "1", "a": "2"}, "3.12": {"a": "2"}}, ["a==2", "b==1"]),
    ],
)  # fmt: skip
def test_lines_for_each_python(found, lines):
    assert tool().merged(found) == lines


def test_a_report_of_pip_is_read():
    report = {"install": [{"metadata": {"name": "Ruamel.YAML", "version": "0.19.1"}}]}
    assert tool().versions_in(report) == {"ruamel-yaml": "0.19.1"}


def test_the_pins_admit_what_the_project_asks_for():
    pins = dict(
        re.match(r"([\w.-]+)==([\w.]+)", line.lower()).groups()
        for line in (ROOT / "constraints.txt").read_text("utf-8").splitlines() if "==" in line
    )  # fmt: skip
    for name, lowest in tool().lowest().items():
        have = [int(x) for x in re.findall(r"\d+", pins[name])]
        assert have >= [int(x) for x in re.findall(r"\d+", lowest)], name


def test_the_command_prints_them(capsys):
    assert tool().main(["--oldest"]) == 0
    assert "mesa==3.3.1\n" in capsys.readouterr().out
    assert tool().main(["--newest"]) == 0
    assert capsys.readouterr().out.startswith("#")
