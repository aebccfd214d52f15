"""Labels that stay clear of one another: beside the ends of lines, and around points."""

from __future__ import annotations

import math
from collections.abc import Sequence

Point = Sequence[float]

LETTER, LINE = 0.0112, 0.036  # width of a letter and height of a line, in units of the issue space


def label_places(
    points: Sequence[Point], words: Sequence[str], marks: Sequence[Point]
) -> list[tuple[float, float, bool]]:
    """Return where to centre each label, relative to its point, and whether it is far from it.

    The places nearest to the point are tried first: right, left, above, below, then farther out
    all around; a place is free if the label's box meets no other label and no mark.
    """
    taken = [(x - 0.011, y - 0.014, x + 0.011, y + 0.014) for x, y in marks]
    out = []
    for (x, y), word in zip(points, words, strict=True):
        half, line = LETTER * len(word) / 2.0, LINE / 2.0
        tried = [
            (turn_x * (half + 0.016 + far), turn_y * (line + 0.018 + 0.7 * far), far > 0.0)
            for far in (0.0, 0.03, 0.06, 0.09, 0.13, 0.17, 0.22, 0.28)
            for turn_x, turn_y in _AROUND
        ]
        found = next(
            (place for place in tried if _free(_box(x, y, place, half, line), taken)), tried[0]
        )
        taken.append(_box(x, y, found, half, line))
        out.append(found)
    return out


_AROUND = ((1, 0), (-1, 0), (0, 1), (0, -1), (0.8, 0.9), (-0.8, 0.9), (0.8, -0.9), (-0.8, -0.9))


def _box(
    x: float, y: float, place: tuple[float, float, bool], half: float, line: float
) -> tuple[float, float, float, float]:
    x, y = x + place[0], y + place[1]
    return x - half, y - line, x + half, y + line


def _free(box: tuple[float, ...], taken: Sequence[tuple[float, ...]]) -> bool:
    """Return whether a box lies inside the space and meets none of those taken."""
    if box[0] < -0.04 or box[2] > 1.04 or box[1] < -0.04 or box[3] > 1.04:
        return False
    return all(
        box[2] <= other[0] or other[2] <= box[0] or box[3] <= other[1] or other[3] <= box[1]
        for other in taken
    )


def apart(places: Sequence[float], gap: float, least: float = -math.inf) -> list[float]:
    """Return places moved as little as needed to keep a distance and stay above ``least``.

    Examples
    --------
    >>> apart([0.5, 0.5], 0.2)
    [0.4, 0.6]
    >>> apart([0.0, 0.0], 0.2, least=0.0)
    [0.0, 0.2]
    """
    order = sorted(range(len(places)), key=lambda i: (places[i], i))
    blocks: list[list[float]] = []  # each: sum of places wanted by its members, how many
    for rank in order:
        blocks.append([places[rank], 1.0])
        while len(blocks) > 1 and _start(blocks[-1], gap) < _end(blocks[-2], gap) + gap:
            total, n = blocks.pop()
            blocks[-1] = [blocks[-1][0] + total, blocks[-1][1] + n]
    out, floor = [0.0] * len(places), least
    ranks = iter(order)
    for block in blocks:
        for step in range(int(block[1])):
            floor = max(floor, _start(block, gap) + step * gap)
            out[next(ranks)] = round(floor, 12)
            floor += gap
    return out


def _start(block: list[float], gap: float) -> float:
    return block[0] / block[1] - gap * (block[1] - 1.0) / 2.0


def _end(block: list[float], gap: float) -> float:
    return block[0] / block[1] + gap * (block[1] - 1.0) / 2.0
