"""Colours, shapes and sizes of the page: safe for colour-blind readers, legible from the back row.

Nothing is said by colour alone: states differ in shape, strategies in shape and dash, causes in
pattern.
"""

from __future__ import annotations

import re

from negotiation_sim.faces.page.watching import ABSENT, ACCEPTS, ALONG, OBJECTS
from negotiation_sim.words import shares

INK, FAINT, GRID, PAPER = "#1B1B1B", "#595959", "#D9D9D9", "#FFFFFF"
NAVY, ACCENT, PALE = "#12304A", "#005A8F", "#EEF3F7"
TEXT, LARGE, SMALL = 15, 17, 13

# What a state says: colour, ECharts symbol.
SAYS = {
    ACCEPTS: ("#0072B2", "circle"),
    ALONG: ("#E69F00", "triangle"),
    OBJECTS: ("#C04A00", "rect"),
    ABSENT: ("#8A8A8A", "emptyCircle"),
}
MARKS = {ACCEPTS: "●", ALONG: "▲", OBJECTS: "■", ABSENT: "○"}

SERIES_COLOURS = (
    "#0072B2", "#C04A00", "#00795A", "#9C3F77", "#1B1B1B", "#8A5A00", "#3F8FC4", "#777777",
)  # fmt: skip
FONT = "Roboto, Helvetica, Arial, sans-serif"
SERIES_SYMBOLS = ("circle", "rect", "triangle", "diamond", "pin", "roundRect", "arrow", "circle")
SERIES_DASHES = ("solid", [8, 4], [2, 3], [10, 4, 2, 4], [14, 6], "solid", [8, 4], [2, 3])

# A cause without a colour of its own takes the next spare one of the figures.
CAUSE_COLOURS = {
    "not_started": "#BBBBBB", "calendar": "#DDCC77", "linkage": "#332288", "mandate": "#88CCEE",
    "text": "#C04A00", "time": "#E69F00", "withdrawal": "#999933", "dissolution": "#AA4499",
    "ratification": "#117733", "participation": "#44AA99", "late": "#888888",
}  # fmt: skip


def series_style(index: int) -> tuple[str, str, object]:
    """Return colour, symbol and dash of the n-th strategy compared."""
    n = len(SERIES_COLOURS)
    return SERIES_COLOURS[index % n], SERIES_SYMBOLS[index % n], SERIES_DASHES[index % n]


def percent(value: float) -> str:
    """Return a share as a percentage that never rounds something to nothing.

    Examples
    --------
    >>> percent(0.0124), percent(0.5), percent(0.0)
    ('1.2%', '50%', '0%')
    """
    return shares.percent(value)


# An important rule of an early layer beats Quasar's own, which takes outlines away.
_CSS = """
@layer theme {
  :focus-visible { outline: 3px solid #C04A00 !important; outline-offset: 2px !important; }
  .c-bar :focus-visible { outline-color: #FFD166 !important; }
}
:root { --ink: #1B1B1B; --navy: #12304A; --accent: #005A8F; --pale: #EEF3F7; --big: 1; }
:root.large { --big: 1.32; }
body { color: var(--ink); background: #F6F8FA; font-size: 17px; line-height: 1.45; }
.nicegui-content { padding: 0; gap: 0; width: 100%; max-width: none; display: block; }
h1, h2, h3 { margin: 0; line-height: 1.25; font-weight: 700; letter-spacing: 0; }
h1 { font-size: 22px; } h2 { font-size: 21px; } h3 { font-size: 18px; }
.c-bar { background: var(--navy); color: #fff; display: flex; align-items: center; gap: 18px;
  padding: 0 18px; flex-wrap: wrap; }
.c-bar .q-field { margin: 4px 0; }
.c-bar .q-tab { min-height: 52px; font-size: 18px; text-transform: none; padding: 0 18px; }
.c-bar .q-tab__label { font-size: 18px; font-weight: 600; }
.c-sheet { padding: 12px 18px 20px; width: 100%; }
.c-card { background: #fff; border: 1px solid #C9D2DA; border-radius: 8px; padding: 10px 14px; }
.c-row { display: flex; gap: 12px; align-items: center; flex-wrap: wrap; }
.watch-sheet { display: flex; flex-direction: column; min-height: calc(100vh - 53px); padding-bottom: 12px; }
.watch { display: grid; grid-template-columns: minmax(0, 5.2fr) minmax(0, 3.3fr) minmax(0, 3.9fr);
  gap: 12px; margin-top: 10px; flex: 1 0 448px; }
.watch > .c-card { display: flex; flex-direction: column; min-height: 0; overflow: hidden; }
.watch .q-btn-toggle { align-self: flex-start; }
.fill { flex: 1 1 0; min-height: 0; display: flex; flex-direction: column; }
.figure-buttons { position: absolute; top: 4px; right: 6px; gap: 2px; z-index: 2; }
.figure-buttons .q-btn { min-height: 30px; font-size: 13px; padding: 2px 6px; color: #4A4A4A;
  text-decoration: underline; }
.c-card { position: relative; }
.c-split { display: grid; grid-template-columns: 350px minmax(0, 1fr); gap: 12px; }
.c-pair { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 12px; }
.month { font-size: 24px; font-weight: 700; white-space: nowrap; text-align: right; }
.say { font-size: 18px; margin: 2px 0; }
.story { overflow-y: auto; flex: 1 1 0; min-height: 60px; font-size: 16px; margin-top: 6px;
  border-top: 1px solid #D9D9D9; }
.story h3 { margin: 10px 0 2px; } .story p { margin: 1px 0; }
.story p.in { padding-left: 1.1em; }
.tall { flex: 1 1 0; min-height: 0; width: 100%; }
.c-line { height: 104px; width: 100%; }
.mid { height: clamp(345px, calc((100vh - 230px) / 2), 560px); width: 100%; }
.levers-card { position: sticky; top: 8px; max-height: calc(100vh - 16px); overflow-y: auto; align-self: start; }
.key { display: inline-flex; align-items: center; gap: 6px; margin-right: 16px; font-weight: 600; }
.main-button { background: var(--accent); color: #fff; }
.plain-button { background: #fff; color: var(--navy); border: 1.5px solid #6A8193; }
.q-btn.disabled { opacity: 0.45 !important; }
.q-btn .on-left { margin-right: 6px; }
.c-bar .q-field--dark .q-field__native, .c-bar .q-field--dark .q-field__label, .c-bar .q-field--dark .q-icon { color: #fff; }
.q-btn-toggle { border: 1.5px solid #6A8193; border-radius: 4px; }
.q-btn { text-transform: none; font-size: 17px; font-weight: 600; min-height: 42px; padding: 4px 14px; }
.q-btn--dense { min-height: 34px; font-size: 15px; }
.q-field__native, .q-field__label, .q-item__label, .q-checkbox__label, .q-radio__label,
.q-field__input { font-size: 17px; color: var(--ink); }
.q-field__label { color: #4A4A4A; }
.q-chip { font-size: 15px; height: auto; min-height: 2em; } .q-chip__content { white-space: normal; }
.q-tooltip { font-size: 15px; max-width: 420px; background: #1B1B1B; }
.under { display: block; font-size: 0.85em; color: #4A4A4A; }
.small { font-size: 14.5px; line-height: 1.35; color: #4A4A4A; } .c-note { background: #FFF6DC; border-color: #B98A00; }
.c-bad { background: #FDECE4; border-color: #C04A00; }
.big { font-size: 20px; } .strong { font-weight: 700; }
table.plain { border-collapse: collapse; width: 100%; font-size: 16px; }
table.plain th, table.plain td { border-bottom: 1px solid #D9D9D9; padding: 4px 8px; text-align: left;
  vertical-align: top; }
table.plain td.n, table.plain th.n { text-align: right; font-variant-numeric: tabular-nums; }
table.plain td.n { white-space: nowrap; }
.play { display: grid; grid-template-columns: minmax(0, 1.05fr) minmax(0, 1fr); gap: 12px; align-items: start; }
.play-space { height: max(430px, calc(100vh - 240px)); width: 100%; }
.news { max-height: 26vh; overflow-y: auto; }
.worth { display: grid; grid-template-columns: 190px 1fr 52px; gap: 10px; align-items: center; margin: 7px 0; }
.worth .track { background: #E3E8EC; height: 16px; border-radius: 3px; overflow: hidden; }
.worth .track span { display: block; height: 100%; }
a, .nicegui-link { color: var(--accent); text-decoration: underline; }
summary { cursor: pointer; font-weight: 600; list-style: none; }
summary::before { content: "\\25B8\\00A0"; } details[open] > summary::before { content: "\\25BE\\00A0"; }
.lesson { margin-bottom: 12px; } .lesson ol, .lesson ul { margin: 4px 0 8px; padding-left: 1.4em; }
.lesson li { margin: 3px 0; }
body.sealed [data-testid=what-happened], body.sealed .c-pair, body.sealed [data-testid=summary],
body.sealed [data-testid=views], body.sealed [data-testid=step-before] { visibility: hidden; }
.lesson-strip { margin: 10px 18px 0; border-left: 6px solid var(--accent); }
.lesson-strip ul { margin: 6px 0 0; padding-left: 1.3em; }
.bar-button { color: #fff; border: 1.5px solid #8FA6B8; border-radius: 4px; }
.bar-button[aria-pressed=true] { background: #fff; color: var(--navy); }
.lever { border-bottom: 1px solid #E3E3E3; padding: 6px 0 8px; }
.c-scroll { overflow-x: auto; } .c-scroll td:first-child { min-width: 180px; } .c-scroll table.plain { font-size: 15px; }
.choices .q-btn { flex: 1 1 150px; min-height: 56px; font-size: 19px; }
#popup.nicegui-error-popup { font-size: 22px; line-height: 1.5; padding: 20px 28px; width: min(760px, 92vw);
  left: 50%; bottom: auto; top: 30vh; transform: translateX(-50%); background: #FFF6DC; color: #1B1B1B;
  border: 3px solid #B98A00; border-radius: 8px; box-shadow: 0 0 0 100vmax rgba(18, 48, 74, 0.45); }
#popup code { font-size: 1em; font-weight: 700; }
.steps { display: grid; grid-template-columns: repeat(4, minmax(0, 1fr)); gap: 12px; margin-top: 12px; }
.steps b { font-size: 30px; color: var(--accent); line-height: 1.1; }
.chart-key { font-size: 15px; line-height: 1.25; display: flex; flex-wrap: wrap; gap: 2px 12px; margin-top: 4px; }
.chart-key:empty { display: none; } .chart-key .key { font-weight: 400; margin-right: 0; gap: 3px; }
.key svg { flex: none; }
.opening { padding: 8px 14px; } .milestones-card { margin-top: 10px; }
.wide-choice { flex: 1 1 300px; min-width: 0; }
.stale { opacity: 0.45; } .q-linear-progress { border-radius: 3px; }
.visually-hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.q-btn, .q-tab, .q-field, .q-item { max-width: 100%; }
.q-field--dense .q-field__control, .q-field--dense .q-field__marginal { height: auto; min-height: calc(40px * var(--big)); }
.q-field__native, .q-field__input { line-height: 1.3; }
.q-field--labeled.q-field--dense .q-field__control-container { padding-top: calc(14px * var(--big)); }
.q-field--labeled.q-field--dense .q-field__native { padding-top: 2px; min-height: calc(24px * var(--big)); }
.q-field--dense .q-field__label { top: calc(10px * var(--big)); }
.q-field--dense.q-field--float .q-field__label { transform: translateY(-34%) scale(0.78); }
@media (min-width: 1700px) {
  :root { --big: 1.18; } :root.large { --big: 1.6; }
  .c-split { grid-template-columns: 460px minmax(0, 1fr); } .c-line { height: 150px; }
  .worth { grid-template-columns: 260px 1fr 62px; }
}
@media (max-width: 1050px) {
  .watch, .c-split, .c-pair, .play, .steps { grid-template-columns: minmax(0, 1fr); }
  .watch, .steps { flex: none; } .watch > .c-card { overflow: visible; }
  .watch .tall { height: 420px; flex: none; } .watch .fill, .watch .story { flex: none; }
  .watch .story { max-height: 60vh; } .levers-card { position: static; max-height: 62vh; }
}
:root.large .watch { grid-template-columns: repeat(2, minmax(0, 1fr)); flex: none; }
:root.large .watch > .c-card:nth-child(2) { order: 3; grid-column: 1 / -1; }
:root.large .watch .tall { height: max(440px, 58vh); flex: none; }
:root.large .watch .story { min-height: 240px; } :root.large .c-pair { grid-template-columns: minmax(0, 1fr); }
:root.large .worth { grid-template-columns: 260px 1fr 70px; }
@media (max-width: 1050px) {
  :root.large .watch { grid-template-columns: minmax(0, 1fr); } :root.large .watch > .c-card:nth-child(2) { order: 0; }
}
@media (max-width: 620px) {
  .c-bar { gap: 0 10px; padding: 4px 10px; } .c-bar .q-tab { padding: 0 8px; min-height: 42px; }
  .c-bar .q-tab__label { font-size: 16px; } h1 { font-size: 19px; } h2 { font-size: 19px; }
  .c-bar .q-tabs { width: 100%; } .c-sheet { padding: 8px 8px 16px; } .c-card { padding: 8px 10px; }
  .month { white-space: normal; text-align: left; font-size: 20px; } .watch .tall { height: 380px; }
  .figure-buttons { position: static; justify-content: flex-end; }
  .worth { grid-template-columns: 96px 1fr 48px; gap: 6px; } .q-btn { padding: 4px 10px; }
  .mid { height: 360px; } .c-line { height: 132px; } .key { margin-right: 10px; overflow-wrap: anywhere; } .q-field[style*="min-width"] { min-width: 100% !important; }
  table.plain { font-size: 15px; } .c-scroll { overflow-x: auto; }
}
@media (prefers-reduced-motion: reduce) { * { animation: none !important; transition: none !important; } }
"""
# Every size of letters follows one factor: a wide screen's, or that of large type for a projector.
CSS = re.sub(r"font-size: ([0-9.]+)px", r"font-size: calc(\1px * var(--big))", _CSS)
