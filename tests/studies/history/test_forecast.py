"""The second opinion on a setting's text."""

import pytest

from helpers.small_settings import actor, one_issue, venue
from negotiation_sim.catalogue.schema import assumed
from negotiation_sim.errors import UsageError
from negotiation_sim.studies.history.forecast import forecast_setting


@pytest.fixture
def setting():
    actors = [
        actor("AAA", 0.0, capability=1.0),
        actor("BBB", 0.5, capability=1.0, salience=0.5),
        actor("CCC", 1.0, capability=2.0),
    ]
    return one_issue(actors, [venue("all"), venue("two", ["AAA", "BBB"])], 0.1, 0.6)


def predicted(table, method):
    return float(table.set_index("method").prediction[method])


def test_methods_of_a_small_setting(setting):
    table = forecast_setting(setting, "plan")
    assert list(table.columns) == ["issue", "method", "prediction", "in_mandate"]
    assert predicted(table, "mean") == pytest.approx(0.5)
    assert predicted(table, "capability_mean") == pytest.approx((0.25 + 2.0) / 3.5)
    assert predicted(table, "start_text") == 0.2
    assert predicted(table, "status_quo") == 0.0
    assert {"challenge_model", "weighted_median", "nash_bargaining"} <= set(table.method)


def test_what_is_in_force_is_the_initiatives_else_the_experiments(setting):
    stated = setting.model_copy(update={"status_quo": {"scope": assumed(0.3, "a test")}})
    assert predicted(forecast_setting(stated, "plan"), "status_quo") == 0.3
    own = setting.initiatives["plan"].model_copy(
        update={"status_quo": {"scope": assumed(0.1, "a test")}}
    )
    stated = stated.model_copy(update={"initiatives": {"plan": own}})
    assert predicted(forecast_setting(stated, "plan"), "status_quo") == 0.1
    assert predicted(forecast_setting(stated, "plan", reference=0.8), "status_quo") == 0.8


def test_a_reference_point_may_be_said_for_each_issue(setting):
    """On an issue that is not named the status quo stays the reference."""
    actors = {
        code: a.model_copy(update={
            "ideal_point": a.ideal_point | {"form": a.ideal_point["scope"]},
            "salience": a.salience | {"form": a.salience["scope"]},
        })
        for code, a in setting.actors.items()
    }  # fmt: skip
    plan = setting.initiatives["plan"]
    plan = plan.model_copy(update={"text": plan.text | {"form": plan.text["scope"]}})
    quo = {"scope": assumed(0.3, "a test"), "form": assumed(0.1, "a test")}
    two = setting.model_copy(update={
        "issues": ["scope", "form"], "actors": actors, "initiatives": {"plan": plan},
        "status_quo": quo,
    })  # fmt: skip

    def found(reference=None):
        table = forecast_setting(two, "plan", reference=reference)
        table = table[table["method"] == "status_quo"]
        return dict(zip(table["issue"], table["prediction"], strict=True))

    assert found() == {"scope": 0.3, "form": 0.1}
    assert found(0.5) == {"scope": 0.5, "form": 0.5}
    assert found({"form": 0.7}) == {"scope": 0.3, "form": 0.7}
    assert found({"form": 0.0, "scope": 1.0}) == {"scope": 1.0, "form": 0.0}
    with pytest.raises(UsageError, match="did you mean 'form'"):
        found({"fom": 0.7})
    with pytest.raises(UsageError, match="reference of form: 1.5 is not between 0 and 1"):
        found({"form": 1.5})


def test_capability_in_a_venue_counts_there(setting):
    place = setting.venues["two"].model_copy(update={"capability": {"BBB": assumed(3.0, "a test")}})
    case = setting.model_copy(update={"venues": setting.venues | {"two": place}})
    table = forecast_setting(case, "plan", "two")
    assert predicted(table, "capability_mean") == pytest.approx(0.75 / (1.0 + 1.5))
    assert predicted(forecast_setting(case, "plan"), "capability_mean") == pytest.approx(2.25 / 3.5)


def test_in_mandate_says_what_the_box_allows(setting):
    table = forecast_setting(setting, "plan").set_index("method")
    assert table.in_mandate["mean"] and not table.in_mandate["capability_mean"]


def test_a_venue_limits_who_negotiates(setting):
    assert predicted(forecast_setting(setting, "plan", "two"), "mean") == pytest.approx(0.25)


@pytest.mark.parametrize(("initiative", "place"), [("plam", None), ("plan", "tow")])
def test_unknown_names_are_answered_with_the_nearest(setting, initiative, place):
    with pytest.raises(UsageError, match="did you mean"):
        forecast_setting(setting, initiative, place)
