"""The report's panel on precedents: inside and outside view side by side, and the nearest cases."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from negotiation_sim.faces.report.study_rows import Table
from negotiation_sim.runs.store import Run
from negotiation_sim.studies.history.outside_view import Compared, beside_run, parting
from negotiation_sim.words import shares as per_cent


@dataclass(frozen=True)
class Panel:
    """What both templates print: a table of views, one of the nearest cases, and sentences."""

    views: Table
    nearest: Table
    lines: list[str]
    tested: bool
    views_found: list[Compared]


def of(run: Run, only: Collection[str]) -> Panel:
    """Return the panel of some strategies of a finished run."""
    found = beside_run(run, only)
    views, nearest, seen = [], [], set()
    for each in found.rows:
        views.append([
            f"`{each.strategy}`", per_cent.percent(each.inside), per_cent.percent(each.outside),
            per_cent.percent(each.pool), parting(each), "within" if each.scope.tested else "not tested",
        ])  # fmt: skip
        for near in each.precedents[:3] if each.name not in seen else []:
            ended = "adopted" if near.adopted else "not adopted"
            first = "" if each.name in seen else f"`{each.name}`"
            seen.add(each.name)
            nearest.append([
                first, f"{near.case.name} ({near.case.mandate[:4]})", f"{near.distance:.2f}", ended,
                "; ".join(near.differs) or "nothing",
            ])  # fmt: skip
    return Panel(
        Table(["strategy", "inside", "outside", "pool", "simulation is", "scope"], views,
              frozenset({1, 2, 3})),
        Table(["mandate", "nearest cases", "distance", "in five years", "what is not alike"],
              nearest, frozenset({2})),
        found.lines, found.tested, found.rows,
    )  # fmt: skip
