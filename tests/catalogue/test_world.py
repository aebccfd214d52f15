"""The world data: what the files hold, and the tool that makes them, on tables made for it."""

import csv
import sys

import pandas as pd
import pytest

from negotiation_sim.catalogue import find_root, world
from negotiation_sim.catalogue.world import Dated

ROOT = find_root()
sys.path.insert(0, str(ROOT / "tools"))
import build_world  # noqa: E402

IDEAL = [
    ("YAR", "Yemen Arab Republic", 1980, "-0.6", "10"),
    ("YAR", "Yemen People's Republic", 1980, "-1.2", "10"),
    ("YUG", "Yugoslavia", 2005, "0.50", "10"), ("YUG", "Yugoslavia", 2006, "0.60", "10"),
    ("USA", "United States", 1963, "1.0", "10"), ("RUS", "Russia", 1963, "-3.0", "10"),
    ("USA", "United States", 1980, "2.0", "10"), ("RUS", "Russia", 1980, "-2.0", "10"),
]  # fmt: skip
CAPABLE = [
    ("YAR", 1980, "0.1", "6", "30"), ("YAR", 1980, "0.1", "6", "4"),
    ("YAR", 1980, "0.2", "2", "30"), ("YAR", 1980, "0.2", "2", "4"), ("USA", 1980, "0.15000", "9", ""),
]  # fmt: skip
POOLED = [
    ("WTO", "WTO", 1995, 0.5), ("WTO", "WTO", 1996, 0.5), ("WTO", "WTO", 1998, 0.5),
    ("WTO", "WTO", 1999, 0.6), ("XTO", "XTO", 2000, 0.6),
]  # fmt: skip


def write(folder, name, columns, rows):
    pd.DataFrame(rows, columns=columns.split()).to_csv(folder / f"{name}.csv", index=False)


@pytest.fixture
def sources(tmp_path):
    write(tmp_path, "unga_ideal_points", "state name year ideal_point votes", IDEAL)
    topics = [("nuclear", state, year, value, votes) for state, _, year, value, votes in IDEAL]
    write(
        tmp_path, "unga_ideal_points_by_topic", "topic state year ideal_point votes", topics
    )  # fmt: skip
    columns = "state year cinc population_thousand real_gdp_million"
    write(tmp_path, "capabilities", columns, CAPABLE)
    areas = " ".join(f"pool_{area}" for area in build_world.AREAS)
    pooled = [(*row, *[row[-1]] * 6) for row in POOLED]
    write(tmp_path, "organisation_rules", f"organisation name year pooling {areas}", pooled)
    votes = [
        ("2000_2008", "all", "USA", "CAN", 0.6),
        ("2000_2008", "arms_control", "USA", "CAN", 0.1),
    ]
    write(tmp_path, "unga_agreement_20x20", "period votes a b agreement_lijphart", votes)
    pacts = [(2008, "CAN", "USA", 1), (2018, "CAN", "USA", 1)]
    write(tmp_path, "atop_igo_ties_20x20", "year a b atop_defense", pacts)
    cases = [("a", "1964-05", 1, -1, 0), ("b", "1980", 1, 0, "")]
    write(tmp_path, "cases", "id mandate us rus chn", cases)
    return tmp_path


def lines(text):
    return text.splitlines()


def test_the_two_yemens_are_apart_and_serbia_is_alone_from_2006(sources):
    files = build_world.world_of(sources)
    assert lines(files["alignment.csv"])[1:] == [
        "RUS,-3.0,-2.0,,", "SRB,,,,0.60", "USA,1.0,2.0,,", "YAR,,-0.6,,", "YMD,,-1.2,,", "YUG,,,0.50,",
    ]  # fmt: skip
    assert files["alignment-nuclear.csv"] == files["alignment.csv"]
    assert lines(files["cinc.csv"]) == ["state,1980", "USA,0.15000", "YAR,0.1", "YMD,0.2"]
    assert lines(files["real_gdp_million.csv"]) == ["state,1980", "USA,", "YAR,30", "YMD,4"]


def test_two_rows_for_one_state_and_year_are_refused(sources):
    columns = "state name year ideal_point votes"
    write(sources, "unga_ideal_points", columns, [IDEAL[4], IDEAL[4], IDEAL[0]])
    with pytest.raises(ValueError, match="USA"):
        build_world.alignment(sources)


def test_scores_are_kept_by_stretches_of_years(sources):
    rows = [line.split(",")[:5] for line in lines(build_world.pooling(sources)["pooling.csv"])[1:]]
    assert rows == [
        ["WTO", "WTO", "1995", "1996", "0.5"], ["WTO", "WTO", "1998", "1998", "0.5"],
        ["WTO", "WTO", "1999", "1999", "0.6"], ["XTO", "XTO", "2000", "2000", "0.6"],
    ]  # fmt: skip


def test_pairs_stand_by_the_last_year_they_speak_of(sources):
    assert lines(build_world.pairs(sources)["pairs.csv"]) == [
        "year,one,other,agreement,allied", "2008,CAN,USA,0.6,1", "2018,CAN,USA,,1",
    ]  # fmt: skip


def test_stances_meet_the_alignment_of_their_year_and_1963_for_1964(sources):
    table = build_world.stances(sources)
    found = [tuple(row) for row in table[["power", "alignment", "position"]].to_numpy()]
    assert found == [("USA", 1.0, 1.0), ("RUS", -3.0, 0.0), ("USA", 2.0, 1.0), ("RUS", -2.0, 0.5)]
    facts = dict(line.split(",") for line in lines(build_world.regression(table)))
    assert facts["n"] == "4" and facts["first"] == "1964"
    # By hand: means -0.5 and 0.625; sums of squares 17 and of products 3.25.
    assert float(facts["slope"]) == pytest.approx(3.25 / 17.0, abs=1e-5)
    assert float(facts["intercept"]) == pytest.approx(0.625 + 0.5 * 3.25 / 17.0, abs=1e-5)
    assert float(facts["r2"]) == pytest.approx(3.25**2 / 17.0 / 0.6875, abs=1e-5)


def test_the_tool_writes_and_checks(sources, tmp_path, capsys):
    target = tmp_path / "world"
    assert build_world.main([str(sources), str(target)]) == 0
    assert build_world.main([str(sources), str(target), "--check"]) == 0
    assert "same" in capsys.readouterr().out
    (target / "cinc.csv").write_text("state,1980\n", encoding="utf-8")
    assert build_world.main([str(sources), str(target), "--check"]) == 1
    assert capsys.readouterr().out.strip() == "differ: cinc.csv"
    assert build_world.main([]) == 2


def test_the_packaged_data_have_their_size():
    points = world.table(world.ALIGNMENT)
    assert sum(map(len, points.values())) == 11_232
    assert world.years() == (1946, 2023)
    spans = [int(row["last"]) - int(row["first"]) + 1 for row in world.scores()]
    assert sum(spans) == 3_961
    assert len({row["organisation"] for row in world.scores()}) == 76
    for topic in world.TOPICS:
        assert world.table(f"{world.ALIGNMENT}-{topic}")


def test_what_is_known_is_of_the_year_or_the_last_before():
    assert world.known(world.CINC, "USA", 2023).year == 2022
    assert world.known(world.CINC, "USA", 1990).year == 1990
    assert world.known(world.INCOME, "USA", 2022).year == 2019
    assert world.known(world.CINC, "UKR", 1990) is None
    assert world.known(world.CINC, "UKR", 1991).year == 1991


def test_in_1964_none_voted_and_the_year_before_stands_in():
    assert 1964 not in {year for values in world.table(world.ALIGNMENT).values() for year in values}
    assert world.voters(1964) == world.voters(1963)
    assert world.voters(1965)["USA"] == Dated(world.table(world.ALIGNMENT)["USA"][1965], 1965)


def test_the_readme_says_what_the_regression_says():
    text = (ROOT / "actors" / "world" / "README.md").read_text(encoding="utf-8")
    law = world.positions()
    for said in (
        f"n {law.n:,}, {law.first} to {law.last}", f"{law.intercept:.3f} + {law.slope:.4f} *",
        f"R2 {law.r2:.3f}", f"deviation {law.residual_sd:.2f}",
    ):  # fmt: skip
        assert said in " ".join(text.split()), said
    listed = {row.split("|")[1].strip(" `") for row in text.splitlines() if row.startswith("| `")}
    names = {path.name for path in (ROOT / "actors" / "world").glob("*.csv")}
    assert {name for name in names if not name.startswith("alignment-")} <= listed


def test_every_source_of_the_data_resolves_with_licence_and_year():
    entries = world.sources()
    assert set(world.SOURCE_OF.values()) == set(entries)
    for name, entry in entries.items():
        assert entry["year"] >= 2009, name
        assert name == "world-positions" or entry["licence"]


def test_the_wheel_takes_the_whole_folder():
    import tomllib

    facts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    included = facts["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"]
    assert included["actors"] == "negotiation_sim/_catalogue/actors"


def test_files_read_as_plain_tables():
    for path in (ROOT / "actors" / "world").glob("*.csv"):
        with path.open(encoding="utf-8", newline="") as file:
            widths = {len(row) for row in csv.reader(file)}
        assert len(widths) == 1, path.name
