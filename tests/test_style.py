"""The style of the sources: what ruff and mypy find with the rules of pyproject.toml, and types said."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
CHECKS = (
    pytest.param(("ruff", "check", "--quiet", "--output-format=concise", "."), id="ruff-check"),
    pytest.param(("ruff", "format", "--quiet", "--check", "."), id="ruff-format"),
    pytest.param(("mypy", "--no-error-summary"), marks=pytest.mark.long, id="mypy"),
)


@pytest.mark.parametrize("command", CHECKS)
def test_nothing_is_found(command):
    done = subprocess.run(
        [sys.executable, "-m", *command], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout}{done.stderr}"


def test_the_package_says_that_it_is_typed():
    assert (ROOT / "negotiation_sim" / "py.typed").read_bytes() == b""


SOURCES = sorted((ROOT / "negotiation_sim").rglob("*.py"))
STRICT = [path for path in SOURCES if path.parent.name in ("model", "engine")]
IGNORE = re.compile(r"#\s*type:\s*ignore(?!\[[a-z-]+(?:, ?[a-z-]+)*\])|#\s*mypy:")


def test_no_module_is_exempted_from_mypy():
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["mypy"]
    assert settings["strict"] is True
    assert settings["files"] == ["negotiation_sim"]
    assert "exclude" not in settings
    for block in settings["overrides"]:
        assert set(block) == {"module", "ignore_missing_imports"}
        assert not [name for name in block["module"] if name.startswith("negotiation_sim")]


def without_code(text: str) -> list[str]:
    """Return the lines that silence mypy without saying which of its checks."""
    return [line.strip() for line in text.splitlines() if IGNORE.search(line)]


def test_every_ignore_carries_its_code():
    assert without_code("x = f()  # type: ignore\n# mypy: ignore-errors\n# type: ignore[misc]\n") == [
        "x = f()  # type: ignore", "# mypy: ignore-errors",
    ]  # fmt: skip
    for path in SOURCES:
        assert not without_code(path.read_text("utf-8")), path


def with_any(text: str) -> list[str]:
    """Return the functions that have Any in their signature."""
    found = []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            a = node.args
            arguments = [*a.posonlyargs, *a.args, *a.kwonlyargs, a.vararg, a.kwarg]
            said = [each.annotation for each in arguments if each is not None] + [node.returns]
            if any("Any" in re.findall(r"\w+", ast.unparse(each)) for each in said if each):
                found.append(node.name)
    return found


def test_no_signature_of_model_and_engine_says_any():
    assert with_any("def f(a: dict[str, Any]): ...\ndef g(*b: int) -> 'Any': ...\n") == ["f", "g"]
    assert len(STRICT) > 30
    for path in STRICT:
        assert not with_any(path.read_text("utf-8")), path
