"""Under CI no test is left out: a skip of any kind fails, at collection too."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

CONFTEST = Path(__file__).parent / "conftest.py"
KINDS = {
    "by_mark": "@pytest.mark.skipif(True, reason='no such thing')\ndef test_it():\n    pass\n",
    "inside": "def test_it():\n    pytest.skip('no such thing')\n",
    "in_a_fixture": "@pytest.fixture\ndef thing():\n    pytest.skip('no such thing')\n\n"
    "def test_it(thing):\n    pass\n",
    "of_a_library": "def test_it():\n    pytest.importorskip('nosuch', reason='no such thing')\n",
    "of_a_module": "pytest.importorskip('nosuch', reason='no such thing')\n"
    "def test_it():\n    pass\n",
    "that_must_fail": "@pytest.mark.xfail(reason='known')\ndef test_it():\n    assert False\n",
}


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    """Return what is said with and without CI of a test of every kind."""
    folder = tmp_path_factory.mktemp("skips")
    (folder / "conftest.py").write_text(CONFTEST.read_text("utf-8"))
    for name, code in KINDS.items():
        (folder / f"test_{name}.py").write_text(f"import pytest\n\n{code}")
    said = {}
    for ci in ("", "true"):
        command = [sys.executable, "-m", "pytest", "-rsfEx", "--continue-on-collection-errors"]
        done = subprocess.run(
            command, cwd=folder, env=os.environ | {"CI": ci}, capture_output=True, text=True,
            check=False,
        )  # fmt: skip
        said[ci] = done.stdout
    return said


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "that_must_fail"])
def test_a_skip_fails_under_ci_and_says_what_is_missing(results, kind):
    assert re.search(rf"^(FAILED|ERROR) test_{kind}\.py", results["true"], re.M)
    assert results["true"].count("no such thing") >= len(KINDS) - 1
    assert not re.search(rf"^(FAILED|ERROR) test_{kind}\.py", results[""], re.M)


def test_a_failure_that_is_expected_stays_so(results):
    assert "XFAIL test_that_must_fail.py" in results["true"]
