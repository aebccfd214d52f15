"""The plain engine's side of a replicate: a world it may share, and who hears its steps."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from negotiation_sim.engine.scenario import Scenario
from negotiation_sim.model.columns import term_names
from negotiation_sim.model.decisions import DECISIONS
from negotiation_sim.model.event_records import KINDS, PROPOSAL
from negotiation_sim.model.opening import draw_belief, draw_chance, new_world
from negotiation_sim.model.state import plainly
from negotiation_sim.model.terms import Response, label

if TYPE_CHECKING:
    from negotiation_sim.engine.agents import NegotiationModel
    from negotiation_sim.model.state import Fact, Vector


class PlainWorld:
    """A world drawn by the plain engine; strategies that meet it may share it.

    Parameters
    ----------
    scenario : Scenario
    seed, belief, chance : int
    """

    def __init__(self, scenario: Scenario, seed: int, belief: int, chance: int) -> None:
        self.given = plainly(scenario.arrays)
        arrays = new_world(scenario.arrays)
        arrays.key[0] = (seed, belief, chance)
        draw_belief(self.given, plainly(arrays))
        self.world = plainly(arrays)  # anew, with the environment that has just been drawn
        draw_chance(self.given, self.world)


class Desk:
    """Keeps event records of a model, and asks its policy what states decide."""

    def __init__(self, model: NegotiationModel, record: bool) -> None:
        self.model, self.record = model, record
        scenario = model.scenario
        self.start_year = int(scenario.setting.start[:4])
        self.start_month = int(scenario.setting.start[5:7]) - 1
        ids, terms = scenario.actor_ids, term_names(scenario.issues)
        self._shown = {
            "actor": lambda i: ids[i] if i >= 0 else "",
            "flag": bool,
            "number": float,
            "share": float,
            "count": int,
            "point": lambda point: [float(value) for value in point],
            "term": lambda code: terms[code - 1] if code > 0 else "",
            "response": lambda code: label(Response(code)),
        }

    def tell(self, kind: int, m: int, facts: tuple[Fact, ...]) -> None:
        """Keep an event record, if records are kept."""
        if not self.record:
            return
        month, declared = self.model.now, KINDS[kind]
        calendar = self.start_month + month
        date = f"{self.start_year + calendar // 12}-{calendar % 12 + 1:02d}"
        event: dict[str, object] = {"month": month + 1, "date": date, "kind": declared.name}
        if m >= 0:
            track = self.model.tracks[m]
            event |= {"track": m, "venue": track.venue_id, "round": track.rounds}
        for (name, type_), fact in zip(declared.facts, facts, strict=False):
            event[name] = self._shown[type_](fact)
        self.model.events.append(event)

    def decided(self, what: int, m: int, i: int, advice: bool) -> bool:
        """Return what the policy makes of the rules' advice."""
        model = self.model
        method = getattr(model.policy, DECISIONS[what].name)
        agent = model.states[i] if i >= 0 else None
        return bool(method(agent, model.tracks[m] if m >= 0 else None, bool(advice)))

    def proposed(
        self, m: int, i: int, weight: float, part: float, wanted: Vector
    ) -> tuple[float, Vector | Sequence[float]]:
        """Return how much the chair hears of a state, and towards which text."""
        text = self.model.policy.propose(self.model.states[i], self.model.tracks[m])
        if text is None:
            return weight, wanted
        self.tell(PROPOSAL, m, (i, text))
        return max(weight, float(part)), text
