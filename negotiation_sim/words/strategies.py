"""What a strategy is after, in words."""

from __future__ import annotations

from negotiation_sim.catalogue.schema import Setting, Strategy


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
