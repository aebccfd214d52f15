"""Overrides by dotted path, in an experiment file and in a call."""

from __future__ import annotations

import json
import types
import typing

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from helpers import catalogue_files
from negotiation_sim.catalogue import apply_overrides, known_paths, load_setting, targets
from negotiation_sim.catalogue.flow_values import flow_text, read_flow
from negotiation_sim.catalogue.paths import WITHOUT_EFFECT, names_something
from negotiation_sim.catalogue.schema import (
    Actor,
    Box,
    Calendar,
    Figure,
    Initiative,
    Procedure,
    Record,
    Setting,
    Strategy,
    Track,
    Underway,
    Venue,
)
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


def words_of(kind):
    """Return the parts of a type: ``dict[str, Unit] | None`` has ``dict``, ``Figure`` among them."""
    arguments = typing.get_args(kind)
    if typing.get_origin(kind) is typing.Annotated:
        return words_of(arguments[0])
    if typing.get_origin(kind) in (typing.Union, types.UnionType):
        return [part for argument in arguments for part in words_of(argument)]
    return [kind]


def fields_of(setting: Setting):
    """Yield path, value and record of every field of the schema, walked from its types.

    What a setting does not hold (an optional record, an entry of an empty mapping) is walked too;
    an empty list has a path, and no entries that could have one.
    """
    seen: set[type[Record]] = set()

    def walk(kind, node, path):
        for part in words_of(kind):
            origin, arguments = typing.get_origin(part), typing.get_args(part)
            if origin is dict:
                held = node if isinstance(node, dict) else {}
                key = next(iter(held), 1 if arguments[0] is int else setting.issues[0])
                yield from walk(arguments[1], held.get(key), [*path, key])
            elif origin is list:
                if not node:
                    continue  # what is not there is set as a whole list
                held = node[0]
                key = held.name if isinstance(held, Strategy) else 0
                yield from walk(arguments[0], held, [*path, key])
            elif isinstance(part, type) and issubclass(part, Record) and part not in seen:
                seen.add(part)
                for name, info in part.model_fields.items():
                    value = getattr(node, name, None)
                    yield ".".join(str(step) for step in [*path, name]), value, part, name
                    if name not in WITHOUT_EFFECT:
                        yield from walk(info.annotation, value, [*path, name])

    yield from walk(Setting, setting, [])


def filled(node, kind):
    """Put something into each empty list of records below a node, in place."""
    for part in words_of(kind):
        inner = typing.get_args(part)
        if typing.get_origin(part) is list and isinstance(node, list):
            if not node and isinstance(inner[0], type) and issubclass(inner[0], Record):
                node.append(inner[0].model_construct())
            for item in node:
                filled(item, inner[0])
        elif typing.get_origin(part) is dict and isinstance(node, dict):
            for item in node.values():
                filled(item, inner[1])
        elif isinstance(node, Record):
            for name, info in type(node).model_fields.items():
                filled(getattr(node, name, None), info.annotation)


def test_every_field_of_the_schema_has_a_path_or_no_effect(setting):
    """What is new in the schema is swept without further work, or says that no run depends on it."""
    setting = setting.model_copy(deep=True)
    filled(setting, Setting)
    rows = list(fields_of(setting))
    records = {record for _, _, record, _ in rows}
    assert {Actor, Venue, Procedure, Box, Calendar, Initiative, Track, Underway, Figure} <= records
    for path, _, record, name in rows:
        own = record is Figure and name == "value"
        whole = record is Setting and name in ("actors", "venues", "initiatives", "environment")
        if own or whole or name in WITHOUT_EFFECT:
            assert not names_something(setting, path), path
        else:
            assert names_something(setting, path), path


def held_by(setting: Setting, place):
    node = setting
    for step in place:
        node = getattr(node, step) if isinstance(node, BaseModel) else node[step]
    return node


def test_every_known_path_can_be_set_to_what_it_holds_in_its_written_form(setting):
    paths = [p for p in known_paths(setting) if "*" not in p and p not in ("cast", "strategies")]
    assert len(paths) > 300
    for path in paths:
        (place, _), *others = targets(setting, path)
        held = held_by(setting, place)
        if isinstance(held, tuple):  # a tie
            held = held[2]
        if isinstance(held, BaseModel):
            held = held.model_dump()
        elif isinstance(held, (list, dict)):
            held = json.loads(json.dumps(held, default=lambda each: each.model_dump()))
            if path.endswith(".weeks"):
                held = {int(month): weeks for month, weeks in held.items()}
        if held is None or others:
            continue
        text = held if isinstance(held, str) else flow_text(held)
        changed = apply_overrides(setting, {path: text}, environment={})
        said = value_dump(changed, place)
        assert said == value_dump(setting, place), path


def value_dump(setting: Setting, place):
    held = held_by(setting, place)
    if isinstance(held, Figure):
        return held.value, held.range
    return json.dumps(held, default=lambda each: each.model_dump())


@pytest.mark.parametrize(
    ("path", "text", "place", "value"),
    [
        ("venues.CD.members", "[USA, CHN]", ("venues", "CD", "members"), ["USA", "CHN"]),
        ("venues.CD.members", "open", ("venues", "CD", "members"), "open"),
        ("venues.CD.decision.required", "[USA]", ("venues", "CD", "decision", "required"), ["USA"]),
        ("venues.CD.decision.required", "USA/CHN", ("venues", "CD", "decision", "required"),
         ["USA", "CHN"]),
        ("venues.CD.decision.weights", "{USA: 3}", ("venues", "CD", "decision", "weights"),
         {"USA": 3}),
        ("venues.CD.decision.weights.CHN", "2", ("venues", "CD", "decision", "weights"),
         {"CHN": 2}),
        ("initiatives.ban.mandate.box.scope", "[0, 0.5]",
         ("initiatives", "ban", "mandate", "box", "scope"), [0, 0.5]),
        ("initiatives.ban.mandate.box.scope.1", 0.6,
         ("initiatives", "ban", "mandate", "box", "scope", 1), 0.6),
        ("actors.USA.turnover_dates", "[2013-01]", ("actors", "USA", "turnover_dates"),
         ["2013-01"]),
        ("strategies.ban@CD.term_ends", "2012-12", ("strategies", 0, "tracks", 0, "term_ends"),
         "2012-12"),
        ("strategies.ban@CD.underway.rounds", 2,
         ("strategies", 0, "tracks", 0, "underway", "rounds"), 2),
        ("venues.CD.dissolved", "null", ("venues", "CD", "dissolved"), None),
        ("venues.CD.mandate", "{rule: simple_majority}", ("venues", "CD", "mandate", "rule"),
         "simple_majority"),
        ("venues.CD.calendar.weeks.11", 2, ("venues", "CD", "calendar", "weeks", 11), 2.0),
        ("status_quo.scope", 0.1, ("status_quo", "scope", "value"), 0.1),
        ("start", "2010-01", ("start",), "2010-01"),
    ],
)  # fmt: skip
def test_whatever_a_file_says_can_be_set_in_its_written_form(path, text, place, value, setting):
    changed = apply_overrides(setting, {path: text}, environment={})
    assert held_by(changed, place) == value
    assert Setting.model_validate_json(changed.model_dump_json()) == changed


def test_a_rule_and_what_belongs_to_it_change_at_once(setting):
    text = "{rule: qualified_majority, quota: [3, 4], required: [USA]}"
    changed = apply_overrides(setting, {"venues.CD.decision": text}, environment={})
    rule = changed.venues["CD"].decision
    assert (rule.rule, rule.quota, rule.required) == ("qualified_majority", [3, 4], ["USA"])
    parts = {"venues.CD.decision": text, "venues.CD.decision.required": "[CHN]"}
    assert apply_overrides(setting, parts, environment={}).venues["CD"].decision.required == ["CHN"]


def test_a_range_is_set_beside_its_value(setting):
    both = {"actors.USA.trust": 0.4, "actors.USA.trust.range": "[0.3, 0.9]"}
    figure = apply_overrides(setting, both, environment={}).actors["USA"].trust
    assert (figure.value, figure.range, figure.basis) == (0.4, [0.3, 0.9], "assumed")
    with pytest.raises(CatalogueError, match="lies outside its range"):
        apply_overrides(setting, {"actors.USA.trust.range": [0.9, 1.0]}, environment={})


def test_the_cast_is_chosen_among_the_states(setting):
    for value in ("[USA, CHN]", ["CHN", "USA"], "USA/CHN"):
        changed = apply_overrides(setting, {"cast": value}, environment={})
        assert list(changed.actors) == ["CHN", "USA"]
        assert all({one, other} <= {"CHN", "USA"} for one, other, _ in changed.affinity)
    assert apply_overrides(setting, {"cast": "all"}, environment={}) == setting
    with pytest.raises(CatalogueError, match="'USB' is not in the cast; did you mean 'USA'"):
        apply_overrides(setting, {"cast": "[USB]"}, environment={})
    with pytest.raises(CatalogueError, match="'USA' stands twice"):
        apply_overrides(setting, {"cast": "[USA, USA]"}, environment={})


def test_strategies_are_chosen_by_their_names(setting):
    names = [strategy.name for strategy in setting.strategies]
    changed = apply_overrides(setting, {"strategies": [names[2], names[0]]}, environment={})
    assert [strategy.name for strategy in changed.strategies] == [names[2], names[0]]
    with pytest.raises(CatalogueError, match="no strategy 'ban@CE'; did you mean 'ban@CD'"):
        apply_overrides(setting, {"strategies": ["ban@CE"]}, environment={})


@pytest.mark.parametrize(
    ("path", "text", "words"),
    [
        ("venues.CD.members", "[USA, CHN", "expected a list"),
        ("venues.CD.members", "[]", "the venue has none"),
        ("venues.CD.decision", "{rule: consensus, quota: [2, 3]}", "only a qualified majority"),
        ("venues.CD.decision", "{rle: consensus}", "did you mean 'rule'"),
        ("venues.CD.decision.weights.CHM", 2, "unknown path"),
        ("actors.USA.salience.skope", 1, "unknown path"),
        ("initiatives.ban.mandate.box.scope", "[0.9, 0.1]", "is empty"),
        ("strategies.ban@CD.tracks.0.venue", "CE", "did you mean 'CD'"),
        ("strategies.ban@CD.tracks.0.initiative", "bam", "did you mean 'ban'"),
        ("strategies.ban@CD.fallback", "CE", "did you mean 'CD'"),
        ("venues.CD.calendar.weeks.13", 1, "unknown path"),
        ("actors.USA.turnover_dates", "[2013-13]", "a month is written YYYY-MM"),
    ],
)
def test_a_written_value_that_is_not_allowed_is_refused(path, text, words, setting):
    with pytest.raises(CatalogueError) as caught:
        apply_overrides(setting, {path: text}, environment={})
    assert words in caught.value.message and caught.value.field.startswith(path.split(".")[0])


FLOWS = st.recursive(
    st.none() | st.booleans() | st.integers(-9999, 9999) | st.text("aZ0.-_ ,:[]{}#'\"nul", max_size=6)
    | st.floats(-1e6, 1e6),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.text("aZ09 :", max_size=4), inner, max_size=3),
    max_leaves=8,
)  # fmt: skip


@given(st.lists(FLOWS, max_size=3) | st.dictionaries(st.text("ab", min_size=1), FLOWS, max_size=3))
def test_a_value_reads_back_from_its_written_form(value):
    assert read_flow(flow_text(value)) == value


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
