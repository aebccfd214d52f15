"""Shares in per cent, written in one way by run, figure, report and page.

A percentage has one decimal where it, or the upper end of its interval, is below 10 %, and none
elsewhere; both ends of an interval have the decimals of its estimate and are rounded outwards, so
that what is printed is never narrower than what was computed. Nothing that happened is written 0,
nothing that failed is written 100.
"""

from __future__ import annotations

import math

NONE = "–"
SMALL = 0.0995  # below it a whole per cent is too coarse


def digits_for(high: float) -> int:
    """Return how many decimals of a percentage to show: one where everything is small.

    Examples
    --------
    >>> digits_for(0.0994), digits_for(0.0995)
    (1, 0)
    """
    return 1 if high < SMALL else 0


def percent(p: float, high: float | None = None) -> str:
    """Return a share in per cent with as many decimals as its interval is given.

    Parameters
    ----------
    p : float
        0 to 1; a dash where it is not known.
    high : float, optional
        Upper end of its interval.

    Examples
    --------
    >>> percent(0.248), percent(0.058), percent(0.058, 0.11), percent(0.0), percent(0.9999)
    ('25%', '5.8%', '6%', '0%', '>99%')
    >>> percent(0.0002), percent(0.002, 0.3)
    ('<0.1%', '<1%')
    """
    if math.isnan(p):
        return NONE
    digits = digits_for(max(p, high if high is not None and not math.isnan(high) else p))
    whole = math.floor(100.0 * 10**digits * p + 0.5 + 1e-9)  # halves go up
    if p > 0.0 and whole == 0:
        return "<0.1%" if digits else "<1%"
    if p < 1.0 and whole >= 100 * 10**digits:
        return ">99%"
    return "0%" if whole == 0 else f"{whole / 10**digits:.{digits}f}%"


def span(low: float, high: float) -> str:
    """Return an interval in per cent, rounded outwards so that it is never narrower.

    Examples
    --------
    >>> span(0.0, 0.00192), span(0.0786, 0.1041), span(0.605, 0.689)
    ('0–0.2%', '7–11%', '60–69%')
    """
    if math.isnan(low) or math.isnan(high):
        return NONE
    digits = digits_for(high)
    scale = 100.0 * 10**digits
    bottom = math.floor(low * scale + 1e-9) / 10**digits
    top = min(100.0, math.ceil(high * scale - 1e-9) / 10**digits)
    return f"{_end(bottom, digits)}–{_end(top, digits)}%"


def _end(value: float, digits: int) -> str:
    return "0" if value == 0.0 else f"{value:.{digits}f}"


def positions(low: float, high: float) -> str:
    """Return the spread of P over beliefs; a dash where it cannot be told from chance.

    Examples
    --------
    >>> positions(0.136, 0.932), positions(0.002, 0.002)
    ('13–94%', '–')
    """
    return span(low, high) if high > low else NONE


def at_most(p: float) -> str:
    """Return a share in per cent, rounded upwards.

    Examples
    --------
    >>> at_most(0.20501), at_most(0.0076)
    ('21%', '0.8%')
    """
    scale = 100.0 * 10 ** digits_for(p)
    top = min(100.0, math.ceil(p * scale - 1e-9) * 100.0 / scale)
    return f"{top:.{digits_for(p)}f}%"


def estimate(p: float, low: float, high: float) -> str:
    """Return a share with its interval.

    Examples
    --------
    >>> estimate(0.0905, 0.0786, 0.0941), estimate(0.648, 0.605, 0.689)
    ('9.1% (7.8–9.5%)', '65% (60–69%)')
    """
    return NONE if math.isnan(p) else f"{percent(p, high)} ({span(low, high)})"
