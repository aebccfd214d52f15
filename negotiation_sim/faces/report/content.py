"""Facts -> what both templates print: sentences, tables as rows of text, notes, commands."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from negotiation_sim.analysis.outcomes import likeliest_first
from negotiation_sim.catalogue import load_setting
from negotiation_sim.catalogue.folders import Folders
from negotiation_sim.errors import NegotiationSimError
from negotiation_sim.faces import citing
from negotiation_sim.faces.report import (
    aloud,
    answer,
    assumed,
    consent_rows,
    outside_rows,
    side_rows,
    studied,
)
from negotiation_sim.faces.report import hedging as words
from negotiation_sim.faces.report.facts import Facts
from negotiation_sim.faces.report.study_rows import Table, study_table
from negotiation_sim.runs import store
from negotiation_sim.runs.request import plugin_option, run_options
from negotiation_sim.studies.history import record as history
from negotiation_sim.words import shares as per_cent
from negotiation_sim.words.sentences import month_name
from negotiation_sim.words.strategies import titles_of
from negotiation_sim.words.vocabulary import term_cell

MOST_BLOCKERS, MOST_PAIRS, MOST_TOGETHER = 4, 20, 3


def of(
    facts: Facts, studies: Sequence[studied.FinishedStudy], warnings: Sequence[str]
) -> dict[str, Any]:
    """Return everything the templates print, by name."""
    inputs, setting = facts.run.manifest["inputs"], facts.setting
    outside = outside_rows.of(facts.run, set(facts.summary["strategy"]))
    return {
        "title": setting.name, "question": " ".join((setting.question or setting.name).split()),
        "run": facts.run.id, "experiment": facts.run.experiment, "warnings": list(warnings),
        "sentences": answer.sentences(
            facts.summary, facts.every_pair, facts.shares, facts.blockers, facts.names,
            facts.deadline, int(inputs.get("beliefs", 0)),
            {name: facts.title(name) for name in facts.summary["strategy"]},
        ),
        "aloud": aloud.sentences(
            facts.summary, facts.every_pair, facts.shares, facts.blockers, facts.names,
            titles_of(setting), facts.deadline, outside.views_found,
        ),
        "facts": _facts_line(facts), "key": key_table(facts), "summary": summary_table(facts),
        "failures": [
            answer.failure(name, facts.shares, facts.blockers, facts.names) for name in _told(facts)
        ],
        "blockers": blocker_table(facts), "together": together_table(facts),
        "wanted": consent_rows.sentences(facts), "consent": consent_rows.table(facts, _told(facts)),
        "pairs": pair_table(facts), "pair_note": _pair_note(facts),
        "side": side_rows.of(facts), "outside": outside,
        "sensitivities": [s for s in studies if s.kind == studied.SENSITIVITY],
        "levers": [s for s in studies if s.kind == studied.LEVERS],
        "giving_way": [s for s in studies if s.kind == studied.CAUSES],
        "study_table": study_table, "commands": _commands(facts),
        "assumed": assumed.tables(setting), "counts": assumed.counts(setting),
        "sources": assumed.sources(setting), "validation": history.said_of(setting.environment, tested=outside.tested),
        "deadline": f"{facts.deadline:g}", "horizon": f"{setting.horizon_years:g}",
        "share": per_cent.percent(setting.success.success_share.value),
        "start": month_name(setting.start), "versions": facts.run.manifest["versions"],
        "cite": citing.sentence(facts.run), "bibtex": citing.bibtex(facts.run),
        "bands": words.BANDS, "able": len(answer.able(facts.summary)),
    }  # fmt: skip


def _facts_line(facts: Facts) -> str:
    counts = facts.summary["replicates"]
    least, most = int(counts.min()), int(counts.max())
    worlds = f"{least:,}" if least == most else f"{least:,} to {most:,}"
    n = len(facts.summary)
    return (
        f"{n} {'strategy' if n == 1 else 'strategies'}, {len(facts.setting.actors)} states, "
        f"{worlds} replicates of each, in the same worlds; "
        f"seed {facts.run.manifest['inputs']['seed']}."
    )


def key_table(facts: Facts) -> Table:
    """Return what each strategy's short name stands for."""
    rows = [[f"`{name}`", facts.title(name)] for name in facts.summary["strategy"]]
    return Table(["short name", "initiative and venue"], rows)


def summary_table(facts: Facts) -> Table:
    """Return the table of the run, likeliest first, pledges alone at the end."""
    spread = "p_positions_low" in facts.summary
    columns = ["strategy", "P(timely success)", "95% interval", "replicates"]
    columns += ["5–95% of beliefs"] if spread else []
    columns += ["median years", "mandate", "adopted", "in force", "main cause of failure"]
    rows = []
    order = likeliest_first(facts.summary)
    row: Any
    for row in order.itertuples():
        cells = [f"`{row.strategy}`", per_cent.percent(row.p_success, row.p_success_high)]
        cells += [per_cent.span(row.p_success_low, row.p_success_high), f"{row.replicates:,}"]
        cells += [_spread(row)] if spread else []
        cells += [_median(row, facts), *(per_cent.percent(p) for p in _steps(row)), _cause(row)]
        rows.append(cells)
    return Table(columns, rows, frozenset(range(1, len(columns) - 1)))


def _spread(row: Any) -> str:
    return per_cent.positions(row.p_positions_low, row.p_positions_high)


def _steps(row: Any) -> tuple[float, float, float]:
    return row.p_mandate, row.p_adopted, row.p_in_force


def _median(row: Any, facts: Facts) -> str:
    if pd.isna(row.p_success):
        return per_cent.NONE
    if pd.isna(row.median_years):
        return f"over {facts.setting.horizon_years:g}"
    return f"{row.median_years:.1f}"


def _cause(row: Any) -> str:
    if pd.isna(row.p_success):
        coverage = row.mean_pledge_coverage
        return f"pledges only; they cover {per_cent.percent(coverage)} of capability"
    return per_cent.NONE if row.main_cause in ("", "none") else str(row.main_cause)


def _told(facts: Facts) -> list[str]:
    """Return the strategies whose failures are told: the best of each goal, likeliest first."""
    if not len(facts.best):
        return []
    best = facts.best.sort_values("p_success", ascending=False, kind="stable")
    return best.drop_duplicates("goal")["strategy"].tolist()


def blocker_table(facts: Facts) -> Table:
    """Return who blocks each strategy most, and over what."""
    rows = []
    row: Any
    for name in _told(facts):
        mine = facts.blockers[facts.blockers["strategy"] == name].head(MOST_BLOCKERS)
        for place, row in enumerate(mine.itertuples()):
            rows.append([
                f"`{name}`" if place == 0 else "", facts.names.get(row.actor, row.actor),
                per_cent.estimate(row.share, row.low, row.high), term_cell(row.main_term),
                f"{row.alone:,}", f"{row.main:,}",
            ])  # fmt: skip
    columns = ["strategy", "state", "share of its failures", "mostly over", "alone", "main blocker"]
    return Table(columns, rows, frozenset({2, 4, 5}))


def together_table(facts: Facts) -> Table:
    """Return which two states block together more often than each on its own would make likely."""
    rows = []
    row: Any
    for name in _told(facts):
        mine = facts.together[facts.together["strategy"] == name].head(MOST_TOGETHER)
        for place, row in enumerate(mine.itertuples()):
            pair = " and ".join(facts.names.get(code, code) for code in (row.first, row.second))
            share = per_cent.estimate(row.share, row.low, row.high)
            rows.append([f"`{name}`" if place == 0 else "", pair, share, f"{row.lift:.2f}"])
    return Table(["strategy", "states", "share of its failures", "lift"], rows, frozenset({2, 3}))


def pair_table(facts: Facts) -> Table:
    """Return the best of each goal against the others with the same goal."""
    best, rows = set(_told(facts)), []
    size = facts.pairs["difference"].abs().sort_values(kind="stable", ascending=False).index
    row: Any
    for row in facts.pairs.loc[size].itertuples():
        if not {row.first, row.second} & best:
            continue
        sign = 1.0 if row.difference >= 0.0 else -1.0
        one, two = (row.first, row.second) if sign > 0.0 else (row.second, row.first)
        low, high = sorted((sign * row.low_all, sign * row.high_all))
        needed = "" if pd.isna(row.more_worlds) else f"about {_rounded(int(row.more_worlds)):,}"
        rows.append([
            f"`{one}`", f"`{two}`", words.signed(sign * row.difference),
            words.signed_span(low, high), _p_value(row.p_holm),
            "sure" if row.settled else "open", needed or ("" if row.difference else "none seen"),
        ])  # fmt: skip
    columns = ["likelier", "than", "points of 100", "interval for all pairs", "p, corrected"]
    columns += ["verdict", "more worlds to settle"]
    return Table(columns, rows[:MOST_PAIRS], frozenset({2, 3, 4, 6}))


def _rounded(number: int) -> int:
    return int(round(number, -max(0, len(str(number)) - 2)))


def _p_value(p: float) -> str:
    return "< 0.001" if p < 0.001 else f"{p:.3f}"


def _pair_note(facts: Facts) -> str:
    n, settled = len(facts.pairs), int(facts.pairs["settled"].sum())
    if not n:
        return "No two strategies of this run have like goals."
    return (
        f"{n} pairs of strategies with the same initiatives were compared world by world; "
        f"{settled} differences are sure, {n - settled} open (McNemar's exact "
        "test, corrected after Holm)."
    )


def _is_of_the_catalogue(facts: Facts) -> bool:
    """Return whether the name of the run's experiment leads to this very setting from anywhere."""
    file = Folders.around(None, None).files("experiments").get(facts.run.experiment)
    if file is None:
        return False
    try:
        known = load_setting(file)
    except NegotiationSimError:
        return False
    return store.canonical(known.model_dump(mode="json")) == store.canonical(
        facts.run.manifest["inputs"]["setting"]
    )


def _commands(facts: Facts) -> dict[str, str]:
    """Return the commands a reader may want, by what they do."""
    inputs, name = facts.run.manifest["inputs"], facts.run.experiment
    rows = answer.able(facts.summary)
    leader = rows.iloc[0]["strategy"] if len(rows) else facts.summary["strategy"].iloc[0]
    call, plugin = "negotiation-sim", plugin_option(inputs)
    return {
        "run": f"{call} run {name}{run_options(inputs)}" if _is_of_the_catalogue(facts) else "",
        "reproduce": f"{call} reproduce {facts.run.id}{plugin}",
        "report": f"{call} report {facts.run.id}",
        "sensitivity": f"{call} sensitivity {facts.run.id} --strategy '{leader}'{plugin}",
        "causes": f"{call} causes {facts.run.id} --strategies '{leader}'{plugin}",
        "levers": f"{call} levers {facts.run.id} --strategy '{leader}' --target 0.5{plugin}",
        "compare": f"{call} compare {facts.run.id}",
        "archive": f"{call} archive {facts.run.id}",
        "odd": f"{call} odd {facts.run.id}",
    }
