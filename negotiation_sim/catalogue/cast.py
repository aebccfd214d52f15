"""Who takes part: the cast of an experiment and the members of its venues."""

from __future__ import annotations

from negotiation_sim.catalogue.lookup import Catalogue
from negotiation_sim.catalogue.records import Experiment, MembersOf
from negotiation_sim.catalogue.reports import Origin
from negotiation_sim.catalogue.schema import Venue, courses


def resolve_cast(experiment: Experiment, origin: Origin, catalogue: Catalogue) -> list[str]:
    """Return the codes of the cast; report names that no actor has."""
    cast = experiment.cast
    if cast == "all":
        return catalogue.names("actors")
    if isinstance(cast, MembersOf):
        return _members_of(cast, origin, catalogue)
    known = []
    for index, code in enumerate(cast):
        if code in cast[:index]:
            catalogue.problems.add(origin.error(("cast", index), f"'{code}' stands twice"))
        elif catalogue.require("actors", code, origin, ("cast", index)):
            known.append(code)
    if not cast:
        catalogue.problems.add(origin.error(("cast",), "empty; name at least one actor"))
    return known


def _members_of(cast: MembersOf, origin: Origin, catalogue: Catalogue) -> list[str]:
    codes: set[str] = set()
    if not cast.members_of:
        message = "empty; name at least one venue"
        catalogue.problems.add(origin.error(("cast", "members_of"), message))
    for index, name in enumerate(cast.members_of):
        if catalogue.require("venues", name, origin, ("cast", "members_of", index)):
            venue = catalogue.record("venues", name)
            if venue is not None:
                codes |= set(_members(venue, catalogue))
    return sorted(codes)


def _members(venue: Venue, catalogue: Catalogue) -> list[str]:
    """Return the members there are; report codes that no actor has."""
    if not isinstance(venue.members, list):
        return catalogue.names("actors")
    origin = catalogue.origins[("venues", venue.id)]
    return [
        code
        for index, code in enumerate(venue.members)
        if catalogue.require("actors", code, origin, ("members", index))
    ]


def check_members(venue: Venue, catalogue: Catalogue) -> None:
    """Report codes among a venue's members, votes or required members that no actor has."""
    origin = catalogue.origins[("venues", venue.id)]
    for index, change in enumerate(venue.membership_changes):
        for field in ("joins", "leaves"):
            for place, code in enumerate(getattr(change, field)):
                catalogue.require(
                    "actors", code, origin, ("membership_changes", index, field, place)
                )
    if isinstance(venue.members, list):
        _members(venue, catalogue)
        return  # whether votes are members' is checked within the setting
    for part in ("decision", "mandate"):
        at: tuple[str, ...] = (part,)
        decision = getattr(venue, part)
        while decision is not None:
            for index, code in enumerate(decision.required):
                catalogue.require("actors", code, origin, (*at, "required", index))
            for code in decision.weights:
                catalogue.require("actors", code, origin, (*at, "weights", code))
            decision, at = decision.then, (*at, "then")
    for code in venue.capability:
        catalogue.require("actors", code, origin, ("capability", code))
    for code in venue.convening:
        catalogue.require("actors", code, origin, ("convening", code))
    for (name, *states), _ in courses(venue.changes):
        for each in states:
            catalogue.require("actors", each, origin, ("changes", name, each))
    for index, code in enumerate(venue.conveners):
        catalogue.require("actors", code, origin, ("conveners", index))
