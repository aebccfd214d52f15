"""The schema's fields are those declared, in the order that manifests have always had."""

from __future__ import annotations

import typing

import pytest
from pydantic import AfterValidator

from negotiation_sim.catalogue import schema
from negotiation_sim.catalogue.schema import Figure, Within, assumed
from negotiation_sim.model import figures
from negotiation_sim.model.figures import declared

# Fields in the order of a dump: it enters manifests and so the id of a run.
ORDER = {
    schema.Actor: [
        "id", "name", "groups", "provenance", "capability", "resources", "unga_ideal_point",
        "ideal_point", "salience", "margin", "flexibility", "susceptibility",
        "verification_demand", "missile_defence_stake", "weapons_concern", "debris_concern",
        "trust", "ratification_threshold", "executive_threshold", "ratification_delay",
        "turnover_rate", "turnover_dates", "test_propensity", "blocs", "evidence",
    ],
    schema.Venue: [
        "id", "name", "description", "members", "membership_source", "decision", "mandate",
        "mandate_term", "term_ends", "convening", "universal", "conveners", "convene_share", "min_participation", "calendar", "remit", "remit_cost",
        "informality", "isolation", "setup_months", "linkage", "unblock_rate", "block_rate",
        "leadership", "linked", "adopts", "passes_to", "dissolved",
    ],
    schema.EntryIntoForce: ["ratifiers", "capability_share", "states"],
    schema.Success: ["deadline_years", "success_share", "states"],
}  # fmt: skip
OWNERS = {
    schema.Actor: ("actor", ""), schema.Venue: ("venue", ""),
    schema.EntryIntoForce: ("initiative", "entry_into_force."),
    schema.Initiative: ("initiative", ""), schema.Success: ("experiment", ""),
}  # fmt: skip


@pytest.mark.parametrize("record", ORDER, ids=lambda record: record.__name__)
def test_fields_stand_where_they_always_have(record):
    names = {figure.field for figure in figures.FIGURES}
    further = [name for name in record.model_fields if name not in ORDER[record]]
    assert set(further) <= names | set(record.spared)  # declared since, or left out if unsaid
    assert [name for name in record.model_fields if name not in further] == ORDER[record]


def test_what_is_drawn_is_a_field():
    assert set(figures.ACTOR_PARAMETERS) <= set(schema.Actor.model_fields)
    assert set(figures.VENUE_PARAMETERS) <= set(schema.Venue.model_fields)


def checks(annotation: object, metadata: list[object]) -> list[Within]:
    """Return what a field's type checks of its figure, or of each figure of a mapping."""
    found = [mark.func for mark in metadata if isinstance(mark, AfterValidator)]
    for part in typing.get_args(annotation):
        found += [mark.func for mark in typing.get_args(part) if isinstance(mark, AfterValidator)]
    return [check for check in found if isinstance(check, Within)]


@pytest.mark.parametrize("record", OWNERS, ids=lambda record: record.__name__)
def test_a_field_has_the_bounds_and_the_default_declared(record):
    owner, prefix = OWNERS[record]
    seen = 0
    for name, field in record.model_fields.items():
        kinds = [field.annotation, *typing.get_args(field.annotation)]
        kinds += [inner for kind in kinds for inner in typing.get_args(kind)]
        if Figure not in kinds:
            continue
        seen += 1
        known = declared(owner, prefix + name)
        bounds = [check.bounds for check in checks(field.annotation, field.metadata)]
        assert bounds == ([] if known.bounds == figures.ANY else [known.bounds]), name
        if known.default is not None:
            value = field.get_default(call_default_factory=True)
            assert value == assumed(known.default, known.note), name
    assert seen


def test_a_value_out_of_bounds_is_refused_in_the_same_words():
    trust = {"value": 1.5, "basis": "assumed", "note": "too much"}
    with pytest.raises(ValueError, match=r"1\.5 is not between 0\.0 and 1\.0"):
        schema.Success.model_validate({"success_share": trust})


def test_a_further_figure_becomes_a_field_without_being_named():
    body = {"__annotations__": {"id": str}}
    further = figures.Declaration(
        "venue", "prestige", "M8", "share", "swept", figures.SHARE, "a new one", 0.5, "a note"
    )
    schema._fields(body, [*figures.VENUE, further])
    assert list(body["__annotations__"])[-1] == "prestige"
    assert body["prestige"].default_factory() == assumed(0.5, "a note")
