"""The Mesa model: one agent a state, views of the same state that the compiled loop works on.

A step is a month of :mod:`negotiation_sim.model.month`, run as plain Python. Agents hold nothing:
what an agent says of itself is read from the state, and what it decides goes through the policy.
In one file, since model, agents and tracks are views of one state and name one another.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import TYPE_CHECKING, cast

import numpy as np

from negotiation_sim.engine.plain import PlainWorld, keep
from negotiation_sim.engine.scenario import Scenario
from negotiation_sim.engine.table import records_of, rows_of
from negotiation_sim.model.aspiration import aspiration_of
from negotiation_sim.model.chunk import Outcomes, collect, count_parties, new_outcomes
from negotiation_sim.model.columns import term_names
from negotiation_sim.model.decisions import DECISIONS
from negotiation_sim.model.event_records import KINDS, PROPOSAL, TURNOVER
from negotiation_sim.model.month import month
from negotiation_sim.model.moods import get_ready
from negotiation_sim.model.opening import new_state, open_strategy
from negotiation_sim.model.phases import row_of, share_of
from negotiation_sim.model.reservation import package_value, reservation_of
from negotiation_sim.model.rounds import margin_of
from negotiation_sim.model.satisfaction import disposition_of, satisfaction_of, value_of
from negotiation_sim.model.state import ACTOR, TRACK, OneRow, plainly
from negotiation_sim.model.terms import MILLION, DecisionRule, Ending, Response, label

with warnings.catch_warnings():  # of a progress bar for notebooks, which Mesa brings along
    warnings.filterwarnings("ignore", "IProgress not found")
    import mesa

if TYPE_CHECKING:
    from collections.abc import Callable

    from negotiation_sim.model.compiling import Plug
    from negotiation_sim.model.decisions import Decision
    from negotiation_sim.model.state import Fact, Matrix, Truth, Vector


def forget(model: mesa.Model) -> None:
    """Drop the table by which Mesa 3.3.1 keeps a model alive for good; 3.4.2 has none.

    It numbers the agents, so it may go once all of them are made.
    """
    if hasattr(mesa.Agent, "_ids"):
        mesa.Agent._ids.pop(model, None)


class Policy:
    """What a state does with the rules' advice; the default takes it.

    A method for each entry of :data:`negotiation_sim.model.decisions.DECISIONS`, of the form
    ``method(agent, track, advice) -> bool``; override one to decide otherwise. ``agent`` is None
    where those behind an initiative decide, ``track`` where the decision concerns none.
    """

    def propose(self, agent: StateAgent, track: Track) -> Sequence[float] | None:
        """Return a text towards which the state asks the chair to move, or None."""
        return None


def _advised(decision: Decision) -> Callable[[Policy, StateAgent | None, Track | None, bool], bool]:
    def method(self: Policy, agent: StateAgent | None, track: Track | None, advice: bool) -> bool:
        return advice

    method.__name__, method.__qualname__ = decision.name, f"Policy.{decision.name}"
    method.__doc__ = f"Decide when {decision.when}; by default {decision.default}."
    return method


for _decision in DECISIONS:
    setattr(Policy, _decision.name, _advised(_decision))


class StateAgent(mesa.Agent):  # type: ignore[misc]  # Mesa brings no types
    """One state of the cast: a view of its row.

    Every figure of an actor and everything it comes to in a month (``trust``, ``private``, ``mood``,
    ``own_cost``, ``bound``...) is an attribute, read from the model's state and written through.
    """

    model: NegotiationModel
    if TYPE_CHECKING:  # set below, one for every column

        def __getattr__(self, name: str) -> float: ...

    def __init__(self, model: NegotiationModel, index: int) -> None:
        super().__init__(model)
        self.index = index
        self.actor_id = model.scenario.actor_ids[index]
        self.name = model.scenario.setting.actors[self.actor_id].name

    @property
    def capability(self) -> int:
        """Return its share of the whole cast's capability this month, in millionths."""
        return int(share_of(self.model.given, self.model.state, self.index))

    @property
    def influence(self) -> float:
        """Return the same as a share."""
        return self.capability / MILLION

    @property
    def ideal(self) -> list[float]:
        """Return the text it would write alone, under this month's government."""
        return self.model.ideals[self.index].tolist()

    @property
    def value_of_ideal(self) -> list[float]:
        """Return its ideal point in this belief, before any change of government."""
        return self.model.world.places.value[self.index].tolist()

    @property
    def position(self) -> list[float]:
        """Return its stated position."""
        return self.model.positions[self.index].tolist()

    def satisfaction(self, text: Sequence[float], track: Track | None = None) -> float:
        """Return ``u_i(text)``, in [0, 1], of a text for a track; default: the first."""
        m = self.model.ready()
        initiative = (track or m.tracks[0]).initiative
        return float(
            satisfaction_of(
                m.given, m.world, m.state, m.positions, self.index, initiative, np.asarray(text)
            )
        )

    def disposition(self, track: Track) -> float:
        """Return ``d_i`` this month, with the urgency that a track still feels."""
        m = self.model.ready()
        return float(disposition_of(m.world, m.state, track.number, self.index))

    def value(self, text: Sequence[float], track: Track) -> float:
        """Return ``v_i``, what it compares with its thresholds, of a text for a track."""
        m = self.model.ready()
        return float(
            value_of(
                m.given, m.world, m.state, m.positions, track.number, self.index, np.asarray(text)
            )
        )

    def worth(self, track: Track) -> float:
        """Return ``v_i`` of the text on a track's table, all items of its package together."""
        m = self.model.ready()
        return float(
            package_value(
                m.given, m.world, m.state, m.positions, track.leader, self.index, m.state.text
            )
        )

    def reservation_value(self, track: Track) -> float:
        """Return ``rho_i``: what a text on this track must be worth to be better than none."""
        m = self.model.ready()
        share = margin_of(m.given, m.world, m.state, track.leader)
        return float(
            reservation_of(m.given, m.world, m.state, m.positions, track.leader, self.index, share)
        )

    def aspiration(self, track: Track) -> float:
        """Return ``a_i`` on a track after its rounds so far."""
        m = self.model.ready()
        share = margin_of(m.given, m.world, m.state, track.leader)
        return float(
            aspiration_of(m.given, m.world, m.state, m.positions, track.leader, self.index, share)
        )


def _view(name: str) -> property:
    def read(self: StateAgent) -> float:
        return float(getattr(self.model.state.actors, name)[self.index])

    def write(self: StateAgent, value: float) -> None:
        getattr(self.model.state.actors, name)[self.index] = value

    return property(read, write)


for _name in ACTOR.names or ():
    if not hasattr(StateAgent, _name):  # what a text is worth is asked of a track
        setattr(StateAgent, _name, _view(_name))


class Track:
    """One initiative in one venue: a view of its row, every column of it an attribute.

    ``number`` is its place in the strategy, ``name`` its name in the grammar of strategies.
    """

    if TYPE_CHECKING:  # set below, one for every column

        def __getattr__(self, name: str) -> int: ...

    def __init__(self, model: NegotiationModel, number: int) -> None:
        self.model, self.number = model, number
        self.name = model.scenario.track_names[model.strategy][number]

    @property
    def package(self) -> list[int]:
        """Return the tracks whose texts are decided together with its own, the first leads."""
        tracks = self.model.state.tracks
        leader = int(tracks.leader[self.number])
        return list(range(leader, leader + int(tracks.n_items[leader])))

    @property
    def venue_id(self) -> str:
        return self.model.scenario.venue_ids[self.venue]

    @property
    def _row(self) -> int:
        """Return the row of its venue's rule and members this month."""
        return int(row_of(self.model.state, self.venue))

    @property
    def opt_in(self) -> bool:
        """Return whether nobody can block here: who does not accept stays out."""
        return int(self.model.given.rules.rule[self._row]) == DecisionRule.OPT_IN

    @property
    def mandate_opt_in(self) -> bool:
        """Return whether nobody can block a mandate here."""
        return int(self.model.given.rules.mandate_rule[self._row]) == DecisionRule.OPT_IN

    @property
    def text(self) -> list[float]:
        return self.model.state.text[self.number].tolist()

    def _bound(self, column: str) -> list[float]:
        bounds: Matrix = getattr(self.model.given.texts, column)
        return bounds[self.initiative].tolist()

    @property
    def low(self) -> list[float]:
        return self._bound("low")

    @property
    def high(self) -> list[float]:
        return self._bound("high")

    @property
    def pledge_text(self) -> list[float]:
        return self._bound("pledge")

    @property
    def status_quo(self) -> list[float]:
        """Return what is in force without its text, in this belief."""
        return self.model.world.quo[self.initiative].tolist()

    @property
    def adopted(self) -> bool:
        return bool(self.adoption >= 0)

    @property
    def in_force(self) -> bool:
        return bool(self.force >= 0)

    @property
    def milestones(self) -> list[int]:
        """Return the months of mandate, adoption, entry into force and success; -1 not yet."""
        return [self.mandate, self.adoption, self.force, self.success]

    @property
    def ending_name(self) -> str:
        return Ending(self.ending).name.lower()

    @property
    def status(self) -> list[int]:
        return self.model.state.standing.status[self.number].tolist()

    @property
    def pledged(self) -> list[bool]:
        return self.model.state.standing.pledged[self.number].tolist()

    @property
    def member(self) -> list[bool]:
        return self.model.given.seats.member[self._row].tolist()


def _column(name: str) -> property:
    return property(lambda self: getattr(self.model.state.tracks, name)[self.number].item())


for _name in TRACK.names or ():
    if not hasattr(Track, _name):
        setattr(Track, _name, _column(_name))


class NegotiationModel(mesa.Model):  # type: ignore[misc]  # Mesa brings no types
    """One replicate of one strategy in one world.

    Parameters
    ----------
    scenario : Scenario
    strategy : int or str
        Place or name of the strategy.
    seed, belief, chance : int
        The world; ``chance`` defaults to ``belief``.
    policy : Policy, optional
        What states do with the rules' advice; the default takes it.
    record : bool
        Keep event records in ``events`` (for the story, the page and a person's seat).
    world : PlainWorld, optional
        The world already drawn; strategies may share one, where no policy changes it.
    plug : Plug, optional
        Rules, steps and policies over the records, of a plug-in.
    n_series : int
        How many numbers its collector returns a month; kept in ``series``, months by numbers.

    Examples
    --------
    A subclass may collect what it likes: :meth:`run` goes by :meth:`step`.

    >>> from negotiation_sim.catalogue import load_setting
    >>> from negotiation_sim.engine.scenario import compile_setting
    >>> model = NegotiationModel(compile_setting(load_setting("bellagio")), "ban-treaty@CD")
    >>> model.step()
    >>> model.now, len(model.agents)
    (1, 10)
    """

    def __init__(
        self,
        scenario: Scenario,
        strategy: int | str = 0,
        seed: int = 1,
        belief: int = 0,
        chance: int | None = None,
        *,
        policy: Policy | None = None,
        record: bool = False,
        world: PlainWorld | None = None,
        plug: Plug | None = None,
        n_series: int = 0,
    ) -> None:
        super().__init__(rng=0)
        self.scenario = scenario
        place = scenario.index_of_strategy(strategy) if isinstance(strategy, str) else strategy
        self.strategy, self.strategy_name = place, scenario.strategy_names[place]
        self.world_seed, self.belief = seed, belief
        self.chance = belief if chance is None else chance
        self.policy = policy or Policy()
        self.events: list[dict[str, object]] = []
        drawn = world or PlainWorld(scenario, seed, belief, self.chance)
        self.given, self.world = drawn.given, drawn.world
        self.arrays = new_state(scenario.arrays)
        self.series = np.zeros((scenario.horizon, n_series))
        heard = record or policy is not None or plug is not None
        desk = Desk(self, record, plug) if heard else None
        self.state = plainly(self.arrays)._replace(teller=desk)
        open_strategy(self.given, self.world, self.state, place)
        self.now, self._begun = 0, -1
        self.states = [StateAgent(self, i) for i in range(len(scenario.actor_ids))]
        forget(self)
        n_tracks = int(scenario.arrays.n_tracks[place])
        self.tracks = [Track(self, m) for m in range(n_tracks)]

    @property
    def running(self) -> bool:
        return self.now < self.scenario.horizon

    @running.setter
    def running(self, value: bool) -> None:
        """Mesa sets this; the clock alone decides."""

    def step(self) -> None:
        """Advance by one month (docs/model.md); after the last one nothing happens."""
        if not self.running:
            return
        self._begun = self.now
        month(self.given, self.world, self.state, self.now)
        collect(self.given, self.world, self.state, 0, 0, self.now)
        self.now += 1

    def keep(self) -> Callable[[], None]:
        """Return what takes the model back to how it stands now: world, state, events and clock."""
        world, state, told = keep(self.world), keep(self.state), len(self.events)
        now, begun = self.now, self._begun

        def back() -> None:
            world()
            state()
            del self.events[told:]
            self.now, self._begun = now, begun

        return back

    def run(self) -> NegotiationModel:
        """Run to the horizon; return the model."""
        while self.running:
            self.step()
        return self

    def rows(self) -> list[dict[str, object]]:
        """Return one row per track (docs/columns.md)."""
        outcomes = new_outcomes(self.scenario.arrays, 1, 1)
        self.write_outcome(outcomes, 0, 0)
        worlds = np.array([[self.belief, self.chance]], np.uint64)
        found = rows_of(self.scenario, [self.strategy], self.world_seed, worlds, outcomes)
        return records_of(found)

    def write_outcome(self, outcomes: Outcomes, r: int, c: int) -> None:
        """Put how the replicate stands into row ``r``, column ``c`` of some outcomes."""
        count_parties(self.given, self.state)
        cast("OneRow", self.state.run).write_back()
        outcomes.tracks[r, c] = self.arrays.tracks
        outcomes.runs[r, c] = self.arrays.run[0]
        outcomes.text[r, c] = self.arrays.text
        outcomes.named[r, c] = self.arrays.standing["named"]
        outcomes.said[r, c] = self.arrays.standing["said"]

    @property
    def _month(self) -> int:
        """Return the last month for which positions are known; -1 before the first."""
        return min(self._begun, self.world.filled[0].positions - 1)

    @property
    def positions(self) -> Matrix:
        """Return the stated positions, actors by issues."""
        if self.state.run[0].own:
            return self.state.own
        return self.world.paths[self._month] if self._month >= 0 else self.world.places.value

    @property
    def ideals(self) -> Matrix:
        """Return the ideal points, actors by issues."""
        if self.state.run[0].own:
            return self.state.places.ideal
        return self.world.places.ideal if self._month >= 0 else self.world.places.value

    def ready(self) -> NegotiationModel:
        """Take the moods of the month if no decision has needed them yet; return the model."""
        if self._month >= 0:
            get_ready(self.given, self.world, self.state, self.positions, self._month)
        return self


class Desk:
    """Keeps event records of a model, and asks its policy what states decide."""

    def __init__(self, model: NegotiationModel, record: bool, plug: Plug | None = None) -> None:
        self.model, self.record, self.plug = model, record, plug
        self.series = model.series[None, None]  # as a chunk of one world and strategy
        scenario = model.scenario
        self.start_year = int(scenario.setting.start[:4])
        self.start_month = int(scenario.setting.start[5:7]) - 1
        ids, terms = scenario.actor_ids, term_names(scenario.issues)
        self._shown: dict[str, Callable[..., object]] = {
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
            if len(track.package) > 1:
                event["package"] = track.package
        for (name, type_), fact in zip(declared.facts, facts, strict=False):
            event[name] = self._shown[type_](fact)
        if kind == TURNOVER:
            scenario = self.model.scenario
            wants = scenario.setting.actors[str(event["actor"])].ideal_point
            silent = [str(issue) for issue in scenario.issues if issue not in wants]
            event |= {"silent": silent} if silent else {}
        self.model.events.append(event)

    def decided(self, what: int, m: int, i: int, advice: Truth) -> bool:
        """Return what the policy makes of the rules' advice."""
        model, name = self.model, DECISIONS[what].name
        if self.plug is not None and name in self.plug.functions:
            compiled_too = self.plug.functions[name]
            advice = bool(compiled_too(model.given, model.world, model.state, m, i, bool(advice)))
        method = getattr(model.policy, name)
        agent = model.states[i] if i >= 0 else None
        return bool(method(agent, model.tracks[m] if m >= 0 else None, bool(advice)))

    def proposed(
        self, m: int, i: int, part: float, wanted: Vector
    ) -> tuple[float, Vector | Sequence[float]]:
        """Return how far a state draws the chair's aim, and towards which text; 0 without a proposal."""
        text = self.model.policy.propose(self.model.states[i], self.model.tracks[m])
        if text is None:
            return 0.0, wanted
        self.tell(PROPOSAL, m, (i, text))
        return float(part), text
