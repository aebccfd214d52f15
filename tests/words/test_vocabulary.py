"""Every name of the model has its words, once; a name without an entry fails nowhere."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pandas as pd
import pytest

from negotiation_sim.analysis import figures as plots
from negotiation_sim.analysis import outcomes, replicates
from negotiation_sim.analysis.causes import CauseAccumulator
from negotiation_sim.analysis.figures import failure, space
from negotiation_sim.faces.page import compare_charts, game, question_card, theme, time_charts
from negotiation_sim.faces.page.watching import SAYINGS
from negotiation_sim.faces.report import answer, hedging, replay
from negotiation_sim.model.terms import (
    COST_TERMS,
    DELAY,
    NO_TERM,
    Cause,
    Ending,
    Response,
    Stage,
    label,
)
from negotiation_sim.words import questions, vocabulary
from negotiation_sim.words.vocabulary import CauseWords

STEPS_OF_FAILURE = ("mandate", "adoption", "entry into force", "success")


def complete(entry: object) -> bool:
    return all(value for value in dataclasses.asdict(entry).values())


def test_every_cause_has_an_entry_in_the_order_of_the_milestones():
    causes = list(vocabulary.CAUSES)
    assert causes == [label(cause) for cause in Cause if cause] + [vocabulary.LATE]
    assert list(replicates.CAUSES[1:]) == causes
    assert all(map(complete, vocabulary.CAUSES.values()))
    missed = [STEPS_OF_FAILURE.index(words.missed) for words in vocabulary.CAUSES.values()]
    assert missed == sorted(missed)


def test_no_two_causes_share_words_or_a_colour():
    for name in ("label", "plain", "clause"):
        assert len({getattr(w, name) for w in vocabulary.CAUSES.values()}) == len(vocabulary.CAUSES)
    for colours in (failure.CAUSE_COLOURS, theme.CAUSE_COLOURS):
        assert set(colours) <= set(vocabulary.CAUSES)
        assert len(set(colours.values())) == len(colours)


def test_every_term_has_an_entry():
    assert set(vocabulary.TERMS) == {*COST_TERMS, NO_TERM, DELAY}
    for name in vocabulary.TERMS:
        assert "_" not in vocabulary.on_term(name) + vocabulary.term_label(name)
        assert vocabulary.term_cell(name)


def test_every_response_stage_and_ending_has_an_entry():
    assert set(vocabulary.RESPONSES) == {label(r) for r in Response} == set(SAYINGS)
    assert all(map(complete, vocabulary.RESPONSES.values()))
    assert list(vocabulary.STAGES) == [stage for stage in Stage if stage]
    assert set(vocabulary.ENDINGS) == {label(e) for e in Ending}


def test_stages_name_the_columns_that_analysis_makes():
    stages = vocabulary.STAGES.values()
    assert tuple(s.step for s in stages) == outcomes.STEPS == tuple(time_charts.MILESTONES)
    assert tuple(s.column for s in stages) == replicates.MILESTONES


def test_every_question_and_answer_of_a_seat_has_an_entry():
    assert set(questions.QUESTIONS) == set(game.ANSWERS)
    asked = {answer for answers in game.ANSWERS.values() for answer in answers}
    assert set(questions.ANSWERS) == asked | {game.NOT_ACCEPT, game.NOT_BACK, game.ADVICE}
    assert set(question_card.ICONS) == asked - {game.PROPOSE}
    for name in asked:
        assert questions.ANSWERS[name].button


# A cause that the model has and words do not know, and one that has just got its entry.


def shares(cause: str) -> pd.DataFrame:
    return pd.DataFrame({
        "strategy": ["ban@CD", "ban@CD"], "stage_missed": ["mandate", "mandate"],
        "cause": ["linkage", cause], "count": [30, 70], "share": [0.3, 0.7], "low": [0.2, 0.6],
        "high": [0.4, 0.8], "share_of_all": [0.3, 0.7],
    })  # fmt: skip


@dataclasses.dataclass
class Tables:
    causes: pd.DataFrame


def words_of_figure(figure) -> list[str]:
    return [text.get_text() for legend in figure.legends for text in legend.get_texts()]


def told_of(cause: str) -> dict[str, str]:
    """Return what figure, page and report say of a cause."""
    table = shares(cause)
    chart = compare_charts.causes(Tables(table), ["ban@CD"])
    blockers = pd.DataFrame(columns=["strategy", "actor", "share", "low", "high", "terms", "alone"])
    return {
        "figure": words_of_figure(plots.causes_of_failure(table))[-1],
        "page": chart["series"][-1]["name"],
        "report": " ".join(answer.failure("ban@CD", table, blockers, {}).split()),
    }


def test_a_cause_without_words_is_said_by_its_name():
    told = told_of("solar_eclipse")
    assert told["figure"] == told["page"] == "solar eclipse"
    assert "solar eclipse" in told["report"]


def test_a_new_cause_needs_one_entry_for_figure_page_table_and_report(monkeypatch):
    entry = CauseWords("mandate", "eclipse of the sun", "too dark", "the sun is not seen")
    monkeypatch.setattr(vocabulary, "CAUSES", {**vocabulary.CAUSES, "solar_eclipse": entry})
    told = told_of("solar_eclipse")
    assert told["figure"] == "eclipse of the sun" and told["page"] == "too dark"
    assert "the sun is not seen" in told["report"]


def test_a_new_cause_is_counted_with_the_milestone_that_its_words_name(monkeypatch):
    entry = CauseWords("entry into force", "eclipse of the sun", "too dark", "the sun is not seen")
    monkeypatch.setattr(vocabulary, "CAUSES", {**vocabulary.CAUSES, "text": entry})
    counted = CauseAccumulator()
    counted.update(pd.DataFrame({
        "strategy": ["a", "a"], "cause": ["text", "linkage"], "error": ["", ""],
    }))  # fmt: skip
    table = counted.shares().set_index("cause")["stage_missed"]
    assert table["text"] == "entry into force" and table["linkage"] == "mandate"


@pytest.mark.parametrize("known", [failure.CAUSE_COLOURS, theme.CAUSE_COLOURS])
def test_causes_without_a_colour_take_different_ones(known):
    from negotiation_sim.analysis.figures.style import colours_of

    colours = colours_of(["text", "solar_eclipse", "leap_year"], known)
    assert colours["text"] == known["text"]
    assert len({*colours.values(), *known.values()}) == len(known) + 2


def test_report_and_replay_say_terms_and_responses_with_these_words():
    assert hedging.over("set_aside 80, refusal 20").startswith(
        "mostly over what the text sets aside"
    )
    assert hedging.over("refusal 5") == "over refusal on no single term"
    said = replay._sayings()
    assert said["objects"] == "objects, or stays out" and said["goes_along"] == "goes along"
    assert set(said) == {"", "backs", "yields", "refuses", "accepts", "goes_along", "objects"}


def test_every_answer_to_a_mandate_has_words_and_a_mark():
    assert set(vocabulary.VOTE_OF) == set(vocabulary.RESPONSES) - {"absent"}
    assert set(vocabulary.VOTES) == set(vocabulary.VOTE_OF.values())
    assert set(space.MARKS) == set(replay._sayings())


def test_a_reason_of_its_own_is_not_said_to_be_an_issue():
    assert vocabulary.objecting("own_reason") == "for a reason of its own that we do not see"
    assert vocabulary.objecting("convening") == "on who convenes the talks"
    assert vocabulary.objecting("delay") == "for want of time to ratify"


def test_no_other_module_keeps_words_of_a_cause():
    """Words of a cause stand in words alone; names of causes outside serve colours and the model."""
    package = Path(vocabulary.__file__).parent.parent
    others = [path for path in package.rglob("*.py") if path.parent.name != "words"]
    assert len(others) > 100
    clauses = [w.clause for w in vocabulary.CAUSES.values()]
    for path in others:
        text = path.read_text("utf-8")
        assert not [clause for clause in clauses if clause in text], path
