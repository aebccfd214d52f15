"""Addresses, sliders, tables, files and charts, without a browser."""

from __future__ import annotations

import json
from urllib.parse import parse_qsl, urlparse

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from negotiation_sim import api
from negotiation_sim.catalogue import load_setting
from negotiation_sim.engine.agents import NegotiationModel
from negotiation_sim.errors import CatalogueError, UsageError
from negotiation_sim.faces.page import compare_charts, network_chart, space_charts, time_charts
from negotiation_sim.faces.page.address import TABS, Address, parse
from negotiation_sim.faces.page.ensemble_jobs import EnsembleRequest, Job, request_of
from negotiation_sim.faces.page.exports import csv, experiment_file, frames_table
from negotiation_sim.faces.page.library import Library
from negotiation_sim.faces.page.month_in_words import headlines, name_of
from negotiation_sim.faces.page.server import free_port, said_at_start
from negotiation_sim.faces.page.sliders import sliders
from negotiation_sim.faces.page.watching import Negotiation
from negotiation_sim.model import compiled_cache
from negotiation_sim.runs.request import CHANCES_A_BELIEF
from negotiation_sim.words.vocabulary import on_term


@pytest.fixture(scope="module")
def library():
    return Library("bellagio")


# Addresses

numbers = st.floats(allow_nan=False, allow_infinity=False, width=32)
addresses = st.builds(
    Address, tab=st.sampled_from(TABS), experiment=st.text(max_size=20), strategy=st.text(max_size=20),
    seed=st.integers(0, 2**63 - 1), replicate=st.integers(0, 2**63 - 1), month=st.integers(0, 1200),
    compare=st.lists(st.text(min_size=1, max_size=20), max_size=5, unique=True).map(tuple),
    replicates=st.integers(1, 20_000), lesson=st.integers(0, 8), step=st.integers(0, 20),
    changes=st.dictionaries(st.text(min_size=1, max_size=20), numbers, max_size=4),
    before=st.none() | st.dictionaries(st.text(min_size=1, max_size=20), numbers, max_size=4),
)  # fmt: skip


@given(addresses)
def test_an_address_comes_back_from_its_query(address):
    pairs = parse_qsl(urlparse(address.query()).query, keep_blank_values=True)
    again, notes = parse(pairs)
    assert notes == []
    assert again == address


@given(st.lists(st.tuples(st.text(max_size=12), st.text(max_size=12)), max_size=6))
def test_any_query_gives_an_address_and_words(pairs):
    address, notes = parse(pairs)
    assert isinstance(address, Address) and all(isinstance(note, str) for note in notes)


def test_only_experiments_of_the_catalogue_may_be_opened(library, tmp_path):
    file = tmp_path / "mine.yaml"
    file.write_text("id: mine\n")
    for name in (str(file), "/etc/passwd", "initiatives/ban", ""):
        with pytest.raises(CatalogueError, match="no experiment"):
            library.scenario(name)


# Sliders


def test_every_slider_has_a_unit_a_default_a_source_and_moves_the_setting(library):
    found = sliders(library.scenario("bellagio"))
    assert {"success.deadline_years", "environment.event_rate", "environment.informality_effect",
            "environment.pledge_trust", "venues.CD.leadership", "venues.CD.unblock_rate",
            "actors.USA.verification_demand"} <= {lever.path for lever in found}  # fmt: skip
    for lever in found:
        assert lever.unit and lever.rests_on and lever.low <= lever.default <= lever.high
        assert 20 <= (lever.high - lever.low) / lever.step <= 250
        for value in (lever.low, lever.high):
            load_setting("bellagio", overrides={lever.path: value})


# Watching


def test_a_negotiation_is_the_models_own_run(library):
    scenario = library.scenario("bellagio")
    negotiation = Negotiation(scenario, "code@COPUOS", 1, 0)
    negotiation.go_to(scenario.horizon)
    model = NegotiationModel(scenario, "code@COPUOS", 1, 0, record=True).run()
    assert negotiation.model.rows() == model.rows()
    assert [e for frame in negotiation.frames for e in frame.events] == model.events
    assert len(negotiation.frames) == scenario.horizon + 1 and not negotiation.step()
    negotiation.go_to(5)
    assert negotiation.month == 5 and negotiation.frames[-1].tracks[0].text
    negotiation.close()


def test_what_states_say_is_what_they_answered_last(library):
    negotiation = Negotiation(library.scenario("bellagio"), "code@COPUOS", 1, 38)
    negotiation.go_to(4)
    answers = {
        e["actor"]: e["response"] for e in negotiation.frame.events if e["kind"] == "response"
    }
    said = dict(zip(negotiation.scenario.actor_ids, negotiation.frame.tracks[0].says, strict=True))
    assert said == answers and len(answers) == 10


def test_the_headline_names_the_largest_deficit(library):
    negotiation = Negotiation(library.scenario("bellagio"), "code@COPUOS", 1, 38)
    found = []
    while not found and negotiation.next_event():
        said = [e for e in negotiation.frame.events if e["kind"] == "response"]
        last = max((e["round"] for e in said), default=0)
        found = [e for e in said if e["round"] == last and e["response"] == "objects"]
    worst = max(found, key=lambda e: e["deficit"])
    line = headlines(negotiation.scenario, negotiation.frame)[0]
    yes = sum(e["response"] == "accepts" for e in said if e["round"] == last)
    name = name_of(negotiation.scenario, worst["actor"])
    assert line.startswith(f"Month {negotiation.month}, COPUOS, round {last}: {yes} of 10 accept")
    assert f"; {name} objects: {on_term(worst['term'])} leaves it " in line
    assert (
        f"{worst['aspiration'] - worst['satisfaction']:.2f} short" in line
    )  # before the stake weighs it
    assert len({e["deficit"] for e in found}) == len(found) > 1


# Comparing


def test_a_job_counts_what_run_counts(library, tmp_path):
    names = ("code@adhoc-optin", "ban-treaty@CD", "pledges@adhoc-optin")
    request = EnsembleRequest("bellagio", (), names, 60, 11, beliefs=3)
    job = Job(library.scenario("bellagio"), request).start().wait(120)
    assert (job.state, job.done, job.tables.done) == ("done", 60 + 3 * CHANCES_A_BELIEF, 60)
    whole = api.run("bellagio", 60, 11, tmp_path, beliefs=3).summary.set_index("strategy")
    mine = job.tables.summary.set_index("strategy")
    spread = job.tables.positions.set_index("strategy")
    for name in names[:2]:
        for end in ("p_positions_low", "p_positions_high"):
            assert spread.loc[name, end] == whole.loc[name, end]
    pd.testing.assert_frame_equal(mine, whole.loc[mine.index, mine.columns], check_dtype=False)
    assert set(job.tables.survival["strategy"]) == set(names[:2])


def test_a_cancelled_job_ends_early_and_a_failing_one_says_why(library):
    scenario = library.scenario("bellagio")
    job = Job(
        scenario, EnsembleRequest("bellagio", (), scenario.strategy_names, 20_000, 1), 1
    ).start()
    job.cancel()
    job.wait(60)
    assert job.state == "cancelled" and 0 < job.done < 20_000
    wrong = Job(scenario, EnsembleRequest("bellagio", (), ("nothing@CD",), 10, 1)).start().wait(60)
    assert wrong.state == "failed" and "nothing@CD" in wrong.error


def test_the_step_before_is_the_same_request_under_its_changes():
    address = Address(changes={"success.deadline_years": 9.0})
    names = ("ban-treaty@CD",)
    assert request_of(address, names).changes == (("success.deadline_years", 9.0),)
    assert request_of(address, names, {}).changes == ()
    assert request_of(address, names, {}) == request_of(Address(), names)


# Files


@pytest.mark.parametrize(
    "name", ["bellagio", "us-administration", "cd-revived", "bellagio-provisions"]
)
def test_an_experiment_file_reads_back_to_the_same_setting(name, tmp_path):
    library = Library(name)
    base = library.scenario(name).setting
    changes = {"success.deadline_years": 8.0, "environment.event_rate": 0.1,
               "actors.USA.verification_demand": 0.25, "actors.*.trust": 0.4}  # fmt: skip
    text = experiment_file(library.experiment(name), base, changes, ())
    file = tmp_path / "out.yaml"
    file.write_text(text)
    again, wanted = load_setting(file), load_setting(name, overrides=changes)
    assert again.model_dump(exclude={"id"}) == wanted.model_dump(exclude={"id"})


def test_the_table_of_months_has_a_row_for_each_state(library):
    negotiation = Negotiation(library.scenario("bellagio"), "ppwt@CD+code@COPUOS", 1, 0)
    negotiation.go_to(3)
    table = frames_table(negotiation)
    assert len(table) == 4 * 2 * 10
    assert csv(table).decode().splitlines()[0].startswith("month,track,venue,actor,says")


# Charts


@pytest.mark.parametrize("name", ["bellagio", "cd-65", "bellagio-provisions"])
def test_charts_are_plain_data_and_show_every_state(name):
    scenario = Library(name).scenario(name)
    negotiation = Negotiation(scenario, scenario.strategy_names[0], 1, 0)
    negotiation.next_event()
    frames = negotiation.frames
    for options in (
        space_charts.issue_space(scenario, frames, 0, scenario.actor_ids[0]),
        network_chart.network(scenario, frames[-1], 0),
        time_charts.milestone_line(scenario, frames),
        time_charts.against_aspiration(scenario, frames, 0, scenario.actor_ids[0]),
    ):
        json.dumps(options, allow_nan=False)
        assert options["aria"]["label"]["description"]
    space = space_charts.issue_space(scenario, frames, 0)
    shown = [
        p["name"] for s in space["series"] for p in s["data"] if isinstance(p, dict) and "name" in p
    ]
    assert sorted(shown) == list(scenario.actor_ids)


def test_charts_of_an_ensemble_are_plain_data(library):
    scenario = library.scenario("bellagio")
    names = ("code@adhoc-optin", "ban-treaty@CD", "pledges@adhoc-optin")
    tables = Job(scenario, EnsembleRequest("bellagio", (), names, 40, 1)).start().wait(60).tables
    for options in (
        compare_charts.probability(tables, tables, names),
        compare_charts.curves(tables, tables, names, 60, 180),
        compare_charts.curves(tables, None, names, 60, 180, falling=False),
        compare_charts.causes(tables, names),
        compare_charts.texts(tables, names, scenario.issues),
        compare_charts.probability(None, None, names),
        compare_charts.texts(None, names, scenario.issues),
    ):
        json.dumps(options, allow_nan=False)


# The server


def test_a_port_that_is_taken_is_told(library):
    import socket

    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        taken = holder.getsockname()[1]
        with pytest.raises(UsageError, match=f"port: {taken} cannot be had"):
            free_port("127.0.0.1", taken)
    with pytest.raises(UsageError, match="between 1 and 65535"):
        free_port("127.0.0.1", 70_000)
    with pytest.raises(UsageError, match="cannot be had"):
        free_port("no such host", 8080)


def test_the_first_start_says_what_it_does(monkeypatch):
    monkeypatch.setattr(compiled_cache, "is_cached", lambda: False)
    assert "compiling the model, once" in said_at_start() and "half a minute" in said_at_start()
    monkeypatch.setattr(compiled_cache, "is_cached", lambda: True)
    assert "compiling" not in said_at_start()


def test_an_experiment_that_is_not_there_is_told():
    with pytest.raises(CatalogueError, match="did you mean 'bellagio'"):
        Library("belagio")
