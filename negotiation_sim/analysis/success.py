"""When a strategy has succeeded: which of its tracks count, which decide, and how they combine.

``succeeds_when`` is ``all`` (the latest counts, and all must have it), ``any`` (the earliest
counts) or a list of the tracks that must all succeed, counted from 0. Tracks of pledges alone are
left out, unless there are no others.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from negotiation_sim.model.terms import TrackKind

if TYPE_CHECKING:
    from negotiation_sim.catalogue.schema import Setting
    from negotiation_sim.engine.scenario import Scenario

Rule = str | Sequence[int]


@dataclass(frozen=True)
class SuccessRule:
    """How the tracks of a strategy combine.

    Parameters
    ----------
    counted : array of bool, a track each
        All but pledges beside an agreement.
    chosen : array of bool, a track each
        Those counted whose success decides.
    any_rule : bool
        Whether one of them is enough.
    pledges_only : bool
        Whether there is nothing but pledges, which gather coverage and have no success.
    """

    counted: np.ndarray
    chosen: np.ndarray
    any_rule: bool
    pledges_only: bool


def success_rule(rule: Rule, pledges: Sequence[bool] | np.ndarray) -> SuccessRule:
    """Return how the tracks of a strategy combine.

    Parameters
    ----------
    rule : 'all', 'any' or list of int
        The strategy's ``succeeds_when``.
    pledges : sequence of bool
        Of each track: whether it gathers pledges alone.

    Raises
    ------
    ValueError
        Where no track is left that could decide.

    Examples
    --------
    >>> success_rule("any", [False, True, False]).chosen.tolist()
    [True, False, True]
    >>> success_rule([1], [True, True]).chosen.tolist()
    [False, True]
    """
    if isinstance(rule, str) and rule not in ("all", "any"):
        raise ValueError(f"succeeds_when: {rule!r} is not all, any or a list of tracks")
    alone = np.asarray(pledges, dtype=bool)
    counted = ~alone | alone.all()
    named = np.ones(len(alone), dtype=bool)
    if not isinstance(rule, str):
        named = np.isin(np.arange(len(alone)), list(rule))
    chosen = counted & named
    if not chosen.any():
        raise ValueError("succeeds_when names no track of the strategy that can succeed")
    return SuccessRule(counted, chosen, rule == "any", bool(alone.all()))


def success_rule_of(scenario: Scenario, strategy: int) -> SuccessRule:
    """Return how the tracks of a scenario's strategy combine."""
    arrays = scenario.arrays
    n = int(arrays.n_tracks[strategy])
    kinds = arrays.initiatives["kind"][arrays.plans["initiative"][strategy, :n]]
    when = scenario.setting.strategies[strategy].succeeds_when
    return success_rule(when, kinds == int(TrackKind.PLEDGES))


def success_rules(scenario: Scenario) -> list[SuccessRule]:
    """Return, strategy by strategy, how its tracks combine."""
    return [success_rule_of(scenario, strategy) for strategy in range(len(scenario.strategy_names))]


def pledge_initiatives(setting: Setting) -> list[str]:
    """Return the initiatives that gather pledges alone."""
    return [name for name, x in setting.initiatives.items() if x.kind == "pledges"]
