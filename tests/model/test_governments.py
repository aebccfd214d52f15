"""M14 at its edges: a change of government moves an ideal point within the issue space."""

from __future__ import annotations

import numpy as np
import pytest

from helpers.records import cast, model_of, small
from helpers.settings import actor
from negotiation_sim.model import draws
from negotiation_sim.model import governments as m


def test_ideal_points_stay_in_the_issue_space():
    assert m.shifted(0.5, 0.1, -0.2) == pytest.approx(0.4)
    assert m.shifted(0.9, 0.3, 0.0) == 1.0
    assert m.shifted(0.1, -0.3, 0.0) == 0.0


def test_a_change_redraws_the_shift_and_shifts_do_not_add_up():
    dates = ["2009-04", "2009-09"]
    actors = [actor("AAA", {"scope": 0.5}, turnover_dates=dates, margin=1.0),
              *cast("BBB", ideal=0.5)]  # fmt: skip
    model = model_of(small(actors, process={"turnover_sd": 0.05}), record=True)
    ideals = []
    for _ in range(12):
        model.step()
        ideals.append(model.ideals[:, 0].tolist())
    a, b = zip(*ideals, strict=True)
    assert set(b) == {0.5}
    assert set(a[:3]) == {0.5} and len(set(a[3:8])) == len(set(a[8:])) == 1
    assert len({a[0], a[3], a[8]}) == 3
    for t, ideal in ((3, a[3]), (8, a[8])):  # each from the value, not from the last one's stand
        u = draws.uniform_of(np.uint64(7), np.uint64(3), draws.code_of("AAA"), draws.P_SHIFT, t, 0)
        assert ideal == m.shifted(0.5, 0.05 * draws.normal(u), 0.0)
    told = [e for e in model.events if e["kind"] == "turnover"]
    assert [(e["month"], e["actor"], e["ideal"]) for e in told] == [
        (4, "AAA", [a[3]]), (9, "AAA", [a[8]]),
    ]  # fmt: skip
