"""States by any of the names that others' tables give them: ISO codes, COW numbers, words.

The table is ``actors/world/states.csv``; its README says where it comes from.
"""

from __future__ import annotations

import csv
import functools
import unicodedata
from collections.abc import Collection
from typing import NamedTuple

from negotiation_sim.catalogue.folders import WORLD, find_root
from negotiation_sim.errors import nearest

_WORDS = {"&": " and ", "st.": "saint ", "-": " ", ",": " ", ".": " ", "(": " ", ")": " "}


class NamedState(NamedTuple):
    """One state.

    Parameters
    ----------
    code : str
        ISO 3166-1 alpha-3, or its code in ISO 3166-3 where the state is no more.
    iso2 : str
        ISO 3166-1 alpha-2; empty where it never had one.
    cow : tuple of str
        Numbers of the Correlates of War project; empty where it has none.
    name : str
        In English, as tables show it.
    other_names : tuple of str
    """

    code: str
    iso2: str
    cow: tuple[str, ...]
    name: str
    other_names: tuple[str, ...]


def _parts(cell: str) -> tuple[str, ...]:
    return tuple(cell.split(";")) if cell else ()


def world_rows(name: str) -> list[dict[str, str]]:
    """Return the rows of a table of ``actors/world/`` by their columns."""
    path = find_root() / "actors" / WORLD / f"{name}.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@functools.cache
def states() -> dict[str, NamedState]:
    """Return every state by its code."""
    return {
        row["code"]: NamedState(
            row["code"], row["iso2"], _parts(row["cow"]), row["name"], _parts(row["other_names"])
        )
        for row in world_rows("states")
    }


def folded(text: str) -> str:
    """Return a name without accents, case, punctuation and ``the``.

    Examples
    --------
    >>> folded("St. Vincent & the Grenadines"), folded("Côte d'Ivoire")
    ('saint vincent and grenadines', "cote d'ivoire")
    """
    word = unicodedata.normalize("NFKD", text.strip().casefold().replace("\u2019", "'"))
    word = "".join(letter for letter in word if not unicodedata.combining(letter))
    for sign, instead in _WORDS.items():
        word = word.replace(sign, instead)
    return " ".join(part for part in word.split() if part != "the")


@functools.cache
def _by_name() -> dict[str, tuple[str, ...]]:
    """Return the codes that each folded code, number or name may mean, likeliest first."""
    found: dict[str, list[str]] = {}
    for state in states().values():
        for name in (state.code, state.iso2, *state.cow, state.name, *state.other_names):
            codes = found.setdefault(folded(name), [])
            if name and state.code not in codes:
                codes.append(state.code)
    return {name: tuple(codes) for name, codes in found.items() if name}


def find_state(text: str, among: Collection[str] | None = None) -> str | None:
    """Return the code of a state named by code, number or name; None where nothing fits.

    Parameters
    ----------
    text : str
        ISO3, ISO2, COW number or a name.
    among : collection of str, optional
        Codes to prefer where several states have the same number, as Yugoslavia and Serbia.

    Examples
    --------
    >>> find_state("cd"), find_state("2"), find_state("Burma"), find_state("Atlantis")
    ('COD', 'USA', 'MMR', None)
    >>> find_state("345", ["YUG"]), find_state("345", ["SRB"])
    ('YUG', 'SRB')
    """
    number = text.strip().lstrip("0") if text.strip().isdigit() else text
    codes = _by_name().get(folded(number), ())
    preferred = [code for code in codes if among is not None and code in among]
    return next(iter(preferred or codes), None)


def unknown_state(text: str) -> str:
    """Return the message for a name that no state has, with the nearest one there is.

    Examples
    --------
    >>> unknown_state("Frnace")
    "no state 'Frnace'; did you mean 'France'?"
    """
    word = text.strip()
    if word.isdigit():
        names = [number for state in states().values() for number in state.cow]
    elif len(word) <= len("ISO"):
        names = list(states())
    else:
        names = [state.name for state in states().values()]
    return f"no state '{text}'{nearest(text, names)}"
