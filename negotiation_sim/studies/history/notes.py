"""What was filled in or left out while reading a file, with the first few lines of each kind."""

from __future__ import annotations

LINES_SHOWN = 5


class Notes:
    """Collects lines by what was done to them."""

    def __init__(self) -> None:
        self.lines: dict[str, list[int]] = {}

    def add(self, what: str, line: int) -> None:
        """Note that ``what`` was done in a line of the file."""
        self.lines.setdefault(what, []).append(line)

    def words(self) -> list[str]:
        """Return one sentence a kind, with how many lines and the first of them."""
        said = []
        for what, lines in self.lines.items():
            shown = ", ".join(str(line) for line in lines[:LINES_SHOWN])
            more = ", ..." if len(lines) > LINES_SHOWN else ""
            said.append(f"{what}: {len(lines)} (line {shown}{more})")
        return said
