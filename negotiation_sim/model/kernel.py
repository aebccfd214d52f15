"""The compiled loop over replicates: the same month, line by line, as model.py, over arrays.

Longer than most modules because it is one unit for the compiler: a month here must be read beside
``NegotiationModel.month``, and every number it computes comes from the same rules. Functions are
plain Python until :func:`negotiation_sim.model.compiling.compiled` compiles :func:`run_chunk`.

Arrays of one replicate: ``a`` (N actors x columns A_*), ``y`` and ``ideal`` (N x K), ``x`` (tracks
x K), ``ti`` and ``tf`` (tracks x whole and real columns T_* and F_*), ``status``, ``attempt``,
``pledged``, ``blockers`` (tracks x N). The worlds are drawn once a replicate and shared by all
strategies.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from negotiation_sim.model.bargaining import (
    accepting_share,
    aspiration,
    chair_softness,
    objection_probability,
    objection_weight,
    revised,
    stands_aside,
    venue_pace,
)
from negotiation_sim.model.compiling import rule, small_rule
from negotiation_sim.model.decision import convenes, passes, whole_millionths
from negotiation_sim.model.draws import (
    P_ACCESSION,
    P_ACTOR,
    P_DOMESTIC,
    P_ENVIRONMENT,
    P_IDEAL,
    P_RATIFICATION,
    P_SHIFT,
    P_TURNOVER,
    P_VENUE,
    P_WITHDRAWAL,
    draw_events,
    draw_figures,
    draw_linkage,
    draw_private,
    extend_moods,
    normal,
    uniform,
    uniform_of,
)
from negotiation_sim.model.environment import (
    breach_chance,
    influenced,
    shifted,
    trust_after,
    trust_baseline,
    trust_next,
    urgency_decay,
    waiting_months,
)
from negotiation_sim.model.mandate import (
    distance_outside,
    mandate_risk,
    mandate_value,
    monthly_probability,
    nearest_in_box,
    rounds_in_month,
)
from negotiation_sim.model.ratification import (
    delay_months,
    enters_into_force,
    hurdle,
    needs_ratification,
    ratifies,
)
from negotiation_sim.model.satisfaction import (
    disposition,
    missile_defence_cost_of,
    satisfaction,
    set_aside_cost_of,
    text_cost,
    verification_cost_of,
    weighted_distance,
    weightiest_term,
)
from negotiation_sim.model.spillover import drawn_towards, trust_gained, urgency_left
from negotiation_sim.model.terms import (
    ACTOR_PARAMETERS,
    ENVIRONMENT_PARAMETERS,
    VENUE_PARAMETERS,
    Cause,
    DecisionRule,
    Ending,
    Response,
    TrackKind,
)

# Columns of `a`: the actor's figures in the order of ACTOR_PARAMETERS, then its standing.
(
    A_RESERVATION, A_FLEXIBILITY, A_SUSCEPTIBILITY, A_DEMAND, A_STAKE, A_WEAPONS, A_DEBRIS,
    A_OWN_TRUST, A_TREATY_HURDLE, A_EXECUTIVE_HURDLE, A_DELAY, A_TURNOVER, A_PROPENSITY,
    A_TRUST, A_PRIVATE, A_MOOD, A_OWN_COST, A_BOUND, A_BOUND_FORM, A_VALUE, A_ASPIRATION,
    A_BASELINE,
) = range(22)  # fmt: skip
N_ACTOR_COLUMNS = 22
assert len(ACTOR_PARAMETERS) == A_TRUST

(
    E_EVENT_RATE, E_DELIBERATE_SHARE, E_EVENT_URGENCY, E_HALF_LIFE, E_URGENCY_EFFECT,
    E_TEST_TRUST, E_BREACH_TRUST, E_CRISIS_RATE, E_CRISIS_TRUST,
    E_BREACH, E_BREACH_FORM, E_PLEDGE_EFFECT, E_ADHERENCE_EFFECT,
    E_TRUST_RETURN, E_PLEDGE_TRUST, E_AGREEMENT_TRUST,
    E_TURNOVER_SD, E_PRIVATE_SD, E_MOOD_SD, E_MOOD_PERSISTENCE,
    E_VERIFICATION_COST, E_MISSILE_COST, E_FESTER, E_VERIFIABLE, E_WEAPONS_SCOPE,
    E_BREADTH, E_PACE, E_INFORMALITY_EFFECT, E_CHAIR_STEP, E_SOFTNESS, E_SOFTNESS_STRICT,
    E_RISK, E_RISK_VOTE, E_ROUNDS_KEPT, E_WEEKS_PER_ROUND,
    E_TREATY, E_EXECUTIVE, E_RATIFICATION_SIGMA, E_DOMESTIC_SD, E_RETRY,
    E_ACCESSION, E_WITHDRAWAL, E_SPILLOVER, E_SPILLOVER_DRAW,
) = range(44)  # fmt: skip
assert len(ENVIRONMENT_PARAMETERS) == 44

(
    V_INFORMALITY, V_ISOLATION, V_SETUP, V_REMIT_COST, V_CONVENE, V_MIN_PARTICIPATION,
    V_UNBLOCK, V_BLOCK, V_LEADERSHIP,
) = range(9)  # fmt: skip
assert len(VENUE_PARAMETERS) == 9

(
    T_INITIATIVE, T_VENUE, T_FALLBACK, T_PLEDGES, T_START, T_AFTER, T_AFTER_MILESTONE, T_PATIENCE,
    T_MANDATED, T_ROUNDS, T_OCCURRENCE, T_STARTED, T_SEATED, T_MOVED, T_ENDED, T_ENDING, T_END,
    T_OBSTACLE, T_FRESH, T_N_DEFICITS, T_MANDATE, T_ADOPTION, T_FORCE, T_SUCCESS, T_AGREED,
    T_RATIFY, T_MOST_PLEDGES, T_MOST_COVERAGE, T_DEEPEST, T_CAUSE, T_CAUSE_DEEPEST, T_MISSING,
    T_YEAR, T_PENDING,
) = range(34)  # fmt: skip
N_TRACK_COLUMNS = 34
N_TRACK_FACTS = 11

F_URGENCY_SHARE, F_PACE, F_DEFICIT_1, F_DEFICIT_2, F_DEFICIT_3 = range(5)
N_TRACK_REALS = 5

# Whole-number state of the replicate and its real-number state.
W_EVENTS, W_AVOIDED, W_VIOLATIONS, W_SETTLED, W_READY, W_CHANGED, W_OWN = range(7)
# Of the world: months of moods and of positions drawn so far, whether positions have settled, the
# month of the next change of government.
U_MOODS, U_POSITIONS, U_SETTLED, U_NEXT_CHANGE = range(4)
G_URGENCY, G_BONUS, G_PLEDGE_SHARE, G_PENDING_BONUS = range(4)

OUT_COLUMNS = (
    T_VENUE, T_MANDATE, T_AGREED, T_ADOPTION, T_FORCE, T_SUCCESS, T_END, T_ENDING, T_ROUNDS,
    T_MOST_PLEDGES, T_MOST_COVERAGE, T_CAUSE, T_CAUSE_DEEPEST, T_MISSING,
)  # fmt: skip
N_OUT = len(OUT_COLUMNS) + 2  # and the number and capability of the parties
_OUT = np.array(OUT_COLUMNS)

NEVER_AGAIN = 1000000
OUTSIDE, ACCEPTED, PARTY = 0, 1, 2
NO_OBSTACLE, LINKAGE, MANDATE, TEXT = 0, 1, 2, 3
KIND_PLEDGES = int(TrackKind.PLEDGES)
RULE_CONSENSUS, RULE_OPT_IN = int(DecisionRule.CONSENSUS), int(DecisionRule.OPT_IN)
ACCEPTS, STANDS_ASIDE, OBJECTS = (
    int(Response.ACCEPTS),
    int(Response.STANDS_ASIDE),
    int(Response.OBJECTS),
)
ENDED_SUCCESS, ENDED_WITHDRAWN = int(Ending.SUCCESS), int(Ending.WITHDRAWN)
ENDED_DISSOLVED = int(Ending.DISSOLVED)
C_NOT_STARTED, C_CALENDAR, C_LINKAGE = (
    int(Cause.NOT_STARTED),
    int(Cause.CALENDAR),
    int(Cause.LINKAGE),
)
C_MANDATE, C_TEXT, C_TIME = int(Cause.MANDATE), int(Cause.TEXT), int(Cause.TIME)
C_WITHDRAWAL, C_DISSOLUTION = int(Cause.WITHDRAWAL), int(Cause.DISSOLUTION)
C_RATIFICATION, C_PARTICIPATION = int(Cause.RATIFICATION), int(Cause.PARTICIPATION)


# M1


@small_rule
def cost_of(text, i, a, e, at):
    """Return ``C_i(text)`` at this month's trust."""
    return text_cost(
        text, at[0], at[1], at[2], a[i, A_TRUST], a[i, A_DEMAND], a[i, A_STAKE], a[i, A_WEAPONS],
        e[E_VERIFIABLE], e[E_WEAPONS_SCOPE], e[E_VERIFICATION_COST], e[E_MISSILE_COST], e[E_FESTER],
    )  # fmt: skip


@small_rule
def satisfaction_of(text, i, a, y, salience, e, at):
    """Return ``u_i(text)``."""
    distance = weighted_distance(text, y[i], salience[i])
    return satisfaction(distance, cost_of(text, i, a, e, at), a[i, A_OWN_COST])


@small_rule
def disposition_of(i, a, e, urgency, urgency_share):
    """Return ``d_i`` this month, with the urgency this track still feels."""
    felt = urgency * urgency_share
    return disposition(e[E_URGENCY_EFFECT], a[i, A_DEBRIS], felt, a[i, A_PRIVATE], a[i, A_MOOD])


@rule
def term_of(text, i, a, y, salience, e, at):
    """Return the number of the term of M1 that takes most from this actor's satisfaction."""
    distance = weighted_distance(text, y[i], salience[i])
    trust, demand = a[i, A_TRUST], a[i, A_DEMAND]
    f, s, v = at[0], at[1], at[2]
    verifiable, cost = e[E_VERIFIABLE], e[E_VERIFICATION_COST]
    extra_verification = verification_cost_of(
        text, f, s, v, trust, demand, verifiable, cost
    ) - verification_cost_of(y[i], f, s, v, trust, demand, verifiable, cost)
    extra_missile = missile_defence_cost_of(
        text, f, s, a[i, A_STAKE], e[E_MISSILE_COST]
    ) - missile_defence_cost_of(y[i], f, s, a[i, A_STAKE], e[E_MISSILE_COST])
    extra_aside = set_aside_cost_of(
        text, s, a[i, A_WEAPONS], e[E_WEAPONS_SCOPE], e[E_FESTER]
    ) - set_aside_cost_of(y[i], s, a[i, A_WEAPONS], e[E_WEAPONS_SCOPE], e[E_FESTER])
    return weightiest_term(
        text, y[i], salience[i], distance, extra_verification, extra_missile, extra_aside
    )


@small_rule
def scope_of(text, at):
    """Return the text's scope, 0 where scope is no issue."""
    if at[1] >= 0:
        return text[at[1]]
    return 0.0


# M11, M12, M14, M4


@rule
def lose_trust(a, cost):
    """Lower everybody's trust."""
    for i in range(a.shape[0]):
        a[i, A_TRUST] = trust_after(a[i, A_TRUST], cost)


@rule
def events_and_crises(t, a, e, g, w, kinds, authors, thinning, crises, crisis_draws):
    """Let this month's events and crises happen (M11, M19)."""
    kind, author = kinds[t], authors[t]
    if kind == 2 and thinning[t] < a[author, A_BOUND]:
        w[W_AVOIDED] += 1
    elif kind > 0:
        w[W_EVENTS] += 1
        g[G_URGENCY] = min(1.0, g[G_URGENCY] + e[E_EVENT_URGENCY])
        if kind == 2 and a[author, A_BOUND] > 0.0:
            w[W_VIOLATIONS] += 1
            lose_trust(a, e[E_BREACH_TRUST])
        elif kind == 2:
            lose_trust(a, e[E_TEST_TRUST])
    if crises[t] >= 0:
        author = crises[t]
        lose_trust(a, e[E_CRISIS_TRUST])
        form = a[author, A_BOUND_FORM]
        if form >= 0.0 and crisis_draws[t] < breach_chance(e[E_BREACH], e[E_BREACH_FORM], form):
            w[W_VIOLATIONS] += 1
            lose_trust(a, e[E_BREACH_TRUST])


@rule
def set_baselines(a, e, g):
    """Set the level trust returns to; it changes only with pledges and adopted texts."""
    for i in range(a.shape[0]):
        a[i, A_BASELINE] = trust_baseline(
            a[i, A_OWN_TRUST], e[E_PLEDGE_TRUST], g[G_PLEDGE_SHARE], g[G_BONUS]
        )


@rule
def recover_trust(a, trust_return):
    """Let trust return towards its baseline (M12)."""
    for i in range(a.shape[0]):
        a[i, A_TRUST] = trust_next(a[i, A_TRUST], a[i, A_BASELINE], trust_return)


@rule
def changes_of_government(t, seed, chance, codes, dates, turnover, figures, sd, shift):
    """Redraw the shift of an ideal point where a government changes; return the next such month."""
    soonest = NEVER_AGAIN
    for i in range(len(codes)):
        due = t == turnover[i]
        dated = False
        for d in range(dates.shape[1]):
            if dates[i, d] == t:
                dated = True
            elif dates[i, d] > t:
                soonest = min(soonest, dates[i, d])
        if due or dated:
            if due:
                u = uniform(seed, chance, codes[i], P_TURNOVER, t)
                turnover[i] = t + waiting_months(u, figures[i, A_TURNOVER])
            for k in range(shift.shape[1]):
                shift[i, k] = sd * normal(uniform_of(seed, chance, codes[i], P_SHIFT, t, k))
        soonest = min(soonest, turnover[i])
    return soonest


@rule
def move_ideals(base, shift, pull, ideal):
    """Set every ideal point to its value, this government's shift and spillover's pull."""
    for i in range(base.shape[0]):
        for k in range(base.shape[1]):
            ideal[i, k] = shifted(base[i, k], shift[i, k], pull[i, k])


@small_rule
def drawn_by_ties(k, ideal, y, ties, tie_weights, n_ties, tie_matrix, out):
    """Put how far every actor's ties draw it from its ideal point into ``out``, in index order.

    A small cast adds up whole columns of the matrix, which the processor does several actors at a
    time; the zeros it adds leave every bit as it is.
    """
    for i in range(len(out)):
        out[i] = 0.0
    if tie_matrix.shape[0] > 0:
        for j in range(tie_matrix.shape[0]):
            stated = y[j, k]
            for i in range(len(out)):
                out[i] += tie_matrix[j, i] * (stated - ideal[i, k])
        return
    for i in range(len(out)):
        total = 0.0
        for t in range(n_ties[i]):
            total += tie_weights[i, t] * (y[ties[i, t], k] - ideal[i, k])
        out[i] = total


@rule
def influence(figures, ideal, y, y_next, ties, tie_weights, n_ties, tie_matrix, drawn):
    """Put next month's stated positions into ``y_next``; return whether none has moved (M4)."""
    settled = True
    for k in range(y.shape[1]):
        drawn_by_ties(k, ideal, y, ties, tie_weights, n_ties, tie_matrix, drawn)
        for i in range(y.shape[0]):
            stated = ideal[i, k]
            if n_ties[i] > 0:
                stated = influenced(ideal[i, k], figures[i, A_SUSCEPTIBILITY], drawn[i])
            if stated != y[i, k]:
                settled = False
            y_next[i, k] = stated
    return settled


@rule
def extend_positions(
    A,
    seed,
    chance,
    figures,
    base,
    sd,
    turnover,
    no_pull,
    ideal,
    paths,
    shifts,
    changed,
    world,
    drawn,
):
    """Extend the world's paths of positions and shifts by a month.

    No strategy touches them unless one of its tracks spills over, so all share them.
    """
    t = world[U_POSITIONS]
    before = base if t == 0 else paths[t - 1]
    for i in range(base.shape[0]):
        for k in range(base.shape[1]):
            shifts[t, i, k] = 0.0 if t == 0 else shifts[t - 1, i, k]
    changed[t] = 0
    if t >= world[U_NEXT_CHANGE]:
        world[U_NEXT_CHANGE] = changes_of_government(
            t, seed, chance, A.codes, A.turnover_dates, turnover, figures, sd, shifts[t]
        )
        move_ideals(base, shifts[t], no_pull, ideal)
        world[U_SETTLED] = 0
        changed[t] = 1
    if world[U_SETTLED] == 1:
        for i in range(base.shape[0]):
            for k in range(base.shape[1]):
                paths[t, i, k] = before[i, k]
    elif influence(
        figures, ideal, before, paths[t], A.ties, A.tie_weights, A.n_ties, A.tie_matrix, drawn
    ):
        world[U_SETTLED] = 1
    world[U_POSITIONS] = t + 1


# A track's month


@rule
def sit(m, venue, t, ti, tf, e, venue_figures):
    """Seat a track in a venue."""
    ti[m, T_VENUE] = venue
    ti[m, T_SEATED] = t
    tf[m, F_PACE] = venue_pace(
        e[E_PACE], e[E_INFORMALITY_EFFECT], venue_figures[venue, V_INFORMALITY]
    )


@rule
def move(m, venue, t, ti, tf, e, venue_figures):
    """Carry the text and part of the rounds to another venue."""
    ti[m, T_ROUNDS] = int(ti[m, T_ROUNDS] * e[E_ROUNDS_KEPT])
    ti[m, T_MANDATED] = 0
    ti[m, T_FRESH] = 1
    ti[m, T_N_DEFICITS] = 0
    sit(m, venue, t, ti, tf, e, venue_figures)


@rule
def end_with(m, ending, month, ti):
    """End a track."""
    ti[m, T_ENDED] = 1
    ti[m, T_ENDING] = ending
    ti[m, T_END] = month


@rule
def begins(m, t, year, ti, tf, e, venue_figures):
    """Return whether the track starts this month."""
    if t < ti[m, T_START]:
        return False
    if ti[m, T_AFTER] >= 0:
        reached = ti[ti[m, T_AFTER], T_MANDATE + ti[m, T_AFTER_MILESTONE]]
        if reached < 0 or reached > t:
            return False
    ti[m, T_STARTED] = t
    ti[m, T_YEAR] = year
    sit(m, ti[m, T_VENUE], t, ti, tf, e, venue_figures)
    return True


@rule
def leave_or_stay(
    m, t, ti, tf, e, venue_figures, venue_facts, seed, chance, initiative_codes, p_withdrawal
):
    """Dissolution, withdrawal (M18) or forum shift (M17)."""
    dissolved = venue_facts[ti[m, T_VENUE], 3]
    if dissolved >= 0 and dissolved <= t:
        end_with(m, ENDED_DISSOLVED, t + 1, ti)
        return
    if ti[m, T_MANDATE] >= 0:
        code = initiative_codes[ti[m, T_INITIATIVE]]
        if uniform_of(seed, chance, code, P_WITHDRAWAL, t, ti[m, T_OCCURRENCE]) < p_withdrawal:
            end_with(m, ENDED_WITHDRAWN, t + 1, ti)
            return
    if ti[m, T_FALLBACK] >= 0 and ti[m, T_MOVED] == 0 and t - ti[m, T_STARTED] >= ti[m, T_PATIENCE]:
        ti[m, T_MOVED] = 1
        move(m, ti[m, T_FALLBACK], t, ti, tf, e, venue_figures)


@rule
def clear(m, ti, blockers):
    """Forget what stood in the way before a mandate, or before a text was agreed."""
    ti[m, T_OBSTACLE] = NO_OBSTACLE
    ti[m, T_DEEPEST] = -1
    ti[m, T_FRESH] = 0
    for i in range(blockers.shape[1]):
        blockers[m, i] = 0


@rule
def hold(m, obstacle, ti, blockers, found, deepest):
    """Remember why the last attempt failed, unless an earlier one got farther."""
    if obstacle >= ti[m, T_OBSTACLE] or ti[m, T_FRESH] == 1:
        ti[m, T_OBSTACLE] = obstacle
        ti[m, T_DEEPEST] = deepest
        ti[m, T_FRESH] = 0
        for i in range(blockers.shape[1]):
            blockers[m, i] = found[i]


@rule
def blocked(m, ti, blockers):
    """Remember that linkage kept the venue from agreeing on anything (M8)."""
    if ti[m, T_OBSTACLE] <= LINKAGE or ti[m, T_FRESH] == 1:
        ti[m, T_OBSTACLE] = LINKAGE
        ti[m, T_DEEPEST] = -1
        ti[m, T_FRESH] = 0
        for i in range(blockers.shape[1]):
            blockers[m, i] = 0


# M8


@rule
def worst_corner(i, a, y, salience, e, at, low, high, d, corner, worst):
    """Return the least value over the corners of the mandate box; leave that corner in ``worst``."""
    k_issues = len(low)
    least = 0.0
    for n in range(1 << k_issues):
        for k in range(k_issues):
            corner[k] = high[k] if (n >> k) & 1 else low[k]
        value = satisfaction_of(corner, i, a, y, salience, e, at) + d
        if n == 0 or value < least:
            least = value
            for k in range(k_issues):
                worst[k] = corner[k]
    return least


@rule
def may_matter(m, t, deadline, ti, venue_facts, last_meeting):
    """Return whether this refusal can be the one that names the cause at the deadline.

    It cannot where the venue, not subject to linkage, will surely be asked again before it.
    """
    v = ti[m, T_VENUE]
    if t >= deadline:
        return False
    return (
        t >= last_meeting[v]
        or ti[m, T_MANDATE] >= 0
        or ti[m, T_FALLBACK] >= 0
        or venue_facts[v, 0] >= 0
        or venue_facts[v, 3] >= 0
    )


@rule
def ask_mandate(
    m, t, year, ti, tf, a, y, x, e, g, at, salience, low, high, venue_figures, member, n_members,
    rule_of, strict, votes, required, remit_low, remit_high, blockers, found, near, corner, worst, say_why,
):  # fmt: skip
    """Ask the venue's members to agree to negotiate (M8).

    Who refuses is found out only where it can become the cause at the deadline (``say_why``);
    else the first refusal under consensus is enough.
    """
    n = a.shape[0]
    v = ti[m, T_VENUE]
    for i in range(n):
        found[i] = 0
    risk = mandate_risk(strict[v], rule_of[v, 3] == 1, e[E_RISK], e[E_RISK_VOTE])
    outside = distance_outside(x[m], remit_low[v], remit_high[v])
    n_backing = votes_for = votes_against = required_refusing = 0
    deepest = -1
    deepest_gap = 0.0
    for i in range(n):
        if not member[v, i]:
            continue
        for k in range(len(near)):
            near[k] = nearest_in_box(y[i, k], low[k], high[k])
        d = disposition_of(i, a, e, g[G_URGENCY], tf[m, F_URGENCY_SHARE])
        best = satisfaction_of(near, i, a, y, salience, e, at) + d
        least = best
        if risk > 0.0:
            least = worst_corner(i, a, y, salience, e, at, low, high, d, corner, worst)
        value = mandate_value(best, least, risk, venue_figures[v, V_REMIT_COST], outside)
        if value >= a[i, A_RESERVATION]:
            n_backing += 1
            votes_for += votes[v, i]
            continue
        votes_against += votes[v, i]
        required_refusing += 1 if required[v, i] else 0
        if not say_why:
            if rule_of[v, 0] == RULE_CONSENSUS:
                break
            continue
        gap = a[i, A_RESERVATION] - value
        point = worst if risk > 0.0 and best >= a[i, A_RESERVATION] else near
        found[i] = term_of(point, i, a, y, salience, e, at) + 1
        if deepest < 0 or gap > deepest_gap:
            deepest = i
            deepest_gap = gap
    if rule_of[v, 0] == RULE_OPT_IN:
        agreed = convenes(n_backing, n_members[v], whole_millionths(venue_figures[v, V_CONVENE]))
    else:
        agreed = passes(
            rule_of[v, 0], n_members[v], n_backing, n_members[v] - n_backing, votes_for, votes_against,
            rule_of[v, 1], rule_of[v, 2], required_refusing, 0, 0, 0,
        )  # fmt: skip
    if agreed:
        ti[m, T_MANDATED] = 1
        ti[m, T_YEAR] = year
        if ti[m, T_MANDATE] < 0:
            ti[m, T_MANDATE] = t + 1
        if ti[m, T_OBSTACLE] < TEXT or ti[m, T_FRESH] == 1:
            clear(m, ti, blockers)
    else:
        hold(m, MANDATE, ti, blockers, found, deepest)


# M5 to M7


@rule
def appraise(m, text, ti, tf, a, y, e, g, at, salience, member):
    """Put every member's value and aspiration for a text into ``a``."""
    scope = scope_of(text, at)
    v = ti[m, T_VENUE]
    for i in range(a.shape[0]):
        if member[v, i]:
            d = disposition_of(i, a, e, g[G_URGENCY], tf[m, F_URGENCY_SHARE])
            a[i, A_VALUE] = satisfaction_of(text, i, a, y, salience, e, at) + d
            a[i, A_ASPIRATION] = aspiration(
                a[i, A_RESERVATION], a[i, A_FLEXIBILITY], tf[m, F_PACE], float(ti[m, T_ROUNDS]),
                e[E_BREADTH], scope,
            )  # fmt: skip


@rule
def revise(m, ti, a, y, x, e, strict, chair_capability, member, low, high, gaps):
    """Move the text to where the objections are, within the mandate box (M5)."""
    v = ti[m, T_VENUE]
    softness = chair_softness(strict[v], e[E_SOFTNESS], e[E_SOFTNESS_STRICT])
    total = 0.0
    for k in range(len(gaps)):
        gaps[k] = 0.0
    for i in range(a.shape[0]):
        if member[v, i]:
            p = objection_probability(a[i, A_ASPIRATION] - a[i, A_VALUE], softness)
            weight = objection_weight(chair_capability[v, i], strict[v], p)
            total += weight
            for k in range(len(gaps)):
                gaps[k] += weight * (y[i, k] - x[m, k])
    for k in range(len(gaps)):
        x[m, k] = revised(x[m, k], e[E_CHAIR_STEP], gaps[k], total, low[k], high[k])


@rule
def respond(
    m,
    ti,
    a,
    member,
    n_members,
    opt_in,
    isolation,
    influence_of,
    ties,
    tie_weights,
    n_ties,
    accepting,
    response,
):
    """Let every member respond in one simultaneous pass (M6)."""
    v = ti[m, T_VENUE]
    n = 0
    for i in range(a.shape[0]):
        accepting[i] = member[v, i] and a[i, A_VALUE] >= a[i, A_ASPIRATION]
        n += 1 if accepting[i] else 0
    for i in range(a.shape[0]):
        response[i] = 0
        if not member[v, i]:
            continue
        response[i] = ACCEPTS
        if not accepting[i]:
            response[i] = OBJECTS
            if not opt_in:
                share = accepting_share(
                    ties[i], tie_weights[i], n_ties[i], member[v], accepting, n, n_members[v]
                )
                deficit = a[i, A_ASPIRATION] - a[i, A_VALUE]
                if stands_aside(deficit, isolation, share, influence_of[i]):
                    response[i] = STANDS_ASIDE


@rule
def decide(
    v,
    response,
    rule_of,
    n_members,
    votes,
    required,
    capability,
    member_capability,
    min_participation,
):
    """Return whether the venue's rule adopts the text (M7)."""
    n_yes = n_no = votes_for = votes_against = required_objecting = capability_for = 0
    for i in range(len(response)):
        if response[i] == ACCEPTS:
            n_yes += 1
            votes_for += votes[v, i]
            capability_for += capability[i]
        elif response[i] == OBJECTS:
            n_no += 1
            votes_against += votes[v, i]
            required_objecting += 1 if required[v, i] else 0
    return passes(
        rule_of[v, 0], n_members[v], n_yes, n_no, votes_for, votes_against, rule_of[v, 1], rule_of[v, 2],
        required_objecting, capability_for, member_capability[v], whole_millionths(min_participation),
    )  # fmt: skip


@rule
def keep_objections(m, ti, tf, a, y, x, e, at, salience, response, blockers, found):
    """Remember who stood in the way at this decision, and on which term of M1."""
    against = STANDS_ASIDE
    for i in range(len(response)):
        if response[i] == OBJECTS:
            against = OBJECTS
    deepest = -1
    worst = 0.0
    largest = 0.0
    for i in range(len(response)):
        found[i] = 0
        if response[i] == 0:
            continue
        deficit = a[i, A_ASPIRATION] - a[i, A_VALUE]
        if response[i] != ACCEPTS and deficit > largest:
            largest = deficit
        if response[i] == against:
            found[i] = term_of(x[m], i, a, y, salience, e, at) + 1
            if deepest < 0 or deficit > worst:
                deepest = i
                worst = deficit
    tf[m, F_DEFICIT_1] = tf[m, F_DEFICIT_2]
    tf[m, F_DEFICIT_2] = tf[m, F_DEFICIT_3]
    tf[m, F_DEFICIT_3] = largest
    ti[m, T_N_DEFICITS] += 1
    hold(m, TEXT, ti, blockers, found, deepest)


@rule
def agree(
    m, t, ti, tf, a, x, e, g, at, seed, chance, codes, capability, venue_facts, venue_figures,
    initiative_facts, response, status, attempt, blockers,
):  # fmt: skip
    """Adopt the text, or pass it on where the venue has no power to adopt (M10)."""
    held = 0
    for i in range(len(response)):
        if response[i] == ACCEPTS:
            held += capability[i]
    g[G_PENDING_BONUS] += e[E_AGREEMENT_TRUST] * (held / 1000000)
    v = ti[m, T_VENUE]
    if venue_facts[v, 1] == 0:
        if ti[m, T_AGREED] < 0:
            ti[m, T_AGREED] = t + 1
        move(m, venue_facts[v, 2], t, ti, tf, e, venue_figures)
        clear(m, ti, blockers)
        return
    ti[m, T_ADOPTION] = t + 1
    ti[m, T_PENDING] = 1
    binding = initiative_facts[ti[m, T_INITIATIVE], 1]
    to_ratify = needs_ratification(binding, at[0], x[m], e[E_TREATY])
    ti[m, T_RATIFY] = 1 if to_ratify else 0
    for i in range(len(response)):
        if response[i] == ACCEPTS:
            status[m, i] = PARTY
            if to_ratify:
                status[m, i] = ACCEPTED
                z = normal(uniform_of(seed, chance, codes[i], P_RATIFICATION, 0, m))
                attempt[m, i] = t + delay_months(a[i, A_DELAY], e[E_RATIFICATION_SIGMA], z)
        else:
            u = uniform_of(seed, chance, codes[i], P_ACCESSION, t, m)
            attempt[m, i] = t + waiting_months(u, e[E_ACCESSION])
    if not to_ratify:
        ti[m, T_FORCE] = t + 1


@rule
def gather_pledges(
    m, ti, tf, a, y, e, g, at, salience, capability, member, pledge_text, pledged, w
):
    """Let every member that has not pledged decide whether to (M13)."""
    v = ti[m, T_VENUE]
    n = held = 0
    for i in range(a.shape[0]):
        if member[v, i] and not pledged[m, i]:
            d = disposition_of(i, a, e, g[G_URGENCY], tf[m, F_URGENCY_SHARE])
            if satisfaction_of(pledge_text, i, a, y, salience, e, at) + d >= a[i, A_RESERVATION]:
                pledged[m, i] = True
                w[W_CHANGED] = 1
        if pledged[m, i]:
            n += 1
            held += capability[i]
    ti[m, T_MOST_PLEDGES] = max(ti[m, T_MOST_PLEDGES], n)
    ti[m, T_MOST_COVERAGE] = max(ti[m, T_MOST_COVERAGE], held)


@rule
def comes_up(m, t, ti, attempt):
    """Return whether anything can change this month: a state's month has come, or it was adopted."""
    if ti[m, T_ADOPTION] == t + 1:
        return True
    for i in range(attempt.shape[1]):
        if attempt[m, i] == t:
            return True
    return False


@rule
def ratify(
    m, t, ti, tf, a, y, x, e, g, at, salience, seed, chance, codes, capability, initiative_facts,
    force_states, success_share, success_states, status, attempt,
):  # fmt: skip
    """Let states whose month has come ratify or accede; look at force and success (M15)."""
    n_parties = share = missing = wanted = 0
    initiative = ti[m, T_INITIATIVE]
    for i in range(a.shape[0]):
        if status[m, i] != PARTY and attempt[m, i] == t:
            joins = True
            rate = e[E_RETRY] if status[m, i] == ACCEPTED else e[E_ACCESSION]
            if status[m, i] == OUTSIDE:
                d = disposition_of(i, a, e, g[G_URGENCY], tf[m, F_URGENCY_SHARE])
                value = satisfaction_of(x[m], i, a, y, salience, e, at) + d
                joins = value >= a[i, A_RESERVATION]
            if joins and ti[m, T_RATIFY] == 1:
                threshold = hurdle(
                    at[0], x[m], e[E_EXECUTIVE], a[i, A_TREATY_HURDLE], a[i, A_EXECUTIVE_HURDLE]
                )
                draw = e[E_DOMESTIC_SD] * normal(uniform(seed, chance, codes[i], P_DOMESTIC, t))
                content = satisfaction_of(x[m], i, a, y, salience, e, at)
                joins = ratifies(content, draw, a[i, A_RESERVATION], threshold)
            if joins:
                status[m, i] = PARTY
            else:
                u = uniform_of(seed, chance, codes[i], P_ACCESSION, t, m)
                attempt[m, i] = t + waiting_months(u, rate)
        if status[m, i] == PARTY:
            n_parties += 1
            share += capability[i]
        else:
            missing += 1 if force_states[initiative, i] else 0
            wanted += 1 if success_states[i] else 0
    if ti[m, T_FORCE] < 0:
        needed, share_needed = initiative_facts[initiative, 2], initiative_facts[initiative, 3]
        if not enters_into_force(n_parties, needed, share, share_needed, missing):
            return
        ti[m, T_FORCE] = t + 1
    if share >= success_share and wanted == 0:
        ti[m, T_SUCCESS] = t + 1
        end_with(m, ENDED_SUCCESS, t + 1, ti)


# The end of a month


@rule
def spill(m, n_tracks, t, ti, tf, x, e, g, base, shifts, paths, pull, ideal, own, w):
    """Shift the other tracks of the strategy when one is adopted (M16).

    From now on the strategy has positions of its own, and no longer the world's.
    """
    g[G_PENDING_BONUS] += trust_gained(e[E_SPILLOVER], e[E_AGREEMENT_TRUST])
    for other in range(n_tracks):
        if other != m:
            tf[other, F_URGENCY_SHARE] = urgency_left(tf[other, F_URGENCY_SHARE], e[E_SPILLOVER])
    if w[W_OWN] == 0:
        w[W_OWN] = 1
        for i in range(own.shape[0]):
            for k in range(own.shape[1]):
                own[i, k] = paths[t, i, k]
        move_ideals(base, shifts[t], pull, ideal)
    w[W_SETTLED] = 0
    for i in range(ideal.shape[0]):
        for k in range(ideal.shape[1]):
            pull[i, k] += drawn_towards(ideal[i, k], x[m, k], e[E_SPILLOVER], e[E_SPILLOVER_DRAW])
    move_ideals(base, shifts[t], pull, ideal)


@rule
def own_positions(t, A, figures, base, shifts, changed, pull, ideal, own, own_next, w, drawn):
    """Move the positions of a strategy that spillover has parted from the world's path."""
    if changed[t] == 1:
        move_ideals(base, shifts[t], pull, ideal)
        w[W_SETTLED] = 0
    if w[W_SETTLED] == 1:
        return
    settled = influence(
        figures, ideal, own, own_next, A.ties, A.tie_weights, A.n_ties, A.tie_matrix, drawn
    )
    w[W_SETTLED] = 1 if settled else 0
    for i in range(own.shape[0]):
        for k in range(own.shape[1]):
            own[i, k] = own_next[i, k]


@rule
def form_of(m, ti, x, at, initiative_facts):
    """Return how binding a track's text is."""
    if at[0] >= 0:
        return x[m, at[0]]
    return 1.0 if initiative_facts[ti[m, T_INITIATIVE], 1] == 1 else 0.0


@rule
def close_month(n_tracks, ti, a, x, e, g, at, capability, initiative_facts, status, pledged):
    """Let pledges and adherence count from the next month (M11, M13, M19)."""
    g[G_BONUS] += g[G_PENDING_BONUS]
    g[G_PENDING_BONUS] = 0.0
    pledged_share = 0
    for i in range(a.shape[0]):
        bound = 0.0
        form = -1.0
        has_pledged = False
        for m in range(n_tracks):
            if pledged[m, i] and ti[m, T_ENDED] == 0 and ti[m, T_FORCE] < 0:
                has_pledged = True
                bound = max(bound, e[E_PLEDGE_EFFECT])
            if ti[m, T_FORCE] >= 0 and status[m, i] == PARTY:
                bound = max(bound, e[E_ADHERENCE_EFFECT])
                form = max(form, form_of(m, ti, x, at, initiative_facts))
        a[i, A_BOUND] = bound
        a[i, A_BOUND_FORM] = form
        if has_pledged:
            pledged_share += capability[i]
    g[G_PLEDGE_SHARE] = pledged_share / 1000000
    set_baselines(a, e, g)


@rule
def cause_of(m, ti, tf, initiative_facts):
    """Return the first milestone a track has missed so far; 0 if it has succeeded."""
    if ti[m, T_SUCCESS] >= 0 or initiative_facts[ti[m, T_INITIATIVE], 0] == KIND_PLEDGES:
        return 0
    if ti[m, T_ENDING] == ENDED_WITHDRAWN:
        return C_WITHDRAWAL
    if ti[m, T_ENDING] == ENDED_DISSOLVED:
        return C_DISSOLUTION
    if ti[m, T_STARTED] < 0:
        return C_NOT_STARTED
    if ti[m, T_FORCE] >= 0:
        return C_PARTICIPATION
    if ti[m, T_ADOPTION] >= 0:
        return C_RATIFICATION
    if ti[m, T_OBSTACLE] == TEXT:
        shrinking = (
            ti[m, T_N_DEFICITS] >= 3
            and tf[m, F_DEFICIT_1] > tf[m, F_DEFICIT_2]
            and tf[m, F_DEFICIT_2] > tf[m, F_DEFICIT_3]
        )
        return C_TIME if shrinking else C_TEXT
    if ti[m, T_OBSTACLE] == MANDATE:
        return C_MANDATE
    return C_LINKAGE if ti[m, T_OBSTACLE] == LINKAGE else C_CALENDAR


@rule
def settle_cause(
    m,
    ti,
    tf,
    a,
    y,
    x,
    e,
    at,
    salience,
    capability,
    initiative_facts,
    success_share,
    status,
    blockers,
    named,
):
    """Name the first milestone missed at the deadline, and who or what stands behind it."""
    cause = cause_of(m, ti, tf, initiative_facts)
    ti[m, T_CAUSE] = cause
    if cause == 0 or cause == C_NOT_STARTED:
        return
    if cause != C_RATIFICATION and cause != C_PARTICIPATION:
        ti[m, T_CAUSE_DEEPEST] = ti[m, T_DEEPEST]
        for i in range(a.shape[0]):
            named[m, i] = blockers[m, i]
        return
    deepest = -1
    held = 0
    for i in range(a.shape[0]):
        absent = status[m, i] == ACCEPTED
        if cause == C_PARTICIPATION:
            absent = status[m, i] != PARTY
        if absent:
            named[m, i] = term_of(x[m], i, a, y, salience, e, at) + 1
            if deepest < 0 or capability[i] > capability[deepest]:
                deepest = i
        if status[m, i] == PARTY:
            held += capability[i]
    ti[m, T_CAUSE_DEEPEST] = deepest
    if cause == C_PARTICIPATION:
        ti[m, T_MISSING] = max(0, success_share - held)


@rule
def settle_causes(
    n_tracks,
    ti,
    tf,
    a,
    y,
    x,
    e,
    at,
    salience,
    capability,
    initiative_facts,
    success_share,
    status,
    blockers,
    named,
):
    """Name every track's cause at the deadline."""
    for m in range(n_tracks):
        settle_cause(
            m, ti, tf, a, y, x, e, at, salience, capability, initiative_facts, success_share, status,
            blockers, named,
        )  # fmt: skip


# A replicate


@rule
def open_strategy(
    s, A, figures, private, a, pull, x, ti, tf, g, w, status, attempt, pledged, blockers, named,
):  # fmt: skip
    """Set the replicate's state to the first of the months."""
    n = a.shape[0]
    for i in range(n):
        for p in range(len(figures[i])):
            a[i, p] = figures[i, p]
        a[i, A_TRUST] = a[i, A_OWN_TRUST]
        a[i, A_PRIVATE] = private[i]
        a[i, A_MOOD] = 0.0
        a[i, A_OWN_COST] = 0.0
        a[i, A_BOUND] = 0.0
        a[i, A_BOUND_FORM] = -1.0
        for k in range(pull.shape[1]):
            pull[i, k] = 0.0
    for m in range(ti.shape[0]):
        for column in range(N_TRACK_COLUMNS):
            ti[m, column] = A.tracks[s, m, column] if column < N_TRACK_FACTS else 0
        for column in (
            T_STARTED, T_SEATED, T_END, T_MANDATE, T_ADOPTION, T_FORCE, T_SUCCESS, T_AGREED, T_DEEPEST,
            T_CAUSE_DEEPEST,
        ):  # fmt: skip
            ti[m, column] = -1
        if ti[m, T_MANDATED] == 1:
            ti[m, T_MANDATE] = 0
        tf[m, F_URGENCY_SHARE] = 1.0
        for k in range(x.shape[1]):
            x[m, k] = A.track_text[s, m, k]
        for i in range(n):
            status[m, i] = OUTSIDE
            attempt[m, i] = NEVER_AGAIN
            pledged[m, i] = False
            blockers[m, i] = 0
            named[m, i] = 0
    for column in range(len(g)):
        g[column] = 0.0
    for column in range(len(w)):
        w[column] = 0


@rule
def rounds_now(m, t, start_month, ti, weeks, weeks_per_round, venue_figures, venue_facts):
    """Return how many rounds this month holds for a track; lets a session's mandate lapse (M9)."""
    v = ti[m, T_VENUE]
    calendar = start_month + t
    rounds = rounds_in_month(weeks[v, calendar % 12], weeks_per_round)
    if rounds == 0 or t < ti[m, T_SEATED] + venue_figures[v, V_SETUP]:
        return 0
    if venue_facts[v, 4] == 1 and ti[m, T_MANDATED] == 1 and ti[m, T_YEAR] != calendar // 12:
        ti[m, T_MANDATED] = 0
    return rounds


@rule
def hold_rounds(
    m, t, rounds, A, seed, chance, ti, tf, a, y, x, e, g, at, venue_figures, status, attempt, blockers, found,
    gaps, accepting, response,
):  # fmt: skip
    """Hold this month's rounds until one agrees: revise, respond, decide (M5 to M7)."""
    v = ti[m, T_VENUE]
    low, high = A.box_low[ti[m, T_INITIATIVE]], A.box_high[ti[m, T_INITIATIVE]]
    opt_in = A.decision[v, 3] == 1
    for _ in range(rounds):
        ti[m, T_ROUNDS] += 1
        appraise(m, x[m], ti, tf, a, y, e, g, at, A.salience, A.member)
        revise(m, ti, a, y, x, e, A.strict, A.chair_capability, A.member, low, high, gaps)
        appraise(m, x[m], ti, tf, a, y, e, g, at, A.salience, A.member)
        respond(
            m, ti, a, A.member, A.n_members, opt_in, venue_figures[v, V_ISOLATION], A.influence, A.ties,
            A.tie_weights, A.n_ties, accepting, response,
        )  # fmt: skip
        if decide(
            v, response, A.decision, A.n_members, A.votes, A.required, A.capability, A.member_capability,
            venue_figures[v, V_MIN_PARTICIPATION],
        ):  # fmt: skip
            agree(
                m, t, ti, tf, a, x, e, g, at, seed, chance, A.codes, A.capability, A.venue_facts,
                venue_figures, A.initiative_facts, response, status, attempt, blockers,
            )  # fmt: skip
            return True
        if t < A.clock[1]:  # later it can no longer become the cause at the deadline
            keep_objections(m, ti, tf, a, y, x, e, at, A.salience, response, blockers, found)
    return False


@rule
def get_ready(t, a, y, e, at, moods, w):
    """Take this month's moods and what each position costs, once a month and only if needed."""
    if w[W_READY] == 1:
        return
    w[W_READY] = 1
    for i in range(a.shape[0]):
        a[i, A_MOOD] = moods[t, i]
        a[i, A_OWN_COST] = cost_of(y[i], i, a, e, at)


@rule
def run_strategy(
    s, A, seed, chance, figures, base, private, venue_figures, e, kinds, authors, thinning, crises,
    crisis_draws, linkage, moods, factors, paths, shifts, changed, world, no_pull, world_ideal, turnover, a,
    own, own_next, ideal, pull, x, ti, tf, g, w, status, attempt, pledged, blockers, named, found, near,
    corner, worst, accepting, response, drawn,
):  # fmt: skip
    """Run one strategy in the world at hand."""
    at = (A.issues_at[0], A.issues_at[1], A.issues_at[2])
    horizon, deadline, n_tracks = A.clock[0], A.clock[1], A.n_tracks[s]
    success_share = A.success_share[0]
    open_strategy(
        s, A, figures, private, a, pull, x, ti, tf, g, w, status, attempt, pledged, blockers, named
    )
    y = paths[0]
    set_baselines(a, e, g)
    kept = urgency_decay(e[E_HALF_LIFE])
    p_withdrawal = monthly_probability(e[E_WITHDRAWAL])
    for t in range(horizon):
        g[G_URGENCY] *= kept
        if kinds[t] > 0 or crises[t] >= 0:
            events_and_crises(t, a, e, g, w, kinds, authors, thinning, crises, crisis_draws)
        running = 0
        for m in range(n_tracks):
            running += 1 - ti[m, T_ENDED]
        if running == 0:  # only the environment runs on
            if t + 1 == deadline:
                settle_causes(
                    n_tracks, ti, tf, a, y, x, e, at, A.salience, A.capability, A.initiative_facts,
                    success_share, status, blockers, named,
                )  # fmt: skip
            continue
        recover_trust(a, e[E_TRUST_RETURN])
        if world[U_POSITIONS] <= t:
            extend_positions(
                A, seed, chance, figures, base, e[E_TURNOVER_SD], turnover, no_pull, world_ideal, paths,
                shifts, changed, world, drawn,
            )  # fmt: skip
        if w[W_OWN] == 0:
            y = paths[t]
        else:
            own_positions(
                t, A, figures, base, shifts, changed, pull, ideal, own, own_next, w, drawn
            )
            y = own
        if world[U_MOODS] <= t:
            world[U_MOODS] = extend_moods(
                seed, chance, A.codes, A.loadings, A.rest, A.bloc_codes, e[E_MOOD_PERSISTENCE],
                e[E_MOOD_SD], moods, world[U_MOODS], factors,
            )  # fmt: skip
        w[W_READY] = 0
        for m in range(n_tracks):
            if ti[m, T_ENDED] == 1:
                continue
            if ti[m, T_STARTED] < 0 and not begins(
                m, t, (A.clock[2] + t) // 12, ti, tf, e, venue_figures
            ):
                continue
            initiative = ti[m, T_INITIATIVE]
            if A.initiative_facts[initiative, 0] == KIND_PLEDGES:
                get_ready(t, a, y, e, at, moods, w)
                gather_pledges(
                    m, ti, tf, a, y, e, g, at, A.salience, A.capability, A.member,
                    A.pledge_text[initiative], pledged, w,
                )  # fmt: skip
                continue
            if ti[m, T_ADOPTION] < 0:
                leave_or_stay(
                    m, t, ti, tf, e, venue_figures, A.venue_facts, seed, chance, A.initiative_codes,
                    p_withdrawal,
                )  # fmt: skip
                if ti[m, T_ENDED] == 1:
                    w[W_CHANGED] = 1
                    continue
                rounds = rounds_now(
                    m,
                    t,
                    A.clock[2],
                    ti,
                    A.weeks,
                    e[E_WEEKS_PER_ROUND],
                    venue_figures,
                    A.venue_facts,
                )
                if rounds > 0 and ti[m, T_MANDATED] == 0 and linkage[ti[m, T_VENUE], t] == 0:
                    blocked(m, ti, blockers)
                elif rounds > 0:
                    get_ready(t, a, y, e, at, moods, w)
                    if ti[m, T_MANDATED] == 0:
                        ask_mandate(
                            m, t, (A.clock[2] + t) // 12, ti, tf, a, y, x, e, g, at, A.salience,
                            A.box_low[initiative], A.box_high[initiative], venue_figures, A.member,
                            A.n_members, A.mandate_decision, A.mandate_strict, A.mandate_votes,
                            A.mandate_required, A.remit_low, A.remit_high, blockers, found, near, corner,
                            worst,
                            may_matter(m, t, deadline, ti, A.venue_facts, A.last_meeting),
                        )  # fmt: skip
                    elif hold_rounds(
                        m, t, rounds, A, seed, chance, ti, tf, a, y, x, e, g, at, venue_figures, status,
                        attempt, blockers, found, near, accepting, response,
                    ):  # fmt: skip
                        w[W_CHANGED] = 1
            if ti[m, T_PLEDGES] == 1 and ti[m, T_ROUNDS] > 0 and ti[m, T_FORCE] < 0:
                get_ready(t, a, y, e, at, moods, w)
                gather_pledges(
                    m, ti, tf, a, y, e, g, at, A.salience, A.capability, A.member,
                    A.pledge_text[initiative], pledged, w,
                )  # fmt: skip
            if ti[m, T_ADOPTION] >= 0 and comes_up(m, t, ti, attempt):
                get_ready(t, a, y, e, at, moods, w)
                w[W_CHANGED] = 1
                ratify(
                    m, t, ti, tf, a, y, x, e, g, at, A.salience, seed, chance, A.codes, A.capability,
                    A.initiative_facts, A.force_states, success_share, A.success_states, status, attempt,
                )  # fmt: skip
        for m in range(n_tracks):
            if ti[m, T_PENDING] == 1:
                ti[m, T_PENDING] = 0
                if n_tracks > 1 and e[E_SPILLOVER] != 0.0:
                    spill(m, n_tracks, t, ti, tf, x, e, g, base, shifts, paths, pull, ideal, own, w)
        if w[W_CHANGED] == 1:
            w[W_CHANGED] = 0
            close_month(
                n_tracks, ti, a, x, e, g, at, A.capability, A.initiative_facts, status, pledged
            )
        if t + 1 == deadline:
            get_ready(t, a, y, e, at, moods, w)
            settle_causes(
                n_tracks, ti, tf, a, y, x, e, at, A.salience, A.capability, A.initiative_facts,
                success_share, status, blockers, named,
            )  # fmt: skip


@rule
def draw_world(
    A,
    seed,
    belief,
    chance,
    figures,
    base,
    private,
    venue_figures,
    environment,
    propensity,
    kinds,
    authors,
    thinning,
    crises,
    crisis_draws,
    linkage,
):
    """Draw what the strategies share: the belief's figures, events, crises and linkage."""
    horizon = A.clock[0]
    draw_figures(seed, belief, A.codes, P_IDEAL, A.ideal_low, A.ideal_mode, A.ideal_high, base)
    draw_figures(seed, belief, A.codes, P_ACTOR, A.actor_low, A.actor_mode, A.actor_high, figures)
    draw_figures(
        seed, belief, A.venue_codes, P_VENUE, A.venue_low, A.venue_mode, A.venue_high, venue_figures
    )
    draw_figures(
        seed, belief, A.environment_code, P_ENVIRONMENT, A.environment_low, A.environment_mode,
        A.environment_high, environment,
    )  # fmt: skip
    e = environment[0]
    draw_private(seed, belief, A.codes, A.loadings, A.rest, A.bloc_codes, e[E_PRIVATE_SD], private)
    for i in range(len(propensity)):
        propensity[i] = figures[i, A_PROPENSITY]
    draw_events(
        seed, chance, A.environment_code[0], A.codes, propensity, A.influence, e[E_EVENT_RATE],
        e[E_DELIBERATE_SHARE], e[E_CRISIS_RATE], horizon, kinds, authors, thinning, crises, crisis_draws,
    )  # fmt: skip
    for v in range(len(A.venue_codes)):
        if A.venue_facts[v, 0] < 0:
            for t in range(horizon):
                linkage[v, t] = 1
        else:
            draw_linkage(
                seed, chance, A.venue_codes[v], A.venue_facts[v, 0], venue_figures[v, V_UNBLOCK],
                venue_figures[v, V_BLOCK], venue_figures[v, V_LEADERSHIP], horizon, linkage[v],
            )  # fmt: skip


@rule
def write_out(
    r, c, n_tracks, ti, x, w, capability, status, named, out, out_world, out_text, out_named
):
    """Copy a strategy's ending into the tables of the chunk."""
    out_world[r, c, 0] = w[W_EVENTS]
    out_world[r, c, 1] = w[W_AVOIDED]
    out_world[r, c, 2] = w[W_VIOLATIONS]
    for m in range(n_tracks):
        for column in range(len(_OUT)):
            out[r, c, m, column] = ti[m, _OUT[column]]
        n_parties = held = 0
        for i in range(len(capability)):
            if status[m, i] == PARTY:
                n_parties += 1
                held += capability[i]
            out_named[r, c, m, i] = named[m, i]
        out[r, c, m, len(_OUT)] = n_parties
        out[r, c, m, len(_OUT) + 1] = held
        for k in range(x.shape[1]):
            out_text[r, c, m, k] = x[m, k]


class Workspace(NamedTuple):
    """Scratch of one thread; see the module's docstring for what the short names hold."""

    figures: np.ndarray
    base: np.ndarray
    private: np.ndarray
    venue_figures: np.ndarray
    environment: np.ndarray
    propensity: np.ndarray
    kinds: np.ndarray
    authors: np.ndarray
    thinning: np.ndarray
    crises: np.ndarray
    crisis_draws: np.ndarray
    linkage: np.ndarray
    moods: np.ndarray
    factors: np.ndarray
    paths: np.ndarray
    shifts: np.ndarray
    changed: np.ndarray
    world: np.ndarray
    no_pull: np.ndarray
    world_ideal: np.ndarray
    turnover: np.ndarray
    a: np.ndarray
    own: np.ndarray
    own_next: np.ndarray
    ideal: np.ndarray
    pull: np.ndarray
    x: np.ndarray
    ti: np.ndarray
    tf: np.ndarray
    g: np.ndarray
    w: np.ndarray
    status: np.ndarray
    attempt: np.ndarray
    pledged: np.ndarray
    blockers: np.ndarray
    named: np.ndarray
    found: np.ndarray
    near: np.ndarray
    corner: np.ndarray
    worst: np.ndarray
    accepting: np.ndarray
    response: np.ndarray
    drawn: np.ndarray


def workspace(A) -> Workspace:
    """Return scratch arrays for a scenario; the compiled loop itself allocates nothing."""
    n, k = A.salience.shape
    v, most, horizon = len(A.venue_codes), A.tracks.shape[1], int(A.clock[0])
    real, whole, flag = np.float64, np.int64, np.bool_
    shapes = {
        "figures": ((n, A_TRUST), real), "base": ((n, k), real), "private": (n, real),
        "venue_figures": ((v, len(VENUE_PARAMETERS)), real),
        "environment": ((1, len(ENVIRONMENT_PARAMETERS)), real), "propensity": (n, real),
        "kinds": (horizon, whole), "authors": (horizon, whole), "thinning": (horizon, real),
        "crises": (horizon, whole), "crisis_draws": (horizon, real), "linkage": ((v, horizon), whole),
        "moods": ((horizon, n), real), "factors": ((len(A.bloc_codes), 4), real),
        "paths": ((horizon, n, k), real), "shifts": ((horizon, n, k), real), "changed": (horizon, whole),
        "world": (4, whole), "no_pull": ((n, k), real), "world_ideal": ((n, k), real),
        "turnover": (n, whole),
        "a": ((n, N_ACTOR_COLUMNS), real), "own": ((n, k), real), "own_next": ((n, k), real),
        "ideal": ((n, k), real), "pull": ((n, k), real),
        "x": ((most, k), real), "ti": ((most, N_TRACK_COLUMNS), whole),
        "tf": ((most, N_TRACK_REALS), real), "g": (4, real), "w": (7, whole),
        "status": ((most, n), whole), "attempt": ((most, n), whole), "pledged": ((most, n), flag),
        "blockers": ((most, n), whole), "named": ((most, n), whole), "found": (n, whole),
        "near": (k, real), "corner": (k, real), "worst": (k, real), "accepting": (n, flag),
        "response": (n, whole), "drawn": (n, real),
    }  # fmt: skip
    return Workspace(**{name: np.zeros(shape, kind) for name, (shape, kind) in shapes.items()})


def run_chunk(A, W, seed, beliefs, chances, strategies, out, out_world, out_text, out_named):
    """Run every strategy in every world of a chunk.

    Parameters
    ----------
    A : Arrays
    W : Workspace
    seed : uint64
    beliefs, chances : (R,) uint64 arrays
        The worlds; a plain run has both equal to the replicate's number.
    strategies : (C,) int64 array
        Places of the strategies to run.
    out : (R, C, M, N_OUT) int64
        Columns ``OUT_COLUMNS``, then the number of parties and their capability in millionths.
    out_world : (R, C, 3) int64
        Events, events avoided, violations.
    out_text : (R, C, M, K) float64
    out_named : (R, C, M, N) uint8
        The term's number plus one of each actor named in the cause.
    """
    for r in range(len(chances)):
        draw_world(
            A, seed, beliefs[r], chances[r], W.figures, W.base, W.private, W.venue_figures, W.environment,
            W.propensity, W.kinds, W.authors, W.thinning, W.crises, W.crisis_draws, W.linkage,
        )  # fmt: skip
        for column in range(len(W.world)):
            W.world[column] = 0
        for i in range(len(W.turnover)):
            u = uniform(seed, chances[r], A.codes[i], P_TURNOVER, 0)
            W.turnover[i] = waiting_months(u, W.figures[i, A_TURNOVER])
        for c in range(len(strategies)):
            s = strategies[c]
            run_strategy(
                s, A, seed, chances[r], W.figures, W.base, W.private, W.venue_figures, W.environment[0],
                W.kinds, W.authors, W.thinning, W.crises, W.crisis_draws, W.linkage, W.moods, W.factors,
                W.paths, W.shifts, W.changed, W.world, W.no_pull, W.world_ideal, W.turnover, W.a, W.own,
                W.own_next, W.ideal, W.pull, W.x, W.ti, W.tf, W.g, W.w, W.status, W.attempt, W.pledged,
                W.blockers, W.named, W.found, W.near, W.corner, W.worst, W.accepting, W.response,
                W.drawn,
            )  # fmt: skip
            write_out(
                r, c, A.n_tracks[s], W.ti, W.x, W.w, A.capability, W.status, W.named, out, out_world,
                out_text, out_named,
            )  # fmt: skip
