"""What a person in a seat is asked and may answer, in words."""

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
    "ratify": QuestionWords(
        "The text lies before your parliament. Do you ratify?",
        "Ratify: there is a majority for it.",
        "Not yet: there is no majority for it.",
    ),
    "accede": QuestionWords(
        "The text is open to you. Do you accede?",
        "Accede: the text is worth more to us than none.",
        "Stay out.",
    ),
    "test": QuestionWords(
        "Your forces are ready to test a weapon in orbit. Do you let them?",
        "Test: nothing that we are bound by keeps us from it.",
        "Refrain: what binds us weighs more.",
    ),
    "breach": QuestionWords(
        "A crisis puts you under pressure, and what you are bound by is in the way. Do you break it?",
        "Break it.",
        "Keep it.",
    ),
    "leave": QuestionWords(
        "Those behind this initiative are about to give it up, and look to you. Do you withdraw it?",
        "Withdraw it.",
        "Stay.",
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
    "ratify": AnswerWords("ratify", "Ratify"),
    "not_yet": AnswerWords("not ratify yet", "Not yet"),
    "accede": AnswerWords("accede", "Accede"),
    "stay_out": AnswerWords("stay out", "Stay out"),
    "test": AnswerWords("test", "Test"),
    "refrain": AnswerWords("refrain from the test", "Refrain"),
    "break": AnswerWords("break what bound it", "Break it"),
    "keep": AnswerWords("keep what bound it", "Keep it"),
    "withdraw": AnswerWords("withdraw the initiative", "Withdraw it"),
    "stay": AnswerWords("stay", "Stay"),
    "advice": AnswerWords("do as the capital advised", "As my capital advises"),
    "not_accept": AnswerWords("not accept"),
    "not_back": AnswerWords("not back the mandate"),
}
