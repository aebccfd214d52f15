"""What a teacher throws into a world under way: a debris event, a new government, an election.

An inject changes the world before its month is run, in the model's own terms: the event happens and
lowers or raises what events do; a government changes as one does by chance (M14).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from typing import TYPE_CHECKING

from negotiation_sim.model.state import ACCIDENT, NOBODY

if TYPE_CHECKING:
    from negotiation_sim.engine.agents import NegotiationModel

DEBRIS, GOVERNMENT, ELECTION = "debris", "government", "election"
KINDS_OF_INJECT = (DEBRIS, GOVERNMENT, ELECTION)
OF_A_STATE = (GOVERNMENT, ELECTION)
ELECTION_MONTHS = 6  # from the call to the new government


@dataclasses.dataclass(frozen=True)
class Inject:
    """Something that happens because the teacher wants it to.

    Parameters
    ----------
    month : int
        From 1: the month before which it is sent.
    kind : {'debris', 'government', 'election'}
        An election is called in this month; the government changes ``ELECTION_MONTHS`` later.
    actor : str
        The state whose government changes; empty for a debris event.
    """

    month: int
    kind: str
    actor: str = ""

    @property
    def takes_effect(self) -> int:
        """Return the month, from 1, in which the world is changed."""
        return self.month + (ELECTION_MONTHS if self.kind == ELECTION else 0)


def inject_due(model: NegotiationModel, injects: Iterable[Inject]) -> None:
    """Change the world by the injects that take effect in the month about to be run."""
    t, world = model.now, model.world
    if t >= model.scenario.horizon:
        return
    for each in injects:
        if each.takes_effect != t + 1:
            continue
        if each.kind == DEBRIS:
            world.months.event[t] = ACCIDENT
            world.months.author[t] = NOBODY
        else:
            world.actors.next_change[model.scenario.actor_ids.index(each.actor)] = t
            world.filled[0].next_change = t
