"""The tables of docs/after-2008.md: what was coded, what the model says, and what happened.

``tools/regenerate.py`` writes them into the page. ``coding`` and ``positions`` come from the files
alone; the others from runs of the experiments that ``experiments/backtest/after-2008.yaml`` names.
What the page says in words is for a person to check.
"""

from __future__ import annotations

import dataclasses
import functools
import tempfile
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from negotiation_sim import api
from negotiation_sim.analysis.intervals import wilson

ROOT = Path(__file__).resolve().parent.parent
EXPERIMENTS = ROOT / "experiments"
OUTCOMES = EXPERIMENTS / "backtest" / "after-2008.yaml"
REPLICATES = 2_000
YEARS = (5, 15)
RESOLVED = {"mandate": ("mandate_month",), "adoption": ("adoption_month", "report_month")}
"""The columns that resolve an event: the first milestone reached counts."""
NAMED = 3  # blockers shown of each event


@dataclasses.dataclass(frozen=True)
class Event:
    """One thing that was on the agenda, and what became of it.

    Parameters
    ----------
    id, short : str
        Its name in the file and in tables.
    experiment, strategy : str
        What stands for it.
    start : int
        Month of the experiment in which its track begins.
    resolves : str
        Which milestone counts: ``mandate`` or ``adoption``.
    happened : dict of int to int
        By years from its start, 1 or 0.
    blockers : list of str
        Who stood against it.
    """

    id: str
    short: str
    experiment: str
    strategy: str
    start: int
    resolves: str
    happened: dict[int, int]
    blockers: list[str]


@dataclasses.dataclass(frozen=True)
class Forecast:
    """How often an event happened in the runs, by years from its start."""

    count: dict[int, int]
    n: int

    def p(self, years: int) -> float:
        return self.count[years] / self.n

    def shown(self, years: int) -> str:
        low, high = wilson(self.count[years], self.n)
        return f"{self.p(years):.2f} ({low:.2f} to {high:.2f})"


def read(path: Path) -> Any:
    return yaml.safe_load(path.read_text("utf-8"))


def entry(experiment: str, strategy: str) -> dict[str, Any]:
    """Return how an experiment's file writes a strategy."""
    for each in read(EXPERIMENTS / f"{experiment}.yaml")["strategies"]:
        found = {"name": each} if isinstance(each, str) else each
        if found["name"] == strategy:
            return found
    raise KeyError(f"{experiment} has no strategy {strategy}")


@functools.cache
def events() -> tuple[Event, ...]:
    """Return every event, in the order in which they began."""
    found = []
    for each in read(OUTCOMES)["events"]:
        fields = {name: each[name] for name in ("id", "short", "experiment", "strategy")}
        start = entry(each["experiment"], each["strategy"]).get("start", 0)
        happened, blockers = each["happened"], each["blockers"]
        found.append(Event(**fields, start=start, resolves=each["resolves"],
                           happened=happened, blockers=blockers))  # fmt: skip
    return tuple(found)


@functools.cache
def runs(replicates: int = REPLICATES) -> dict[str, pd.DataFrame]:
    """Return the table of replicates of every experiment."""
    found = {}
    with tempfile.TemporaryDirectory() as out:
        for name in dict.fromkeys(event.experiment for event in events()):
            run = api.run(name, replicates=replicates, out=out, beliefs=0, figures=False)
            found[name] = run.load()
    return found


def provisional_figures() -> dict[str, float]:
    """Return the process parameters as they stood before a fit replaced them, by path."""
    fit = read(EXPERIMENTS / "backtest" / "parameters-2009-01.yaml")
    standing = read(EXPERIMENTS / "environment.yaml")["parameters"]
    return {f"environment.{name}": standing[name]["value"] for name in fit["parameters"]}


@functools.cache
def provisional_runs(replicates: int = REPLICATES) -> dict[str, pd.DataFrame]:
    """Return the tables of replicates with the provisional figures in the fit's place."""
    found = {}
    with tempfile.TemporaryDirectory() as out:
        for name in dict.fromkeys(event.experiment for event in events()):
            run = api.run(
                name, replicates=replicates, out=out, beliefs=0, figures=False,
                overrides=provisional_figures(),
            )  # fmt: skip
            found[name] = run.load()
    return found


# What the runs say of an event


def of(event: Event, tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Return the rows of an event, without replicates that failed to compute."""
    table = tables[event.experiment]
    return table[(table["strategy"] == event.strategy) & (table["error"] == "")]


def months(event: Event, rows: pd.DataFrame) -> pd.Series:
    """Return by the end of which month after its start an event happened; missing means never."""
    columns = [name for name in RESOLVED[event.resolves] if name in rows]
    first = rows[columns].astype("Float64").min(axis=1)
    return first - event.start


def forecast(event: Event, tables: Mapping[str, pd.DataFrame]) -> Forecast:
    """Return how often an event happened within each number of years from its start."""
    rows = of(event, tables)
    when = months(event, rows)
    count = {years: int((when <= 12 * years).fillna(value=False).sum()) for years in YEARS}
    return Forecast(count, len(rows))


def named(event: Event, tables: Mapping[str, pd.DataFrame]) -> tuple[list[tuple[str, float]], int]:
    """Return who was the main blocker how often, as a share of the failures, and their number.

    A failure is a replicate in which the event had not happened after five years and a cause was
    found; the share of those that name nobody is what is left to 1.
    """
    rows = of(event, tables)
    failed = rows[~(months(event, rows) <= 60).fillna(value=False)]
    counts = Counter(str(name) for name in failed["main_blocker"] if str(name))
    by_count = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return [(name, count / len(failed)) for name, count in by_count], len(failed)


def commonest_cause(event: Event, tables: Mapping[str, pd.DataFrame]) -> str:
    """Return the commonest cause of the replicates in which an event had not happened."""
    rows = of(event, tables)
    failed = rows[~(months(event, rows) <= 60).fillna(value=False)]
    causes = Counter(str(cause) for cause in failed["cause"] if str(cause) != "none")
    return min(causes, key=lambda cause: (-causes[cause], cause)) if causes else "none"


def brier(years: int, tables: Mapping[str, pd.DataFrame]) -> float:
    """Return the mean squared distance between forecasts and what happened."""
    misses = [forecast(e, tables).p(years) - e.happened[years] for e in events()]
    return sum(miss * miss for miss in misses) / len(misses)


def pairs() -> list[tuple[Event, Event]]:
    """Return each event that happened beside each that did not, of those whose order is reported."""
    by_id = {event.id: event for event in events()}
    order = read(OUTCOMES)["order"]
    return [(by_id[a], by_id[b]) for a in order["happened"] for b in order["did_not"]]


def in_order(years: int, tables: Mapping[str, pd.DataFrame]) -> int:
    """Return how many of the pairs have the higher P where it happened."""
    return sum(forecast(a, tables).p(years) > forecast(b, tables).p(years) for a, b in pairs())


# The blocks


def table(header: list[str], rows: list[list[str]]) -> str:
    """Return a Markdown table."""
    lines = [header, ["---"] * len(header), *rows]
    return "".join("| " + " | ".join(row) + " |\n" for row in lines)


def calendar_month(start: str, later: int) -> str:
    """Return the month so many months after another.

    Examples
    --------
    >>> calendar_month("2014-10", 4)
    '2015-02'
    """
    year, month = map(int, start.split("-"))
    year, month = divmod(12 * year + month - 1 + later, 12)
    return f"{year}-{month + 1:02d}"


def point(record: Mapping[str, Any]) -> str:
    return ", ".join(f"{record[issue]['value']:g}" for issue in ("form", "scope"))


def box(record: Mapping[str, Any]) -> str:
    return ", ".join("{:g} to {:g}".format(*record["box"][k]) for k in ("form", "scope"))


def coding() -> str:
    """Return what the files say of every event."""
    rows = []
    for event in events():
        experiment = read(EXPERIMENTS / f"{event.experiment}.yaml")
        initiative, venue = event.strategy.split("@")
        proposal = read(EXPERIMENTS / "initiatives" / f"{initiative}.yaml")
        own = experiment.get("venues", {}).get(venue, {})
        seat = read(ROOT / "venues" / f"{venue}.yaml") | own
        term = seat.get("term_months", {}).get("value", 0)
        session = seat.get("mandate_term") == "session"
        underway = entry(event.experiment, event.strategy).get("underway", {})
        given = "given" if underway.get("mandate") else "asked for"
        rows.append([
            event.short, calendar_month(experiment["start"], event.start), f"`{event.strategy}`",
            f"{proposal.get('task', 'negotiate')}, {given}", point(proposal["text"]),
            box(proposal["mandate"]), point(experiment["status_quo"] | proposal.get("status_quo", {})),
            f"{term:g} months" if term else "a session" if session else "none",
        ])  # fmt: skip
    header = ["event", "begins", "strategy", "mandate", "start text", "box", "in force", "term"]
    return table(header, rows)


def positions() -> str:
    """Return the positions that differ from the catalogue's of 2008, with what they rest on."""
    sources = read(EXPERIMENTS / "sources.yaml")
    found: dict[tuple[str, ...], list[str]] = {}
    for name in dict.fromkeys(event.experiment for event in events()):
        experiment = read(EXPERIMENTS / f"{name}.yaml")
        for code, actor in experiment.get("actors", {}).items():
            for issue, figure in actor.get("ideal_point", {}).items():
                low, high = figure["range"]
                shown = f"{figure['value']:g} ({low:g} to {high:g})"
                key = (code, issue, shown, sources[figure["source"]]["title"].strip())
                found.setdefault(key, []).append(experiment["start"])
    header = ["state", "issue", "position", "rests on", "in the experiments from"]
    return table(header, [[*key, ", ".join(starts)] for key, starts in sorted(found.items())])


def forecasts(tables: Mapping[str, pd.DataFrame]) -> str:
    """Return P of every event with its interval, and whether it happened."""
    rows = []
    for event in events():
        said = forecast(event, tables)
        cells = [[said.shown(years), "yes" if event.happened[years] else "no"] for years in YEARS]
        when = months(event, of(event, tables)).dropna()
        median = f"{float(when.median()) / 12:.1f}" if len(when) else ""
        rows.append([event.short, *cells[0], *cells[1], median, f"{said.n:,}"])
    header = [
        "event", "P in five years", "happened", "P in fifteen years", "happened",
        "median years where it happens", "replicates",
    ]  # fmt: skip
    return table(header, rows)


def scores(tables: Mapping[str, pd.DataFrame]) -> str:
    """Return the Brier score, beside those of two forecasts that know nothing of the events."""
    rows = []
    for years in YEARS:
        share = sum(event.happened[years] for event in events()) / len(events())
        rows.append([
            f"{years} years", str(len(events())), f"{brier(years, tables):.3f}", "0.250",
            f"{share * (1.0 - share):.3f}",
        ])  # fmt: skip
    header = ["within", "events", "this model", "one half for all", "share that happened, for all"]
    return table(header, rows)


def order(tables: Mapping[str, pd.DataFrame]) -> str:
    """Return the pairs of an event that happened and one that did not, and which P is higher."""
    rows = []
    for a, b in pairs():
        cells = []
        for years in YEARS:
            first, second = forecast(a, tables), forecast(b, tables)
            right = "yes" if first.p(years) > second.p(years) else "no"
            cells += [f"{first.p(years):.2f}, {second.p(years):.2f}", right]
        rows.append([a.short, b.short, *cells])
    total = [f"{in_order(years, tables)} of {len(pairs())}" for years in YEARS]
    rows.append(["all", "", "", total[0], "", total[1]])
    header = [
        "happened", "did not", "P in five years", "in order", "P in fifteen years", "in order",
    ]  # fmt: skip
    return table(header, rows)


def fitted(
    tables: Mapping[str, pd.DataFrame], provisional: Mapping[str, pd.DataFrame] | None = None
) -> str:
    """Return P with the figures fitted on what was known in 2008 beside P with the provisional."""
    other = provisional_runs() if provisional is None else provisional
    rows = []
    for event in events():
        cells = []
        for years in YEARS:
            pair = [forecast(event, each).shown(years) for each in (tables, other)]
            cells += [*pair, "yes" if event.happened[years] else "no"]
        rows.append([event.short, *cells])
    scored, ordered = ["Brier score"], ["pairs in order"]
    for years in YEARS:
        scored += [f"{brier(years, tables):.3f}", f"{brier(years, other):.3f}", ""]
        counts = [f"{in_order(years, each)} of {len(pairs())}" for each in (tables, other)]
        ordered += [*counts, ""]
    header = ["event"]
    for words in ("five years", "fifteen years"):
        header += [f"P in {words}, fit of 2008", "with the provisional figures", "happened"]
    return table(header, [*rows, scored, ordered])


def blockers(tables: Mapping[str, pd.DataFrame]) -> str:
    """Return who is named most often where an event fails, and who stood against it."""
    rows = []
    for event in events():
        by_share, failures = named(event, tables)
        said = ", ".join(f"{code} {share:.0%}" for code, share in by_share[:NAMED])
        right = ""
        if event.blockers and by_share:
            right = "yes" if by_share[0][0] in event.blockers else "no"
        rows.append([
            event.short, f"{failures:,}", commonest_cause(event, tables), said or "nobody",
            " ".join(event.blockers) or "nobody", right,
        ])  # fmt: skip
    asked = [row[-1] for row in rows if row[-1]]
    rows.append(["all", "", "", "", "", f"{asked.count('yes')} of {len(asked)}"])
    header = [
        "event", "failures in five years", "commonest cause", "named as main blocker",
        "stood against it", "first one did",
    ]  # fmt: skip
    return table(header, rows)


def misses(tables: Mapping[str, pd.DataFrame]) -> str:
    """Return the forecasts on the wrong side of one half, the worst first."""
    found = []
    for event in events():
        for years in YEARS:
            p = forecast(event, tables).p(years)
            miss = abs(p - event.happened[years])
            if miss >= 0.5:
                happened = "it happened" if event.happened[years] else "it did not happen"
                found.append((-miss, event.short, f"{years} years", f"{p:.2f}", happened))
    rows = [[short, within, p, happened] for _, short, within, p, happened in sorted(found)]
    return table(["event", "within", "P", "what happened"], rows or [["none", "", "", ""]])


OF_FILES: dict[str, Callable[[], str]] = {"coding": coding, "positions": positions}
OF_RUNS: dict[str, Callable[[Mapping[str, pd.DataFrame]], str]] = {
    "forecasts": forecasts,
    "scores": scores,
    "fitted": fitted,
    "order": order,
    "blockers": blockers,
    "misses": misses,
}
