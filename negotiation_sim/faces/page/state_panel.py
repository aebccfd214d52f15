"""The panel of one state: satisfaction against aspiration, profile, and where its figures are from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from nicegui import ui

from negotiation_sim.faces.page.month_in_words import name_of
from negotiation_sim.faces.page.parts import Visitor, chart, plain_table, show
from negotiation_sim.faces.page.space_charts import words_of
from negotiation_sim.faces.page.theme import MARKS
from negotiation_sim.faces.page.time_charts import against_aspiration
from negotiation_sim.faces.page.watching import Frame
from negotiation_sim.words.scales import UNIT_SCALE, ScaledIssue, shown

WORDS = {
    "capability": "capability", "margin": "must be better than none by",
    "stake": "what it has in the matter", "technical_means": "sees by means of its own",
    "flexibility": "flexibility", "susceptibility": "swayed by those close to it",
    "verification_demand": "asks for verification", "missile_defence_stake": "stake in missile defence",
    "weapons_concern": "concern: weapons in space", "debris_concern": "concern: debris",
    "trust": "trust in others", "ratification_delay": "months to ratify (median)",
    "ratification_threshold": "hurdle at home, treaty", "turnover_rate": "changes of government a year",
    "test_propensity": "inclination to test",
}  # fmt: skip
FIRST = ("ideal_point.", "salience.")


class StatePanel:
    """Shows the state that was clicked; also a list, for the keyboard."""

    def __init__(self, visitor: Visitor) -> None:
        self.visitor = visitor
        self.actor = visitor.scenario.actor_ids[0]
        self._shown = ""
        with ui.element("div").classes("fill") as self.box:
            names = {a: f"{name_of(visitor.scenario, a)} ({a})" for a in visitor.scenario.actor_ids}
            self.select = (
                ui.select(names, value=self.actor, label="State", on_change=self._selected)
                .props("outlined dense options-dense data-testid=state")
                .style("margin-top: 6px; width: 100%")
            )
            self.says = ui.label().classes("big strong").props("data-testid=state-says")
            self.curve = chart({}, "state-curve", "state-curve").style(
                "height: 48%; min-height: 170px; flex: none; width: 100%"
            )
            self.profile = (
                ui.html("", sanitize=False)
                .classes("story")
                .props(
                    'data-testid=profile tabindex=0 role=region aria-label="Profile and sources"'
                )
            )
        self._latest: tuple[Sequence[Frame], int] | None = None

    def choose(self, actor: str) -> None:
        """Show another state."""
        self.actor = actor
        self.select.set_value(actor)

    def _selected(self) -> None:
        self.actor = self.select.value
        if self._latest:
            self.show(*self._latest)

    def show(self, frames: Sequence[Frame], track: int) -> None:
        """Show the state at the end of the last frame."""
        self._latest = (frames, track)
        scenario = self.visitor.scenario
        i, at = scenario.actor_ids.index(self.actor), frames[-1].tracks[track]
        joined = "; has joined" if at.joined[i] else ""
        self.says.set_text(f"{MARKS[at.says[i]]} {words_of(at.says[i], at)}{joined}")
        show(self.visitor, self.curve, against_aspiration(scenario, frames, track, self.actor))
        if self._shown != self.actor:
            self._shown = self.actor
            self.profile.set_content(profile_html(self.visitor, self.actor))


def _figure_words(field: Mapping[str, Any], issue: ScaledIssue | None) -> str:
    """Return a figure and its range; what is wanted of an issue is on its scale."""
    ends = [] if field["low"] is None else [field["low"], field["high"]]
    if issue is None or issue.scale == UNIT_SCALE:
        span = " ({:g} to {:g})".format(*ends) if ends else ""
        return f"{field['value']:.3g}{span}"
    span = f" ({' to '.join(shown(issue, end) for end in ends)})" if ends else ""
    return shown(issue, field["value"]) + span


def profile_html(visitor: Visitor, actor: str) -> str:
    """Return a state's figures with what they rest on, its evidence and sources."""
    record = visitor.library.profile("actors", actor)
    scales = {f"ideal_point.{issue}": issue for issue in visitor.scenario.issues}
    rows, evidence = [], []
    for field in record["fields"]:
        name = field["field"]
        if name.startswith("evidence") and name.endswith("text"):
            evidence.append(" ".join(str(field["value"]).split()))
        label = WORDS.get(name) or (
            name.replace("ideal_point.", "wants, ").replace("salience.", "cares about, ")
            if name.startswith(FIRST)
            else ""
        )
        if label:
            rests = " ".join(str(field[k]) for k in ("basis", "source") if field[k])
            rows.append([label, _figure_words(field, scales.get(name)), rests])
    parts = (
        ["<h3>Evidence</h3>", *(f"<p>{escape(text)}</p>" for text in evidence)] if evidence else []
    )
    parts += ["<h3>Profile</h3>", plain_table(["figure", "value (range)", "rests on"], rows, {1})]
    parts.append("<h3>Sources</h3>")
    for source, facts in record["sources"].items():
        said = ", ".join(str(facts[k]) for k in ("title", "year", "address") if facts.get(k))
        parts.append(f"<p><strong>{escape(source)}</strong>: {escape(said)}</p>")
    if record["file"]:
        parts.append(f"<p class=small>From {escape(record['file'])}</p>")
    return "".join(parts)
