"""The code blocks and commands of a document, for the tests that run them."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

RUN_ID = "results/bellagio/0123456789ab"


def blocks(path: Path, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", path.read_text("utf-8"), re.M | re.S)


def commands(path: Path, program: str = "negotiation-sim") -> list[list[str]]:
    """Return the words of every command of a program in the document's shell blocks."""
    found = []
    for block in blocks(path, "(?:bash|sh|console)"):
        for line in block.replace("\\\n", " ").splitlines():
            words = shlex.split(line.removeprefix("$ "), comments=True)
            while words:
                end = next(
                    (i for i, w in enumerate(words) if w in ("&&", "||", "|", ";", ">")), len(words)
                )
                if words[0] == program:
                    found.append(words[1:end])
                words = words[end + 1 :]
    return found
