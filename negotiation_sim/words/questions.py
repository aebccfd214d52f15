"""What a person in a seat is asked and may answer, in words: mandate, text, pledge."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class QuestionWords:
    """A question to a seat, and what its capital advises: yes or no."""

    asked: str
    advises_yes: str
    advises_no: str


QUESTIONS: Mapping[str, QuestionWords] = {
    "mandate": QuestionWords(
        "Shall talks on this begin here?",
        "Agree: talks here are worth the risk.",
        "Do not ask for it: what talks may bring is not worth their risk.",
    ),
    "text": QuestionWords(
        "The chair puts this text to you.",
        "Accept: the text is worth what we hold out for.",
        "Do not accept yet.",
    ),
    "pledge": QuestionWords(
        "Will you pledge not to test or use destructive methods while talks go on?",
        "Pledge: a ban of this kind is worth more to us than our freedom.",
        "Do not pledge.",
    ),
}


@dataclass(frozen=True)
class AnswerWords:
    """An answer: after "you chose to", and on its button; ``opt_in`` where nobody can block."""

    chose_to: str
    button: str = ""
    opt_in: str = ""


ANSWERS: Mapping[str, AnswerWords] = {
    "accept": AnswerWords("accept", "Accept"),
    "go_along": AnswerWords("go along", "Go along"),
    "object": AnswerWords("object", "Object", "Stay out"),
    "propose": AnswerWords("object and propose a move", "Propose this"),
    "back": AnswerWords("back the mandate", "Agree"),
    "refuse": AnswerWords("refuse the mandate", "Refuse"),
    "pledge": AnswerWords("pledge", "Pledge not to test"),
    "decline": AnswerWords("not pledge", "Do not pledge"),
    "not_accept": AnswerWords("not accept"),
    "not_back": AnswerWords("not back the mandate"),
}
