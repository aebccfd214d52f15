"""What loading makes of good input: casts, strategies, groups of actors, ties, studies."""

from __future__ import annotations

import pytest

from helpers import catalogue_files
from negotiation_sim import catalogue
from negotiation_sim.catalogue import (
    check_paths,
    describe,
    environment_table,
    init_study,
    list_catalogue,
    load_setting,
    parse_strategy,
)
from negotiation_sim.catalogue.population import affinity
from negotiation_sim.catalogue.strict_yaml import parse
from negotiation_sim.errors import CatalogueError, UsageError
from negotiation_sim.model.terms import ENVIRONMENT_PARAMETERS

EXPERIMENT = "experiments/small.yaml"


def load(tmp_path, old="", new="", changes=None):
    assert old in catalogue_files.EXPERIMENT
    changed = {EXPERIMENT: catalogue_files.EXPERIMENT.replace(old, new, 1) if old else None}
    files = {**{name: text for name, text in changed.items() if text}, **(changes or {})}
    return load_setting("small", root=catalogue_files.write(tmp_path, files))


def test_plain_scalars_are_numbers_truths_nothing_or_text():
    text = (
        "int: 12\nnegative: -3\nfloat: 0.5\npoint: .5\nexponent: 1e6\nsmall: 1.5E-3\n"
        "yes: yes\nno: NO\ntime: 12:30\nzeros: 01234\nunderscore: 1_000\nhex: 0x10\n"
        "date: 2009-01\ninf: .inf\ntrue_: true\nTrue_: True\nnull_: null\nnothing:\nquoted: '7'\n"
    )
    assert parse(text, "a.yaml").data == {
        "int": 12, "negative": -3, "float": 0.5, "point": 0.5, "exponent": 1e6, "small": 0.0015,
        "yes": "yes", "no": "NO", "time": "12:30", "zeros": "01234", "underscore": "1_000",
        "hex": "0x10", "date": "2009-01", "inf": ".inf", "true_": True, "True_": "True",
        "null_": None, "nothing": None, "quoted": "7",
    }  # fmt: skip


def test_every_field_has_its_line():
    document = parse("# head\na: 1\nb:\n  - x\n  - c: {d: 2}\n\ne: |\n  text\n", "a.yaml")
    lines = {path: document.line(path) for path in [("a",), ("b", 0), ("b", 1, "c", "d"), ("e",)]}
    assert lines == {("a",): 2, ("b", 0): 4, ("b", 1, "c", "d"): 5, ("e",): 7}
    assert document.line(("b", 1, "unknown")) == 5


@pytest.mark.parametrize(
    ("name", "tracks"),
    [
        ("ban@CD", [("ban", "CD", None, False)]),
        ("ppwt@CD>adhoc-inclusive", [("ppwt", "CD", "adhoc-inclusive", False)]),
        ("ban@CD>oewg+pledges", [("ban", "CD", "oewg", True)]),
        ("pledges@adhoc-optin", [("pledges", "adhoc-optin", None, False)]),
        ("a@X+pledges+b@Y", [("a", "X", None, True), ("b", "Y", None, False)]),
        ("a@X+b@Y>Z+pledges", [("a", "X", None, False), ("b", "Y", "Z", True)]),
    ],
)
def test_the_name_of_a_strategy_says_its_tracks(name, tracks):
    strategy = parse_strategy(name)
    found = [(t.initiative, t.venue, t.fallback, t.pledges) for t in strategy.tracks]
    assert (strategy.name, found) == (name, tracks)


@pytest.mark.parametrize(
    "name", ["", "ban", "@CD", "ban@", "ban@CD>", "ban@CD+", "+ban@CD", "pledges", "ban@CD@CD",
             "ban @CD", "ban@CD+pledges+pledges", "ban@CD+Pledges"],
)  # fmt: skip
def test_a_name_outside_the_grammar_is_refused(name):
    with pytest.raises(UsageError, match="a strategy is written initiative@venue"):
        parse_strategy(name)


def test_overrides_of_a_strategy_spread_over_its_tracks(tmp_path):
    entry = (
        "name: code@CD>adhoc-optin\n    tracks: ban@CD+code@adhoc-optin\n    start: [6, 12]\n"
        "    after: 0\n    after_milestone: mandate\n    succeeds_when: [1]\n"
        "    underway: [null, {rounds: 3, text: {form: 0.4}}]\n    patience: 24"
    )
    setting = load(tmp_path, "name: code@CD>adhoc-optin\n    patience: 24", entry)
    strategy = setting.strategies[2]
    first, second = strategy.tracks
    assert (strategy.name, strategy.succeeds_when) == ("code@CD>adhoc-optin", [1])
    assert (first.start, first.after, first.patience, first.underway) == (6, None, 24, None)
    assert (second.start, second.after, second.after_milestone) == (12, 0, "mandate")
    assert second.underway is not None
    assert (second.underway.rounds, second.underway.text) == (3, {"form": 0.4})


def test_only_what_is_used_goes_into_a_setting(tmp_path):
    setting = load(tmp_path)
    assert list(setting.actors) == ["ALB", "CAN", "CHN", "USA"]
    assert list(setting.venues) == ["CD", "COPUOS", "adhoc-optin", "paris-group"]  # passed on to
    assert list(setting.initiatives) == ["ban", "code"]
    assert list(setting.environment) == list(ENVIRONMENT_PARAMETERS)
    only = "strategies:\n  - ban@adhoc-optin\nignored:"
    text = (
        catalogue_files.EXPERIMENT.split("strategies:")[0] + only.split("ignored:", maxsplit=1)[0]
    )
    setting = load(tmp_path, changes={EXPERIMENT: text})
    assert (list(setting.venues), list(setting.initiatives)) == (["adhoc-optin"], ["ban"])


@pytest.mark.parametrize(
    ("cast", "codes"),
    [
        ("[USA, CAN]", ["CAN", "USA"]),
        ("{members_of: [CD]}", ["ALB", "CAN", "CHN", "USA"]),
        ("{members_of: [CD, COPUOS]}", ["ALB", "CAN", "CHN", "CUB", "USA"]),
        ("{members_of: [adhoc-optin]}", ["ALB", "CAN", "CHN", "CUB", "USA"]),
        ("all", ["ALB", "CAN", "CHN", "CUB", "USA"]),
    ],
)
def test_a_cast_is_a_list_the_members_of_venues_or_all(cast, codes, tmp_path):
    assert list(load(tmp_path, "[USA, CHN, CAN, ALB]", cast).actors) == codes


def test_a_row_of_a_group_becomes_an_actor(tmp_path):
    albania = load(tmp_path).actors["ALB"]
    assert (albania.name, albania.groups, albania.provenance) == ("Albania", ["NATO"], "regressed")
    form = albania.ideal_point["form"]
    assert (form.value, form.basis, form.note) == (0.1, "assumed", "by regression")
    assert form.range == pytest.approx([0.0, 0.3])  # 0.1 +- 0.2, clipped at 0
    assert albania.ideal_point["scope"].range == pytest.approx([0.35, 0.65])
    assert albania.weapons_concern.range == pytest.approx([0.0, 0.5])
    assert albania.unga_ideal_point is not None
    assert albania.unga_ideal_point.basis == "measured"
    assert albania.unga_ideal_point.source == "votes"
    assert albania.capability.range is None
    assert albania.blocs["NATO"].value == 0.6
    assert albania.margin.note == "the same for all"


def test_ties_follow_the_stated_formula(tmp_path):
    ties = {(a, b): weight for a, b, weight in load(tmp_path).affinity}
    # measured: 0.5 * 0.8 + 0.3 * (NATO of NATO, P5) + 0.2 allied
    assert ties[("CAN", "USA")] == pytest.approx(0.4 + 0.15 + 0.2)
    # inferred: |2 - (-1.5)| / 4, P5 of NATO, P5; not allied
    assert ties[("CHN", "USA")] == pytest.approx(0.5 * 0.125 + 0.15)
    # inferred: |0.9 - 1.5| / 4, the same groups, both in NATO
    assert ties[("ALB", "CAN")] == pytest.approx(0.5 * 0.85 + 0.3 + 0.2)
    assert list(ties) == sorted(ties)


def test_an_unknown_vote_is_no_agreement(tmp_path):
    actors = load(tmp_path).actors
    silent = actors["ALB"].model_copy(update={"unga_ideal_point": None, "groups": []})
    assert affinity({"ALB": silent, "CHN": actors["CHN"]}, {}) == []


def test_calibrated_parameters_stand_between_defaults_and_the_experiment(tmp_path):
    calibrated = (
        "provenance: {cases: 12}\nfitted: 2008-11\nparameters:\n"
        "  withdrawal: {value: 0.2, basis: calibrated, note: fitted}\n"
        "  pace: {value: 0.3, basis: calibrated, note: fitted}\n"
    )
    changes = {"experiments/backtest/parameters.yaml": calibrated}
    plain = load(tmp_path / "plain", changes=changes)
    assert plain.environment["pace"].basis != "calibrated"
    changes["experiments/small.yaml"] = catalogue_files.EXPERIMENT + "calibrated: true\n"
    setting = load(tmp_path / "asked", changes=changes)
    assert setting.environment["pace"].value == 0.3
    assert setting.environment["withdrawal"].value == 0.1
    assert setting.environment["breadth"].value == 0.5


def fit(known, pace):
    said = f"provenance: {{known_at: '{known}'}}\n" if known else ""
    return f"{said}parameters:\n  pace: {{value: {pace}, basis: calibrated, note: fitted}}\n"


@pytest.mark.parametrize(
    ("start", "pace"),
    [("2008-12", None), ("2009-01", 0.2), ("2026-06", 0.2), ("2026-07", 0.3), ("2029-12", 0.3)],
)
def test_an_experiment_takes_the_newest_fit_that_was_known_when_it_starts(tmp_path, start, pace):
    folder = "experiments/backtest/"
    own = catalogue_files.EXPERIMENT.replace("start: 2009-01", f"start: {start}")
    assert f"start: {start}" in own
    changes = {
        folder + "parameters.yaml": fit("2026-07-01", 0.3),
        folder + "parameters-2009-01.yaml": fit("2009-01-01", 0.2),
        "experiments/small.yaml": own + "calibrated: true\n",
    }
    if pace is not None:
        assert load(tmp_path, changes=changes).environment["pace"].value == pace
        return
    with pytest.raises(
        CatalogueError, match="no fit was known in 2008-12; the oldest is of 2009-01"
    ):
        load(tmp_path, changes=changes)


def test_a_fit_that_says_no_day_may_be_used_at_any_time(tmp_path):
    changes = {
        "experiments/backtest/parameters.yaml": fit("", 0.25),
        "experiments/small.yaml": catalogue_files.EXPERIMENT + "calibrated: true\n",
    }
    assert load(tmp_path, changes=changes).environment["pace"].value == 0.25


def test_check_reads_the_parameters_and_leaves_the_cases_of_a_backtest(tmp_path):
    folder = "experiments/backtest/"
    bad = "parameters:\n  pace: {value: 7, basis: calibrated, note: fitted}\n"
    changes = {folder + "parameters.yaml": bad, folder + "cases.yaml": "rows: [1]\ntext: a case\n"}
    catalogue_files.write(tmp_path, changes)
    found = {(e.file, e.field, e.line) for e in check_paths([tmp_path], root=tmp_path)}
    assert (folder + "parameters.yaml", "parameters.pace", 2) in found
    assert not any(file.endswith("cases.yaml") for file, _, _ in found)


@pytest.mark.parametrize("name", ["parameters.yaml", "parameters-2009-01.yaml"])
def test_check_reads_every_fit_and_not_the_newest_alone(tmp_path, name):
    folder = "experiments/backtest/"
    fits = {
        "parameters.yaml": fit("2026-07-01", 0.3),
        "parameters-2009-01.yaml": fit("2009-01-01", 0.2),
    }
    changes = {folder + each: text for each, text in fits.items()}
    changes[folder + name] = changes[folder + name].replace("value: 0.", "value: 7")
    catalogue_files.write(tmp_path, changes)
    found = {(e.file, e.field) for e in check_paths([tmp_path], root=tmp_path)}
    assert {each for each in found if "backtest" in each[0]} == {(folder + name, "parameters.pace")}


def test_a_study_shadows_the_catalogue(tmp_path):
    root = catalogue_files.write(tmp_path / "catalogue")
    study = tmp_path / "mine"
    (study / "actors").mkdir(parents=True)
    usa = catalogue_files.files()["actors/USA.yaml"]
    (study / "actors/USA.yaml").write_text(usa.replace("source: votes", "source: my-votes"))
    (study / "actors/sources.yaml").write_text("my-votes: {title: My own count}\n")
    (study / "study.yaml").write_text(catalogue_files.EXPERIMENT.replace("id: small", "id: study"))
    for experiment in (study / "study.yaml", study, str(study)):
        setting = load_setting(experiment, root=root)
        assert setting.id == "study"
        figure = setting.actors["USA"].unga_ideal_point
        assert figure is not None
        assert figure.source == "my-votes"
    assert setting.actors["CHN"] == load_setting("small", root=root).actors["CHN"]
    assert check_paths([study], root=root) == []
    (study / "actors/USA.yaml").write_text(usa.replace("id: USA", "id: USB"))
    with pytest.raises(CatalogueError) as caught:
        load_setting(study, root=root)
    assert caught.value.file.endswith("mine/actors/USA.yaml")


def test_the_starter_study_loads_and_is_sound(tmp_path):
    written = init_study(tmp_path / "mine")
    assert {path.name for path in written} >= {"study.yaml", "README.md", "USA.yaml"}
    assert check_paths([tmp_path / "mine"]) == []
    setting = load_setting(tmp_path / "mine" / "study.yaml")
    assert setting.actors["USA"].verification_demand.range == [0.3, 0.7]
    before = {path: path.read_bytes() for path in written}
    with pytest.raises(UsageError, match="the folder is not empty"):
        init_study(tmp_path / "mine")
    assert {path: path.read_bytes() for path in written} == before
    with pytest.raises(UsageError, match="is a file"):
        init_study(tmp_path / "mine" / "study.yaml")


@pytest.mark.parametrize("template", ["blank", "tobacco"])
def test_the_other_starters_are_sound_and_of_no_space(tmp_path, template):
    init_study(tmp_path / "mine", template)
    assert check_paths([tmp_path / "mine"]) == []
    setting = load_setting(tmp_path / "mine")
    assert all(setting.scales[issue].unit for issue in setting.issues)
    assert setting.environment["event_rate"].value == setting.environment["crisis_rate"].value == 0
    silent = [a.id for a in setting.actors.values() if set(a.ideal_point) < set(setting.issues)]
    assert silent == (["EAST"] if template == "blank" else [])
    if template == "tobacco":  # states as they were counted in 2000, each position with its book
        assert {a.capability.year for a in setting.actors.values()} == {2000}
        assert all(f.source for a in setting.actors.values() for f in a.ideal_point.values())


def test_an_unknown_starter_is_refused(tmp_path):
    with pytest.raises(UsageError, match="no template 'tabacco'; did you mean 'tobacco'"):
        init_study(tmp_path / "mine", "tabacco")
    assert not (tmp_path / "mine").exists()


def test_a_missing_position_is_said_by_a_salience_of_zero(tmp_path):
    init_study(tmp_path / "mine", "blank")
    file = tmp_path / "mine" / "actors" / "EAST.yaml"
    file.write_text(
        file.read_text("utf-8").replace("aid: {value: 0,", "aid: {value: 0.1,"), "utf-8"
    )
    with pytest.raises(
        CatalogueError, match="none for the issue 'aid'.*salience 0: it has no position"
    ):
        load_setting(tmp_path / "mine")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("  aid: {low: 0, high: 10", "  aids: {low: 0, high: 10", "unknown issue; did you mean 'aid'"),
        ("low: 0, high: 60", "low: 60, high: 60", "low 60 is not below high 60"),
        ("issues: [cuts, aid]", "issues: [form, cuts, aid]", "has the model's own scale"),
    ],
)  # fmt: skip
def test_a_scale_that_cannot_be_is_refused(tmp_path, old, new, message):
    init_study(tmp_path / "mine", "blank")
    file = tmp_path / "mine" / "study.yaml"
    text = file.read_text("utf-8").replace(old, new)
    if "form" in new:
        text = text.replace("scales:\n", "scales:\n  form: {low: 0, high: 2}\n")
        for path in (tmp_path / "mine" / "actors").glob("[A-Z]*.yaml"):
            own = path.read_text("utf-8").replace(
                "ideal_point:\n", "ideal_point:\n  form: {value: 1, basis: assumed, note: x}\n"
            )
            path.write_text(
                own.replace(
                    "salience:\n", "salience:\n  form: {value: 1, basis: assumed, note: x}\n"
                ),
                "utf-8",
            )
        start = tmp_path / "mine" / "initiatives" / "text.yaml"
        own = start.read_text("utf-8").replace(
            "\ntext:\n", "\ntext:\n  form: {value: 1, basis: assumed, note: x}\n"
        )
        start.write_text(own, "utf-8")
    file.write_text(text, "utf-8")
    with pytest.raises(CatalogueError, match=message):
        load_setting(tmp_path / "mine")


def test_the_catalogue_can_be_listed_and_described(tmp_path):
    root = catalogue_files.write(tmp_path)
    rows = list_catalogue("actors", root)
    assert [row["id"] for row in rows] == ["ALB", "CAN", "CHN", "CUB", "USA"]
    assert rows[0]["file"] == "actors/population.yaml"
    assert list_catalogue("experiment", root)[0]["about"] == "Does it load?"
    usa = describe("actors", "USA", root)
    fields = {row["field"]: row for row in usa["fields"]}
    assert fields["verification_demand"]["low"] == 0.2
    assert fields["capability"]["source"] == "un-scale"
    assert usa["sources"]["votes"] == {"title": "votes"}
    weeks = {row["field"]: row for row in describe("venues", "CD", root)["fields"]}
    assert (weeks["calendar.weeks.8"]["value"], weeks["calendar.weeks.8"]["source"]) == (4, "rules")
    with pytest.raises(CatalogueError, match="no venue 'CE'; did you mean 'CD'"):
        describe("venues", "CE", root)
    with pytest.raises(UsageError, match="no kind 'venus' in the catalogue; did you mean 'venues'"):
        list_catalogue("venus", root)


def test_the_catalogue_itself_is_sound():
    root = catalogue.find_root()
    assert check_paths([root]) == []
    assert list(environment_table()) == list(ENVIRONMENT_PARAMETERS)
    names = [row["id"] for row in list_catalogue("experiments")]
    assert "bellagio" in names
    for name in names:
        setting = load_setting(name)
        assert type(setting).model_validate_json(setting.model_dump_json()) == setting
