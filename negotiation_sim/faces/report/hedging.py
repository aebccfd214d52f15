"""Intervals and tests -> words, by rules: what is said is never surer than the interval.

Ends of intervals are rounded outwards; a word for a probability is used only where the whole
interval lies in its band; "more often" only where the intervals are apart.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from negotiation_sim.analysis.intervals import wilson
from negotiation_sim.words.sentences import listed
from negotiation_sim.words.shares import NONE
from negotiation_sim.words.vocabulary import term_cell

# Upper end of each band and its word (the scale of the IPCC's guidance note of 2010).
BANDS = (
    (0.01, "exceptionally unlikely"),
    (0.10, "very unlikely"),
    (0.33, "unlikely"),
    (0.66, "about as likely as not"),
    (0.90, "likely"),
    (0.99, "very likely"),
    (1.00, "virtually certain"),
)
OPEN = 4  # an interval over so many bands says nothing
LEAST_TERM = 0.1  # share of objections below which a term is not worth a word


def band(p: float) -> int:
    """Return the place of the band that holds a probability; an upper end belongs to its band."""
    return next(place for place, (end, _) in enumerate(BANDS) if p <= end + 1e-12)


def likelihood(low: float, high: float) -> str:
    """Return words that hold over the whole interval.

    Examples
    --------
    >>> likelihood(0.02, 0.08), likelihood(0.05, 0.2), likelihood(0.05, 0.95)
    ('very unlikely', 'very unlikely to unlikely', 'open')
    """
    first, last = band(low), band(high)
    if last - first >= OPEN:
        return "open"
    if first == last:
        return BANDS[first][1]
    return f"{BANDS[first][1]} to {BANDS[last][1]}"


def signed(difference: float) -> str:
    """Return a difference of shares in points of 100.

    Examples
    --------
    >>> signed(0.0845), signed(-0.002), signed(0.0)
    ('+8.5', '−0.2', '0.0')
    """
    if math.isnan(difference):
        return NONE
    text = f"{100.0 * difference:+.1f}"
    return "0.0" if float(text) == 0.0 else text.replace("-", "−")


def signed_span(low: float, high: float) -> str:
    """Return an interval of a difference in points, rounded outwards."""
    if math.isnan(low) or math.isnan(high):
        return NONE
    bottom, top = math.floor(1000.0 * low + 1e-9) / 1000, math.ceil(1000.0 * high - 1e-9) / 1000
    return f"{signed(bottom)} to {signed(top)}"


def how_often(low: float, high: float) -> str:
    """Return how often a cause is met among failures, in words that its interval carries.

    Examples
    --------
    >>> how_often(0.97, 1.0), how_often(0.6, 0.7), how_often(0.3, 0.4), how_often(0.45, 0.6)
    ('nearly always', 'mostly', 'in part', 'in about half of the cases')
    """
    if low > 0.95:
        return "nearly always"
    if low > 0.5:
        return "mostly"
    if high < 0.5:
        return "in part"
    return "in about half of the cases" if high - low < 0.25 else "more or less often"


def over(terms: str) -> str:
    """Return what a state objects to: one term alone only where it is surely the commonest.

    Parameters
    ----------
    terms : str
        Terms with counts, as ``analysis.causes`` writes them: ``form 1491, scope 173``.
    """
    counts = [(name, int(n)) for name, _, n in (part.rpartition(" ") for part in terms.split(", "))]
    total = sum(n for _, n in counts)
    low, _ = wilson(counts[0][1], total)
    if len(counts) > 1 and low > 0.5:
        return f"mostly over {term_cell(counts[0][0])}"
    return f"over {some([term_cell(name) for name, n in counts if n >= total * LEAST_TERM])}"


def some(names: Sequence[str], most: int = 3) -> str:
    """Return names as a list, the rest counted.

    Examples
    --------
    >>> some(["a", "b", "c", "d", "e"])
    'a, b, c and 2 more'
    """
    shown = list(names[:most])
    rest = len(names) - len(shown)
    return listed([*shown, f"{rest} more"] if rest else shown) if shown else "none"


def quoted(names: Iterable[str]) -> list[str]:
    """Return strategies as they are typed, between back quotes."""
    return [f"`{name}`" for name in names]
