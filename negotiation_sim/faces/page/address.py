"""What the address bar carries: every setting of the page as a query, there and back.

A link made by hand or by an older version may hold anything: what cannot be used is left out and
said in words, and the rest of the link still works.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from urllib.parse import quote, urlencode

TABS = ("watch", "compare", "play", "lessons")
MOST_REPLICATES = 20_000
MOST_CHANGES, MOST_NOTES = 40, 20
BASE = "base"  # in a link: the step before is the experiment as its file has it
LARGEST = {"seed": 2**63 - 1, "replicate": 2**63 - 1, "month": 1200, "lesson": 8, "step": 20}


@dataclasses.dataclass(frozen=True)
class Address:
    """The settings of one page.

    Parameters
    ----------
    tab : {'watch', 'compare', 'play', 'lessons'}
    experiment : str
        Empty for the one the server was started with.
    strategy : str
        Watched and played; empty for the first.
    seed, replicate : int
        The world.
    month : int
        To which the tab Watch opens.
    compare : tuple of str
        Strategies compared; empty for the page's own choice.
    replicates : int
    changes : mapping
        Dotted path to value, as in ``load_setting(overrides=...)``.
    before : mapping, optional
        Changes of the step before, which Compare shows beside these; empty for the base case.
    lesson, step : int
        From 1; 0 for none.
    """

    tab: str = "watch"
    experiment: str = ""
    strategy: str = ""
    seed: int = 1
    replicate: int = 0
    month: int = 0
    compare: tuple[str, ...] = ()
    replicates: int = 500
    changes: Mapping[str, float] = dataclasses.field(default_factory=dict)
    lesson: int = 0
    before: Mapping[str, float] | None = None
    step: int = 0

    def but(self, **changed: object) -> Address:
        """Return a copy with some settings changed."""
        return dataclasses.replace(self, **changed)  # type: ignore[arg-type]

    def query(self) -> str:
        """Return the address after the host: ``/?tab=compare&...``; defaults are left out."""
        pairs: list[tuple[str, str]] = []
        for field in dataclasses.fields(self):
            value = getattr(self, field.name)
            if field.name == "compare":
                pairs += [("compare", name) for name in value]
            elif field.name == "changes":
                pairs += [("set", f"{path}:{number!r}") for path, number in sorted(value.items())]
            elif field.name == "before":
                was = None if value is None else sorted(value.items())
                pairs += [("was", f"{path}:{number!r}") for path, number in was or ()]
                pairs += [("was", BASE)] if was == [] else []
            elif value != field.default:
                pairs.append((field.name, str(value)))
        return "/?" + urlencode(pairs, safe="@:>*", quote_via=quote) if pairs else "/"


def parse(pairs: Iterable[tuple[str, str]]) -> tuple[Address, list[str]]:
    """Return the settings of a query and, in words, what of it could not be used.

    Examples
    --------
    >>> address, notes = parse([("seed", "7"), ("colour", "red")])
    >>> address.seed, notes
    (7, ["The link holds 'colour', which this page does not know."])
    """
    found: dict[str, object] = {}
    compare: list[str] = []
    changes: dict[str, float] = {}
    before: dict[str, float] = {}
    notes: list[str] = []
    for key, text in pairs:
        text = text[:300]
        if key == "compare":
            compare += [text] if text not in compare else []
        elif key == "set":
            _read_change(text, changes, notes)
        elif key == "was":
            found["before"] = before
            if text != BASE:
                _read_change(text, before, notes)
        elif key in ("experiment", "strategy"):
            found[key] = text
        elif key == "tab":
            if text in TABS:
                found[key] = text
            else:
                notes.append(f"There is no tab '{text}'; there are {', '.join(TABS)}.")
        elif key in LARGEST or key == "replicates":
            _read_whole(key, text, found, notes)
        else:
            notes.append(f"The link holds '{key[:40]}', which this page does not know.")
    if len(notes) > MOST_NOTES:
        notes[MOST_NOTES:] = [f"{len(notes) - MOST_NOTES:,} more could not be used."]
    return Address(compare=tuple(compare[:60]), changes=changes, **found), notes  # type: ignore[arg-type]


def _read_whole(key: str, text: str, found: dict[str, object], notes: list[str]) -> None:
    low, high = (1, MOST_REPLICATES) if key == "replicates" else (0, LARGEST[key])
    if text.isascii() and text.isdigit() and low <= int(text) <= high:
        found[key] = int(text)
    else:
        span = f"from {low} to {high:,}" if high < 10**9 else f"from {low} up"
        notes.append(f"{key}: '{text[:40]}' is not a whole number {span}.")


def _read_change(text: str, changes: dict[str, float], notes: list[str]) -> None:
    path, colon, number = text.rpartition(":")
    try:
        value = float(number)
    except ValueError:
        value = float("nan")
    if not colon or not path or value != value or abs(value) == float("inf"):
        notes.append(f"'{text[:60]}' is not a change of the form name:number.")
    elif len(changes) >= MOST_CHANGES:
        notes.append(f"Only {MOST_CHANGES} changes can be made at once; '{path}' is left out.")
    else:
        changes[path] = value
