"""M16 and M18 by hand: how a track begins, and how it ends."""

from __future__ import annotations

import math

import pytest

from helpers.engines import table
from helpers.records import TRACK, cast, model_of, small
from helpers.settings import actor, figure, venue
from negotiation_sim.catalogue import schema

BEGUN = TRACK | {"underway": schema.Underway(mandate=True)}
STUCK = cast("AAA", ideal=0.2, margin=1.0)


def stuck(hall=None, tracks=None, **process):
    return small(
        STUCK, hall, tracks or [BEGUN], text={"scope": 0.9}, process={"chair_step": 0.01} | process
    )


def test_a_track_starts_in_its_month():
    model = model_of(small(cast("AAA"), tracks=[TRACK | {"start": 3.0}])).run()
    assert model.tracks[0].started == 3
    assert model.rows()[0]["mandate_month"] == 4


@pytest.mark.parametrize(
    ("milestone", "reached"), [("mandate", 1), ("adoption", 2), ("success", 2)]
)
def test_a_track_that_waits_starts_in_the_month_after_the_milestone(milestone, reached):
    second = TRACK | {"after": 0, "after_milestone": milestone}
    model = model_of(small(cast("AAA", "BBB"), tracks=[TRACK, second])).run()
    first, second = model.rows()
    assert first[{"mandate": "mandate_month"}.get(milestone, f"{milestone}_month")] == reached
    assert model.tracks[1].started == reached  # month 0 is the first
    assert second["mandate_month"] == reached + 1


def test_a_track_that_waits_in_vain_has_not_started():
    second = TRACK | {"after": 0, "after_milestone": "adoption"}
    row = model_of(stuck(tracks=[BEGUN, second])).run().rows()[1]
    assert (row["cause"], row["ending"], row["blockers"]) == ("not_started", "censored", "")


def test_a_venue_that_is_dissolved_ends_its_tracks():
    row = model_of(stuck(venue("hall", dissolved="2010-03"))).run().rows()[0]
    assert (row["ending"], row["end_month"], row["cause"]) == ("dissolved", 15, "dissolution")
    assert row["blockers"] == "AAA:scope", "as at the last failed attempt"
    assert row["rounds"] == 14


def test_withdrawal_comes_at_its_hazard_from_the_mandate_on():
    """Of 4,000 worlds; month by month with probability 1 - exp(-h / 12)."""
    n, h = 4000, 0.6
    rows = table(stuck(withdrawal=h), n)
    p = 1 - math.exp(-h / 12)
    ended = rows["ending"] == "withdrawn"
    for month in (1, 12, 36):
        share = (ended & (rows["end_month"] <= month)).mean()
        expected = 1 - (1 - p) ** month
        assert abs(share - expected) < 4 * math.sqrt(expected * (1 - expected) / n)
    refused = small(cast("AAA", margin=0.9), text={"scope": 0.9},
                    process={"withdrawal": h})  # fmt: skip
    rows = table(refused, 50)
    assert rows["mandate_month"].isna().all() and (rows["ending"] == "censored").all()


def test_success_needs_force_the_share_and_the_named_states():
    actors = [
        actor(name, {"scope": 0.2}, capability=size) for name, size in (("AAA", 6.0), ("BBB", 4.0))
    ]
    hall = venue("hall", members=["AAA"])

    def row(share: float, *states: str):
        success = schema.Success(
            deadline_years=5.0, success_share=figure(share), states=list(states)
        )
        case = small(actors, hall, process={"accession_rate": 0.0}, success=success)
        return model_of(case).run().rows()[0]

    assert row(0.6)["success_month"] == row(0.6)["adoption_month"] == 2, "exactly the share"
    late = row(0.600001)
    assert late["success_month"] is None and late["entry_into_force_month"] == 2
    assert (late["cause"], late["main_blocker"]) == ("participation", "BBB")
    assert late["missing_participation"] == pytest.approx(1e-6)
    assert row(0.6, "BBB")["success_month"] is None
