"""Two runs side by side, and causes told, on settings built so that the answer is known."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from helpers import study_scenes as scenes
from negotiation_sim.catalogue import apply_overrides
from negotiation_sim.runs import one_run as runs
from negotiation_sim.runs.request import Request
from negotiation_sim.studies.blocking import why
from negotiation_sim.studies.changes import diff, input_changes, newcombe
from negotiation_sim.studies.comparison_study import compare


def run_of(setting, root, replicates=120, seed=1):
    job = runs.plan(setting, Request(seed=seed, replicates=replicates), root)
    return runs.carry_out(job, draw=False, threads=1)


def test_the_interval_of_newcombe_is_the_published_one():
    """Newcombe (1998), table II, method 10: 56/70 - 48/80 and 9/10 - 3/10."""
    assert newcombe(56, 70, 48, 80) == pytest.approx((0.0524, 0.3339), abs=5e-5)
    assert newcombe(9, 10, 3, 10) == pytest.approx((0.1705, 0.8090), abs=5e-5)


def test_the_interval_of_newcombe_covers():
    rng = np.random.default_rng(1)
    p, q, n = 0.3, 0.12, 60
    held = [
        low <= p - q <= high
        for a, b in zip(rng.binomial(n, p, 3000), rng.binomial(n, q, 3000), strict=True)
        for low, high in [newcombe(int(a), n, int(b), n)]
    ]
    assert 0.93 <= np.mean(held) <= 0.98


FIGURE = {"value": 0.5, "basis": "coded", "range": [0.4, 0.6], "source": "x", "note": None}


def test_inputs_are_compared_figure_by_figure():
    before = {
        "seed": 1, "setting": {
            "actors": {"CHN": {"trust": FIGURE}, "USA": {"trust": FIGURE}},
            "strategies": [{"name": "a@b", "tracks": [{"start": 0.0}]}],
            "affinity": [["CHN", "USA", 0.1]],
        },
    }  # fmt: skip
    after = {
        "seed": 1, "setting": {
            "actors": {"CHN": {"trust": FIGURE | {"value": 0.6, "note": "other"}}},
            "strategies": [{"name": "a@b", "tracks": [{"start": 6.0}]}, {"name": "c@d", "tracks": []}],
            "affinity": [["CHN", "USA", 0.2]],
        },
    }  # fmt: skip
    assert input_changes(before, after).to_numpy().tolist() == [
        ["actors.CHN.trust", "0.5", "0.6"],
        ["actors.USA", "there", "-"],
        ["strategies.a@b.tracks.0.start", "0", "6"],
        ["strategies.c@d", "-", "there"],
        ["affinity.CHN-USA", "0.1", "0.2"],
    ]
    assert not len(input_changes(before, before))


def test_a_concession_gains_every_world(tmp_path):
    setting = scenes.veto_player()
    passes = apply_overrides(setting, {"actors.ZED.margin": 0.1})
    found = diff(run_of(setting, tmp_path), run_of(passes, tmp_path), tmp_path)
    assert found.inputs["path"].tolist() == ["actors.ZED.margin"]
    row = found.answers.iloc[0]
    assert (row["gained"], row["lost"], row["worlds"]) == (120, 0, 120)
    assert row["difference"] == 1.0 and bool(row["changed"])
    assert (row["cause_before"], row["cause_after"]) == ("mandate", "")
    assert "it rises from 0.000 to 1.000" in found.sentences()[1]


def test_chance_alone_is_not_called_a_change(tmp_path):
    """Other worlds, same setting: no claim, and the interval holds zero."""
    setting = scenes.linkage()
    found = diff(run_of(setting, tmp_path), run_of(setting, tmp_path, seed=2), tmp_path)
    row = found.answers.iloc[0]
    assert not found.paired and not row["changed"] and row["low"] < 0.0 < row["high"]
    assert found.inputs["path"].tolist() == ["seed"]


@pytest.mark.parametrize(
    ("scene", "cause", "gain"),
    [
        (
            scenes.veto_player,
            "mandate",
            "Had ZED given way, P would have been 1.000 instead of 0.000",
        ),
        (
            scenes.linkage,
            "linkage",
            "Had linkage of hall not stood in the way, P would have been 1.000",
        ),
        (scenes.missing_ratifier, "ratification", "Had ZED given way, P would have been 1.000"),
    ],
)
def test_causes_tell_who_or_what_stands_in_the_way(scene, cause, gain, tmp_path):
    found = why(run_of(scene(), tmp_path), None, tmp_path, worlds=120)
    words = " ".join(found.sentences())
    assert f"s0 fails most often at {cause}: in 100% (" in words
    assert gain in words
    if scene is not scenes.linkage:
        assert "In the way, of its failures: ZED in 100% (96–100%), mostly scope." in words


def two_venues():
    """The same initiative before a veto player and where the veto player is not a member."""
    setting = scenes.veto_player()
    open_hall = scenes.s.venue("without", members=list(scenes.NAMES), isolation=0.0)
    tracks = [scenes.s.schema.Track(initiative="text", venue=name) for name in ("hall", "without")]
    strategies = [scenes.s.schema.Strategy(name=f"text@{t.venue}", tracks=[t]) for t in tracks]
    venues = setting.venues | {"without": open_hall}
    return setting.model_copy(update={"venues": venues, "strategies": strategies})


def test_compare_says_which_is_better_and_how_surely(tmp_path):
    found = compare(run_of(two_venues(), tmp_path), root=tmp_path)
    row = found.pairs.iloc[0]
    assert (row["difference"], bool(row["settled"])) == (-1.0, True)
    assert pd.isna(row["more_worlds"])
    best = found.best.set_index("strategy")["p_best"]
    assert best["text@without"] > 0.999
    said = "Of those after text: text@without succeeds most often, P 1.000 (0.969 to 1.000, 120 worlds); "
    assert found.sentences()[0].startswith(said + "surely better than the other")
