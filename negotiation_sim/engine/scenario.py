"""A setting and its strategies as read-only arrays, in a fixed order (actors sorted by code).

Everything random is left to the world; everything that is the same in all worlds is computed here
once, so that the two engines start from the same bits.
"""

from __future__ import annotations

import dataclasses
import math
from typing import Any, NamedTuple

import networkx as nx
import numpy as np

from negotiation_sim.catalogue import schema
from negotiation_sim.errors import CatalogueError
from negotiation_sim.model.bargaining import capability_weight, strictness
from negotiation_sim.model.decision import whole_millionths
from negotiation_sim.model.draws import code_of
from negotiation_sim.model.terms import (
    ACTOR_PARAMETERS,
    ENVIRONMENT_PARAMETERS,
    ISSUES_WITH_A_ROLE,
    MILLION,
    MONTHS_PER_YEAR,
    VENUE_PARAMETERS,
    DecisionRule,
    Milestone,
    TrackKind,
)

TIES_KEPT = 10
SMALL_CAST = 48  # up to here the whole matrix of ties is faster than the list (measured)
NEVER = -1
PLEDGE_FORM, PLEDGE_SCOPE = 0.1, 0.2


class Arrays(NamedTuple):
    """What the compiled loop reads. N actors, K issues, B blocs, V venues, I initiatives, S x M tracks.

    ``*_low, *_mode, *_high`` are triangular figures; shares are whole millionths; months count
    from 0; -1 means none.
    """

    issues_at: np.ndarray  # (3,) issue playing form, scope, verification, or -1
    clock: np.ndarray  # (3,) horizon, deadline in months, calendar month of the start (0 to 11)
    success_share: np.ndarray  # (1,) millionths
    success_states: np.ndarray  # (N,) bool
    codes: np.ndarray  # (N,) uint64
    capability: np.ndarray  # (N,) int64 millionths
    influence: np.ndarray  # (N,) float64 capability / million
    salience: np.ndarray  # (N, K)
    ideal_low: np.ndarray  # (N, K)
    ideal_mode: np.ndarray
    ideal_high: np.ndarray
    actor_low: np.ndarray  # (N, len(ACTOR_PARAMETERS))
    actor_mode: np.ndarray
    actor_high: np.ndarray
    ties: np.ndarray  # (N, TIES_KEPT) int64
    tie_weights: np.ndarray  # (N, TIES_KEPT), rows sum to one
    n_ties: np.ndarray  # (N,)
    tie_matrix: np.ndarray  # (N, N), [j, i] the weight of j for i; (0, 0) for a large cast
    loadings: np.ndarray  # (N, B)
    rest: np.ndarray  # (N,) sqrt(1 - sum of squared loadings)
    bloc_codes: np.ndarray  # (B,) uint64
    turnover_dates: np.ndarray  # (N, D) months or -1
    venue_codes: np.ndarray  # (V,) uint64
    member: np.ndarray  # (V, N) bool
    n_members: np.ndarray  # (V,)
    member_capability: np.ndarray  # (V,) millionths
    decision: np.ndarray  # (V, 4) rule, quota part, quota whole, opt-in flag
    mandate_decision: np.ndarray  # (V, 4)
    votes: np.ndarray  # (V, N)
    mandate_votes: np.ndarray  # (V, N)
    required: np.ndarray  # (V, N) bool
    mandate_required: np.ndarray  # (V, N) bool
    strict: np.ndarray  # (V,)
    mandate_strict: np.ndarray  # (V,)
    chair_capability: np.ndarray  # (V, N) c ** (1 - strict)
    weeks: np.ndarray  # (V, 12)
    last_meeting: np.ndarray  # (V,) last month before the deadline in which the venue meets, or -1
    remit_low: np.ndarray  # (V, K)
    remit_high: np.ndarray
    venue_low: np.ndarray  # (V, len(VENUE_PARAMETERS))
    venue_mode: np.ndarray
    venue_high: np.ndarray
    venue_facts: (
        np.ndarray
    )  # (V, 5) linkage (-1 none, 0 blocked, 1 open), adopts, passes to, dissolved, session
    start_text: np.ndarray  # (I, K)
    pledge_text: np.ndarray  # (I, K)
    box_low: np.ndarray  # (I, K)
    box_high: np.ndarray
    initiative_codes: np.ndarray  # (I,) uint64
    initiative_facts: (
        np.ndarray
    )  # (I, 4) kind, binding (-1 by form), ratifiers, share in millionths
    force_states: np.ndarray  # (I, N) bool
    n_tracks: np.ndarray  # (S,)
    tracks: np.ndarray  # (S, M, 11) see TRACK_FACTS
    track_text: np.ndarray  # (S, M, K)
    environment_low: np.ndarray  # (1, len(ENVIRONMENT_PARAMETERS))
    environment_mode: np.ndarray
    environment_high: np.ndarray
    environment_code: np.ndarray  # (1,) uint64


TRACK_FACTS = (
    "initiative", "venue", "fallback", "pledges", "start", "after", "after_milestone", "patience",
    "mandated", "rounds", "occurrence",
)  # fmt: skip


@dataclasses.dataclass(frozen=True)
class Scenario:
    """A compiled setting: names in their fixed order, and the arrays both engines read."""

    setting: schema.Setting
    actor_ids: tuple[str, ...]
    venue_ids: tuple[str, ...]
    initiative_ids: tuple[str, ...]
    issues: tuple[str, ...]
    blocs: tuple[str, ...]
    strategy_names: tuple[str, ...]
    track_names: tuple[tuple[str, ...], ...]
    arrays: Arrays

    @property
    def succeeds_when(self) -> dict[str, Any]:
        """Return each strategy's rule of success: all, any or a list of tracks."""
        return {s.name: s.succeeds_when for s in self.setting.strategies}

    @property
    def horizon(self) -> int:
        return int(self.arrays.clock[0])

    @property
    def deadline(self) -> int:
        return int(self.arrays.clock[1])

    def index_of_strategy(self, name: str) -> int:
        """Return the place of a strategy; raises CatalogueError with the nearest name."""
        from negotiation_sim.errors import nearest

        if name not in self.strategy_names:
            message = (
                f"no strategy '{name}' in {self.setting.id}{nearest(name, self.strategy_names)}"
            )
            raise CatalogueError("", None, "strategy", message)
        return self.strategy_names.index(name)


def months_between(start: str, date: str) -> int:
    """Return whole months from one ``YYYY-MM`` to another; negative if earlier.

    Examples
    --------
    >>> months_between("2009-01", "2010-03")
    14
    """
    years = int(date[:4]) - int(start[:4])
    return years * MONTHS_PER_YEAR + int(date[5:7]) - int(start[5:7])


def whole_shares(weights: list[float]) -> list[int]:
    """Return weights as whole millionths summing to one million, by largest remainder.

    Ties go to the earlier place. Multiplying all weights by a power of two changes nothing.
    """
    total = math.fsum(weights)
    if not total > 0.0:
        raise CatalogueError(
            "", None, "actors.*.capability", "all capabilities are zero; give some"
        )
    exact = [weight / total * MILLION for weight in weights]
    shares = [math.floor(value) for value in exact]
    order = sorted(range(len(weights)), key=lambda i: (shares[i] - exact[i], i))
    for i in order[: MILLION - sum(shares)]:
        shares[i] += 1
    return shares


def _triple(figures: list[list[schema.Figure]]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    mode = np.array([[f.value for f in row] for row in figures], dtype=np.float64)
    low = np.array([[(f.range or [f.value])[0] for f in row] for row in figures], dtype=np.float64)
    high = np.array(
        [[(f.range or [f.value])[-1] for f in row] for row in figures], dtype=np.float64
    )
    return low, mode, high


def _by_issue(values: dict[str, Any], issues: tuple[str, ...], field: str) -> list[Any]:
    missing = [issue for issue in issues if issue not in values]
    if missing:
        raise CatalogueError("", None, field, f"no value for the issue '{missing[0]}'")
    return [values[issue] for issue in issues]


def _ties(
    setting: schema.Setting, ids: tuple[str, ...]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return each actor's strongest ties (at most ten), weights row-normalised in index order."""
    graph = nx.Graph()
    graph.add_nodes_from(ids)
    graph.add_weighted_edges_from((a, b, w) for a, b, w in setting.affinity if w > 0 and a != b)
    place = {actor: i for i, actor in enumerate(ids)}
    ties = np.zeros((len(ids), TIES_KEPT), dtype=np.int64)
    weights = np.zeros((len(ids), TIES_KEPT))
    n_ties = np.zeros(len(ids), dtype=np.int64)
    for i, actor in enumerate(ids):
        edges = [
            (-data["weight"], place[other])
            for other, data in graph[actor].items()
            if other in place
        ]
        kept = sorted((j, -negative) for negative, j in sorted(edges)[:TIES_KEPT])
        total = 0.0
        for _, weight in kept:
            total += weight
        n_ties[i] = len(kept)
        for t, (j, weight) in enumerate(kept):
            ties[i, t] = j
            weights[i, t] = weight / total
    return ties, weights, n_ties


def _tie_matrix(ties: np.ndarray, weights: np.ndarray, n_ties: np.ndarray) -> np.ndarray:
    n = len(n_ties)
    if n > SMALL_CAST:
        return np.zeros((0, 0))
    matrix = np.zeros((n, n))
    for i in range(n):
        matrix[ties[i, : n_ties[i]], i] = weights[i, : n_ties[i]]
    return matrix


def _cast_arrays(setting: schema.Setting, ids: tuple[str, ...], issues: tuple[str, ...]) -> dict:
    actors = [setting.actors[i] for i in ids]
    shares = whole_shares([actor.capability.value for actor in actors])
    salience = []
    for actor in actors:
        raw = [f.value for f in _by_issue(actor.salience, issues, f"actors.{actor.id}.salience")]
        total = math.fsum(raw)
        if not total > 0.0:
            raise CatalogueError("", None, f"actors.{actor.id}.salience", "all saliences are zero")
        salience.append([value / total for value in raw])
    ideals = [_by_issue(a.ideal_point, issues, f"actors.{a.id}.ideal_point") for a in actors]
    figures = [[getattr(actor, name) for name in ACTOR_PARAMETERS] for actor in actors]
    blocs = tuple(sorted({bloc for actor in actors for bloc in actor.blocs}))
    loadings = np.array(
        [[a.blocs[b].value if b in a.blocs else 0.0 for b in blocs] for a in actors]
    ).reshape(len(actors), len(blocs))
    rest = [math.sqrt(max(0.0, 1.0 - math.fsum(v * v for v in row))) for row in loadings.tolist()]
    dates = [[months_between(setting.start, d) for d in sorted(a.turnover_dates)] for a in actors]
    width = max([len(row) for row in dates] + [1])
    padded = [row + [NEVER] * (width - len(row)) for row in dates]
    ties, tie_weights, n_ties = _ties(setting, ids)
    ideal, actor = _triple(ideals), _triple(figures)
    return {
        "codes": np.array([code_of(i) for i in ids], dtype=np.uint64),
        "capability": np.array(shares, dtype=np.int64),
        "influence": np.array([share / MILLION for share in shares]),
        "salience": np.array(salience),
        "ideal_low": ideal[0], "ideal_mode": ideal[1], "ideal_high": ideal[2],
        "actor_low": actor[0], "actor_mode": actor[1], "actor_high": actor[2],
        "ties": ties, "tie_weights": tie_weights, "n_ties": n_ties,
        "tie_matrix": _tie_matrix(ties, tie_weights, n_ties),
        "loadings": loadings, "rest": np.array(rest),
        "bloc_codes": np.array([code_of("bloc:" + b) for b in blocs], dtype=np.uint64),
        "turnover_dates": np.array(padded, dtype=np.int64),
        "success_states": np.array([i in setting.success.states for i in ids]),
    }  # fmt: skip


def _decision_row(decision: schema.Procedure) -> tuple[list[int], float]:
    rule = DecisionRule[decision.rule.upper()]
    part, whole = decision.quota or ([1, 1] if rule == DecisionRule.CONSENSUS else [1, 2])
    strict = 0.0 if rule == DecisionRule.OPT_IN else strictness(part, whole)
    return [int(rule), part, whole, int(rule == DecisionRule.OPT_IN)], strict


def _box(box: dict[str, list[float]], issues: tuple[str, ...], side: int) -> list[float]:
    return [float(box.get(issue, [0.0, 1.0])[side]) for issue in issues]


def _venue_arrays(
    setting: schema.Setting, ids: tuple[str, ...], venue_ids: tuple[str, ...], cast: dict
) -> dict:
    venues = [setting.venues[v] for v in venue_ids]
    issues = tuple(setting.issues)
    member = np.array([[v.members == "open" or i in v.members for i in ids] for v in venues])
    for venue, row in zip(venues, member, strict=True):
        if not row.any():
            message = "none of the venue's members is in the cast"
            raise CatalogueError("", None, f"venues.{venue.id}.members", message)
    mandates = [v.mandate or v.decision for v in venues]
    rows = [_decision_row(v.decision) for v in venues]
    mandate_rows = [_decision_row(m) for m in mandates]
    votes = [[v.decision.weights.get(i, 1) for i in ids] for v in venues]
    influence = cast["influence"].tolist()
    linkage = {"none": -1, "blocked": 0, "open": 1}
    facts = [
        [
            linkage[v.linkage],
            int(v.adopts),
            NEVER if v.passes_to is None else venue_ids.index(v.passes_to),
            NEVER if v.dissolved is None else max(0, months_between(setting.start, v.dissolved)),
            int(v.mandate_term == "session"),
        ]
        for v in venues
    ]
    figures = _triple([[getattr(v, name) for name in VENUE_PARAMETERS] for v in venues])
    capability = cast["capability"]
    return {
        "venue_codes": np.array([code_of("venue:" + v) for v in venue_ids], dtype=np.uint64),
        "member": member,
        "n_members": member.sum(axis=1).astype(np.int64),
        "member_capability": np.array([capability[row].sum() for row in member], dtype=np.int64),
        "decision": np.array([r[0] for r in rows], dtype=np.int64),
        "mandate_decision": np.array([r[0] for r in mandate_rows], dtype=np.int64),
        "votes": np.array(votes, dtype=np.int64),
        "mandate_votes": np.array([[m.weights.get(i, 1) for i in ids] for m in mandates], dtype=np.int64),
        "required": np.array([[i in v.decision.required for i in ids] for v in venues]),
        "mandate_required": np.array([[i in m.required for i in ids] for m in mandates]),
        "strict": np.array([r[1] for r in rows]),
        "mandate_strict": np.array([r[1] for r in mandate_rows]),
        "chair_capability": np.array([[capability_weight(c, r[1]) for c in influence] for r in rows]),
        "weeks": np.array([[float(v.calendar.weeks.get(m, 0.0)) for m in range(1, 13)] for v in venues]),
        "remit_low": np.array([_box(v.remit.box, issues, 0) for v in venues]),
        "remit_high": np.array([_box(v.remit.box, issues, 1) for v in venues]),
        "venue_low": figures[0], "venue_mode": figures[1], "venue_high": figures[2],
        "venue_facts": np.array(facts, dtype=np.int64),
    }  # fmt: skip


def _initiative_arrays(
    setting: schema.Setting, ids: tuple[str, ...], names: tuple[str, ...]
) -> dict:
    issues = tuple(setting.issues)
    initiatives = [setting.initiatives[n] for n in names]
    texts = [
        [f.value for f in _by_issue(x.text, issues, f"initiatives.{x.id}.text")]
        for x in initiatives
    ]
    pledges = [list(text) for text in texts]
    for text in pledges:
        for issue, value in (("form", PLEDGE_FORM), ("scope", PLEDGE_SCOPE)):
            if issue in issues:
                text[issues.index(issue)] = value
    facts = []
    for x in initiatives:
        if "form" not in issues and x.binding is None and x.kind == "agreement":
            message = "no issue 'form' in this experiment: say true or false"
            raise CatalogueError("", None, f"initiatives.{x.id}.binding", message)
        share = whole_millionths(x.entry_into_force.capability_share.value)
        needed = math.ceil(x.entry_into_force.ratifiers.value)
        binding = -1 if x.binding is None else int(x.binding)
        facts.append([int(TrackKind[x.kind.upper()]), binding, needed, share])
    return {
        "start_text": np.array(texts),
        "pledge_text": np.array(pledges),
        "box_low": np.array([_box(x.mandate.box, issues, 0) for x in initiatives]),
        "box_high": np.array([_box(x.mandate.box, issues, 1) for x in initiatives]),
        "initiative_codes": np.array([code_of("initiative:" + n) for n in names], dtype=np.uint64),
        "initiative_facts": np.array(facts, dtype=np.int64),
        "force_states": np.array(
            [[i in x.entry_into_force.states for i in ids] for x in initiatives]
        ),
    }


def _strategy_arrays(
    setting: schema.Setting, venue_ids: tuple[str, ...], names: tuple[str, ...], texts: np.ndarray
) -> dict:
    issues = tuple(setting.issues)
    most = max(len(s.tracks) for s in setting.strategies)
    facts = np.full((len(setting.strategies), most, len(TRACK_FACTS)), NEVER, dtype=np.int64)
    start_text = np.zeros((len(setting.strategies), most, len(issues)))
    for s, strategy in enumerate(setting.strategies):
        for m, track in enumerate(strategy.tracks):
            begun = track.underway or schema.Underway()
            initiative = names.index(track.initiative)
            facts[s, m] = [
                initiative,
                venue_ids.index(track.venue),
                NEVER if track.fallback is None else venue_ids.index(track.fallback),
                int(track.pledges),
                math.ceil(track.start),
                NEVER if track.after is None else track.after,
                int(Milestone[track.after_milestone.upper()]),
                math.ceil(track.patience),
                int(begun.mandate),
                begun.rounds,
                sum(earlier.initiative == track.initiative for earlier in strategy.tracks[:m]),
            ]
            for k, issue in enumerate(issues):
                start_text[s, m, k] = begun.text.get(issue, texts[initiative, k])
    return {
        "n_tracks": np.array([len(s.tracks) for s in setting.strategies], dtype=np.int64),
        "tracks": facts,
        "track_text": start_text,
    }


def _last_meetings(weeks: np.ndarray, start_month: int, deadline: int) -> np.ndarray:
    meets = [[row[(start_month + t) % 12] > 0.0 for t in range(deadline)] for row in weeks.tolist()]
    last = [max([t for t, yes in enumerate(row) if yes], default=NEVER) for row in meets]
    return np.array(last, dtype=np.int64)


def track_name(track: schema.Track) -> str:
    """Return a track's name in the grammar of strategies.

    Examples
    --------
    >>> track_name(schema.Track(initiative="ppwt", venue="CD", fallback="oewg", pledges=True))
    'ppwt@CD>oewg+pledges'
    """
    fallback = f">{track.fallback}" if track.fallback else ""
    return f"{track.initiative}@{track.venue}{fallback}" + ("+pledges" if track.pledges else "")


def compile_setting(setting: schema.Setting) -> Scenario:
    """Return a setting as arrays; actors, venues and initiatives sorted by name.

    Raises
    ------
    CatalogueError
        Where figures contradict one another: a venue without members in the cast, saliences that
        are all zero, an issue without a value.
    """
    ids = tuple(sorted(setting.actors))
    issues = tuple(setting.issues)
    venue_ids = tuple(sorted(setting.venues))
    names = tuple(sorted(setting.initiatives))
    cast = _cast_arrays(setting, ids, issues)
    venues = _venue_arrays(setting, ids, venue_ids, cast)
    initiatives = _initiative_arrays(setting, ids, names)
    strategies = _strategy_arrays(setting, venue_ids, names, initiatives["start_text"])
    process = _triple([[setting.environment[name] for name in ENVIRONMENT_PARAMETERS]])
    horizon = math.ceil(setting.horizon_years * MONTHS_PER_YEAR)
    deadline = math.floor(setting.success.deadline_years * MONTHS_PER_YEAR)
    arrays = Arrays(
        issues_at=np.array(
            [issues.index(r) if r in issues else NEVER for r in ISSUES_WITH_A_ROLE], dtype=np.int64
        ),
        clock=np.array([horizon, deadline, int(setting.start[5:7]) - 1], dtype=np.int64),
        success_share=np.array(
            [whole_millionths(setting.success.success_share.value)], dtype=np.int64
        ),
        last_meeting=_last_meetings(venues["weeks"], int(setting.start[5:7]) - 1, deadline),
        environment_low=process[0],
        environment_mode=process[1],
        environment_high=process[2],
        environment_code=np.array([code_of("environment")], dtype=np.uint64),
        **cast,
        **venues,
        **initiatives,
        **strategies,
    )
    for array in arrays:
        array.setflags(write=False)
    return Scenario(
        setting=setting, actor_ids=ids, venue_ids=venue_ids, initiative_ids=names, issues=issues,
        blocs=tuple(sorted({b for a in setting.actors.values() for b in a.blocs})),
        strategy_names=tuple(s.name for s in setting.strategies),
        track_names=tuple(tuple(track_name(t) for t in s.tracks) for s in setting.strategies),
        arrays=arrays,
    )  # fmt: skip
