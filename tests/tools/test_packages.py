"""Wheel and sdist, built and installed without a network, work from outside the tree alike."""

from __future__ import annotations

import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from helpers.scripts import script
from negotiation_sim.faces import api

ROOT = Path(__file__).resolve().parents[2]


def tool():
    return script("try_packages")


def test_a_folder_without_both_is_refused(tmp_path, capsys):
    (tmp_path / "a-1-py3-none-any.whl").touch()
    assert tool().main([str(tmp_path)]) == 2
    assert "one wheel and one sdist are wanted" in capsys.readouterr().out


@pytest.mark.long
@pytest.mark.timeout(900)
def test_both_are_built_and_tried(tmp_path, capsys, monkeypatch):
    dist = tmp_path / "dist"
    command = [sys.executable, "-m", "hatchling", "build", "-d", str(dist)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (wheel,), (sdist,) = dist.glob("*.whl"), dist.glob("*.tar.gz")
    inside = zipfile.ZipFile(wheel).namelist()
    assert "negotiation_sim/_catalogue/actors/CHN.yaml" in inside
    assert not [name for name in inside if name.startswith(("tests/", "results/", "docs/"))]
    with tarfile.open(sdist) as opened:
        names = opened.getnames()
    assert any(name.endswith("/tests/test_style.py") for name in names)
    kept = ("/results/README.md", "/version_0_1/")  # a run of version 0.1 belongs to the tests
    results = [name for name in names if "/results/" in name]
    assert not [name for name in results if not any(part in name for part in kept)]
    assert not [name for name in names if "/.github" in name]
    assert tool().main([str(dist), "--tag", "v9.9.9"]) == 1
    assert "the tag says v9.9.9" in capsys.readouterr().out
    assert tool().main([str(dist)]) == 0
    said = capsys.readouterr().out.splitlines()
    assert len(said) == 2 and len({line.rsplit(" ", 1)[1] for line in said}) == 1


@pytest.mark.long
@pytest.mark.timeout(900)
def test_archives_are_reproduced_in_a_fresh_environment(tmp_path):
    """Of a run, of a sweep and of a plug-in's run, with nothing there but the wheel."""
    dist, here, work = tmp_path / "dist", tmp_path / "here", tmp_path / "work"
    rule = ROOT / "examples" / "plugins" / "less_one.py"
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(dist)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = dist.glob("*.whl")
    few = {"strategies": ["code@COPUOS"], "out": here}
    made = {
        "run": api.run("bellagio", 40, figures=False, **few),
        "sweep": api.sweep(
            "bellagio", {"environment.pace": [0.05, 0.1]}, replicates=10, workers=1, out=here
        ),
        "ruled": api.run("bellagio", 40, seed=3, figures=False, plugin=rule, **few),
    }
    work.mkdir()
    for name, run in made.items():
        api.archive([run], work / f"{name}.zip")
    scripts = tool().installed(wheel, tmp_path / "environment")
    command = str(scripts / "negotiation-sim")
    for name in ("run", "sweep"):
        assert "The same" in tool().run([command, "reproduce", f"{name}.zip"], work)
    with pytest.raises(tool().Failed, match=r"export ruled\.zip --plugin-to less_one\.py"):
        tool().run([command, "reproduce", "ruled.zip"], work)
    tool().run([command, "export", "ruled.zip", "--plugin-to", "taken.py"], work)
    assert (work / "taken.py").read_bytes() == rule.read_bytes()
    said = tool().run([command, "reproduce", "ruled.zip", "--plugin", "taken.py"], work)
    assert "The same" in said
