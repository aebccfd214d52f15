"""Settings built so that we know who or what stands in the way, and what would mend it."""

from __future__ import annotations

import math

from helpers import settings as s

TEXT = {"form": 0.2, "scope": 0.2}
PINNED = {issue: [0.2, 0.2] for issue in TEXT}
NAMES = ("AAA", "BBB", "CCC", "DDD")
PACE, DEADLINE_YEARS = 0.2, 5.0


def content(name: str, **changes):
    """Return an actor that wants the very text on the table."""
    return s.actor(name, TEXT, **changes)


def scene(actors, venue=None, initiative=None, track=None, environment=None, **changes):
    """Return a setting of one strategy without chance; the text can go nowhere."""
    venue = venue or s.venue("hall")
    initiative = initiative or s.initiative("text", TEXT, PINNED)
    success = {"deadline_years": DEADLINE_YEARS} | changes.pop("success", {})
    return s.setting(
        actors, [venue], [initiative], [[{"initiative": "text", "venue": venue.id} | (track or {})]],
        environment=s.environment(pace=PACE, **(environment or {})), horizon_years=10.0,
        success=s.schema.Success(**success), **changes,
    )  # fmt: skip


VETO_IDEAL = {"form": 0.2, "scope": 0.6}
VETO_VALUE = 1.0 - math.sqrt(0.5 * 0.4 * 0.4)  # satisfaction of the veto player with the text
VETO_WITHOUT = 1.0 - math.sqrt(0.5 * 0.2 * 0.2 + 0.5 * 0.6 * 0.6)  # with nothing at all
VETO_MARGIN = 0.3


def veto_player():
    """Four states are content; ZED will not have it under consensus.

    ZED's satisfaction with the text, the same at every corner of the mandate, is ``VETO_VALUE``.
    """
    zed = s.actor("ZED", VETO_IDEAL, margin=VETO_MARGIN)
    return scene([*(content(name) for name in NAMES), zed], s.venue("hall", isolation=0.0))


def veto_margin_that_passes() -> float:
    """Return the highest margin with which ZED accepts (M2): what the text is worth beyond nothing.

    The mandate holds one text, so that nobody insists on more than it (M3).
    """
    return VETO_VALUE - VETO_WITHOUT


UNBLOCK = 0.2


def linkage():
    """All are content; the venue is blocked by a dispute over other items until the chain opens."""
    hall = s.venue("hall", linkage="blocked", unblock_rate=UNBLOCK, block_rate=0.0)
    return scene([content(name) for name in NAMES], hall)


def linkage_success(leadership: float = 1.0) -> float:
    """Return P: the chain opens in time for a mandate and the first rounds that agree."""
    months = 12 * DEADLINE_YEARS - 1.0  # in the month after the mandate the content agree
    return 1.0 - math.exp(-UNBLOCK * leadership * months / 12.0)


RATIFIER_VALUE = VETO_VALUE
RATIFIER_HURDLE, RATIFIER_MARGIN = 0.25, 0.05


def missing_ratifier():
    """All would adopt a binding text; ZED, which must be in, is kept out by its domestic hurdle."""
    zed = s.actor(
        "ZED", VETO_IDEAL, margin=RATIFIER_MARGIN, ratification_threshold=RATIFIER_HURDLE,
        ratification_delay=3.0,
    )  # fmt: skip
    initiative = s.initiative(
        "text", TEXT, PINNED, binding=True,
        entry_into_force=s.schema.EntryIntoForce(states=["ZED"]),
    )  # fmt: skip
    actors = [content(name, ratification_delay=3.0) for name in NAMES]
    return scene(
        [*actors, zed], s.venue("hall", isolation=0.0), initiative,
        environment={"treaty_threshold": 0.1, "executive_limit": 0.1},
    )  # fmt: skip


def ratifier_hurdle_that_passes() -> float:
    """Return the highest domestic threshold with which ZED ratifies (M15)."""
    return RATIFIER_VALUE - (VETO_WITHOUT + RATIFIER_MARGIN)
