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


def title_of(strategy: Strategy, setting: Setting) -> str:
    """Return a strategy in words, such as ``PPWT in the Conference on Disarmament``."""
    parts = []
    for items in packages_of(strategy):
        track, names = items[0], [setting.initiatives[item.initiative].name for item in items]
        what = f"{listed(names)} as a package" if len(names) > 1 else names[0]
        words = f"{what}, {setting.venues[track.venue].name}"
        words += "".join(f", then {setting.venues[name].name}" for name in track.fallbacks())
        parts.append(words + (", with interim pledges" if track.pledges else ""))
    return "; ".join(parts)


def titles_of(setting: Setting) -> dict[str, str]:
    """Return every strategy of a setting in words, by its short name."""
    return {strategy.name: title_of(strategy, setting) for strategy in setting.strategies}


def labels_of(setting: Setting, widest: int = 62) -> dict[str, str]:
    r"""Return for the axes of figures a strategy's name over its short name, where there is room.

    Parameters
    ----------
    setting : Setting
    widest : int
        Letters of a line; where a name is longer on two of them, the short name stands alone.
    """
    found = {}
    for strategy in setting.strategies:
        short, name = strategy.name, title_of(strategy, setting)
        what = setting.initiatives[strategy.tracks[0].initiative].name
        rest = f"{name.removeprefix(f'{what}, ')} ({short})"
        if name == short:
            continue
        if len(name) <= widest:
            found[short] = f"{name}\n{short}"
        elif name.startswith(f"{what}, ") and max(len(what) + 1, len(rest)) <= widest:
            found[short] = f"{what},\n{rest}"
    return found


def venue_of(strategy: str) -> str:
    """Return the venue in which a strategy, or a track by its name, begins.

    Examples
    --------
    >>> venue_of("ppwt@CD>adhoc-inclusive"), venue_of("ban@adhoc-optin+pledges+code@COPUOS")
    ('CD', 'adhoc-optin')
    >>> venue_of("ppwt (ban-treaty&ppwt@CD)"), venue_of("mine")
    ('CD', 'mine')
    """
    _, at, rest = strategy.partition("@")
    if not at:
        return strategy
    for mark in "+>&) ":
        rest = rest.partition(mark)[0]
    return rest
