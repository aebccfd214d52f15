"""docs/mesa.md runs as it stands, and so does the model of examples/solara_app.py."""

from __future__ import annotations

import doctest
import importlib.util
import re
import subprocess
import sys
import tomllib
import types
from pathlib import Path

import pytest

from helpers.documents import blocks
from negotiation_sim.engine.agents import NegotiationModel, StateAgent

ROOT = Path(__file__).parents[2]
PAGE, EXAMPLE = ROOT / "docs" / "mesa.md", ROOT / "examples" / "solara_app.py"


def test_every_block_runs_one_after_another_and_prints_what_is_shown():
    shown = blocks(PAGE, "python")
    assert len(shown) == 5
    text = "\n".join(shown)
    test = doctest.DocTestParser().get_doctest(text, {"__name__": "mesa"}, "mesa.md", "mesa.md", 0)
    assert len(test.examples) > 25
    assert not doctest.DocTestRunner().run(test).failed


def test_the_commands_name_what_is_there():
    (shell,) = blocks(PAGE, "bash")
    extra, file = re.search(r'"\.\[(\w+)\]"\nsolara run (\S+)', shell).groups()
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert extra in project["optional-dependencies"]
    assert ROOT / file == EXAMPLE


@pytest.fixture
def example(monkeypatch):
    """Import the example; stand-ins take the place of Solara, which is too large for the tests."""
    solara = types.ModuleType("solara")
    solara.component = lambda function: function
    shown: list = []
    solara.FigureMatplotlib = shown.append
    solara.use_memo = lambda make, _: make()
    visual = types.ModuleType("mesa.visualization")
    visual.SolaraViz = lambda model, **options: shown.append(options | {"model": model})
    utils = types.ModuleType("mesa.visualization.utils")
    utils.update_counter = types.SimpleNamespace(get=lambda: 0)
    for module in (solara, visual, utils):
        monkeypatch.setitem(sys.modules, module.__name__, module)
    spec = importlib.util.spec_from_file_location("solara_app", EXAMPLE)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.shown = shown
    return module


def test_the_example_has_a_model_that_runs_as_ours(example):
    model = example.CollectingModel("code@COPUOS", 7)
    for _ in range(model.scenario.horizon + 20):  # it stops at the horizon
        model.step()
    plain = NegotiationModel(example.SCENARIO, "code@COPUOS", belief=7).run()
    assert model.rows() == plain.rows()
    trust = model.datacollector.get_agent_vars_dataframe()["trust"].unstack()
    assert trust.shape == (model.scenario.horizon + 1, len(model.states))
    assert trust.iloc[-1].tolist() == [state.trust for state in plain.states]


def test_the_example_draws_each_component_and_gives_each_visitor_a_model(example):
    example.Page()
    example.Page()
    first, second = example.shown
    assert first["model"] is not second["model"]
    again = type(first["model"])(**{k: v["value"] for k, v in first["model_params"].items()})
    assert again.rows() == first["model"].rows()
    for component, _ in first["components"]:
        component(again)
    space, trust = (figure.axes[0] for figure in example.shown[2:])
    assert len(space.texts) == len(again.states) + len(again.tracks)
    assert len(trust.lines) == len(again.states)


if importlib.util.find_spec("solara"):  # not in the extra `test`: 104 s and 420 MB to install

    @pytest.mark.long
    def test_the_example_renders_in_solara():
        code = (
            f"import runpy, solara; page = runpy.run_path({str(EXAMPLE)!r})['Page']\n"
            "box, context = solara.render(page(), handle_error=False)\n"
            "(grid,) = context.find(solara.widgets.GridLayout).widgets\n"
            "print(len(grid.items), 'drawn')"
        )
        done = subprocess.run(
            [sys.executable, "-W", "ignore", "-c", code],
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.stdout == "2 drawn\n", done.stderr


def test_what_is_asked_of_a_track_is_not_hidden_by_a_column():
    for name in ("aspiration", "value", "satisfaction", "disposition", "reservation_value"):
        assert callable(vars(StateAgent)[name])
