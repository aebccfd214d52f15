"""What is asked of a run: how many replicates, how precise, from which seed."""

from __future__ import annotations

import dataclasses
import shlex
from collections.abc import Mapping
from typing import Any

from negotiation_sim.engine.ensemble import MOST_COUNTED, MOST_REPLICATES, check_request
from negotiation_sim.errors import UsageError, nearest

QUICK = 100
REPLICATES = {"ensemble": 2000, "mesa": QUICK}
BELIEFS = {"ensemble": 100, "mesa": 0}
CHANCES_A_BELIEF = 20
MAX_REPLICATES = 100_000
MOST_BELIEFS = 1_000_000
KEEP_REPLICATES, KEEP_SUMMARY = "replicates", "summary"


@dataclasses.dataclass(frozen=True)
class Request:
    """What decides the tables of a run, apart from the setting.

    Parameters
    ----------
    seed : int
    replicates : int or None
        Of each strategy; None where ``precision`` decides.
    precision : float or None
        Half-width wanted of the 95 % intervals.
    precision_on : {'success', 'difference'}
    max_replicates : int
        Where ``precision`` decides: most replicates of a strategy.
    beliefs : int
        Beliefs of the nested design that gives the spread over positions; 0 leaves it out.
    keep : {'replicates', 'summary'}
        Whether every replicate is written, or the counts over them alone.
    """

    seed: int = 1
    replicates: int | None = None
    precision: float | None = None
    precision_on: str = "success"
    max_replicates: int = MAX_REPLICATES
    beliefs: int = 0
    keep: str = KEEP_REPLICATES

    def __post_init__(self) -> None:
        if self.keep not in (KEEP_REPLICATES, KEEP_SUMMARY):
            known = nearest(self.keep, (KEEP_REPLICATES, KEEP_SUMMARY))
            raise UsageError(f"keep: '{self.keep}' is not known{known}")
        most = MOST_COUNTED if self.keep == KEEP_SUMMARY else MOST_REPLICATES
        if self.precision is None:
            check_request(self.replicates or 0, self.seed, "ensemble", None, most)
        else:
            check_request(self.max_replicates, self.seed, "ensemble", None, most)
            if self.replicates is not None:
                raise UsageError("replicates: with --precision say --max-replicates instead")
            if not 0.0 < self.precision < 0.5:
                raise UsageError(f"precision: {self.precision} is not between 0 and 0.5")
        if self.precision_on not in ("success", "difference"):
            raise UsageError(
                f"precision-on: '{self.precision_on}' is not known; allowed: success, difference"
            )
        if self.beliefs < 0 or self.beliefs == 1:
            raise UsageError(f"beliefs: {self.beliefs} is too few; 0 for none, else at least 2")
        if self.beliefs > MOST_BELIEFS:
            raise UsageError(f"beliefs: more than {MOST_BELIEFS:,} are too many for one run")

    def inputs(self) -> dict[str, Any]:
        """Return what goes into the run's id and manifest, without what has no effect."""
        found: dict[str, Any] = {"seed": self.seed}
        if self.precision is None:
            found["replicates"] = self.replicates
        else:
            found["precision"] = self.precision
            found["precision_on"] = self.precision_on
            found["max_replicates"] = self.max_replicates
        if self.beliefs:
            found |= {"beliefs": self.beliefs, "chances_a_belief": CHANCES_A_BELIEF}
        if self.keep != KEEP_REPLICATES:
            found["keep"] = self.keep
        return found


def request_of(
    engine: str,
    seed: int,
    replicates: int | None,
    *,
    quick: bool,
    precision: float | None,
    precision_on: str,
    max_replicates: int | None,
    beliefs: int | None,
    keep: str = KEEP_REPLICATES,
) -> Request:
    """Return the request that the options of ``run`` add up to.

    Raises
    ------
    UsageError
        Where two of them contradict one another, or one is out of range.
    """
    if quick and (replicates is not None or precision is not None):
        raise UsageError(f"quick: means {QUICK} replicates; leave out replicates and precision")
    if max_replicates is not None and precision is None:
        raise UsageError("max-replicates: only with precision; say replicates instead")
    if quick:
        replicates, beliefs = QUICK, beliefs or 0
    if replicates is None and precision is None:
        replicates = REPLICATES[engine]
    return Request(
        seed=seed, replicates=replicates, precision=precision, precision_on=precision_on,
        max_replicates=MAX_REPLICATES if max_replicates is None else max_replicates,
        beliefs=BELIEFS[engine] if beliefs is None else beliefs, keep=keep,
    )  # fmt: skip


def run_options(inputs: Mapping[str, Any]) -> str:
    """Return the options with which ``run`` computes the replicates of a manifest's inputs again.

    Examples
    --------
    >>> run_options({"seed": 1, "replicates": 200, "beliefs": 5, "setting": {}})
    ' --seed 1 --replicates 200 --beliefs 5'
    """
    options = f" --seed {inputs['seed']}"
    if "replicates" in inputs:
        options += f" --replicates {inputs['replicates']}"
    else:
        options += f" --precision {inputs['precision']:g}"
        options += f" --max-replicates {inputs['max_replicates']}"
        if inputs.get("precision_on", "success") != "success":
            options += f" --precision-on {inputs['precision_on']}"
    options += f" --beliefs {inputs.get('beliefs', 0)}"
    if "keep" in inputs:
        options += f" --keep {inputs['keep']}"
    return options + plugin_option(inputs)


def plugin_option(inputs: Mapping[str, Any]) -> str:
    """Return the option that gives the plug-in of a manifest's inputs; nothing where it has none."""
    plugin = inputs["setting"].get("plugin")
    return f" --plugin {shlex.quote(plugin['name'])}" if plugin else ""
