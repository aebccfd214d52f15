"""Likelihood of timely success of an initiative in a venue, by agent-based simulation.

The public names load on first use, so that ``import negotiation_sim`` and ``--help`` stay light.
Every command of the command line is a call of the same name and words in
:mod:`negotiation_sim.faces.api`; those that no module is named after can be had from here.

Examples
--------
>>> import negotiation_sim
>>> "run" in dir(negotiation_sim)
True
"""

from __future__ import annotations

import importlib
from typing import Any

__version__ = "0.1.0"

_EXPORTS = {
    "api": ("negotiation_sim.faces.api", None),
    "run": ("negotiation_sim.faces.api", "run"),
    "trace": ("negotiation_sim.faces.api", "trace"),
    "check": ("negotiation_sim.faces.api", "check"),
    "init": ("negotiation_sim.faces.api", "init"),
    "reproduce": ("negotiation_sim.faces.api", "reproduce"),
    "load": ("negotiation_sim.runs.store", "load"),
    "NegotiationSimError": ("negotiation_sim.errors", "NegotiationSimError"),
}

__all__ = ["__version__", *_EXPORTS]


def __getattr__(name: str) -> Any:
    """Import a public name on first use."""
    if name not in _EXPORTS:
        raise AttributeError(f"module 'negotiation_sim' has no attribute '{name}'")
    module_name, attribute = _EXPORTS[name]
    module = importlib.import_module(module_name)
    value = module if attribute is None else getattr(module, attribute)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(set(globals()) | set(_EXPORTS))
