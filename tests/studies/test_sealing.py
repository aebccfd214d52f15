"""Sealed forecasts: what is sealed of a run, what is refused, and scores by hand."""

import json
import math
from datetime import date

import numpy as np
import pytest
from typer.testing import CliRunner

from negotiation_sim import api
from negotiation_sim.errors import CatalogueError, UsageError
from negotiation_sim.faces.api import ledger_calls
from negotiation_sim.faces.cli.main import app
from negotiation_sim.runs import ledger
from negotiation_sim.runs.ledger import Sealed
from negotiation_sim.runs.store.files import file_sha256
from negotiation_sim.studies import sealing
from negotiation_sim.studies.history.case_table import open_mandates
from negotiation_sim.studies.history.outside_view import of_open_mandate

TODAY = date(2010, 6, 1)


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    out = tmp_path_factory.mktemp("results")
    return api.run("bellagio", replicates=40, out=out, beliefs=0, figures=False)


@pytest.fixture
def day(monkeypatch):
    monkeypatch.setattr(ledger_calls, "_today", lambda: TODAY)


def say(*words, code=0):
    result = CliRunner().invoke(app, [str(word) for word in words])
    assert result.exit_code == code, result.output
    return result.output


def test_a_forecast_is_sealed_with_what_it_rests_on(run, tmp_path, day):
    path = tmp_path / "new" / "ledger.txt"
    sealed = api.seal(run, " its\nreport ", "2013-12-31", strategy="code@gge", ledger=path)
    entry = sealed.entry
    rows = run.load()
    months = rows.loc[rows["strategy"] == "code@gge", "adoption_month"].to_numpy(
        float, na_value=np.nan
    )
    assert entry["p"] == round(((months <= 60).sum() + 0.5) / 41, 4) == entry["p_at"]["5y"]
    assert entry["resolves"] == "its report" and entry["sealed"] == "2010-06-01"
    assert entry["manifest"] == file_sha256(run.folder / "manifest.json")
    assert entry["tables"]["summary.csv"] == file_sha256(run.folder / "summary.csv")
    assert entry["known_until"] == "2009-01-01" and entry["run"] == f"bellagio/{run.id}"
    assert entry["outside"]["tested"] is False and 0 < entry["outside"]["5y"] < 1
    assert api.read_ledger(path) == [sealed]


def test_a_month_counts_once_it_is_over():
    assert sealing.months_between(date(2009, 1, 1), date(2009, 1, 31)) == 1
    assert sealing.months_between(date(2009, 1, 1), date(2009, 1, 30)) == 0
    assert sealing.months_between(date(2009, 1, 1), date(2010, 2, 28)) == 14


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"by": "2010-06-01"}, "by: 2010-06-01 is not after today"),
        (
            {"by": "2024-02-01"},
            "by: 2024-02-01 is 181 months after the start, not between 1 and 180",
        ),
        ({"by": "soon"}, "by: 'soon' is not a day, written YYYY-MM-DD"),
        ({"strategy": None}, "strategy: the run has 35; name one of them with --strategy"),
        ({"strategy": "code@gg"}, "no strategy 'code@gg'"),
        ({"strategy": "pledges@first-committee"}, "negotiates no text"),
        ({"event": "adopted"}, "event: unknown 'adopted'; did you mean 'adoption'"),
        ({"resolves": " "}, "resolves: say how one will see"),
    ],
)
def test_what_cannot_be_sealed_is_refused_and_nothing_is_written(run, tmp_path, day, change, said):
    asked = {"resolves": "r", "by": "2015-01-01", "strategy": "code@gge", **change}
    with pytest.raises(UsageError, match=said):
        api.seal(run, ledger=tmp_path / "ledger.txt", **asked)
    assert not [*tmp_path.iterdir()]


def test_a_forecast_may_reach_to_the_last_month(run, tmp_path, day):
    path = tmp_path / "ledger.txt"
    last = api.seal(run, "r", "2023-12-31", strategy="code@gge", event="mandate", ledger=path)
    assert last.entry["question"].endswith("mandate of code@gge by 2023-12-31?")
    assert api.seal(run, "r", "2010-06-02", strategy="code@gge", ledger=path).number == 2


def test_an_open_mandate_is_sealed_by_its_outside_view(tmp_path):
    at = date(2026, 8, 1)
    case = next(each for each in open_mandates() if each.id == "live_plastics")
    sealed = ledger.append(tmp_path / "ledger.txt", sealing.of_open(case, 10, at), at)
    view = of_open_mandate(case, at)
    assert sealed.entry["p"] == pytest.approx(view.chance(10), abs=1e-4)
    assert sealed.entry["by"] == "2032-03-02" and sealed.entry["resolves"] == case.resolution
    assert sealed.entry["outside"]["tested"] is view.scope.tested
    with pytest.raises(UsageError, match="'live_plastics': no forecast at 5 years"):
        sealing.of_open(case, 5, date(2027, 8, 1))


def entry(number, p, by="2012-01-01"):
    return Sealed({"number": number, "p": p, "by": by, "question": f"q{number}"}, "")


def test_scores_are_those_of_the_resolved():
    sealed = [entry(1, 0.9), entry(2, 0.5), entry(3, 0.2), entry(4, 0.2, "2009-01-01")]
    found = sealing.score(sealed, {1: 1.0, 2: 0.0}, TODAY)
    assert found.brier == pytest.approx((0.01 + 0.25) / 2) and found.base_brier == 0.25
    assert found.log_score == pytest.approx(-(math.log(0.9) + math.log(0.5)) / 2)
    assert found.overdue == [4]
    nothing = sealing.score(sealed, {}, TODAY)
    assert math.isnan(nothing.brier) and nothing.rows["outcome"].isna().all()
    with pytest.raises(UsageError, match="has 4 forecasts, no number 5"):
        sealing.score(sealed, {5: 1.0}, TODAY)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("number,happened\n1,1\n", ":1: outcome: no such column"),
        ("number,outcome\nx,1\n", ":2: number: found 'x'"),
        (
            "number,outcome\n1,1\n1,0\n",
            ":3: number: found '1', expected a number of the ledger, each",
        ),
        ("number,outcome\n1,yes\n", ":2: outcome: found 'yes', expected 1"),
        ("number,outcome\n1\n", ":2: outcome: found ''"),
        ("number,outcome\n²,1\n", ":2: number: found '²'"),
        ("number;outcome\n1;2\n", ":2: outcome: found '2', expected 1"),
        ("number,outcome\n" + "1" * 5000 + ",1\n", ":2: number: found '111"),
    ],
)
def test_bad_outcomes_are_refused_with_their_line(tmp_path, text, said):
    path = tmp_path / "outcomes.csv"
    path.write_text(text, "utf-8")
    with pytest.raises(CatalogueError) as caught:
        sealing.read_outcomes(path)
    assert said in str(caught.value)


def test_the_commands_seal_verify_show_and_score(run, tmp_path, day, monkeypatch):
    monkeypatch.chdir(tmp_path)
    said = say(
        "seal", run.folder, "--strategy", "code@gge", "--by", "2012-12-31", "--resolves", "a report"
    )
    head = said.split()[-1]
    assert "number 1" in said and len(head) == 64
    assert f"1 forecasts, every line as it was sealed. Last hash: {head}" in say("ledger", "verify")
    say("ledger", "verify", "--head", head)
    assert "no line has the hash" in say("ledger", "verify", "--head", "0" * 64, code=2)
    assert "a report" in say("ledger", "show")
    (tmp_path / "outcomes.csv").write_text("number,outcome\n1,0\n", "utf-8")
    p = json.loads((tmp_path / "ledger.txt").read_text("utf-8").split("\t")[0])["p"]
    assert f"1 of 1 resolved: Brier score {p * p:.3f}" in say("ledger", "score", "outcomes.csv")
    text = (tmp_path / "ledger.txt").read_text("utf-8").replace("code@gge", "code@CD")
    (tmp_path / "ledger.txt").write_text(text, "utf-8")
    for words in (["verify"], ["show"], ["score", "outcomes.csv"]):
        assert "ledger.txt:1: altered" in say("ledger", *words, code=2)
