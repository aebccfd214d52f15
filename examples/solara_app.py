"""The Mesa model on Mesa's own page, SolaraViz: issue space, and trust month by month.

``pip install "negotiation-sim[solara]"``, then ``solara run examples/solara_app.py``.
"""

from __future__ import annotations

import mesa
import solara
from matplotlib.figure import Figure
from mesa.visualization import SolaraViz
from mesa.visualization.utils import update_counter

from negotiation_sim.catalogue import load_setting
from negotiation_sim.engine.agents import NegotiationModel
from negotiation_sim.engine.scenario import compile_setting

SCENARIO = compile_setting(load_setting("bellagio"))  # read only: visitors may share it
STRATEGY, REPLICATE = "code@adhoc-optin", 1
PARAMETERS = {
    "strategy": {
        "type": "Select",
        "value": STRATEGY,
        "values": list(SCENARIO.strategy_names),
        "label": "Strategy",
    },
    "replicate": {
        "type": "SliderInt",
        "value": REPLICATE,
        "min": 0,
        "max": 99,
        "step": 1,
        "label": "Replicate",
    },
}


class CollectingModel(NegotiationModel):
    """A model that SolaraViz can make anew from its parameters; it keeps each state's trust."""

    def __init__(self, strategy: str = STRATEGY, replicate: int = REPLICATE) -> None:
        super().__init__(SCENARIO, strategy, belief=replicate)
        self.datacollector = mesa.DataCollector(agent_reporters={"trust": "trust"})
        self.datacollector.collect(self)

    def step(self) -> None:
        """Advance by one month and collect, up to the horizon."""
        if self.running:
            super().step()
            self.datacollector.collect(self)


def issue_space(model: NegotiationModel) -> Figure:
    """Return positions (larger: more influence) and texts over scope and form."""
    figure = Figure(figsize=(6, 5), layout="constrained")
    axes = figure.subplots()
    form, scope = (model.scenario.issues.index(name) for name in ("form", "scope"))
    for state in model.states:
        place = state.position[scope], state.position[form]
        axes.plot(*place, "o", color="tab:blue", alpha=0.6, markersize=6 + 30 * state.influence)
        axes.annotate(state.actor_id, place, (5, 5), textcoords="offset points", fontsize=8)
    for track in model.tracks:
        axes.plot(track.text[scope], track.text[form], "k*", markersize=14)
        axes.annotate(track.name, (track.text[scope], track.text[form]), (9, -12),
                      textcoords="offset points")  # fmt: skip
    endings = ", ".join(
        track.ending_name.replace("_", " ") if track.ended else "under way"
        for track in model.tracks
    )
    axes.set(xlim=(-0.05, 1.05), ylim=(-0.05, 1.05), xlabel="scope (narrow to broad)",
             ylabel="form (voluntary to treaty)")  # fmt: skip
    axes.set_title(f"{model.strategy_name}, month {model.now}: {endings}")
    return figure


def trust_by_month(model: CollectingModel) -> Figure:
    """Return a line a state of the trust collected so far."""
    figure = Figure(figsize=(6, 5), layout="constrained")
    axes = figure.subplots()
    names = {state.unique_id: state.actor_id for state in model.states}
    table = model.datacollector.get_agent_vars_dataframe()["trust"].unstack()
    for agent, series in table.items():
        axes.plot(series.index, series, label=names[agent])
    axes.legend(ncols=2, fontsize=8)
    axes.set(xlim=(0, model.scenario.horizon), ylim=(0, 1), xlabel="month", ylabel="trust")
    axes.set_title("Trust of each state")
    return figure


@solara.component
def IssueSpace(model: CollectingModel) -> None:
    """Show the issue space, drawn anew after every step."""
    update_counter.get()
    solara.FigureMatplotlib(issue_space(model))


@solara.component
def Trust(model: CollectingModel) -> None:
    """Show trust by month, drawn anew after every step."""
    update_counter.get()
    solara.FigureMatplotlib(trust_by_month(model))


@solara.component
def Page() -> None:
    """Show a model of the visitor's own: one made at module level would be shared by all."""
    model = solara.use_memo(CollectingModel, [])
    SolaraViz(
        model,
        components=[(IssueSpace, 0), (Trust, 0)],
        model_params=PARAMETERS,
        name="Negotiation",
    )
