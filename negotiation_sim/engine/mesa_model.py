"""The Mesa model: one month at a time, in the order that docs/model.md states.

Milestones are kept as months elapsed (1 = by the end of the first month), the clock ``now`` counts
from 0. Every track sees the state as the month opened; what one does to the others waits in
``_pending`` for the end of the month.
"""

from __future__ import annotations

from typing import Any

import mesa

from negotiation_sim.engine.agents import Policy, State, forget, response_of
from negotiation_sim.engine.scenario import TRACK_FACTS, Scenario
from negotiation_sim.engine.track_rows import (
    ACCEPTED,
    LINKAGE,
    MANDATE,
    OUTSIDE,
    PARTY,
    TEXT,
    Track,
    cause_of,
    corners_of,
    row_of,
    term_name,
)
from negotiation_sim.model import (
    bargaining,
    decision,
    environment,
    mandate,
    ratification,
    spillover,
)
from negotiation_sim.model.draws import (
    P_ACCESSION,
    P_DOMESTIC,
    P_RATIFICATION,
    P_SHIFT,
    P_TURNOVER,
    P_WITHDRAWAL,
    World,
)
from negotiation_sim.model.terms import (
    ENVIRONMENT_PARAMETERS,
    MILLION,
    VENUE_PARAMETERS,
    Cause,
    DecisionRule,
    Ending,
    Response,
    TrackKind,
)

NEVER_AGAIN = 1_000_000


class NegotiationModel(mesa.Model):
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
    """

    def __init__(
        self,
        scenario: Scenario,
        strategy: int | str = 0,
        seed: int = 1,
        belief: int = 0,
        chance: int | None = None,
        policy: Policy | None = None,
        record: bool = False,
    ) -> None:
        super().__init__(rng=0)
        self.scenario, self.arrays = scenario, scenario.arrays
        place = scenario.index_of_strategy(strategy) if isinstance(strategy, str) else strategy
        self.strategy, self.strategy_name = place, scenario.strategy_names[place]
        self.world_seed, self.belief = seed, belief
        self.chance = belief if chance is None else chance
        self.policy = policy or Policy()
        self.record, self.events = record, []
        self.world = World(self.arrays, seed, belief, self.chance)
        for name in ENVIRONMENT_PARAMETERS:
            setattr(self, name, self.world.environment[name])
        self.form_at, self.scope_at, self.verification_at = self.arrays.issues_at.tolist()
        self.start_month = int(self.arrays.clock[2])
        self.members = self.arrays.member.tolist()
        self.capabilities = self.arrays.capability.tolist()
        self.now = 0
        self.urgency = 0.0
        self.urgency_kept = environment.urgency_decay(self.urgency_half_life)
        self.trust_bonus, self.pledge_share = 0.0, 0.0
        self.bound = [0.0] * len(scenario.actor_ids)
        self.bound_form = [-1.0] * len(scenario.actor_ids)
        self.n_events = self.n_avoided = self.n_violations = 0
        self.states = [State(self, i) for i in range(len(scenario.actor_ids))]
        forget(self)
        self._first_turnovers()
        self.settled = False
        self.tracks = [self._track(m) for m in range(int(self.arrays.n_tracks[place]))]
        self._pending: list[Track] = []
        self._pending_bonus = 0.0

    # Set-up

    def _track(self, number: int) -> Track:
        a = self.arrays
        facts = dict(zip(TRACK_FACTS, a.tracks[self.strategy, number].tolist(), strict=True))
        i = facts["initiative"]
        kind, binding, needed, share = a.initiative_facts[i].tolist()
        n = len(self.states)
        low, high = a.box_low[i].tolist(), a.box_high[i].tolist()
        track = Track(
            number=number, name=self.scenario.track_names[self.strategy][number], kind=kind,
            initiative=i, venue=facts["venue"], fallback=facts["fallback"],
            carries_pledges=bool(facts["pledges"]), start=facts["start"], after=facts["after"],
            after_milestone=facts["after_milestone"], patience=facts["patience"],
            occurrence=facts["occurrence"], text=a.track_text[self.strategy, number].tolist(),
            low=low, high=high, pledge_text=a.pledge_text[i].tolist(), binding=binding,
            ratifiers_needed=needed, share_needed=share, force_states=a.force_states[i].tolist(),
            rounds=facts["rounds"], mandated=bool(facts["mandated"]), corners=corners_of(low, high),
            status=[OUTSIDE] * n, attempt=[NEVER_AGAIN] * n, pledged=[False] * n, blockers=[0] * n,
            cause_blockers=[0] * n,
        )  # fmt: skip
        if track.mandated:
            track.milestones[0] = 0
        return track

    def _first_turnovers(self) -> None:
        for state in self.states:
            u = self.world.uniform(state.code, P_TURNOVER, 0)
            state.next_turnover = environment.waiting_months(u, state.turnover_rate)

    def venue_figure(self, venue: int, name: str) -> float:
        """Return a figure of a venue in this world."""
        return self.world.venue_figures[venue][VENUE_PARAMETERS.index(name)]

    def named(self, blockers: list[int]) -> list[tuple[int, int]]:
        """Return (actor, term) of each blocker; blockers hold the term's number plus one."""
        return [(i, code - 1) for i, code in enumerate(blockers) if code > 0]

    @property
    def running(self) -> bool:
        return self.now < self.scenario.horizon

    @running.setter
    def running(self, value: bool) -> None:
        """Mesa sets this; the clock alone decides."""

    def tell(self, kind: str, track: Track | None = None, **facts: Any) -> None:
        """Keep an event record, if records are kept."""
        if not self.record:
            return
        calendar = self.start_month + self.now
        year = int(self.scenario.setting.start[:4]) + calendar // 12
        event = {"month": self.now + 1, "date": f"{year}-{calendar % 12 + 1:02d}", "kind": kind}
        if track is not None:
            event |= {"track": track.number, "venue": self.scenario.venue_ids[track.venue]}
            event["round"] = track.rounds
        self.events.append(event | facts)

    # One month

    def step(self) -> None:
        """Advance by one month."""
        self.month()

    def month(self) -> None:
        """Run one month in the order of docs/model.md."""
        self.events_and_crises()
        if not all(track.ended for track in self.tracks):  # else only the environment runs on
            for state in self.states:
                state.recover_trust()
            self.changes_of_government()
            self.influence()
            self.moods()
            for track in self.tracks:
                if not track.ended:
                    self.advance(track)
            self.close_month()
        if self.now + 1 == self.scenario.deadline:
            for track in self.tracks:
                self.settle_cause(track)
        self.now += 1

    def run(self) -> NegotiationModel:
        """Run to the horizon; return the model."""
        while self.now < self.scenario.horizon:
            self.month()
        return self

    def rows(self) -> list[dict[str, Any]]:
        """Return one row per track (docs/columns.md)."""
        return [row_of(self, track) for track in self.tracks]

    # M11, M19

    def events_and_crises(self) -> None:
        """Let this month's events and crises happen, thinned by what their authors are bound by."""
        world, t = self.world, self.now
        self.urgency *= self.urgency_kept
        kind, author = world.kinds[t], world.authors[t]
        if kind == 2 and world.thinning[t] < self.bound[author]:
            self.n_avoided += 1
            self.tell("avoided", actor=self._id(author))
        elif kind > 0:
            self.n_events += 1
            self.urgency = min(1.0, self.urgency + self.event_urgency)
            broken = kind == 2 and self.bound[author] > 0.0
            self.tell("event", actor=self._id(author), deliberate=kind == 2, breaks=broken)
            if broken:
                self.n_violations += 1
                self._lose_trust(self.breach_trust_cost)
            elif kind == 2:
                self._lose_trust(self.test_trust_cost)
        if world.crises[t] >= 0:
            self.crisis(world.crises[t], world.crisis_draws[t])

    def crisis(self, author: int, u: float) -> None:
        """Lower trust; the state under pressure may break a text that binds it."""
        self._lose_trust(self.crisis_trust_cost)
        self.tell("crisis", actor=self._id(author))
        form = self.bound_form[author]
        if form >= 0.0 and u < environment.breach_chance(
            self.breach_probability, self.breach_form, form
        ):
            self.n_violations += 1
            self._lose_trust(self.breach_trust_cost)
            self.tell("violation", actor=self._id(author))

    def _lose_trust(self, cost: float) -> None:
        for state in self.states:
            state.lose_trust(cost)

    def _id(self, index: int) -> str:
        return self.scenario.actor_ids[index] if index >= 0 else ""

    # M14, M4

    def changes_of_government(self) -> None:
        """Redraw the shift of an ideal point where a government changes this month."""
        for state in self.states:
            due = self.now == state.next_turnover
            if due or self.now in state.dates:
                if due:
                    u = self.world.uniform(state.code, P_TURNOVER, self.now)
                    wait = environment.waiting_months(u, state.turnover_rate)
                    state.next_turnover = self.now + wait
                for k in range(len(state.shift)):
                    u = self.world.uniform_of(state.code, P_SHIFT, self.now, k)
                    state.shift[k] = self.turnover_sd * self.world.normal(u)
                state.move_ideal()
                self.settled = False
                self.tell("turnover", actor=state.actor_id, ideal=list(state.ideal))

    def influence(self) -> None:
        """Move stated positions along the affinity network; nothing to do once they have settled."""
        if self.settled:
            return
        positions = [state.position for state in self.states]
        moved = [state.influenced_position(positions) for state in self.states]
        self.settled = moved == positions
        for state, position in zip(self.states, moved, strict=True):
            state.position = position

    def moods(self) -> None:
        """Take this month's moods, and what each stated position costs at this month's trust."""
        moods = self.world.mood(self.now)
        for state in self.states:
            state.mood = moods[state.index]
            state.own_cost = state.cost(state.position)

    # A track's month

    def advance(self, track: Track) -> None:
        """Run one month of one track: M16 to M18, then M8 or M5 to M7, then M13 and M15."""
        if track.started < 0 and not self.begins(track):
            return
        if track.kind == TrackKind.PLEDGES:
            self.gather_pledges(track)
            return
        if not track.adopted:
            self.leave_or_stay(track)
            if track.ended:
                return
            self.meet(track)
        if track.carries_pledges and track.rounds > 0 and not track.in_force:
            self.gather_pledges(track)
        if track.adopted:
            self.ratify(track)

    def begins(self, track: Track) -> bool:
        """Return whether the track starts this month."""
        if self.now < track.start:
            return False
        if track.after >= 0:
            reached = self.tracks[track.after].milestones[track.after_milestone]
            if reached < 0 or reached > self.now:
                return False
        track.started = self.now
        track.mandate_year = (self.start_month + self.now) // 12
        track.sit(self, track.venue, self.now)
        return True

    def leave_or_stay(self, track: Track) -> None:
        """Let a venue be dissolved, a track be withdrawn (M18) or moved to its fallback (M17)."""
        dissolved = int(self.arrays.venue_facts[track.venue, 3])
        if 0 <= dissolved <= self.now:
            track.end_with(Ending.DISSOLVED, self.now + 1)
            self.tell("dissolved", track)
            return
        if track.milestones[0] >= 0:
            code = self.arrays.initiative_codes[track.initiative]
            u = self.world.uniform_of(code, P_WITHDRAWAL, self.now, track.occurrence)
            if u < mandate.monthly_probability(self.withdrawal):
                track.end_with(Ending.WITHDRAWN, self.now + 1)
                self.tell("withdrawal", track)
                return
        if track.fallback >= 0 and not track.moved and self.now - track.started >= track.patience:
            track.moved = True
            track.move(self, track.fallback, self.now)
            self.tell("forum_shift", track)

    def meet(self, track: Track) -> None:
        """Spend a meeting month on the mandate if there is none in force, else on rounds (M9)."""
        calendar = self.start_month + self.now
        weeks = float(self.arrays.weeks[track.venue, calendar % 12])
        rounds = mandate.rounds_in_month(weeks, self.weeks_per_round)
        if rounds == 0 or self.now < track.seated + self.venue_figure(track.venue, "setup_months"):
            return
        session = int(self.arrays.venue_facts[track.venue, 4]) == 1
        if session and track.mandated and track.mandate_year != calendar // 12:
            track.mandated = False
            self.tell("mandate_lapsed", track)
        if not track.mandated:
            self.ask_mandate(track)
            return
        for _ in range(rounds):
            if self.hold_round(track):
                break

    # M8

    def ask_mandate(self, track: Track) -> None:
        """Ask the venue's members to agree to negotiate."""
        a, v = self.arrays, track.venue
        if not self.world.linkage_open(v, self.now):
            track.hold(LINKAGE, [0] * len(self.states), -1)
            self.tell("linkage", track)
            return
        rule = a.mandate_decision[v].tolist()
        risk = mandate.mandate_risk(
            float(a.mandate_strict[v]), rule[3] == 1, self.mandate_risk, self.mandate_risk_vote
        )
        outside = mandate.distance_outside(
            track.text, a.remit_low[v].tolist(), a.remit_high[v].tolist()
        )
        backing = [False] * len(self.states)
        refusals = [0] * len(self.states)
        deepest, deepest_gap = -1, 0.0
        for state in self.states:
            if not track.member[state.index]:
                continue
            value, near, corner = state.mandate_value(track, risk, outside)
            advice = value >= state.reservation_value
            backing[state.index] = self.policy.back_mandate(state, track, advice)
            if not backing[state.index]:
                gap = state.reservation_value - value
                point = near if state.value(near, track) < state.reservation_value else corner
                refusals[state.index] = state.term(point) + 1
                if deepest < 0 or gap > deepest_gap:
                    deepest, deepest_gap = state.index, gap
            if self.record:
                self.tell(
                    "mandate_vote", track, actor=state.actor_id, backs=backing[state.index],
                    value=value, reservation_value=state.reservation_value,
                    term=self._term(refusals[state.index]),
                )  # fmt: skip
        if self.mandate_passes(track, rule, backing):
            track.mandated = True
            track.mandate_year = (self.start_month + self.now) // 12
            if track.milestones[0] < 0:
                track.milestones[0] = self.now + 1
            if track.obstacle < TEXT or track.fresh:
                track.clear()
            self.tell("mandate", track, text=list(track.text))
        else:
            track.hold(MANDATE, refusals, deepest)
            self.tell("mandate_refused", track, actor=self._id(deepest))

    def mandate_passes(self, track: Track, rule: list[int], backing: list[bool]) -> bool:
        """Return whether the venue's mandate rule counts enough members behind it."""
        v = track.venue
        n = sum(backing)
        if rule[0] == DecisionRule.OPT_IN:
            share = decision.whole_millionths(self.venue_figure(v, "convene_share"))
            return decision.convenes(n, track.n_members, share)
        votes, required = self.arrays.mandate_votes[v], self.arrays.mandate_required[v]
        refusing = [track.member[i] and not backing[i] for i in range(len(backing))]
        return decision.passes(
            rule[0], track.n_members, n, track.n_members - n,
            sum(int(votes[i]) for i, yes in enumerate(backing) if yes),
            sum(int(votes[i]) for i, no in enumerate(refusing) if no),
            rule[1], rule[2], sum(bool(required[i]) for i, no in enumerate(refusing) if no), 0, 0, 0,
        )  # fmt: skip

    def _term(self, code: int) -> str:
        return term_name(code - 1, self.scenario.issues) if code > 0 else ""

    # M5 to M7

    def scope_of(self, text: list[float]) -> float:
        """Return the text's scope, 0 where scope is no issue."""
        return text[self.scope_at] if self.scope_at >= 0 else 0.0

    def hold_round(self, track: Track) -> bool:
        """Hold one round: revise, respond, decide; return whether the text was agreed."""
        track.rounds += 1
        members = [state for state in self.states if track.member[state.index]]
        self.revise(track, members)
        scope = self.scope_of(track.text)
        values = {s.index: s.value(track.text, track) for s in members}
        aspirations = {s.index: s.aspiration(track, scope) for s in members}
        responses = self.respond(track, members, values, aspirations)
        agreed = self.decide(track, responses)
        if self.record:
            for s in members:
                code = s.term(track.text) + 1 if responses[s.index] != Response.ACCEPTS else 0
                self.tell(
                    "response", track, actor=s.actor_id, response=responses[s.index].name.lower(),
                    satisfaction=values[s.index], aspiration=aspirations[s.index],
                    deficit=aspirations[s.index] - values[s.index], term=self._term(code),
                    text=list(track.text), position=list(s.position),
                )  # fmt: skip
            self.tell("decision", track, adopted=agreed, text=list(track.text))
        if agreed:
            self.agree(track, responses)
        else:
            self.keep_objections(track, responses, members, values, aspirations)
        return agreed

    def revise(self, track: Track, members: list[State]) -> None:
        """Move the text to where the objections are, within the mandate box (M5)."""
        v = track.venue
        strict = float(self.arrays.strict[v])
        part = self.arrays.chair_capability[v]
        softness = bargaining.chair_softness(strict, self.softness, self.softness_strict)
        scope = self.scope_of(track.text)
        total, gaps = 0.0, [0.0] * len(track.text)
        for state in members:
            deficit = state.aspiration(track, scope) - state.value(track.text, track)
            p = bargaining.objection_probability(deficit, softness)
            weight = bargaining.objection_weight(float(part[state.index]), strict, p)
            wanted = state.position
            asked = self.policy.propose(state, track)
            if asked is not None:
                weight, wanted = max(weight, float(part[state.index])), asked
                self.tell("proposal", track, actor=state.actor_id, text=list(asked))
            total += weight
            for k in range(len(gaps)):
                gaps[k] += weight * (wanted[k] - track.text[k])
        before = list(track.text)
        track.text = [
            bargaining.revised(
                track.text[k], self.chair_step, gaps[k], total, track.low[k], track.high[k]
            )
            for k in range(len(gaps))
        ]
        self.tell("revision", track, before=before, text=list(track.text))

    def respond(
        self, track: Track, members: list[State], values: dict, aspirations: dict
    ) -> list[Response]:
        """Let every member respond in one simultaneous pass (M6)."""
        responses = [Response.ABSENT] * len(self.states)
        accepting = [False] * len(self.states)
        for s in members:
            accepting[s.index] = self.policy.accept(
                s, track, values[s.index] >= aspirations[s.index]
            )
        n = sum(accepting)
        opt_in = int(self.arrays.decision[track.venue, 3]) == 1
        isolation = self.venue_figure(track.venue, "isolation")
        for s in members:
            aside = False
            if not accepting[s.index] and not opt_in:
                share = s.accepting_share(track, accepting, n)
                deficit = aspirations[s.index] - values[s.index]
                advice = bargaining.stands_aside(deficit, isolation, share, s.influence)
                aside = self.policy.stand_aside(s, track, advice)
            responses[s.index] = response_of(accepting[s.index], aside)
        return responses

    def decide(self, track: Track, responses: list[Response]) -> bool:
        """Return whether the venue's rule adopts the text (M7)."""
        a, v = self.arrays, track.venue
        rule = a.decision[v].tolist()
        votes, required = a.votes[v], a.required[v]
        yes = [i for i, r in enumerate(responses) if r == Response.ACCEPTS]
        no = [i for i, r in enumerate(responses) if r == Response.OBJECTS]
        return decision.passes(
            rule[0], track.n_members, len(yes), len(no),
            sum(int(votes[i]) for i in yes), sum(int(votes[i]) for i in no), rule[1], rule[2],
            sum(bool(required[i]) for i in no), sum(self.capabilities[i] for i in yes),
            int(a.member_capability[v]),
            decision.whole_millionths(self.venue_figure(v, "min_participation")),
        )  # fmt: skip

    def keep_objections(
        self,
        track: Track,
        responses: list[Response],
        members: list[State],
        values: dict,
        aspirations: dict,
    ) -> None:
        """Remember who stood in the way at this decision, and on which term of M1.

        Those who object; where none objects but too few accept, those who stand aside.
        """
        against = Response.OBJECTS
        if Response.OBJECTS not in responses:
            against = Response.STANDS_ASIDE
        blockers, deepest, worst = [0] * len(self.states), -1, 0.0
        largest = 0.0
        for s in members:
            deficit = aspirations[s.index] - values[s.index]
            if responses[s.index] != Response.ACCEPTS and deficit > largest:
                largest = deficit
            if responses[s.index] == against:
                blockers[s.index] = s.term(track.text) + 1
                if deepest < 0 or deficit > worst:
                    deepest, worst = s.index, deficit
        track.deficits = [*track.deficits[-2:], largest]
        track.hold(TEXT, blockers, deepest)

    def agree(self, track: Track, responses: list[Response]) -> None:
        """Adopt the text, or pass it on where the venue has no power to adopt (M10)."""
        accepting = [i for i, r in enumerate(responses) if r == Response.ACCEPTS]
        share = sum(self.capabilities[i] for i in accepting) / MILLION
        self._pending_bonus += self.agreement_trust * share
        facts = self.arrays.venue_facts[track.venue]
        if int(facts[1]) == 0:
            if track.agreed < 0:
                track.agreed = self.now + 1
            track.move(self, int(facts[2]), self.now)
            track.clear()
            self.tell("passed_on", track, text=list(track.text))
            return
        track.milestones[1] = self.now + 1
        self._pending.append(track)
        track.needs_ratification = ratification.needs_ratification(
            track.binding, self.form_at, track.text, self.treaty_threshold
        )
        self.open_for_signature(track, accepting)

    # M13

    def gather_pledges(self, track: Track) -> None:
        """Let every member that has not pledged decide whether to."""
        for state in self.states:
            if track.member[state.index] and not track.pledged[state.index]:
                advice = state.value(track.pledge_text, track) >= state.reservation_value
                if self.policy.pledge(state, track, advice):
                    track.pledged[state.index] = True
                    self.tell("pledge", track, actor=state.actor_id)
        held = [i for i, pledged in enumerate(track.pledged) if pledged]
        track.most_pledges = max(track.most_pledges, len(held))
        track.most_coverage = max(track.most_coverage, sum(self.capabilities[i] for i in held))

    # M15

    def open_for_signature(self, track: Track, accepting: list[int]) -> None:
        """Bind those who accept: at once, or after ratification; set when others may accede."""
        for state in self.states:
            i = state.index
            if i in accepting:
                track.status[i] = ACCEPTED if track.needs_ratification else PARTY
                if track.needs_ratification:
                    u = self.world.uniform_of(state.code, P_RATIFICATION, 0, track.number)
                    delay = ratification.delay_months(
                        state.ratification_delay, self.ratification_sigma, self.world.normal(u)
                    )
                    track.attempt[i] = self.now + delay
            else:
                track.attempt[i] = self.now + self._wait(state, track, self.accession_rate)
        if not track.needs_ratification:
            track.milestones[2] = self.now + 1
            self.tell("in_force", track)

    def _wait(self, state: State, track: Track, rate: float) -> int:
        u = self.world.uniform_of(state.code, P_ACCESSION, self.now, track.number)
        return environment.waiting_months(u, rate)

    def ratify(self, track: Track) -> None:
        """Let states whose month has come ratify or accede; look at entry into force and success."""
        for state in self.states:
            i = state.index
            if track.status[i] == PARTY or track.attempt[i] != self.now:
                continue
            joins = True
            if track.status[i] == OUTSIDE:
                joins = state.value(track.text, track) >= state.reservation_value
            if joins and track.needs_ratification:
                joins = state.ratifies(
                    track.text, self.world.uniform(state.code, P_DOMESTIC, self.now)
                )
            kind = "ratification" if track.status[i] == ACCEPTED else "accession"
            rate = self.retry_rate if track.status[i] == ACCEPTED else self.accession_rate
            self.tell(kind, track, actor=state.actor_id, joins=joins)
            if joins:
                track.status[i] = PARTY
            else:
                track.attempt[i] = self.now + self._wait(state, track, rate)
        self.look_at_force_and_success(track)

    def look_at_force_and_success(self, track: Track) -> None:
        """Note entry into force and success in the month they are reached."""
        parties = [i for i, status in enumerate(track.status) if status == PARTY]
        share = sum(self.capabilities[i] for i in parties)
        if not track.in_force:
            missing = sum(
                named and status != PARTY
                for named, status in zip(track.force_states, track.status, strict=True)
            )
            if not ratification.enters_into_force(
                len(parties), track.ratifiers_needed, share, track.share_needed, missing
            ):
                return
            track.milestones[2] = self.now + 1
            self.tell("in_force", track, parties=len(parties))
        named = self.arrays.success_states
        wanted = sum(bool(named[i]) and track.status[i] != PARTY for i in range(len(named)))
        if share >= int(self.arrays.success_share[0]) and wanted == 0:
            track.milestones[3] = self.now + 1
            track.end_with(Ending.SUCCESS, self.now + 1)
            self.tell("success", track, participation=share / MILLION)

    # M16, M13, M19: what counts from next month

    def close_month(self) -> None:
        """Let what happened this month count from the next: spillover, pledges, adherence."""
        for track in self._pending:
            self.spill(track)
        self._pending = []
        self.trust_bonus += self._pending_bonus
        self._pending_bonus = 0.0
        pledged_share = 0
        for state in self.states:
            i, bound, form, pledged = state.index, 0.0, -1.0, False
            for track in self.tracks:
                if track.pledged[i] and not track.ended and not track.in_force:
                    pledged = True
                    bound = max(bound, self.pledge_effect)
                if track.in_force and track.status[i] == PARTY:
                    bound = max(bound, self.adherence_effect)
                    form = max(form, self.form_of(track))
            self.bound[i], self.bound_form[i] = bound, form
            if pledged:
                pledged_share += self.capabilities[i]
        self.pledge_share = pledged_share / MILLION

    def form_of(self, track: Track) -> float:
        """Return how binding a track's text is: its form, else 1 or 0 as the initiative says."""
        if self.form_at >= 0:
            return track.text[self.form_at]
        return 1.0 if track.binding == 1 else 0.0

    def spill(self, adopted: Track) -> None:
        """Shift the other tracks of the strategy when one is adopted (M16)."""
        if len(self.tracks) < 2 or self.spillover == 0.0:
            return
        self._pending_bonus += spillover.trust_gained(self.spillover, self.agreement_trust)
        for track in self.tracks:
            if track is not adopted:
                track.urgency_share = spillover.urgency_left(track.urgency_share, self.spillover)
        for state in self.states:
            for k in range(len(state.pull)):
                state.pull[k] += spillover.drawn_towards(
                    state.ideal[k], adopted.text[k], self.spillover, self.spillover_draw
                )
            state.move_ideal()
        self.settled = False

    # Cause at the deadline

    def settle_cause(self, track: Track) -> None:
        """Name the first milestone missed at the deadline, and who or what stands behind it."""
        track.cause = cause_of(track)
        if track.cause == Cause.NONE:
            return
        if track.cause in (Cause.RATIFICATION, Cause.PARTICIPATION):
            waiting = ACCEPTED if track.cause == Cause.RATIFICATION else OUTSIDE
            self.name_absent(track, waiting)
        elif track.cause != Cause.NOT_STARTED:
            track.cause_blockers, track.cause_deepest = list(track.blockers), track.deepest
        if track.cause == Cause.PARTICIPATION:
            held = sum(
                c for c, s in zip(self.capabilities, track.status, strict=True) if s == PARTY
            )
            track.missing = max(0, int(self.arrays.success_share[0]) - held)

    def name_absent(self, track: Track, waiting: int) -> None:
        """Name the states that have not ratified or joined; the largest counts as the main one."""
        deepest = -1
        for state in self.states:
            i = state.index
            if track.status[i] == waiting or (waiting == OUTSIDE and track.status[i] != PARTY):
                track.cause_blockers[i] = state.term(track.text) + 1
                if deepest < 0 or state.capability > self.capabilities[deepest]:
                    deepest = i
        track.cause_deepest = deepest
