"""Eight guided exercises for a class of 45 minutes; the same text makes the printed sheet.

A lesson asks before it shows. What a step answers is written from the run that is shown
(:mod:`negotiation_sim.faces.page.lesson_answers`); questions and notes say what to look at, never what
the model will say, so that nothing here is false when figures change.
"""

from __future__ import annotations

import dataclasses

from negotiation_sim.faces.page.address import Address

CD = "ban-treaty@CD"
TREATY, AGREEMENT = "ban-treaty@adhoc-optin", "ban-executive@adhoc-optin"
LEAVING = "ban-treaty@CD>adhoc-optin"
BOTH = "ban-treaty@adhoc-optin+pledges+code@COPUOS"
TEN = {"success.deadline_years": 10.0}
FIFTEEN = {"success.deadline_years": 15.0}


@dataclasses.dataclass(frozen=True)
class Step:
    """Something to do: minutes, words, and the settings at which the page opens for it.

    Parameters
    ----------
    minutes : int
    words : str
        What the class does.
    ask : str
        What everybody predicts in writing before the answer is shown.
    address : Address, optional
    answers : tuple of str
        What is written from the run of a comparison, as ``lesson_answers.told`` takes it.
    note : str
        For the facilitator.
    """

    minutes: int
    words: str
    ask: str = ""
    address: Address | None = None
    answers: tuple[str, ...] = ()
    note: str = ""


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

    def address(self, place: int) -> Address | None:
        """Return where a step opens; a comparison has the comparison before it beside it.

        The step before is the last comparison of the same strategies. Where there is none the settings
        stand beside nothing: a ghost that undid the lesson's own settings would answer another question.
        """
        link = self.steps[place].address
        if link is None:
            return None
        link = link.but(lesson=self.number, step=place + 1)
        if link.tab != "compare":
            return link
        earlier = [step.address for step in self.steps[:place] if step.address is not None]
        alike = [each for each in earlier if each.tab == "compare" and each.compare == link.compare]
        return link.but(before=dict(alike[-1].changes if alike else link.changes))


def _watch(strategy: str, replicate: int, **more: object) -> Address:
    return Address(tab="watch", strategy=strategy, replicate=replicate, **more)  # type: ignore[arg-type]


def _compare(*strategies: str, **more: object) -> Address:
    return Address(tab="compare", compare=strategies, **more)  # type: ignore[arg-type]


VENUES = ("code@CD", "code@adhoc-inclusive", "code@adhoc-optin")
FORMS = (AGREEMENT, "code@adhoc-optin", "code@COPUOS")
SCOPES = (TREATY, AGREEMENT, "ppwt@adhoc-optin")
MOVES = (CD, LEAVING, TREATY)
PLEDGED = (AGREEMENT, AGREEMENT + "+pledges")
PAIR = (TREATY + "+pledges", "code@COPUOS", BOTH)
UNSURE = ("guidelines@COPUOS", "code@COPUOS", "code@adhoc-optin")
READ = "Let two students read their predictions before you show the answer."

LESSONS = (
    Lesson(
        1, "Consensus or opt-in?",
        "Under consensus one refusal stops a text. What does a body that asks only the willing gain, and "
        "what does it lose?",
        "Tell three obstacles apart: linkage to other items, the mandate, and the text itself; and see which "
        "of them a rule of decision takes away.",
        (
            Step(5, "Before looking: each student writes down who will stop a code of conduct in the CD, "
                 "and over what.", "Which state stops it, and over what?",
                 note="Keep the papers; they are read again at the end."),
            Step(10, "Watch one world with Next event. Note each year why nothing begins, or what does.",
                 "What will stop it first: linkage, the mandate or the text?", _watch("code@CD", 3),
                 note="One world is an anecdote. Ask what would have to differ in another one."),
            Step(10, "Compare the same code in three bodies. Read the causes before the probabilities.",
                 "In which of the three is success in time likeliest?", _compare(*VENUES),
                 ("likeliest:p_success", "fails"), READ),
            Step(10, "The same with ten times the political leadership in the CD.",
                 "Which cause shrinks, and which takes its place?",
                 _compare(*VENUES, changes={"venues.CD.leadership": 10.0}),
                 ("moved:p_mandate", "moved:p_success", "fails"),
                 "A lock that is opened may have hidden a second one. The two other bodies have no such "
                 "linkage: whatever the slider does there is a check on the class's reasoning."),
            Step(10, "Discuss.", note="Go back to the papers of the first step."),
        ),
        (
            "Is a venue stuck because of its rule, or because of what its members want elsewhere?",
            "Who is missing where only the willing are asked?",
            "Who gains from a forum in which nothing is decided?",
        ),
        (
            "Common mistake: to read a low probability as a forecast. It is what follows from these "
            "assumptions; ask which of them the class would change.",
        ),
    ),
    Lesson(
        2, "Treaty or code?",
        "Binding and slow, or voluntary and soon?",
        "Weigh speed against strength, and see who joins which.",
        (
            Step(5, "Write down two states that would join a code but no treaty, and two that would do "
                 "the reverse.", "Who joins which?"),
            Step(10, "Watch a ban among the like-minded; note the months of mandate, adoption and entry "
                 "into force.", "What takes longest: the mandate, the text or ratification?",
                 _watch(AGREEMENT, 0)),
            Step(10, "Compare an agreement that binds with a code, five years allowed.",
                 "Which comes into force in time more often, and where does the other one stop?",
                 _compare(*FORMS), ("likeliest:p_adopted", "likeliest:p_in_force", "fails"), READ),
            Step(10, "Allow ten years instead of five.", "Which of the three gains most?",
                 _compare(*FORMS, changes=TEN), ("moved:p_success", "likeliest:p_success"),
                 "The deadline is a value judgement, not a fact about the world."),
            Step(10, "Discuss, with the lists from the start."),
        ),
        (
            "Is a code that all the others join worth more than a treaty without ratification?",
            "What does ratification show about a nation, as against its government?",
            "Would you keep a code in a crisis? A treaty?",
        ),
        ("Adoption is not entry into force, and entry into force is not yet success: success also "
         "asks who takes part.",),
    ),
    Lesson(
        3, "Narrow or broad?",
        "Ban only what can be watched, or all weapons in space?",
        "See that breadth is paid for in verification and for what is set aside.",
        (
            Step(5, "Vote: narrow ban or broad treaty? Keep the count.", "Which wins more support?"),
            Step(10, "Watch the broad treaty among the like-minded. Who is in, who stays out?",
                 "Name one state that will stay out.", _watch("ppwt@adhoc-optin", 0)),
            Step(10, "Compare narrow and broad, fifteen years allowed. Where does each one stop?",
                 "Which is adopted most often, and which comes into force?",
                 _compare(*SCOPES, changes=FIFTEEN),
                 ("likeliest:p_adopted", "likeliest:p_in_force", "fails"), READ),
            Step(10, "Let nearly everything be verified, as with commercial data.",
                 "Does the broad one gain?",
                 _compare(*SCOPES, changes=FIFTEEN | {"environment.verifiable_scope": 0.9}),
                 ("moved:p_adopted", "moved:p_in_force"),
                 "No difference shown is a result. Ask where the model puts what states ask for by way of "
                 "verification: in this slider, or in the positions from which they start."),
            Step(10, "Vote again, then discuss."),
        ),
        (
            "What festers when it is set aside?",
            "Can a treaty be worth having if the strongest state stays out?",
            "Is a narrow treaty a stepping stone or an excuse?",
        ),
        ("Read adopted, in force and success one after the other: each is a smaller share of the same worlds.",),
    ),
    Lesson(
        4, "Leaving the venue",
        "Wait in the forum where all are present, or leave with those who are willing?",
        "See what patience buys and what leaving costs.",
        (
            Step(5, "Recall a process that left its forum (land mines, cluster munitions). What was lost?",
                 "What is lost when a process leaves its forum?"),
            Step(10, "Watch a ban that leaves the CD when patience is spent. In which month does it move, "
                 "what does it keep?", "After how many years does it leave?", _watch(LEAVING, 0)),
            Step(10, "Compare staying, leaving later and never going to the CD.",
                 "Which of the three has a text adopted in time most often?", _compare(*MOVES),
                 ("likeliest:p_adopted", "fails"),
                 "Read who adopts in time. Years spent in the first forum count against the deadline."),
            Step(10, "Allow ten years instead of five.", "Does the late leaver catch up?",
                 _compare(*MOVES, changes=TEN), ("moved:p_adopted", "likeliest:p_adopted"), READ),
            Step(10, "Discuss."),
        ),
        (
            "Does the threat to leave move those who block?",
            "Who is missing in the new venue, and does it matter to what the text forbids?",
            "How long is long enough to wait?",
        ),
        ("A forum that can be left can be stayed out of: compare who takes part with who adopts.",),
    ),
    Lesson(
        5, "Pledges as good faith",
        "Does a promise not to test, while talks go on, help the talks?",
        "Separate two things: what pledges do in orbit and what they do at the table.",
        (
            Step(5, "Would you pledge before the others do? Hands up.", "Who pledges first?"),
            Step(10, "Watch a ban with interim pledges. Who pledges, and when?",
                 "Which state will not pledge in the first year?", _watch(AGREEMENT + "+pledges", 0)),
            Step(10, "Compare with and without, in 2,000 worlds.",
                 "Is the difference at the table larger than chance?", _compare(*PLEDGED, replicates=2000),
                 ("likeliest:p_adopted", "likeliest:p_in_force"),
                 "For orbit, save the table and read mean_events_avoided and mean_pledge_coverage."),
            Step(10, "Make pledges count for more trust, and events more frequent.",
                 "Does the ban with pledges gain now?",
                 _compare(*PLEDGED, replicates=2000,
                          changes={"environment.pledge_trust": 0.5, "environment.event_rate": 0.1}),
                 ("moved:p_adopted", "moved:p_in_force"),
                 "Two figures were changed at once. How would one find out which of them did it?"),
            Step(10, "Discuss."),
        ),
        (
            "Are pledges a step towards the treaty or a reason to do without?",
            "What does a broken pledge cost, and whom?",
            "Why do those who matter most for debris not pledge first?",
        ),
        ("A difference inside the intervals is a result too. The same worlds are used for all "
         "strategies, so small differences can still be real: ask how one would find out.",),
    ),
    Lesson(
        6, "Division of labour",
        "A ban here, a code there: do two tracks help or hinder one another?",
        "See spillover as an assumption of either sign, on which the workshop did not agree.",
        (
            Step(5, "Two groups: stepping stone, or poor substitute? Each writes one sentence.",
                 "Do two tracks help one another?"),
            Step(10, "Watch both tracks at once; switch between them above the chart.",
                 "Which of the two has a text first?", _watch(BOTH, 0)),
            Step(10, "Compare the tracks alone and together, ten years, no spillover.",
                 "Is the pair more or less likely than its weaker half?", _compare(*PAIR, changes=TEN),
                 ("likeliest:p_adopted", "likeliest:p_success"),
                 "Together can be no likelier than either alone where neither moves the other: both must "
                 "be. That is arithmetic, not politics. Say so before the class concludes that dividing "
                 "labour is bad."),
            Step(10, "The same with spillover as a stepping stone. Then set it to -1 yourself.",
                 "Which of the three lines moves?",
                 _compare(*PAIR, changes=TEN | {"environment.spillover": 1.0}), ("moved:p_adopted",),
                 "A track alone has nothing to spill on, and cannot move with this slider."),
            Step(10, "Discuss."),
        ),
        (
            "Is it fair to ask that both tracks succeed?",
            "What would you have to observe to know the sign of the spillover?",
            "Which element of the agenda belongs in which venue?",
        ),
        ("Read the share that has both texts adopted in time: it is that of the pair.",),
    ),
    Lesson(
        7, "Chance or ignorance?",
        "A probability comes with two intervals. Which of them can a bigger computer narrow?",
        "Tell what chance does from what we do not know of what states want.",
        (
            Step(5, "Each student writes a probability of success for a code in COPUOS, and a range that "
                 "they would bet on.", "How wide is your range?"),
            Step(10, "Watch two worlds of the same strategy, worlds 0 and 1. Nothing was changed between "
                 "them.", "Will the second world end like the first?", _watch("code@COPUOS", 0),
                 note="Change the number of the world above the chart. All that differs is the draw."),
            Step(10, "Compare three strategies in 100 worlds. Read both intervals.",
                 "Which interval is the wider one?", _compare(*UNSURE, replicates=100), ("unsure",), READ),
            Step(10, "The same in 2,000 worlds: more worlds, no more knowledge.",
                 "Which of the two intervals shrinks?", _compare(*UNSURE, replicates=2000), ("unsure",),
                 "More worlds narrow the whisker. Only more knowledge of positions narrows the band."),
            Step(10, "Discuss, with the ranges from the start."),
        ),
        (
            "Which of the two would you show a minister, and what would you say of the other?",
            "What could be learnt about a state's position, from whom, at what price?",
            "When two bands overlap and two whiskers do not, which strategy is better?",
        ),
        ("The band is the spread of P over beliefs on positions with chance taken out; the whisker is "
         "chance alone. Neither holds what the model leaves out.",),
    ),
    Lesson(
        8, "What does the answer rest on?",
        "Is the probability a fact about the world, or about what was assumed?",
        "See how far value judgements and assumptions move an answer, and hold it against precedents.",
        (
            Step(5, "Write down which matters more: by when it must succeed, or who must take part.",
                 "Which of the two moves the answer more?"),
            Step(10, "Compare as the experiment has it. Read the table of inside and outside view too.",
                 "Is the simulation more or less hopeful than precedents?", _compare(*UNSURE),
                 ("likeliest:p_success", "unsure"),
                 "Inside: what the simulation gives once there is a mandate. Outside: how mandates like it "
                 "ended. Where they part, say which of the two you would bet on."),
            Step(10, "Ten years instead of five: a value judgement.", "Which strategy gains most?",
                 _compare(*UNSURE, changes=TEN), ("moved:p_success",), READ),
            Step(10, "Ten years, and participants with half the capability are enough.",
                 "Does that help as much again?",
                 _compare(*UNSURE, changes=TEN | {"success.success_share": 0.5}), ("moved:p_success",),
                 "Ask who is counted as taking part, and by what measure."),
            Step(10, "Discuss."),
        ),
        (
            "Who should decide what counts as success?",
            "Which single figure would you look up first, and where?",
            "What would have to happen for you to say that the simulation was wrong?",
        ),
        ("Basis and source of each figure stand at its slider. A figure that is assumed and moves much is "
         "where reading pays.",),
    ),
)  # fmt: skip


def sheet() -> str:
    """Return all lessons as a printable sheet in Markdown (docs/lessons.md)."""
    lines = [
        "# Eight lessons", "",
        "Each fills a class of 45 minutes with `negotiation-sim serve`, or with the folder that "
        "`negotiation-sim page --static` writes, which needs no server. The same lessons are in the "
        "page's tab Lessons; a strip above every view asks for a prediction before it shows the answer, "
        "keeps the time and leads on. The addresses below open a step when put after the address of your "
        "page. Answers are not printed here: the strip writes them from the run on the screen, so that "
        "they are those of the figures in force. Notes for the facilitator follow each lesson.", "",
        "Before class: start the page, open it on the projector, make the window full-screen, run "
        "lesson 1 once. No network is needed.", "",
    ]  # fmt: skip
    for lesson in LESSONS:
        lines += [f"## {lesson.number}. {lesson.title}", "", f"**{lesson.question}**", "",
                  f"Goal: {lesson.goal}", ""]  # fmt: skip
        lines += ["| minutes | what | predict first | page |", "| --- | --- | --- | --- |"]
        for place, step in enumerate(lesson.steps):
            target = lesson.address(place)
            link = f"`{target.query()}`" if target is not None else ""
            lines.append(f"| {step.minutes} | {step.words} | {step.ask} | {link} |")
        lines += ["", "To discuss:", "", *(f"- {line}" for line in lesson.discuss), ""]
        notes = [f"- Step {n + 1}: {s.note}" for n, s in enumerate(lesson.steps) if s.note]
        lines += ["Facilitator's notes:", "", *notes, *(f"- {line}" for line in lesson.notes), ""]
    return "\n".join(lines)
