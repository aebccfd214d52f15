"""Venue classes of historical cases as profiles: calendar, informality, cost of isolation, rule."""

from __future__ import annotations

from dataclasses import dataclass

from negotiation_sim.catalogue import schema
from negotiation_sim.model.terms import DecisionRule
from negotiation_sim.studies.history.parsing import Rule

_CONSENSUS = Rule(DecisionRule.CONSENSUS)
_TWO_THIRDS = Rule(DecisionRule.QUALIFIED_MAJORITY, (2, 3))
_MAJORITY = Rule(DecisionRule.SIMPLE_MAJORITY)
_OPT_IN = Rule(DecisionRule.OPT_IN)
MONTHLY = dict.fromkeys(range(1, 13), 1.0)


@dataclass(frozen=True)
class Profile:
    """What a class of venues has in common.

    ``weeks`` are meeting weeks by calendar month that one item gets: a standing body shares its
    sessions among many. ``rule`` applies where a case names none. ``standing`` bodies meet whether
    or not there is a text; others were convened for one.
    """

    weeks: dict[int, float]
    informality: float
    isolation: float = 0.1
    rule: Rule = _CONSENSUS
    min_participation: float = 0.3
    standing: bool = False


PROFILES = {
    "CD": Profile({3: 1, 6: 1, 8: 1}, 0.1, 0.05, standing=True),
    "COPUOS": Profile({3: 1, 6: 1}, 0.3, standing=True),
    "UN_consensus_body": Profile({4: 1, 10: 1}, 0.3, standing=True),
    "treaty_body": Profile({5: 1, 11: 1}, 0.3, standing=True),
    "UN_conf_consensus": Profile({2: 2, 5: 1, 9: 2}, 0.5),
    "UN_conf_vote": Profile({2: 2, 5: 1, 9: 2}, 0.5, 0.05, _TWO_THIRDS),
    "UNGA_vote": Profile({10: 4, 11: 1}, 0.5, 0.05, _MAJORITY),
    "UNSC": Profile(MONTHLY, 0.6, 0.1, Rule(DecisionRule.QUALIFIED_MAJORITY, (3, 5), veto=True)),
    "GGE": Profile({2: 1, 4: 1, 7: 1, 10: 1}, 0.5),
    "OEWG": Profile({3: 1, 5: 1, 9: 1}, 0.5, 0.05),
    "adhoc_consensus": Profile({2: 1, 4: 1, 8: 2, 11: 1}, 0.6),
    "adhoc_likeminded": Profile({2: 0.6, 4: 0.4, 6: 0.8, 9: 2.6}, 0.6, 0.0, _OPT_IN),
    "adhoc_vote": Profile({2: 2, 6: 2, 9: 1}, 0.6, 0.05, _TWO_THIRDS),
    "bilateral": Profile(MONTHLY, 0.5),
    "council": Profile(MONTHLY, 0.5, 0.1, _TWO_THIRDS),
    "informal_group": Profile({2: 1, 6: 1, 10: 1}, 0.9),
}
UNKNOWN = "adhoc_consensus"

# Where the class is not one of the above: the first word of it that fits.
WORDS = (
    ("disarmament", "CD"), ("copuos", "COPUOS"), ("security council", "UNSC"), ("unsc", "UNSC"), ("council", "council"),
    ("gge", "GGE"), ("expert", "GGE"), ("oewg", "OEWG"), ("working group", "OEWG"),
    ("unga", "UNGA_vote"), ("assembly", "UNGA_vote"), ("bilateral", "bilateral"),
    ("likeminded", "adhoc_likeminded"), ("like-minded", "adhoc_likeminded"),
    ("opt", "adhoc_likeminded"), ("informal", "informal_group"),
    ("treaty", "treaty_body"), ("review", "treaty_body"),
    ("conf_vote", "UN_conf_vote"), ("conf", "UN_conf_consensus"),
    ("body", "UN_consensus_body"), ("un_", "UN_consensus_body"), ("adhoc_vote", "adhoc_vote"),
)  # fmt: skip


def class_of(name: str) -> str:
    """Return the known class nearest in name; ad hoc consensus where nothing fits.

    Examples
    --------
    >>> class_of("un_CONF_consensus"), class_of("Review conference"), class_of("")
    ('UN_conf_consensus', 'treaty_body', 'adhoc_consensus')
    """
    folded = {known.casefold(): known for known in PROFILES}
    word = name.strip().casefold()
    if word in folded:
        return folded[word]
    return next((known for part, known in WORDS if part in word), UNKNOWN)


def profile_of(name: str) -> Profile:
    """Return the profile of a venue class."""
    return PROFILES[class_of(name)]


def rule_in(said: Rule | None, venue_class: str) -> Rule:
    """Return the decision rule of a row: its own, else that of its venue's class."""
    return said or profile_of(venue_class).rule


def decision_of(rule: Rule, powers: list[str]) -> schema.Procedure:
    """Return a class of rule as a venue's decision; a veto makes the seated powers required."""
    quota = list(rule.quota or (2, 3)) if rule.rule == DecisionRule.QUALIFIED_MAJORITY else None
    required = powers if rule.veto else []
    facts = {"rule": rule.rule.name.lower(), "quota": quota, "required": required}
    return schema.Procedure.model_validate(facts)
