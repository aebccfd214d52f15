"""The sources without remarks: what a tokenizer calls a comment is left out, and nothing else."""

from __future__ import annotations

import io
import tokenize
from pathlib import Path

import pytest

import negotiation_sim
from negotiation_sim.runs.identity import without_remarks

ROOT = Path(negotiation_sim.__file__).parent


def comments(source: str) -> int:
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    return sum(token.type == tokenize.COMMENT for token in tokens)


def code(source: str) -> list[tuple[int, str]]:
    """Return the tokens that are neither comment, place nor a string that stands alone."""
    silent = {tokenize.COMMENT, tokenize.NL, tokenize.INDENT, tokenize.DEDENT, tokenize.NEWLINE}
    tokens = [
        (token.type, token.string, token.line)
        for token in tokenize.generate_tokens(io.StringIO(source).readline)
    ]
    return [
        (kind, text)
        for kind, text, line in tokens
        if kind not in silent and not (kind == tokenize.STRING and line.strip() == text.strip())
    ]


@pytest.mark.parametrize("folder", ["model", "engine", "runs", "analysis", "catalogue", "studies"])
def test_sources_lose_comments_and_docstrings_alone(folder):
    for path in sorted((ROOT / folder).rglob("*.py")):
        source = path.read_text("utf-8")
        bare = without_remarks(source)
        if not bare:
            continue
        assert comments(bare) == 0, path
        try:
            kept = code(bare)
        except (IndentationError, tokenize.TokenError):  # a body of a docstring alone
            continue
        assert kept == code(source), path


def test_a_hash_in_a_text_is_no_comment():
    source = (
        "a = '# kept'  # gone\n"
        'b = "it\'s # kept"  # it\'s "gone"\n'
        'c = """x # kept\n# kept\n"""  # gone\n'
        "d = '\\''  '# kept'\n"
        "e = {1: \"'\", 2: '\"'}  # gone\n"
    )
    bare = without_remarks(source)
    assert bare.count("# kept") == 5 and "gone" not in bare
