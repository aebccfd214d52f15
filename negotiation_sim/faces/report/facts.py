"""A run folder -> everything the report tells: tables of analysis, the setting, plain warnings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from os import PathLike

import pandas as pd

from negotiation_sim.analysis import comparison
from negotiation_sim.analysis.causes import CauseAccumulator
from negotiation_sim.analysis.consent import consent
from negotiation_sim.analysis.measures import with_texts
from negotiation_sim.analysis.outcomes import SummaryAccumulator
from negotiation_sim.analysis.replicates import Grouping, codes_of
from negotiation_sim.analysis.success import pledge_initiatives
from negotiation_sim.catalogue.schema import Setting
from negotiation_sim.errors import StoreError, nearest
from negotiation_sim.runs import store
from negotiation_sim.studies.comparison_study import SideBySide, side_by_side
from negotiation_sim.studies.finished_run import scenario_of, setting_of, tables_fit
from negotiation_sim.words.sentences import on_few_beliefs
from negotiation_sim.words.strategies import goal_of, title_of

LEVEL = 0.95


@dataclass(frozen=True)
class Facts:
    """What a run says.

    Parameters
    ----------
    run : Run
    setting : Setting
    summary : DataFrame
        As in ``summary.csv``.
    every_pair, pairs : DataFrame
        ``analysis.comparison.paired_differences`` of all pairs and of pairs with like goals.
    best : DataFrame
        ``analysis.comparison.probability_best`` within like goals.
    side : SideBySide
        Time, text, participation and joint outcome of the pairs with like goals.
    shares, blockers, together : DataFrame
        Causes, who blocks, and which two block together.
    consent : DataFrame
        ``analysis.consent.consent``: who wanted the texts, and who went along.
    curves, funnel, texts : DataFrame
        Of ``analysis.outcomes.SummaryAccumulator``.
    warnings : list of str
    """

    run: store.Run
    setting: Setting
    summary: pd.DataFrame
    every_pair: pd.DataFrame
    pairs: pd.DataFrame
    best: pd.DataFrame
    side: SideBySide
    shares: pd.DataFrame
    blockers: pd.DataFrame
    together: pd.DataFrame
    consent: pd.DataFrame
    curves: pd.DataFrame
    funnel: pd.DataFrame
    texts: pd.DataFrame
    warnings: list[str] = field(default_factory=list)

    @property
    def names(self) -> dict[str, str]:
        """Names of the states by code."""
        return {code: actor.name for code, actor in self.setting.actors.items()}

    @property
    def deadline(self) -> float:
        """Years within which success is timely."""
        return self.setting.success.deadline_years

    def row(self, strategy: str) -> pd.Series:
        """Return a strategy's row of the summary."""
        return self.summary[self.summary["strategy"] == strategy].iloc[0]

    def title(self, strategy: str) -> str:
        """Return a strategy in words: initiative and venue of each track."""
        found = next((s for s in self.setting.strategies if s.name == strategy), None)
        return strategy if found is None else title_of(found, self.setting)


def version_warning(run: store.Run) -> list[str]:
    """Return a sentence where other sources than these have computed the run."""
    then, now = run.manifest["versions"].get("negotiation-sim", "none"), store.source_version()
    if then == now:
        return []
    return [
        f"Computed by negotiation-sim {then}, reported by {now}. All numbers are those of the run; "
        "run the experiment again to have those of this version."
    ]


def read(
    run: str | PathLike[str] | store.Run,
    root: str | PathLike[str] = "results",
    strategies: Sequence[str] | None = None,
) -> Facts:
    """Return the facts of a finished run, every checksum compared.

    Parameters
    ----------
    run : path, str or Run
        A run folder, the first digits of an id, or an experiment (then its latest run).
    root : path
        Where ids are looked up.
    strategies : sequence of str, optional
        Only these.

    Raises
    ------
    StoreError
        Where the folder is unfinished, damaged, no plain run or of an unknown form, or a strategy
        is not in it.
    """
    found = store.find_run(run, root, kind="run")
    setting, summary = setting_of(found), found.summary
    rows = found.load()
    with tables_fit(found):
        known = list(summary["strategy"])
    for name in strategies or ():
        if name not in known:
            raise StoreError(f"{found.folder}: no strategy '{name}'{nearest(name, known)}")
    if strategies:
        chosen = list(dict.fromkeys(strategies))
        summary = summary.set_index("strategy").loc[chosen].reset_index()
        rows = rows[rows["strategy"].isin(chosen)]
        rows = rows.assign(strategy=rows["strategy"].astype(str))
    with tables_fit(found):
        return _facts(found, setting, summary, rows)


def _facts(run: store.Run, setting: Setting, summary: pd.DataFrame, rows: pd.DataFrame) -> Facts:
    in_run = list(summary["strategy"])
    chosen = [s for s in setting.strategies if s.name in in_run]
    scenario = scenario_of(run, setting)
    rules = {name: scenario.succeeds_when[name] for name in in_run}
    pledges = pledge_initiatives(setting)
    counted = SummaryAccumulator(
        rules, scenario.deadline, scenario.horizon, pledge_initiatives=pledges
    )
    outcomes = with_texts(rows, Grouping(rows, rules, pledges), counted.update(rows))
    causes = CauseAccumulator()
    causes.update(outcomes)
    goals = {s.name: goal_of(s, setting) for s in chosen}
    able = outcomes[~outcomes["pledges_only"].to_numpy(dtype=bool)]
    warnings = version_warning(run) + on_few_beliefs(summary)
    best = comparison.probability_best(able, goals)
    if setting.plugin is not None:
        warnings.append(
            f"computed with a plug-in, {setting.plugin.name} (SHA-256 {setting.plugin.sha256}), "
            "whose text is in the manifest; what it changes is not in the model's documentation."
        )
    errors = int(summary["errors"].sum())
    if errors:
        warnings.append(f"{errors:,} replicates failed and are left out; see their column 'error'.")
    return Facts(
        run, setting, summary,
        every_pair=_pairs(able, None), pairs=_pairs(able, goals),
        best=best, side=side_by_side(able, scenario.horizon, goals, best, LEVEL),
        shares=causes.shares(), blockers=causes.blockers(), together=causes.pairs(),
        consent=consent(rows, scenario.deadline),
        curves=counted.incidence(), funnel=counted.funnel(), texts=counted.texts(), warnings=warnings,
    )  # fmt: skip


def _pairs(outcomes: pd.DataFrame, goals: dict[str, str] | None) -> pd.DataFrame:
    """Return paired differences, settled only where test and interval for all pairs agree."""
    names = codes_of(outcomes["strategy"])[1] if len(outcomes) else []
    pairs = comparison.paired_differences(outcomes, goals, strategies=names, level=LEVEL)
    apart = (pairs["low_all"] > 0.0) | (pairs["high_all"] < 0.0)
    return pairs.assign(settled=pairs["settled"] & apart)
