"""The report: right blockers in settings where they are known, words within intervals, bad folders."""

from __future__ import annotations

import json
import re
import shutil

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from markupsafe import escape
from scipy import stats

from helpers import settings as s
from helpers import study_scenes as scenes
from negotiation_sim import api
from negotiation_sim.analysis.comparison import paired_differences
from negotiation_sim.analysis.intervals import wilson
from negotiation_sim.catalogue import load_setting
from negotiation_sim.errors import StoreError, UsageError
from negotiation_sim.faces.report import aloud, answer, facts, pictures, studied
from negotiation_sim.faces.report import hedging as words
from negotiation_sim.faces.report import writing as page
from negotiation_sim.runs import one_run as runs
from negotiation_sim.runs import store
from negotiation_sim.runs.request import Request
from negotiation_sim.words import shares
from negotiation_sim.words.strategies import titles_of


def finished(setting, root, replicates=60, beliefs=0, seed=1):
    """Return the finished run of a setting."""
    job = runs.plan(setting, Request(seed=seed, replicates=replicates, beliefs=beliefs), root)
    return runs.carry_out(job, draw=False)


def failure_of(run, strategy="s0"):
    """Return the facts of a run and its sentence on why a strategy fails."""
    found = facts.read(run)
    return found, answer.failure(strategy, found.shares, found.blockers, found.names)


# Who blocks, where we know it


def test_one_veto_player_is_named_alone_with_its_term(tmp_path):
    found, text = failure_of(finished(scenes.veto_player(), tmp_path))
    assert found.blockers["actor"].tolist() == ["ZED"]
    assert found.blockers["alone"].tolist() == found.blockers["count"].tolist()
    assert "ZED stands in the way more often than any other state" in text
    assert "over the scope" in text and not any(name in text for name in scenes.NAMES)


def test_a_linkage_is_named_and_no_state(tmp_path):
    found, text = failure_of(finished(scenes.linkage(), tmp_path, 400))
    # where it opens in the very last month no meeting is left
    assert set(found.shares["cause"]) <= {"linkage", "calendar"}
    assert "mostly because a dispute over other items blocks the venue" in text
    assert text.endswith("no state stands in the way.")
    low, high = found.summary.loc[0, ["p_success_low", "p_success_high"]]
    assert low < scenes.linkage_success() < high


def test_a_missing_ratifier_is_named(tmp_path):
    found, text = failure_of(finished(scenes.missing_ratifier(), tmp_path, 100))
    assert found.shares["cause"].tolist() == ["ratification"]
    assert "nearly always because too few ratify in time" in text
    assert "ZED stands in the way more often than any other state" in text


CONTENT = {
    "margin": 0.0, "flexibility": 50.0, "verification_demand": 0.0, "missile_defence_stake": 0.0,
    "ratification_threshold": 0.0, "executive_threshold": 0.0, "ideal_point.form": 0.35,
    "ideal_point.scope": 0.45,
}  # fmt: skip
STEADY = {
    f"environment.{name}": 0.0 for name in ("private_sd", "mood_sd", "climate_sd", "turnover_sd")
}


def bellagio(**changes):
    """Return Bellagio's ten states, all content with the code, with some figures changed."""
    paths = {f"actors.{code}.{name}": value for code in TEN for name, value in CONTENT.items()}
    return load_setting("bellagio", overrides=paths | STEADY | changes)


TEN = ("CAN", "CHN", "COL", "DEU", "FRA", "IND", "ITA", "JPN", "RUS", "USA")


def test_bellagio_with_one_state_that_refuses_everything(tmp_path):
    setting = bellagio(**{"actors.CHN.margin": 1.0})
    found, text = failure_of(finished(setting, tmp_path), "code@COPUOS")
    mine = found.blockers[found.blockers["strategy"] == "code@COPUOS"]
    assert mine["actor"].iloc[0] == "CHN" and mine["share"].iloc[0] == 1.0
    assert mine["share"].iloc[1:].max() < 0.5 if len(mine) > 1 else True
    assert "China stands in the way more often than any other state" in text


def test_bellagio_with_a_linkage_that_never_ends(tmp_path):
    setting = bellagio(**{"venues.CD.unblock_rate": 0.0})
    found, text = failure_of(finished(setting, tmp_path), "code@CD")
    assert found.shares.query("strategy == 'code@CD'")["cause"].tolist() == ["linkage"]
    assert "a dispute over other items blocks the venue" in text and "no state" in text


# Words and intervals


@given(st.floats(0.0, 1.0), st.floats(0.0, 1.0), st.floats(0.0, 1.0))
def test_a_word_of_likelihood_holds_over_the_whole_interval(one, other, share):
    low, high = sorted((one, other))
    said, p = words.likelihood(low, high), low + share * (high - low)
    if said == "open":
        assert words.band(high) - words.band(low) >= words.OPEN
        return
    named = [name for _, name in words.BANDS]
    ends = said.split(" to ")
    first, last = named.index(ends[0]), named.index(ends[-1])
    assert first <= words.band(min(p, high)) <= last


@given(st.floats(0.0, 1.0), st.floats(0.0, 1.0))
def test_a_printed_interval_is_never_narrower(one, other):
    low, high = sorted((one, other))
    bottom, top = (float(x) / 100.0 for x in shares.span(low, high).rstrip("%").split("–"))
    assert bottom <= low + 1e-9 and top >= high - 1e-9
    ends = words.signed_span(-high, low).replace("−", "-").split(" to ")
    assert float(ends[0]) / 100.0 <= -high + 1e-9 and float(ends[1]) / 100.0 >= low - 1e-9


@given(st.integers(1, 400), st.data())
def test_how_often_never_outdoes_its_interval(n, data):
    count = data.draw(st.integers(0, n))
    low, high = wilson(count, n)
    said = words.how_often(low, high)
    assert (said == "nearly always") <= (low > 0.95)
    assert (said in ("mostly", "nearly always")) <= (low > 0.5)
    assert (said == "in part") <= (high < 0.5)


@st.composite
def results(draw):
    """Draw worlds by strategies, summary and pairs as the report reads them."""
    n, k = draw(st.integers(1, 300)), draw(st.integers(1, 6))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    p = np.array(
        draw(st.lists(st.sampled_from([0.0, 0.02, 0.3, 0.32, 0.6, 1.0]), min_size=k, max_size=k))
    )
    timely = rng.random((n, 1 if draw(st.booleans()) else k)) < p
    names = [f"s{j}" for j in range(k)]
    rows = pd.DataFrame(
        {"strategy": np.repeat(names, n), "seed": 1, "belief": 0, "chance": np.tile(np.arange(n), k),
         "timely": timely.T.ravel()}
    )  # fmt: skip
    counts = timely.sum(axis=0)
    bounds = [wilson(int(count), n) for count in counts]
    summary = pd.DataFrame(
        {"strategy": names, "replicates": n, "p_success": counts / n,
         "p_success_low": [b[0] for b in bounds], "p_success_high": [b[1] for b in bounds],
         "mean_pledge_coverage": 0.0}
    )  # fmt: skip
    if draw(st.booleans()):
        ends = np.sort(rng.random((2, k)), axis=0)
        summary["p_positions_low"], summary["p_positions_high"] = ends
    return timely, summary, paired_differences(rows)


@given(results())
@hypothesis_settings(max_examples=150)
def test_sentences_are_never_more_certain_than_the_numbers(drawn):
    timely, summary, pairs = drawn
    first = answer.first_sentence(summary, pairs, 5.0)
    second = answer.second_sentence(summary, 100)
    found = answer.standing(summary, pairs)
    n_pairs = len(pairs)
    for name in found.behind:  # surely: judged anew, with SciPy
        a, b = timely[:, int(found.leader[1:])], timely[:, int(name[1:])]
        more, less = int((a & ~b).sum()), int((b & ~a).sum())
        assert more > less and stats.binomtest(less, more + less).pvalue < 0.05
        row = pairs[
            pairs["first"].isin([found.leader, name]) & pairs["second"].isin([found.leader, name])
        ]
        assert row["p_holm"].item() < 0.05 and row["low_all"].item() * row["high_all"].item() > 0
    claims = "surely" in first
    assert claims <= bool(found.behind) and claims <= (n_pairs > 0)
    assert ("most likely" in first) <= (not found.level and bool(found.behind))
    leader = summary.set_index("strategy").loc[found.leader]
    if leader["p_success_high"] - leader["p_success_low"] > 2 * answer.TOO_WIDE:
        assert "too few for a claim" in first and "surely" not in first
    ends = [c for c in ("p_success_high", "p_positions_high") if c in summary]
    assert ("no strategy reaches an even chance" in second) == (
        summary[ends].max().max() < 0.5 and "open" not in second
    )
    assert "nan" not in (first + second).lower()


def test_a_term_is_named_alone_only_where_it_is_surely_the_commonest():
    assert words.over("form 90, scope 10") == "mostly over the form (how binding)"
    assert words.over("form 6, scope 5") == (
        "over the form (how binding) and the scope (how much is covered)"
    )
    assert words.over("refusal 3") == "over refusal on no single term"


def test_equal_causes_are_left_open():
    shares = pd.DataFrame(
        {"strategy": "s", "cause": ["mandate", "text"], "share": [0.52, 0.48], "low": [0.4, 0.36],
         "high": [0.64, 0.6]}
    )  # fmt: skip
    none = pd.DataFrame(columns=["strategy", "actor", "share", "low", "high", "main_term"])
    assert "is open between these" in answer.failure("s", shares, none, {})


def test_nothing_and_no_worlds_are_told_plainly():
    pledges = pd.DataFrame(
        {"strategy": ["p"], "replicates": [50], "p_success": [np.nan], "p_success_low": [np.nan],
         "p_success_high": [np.nan], "mean_pledge_coverage": [0.618]}
    )  # fmt: skip
    none = pd.DataFrame(columns=["strategy", "share", "low", "high"])
    said = answer.sentences(pledges, pd.DataFrame(), none, none, {}, 5.0)
    assert "pledges alone" in said[0] and "62%" in said[1] and len(said) == 3


# The files


def visible(html: str) -> str:
    """Return the text of a page, with alternative texts, without scripts and styles."""
    body = re.sub(r"(?s)<(style|script).*?</\1>", " ", html)
    body = re.sub(r'src="data:[^"]*"', "", body)
    return re.sub(r"<(?!img)[^>]*>", " ", body)


BAD_WORDS = re.compile(r"\b(nan|none|null|inf|undefined|<na>|nat)\b", re.IGNORECASE)


def test_report_holds_everything_asked_for(written):
    html, md = written.html.read_text("utf-8"), written.markdown.read_text("utf-8")
    for text in (html, md):
        for words_ in ("The question", "95% interval", "replicates", "Who blocks on which term",
                       "negotiation-sim sensitivity ",
                       "negotiation-sim levers ", "What was assumed?", "Sources",
                       "Method", "negotiation-sim reproduce", "numba",
                       "Who wanted the texts, and who went along?",
                       "What is in force without an agreement"):  # fmt: skip
            assert words_ in text, words_
    for sentence in written.sentences:
        assert sentence in md
    assert len(written.sentences) == 3
    assert html.count("<img") == html.count('alt="') == md.count("![")
    assert 'src="http' not in html and '<link rel="stylesheet' not in html and "url(" not in html


def test_every_strategy_with_a_text_says_who_wanted_it_and_who_went_along(bellagio_run, written):
    md = written.markdown.read_text("utf-8")
    part = md.partition("## Who wanted the texts")[2].partition("## Which strategy")[0]
    rows = bellagio_run.load()
    months = rows["adoption_month"].astype("float")
    texts = rows[months <= 60].groupby("strategy", observed=True).size()
    assert len(texts) > 3
    for name, n in texts.items():
        words_ = f"`{name}` ({n:,} {'text' if n == 1 else 'texts'} in time): wanted most often by "
        assert words_ in part, name
    mine = rows[(rows["strategy"] == "guidelines@COPUOS") & (months <= 60)]
    along = mine["went_along"].astype(str).str.contains("CHN").mean()
    assert along > 0.0
    assert f"China ({shares.percent(along)})" in part or along < 0.1


def test_every_assumed_figure_is_listed(bellagio_run, written):
    from negotiation_sim.faces.report import assumed

    setting = facts.setting_of(bellagio_run)
    shown = sum(
        len(re.findall(r"(?:^|; )(?:[^;]*?)(?=;|$)", line.values)) for lines in assumed.tables(setting).values()
        for line in lines
    )  # fmt: skip
    figures = [f for _, f in assumed.figures(setting) if f.basis == "assumed" or f.range]
    assert len(figures) > 200 and shown > 100
    html = written.html.read_text("utf-8")
    for path, figure in assumed.figures(setting):
        if figure.basis == "assumed" or figure.range:
            assert f"{figure.value:g}" in html, path


def test_the_words_of_likelihood_are_spaced_as_words(written):
    assert "up to 100% (IPCC guidance note, 2010)" in " ".join(
        visible(written.html.read_text("utf-8")).split()
    )


def test_no_missing_number_shows(tmp_path, written):
    texts = [visible(written.html.read_text("utf-8")), written.markdown.read_text("utf-8")]
    for run in (
        finished(load_setting("bellagio"), tmp_path / "one", 1),
        finished(scenes.linkage(), tmp_path / "two", 3),
    ):
        done = api.report(run, strategies=list(run.summary["strategy"])[:5])
        texts += [visible(done.html.read_text("utf-8")), done.markdown.read_text("utf-8")]
        assert "too few for a claim" in done.sentences[0]
    for text in texts:
        quoted = text.replace("which", "")
        assert not [w for w in BAD_WORDS.findall(quoted) if w.lower() != "none"], BAD_WORDS.findall(
            quoted
        )


def test_figures_are_saved_in_both_forms(written):
    names = {path.name for path in written.figures}
    for name in ("probability", "causes", "funnel", "blockers", "differences", "best"):
        assert {f"{name}.svg", f"{name}.png"} <= names
    assert all(path.stat().st_size > 2000 for path in written.figures)
    for address in re.findall(r"!\[[^\]]*\]\(([^)]+)\)", written.markdown.read_text("utf-8")):
        assert (written.markdown.parent / address).is_file()


def test_the_run_is_still_whole_after_the_report(bellagio_run, written):
    again = store.open_run(bellagio_run.folder, checksums=True)
    assert again.summary.equals(bellagio_run.summary)


def test_elsewhere_and_only_some(bellagio_run, tmp_path):
    some = ["code@CD", "code@adhoc-optin"]
    root = bellagio_run.folder.parents[1]
    done = api.report("bellagio", tmp_path / "brief.html", strategies=some, root=root)
    md = (tmp_path / "brief.md").read_text("utf-8")
    assert "code@COPUOS" not in md and "code@CD" in md
    for address in re.findall(r"!\[[^\]]*\]\(([^)]+)\)", md):
        assert (tmp_path / address).is_file()
    assert done.html == tmp_path / "brief.html"


def test_the_panel_on_precedents_is_the_outside_view(bellagio_run, tmp_path):
    root = bellagio_run.folder.parents[1]
    done = api.report(
        "bellagio", tmp_path / "one.html", strategies=["guidelines@COPUOS"], root=root
    )
    (view,) = api.precedents("bellagio", "guidelines@COPUOS")
    for text in (done.markdown.read_text("utf-8"), done.html.read_text("utf-8")):
        assert "How did mandates like these end?" in text
        for near in view.precedents[:3]:
            assert f"{near.case.name} ({near.case.mandate[:4]})" in text.replace("&#39;", "'")
        assert (view.record() in text and "Nowhere do the two views" in text) or "part by" in text


@pytest.mark.long
def test_written_again_the_figures_are_the_same(bellagio_run, tmp_path):
    some = ["code@CD", "code@adhoc-optin"]
    done = api.report(bellagio_run, tmp_path / "brief.html", strategies=some)
    before = [path.read_bytes() for path in done.figures]
    again = api.report(bellagio_run, tmp_path / "brief.html", strategies=some)
    assert [path.read_bytes() for path in again.figures] == before


def copied(run, tmp_path):
    folder = tmp_path / run.experiment / run.id
    shutil.copytree(run.folder, folder)
    return folder


def rewritten(folder, change):
    """Change a manifest so that its id fits again, as another version would have written it."""
    path = folder / "manifest.json"
    manifest = json.loads(path.read_text("utf-8"))
    change(manifest)
    manifest["id"] = store.run_id(manifest["inputs"], manifest["versions"]["negotiation-sim"])
    path.write_text(json.dumps(manifest), "utf-8")


@pytest.fixture(scope="module")
def elsewhere(bellagio_run, tmp_path_factory):
    """A copy of the run with two studies, one of them torn, as another version left it."""
    run = copied(bellagio_run, tmp_path_factory.mktemp("elsewhere"))
    rewritten(run, lambda m: m["versions"].update({"negotiation-sim": "0.0.9+abc"}))
    folder = run / studied.FOLDER
    folder.mkdir()
    low, high = (
        {"mu_star_low": 0.1, "mu_star_high": 0.3},
        {"mu_star_low": 0.0, "mu_star_high": 0.05},
    )
    table = [
        {"parameter": "environment.pace", "mu_star": 0.21} | low,
        {"parameter": "actors.CHN.trust", "mu_star": 0.02} | high,
    ]
    study = {"study": "sensitivity", "strategy": "code@CD", "table": table,
             "sentences": ["The result hangs on environment.pace."]}  # fmt: skip
    (folder / "sensitivity.json").write_text(json.dumps(study), "utf-8")
    (folder / "levers.json").write_text("{", "utf-8")
    return run, api.report(run, strategies=["code@CD", "code@COPUOS"])


def test_studies_of_the_run_are_shown(elsewhere):
    run, done = elsewhere
    html = done.html.read_text("utf-8")
    assert "The result hangs on environment.pace." in html
    assert "negotiation-sim sensitivity" not in html
    assert (run / "figures" / "sensitivity.png").is_file()
    assert any("levers.json is left out" in warning for warning in done.warnings)


def test_another_version_is_told_and_its_numbers_kept(elsewhere):
    _, done = elsewhere
    assert any("Computed by negotiation-sim 0.0.9+abc" in line for line in done.warnings)
    assert "0.0.9+abc" in done.html.read_text("utf-8")


# Folders that cannot be read


def test_an_unfinished_run_is_told(bellagio_run, tmp_path):
    folder = copied(bellagio_run, tmp_path)
    (folder / "header.json").write_text("{}", "utf-8")
    (folder / "manifest.json").unlink()
    work = folder.rename(folder.with_name(folder.name + ".unfinished"))
    with pytest.raises(StoreError, match="this run is unfinished; run the same command again"):
        api.report(work)


@pytest.mark.parametrize("file", ["replicates/part-00000.parquet", "summary.csv"])
def test_a_damaged_run_is_told(bellagio_run, tmp_path, file):
    path = copied(bellagio_run, tmp_path) / file
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    with pytest.raises(StoreError, match="damaged"):
        api.report(path.parents[1] if "/" in file else path.parent)


def test_a_form_of_another_version_is_refused(bellagio_run, tmp_path):
    folder = copied(bellagio_run, tmp_path)

    def change(manifest):
        manifest["versions"]["negotiation-sim"] = "9.0+abc"
        manifest["inputs"]["setting"]["treaties"] = 3

    rewritten(folder, change)
    with pytest.raises(
        StoreError, match="written by 9.0.abc; .* does not know the form of its inputs"
    ):
        api.report(folder)


def test_a_strategy_that_is_not_in_the_run_is_told(bellagio_run):
    with pytest.raises(StoreError, match="no strategy 'code@CDD'; did you mean 'code@CD'"):
        api.report(bellagio_run, strategies=["code@CDD"])


def test_a_bad_name_of_a_file_is_told_before_anything_is_done(bellagio_run, tmp_path):
    with pytest.raises(UsageError, match="must end in .html"):
        api.report(bellagio_run, tmp_path / "report.pdf")
    with pytest.raises(UsageError, match="no such folder"):
        api.report(bellagio_run, tmp_path / "nowhere" / "report.html")
    assert not list(tmp_path.iterdir())
    with pytest.raises(StoreError, match="no such run"):
        api.report("feedfeed", root=tmp_path)


def test_cells_never_show_what_is_missing():
    assert [page.cell(v) for v in (None, float("nan"), pd.NA, 0.0, 2, 0.12345)] == [
        "–", "–", "–", "0", "2", "0.123",
    ]  # fmt: skip
    assert str(page.with_code("`a@b` <b>")) == "<code>a@<wbr>b</code> &lt;b&gt;"


def test_a_setting_of_one_issue_and_no_name_in_code(tmp_path):
    actors = [s.actor(name, {"other": 0.5}) for name in scenes.NAMES]
    setting = s.setting(
        actors, [s.venue("hall")], [s.initiative("text", {"other": 0.5}, binding=False)],
        [[{"initiative": "text", "venue": "hall"}]], issues=("other",), question="Will <it> & | do?",
    )  # fmt: skip
    done = api.report(finished(setting, tmp_path))
    assert "Will &lt;it&gt; &amp; | do?" in done.html.read_text("utf-8")


def test_the_best_of_a_goal_is_never_quite_certain_and_needs_a_rival():
    best = pd.DataFrame(
        {"goal": ["a", "a", "b", "c", "c"], "strategy": list("vwxyz"),
         "p_success": [0.5, 0.1, 0.5, 0.0, 0.0], "p_best": [1.0, 0.0, 1.0, 0.5, 0.5]}
    )  # fmt: skip
    assert not len(pictures.contested(best[2:3]))
    kept = pictures.contested(best)
    assert kept["strategy"].tolist() == ["v", "w"] and kept["p_best"].max() < 1.0
    assert shares.percent(kept["p_best"].max()) == ">99%"


@pytest.mark.long
def test_one_process_and_two_draw_the_same_bytes(bellagio_run, monkeypatch):
    found = facts.read(bellagio_run, strategies=["code@CD", "code@adhoc-optin"])
    with pictures.second_hand() as hand:
        two = pictures.all_pictures(found, hand)
    monkeypatch.setattr("os.cpu_count", lambda: 1)
    with pictures.second_hand() as hand:
        assert hand is None
        assert pictures.all_pictures(found) == two


def _read_aloud(report_facts, views=()):
    return aloud.sentences(
        report_facts.summary, report_facts.every_pair, report_facts.shares, report_facts.blockers,
        report_facts.names, titles_of(report_facts.setting), report_facts.deadline, views,
    )  # fmt: skip


def test_the_first_page_can_be_read_aloud_and_says_what_the_table_says(bellagio_run, written):
    found = facts.read(bellagio_run)
    told = _read_aloud(found)
    assert 3 <= len(told) <= 8 and len(" ".join(told).split()) < 200
    for line in told:
        assert line[0].isupper() or line[0].isdigit()
        assert line.endswith(".") and not set("@`()[]%–_") & set(line), line
    row = answer.able(found.summary).iloc[0]
    assert found.title(row["strategy"]) in told[0]
    assert aloud.of_hundred(row["p_success"]) in told[0]
    low, high = (int(x) for x in re.search(r"could be (\d+) to (\d+)", " ".join(told)).groups())
    said = shares.span(row["p_success_low"], row["p_success_high"])
    assert shares.digits_for(row["p_success_high"]) == 1 or said == f"{low}–{high}%"
    html = written.html.read_text("utf-8")
    assert html.index('id="answer"') < html.index('id="figures"') < html.index('id="probabilities"')
    head = html.partition('id="figures"')[0]
    assert all(str(escape(line)) in head for line in told[:3])


def test_nothing_is_said_over_what_was_not_asked(written):
    html = written.html.read_text("utf-8")
    for text in (html, written.markdown.read_text("utf-8")):
        assert "ot yet asked" not in text
        assert (
            "What would have to change?" not in text and "What does the result hang on?" not in text
        )
    assert 'href="#levers"' not in html and 'href="#sensitivity"' not in html
    assert "prefers-color-scheme: dark" in html


@pytest.mark.parametrize(("p", "said"), [(0.0, "not one of 100"), (0.0049, "fewer than 1 of 100"),
                                         (0.005, "1 of 100"), (0.645, "65 of 100"), (1.0, "100 of 100")])  # fmt: skip
def test_shares_are_read_aloud_as_worlds_of_a_hundred(p, said):
    assert aloud.of_hundred(p) == said


def test_where_nothing_succeeds_the_page_says_so(bellagio_run):
    found = facts.read(bellagio_run)
    nothing = found.summary.assign(p_success=found.summary["p_success"] * 0.0)
    told = aloud.sentences(
        nothing, found.every_pair, found.shares, found.blockers, found.names, {}, 5.0
    )
    assert told[0].startswith("In not one of")
    pledges = found.summary[found.summary["p_success"].isna()]
    if len(pledges):
        (only,) = aloud.sentences(
            pledges, found.every_pair, found.shares, found.blockers, {}, {}, 5.0
        )
        assert "pledges alone" in only
