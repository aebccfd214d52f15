"""Every figure is declared once, whole and in an order that never changes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from negotiation_sim.catalogue import environment_table, load_setting
from negotiation_sim.catalogue.schema import Figure, Record
from negotiation_sim.model import figures, terms
from negotiation_sim.model.figures import Bounds, Declaration, declared

ROOT = Path(__file__).resolve().parents[2]
EXPERIMENTS = sorted(
    path.stem
    for path in (ROOT / "experiments").glob("*.yaml")
    if path.stem not in ("environment", "sources")
)
NO_MECHANISM = {"resources", "unga_ideal_point", "text"}

# The place of a figure is part of the counter of its random number: these lists only grow, at
# their ends. Whoever has to change anything else here moves every seeded number.
ACTOR_ORDER = [
    "margin", "flexibility", "susceptibility", "verification_demand",
    "missile_defence_stake", "weapons_concern", "debris_concern", "trust",
    "ratification_threshold", "executive_threshold", "ratification_delay", "turnover_rate",
    "test_propensity", "stake", "technical_means",
]  # fmt: skip
VENUE_ORDER = [
    "informality", "isolation", "setup_months", "remit_cost", "convene_share",
    "min_participation", "unblock_rate", "block_rate", "leadership", "term_months",
    "min_participants",
]  # fmt: skip
ENVIRONMENT_ORDER = [
    "event_rate", "deliberate_share", "event_urgency", "urgency_half_life", "urgency_effect",
    "test_trust_cost", "breach_trust_cost", "crisis_rate", "crisis_trust_cost",
    "breach_probability", "breach_form", "pledge_effect", "adherence_effect", "trust_return",
    "pledge_trust", "agreement_trust", "turnover_sd", "private_sd", "mood_sd", "mood_persistence",
    "verification_cost", "missile_defence_cost", "fester", "verifiable_scope", "weapons_scope",
    "breadth", "pace", "informality_effect", "chair_step", "chair_error", "stake0",
    "mandate_risk", "deadline_effect", "rounds_kept", "weeks_per_round", "treaty_threshold",
    "executive_limit", "ratification_sigma", "domestic_sd", "retry_rate", "accession_rate",
    "withdrawal", "spillover", "spillover_draw", "deadline_power", "foreclosure", "conflict",
    "climate_sd", "climate_persistence", "declared_draw", "pledge_cost",
    "interference_probability", "norm_half_life", "ratification_treaty_share",
    "ratification_state_share", "elaborate_margin", "explore_margin",
]  # fmt: skip


@pytest.mark.parametrize(
    ("parameters", "order"),
    [
        (figures.ACTOR_PARAMETERS, ACTOR_ORDER),
        (figures.VENUE_PARAMETERS, VENUE_ORDER),
        (figures.ENVIRONMENT_PARAMETERS, ENVIRONMENT_ORDER),
    ],
    ids=["actor", "venue", "environment"],
)
def test_a_drawn_figure_keeps_its_place(parameters, order):
    assert list(parameters[: len(order)]) == order


def test_the_terms_hold_the_same_names():
    assert terms.ACTOR_PARAMETERS is figures.ACTOR_PARAMETERS
    assert terms.VENUE_PARAMETERS is figures.VENUE_PARAMETERS
    assert terms.ENVIRONMENT_PARAMETERS is figures.ENVIRONMENT_PARAMETERS


def test_a_figure_is_declared_once():
    names = [(figure.owner, figure.name) for figure in figures.FIGURES]
    assert len(names) == len(set(names)) > 80
    alike = {(figure.name, figure.unit, figure.bounds) for figure in figures.FIGURES}
    plain = {figure.name for figure in figures.FIGURES}
    assert len(alike) == len(plain)  # docs and tests name a figure without its owner


@pytest.mark.parametrize("figure", figures.FIGURES, ids=lambda f: f"{f.owner}.{f.name}")
def test_a_declaration_is_whole(figure: Declaration):
    assert figure.unit and figure.meaning
    assert not figure.meaning.endswith(".")
    assert figure.bounds.low < figure.bounds.high
    if figure.name in NO_MECHANISM:
        assert not figure.mechanism
    else:
        assert re.fullmatch(r"M([1-9]|1\d|2[0-2])", figure.mechanism)
    if figure.default is not None:
        low, high, above = figure.bounds
        assert low < figure.default <= high if above else low <= figure.default <= high
        assert figure.note or figure.name in (
            "start",
            "patience",
            "deadline_years",
            "horizon_years",
        )
    else:
        assert not figure.note


def test_process_parameters_have_their_default_in_their_file():
    assert all(figure.default is None for figure in figures.ENVIRONMENT)
    for name, entry in environment_table(ROOT).items():
        low, high, _ = declared("environment", name).bounds
        assert all(low <= value <= high for value in (entry.value, *(entry.range or ()))), name


def within(record: Record, owner: str, prefix: str = "") -> int:
    """Check the figures of a record against their declarations; return how many there were."""
    count = 0
    for field in type(record).model_fields:
        node = getattr(record, field)
        found = node.values() if isinstance(node, dict) else [node]
        if isinstance(node, Record) and not isinstance(node, Figure):
            count += within(node, owner, f"{prefix}{field}.")
        for figure in found:
            if isinstance(figure, Figure):
                low, high, _ = declared(owner, prefix + field).bounds
                assert all(low <= x <= high for x in (figure.value, *(figure.range or ()))), field
                count += 1
    return count


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_every_figure_of_the_catalogue_is_declared_and_within_bounds(name):
    setting = load_setting(name, root=ROOT)
    count = within(setting.success, "experiment")
    for owner, records in (
        ("actor", setting.actors), ("venue", setting.venues), ("initiative", setting.initiatives),
    ):  # fmt: skip
        count += sum(within(record, owner) for record in records.values())
    assert count > 100


def test_bounds_in_words():
    said = {
        Bounds(0.0, 1.0): "0 to 1", Bounds(0.0, 1e12): "0 or more", Bounds(1e-12, 1e12): "above 0",
        Bounds(0.0, 100.0, above=True): "above 0, to 100", figures.ANY: "any",
        Bounds(1.0, figures.INFINITY): "1 or more",
    }  # fmt: skip
    assert {bounds: bounds.words() for bounds in said} == said
