"""Every long test belongs to one part; a part that fails, is cut off or not begun is named."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import long

TESTS = Path(__file__).parent
ROOT = TESTS.parent
PARTS = long.read_parts()
LONG_FILES = [
    path for path in sorted(TESTS.rglob("*.py")) if re.search(r"\bmark\.long\b", path.read_text())
]
TEST_COMMAND, INSTALL = 13, 3  # minutes


def parts_of(path: Path) -> list[str]:
    inside = {path, *path.parents}
    return [name for name, part in PARTS.items() if {TESTS / p for p in part["paths"]} & inside]


@pytest.mark.parametrize("path", LONG_FILES, ids=lambda path: path.relative_to(TESTS).as_posix())
def test_a_long_test_belongs_to_one_part(path):
    if path != Path(__file__):
        assert len(parts_of(path)) == 1, f"its parts in tests/long_parts.toml: {parts_of(path)}"


def test_every_part_has_long_tests_and_its_paths_are_there():
    found = {name for path in LONG_FILES for name in parts_of(path)}
    assert found == PARTS.keys()
    assert all((TESTS / path).exists() for part in PARTS.values() for path in part["paths"])


def test_the_parts_fit_into_the_time_of_ci_beside_the_test_command():
    script = (ROOT / ".ci" / "run").read_text("utf-8")
    limit = int(re.search(r"^limit=(\d+)$", script, re.M)[1])
    assert limit == 75 * 60
    lanes = int(re.search(r"--lanes (\d)", script)[1])
    assert long.minutes_of(PARTS, lanes) <= limit / 60 - TEST_COMMAND - INSTALL


def test_side_by_side_the_longest_begin_first_and_all_are_told(capfd):
    parts = fake(short="print('one')", long="print('two')", last="exit(1)")
    parts["long"]["minutes"] = 5
    assert long.minutes_of(parts, 2) == 5 and long.minutes_of(parts, 1) == 7
    went = long.run_parts(parts, 60.0, python, 2)
    assert {name: outcome for name, (outcome, _) in went.items()} == {
        "short": "passed", "long": "passed", "last": "failed",
    }  # fmt: skip
    said = capfd.readouterr().out
    assert said.index("long begins") < said.index("short begins")
    assert "== short: passed\none" in said and "== long: passed\ntwo" in said


def fake(**code: str) -> dict[str, dict[str, object]]:
    return {name: {"code": text, "minutes": 1} for name, text in code.items()}


def python(part: dict[str, object]) -> list[str]:
    return [sys.executable, "-S", "-c", str(part["code"])]


def test_a_part_goes_on_after_one_that_failed():
    went = long.run_parts(fake(first="exit(3)", second="pass"), 60.0, python)
    assert {name: outcome for name, (outcome, _) in went.items()} == {
        "first": "failed", "second": "passed",
    }  # fmt: skip


def test_a_part_cut_off_takes_its_processes_along_and_the_next_is_not_begun(tmp_path):
    child = f"import time; time.sleep(6); open({str(tmp_path / 'alive')!r}, 'w')"
    code = f"import subprocess, sys; subprocess.run([sys.executable, '-S', '-c', {child!r}])"
    went = long.run_parts(fake(slow=code, next="pass", last="pass"), 0.5, python)
    assert [outcome for outcome, _ in went.values()] == ["cut off", "not begun", "not begun"]
    subprocess.run([sys.executable, "-S", "-c", "import time; time.sleep(6)"], check=True)
    assert not (tmp_path / "alive").exists()


TEST = "import pytest, time\n\n@pytest.mark.long\ndef test_it():\n    {}\n"


def run(tmp_path: Path, *words: str, **bodies: str) -> subprocess.CompletedProcess:
    """Run the command with parts of one made-up test each."""
    table = ""
    for name, body in bodies.items():
        (tmp_path / f"test_{name}.py").write_text(TEST.format(body) if body else "")
        table += f'[{name}]\npaths = ["{(tmp_path / f"test_{name}.py").as_posix()}"]\nminutes = 1\n'
    (tmp_path / "parts.toml").write_text(table)
    command = [sys.executable, str(TESTS / "long.py"), "--table", str(tmp_path / "parts.toml")]
    return subprocess.run([*command, *words], capture_output=True, text=True, check=False)


def said(done: subprocess.CompletedProcess) -> dict[str, str]:
    return dict(re.findall(r"^(\w+) +[\d.]+ +1  ([\w ]+)$", done.stdout, re.M))


def test_the_command_fails_by_name(tmp_path):
    done = run(tmp_path, good="pass", bad="assert False", empty="", last="pass")
    assert said(done) == {"good": "passed", "bad": "failed", "empty": "failed", "last": "passed"}
    assert done.returncode == 1


def test_the_command_names_what_was_cut_off_and_what_was_not_begun(tmp_path):
    done = run(tmp_path, "--within", "1", slow="time.sleep(120)", after="pass")
    assert said(done) == {"slow": "cut off", "after": "not begun"}
    assert done.returncode == 1


def test_the_command_passes_if_the_part_asked_for_passes(tmp_path):
    done = run(tmp_path, "good", good="pass", bad="assert False")
    assert (said(done), done.returncode) == ({"good": "passed"}, 0)


def test_an_unknown_part_is_refused_and_the_known_are_named(tmp_path):
    done = run(tmp_path, "other", good="pass")
    assert done.returncode == 2 and "known: good" in done.stderr


def ci(tmp_path: Path, test_command: str, limit: int, **bodies: str) -> subprocess.CompletedProcess:
    """Run .ci/run in a made-up tree, where making an environment takes no time."""
    tools = tmp_path / "tools"
    for folder in (tools, tmp_path / ".ci", tmp_path / "tests"):
        folder.mkdir()
    stubs = {
        "python": f'exec "{sys.executable}" -S "$@"', "chromium": "", "Rscript": "",
        "maker": 'mkdir -p "$3/bin" && : > "$3/bin/activate"',
    }  # fmt: skip
    for name, line in stubs.items():
        (tools / name).write_text(f"#!/bin/sh\n{line}\n")
        (tools / name).chmod(0o755)
    names = "".join(
        f'"{name}": {{"code": {code!r}, "minutes": 1}}, ' for name, code in bodies.items()
    )
    source = (TESTS / "long.py").read_text("utf-8")
    source = source.replace("parts = read_parts(chosen.table)", f"parts = {{{names}}}")
    source = re.sub(
        r"return \[sys.executable, .*", 'return [sys.executable, "-c", part["code"]]', source
    )
    source = re.sub(r"^    paths = .*\n", "", source, flags=re.M)
    (tmp_path / "tests" / "long.py").write_text(source)
    script = re.sub(
        r"^limit=\d+$", f"limit={limit}", (ROOT / ".ci" / "run").read_text(), flags=re.M
    )
    (tmp_path / ".ci" / "run").write_text(script)
    (tmp_path / "README.md").write_text(
        f"```bash\n: '.[test]' && {test_command}\npython tests/long.py   # long\n```\n"
    )
    environment = os.environ | {"PATH": f"{tools}:{os.environ['PATH']}", "PYTHON": "maker"}
    return subprocess.run(
        ["bash", ".ci/run"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_ci_passes_where_everything_passes(tmp_path):
    done = ci(tmp_path, "true", 300, one="pass", two="pass")
    assert (said(done), done.returncode) == ({"one": "passed", "two": "passed"}, 0), done.stderr


def test_ci_fails_where_the_test_command_fails_and_still_runs_the_parts(tmp_path):
    done = ci(tmp_path, "false", 300, one="pass")
    assert "failed: : '.[test]' && false" in done.stdout and said(done) == {"one": "passed"}
    assert done.returncode != 0


def test_ci_fails_by_name_for_what_it_has_no_time_for(tmp_path):
    slow = "import time; time.sleep(60)"
    done = ci(tmp_path, "true", 32, slow=slow, too=slow, after="pass")
    assert said(done) == {"slow": "cut off", "too": "cut off", "after": "not begun"}
    assert done.returncode != 0


def test_ci_fails_where_the_test_command_takes_all_the_time(tmp_path):
    done = ci(tmp_path, "sleep 60", 1, one="pass", two="pass")
    assert "cut off: : '.[test]' && sleep 60" in done.stdout
    assert said(done) == {"one": "not begun", "two": "not begun"} and done.returncode != 0
