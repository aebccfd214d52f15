"""Every statement of the workshop has a figure that moves something, the way its sentence says.

A row holds a statement as docs/model.md puts it (section B), the experiment and strategy where its
dispute lies, what is set, the output it speaks of and the sign: over the same worlds the mean has to
move that way by 0.02 and by two standard errors, or, where the sign is 0, by less than 0.02.
``where`` is set on both sides. An output with ``@`` is the share of worlds in which a milestone is
reached within so many months.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pytest

from helpers.engines import changed, table
from negotiation_sim import catalogue
from negotiation_sim.catalogue import schema
from negotiation_sim.catalogue.overrides import apply_overrides
from negotiation_sim.catalogue.strategy_names import parse_strategy

N, LEAST = 500, 0.02
AGENDA, PROVISIONS = "bellagio", "bellagio-provisions"
NEW_PRESIDENT, REVIVED = "us-administration", "cd-revived"
MILESTONES = {
    "mandate": "mandate_month", "adoption": "adoption_month", "force": "entry_into_force_month",
    "success": "success_month", "agreed": "agreed_month",
}  # fmt: skip
STRATEGY, WITHOUT, LEAVES = "strategy", "without", "leaves"
EXECUTIVE, TREATY = "ban-executive@adhoc-inclusive", "ban-treaty@adhoc-inclusive"
CODE, CODE_APART, OPEN = "code@COPUOS", "code@adhoc-inclusive", "open@adhoc-inclusive"
CODE_FIRST = "code@adhoc-inclusive+ban-treaty@adhoc-inclusive"
COURT = {  # a treaty with dispute settlement
    "initiatives.ban-treaty.text.form": 1.0, "initiatives.ban-treaty.mandate.box.form.0": 0.95,
}  # fmt: skip
NO_CONSULTATION = {
    "initiatives.code.mandate.box.verification.1": 0.0, "initiatives.code.text.verification": 0.0,
}  # fmt: skip
CRISES = {"environment.crisis_rate": 0.1}
QUICK = {"actors.*.ratification_delay": 18.0}  # so that treaties enter into force at all


class Row(NamedTuple):
    """What a statement says, and what has to move."""

    statement: str
    experiment: str
    strategy: str
    changes: Mapping[str, Any]
    output: str
    sign: int
    where: Mapping[str, Any] = {}
    track: int = 0


def env(**values: float) -> dict[str, float]:
    """Return overrides of the environment."""
    return {f"environment.{name}": value for name, value in values.items()}


def all_actors(**values: float) -> dict[str, float]:
    """Return overrides of a figure of every actor."""
    return {f"actors.*.{name.replace('__', '.')}": value for name, value in values.items()}


def usa(**values: float) -> dict[str, float]:
    """Return overrides of the United States."""
    return {f"actors.USA.{name.replace('__', '.')}": value for name, value in values.items()}


ROWS = [
    # Executive summary
    Row("diplomats of ten states took part", AGENDA, CODE, {WITHOUT: "USA"}, "adoption@60", 1),
    Row("talks off the record, nobody quoted", AGENDA, CODE,
        {"venues.COPUOS.informality": 1.0}, "adoption@60", 1, {"venues.COPUOS.informality": 0.0}),
    Row("talks off the record, nobody quoted", AGENDA, CODE, env(chair_error=0.2), "adoption@180", -1,
        env(chair_error=0.0)),
    Row("new initiatives were meant for 2009, under a new administration in Washington", AGENDA,
        EXECUTIVE, usa(ideal_point__form=0.4, ideal_point__scope=0.35), "mandate@60", 1),
    Row("governments were not committed and would have to move beyond their positions", AGENDA, CODE,
        all_actors(margin=0.15), "adoption@180", -1),
    Row("governments were not committed and would have to move beyond their positions", AGENDA, CODE,
        all_actors(flexibility=2.0), "adoption@60", 1),
    Row("capitals were to consider the proposals; what they think is not known", AGENDA, CODE,
        env(private_sd=0.24), "adoption@180", -1, env(private_sd=0.0)),
    Row("first initiative: agree to negotiate a treaty against testing and using destructive methods",
        NEW_PRESIDENT, TREATY, all_actors(margin=0.1), "mandate@60", -1),
    Row("first initiative: agree to negotiate a treaty against testing and using destructive methods",
        AGENDA, "ban-executive@first-committee", env(mandate_risk=0.5), "mandate@60", -1,
        env(mandate_risk=0.0)),
    Row("second: pledges to abstain until that treaty is complete", AGENDA,
        "ban-treaty@adhoc-optin+pledges", env(pledge_effect=0.0), "events_avoided", -1),
    Row("third: agree to negotiate a code with transparency, confidence-building and a preamble on a "
        "space without weapons", AGENDA, CODE, all_actors(margin=0.15), "mandate@60", -1),
    Row("debris is to many the most pressing threat", AGENDA, EXECUTIVE, env(urgency_effect=0.25),
        "adoption@180", 1, env(urgency_effect=0.0)),
    Row("a ban serves every state whose satellites debris threatens", AGENDA, EXECUTIVE,
        all_actors(debris_concern=1.0), "adoption@180", 1, all_actors(debris_concern=0.0)),
    Row("some states insist on a legally binding treaty", AGENDA, CODE,
        {"actors.RUS.ideal_point.form": 0.4, "actors.CHN.ideal_point.form": 0.4}, "text_form", -1),
    Row("a narrow treaty can be watched by national technical means, the American above all",
        NEW_PRESIDENT, TREATY, usa(technical_means=0.3), "mandate@60", 1,
        usa(technical_means=0.0) | env(verifiable_scope=0.05)),
    Row("a narrow treaty might find both parties and two-thirds of the Senate", NEW_PRESIDENT,
        "ban-treaty@adhoc-optin", usa(ratification_threshold=0.0), "success@180", 1),
    Row("pledges that are kept spare space new debris", AGENDA, "ban-treaty@adhoc-optin+pledges",
        env(pledge_effect=1.0), "events", -1, env(pledge_effect=0.0)),
    Row("pledges that are kept are signs of good faith", AGENDA, EXECUTIVE + "+pledges",
        env(pledge_trust=0.5), "adoption@180", 1, env(pledge_trust=0.0, good_faith=0.5)),
    Row("pledges with the talks met no opposition; they are no substitute for a treaty", AGENDA,
        "pledges@adhoc-optin", env(pledge_cost=0.6), "pledge_coverage", -1, env(pledge_cost=0.0)),
    Row("pledges with the talks met no opposition; they are no substitute for a treaty", AGENDA,
        "pledges@adhoc-optin", {"success.success_share": 0.1}, "timely", 0),
    Row("a code can strengthen and spread norms of responsible behaviour", AGENDA, CODE_APART,
        env(adherence_effect=0.0), "events_avoided", -1),
    Row("a ban on harmful interference gives the rest of a code its worth; without it the rest is "
        "undermined", PROVISIONS, CODE_APART, env(interference_gap=0.8), "violations", 1),
    Row("without such a ban anti-satellite tests come easier", PROVISIONS, CODE_APART,
        env(interference_gap=0.8), "events", 1),
    Row("avoiding interference is a worthy goal, its definition disputed", PROVISIONS, CODE,
        all_actors(ideal_point__interference=0.6), "adoption@60", 1),
    Row("the vision of a space free of weapons matters to some beyond the narrow text", AGENDA, OPEN,
        env(fester=0.6), "text_scope", 1, env(fester=0.0)),
    Row("friends of the code want no treaty, sceptics want only a binding text", AGENDA, CODE_APART,
        all_actors(salience__form=0.05), "adoption@60", 1),
    Row("different elements may go to different venues: a division of labour", AGENDA,
        "ban-treaty@adhoc-optin", {STRATEGY: "ban-treaty@adhoc-optin+pledges+code@COPUOS"},
        "events_avoided", 1),
    Row("a venue is to be judged by how likely it is to succeed in time", AGENDA, CODE,
        {"success.deadline_years": 10.0}, "timely", 1),
    Row("Conference on Disarmament, COPUOS, Paris Group, or a body of its own", AGENDA,
        "code@paris-group", {STRATEGY: CODE}, "adoption@180", 1),
    Row("Conference on Disarmament, COPUOS, Paris Group, or a body of its own", AGENDA, CODE,
        {STRATEGY: "code@adhoc-optin"}, "adoption@60", 1),
    Row("whether success is possible only governments can find out", AGENDA, CODE,
        env(climate_sd=0.3), "adoption@60", 1, env(climate_sd=0.0)),
    # Discussions: how grave, how broad, how binding
    Row("space-based weapons are the most pressing threat to some, ground-based ones to most",
        AGENDA, EXECUTIVE, all_actors(weapons_concern=1.0), "mandate@60", 1,
        all_actors(weapons_concern=0.0)),
    Row("both weaponisation and destructive tests warrant diplomacy, of disputed type and scope",
        AGENDA, OPEN, all_actors(ideal_point__scope=0.4), "adoption@60", 1),
    Row("a treaty or something less formal", AGENDA, TREATY, {STRATEGY: EXECUTIVE}, "force@180", 1),
    Row("broad scope is harder to negotiate", AGENDA, CODE_APART, env(breadth=3.0), "adoption@60", -1,
        env(breadth=0.0)),
    Row("broad scope is harder to carry out and to verify", PROVISIONS, "ppwt@adhoc-inclusive",
        env(verification_cost=0.0), "adoption@180", 1),
    Row("the best agreement would be comprehensive and binding", AGENDA, "ppwt@adhoc-inclusive",
        all_actors(ideal_point__scope=0.9, ideal_point__form=0.9), "success@180", 1),
    Row("the best agreement would be universal", AGENDA, "eu-code@adhoc-optin",
        env(universality=0.2), "success@180", 1),
    Row("the best agreement would be universal", AGENDA, "code@adhoc-optin",
        {"success.success_share": 0.95}, "timely", -1),
    Row("a narrow text sets matters aside, where they fester", AGENDA, OPEN, env(fester=0.5),
        "adoption@180", 1, env(fester=0.0)),
    Row("the PPWT: prevent weapons in orbit and the use of force before a race begins", PROVISIONS,
        "ppwt@adhoc-inclusive", all_actors(weapons_concern=1.0), "mandate@60", 1,
        all_actors(weapons_concern=0.0)),
    Row("its dispute settlement", NEW_PRESIDENT, "ban-treaty@adhoc-optin",
        env(settlement_effect=1.0), "violations", -1, COURT | CRISES | QUICK),
    Row("it leaves research, production and ground-based weapons alone", PROVISIONS,
        "ppwt@adhoc-inclusive", {"initiatives.ppwt.leaves": []}, "mandate@60", 1),
    Row("what it bans is no near-term concern", AGENDA, EXECUTIVE, env(event_rate=0.055),
        "adoption@180", 1, env(event_rate=0.0)),
    Row("binding texts last and are kept more strictly, or not", PROVISIONS, TREATY,
        env(breach_form=0.3), "violations", 1, env(breach_form=-0.3) | CRISES),
    Row("binding texts have as many loopholes as others", NEW_PRESIDENT, TREATY,
        {"initiatives.ban-treaty.leaves": ["loophole"]}, "adoption@180", -1),
    Row("binding texts have as many loopholes as others", AGENDA, CODE_APART,
        {"initiatives.code.leaves": ["loophole"]}, "adoption@180", -1),
    Row("any agreement needs consultations", PROVISIONS, CODE, NO_CONSULTATION, "adoption@180", -1),
    Row("any agreement needs consultations", PROVISIONS, CODE_APART, env(settlement_effect=1.0),
        "violations", -1),
    Row("treaty talks take long and may not conclude", AGENDA, CODE, env(pace=0.015),
        "adoption@180", -1),
    Row("treaty talks take long and may not conclude", AGENDA, CODE, env(withdrawal=0.2),
        "adoption@180", -1),
    Row("lack of verification foreshadows trouble", PROVISIONS, "ppwt@adhoc-inclusive",
        all_actors(verification_demand=1.0), "adoption@180", -1, all_actors(verification_demand=0.0)),
    Row("a treaty that never enters into force improves nothing", NEW_PRESIDENT,
        "ban-treaty@adhoc-optin", {"initiatives.ban-treaty.entry_into_force.ratifiers": 9},
        "events_avoided", -1),
    Row("ratification commits a nation, not just its government", NEW_PRESIDENT,
        "ban-treaty@adhoc-optin", all_actors(ratification_delay=60.0), "force@60", -1, QUICK),
    Row("gaps of the law call for new law", AGENDA, CODE_APART, {"status_quo.scope": 0.2},
        "adoption@60", -1, {"status_quo.scope": 0.0}),
    Row("issues may be met in deliberations, a programme of work, then negotiations", REVIVED,
        "open@CD", {STRATEGY: "discuss-open@CD"}, "mandate@60", 1),
    Row("issues may be met in deliberations, a programme of work, then negotiations", REVIVED,
        "discuss-open@CD", env(explore_margin=1.0), "mandate@60", -1),
    Row("in the United States an executive agreement can equal a treaty", NEW_PRESIDENT, EXECUTIVE,
        usa(executive_threshold=0.225), "success@180", -1),
    Row("technology has many purposes: govern acts that can be seen, not intentions that change",
        PROVISIONS, "ppwt@adhoc-inclusive", env(verification_cost=1.4), "adoption@180", -1,
        env(verification_cost=0.6)),
    Row("technology has many purposes: govern acts that can be seen, not intentions that change",
        AGENDA, EXECUTIVE, env(verification_cost=1.4), "adoption@180", 0, env(verification_cost=0.6)),
    Row("technology has many purposes: govern acts that can be seen, not intentions that change",
        NEW_PRESIDENT, TREATY, env(turnover_sd=0.3), "adoption@180", -1, env(turnover_sd=0.0)),
    # The code
    Row("the European draft code, not yet public", AGENDA, "eu-code@COPUOS", env(declared_draw=0.2),
        "adoption@60", 1, env(declared_draw=0.0)),
    Row("step by step is more feasible", AGENDA, "ppwt@CD", {STRATEGY: "guidelines@COPUOS"},
        "adoption@60", 1),
    Row("a code may ease a later treaty", AGENDA, CODE_FIRST, env(spillover=1.0), "adoption@180", 1,
        track=1),
    Row("a voluntary code is a poor substitute and may undercut binding commitments", AGENDA, CODE,
        env(foreclosure=0.3), "adoption@180", -1),
    Row("a voluntary code is a poor substitute and may undercut binding commitments", AGENDA,
        CODE_FIRST, env(spillover=-1.0), "adoption@180", -1, env(urgency_effect=0.25), track=1),
    Row("a code could be read against existing treaties", AGENDA, CODE, env(conflict=0.4),
        "adoption@180", -1),
    Row("a code could be read against existing treaties", AGENDA, CODE, env(conflict=-0.4),
        "adoption@180", 1),
    Row("will rules hold in crisis or war; some weapons were banned, some targets spared", AGENDA,
        CODE_APART, env(crisis_rate=0.05), "violations", 1),
    Row("will rules hold in crisis or war; some weapons were banned, some targets spared", AGENDA,
        CODE_APART, env(interference_probability=0.5), "events_avoided", 1,
        env(interference_probability=0.15)),
    Row("norms of peacetime make respect likelier, not certain", AGENDA, CODE_APART,
        env(norm_half_life=5.0), "violations", -1, env(norm_half_life=1000.0)),
    Row("nobody could bridge official positions; all spoke for themselves", AGENDA,
        "code@paris-group", {"venues.paris-group.informality": 0.0}, "agreed@60", -1),
    # Avenues of convergence
    Row("nobody spoke for further debris-producing tests", AGENDA, CODE_APART,
        env(deliberate_share=0.0), "events_avoided", -1),
    Row("a narrow treaty as a stepping stone to a comprehensive one", NEW_PRESIDENT,
        EXECUTIVE + "+ppwt@adhoc-inclusive", env(spillover=1.0), "adoption@180", 1, track=1),
    Row("a narrow treaty forestalls the deployment of weapons in space, or does not", AGENDA,
        EXECUTIVE, env(foreclosure=-0.5), "adoption@180", 1, env(foreclosure=0.5)),
    Row("a narrow treaty may be too modest", AGENDA, "ban-executive@adhoc-optin",
        all_actors(weapons_concern=1.0), "adoption@60", -1,
        all_actors(weapons_concern=0.0) | env(foreclosure=0.3)),
    Row("a narrow treaty may touch missile defences, or leave them alone", NEW_PRESIDENT, TREATY,
        all_actors(missile_defence_stake=0.0), "mandate@60", 1),
    Row("a narrow treaty may touch missile defences, or leave them alone", AGENDA, EXECUTIVE,
        env(missile_defence_cost=0.0), "mandate@60", 1),
    Row("acts are banned, capabilities stay; no treaty rules out breakout", AGENDA, EXECUTIVE,
        {"initiatives.ban-executive.leaves": ["capabilities"]}, "mandate@60", -1),
    Row("acts are banned, capabilities stay; no treaty rules out breakout", AGENDA, EXECUTIVE,
        env(breach_probability=0.3), "violations", 1, env(breach_probability=0.0)),
    Row("acts are banned, capabilities stay; no treaty rules out breakout", AGENDA, OPEN,
        env(breach_probability=0.3), "violations", 1, env(breach_probability=0.0)),
    # Venues
    Row("the Conference is deadlocked, has done useful work, and could be revived by leadership",
        AGENDA, "code@CD", {"venues.CD.leadership": 6.0}, "mandate@60", 1),
    Row("the Conference is deadlocked, has done useful work, and could be revived by leadership",
        AGENDA, CODE, {"venues.COPUOS.leadership": 6.0}, "adoption@60", 1),
    Row("COPUOS has achieved much, on debris above all", AGENDA, "guidelines@COPUOS",
        {"status_quo.form": 0.2}, "adoption@60", -1, {"status_quo.form": 0.0}),
    Row("the Paris Group is promising", AGENDA, "guidelines@paris-group", env(rounds_kept=1.0),
        "adoption@60", 1, env(rounds_kept=0.0)),
    Row("commercial data sharing sharpens awareness of what happens in orbit", PROVISIONS,
        "ppwt@adhoc-inclusive", env(verifiable_growth=0.1), "mandate@180", 1),
    Row("bottom-up and top-down are both warranted", AGENDA, CODE,
        {STRATEGY: "code@COPUOS+ban-executive@adhoc-optin"}, "events_avoided", 1),
    Row("bottom-up and top-down are both warranted", AGENDA, "ban-treaty@adhoc-optin",
        {"venues.adhoc-optin.convene_share": 0.9}, "mandate@60", -1),
]  # fmt: skip


def statements() -> dict[str, list[str]]:
    """Return the statements of docs/model.md with the parameters that stand for each."""
    page = Path(__file__).parents[2] / "docs" / "model.md"
    text = page.read_text("utf-8").split("\n## B From the seed to the model\n")[1]
    lines = re.findall(r"^\| (.+) \|$", text.split("\n## ")[0], re.M)[2:]
    rows = [line.split(" | ") for line in lines]
    return {row[0]: re.findall(r"`(.+?)`", row[3]) for row in rows if "none: " not in row[1]}


@cache
def experiment(name: str) -> schema.Setting:
    """Return an experiment of the catalogue."""
    return catalogue.load_setting(name)


def setting_of(name: str, strategy: str, changes: Mapping[str, Any]) -> schema.Setting:
    """Return an experiment of one strategy with some things set."""
    setting = experiment(name)
    known = {each.name: each for each in setting.strategies}
    setting = changed(setting, strategies=[known.get(strategy) or parse_strategy(strategy)])
    figures = {}
    for path, value in changes.items():
        if path == WITHOUT:
            setting = changed(
                setting, actors={i: a for i, a in setting.actors.items() if i != value}
            )
        elif path.endswith(f".{LEAVES}"):
            id = path.split(".")[1]
            initiative = setting.initiatives[id].model_copy(update={LEAVES: value})
            setting = changed(setting, initiatives=setting.initiatives | {id: initiative})
        elif path != STRATEGY:
            figures[path] = value
    return apply_overrides(setting, figures)


def run(row: Row, changes: Mapping[str, Any]) -> pd.Series:
    """Return a row's output in every world."""
    strategy = changes.get(STRATEGY, row.strategy)
    rows = table(setting_of(row.experiment, strategy, {**row.where, **changes}), N)
    rows = rows[rows["track"] == row.track].set_index("chance")
    milestone, at, months = row.output.partition("@")
    if at:
        return (rows[MILESTONES[milestone]] <= int(months)).fillna(False).astype(float)
    return rows[row.output].astype(float)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.statement[:40]} {row.output}")
def test_a_statement_moves_what_it_speaks_of(row):
    before, after = run(row, {}), run(row, row.changes)
    moves = (after - before).dropna()  # a text is compared where both sides adopt one
    assert len(moves) >= N / 4
    mean, error = moves.mean(), moves.std() / np.sqrt(len(moves))
    found = f"{before.mean():.3f} to {after.mean():.3f}: {mean:+.3f}, standard error {error:.4f}"
    if row.sign == 0:
        assert abs(mean) < LEAST, found
    else:
        assert row.sign * mean >= max(LEAST, 2.0 * error), found


def test_every_statement_of_the_table_has_a_row_and_no_other():
    assert set(statements()) == {row.statement for row in ROWS}


@pytest.mark.parametrize("statement", statements())
def test_a_figure_that_the_table_names_is_what_moves_it(statement):
    rows = [row for row in ROWS if row.statement == statement]
    turned = {path for row in rows for path in (*row.changes, *row.where)}
    if not any(path.endswith((STRATEGY, WITHOUT, LEAVES)) for path in turned):  # no figures
        named = [name for name in statements()[statement] if any(name in path for path in turned)]
        assert named, f"{statements()[statement]} beside {sorted(turned)}"
