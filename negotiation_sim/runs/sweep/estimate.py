"""What a sweep will take, before it is begun: points, replicates, time measured on a few, disk."""

from __future__ import annotations

import dataclasses
import time

from negotiation_sim.engine.ensemble import cores
from negotiation_sim.glance import glanced
from negotiation_sim.runs.store.sweep_folder import Block
from negotiation_sim.runs.sweep.blocks import Points, assignment_of
from negotiation_sim.runs.sweep.plan import PlannedSweep

LEAST_POINTS, MEASURED_POINTS, SECONDS_TO_MEASURE = 4, 24, 3.0
LIST_ENTRY = 500  # bytes of a block in the list
START_SECONDS = 2.0  # a worker imports and loads the compiled rules


@glanced
@dataclasses.dataclass(frozen=True)
class Estimate:
    """What ``--dry-run`` says.

    Parameters
    ----------
    points, strategies, rows : int
    replicates : int or None
        Of each strategy at each point; None where the precision decides.
    measured : int
        Points that were computed to find out.
    mean_replicates : float
        Per point and strategy, as measured.
    seconds_a_point : float
        Of one core.
    seconds : float
        Of the whole sweep with ``workers``.
    bytes_at_end, bytes_at_most : float
        Of the finished folder, and while blocks are being joined.
    workers : int
    folder : str
    """

    points: int
    strategies: int
    rows: int
    replicates: int | None
    measured: int
    mean_replicates: float
    seconds_a_point: float
    seconds: float
    bytes_at_end: float
    bytes_at_most: float
    workers: int
    folder: str


def estimate(sweep: PlannedSweep, workers: int | None = None) -> Estimate:
    """Return what a sweep will take, from points spread evenly over its design."""
    points, n = Points(assignment_of(sweep)), len(sweep.design)
    first, seconds = _measured(points, sweep, [n // 2])
    more = max(LEAST_POINTS, int(SECONDS_TO_MEASURE / max(seconds, 1e-6)))
    more = min(MEASURED_POINTS, n - 1, more)
    blocks, places = [first], [k * n // more for k in range(more)]
    if places:
        second, spent = _measured(points, sweep, places)
        blocks.append(second)
        seconds += spent
    done = sum(block.done for block in blocks)
    each = seconds / done
    replicates = sum(points.replicates_in(block) for block in blocks)
    number = workers or cores()
    head, row = _size([(block.done, len(block.points)) for block in blocks])
    own = sweep.blocks * (head + LIST_ENTRY) + n * row  # the small files, a block each
    kept = 0.0
    if sweep.request.keep_replicates:
        head_kept, row_kept = _size([(b.done, len(b.replicates or b"")) for b in blocks])
        kept = sweep.blocks * head_kept + n * row_kept
    at_end = head + n * row + kept
    strategies = len(sweep.setting.strategies)
    return Estimate(
        points=n, strategies=strategies, rows=n * strategies, replicates=sweep.request.replicates,
        measured=done, mean_replicates=replicates / (done * strategies), seconds_a_point=each,
        seconds=START_SECONDS + each * n / min(number, sweep.blocks), bytes_at_end=at_end,
        bytes_at_most=at_end + own, workers=number, folder=str(sweep.folder),
    )  # fmt: skip


def _measured(points: Points, sweep: PlannedSweep, places: list[int]) -> tuple[Block, float]:
    """Return some points computed as one block, and how long it took."""
    design = sweep.design
    items = [(place, design[place], design.varied(place)) for place in places]
    began = time.perf_counter()
    block = points.block(0, items)
    return block, time.perf_counter() - began


def _size(files: list[tuple[int, int]]) -> tuple[float, float]:
    """Return what a file weighs without points, and what each point adds."""
    (few, small), (many, large) = files[0], files[-1]
    row = max(0.0, (large - small) / (many - few)) if many > few else 0.0
    return max(0.0, small - few * row), row
