"""M10 at its edges: the distance outside a remit, and passing a text on."""

from __future__ import annotations

import pytest

from helpers.records import TRACK, cast, model_of, small
from helpers.settings import venue
from negotiation_sim.catalogue import schema
from negotiation_sim.model import remit as m


def test_distance_outside_the_remit():
    assert m.distance_outside([0.5, 0.5], [0.0, 0.5], [0.5, 1.0]) == 0.0
    assert m.distance_outside([0.8, 0.1], [0.0, 0.5], [0.5, 1.0]) == pytest.approx(0.5)  # 3-4-5
    assert m.distance_outside([0.9], [0.0], [0.4]) == 0.5


def test_a_text_is_passed_on_with_part_of_its_rounds_and_mandated_anew():
    hall = venue("hall", adopts=False, passes_to="law")
    law = venue("law", setup_months=3.0)
    track = TRACK | {"underway": schema.Underway(mandate=True, rounds=4)}
    model = model_of(small(cast("AAA", "BBB"), hall, [track], more=[law]), record=True)
    model.step()
    found = model.tracks[0]
    assert (found.venue_id, found.agreed, found.adoption) == ("law", 1, -1)
    assert (found.rounds, found.mandated, found.seated) == (2, False, 0)
    assert model.state.run[0].trust_bonus == pytest.approx(0.1), (
        "agreement is known before it is law"
    )
    row = model.run().rows()[0]
    assert (row["agreed_month"], row["adoption_month"], row["venue"]) == (1, 5, "law")
    assert model.state.run[0].trust_bonus == pytest.approx(0.2), "and gained again on adoption"
    assert [e["venue"] for e in model.events if e["kind"] == "passed_on"] == ["law"]
