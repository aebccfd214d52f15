"""What a request says of itself: the options with which the same is computed again."""

from __future__ import annotations

import shlex

import pytest
import typer

from negotiation_sim.faces.cli import main
from negotiation_sim.runs.request import plugin_option, run_options

SETTING: dict = {"setting": {}}


@pytest.mark.parametrize(
    ("inputs", "said"),
    [
        ({"seed": 3, "replicates": 40}, "--seed 3 --replicates 40 --beliefs 0"),
        ({"seed": 1, "replicates": 9, "beliefs": 2, "keep": "summary"},
         "--seed 1 --replicates 9 --beliefs 2 --keep summary"),
        ({"seed": 1, "precision": 0.01, "max_replicates": 500, "precision_on": "success"},
         "--seed 1 --precision 0.01 --max-replicates 500 --beliefs 0"),
        ({"seed": 1, "precision": 0.01, "max_replicates": 500, "precision_on": "difference"},
         "--seed 1 --precision 0.01 --max-replicates 500 --precision-on difference --beliefs 0"),
    ],
)  # fmt: skip
def test_the_options_of_a_run_are_those_of_the_command(inputs, said):
    assert run_options(inputs | SETTING) == " " + said
    assert {word for word in shlex.split(said) if word.startswith("--")} <= options_of_run()


def options_of_run() -> set[str]:
    """Return the options that ``run`` takes."""
    command = typer.main.get_command(main.app).commands["run"]
    return {option for each in command.params for option in each.opts}


def test_a_plugin_is_named_as_a_shell_reads_it():
    inputs = {"setting": {"plugin": {"name": "my rule.py"}}}
    assert plugin_option(inputs) == " --plugin 'my rule.py'"
    assert run_options({"seed": 1, "replicates": 2} | inputs).endswith("--plugin 'my rule.py'")
    assert plugin_option(SETTING) == ""
