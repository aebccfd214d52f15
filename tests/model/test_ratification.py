"""M15 at its edges: what binds, delays, the domestic hurdle, entry into force."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.engines import ENGINES, table
from helpers.records import TRACK, cast, model_of, small
from helpers.settings import actor, figure, initiative
from negotiation_sim.catalogue import schema
from negotiation_sim.model import ratification as m


def test_form_decides_whether_a_text_binds_at_the_threshold():
    assert m.needs_ratification(-1, 0, [0.5], 0.5)
    assert not m.needs_ratification(-1, 0, [math.nextafter(0.5, 0.0)], 0.5)
    assert not m.needs_ratification(1, 0, [0.2], 0.5)  # the text, not the label


def test_without_form_the_initiative_says_so():
    assert m.needs_ratification(1, -1, [0.2], 0.5)
    assert not m.needs_ratification(0, -1, [0.9], 0.5)


def test_delays_are_log_normal_around_their_median_in_whole_months():
    assert m.delay_months(18.0, 0.6, 0.0) == 18
    assert m.delay_months(18.0, 0.0, 5.0) == 18
    assert m.delay_months(10.0, 1.0, 1.0) == math.ceil(10 * math.e) == 28
    assert m.delay_months(10.0, 1.0, -9.0) == 1
    assert m.delay_months(1e-12, 0.0, 0.0) == 1


def test_a_delay_beyond_all_horizons_is_held():
    assert m.delay_months(1e12, 2.0, 8.0) == 1_000_000
    assert m.delay_months(2e6, 0.0, 0.0) == 1_000_000


def test_what_is_drawn_for_treaty_state_and_both_makes_up_the_variance():
    assert m.delay_draw(1.0, 0.0, 0.0, 0.36, 0.16) == pytest.approx(0.6)
    assert m.delay_draw(0.0, 1.0, 0.0, 0.36, 0.16) == pytest.approx(0.4)
    assert m.delay_draw(0.0, 0.0, 1.0, 0.36, 0.16) == pytest.approx(math.sqrt(0.48))
    assert m.delay_draw(0.0, 0.0, 1.0, 0.9, 0.2) == 0.0, "never more than all"


@given(st.floats(0.0, 1.0), st.floats(0.0, 1.0))
def test_the_variance_of_a_delay_is_one_where_the_shares_leave_room(treaty, state):
    parts = [m.delay_draw(*unit, treaty, state) for unit in ((1, 0, 0), (0, 1, 0), (0, 0, 1))]
    total = sum(part * part for part in parts)
    assert total == pytest.approx(max(1.0, treaty + state))


def ratified(case) -> list[int]:
    """Return the months in which three states ratify what they adopt in the first month."""
    model = model_of(case, record=True).run()
    return [e["month"] for e in model.events if e["kind"] == "ratification" and e["joins"]]


def treaty(name: str = "one", state_share: float = 0.0, treaty_share: float = 1.0, **changes):
    plan = initiative(name, {"scope": 0.5}, {"scope": [0.5, 0.5]}, binding=True)
    track = TRACK | {"initiative": name, "underway": schema.Underway(mandate=True)}
    actors = cast("AAA", "BBB", "CCC", ideal=0.5, **({"ratification_delay": 20.0} | changes))
    shares = {"ratification_treaty_share": treaty_share, "ratification_state_share": state_share}
    success = schema.Success(deadline_years=9.0, success_share=figure(1.0))
    return small(actors, tracks=[track], plan=plan, process=shares | {"ratification_sigma": 1.0},
                 success=success)  # fmt: skip


def test_a_treatys_own_draw_is_the_same_for_all_states():
    assert len(set(ratified(treaty()))) == 1 and len(ratified(treaty())) == 3
    assert ratified(treaty("one")) != ratified(treaty("two"))


def test_a_states_own_draw_is_the_same_for_all_treaties():
    by_state = [ratified(treaty(name, 1.0, 0.0)) for name in ("one", "two")]
    assert by_state[0] == by_state[1] and len(set(by_state[0])) == 3
    apart = [ratified(treaty(name, 0.0, 0.0)) for name in ("one", "two")]
    assert apart[0] != apart[1] and len(set(apart[0])) > 1


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(("form", "in_force"), [(0.8, False), (0.79, True)])
def test_the_senate_bites_where_the_executive_wants_the_treaty(engine, form, in_force):
    """The executive wants the text; two thirds of its Senate do not, and an agreement needs none."""
    plan = initiative("one", {"form": form}, {"form": [form, form]})
    actors = [
        actor(name, {"form": form}, ratification_delay=1.0, ratification_threshold=hurdle)
        for name, hurdle in (("AAA", 0.0), ("USA", 0.9))
    ]  # fmt: skip
    success = schema.Success(deadline_years=5.0, success_share=figure(1.0))
    track = TRACK | {"underway": schema.Underway(mandate=True)}
    row = table(small(actors, tracks=[track], plan=plan, success=success,
                      process={"ratification_sigma": 0.0}), 1, engine=engine).iloc[0]  # fmt: skip
    assert row["wanted_by"] == "AAA USA" and row["adoption_month"] == 1
    assert bool(row["timely"]) is in_force
    assert row["main_blocker"] == ("" if in_force else "USA")


def test_below_the_limit_an_executive_agreement_suffices():
    assert m.hurdle(0, [0.79], 0.8, 0.3, 0.1) == 0.1
    assert m.hurdle(0, [0.8], 0.8, 0.3, 0.1) == 0.3
    assert m.hurdle(-1, [0.0], 0.8, 0.3, 0.1) == 0.3


def test_a_state_ratifies_exactly_at_its_hurdle():
    assert m.ratifies(0.75, 0.0, 0.5, 0.25)
    assert not m.ratifies(math.nextafter(0.75, 0.0), 0.0, 0.5, 0.25)
    assert m.ratifies(0.7, 0.1, 0.5, 0.25)


@pytest.mark.parametrize(
    ("facts", "enters"),
    [
        ((5, 5, 400_000, 400_000, 0), True),
        ((4, 5, 400_000, 400_000, 0), False),
        ((5, 5, 399_999, 400_000, 0), False),
        ((5, 5, 400_000, 400_000, 1), False),
        ((0, 0, 0, 0, 0), False),
        ((1, 0, 0, 0, 0), True),
    ],
)
def test_entry_into_force_needs_number_share_and_named_states(facts, enters):
    assert m.enters_into_force(*facts) is enters


def test_those_who_have_joined_draw_in_the_others():
    assert m.drawn_in(0.2, 0, 800_000) == 0.0
    assert m.drawn_in(0.2, 400_000, 800_000) == pytest.approx(0.1)
    assert m.drawn_in(0.2, 800_000, 800_000) == pytest.approx(0.2)
    assert m.drawn_in(0.2, 0, 0) == 0.0, "alone in the cast"
