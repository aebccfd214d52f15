"""A setting written as a study reads back as the same setting, and runs to the last bit alike."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import settings as profile

from helpers.generic import seeded_setting
from helpers.settings import settings_of
from helpers.small_settings import actor, figure, one_issue, venue
from negotiation_sim.catalogue import check_paths, load_setting, schema
from negotiation_sim.catalogue.draft_files import yaml_text
from negotiation_sim.catalogue.flow_values import flow_text, read_flow
from negotiation_sim.catalogue.heard import heard
from negotiation_sim.catalogue.setting_files import setting_texts, strategy_entry, write_setting
from negotiation_sim.catalogue.strict_yaml import parse
from negotiation_sim.engine import ensemble
from negotiation_sim.engine.scenario import compile_setting
from negotiation_sim.errors import CatalogueError, UsageError

FIELDS = tuple(schema.Setting.model_fields)


def mended(setting: schema.Setting) -> schema.Setting:
    """Return a random setting without what no study may say of a track."""
    pledges = {name for name, each in setting.initiatives.items() if each.kind == "pledges"}

    def track(each):
        return each.model_copy(
            update={
                "fallback": None if each.fallback == each.venue else each.fallback,
                "pledges": each.pledges and each.initiative not in pledges,
            }
        )

    strategies = [
        s.model_copy(update={"tracks": [track(t) for t in s.tracks]}) for s in setting.strategies
    ]
    venues = {n: v.model_copy(update={"linked": []}) for n, v in setting.venues.items()}
    return setting.model_copy(update={"strategies": strategies, "venues": venues})


def again(setting, folder):
    write_setting(setting, folder)
    return load_setting(folder)


def table(setting, worlds=20):
    chunks = ensemble.run_ensemble(compile_setting(setting), worlds, 1, threads=1)
    return next(iter(chunks)).astype(str)


@given(drawn=settings_of(max_actors=6))
@profile(max_examples=40)
def test_a_random_setting_reads_back_as_it_was(drawn, tmp_path_factory):
    setting = mended(drawn)
    try:
        back = again(setting, tmp_path_factory.mktemp("study") / "out")
    except UsageError:
        assume(False)
    kept = heard(setting)
    assert [name for name in FIELDS if getattr(back, name) != getattr(kept, name)] == []


def test_most_random_settings_can_be_said(tmp_path):
    said = 0
    for number in range(40):
        try:
            write_setting(mended(seeded_setting(number)), tmp_path / str(number))
            said += 1
        except UsageError:
            continue
    assert said >= 30


@pytest.mark.parametrize("number", [1, 8, 11, 16, 18, 20, 25, 47, 66, 104])
def test_a_written_setting_runs_to_the_last_bit_alike(number, tmp_path):
    setting = mended(seeded_setting(number))
    assert table(again(setting, tmp_path / "out")).equals(table(setting))


@pytest.mark.parametrize("name", ["bellagio", "us-administration"])
def test_an_experiment_written_out_stands_alone_and_runs_alike(name, tmp_path):
    setting = load_setting(name)
    back = again(setting, tmp_path / "out")
    assert check_paths([tmp_path / "out"]) == []
    assert [
        field for field in FIELDS if getattr(back, field) != getattr(heard(setting), field)
    ] == []
    assert table(back).equals(table(setting))


def test_what_the_catalogue_says_of_states_outside_the_cast_is_left_out():
    setting = load_setting("bellagio")
    named = setting.initiatives["ppwt"].entry_into_force.states
    assert "GBR" in named and "GBR" not in setting.actors
    assert heard(setting).initiatives["ppwt"].entry_into_force.states == [
        code for code in named if code in setting.actors
    ]


def test_sources_of_the_catalogue_are_written_with_their_entries(tmp_path):
    texts = setting_texts(load_setting("bellagio"))
    assert "debris-guidelines-2007:" in texts["sources.yaml"]
    assert "was not known" not in texts["sources.yaml"]


def test_a_source_that_nobody_knows_is_said_to_be_unknown(tmp_path):
    setting = small()
    measured = schema.Figure(value=1.0, basis="measured", source="a-diary")
    actors = {
        **setting.actors,
        "AAA": setting.actors["AAA"].model_copy(update={"capability": measured}),
    }
    back = again(setting.model_copy(update={"actors": actors}), tmp_path / "out")
    assert back.actors["AAA"].capability == measured
    assert "was not known" in (tmp_path / "out" / "sources.yaml").read_text("utf-8")


def small():
    return one_issue([actor("AAA", 0.2), actor("BBB", 0.6)], [venue("talks")])


def test_a_package_whose_items_differ_in_pledges_is_said_item_by_item():
    tracks = [
        schema.Track(initiative="a", venue="CD", pledges=True),
        schema.Track(initiative="b", venue="CD", joined=0, weight={"USA": 2.0}),
        schema.Track(initiative="c", venue="CD", fallback="GGE", pledges=True, after=0),
    ]
    entry = strategy_entry(schema.Strategy(name="both", tracks=tracks, succeeds_when=[0, 2]))
    assert entry == {
        "name": "both", "tracks": "a&b@CD+c@CD>GGE+pledges", "pledges": [True, False, True],
        "after": [None, None, 0], "weight": [None, {"USA": 2.0}, None], "succeeds_when": [0, 2],
    }  # fmt: skip


def test_a_strategy_that_its_name_says_is_its_name():
    tracks = [schema.Track(initiative="a", venue="CD", fallback="GGE", pledges=True)]
    assert (
        strategy_entry(schema.Strategy(name="a@CD>GGE+pledges", tracks=tracks))
        == "a@CD>GGE+pledges"
    )


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"environment": {"pace": figure(9.0)}}, "environment.pace: 9 is not between"),
        ({"id": "small", "horizon_years": 2.0}, "success.deadline_years"),
    ],
)
def test_what_no_study_may_say_is_refused_with_its_path_and_nothing_is_written(
    change, words, tmp_path
):
    with pytest.raises(UsageError, match=words):
        write_setting(small().model_copy(update=change), tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_name_that_is_a_file_of_another_kind_is_refused(tmp_path):
    setting = one_issue([actor("population", 0.2), actor("BBB", 0.6)], [venue("talks")])
    with pytest.raises(UsageError, match="actors.population: a file of this name holds no actor"):
        write_setting(setting, tmp_path / "out")


def test_a_linked_initiative_that_files_would_lose_is_refused(tmp_path):
    setting = small()
    other = setting.initiatives["plan"].model_copy(update={"id": "other"})
    linked = {"talks": setting.venues["talks"].model_copy(update={"linked": ["plan", "other"]})}
    setting = setting.model_copy(
        update={"venues": linked, "initiatives": {**setting.initiatives, "other": other}}
    )
    with pytest.raises(UsageError, match=r"venues.talks.linked: 'other' is linked"):
        write_setting(setting, tmp_path / "out")


def test_a_folder_with_something_in_it_is_refused(tmp_path):
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(UsageError, match="not empty"):
        write_setting(small(), tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def with_ties(folder, text):
    write_setting(small(), folder)
    (folder / "actors" / "ties.yaml").write_text(text, "utf-8")
    return folder


def test_ties_may_be_stated_outright_and_are_then_all_there_are(tmp_path):
    folder = with_ties(tmp_path / "out", "ties: {BBB-AAA: 2.5}\n")
    assert load_setting(folder).affinity == [("AAA", "BBB", 2.5)]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("ties: {AAA-BBB: -0.1}\n", r"ties.yaml:1: ties.AAA-BBB: -0.1 is not between 0"),
        ("ties: {AAA: 0.1}\n", "a pair is written as two different codes"),
        ("ties: {AAA-BBB: 0.1, BBB-AAA: 0.2}\n", "the pair stands twice"),
        ("ties: {AAA-BBB: 0.1}\npairs: {AAA-BBB: [0.5, 0]}\n", "not both"),
        ("description: nothing\n", "pairs: missing"),
    ],
)
def test_ties_that_cannot_be_are_refused_with_their_line(text, words, tmp_path):
    with pytest.raises(CatalogueError, match=words):
        load_setting(with_ties(tmp_path / "out", text))


def test_check_names_a_tie_of_a_state_that_does_not_exist(tmp_path):
    folder = with_ties(tmp_path / "out", "ties: {AAA-CCC: 0.1}\n")
    assert any("CCC" in str(error) for error in check_paths([folder]))


@pytest.mark.parametrize(
    "text", ["1e400", "-1e400", "1e300", "0", "null", "~", ".inf", "1_000", "NO", "a: b", "- a", ""]
)
def test_a_text_is_written_so_that_it_is_read_as_that_text(text):
    """In a file as in an override, also where it looks like a number too large to count with."""
    assert parse(yaml_text({"name": text}), "").data == {"name": text}
    assert read_flow(flow_text({"name": text})) == {"name": text}
