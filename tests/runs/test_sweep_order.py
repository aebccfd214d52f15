"""The order in which parameters are named decides the points, and the manifest keeps it."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from helpers.sweep_studies import write_experiment
from negotiation_sim import api
from negotiation_sim.catalogue import environment_table, load_setting
from negotiation_sim.catalogue.schema import Setting
from negotiation_sim.engine.scenario import compile_setting
from negotiation_sim.errors import StoreError
from negotiation_sim.faces.cli.main import app
from negotiation_sim.faces.page.game import digest
from negotiation_sim.runs import store
from negotiation_sim.runs.store.files import read_json, to_json
from negotiation_sim.runs.store.run_folders import FORMAT
from negotiation_sim.runs.sweep import plan
from negotiation_sim.runs.sweep.design import make_design, salib_problem, spec_of
from negotiation_sim.studies.assumptions import assumptions_of

MARGIN, ISOLATION = "actors.USA.margin", "venues.COPUOS.isolation"
OPTIONS = {MARGIN: "0.05,0.1", ISOLATION: "0,0.3"}
ORDERS = [(MARGIN, ISOLATION), (ISOLATION, MARGIN)]
PATHS = ("venues.*.informality", "environment.pace", "actors.USA.trust", "actors.*.trust")
RANGES = {path: {"from": 0.02, "to": 0.1 + 0.1 * k} for k, path in enumerate(PATHS)}
LEVELS = {path: [0.02, 0.04, 0.09][: 2 + k % 2] for k, path in enumerate(PATHS)}
KINDS = {
    "grid": LEVELS,
    "one-at-a-time": LEVELS,
    "latin-hypercube": RANGES,
    "sobol": RANGES,
    "morris": RANGES,
}


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write_experiment(tmp_path, "")
    return tmp_path


def call(*words: object):
    return CliRunner().invoke(app, [str(word) for word in words])


def words_of(order):
    options = [word for path in order for word in ("--vary", f"{path}={OPTIONS[path]}")]
    return ["sweep", "small.yaml", *options, "--replicates", 5, "--workers", 1]


def columns_of(table, paths):
    return [column for column in table.columns if column in paths]


def test_both_orders_run_and_are_reproduced_each_under_its_own_id(here):
    found = []
    for order in ORDERS:
        result = call(*words_of(order))
        assert result.exit_code == 0, result.output
        runs = [run for run in store.latest_runs("results") if run.id not in found]
        found.append(runs[0].id)
        again = call("reproduce", runs[0].id)
        assert again.exit_code == 0 and "Not the same" not in again.stdout, again.output
        assert columns_of(runs[0].load(), OPTIONS) == list(order)
    assert len(set(found)) == 2


def test_the_other_order_is_another_sweep_and_resume_begins_it(here):
    one, two = ORDERS

    def stop(done, total):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        api.sweep(
            "small.yaml", [f"{p}={OPTIONS[p]}" for p in one], replicates=5, workers=1, progress=stop
        )
    for order in (two, one):
        result = call(*words_of(order), "--resume")
        assert result.exit_code == 0, result.output
    assert len(store.latest_runs("results")) == 2


@pytest.mark.parametrize("order", ORDERS)
def test_an_index_is_attributed_to_the_parameter_that_has_it(here, order):
    """The design of a manifest, handed to SALib with the table beside it, names columns rightly."""
    sobol = pytest.importorskip("SALib.analyze.sobol")
    vary = {path: {"from": 0.0, "to": 0.5} for path in order}
    run = api.sweep("small.yaml", vary, design="sobol", size=64, replicates=1, workers=1)
    spec = spec_of(read_json(run.folder / "manifest.json")["inputs"]["sweep"])
    problem = salib_problem(spec)
    table = run.load().drop_duplicates("point").sort_values("point")
    assert problem["names"] == columns_of(table, vary) == list(order)
    y = 3.0 * table[MARGIN].to_numpy() + table[ISOLATION].to_numpy()  # shares 0.9 and 0.1
    total = sobol.analyze(problem, y, calc_second_order=False, seed=1)["ST"]
    shares = dict(zip(problem["names"], total, strict=True))
    assert shares[MARGIN] == pytest.approx(0.9, abs=0.05)
    assert shares[ISOLATION] == pytest.approx(0.1, abs=0.05)


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    return load_setting(write_experiment(tmp_path_factory.mktemp("order"), ""))


def through_a_file(content):
    return json.loads(to_json(content))


@pytest.fixture(scope="module")
def held(small):
    """Return what gives the setting: its own text would be too long for hypothesis to print."""
    return lambda: small


@settings(max_examples=40, deadline=None)
@given(
    st.sampled_from(sorted(KINDS)),
    st.permutations(PATHS).flatmap(lambda p: st.integers(2, 4).map(lambda n: p[:n])),
    st.data(),
)
def test_any_order_survives_the_manifest(held, kind, order, data):
    small = held()

    def study(paths):
        words = {"design": kind, "vary": {path: KINDS[kind][path] for path in paths}, "size": 4}
        return plan.make_sweep(small, spec_of(words), plan.SweepRequest(replicates=2), "results")

    one, other = study(order), study(data.draw(st.permutations(order)))
    again = plan.planned_again(through_a_file(one.header), "results")
    assert again.header == one.header and list(again.design) == list(one.design)
    assert again.design.paths == one.design.paths == tuple(order)
    assert [again.design.varied(i) for i in range(len(again.design))] == [
        one.design.varied(i) for i in range(len(one.design))
    ]
    assert list(again.columns) == list(order) == salib_problem(again.spec)["names"]
    same = one.design.paths == other.design.paths
    assert (one.header["id"] == other.header["id"]) == same


@given(st.lists(
    st.dictionaries(st.sampled_from("abcd"), st.sampled_from([1.0, 2.0, True, "x"]), min_size=1),
    min_size=1, max_size=5,
))  # fmt: skip
def test_listed_points_survive_the_manifest_in_their_order(points):
    design = make_design(spec_of({"points": points}))
    again = make_design(spec_of(through_a_file(design.spec.inputs())))
    assert again.paths == design.paths and list(again) == list(design)
    assert [list(map(type, p)) for p in again] == [list(map(type, p)) for p in design]


@pytest.mark.parametrize("sweep", [
    {"design": "grid", "vary": {MARGIN: [0.5, 0.6], ISOLATION: [0.0, 0.3]}},
    {"design": "points", "points": [{MARGIN: 0.5}, {ISOLATION: 0.0}]},
])  # fmt: skip
def test_a_manifest_of_the_first_version_is_refused_in_one_line_and_still_read(here, sweep):
    run = api.sweep("small.yaml", [f"{p}={OPTIONS[p]}" for p in ORDERS[0]], replicates=2, workers=1)
    manifest = read_json(run.folder / "manifest.json")
    inputs = {**manifest["inputs"], "sweep": sweep}
    version = manifest["versions"]["negotiation-sim"]
    manifest |= {"inputs": inputs, "id": store.run_id(inputs, version), "format": FORMAT}
    (run.folder / "manifest.json").write_bytes(to_json(manifest))
    assert len(store.load(run.folder)) == 12
    with pytest.raises(StoreError, match="does not say in which order"):
        api.reproduce(run.folder)
    result = call("reproduce", run.folder)
    assert result.exit_code == 2 and len(result.stderr.splitlines()) == 1, result.output


# Where order decides nothing, nothing hangs on it


def shuffled(node, rng):
    """Return plain data with the keys of every mapping in another order; lists stay."""
    if isinstance(node, dict):
        keys = list(node)
        rng.shuffle(keys)
        return {key: shuffled(node[key], rng) for key in keys}
    return [shuffled(item, rng) for item in node] if isinstance(node, list) else node


@pytest.mark.parametrize("seed", range(3))
def test_the_order_of_keys_changes_no_id_and_no_design(small, seed):
    plain = small.model_dump(mode="json")
    other = Setting.model_validate_json(json.dumps(shuffled(plain, np.random.default_rng(seed))))
    assert list(other.environment) != list(small.environment)
    assert store.run_id({"setting": other.model_dump(mode="json")}) == store.run_id(
        {"setting": plain}
    )
    one, two = compile_setting(small), compile_setting(other)
    assert digest(one) == digest(two)
    for mine, theirs in zip(one.arrays, two.arrays, strict=True):
        assert np.array_equal(mine, theirs)
    for strategy in one.strategy_names:
        found = [assumptions_of(each, strategy, environment_table()) for each in (one, two)]
        assert found[0] == found[1]


def test_a_study_of_a_run_varies_the_same_figures_in_the_same_order_as_one_of_its_experiment(small):
    held = Setting.model_validate_json(store.canonical(small.model_dump(mode="json")))
    strategy = small.strategies[0].name
    found = [
        assumptions_of(compile_setting(setting), strategy, environment_table())
        for setting in (small, held)
    ]
    assert found[0] == found[1]
