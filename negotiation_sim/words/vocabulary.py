"""The model's vocabulary in words, each thing once: causes, terms, issues, responses, stages, endings.

Story, page, figures, report and replay take their words from here. The tables are keyed by the
names that :mod:`negotiation_sim.model.terms` gives; a test holds them complete. A name without an
entry is said as it is written, with spaces, so that nothing fails on it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from negotiation_sim.model.terms import DELAY, NO_TERM, Cause, Ending, Response, Stage, label

LATE = "late"  # a success after a deadline shorter than the run's own


def spaced(name: str) -> str:
    """Return a name of the model as a reader would write it.

    Examples
    --------
    >>> spaced("verification_cost")
    'verification cost'
    """
    return name.replace("_", " ")


@dataclass(frozen=True)
class CauseWords:
    """A cause of failure.

    Parameters
    ----------
    missed : str
        The milestone missed, as the table of causes names it.
    label : str
        In the key of a figure.
    plain : str
        On the page, for a class.
    clause : str
        After "it fails because".
    """

    missed: str
    label: str
    plain: str
    clause: str


_CAUSES = {
    Cause.NOT_STARTED: CauseWords(
        "mandate", "not started", "never started", "negotiations have not begun"
    ),
    Cause.CALENDAR: CauseWords(
        "mandate", "venue did not meet", "no meeting in time", "the venue does not meet in time"
    ),
    Cause.LINKAGE: CauseWords(
        "mandate", "linkage to other items", "blocked by linkage",
        "a dispute over other items blocks the venue",
    ),
    Cause.MANDATE: CauseWords("mandate", "mandate refused", "no mandate", "no mandate is given"),
    Cause.TEXT: CauseWords(
        "adoption", "objections to the text", "no agreed text", "the text is not agreed"
    ),
    Cause.TIME: CauseWords(
        "adoption", "ran out of time", "ran out of time",
        "time runs out while states hold out for more than they need",
    ),
    Cause.WITHDRAWAL: CauseWords(
        "adoption", "withdrawn", "given up", "the initiative is withdrawn"
    ),
    Cause.DISSOLUTION: CauseWords(
        "adoption", "venue dissolved", "venue dissolved", "the venue is dissolved"
    ),
    Cause.RATIFICATION: CauseWords(
        "entry into force", "not ratified", "not ratified", "too few ratify in time"
    ),
    Cause.PARTICIPATION: CauseWords(
        "success", "too few took part", "too few took part", "too few of the capable take part"
    ),
}  # fmt: skip
# In the order of the milestones they miss.
CAUSES: Mapping[str, CauseWords] = {label(cause): words for cause, words in _CAUSES.items()} | {
    LATE: CauseWords("success", "succeeded late", "too late", "success comes late")
}


def cause_words(name: str) -> CauseWords:
    """Return the words of a cause."""
    said = spaced(name)
    return CAUSES.get(name, CauseWords(said, said, said, said))


def causes_in_order(names: Iterable[str]) -> list[str]:
    """Return causes in the order of the milestones they miss, those without an entry last.

    Examples
    --------
    >>> causes_in_order(["late", "text", "eclipse", "calendar"])
    ['calendar', 'text', 'late', 'eclipse']
    """
    present = list(dict.fromkeys(names))
    return [n for n in CAUSES if n in present] + [n for n in present if n not in CAUSES]


@dataclass(frozen=True)
class TermWords:
    """A term on which a state can object, other than an issue.

    Parameters
    ----------
    phrase : str
        After "on" or "over".
    label : str
        In a cell of a figure.
    cell : str
        Alone in a table; default: the phrase.
    before : str
        What joins it to a refusal.
    """

    phrase: str
    label: str
    cell: str = ""
    before: str = "on"


TERMS: Mapping[str, TermWords] = {
    "verification_cost": TermWords("the cost of verification", "verification"),
    "missile_defence": TermWords("missile-defence interests", "missile def."),
    "set_aside": TermWords("what the text sets aside", "set aside"),
    "left_out": TermWords("what the text leaves out of its own field", "left out"),
    "foreclosure": TermWords("a weak text in a stronger one's place", "foreclosure"),
    "conflict": TermWords("what existing treaties say otherwise", "other treaties"),
    "convening": TermWords("who convenes the talks", "the forum"),
    "own_reason": TermWords("a reason of its own that we do not see", "own reason", before="for"),
    "climate": TermWords("the political climate of the time", "climate", before="in"),
    NO_TERM: TermWords("no single term", "refusal", "refusal on no single term"),
    DELAY: TermWords("want of time to ratify", "time to ratify", before="for"),
}


@dataclass(frozen=True)
class IssueWords:
    """An issue that the model gives a meaning; others go by their names.

    Parameters
    ----------
    phrase : str
        After "over", with what it is about.
    axis : str
        Under the axis of a figure.
    ends : str
        On the page: what 0 and 1 stand for.
    scale : sequence of (float, str)
        Places on it that docs/model.md names; a line break where a figure may break the words.
    """

    phrase: str = ""
    axis: str = ""
    ends: str = ""
    scale: tuple[tuple[float, str], ...] = ()


ISSUES: Mapping[str, IssueWords] = {
    "form": IssueWords(
        "the form (how binding)", "form: how binding", "form: code (0) or treaty (1)",
        (
            (0.0, "voluntary\ngood practice"), (0.2, "guidelines"), (0.35, "code of\nconduct"),
            (0.65, "executive\nagreement"), (0.8, "treaty"), (1.0, "treaty with\nsettlement"),
        ),
    ),
    "scope": IssueWords(
        "the scope (how much is covered)", "scope: how much is covered",
        "scope: narrow (0) or broad (1)",
        (
            (0.0, "no debris-producing tests"), (0.2, "ban on destructive methods"),
            (0.45, "+ interference, debris, traffic"), (0.7, "all anti-satellite weapons"),
            (0.9, "no weapons in space, no force"), (1.0, "+ research and production"),
        ),
    ),
    "verification": IssueWords(ends="verification: none (0) to intrusive (1)"),
    "interference": IssueWords(ends="harmful interference: left out (0) or banned (1)"),
}  # fmt: skip
NO_ISSUE = IssueWords()


def on_term(name: str) -> str:
    """Return a term of M1 after "on"; issues keep their names.

    Examples
    --------
    >>> on_term("set_aside"), on_term("scope")
    ('what the text sets aside', 'scope')
    """
    return TERMS[name].phrase if name in TERMS else name


def objecting(name: str) -> str:
    """Return on what, or for what, a state refuses.

    Examples
    --------
    >>> objecting("scope"), objecting("own_reason")
    ('on scope', 'for a reason of its own that we do not see')
    """
    return f"{TERMS[name].before if name in TERMS else 'on'} {on_term(name)}"


def term_cell(name: str) -> str:
    """Return a term or an issue alone, as a table or "mostly over" wants it.

    Examples
    --------
    >>> term_cell("refusal"), term_cell("scope"), term_cell("launch_notice")
    ('refusal on no single term', 'the scope (how much is covered)', 'launch notice')
    """
    if name in TERMS:
        return TERMS[name].cell or TERMS[name].phrase
    return ISSUES.get(name, NO_ISSUE).phrase or spaced(name)


def term_label(name: str) -> str:
    """Return a term for a cell of a figure; issues keep their names."""
    return TERMS[name].label if name in TERMS else name


@dataclass(frozen=True)
class ResponseWords:
    """What a member says to a text.

    Parameters
    ----------
    says : str
        Third person.
    opt_in : str
        Third person where nobody can block.
    heads : str
        Before a list of those who say it.
    heads_opt_in : str
    """

    says: str
    opt_in: str
    heads: str
    heads_opt_in: str


_RESPONSES = {
    Response.ACCEPTS: ResponseWords("accepts", "accepts", "Accept", "Accept"),
    Response.GOES_ALONG: ResponseWords("goes along", "goes along", "Go along", "Go along"),
    Response.OBJECTS: ResponseWords("objects", "stays out", "Object", "Stay out"),
    Response.ABSENT: ResponseWords("absent", "absent", "Absent", "Absent"),
}
RESPONSES: Mapping[str, ResponseWords] = {label(r): words for r, words in _RESPONSES.items()}
NOT_ASKED = "not asked"
# What a member says to a mandate, by its response; its words.
VOTE_OF: Mapping[str, str] = {
    label(Response.ACCEPTS): "backs", label(Response.GOES_ALONG): "yields",
    label(Response.OBJECTS): "refuses",
}  # fmt: skip
VOTES: Mapping[str, str] = {
    "backs": "backs the mandate", "yields": "goes along with the mandate",
    "refuses": "refuses the mandate",
}  # fmt: skip


@dataclass(frozen=True)
class StageWords:
    """A milestone on a track's way.

    Parameters
    ----------
    step : str
        Its name in the columns of summaries: ``p_adopted``.
    column : str
        Of the table of replicates: its month.
    reached : str
        Before a date: ``in force January 2012``.
    title : str
        Above a panel of a figure.
    """

    step: str
    column: str
    reached: str
    title: str


STAGES: Mapping[Stage, StageWords] = {
    Stage.MANDATED: StageWords("mandate", "mandate_month", "mandate", "mandate\nto negotiate"),
    Stage.ADOPTED: StageWords("adopted", "adoption_month", "adopted", "text\nadopted"),
    Stage.IN_FORCE: StageWords("in_force", "entry_into_force_month", "in force", "in force"),
    Stage.SUCCESS: StageWords("success", "success_month", "success", "timely\nsuccess"),
}

_ENDINGS = {
    Ending.CENSORED: "undecided at the horizon",
    Ending.SUCCESS: "success",
    Ending.WITHDRAWN: "withdrawn",
    Ending.DISSOLVED: "dissolved",
}
ENDINGS: Mapping[str, str] = {label(ending): words for ending, words in _ENDINGS.items()}
