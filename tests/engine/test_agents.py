"""The Mesa model as users of Mesa expect it: agents are views, policies decide, a run goes by steps."""

from __future__ import annotations

import mesa
import pytest

from helpers.generic import seeded_setting
from helpers.records import cast, model_of, small
from helpers.settings import actor, figure, venue
from negotiation_sim.catalogue import schema
from negotiation_sim.engine.agents import NegotiationModel, Policy, StateAgent, Track
from negotiation_sim.engine.scenario import compile_setting
from negotiation_sim.model.decisions import DECISIONS, PROPOSE
from negotiation_sim.model.state import ACTOR, TRACK
from negotiation_sim.model.terms import ACTOR_PARAMETERS

BEGUN = {"initiative": "one", "venue": "hall", "underway": schema.Underway(mandate=True)}
BINDING = schema.Initiative(
    id="one", name="one", text={"scope": figure(0.2)}, binding=True,
    mandate=schema.Box(box={}, note="test"),
)  # fmt: skip


# Views


def test_an_agent_shows_every_figure_and_what_it_comes_to():
    model = NegotiationModel(compile_setting(seeded_setting(5)), 0, 1, 0)
    for _ in range(14):
        model.step()
    assert set(ACTOR_PARAMETERS) < set(ACTOR.names)
    for state in model.states:
        for name in set(ACTOR.names) - {"value", "aspiration"}:  # asked of a track
            assert getattr(state, name) == model.arrays.actors[name][state.index]
        assert state.position == model.positions[state.index].tolist()
        assert state.ideal == model.ideals[state.index].tolist()


def test_an_agent_values_texts_as_the_month_did():
    """What it says of a text after a month is what it answered with in the month's last round."""
    model = model_of(small([actor("AAA", {"scope": 0.2}), actor("BBB", {"scope": 0.9})],
                           tracks=[BEGUN], process={"pace": 0.02}), record=True)  # fmt: skip
    model.step()
    track = model.tracks[0]
    said = {event["actor"]: event for event in model.events if event["kind"] == "response"}
    for state in model.states:
        answer = said[state.actor_id]
        assert state.value(track.text, track) == answer["satisfaction"]
        assert state.aspiration(track) == answer["aspiration"]
        assert state.satisfaction(state.position) == 1.0 and state.disposition(track) == 0.0
        assert state.reservation_value(track) <= state.aspiration(track)
    assert model.states[0].value([0.5], track) == pytest.approx(0.7)
    assert model.states[0].reservation_value(track) == pytest.approx(0.8 + 0.05)


def test_writing_an_agents_attribute_changes_the_state():
    model = model_of(small(cast("AAA", "BBB"), process={"trust_return": 0.0}))
    first, second = model.states
    first.trust = 0.125
    assert model.state.actors.trust.tolist() == [0.125, 0.5]
    assert (first.trust, second.trust) == (0.125, 0.5)
    model.step()
    assert first.trust == 0.125, "the month goes on from what was written"


def test_what_is_written_counts_in_the_months_that_follow():
    case = small(cast("AAA", "BBB", ideal=0.9))
    plain = model_of(case).run()
    told = model_of(case)
    told.states[0].margin = 1.0
    assert plain.rows()[0]["mandate_month"] == 1
    assert told.run().rows()[0]["mandate_month"] is None


def test_a_track_shows_every_column():
    model = NegotiationModel(compile_setting(seeded_setting(5)), 0, 1, 0).run()
    for track in model.tracks:
        for name in set(TRACK.names) - {"pledges"}:
            assert getattr(track, name) == model.arrays.tracks[name][track.number]
        assert track.text == model.state.text[track.number].tolist()
        assert track.venue_id == model.scenario.venue_ids[track.venue]


def test_one_mesa_agent_a_state_in_the_order_of_the_codes():
    model = NegotiationModel(compile_setting(seeded_setting(5)), 0)
    assert isinstance(model, mesa.Model)
    assert list(model.agents) == model.states
    assert all(isinstance(state, mesa.Agent) for state in model.states)
    assert [state.actor_id for state in model.states] == sorted(model.scenario.setting.actors)


# Steps


class Counted(NegotiationModel):
    """Counts its own steps."""

    count = 0

    def step(self) -> None:
        super().step()
        self.count += 1


def test_a_run_goes_by_step_once_a_month():
    model = Counted(compile_setting(seeded_setting(5)), 0)
    assert model.run() is model
    assert model.count == model.now == model.scenario.horizon
    assert not model.running


class Collected(NegotiationModel):
    """Collects trust and the month."""

    def __init__(self, *arguments, **options) -> None:
        super().__init__(*arguments, **options)
        self.datacollector = mesa.DataCollector(
            model_reporters={"month": "now"}, agent_reporters={"trust": "trust"}
        )

    def step(self) -> None:
        super().step()
        self.datacollector.collect(self)


def test_a_data_collector_sees_every_month():
    case = seeded_setting(5)
    model = Collected(compile_setting(case), 0, 1, 0).run()
    horizon, n = model.scenario.horizon, len(case.actors)
    found = model.datacollector.get_model_vars_dataframe()
    assert found["month"].tolist() == list(range(1, horizon + 1))
    agents = model.datacollector.get_agent_vars_dataframe()
    assert len(agents) == horizon * n and agents["trust"].between(0.0, 1.0).all()
    assert agents["trust"].nunique() > n
    last = agents.loc[horizon, "trust"].tolist()
    assert last == [state.trust for state in model.states]


def test_a_run_may_begin_by_hand_and_go_on():
    scenario = compile_setting(seeded_setting(5))
    begun = NegotiationModel(scenario, 0, 1, 0)
    for _ in range(7):
        begun.step()
    assert begun.now == 7
    assert begun.run().rows() == NegotiationModel(scenario, 0, 1, 0).run().rows()


# Policies


class Advised(Policy):
    """Keeps what it is asked, and answers as told, else as advised."""

    def __init__(self, **answers: bool) -> None:
        self.answers = answers
        self.asked: list[tuple[str, str, int]] = []


def _asked(name: str):
    def method(self, agent, track, advice):
        assert agent is None or isinstance(agent, StateAgent)
        assert track is None or isinstance(track, Track)
        assert isinstance(advice, bool)
        who = agent.actor_id if agent else ""
        self.asked.append((name, who, track.number if track else -1))
        return self.answers.get(name, advice)

    return method


for _decision in DECISIONS:
    setattr(Advised, _decision.name, _asked(_decision.name))


def test_a_policy_has_a_method_for_every_decision_and_takes_the_advice():
    for decision in DECISIONS:
        method = getattr(Policy(), decision.name)
        assert method(None, None, True) is True and method(None, None, False) is False
        assert decision.when in method.__doc__
    assert Policy().propose(None, None) is None and hasattr(Policy, PROPOSE.name)


@pytest.mark.parametrize("number", range(12))
def test_a_policy_that_takes_the_advice_changes_nothing(number):
    scenario = compile_setting(seeded_setting(number))
    for strategy in (0, 1):
        plain = NegotiationModel(scenario, strategy, number, 1, 2).run()
        heard = NegotiationModel(scenario, strategy, number, 1, 2, record=True).run()
        asked = NegotiationModel(scenario, strategy, number, 1, 2, policy=Advised()).run()
        assert plain.rows() == heard.rows() == asked.rows()
        assert heard.events and not plain.events and not asked.events


def outcome(case: schema.Setting, **answers: bool):
    """Return the row, events by kind, and policy of a run under some answers."""
    policy = Advised(**answers)
    model = model_of(case, policy=policy, record=True).run()
    return model.rows()[0], [event["kind"] for event in model.events], policy


def willing(**changes) -> schema.Setting:
    """Return a setting in which all want the text: mandate and adoption by themselves."""
    return small(cast("AAA", "BBB", "CCC"), **changes)


def test_back_mandate_may_be_refused_and_given():
    row, kinds, policy = outcome(willing(), back_mandate=False)
    assert row["mandate_month"] is None and "mandate_refused" in kinds
    assert {name for name, *_ in policy.asked} == {"back_mandate", "go_along"}
    assert {who for _, who, _ in policy.asked} == {"AAA", "BBB", "CCC"}
    assert outcome(willing(), back_mandate=False, go_along=True)[0]["mandate_month"] is None
    unwilling = small(cast("AAA", "BBB", "CCC", margin=0.9))
    assert outcome(unwilling)[0]["mandate_month"] is None
    assert outcome(unwilling, back_mandate=True)[0]["mandate_month"] == 1


def test_accept_may_be_withheld_and_given():
    assert outcome(willing())[0]["adoption_month"] == 2
    row, kinds, _ = outcome(willing(), accept=False)
    assert row["adoption_month"] is None and "response" in kinds and row["rounds"] > 50
    tough = willing(text={"scope": 0.5}, tracks=[BEGUN], process={"chair_step": 0.05})
    assert outcome(tough)[0]["adoption_month"] > outcome(tough, accept=True)[0]["adoption_month"]
    assert outcome(tough, accept=True)[0]["adoption_month"] == 1


ALL = schema.Success(deadline_years=5.0, success_share=figure(1.0))


def divided(isolation: float) -> schema.Setting:
    """Return a setting in which one of four never accepts."""
    actors = [*cast("AAA", "BBB", "CCC"), actor("ZZZ", {"scope": 0.2}, margin=0.5)]
    return small(actors, venue("hall", isolation=isolation), [BEGUN])


def test_go_along_may_be_chosen_and_refused():
    """ZZZ falls short by 0.3; what it costs to stand alone is three quarters of isolation."""
    assert outcome(divided(0.3))[0]["adoption_month"] is None
    row, _, policy = outcome(divided(0.3), go_along=True)
    assert row["adoption_month"] == 1 and row["went_along"] == "ZZZ"
    assert ("go_along", "ZZZ", 0) in policy.asked
    assert outcome(divided(0.5))[0]["adoption_month"] == 1
    assert outcome(divided(0.5), go_along=False)[0]["adoption_month"] is None


def test_who_is_asked_anew_as_others_go_along_is_asked_once():
    row, _, policy = outcome(divided(0.3), accept=False, go_along=False)
    assert row["adoption_month"] is None
    asked = [who for name, who, _ in policy.asked if name == "go_along"]
    assert sorted(asked[:4]) == ["AAA", "BBB", "CCC", "ZZZ"]
    assert len(asked) == 4 * row["rounds"]


def test_pledge_may_be_given_and_declined():
    case = willing(tracks=[{"initiative": "one", "venue": "hall", "pledges": True}],
                   text={"scope": 0.2}, plan=BINDING)  # fmt: skip
    row, kinds, _ = outcome(case)
    assert row["pledges"] == 3 and kinds.count("pledge") == 3
    row, kinds, policy = outcome(case, pledge=False)
    assert row["pledges"] == 0 and "pledge" not in kinds
    assert policy.asked.count(("pledge", "AAA", 0)) > 5, "asked anew every month"


def test_leave_may_be_chosen_and_is_asked_of_nobody_in_particular():
    case = willing(text={"scope": 1.0}, tracks=[BEGUN])
    row, kinds, policy = outcome(case, leave=True)
    assert (row["ending"], row["end_month"]) == ("withdrawn", 1) and kinds == ["withdrawal"]
    assert policy.asked == [("leave", "", 0)]
    hasty = small(
        [actor("AAA", {"scope": 0.0}, margin=1.0)], tracks=[BEGUN], text={"scope": 1.0},
        process={"withdrawal": 1.0, "chair_step": 0.01},
    )  # fmt: skip
    assert outcome(hasty)[0]["ending"] == "withdrawn"
    assert outcome(hasty, leave=False)[0]["ending"] != "withdrawn"


def test_ratify_may_be_refused_and_given():
    case = willing(plan=BINDING, tracks=[BEGUN], success=ALL)
    row, kinds, _ = outcome(case)
    assert row["success_month"] is not None and kinds.count("ratification") == 3
    row, kinds, policy = outcome(case, ratify=False)
    assert row["entry_into_force_month"] is None and row["participants"] == 0
    assert kinds.count("ratification") >= 3 and ("ratify", "BBB", 0) in policy.asked
    hurdle = small(
        cast("AAA", "BBB", "CCC", ratification_threshold=1.0), tracks=[BEGUN], plan=BINDING
    )
    assert outcome(hurdle)[0]["success_month"] is None
    assert outcome(hurdle, ratify=True)[0]["success_month"] is not None


def outsiders() -> schema.Setting:
    """Return a setting in which two of five sit outside the venue, as content as the members."""
    hall = venue("hall", members=["AAA", "BBB", "CCC"])
    return small(
        cast("AAA", "BBB", "CCC", "YYY", "ZZZ"), hall, [BEGUN], process={"accession_rate": 2.0},
        success=ALL,
    )  # fmt: skip


def test_accede_may_be_refused_and_given():
    row, kinds, _ = outcome(outsiders())
    assert row["participants"] == 5 and kinds.count("accession") == 2
    row, _, policy = outcome(outsiders(), accede=False)
    assert row["participants"] == 3 and row["success_month"] is None
    assert {who for name, who, _ in policy.asked if name == "accede"} == {"YYY", "ZZZ"}


EVENTFUL = {"event_rate": 0.2, "deliberate_share": 1.0, "test_trust_cost": 0.1}


def test_test_may_be_refrained_from_and_carried_out():
    case = small(cast("AAA", "BBB", test_propensity=1.0), tracks=[BEGUN], process=EVENTFUL)
    free, kinds, _ = outcome(case, accept=False)
    assert free["events"] > 5 and free["events_avoided"] == 0 and "event" in kinds
    row, kinds, policy = outcome(case, accept=False, test=False)
    assert row["events"] == 0 and row["events_avoided"] == free["events"]
    assert "event" not in kinds and kinds.count("avoided") == free["events"]
    assert {(name, track) for name, _, track in policy.asked if name == "test"} == {("test", -1)}
    bound = small(
        cast("AAA", "BBB", test_propensity=1.0), tracks=[BEGUN],
        process=EVENTFUL | {"adherence_effect": 1.0},
    )  # fmt: skip
    assert outcome(bound)[0]["events_avoided"] > 3
    row, *_ = outcome(bound, test=True)
    assert row["events_avoided"] == 0 and row["violations"] > 3


def test_breach_may_be_committed_and_refrained_from():
    process = {"crisis_rate": 0.2, "breach_probability": 0.5}
    case = small(cast("AAA", "BBB"), tracks=[BEGUN], process=process)
    some, kinds, _ = outcome(case)
    crises = kinds.count("crisis")
    assert 0 < some["violations"] < crises
    assert outcome(case, breach=False)[0]["violations"] == 0
    row, kinds, policy = outcome(case, breach=True)
    asked = sum(name == "breach" for name, *_ in policy.asked)
    assert row["violations"] == kinds.count("violation") == asked > some["violations"]
    unbound = small(cast("AAA", "BBB"), process=process)
    assert outcome(unbound, back_mandate=False, breach=True)[0]["violations"] == 0


class Proposes(Policy):
    """Asks the chair to move towards a text."""

    def __init__(self, *text: float) -> None:
        self.text = text

    def propose(self, agent, track):
        return self.text if agent.actor_id == "AAA" else None


def test_propose_moves_the_text_and_is_told():
    case = small(cast("AAA", "BBB", margin=1.0), tracks=[BEGUN], text={"scope": 0.2})
    plain = model_of(case, record=True).run()
    pulled = model_of(case, policy=Proposes(0.9), record=True).run()
    assert plain.tracks[0].text == pytest.approx([0.2])
    assert pulled.tracks[0].text[0] > 0.3
    first = next(event for event in pulled.events if event["kind"] == "proposal")
    assert first["actor"] == "AAA" and first["text"] == [0.9]
    assert "proposal" not in [event["kind"] for event in plain.events]


@pytest.mark.parametrize(("capability", "weight"), [(1.0, 0.5), (3.0, 0.75)])
def test_a_proposal_draws_the_chairs_aim_by_its_authors_capability(capability, weight):
    """The chair would stay at 0.2, which all find best and nobody enough; half a step is taken."""
    actors = [*cast("AAA", margin=1.0, capability=capability), *cast("BBB", margin=1.0)]
    case = small(actors, tracks=[BEGUN], text={"scope": 0.2}, process={"chair_step": 0.5})
    model = model_of(case, policy=Proposes(0.8), record=True)
    model.step()
    revision = next(event for event in model.events if event["kind"] == "revision")
    assert revision["text"] == pytest.approx([0.2 + 0.5 * weight * 0.6])
