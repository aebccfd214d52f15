"""A historical case written as a study runs to the same P as in the back-test, to the last bit."""

from __future__ import annotations

import pytest

from helpers.case_rows import row, write_cases
from negotiation_sim import api
from negotiation_sim.catalogue import find_root, load_setting
from negotiation_sim.errors import CatalogueError, UsageError
from negotiation_sim.studies.history.case_runs import Point, run_case
from negotiation_sim.studies.history.case_study import case_setting, find_case, write_case
from negotiation_sim.studies.history.parameter_file import calibrated

CASES = find_root() / "experiments" / "backtest" / "cases-first-251.csv"
WORLDS = 120


def adoption(folder, out):
    """Return the months of adoption of every world of a study, run as anybody runs it."""
    run = api.run(folder, out=out, replicates=WORLDS, seed=1, figures=False)
    return run.load()["adoption_month"].fillna(0).to_numpy(dtype=int)


@pytest.mark.parametrize("name", ["ost", "moon"])
def test_a_space_case_runs_to_the_same_p_as_in_the_back_test(name, tmp_path):
    api.export_case(CASES, name, tmp_path / name)
    known = calibrated()
    forecast = run_case(
        find_case(CASES, name), [Point(known.environment, known.mapping)], WORLDS, seed=1
    )
    months = adoption(tmp_path / name, tmp_path / "results")
    assert months.tolist() == forecast.months.tolist()
    assert ((months > 0) & (months <= 60)).sum() + 0.5 == forecast.chance(5) * (WORLDS + 1)
    assert len(set(months.tolist())) > 5


def test_members_share_the_worlds_as_in_the_back_test(tmp_path):
    points = calibrated().points[:2]
    forecast = run_case(find_case(CASES, "ost"), points, WORLDS, seed=1)
    for member in (1, 2):
        write_case(CASES, "ost", tmp_path / str(member), member)
    first, second = (adoption(tmp_path / str(m), tmp_path / "results") for m in (1, 2))
    assert [*first[::2], *second[1::2]] == forecast.months.tolist()


def test_the_study_is_called_like_the_case(tmp_path):
    write_case(CASES, "ost", tmp_path / "out")
    setting = load_setting(tmp_path / "out")
    assert (setting.id, setting.name) == ("ost", "Outer Space Treaty")
    assert "back-test" in (tmp_path / "out" / "README.md").read_text("utf-8")


def test_a_name_that_no_experiment_may_have_gives_way_to_the_id(tmp_path):
    cases = write_cases(tmp_path / "cases.csv", [row(id="a", name="=SUM(A1)")])
    assert case_setting(find_case(cases, "a")).name == "a"


def test_an_unknown_id_names_the_nearest_and_writes_nothing(tmp_path):
    with pytest.raises(CatalogueError, match=r"cases-first-251.csv: id: no case 'osd'.*'ost'"):
        api.export_case(CASES, "osd", tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_member_that_does_not_exist_is_refused(tmp_path):
    with pytest.raises(UsageError, match="member: 0 is not between 1 and"):
        write_case(CASES, "ost", tmp_path / "out", 0)
    assert not (tmp_path / "out").exists()
