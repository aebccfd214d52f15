"""``compare``: is this strategy better than that one, by how much, surely or not?"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from os import PathLike
from pathlib import Path
from typing import Any

import pandas as pd

from negotiation_sim.analysis.comparison import paired_differences, probability_best
from negotiation_sim.analysis.dominance import FIRST, dominance_table, joint_table, strongest
from negotiation_sim.analysis.intervals import wilson
from negotiation_sim.analysis.measures import (
    PARTICIPATION,
    YEARS,
    measures_of,
    outcomes_with_texts,
)
from negotiation_sim.analysis.pairing import like_pairs
from negotiation_sim.analysis.quantiles import Bootstrap, quantile_differences, quantile_table
from negotiation_sim.analysis.success import pledge_initiatives
from negotiation_sim.analysis.survival import success_by_year
from negotiation_sim.catalogue import apply_overrides, environment_table
from negotiation_sim.catalogue.schema import Setting
from negotiation_sim.errors import UsageError
from negotiation_sim.glance import glanced
from negotiation_sim.model.terms import MONTHS_PER_YEAR
from negotiation_sim.runs import store
from negotiation_sim.runs.in_memory import computed
from negotiation_sim.runs.request import Request
from negotiation_sim.runs.sweep.design import make_design, parse_vary, spec_of
from negotiation_sim.runs.sweep.point_scenarios import check_values
from negotiation_sim.studies.finished_run import (
    FEW_WORLDS,
    chosen_strategies,
    months_in,
    read_with_texts,
    records,
    version_note,
)
from negotiation_sim.studies.timely import Progress
from negotiation_sim.words.strategies import goal_of

MEDIAN = 0.5
MOST_VARIANTS = 20


@glanced
@dataclass(frozen=True)
class SideBySide:
    """Strategies with like goals side by side: time, text, participation and all together.

    In tables of pairs the likelier to succeed in time is the first (of equals that which succeeds
    more often by the horizon, or is more often adopted), and the pairs of the best
    stand before the others.

    Attributes
    ----------
    by_year : DataFrame
        See ``analysis.survival.success_by_year``.
    quantiles, quantile_differences : DataFrame
        See ``analysis.quantiles``.
    dominance, joint : DataFrame
        See ``analysis.dominance``.
    leaders : list of str
        The likeliest of each goal.
    """

    by_year: pd.DataFrame
    quantiles: pd.DataFrame
    quantile_differences: pd.DataFrame
    dominance: pd.DataFrame
    joint: pd.DataFrame
    leaders: list[str]

    def tables(self) -> dict[str, pd.DataFrame]:
        """Return the tables by the names of their files."""
        return {
            "by-year": self.by_year, "quantiles": self.quantiles,
            "quantile-differences": self.quantile_differences, "dominance": self.dominance,
            "joint": self.joint,
        }  # fmt: skip

    def against_best(self, table: pd.DataFrame) -> pd.DataFrame:
        """Return the rows of a table of pairs in which the best of a goal meets the others."""
        return table[table["first"].isin(self.leaders)]

    def headline(self) -> pd.DataFrame:
        """Return one quantile per pair and measure: the median, or the nearest to it in reach.

        Of the time to success that is the highest up to the median that both reach, else the
        lowest of all.
        """
        table = self.quantile_differences
        low = table[table["quantile"] <= MEDIAN]
        known = low["difference"].notna()
        rank = low["quantile"].where(known, -low["quantile"])
        best = rank.groupby([low["first"], low["second"], low["measure"]], sort=False).idxmax()
        return low.loc[sorted(best)]

    @cached_property
    def strongest(self) -> pd.DataFrame:
        """One line per pair and measure: see ``analysis.dominance.strongest``."""
        return strongest(self.dominance)


def side_by_side(
    outcomes: pd.DataFrame,
    horizon_months: int,
    goals: Mapping[str, str] | None,
    best: pd.DataFrame,
    level: float = 0.95,
) -> SideBySide:
    """Return strategies side by side.

    Parameters
    ----------
    outcomes : DataFrame
        As ``analysis.measures.outcomes_with_texts`` returns them.
    horizon_months : int
    goals : mapping, optional
        Only strategies with like goals are paired; without it all are.
    best : DataFrame
        Of ``analysis.comparison.probability_best``.
    level : float
    """
    measures = measures_of(outcomes, horizon_months)
    late = outcomes["success_month"].isna().groupby(outcomes["strategy"], observed=True).mean()
    none = outcomes[PARTICIPATION].isna().groupby(outcomes["strategy"], observed=True).mean()
    order = best.assign(
        late=best["strategy"].map(late.to_dict()), none=best["strategy"].map(none.to_dict())
    ).sort_values(["p_success", "late", "none"], ascending=[False, True, True], kind="stable")
    likeliest = [name for name in order["strategy"] if name in measures.strategies]
    pairs = list(like_pairs(likeliest, goals))
    bootstrap = Bootstrap(measures)
    return SideBySide(
        success_by_year(outcomes, horizon_months, level), quantile_table(bootstrap, level),
        quantile_differences(bootstrap, pairs, level),
        dominance_table(measures, pairs, level=level), joint_table(measures, pairs, level),
        order.drop_duplicates("goal")["strategy"].tolist(),
    )  # fmt: skip


@glanced
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
    side : SideBySide
        Time, text, participation and joint outcome of the same pairs.
    deadline_years, horizon_years : float
    notes : list of str
    files : list of Path
        What was written into the run's ``studies/``.
    """

    run: store.Run
    level: float
    pairs: pd.DataFrame
    best: pd.DataFrame
    goals: dict[str, str]
    side: SideBySide
    deadline_years: float
    horizon_years: float
    notes: list[str] = field(default_factory=list)
    files: list[Path] = field(default_factory=list)

    @property
    def by_year(self) -> pd.DataFrame:
        """P of success within 1, 2, ... years."""
        return self.side.by_year

    @property
    def quantiles(self) -> pd.DataFrame:
        """Quantiles of each strategy."""
        return self.side.quantiles

    @property
    def quantile_differences(self) -> pd.DataFrame:
        """Quantiles of two strategies side by side."""
        return self.side.quantile_differences

    @property
    def dominance(self) -> pd.DataFrame:
        """First- and second-order stochastic dominance of every pair."""
        return self.side.dominance

    @property
    def joint(self) -> pd.DataFrame:
        """In how many worlds one is ahead in everything."""
        return self.side.joint

    def content(self) -> dict[str, Any]:
        """Return what is written down."""
        return {
            "level": self.level, "goals": self.goals, "sentences": self.sentences(),
            "table": records(self.pairs), "best": records(self.best),
        }  # fmt: skip

    def sentences(self) -> list[str]:
        """Return the answer in words, never more certain than the intervals."""
        lines = []
        for _, part in self.best.groupby("goal", sort=False):
            if len(part) > 1:
                lines.append(self._of_goal(part))
                lines += self._dominance(part)
        return [*lines, *self.notes]

    def _of_goal(self, part: pd.DataFrame) -> str:
        top = part[part["strategy"].isin(self.side.leaders)].iloc[0]
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

    def _dominance(self, part: pd.DataFrame) -> list[str]:
        """Return whom the best of a goal dominates in time, if it ever succeeds."""
        top = part[part["strategy"].isin(self.side.leaders)].iloc[0]
        if not top["p_success"] > 0.0:
            return []
        table = self.side.strongest
        mine = table[(table["first"] == top["strategy"]) & (table["measure"] == YEARS)]
        ahead = mine[mine["verdict"] == FIRST]
        n = len(mine)
        orders = [int((ahead["order"] == order).sum()) for order in (1, 2)]
        if not len(ahead):
            return [f"In {YEARS} {top['strategy']} dominates none of the other {n}."]
        said = f"In {YEARS} {top['strategy']} stochastically dominates {orders[0]} of {n} in the "
        said += "first order" + (f" and {orders[1]} in the second" if orders[1] else "")
        return [f"{said} ({_level(self.level)})."]


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
    found, setting, outcomes = read_with_texts(run, root)
    names = chosen_strategies(found, outcomes, strategies)
    if strategies is not None and len(names) < 2:
        raise UsageError("strategies: name at least two to compare")
    if not len(names):
        raise UsageError(
            f"{found.folder}: all its strategies gather pledges only; nothing to compare"
        )
    chosen = outcomes if strategies is None else outcomes[outcomes["strategy"].isin(names)]
    goals = {s.name: goal_of(s, setting) for s in setting.strategies}
    return _compared(
        found, setting, chosen, names, goals, goals if strategies is None else None, level
    )


def compare_variants(
    run: str | PathLike[str] | store.Run,
    vary: Mapping[str, Any] | Sequence[str],
    strategies: Sequence[str] | None = None,
    root: str | PathLike[str] = "results",
    *,
    level: float = 0.95,
    threads: int | None = None,
    progress: Progress | None = None,
) -> Comparison:
    """Return each strategy of a finished run compared with itself where something else held.

    Every combination of the values is run in memory, in the run's own worlds.

    Parameters
    ----------
    run : path, str or Run
    vary : mapping, or sequence of 'PATH=VALUES'
        As of a sweep: whatever has a path.
    strategies : sequence of str, optional
        Default: all that can succeed.
    root : path
    level : float
    threads : int, optional
    progress : callable, optional
        Called with the worlds done and of all.
    """
    if not 0.5 <= level < 1.0:
        raise UsageError(f"level: {level:g} is not between 0.5 and 1")
    found, setting, outcomes = read_with_texts(run, root)
    names = chosen_strategies(found, outcomes, strategies)
    variants = _variants(setting, vary)
    seed = int(found.manifest["inputs"]["seed"])
    mine = outcomes[outcomes["strategy"].isin(names)].astype({"strategy": str})
    worlds = int(mine.groupby("strategy").size().min())
    tables, base = [mine], dict.fromkeys(names, "")
    for number, (words, changes) in enumerate(variants):
        changed = apply_overrides(setting, {"strategies": names} | changes)
        done = computed(changed, Request(seed, worlds), threads)
        deadline = math.floor(changed.success.deadline_years * MONTHS_PER_YEAR)
        table = outcomes_with_texts(
            done.replicates, {s.name: s.succeeds_when for s in changed.strategies}, deadline,
            pledge_initiatives(changed),
        )  # fmt: skip
        tables.append(table.assign(strategy=table["strategy"].astype(str) + f" [{words}]"))
        base |= {f"{name} [{words}]": "" for name in names}
        if progress is not None:
            progress((number + 1) * worlds, len(variants) * worlds)
    of = {name: name.partition(" [")[0] for name in base}
    whole = pd.concat(tables, ignore_index=True)
    return _compared(found, setting, whole, list(base), of, of, level)


def _variants(
    setting: Setting, vary: Mapping[str, Any] | Sequence[str]
) -> list[tuple[str, dict[str, Any]]]:
    """Return what is changed in each variant, in words and as overrides."""
    said = dict(vary) if isinstance(vary, Mapping) else parse_vary(vary)
    for path in ("strategies", "issues"):
        if path in said:
            raise UsageError(f"vary: {path}: cannot be compared with what it is not")
    design = make_design(spec_of({"vary": said}))
    if len(design) > MOST_VARIANTS:
        raise UsageError(
            f"vary: {len(design):,} variants are too many to compare, at most {MOST_VARIANTS}; "
            "a sweep holds them"
        )
    check_values(setting, design, environment_table())
    found = []
    for point in design:
        changes = dict(zip(design.paths, point, strict=True))
        words = ", ".join(
            f"{path}={value:g}" if isinstance(value, float) else f"{path}={value}"
            for path, value in changes.items()
        )
        found.append((words, changes))
    return found


def _compared(
    found: store.Run, setting: Setting, chosen: pd.DataFrame, names: list[str],
    goals: dict[str, str], alike: dict[str, str] | None, level: float,
) -> Comparison:  # fmt: skip
    """Return the comparison of the strategies of a table."""
    pairs = paired_differences(chosen, alike, strategies=names, level=level)
    best = _with_interval(probability_best(chosen, alike), level)
    notes = [*version_note(found), *_notes(pairs, best, goals, names, alike is None)]
    horizon = setting.horizon_years
    side = side_by_side(chosen, months_in(horizon), alike, best, level)
    deadline = setting.success.deadline_years
    mine = {n: goals[n] for n in names}
    return Comparison(found, level, pairs, best, mine, side, deadline, horizon, notes)


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
