"""The files for public continuous integration: valid, safe, and every line of them runs."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

from helpers.documents import blocks

ROOT = Path(__file__).resolve().parents[2]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
PYTHONS = ["3.11", "3.12", "3.13"]


def read(path: Path) -> dict:
    return yaml.safe_load(path.read_text("utf-8"))


def steps(path: Path) -> list[dict]:
    return [step for job in read(path)["jobs"].values() for step in job["steps"]]


RUN = [(path.stem, step["run"]) for path in WORKFLOWS for step in steps(path) if "run" in step]
# Lines whose work other tests do; what they name must still be there.
BY_OTHERS = {
    "python tools/build_site.py": "tests/tools/test_build_site.py, with smaller tutorials",
    ".ci/run": "whoever runs this test by it; tests/test_long.py runs it in a made-up tree",
    "python -m hatchling build -d dist": "tests/tools/test_packages.py",
    "python tools/try_packages.py dist": "tests/tools/test_packages.py",
    'python tools/try_packages.py dist --tag "$GITHUB_REF_NAME"': "tests/tools/test_packages.py",
}


def checked(*command: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "-m", *command] if command[0] != "zizmor" else list(command),
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_there_are_workflows():
    assert [path.name for path in WORKFLOWS] == ["release.yml", "tests.yml"]


def test_workflows_satisfy_their_schema():
    done = checked(
        "check_jsonschema", "--builtin-schema", "vendor.github-workflows", *map(str, WORKFLOWS)
    )
    assert done.returncode == 0, done.stdout + done.stderr
    dependabot = str(ROOT / ".github" / "dependabot.yml")
    done = checked("check_jsonschema", "--builtin-schema", "vendor.dependabot", dependabot)
    assert done.returncode == 0, done.stdout + done.stderr
    forms = sorted((ROOT / ".github" / "ISSUE_TEMPLATE").glob("*.yml"))
    assert len(forms) == 4
    for form in forms:
        kind = "config" if form.stem == "config" else "forms"
        done = checked(
            "check_jsonschema", "--builtin-schema", f"vendor.github-issue-{kind}", str(form)
        )
        assert done.returncode == 0, done.stdout + done.stderr


def test_the_policy_names_the_workflow_and_its_environment():
    said = (ROOT / "RELEASING.md").read_text("utf-8")
    jobs = read(ROOT / ".github" / "workflows" / "release.yml")["jobs"]
    assert jobs["publish"]["environment"] == "release" and "workflow `release.yml`" in said
    assert (
        jobs["publish"]["permissions"] == {"id-token": "write"} and "environment `release`" in said
    )


def test_a_broken_workflow_does_not(tmp_path):
    broken = tmp_path / "broken.yml"
    broken.write_text("on: push\njobs:\n  a:\n    runs: x\n", "utf-8")
    done = checked("check_jsonschema", "--builtin-schema", "vendor.github-workflows", str(broken))
    assert done.returncode != 0


def audit(folder: Path) -> subprocess.CompletedProcess:
    program = shutil.which("zizmor", path=f"{Path(sys.executable).parent}:{os.environ['PATH']}")
    assert program, "zizmor comes with the extra `test`"
    command = [program, "--offline", "--no-progress", str(folder)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_nothing_in_them_can_be_used_by_a_stranger():
    done = audit(ROOT / ".github")
    assert done.returncode == 0, done.stdout + done.stderr


def test_what_a_stranger_could_use_is_found(tmp_path):
    folder = tmp_path / ".github" / "workflows"
    folder.mkdir(parents=True)
    text = WORKFLOWS[1].read_text("utf-8")
    line = 'python tools/pins.py "$PINS"'
    assert line in text
    (folder / "tests.yml").write_text(
        text.replace(line, 'echo "${{ github.event.pull_request.title }}"'), "utf-8"
    )
    done = audit(tmp_path / ".github")
    assert done.returncode != 0 and "template-injection" in done.stdout


def test_systems_and_pythons_are_those_of_the_project():
    matrix = read(ROOT / ".github" / "workflows" / "tests.yml")["jobs"]["core"]["strategy"][
        "matrix"
    ]
    assert matrix["python"] == PYTHONS
    assert [name.split("-")[0] for name in matrix["system"]] == ["ubuntu", "macos", "windows"]
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert project["requires-python"] == ">=3.11,<3.14"
    said = [c.rsplit(" ", 1)[1] for c in project["classifiers"] if ":: 3." in c]
    assert said == PYTHONS


def test_libraries_are_tried_at_both_ends_and_docs_and_packages_are_built():
    jobs = read(ROOT / ".github" / "workflows" / "tests.yml")["jobs"]
    ends = jobs["versions"]["strategy"]["matrix"]["include"]
    assert {end["libraries"]: end["python"] for end in ends} == {"oldest": "3.11", "newest": "3.13"}
    said = " ".join(line for _, line in RUN)
    assert "tools/build_site.py" in said and "hatchling build" in said and ".ci/run" in said


def test_every_job_holds_as_little_as_it_needs():
    for path in WORKFLOWS:
        assert read(path)["permissions"] == {}
        for name, job in read(path)["jobs"].items():
            assert job["permissions"] in ({"contents": "read"}, {"id-token": "write"}), name
            assert job["timeout-minutes"] <= 120
            for step in job["steps"]:
                assert "uses" not in step or re.fullmatch(r"[\w./-]+@[0-9a-f]{40}", step["uses"])


def test_what_a_line_names_is_there():
    for _, line in RUN:
        for word in line.split():
            if re.match(r"(?:tests|tools|\.ci)/", word):
                assert (ROOT / word).exists(), f"{line}: no {word}"
    assert BY_OTHERS.keys() <= {line for _, line in RUN}
    assert '".[test]"' in dict(RUN)["tests"] or any(blocks(ROOT / "README.md", "bash"))


@pytest.mark.long
@pytest.mark.timeout(1500)
def test_every_line_runs(tmp_path):
    """In a copy of the tree and an environment of its own; tests are collected, not run once more."""
    tree = tmp_path / "tree"
    ignore = shutil.ignore_patterns(
        ".git", "build", "dist", ".venv", "venv", "__pycache__", ".*_cache"
    )
    shutil.copytree(ROOT, tree, ignore=ignore)
    environment = tmp_path / "venv"
    subprocess.run([sys.executable, "-m", "venv", str(environment)], check=True)
    outer = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "VIRTUAL_ENV")}
    outer |= {
        "PATH": f"{environment / 'bin'}:{os.environ['PATH']}", "PINS": "--newest", "CI": "true",
        "PYTEST_ADDOPTS": "--collect-only -q -n0 -p no:cacheprovider",
    }  # fmt: skip
    executed = []
    for workflow, line in RUN:
        if line in BY_OTHERS or line in executed:
            continue
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", line],
            cwd=tree, env=outer, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, (
            f"{workflow}: {line}\n{done.stdout[-3000:]}{done.stderr[-3000:]}"
        )
        executed.append(line)
    assert set(executed) | BY_OTHERS.keys() == {line for _, line in RUN}
    assert any("pytest" in line for line in executed) and any("pip" in line for line in executed)
