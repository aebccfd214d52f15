"""Precedents: likeness by hand, who may teach, base rates, scope at its edges, statistics."""

import dataclasses
import json
import math
from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.coded_rows import coded, many
from negotiation_sim.analysis.intervals import wilson
from negotiation_sim.catalogue import find_root
from negotiation_sim.errors import CatalogueError
from negotiation_sim.studies.history import outside_record as record
from negotiation_sim.studies.history import precedents, scores, statistical
from negotiation_sim.studies.history.case_table import coded_cases
from negotiation_sim.studies.history.coded_columns import (
    COLUMNS,
    facts_of,
    gower,
    missing_in,
    table_of,
    years_to,
)
from negotiation_sim.studies.history.precedents import Query, may_teach, nearest_cases, scope_of
from negotiation_sim.studies.history.splits import open_cases
from negotiation_sim.studies.history.statistical import fitted_chances

PLAIN = facts_of(coded())
OPEN = [facts_of(case) for case in open_cases(coded_cases())]
some_facts = st.sampled_from(OPEN)


def test_the_distance_is_the_mean_over_columns_that_both_have():
    n = len(COLUMNS)
    other = dataclasses.replace(PLAIN, scope=0.8, domain="env", us=-1)
    assert gower([PLAIN], [other])[0, 0] == pytest.approx((0.5 + 1 + 1) / n)
    assert gower([PLAIN.without("scope")], [other])[0, 0] == pytest.approx(2 / (n - 1))
    assert gower([PLAIN.without("domain")], [other])[0, 0] == pytest.approx(1.5 / (n - 1))
    nothing = PLAIN.without(*(column.name for column in COLUMNS))
    assert gower([nothing], [other])[0, 0] == 1.0


def test_deadlines_and_sizes_are_measured_on_their_scales():
    soon = dataclasses.replace(PLAIN, years_to_deadline=5.0)
    assert gower([PLAIN], [soon])[0, 0] == pytest.approx(math.exp(-1) / len(COLUMNS))
    assert table_of([PLAIN, soon])["years_to_deadline"].tolist() == [0.0, math.exp(-1)]
    sizes = [dataclasses.replace(PLAIN, participants=p) for p in (1, 2, 20, 200, 500)]
    assert table_of(sizes)["participants"].tolist() == pytest.approx([0, 0, 0.5, 1, 1])
    assert (
        years_to("1974", (1974, 12)) == pytest.approx(1 / 12) and years_to("1970", (1974, 1)) == 0
    )


@given(some_facts, some_facts)
def test_likeness_is_symmetric_within_bounds_and_nothing_for_the_same(one, other):
    there, back = gower([one], [other])[0, 0], gower([other], [one])[0, 0]
    assert there == pytest.approx(back) and 0.0 <= there <= 1.0
    assert gower([one], [one])[0, 0] == 0.0


def test_missing_facts_are_named_and_absence_is_none_of_them():
    assert missing_in(PLAIN) == [] and PLAIN.g77 == "absent"
    assert missing_in(facts_of(coded(deadline="", draft="", task="", earlier=""))) == [
        "deadline", "draft on the table", "task", "earlier failures",
    ]  # fmt: skip


def test_neither_a_case_nor_its_mandate_nor_what_came_later_teaches():
    case = coded(id="me", venue="V", mandate="1980-05-01", adopted="1981")
    query = Query(facts_of(case), date(2000, 1, 1), case)

    def other(**changes):
        return coded(
            **{"id": "b", "venue": "W", "mandate": "1979-01-01", "adopted": "1981"} | changes
        )

    assert may_teach(query, other())
    assert not may_teach(query, other(id="me"))
    assert not may_teach(query, other(venue="V", mandate="1980-05-01"))
    assert may_teach(query, other(venue="V", mandate="1979-01-01"))
    assert not may_teach(query, other(mandate="1980-05-02"))
    assert may_teach(query, other(mandate="1980-04-30"))
    assert not may_teach(Query(PLAIN, date(1979, 1, 1)), other())
    assert may_teach(Query(PLAIN, date(1979, 1, 2)), other())


def test_the_nearest_are_those_whose_time_had_run_and_never_set_aside():
    cases = [
        coded(id="near", venue="a"),
        coded(
            id="far",
            venue="b",
            scope="0.9",
            us="-1",
            adopted="",
            outcome5="False",
            outcome10="False",
        ),
        coded(id="young", venue="c", mandate="1998-01-01", adopted="1999"),
        coded(id="aside", venue="d", mandate="2006-01-01", adopted="2007"),
    ]
    found = nearest_cases(Query(PLAIN, date(2000, 1, 1)), cases)
    assert [each.case.id for each in found] == ["near", "far"]
    assert found[0].distance == 0.0 and len(found[0].alike) == len(COLUMNS) and not found[0].differs
    assert found[1].differs == ["scope 0.3 (there 0.9)", "United States for (there against)"]
    late = nearest_cases(Query(PLAIN, date(2020, 1, 1)), cases)
    assert {each.case.id for each in late} == {"near", "far", "young"}
    rate = precedents.base_rate(found)
    assert (rate.share, rate.n, (rate.low, rate.high)) == (0.5, 2, wilson(1, 2))
    assert precedents.base_rate([]) is None


def test_a_number_is_alike_up_to_a_tenth():
    for scope, alike in ((0.4, True), (0.41, False)):
        said = precedents.compared(PLAIN, dataclasses.replace(PLAIN, scope=scope))
        assert bool(said[1]) is not alike


def test_scope_ends_at_the_limit_and_at_the_fourth_missing_fact():
    cases, at = coded_cases(), date(2009, 1, 1)
    inside = facts_of(coded(mandate="2000-01-01", adopted="2001", draft=0, us=0, rus=0))
    found = scope_of(Query(inside, at), cases)
    assert found.tested and found.words() == "" and found.distance <= found.limit
    three = scope_of(Query(inside.without("draft", "task", "earlier"), at), cases)
    four = scope_of(Query(inside.without("draft", "task", "earlier", "shock"), at), cases)
    assert three.tested and not four.tested
    assert four.words().startswith("not tested for such a case: 4 facts are missing (draft on")
    odd = dataclasses.replace(inside, domain="polar", us=-1, chn=-1, rus=-1, rule="powers' veto",
                              eu="against", g77="against", scope=1.0, verification=1.0)  # fmt: skip
    far = scope_of(Query(odd, at), cases)
    assert not far.tested and "its tenth nearest precedent is" in far.words()
    early = scope_of(Query(inside, date(1946, 6, 1)), cases)
    assert early.words() == "not tested for such a case: fewer than 11 cases were known then"


def test_the_limit_is_the_95th_percentile_of_the_cases_own(monkeypatch):
    cases, at = many(), date(2004, 1, 1)
    query = Query(facts_of(cases[7]), at)
    here = scope_of(query, cases).distance
    for own, tested in ((here, True), (np.nextafter(here, 0) - 1e-9, False)):
        monkeypatch.setattr(precedents, "own_distances", lambda c, f, own=own: np.full(len(c), own))
        assert scope_of(query, cases).tested is tested


def test_five_in_a_hundred_cases_lie_outside_themselves():
    cases = open_cases(coded_cases())
    own = precedents.own_distances(cases, [facts_of(case) for case in cases])
    limit = scope_of(Query(OPEN[0], date(2026, 7, 1)), coded_cases()).limit
    assert limit == pytest.approx(np.quantile(own, 0.95))
    assert 0.04 < np.mean(own > limit) < 0.06


def test_rows_of_one_mandate_are_not_near_to_one_another():
    """Eleven rows of one mandate, all alike: each one's tenth nearest is an other, not a twin."""
    twins = [coded(id=f"t{i}", venue="V") for i in range(11)]
    others = [coded(id=f"o{i}", venue=f"W{i}", domain="env") for i in range(10)]
    cases = [*twins, *others]
    own = precedents.own_distances(cases, [facts_of(case) for case in cases])
    assert own[:11] == pytest.approx(1 / len(COLUMNS))
    assert own[11:] == pytest.approx(1 / len(COLUMNS))  # nine of its kind, then a twin


def test_statistics_find_what_decides_and_refuse_too_little(monkeypatch):
    monkeypatch.setattr(statistical, "TREES", 50)
    cases = many()
    facts, y = [facts_of(case) for case in cases], np.array([float(c.outcome5) for c in cases])
    found = fitted_chances(facts, y, facts[:10])
    assert set(found) == {"regression", "forest", "mean"}
    assert (found["mean"][:5] > 0.6).all() and (found["mean"][5:] < 0.4).all()
    assert found["mean"] == pytest.approx((found["regression"] + found["forest"]) / 2)
    assert fitted_chances(facts[:39], y[:39], facts) == {}
    assert fitted_chances(facts, np.ones(60), facts) == {}
    unknown = y.copy()
    unknown[45:] = math.nan
    again = fitted_chances(facts[:45], y[:45], facts[:10])
    assert fitted_chances(facts, unknown, facts[:10])["mean"] == pytest.approx(again["mean"])


def test_forecasts_out_of_fold_do_not_know_their_own_frame(monkeypatch):
    """Turning the outcomes of one frame around changes no forecast of that frame."""
    monkeypatch.setattr(statistical, "TREES", 10)
    cases = many(80)
    y = np.array([float(case.outcome5) for case in cases])
    frame = np.array([case.venue_class == "CD" and case.mandate[:3] == "197" for case in cases])
    turned = np.where(frame, 1.0 - y, y)
    one, other = (record.left_out_chances(cases, outcome) for outcome in (y, turned))
    for name in one:
        assert one[name][frame] == pytest.approx(other[name][frame])


def test_the_record_that_is_kept_is_of_the_cases_open_to_fits():
    kept = record.kept_record()
    assert list(kept) == ["2009-01-01", "2026-07-01"]
    for day, known in (("2009-01-01", (574, 487)), ("2026-07-01", (596, 595))):
        assert kept[day]["frames"] == 76
        assert tuple(kept[day][y]["all"]["mean"]["n"] for y in ("5y", "10y")) == known


def test_the_record_is_that_of_the_latest_day_before():
    assert (
        record.record_at(date(2008, 12, 31)) is None
        and record.skill_words(date(2008, 12, 31)) == ""
    )
    assert record.record_at(date(2009, 1, 1))[0] == date(2009, 1, 1)
    assert record.record_at(date(2026, 6, 30))[0] == date(2009, 1, 1)
    assert record.record_at(date(2026, 7, 1))[0] == date(2026, 7, 1)
    said = record.skill_words(date(2009, 1, 1))
    aside = json.loads((find_root() / record.SET_ASIDE).read_text("utf-8"))["5y"]
    value = aside["baselines"]["statistics"]["brier_skill"]["value"]
    assert f"{value:.2f} (" in said and "184 mandates from December 2005 on" in said
    for half in ("all", "newer"):  # the record of left-out frames is better, and is not quoted
        kept = record.kept_record()["2009-01-01"]["5y"][half]["mean"]["brier_skill"]["value"]
        assert kept > value and f"{kept:.2f} (" not in said


def test_scores_of_a_record_are_the_scores_of_its_forecasts():
    rng = np.random.default_rng(3)
    chance = rng.random(60)
    outcome = (rng.random(60) < chance).astype(float)
    said = record.scored(chance, outcome, [f"f{i % 12}" for i in range(60)])
    assert said["brier_skill"]["value"] == pytest.approx(scores.brier_skill(chance, outcome))
    assert said["n"] == 60 and said["brier_skill"]["low"] < said["brier_skill"]["value"]


def test_a_record_that_cannot_be_read_is_one_message(tmp_path, monkeypatch):
    record._kept.cache_clear()
    monkeypatch.setattr(record, "find_root", lambda: tmp_path)
    with pytest.raises(CatalogueError, match="outside_view.json: cannot be read"):
        record.kept_record()
    record._kept.cache_clear()


@pytest.mark.long
def test_the_record_comes_out_again():
    found = record.record_of(coded_cases(), date(2009, 1, 1))
    kept = json.loads((find_root() / record.RECORD).read_text("utf-8"))["2009-01-01"]
    for years in ("5y", "10y"):
        for half in ("all", "newer"):
            for name, said in found[years][half].items():
                assert said["n"] == kept[years][half][name]["n"]
                value = kept[years][half][name]["brier_skill"]["value"]
                assert said["brier_skill"]["value"] == pytest.approx(value, abs=1e-3)
