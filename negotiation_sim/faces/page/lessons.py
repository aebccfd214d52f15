"""Six guided exercises for a class of 45 minutes; the same text makes the printed sheet.

What the facilitator's notes say of the results is held by a test.
"""

from __future__ import annotations

import dataclasses

from negotiation_sim.faces.page.address import Address

CD = "ban-treaty@CD"
TREATY, AGREEMENT = "ban-treaty@adhoc-optin", "ban-executive@adhoc-optin"
LEAVING = "ban-treaty@CD>adhoc-optin"
BOTH = "ban-treaty@adhoc-optin+pledges+code@COPUOS"
TEN = {"success.deadline_years": 10.0}


@dataclasses.dataclass(frozen=True)
class Step:
    """Something to do: minutes, words, and the settings at which the page opens for it."""

    minutes: int
    words: str
    address: Address | None = None


@dataclasses.dataclass(frozen=True)
class Lesson:
    """One exercise; ``steps`` add up to 45 minutes."""

    number: int
    title: str
    question: str
    goal: str
    steps: tuple[Step, ...]
    discuss: tuple[str, ...]
    notes: tuple[str, ...]


def _watch(strategy: str, replicate: int, **more: object) -> Address:
    return Address(tab="watch", strategy=strategy, replicate=replicate, **more)  # type: ignore[arg-type]


def _compare(*strategies: str, **more: object) -> Address:
    return Address(tab="compare", compare=strategies, **more)  # type: ignore[arg-type]


LESSONS = (
    Lesson(
        1, "Why is the CD stuck?",
        "The Conference on Disarmament has the experts, the calendar and the members. Why does so "
        "little come out of it?",
        "Tell three obstacles apart: linkage to other items, consensus on the mandate, and the text itself.",
        (
            Step(5, "Before looking: each student writes down who will block a ban on destructive "
                 "methods in the CD, and why."),
            Step(10, "Watch one world with Next event. Note each year why nothing begins.",
                 _watch(CD, 3)),
            Step(10, "Compare three initiatives in the CD. Read the causes before the probabilities.",
                 _compare(CD, "code@CD", "open@CD")),
            Step(10, "The same with ten times the political leadership. Which cause shrinks, which "
                 "takes its place?",
                 _compare(CD, "code@CD", "open@CD", changes={"venues.CD.leadership": 10.0})),
            Step(10, "Discuss."),
        ),
        (
            "Is a venue stuck because of its rule, or because of what its members want elsewhere?",
            "Leadership ended the linkage. Why was that not enough?",
            "Who gains from a forum in which nothing is decided?",
        ),
        (
            "In the base case linkage is the commonest cause for all three: no mandate can even be put.",
            "With ten times the leadership linkage all but vanishes. For the treaty the mandate becomes the "
            "main cause, most often refused by the United States over its form: under consensus one refusal "
            "is enough.",
            "Talks on a code, or on an open mandate, then begin in most worlds, and the text becomes the main "
            "cause. The open mandate is given most often, since everybody finds a point in it; yet of the "
            "worlds in which its talks begin, about two in five have no text in time: what is left vague at the "
            "start comes back at the end.",
            "Common mistake: to read a low probability as a forecast. It is what follows from these "
            "assumptions; ask which of them the class would change.",
        ),
    ),
    Lesson(
        2, "Narrow or broad?",
        "Ban only what can be watched, or all weapons in space?",
        "See that breadth costs support twice: in verification and missile defence for some, in what is "
        "set aside for others.",
        (
            Step(5, "Vote: narrow ban or broad treaty? Keep the count."),
            Step(10, "Watch the broad treaty among the like-minded. Who is in, who stays out?",
                 _watch("ppwt@adhoc-optin", 0)),
            Step(10, "Compare narrow and broad, fifteen years allowed. Where does each one stop?",
                 _compare(TREATY, AGREEMENT, "ppwt@adhoc-optin",
                          changes={"success.deadline_years": 15.0})),
            Step(10, "Let nearly everything be verified, as with commercial data. Does the broad one gain?",
                 _compare(TREATY, AGREEMENT, "ppwt@adhoc-optin",
                          changes={"success.deadline_years": 15.0, "environment.verifiable_scope": 0.9})),
            Step(10, "Vote again, then discuss."),
        ),
        (
            "What festers when it is set aside?",
            "Can a treaty be worth having if the strongest state stays out?",
            "Is a narrow treaty a stepping stone or an excuse?",
        ),
        (
            "All three are adopted among the like-minded in most worlds. The broad treaty never enters into "
            "force, the narrow one hardly ever; as an executive agreement the narrow ban does in a third of "
            "the worlds. Adoption is not entry into force.",
            "Nor is entry into force success: the United States stays out of the agreement most often, over "
            "its form; many of the others would ratify, and fifteen years are not enough for them.",
            "That nearly everything can be verified changes little here: what states ask for by way of "
            "verification is in the positions from which they start.",
        ),
    ),
    Lesson(
        3, "Treaty or code?",
        "Binding and slow, or voluntary and soon?",
        "Weigh speed against strength, and see who joins which.",
        (
            Step(5, "Write down two states that would join a code but no treaty, and two that would do "
                 "the reverse."),
            Step(10, "Watch a ban among the like-minded; note the months of mandate, adoption and entry "
                 "into force.", _watch(AGREEMENT, 0)),
            Step(10, "Compare agreement and codes. Look at texts, causes and curves.",
                 _compare(AGREEMENT, "code@adhoc-optin", "eu-code@adhoc-optin", "code@COPUOS")),
            Step(10, "Allow ten years instead of five.",
                 _compare(AGREEMENT, "code@adhoc-optin", "eu-code@adhoc-optin", "code@COPUOS", changes=TEN)),
            Step(10, "Discuss, with the lists from the start."),
        ),
        (
            "Is a code that all the others join worth more than a treaty without ratification?",
            "What does ratification show about a nation, as against its government?",
            "Would you keep a code in a crisis? A treaty?",
        ),
        (
            "Among the like-minded a code is many times likelier to succeed in time than a ban that binds: "
            "nothing waits for parliaments, and more of the capable join.",
            "Within five years and within ten the ban fails mostly for want of ratification: who would join "
            "has not got to it. The code's failures are of participation: the United States stays out most "
            "often, Russia and China, who want binding rules, in half of the failures and more.",
            "With ten years the code in COPUOS gains most: consensus takes long, and nobody is left "
            "outside. The deadline is a value judgement.",
        ),
    ),
    Lesson(
        4, "Leaving the venue",
        "Wait in the forum where all are present, or leave with those who are willing?",
        "See what patience buys and what leaving costs.",
        (
            Step(5, "Recall a process that left its forum (land mines, cluster munitions). What was lost?"),
            Step(10, "Watch a ban that leaves the CD when patience is spent. In which month does it move, "
                 "what does it keep?", _watch(LEAVING, 0)),
            Step(10, "Compare staying, leaving later and never going to the CD. Read who adopts in time.",
                 _compare(CD, LEAVING, TREATY)),
            Step(10, "Play: take the seats of a state that wants to stay and one that wants to leave.",
                 Address(tab="play", strategy=LEAVING)),
            Step(10, "Discuss."),
        ),
        (
            "Does the threat to leave move those who block?",
            "Who is missing in the new venue, and does it matter to what the text forbids?",
            "How long is long enough to wait?",
        ),
        (
            "Read the share that adopts in time: leaving beats staying, and going straight to the "
            "like-minded beats leaving. The years in the CD are lost for the deadline, half of the rounds "
            "are kept.",
            "None of the three succeeds: a forum that can be left can be stayed out of. The United States, "
            "which refused most often in the CD, is not among those who adopt, and too few of those ratify.",
        ),
    ),
    Lesson(
        5, "Pledges as good faith",
        "Does a promise not to test, while talks go on, help the talks?",
        "Separate two things: what pledges do in orbit and what they do at the table.",
        (
            Step(5, "Would you pledge before the others do? Hands up."),
            Step(10, "Watch a ban with interim pledges. Who pledges, and when?",
                 _watch(AGREEMENT + "+pledges", 0)),
            Step(10, "Compare with and without. Is the difference larger than the intervals?",
                 _compare(AGREEMENT, AGREEMENT + "+pledges", "pledges@adhoc-optin", replicates=2000)),
            Step(10, "Make pledges count for more trust, and events more frequent.",
                 _compare(AGREEMENT, AGREEMENT + "+pledges", replicates=2000,
                          changes={"environment.pledge_trust": 0.5, "environment.event_rate": 0.1})),
            Step(10, "Discuss."),
        ),
        (
            "Are pledges a step towards the treaty or a reason to do without?",
            "What does a broken pledge cost, and whom?",
            "Why do those who matter most for debris not pledge first?",
        ),
        (
            "Most of the capability pledges within months; the largest holders of it are not all among "
            "the first.",
            "At the table the effect is small, within the intervals. In orbit it is not: tests are "
            "avoided. Download the table and read mean_events_avoided.",
            "A difference inside the intervals is a result too. Same worlds are used for all strategies, "
            "so small differences can still be real: ask how one would find out.",
        ),
    ),
    Lesson(
        6, "Division of labour",
        "A ban here, a code there: do two tracks help or hinder one another?",
        "See spillover as an assumption of either sign, on which the workshop did not agree.",
        (
            Step(5, "Two groups: stepping stone, or poor substitute? Each writes one sentence."),
            Step(10, "Watch both tracks at once; switch between them above the chart.",
                 _watch(BOTH, 0)),
            Step(10, "Compare the tracks alone and together, ten years, no spillover.",
                 _compare(TREATY + "+pledges", "code@COPUOS", BOTH, changes=TEN)),
            Step(10, "The same with spillover as a stepping stone. Then set it to -1 yourself.",
                 _compare(TREATY + "+pledges", "code@COPUOS", BOTH,
                          changes=TEN | {"environment.spillover": 1.0})),
            Step(10, "Discuss."),
        ),
        (
            "Is it fair to ask that both tracks succeed?",
            "What would you have to observe to know the sign of the spillover?",
            "Which element of the agenda belongs in which venue?",
        ),
        (
            "Read the share that has both texts adopted in time. Together is harder than either alone, since "
            "both must be; that is arithmetic, not politics. Say so before the class concludes that dividing "
            "labour is bad.",
            "With a positive spillover the pair gains clearly, with a negative one it loses. The base "
            "case has none, because the workshop disagreed.",
            "None of it is success: the treaty is not ratified by those whom its success needs.",
            "The single tracks do not change with the slider: there is nothing for them to spill on.",
        ),
    ),
)  # fmt: skip


def sheet() -> str:
    """Return all lessons as a printable sheet in Markdown (docs/lessons.md)."""
    lines = [
        "# Six lessons", "",
        "Each fills a class of 45 minutes with `negotiation-sim serve`. The same lessons are in the "
        "page's tab Lessons, where each step opens the page at its settings; the addresses below do "
        "the same when put after the address of your page. Notes for the facilitator follow each "
        "lesson.", "",
        "Before class: start the page, open it on the projector, make the window full-screen, run "
        "lesson 1 once. No network is needed.", "",
    ]  # fmt: skip
    for lesson in LESSONS:
        lines += [f"## {lesson.number}. {lesson.title}", "", f"**{lesson.question}**", "",
                  f"Goal: {lesson.goal}", ""]  # fmt: skip
        lines += ["| minutes | what | page |", "| --- | --- | --- |"]
        for step in lesson.steps:
            link = f"`{step.address.but(lesson=lesson.number).query()}`" if step.address else ""
            lines.append(f"| {step.minutes} | {step.words} | {link} |")
        lines += ["", "To discuss:", "", *(f"- {line}" for line in lesson.discuss), ""]
        lines += ["Facilitator's notes:", "", *(f"- {line}" for line in lesson.notes), ""]
    return "\n".join(lines)
