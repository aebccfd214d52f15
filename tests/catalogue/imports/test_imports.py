"""Others' files become studies: what is read, on which scale, what is assumed, what is refused."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers import foreign_files
from helpers.foreign_files import FORMS, write
from negotiation_sim.catalogue import check_paths, import_study, load_setting
from negotiation_sim.catalogue.imports.draft import IssueDraft, parse_scale
from negotiation_sim.catalogue.imports.sheets import Number
from negotiation_sim.catalogue.schema import Scale
from negotiation_sim.errors import CatalogueError, UsageError

ROOT = Path(__file__).resolve().parents[3]
_spec = importlib.util.spec_from_file_location("audit_import", ROOT / "tools" / "audit_import.py")
tool = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(tool)


def imported(tmp_path, text, *, name="table.csv", encoding="utf-8", **options):
    file = write(tmp_path / name, text, encoding)
    return import_study(file, tmp_path / "study", **options)


def refused(tmp_path, text, **options):
    """Return the one message of a file that is refused; nothing is written."""
    with pytest.raises(CatalogueError) as caught:
        imported(tmp_path, text, **options)
    assert not (tmp_path / "study").exists()
    return str(caught.value).removeprefix(f"{tmp_path}/")


@pytest.mark.parametrize("form", FORMS)
def test_every_form_is_told_apart_and_gives_its_numbers_back(tmp_path, form):
    file = write(tmp_path / "table.csv", FORMS[form]())
    if form == "actors":  # the audit reads plain headers; brackets are looked at below
        file = write(tmp_path / "table.csv", foreign_files.plain(scale=""))
        with pytest.raises(CatalogueError, match="a position without a scale"):
            import_study(file, tmp_path / "none")
        file = write(tmp_path / "table.csv", foreign_files.plain())
        assert import_study(file, tmp_path / "study").form == "actors"
        setting = load_setting(tmp_path / "study")
        for name, stances in foreign_files.STANCES.items():
            actor = next(a for a in setting.actors.values() if a.name == name)
            assert set(actor.ideal_point) == set(stances)
            for issue, (position, salience) in stances.items():
                assert abs(100.0 * actor.ideal_point[issue].value - position) <= 1e-12
                assert actor.salience[issue].value == salience
        return
    found, experiments = tool.audit(file, tmp_path / "study")
    assert found.form == form and found.wrong == [] and found.greatest <= 1e-12
    assert found.figures == {"ktab": 8, "decide": 10, "long": 16, "expected-utility": 6}[form]
    assert len(experiments) == (2 if form == "long" else 1)


def test_an_audit_finds_what_is_wrong(tmp_path):
    file = write(tmp_path / "table.csv", FORMS["expected-utility"]())
    original, tool.said_by = (
        tool.said_by,
        lambda file, form: [tool.Said("USA", "Position", 1.0, 0.3)],
    )
    try:
        with pytest.raises(KeyError):
            tool.audit(file, tmp_path / "a")
        tool.said_by = lambda file, form: [tool.Said("USA", "position", 1.0, 0.3)]
        found, _ = tool.audit(file, tmp_path / "b")
    finally:
        tool.said_by = original
    assert found.greatest == 11.5 and len(found.wrong) == 3  # one differs, two the study has alone


@given(
    low=st.floats(-1e3, 1e3), width=st.floats(1e-3, 1e3), share=st.floats(0.0, 1.0),
)  # fmt: skip
def test_a_scale_undone_gives_the_position(low, width, share):
    scale = Scale(low=low, high=low + width)
    position = min(max(low + share * width, scale.low), scale.high)
    value = IssueDraft("a", "a", scale).share(Number(position, 2, "a"))
    span = scale.high - scale.low
    assert 0.0 <= value <= 1.0
    assert abs(scale.low + value * span - position) <= 1e-12 * max(1.0, abs(low), span)


def test_every_figure_names_its_line_column_and_scale(tmp_path):
    imported(tmp_path, foreign_files.plain())
    setting = load_setting(tmp_path / "study")
    usa = setting.actors["USA"]
    wanted = usa.ideal_point["cuts"]
    assert (wanted.value, wanted.source, wanted.basis) == (0.125, "imported", "coded")
    assert wanted.locator == "line 2, column cuts position [0-100 Mt]"
    assert wanted.note == "12.5 on 0 to 100 Mt"
    assert usa.capability.locator == "line 2, column Capability" and usa.groups == ["North"]
    islands = setting.actors["Small_islands"]
    assert set(islands.ideal_point) == {"cuts"} and islands.salience["aid"].value == 0.0
    assert setting.scales["aid"] == Scale(low=0.0, high=100.0, unit="Mt", label="aid")
    assert setting.affinity == [("EU_27", "USA", 0.3)]  # of one group; no tie of the catalogue's


def test_more_than_six_issues_and_silent_actors_run_alike_in_both_engines(tmp_path):
    from negotiation_sim import api
    from negotiation_sim.engine.scenario import compile_setting

    rows = [f"'#A'\t'{name}'\t'{name}'\t''" for name in "ABC"]
    for k in range(13):
        rows += [f"'#P'\t'i{k}'\t'i{k}'\t''", f"'#M'\t'i{k}'\t0", f"'#M'\t'i{k}'\t10"]
        rows += [f"'#D'\t'{name}'\t'i{k}'\t{(3 * k + 2 * n) % 11}\t0.5\t{n + 1}"
                 for n, name in enumerate("ABC") if (k + n) % 4]  # fmt: skip
    imported(tmp_path, "\n".join(rows))
    assert check_paths([tmp_path / "study"]) == []
    setting = load_setting(tmp_path / "study")
    silent = compile_setting(setting).arrays.silent
    assert silent.sum() == sum((k + n) % 4 == 0 for k in range(13) for n in range(3)) > 0
    rows = {
        engine: api.run(tmp_path / "study", replicates=3, beliefs=0, out=tmp_path / engine,
                        engine=engine, figures=False).load()
        for engine in ("ensemble", "mesa")
    }  # fmt: skip
    pd.testing.assert_frame_equal(rows["ensemble"], rows["mesa"])
    texts = rows["ensemble"].filter(like="text_i")
    assert texts.shape[1] == 13 and np.nanmax(texts.to_numpy()) > 1.0  # on the scale of the file


@pytest.mark.parametrize(
    ("text", "encoding", "assumed"),
    [
        (foreign_files.plain(";").replace(".", ","), "utf-8", "a comma within a number is a decimal"),
        (foreign_files.plain("\t"), "utf-8", "cells are parted by tabs"),
        (foreign_files.plain(), "utf-16", "the text is in UTF-16"),
        (foreign_files.plain().replace("Small islands", "Île"), "cp1252", "the text is in CP1252"),
        (foreign_files.plain() + ",,,,,,\n\n\n", "utf-8-sig", ""),
        ("\n".join(f"{n - 1 if n else ''},{line}" for n, line in
                   enumerate(foreign_files.plain().splitlines())), "utf-8", "counts the rows"),
    ],
)  # fmt: skip
def test_tables_of_all_kinds_give_the_same_study(tmp_path, text, encoding, assumed):
    done = imported(tmp_path, text, encoding=encoding)
    setting = load_setting(tmp_path / "study")
    assert any(assumed in line for line in done.assumed)
    assert setting.actors["USA"].ideal_point["aid"].value == pytest.approx(0.101, abs=1e-15)
    assert len(setting.actors) == 3
    assert assumed in (tmp_path / "study" / "README.md").read_text("utf-8")


PLAIN = foreign_files.plain()


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (" [0-100 Mt],cuts salience", ",cuts salience", "table.csv:1: column 'cuts position': a position without a scale"),
        ("Group", "Grupp", "table.csv:1: column 'Grupp': cannot be placed; did you mean 'group'?"),
        ("12.5", "far", "table.csv:2: column 'cuts position [0-100 Mt]': found 'far', expected a number"),
        ("12.5", "100.5", "table.csv:2: column 'cuts position [0-100 Mt]': 100.5 is not on the scale of 'cuts', 0 to 100"),
        ("30.0", "-1", "table.csv:2: column 'cuts salience': -1 is not on the scale of saliences"),
        ("EU (27)", "usa", "table.csv:3: column 'Actor': the actor 'usa' stands twice (first on line 2)"),
        ("0.35", "", "table.csv:2: column 'Capability': empty, expected a number"),
        ("0.35", "-0.35", "table.csv:2: column 'Capability': -0.35 is below 0"),
        ("100.0,90.0,,", ",,,", "table.csv:4: column 'Actor': Small islands cares about no issue"),
        ("100.0,90.0,,", "100.0,90.0,,7", "table.csv:4: column 'aid salience': a salience for 'aid', and no position"),
        (",aid salience", ",aid weight", "table.csv:1: column 'aid weight': cannot be placed"),
        ("0.3,North", '"0,3",North', "table.csv:3: column 2: '0,3' with a comma and '0.35' (line 2) with a point"),
    ],
)  # fmt: skip
def test_bad_tables_are_refused_with_file_line_and_column(tmp_path, old, new, message):
    assert old in PLAIN
    assert message in refused(tmp_path, PLAIN.replace(old, new, 1))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("Actor;Capability,a position [0-9]\nA;1,2\nB;2,3\n", "may be parted by semicolons or commas"),
        ("Actor;Capability;Position;Salience\nA;1,000;1;1\nB;2,000;2;1\n", "may be a decimal or thousands"),
        ("a,b\n1,2\n", "table.csv:1: not told apart from its header; name its form"),
        ("Actor,Capability,Position,Salience\nA,1,2,5\nB,1,3,4\n", "5 is not on the scale of saliences, 0 to 1"),
        ("Actor,Capability,Position,Salience\nA,1,2,0.5\nB,1,2,0.4\n", "no two positions differ"),
        ("Actor,Capability,Position,Salience\n", "no two positions differ"),
        ("N, D, 3, 1\nActor, Description, Influence, a Position, a Salience\nA, A, 1, 2, 3\n",
         "table.csv:1: says 3 actors; the table has 1"),
        (PLAIN.replace("30.0", "5").replace("60.0", "5").replace("45.5", "5").replace("20.0", "5").replace("90.0", "5"),
         "the highest salience is 5; give its scale"),
        (FORMS["decide"]().replace("'cuts'\t100", "'cuts'\t0", 1), "the issue 'cuts' has a position without a scale"),
        (FORMS["decide"]().replace("'#D'\t'USA'", "'#D'\t'USB'", 1), "no actor 'USB'; did you mean 'USA'?"),
        (FORMS["long"]().replace("5.0,50.0", "6.0,50.0", 1), "'cuts' has two, 6 and 5"),
        (FORMS["long"]().replace("Unan", "whim"), "'whim' is no rule"),
        ("", "the file is empty"),
    ],
)  # fmt: skip
def test_what_is_ambiguous_or_contradicts_itself_is_refused(tmp_path, text, message):
    assert message in refused(tmp_path, text)


def test_a_scale_of_the_callers_goes_before(tmp_path):
    imported(tmp_path, foreign_files.plain(scale=""), scales=["0:200 Mt", "aid=0:50"])
    setting = load_setting(tmp_path / "study")
    assert setting.actors["USA"].ideal_point["cuts"].value == 12.5 / 200
    assert setting.actors["USA"].ideal_point["aid"].value == 10.1 / 50
    for wrong in ("aid", "aid=5", "aid=9:1"):
        with pytest.raises(UsageError, match="is not ISSUE=LOW:HIGH UNIT"):
            imported(tmp_path, PLAIN, scales=[wrong])
    with pytest.raises(UsageError, match="no issue 'cutz' in the file; did you mean 'cuts'"):
        imported(tmp_path, PLAIN, scales=["cutz=0:1"])


def test_scales_are_read_as_people_write_them():
    assert parse_scale("12-16 $") == Scale(low=12.0, high=16.0, unit="$")
    assert parse_scale("-1 to 1") == Scale(low=-1.0, high=1.0)
    assert parse_scale("low to high") is None and parse_scale("3:3") is None


def test_margin_and_reservation(tmp_path):
    text = (
        "Actor,Capability,Margin,Reservation,a position [0-10],a salience\n"
        "A,1,0.2,,4,1\nB,1,,0.7,4,1\nC,1,,0.3,4,1\nD,1,,,4,1\n"
    )
    imported(tmp_path, text)
    actors = load_setting(tmp_path / "study").actors
    # the status quo, 0, is worth 0.6 to each
    assert [round(actors[code].margin.value, 12) for code in "ABCD"] == [0.2, 0.1, 0.0, 0.05]
    (tmp_path / "b").mkdir()
    message = refused(tmp_path / "b", text.replace("0.7", "1.7"))
    assert message == "table.csv:3: column 'Reservation': 1.7 is not a satisfaction between 0 and 1"


def test_an_issue_with_a_name_of_the_models_gets_another(tmp_path):
    done = imported(tmp_path, PLAIN.replace("cuts", "scope"))
    assert done.issues == {"scope": "scope_here", "aid": "aid"}
    assert any("scope has a meaning of its own" in line for line in done.assumed)


def test_a_venue_of_the_catalogue_is_open_to_the_files_actors(tmp_path):
    done = imported(tmp_path, PLAIN, venue="COPUOS")
    setting = load_setting(tmp_path / "study")
    assert set(setting.venues) == {"COPUOS"} and setting.venues["COPUOS"].members == "open"
    assert any("COPUOS is open to all actors of the file" in line for line in done.assumed)
    with pytest.raises(UsageError, match="no venue 'COPUS'; did you mean 'COPUOS'"):
        imported(tmp_path, PLAIN, venue="COPUS")


@pytest.mark.parametrize(
    "text", ["FR\nDE\nUS\n", "iso3\nFRA\nDEU\nUSA\n", "220\n255\n2\n",
             "state;code\nFrance;FRA\nGermany;DEU\nUnited States;USA\n"],
)  # fmt: skip
def test_lists_of_members(tmp_path, text):
    done = imported(tmp_path, text, year=2000)
    setting = load_setting(tmp_path / "study")
    assert done.form == "members" and set(setting.actors) == {"DEU", "FRA", "USA"}
    assert next(iter(setting.venues.values())).membership_source == "imported"
    with pytest.raises(UsageError, match="a list of members needs one"):
        imported(tmp_path, text)


def test_members_that_are_unknown_or_stand_twice_are_refused(tmp_path):
    found = refused(tmp_path, "Country\nFrance\nGermny\nItaly\n", year=2000)
    assert found == "table.csv:3: column 'Country': no state 'Germny'; did you mean 'Germany'?"
    assert "FRA stands twice (first on line 1)" in refused(tmp_path, "FR\nDE\nFRA\n", year=2000)
    message = refused(tmp_path, "name,code\nFrance,FRA\nItaly,ESP\n", year=2000)
    assert message.startswith("table.csv:3: column 'code': one row names ITA and ESP")
