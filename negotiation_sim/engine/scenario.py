"""A setting and its strategies as read-only arrays, in a fixed order (actors sorted by code).

Everything random is left to the world; everything that is the same in all worlds is computed here
once, so that the two engines start from the same bits. In one file, since every array is counted by
the same order of actors, venues and issues.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, TypeVar

import networkx as nx
import numpy as np

from negotiation_sim.catalogue import schema
from negotiation_sim.catalogue.consistency import box_of
from negotiation_sim.catalogue.dates import (
    blocs_of,
    capability_at,
    capability_in,
    course_of,
    ever_salient,
    holding_groups,
    horizon_of,
    in_order,
    loading_in,
    members_in,
    months_between,
    moving_months,
    salience_in,
)
from negotiation_sim.errors import CatalogueError, nearest
from negotiation_sim.model.decision import strictness, whole_millionths
from negotiation_sim.model.draws import code_of
from negotiation_sim.model.state import (
    A_CRISIS,
    A_SHOCK,
    ACCIDENT,
    BOX,
    CAST,
    CHANGE,
    CLOCK,
    DIRECTED,
    GROUP,
    INITIATIVE,
    NEVER,
    OF_ACTOR,
    OF_CONVENING,
    OF_ENVIRONMENT,
    OF_GROUP,
    OF_IDEAL,
    OF_QUO,
    OF_VENUE,
    PLAN,
    RANGE,
    RULE,
    SCHEDULED,
    SEAT,
    TEST,
    TEXTS,
    TIE,
    VENUE,
    Given,
)
from negotiation_sim.model.terms import (
    ACTOR_PARAMETERS,
    ENVIRONMENT_PARAMETERS,
    ISSUES_WITH_A_ROLE,
    MILLION,
    MONTHS_PER_YEAR,
    VENUE_PARAMETERS,
    DecisionRule,
    MandateTask,
    Milestone,
    TrackKind,
)
from negotiation_sim.words.scales import ScaledIssue, issues_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

Value = TypeVar("Value")
Place = tuple[Any, ...]
TIES_KEPT = 10
SMALL_CAST = 48  # up to here the whole matrix of ties is faster than the list (measured)
LINKAGES = {"none": NEVER, "blocked": 0, "open": 1}
PLEDGE_FORM = 0.1  # of an initiative that does not say what its pledges are


@dataclasses.dataclass(frozen=True)
class Scenario:
    """A compiled setting: names in their fixed order, and the arrays both engines read."""

    setting: schema.Setting
    actor_ids: tuple[str, ...]
    venue_ids: tuple[str, ...]
    initiative_ids: tuple[str, ...]
    issues: tuple[ScaledIssue, ...]
    blocs: tuple[str, ...]
    strategy_names: tuple[str, ...]
    track_names: tuple[tuple[str, ...], ...]
    arrays: Given
    places: tuple[Place, ...]  # of the changes of figures, in the order of ``arrays.changes``

    @property
    def capability(self) -> list[int]:
        """Return each actor's share of the cast's capability in the first month, in millionths."""
        shares: list[int] = self.arrays.seats["capability"][len(self.venue_ids)].tolist()
        return shares

    @property
    def succeeds_when(self) -> dict[str, Literal["all", "any"] | list[int]]:
        """Return each strategy's rule of success: all, any or a list of tracks."""
        return {s.name: s.succeeds_when for s in self.setting.strategies}

    @property
    def ranges(self) -> tuple[tuple[float, float], ...]:
        """Return what 0 and 1 stand for on each issue's scale."""
        return tuple((issue.scale.low, issue.scale.high) for issue in self.issues)

    @property
    def horizon(self) -> int:
        return int(self.arrays.clock[0]["horizon"])

    @property
    def deadline(self) -> int:
        return int(self.arrays.clock[0]["deadline"])

    def index_of_strategy(self, name: str) -> int:
        """Return the place of a strategy; raises CatalogueError with the nearest name."""
        if name not in self.strategy_names:
            message = (
                f"no strategy '{name}' in {self.setting.id}{nearest(name, self.strategy_names)}"
            )
            raise CatalogueError("", None, "strategy", message)
        return self.strategy_names.index(name)


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


def _ranges(figures: Sequence[Sequence[schema.Figure]]) -> NDArray[np.void]:
    """Return figures as triangular ranges, a row of figures a row."""
    table = np.zeros((len(figures), len(figures[0]) if figures else 0), RANGE)
    table["mode"] = [[f.value for f in row] for row in figures]
    table["low"] = [[(f.range or [f.value])[0] for f in row] for row in figures]
    table["high"] = [[(f.range or [f.value])[-1] for f in row] for row in figures]
    return table


def _filled(
    kind: np.dtype[np.void], shape: tuple[int, ...], /, **columns: object
) -> NDArray[np.void]:
    """Return a table with its columns filled."""
    table = np.zeros(shape, kind)
    assert set(columns) == set(kind.names or ())
    for name, values in columns.items():
        table[name] = values
    return table


def _by_issue(values: Mapping[str, Value], issues: tuple[str, ...], field: str) -> list[Value]:
    missing = [issue for issue in issues if issue not in values]
    if missing:
        raise CatalogueError("", None, field, f"no value for the issue '{missing[0]}'")
    return [values[issue] for issue in issues]


def _ties(
    setting: schema.Setting, ids: tuple[str, ...]
) -> tuple[NDArray[np.void], NDArray[np.int64]]:
    """Return each actor's strongest ties (at most ten), weights row-normalised in index order."""
    graph = nx.Graph()
    graph.add_nodes_from(ids)
    graph.add_weighted_edges_from((a, b, w) for a, b, w in setting.affinity if w > 0 and a != b)
    place = {actor: i for i, actor in enumerate(ids)}
    ties = np.zeros((len(ids), TIES_KEPT), TIE)
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
            ties[i, t] = j, weight / total
    return ties, n_ties


def _tie_matrix(ties: NDArray[np.void], n_ties: NDArray[np.int64]) -> NDArray[np.float64]:
    n = len(n_ties)
    if n > SMALL_CAST:
        return np.zeros((0, 0))
    matrix = np.zeros((n, n))
    for i in range(n):
        kept = ties[i, : n_ties[i]]
        matrix[kept["other"], i] = kept["weight"]
    return matrix


def _saliences(
    setting: schema.Setting, actors: list[schema.Actor], month: int
) -> list[list[float]]:
    """Return every actor's weights of the issues in a month, scaled to sum one."""
    salience = []
    for actor in actors:
        _by_issue(actor.salience, tuple(setting.issues), f"actors.{actor.id}.salience")
        raw = [salience_in(setting, actor, issue, month) for issue in setting.issues]
        total = math.fsum(raw)
        if not total > 0.0:
            raise CatalogueError("", None, f"actors.{actor.id}.salience", "all saliences are zero")
        salience.append([value / total for value in raw])
    return salience


def _loadings(
    setting: schema.Setting, actors: list[schema.Actor], blocs: tuple[str, ...], month: int
) -> list[list[float]]:
    """Return every actor's loadings on the blocs in a month."""
    return [[loading_in(setting, actor, bloc, month) for bloc in blocs] for actor in actors]


def _period_arrays(
    setting: schema.Setting, actors: list[schema.Actor], blocs: tuple[str, ...]
) -> dict[str, np.ndarray]:
    """Return saliences and loadings, anew in every month in which one of them is another."""
    months = moving_months(
        setting,
        [
            its
            for actor in actors
            for (name, *_), its in schema.courses(actor.changes)
            if name in ("salience", "blocs")
        ],
    )
    begins = [0, *(t for t in months if t > 0)]
    loadings = [_loadings(setting, actors, blocs, t) for t in begins]
    rest = [
        [math.sqrt(max(0.0, 1.0 - math.fsum(v * v for v in row))) for row in each]
        for each in loadings
    ]
    period = np.searchsorted(begins, np.arange(horizon_of(setting)), side="right") - 1
    return {
        "salience": np.array([_saliences(setting, actors, t) for t in begins]),
        "loadings": np.array(loadings).reshape(len(begins), len(actors), len(blocs)),
        "rest": np.array(rest),
        "period": period,
    }


def _ideals(
    setting: schema.Setting, actors: list[schema.Actor], issues: tuple[str, ...]
) -> list[list[schema.Figure]]:
    """Return what every actor wants; who has no position stands at the status quo, without weight."""
    found = []
    for actor in actors:
        stands = {
            issue: schema.assumed(setting.status_quo[issue].value if issue in setting.status_quo else 0.0,
                                  "it has no position")
            for issue in issues if not ever_salient(setting, actor, issue)
        }  # fmt: skip
        wants = {**stands, **actor.ideal_point}
        found.append(_by_issue(wants, issues, f"actors.{actor.id}.ideal_point"))
    return found


def _cast_arrays(
    setting: schema.Setting, ids: tuple[str, ...], issues: tuple[str, ...]
) -> dict[str, np.ndarray]:
    actors = [setting.actors[i] for i in ids]
    blocs = blocs_of(actors)
    dates = [[months_between(setting.start, d) for d in sorted(a.turnover_dates)] for a in actors]
    width = max([len(row) for row in dates] + [1])
    padded = [row + [NEVER] * (width - len(row)) for row in dates]
    ties, n_ties = _ties(setting, ids)
    return {
        "cast": _filled(
            CAST, (len(ids),), code=[code_of(i) for i in ids], n_ties=n_ties,
            success_state=[i in setting.success.states for i in ids],
        ),
        **_period_arrays(setting, actors, blocs),
        "silent": np.array([[issue not in a.ideal_point for issue in issues] for a in actors]),
        "ideals": _ranges(_ideals(setting, actors, issues)),
        "actor_figures": _ranges(
            [[getattr(actor, name) for name in ACTOR_PARAMETERS] for actor in actors]
        ),
        "ties": ties,
        "tie_matrix": _tie_matrix(ties, n_ties),
        "bloc_codes": np.array([code_of("bloc:" + b) for b in blocs], dtype=np.uint64),
        "turnover_dates": np.array(padded, dtype=np.int64),
    }  # fmt: skip


def _rule_row(decision: schema.Procedure, n_members: int) -> dict[str, float]:
    """Return the numbers of a rule by the names of their columns."""
    rule = DecisionRule[decision.rule.upper()]
    part, whole = decision.quota or ([1, 1] if rule == DecisionRule.CONSENSUS else [1, 2])
    share = decision.capability_quota or [0, 1]
    strict = 0.0 if rule == DecisionRule.OPT_IN else strictness(part, whole)
    if decision.less:
        strict = strictness(max(0, n_members - decision.less), n_members)
    strict = max(strict, strictness(share[0], share[1]))
    return {
        "rule": int(rule), "quota_part": part, "quota_whole": whole, "share_part": share[0],
        "share_whole": share[1], "less": decision.less, "strict": strict,
    }  # fmt: skip


def _in_force(decision: schema.Procedure, start: str, month: int) -> schema.Procedure:
    """Return the rule that holds in a month, counted from the start."""
    while decision.then is not None and months_between(start, decision.then.date) <= month:
        decision = decision.then
    return decision


def _phases(setting: schema.Setting) -> list[int]:
    """Return the first month of each phase, in which neither rules, members nor shares change."""
    dates: set[str] = set()
    for venue in setting.venues.values():
        dates |= {change.date for change in venue.membership_changes}
        for rule in (venue.decision, venue.mandate):
            if rule is not None:
                later = rule.in_turn()[1:]
                dates |= {r.date for r in later if isinstance(r, schema.LaterProcedure)}
    months = {months_between(setting.start, date) for date in dates}
    months |= set(moving_months(setting, _capability_courses(setting)))
    its = [course_of(group.changes, "cohesion") for group in setting.groups.values()]
    months |= {
        t
        for t in moving_months(setting, its)
        if holding_groups(setting, t) != holding_groups(setting, max(0, t - 1))
    }
    return [0, *sorted(t for t in months if 0 < t < horizon_of(setting))]


def _capability_courses(setting: schema.Setting) -> list[schema.Course]:
    """Return the changes of every capability, in general or in a venue."""
    holders: list[schema.Actor | schema.Venue] = [
        *setting.actors.values(),
        *setting.venues.values(),
    ]
    return [
        its
        for each in holders
        for name, its in schema.courses(each.changes)
        if "capability" in name
    ]


def _phase_arrays(
    setting: schema.Setting, ids: tuple[str, ...], venue_ids: tuple[str, ...]
) -> dict[str, np.ndarray]:
    """Return who sits where and how they decide, by phase."""
    begins = _phases(setting)
    groups = _groups(setting)
    codes = [[code_of(f"convening:{i}@{v}") for i in ids] for v in venue_ids]
    rules = np.zeros(len(begins) * (len(venue_ids) + 1), RULE)
    seats = np.zeros((len(rules), len(ids)), SEAT)
    for row in range(len(rules)):
        phase, v = divmod(row, len(venue_ids) + 1)
        venue = setting.venues[venue_ids[v]] if v < len(venue_ids) else None
        if v == 0:
            holding = holding_groups(setting, begins[phase])
            acting = np.array([_group_of(setting, groups, holding, i) for i in ids])
        shares = _shares_in(setting, venue, ids, begins[phase])
        seats["capability"][row] = shares
        seats["influence"][row] = [share / MILLION for share in shares]
        if venue is None:
            rules["member_capability"][row] = MILLION
            continue
        present = members_in(setting, venue, begins[phase])
        member = np.array([i in present for i in ids])
        if not member.any():
            message = "none of the venue's members is in the cast"
            raise CatalogueError("", None, f"venues.{venue.id}.members", message)
        group = np.where(member, acting, NEVER)
        told = {
            "n_members": member.sum(), "grouped": _holds_groups(group.tolist()),
            "member_capability": np.array(shares)[member].sum(),
        }  # fmt: skip
        seat = {
            "member": member, "group": group, "code": codes[v], "capability": shares,
            "influence": seats["influence"][row],
        }  # fmt: skip
        for prefix, stated in (("", venue.decision), ("mandate_", venue.mandate or venue.decision)):
            rule = _in_force(stated, setting.start, begins[phase])
            numbers = _rule_row(rule, int(member.sum()))
            numbers["strict"] = min(
                _rule_row(later, int(member.sum()))["strict"]
                for later in rule.in_turn()
                if later is rule or later.rule != "opt_in"
            )
            told |= {prefix + name: value for name, value in numbers.items()}
            seat[prefix + "votes"] = [rule.weights.get(i, 1) for i in ids]
            seat[prefix + "required"] = [i in rule.required for i in ids]
        rules[row : row + 1] = _filled(RULE, (1,), **told)
        seats[row] = _filled(SEAT, (len(ids),), **seat)
    phase_of = np.searchsorted(begins, np.arange(horizon_of(setting)), side="right") - 1
    return {"phase_rows": phase_of * (len(venue_ids) + 1), "rules": rules, "seats": seats}


def _shares_in(
    setting: schema.Setting, venue: schema.Venue | None, ids: tuple[str, ...], month: int
) -> list[int]:
    """Return the cast's shares of capability in a month, in general or as they count in a venue."""
    if venue is None:
        return whole_shares([capability_in(setting, i, month) for i in ids])
    return whole_shares([capability_at(setting, venue, i, month) for i in ids])


def _box(
    boxes: Sequence[dict[str, list[float]]], issues: tuple[str, ...]
) -> tuple[list[list[float]], list[list[float]]]:
    """Return the low and the high sides of boxes; an issue that is not named is free."""
    sides = [
        [[float(box.get(issue, [0.0, 1.0])[side]) for issue in issues] for box in boxes]
        for side in (0, 1)
    ]
    return sides[0], sides[1]


def _venue_arrays(
    setting: schema.Setting,
    ids: tuple[str, ...],
    venue_ids: tuple[str, ...],
) -> dict[str, np.ndarray]:
    venues = [setting.venues[v] for v in venue_ids]
    groups = _groups(setting)
    start = setting.start
    weeks = [[float(v.calendar.weeks.get(m, 0.0)) for m in range(1, 13)] for v in venues]
    sessions = _sessions(setting, venues)
    low, high = _box([v.remit.box for v in venues], tuple(setting.issues))
    return {
        "venues": _filled(
            VENUE, (len(venues),),
            code=[code_of("venue:" + v) for v in venue_ids],
            last_meeting=_last_meetings(
                weeks, sessions, int(start[5:7]) - 1, _months(setting.success.deadline_years)
            ),
            linkage=[LINKAGES[v.linkage] for v in venues],
            adopts=[v.adopts for v in venues],
            passes_to=[
                NEVER if v.passes_to is None else venue_ids.index(v.passes_to) for v in venues
            ],
            dissolved=[_month_of(start, v.dissolved) for v in venues],
            session=[v.mandate_term == "session" for v in venues],
            term_ends=[_month_of(start, v.term_ends) for v in venues],
        ),
        **_phase_arrays(setting, ids, venue_ids),
        "groups": _filled(GROUP, (len(groups),), code=[code_of("group:" + g) for g in groups]),
        "group_figures": _group_figures(setting, groups),
        "convening": np.array([_ranges([_convening(setting, v, ids)])[0] for v in venues]),
        "linked": np.array([_linked(v, sorted(setting.initiatives)) for v in venues]),
        "weeks": np.array(weeks),
        "sessions": sessions,
        "remit": _filled(BOX, (len(venues), len(setting.issues)), low=low, high=high),
        "venue_figures": _ranges([[getattr(v, name) for name in VENUE_PARAMETERS] for v in venues]),
    }  # fmt: skip


def _month_of(start: str, date: str | None) -> int:
    """Return the month of a date, counted from the start; -1 where there is none."""
    return NEVER if date is None else max(0, months_between(start, date))


def _groups(setting: schema.Setting) -> tuple[str, ...]:
    """Return the groups that hold together at all in any month."""
    its = [course_of(group.changes, "cohesion") for group in setting.groups.values()]
    months = {0, *moving_months(setting, its)}
    return tuple(sorted({name for t in months for name in holding_groups(setting, t)}))


def _group_of(
    setting: schema.Setting, groups: tuple[str, ...], holding: list[str], actor: str
) -> int:
    """Return the first of an actor's groups that holds together: it acts with no other."""
    for name in setting.actors[actor].groups:
        if name in holding:
            return groups.index(name)
    return NEVER


def _holds_groups(row: list[int]) -> bool:
    """Return whether any group has two members in a venue."""
    return any(row.count(g) > 1 for g in set(row) if g >= 0)


def _group_figures(setting: schema.Setting, groups: tuple[str, ...]) -> NDArray[np.void]:
    if not groups:
        return np.zeros((0, 1), RANGE)
    return _ranges([[setting.groups[g].cohesion] for g in groups])


NO_HURDLE = schema.assumed(0.0, "it accepts the forum")


def _is_lifted(setting: schema.Setting, venue: schema.Venue, actor: str) -> bool:
    """Return whether nothing keeps an actor from accepting a forum (M22).

    Where a universal body convenes it, or a co-convener is the state itself or of one of its groups.
    """
    lifted = {g for c in venue.conveners if c in setting.actors for g in setting.actors[c].groups}
    alike = lifted & set(setting.actors[actor].groups)
    return venue.universal or actor in venue.conveners or bool(alike)


def _convening(
    setting: schema.Setting, venue: schema.Venue, ids: tuple[str, ...]
) -> list[schema.Figure]:
    """Return what it takes each state to accept a forum."""
    return [
        NO_HURDLE if _is_lifted(setting, venue, i) else venue.convening.get(i, NO_HURDLE)
        for i in ids
    ]


def _declared(
    setting: schema.Setting, initiative: schema.Initiative, ids: tuple[str, ...]
) -> list[float]:
    """Return each state's stance: its own, else that of the first of its groups that has one."""
    stance = initiative.declared
    return [
        next((float(stance[n]) for n in (i, *setting.actors[i].groups) if n in stance), 0.0)
        for i in ids
    ]


def _pledge_text(initiative: schema.Initiative, issues: tuple[str, ...]) -> list[float]:
    """Return the text of an initiative's interim pledges: its own, else its first text, voluntary."""
    text = [initiative.pledge.get(issue, initiative.text[issue]).value for issue in issues]
    if "form" in issues and "form" not in initiative.pledge and initiative.kind == "agreement":
        at = issues.index("form")
        text[at] = min(text[at], PLEDGE_FORM)
    return text


def _status_quo(
    setting: schema.Setting, initiative: schema.Initiative, issues: tuple[str, ...]
) -> list[schema.Figure]:
    nothing = schema.assumed(0.0, "nothing is in force")
    return [
        initiative.status_quo.get(issue, setting.status_quo.get(issue, nothing)) for issue in issues
    ]


def _initiative_arrays(
    setting: schema.Setting, ids: tuple[str, ...], names: tuple[str, ...]
) -> dict[str, np.ndarray]:
    issues = tuple(setting.issues)
    initiatives = [setting.initiatives[n] for n in names]
    texts = [
        [f.value for f in _by_issue(x.text, issues, f"initiatives.{x.id}.text")]
        for x in initiatives
    ]
    pledges = [_pledge_text(x, issues) for x in initiatives]
    for x in initiatives:
        if "form" not in issues and x.binding is None and x.kind == "agreement":
            message = "no issue 'form' in this experiment: say true or false"
            raise CatalogueError("", None, f"initiatives.{x.id}.binding", message)
    low, high = (
        [[box_of(setting, x, issue)[end] for issue in issues] for x in initiatives]
        for end in (0, 1)
    )
    force = [x.entry_into_force for x in initiatives]
    return {
        "initiatives": _filled(
            INITIATIVE, (len(names),), code=[code_of("initiative:" + n) for n in names],
            kind=[int(TrackKind[x.kind.upper()]) for x in initiatives],
            binding=[-1 if x.binding is None else int(x.binding) for x in initiatives],
            ratifiers=[math.ceil(f.ratifiers.value) for f in force],
            share=[whole_millionths(f.capability_share.value) for f in force],
            leaves=[len(x.leaves) for x in initiatives],
            quo_code=[
                code_of(f"status_quo:{x.id}" if x.status_quo else "status_quo") for x in initiatives
            ],
        ),
        "quo": _ranges([_status_quo(setting, x, issues) for x in initiatives]),
        "declared": np.array([_declared(setting, x, ids) for x in initiatives]),
        "texts": _filled(
            TEXTS, (len(names), len(issues)), start=texts, pledge=pledges, low=low, high=high
        ),
        "force_states": np.array([[i in f.states for i in ids] for f in force]),
    }  # fmt: skip


def _strategy_arrays(
    setting: schema.Setting, ids: tuple[str, ...], venue_ids: tuple[str, ...],
    names: tuple[str, ...], start: NDArray[np.float64],
) -> dict[str, np.ndarray]:  # fmt: skip
    issues = tuple(setting.issues)
    most = max(len(s.tracks) for s in setting.strategies)
    plans = np.zeros((len(setting.strategies), most), PLAN)
    texts = np.zeros((len(setting.strategies), most, len(issues)))
    weights = np.ones((len(setting.strategies), most, len(ids)))
    longest = max(len(t.fallbacks()) for s in setting.strategies for t in s.tracks)
    chains = np.full((len(setting.strategies), most, max(1, longest)), NEVER, np.int64)
    for s, strategy in enumerate(setting.strategies):
        for m, track in enumerate(strategy.tracks):
            begun = track.underway or schema.Underway()
            initiative = names.index(track.initiative)
            first = m if track.joined is None else track.joined
            items = [n for n in range(len(strategy.tracks)) if strategy.tracks[n].joined == first]
            alike = [n for n in (first, *items) if _are_alike(setting, strategy, n, m)]
            before = sum(
                other.initiative == track.initiative for other in strategy.tracks[:first]
                if other.joined is None
            )  # fmt: skip
            plan = {
                "initiative": initiative,
                "venue": venue_ids.index(track.venue),
                "fallback": NEVER if track.fallback is None else venue_ids.index(track.fallback),
                "pledges": track.pledges,
                "start": math.ceil(track.start),
                "after": NEVER if track.after is None else track.after,
                "after_milestone": int(Milestone[track.after_milestone.upper()]),
                "patience": math.ceil(track.patience),
                "mandated": begun.mandate,
                "rounds": begun.rounds,
                "code": code_of(
                    f"initiative:{track.initiative}" + (f"#{before}" if before else "")
                ),
                "leader": first,
                "n_items": 1 + len(items) if first == m else 1,
                "slot": min(alike),
                "task": int(
                    MandateTask[(track.task or setting.initiatives[track.initiative].task).upper()]
                ),
                "term_months": NEVER if track.term_months is None else track.term_months,
                "term_ends": _month_of(setting.start, track.term_ends),
                "n_fallbacks": len(track.fallbacks()),
            }
            for n, name in enumerate(track.fallbacks()):
                chains[s, m, n] = venue_ids.index(name)
            for name, value in plan.items():
                plans[name][s, m] = value
            for k, issue in enumerate(issues):
                texts[s, m, k] = begun.text.get(issue, start[initiative, k])
        _share_out(strategy, ids, weights[s])
    return {
        "n_tracks": np.array([len(s.tracks) for s in setting.strategies], dtype=np.int64),
        "plans": plans,
        "plan_texts": texts,
        "chains": chains,
        "item_weights": weights,
    }


def _are_alike(setting: schema.Setting, strategy: schema.Strategy, one: int, other: int) -> bool:
    """Return whether two items of a package are the same in all that a chair looks at."""
    a, b = strategy.tracks[one], strategy.tracks[other]
    if a.initiative == b.initiative:
        return a.underway == b.underway
    x, z = setting.initiatives[a.initiative], setting.initiatives[b.initiative]
    return a.underway == b.underway and all(
        getattr(x, name) == getattr(z, name)
        for name in ("text", "mandate", "instrument", "status_quo", "leaves", "binding", "declared")
    )


def _share_out(
    strategy: schema.Strategy, ids: tuple[str, ...], weights: NDArray[np.float64]
) -> None:
    """Scale the weights of each package's items to sum one for every actor."""
    for first, leader in enumerate(strategy.tracks):
        items = [first, *(n for n, t in enumerate(strategy.tracks) if t.joined == first)]
        if leader.joined is not None or len(items) == 1:
            continue
        for i, actor in enumerate(ids):
            given = [strategy.tracks[n].weight for n in items]
            raw = [w.get(actor, 1.0) if isinstance(w, dict) else w for w in given]
            total = math.fsum(raw)
            if not total > 0.0:
                message = f"the items of '{strategy.name}' all weigh nothing for {actor}"
                raise CatalogueError("", None, "strategies.weight", message)
            for n, weight in zip(items, raw, strict=True):
                weights[n, i] = weight / total


def _dated_arrays(
    setting: schema.Setting, ids: tuple[str, ...], its: list[_Course]
) -> dict[str, np.ndarray]:
    """Return what changes or happens at dates: figures, ideal points, events."""
    issues = tuple(setting.issues)
    every = [
        *(changes for *_, changes in its), *_capability_courses(setting),
        *(
            course for actor in setting.actors.values()
            for (name, *_), course in schema.courses(actor.changes) if name in ("salience", "blocs")
        ),
    ]  # fmt: skip
    dated = np.zeros(horizon_of(setting), np.bool_)
    dated[moving_months(setting, every)] = True
    shifts = [(i, shift) for i, code in enumerate(ids) for shift in setting.actors[code].shifts]
    nowhere = schema.assumed(0.0, "it stays where it is")
    directed = np.zeros(len(shifts), DIRECTED)
    to = np.zeros((len(shifts), len(issues) + 1), RANGE)
    for e, (i, shift) in enumerate(shifts):
        month = months_between(setting.start, shift.date)
        directed[e] = (i, month if month >= 0 else NEVER, code_of(f"shift:{ids[i]}@{shift.date}"))
        to[e] = _ranges([[*(shift.to.get(k, nowhere) for k in issues), shift.chance]])[0]
    events = [(months_between(setting.start, e.date), n, e) for n, e in enumerate(setting.events)]
    scheduled = np.zeros(len(events), SCHEDULED)
    for n, (month, place, event) in enumerate(sorted(events, key=lambda each: each[:2])):
        scheduled[n] = (
            month if month >= 0 else NEVER, KINDS[event.kind],
            NEVER if event.actor is None else ids.index(event.actor), event.urgency.value,
            event.trust_cost.value, code_of(f"event:{event.kind}:{event.actor or ''}:{place}"),
        )  # fmt: skip
    return {
        "directed": directed,
        "directed_to": to,
        "directed_on": np.array(
            [[k in shift.to for k in issues] for _, shift in shifts], dtype=np.bool_
        ).reshape(len(shifts), len(issues)),
        **_changes(setting, its),
        "dated": dated,
        "ever": np.array([name in setting.changes for name in ENVIRONMENT_PARAMETERS]),
        "scheduled": scheduled,
    }


KINDS = {"accident": ACCIDENT, "test": TEST, "crisis": A_CRISIS, "shock": A_SHOCK}


# Of a figure that a world draws: whose it is, its row and column, its place in the setting, and the
# changes of it.
_Course = tuple[int, int, int, Place, schema.Course]


def _courses(
    setting: schema.Setting, ids: tuple[str, ...], venue_ids: tuple[str, ...],
    names: tuple[str, ...],
) -> list[_Course]:  # fmt: skip
    """Return the changes of every figure that a world holds, in a fixed order."""
    found: list[_Course] = []
    for i, code in enumerate(ids):
        at: Place = ("actors", code)
        changes = setting.actors[code].changes
        found += _plain(OF_ACTOR, i, ACTOR_PARAMETERS, at, changes)
        found += _several(OF_IDEAL, i, tuple(setting.issues), at, changes, "ideal_point")
    for v, name in enumerate(venue_ids):
        venue = setting.venues[name]
        at = ("venues", name)
        free = tuple("" if _is_lifted(setting, venue, i) else i for i in ids)
        found += _plain(OF_VENUE, v, VENUE_PARAMETERS, at, venue.changes)
        found += _several(OF_CONVENING, v, free, at, venue.changes, "convening")
    for g, name in enumerate(_groups(setting)):
        found += _plain(OF_GROUP, g, ("cohesion",), ("groups", name), setting.groups[name].changes)
    for n, name in enumerate(names):
        initiative = setting.initiatives[name]
        at = ("initiatives", name)
        general = tuple("" if k in initiative.status_quo else k for k in setting.issues)
        own = tuple(setting.issues)
        found += _several(OF_QUO, n, own, at, initiative.changes, "status_quo")
        found += _several(OF_QUO, n, general, (), setting.changes, "status_quo")
    return found + _plain(OF_ENVIRONMENT, 0, ENVIRONMENT_PARAMETERS, (), setting.changes)


def _plain(
    owner: int, row: int, names: tuple[str, ...], at: Place, changes: schema.Changes
) -> list[_Course]:
    """Return the changes of figures with one value, the place of a name its column."""
    found = [(column, name, course_of(changes, name)) for column, name in enumerate(names)]
    return [(owner, row, n, (*at, "changes", name), its) for n, name, its in found if its]


def _several(
    owner: int, row: int, parts: tuple[str, ...], at: Place, changes: schema.Changes, name: str
) -> list[_Course]:
    """Return the changes of a figure with a value for each of something, its place its column."""
    found = [(column, part, course_of(changes, name, part)) for column, part in enumerate(parts)]
    return [(owner, row, n, (*at, "changes", name, part), its) for n, part, its in found if its]


def _changes(setting: schema.Setting, its: list[_Course]) -> dict[str, np.ndarray]:
    """Return the changes of figures in the order of their dates, and what they become."""
    rows: list[tuple[Any, ...]] = []
    ranges: list[list[schema.Figure]] = []
    for owner, row, column, place, changes in its:
        ordered = in_order(changes)
        for n, change in enumerate(ordered):
            name = ".".join(str(step) for step in place if step != "changes")
            rows.append((
                owner, row, column, months_between(setting.start, change.date),
                code_of(f"change:{name}@{change.date}"), change.gradual, n == 0,
                n == len(ordered) - 1,
            ))  # fmt: skip
            ranges.append([change.figure()])
    to = _ranges(ranges) if ranges else np.zeros((0, 1), RANGE)
    return {"changes": np.array(rows, CHANGE), "changed_to": to}


def _linked(venue: schema.Venue, initiatives: Sequence[str]) -> list[bool]:
    """Return which initiatives a venue is blocked over; none where one of them is not to be had.

    A package unblocks the venue by holding all of them, so one that stands in no strategy of the
    experiment leaves it blocked for the others too.
    """
    whole = set(venue.linked) <= set(initiatives)
    return [whole and name in venue.linked for name in initiatives]


def _sessions(setting: schema.Setting, venues: list[schema.Venue]) -> NDArray[np.float64]:
    """Return the weeks of sessions held once, by venue and month."""
    weeks = np.zeros((len(venues), horizon_of(setting)))
    for v, venue in enumerate(venues):
        for session in venue.calendar.sessions:
            month = months_between(setting.start, session.date)
            if 0 <= month < weeks.shape[1]:
                weeks[v, month] += session.weeks
    return weeks


def _last_meetings(
    weeks: Sequence[Sequence[float]], sessions: NDArray[np.float64], start_month: int, deadline: int
) -> list[int]:
    """Return each venue's last month before the deadline in which it meets, or -1."""
    meets = [
        [row[(start_month + t) % 12] + sum(once[t : t + 1]) > 0.0 for t in range(deadline)]
        for row, once in zip(weeks, sessions, strict=True)
    ]
    return [max([t for t, yes in enumerate(row) if yes], default=NEVER) for row in meets]


def _months(years: float) -> int:
    return math.floor(years * MONTHS_PER_YEAR)


def track_names(strategy: schema.Strategy) -> tuple[str, ...]:
    """Return the names of a strategy's tracks; an item of a package says so: ``a (a&b@CD)``."""
    names = []
    for m, track in enumerate(strategy.tracks):
        first = m if track.joined is None else track.joined
        items = [t for n, t in enumerate(strategy.tracks) if n == first or t.joined == first]
        if len(items) == 1:
            names.append(track_name(track))
            continue
        whole = "&".join(t.initiative for t in items)
        leader = items[0].model_copy(update={"initiative": whole})
        names.append(f"{track.initiative} ({track_name(leader)})")
    return tuple(names)


def track_name(track: schema.Track) -> str:
    """Return a track's name in the grammar of strategies.

    Examples
    --------
    >>> track_name(schema.Track(initiative="ppwt", venue="CD", fallback="oewg", pledges=True))
    'ppwt@CD>oewg+pledges'
    """
    fallback = "".join(f">{name}" for name in track.fallbacks())
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
    initiatives = _initiative_arrays(setting, ids, names)
    its = _courses(setting, ids, venue_ids, names)
    parts: dict[str, Any] = dict(
        issues=np.array(
            [issues.index(r) if r in issues else NEVER for r in ISSUES_WITH_A_ROLE], dtype=np.int64
        ),
        clock=_filled(
            CLOCK, (1,), horizon=horizon_of(setting),
            deadline=_months(setting.success.deadline_years),
            start_month=int(setting.start[5:7]) - 1,
            success_share=whole_millionths(setting.success.success_share.value),
        ),
        environment_figures=_ranges([[setting.environment[name] for name in ENVIRONMENT_PARAMETERS]]),
        environment_code=np.array([code_of("environment")], dtype=np.uint64),
        **cast,
        **_venue_arrays(setting, ids, venue_ids),
        **initiatives,
        **_dated_arrays(setting, ids, its),
        **_strategy_arrays(setting, ids, venue_ids, names, initiatives["texts"]["start"]),
    )  # fmt: skip
    arrays = Given(**parts)
    for array in arrays:
        array.setflags(write=False)
    return Scenario(
        setting=setting, actor_ids=ids, venue_ids=venue_ids, initiative_ids=names,
        issues=issues_of(setting),
        blocs=blocs_of(setting.actors.values()),
        strategy_names=tuple(s.name for s in setting.strategies),
        track_names=tuple(track_names(s) for s in setting.strategies),
        arrays=arrays,
        places=tuple(
            (*place, changes.index(change)) for *_, place, changes in its for change in in_order(changes)
        ),
    )  # fmt: skip
