"""Overrides by dotted path, in an experiment file and in a call."""

from __future__ import annotations

import numpy as np
import pytest

from helpers import catalogue_files
from negotiation_sim.catalogue import apply_overrides, known_paths, load_setting
from negotiation_sim.catalogue.schema import Setting
from negotiation_sim.errors import CatalogueError


@pytest.fixture(scope="module")
def setting(tmp_path_factory) -> Setting:
    return load_setting("small", root=catalogue_files.write(tmp_path_factory.mktemp("catalogue")))


def value_at(setting: Setting, path: str):
    """Read a path of a setting (an independent reading, without wildcards or strategies)."""
    node = setting
    for part in path.split("."):
        node = node[part] if isinstance(node, dict) else getattr(node, part)
    return getattr(node, "value", node)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("actors.USA.verification_demand", 0.8),
        ("actors.USA.ideal_point.form", 0.9),
        ("actors.CHN.salience.scope", 2.5),
        ("venues.CD.unblock_rate", 0.3),
        ("venues.CD.linkage", "open"),
        ("venues.CD.dissolved", "2019-06"),
        ("environment.event_rate", 0.25),
        ("success.deadline_years", 7.0),
        ("success.success_share", 0.5),
        ("initiatives.ban.text.form", 0.7),
        ("initiatives.ban.entry_into_force.ratifiers", 3),
        ("initiatives.ban.binding", True),
        ("horizon_years", 10.0),
    ],
)
def test_a_path_sets_its_value_and_nothing_else(path, value, setting):
    changed = apply_overrides(setting, {path: value}, environment={})
    assert value_at(changed, path) == value
    assert path in known_paths(setting)
    before, after = setting.model_dump(), changed.model_dump()
    *parents, last = path.split(".")
    for part in parents:
        before, after = before[part], after[part]
    before.pop(last), after.pop(last)
    assert before == after


def test_a_figure_loses_its_range_and_says_that_it_is_assumed(setting):
    old = setting.actors["USA"].verification_demand
    assert old.range == [0.2, 0.4]
    new = apply_overrides(setting, {"actors.USA.verification_demand": 0.3}, environment={})
    figure = new.actors["USA"].verification_demand
    assert (figure.value, figure.range, figure.basis) == (0.3, None, "assumed")
    assert setting.actors["USA"].verification_demand is old


def test_a_star_stands_for_all(setting):
    changed = apply_overrides(
        setting, {"actors.*.trust": 0.25, "strategies.*.start": 12}, environment={}
    )
    assert {actor.trust.value for actor in changed.actors.values()} == {0.25}
    assert {t.start for s in changed.strategies for t in s.tracks} == {12.0}


def test_a_strategy_is_named_and_its_tracks_are_counted(setting):
    name = "ban@adhoc-optin+pledges+code@paris-group"
    changed = apply_overrides(
        setting,
        {f"strategies.{name}.patience": 60, f"strategies.{name}.tracks.1.start": 6},
        environment={},
    )
    first, second = changed.strategies[1].tracks
    assert (first.patience, second.patience, first.start, second.start) == (60, 60, 0, 6)
    assert changed.strategies[0] == setting.strategies[0]


def test_a_name_with_a_point_is_told_from_a_shorter_one(tmp_path):
    names = "  - {name: plan 1, tracks: ban@CD}\n  - {name: plan 1.tracks, tracks: code@CD}\n"
    text = catalogue_files.EXPERIMENT.replace("  - ban@CD\n", names)
    root = catalogue_files.write(tmp_path, {"experiments/small.yaml": text})
    paths = {"strategies.plan 1.start": 3, "strategies.plan 1.tracks.start": 7}
    setting = load_setting("small", root=root, overrides=paths)
    assert [s.tracks[0].start for s in setting.strategies[:2]] == [3, 7]


def test_a_rule_and_its_quota_change_together(setting):
    both = {"venues.CD.decision.rule": "qualified_majority", "venues.CD.decision.quota": "2/3"}
    changed = apply_overrides(setting, both, environment={})
    assert changed.venues["CD"].decision.quota == [2, 3]
    with pytest.raises(CatalogueError, match="a qualified majority needs one") as caught:
        apply_overrides(setting, {"venues.CD.decision.rule": "qualified_majority"}, environment={})
    assert caught.value.field == "venues.CD.decision.quota"


@pytest.mark.parametrize("value", ["0.25", 0.25, np.float64(0.25), np.float32(0.25)])
def test_numbers_come_as_text_or_from_numpy_too(value, setting):
    changed = apply_overrides(setting, {"actors.USA.trust": value}, environment={})
    assert changed.actors["USA"].trust.value == 0.25
    assert type(changed.actors["USA"].trust.value) is float


@pytest.mark.parametrize(
    ("path", "value", "field", "words"),
    [
        ("actors.USA.trst", 1, "actors.USA.trst", "did you mean 'actors.USA.trust'"),
        ("actors.USB.trust", 1, "actors.USB.trust", "did you mean 'actors.USA.trust'"),
        ("actors.USA", 1, "actors.USA", "unknown path"),
        ("actors.USA.trust.value", 1, "actors.USA.trust.value", "unknown path"),
        ("actors.USA.name", "US", "actors.USA.name", "unknown path"),
        ("", 1, "", "unknown path"),
        ("...", 1, "...", "unknown path"),
        ("actors.USA.trust", 1.5, "actors.USA.trust", "1.5 is not between 0.0 and 1.0"),
        ("actors.USA.trust", "high", "actors.USA.trust", "found the text 'high'"),
        ("actors.USA.trust", True, "actors.USA.trust", "found true, expected a number"),
        ("actors.USA.trust", float("nan"), "actors.USA.trust", "expected a finite number"),
        ("actors.USA.trust", None, "actors.USA.trust", "found nothing, expected a number"),
        ("actors.*.salience.*", 0, "actors.ALB.salience", "all zero on the issues used"),
        ("environment.event_rate", 7, "environment.event_rate", "7 is not between 0 and 0.2"),
        ("success.deadline_years", 20, "success.deadline_years", "beyond the horizon of 15"),
        ("horizon_years", 0, "horizon_years", "found the number 0, expected above 0"),
        ("start", "2009-13", "start", "a month is written YYYY-MM"),
        ("venues.CD.linkage", "shut", "venues.CD.linkage", "allowed: blocked, none, open"),
        ("initiatives.ban.text.scope", 0.95, "initiatives.ban.text.scope", "outside the mandate"),
        ("strategies.ban@CD.start", 180, "strategies.ban@CD.tracks.0.start", "beyond the horizon"),
        ("strategies.ban@CE.start", 1, "strategies.ban@CE.start", "strategies.ban@CD.start"),
    ],
)
def test_what_cannot_be_set_is_refused_with_its_path(path, value, field, words, setting, tmp_path):
    root = catalogue_files.write(tmp_path)
    with pytest.raises(CatalogueError) as caught:
        load_setting("small", root=root, overrides={path: value})
    assert caught.value.field == field
    assert words in caught.value.message


def test_every_known_path_can_be_set_to_what_it_holds(setting):
    for path in known_paths(setting):
        if "*" in path or path.startswith("strategies.") or ".mandate.box." in path:
            continue
        if ".remit.box." in path or ".calendar.weeks." in path or path.endswith(".quota"):
            continue
        held = value_at(setting, path)
        if held is not None:
            changed = apply_overrides(setting, {path: held}, environment={})
            assert value_at(changed, path) == held, path


def test_an_experiment_overrides_figures_boxes_and_plain_values(tmp_path):
    experiment = catalogue_files.EXPERIMENT.replace(
        "    weapons_concern: 0.4\n",
        "    ideal_point: {form: 0.7}\n    turnover_dates: [2013-01, 2017-01]\n"
        "venues:\n  CD:\n    members: open\n    decision: {rule: simple_majority}\n"
        "    informality: {value: 0.9, basis: expert, source: workshop}\n"
        "initiatives:\n  ban:\n    text: {form: 0.5}\n    entry_into_force: {ratifiers: 3}\n",
    )
    root = catalogue_files.write(tmp_path, {"experiments/small.yaml": experiment})
    setting = load_setting("small", root=root)
    usa, cd, ban = setting.actors["USA"], setting.venues["CD"], setting.initiatives["ban"]
    assert usa.ideal_point["form"].value == 0.7
    assert usa.ideal_point["form"].note == "set in the experiment"
    assert usa.ideal_point["scope"].value == 0.4
    assert usa.turnover_dates == ["2013-01", "2017-01"]
    assert (cd.members, cd.decision.rule, cd.informality.value) == ("open", "simple_majority", 0.9)
    assert cd.calendar.weeks == {2: 3, 6: 3, 8: 4}
    assert (ban.text["form"].value, ban.text["scope"].value) == (0.5, 0.2)
    assert ban.entry_into_force.ratifiers.value == 3


def test_a_sweep_comes_with_errors_that_know_their_line(tmp_path):
    from negotiation_sim.catalogue import load_sweep

    text = catalogue_files.EXPERIMENT + "sweep:\n  grid:\n    actors.USA.trst: [0, 1]\n"
    root = catalogue_files.write(tmp_path, {"experiments/small.yaml": text})
    sweep, error = load_sweep("small", root=root)
    assert sweep == {"grid": {"actors.USA.trst": [0, 1]}}
    found = error(("grid", "actors.USA.trst"), "unknown path")
    assert found.line == text[: text.index("actors.USA.trst")].count("\n") + 1
    assert found.field == "sweep.grid.actors.USA.trst"
