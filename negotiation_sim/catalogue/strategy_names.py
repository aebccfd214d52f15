"""The names of strategies: ``ban@adhoc-optin+pledges+code@COPUOS``, ``ppwt@CD>adhoc-inclusive``.

``initiative@venue`` is a track; ``>`` names the venue it may move to, once more the next; ``+`` joins tracks that run
side by side; ``+pledges`` lets the track before it carry interim pledges; ``a&b@venue`` is a
package, two items decided together.
"""

from __future__ import annotations

from typing import Any

from negotiation_sim.catalogue.names import ID
from negotiation_sim.catalogue.schema import Strategy, Track
from negotiation_sim.errors import UsageError

PLEDGES = "pledges"
ITEM = "&"
MOST_TRACKS = 50
GRAMMAR = (
    "a strategy is written initiative@venue, with >venue, +initiative@venue, +pledges and "
    "a&b@venue for a package"
)
PER_TRACK = (
    "pledges", "start", "patience", "after", "after_milestone", "underway", "weight", "task",
    "term_months", "term_ends",
)  # fmt: skip
FIELDS = ("name", "tracks", "succeeds_when", *PER_TRACK)


class TrackCountError(UsageError):
    """A list with another number of values than the strategy has tracks."""

    def __init__(self, field: str, n_values: int, n_tracks: int) -> None:
        self.field = field
        super().__init__(f"{n_values} values for {n_tracks} tracks")


def _word(text: str, what: str, whole: str) -> str:
    if not ID.match(text):
        found = f"'{text}' is no {what}" if text else f"the {what} is missing"
        raise UsageError(f"strategy '{whole}': {found}; {GRAMMAR}")
    return text


def _items(text: str, whole: str, first: int) -> list[dict[str, Any]]:
    """Return the tracks of one part of a name: one, or one for each item of a package."""
    initiatives, at, rest = text.partition("@")
    if not at:
        raise UsageError(f"strategy '{whole}': '{text}' has no '@venue'; {GRAMMAR}")
    venue, *fallbacks = rest.split(">")
    tracks: list[dict[str, Any]] = []
    for initiative in initiatives.split(ITEM):
        track: dict[str, Any] = {
            "initiative": _word(initiative, "initiative", whole),
            "venue": _word(venue, "venue", whole),
        }
        if fallbacks:
            track["fallback"], *later = (_word(f, "fallback venue", whole) for f in fallbacks)
            if later:
                track["later_fallbacks"] = later
        if tracks:
            track["joined"] = first
        tracks.append(track)
    return tracks


def parse_tracks(text: str) -> list[dict[str, Any]]:
    """Return the tracks of a strategy's name as plain data.

    Examples
    --------
    >>> parse_tracks("ppwt@CD>adhoc-inclusive")
    [{'initiative': 'ppwt', 'venue': 'CD', 'fallback': 'adhoc-inclusive'}]
    """
    tracks: list[dict[str, Any]] = []
    if text.count("+") + text.count(ITEM) >= 2 * MOST_TRACKS:
        raise UsageError(f"strategy '{text[:40]}...': at most {MOST_TRACKS} tracks; {GRAMMAR}")
    for part in text.split("+"):
        if part != PLEDGES:
            tracks += _items(part, text, len(tracks))
        elif not tracks:
            raise UsageError(f"strategy '{text}': '+pledges' follows a track; {GRAMMAR}")
        elif tracks[-1].get("pledges"):
            raise UsageError(f"strategy '{text}': '+pledges' stands twice; {GRAMMAR}")
        else:
            for track in tracks[tracks[-1].get("joined", len(tracks) - 1) :]:
                track["pledges"] = True
    return tracks


def parse_strategy(name: str) -> Strategy:
    """Return the strategy a name stands for.

    Examples
    --------
    >>> strategy = parse_strategy("ban@adhoc-optin+pledges+code@COPUOS")
    >>> [(track.initiative, track.venue, track.pledges) for track in strategy.tracks]
    [('ban', 'adhoc-optin', True), ('code', 'COPUOS', False)]
    """
    return Strategy(name=name, tracks=[Track(**track) for track in parse_tracks(name)])


def expand(entry: dict[str, Any]) -> tuple[dict[str, Any], dict[tuple[Any, ...], tuple[Any, ...]]]:
    """Spread a strategy written as a mapping over its tracks.

    A list holds one value a track; a single value holds for every track, except ``after``, which
    then holds for the tracks that come later than the one it names.

    Parameters
    ----------
    entry : dict
        ``name`` (and ``tracks``, where the name is not the grammar) with overrides.

    Returns
    -------
    data : dict
        A :class:`~negotiation_sim.catalogue.schema.Strategy` as plain data.
    written : dict of tuple to tuple
        For each path of ``data`` that differs, the path of the entry where it was written.
    """
    tracks = parse_tracks(entry.get("tracks", entry["name"]))
    written: dict[tuple[Any, ...], tuple[Any, ...]] = {}
    for name in PER_TRACK:
        if name not in entry:
            continue
        value = entry[name]
        if isinstance(value, list) and len(value) != len(tracks):
            raise TrackCountError(name, len(value), len(tracks))
        for index, track in enumerate(tracks):
            if isinstance(value, list):
                written[("tracks", index, name)] = (name, index)
                if value[index] is not None:
                    track[name] = value[index]
            else:
                written[("tracks", index, name)] = (name,)
                if not _passed_over(name, value, index, len(tracks), entry):
                    track[name] = value
    data = {"name": entry["name"], "tracks": tracks}
    if "succeeds_when" in entry:
        data["succeeds_when"] = entry["succeeds_when"]
        written[("succeeds_when",)] = ("succeeds_when",)
    return data, written


def _passed_over(name: str, value: Any, index: int, n_tracks: int, entry: dict[str, Any]) -> bool:
    """Return whether a single ``after`` (or its milestone) does not speak of this track."""
    if name not in ("after", "after_milestone"):
        return False
    after = entry.get("after") if name == "after_milestone" else value
    if not isinstance(after, int) or isinstance(after, bool):
        return False
    return index <= after < n_tracks - 1
