"""Studies drafted from the world data: valid for any year and body, true to the rows they rest on."""

import csv
import random

import pytest
import yaml

from negotiation_sim.catalogue import check_paths, find_root, load_setting, world
from negotiation_sim.catalogue.bodies import find_body
from negotiation_sim.catalogue.draft_files import texts
from negotiation_sim.catalogue.drafts import POWERS, draft
from negotiation_sim.catalogue.population import affinity
from negotiation_sim.catalogue.states import states
from negotiation_sim.catalogue.study import write_texts
from negotiation_sim.errors import CatalogueError, UsageError

ROOT = find_root()
BODIES = sorted({row["organisation"] for row in world.scores()})
SPANS = [
    (row["organisation"], year)
    for row in world.scores()
    for year in range(int(row["first"]), int(row["last"]) + 1)
]


def figures(data, where=()):
    """Yield every figure of plain data with the place where it stands."""
    if isinstance(data, dict):
        if {"value", "basis"} <= set(data):
            yield where, data
        for key, below in data.items():
            yield from figures(below, (*where, key))
    elif isinstance(data, list):
        for index, below in enumerate(data):
            yield from figures(below, (*where, index))


def some(year, rng, n=6):
    voters = sorted(world.voters(year))
    return rng.sample(voters, min(n, len(voters)))


def sound(made, year):
    """Hold a draft to what is promised of every one: it validates, and no figure is of a later year."""
    setting = made.setting()
    assert 1 <= len(setting.strategies) <= 3
    for code, actor in setting.actors.items():
        assert actor.capability.value >= 0.0
        assert actor.unga_ideal_point.year == (1963 if year == 1964 else year), code
        for _, figure in figures(actor.model_dump()):
            assert figure["year"] is None or figure["year"] <= year
            assert figure["source"] or figure["basis"] == "assumed"


def test_three_hundred_pairs_of_year_and_body_are_valid():
    rng = random.Random(14)
    for _ in range(300):
        body, year = rng.choice(SPANS)
        sound(draft(year, some(year, rng), body), year)


@pytest.mark.long
def test_every_body_in_every_year_is_valid():
    rng = random.Random(3961)
    assert len(SPANS) == 3_961
    for body, year in SPANS:
        made = draft(year, some(year, rng), body)
        sound(made, year)
        assert find_body(body, year).year == year


@pytest.mark.parametrize("year", [1946, 1964, 1989, 2006, 2023])
def test_whoever_voted_can_be_cast_whole(year):
    made = draft(year, "all")
    assert set(made.actors) == set(world.voters(year))
    sound(made, year)


def rows_of(name):
    with (ROOT / "actors" / "world" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return {row["state"]: row for row in csv.DictReader(file)}


def test_twenty_casts_hold_what_their_source_rows_say():
    """Read the rows again, by other means than the package does."""
    rng = random.Random(20)
    points, cinc = rows_of("alignment"), rows_of("cinc")
    people, income = rows_of("population_thousand"), rows_of("real_gdp_million")
    looked_at = 0
    for _ in range(20):
        body, year = rng.choice(SPANS)
        for code, actor in draft(year, some(year, rng, 10), body).actors.items():
            at = 1963 if year == 1964 else year
            assert actor.unga_ideal_point.value == float(points[code][str(at)])
            for rows, figure in (
                (cinc, actor.capability),
                (people, actor.resources.get("population_thousand")),
                (income, actor.resources.get("real_gdp_million")),
            ):
                before = [y for y in range(1945, year + 1) if rows[code].get(str(y))]
                if not before:
                    assert figure is None or figure.basis == "assumed"
                    continue
                assert (figure.year, figure.value) == (
                    before[-1],
                    float(rows[code][str(before[-1])]),
                )
                looked_at += 1
    assert looked_at > 300


@pytest.fixture(scope="module")
def of_2022(tmp_path_factory):
    made = draft(
        2022, "USA,CHN,RUS,FRA,IND,EGY,GBR", "WTO", "nuclear", ("form", "scope"), {"NAM": "IND,EGY"}
    )
    folder = tmp_path_factory.mktemp("cast") / "study"
    write_texts(folder, texts(made))
    return made, folder


def test_files_read_back_as_the_draft(of_2022):
    made, folder = of_2022
    assert check_paths([folder]) == []
    assert load_setting(folder) == made.setting()


@pytest.mark.parametrize("body", ["WTO", "CD", None])
def test_a_study_of_2022_holds_nothing_of_2008(tmp_path, body):
    made = draft(2022, "USA,CHN,RUS,FRA,IND", body, "nuclear", ("form", "scope"))
    write_texts(tmp_path / "study", texts(made))
    read = yaml.safe_load((tmp_path / "study" / "sources.yaml").read_text(encoding="utf-8"))
    wanted = {
        "cow-capabilities": 2022, "real-gdp": 2019, "unga-ideal-points": 2022,
        "world-positions": 2023,
    }  # fmt: skip
    if body == "WTO":
        wanted["international-authority"] = 2019
    assert {name: entry["covers"] for name, entry in read.items()} == wanted
    setting = load_setting(tmp_path / "study").model_dump()
    named = set()
    for part in ("actors", "venues", "initiatives", "status_quo", "groups", "success"):
        for where, figure in figures(setting[part], (part,)):
            assert figure["year"] in (None, 2019, 2022), where
            assert "2008" not in f"{figure['note']} {figure['locator']}", where
            named |= {figure["source"]} - {None}
    assert named <= set(read)
    for path in (tmp_path / "study").rglob("*.yaml"):
        assert "2008" not in path.read_text(encoding="utf-8"), path


def test_ties_of_2022_are_those_of_its_votes_and_groups_alone(of_2022):
    made, folder = of_2022
    ties = {(one, other): weight for one, other, weight in load_setting(folder).affinity}
    points = {code: actor.unga_ideal_point.value for code, actor in made.actors.items()}
    apart = abs(points["CHN"] - points["USA"])
    assert ties.get(("CHN", "USA"), 0.0) == pytest.approx(0.5 * max(0.0, 1 - apart / 4.0), abs=1e-6)
    together = abs(points["EGY"] - points["IND"])
    assert ties["EGY", "IND"] == pytest.approx(0.5 * (1 - together / 4.0) + 0.3, abs=1e-6)
    written = yaml.safe_load((folder / "actors" / "ties.yaml").read_text(encoding="utf-8"))
    assert written["pairs"] == {} and written["basis"] == "assumed"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [("proposal@WTO,", "proposal@CD,", "no venue 'CD'"), ("- EGY", "- JPN", "no actor 'JPN'"),
     ("proposal@WTO,", "code@WTO,", "no initiative 'code'")],
)  # fmt: skip
def test_the_catalogue_lends_a_self_contained_study_nothing(of_2022, tmp_path, old, new, said):
    made, _ = of_2022
    files = texts(made)
    text = files["study.yaml"].replace(
        "cast: [CHN, EGY,", "cast: [CHN, JPN," if "JPN" in new else "cast: [CHN, EGY,"
    )
    text = text.replace(old, new)
    assert text != files["study.yaml"]
    write_texts(tmp_path / "study", files | {"study.yaml": text})
    with pytest.raises(CatalogueError, match=said):
        load_setting(tmp_path / "study")
    lent = text.replace("self_contained: true", "self_contained: false")
    (tmp_path / "study" / "study.yaml").write_text(lent, encoding="utf-8")
    if "CD" not in new:  # its remit and members are of another cast
        load_setting(tmp_path / "study")


def test_ties_of_a_study_without_its_own_file_are_not_the_catalogues(of_2022, tmp_path):
    made, _ = of_2022
    files = {name: text for name, text in texts(made).items() if name != "actors/ties.yaml"}
    write_texts(tmp_path / "study", files)
    assert load_setting(tmp_path / "study").affinity == affinity(made.actors, {})


def test_measured_pairs_stand_only_in_their_own_year():
    assert draft(2008, "USA,CAN,FRA").pairs["CAN", "USA"][1] == 1.0
    assert draft(2019, "USA,CAN,FRA").pairs.keys() == {
        ("CAN", "FRA"),
        ("CAN", "USA"),
        ("FRA", "USA"),
    }
    for year, sources in (
        (2008, {"agreement", "allied"}), (2018, {"allied"}), (2019, {"agreement"}), (2022, set()),
    ):  # fmt: skip
        made = draft(year, "USA,CAN,FRA")
        said = yaml.safe_load(texts(made)["actors/ties.yaml"])
        assert set(said.get("sources", {})) == sources
        assert {world.SOURCE_OF[name] for name in sources} == set(made.sources) & {
            "atop",
            "unga-agreement",
        }
    for year in (2007, 2009, 2022):
        assert draft(year, "USA,CAN,FRA").pairs == {}


def test_a_topic_gives_its_votes_where_it_has_some():
    plain, nuclear = draft(2018, "USA,IND"), draft(2018, "USA,IND", topic="nuclear")
    found = nuclear.actors["IND"].unga_ideal_point
    assert found.value == world.table("alignment-nuclear")["IND"][2018]
    assert found.source == "unga-ideal-points-by-topic"
    assert found.value != plain.actors["IND"].unga_ideal_point.value
    late = draft(2022, "USA,IND", topic="nuclear")
    assert late.actors["IND"].unga_ideal_point.source == "unga-ideal-points"
    assert any(note.startswith("No votes on nuclear") for note in late.notes)


def test_what_is_of_another_year_or_assumed_is_said():
    said = " ".join(draft(1964, "USA,UKR").notes)
    assert "No state voted in 1964" in said and "alignment is that of 1963" in said
    assert "the median assumed: UKR" in said
    assert "that of 2022" in " ".join(draft(2023, "USA,FRA").notes)
    assert "that of 2019, the last scored" in " ".join(draft(2023, "USA,FRA", "WTO").notes)


def test_positions_say_how_little_alignment_tells():
    law = world.positions()
    figure = draft(2000, "USA,CUB", issues=("money",)).actors["CUB"].ideal_point["money"]
    wanted = law.intercept + law.slope * world.voters(2000)["CUB"].value
    assert figure.value == pytest.approx(wanted, abs=1e-4)
    assert figure.range == pytest.approx(
        [wanted - 1.28 * law.residual_sd, wanted + 1.28 * law.residual_sd], abs=1e-4
    )
    assert figure.basis == "assumed" and f"R2 {law.r2:.3f}" in figure.note


def test_the_catalogues_lists_serve_in_their_year():
    cd = draft(2008, body="CD")
    assert (len(cd.actors), cd.venues["CD"].decision.rule) == (65, "consensus")
    assert len(draft(2008, body="copuos").actors) == 69
    later = draft(2022, "USA,RUS,CHN", "CD").venues["CD"]
    assert later.decision.rule == "consensus" and later.decision.note.startswith("assumed")
    assert later.linkage == "none"


def test_the_represented_carry_the_capability_of_all():
    whole, few = draft(2010, "all"), draft(2010, "all", represented=True)
    assert set(POWERS) <= set(few.actors) and len(few.actors) == 3 + 16
    others = [code for code in whole.actors if code not in POWERS]
    total = sum(whole.actors[code].capability.value for code in others)
    found = [few.actors[code].capability.value for code in few.actors if code not in POWERS]
    assert sum(found) == pytest.approx(total) and len(set(found)) == 1
    sound(few, 2010)


def test_a_group_that_nobody_stands_for_is_left_out_and_said():
    few = draft(2010, "all", represented=True, groups={"all-of-us": "USA", "one": "NRU"})
    gone = [name for name in ("all-of-us", "one") if name not in few.groups]
    assert gone == ["one"] and any("group one is left out" in note for note in few.notes)


def test_members_may_be_named_in_any_way():
    made = draft(1995, ["France", "eg", "2", "CHN"])
    assert list(made.actors) == ["CHN", "EGY", "FRA", "USA"]
    assert made.actors["FRA"].name == states()["FRA"].name


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ({"year": 1945}, "1946 to 2023"), ({"year": 2024}, "no votes in 2024"),
        ({"members": None}, "no list of members;"),
        ({"members": None, "body": "WTO"}, "no list of members of WTO in 2000"),
        ({"members": None, "body": "CD"}, "no list of members of CD in 2000"),
        ({"members": "USA,Frnace"}, "no state 'Frnace'; did you mean 'France'"),
        ({"members": "USA,SSD"}, "SSD: no votes of South Sudan in 2000; the nearest year .* 2011"),
        ({"members": "USA,US"}, "USA stands twice"), ({"members": "USA"}, "at least two"),
        ({"members": " , "}, "names no state"), ({"body": "WT0"}, "did you mean 'WTO'"),
        ({"topic": "nuclaer"}, "did you mean 'nuclear'"),
        ({"issues": ("Scope",)}, "'Scope' is not a name"), ({"issues": ("a", "a")}, "each once"),
        ({"issues": ()}, "found none"), ({"groups": {"NAM": "IND"}}, "IND is not among the members"),
        ({"groups": {"N M": "USA"}}, "'N M' is not a name"), ({"groups": {"NAM": "XYZ"}}, "no state 'XYZ'"),
    ],
)  # fmt: skip
def test_bad_words_are_refused_with_the_nearest(words, said):
    asked = {"year": 2000, "members": "USA,FRA"} | words
    with pytest.raises(UsageError, match=said):
        draft(**asked)
