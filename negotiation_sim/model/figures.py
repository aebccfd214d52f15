"""Every figure, declared once: its owner, name, mechanism, unit, role, bounds, meaning and default.

The schema's fields, the bounds that overrides and sweeps keep to, the arrays of both engines, the
tables of docs/model.md, docs/reference.md and the arguments that tests give to rules are made from
what stands here. What a value rests on stands with the value, in ``actors/``, ``venues/`` and
``experiments/``.

The order of ``ACTOR``, ``VENUE`` and ``ENVIRONMENT`` is the order of the arrays, and a figure's
place in it is part of the counter of its random number: a new figure goes to the end of its tuple,
and none ever changes its place. Otherwise every seeded number moves.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Literal, NamedTuple

Owner = Literal["actor", "venue", "initiative", "track", "experiment", "environment"]
Role = Literal["fixed", "calibrated", "swept"]
INFINITY = float("inf")
LEAST, MOST = 1e-12, 1e12  # of a figure without a natural limit


class Bounds(NamedTuple):
    """Lowest and highest value allowed; with ``above`` the lowest itself is not."""

    low: float
    high: float
    above: bool = False

    def words(self) -> str:
        """Return the bounds as tables show them.

        Examples
        --------
        >>> Bounds(0.0, 5.0).words(), Bounds(0.0, 1e12).words(), Bounds(1e-12, 1e12).words()
        ('0 to 5', '0 or more', 'above 0')
        """
        if self.low == -INFINITY and self.high == INFINITY:
            return "any"
        above = self.above or self.low == LEAST
        low = 0.0 if self.low == LEAST else self.low
        if self.high >= MOST:
            return f"above {low:g}" if above else f"{low:g} or more"
        return f"above {low:g}, to {self.high:g}" if above else f"{low:g} to {self.high:g}"


SHARE, SIGNED = Bounds(0.0, 1.0), Bounds(-1.0, 1.0)
NOT_NEGATIVE, POSITIVE = Bounds(0.0, MOST), Bounds(LEAST, MOST)
ANY = Bounds(-INFINITY, INFINITY)


@dataclass(frozen=True)
class Declaration:
    """What is true of a figure whatever its value.

    Parameters
    ----------
    owner : {'actor', 'venue', 'initiative', 'track', 'experiment', 'environment'}
        Whose figure it is; those of the environment are the process parameters.
    name : str
        As in files, columns and code; a dot leads through a record.
    mechanism : str
        The mechanism at home with it, M1 to M22 of docs/model.md; others may read it too. Empty
        where none does.
    unit : str
    role : {'fixed', 'calibrated', 'swept'}
        Whether it sets a scale, is fitted to historical cases, or is uncertain and may be varied.
    bounds : Bounds
        What any file, override or sweep may set.
    meaning : str
    default : float, optional
        The value where a file gives none. Process parameters have theirs in
        ``experiments/environment.yaml``, with what they rest on.
    note : str
        Why this default.
    drawn : bool
        Whether a belief draws it where it has a range.
    """

    owner: Owner
    name: str
    mechanism: str
    unit: str
    role: Role
    bounds: Bounds
    meaning: str
    default: float | None = None
    note: str = ""
    drawn: bool = False

    @property
    def field(self) -> str:
        """Return the name within the innermost record."""
        return self.name.rpartition(".")[2]


_actor, _venue = partial(Declaration, "actor"), partial(Declaration, "venue")
_drawn_actor = partial(Declaration, "actor", drawn=True)
_drawn_venue = partial(Declaration, "venue", drawn=True)
_initiative, _track = partial(Declaration, "initiative"), partial(Declaration, "track")
_experiment = partial(Declaration, "experiment")
_process = partial(Declaration, "environment", drawn=True)

# Drawn from its range in every belief, in array order: new ones go to the end.
ACTOR = (
    _drawn_actor("margin", "M2", "satisfaction", "calibrated", SHARE,
        "what a text must be better than none by", 0.05,
        "the cost of committing oneself; provisional: seen, a trial's figure"),
    _drawn_actor("flexibility", "M3", "ratio", "fixed", POSITIVE,
        "multiplies the pace of concession",
        1.0, "mean flexibility is fixed at 1; pace carries the scale"),
    _drawn_actor("susceptibility", "M4", "share", "swept", SHARE,
        "weight of others' positions in one's own", 0.0, "no influence unless stated"),
    _drawn_actor("verification_demand", "M1", "share", "swept", SHARE,
        "what unverified binding scope costs it", 0.0, "none unless stated"),
    _drawn_actor("missile_defence_stake", "M1", "share", "swept", SHARE,
        "interests a binding text may touch", 0.0, "none unless stated"),
    _drawn_actor("weapons_concern", "M1", "share", "swept", SHARE,
        "concern about weapons in space", 0.0, "none unless stated"),
    _drawn_actor("debris_concern", "M1", "share", "swept", SHARE,
        "concern about debris", 0.0, "none unless stated"),
    _drawn_actor("trust", "M12", "trust", "swept", SHARE,
        "own baseline of trust, and trust at the start", 0.5, "neutral baseline unless stated"),
    _drawn_actor("ratification_threshold", "M15", "satisfaction", "swept", SIGNED,
        "domestic hurdle of a treaty", 0.0, "no more than to be better than none"),
    _drawn_actor("executive_threshold", "M15", "satisfaction", "swept", SIGNED,
        "hurdle of an executive agreement", 0.0, "no more than to be better than none"),
    _drawn_actor("ratification_delay", "M15", "months", "swept", POSITIVE,
        "median delay of ratification", 58.0, "median of 11,861 ratifications of 286 treaties"),
    _drawn_actor("turnover_rate", "M14", "per year", "swept", NOT_NEGATIVE,
        "hazard of a change of government", 0.25, "one change of government in four years"),
    _drawn_actor("test_propensity", "M11", "weight", "swept", NOT_NEGATIVE,
        "share in authorship of events", 0.0, "author of no event unless stated"),
    _drawn_actor("stake", "M6", "share", "swept", SHARE,
        "what it has in the matter; weighs its deficits", 1.0, "the whole stake unless stated"),
    _drawn_actor("technical_means", "M1", "scope", "swept", SHARE,
        "scope that its own technical means can verify beyond what all can see", 0.0,
        "none unless stated"),
)  # fmt: skip

ACTOR_OTHERS = (
    _actor("capability", "M5", "weight", "fixed", NOT_NEGATIVE,
        "influence, scaled to shares of the cast"),
    _actor("ideal_point", "M1", "issue units", "swept", SHARE, "the text it would write alone",
        drawn=True),
    _actor("salience", "M1", "weight", "swept", NOT_NEGATIVE,
        "weight of each issue, scaled to sum one"),
    _actor("blocs", "M1", "loading", "swept", SHARE,
        "loading of its private draw and moods on a bloc's"),
    _actor("resources", "", "various", "fixed", ANY,
        "what capability is made of; no engine reads it"),
    _actor("unga_ideal_point", "", "Voeten scale", "fixed", ANY,
        "ties of states without a measured one"),
)  # fmt: skip

# Drawn from its range in every belief, in array order: new ones go to the end.
VENUE = (
    _drawn_venue("informality", "M3", "share", "swept", SHARE,
        "off the record: quickens concessions"),
    _drawn_venue("isolation", "M6", "satisfaction", "calibrated", SHARE,
        "cost of being the only one to object", 0.1, "cost of being the one that blocks"),
    _drawn_venue("setup_months", "M9", "months", "swept", NOT_NEGATIVE,
        "from seating to the first possible meeting", 0.0, "the venue stands"),
    _drawn_venue("remit_cost", "M10", "satisfaction per unit", "swept", NOT_NEGATIVE,
        "cost of text outside the remit",
        0.5, "utility lost per unit of distance outside the remit"),
    _drawn_venue("convene_share", "M8", "share", "swept", SHARE,
        "of members, to convene an opt-in body", 0.5, "half of the members convene an opt-in body"),
    _drawn_venue("min_participation", "M7", "share", "swept", SHARE,
        "of members' capability, to adopt by opt-in", 0.5, "half of the members' capability"),
    _drawn_venue("unblock_rate", "M8", "per year", "swept", NOT_NEGATIVE,
        "hazard that linkage is resolved", 0.0, "no linkage"),
    _drawn_venue("block_rate", "M8", "per year", "swept", NOT_NEGATIVE,
        "hazard that linkage returns", 0.0, "no linkage"),
    _drawn_venue("leadership", "M8", "ratio", "swept", NOT_NEGATIVE,
        "multiplies unblock_rate, and quickens concessions", 1.0, "the record so far"),
    _drawn_venue("term_months", "M8", "months", "swept", Bounds(0.0, 1200.0),
        "time a mandate is given; 0 is no term", 0.0, "no term unless stated"),
    _drawn_venue("min_participants", "M7", "share", "swept", SHARE,
        "of members, to adopt by opt-in; two states at least", 0.0, "two states"),
)  # fmt: skip

VENUE_OTHERS = (
    _venue("calendar.weeks", "M9", "weeks", "fixed", Bounds(0.0, 5.0),
        "of formal meetings, per calendar month"),
    _venue("decision.quota", "M7", "fraction", "fixed", Bounds(0.5, 1.0, above=True),
        "of a qualified majority, as [part, whole]"),
    _venue("decision.weights", "M7", "votes", "fixed", Bounds(1.0, INFINITY),
        "votes of members that have more than one"),
    _venue("convening", "M22", "satisfaction", "swept", SHARE,
        "what it takes a state to accept the forum itself, whatever the text", drawn=True),
    _venue("capability", "M7", "weight", "fixed", NOT_NEGATIVE,
        "of a state in this venue, where it is another than in general"),
)  # fmt: skip

INITIATIVE = (
    _initiative("text", "", "issue units", "fixed", SHARE, "the chair's first text"),
    _initiative("pledge", "M13", "issue units", "fixed", SHARE,
        "text of the interim pledges that go with it"),
    _initiative("status_quo", "M2", "issue units", "swept", SHARE,
        "what is in force without it, where not the experiment's", drawn=True),
    _initiative("declared", "M4", "signed strength", "swept", SIGNED,
        "who has declared itself for it or against it"),
    _initiative("entry_into_force.ratifiers", "M15", "states", "fixed", NOT_NEGATIVE,
        "ratifications needed", 0.0, "no minimum number"),
    _initiative("entry_into_force.capability_share", "M15", "share", "fixed", SHARE,
        "share of the cast's capability that must ratify", 0.0, "no minimum share"),
)  # fmt: skip

TRACK = (
    _track("start", "M16", "months", "fixed", Bounds(0.0, INFINITY),
        "when the track may begin", 0.0),
    _track("weight", "M21", "weight", "swept", NOT_NEGATIVE,
        "weight of an item in its package", 1.0, "all items alike"),
    _track("term_months", "M8", "months", "swept", Bounds(0.0, 1200.0),
        "time the mandate is given, where not the venue's; 0 is no term"),
    _track("patience", "M17", "months", "fixed", Bounds(1.0, INFINITY),
        "from its start until it moves to its fallback", 36.0),
)  # fmt: skip

EXPERIMENT = (
    _experiment("status_quo", "M2", "issue units", "swept", SHARE,
        "the text in force without an agreement", drawn=True),
    _experiment("cohesion", "M20", "share", "swept", SHARE,
        "how far a group's members move together", 0.0, "each for itself unless coded"),
    _experiment("deadline_years", "M18", "years", "fixed", Bounds(0.0, 100.0, above=True),
        "what is timely", 5.0),
    _experiment("success_share", "M18", "share", "swept", SHARE,
        "of the cast's capability, to succeed", 0.6, "three fifths of the cast's capability"),
    _experiment("horizon_years", "M18", "years", "fixed", Bounds(0.0, 100.0, above=True),
        "where a world ends; what is left is censored", 15.0),
)  # fmt: skip

# Process parameters, drawn from their ranges, in array order: new ones go to the end.
ENVIRONMENT = (
    _process("event_rate", "M11", "per month", "swept", Bounds(0.0, 0.2),
        "hazard of a debris-generating event"),
    _process("deliberate_share", "M11", "share", "swept", SHARE,
        "chance that an event is a deliberate test"),
    _process("event_urgency", "M11", "urgency", "fixed", SHARE, "what an event adds to urgency"),
    _process("urgency_half_life", "M11", "months", "swept", Bounds(1.0, 120.0),
        "half-life of urgency"),
    _process("urgency_effect", "M1", "satisfaction", "swept", SHARE,
        "disposition gained at full urgency and concern"),
    _process("test_trust_cost", "M12", "trust", "swept", SHARE, "trust lost by a deliberate test"),
    _process("breach_trust_cost", "M12", "trust", "swept", SHARE,
        "trust lost when a pledge or agreement is broken (by a test, instead of "
        "test_trust_cost; in a crisis, in addition)"),
    _process("crisis_rate", "M11", "per month", "swept", Bounds(0.0, 0.2), "hazard of a crisis"),
    _process("crisis_trust_cost", "M12", "trust", "swept", SHARE, "trust lost by a crisis"),
    _process("breach_probability", "M19", "probability", "swept", SHARE,
        "chance that an adherent breaks its text in a crisis"),
    _process("breach_form", "M19", "probability per unit of form", "swept", SIGNED,
        "how that chance changes with form"),
    _process("pledge_effect", "M13", "share", "swept", SHARE, "tests a pledge prevents"),
    _process("adherence_effect", "M19", "share", "swept", SHARE, "tests adherence prevents"),
    _process("trust_return", "M12", "per month", "swept", SHARE,
        "share of the way back to the baseline"),
    _process("pledge_trust", "M12", "trust", "swept", SHARE, "baseline gained when all pledge"),
    _process("agreement_trust", "M12", "trust", "swept", SHARE,
        "baseline gained by an adopted text"),
    _process("turnover_sd", "M14", "issue units", "swept", Bounds(0.0, 0.5),
        "standard deviation of the shift that a change of government draws"),
    _process("private_sd", "M1", "satisfaction", "calibrated", Bounds(0.0, 0.5),
        "standard deviation of a private draw that lasts"),
    _process("mood_sd", "M1", "satisfaction", "calibrated", Bounds(0.0, 0.5),
        "standard deviation of moods"),
    _process("mood_persistence", "M1", "per month", "swept", Bounds(0.0, 0.999),
        "autocorrelation of moods"),
    _process("verification_cost", "M1", "satisfaction", "swept", Bounds(0.0, 3.0),
        "cost of binding scope that cannot be verified"),
    _process("missile_defence_cost", "M1", "satisfaction", "swept", SHARE,
        "cost of binding scope to missile defence"),
    _process("fester", "M1", "satisfaction", "swept", SHARE,
        "cost of setting weapons in space aside"),
    _process("verifiable_scope", "M1", "scope", "swept", SHARE,
        "scope that can be verified without further arrangements"),
    _process("weapons_scope", "M1", "scope", "fixed", SHARE, "scope at which nothing is set aside"),
    _process("breadth", "M3", "per unit of scope", "calibrated", Bounds(0.0, 5.0),
        "how much slower broad texts are"),
    _process("pace", "M3", "per round", "calibrated", Bounds(0.001, 1.0),
        "rate at which aspirations fall"),
    _process("informality_effect", "M3", "ratio", "calibrated", Bounds(0.0, 5.0),
        "gain of pace with informality"),
    _process("chair_step", "M5", "share", "swept", Bounds(0.01, 1.0),
        "step of the chair's revision"),
    _process("chair_error", "M5", "satisfaction", "swept", Bounds(0.0, 0.5),
        "standard deviation of the chair's misreading of a state, where nothing is informal"),
    _process("stake0", "M6", "share", "swept", Bounds(LEAST, 1.0),
        "weight of a deficit where nothing is at stake"),
    _process("mandate_risk", "M8", "share", "swept", SHARE,
        "weight of the worst of the mandate where talks decide by simple majority"),
    _process("deadline_effect", "M3", "share", "calibrated", SHARE,
        "fall of aspirations by the end of a mandate's term"),
    _process("rounds_kept", "M10", "share", "swept", SHARE,
        "rounds kept when a track changes venue"),
    _process("weeks_per_round", "M9", "weeks", "swept", Bounds(0.25, 12.0),
        "meeting weeks that make a round"),
    _process("treaty_threshold", "M15", "form", "fixed", SHARE,
        "form from which a text needs ratification"),
    _process("executive_limit", "M15", "form", "fixed", SHARE,
        "form from which the treaty threshold applies"),
    _process("ratification_sigma", "M15", "log months", "swept", Bounds(0.0, 2.0),
        "spread of ratification delays"),
    _process("domestic_sd", "M15", "satisfaction", "swept", Bounds(0.0, 0.5),
        "standard deviation of the domestic draw"),
    _process("retry_rate", "M15", "per year", "swept", Bounds(0.0, 5.0),
        "hazard of a further attempt to ratify"),
    _process("accession_rate", "M15", "per year", "swept", Bounds(0.0, 5.0),
        "hazard that an outsider reconsiders"),
    _process("withdrawal", "M18", "per year", "calibrated", SHARE,
        "hazard that an effort is given up"),
    _process("spillover", "M16", "signed strength", "swept", SIGNED,
        "effect of an adopted track on the others"),
    _process("spillover_draw", "M16", "share", "swept", SHARE,
        "pull of an adopted text at spillover 1"),
    _process("deadline_power", "M3", "exponent", "swept", Bounds(0.1, 20.0),
        "how late in the term the fall comes"),
    _process("foreclosure", "M1", "satisfaction", "swept", SIGNED,
        "cost of a weak text that takes the place of a stronger one"),
    _process("conflict", "M1", "satisfaction", "swept", SIGNED,
        "cost of a text read otherwise than existing treaties"),
    _process("climate_sd", "M1", "satisfaction", "calibrated", Bounds(0.0, 0.5),
        "standard deviation of the mood common to all"),
    _process("climate_persistence", "M1", "per month", "swept", Bounds(0.0, 0.999),
        "autocorrelation of the mood common to all"),
    _process("declared_draw", "M4", "share", "swept", SHARE,
        "how far a declared power draws those tied to it"),
    _process("pledge_cost", "M13", "satisfaction", "swept", SHARE,
        "what a pledge costs a state that alone tests"),
    _process("interference_probability", "M19", "probability", "swept", SHARE,
        "chance that a state in a crisis tests or interferes where nothing binds it"),
    _process("norm_half_life", "M19", "years", "swept", Bounds(0.1, 1000.0),
        "age of a norm that halves the chance of its breach"),
    _process("ratification_treaty_share", "M15", "share", "swept", SHARE,
        "of the variance of ratification delays, between treaties"),
    _process("ratification_state_share", "M15", "share", "swept", SHARE,
        "of the variance of ratification delays, between states"),
    _process("elaborate_margin", "M8", "share", "swept", SHARE,
        "of the margin that counts in the vote on a mandate to elaborate"),
    _process("explore_margin", "M8", "share", "swept", SHARE,
        "of the margin that counts in the vote on a mandate to explore"),
    _process("leadership_effect", "M3", "exponent", "swept", SHARE,
        "how far a venue's leadership quickens concessions"),
    _process("verifiable_growth", "M1", "scope per year", "swept", SHARE,
        "by how much what all can see grows, as commercial data are shared"),
    _process("interference_gap", "M19", "share", "swept", SHARE,
        "of what adherence prevents, lost where a text does not forbid interference"),
    _process("settlement_effect", "M19", "share", "swept", SHARE,
        "of breaches, prevented by dispute settlement or consultations"),
    _process("universality", "M15", "satisfaction", "swept", SHARE,
        "what a text gains, to who may join it, once all others have"),
    _process("good_faith", "M12", "satisfaction per unit", "swept", SHARE,
        "disposition gained by trust above its own baseline, lost below it"),
    _process("opening_urgency", "M11", "urgency", "swept", SHARE,
        "urgency in the first month, after a recent shock; of dates only its value then counts"),
)  # fmt: skip

FIGURES = (
    *ACTOR_OTHERS, *ACTOR, *VENUE, *VENUE_OTHERS, *INITIATIVE, *TRACK, *EXPERIMENT, *ENVIRONMENT,
)  # fmt: skip
_BY_NAME = {(figure.owner, figure.name): figure for figure in FIGURES}

ACTOR_PARAMETERS = tuple(figure.name for figure in ACTOR)
VENUE_PARAMETERS = tuple(figure.name for figure in VENUE)
ENVIRONMENT_PARAMETERS = tuple(figure.name for figure in ENVIRONMENT)


def declared(owner: Owner, name: str) -> Declaration:
    """Return the declaration of a figure.

    Examples
    --------
    >>> declared("venue", "setup_months").unit
    'months'
    """
    return _BY_NAME[owner, name]


def up_to(declarations: tuple[Declaration, ...], name: str) -> tuple[Declaration, ...]:
    """Return the declarations up to the one of a name, that one included."""
    place = next(i for i, figure in enumerate(declarations) if figure.name == name)
    return declarations[: place + 1]
