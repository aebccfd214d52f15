"""What is left to do, and what becomes of a task whose worker died.

A lost worker costs time and never rows: its tasks are handed out again. A task that was lost twice
is tried with nothing else out; if it is lost again it is cut into points; a point that kills its
worker even then becomes a row with the stage ``worker``.
"""

from __future__ import annotations

import dataclasses
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from negotiation_sim.runs.store.point_columns import combined
from negotiation_sim.runs.store.sweep_folder import Block
from negotiation_sim.runs.sweep.blocks import Assigned, Assignment

LOST_TOGETHER, LOST_ALONE = 2, 2
CAUSE_OF_DEATH = "its worker process died, every time it was tried"


@dataclasses.dataclass
class Task:
    """Points of one block, or replicates, that are to be computed together.

    Parameters
    ----------
    number : int
        Of the block.
    items : tuple
        The points, or ranges of replicates.
    lost : int
        How often a worker died while it had this task.
    alone : bool
        Whether no other task may be out with it, so that a death is its own.
    """

    number: int
    items: tuple[Any, ...]
    lost: int = 0
    alone: bool = False


@dataclasses.dataclass(frozen=True)
class Lost:
    """A task whose worker died; ``certain`` if it died of this task."""

    message: str
    certain: bool = False


class Work:
    """Gives out tasks, takes back results and puts blocks together; does no work itself.

    Parameters
    ----------
    assignment : Assignment or RunAssignment
    fresh : iterator of Task
        Not handed out yet.
    wanted : callable
        Gives the number of points that a block is complete with.

    Attributes
    ----------
    out : int
        Tasks handed out and not yet back.
    computed : int
        Points that came back.
    """

    def __init__(
        self, assignment: Assigned, fresh: Iterator[Task], wanted: Callable[[int], int]
    ) -> None:
        self.assignment = assignment
        self.out = 0
        self.computed = 0
        self._fresh = fresh
        self._wanted = wanted
        self._again: deque[Task] = deque()
        self._suspects: deque[Task] = deque()
        self._alone = False
        self._pieces: dict[int, list[Block]] = {}

    def next(self, capacity: int) -> Task | None:
        """Return a task to hand out now; None if there is none or too many are out."""
        if self._alone or self.out >= capacity:
            return None
        task = self._again.popleft() if self._again else next(self._fresh, None)
        if task is None and self._suspects and not self.out:
            task = self._suspects.popleft()
        if task is not None:
            self.out += 1
            self._alone = task.alone
        return task

    def take(self, task: Task, result: Block | Lost) -> Block | None:
        """Take what came back for a task; return a block if it is now complete."""
        self.out -= 1
        self._alone = False
        if isinstance(result, Lost):
            task.lost += 1
            block = self._given_up(task, result.certain)
        else:
            block = result
        if block is None:
            return None
        self.computed += block.done
        pieces = self._pieces.setdefault(block.number, [])
        pieces.append(block)
        if sum(piece.done for piece in pieces) < self._wanted(block.number):
            return None
        return joined_block(self._pieces.pop(block.number), self.assignment)

    def _given_up(self, task: Task, certain: bool) -> Block | None:
        """Put a lost task back, cut or not; return it as failed if nothing else is left to try."""
        guilty = certain or (task.alone and task.lost > LOST_TOGETHER)
        if guilty and len(task.items) > 1:
            pieces = (Task(task.number, (item,), LOST_TOGETHER, True) for item in task.items)
            self._suspects.extend(pieces)
        elif guilty and (certain or task.lost >= LOST_TOGETHER + LOST_ALONE):
            return self.assignment.lost(task.number, task.items, CAUSE_OF_DEATH)
        elif task.lost >= LOST_TOGETHER:
            task.alone = True
            self._suspects.append(task)
        else:
            self._again.append(task)
        return None


def joined_block(pieces: Sequence[Block], assignment: Assigned) -> Block:
    """Return the pieces of a block as one."""
    if len(pieces) == 1:
        return pieces[0]
    if not isinstance(assignment, Assignment):
        raise TypeError("a block of replicates has no pieces")
    points, replicates = assignment.schemas()
    kept = [piece.replicates for piece in pieces if piece.replicates is not None]
    return Block(
        pieces[0].number,
        combined([piece.points for piece in pieces], points),
        combined(kept, replicates) if kept else None,
        sum(piece.done for piece in pieces),
        tuple(sorted(index for piece in pieces for index in piece.failed)),
        sum(piece.seconds for piece in pieces),
    )
