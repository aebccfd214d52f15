"""``compare``: is this strategy better than that one, by how much, surely or not?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from os import PathLike

import pandas as pd

from negotiation_sim.analysis.comparison import paired_differences, probability_best
from negotiation_sim.analysis.intervals import wilson
from negotiation_sim.errors import UsageError
from negotiation_sim.runs import store
from negotiation_sim.studies.finished_run import (
    FEW_WORLDS,
    chosen_strategies,
    read_run,
    version_note,
)
from negotiation_sim.words.strategies import goal_of


@dataclass
class Comparison:
    """Strategies of a run, compared world by world.

    Attributes
    ----------
    pairs : DataFrame
        See ``analysis.comparison.paired_differences``.
    best : DataFrame
        ``goal, strategy, worlds, p_success, p_best``, and Wilson's interval ``low, high`` of
        ``p_success``.
    goals : dict
        What each strategy is after; only like goals are paired unless strategies were named.
    notes : list of str
    """

    run: store.Run
    level: float
    pairs: pd.DataFrame
    best: pd.DataFrame
    goals: dict[str, str]
    notes: list[str] = field(default_factory=list)

    def sentences(self) -> list[str]:
        """Return the answer in words, never more certain than the intervals."""
        lines = []
        for _, part in self.best.groupby("goal", sort=False):
            if len(part) > 1:
                lines.append(self._of_goal(part))
        return [*lines, *self.notes]

    def _of_goal(self, part: pd.DataFrame) -> str:
        top = part.sort_values("p_success", ascending=False, kind="stable").iloc[0]
        name, others = top["strategy"], len(part) - 1
        mine = self.pairs[(self.pairs["first"] == name) | (self.pairs["second"] == name)]
        beaten = int(mine["settled"].sum())
        goal = f"Of those after {top['goal']}: " if top["goal"] else ""
        if not (part["p_success"] > 0.0).any():
            return f"{goal}none succeeds in time in any of {int(top['worlds']):,} worlds."
        said = f"{goal}{name} succeeds most often, P {top['p_success']:.3f} ({top['low']:.3f} to "
        said += f"{top['high']:.3f}, {int(top['worlds']):,} worlds); "
        if beaten == others:
            return said + f"surely better than {_count(others)} ({_level(self.level)})."
        left = mine[~mine["settled"]]
        more = left["more_worlds"].dropna()
        words = f"surely better than {beaten} of {others}, open against {others - beaten}"
        if len(more):
            words += f", the nearest to settle with about {_rounded(int(more.min()))} more worlds"
        return said + words + "."


def _count(n: int) -> str:
    return "the other" if n == 1 else f"all {n} others"


def _level(level: float) -> str:
    return f"{level:.0%}, corrected for all pairs"


def _rounded(number: int) -> str:
    """Return a number of worlds to two digits.

    Examples
    --------
    >>> _rounded(1234), _rounded(7)
    ('1,200', '7')
    """
    return f"{int(float(f'{number:.2g}')):,}"


def compare(
    run: str | PathLike[str] | store.Run,
    strategies: Sequence[str] | None = None,
    root: str | PathLike[str] = "results",
    *,
    level: float = 0.95,
) -> Comparison:
    """Return paired comparisons of a finished run.

    Parameters
    ----------
    run : path, str or Run
    strategies : sequence of str, optional
        At least two; all their pairs are compared, like goals or not. Default: all strategies of
        the run, paired where their goals are alike.
    root : path
        Where ids are looked up.
    level : float
        Of the intervals; claims are corrected for the number of pairs.
    """
    if not 0.5 <= level < 1.0:
        raise UsageError(f"level: {level:g} is not between 0.5 and 1")
    found, scenario, outcomes = read_run(run, root)
    names = chosen_strategies(found, outcomes, strategies)
    if strategies is not None and len(names) < 2:
        raise UsageError("strategies: name at least two to compare")
    if not len(names):
        raise UsageError(
            f"{found.folder}: all its strategies gather pledges only; nothing to compare"
        )
    chosen = outcomes[outcomes["strategy"].isin(names)]
    chosen = chosen.assign(strategy=chosen["strategy"].astype(str))
    goals = {s.name: goal_of(s, scenario.setting) for s in scenario.setting.strategies}
    alike = goals if strategies is None else None
    pairs = paired_differences(chosen, alike, strategies=names, level=level)
    best = _with_interval(probability_best(chosen, alike), level)
    notes = [*version_note(found), *_notes(pairs, best, goals, names, strategies is not None)]
    return Comparison(found, level, pairs, best, {n: goals[n] for n in names}, notes)


def _with_interval(best: pd.DataFrame, level: float) -> pd.DataFrame:
    """Return the table with the interval of each probability of success."""
    spans = [
        wilson(round(p * n), n, level) if n else (float("nan"), float("nan"))
        for p, n in best[["p_success", "worlds"]].to_numpy()
    ]
    return best.assign(low=[low for low, _ in spans], high=[high for _, high in spans])


def _notes(
    pairs: pd.DataFrame, best: pd.DataFrame, goals: dict[str, str], names: list[str], named: bool
) -> list[str]:
    """Return what a reader must know before believing the table."""
    notes = []
    worlds = int(best["worlds"].min()) if len(best) else 0
    if worlds < FEW_WORLDS and len(pairs):
        half = float(((pairs["high"] - pairs["low"]) / 2.0).max())
        notes.append(
            f"Only {worlds} worlds: differences below {half:.2f} cannot be told from chance. "
            "Run more replicates before claiming anything."
        )
    if not len(pairs):
        notes.append("No two strategies of this run have like goals; name them to compare all.")
    if named and len({goals[name] for name in names}) > 1:
        notes.append(
            "Their goals differ ("
            + "; ".join(f"{name}: {goals[name]}" for name in names)
            + "): P says which is likelier, not which is worth more."
        )
    never = best[best["p_success"] == 0.0]["strategy"].tolist()
    if never and len(never) < len(best):
        notes.append(f"Without a single timely success in {worlds:,} worlds: {', '.join(never)}.")
    return notes
