"""What is said and would not be heard is refused by ``check`` and by a run, with its place."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
import pytest

from negotiation_sim.catalogue import environment_table, init_study, load_setting
from negotiation_sim.catalogue.intent import idle_figures
from negotiation_sim.engine.ensemble import run_ensemble
from negotiation_sim.engine.scenario import compile_setting
from negotiation_sim.errors import NegotiationSimError
from negotiation_sim.faces import api
from negotiation_sim.studies.assumptions import assumptions_of

OWN = """\
id: study
name: Fish
start: 2009-01
issues: [quota, season]
cast: [USA, CHN, CAN]
strategies: [fish@CD+pledges]
actors:
{actors}
"""
ACTOR = (
    "  {code}: {{ideal_point: {{quota: {x}, season: 0.5}}, salience: {{quota: 1, season: 1}}}}\n"
)
FISH = """\
id: fish
name: Fish
binding: true
text:
  quota: {value: 0.5, basis: assumed, note: a test}
  season: {value: 0.5, basis: assumed, note: a test}
mandate: {box: {}, note: open}
"""


def study(folder: Path, *, more: str = "", files: dict[str, str] | None = None) -> Path:
    """Write the starter study, with lines added to it and files beside it."""
    init_study(folder)
    file = folder / "study.yaml"
    file.write_text(file.read_text("utf-8") + more, "utf-8")
    for name, text in (files or {}).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return folder


def own_issues(folder: Path) -> Path:
    """Write a study that negotiates issues of its own, with interim pledges."""
    (folder / "initiatives").mkdir(parents=True)
    actors = "".join(ACTOR.format(code=c, x=x) for c, x in [("USA", 0.2), ("CHN", 0.6), ("CAN", 1)])
    (folder / "study.yaml").write_text(OWN.format(actors=actors), "utf-8")
    (folder / "initiatives" / "fish.yaml").write_text(FISH, "utf-8")
    return folder


def rows_of(setting, n=60):
    """Return the table of the first replicates of a setting."""
    return pd.concat(run_ensemble(compile_setting(setting), n, 1, threads=1), ignore_index=True)


def edited(folder: Path, old: str, new: str) -> Path:
    file = folder / "study.yaml"
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), "utf-8")
    return folder


VENUES = "venues:\n  CD:\n"
UNHEARD = {
    "required": (VENUES, "    decision: {rule: consensus, required: [USA, GBR]}\n", "'GBR' is not"),
    "weights": (VENUES, "    decision: {rule: consensus, weights: {GBR: 3}}\n", "'GBR' is not"),
    "mandate": (VENUES, "    mandate: {rule: consensus, required: [GBR]}\n", "'GBR' is not"),
    "convening": (VENUES, "    convening: {GBR: 0.3}\n", "'GBR' is not in the cast"),
    "turnover": ("  USA:\n", "    turnover_dates: [1999-01, 2010-01]\n", "1999-01 is outside the"),
    "joins": (VENUES, "    membership_changes: [{date: 2010-01, joins: [GBR]}]\n", "'GBR' is not"),
    "share": (VENUES, "    capability: {GBR: 3}\n", "'GBR' is not in the cast"),
    "session": (
        VENUES,
        "    calendar: {basis: assumed, sessions: [{date: 2031-01, weeks: 2}]}\n",
        "2031-01 is outside",
    ),
    "then": (
        VENUES,
        "    decision: {rule: consensus, then: {date: 2031-01, rule: opt_in}}\n",
        "2031-01 is after the run",
    ),
    "later": (
        VENUES,
        "    decision: {rule: opt_in, then: {date: 2010-01, rule: consensus, required: [GBR]}}\n",
        "'GBR' is not in the cast",
    ),
    "already": (VENUES, "    membership_changes: [{date: 2010-01, joins: [USA]}]\n", "already"),
    "never": (
        VENUES,
        "    decision: {rule: opt_in, then: {date: 2009-01, rule: consensus}}\n",
        "the rule before it never does",
    ),
    "shift": (
        "  USA:\n",
        "    shifts: [{date: 2010-01, to: {quota: 1}}]\n",
        "none of these is negotiated",
    ),
    "change": (
        "  USA:\n",
        "    changes: {trust: [{date: 2031-01, value: 1}]}\n",
        "2031-01 is after the run",
    ),
    "late": ("  USA:\n", "    turnover_dates: [2024-01]\n", "2024-01 is outside the run"),
}


@pytest.mark.parametrize("what", UNHEARD)
def test_a_state_outside_the_cast_and_a_date_outside_the_run_are_refused(what, tmp_path):
    head, line, message = UNHEARD[what]
    folder = edited(study(tmp_path / "s"), head, head + line)
    found = api.check(folder)
    assert [e for e in found if message in e.message and e.line and e.field], found
    with pytest.raises(NegotiationSimError, match=re.escape(message)):
        load_setting(folder)


def test_the_last_month_of_the_run_is_within_and_the_next_is_not(tmp_path):
    head = "  USA:\n"
    dates = "    turnover_dates: [2009-01, 2023-12]\n"
    assert api.check(edited(study(tmp_path / "s"), head, head + dates)) == []


def test_what_the_catalogue_says_of_other_casts_is_no_error(tmp_path):
    folder = edited(study(tmp_path / "s"), "  - code@COPUOS\n", "  - ppwt@CD\n")
    found = api.check(folder)
    assert found == [] and [n for n in found.notes if "'GBR' is not in the cast" in n.message]


@pytest.mark.parametrize("name", ["inititives", "Venues", "experiment", "actor"])
def test_a_misspelt_folder_is_told(name, tmp_path):
    folder = study(tmp_path / "s", files={f"{name}/fish.yaml": FISH})
    (error,) = [e for e in api.check(folder) if "nobody reads this folder" in e.message]
    assert error.file.endswith(name) and "did you mean" in error.message
    with pytest.raises(NegotiationSimError, match="nobody reads this folder"):
        load_setting(folder)


def test_a_folder_of_other_things_is_left_alone(tmp_path):
    assert api.check(study(tmp_path / "s", files={"notes/reading": "none of a study"})) == []


def test_a_study_s_own_fitted_parameters_are_read_or_refused(tmp_path):
    text = "parameters:\n  pace: {value: 0.77, basis: calibrated, note: fitted}\n"
    folder = study(tmp_path / "s", files={"experiments/backtest/parameters.yaml": text})
    (error,) = api.check(folder)
    assert "nobody reads it" in error.message and error.file.endswith("parameters.yaml")
    edited(folder, "cast:", "calibrated: true\ncast:")
    assert api.check(folder) == []
    assert load_setting(folder).environment["pace"].value == 0.77


@pytest.mark.parametrize(
    ("sweep", "message"),
    [
        ("  vary: {environment.paec: [0.1, 0.2]}\n", "did you mean 'environment.pace'"),
        ("  vary: {environment.pace: [0.1, 7]}\n", "7 is not between 0.001 and 1"),
        ("  vary: {actors.USA.trust: {from: 0, to: 2, steps: 3}}\n", "is not between 0"),
        ("  points: [{actors.FOO.trust: 0.5}]\n", "unknown path"),
        ("  points: none.csv\n", "none.csv"),
        ("  vary: {environment.pace: [0.1]}\n  sise: 4\n", "unknown key"),
    ],
)
def test_a_sweep_that_cannot_be_run_is_told_by_check(sweep, message, tmp_path):
    folder = study(tmp_path / "s", more="sweep:\n" + sweep)
    (error,) = api.check(folder)
    assert message in str(error) and error.file.endswith("study.yaml") and error.line


def test_a_sweep_that_can_be_run_is_well(tmp_path):
    more = "sweep:\n  vary: {environment.pace: [0.1, 0.2]}\n"
    assert api.check(study(tmp_path / "s", more=more)) == []


PLEDGES = """\
id: pledges
name: Own pledges
kind: pledges
text:
  form: {value: 0.2, basis: assumed, note: a test}
  scope: {value: 0.9, basis: assumed, note: a test}
mandate: {box: {}, note: open}
binding: false
"""


def test_pledges_that_nobody_reads_are_refused(tmp_path):
    folder = study(tmp_path / "s", files={"initiatives/pledges.yaml": PLEDGES})
    (error,) = api.check(folder)
    assert "nobody reads this text" in error.message and error.file.endswith("pledges.yaml")
    edited(folder, "  - code@COPUOS\n", "  - pledges@adhoc-optin\n")
    assert api.check(folder) == []


def test_the_text_of_pledges_counts(tmp_path):
    """A pledge of scope 0.9 is not given as readily as one of scope 0.1."""
    covered = []
    for n, scope in enumerate((0.1, 0.9)):
        folder = study(tmp_path / str(n))
        line = f"initiatives:\n  ban-treaty: {{pledge: {{form: 0.1, scope: {scope}}}}}\n"
        edited(folder, "venues:\n", line + "venues:\n")
        table = rows_of(load_setting(folder))
        rows = table[table["strategy"] == "ban-treaty@adhoc-optin+pledges"]
        covered.append(rows["pledge_coverage"].mean())
    assert covered[0] > covered[1] + 0.05


def test_pledges_go_with_issues_of_one_s_own(tmp_path):
    folder = own_issues(tmp_path / "s")
    assert api.check(folder) == []
    setting = load_setting(folder)
    assert list(setting.initiatives) == ["fish"]
    table = rows_of(setting)
    assert table["pledge_coverage"].max() > 0.0


def test_what_is_idle_without_scope_is_said_once_and_costs_no_points(tmp_path):
    folder = own_issues(tmp_path / "s")
    (note,) = api.check(folder).notes
    assert "Without the issue 'scope' and 'form'" in note.message and "trust" in note.message
    setting = load_setting(folder)
    scenario = compile_setting(setting)
    paths = {a.path for a in assumptions_of(scenario, "fish@CD+pledges", environment_table())}
    idle = {"environment.verification_cost", "environment.breadth", "actors.USA.trust"}
    assert not paths & idle and "environment.pace" in paths


def test_idle_figures_move_nothing_and_others_do(tmp_path):
    folder = own_issues(tmp_path / "s")
    setting = load_setting(folder)
    rows = rows_of(setting, 40)
    changes = {
        path.replace("actors.", "actors.*."): 0.35
        for path in sorted(idle_figures(setting.model_dump(mode="json")))
    }
    assert len(changes) > 12
    same = rows_of(load_setting(folder, overrides=changes), 40)
    assert rows.equals(same)
    other = load_setting(folder, overrides={"environment.pace": 0.35})
    assert not rows.equals(rows_of(other, 40))
    assert idle_figures(load_setting("bellagio").model_dump(mode="json")) == set()


VENUE = "venues:\n  COPUOS:\n"
FIRST_STRATEGY = "strategies:\n"
IN_VAIN = {
    "dissolved": (VENUE, "    dissolved: 2024-01\n", "2024-01 is outside the run, 2009-01 to 2023-12"),
    "share": (VENUE, "    convene_share: 0.4\n", "decided by opt_in"),
    "take part": (VENUE, "    min_participation: 0.4\n", "decided by opt_in"),
    "linkage": (VENUE, "    unblock_rate: 0.4\n", "'linkage' is none"),
    "votes": (VENUE, "    decision: {rule: consensus, weights: {USA: 3}}\n", "does not count votes"),
    "passes": (VENUE, "    passes_to: CD\n", "it adopts itself"),
    "meets": (VENUE, "    calendar: {weeks: {2: 0}, basis: assumed, note: a test}\n", "never meets"),
    "forum": (VENUE, "    universal: true\n    convening: {USA: 0.2}\n", "nobody refuses a forum"),
    "unused": ("venues:\n", "  gge: {informality: 0.4}\n", "'gge' is met by no strategy"),
    "nobody": ("actors:\n", "  GBR: {margin: 0.4}\n", "'GBR' is not in the cast"),
    "patience": (FIRST_STRATEGY, "  - {name: one, tracks: code@COPUOS, patience: 12}\n",
                 "no fallback to move to"),
    "milestone": (FIRST_STRATEGY,
                  "  - {name: one, tracks: code@COPUOS, after_milestone: mandate}\n", "waits for none"),
    "weight": (FIRST_STRATEGY, "  - {name: one, tracks: code@COPUOS, weight: 2}\n",
               "no item of a package"),
    "any": (FIRST_STRATEGY, "  - {name: one, tracks: code@COPUOS, succeeds_when: any}\n",
            "one track only"),
    "pledge": ("initiatives:\n", "  code: {pledge: {form: 0.1, scope: 0.1}}\n", "'+pledges'"),
}  # fmt: skip


def with_lines(folder: Path, head: str, lines: str) -> Path:
    """Write the study of outer space with lines added below a heading of its file."""
    study(folder)
    file = folder / "study.yaml"
    text = file.read_text("utf-8")
    top = head.partition("\n")[0] + "\n"
    if lines and top not in text:
        text += top
    if not lines:
        return folder
    file.write_text(text.replace(top, head + lines, 1), "utf-8")
    return folder


@pytest.mark.parametrize("what", IN_VAIN)
def test_what_is_said_in_vain_is_noted_once_and_moves_nothing(what, tmp_path):
    head, lines, message = IN_VAIN[what]
    folder = with_lines(tmp_path / "s", head, lines)
    found = api.check(folder)
    assert list(found) == []
    noted = [note for note in found.notes if message in note.message]
    assert len(noted) == 1 and noted[0].file.endswith("study.yaml") and noted[0].line, found.notes
    plain = study(tmp_path / "plain")
    before = {note.message for note in api.check(plain).notes}
    assert not [text for text in before if message in text]


IDLE_TO_THE_BIT = ("dissolved", "share", "take part", "linkage", "votes", "passes", "forum",
                   "unused", "nobody", "pledge")  # fmt: skip


@pytest.mark.parametrize("what", IDLE_TO_THE_BIT)
def test_what_is_noted_as_without_effect_has_none(what, tmp_path):
    head, lines, _ = IN_VAIN[what]
    plain = with_lines(tmp_path / "plain", head, "    informality: 0.5\n" if head == VENUE else "")
    said = with_lines(
        tmp_path / "said", head, ("    informality: 0.5\n" if head == VENUE else "") + lines
    )
    if what == "forum":
        said = with_lines(
            tmp_path / "other",
            head,
            "    informality: 0.5\n    universal: true\n    convening: {USA: 0.9}\n",
        )
        plain = with_lines(tmp_path / "flat", head, "    informality: 0.5\n    universal: true\n")
    pd.testing.assert_frame_equal(rows_of(load_setting(plain), 20), rows_of(load_setting(said), 20))


def test_records_that_no_experiment_of_the_study_uses_are_noted(tmp_path):
    folder = study(tmp_path / "s", files={"initiatives/fish.yaml": FISH})
    (note,) = [n for n in api.check(folder).notes if "no experiment of the study" in n.message]
    assert note.file.endswith("fish.yaml")
    file = folder / "experiments" / "more.yaml"
    file.parent.mkdir()
    file.write_text((folder / "study.yaml").read_text().replace("id: study", "id: more"))
    assert [n.file for n in api.check(folder).notes if "no experiment" in n.message] == [note.file]


def test_susceptibility_without_ties_is_noted(tmp_path):
    folder = own_issues(tmp_path / "s")
    file = folder / "study.yaml"
    text = file.read_text().replace(
        "salience: {quota: 1, season: 1}}",
        "salience: {quota: 1, season: 1}, susceptibility: 0.2}",
        1,
    )
    file.write_text(text)
    assert not [n for n in api.check(folder).notes if "have a tie" in n.message]
    (folder / "ties.yaml").write_text("ties: {}\n")
    noted = [n for n in api.check(folder).notes if "have a tie" in n.message]
    assert len(noted) == 1 and "susceptibility" in noted[0].field
