"""Who is who in a room: tokens of 128 random bits, kept only as hashes; a code that admits to the lobby."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections import deque

TOKEN_BYTES = 16
LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"  # none that is mistaken for another
CODE_LENGTH = 6
MOST_OF_ONE, MOST_OF_ALL, WINDOW = (
    8,
    200,
    600.0,
)  # wrong codes, from one address and in all; seconds
MOST_SOURCES = 1000


def new_token() -> str:
    """Return 128 random bits as text that goes into a cookie."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def hashed(token: str) -> str:
    """Return what is kept of a token: enough to know it again, too little to use it.

    Examples
    --------
    >>> len(hashed(new_token()))
    64
    """
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def new_code() -> str:
    """Return a short code to be read aloud: 31 letters and digits to the sixth, 900 million."""
    return "".join(secrets.choice(LETTERS) for _ in range(CODE_LENGTH))


def same(given: str, wanted: str) -> bool:
    """Return whether two secrets are the same, in a time that does not tell how far they agree."""
    return hmac.compare_digest(given.encode("utf-8", "replace"), wanted.encode())


class Attempts:
    """Counts wrong codes and passwords; too many within ten minutes shut the door for a while."""

    def __init__(self, of_one: int = MOST_OF_ONE, of_all: int = MOST_OF_ALL) -> None:
        self.of_one, self.of_all = of_one, of_all
        self._all: deque[float] = deque(maxlen=of_all)
        self._by_source: dict[str, deque[float]] = {}

    def allowed(self, source: str, now: float) -> bool:
        """Return whether one more attempt may be made from an address at a time in seconds."""
        for times, most in (
            (self._all, self.of_all),
            (self._by_source.get(source, deque()), self.of_one),
        ):
            if len(times) >= most and now - times[0] < WINDOW:
                return False
        return True

    def failed(self, source: str, now: float) -> None:
        """Note a wrong one."""
        self._all.append(now)
        if source not in self._by_source and len(self._by_source) >= MOST_SOURCES:
            del self._by_source[min(self._by_source, key=lambda s: self._by_source[s][-1])]
        self._by_source.setdefault(source, deque(maxlen=self.of_one)).append(now)
