"""The outside view of a strategy or an open mandate, and how it stands to the inside view of a run."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache

import numpy as np
import pandas as pd

from negotiation_sim.analysis.outcomes import likeliest_first
from negotiation_sim.catalogue.coded_case import CodedCase, latest
from negotiation_sim.catalogue.schema import Setting
from negotiation_sim.errors import UsageError
from negotiation_sim.glance import glanced
from negotiation_sim.model.terms import MONTHS_PER_YEAR
from negotiation_sim.runs import store
from negotiation_sim.studies.finished_run import setting_of
from negotiation_sim.studies.history.case_table import coded_cases
from negotiation_sim.studies.history.coded_columns import facts_of
from negotiation_sim.studies.history.outside_record import skill_words
from negotiation_sim.studies.history.precedents import (
    BaseRate,
    Precedent,
    Query,
    Scope,
    base_rate,
    nearest_cases,
    scope_of,
    teachers,
)
from negotiation_sim.studies.history.splits import (
    HORIZONS,
    closed_outcomes,
    open_cases,
    open_for,
    years_on,
)
from negotiation_sim.studies.history.statistical import Fitted
from negotiation_sim.studies.history.strategy_facts import Asked, asked_of, first_day

INSIDE_WEIGHT = 0.4  # of the pool, chosen beforehand (docs/cases.md)
APART = 0.2
FEWEST_MANDATES = 30
MOST_NAMED = 5
NEEDED = ("strategy", "track", "mandate_month", "adoption_month")


@glanced
@dataclass(frozen=True)
class OutsideView:
    """What precedents say of one mandate.

    Parameters
    ----------
    name : str
        ``initiative@venue``, or the name of an open mandate.
    query : Query
    precedents : list of Precedent
        The nearest, by adoption within the first horizon.
    rates : dict of int to BaseRate or None
        By horizon.
    chances : dict of int to dict of str to float
        By horizon the forecasts of ``regression``, ``forest`` and their ``mean``; empty where too
        few cases were known.
    scope : Scope
    """

    name: str
    query: Query
    precedents: list[Precedent]
    rates: dict[int, BaseRate | None]
    chances: dict[int, dict[str, float]]
    scope: Scope

    def chance(self, years: int = 5) -> float:
        """Return the statistical forecast; not-a-number where there is none."""
        return self.chances.get(years, {}).get("mean", math.nan)

    def record(self, years: int = 5) -> str:
        """Return the forecast's record, or that it was not tested for such a case."""
        said = self.scope.words() or skill_words(self.query.at, years)
        return said or "no record of what was known so early"


def views_of(
    queries: Mapping[str, Query],
    cases: Sequence[CodedCase] | None = None,
    horizons: Sequence[int] = HORIZONS,
) -> list[OutsideView]:
    """Return the outside view of mandates by name.

    Those of one day that are rows of no file share their fits.

    Parameters
    ----------
    queries : mapping of str to Query
    cases : sequence of CodedCase, optional
        Default: those of the catalogue.
    horizons : sequence of int
        5 and 10 years, or one of them.
    """
    known = coded_cases() if cases is None else cases
    groups: dict[tuple[date, str], list[str]] = {}
    for name, query in queries.items():
        key = (query.at, query.case.id if query.case else "")
        groups.setdefault(key, []).append(name)
    found = {}
    for names in groups.values():
        asked = [queries[name] for name in names]
        chances = _chances(asked, known, horizons)
        limit: float | None = None
        for name, query, chance in zip(names, asked, chances, strict=True):
            scope = scope_of(query, known, limit)
            limit = scope.limit
            near = {years: nearest_cases(query, known, years) for years in horizons}
            rates = {years: base_rate(alike) for years, alike in near.items()}
            found[name] = OutsideView(name, query, near[horizons[0]], rates, chance, scope)
    return [found[name] for name in queries]


def _chances(
    queries: Sequence[Query], cases: Sequence[CodedCase], horizons: Sequence[int]
) -> list[dict[int, dict[str, float]]]:
    """Return the statistical forecasts of queries that have their precedents in common."""
    first = queries[0]
    shipped = first.case is None and cases is coded_cases()
    found: list[dict[int, dict[str, float]]] = [{} for _ in queries]
    for years in horizons:
        fitted = _of_catalogue(first.at, years) if shipped else _fitted(first, cases, years)
        chances = fitted.chances([query.facts for query in queries])
        for place, said in enumerate(found):
            said[years] = {name: float(chance[place]) for name, chance in chances.items()}
    return found


def _fitted(query: Query, cases: Sequence[CodedCase], years: int) -> Fitted:
    known = teachers(query, cases)
    facts = [facts_of(case) for case in known]
    return Fitted(facts, closed_outcomes(known, years, query.at))


@lru_cache(maxsize=16)
def _of_catalogue(at: date, years: int) -> Fitted:
    """Return what the catalogue's cases teach by a day; kept, for a page asks again and again."""
    known = [case for case in open_cases(coded_cases()) if latest(case.mandate) < at]
    return Fitted([facts_of(case) for case in known], closed_outcomes(known, years, at))


def of_experiment(
    setting: Setting, strategy: str | None = None, horizons: Sequence[int] = HORIZONS
) -> list[tuple[Asked, OutsideView]]:
    """Return each negotiating track of an experiment's strategies with its outside view."""
    asked = asked_of(setting, strategy)
    queries = {f"{each.strategy} {each.track}": Query(each.facts, each.at) for each in asked}
    unique = {query.facts: key for key, query in reversed(queries.items())}
    views = views_of({key: queries[key] for key in unique.values()}, horizons=horizons)
    by_facts = {view.query.facts: view for view in views}
    return [(each, replace(by_facts[each.facts], name=each.name)) for each in asked]


def of_open_mandate(case: CodedCase, at: date) -> OutsideView:
    """Return the outside view of a mandate that is still open on a day, such as a row of live.csv.

    Precedents are the cases that were still open at the same age, so that each chance is that of
    a text within five or ten years of the mandate given that there was none by now. A horizon
    that is past is left out.

    Raises
    ------
    UsageError
        Where the mandate is later than the day, or more than ten years old.
    """
    age = (at - case.mandated).days / 365.25
    horizons = [years for years in HORIZONS if years_on(latest(case.mandate), years) > at]
    if age < 0 or not horizons:
        raise UsageError(f"'{case.id}': its mandate is {age:.1f} years old, not between 0 and 10")
    alike = [known for known in coded_cases() if open_for(known, age)]
    return views_of({case.name: Query(facts_of(case), at, case)}, alike, horizons)[0]


@dataclass(frozen=True)
class Compared:
    """One strategy's inside and outside view of the same question, and their pool.

    The question: once there is a mandate, is a text adopted within five years of it? ``inside``
    is not-a-number where fewer than 30 simulated worlds came to a mandate early enough, or where
    the track may move to another venue than the one that precedents are looked up for;
    ``pool`` where either view is missing.
    """

    strategy: str
    name: str
    inside: float
    n: int
    outside: float
    rate: BaseRate | None
    scope: Scope
    precedents: list[Precedent]

    @property
    def pool(self) -> float:
        """Return 0.4 of the inside and 0.6 of the outside view."""
        return INSIDE_WEIGHT * self.inside + (1.0 - INSIDE_WEIGHT) * self.outside

    @property
    def apart(self) -> float:
        """Return the inside view less the outside view."""
        return self.inside - self.outside


def inside_view(rows: pd.DataFrame, horizon_months: float, years: int = 5) -> tuple[float, int]:
    """Return the share of simulated mandates that adopted a text in time, and how many there were.

    Parameters
    ----------
    rows : DataFrame
        Replicates of one track, with ``mandate_month`` and ``adoption_month``.
    horizon_months : float
        Of the run; mandates too late to be followed for the whole time are left out.
    """
    mandate = rows["mandate_month"].to_numpy(dtype=float, na_value=np.nan)
    adoption = rows["adoption_month"].to_numpy(dtype=float, na_value=np.nan)
    window = years * MONTHS_PER_YEAR
    followed = mandate <= horizon_months - window
    n = int(followed.sum())
    if n < FEWEST_MANDATES:
        return math.nan, n
    return float(np.mean(adoption[followed] - mandate[followed] <= window)), n


def side_by_side(setting: Setting, replicates: pd.DataFrame) -> list[Compared]:
    """Return inside and outside view of each strategy's first track that negotiates a text."""
    horizon = setting.horizon_years * MONTHS_PER_YEAR
    tracks = dict(tuple(replicates.groupby(["strategy", "track"], observed=True, sort=False)))
    found: dict[str, Compared] = {}
    for asked, view in of_experiment(setting, horizons=(5,)):
        if asked.strategy not in found and (asked.strategy, asked.track) in tracks:
            inside, n = inside_view(tracks[asked.strategy, asked.track], horizon)
            if asked.moves:
                inside = math.nan
            found[asked.strategy] = Compared(
                asked.strategy,
                asked.name,
                inside,
                n,
                view.chance(),
                view.rates[5],
                view.scope,
                view.precedents,
            )
    return list(found.values())


def parting(each: Compared) -> str:
    """Return in two words where a simulation parts from precedents by more than 0.2, if it does."""
    if each.apart > APART:
        return "more hopeful"
    return "less hopeful" if each.apart < -APART else ""


def parting_words(compared: Sequence[Compared]) -> list[str]:
    """Return in words in how many strategies the views part, and how many were not tested."""
    known = [each for each in compared if math.isfinite(each.apart)]
    more, less = (
        [each for each in known if parting(each) == words]
        for words in ("more hopeful", "less hopeful")
    )
    lines = []
    if more or less:
        lines.append(
            f"The views part by more than {APART:g} for {len(more) + len(less)} of {len(known)} "
            f"strategies with both: the simulation is more hopeful than precedents for "
            f"{_named(more)}, less for {_named(less)}."
        )
    elif known:
        lines.append(f"Nowhere do the two views part by more than {APART:g}.")
    outside = [each for each in compared if not each.scope.tested]
    if outside:
        lines.append(
            f"Not tested for such a case: {_named(outside)} (negotiation-sim precedents says why); "
            "no skill is quoted there."
        )
    return lines


def _named(compared: Sequence[Compared]) -> str:
    if not compared:
        return "none"
    if len(compared) > MOST_NAMED:
        return f"{len(compared)} strategies"
    return ", ".join(each.strategy for each in compared)


NO_REPLICATES = (
    "Without its replicates (--keep summary) a run has no outside view, comparison, causes by world "
    "or report; why strategies fail is in its causes.csv, blockers.csv and pairs.csv."
)


@dataclass(frozen=True)
class Beside:
    """Inside and outside view of a run's strategies, with what is to be said of them."""

    rows: list[Compared]
    lines: list[str]

    @property
    def tested(self) -> bool:
        """Return whether any strategy lies within what was tested."""
        return any(each.scope.tested for each in self.rows)


def beside_run(run: store.Run, only: Collection[str] | None = None) -> Beside:
    """Return inside and outside view of a finished run's strategies, or some of them, likeliest first."""
    setting = setting_of(run)
    if not run.keeps_replicates:
        return Beside([], [NO_REPLICATES])
    every = side_by_side(setting, store.load(run, columns=NEEDED))
    rows = [each for each in every if only is None or each.strategy in only]
    place = {name: n for n, name in enumerate(likeliest_first(run.summary)["strategy"])}
    rows.sort(key=lambda each: place.get(each.strategy, len(place)))
    if not rows:
        return Beside([], ["No strategy negotiates a text, so there is no outside view."])
    lines = [
        "Inside: share of simulated mandates that adopted a text within five years. Outside: "
        f"statistics on cases known at the start. Pool: {INSIDE_WEIGHT:g} inside, "
        f"{1.0 - INSIDE_WEIGHT:g} outside, chosen beforehand.",
        *parting_words(rows),
    ]
    record = skill_words(first_day(setting))
    found = Beside(rows, lines)
    return Beside(rows, [*lines, f"{record}."]) if record and found.tested else found
