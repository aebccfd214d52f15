"""Pieces that sentences are made of: dates, lists, points of the issue space."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip


def month_name(date: str) -> str:
    """Return ``January 2009`` for ``2009-01``.

    Examples
    --------
    >>> month_name("2009-01")
    'January 2009'
    """
    return f"{MONTHS[int(date[5:7]) - 1]} {date[:4]}"


def on_few_beliefs(summary: Any) -> list[str]:
    """Return a sentence where P lies above the 95th percentile of its own beliefs.

    Where beliefs do not differ (0 to 0, say, beside a P of 1.6 %) the whole interval of P must lie above
    them, since what parts the two may then be chance alone.

    Parameters
    ----------
    summary : DataFrame
        As in ``summary.csv``.
    """
    if "p_positions_high" not in summary:
        return []
    found = summary[summary["p_success"] > summary["p_positions_high"]]
    spread = found["p_positions_high"] > found["p_positions_low"]
    if "p_success_low" in found:  # chance is no reason: even the lower end of P is above them all
        spread |= found["p_success_low"] > found["p_positions_high"]
    found = found[spread]["strategy"].tolist()
    if not found:
        return []
    return [
        f"P of {listed(found)} is above the 95th percentile of its beliefs: it rests on few of them, "
        "and more knowledge of positions would most likely lower it."
    ]


def listed(words: Iterable[str]) -> str:
    """Return ``a, b and c``.

    Examples
    --------
    >>> listed(["CHN", "IND", "USA"])
    'CHN, IND and USA'
    """
    words = list(words)
    return words[0] if len(words) == 1 else ", ".join(words[:-1]) + f" and {words[-1]}"
