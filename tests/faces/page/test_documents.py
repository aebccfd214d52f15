"""The documented SolaraViz example: its model runs; its page is only tried where Solara is."""

from __future__ import annotations

import re
import sys
import types
from pathlib import Path

from negotiation_sim.engine.agents import NegotiationModel

DOCUMENT = Path(__file__).parents[3] / "docs" / "classroom.md"


def test_the_solara_example_defines_a_model_that_runs_as_ours(monkeypatch):
    """Solara is no dependency: stand-ins for it let the example's own code run."""
    solara = types.ModuleType("solara")
    solara.component = lambda function: function
    drawn = []
    solara.FigureMatplotlib = drawn.append
    visual, utils = (
        types.ModuleType("mesa.visualization"),
        types.ModuleType("mesa.visualization.utils"),
    )
    visual.SolaraViz = lambda *arguments, **options: None
    utils.update_counter = types.SimpleNamespace(get=lambda: 0)
    for name, module in (
        ("solara", solara),
        ("mesa.visualization", visual),
        ("mesa.visualization.utils", utils),
    ):
        monkeypatch.setitem(sys.modules, name, module)
    code = re.search(r"```python\n(.*?)```", DOCUMENT.read_text("utf-8"), re.DOTALL)[1]
    names: dict = {}
    exec(compile(code, "classroom.md", "exec"), names)
    model = names["ClassroomModel"]("code@COPUOS", 0)
    for _ in range(200):  # more than there are months: it stops at the horizon
        model.step()
    assert model.rows() == NegotiationModel(names["SCENARIO"], "code@COPUOS", 1, 0).run().rows()
    names["IssueSpace"](model)
    assert len(drawn) == 1
