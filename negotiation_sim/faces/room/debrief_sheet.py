"""What is taken home: a page for the class as PDF, and a seat's answers as CSV."""

from __future__ import annotations

import csv
import io

from fpdf import FPDF

from negotiation_sim.faces.page.game import ADVICE, Game
from negotiation_sim.faces.page.month_in_words import date_of, name_of, strategy_words
from negotiation_sim.faces.room.classroom import Room
from negotiation_sim.faces.room.verdict import Verdict
from negotiation_sim.words.questions import ANSWERS

SIZES = (10.0, 9.0, 8.0, 7.0, 6.0, 5.0, 4.0)  # points, the largest that fits one page
COLUMNS = ("month", "date", "venue", "round", "question", "answer", "agent_would", "stands_until")
# What the fonts that every reader has cannot show.
PLAIN = str.maketrans({
    "\N{LEFT DOUBLE QUOTATION MARK}": '"', "\N{RIGHT DOUBLE QUOTATION MARK}": '"',
    "\N{RIGHT SINGLE QUOTATION MARK}": "'", "\N{EN DASH}": "-", "\N{EM DASH}": "-",
    "\N{HORIZONTAL ELLIPSIS}": "...",
})  # fmt: skip


def answers_csv(game: Game, seat: str) -> str:
    """Return a seat's answers, one a row, with what its agent would have done."""
    scenario = game.scenario
    left = {
        (d.actor, d.track, d.question, d.month, d.round): advised
        for d, advised in game.policy.departures
    }
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for d in game.decisions:
        if d.actor != seat:
            continue
        advised = left.get((d.actor, d.track, d.question, d.month, d.round))
        writer.writerow([
            d.month, date_of(scenario, d.month), d.venue, d.round, d.question,
            ANSWERS[d.answer].chose_to,
            ANSWERS[advised].chose_to if advised else "the same" if d.answer != ADVICE else "",
            d.until if d.until > d.month else "",
        ])  # fmt: skip
    return out.getvalue()


def debrief_pdf(room: Room, verdict: Verdict) -> bytes:
    """Return the debrief of a room's game on one page of A4, as large as it fits."""
    for size in SIZES:
        pdf = _page(room, verdict, size)
        if pdf.pages_count == 1:
            break
    return bytes(pdf.output())


def _page(room: Room, verdict: Verdict, size: float) -> FPDF:
    pdf = FPDF(format="A4")
    pdf.set_title("Debrief")
    pdf.set_margins(16, 14)
    pdf.set_auto_page_break(True, 12)
    pdf.add_page()
    assert room.game is not None
    scenario, settings = room.scenario, room.game.settings

    def write(words: str, style: str = "", larger: float = 0.0) -> None:
        pdf.set_font("Helvetica", style, size + larger)
        text = words.translate(PLAIN).encode("latin-1", "replace").decode("latin-1")
        pdf.multi_cell(0, (size + larger) * 0.46, text, new_x="LMARGIN", new_y="NEXT")

    def section(head: str, lines: list[str], numbered: bool = False) -> None:
        pdf.ln(size * 0.16)
        write(head, "B", 1.5)
        for number, line in enumerate(lines, 1):
            write(f"{number}. {line}" if numbered else f"- {line}")

    write(f"Debrief: {scenario.setting.name}", "B", 6.0)
    write(f"{strategy_words(scenario, settings.strategy)}. World {settings.seed}.")
    section("What came out", verdict.result)
    lines = []
    for seat in settings.seats:
        holder = room.holder(seat)
        who = f"{name_of(scenario, seat)}{f' ({holder.name})' if holder else ''}"
        lines.append(f"{who}: {' '.join(verdict.seats[seat])}")
    section("Each seat, against its capital's interests", lines)
    section("Who gained, who went along", verdict.gained)
    section("The turning point", [verdict.turning])
    section("What the agents would have done", verdict.agents)
    section("Among other worlds", verdict.worlds or ["Not counted yet."])
    section("To discuss", verdict.questions, numbered=True)
    return pdf
