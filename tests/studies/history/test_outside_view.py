"""The outside view of strategies: how they become rows, side by side with runs, and in words."""

import dataclasses
import math
from datetime import date

import numpy as np
import pandas as pd
import pytest

from helpers.coded_rows import coded
from negotiation_sim.catalogue import load_setting
from negotiation_sim.errors import UsageError
from negotiation_sim.studies.history import outside_view as views
from negotiation_sim.studies.history.case_table import coded_cases, open_mandates
from negotiation_sim.studies.history.coded_columns import facts_of, missing_in
from negotiation_sim.studies.history.outside_view import Compared, inside_view, parting
from negotiation_sim.studies.history.precedents import Query, Scope
from negotiation_sim.studies.history.splits import open_cases, open_for
from negotiation_sim.studies.history.strategy_facts import asked_of, class_of_venue

TESTED, NOT = Scope(True, 0.1, 0.2, []), Scope(False, 0.3, 0.2, [])


@pytest.fixture(scope="module")
def bellagio():
    return load_setting("bellagio")


def facts(setting, strategy):
    return asked_of(setting, strategy)[0].facts


def test_a_strategy_is_coded_as_docs_cases_says(bellagio):
    found = facts(bellagio, "ppwt@CD")
    assert dataclasses.asdict(found) == {
        "binding": True, "scope": 0.9, "verification": 0.1, "domain": "space-security",
        "venue_class": "CD", "rule": "consensus", "participants": 65, "us": -1, "rus": 1, "chn": 1,
        "eu": "neutral", "g77": "neutral", "years_to_deadline": math.inf, "draft": 1,
        "regime": "new", "task": "negotiate", "earlier": 1, "shock": True,
    }  # fmt: skip
    code = facts(bellagio, "eu-code@adhoc-optin")
    assert (code.binding, code.eu, code.participants, code.rule) == (False, "for", None, "opt in")
    assert code.years_to_deadline == pytest.approx((4 + 18) / 12)
    assert missing_in(code) == ["participants"]
    assert facts(bellagio, "discuss-open@CD").task == "explore"


def test_venues_of_the_catalogue_have_their_class(bellagio):
    assert {name: class_of_venue(venue) for name, venue in bellagio.venues.items()} == {
        "CD": "CD", "COPUOS": "COPUOS", "adhoc-inclusive": "adhoc_consensus",
        "adhoc-optin": "adhoc_likeminded", "first-committee": "UNGA_vote", "gge": "GGE",
        "oewg": "OEWG", "paris-group": "informal_group",
    }  # fmt: skip


def test_pledges_alone_ask_for_no_precedents_and_names_are_known(bellagio):
    assert asked_of(bellagio, "pledges@first-committee") == []
    assert [each.name for each in asked_of(bellagio, "ppwt@CD+code@COPUOS")] == [
        "ppwt@CD", "code@COPUOS",
    ]  # fmt: skip
    assert [each.moves for each in asked_of(bellagio, "ppwt@CD>adhoc-inclusive")] == [True]
    with pytest.raises(UsageError, match="no strategy 'ppwt@CDD' in bellagio; did you mean"):
        asked_of(bellagio, "ppwt@CDD")


def test_facts_that_are_not_stated_are_missing(bellagio):
    bare = bellagio.initiatives["open"].model_copy(
        update={"facts": type(bellagio.initiatives["open"].facts)()}
    )
    setting = bellagio.model_copy(update={"initiatives": {**bellagio.initiatives, "open": bare}})
    assert missing_in(facts(setting, "open@CD")) == [
        "field", "draft on the table", "regime", "earlier failures", "recent shock",
    ]  # fmt: skip


def test_nothing_later_than_the_start_speaks_of_bellagio(bellagio):
    ((_, view),) = views.of_experiment(bellagio, "ppwt@CD")
    day = date(2009, 1, 1)
    assert view.query.at == day and len(view.precedents) == 10
    assert all(each.case.mandated < date(2004, 1, 1) for each in view.precedents)
    assert view.precedents == sorted(view.precedents, key=lambda each: each.distance)
    assert set(view.chances) == {5, 10} and 0.0 < view.chance(5) <= view.chance(10) < 1.0
    assert not view.scope.tested and view.record().startswith("not tested for such a case")
    later = [case for case in coded_cases() if case.mandated >= day]
    known = [case for case in coded_cases() if case.mandated < day]
    query = {"x": view.query}
    one, other = (views.views_of(query, cases, (5,))[0] for cases in (known, [*known, *later]))
    assert one == other


def test_a_strategy_within_what_was_tested_has_the_record(bellagio):
    ((_, view),) = views.of_experiment(bellagio, "guidelines@COPUOS", (5,))
    assert view.scope.tested and view.record().startswith("Record of the outside view at 5 years")


def test_an_experiment_too_early_for_cases_has_no_forecast(bellagio):
    early = bellagio.model_copy(update={"start": "1946-01"})
    ((_, view),) = views.of_experiment(early, "ppwt@CD", (5,))
    assert view.precedents == [] and view.rates == {5: None} and math.isnan(view.chance())


def replicates(mandates, adoptions):
    return pd.DataFrame({"mandate_month": mandates, "adoption_month": adoptions}, dtype="Float64")


def test_the_inside_view_is_of_mandates_that_could_be_followed():
    nothing = pd.NA
    rows = replicates([0] * 20 + [120] * 10 + [121] * 50, [60] * 20 + [181] * 10 + [130] * 50)
    assert inside_view(rows, 180) == (pytest.approx(20 / 30), 30)
    few = replicates([0] * 29 + [nothing] * 50, [60] * 79)
    assert math.isnan(inside_view(few, 180)[0]) and inside_view(few, 180)[1] == 29
    late = replicates([12] * 40, [72] * 20 + [73] * 10 + [nothing] * 10)
    assert inside_view(late, 180)[0] == pytest.approx(0.5)


def compared(inside, outside, scope=TESTED, name="a@CD"):
    return Compared(name, name, inside, 100, outside, None, scope, [])


def test_the_pool_has_its_weight_and_the_views_part_beyond_a_fifth():
    assert compared(0.8, 0.3).pool == pytest.approx(0.4 * 0.8 + 0.6 * 0.3)
    assert [parting(compared(x, 0.5)) for x in (0.7, 0.7001, 0.3, 0.2999)] == [
        "", "more hopeful", "", "less hopeful",
    ]  # fmt: skip
    assert parting(compared(math.nan, 0.5)) == ""


def test_words_say_where_views_part_and_what_was_not_tested():
    assert views.parting_words([compared(0.5, 0.5)]) == [
        "Nowhere do the two views part by more than 0.2."
    ]
    said = views.parting_words([compared(0.9, 0.1, NOT), compared(0.1, 0.9, name="b@CD")])
    assert "part by more than 0.2 for 2 of 2" in said[0]
    assert said[0].endswith("more hopeful than precedents for a@CD, less for b@CD.")
    assert said[1].startswith("Not tested for such a case: a@CD (")
    six = [compared(0.9, 0.1, NOT, f"{letter}@CD") for letter in "abcdef"]
    assert "for 6 strategies, less for none." in views.parting_words(six)[0]


def test_an_open_mandate_learns_from_cases_as_old_and_still_open():
    day = date(2026, 8, 1)
    row = next(case for case in open_mandates() if case.id == "live_plastics")
    age = (day - row.mandated).days / 365.25
    view = views.of_open_mandate(row, day)
    assert set(view.chances) == {5, 10} and view.chance(5) < view.chance(10)
    for each in view.precedents:
        assert open_for(each.case, age) and each.case in open_cases(coded_cases())
    young = coded(id="live", mandate="2026-08-02", adopted="", outcome5="", outcome10="")
    with pytest.raises(UsageError, match="'live': its mandate is -0.0 years old"):
        views.of_open_mandate(young, day)


def test_a_horizon_that_is_past_is_left_out():
    row = coded(id="live", mandate="2020-08-01", adopted="", outcome5="", outcome10="")
    assert set(views.of_open_mandate(row, date(2026, 8, 1)).chances) == {10}
    with pytest.raises(UsageError, match="not between 0 and 10"):
        views.of_open_mandate(row, date(2030, 8, 1))


def test_open_for_ends_with_a_text_or_a_failure():
    ended = coded(mandate="2000-01-01", adopted="2002-01-01")
    assert open_for(ended, 2.0) and not open_for(ended, 2.01)
    failed = coded(
        mandate="2000-01-01", adopted="", failed="2002-01-01", outcome5="False", outcome10="False"
    )
    assert open_for(failed, 2.0) and not open_for(failed, 2.01)


def test_a_query_that_is_a_row_does_not_teach_itself():
    case = open_cases(coded_cases())[300]
    view = views.views_of({"x": Query(facts_of(case), date(2026, 7, 1), case)}, horizons=(5,))[0]
    assert case.id not in {each.case.id for each in view.precedents}
    assert np.isfinite(view.chance())
