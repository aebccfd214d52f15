"""Mutation testing: what is changed, that a change is felt, and a sample of the whole model."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest

from helpers.scripts import script

ROOT = Path(__file__).resolve().parents[2]
SOURCE = '''\
"""Module."""
LIMIT = 3


def f(x, y):
    """Doc with 1 number."""
    if x < 2 and not y:
        return min(x, 0.5)
    x += 1
    y[0] = x * 2
    return x - y[0]
'''


def tool():
    return script("mutate")


def changes() -> dict[str, str]:
    """Return, by what is said of it, each mutant's source."""
    return {
        mutant.said: ast.unparse(tool().mutated(SOURCE, mutant.number))
        for mutant in tool().mutants("f", SOURCE)
    }


@pytest.mark.parametrize(
    ("said", "line"),
    [
        ("Lt becomes LtE in x < 2", "if x <= 2 and (not y):"),
        ("And becomes Or in x < 2 and (not y)", "if x < 2 or not y:"),
        ("the condition x < 2 and (not y) is turned round", "if not (x < 2 and (not y)):"),
        ("min becomes max in min(x, 0.5)", "return max(x, 0.5)"),
        ("0.5 becomes 1.0", "return min(x, 1.0)"),
        ("Add becomes Sub in x += 1", "x -= 1"),
        ("Mult becomes Div in x * 2", "y[0] = x / 2"),
        ("y[0] = x * 2 is left out", "pass"),
        ("Sub becomes Add in x - y[0]", "return x + y[0]"),
    ],
)
def test_a_mutant_has_one_change(said, line):
    found = changes()[said]
    assert line in [each.strip() for each in found.splitlines()]
    before = ast.unparse(ast.parse(SOURCE)).splitlines()
    assert sum(a != b for a, b in zip(before, found.splitlines(), strict=True)) == 1


def test_neither_docstrings_nor_figures_beside_functions_are_changed():
    lines = {mutant.line for mutant in tool().mutants("f", SOURCE)}
    assert lines == {7, 8, 9, 10, 11}


def test_a_sample_is_the_same_each_time_and_a_larger_one_holds_it():
    source = (tool().MODEL / "response.py").read_text("utf-8")
    small, large = (tool().sampled("response", source, n, 1) for n in (5, 20))
    assert small == tool().sampled("response", source, 5, 1)
    assert len(small) == 5 and set(small) < set(large)
    assert small != tool().sampled("response", source, 5, 2)


def test_every_mechanism_has_tests_and_at_least_some_places():
    for module in tool().modules():
        assert tool().tests_of(module)
        assert tool().mutants(module, (tool().MODEL / f"{module}.py").read_text("utf-8"))
    assert len(tool().modules()) >= 30 and not set(tool().untested()) & set(tool().modules())


def test_a_report_fails_below_either_end_and_names_survivors(monkeypatch):
    mutants = tool().mutants("f", SOURCE)[:10]
    monkeypatch.setattr(
        tool(), "reasons", lambda: {f"f: {mutants[0].said}": "the same in all cases"}
    )
    found = dict.fromkeys(mutants, tool().KILLED)
    lines, good = tool().report(found, 0.7, 0.7)
    assert good and "all: 10 of 10, 1.000 (0.722 to 1.000)" in lines
    assert not tool().report(found, 0.73, 0.7)[1]
    found |= {mutants[0]: tool().SURVIVED, mutants[1]: tool().ENDLESS}
    lines, good = tool().report(found, 0.5, 0.9)
    assert good and lines[-1].endswith(": the same in all cases")
    assert lines[-1].startswith(f"survived: model/f.py:{mutants[0].line}: ")
    assert not tool().report(found, 0.5, 0.91)[1]
    found[mutants[2]] = tool().BROKEN
    lines, good = tool().report(found, 0.0, 0.0)
    assert not good and lines[0] == "f: its tests fail or do not end without any change"
    assert "all: 8 of 9, " in "\n".join(lines)


def test_what_is_known_is_not_run_again(tmp_path, monkeypatch):
    out = tmp_path / "out.jsonl"
    source = (tool().MODEL / "trust.py").read_text("utf-8")
    wanted = tool().sampled("trust", source, 3, 1)
    asked = []
    monkeypatch.setattr(tool(), "tried", lambda *a: asked.append(a) or (
        tool().SURVIVED if a[1] is None else tool().KILLED))  # fmt: skip
    first = tool().carry_out(wanted[:2], out, 1.0)
    assert set(first.values()) == {tool().KILLED} and len(asked) == 3
    assert tool().carry_out(wanted, out, 1.0).keys() == set(wanted) and len(asked) == 5
    assert len([json.loads(line) for line in out.read_text("utf-8").splitlines()]) == 3


def test_every_reason_is_of_a_mutant_that_there_is():
    every = {
        f"{name}: {mutant.said}"
        for name in tool().modules()
        for mutant in tool().mutants(name, (tool().MODEL / f"{name}.py").read_text("utf-8"))
    }
    assert not tool().reasons().keys() - every


def test_an_unknown_file_is_refused(capsys):
    with pytest.raises(SystemExit) as stopped:
        tool().main(["nonsense"])
    assert stopped.value.code == 2 and "response" in capsys.readouterr().err


@pytest.mark.long
@pytest.mark.timeout(1500)
def test_sixty_mutants_of_the_model_are_mostly_noticed(tmp_path):
    command = [
        sys.executable,
        "tools/mutate.py",
        "--total",
        "60",
        "--out",
        str(tmp_path / "o.jsonl"),
    ]
    done = subprocess.run(
        [*command, "--least", "0.5", "--least-file", "0"], cwd=ROOT, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert "all: " in done.stdout and " of 60, " in done.stdout
