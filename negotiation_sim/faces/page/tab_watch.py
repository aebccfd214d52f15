"""The tab Watch: one negotiation, month by month."""

from __future__ import annotations

from html import escape

from nicegui import ui

from negotiation_sim.engine.scenario import Scenario
from negotiation_sim.faces.page import network_chart, space_charts, time_charts
from negotiation_sim.faces.page.exports import csv, frames_table, story_text
from negotiation_sim.faces.page.first_sentence import opening
from negotiation_sim.faces.page.month_in_words import (
    date_of,
    headlines,
    standing,
    strategy_names,
    text_words,
    track_words,
    with_names,
)
from negotiation_sim.faces.page.parts import Visitor, button, chart, figure_buttons, save, show
from negotiation_sim.faces.page.state_panel import StatePanel
from negotiation_sim.faces.page.theme import MARKS
from negotiation_sim.faces.page.watching import Negotiation, TrackFrame
from negotiation_sim.words.sentences import month_name
from negotiation_sim.words.strategies import track_parts

SPEEDS = {
    1: "1 month a second",
    2: "2 a second",
    5: "5 a second",
    10: "10 a second",
    20: "20 a second",
}
BLOCKS_SHOWN = 14


def short_name(track: str) -> str:
    """Return what a track's button says; the items of a package need not say each what it is part of.

    Examples
    --------
    >>> short_name("code@COPUOS"), short_name("ppwt (ban-treaty&ppwt@CD)")
    ('code@COPUOS', 'ppwt, in a package')
    """
    return f"{track_parts(track)[0]}, in a package" if " (" in track else track


class WatchTab:
    """One negotiation and its controls.

    Parameters
    ----------
    visitor : Visitor
    """

    def __init__(self, visitor: Visitor) -> None:
        self.visitor = visitor
        self.track = 0
        self._opened: Negotiation | None = None
        self.negotiation = self._negotiation()
        self.negotiation.go_to(visitor.address.month)
        visitor.closers.append(self._close)
        visitor.on_change.append(self.renew)
        visitor.redraw.append(self.refresh)
        self._build()
        self.refresh()

    def _negotiation(self) -> Negotiation:
        address = self.visitor.address
        return Negotiation(self.visitor.scenario, address.strategy, address.seed, address.replicate)

    def _close(self) -> None:
        self.timer.cancel()
        self.negotiation.close()

    # What is on the page

    def _build(self) -> None:
        with ui.element("div").classes("c-sheet watch-sheet"):
            with ui.element("div").classes("c-card opening").props("data-testid=opening"):
                self.question = ui.label().classes("strong").props("data-testid=question-asked")
                self.answer = ui.label().props("data-testid=what-happened")
            self._build_settings()
            self._build_controls()
            with ui.element("div").classes("watch"):
                self._build_space()
                self._build_network()
                self._build_words()
            with ui.element("div").classes("c-card milestones-card"):
                self.line = chart({}, "milestones", "c-line")
                figure_buttons(self.line, "milestones")
        self.timer = ui.timer(0.2, self._tick, active=False, immediate=False)

    def _build_settings(self) -> None:
        address, scenario = self.visitor.address, self.visitor.scenario
        with ui.element("div").classes("c-row").style("margin-top: 8px"):
            self.strategy = (
                ui.select(strategy_names(scenario), label="Strategy", value=address.strategy,
                          on_change=self._choose)
                .props("outlined dense options-dense data-testid=strategy").classes("wide-choice")
            )  # fmt: skip
            self.replicate = (
                ui.number(
                    "World (replicate)", value=address.replicate, min=0, precision=0,
                    on_change=self._choose,
                )
                .props("outlined dense debounce=400 data-testid=replicate")
                .style("width: 150px")
            )  # fmt: skip
            self.seed = (
                ui.number("Seed", value=address.seed, min=0, precision=0, on_change=self._choose)
                .props("outlined dense debounce=400 data-testid=seed")
                .style("width: 90px")
            )
            self.tracks = ui.toggle({0: ""}, value=0, on_change=self._choose_track).props(
                "no-caps unelevated dense padding='4px 10px' data-testid=tracks"
            )
            with button("Save", lambda: None, "watch-save", "download"), ui.menu():
                ui.menu_item("Every month as data (CSV)", self._save_csv).props(
                    "data-testid=watch-csv"
                )
                ui.menu_item("The story as text", self._save_story).props("data-testid=watch-story")

    def _build_controls(self) -> None:
        with ui.element("div").classes("c-row").style("margin-top: 8px"):
            self.play = button("Play", self.toggle, "play", "play_arrow", classes="main-button")
            button("Step a month", self.step, "step", "skip_next")
            button("Next event", self.next_event, "next-event", "fast_forward")
            button("Back to start", self.reset, "reset", "first_page")
            self.speed = (
                ui.select(SPEEDS, value=5, label="Speed", on_change=self._set_speed)
                .props("outlined dense options-dense data-testid=speed")
                .style("width: 170px")
            )
            ui.element("div").style("flex: 1")
            self.month = ui.label().classes("month").props("data-testid=month role=status")

    def _build_space(self) -> None:
        with ui.element("section").classes("c-card").props('aria-label="Issue space"'):
            ui.html("<h2>Who stands where</h2>", sanitize=False)
            self.space = chart({}, "space", "tall")
            self.space.on_point_click(lambda e: self._click(e.name))
            figure_buttons(self.space, "issue-space")

    def _build_network(self) -> None:
        with ui.element("section").classes("c-card").props('aria-label="Affinity network"'):
            ui.html("<h2>Who is close to whom</h2>", sanitize=False)
            self.net = chart({}, "network", "tall")
            self.net.key.set_visibility(False)  # the marks are those of the chart beside it
            figure_buttons(self.net, "network")
            self.net.on_point_click(lambda e: self._click(e.name))

    def _build_words(self) -> None:
        with ui.element("section").classes("c-card"):
            self.side = ui.toggle({"story": "Story", "state": "A state", "states": "All states"}, value="story",
                                  on_change=self._show_side).props(
                "no-caps unelevated data-testid=side")  # fmt: skip
            self.story_box = ui.element("div").classes("fill")
            with self.story_box:
                self.news = ui.html("", sanitize=False).props("data-testid=news aria-live=polite")
                self.story = (
                    ui.html("", sanitize=False)
                    .classes("story")
                    .props(
                        'data-testid=story tabindex=0 role=region aria-label="The story so far, newest first"'
                    )
                )
            self.panel = StatePanel(self.visitor)
            self.panel.box.set_visibility(False)
            self.states = (
                ui.html("", sanitize=False)
                .classes("story")
                .props('data-testid=states-list tabindex=0 role=region aria-label="Every state"')
            )
            self.states.set_visibility(False)

    # What the controls do

    def toggle(self) -> None:
        """Play or pause."""
        if self.negotiation.finished:
            return
        self._playing(not self.timer.active)

    def _playing(self, on: bool) -> None:
        self.timer.active = on
        self.play.set_text("Pause" if on else "Play")
        self.play.props(f"icon={'pause' if on else 'play_arrow'}")
        if not on:
            self.visitor.move(push=False, month=self.negotiation.month)

    def _tick(self) -> None:
        if not self.negotiation.step():
            self._playing(False)
        self.refresh()

    def step(self) -> None:
        """Go one month."""
        self.negotiation.step()
        self._playing(False)
        self.refresh()

    def next_event(self) -> None:
        """Go to the end of the next month in which something happens."""
        self.negotiation.next_event()
        self._playing(False)
        self.refresh()

    def reset(self) -> None:
        """Go back to the start of the same world."""
        self.negotiation.reset()
        self._playing(False)
        self.refresh()

    def _set_speed(self) -> None:
        self.timer.interval = 1.0 / float(self.speed.value)

    def _choose(self) -> None:
        address = self.visitor.address
        replicate, seed = (
            min(2**53, int(box.value)) if box.value is not None and box.value >= 0 else None
            for box in (self.replicate, self.seed)
        )
        wanted = {"strategy": self.strategy.value, "replicate": replicate, "seed": seed}
        if (
            replicate is None
            or seed is None
            or all(getattr(address, k) == v for k, v in wanted.items())
        ):
            return
        self.visitor.move(**wanted, month=0)
        self.visitor.tell()

    def _choose_track(self) -> None:
        self.track = int(self.tracks.value or 0)
        self.refresh()

    def renew(self) -> None:
        """Begin anew with the visitor's settings."""
        self.negotiation.close()
        self.negotiation = self._negotiation()
        self.track = 0
        address = self.visitor.address
        self.strategy.set_value(address.strategy)
        self.replicate.set_value(address.replicate)
        self.seed.set_value(address.seed)
        self._playing(False)
        self.refresh()

    def _click(self, name: str) -> None:
        if name in self.visitor.scenario.actor_ids:
            self.panel.choose(name)
            self.side.set_value("state")
            self.refresh()

    def _show_side(self) -> None:
        self.story_box.set_visibility(self.side.value == "story")
        self.panel.box.set_visibility(self.side.value == "state")
        self.states.set_visibility(self.side.value == "states")
        self.refresh()

    def _save_csv(self) -> None:
        save(csv(frames_table(self.negotiation)), "negotiation.csv")

    def _save_story(self) -> None:
        save(story_text(self.negotiation), "story.txt", "text/plain")

    # What is shown

    def refresh(self) -> None:
        """Show the month."""
        negotiation, scenario = self.negotiation, self.negotiation.scenario
        frames, month = negotiation.frames, negotiation.month
        names = {n: short_name(track.name) for n, track in enumerate(frames[-1].tracks)}
        if self.tracks.options != names:
            self.tracks.set_options(names, value=self.track)
        self.tracks.set_visibility(len(names) > 1)
        chosen = self.panel.actor if self.side.value == "state" else ""
        end = " (end)" if negotiation.finished else ""
        self.month.set_text(
            f"Month {month} · {date_of(scenario, month)}{end}" if month else "At the start"
        )
        self._open()
        space = space_charts.issue_space(scenario, frames, self.track, chosen)
        show(self.visitor, self.space, space)
        net = network_chart.network(scenario, frames[-1], self.track, chosen)
        show(self.visitor, self.net, net)
        show(self.visitor, self.line, time_charts.milestone_line(scenario, frames))
        if self.side.value == "story":
            self._tell()
        elif self.side.value == "state":
            self.panel.show(frames, self.track)
        else:
            self.states.set_content(states_html(scenario, frames[-1].tracks[self.track]))

    def _open(self) -> None:
        """Say what is asked and what this world answers; new only with another world."""
        negotiation = self.negotiation
        if negotiation is self._opened:
            return
        self._opened = negotiation
        asked, answered = opening(
            negotiation.scenario, negotiation.strategy, negotiation.seed, negotiation.replicate
        )
        self.question.set_text(asked)
        self.answer.set_text(answered)

    def _tell(self) -> None:
        """Show where each track stands, the news of the month and the story."""
        self.news.set_content(news_html(self.negotiation, self.track))
        self.story.set_content(story_html(self.negotiation))


def news_html(negotiation: Negotiation, number: int) -> str:
    """Return where each track stands, the news of the month and the text of one track, in HTML."""
    scenario, frames = negotiation.scenario, negotiation.frames
    stands = [standing(scenario, frames, n) for n in range(len(frames[-1].tracks))]
    track = frames[-1].tracks[number]
    news = headlines(scenario, frames[-1], frames[:-1])
    if not negotiation.month:  # what is proposed and where, before anything has happened
        news = track_words(scenario, negotiation.strategy) + news
    said = "".join(f'<p class="say strong">{escape(line)}</p>' for line in stands)
    said += "".join(f'<p class="say">{escape(line)}</p>' for line in news)
    there = space_charts.there_is_text(track)
    text = text_words(scenario, track) if there else "No mandate yet, so there is no text."
    return said + f'<p class="small">{escape(text)}</p>'


def states_html(scenario: Scenario, track: TrackFrame) -> str:
    """Return who said what last, as a list in HTML."""
    told = space_charts.states_by_answer(scenario, track)
    return "".join(
        f"<p>{MARKS[saying]} <strong>{escape(words)}</strong>: {escape(', '.join(who))}</p>"
        for saying, words, who in told
    )


def story_html(negotiation: Negotiation) -> str:
    """Return the story so far in HTML, the newest month first; meetings alike are told once."""
    story = negotiation.told()
    blocks: dict[str, list[tuple[bool, str]]] = {}
    for step in story.told():
        lines = step["sentences"][:-1] if step["repeats"] else step["sentences"]
        said = "".join(_line(negotiation.scenario, line) for line in lines)
        if step["repeats"]:
            more = step["repeats"]
            meetings = f"{more} more meeting{'s' if more > 1 else ''}"
            said += _line(
                negotiation.scenario,
                f"    The same at {meetings}, since {month_name(step['date'])}.",
            )
        blocks.setdefault(step["last"] or step["date"], []).append((not step["tracks"], said))
    told = []
    if negotiation.finished:
        told.append("<h3>How it ended</h3>")
        lines = [line for lines in story.endings() for line in lines]
        told += [_line(negotiation.scenario, line) for line in lines]
    for date in sorted(blocks, reverse=True)[:BLOCKS_SHOWN]:
        told.append(f"<h3>{month_name(date)}</h3>")
        told += [words for _, words in sorted(blocks[date], key=lambda block: block[0])]
    if len(blocks) > BLOCKS_SHOWN:
        earlier = len(blocks) - BLOCKS_SHOWN
        told.append(f"<p><em>and {earlier} earlier months: save the story.</em></p>")
    return "".join(told)


def _line(scenario: Scenario, line: str) -> str:
    text = escape(with_names(scenario, line.strip()))
    return f'<p class="{"in" if line.startswith("  ") else ""}">{text}</p>'
