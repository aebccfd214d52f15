"""Plug-ins: what a file may hold, what it changes in the plain engine, what is refused.

Known answers are worked out on one venue of three or four members. That compiled code gives the
same is in the long test at the end; the five examples of the docs are in tests/faces.
"""

from __future__ import annotations

import hashlib
import json

import numpy as np
import pandas as pd
import pytest

from negotiation_sim.catalogue import apply_overrides, load_setting
from negotiation_sim.catalogue.schema import PluginText, Setting
from negotiation_sim.engine import ensemble
from negotiation_sim.engine.agents import NegotiationModel
from negotiation_sim.engine.collected import Collected, SeriesAccumulator
from negotiation_sim.engine.given_plugins import (
    given_for,
    load,
    load_again,
    new_model,
    plugin_of,
    with_plugin,
)
from negotiation_sim.engine.scenario import compile_setting
from negotiation_sim.errors import CatalogueError, UsageError
from negotiation_sim.model.terms import DecisionRule, label

HEAD = "from negotiation_sim.engine.plugins import *\nfrom negotiation_sim.engine.agents import Policy\nCOMPILED = False\n"


@pytest.fixture
def plug(tmp_path):
    """Return how to write a plug-in's file."""

    def write(text, name="plug.py", head=HEAD):
        path = tmp_path / name
        path.write_text(head + text, encoding="utf-8")
        return path

    return write


@pytest.fixture(scope="module")
def bellagio():
    return load_setting("bellagio")


def rows(setting, strategy=0, replicate=0, **options):
    return new_model(compile_setting(setting), strategy, 1, replicate, **options).run().rows()


def table(setting, engine="mesa", threads=1, replicates=2, strategies=(0, 8)):
    chunks = ensemble.run_ensemble(
        compile_setting(setting), replicates, strategies=strategies, engine=engine, threads=threads
    )
    return pd.concat(chunks, ignore_index=True)


LESS = "@rule('consensus')\ndef less(ballot):\n    return ballot.n_accepting > 0 and ballot.n_objecting <= {}\n"


def test_one_objection_more_or_fewer_than_the_rule_allows(plug, bellagio):
    """Nobody goes along with guidelines in COPUOS, so that several object to the last."""
    told = new_model(
        compile_setting(with_plugin(bellagio, plug("@decision('go_along')\ndef f(agent, track, advice):\n    return False\n", "firm.py"))),
        "guidelines@COPUOS", 1, 13, record=True,
    ).run().events  # fmt: skip
    told = [event for event in told if event["kind"] == "response"]
    last = [event for event in told if event["month"] == told[-1]["month"]]
    objecting = sum(event["response"] == "objects" for event in last)
    assert objecting > 1

    def adopted(allowed):
        firm = "@decision('go_along')\ndef f(agent, track, advice):\n    return False\n"
        file = plug(firm + LESS.format(allowed), f"less{allowed}.py")
        scenario = compile_setting(with_plugin(bellagio, file))
        return new_model(scenario, "guidelines@COPUOS", 1, 13).run().tracks[0].adopted

    assert not adopted(0)
    assert adopted(objecting)


@pytest.mark.parametrize("rule", DecisionRule)
def test_a_rule_that_takes_the_advice_changes_nothing(rule, plug, bellagio):
    file = plug(f"@rule('{label(rule)}')\ndef same(ballot):\n    return ballot.advice\n")
    assert table(with_plugin(bellagio, file)).equals(table(bellagio))


def test_the_ballot_says_what_the_venues_rule_is_told(plug, bellagio):
    """A copy of consensus, from the ballot alone, gives the same in every column."""
    file = plug(
        "@rule('consensus')\ndef copy(ballot):\n"
        "    if ballot.n_accepting == 0 or ballot.required_objecting > 0:\n        return False\n"
        "    return ballot.n_objecting == 0\n"
    )
    strategies = [4, 8, 10, 13]
    one = table(with_plugin(bellagio, file), strategies=strategies, replicates=4)
    assert one.equals(table(bellagio, strategies=strategies, replicates=4))


def test_a_decision_is_for_the_states_named_alone(plug, bellagio):
    text = "@decision('accept', states=['IND'])\ndef f({}):\n    return False\n"
    for form in ("agent, track, advice", "given, world, state, m, i, advice"):
        setting = with_plugin(bellagio, plug(text.format(form), f"{len(form)}.py"))
        model = new_model(compile_setting(setting), "guidelines@COPUOS", 1, 13, record=True).run()
        said = [event for event in model.events if event["kind"] == "response"]
        assert {e["response"] for e in said if e["actor"] == "IND"} <= {
            "goes_along",
            "objects",
            "goes along",
        }
        assert any(e["response"] == "accepts" for e in said if e["actor"] != "IND")


def test_policies_are_asked_in_turn_each_with_the_answer_before(plug, bellagio):
    text = """
class No(Policy):
    states = ("IND",)
    def back_mandate(self, agent, track, advice):
        return False
class Contrary(Policy):
    states = ("IND",)
    def back_mandate(self, agent, track, advice):
        assert advice is False
        return True
"""
    setting = with_plugin(bellagio, plug(text))
    model = new_model(compile_setting(setting), "guidelines@COPUOS", 1, 13, record=True).run()
    votes = [
        e["response"] for e in model.events if e["kind"] == "mandate_vote" and e["actor"] == "IND"
    ]
    assert votes and set(votes) == {"accepts"}


def test_a_policy_has_an_instance_for_every_replicate_and_strategy(plug, bellagio):
    text = """
class Once(Policy):
    def __init__(self):
        self.asked = 0
    def back_mandate(self, agent, track, advice):
        self.asked += 1
        return advice and self.asked > 12
"""
    setting = with_plugin(bellagio, plug(text))
    whole = table(setting, strategies=[8], replicates=3)
    assert (
        table(setting, strategies=[8, 9], replicates=3)
        .query("strategy == 'guidelines@COPUOS'")["mandate_month"]
        .tolist()
        == whole["mandate_month"].tolist()
    )


def test_the_chair_moves_where_it_is_told(plug, bellagio):
    at = "@chair\ndef f(model, track):\n    return [{0} for _ in track.text]\n"
    records = (
        "@chair\ndef f(given, world, state, positions, m, t):\n"
        "    for k in range(positions.shape[1]):\n        state.aim[m, k] = {0}\n"
    )
    found = {}
    for text in (at, records):
        for aim in (0.0, 1.0):
            setting = with_plugin(bellagio, plug(text.format(aim), f"{len(text)}{aim}.py"))
            model = new_model(compile_setting(setting), "guidelines@COPUOS", 1, 13).run()
            found[text, aim] = model.tracks[0].text
    assert found[at, 0.0] == found[records, 0.0] and found[at, 1.0] == found[records, 1.0]
    assert all(low <= high for low, high in zip(found[at, 0.0], found[at, 1.0], strict=True))
    assert found[at, 0.0] != found[at, 1.0]


def test_steps_run_before_and_after_a_month_and_series_are_kept(plug, bellagio):
    text = """
@before_month
def first(given, world, state, t):
    state.actors.trust[0] = 0.25
@after_month
def then(model):
    model.states[1].trust = 0.75
@collector("first", "second", "month")
def both(given, world, state, t):
    return state.actors.trust[0], state.actors.trust[1], t
"""
    setting = with_plugin(bellagio, plug(text))
    model = new_model(compile_setting(setting), "code@CD", 1, 0).run()
    assert model.series.shape == (180, 3)
    assert (model.series[:, 1] == 0.75).all()
    assert model.series[:, 2].tolist() == list(range(180))
    assert abs(model.series[:, 0] - 0.25).max() < 0.2
    (chunk,) = ensemble.run_ensemble(
        compile_setting(setting), 1, strategies=["code@CD"], engine="mesa", threads=1
    )
    assert np.array_equal(chunk.attrs[Collected.NAME].values[0, 0], model.series)


def test_series_do_not_depend_on_how_replicates_are_cut():
    values = np.random.default_rng(1).random((7, 2, 3, 1)) * 1e6
    values[2, 0, 1, 0] = np.nan

    def added(*cuts):
        found = SeriesAccumulator(["trust"], ["a", "b"])
        for low, high in zip((0, *cuts), (*cuts, 7), strict=True):
            frame = pd.DataFrame()
            frame.attrs[Collected.NAME] = Collected((0, 1), values[low:high])
            found.update(frame)
        return found.table()

    whole = added()
    assert whole.equals(added(1, 5)) and whole.equals(added(3))
    at = whole[(whole["strategy"] == "a") & (whole["month"] == 2)].iloc[0]
    known = np.delete(values[:, 0, 1, 0], 2)
    assert at["replicates"] == 6 and at["mean"] == pytest.approx(known.mean(), rel=1e-12)
    half = 1.959963984540054 * known.std(ddof=1) / np.sqrt(6)
    assert at["mean_high"] - at["mean"] == pytest.approx(half, rel=1e-9)


def test_processes_give_the_same_as_one(plug, bellagio):
    """They read the file by its path."""
    setting = with_plugin(bellagio, plug(LESS.format(1)))
    both = [table(setting, "ensemble", threads, strategies=[8], replicates=3) for threads in (1, 2)]
    assert both[0].equals(both[1]) and not both[0]["error"].astype(bool).any()


def test_a_failing_plug_in_is_a_row_with_its_error(plug, bellagio):
    file = plug(
        "@decision('accept')\ndef f(agent, track, advice):\n    raise KeyError('no such text')\n"
    )
    found = table(with_plugin(bellagio, file), strategies=[8], replicates=1)
    assert found["error"].tolist() == ["KeyError: 'no such text'"]


def test_a_subclass_of_the_model_runs_as_a_plug_in(bellagio):
    setting = with_plugin(bellagio, Hopeless)
    assert setting.plugin.name == "Hopeless" and "def step" in setting.plugin.text
    found = table(setting, "ensemble", None, strategies=[8], replicates=2)
    assert not found["error"].astype(bool).any() and (found["rounds"] == 0).all()
    assert found["rounds"].tolist() != table(bellagio, strategies=[8])["rounds"].tolist()


class Hopeless(NegotiationModel):
    """A model whose months pass without anything happening."""

    def step(self):
        self.now += 1


REFUSED = {
    "no such file": (None, "cannot be read"),
    "marks nothing": ("x = 1\n", "marks nothing; allowed: a function marked as"),
    "syntax": ("def f(:\n", "line 4: invalid syntax"),
    "fails": ("x = 1\ny = 1 / 0\n", "line 5: ZeroDivisionError: division by zero"),
    "unknown rule": ("@rule('consenus')\ndef f(b):\n    return True\n", "no rule 'consenus'; did you mean 'consensus'?"),
    "unknown decision": ("@decision('acept')\ndef f(a, t, x):\n    return x\n", "no decision 'acept'"),
    "decided by no state": ("@decision('leave', ['USA'])\ndef f(a, t, x):\n    return x\n", "'leave' is decided by no state"),
    "parameters": ("@chair\ndef f(one):\n    return 1\n", "f takes 1 parameters; a chair takes 6 or 2"),
    "two": ("@chair\ndef f(m, t):\n    return None\n@chair\ndef g(m, t):\n    return None\n", "two for chair; one is allowed"),
    "no name": ("@collector()\ndef f(m):\n    return 1\n", "a collector needs a name"),
    "fails for more": ("@rule('consensus')\ndef f(b):\n    return b.n_accepting % 2 == 0\n", "f fails where one more accepts"),
    "fails on a ballot": ("@rule('consensus')\ndef f(b):\n    return b.nobody > 1\n", "f fails on Ballot"),
    "too long": ("#" * 1_000_001, "longer than 1,000,000 bytes"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_wrong_with_a_file_is_said_in_one_line(name, plug, tmp_path):
    text, said = REFUSED[name]
    path = tmp_path / "none.py" if text is None else plug(text)
    with pytest.raises(UsageError) as caught:
        load(path)
    assert said in str(caught.value) and str(caught.value).startswith("plugin: ")
    assert "\n" not in str(caught.value)


def test_bytes_that_are_no_text_and_classes_of_no_use_are_refused(tmp_path):
    (tmp_path / "a.py").write_bytes(b"\xff")
    with pytest.raises(UsageError, match="not UTF-8"):
        load(tmp_path / "a.py")
    with pytest.raises(UsageError, match="int is neither"):
        load(int)


def test_nothing_runs_what_a_manifest_holds(plug, bellagio, tmp_path):
    """The text stands in the setting; without the file every way to run it stops."""
    trap = f"from pathlib import Path\nPath({str(tmp_path / 'ran')!r}).touch()\n" + LESS.format(1)
    text = HEAD + trap
    digest = hashlib.sha256(text.encode()).hexdigest()
    dumped = bellagio.model_dump(mode="json") | {
        "plugin": {"name": "trap.py", "sha256": digest, "text": text}
    }
    setting = Setting.model_validate_json(json.dumps(dumped))
    scenario = compile_setting(setting)
    worlds = ensemble.worlds_of(0, 1)
    for way in (
        lambda: plugin_of(setting), lambda: given_for(setting, None, "0123"),
        lambda: new_model(scenario, 0), lambda: ensemble.simulate(scenario, [0], 1, worlds),
        lambda: list(ensemble.run_ensemble(scenario, 1, engine="mesa", threads=1)),
    ):  # fmt: skip
        with pytest.raises(UsageError, match=f"{digest}.*--plugin-to trap.py.*--plugin trap.py"):
            way()
    assert not (tmp_path / "ran").exists()
    with pytest.raises(UsageError, match="has the SHA-256 [0-9a-f]{64}, not " + digest):
        given_for(setting, plug(LESS.format(2)))
    given_for(setting, plug(trap))
    assert (tmp_path / "ran").exists()
    assert len(rows(setting, 8)) == 1


def test_a_text_that_has_not_its_hash_is_refused():
    with pytest.raises(ValueError, match="has not the hash"):
        PluginText(name="a.py", sha256="0" * 64, text="x")


def test_a_worker_refuses_a_file_that_has_changed(plug):
    file = plug(LESS.format(1) + "# one\n")
    where = load(file).where
    plug(LESS.format(1) + "# two\n")
    load_again(where)  # known already
    with pytest.raises(UsageError, match="not " + "0" * 64):
        load_again((where[0], "0" * 64))


def test_no_study_can_name_a_plug_in_and_no_override_change_it(bellagio, plug):
    from negotiation_sim.catalogue.records import Experiment

    assert "plugin" not in Experiment.model_fields
    setting = with_plugin(bellagio, plug(LESS.format(1)))
    with pytest.raises(CatalogueError):
        apply_overrides(setting, {"plugin.text": "x"})
    changed = apply_overrides(setting, {"environment.breadth": 0.5})
    assert changed.plugin == setting.plugin
    assert "plugin" not in bellagio.model_dump(mode="json")


def test_asked_takes_one_of_two_options_and_nothing_else(plug, bellagio):
    text = """
class Seat(AskedPolicy):
    states = ("IND",)
    def ask(self, question, options):
        assert question.startswith("You are India, when ")
        return {}
"""
    assert rows(with_plugin(bellagio, plug(text.format("options[0].upper() + '.'"), "a.py")), 8)
    with pytest.raises(UsageError, match="asked for back or refuse, got 'perhaps'"):
        rows(with_plugin(bellagio, plug(text.format("'perhaps'"), "b.py")), 8)


MIXED = """
@rule("consensus")
def less(ballot):
    return ballot.n_accepting > 0 and ballot.n_objecting <= 1
@decision("accept", states=["USA", "CHN"])
def bluff(given, world, state, m, i, advice):
    return advice and state.tracks.rounds[m] > 3
@decision("go_along")
def firm(given, world, state, m, i, advice):
    return False
def middle(a, b):
    return 0.5 * (a + b)
@chair
def halfway(given, world, state, positions, m, t):
    for item in range(m, m + state.tracks.n_items[m]):
        for k in range(positions.shape[1]):
            state.aim[item, k] = middle(positions[0, k], positions[1, k])
@after_month
def calmer(given, world, state, t):
    for i in range(len(state.actors)):
        state.actors.trust[i] = min(1.0, state.actors.trust[i] + 0.001)
@collector("trust", "urgency")
def moods(given, world, state, t):
    return state.actors.trust[0], state.run[0].urgency
"""


@pytest.mark.long
def test_compiled_gives_the_same_bits(plug, bellagio):
    """Everything at once, in every strategy; then compiled code is found again by its hash."""
    setting = with_plugin(bellagio, plug(MIXED, head=HEAD.replace("COMPILED = False\n", "")))
    scenario = compile_setting(setting)
    assert plugin_of(setting).plain_reason(scenario) is None
    every = range(len(scenario.strategy_names))
    frames = {e: table(setting, e, replicates=3, strategies=every) for e in ("ensemble", "mesa")}
    assert frames["ensemble"].equals(frames["mesa"])
    one = ensemble.collecting("ensemble", scenario, list(every), 1, ensemble.worlds_of(0, 3))[1]
    two = ensemble.collecting("mesa", scenario, list(every), 1, ensemble.worlds_of(0, 3))[1]
    assert np.array_equal(one, two)
    assert not frames["ensemble"].equals(table(bellagio, strategies=every, replicates=3))


@pytest.mark.long
def test_what_numba_cannot_compile_says_why(plug, bellagio):
    text = "@decision('accept')\ndef f(given, world, state, m, i, advice):\n    return open('x').read() == advice\n"
    setting = with_plugin(bellagio, plug(text, head=HEAD.replace("COMPILED = False\n", "")))
    assert "Numba cannot compile f: " in plugin_of(setting).plain_reason(compile_setting(setting))
