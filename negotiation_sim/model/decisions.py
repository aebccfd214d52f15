"""Every decision declared once: who takes it, when, between what, and what the rules advise.

A step asks :func:`decided` and gives the rules' advice; compiled, the advice is taken and the
question vanishes. In the plain engine it goes through a policy (:class:`Policy`), whose methods,
like a seat's questions and an environment's actions, are made from the declarations.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from negotiation_sim.model.compiling import Functions, Put, compiled_as, step

if TYPE_CHECKING:
    from negotiation_sim.model.state import Teller, Truth, Vector


class Decision(NamedTuple):
    """A decision that a state (or, ``who='track'``, those behind an initiative) may take.

    Parameters
    ----------
    name : str
        Of the policy's method.
    who : {'member', 'accepter', 'outsider', 'actor', 'track'}
    when : str
        The moment, in words.
    options : tuple of str
        What may be answered: the first is yes.
    default : str
        What the rules advise, in words.
    mechanism : str
    question : str
        As a seat is asked.
    """

    name: str
    who: str
    when: str
    options: tuple[str, str]
    default: str
    mechanism: str
    question: str


_decisions: list[Decision] = []


def _decision(
    name: str, who: str, when: str, options: tuple[str, str], default: str, mechanism: str,
    question: str,
) -> int:  # fmt: skip
    """Declare a decision; return the number by which steps know it."""
    _decisions.append(Decision(name, who, when, options, default, mechanism, question))
    return len(_decisions) - 1


BACK_MANDATE = _decision(
    "back_mandate", "member", "a venue is asked for a mandate", ("back", "refuse"),
    "back if what the talks may bring is worth more than none", "M8",
    "Does it back the mandate?",
)  # fmt: skip
ACCEPT = _decision(
    "accept", "member", "a text is put to the members", ("accept", "not accept"),
    "accept if the text is worth what it insists on", "M6", "Does it accept the text?",
)  # fmt: skip
GO_ALONG = _decision(
    "go_along", "member", "it does not accept, and the venue's rule knows a veto",
    ("go along", "object"), "go along if standing alone costs more than yielding", "M6",
    "Does it go along rather than object?",
)  # fmt: skip
PLEDGE = _decision(
    "pledge", "member", "a track carries interim pledges and it has not pledged",
    ("pledge", "decline"), "pledge if the pledge, less what it costs those who test, is worth more than none", "M13",
    "Does it give the interim pledge?",
)  # fmt: skip
LEAVE = _decision(
    "leave", "track", "each month between mandate and adoption", ("withdraw", "stay"),
    "withdraw by chance, at the yearly hazard of withdrawal", "M18",
    "Is the initiative withdrawn?",
)  # fmt: skip
RATIFY = _decision(
    "ratify", "accepter", "its month to ratify has come", ("ratify", "not yet"),
    "ratify if the domestic hurdle is passed", "M15", "Does it ratify?",
)  # fmt: skip
ACCEDE = _decision(
    "accede", "outsider", "its month to accede has come", ("accede", "stay out"),
    "accede if the text is worth more than none and the domestic hurdle is passed",
    "M15", "Does it accede?",
)  # fmt: skip
TEST = _decision(
    "test", "actor", "it is about to test a weapon", ("test", "refrain"),
    "test unless what binds it thins the hazard", "M11", "Does it carry out the test?",
)  # fmt: skip
BREACH = _decision(
    "breach", "actor", "a crisis puts it under pressure while a text binds it",
    ("break", "keep"), "break by chance, as likely as the text's form makes it", "M19",
    "Does it break what binds it?",
)  # fmt: skip
DECISIONS = tuple(_decisions)
PROPOSE = Decision(
    "propose", "member", "the chair revises the text", ("a text", "nothing"),
    "nothing: the chair reads its deficit", "M5",
    "Towards which text should the chair move?",
)  # fmt: skip


@step
def advised(teller: Any, what: int, m: int, i: int, advice: Truth) -> Truth:
    """Return the rules' advice."""
    return advice


def _asked(number: int, function: Put, rest: Put) -> Any:
    def decided(teller: Any, what: int, m: int, i: int, advice: Truth) -> Truth:
        if what == number:
            return bool(function(teller.given, teller.world, teller.state, m, i, advice))
        followed: Truth = rest(teller, what, m, i, advice)
        return followed

    return decided


def _by_plugin(functions: Functions) -> Put | None:
    """Return what asks the compiled policies of a plug-in in turn, None where it has none."""
    chosen = None
    for number, decision in enumerate(DECISIONS):
        if decision.name in functions:
            chosen = step(_asked(number, functions[decision.name], chosen or advised))
    return chosen


@compiled_as(lambda teller, what, m, i, advice: advice, _by_plugin)
def decided(teller: Teller | None, what: int, m: int, i: int, advice: Truth) -> Truth:
    """Return what actor ``i`` decides on track ``m`` (-1: none), given the rules' advice."""
    return advice if teller is None else teller.decided(what, m, i, advice)


@compiled_as(lambda teller, m, i, part, wanted: (0.0, wanted))
def proposed(
    teller: Teller | None, m: int, i: int, part: float, wanted: Vector
) -> tuple[float, Vector | Sequence[float]]:
    """Return how far actor ``i`` draws the chair's aim, and towards which text; 0 if it proposes none."""
    return (0.0, wanted) if teller is None else teller.proposed(m, i, part, wanted)
