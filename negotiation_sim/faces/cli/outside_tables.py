"""What ``precedents`` and ``run`` print of the outside view, as plain text."""

from __future__ import annotations

from collections.abc import Sequence

from negotiation_sim.faces.cli.run_tables import EMPTY, Printed, printed
from negotiation_sim.studies.history.outside_view import Beside, OutsideView, parting
from negotiation_sim.studies.history.precedents import BaseRate
from negotiation_sim.words import shares

OUTSIDE = "not tested"


def rate_words(rate: BaseRate | None) -> str:
    """Return how many of the nearest adopted a text, with the interval of their share.

    Examples
    --------
    >>> rate_words(BaseRate(0.4, 0.168, 0.687, 10))
    '4 of 10 (16-69%)'
    """
    if rate is None:
        return "none"
    return f"{rate.adopted} of {rate.n} ({printed(shares.span(rate.low, rate.high))})"


def _share(p: float | None) -> str:
    return EMPTY if p is None else printed(shares.percent(p))


def views_table(views: Sequence[OutsideView]) -> Printed:
    """Return a row for each mandate: forecasts and base rates at five and ten years, and scope."""
    columns = [
        "mandate", "forecast\n5 years", "nearest that\nadopted by then", "forecast\n10 years",
        "nearest that\nadopted by then", "scope", "missing",
    ]  # fmt: skip
    rows = [
        [
            view.name, _share(view.chance(5)), rate_words(view.rates[5]),
            _share(view.chance(10)), rate_words(view.rates[10]),
            "within" if view.scope.tested else OUTSIDE, ", ".join(view.scope.missing),
        ]
        for view in views
    ]  # fmt: skip
    return columns, rows, {1, 3}


def views_lines(views: Sequence[OutsideView], whole: bool) -> list[str]:
    """Return records and, where ``whole``, the nearest cases with what is alike and what not."""
    lines = [
        "A mandate given in the first month; is a text adopted within so many years of it? "
        "Forecast: mean of a regression and a forest on the coded columns."
    ]
    if whole:
        for view in views:
            lines += ["", f"Nearest to {view.name}:"]
            for each in view.precedents:
                ended = "adopted within 5 years" if each.adopted else "not adopted within 5 years"
                lines += [
                    f"  {each.case.name} ({each.case.mandate[:4]}, distance {each.distance:.2f}): {ended}",
                    f"    alike: {', '.join(each.alike) or 'nothing'}",
                    f"    not: {', '.join(each.differs) or 'nothing'}",
                ]
        lines.append("")
    said = dict.fromkeys(
        f"{view.name}: {view.record()}." if not view.scope.tested else f"{view.record()}."
        for view in views
    )
    return [*lines, *said]


def beside_table(found: Beside) -> Printed:
    """Return a row for each strategy: inside and outside view of adoption, and their pool."""
    columns = [
        "strategy", "inside", "outside", "pool",
        "simulation is", "nearest that\nadopted", "scope",
    ]  # fmt: skip
    rows = [
        [
            each.strategy, _share(each.inside), _share(each.outside), _share(each.pool),
            parting(each), rate_words(each.rate), "within" if each.scope.tested else OUTSIDE,
        ]
        for each in found.rows
    ]  # fmt: skip
    return columns, rows, {1, 2, 3}
