"""The catalogue's figures: each rests on something, and each formula gives what the file says."""

from __future__ import annotations

import importlib.util
import math
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from negotiation_sim.catalogue import environment_table, load_setting
from negotiation_sim.catalogue.population import affinity
from negotiation_sim.catalogue.schema import Actor, Initiative, Venue
from negotiation_sim.model.terms import ENVIRONMENT_PARAMETERS

ROOT = Path(__file__).resolve().parents[2]
ISSUES = ("form", "scope", "verification", "interference")
BELLAGIO = {"CAN", "CHN", "COL", "DEU", "FRA", "IND", "ITA", "JPN", "RUS", "USA"}
EXPERIMENTS = (
    "bellagio", "bellagio-20", "cd-65", "copuos-69", "bellagio-provisions", "us-administration",
    "cd-revived",
)  # fmt: skip


def read(*parts: str) -> Any:
    return yaml.safe_load(ROOT.joinpath(*parts).read_text(encoding="utf-8"))


def stems(*parts: str, without: tuple[str, ...] = ()) -> list[str]:
    found = sorted(path.stem for path in ROOT.joinpath(*parts).glob("*.yaml"))
    return [stem for stem in found if stem not in ("sources", *without)]


CODED = {code: read("actors", f"{code}.yaml") for code in stems("actors") if len(code) == 3}
POPULATION = read("actors", "population.yaml")
TIES = read("actors", "ties.yaml")
VENUES = {name: read("venues", f"{name}.yaml") for name in stems("venues")}
INITIATIVES = {
    name: read("experiments", "initiatives", f"{name}.yaml")
    for name in stems("experiments", "initiatives")
}
ROWS = {
    code: dict(zip(POPULATION["columns"], row, strict=True))
    for code, row in POPULATION["rows"].items()
}


def load_tool() -> Any:
    path = ROOT / "tools" / "build_population.py"
    spec = importlib.util.spec_from_file_location("build_population", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


TOOL = load_tool()


def value(actor: dict, *path: str) -> float:
    for key in path:
        actor = actor[key]
    return actor["value"]


def figures(data: Any, where: str = "") -> Iterator[tuple[str, dict]]:
    """Yield every record that has a value or a basis, with the place where it stands."""
    if isinstance(data, dict):
        if "value" in data or "basis" in data:
            yield where, data
        for key, below in data.items():
            yield from figures(below, f"{where}.{key}")
    elif isinstance(data, list):
        for index, below in enumerate(data):
            yield from figures(below, f"{where}[{index}]")


def named_sources(data: Any, key: str = "") -> Iterator[str]:
    if isinstance(data, dict):
        for name, below in data.items():
            if name in ("source", "membership_source") and isinstance(below, str):
                yield below
            elif name == "sources" and isinstance(below, dict):
                yield from below.values()
            else:
                yield from named_sources(below, name)
    elif isinstance(data, list):
        for below in data:
            yield from named_sources(below, key)


def folder_files(folder: str) -> list[Path]:
    return [p for p in (ROOT / folder).glob("*.yaml") if p.stem != "sources"] + sorted(
        (ROOT / folder / "initiatives").glob("*.yaml")
    )


# What every figure rests on


@pytest.mark.parametrize("folder", ["actors", "venues", "experiments"])
def test_every_source_resolves_and_none_is_idle(folder):
    known = set(read(folder, "sources.yaml"))
    named = set()
    for path in folder_files(folder):
        named |= set(named_sources(yaml.safe_load(path.read_text(encoding="utf-8"))))
    assert named - known == set()
    assert known - named == set()


@pytest.mark.parametrize("folder", ["actors", "venues", "experiments"])
def test_every_figure_says_what_it_rests_on(folder):
    bare = []
    for path in folder_files(folder):
        for where, figure in figures(yaml.safe_load(path.read_text(encoding="utf-8"))):
            assumed = figure.get("basis") == "assumed"
            if not (figure.get("note") if assumed else figure.get("source")):
                bare.append(f"{path.name}{where}")
    assert bare == []


def test_sources_have_a_title():
    for folder in ("actors", "venues", "experiments"):
        for name, entry in read(folder, "sources.yaml").items():
            assert entry.get("title"), f"{folder}/{name}"


@pytest.mark.parametrize(
    ("records", "kind"), [(CODED, Actor), (VENUES, Venue), (INITIATIVES, Initiative)]
)
def test_files_satisfy_the_schema_and_are_named_by_their_id(records, kind):
    for name, record in records.items():
        assert kind.model_validate(record).id == name


def test_the_catalogue_is_complete():
    assert set(CODED) > BELLAGIO
    assert len(CODED) == 20
    assert len(ROWS) == 63
    assert not set(CODED) & set(ROWS)
    assert set(VENUES) >= {
        "CD", "COPUOS", "paris-group", "adhoc-optin", "adhoc-inclusive", "first-committee", "gge",
        "oewg",
    }  # fmt: skip
    assert set(INITIATIVES) >= {
        "ban-treaty", "ban-executive", "pledges", "guidelines", "code", "ppwt", "eu-code", "open",
    }  # fmt: skip
    assert "ban" not in INITIATIVES


# Formulas of actors/README.md


def share(code: str, name: str) -> float:
    total = math.fsum(value(other, "resources", name) for other in CODED.values())
    return value(CODED[code], "resources", name) / total


@pytest.mark.parametrize("code", sorted(CODED))
def test_capability_leaves_dead_payloads_out(code):
    mean = 0.5 * share(code, "payloads_recent")
    mean += 0.25 * share(code, "assessment_percent") + 0.25 * share(code, "asat_demonstrated")
    assert value(CODED[code], "capability") == round(max(0.003, mean), 4)


def test_the_capabilities_of_the_twenty_sum_to_little_more_than_one():
    assert 1.0 < math.fsum(value(actor, "capability") for actor in CODED.values()) < 1.03


@pytest.mark.parametrize("code", sorted(CODED))
def test_positions_follow_their_formulas(code):
    actor = CODED[code]
    stake = value(actor, "missile_defence_stake")
    debris = value(actor, "debris_concern")
    interference = 0.3 + 0.4 * debris + 0.3 * value(actor, "weapons_concern") - 0.3 * stake
    assert value(actor, "ideal_point", "interference") == pytest.approx(interference, abs=5e-4)
    assert value(actor, "ideal_point", "verification") == value(actor, "verification_demand")
    for issue in ISSUES:
        extremity = abs(2 * value(actor, "ideal_point", issue) - 1)
        assert value(actor, "salience", issue) == pytest.approx(0.46 + 0.16 * extremity, abs=6e-4)


def log_stake(payloads: float) -> float:
    most = max(value(actor, "resources", "payloads_in_orbit") for actor in CODED.values())
    return math.log(1 + payloads) / math.log(1 + most)


@pytest.mark.parametrize("code", sorted(CODED))
def test_margins_are_alike_and_stakes_are_payloads_in_orbit(code):
    actor = CODED[code]
    assert value(actor, "margin") == 0.05
    assert actor["margin"]["range"] == [0.02, 0.08]
    payloads = value(actor, "resources", "payloads_in_orbit")
    assert value(actor, "stake") == pytest.approx(log_stake(payloads), abs=6e-4)


def affinities() -> dict[tuple[str, str], float]:
    """Return the ties of all 83 states as the catalogue computes them."""
    actors = {code: Actor.model_validate(record) for code, record in CODED.items()}
    for code, row in ROWS.items():
        point = {"value": row["unga_ideal_point"], "basis": "measured", "source": "x"}
        changed = {"id": code, "groups": row["groups"], "unga_ideal_point": point}
        actors[code] = Actor.model_validate(CODED["COL"] | changed)
    pairs = {tuple(name.split("-")): tuple(pair) for name, pair in TIES["pairs"].items()}
    ties = {(a, b): weight for a, b, weight in affinity(actors, pairs)}
    return ties | {(b, a): weight for (a, b), weight in ties.items()}


TIE = affinities()


def mean_tie(code: str) -> float:
    others = {other: value(actor, "capability") for other, actor in CODED.items() if other != code}
    weighted = math.fsum(c * TIE.get((code, other), 0.0) for other, c in others.items())
    return weighted / math.fsum(others.values())


@pytest.mark.parametrize("code", sorted([*CODED, *ROWS]))
def test_trust_follows_ties_weighted_by_capability(code):
    middle = math.fsum(mean_tie(other) for other in CODED) / len(CODED)
    stated = value(CODED[code], "trust") if code in CODED else ROWS[code]["trust"]
    assert stated == pytest.approx(0.5 + mean_tie(code) - middle, abs=6e-4)


def test_trust_tells_the_powers_apart():
    assert value(CODED["CHN"], "trust") < value(CODED["RUS"], "trust")
    assert value(CODED["RUS"], "trust") < value(CODED["USA"], "trust") < 0.5
    assert value(CODED["CAN"], "trust") > 0.6


def test_those_who_watch_space_have_means_of_their_own():
    means = {c: value(a, "technical_means") for c, a in CODED.items() if "technical_means" in a}
    assert set(means) == {"USA", "RUS", "FRA", "DEU", "GBR", "CAN", "JPN", "CHN"}
    assert means["USA"] > means["RUS"] > max(v for c, v in means.items() if c not in ("USA", "RUS"))


def test_the_authors_of_the_european_code_want_no_less_than_its_form():
    form = INITIATIVES["eu-code"]["text"]["form"]["value"]
    for code in ("FRA", "DEU", "ITA"):
        assert value(CODED[code], "ideal_point", "form") >= form


def test_tests_on_record_in_november_2008():
    ever = {c for c, a in CODED.items() if value(a, "resources", "asat_demonstrated") == 1}
    recent = {c for c, a in CODED.items() if value(a, "resources", "tests_recent") == 1}
    assert ever == {"CHN", "RUS", "USA"}
    assert recent == {"CHN", "USA"}
    weights = {code: value(actor, "test_propensity") for code, actor in CODED.items()}
    assert weights["USA"] > weights["CHN"] > weights["RUS"] > 20 * weights["IND"]


@pytest.mark.parametrize("code", sorted(CODED))
def test_means_and_domestic_hurdles_follow_their_formulas(code):
    actor = CODED[code]
    difficulty = value(actor, "resources", "difficulty")
    assert value(actor, "ratification_threshold") == pytest.approx(0.25 * difficulty)
    assert value(actor, "executive_threshold") == pytest.approx(0.1 * difficulty)
    assert actor["ratification_delay"] == CODED["CAN"]["ratification_delay"], "one law for all"
    reach = min(1.0, value(actor, "capability") / 0.1)
    assert value(actor, "susceptibility") == pytest.approx(0.35 - 0.2 * reach, abs=6e-4)
    records = ("asat_demonstrated", "tests_recent")
    all_tests = math.fsum(value(a, "resources", name) for a in CODED.values() for name in records)
    tests = math.fsum(value(actor, "resources", name) for name in records) / all_tests
    propensity = 0.75 * tests + 0.25 * share(code, "payloads_in_orbit")
    assert value(actor, "test_propensity") == pytest.approx(propensity, abs=6e-5)


@pytest.mark.parametrize("code", sorted(CODED))
def test_turnover_is_the_counted_changes_a_year(code):
    figure = CODED[code]["turnover_rate"]
    changes, years = map(int, re.match(r"(\d+) changes in (\d+) years", figure["locator"]).groups())
    assert figure["value"] == round(max(0.05, changes / years), 2)


@pytest.mark.parametrize("code", sorted(CODED))
def test_ranges_have_the_stated_width(code):
    actor = CODED[code]
    widths = {("ideal_point", "form"): 0.15, ("ideal_point", "scope"): 0.15}
    widths |= {("ideal_point", "verification"): 0.2, ("ideal_point", "interference"): 0.2}
    concerns = ("verification_demand", "missile_defence_stake", "weapons_concern", "debris_concern")
    widths |= {(name,): 0.15 for name in concerns}
    widths |= {("stake",): 0.15, ("susceptibility",): 0.1, ("trust",): 0.1}
    for path, width in widths.items():
        middle = value(actor, *path)
        figure = actor
        for key in path:
            figure = figure[key]
        expected = [max(0.0, middle - width), min(1.0, middle + width)]
        assert figure["range"] == pytest.approx(expected, abs=1e-9), path


@pytest.mark.parametrize("code", sorted([*CODED, *ROWS]))
def test_bloc_loadings_share_at_most_half_of_the_variance(code):
    if code in CODED:
        groups = CODED[code]["groups"]
        loadings = {name: figure["value"] for name, figure in CODED[code]["blocs"].items()}
    else:
        groups, loadings = ROWS[code]["groups"], ROWS[code]["blocs"]
    assert loadings == TOOL.bloc_loadings(code, groups)
    assert math.fsum(x * x for x in loadings.values()) <= 0.5 + 2e-3


def test_bloc_loadings_known_answers():
    assert TOOL.bloc_loadings("AUT", ["EU"]) == {"EU": 0.707}
    assert TOOL.bloc_loadings("CHE", ["MTCR"]) == {}
    assert TOOL.bloc_loadings("ISR", ["WEOG"]) == {"US_ALLIANCES": 0.354}


# The regressed states


def test_least_squares_known_answer():
    fit = TOOL.least_squares([1.0, 2.0, 2.0, 3.0], [0.0, 1.0, 2.0, 3.0])
    assert fit.intercept == pytest.approx(1.1)
    assert fit.slope == pytest.approx(0.6)
    assert fit.r2 == pytest.approx(0.9)
    assert fit.residual_sd == pytest.approx(math.sqrt(0.1))
    assert fit.payloads_slope == 0.0


def test_the_regression_is_that_of_the_twenty():
    fits = TOOL.fits(CODED)
    assert set(fits) == set(POPULATION["regression"])
    for column, stated in POPULATION["regression"].items():
        for name, number in stated.items():
            assert getattr(fits[column], name) == pytest.approx(number, abs=6e-6), (column, name)


@pytest.mark.parametrize("code", sorted(ROWS))
def test_a_row_is_what_the_regression_says(code):
    row = ROWS[code]
    for column, fit in POPULATION["regression"].items():
        fitted = fit["intercept"] + fit["slope"] * row["unga_ideal_point"]
        fitted += fit["payloads_slope"] * math.log1p(row["resources.payloads_in_orbit"])
        assert row[column] == pytest.approx(min(1.0, max(0.0, fitted)), abs=6e-4), column
    assert row["verification"] == row["verification_demand"]
    assert row["stake"] == pytest.approx(log_stake(row["resources.payloads_in_orbit"]), abs=6e-4)


@pytest.mark.parametrize("code", sorted(ROWS))
def test_capability_of_a_row_has_the_floor(code):
    row = ROWS[code]
    orbit = row["resources.payloads_in_orbit"] / TOOL.total(CODED, "payloads_in_orbit")
    recent = row["resources.payloads_recent"] / TOOL.total(CODED, "payloads_recent")
    assert row["capability"] == round(max(0.003, 0.5 * recent), 4)
    assert row["test_propensity"] == pytest.approx(0.25 * orbit, abs=6e-5)


def test_half_widths_are_an_80_percent_interval_and_no_narrower_than_coded_ones():
    for column, fit in POPULATION["regression"].items():
        coded = 0.2 if column == "interference" else 0.15
        expected = max(coded, round(1.28 * fit["residual_sd"], 3))
        assert POPULATION["half_widths"][column] == pytest.approx(expected, abs=1.1e-3)


def test_the_generator_writes_rows_and_ties_from_its_tables(tmp_path, capsys):
    data, actors = tmp_path / "data", tmp_path / "actors"
    data.mkdir()
    actors.mkdir()
    for code in CODED:
        source = ROOT / "actors" / f"{code}.yaml"
        (actors / source.name).write_text(source.read_text(encoding="utf-8"), encoding="utf-8")
    tables = {
        "membership_cd_copuos_2008.csv": "state,iso3,cd_2008,copuos_2008,ip_fp_2000_2008\n"
        "Spain,ESP,1,1,0.9584\nJordan,JOR,0,0,-0.8823\nUnited States,USA,1,1,2.6579\n",
        "satcat_payloads_by_owner_2008.csv": "satcat_source,payloads_in_orbit_2008_11_11,"
        "of_which_launched_since_1998_11_11\nSPN,9,5\n",
        "atop_igo_ties_20x20.csv": "year,a,b,atop_defense\n2008,USA,CAN,1\n2018,USA,CAN,0\n",
        "unga_agreement_20x20.csv": "period,votes,a,b,agreement_lijphart\n"
        "2000_2008,all,USA,CAN,0.5\n2000_2008,arms_control,USA,CAN,0.1\n",
    }
    for name, text in tables.items():
        (data / name).write_text(text, encoding="utf-8")
    assert TOOL.main([str(data), str(actors)]) == 0
    assert "1 states, 1 pairs" in capsys.readouterr().out
    written = yaml.safe_load((actors / "population.yaml").read_text(encoding="utf-8"))
    expected = dict(zip(POPULATION["columns"], POPULATION["rows"]["ESP"], strict=True))
    found = dict(zip(written["columns"], written["rows"]["ESP"], strict=True))
    assert found.pop("trust") != expected.pop("trust")  # made of one measured pair here
    assert found == expected
    assert written["half_widths"] == POPULATION["half_widths"]
    assert yaml.safe_load((actors / "ties.yaml").read_text())["pairs"] == {"CAN-USA": [0.5, 1]}


def test_the_generator_without_a_folder_says_how_to_call_it(capsys):
    assert TOOL.main([]) == 2
    assert "DATA_FOLDER" in capsys.readouterr().err


# Ties


def test_ties_cover_every_pair_of_the_twenty_once():
    pairs = {tuple(name.split("-")) for name in TIES["pairs"]}
    expected = {(a, b) for a in CODED for b in CODED if a < b}
    assert pairs == expected
    assert len(TIES["pairs"]) == 190
    for agreement, allied in TIES["pairs"].values():
        assert 0.0 <= agreement <= 1.0
        assert allied in (0, 1)


def test_the_twenty_in_nato_are_allied():
    nato = sorted(code for code in CODED if "NATO" in CODED[code]["groups"])
    assert nato == ["CAN", "DEU", "FRA", "GBR", "ITA", "USA"]
    for i, a in enumerate(nato):
        for b in nato[i + 1 :]:
            assert TIES["pairs"][f"{a}-{b}"][1] == 1
    assert TIES["pairs"]["RUS-USA"][1] == 0
    assert TIES["pairs"]["JPN-USA"][1] == 1


def test_affinity_of_a_measured_and_of_an_inferred_pair():
    setting = load_setting("cd-65", root=ROOT)
    ties = {(a, b): weight for a, b, weight in setting.affinity}
    agreement, allied = TIES["pairs"]["CAN-USA"]
    one, other = set(CODED["CAN"]["groups"]), set(CODED["USA"]["groups"])
    jaccard = len(one & other) / len(one | other)
    assert jaccard == 6 / 7
    assert ties["CAN", "USA"] == pytest.approx(0.5 * agreement + 0.3 * jaccard + 0.2 * allied)
    distance = abs(ROWS["BEL"]["unga_ideal_point"] - ROWS["TUR"]["unga_ideal_point"])
    one, other = set(ROWS["BEL"]["groups"]), set(ROWS["TUR"]["groups"])
    jaccard = len(one & other) / len(one | other)
    inferred = 0.5 * (1 - distance / 4) + 0.3 * jaccard + 0.2
    assert ties["BEL", "TUR"] == pytest.approx(inferred, abs=1e-6)


# Venues


def test_members_of_every_venue_are_known_actors():
    known = set(CODED) | set(ROWS)
    for name, venue in VENUES.items():
        if venue["members"] != "open":
            assert set(venue["members"]) <= known, name
            assert len(set(venue["members"])) == len(venue["members"]), name
    assert set(VENUES["CD"]["members"]) | set(VENUES["COPUOS"]["members"]) == known


def test_membership_has_its_documented_size():
    assert len(VENUES["CD"]["members"]) == 65
    assert len(VENUES["COPUOS"]["members"]) == 69
    assert "ISR" not in VENUES["COPUOS"]["members"]
    assert len(VENUES["gge"]["members"]) == 15
    assert {"CHN", "FRA", "GBR", "RUS", "USA"} < set(VENUES["gge"]["members"])


def test_meeting_weeks_sum_to_the_year():
    weeks = {name: math.fsum(venue["calendar"]["weeks"].values()) for name, venue in VENUES.items()}
    expected = {
        "CD": 24, "COPUOS": 5.5, "paris-group": 1, "first-committee": 4, "gge": 2, "oewg": 4,
        "adhoc-optin": 4.4, "adhoc-inclusive": 4,
    }  # fmt: skip
    assert {name: weeks[name] for name in expected} == pytest.approx(expected)


def test_the_linkage_rates_follow_from_the_sessions_to_2008():
    rate = VENUES["CD"]["unblock_rate"]
    assert rate["value"] == pytest.approx(-math.log(1 - 1 / 12), abs=1e-4)
    # Quantile q of Beta(1, 11) is 1 - (1 - q)^(1/11); as a hazard, -log(1 - q) / 11.
    assert rate["range"] == pytest.approx([-math.log(0.95) / 11, -math.log(0.05) / 11], abs=1e-4)
    years = 33 / 12
    block = VENUES["CD"]["block_rate"]
    assert block["value"] == pytest.approx(2 / years, abs=5e-3)
    # Exact 90 % interval of a count of 2: half the chi-squared quantiles 0.711 and 12.592.
    assert block["range"] == pytest.approx([0.3554 / years, 6.2958 / years], abs=5e-3)
    assert VENUES["CD"]["linkage"] == "blocked"
    assert VENUES["CD"]["mandate_term"] == "session"


def test_terms_of_mandates():
    terms = {name: v["term_months"]["value"] for name, v in VENUES.items() if "term_months" in v}
    expected = {"adhoc-optin": 18, "adhoc-inclusive": 36, "gge": 18, "oewg": 12}
    assert terms.items() >= expected.items()
    for name in ("CD", "COPUOS", "paris-group", "first-committee"):
        assert name not in terms


def test_bodies_of_the_general_assembly_are_universal_and_nobody_refuses_a_forum():
    universal = {name for name, venue in VENUES.items() if venue.get("universal")}
    assert universal >= {"CD", "COPUOS", "first-committee", "gge", "oewg"}
    assert not universal & {"paris-group", "adhoc-optin", "adhoc-inclusive"}
    for name in ("CD", "COPUOS", "paris-group", "adhoc-optin", "adhoc-inclusive", "gge", "oewg"):
        assert "convening" not in VENUES[name]


def test_what_is_linked_in_the_conference_are_initiatives():
    assert set(VENUES["CD"]["linked"]) <= set(INITIATIVES)


def test_rules_of_the_venues():
    rules = {name: venue["decision"]["rule"] for name, venue in VENUES.items()}
    assert rules["adhoc-optin"] == "opt_in"
    assert rules["first-committee"] == "simple_majority"
    assert VENUES["paris-group"]["adopts"] is False
    assert VENUES["paris-group"]["passes_to"] == "COPUOS"
    for name in ("gge", "oewg"):
        assert VENUES[name]["mandate"]["rule"] == "simple_majority"
        assert VENUES[name]["remit"]["box"]["form"][1] <= 0.35


# Initiatives and process parameters


def test_initiatives_bind_as_their_text_says():
    threshold = environment_table(ROOT)["treaty_threshold"].value
    for name in ("code", "eu-code", "pledges", "guidelines"):
        assert INITIATIVES[name]["mandate"]["box"]["form"][1] < threshold
        assert INITIATIVES[name]["binding"] is False
    for name in ("ban-treaty", "ban-executive", "ppwt"):
        assert INITIATIVES[name]["mandate"]["box"]["form"][0] >= threshold
    for record in INITIATIVES.values():
        assert set(record["text"]) == set(record["mandate"]["box"]) == set(ISSUES)


def test_an_instrument_bounds_the_form():
    limit = environment_table(ROOT)["executive_limit"].value
    for record in INITIATIVES.values():
        low, high = record["mandate"]["box"]["form"]
        if record.get("instrument") == "treaty":
            assert low >= limit
        if record.get("instrument") == "executive_agreement":
            assert high < limit
    treaty, executive = INITIATIVES["ban-treaty"], INITIATIVES["ban-executive"]
    assert (treaty["instrument"], executive["instrument"]) == ("treaty", "executive_agreement")
    for part in ("text", "pledge"):
        assert treaty[part]["scope"] == executive[part]["scope"]
    assert INITIATIVES["ppwt"]["leaves"] == ["ground_asat"]


def test_environment_states_every_parameter_with_unit_role_and_bounds():
    table = environment_table(ROOT)
    assert list(table) == list(ENVIRONMENT_PARAMETERS)
    assert {name for name, entry in table.items() if entry.role == "calibrated"} == {
        "pace", "withdrawal", "breadth", "informality_effect", "private_sd", "mood_sd",
        "climate_sd", "deadline_effect",
    }  # fmt: skip
    for name, entry in table.items():
        low, high = entry.bounds
        assert low < high, name
        assert low <= entry.value <= high, name
        assert entry.unit
        assert entry.description


def test_rates_counted_from_records():
    table = environment_table(ROOT)
    months = 12 * (2008 - 1985) + 11  # January 1985 to November 2008
    assert table["event_rate"].value == pytest.approx(8 / months, abs=5e-4)
    assert table["deliberate_share"].value == pytest.approx(3 / 8)
    assert table["withdrawal"].value == pytest.approx(49 / 900, abs=1e-3)


# Experiments


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_every_experiment_loads(name):
    setting = load_setting(name, root=ROOT)
    assert setting.id == name
    assert setting.start == "2009-01"
    assert setting.success.deadline_years == 5
    assert setting.horizon_years == 15


def test_bellagio_covers_the_agenda():
    setting = load_setting("bellagio", root=ROOT)
    names = [strategy.name for strategy in setting.strategies]
    assert set(setting.actors) == BELLAGIO
    assert len(names) == len(set(names)) >= 20
    assert {
        "ppwt@CD", "code@COPUOS", "ban-treaty@adhoc-optin", "ban-executive@adhoc-optin",
        "guidelines@COPUOS", "guidelines@paris-group", "ban-treaty&ppwt@CD", "discuss-open@CD",
        "ppwt@CD>adhoc-inclusive", "ban-treaty@adhoc-optin+pledges+code@COPUOS",
        "ban-treaty@adhoc-inclusive+pledges+code@paris-group",
    } <= set(names)  # fmt: skip


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_the_status_quo_is_that_of_the_guidelines_on_debris(name):
    stated = read("experiments", f"{name}.yaml")["status_quo"]
    assert set(stated) == set(load_setting(name, root=ROOT).issues)
    assert stated["form"]["value"] == 0.1
    assert stated["scope"]["value"] == 0
    for figure in stated.values():
        assert figure["range"][0] <= figure["value"] < figure["range"][1]


@pytest.mark.parametrize(
    ("name", "n_actors"),
    [("bellagio", 10), ("bellagio-20", 20), ("cd-65", 65), ("copuos-69", 69)],
)
def test_casts_have_their_size(name, n_actors):
    actors = load_setting(name, root=ROOT).actors
    assert len(actors) == n_actors
    for code, actor in actors.items():
        assert actor.provenance == ("coded" if code in CODED else "regressed")


def test_issues_of_the_provisions():
    assert tuple(load_setting("bellagio-provisions", root=ROOT).issues) == ISSUES


def test_the_change_of_administration_is_dated_and_opens_the_position():
    base = load_setting("bellagio", root=ROOT).actors["USA"]
    changed = load_setting("us-administration", root=ROOT).actors["USA"]
    assert base.turnover_dates == []
    assert changed.turnover_dates == ["2009-01"]
    for issue in ("form", "scope"):
        assert changed.ideal_point[issue].value > base.ideal_point[issue].value
    assert changed.ideal_point["verification"] == base.ideal_point["verification"]


def test_leadership_revives_the_conference():
    base = load_setting("bellagio", root=ROOT).venues["CD"]
    revived = load_setting("cd-revived", root=ROOT).venues["CD"]
    yearly = 1 - math.exp(-revived.unblock_rate.value * revived.leadership.value)
    assert yearly == pytest.approx(0.407, abs=0.005)
    assert revived.block_rate.value < base.block_rate.value
    assert revived.unblock_rate == base.unblock_rate
