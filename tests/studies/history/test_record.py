"""What history says of a run: nothing is claimed, and the model's record from its file."""

import json

import numpy as np
import pytest

from negotiation_sim.catalogue import load_setting
from negotiation_sim.catalogue.schema import assumed
from negotiation_sim.studies.history import record as history
from negotiation_sim.studies.history import scores


def test_the_back_test_is_one_sentence_with_intervals_or_nothing(tmp_path):
    assert history.sentence(tmp_path) == ""
    (tmp_path / "a.json").write_text("[1]", "utf-8")
    (tmp_path / "b.json").write_text('{"5y": {"n": 0, "reason": "none"}}', "utf-8")
    assert history.sentence(tmp_path) == ""
    outcome = np.array([0.0, 1.0] * 20)
    said = scores.probability_scores(np.full(40, 0.5), outcome, list(range(40)))
    (tmp_path / "scores.json").write_text(json.dumps({"5y": said | {"baselines": {}}}), "utf-8")
    assert "On 40 historical cases" in history.sentence(tmp_path)
    assert "0.25 (0.25 to 0.25)" in history.sentence(tmp_path)


def test_a_run_says_which_of_its_figures_are_fitted_and_claims_no_skill(tmp_path):
    plain = {"pace": assumed(0.1, "a guess")}
    seen = {"pace": assumed(0.1, "provisional: seen; a guess"), "breadth": assumed(1.0, "a guess")}
    fitted = {"pace": assumed(0.1, "fitted").model_copy(update={"basis": "calibrated"})}
    assert history.said_of(plain, tmp_path).startswith("No process parameter of this run is fitted")
    assert "not fitted to historical cases: pace. No skill" in history.said_of(seen, tmp_path)
    assert "fitted to historical cases: pace; actors" in history.said_of(fitted, tmp_path)
    for environment in (plain, seen, fitted):
        assert history.said_of(environment, tmp_path).endswith("No skill is claimed for this run.")


def test_no_record_is_quoted_of_what_was_not_tested():
    plain = {"pace": assumed(0.1, "a guess")}
    said = history.said_of(plain, tested=False)
    assert said == f"{history.claim(plain)} Not tested for such a case."
    assert history.sentence() in history.said_of(plain) and history.sentence() not in said


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [(0.01, 0.02, ": better"), (-0.02, -0.01, ": worse"), (-0.1, 0.1, ": not shown to be better")],
)
def test_the_record_says_how_the_model_stands_to_the_base_rate(tmp_path, low, high, words):
    brier = {"value": 0.2, "low": 0.1, "high": 0.3}
    base = {"brier": brier, "model_better_by": {"value": 0.0, "low": low, "high": high}}
    part = {"n": 40, "brier": brier, "baselines": {"base_rate": base}}
    (tmp_path / "a.json").write_text(json.dumps({"out_of_fold": {"5y": part}}), "utf-8")
    assert history.sentence(tmp_path).endswith(f"{words} than the base rate.")
    assert "with figures fitted to other frames" in history.sentence(tmp_path)


def test_a_shipped_experiment_says_which_figures_are_fitted_and_which_were_seen():
    environment = load_setting("bellagio").environment
    fitted = sorted(name for name, figure in environment.items() if figure.basis == "calibrated")
    assert fitted == ["climate_sd", "deadline_effect", "pace", "private_sd", "withdrawal"]
    said = history.said_of(environment)
    first, second = said.split(". ")[:2]
    assert all(name in first for name in fitted)
    chosen = [name for name, figure in environment.items() if history.SEEN in (figure.note or "")]
    assert "chair_step" in chosen and all(name in second for name in chosen)
    assert not set(chosen) & set(fitted)
    assert said.endswith(history.sentence())
    assert "On 184 mandates from December 2005 on that had no part in any fit" in said


def test_the_rows_set_aside_are_spoken_of_with_all_three_views(tmp_path):
    def score(value, low, high):
        return {"value": value, "low": low, "high": high}

    others = {
        "base_rate": {"brier": score(0.25, 0.24, 0.26), "model_better_by": score(0.01, -0.01, 0.03)},
        "statistics": {"brier": score(0.22, 0.2, 0.24)}, "pool": {"brier": score(0.21, 0.19, 0.23)},
    }  # fmt: skip
    part = {"n": 184, "brier": score(0.24, 0.22, 0.26), "baselines": others}
    content = {"set_aside_from": "2005-12-10", "5y": part, "better": {"5y": "pool"}}
    (tmp_path / "set_aside.json").write_text(json.dumps(content), "utf-8")
    later = {"out_of_fold": {"5y": part | {"n": 40}}}
    (tmp_path / "validation.json").write_text(json.dumps(later), "utf-8")
    assert history.sentence(tmp_path) == (
        "On 184 mandates from December 2005 on that had no part in any fit the simulation has a Brier "
        "score of 0.24 (0.22 to 0.26) for adoption within five years, lower being better; it is 0.25 "
        "(0.24 to 0.26) for the base rate, 0.22 (0.20 to 0.24) for statistics on the coded columns, "
        "0.21 (0.19 to 0.23) for the pool of both: not shown to be better than the base rate. The "
        "pool has the best record there."
    )
