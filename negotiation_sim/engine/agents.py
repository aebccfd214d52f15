"""Mesa agents: a state holds its figures and its standing, and asks the rules.

A state decides three things: whether to back a mandate, how to respond to a text, whether to
pledge. Each goes through the model's policy, which by default takes what the rules advise.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import mesa

from negotiation_sim.model import bargaining, environment, mandate, ratification, satisfaction
from negotiation_sim.model.terms import ACTOR_PARAMETERS, Response

if TYPE_CHECKING:
    from negotiation_sim.engine.mesa_model import NegotiationModel, Track


def forget(model: mesa.Model) -> None:
    """Drop the table by which Mesa 3.3.1 keeps a model alive for good; 3.4.2 has none.

    It numbers the agents, so it may go once all of them are made.
    """
    if hasattr(mesa.Agent, "_ids"):
        mesa.Agent._ids.pop(model, None)


class Policy:
    """What a state does with the rules' advice; the default takes it.

    Override a method to play a seat: return something else for the actors that are played.
    """

    def back_mandate(self, agent: State, track: Track, advice: bool) -> bool:
        """Return whether the state backs the mandate it is asked for."""
        return advice

    def accept(self, agent: State, track: Track, advice: bool) -> bool:
        """Return whether the state accepts the text on the table."""
        return advice

    def stand_aside(self, agent: State, track: Track, advice: bool) -> bool:
        """Return whether a state that does not accept stands aside rather than objects."""
        return advice

    def propose(self, agent: State, track: Track) -> list[float] | None:
        """Return a text towards which a played state asks the chair to move, or None."""
        return None

    def pledge(self, agent: State, track: Track, advice: bool) -> bool:
        """Return whether the state gives the interim pledge."""
        return advice


class State(mesa.Agent):
    """One state of the cast.

    Attributes hold what the state is (figures drawn from the belief) and where it stands this
    month: ``ideal``, ``position`` (lists over the issues), ``trust``, ``private``, ``mood``.
    """

    def __init__(self, model: NegotiationModel, index: int) -> None:
        super().__init__(model)
        arrays, world = model.arrays, model.world
        self.index = index
        self.actor_id = model.scenario.actor_ids[index]
        self.code = arrays.codes[index]
        for name, value in zip(ACTOR_PARAMETERS, world.actor_figures[index], strict=True):
            setattr(self, name, value)
        self.own_trust = self.trust
        self.capability = int(arrays.capability[index])
        self.influence = float(arrays.influence[index])
        self.salience = arrays.salience[index].tolist()
        self.value_of_ideal = world.ideal[index]
        self.ideal = list(self.value_of_ideal)
        self.position = list(self.ideal)
        self.shift = [0.0] * len(self.ideal)
        self.pull = [0.0] * len(self.ideal)
        self.n_ties = int(arrays.n_ties[index])
        self.ties = arrays.ties[index].tolist()
        self.tie_weights = arrays.tie_weights[index].tolist()
        self.dates = [d for d in arrays.turnover_dates[index].tolist() if d >= 0]
        self.private = world.private[index]
        self.mood = 0.0
        self.own_cost = 0.0
        self.next_turnover = 0

    # M1

    def cost(self, text: list[float]) -> float:
        """Return ``C_i(text)`` at this month's trust."""
        m = self.model
        return satisfaction.text_cost(
            text, m.form_at, m.scope_at, m.verification_at, self.trust, self.verification_demand,
            self.missile_defence_stake, self.weapons_concern, m.verifiable_scope, m.weapons_scope,
            m.verification_cost, m.missile_defence_cost, m.fester,
        )  # fmt: skip

    def satisfaction(self, text: list[float]) -> float:
        """Return ``u_i(text)``, in [0, 1]."""
        distance = satisfaction.weighted_distance(text, self.position, self.salience)
        return satisfaction.satisfaction(distance, self.cost(text), self.own_cost)

    def disposition(self, track: Track) -> float:
        """Return ``d_i`` this month, with the urgency this track still feels."""
        m = self.model
        urgency = m.urgency * track.urgency_share
        return satisfaction.disposition(
            m.urgency_effect, self.debris_concern, urgency, self.private, self.mood
        )

    def value(self, text: list[float], track: Track) -> float:
        """Return ``v_i = u_i + d_i``."""
        return self.satisfaction(text) + self.disposition(track)

    def term(self, text: list[float]) -> int:
        """Return the number of the term of M1 that takes most from this state's satisfaction."""
        m = self.model
        distance = satisfaction.weighted_distance(text, self.position, self.salience)
        parts = []
        for point in (text, self.position):
            parts.append((
                satisfaction.verification_cost_of(
                    point, m.form_at, m.scope_at, m.verification_at, self.trust,
                    self.verification_demand, m.verifiable_scope, m.verification_cost,
                ),
                satisfaction.missile_defence_cost_of(
                    point, m.form_at, m.scope_at, self.missile_defence_stake, m.missile_defence_cost
                ),
                satisfaction.set_aside_cost_of(
                    point, m.scope_at, self.weapons_concern, m.weapons_scope, m.fester
                ),
            ))  # fmt: skip
        extra = [a - b for a, b in zip(*parts, strict=True)]
        return satisfaction.weightiest_term(text, self.position, self.salience, distance, *extra)

    # M4, M12, M14

    def recover_trust(self) -> None:
        m = self.model
        baseline = environment.trust_baseline(
            self.own_trust, m.pledge_trust, m.pledge_share, m.trust_bonus
        )
        self.trust = environment.trust_next(self.trust, baseline, m.trust_return)

    def lose_trust(self, cost: float) -> None:
        self.trust = environment.trust_after(self.trust, cost)

    def move_ideal(self) -> None:
        """Set the ideal point to its value, this government's shift and spillover's pull."""
        self.ideal = [
            environment.shifted(value, shift, pull)
            for value, shift, pull in zip(self.value_of_ideal, self.shift, self.pull, strict=True)
        ]

    def influenced_position(self, positions: list[list[float]]) -> list[float]:
        """Return next month's stated position, given everybody's of this month."""
        if self.n_ties == 0:
            return list(self.ideal)
        new = []
        for k in range(len(self.ideal)):
            drawn = 0.0
            for t in range(self.n_ties):
                drawn += self.tie_weights[t] * (positions[self.ties[t]][k] - self.ideal[k])
            new.append(environment.influenced(self.ideal[k], self.susceptibility, drawn))
        return new

    # Decisions

    def mandate_value(
        self, track: Track, risk: float, outside: float
    ) -> tuple[float, list[float], list[float]]:
        """Return what the state compares with its reservation value, its nearest box point, the worst corner."""
        m = self.model
        near = [
            mandate.nearest_in_box(y, low, high)
            for y, low, high in zip(self.position, track.low, track.high, strict=True)
        ]
        best = self.value(near, track)
        worst, worst_corner = best, near
        if risk > 0.0:
            for n, corner in enumerate(track.corners):
                value = self.value(corner, track)
                if n == 0 or value < worst:
                    worst, worst_corner = value, corner
        remit_cost = m.venue_figure(track.venue, "remit_cost")
        return mandate.mandate_value(best, worst, risk, remit_cost, outside), near, worst_corner

    def aspiration(self, track: Track, scope: float) -> float:
        """Return ``a_i`` after the track's rounds so far."""
        return bargaining.aspiration(
            self.reservation_value, self.flexibility, track.pace, float(track.rounds),
            self.model.breadth, scope,
        )  # fmt: skip

    def accepting_share(self, track: Track, accepting: list[bool], n_accepting: int) -> float:
        """Return the share accepting among the other members, weighted by affinity."""
        return bargaining.accepting_share(
            self.ties,
            self.tie_weights,
            self.n_ties,
            track.member,
            accepting,
            n_accepting,
            track.n_members,
        )

    def ratifies(self, text: list[float], u: float) -> bool:
        """Return whether the domestic hurdle is passed this month; ``u`` is the month's draw."""
        m = self.model
        threshold = ratification.hurdle(
            m.form_at,
            text,
            m.executive_limit,
            self.ratification_threshold,
            self.executive_threshold,
        )
        draw = m.domestic_sd * m.world.normal(u)
        return ratification.ratifies(
            self.satisfaction(text), draw, self.reservation_value, threshold
        )


def response_of(accepts: bool, aside: bool) -> Response:
    """Return the response from the two answers."""
    if accepts:
        return Response.ACCEPTS
    return Response.STANDS_ASIDE if aside else Response.OBJECTS
