"""What docs/migrating.md says of version 0.1, run on a study and a run folder that 0.1 wrote."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from helpers.documents import blocks

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "migrating.md"
WRITTEN = Path(__file__).parent / "version_0_1"


@pytest.fixture(scope="module")
def said(tmp_path_factory) -> list[subprocess.CompletedProcess]:
    """Run every block of the page in a folder that 0.1 has left; return how each went."""
    here = tmp_path_factory.mktemp("from-0.1")
    shutil.copytree(WRITTEN, here, dirs_exist_ok=True)
    program = here / "bin" / "negotiation-sim"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m negotiation_sim "$@"\n')
    program.chmod(0o755)
    environment = os.environ | {
        "PATH": f"{program.parent}:{os.environ['PATH']}", "PYTHONPATH": str(ROOT),
    }  # fmt: skip
    commands = [["bash", "-c", block] for block in blocks(PAGE, "bash")]
    commands += [[sys.executable, "-c", block] for block in blocks(PAGE, "python")]
    return [
        subprocess.run(
            each, cwd=here, env=environment, capture_output=True, text=True, check=False
        )
        for each in commands
    ]  # fmt: skip


@pytest.mark.long
def test_the_study_is_refused_line_by_line_brought_over_and_run(said):
    check, migrate, then = said[:3]
    assert check.returncode == 2 and check.stderr.count("of version 0.1") == 3
    assert migrate.returncode == 0 and "For you to decide: " in migrate.stdout
    assert "reservation_value 0.5 -> margin 0.05" in migrate.stdout
    assert then.returncode == 0 and "Run folder: results/old-study/" in then.stdout, then.stderr


@pytest.mark.long
def test_a_run_folder_is_refused_with_what_can_be_done_and_its_tables_are_read(said):
    reproduce, load = said[3:]
    assert "exit code 2" in reproduce.stdout
    assert (
        "its tables can be read (negotiation_sim.load), its study brought over" in reproduce.stderr
    )
    assert load.stdout == "6 rows, 1 timely\n", load.stderr


def test_the_run_is_one_of_0_1():
    (manifest,) = WRITTEN.rglob("manifest.json")
    text = manifest.read_text("utf-8")
    assert '"negotiation-sim": "0.1.0+c32668a6fb"' in text and "reservation_value" in text
