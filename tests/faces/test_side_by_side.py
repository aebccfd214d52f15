"""Strategies side by side in every face: the words and numbers of the call, CLI, report, files."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from negotiation_sim import api
from negotiation_sim.analysis.intervals import wilson
from negotiation_sim.faces.cli.main import app

DICTIONARY = Path(__file__).parents[2] / "docs" / "columns.md"


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    return tmp_path_factory.mktemp("results")


@pytest.fixture(scope="module")
def run(root):
    return api.run("bellagio", 200, out=root, figures=False, beliefs=0)


@pytest.fixture(scope="module")
def found(run):
    return api.compare(run)


@pytest.fixture(scope="module")
def pair(found):
    """The best way to a code, and the last of the others that it is surely ahead of."""
    lines = found.side.against_best(found.side.strongest)
    ahead = lines[
        (lines["verdict"] == "first dominates") & (lines["order"] == 1)
        & (lines["measure"] == "years to success") & (lines["first"].map(found.goals) == "code")
    ]  # fmt: skip
    return tuple(ahead.iloc[-1][["first", "second"]])


@pytest.fixture(scope="module")
def written(run):
    """The report as HTML and as Markdown."""
    files = api.report(run)
    return files.html.read_text("utf-8"), files.markdown.read_text("utf-8")


def said(*words: object) -> str:
    result = CliRunner().invoke(app, [str(word) for word in words])
    assert result.exit_code == 0, result.output
    return re.sub(r" +", " ", result.output)


def of(table: pd.DataFrame, **where: object) -> pd.Series:
    for name, value in where.items():
        table = table[table[name] == value]
    assert len(table) == 1
    return table.iloc[0]


def test_only_like_goals_are_paired_and_the_likelier_is_first(found):
    pairs = list(zip(found.joint["first"], found.joint["second"], strict=True))
    assert len(pairs) == len(found.pairs)
    p = found.best.set_index("strategy")["p_success"]
    assert all(found.goals[a] == found.goals[b] and p[a] >= p[b] for a, b in pairs)
    assert not any("pledges@" in name for pair in pairs for name in pair)
    leaders = found.best.groupby("goal", sort=False)["p_success"].transform("max")
    assert set(found.side.leaders) <= set(
        found.best["strategy"][found.best["p_success"] == leaders]
    )


def test_numbers_are_those_of_the_replicates(run, found, pair):
    best, _ = pair
    rows = run.load()
    mine = rows[rows["strategy"] == best]
    k = int((mine["success_month"] <= 36).sum())
    row = of(found.by_year, strategy=best, years=3.0)
    assert (row["successes"], row["replicates"], row["low"], row["high"]) == (
        k,
        200,
        *wilson(k, 200),
    )
    assert sorted(set(found.by_year["years"])) == list(range(1, 16))
    adopted = mine[mine["adoption_month"].notna()]
    median = np.quantile(adopted["text_form"], 0.5, method="inverted_cdf")
    form = of(found.quantiles, strategy=best, measure="form", quantile=0.5)
    assert form["values"] == len(adopted) and form["value"] == pytest.approx(median)


def test_the_command_prints_what_the_call_returns(found, run, root, pair):
    best, other = pair
    text = said("compare", run.id, "--out", root)
    year = of(found.by_year, strategy=best, years=2.0)
    assert f"{year['p']:.3f} ({year['low']:.3f}-{year['high']:.3f})" in text
    line = of(found.side.headline(), first=best, second=other, measure="scope")
    assert f"{line['value_first']:.3f} {line['value_second']:.3f} {line['difference']:+.3f}" in text
    assert f"{line['values_first']:,} / {line['values_second']:,}" in text
    ahead = of(found.joint, first=best, second=other)
    assert (
        f"{ahead['first_ahead']:.3f} ({ahead['first_low']:.3f}-{ahead['first_high']:.3f})" in text
    )
    verdict = of(found.side.strongest, first=best, second=other, measure="years to success")
    assert verdict["verdict"] == "first dominates"
    assert f"{best} {other} years to success first dominates first" in text
    assert "over 15" in text and "stochastic dominance" in text
    assert f"In years to success {best} stochastically dominates" in text


def test_one_pair_alone_is_shown_with_all_its_quantiles(run, root, pair):
    best, other = pair
    text = said("compare", run.id, "--strategies", best, other, "--out", root)
    for share in ("10%", "25%", "50%", "75%", "90%"):
        assert f"participation {share}" in text


def test_tables_are_written_into_the_run_and_documented(found, run):
    names = {path.name for path in found.files}
    assert len(names) == 6 and all(path.parent == run.folder / "studies" for path in found.files)
    text = DICTIONARY.read_text("utf-8")
    for name, table in found.side.tables().items():
        path = next(p for p in found.files if p.name.endswith(f"-{name}.parquet"))
        pd.testing.assert_frame_equal(
            pd.read_parquet(path), table.reset_index(drop=True), check_dtype=False
        )
        section = text.split(f"## `studies/compare-<strategies>-{name}.parquet`")[1].split("\n## ")[
            0
        ]
        cells = re.findall(r"^\| (`[^|]*`) \|", section, re.MULTILINE)
        documented = [word for cell in cells for word in re.findall(r"`([^`]+)`", cell)]
        assert documented == list(table.columns), name


def test_a_folder_that_cannot_be_written_to_is_still_compared(run, monkeypatch):
    from negotiation_sim.errors import StoreError
    from negotiation_sim.studies import study_files

    def refuse(*_, **__):
        raise StoreError("no room")

    monkeypatch.setattr(study_files, "write", refuse)
    found = api.compare(run)
    assert not found.files and found.sentences()[-1] == "Not written down: no room"


def test_the_report_shows_the_same(found, written, pair):
    best, other = pair
    html, markdown = written
    for text in written:
        for heading in (
            "P of success by year", "Time, participation and text side by side",
            "Stochastic dominance", "Ahead in everything?", "Every pair: code, years to success",
        ):  # fmt: skip
            assert heading in text
        assert f"{len(found.joint)} pairs were looked at" in text
    assert 'id="figure-quantiles"' in html
    line = of(found.side.headline(), first=best, second=other, measure="scope")
    values = f"{line['value_first']:.2f} and {line['value_second']:.2f}; {line['difference']:+.2f}"
    assert values.replace("-", "−") in markdown
    row = next(
        x for x in markdown.split("### Stochastic dominance")[1].splitlines()
        if x.startswith(f"| `{best}` | `{other}`")
    )  # fmt: skip
    assert "the best, first order" in row and row.rstrip(" |").endswith("200")


@pytest.mark.parametrize(
    "strategies", [["ppwt@CD"], ["pledges@adhoc-optin"], ["ban-treaty@CD", "code@CD"]]
)
def test_runs_without_pairs_or_success_are_reported(run, tmp_path, strategies):
    files = api.report(run, out=tmp_path / "r.html", strategies=strategies)
    text = files.html.read_text("utf-8")
    assert "Stochastic dominance" not in text and "nan" not in text.lower().split("</style>")[1]


def test_nobody_ever_succeeds(run):
    found = api.compare(run, ["ppwt@CD", "ppwt@adhoc-inclusive"])
    assert (found.by_year["p"] == 0.0).all()
    years = found.dominance[found.dominance["measure"] == "years to success"]
    assert years["verdict"].tolist() == ["open", "open"]
    assert (
        found.quantile_differences.query("measure == 'years to success'")["difference"].isna().all()
    )
    assert "none succeeds in time" in " ".join(found.sentences())
