"""What a strategy is after, in words; and the parts of a track's name."""

from __future__ import annotations

from negotiation_sim.catalogue.schema import Setting, Strategy, Track
from negotiation_sim.words.sentences import listed


def goal_of(strategy: Strategy, setting: Setting) -> str:
    """Return what a strategy is after: its initiatives, pledges left out where there are others.

    Two strategies are fairly compared where this is the same. Tracks are counted from 1, as in
    the story; ``succeeds_when`` in a file counts them from 0.
    """
    wanted = [track.initiative for track in strategy.tracks]
    agreed = [i for i in wanted if setting.initiatives[i].kind != "pledges"] or wanted
    joined = " + ".join(dict.fromkeys(agreed))
    if len(agreed) < 2:
        return joined
    rule = strategy.succeeds_when
    said = rule if isinstance(rule, str) else "tracks " + " ".join(str(n + 1) for n in rule)
    return f"{joined} ({said})"


def track_parts(name: str) -> tuple[str, str]:
    """Return the initiative and the venue of a track by its name; of an item, what it goes with.

    Examples
    --------
    >>> track_parts("ppwt@CD>adhoc-inclusive"), track_parts("ppwt (ban-treaty&ppwt@CD)")
    (('ppwt', 'CD>adhoc-inclusive'), ('ppwt', 'CD, with ban-treaty'))
    """
    own, joined, package = name.partition(" (")
    if not joined:
        own, _, venue = name.partition("@")
        return own, venue
    items, _, venue = package.removesuffix(")").partition("@")
    others = [item for item in items.split("&") if item != own]
    return own, f"{venue}, with {listed(others)}" if others else venue


def packages_of(strategy: Strategy) -> list[list[Track]]:
    """Return the tracks of a strategy, those that are decided together in one list."""
    found: dict[int, list[Track]] = {}
    for number, track in enumerate(strategy.tracks):
        found.setdefault(number if track.joined is None else track.joined, []).append(track)
    return list(found.values())
