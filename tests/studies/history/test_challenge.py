"""The challenge model against the published run on the 1989 car-emission decision.

Ten actors as tabulated in Scholz, Calbert and Smith (2011), after Bueno de Mesquita (1994):
capability, position (years of delay) and salience.
"""

import numpy as np
import pytest

from negotiation_sim.errors import UsageError
from negotiation_sim.studies.history.challenge import challenge_rounds, risk_exponents

CAPABILITY = [0.08, 0.08, 0.03, 0.16, 0.16, 0.16, 0.16, 0.05, 0.05, 0.08]
POSITION = [4.0, 7.0, 4.0, 4.0, 10.0, 10.0, 10.0, 7.0, 4.0, 7.0]
SALIENCE = [0.8, 0.4, 0.2, 0.8, 0.6, 0.6, 0.9, 0.1, 1.0, 0.7]
PUBLISHED = [8.4, 9.9, 9.9, 9.9, 9.9, 7.4, 8.8, 9.6]
DIFFERS = 1  # the second round: 9.61 here


def test_opening_median_and_mean_are_the_published_ones():
    run = challenge_rounds(POSITION, SALIENCE, CAPABILITY, 0)
    assert run.medians == (7.0,)
    assert run.means[0] == pytest.approx(7.38996, abs=5e-6)


def test_medians_by_round_are_the_published_ones_but_for_the_second():
    run = challenge_rounds(POSITION, SALIENCE, CAPABILITY, 8)
    gap = np.abs(np.array(run.medians[1:]) - PUBLISHED)
    assert np.delete(gap, DIFFERS).max() < 0.1
    assert run.medians[1 + DIFFERS] == pytest.approx(9.611, abs=0.001)


def test_published_figures_look_cut_and_not_rounded():
    run = challenge_rounds(POSITION, SALIENCE, CAPABILITY, 8)
    cut = np.floor(np.array(run.medians[1:]) * 10.0) / 10.0
    assert np.delete(cut, DIFFERS).tolist() == np.delete(np.array(PUBLISHED), DIFFERS).tolist()


def test_risk_exponents_span_one_half_to_two():
    weight = np.array(CAPABILITY) * np.array(SALIENCE)
    risk = risk_exponents(np.array(POSITION), weight, np.array(SALIENCE), 6.0, 1.0)
    assert risk.min() == pytest.approx(0.5) and risk.max() == pytest.approx(2.0)


def test_the_agreed_stay_where_they_are():
    run = challenge_rounds([3.0, 3.0], [0.5, 0.9], [1.0, 2.0], 5)
    assert run.medians == (3.0,)


def test_mirrored_positions_mirror_the_least_move_variant():
    options = {"rounds": 3, "compromise": "least_move"}
    plain = challenge_rounds([0.0, 0.3, 1.0], [0.9, 0.4, 0.7], [1.0, 0.5, 2.0], **options)
    mirrored = challenge_rounds([1.0, 0.7, 0.0], [0.9, 0.4, 0.7], [1.0, 0.5, 2.0], **options)
    flipped = 1.0 - np.array(mirrored.positions)
    assert flipped == pytest.approx(np.array(plain.positions), abs=1e-12)


@pytest.mark.parametrize("salience", [[1.2, 0.5], [-0.1, 0.5]])
def test_salience_outside_its_scale_is_refused(salience):
    with pytest.raises(UsageError):
        challenge_rounds([0.0, 1.0], salience, [1.0, 1.0])
