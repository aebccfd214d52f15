"""Inputs made wrong on purpose: texts cut, doubled and mixed, values and words that are none."""

from __future__ import annotations

import re
from random import Random
from typing import Any

NASTY = (
    "", " ", "\t", "\n", "\r\n", "\0", "\x1b[2J", "\u202e", "\u2028", "\ufeff", "\ud7ff", "é", "東京", "😀",
    "'", '"', "`", "\\", "/", "..", "../..", "~", "*", "**", "?", "$x$", "{", "}", "[", "]", "{}",
    "[]", "[[", "{a: {b: {c: d}}}", ":", ": ", "- ", "-", "&a", "*a", "!!python/object:os.system",
    "!x", "<<", "---", "...", "#", "|", ">", "%", "@", "=", "=1+1", "+", ",", ";", ";;", ",,", "null",
    "true", "TRUE", "no", "yes", "nan", "NaN", ".nan", "inf", "-inf", "Infinity", "0", "-0", "-1",
    "1", "2", "0.5", "1e400", "-1e400", "1e300", "1e-400", "9" * 41, "9" * 400, "9" * 5000, "0x10",
    "1_000", "1,5", "1.234,5", "12:30", "2009-01", "2009-13", "0000-00", "9999-12", "99999-01",
    "1:2:3", "0:1:1e9", "a" * 400, "a" * 100_000, "USA", "CHN", "CD", "ban@CD", "ban@CD+pledges",
    "+" * 60, "ban@CD>CD>CD", "ban&ban@CD", "actors.USA.trust", "actors.*.trust", "venues.CD",
    "environment.pace", "strategies.*.patience", "__class__", "__proto__", "value", "basis", "id",
)  # fmt: skip
VALUES: tuple[Any, ...] = (
    None, True, False, 0, -1, 1, 2**31, 2**63, 10**30, 10**400, 0.5, -0.5, 1e300, float("nan"),
    float("inf"), "", "x", "0", "é\x1b[2J", "../../x", "a" * 100_000, [], [None], [[]], {}, {"": None},
    {"a": {"a": {"a": 1}}}, [1] * 1000, "2009-01", "USA",
)  # fmt: skip
_TOKEN = re.compile(r"[\w.@+\-]+|\S")


def text(random: Random, base: str, others: tuple[str, ...] = ()) -> str:
    """Return a text with one to four things wrong."""
    for _ in range(random.choice((1, 1, 1, 2, 2, 4))):
        base = random.choice(_EDITS)(random, base, others)[:300_000]
    return base


def raw(random: Random, base: str, others: tuple[str, ...] = ()) -> bytes:
    """Return such a text as bytes, now and then in another encoding or with bytes of no text."""
    made = text(random, base, others)
    encoding = random.choice(("utf-8",) * 12 + ("utf-16", "cp1252", "utf-8-sig", "utf-32"))
    data = bytearray(made.encode(encoding, errors="replace"))
    if data and random.random() < 0.08:
        for _ in range(random.randint(1, 5)):
            data[random.randrange(len(data))] = random.randrange(256)
    return bytes(data)


def data(random: Random, base: Any) -> Any:
    """Return plain data with something in it replaced, taken out or put in; the base is kept."""
    if random.random() < 0.15 or not isinstance(base, (dict, list)) or not base:
        return random.choice(VALUES)
    if isinstance(base, dict):
        key = random.choice(list(base))
        kind = random.random()
        if kind < 0.1:
            return {name: value for name, value in base.items() if name != key}
        if kind < 0.2:
            return base | {random.choice(NASTY): random.choice(VALUES)}
        return base | {key: data(random, base[key])}
    place = random.randrange(len(base))
    if random.random() < 0.1:
        return base[:place] + base[place + 1 :]
    return [*base[:place], data(random, base[place]), *base[place + 1 :]]


def word(random: Random, words: tuple[str, ...]) -> str:
    """Return a word of some, whole or made wrong."""
    chosen = random.choice(words)
    return chosen if random.random() < 0.5 else text(random, chosen, words)[:5000]


def _cut(random: Random, base: str, others: tuple[str, ...]) -> str:
    first, last = sorted(random.randint(0, len(base)) for _ in range(2))
    return base[:first] + base[last:]


def _end(random: Random, base: str, others: tuple[str, ...]) -> str:
    return base[: random.randint(0, len(base))]


def _line_twice(random: Random, base: str, others: tuple[str, ...]) -> str:
    lines = base.split("\n")
    place = random.randrange(len(lines))
    lines.insert(random.randint(0, len(lines)), lines[place])
    return "\n".join(lines)


def _line_out(random: Random, base: str, others: tuple[str, ...]) -> str:
    lines = base.split("\n")
    lines.pop(random.randrange(len(lines)))
    return "\n".join(lines)


def _token(random: Random, base: str, others: tuple[str, ...]) -> str:
    found = list(_TOKEN.finditer(base))
    if not found:
        return random.choice(NASTY)
    one = random.choice(found)
    instead = random.choice(NASTY) if random.random() < 0.7 else random.choice(found).group()
    return base[: one.start()] + instead + base[one.end() :]


def _insert(random: Random, base: str, others: tuple[str, ...]) -> str:
    place = random.randint(0, len(base))
    return base[:place] + random.choice(NASTY) + base[place:]


def _swap(random: Random, base: str, others: tuple[str, ...]) -> str:
    separators = {",": ";", ";": "\t", "\t": ",", ".": ","}
    old = random.choice(list(separators))
    return base.replace(old, separators[old])


def _splice(random: Random, base: str, others: tuple[str, ...]) -> str:
    other = random.choice(others) if others else base
    return base[: random.randint(0, len(base))] + other[random.randint(0, len(other)) :]


def _many(random: Random, base: str, others: tuple[str, ...]) -> str:
    lines = base.split("\n")
    return "\n".join(lines + [random.choice(lines)] * random.choice((3, 100, 2000)))


_EDITS = (_cut, _end, _line_twice, _line_out, _token, _token, _token, _token, _insert, _insert, _swap,
          _splice, _many)  # fmt: skip
