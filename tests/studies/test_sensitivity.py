"""Indices against closed forms through the study's own code path; what they say in words."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from helpers import study_scenes as scenes
from negotiation_sim.catalogue import environment_table, load_setting
from negotiation_sim.catalogue.schema import Figure
from negotiation_sim.engine.scenario import compile_setting
from negotiation_sim.errors import UsageError
from negotiation_sim.studies.assumptions import Assumption, assumptions_of
from negotiation_sim.studies.boxes import discover
from negotiation_sim.studies.sensitivity import (
    Evaluation,
    design_of,
    elementary_effects,
    evaluate,
    indices,
)
from negotiation_sim.studies.sensitivity_study import plan
from negotiation_sim.studies.timely import Worlds

ISHIGAMI = [Assumption(f"x{i}", 0.0, -math.pi, math.pi, "assumed", "range") for i in (1, 2, 3)]
A, B = 7.0, 0.1


def ishigami(x: np.ndarray) -> np.ndarray:
    return np.sin(x[:, 0]) + A * np.sin(x[:, 1]) ** 2 + B * x[:, 2] ** 4 * np.sin(x[:, 0])


def ishigami_indices() -> tuple[dict[str, float], dict[str, float]]:
    """Return first-order and total indices in closed form (Ishigami and Homma 1990)."""
    one = 0.5 * (1.0 + B * math.pi**4 / 5.0) ** 2
    two = A * A / 8.0
    both = B * B * math.pi**8 * 8.0 / 225.0
    total = one + two + both
    return (
        {"x1": one / total, "x2": two / total, "x3": 0.0},
        {"x1": (one + both) / total, "x2": two / total, "x3": both / total},
    )


def test_sobol_indices_of_the_ishigami_function():
    design = design_of(ISHIGAMI, "sobol", 4096)
    table = indices(design, evaluate(ishigami, design), resamples=200).set_index("parameter")
    for name, known in zip(("first", "total"), ishigami_indices(), strict=True):
        for parameter, value in known.items():
            row = table.loc[parameter]
            assert row[name] == pytest.approx(value, abs=0.02)
            assert row[f"{name}_low"] - 0.01 <= value <= row[f"{name}_high"] + 0.01
    assert list(table.index) == ["x1", "x2", "x3"]


def test_intervals_cover_the_known_indices():
    """Of 3 x 40 intervals of total indices at a small size at least 85 % hold the truth."""
    known = ishigami_indices()[1]
    held = []
    for seed in range(40):
        design = design_of(ISHIGAMI, "sobol", 128, seed)
        table = indices(design, evaluate(ishigami, design), resamples=200, seed=seed)
        for row in table.to_dict("records"):
            held.append(row["total_low"] <= known[row["parameter"]] <= row["total_high"])
    assert np.mean(held) >= 0.85


def test_morris_effects_of_a_plane_are_its_slopes():
    design = design_of(ISHIGAMI, "morris", 6)
    results = evaluate(lambda x: x @ np.array([0.5, -0.25, 0.0]), design)
    table = indices(design, results).set_index("parameter")
    spans = 2.0 * math.pi
    assert table["mu_star"].tolist() == pytest.approx([0.5 * spans, 0.25 * spans, 0.0])
    assert table["mu"].tolist() == pytest.approx([0.5 * spans, -0.25 * spans, 0.0])
    assert table["slope"].tolist() == pytest.approx([0.5 * spans, -0.25 * spans, 0.0])
    assert table["sigma"].abs().max() < 1e-9


def test_resampled_effects_are_those_of_salib():
    design = design_of(ISHIGAMI, "morris", 12)
    p = evaluate(ishigami, design)
    effects = elementary_effects(design, p, np.arange(12)[:, None])[:, :, 0]
    table = indices(design, p).set_index("parameter").loc[["x1", "x2", "x3"]]
    assert np.abs(effects).mean(axis=0) == pytest.approx(table["mu_star"].to_numpy())
    assert effects.std(axis=0, ddof=1) == pytest.approx(table["sigma"].to_numpy())


def one_that_matters():
    """All figures are assumed, but only ZED's decide; its margin has a range."""
    setting = scenes.veto_player()
    ranged = Figure(value=0.15, basis="assumed", note="test", range=[0.1, 0.21])
    zed = setting.actors["ZED"].model_copy(update={"margin": ranged})
    return compile_setting(setting.model_copy(update={"actors": setting.actors | {"ZED": zed}}))


@pytest.mark.parametrize("method", ["sobol", "morris"])
def test_the_one_figure_that_matters_carries_everything(method):
    only = ["actors.*.margin", "actors.*.trust", "environment.event_rate"]
    study = plan(one_that_matters(), "s0", environment_table(), method, worlds=20, only=only)
    found = study.compute(threads=1)
    table = found.table.set_index("parameter")
    assert table.index[0] == "actors.ZED.margin"
    main = "total" if method == "sobol" else "mu_star"
    others = table.drop(index="actors.ZED.margin")
    assert others[main].abs().max() == 0.0
    assert any("hangs on actors.ZED.margin." in line for line in found.sentences())
    if method == "sobol":
        assert table[main].iloc[0] == pytest.approx(1.0, abs=0.05)
        assert table["first"].iloc[0] == pytest.approx(1.0, abs=0.05)
        edge = scenes.veto_margin_that_passes()
        box = found.boxes.iloc[0]
        words, number = box["box"].rsplit(" ", 1)
        assert words == "actors.ZED.margin at most"
        assert float(number) == pytest.approx(edge, abs=0.005)
        assert box["p"] > 0.98 and box["coverage"] > 0.98
        assert "Success in 10.0 of 10 worlds (" in found.sentences()[-1]


def test_screening_keeps_the_figure_that_matters():
    scene, table = one_that_matters(), environment_table()
    noise = {"private_sd", "mood_sd", "climate_sd", "turnover_sd"}  # none in the scene, none here
    paths = [a.path for a in plan(scene, "s0", table).assumptions]
    still = [path for path in paths if path.removeprefix("environment.") not in noise]
    study = plan(scene, "s0", table, "sobol", size=16, worlds=20, only=still)
    assert study.screens and study.kept == 10 and len(study.assumptions) == len(paths) - 4
    study.measure(threads=1)
    assert f"{study.points:,} points x 20 worlds, about" in study.words()
    seen = []
    found = study.compute(threads=1, progress=lambda done, total: seen.append((done, total)))
    assert seen[-1] == (study.points, study.points) and seen == sorted(seen)
    first = found.screening[found.screening["mu_star"] > 0.0]["parameter"]
    assert "actors.ZED.margin" in set(first)
    assert not {"environment.event_rate", "actors.AAA.trust"} & set(first)  # no part in it
    assert "actors.ZED.margin" in set(found.table["parameter"].head(3))
    assert found.left_out == len(study.assumptions) - 10


def test_the_same_study_gives_the_same_numbers_on_any_number_of_threads():
    tables = [
        plan(one_that_matters(), "s0", environment_table(), size=3, worlds=20, only=["actors.*"])
        .compute(threads)
        .table
        for threads in (1, 2)
    ]
    pd.testing.assert_frame_equal(*tables, check_exact=True)


def test_nothing_to_share_out_is_said():
    only = ["actors.AAA.trust", "actors.BBB.trust"]
    study = plan(one_that_matters(), "s0", environment_table(), size=3, worlds=20, only=only)
    with pytest.raises(UsageError, match="no variance to share out"):
        study.compute(threads=1)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"method": "sobool"}, "did you mean 'sobol'"),
        ({"method": "sobol", "size": 100}, "a power of two"),
        ({"size": 1}, "at least 2"),
        ({"worlds": 5}, "too few for a claim"),
        ({"only": ["environment.paces"]}, "did you mean 'environment.pace'"),
    ],
)
def test_requests_that_cannot_be_met(options, words):
    with pytest.raises(UsageError, match=words):
        plan(one_that_matters(), "s0", environment_table(), **options)


def test_a_point_is_the_setting_with_its_values():
    """The value of a figure in a design is that of an override."""
    from negotiation_sim.catalogue import apply_overrides

    scenario = compile_setting(load_setting("bellagio"))
    found = {a.path: a for a in assumptions_of(scenario, "code@COPUOS", environment_table())}
    chosen = [found["actors.USA.margin"], found["actors.CHN.blocs.SCO"]]
    design = design_of(chosen, "morris", 2)
    worlds = Worlds(1, 30)
    results = Evaluation(scenario, "code@COPUOS", design, worlds).run(threads=1)
    for shares, row in zip(design.shares.tolist(), results, strict=True):
        values = {a.path: a.low + x * (a.high - a.low) for a, x in zip(chosen, shares, strict=True)}
        changed = compile_setting(apply_overrides(scenario.setting, values))
        place = changed.index_of_strategy("code@COPUOS")
        assert (worlds.timely(changed, [place])[:, 0] == row).all()


def test_which_figures_of_the_catalogue_are_varied():
    scenario = compile_setting(load_setting("bellagio"))
    found = {a.path: a for a in assumptions_of(scenario, "ban-treaty@CD", environment_table())}
    china = found["actors.CHN.ideal_point.form"]
    assert [china.low, china.high] == scenario.setting.actors["CHN"].ideal_point["form"].range
    assert china.why == "range"
    pace = found["environment.pace"]
    assert [pace.low, pace.high] == scenario.setting.environment["pace"].range
    step = found["environment.chair_step"]  # assumed, without a range
    assert (step.low, step.high) == pytest.approx((0.5 * step.value, 1.5 * step.value))
    assert "actors.CHN.ideal_point.verification" not in found  # nobody negotiates it here
    assert not any(path.startswith(("venues.COPUOS", "success.")) for path in found)
    quo = found["status_quo.form"]
    assert [quo.low, quo.high] == scenario.setting.status_quo["form"].range
    assert "venues.CD.unblock_rate" in found and "venues.CD.convene_share" not in found
    assert "environment.event_urgency" not in found  # the model's table calls it fixed
    for path, a in found.items():
        assert a.low < a.high, path
    for actor in scenario.setting.actors:
        loadings = [
            a.high for path, a in found.items() if path.startswith(f"actors.{actor}.blocs.")
        ]
        assert sum(v * v for v in loadings) <= 1.0 + 1e-9 or len(loadings) < 2


def test_boxes_find_a_corner_and_judge_it_on_other_points():
    rng = np.random.default_rng(3)
    shares = rng.random((2000, 4))
    p = np.where((shares[:, 0] > 0.5) & (shares[:, 2] <= 0.25), 0.9, 0.1)
    names = [Assumption(f"f{i}", 0.0, 10.0, 20.0, "assumed", "range") for i in range(4)]
    box = discover(shares, p, names).iloc[0]
    assert box["box"].startswith("f0 above 15") and "f2 at most 12.5" in box["box"]
    assert box["p"] > 0.85 and box["p_low"] <= box["p"] <= box["p_high"]
    assert box["support"] == pytest.approx(0.125, abs=0.03)
    known = 0.125 * 0.9 / (0.125 * 0.9 + 0.875 * 0.1)
    assert box["coverage"] == pytest.approx(known, abs=0.07)


def test_boxes_in_noise_are_not_claimed():
    """Chance alone: judged on unseen points, hardly a box is surely denser than the whole."""
    names = [Assumption(f"f{i}", 0.0, 0.0, 1.0, "assumed", "range") for i in range(5)]
    claimed = tried = 0
    for seed in range(20):
        rng = np.random.default_rng(seed)
        p = rng.random(300)
        claimed += len(discover(rng.random((300, 5)), p, names, seed=seed))
        tried += 8
    assert claimed / tried < 0.06
    with pytest.raises(UsageError, match="too few to split"):
        discover(np.zeros((10, 1)), np.zeros(10), names[:1])
