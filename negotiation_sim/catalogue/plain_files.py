"""Reads a whole file that somebody names: a plain file of a sensible size, or one message."""

from __future__ import annotations

import stat
from pathlib import Path

from negotiation_sim.errors import CatalogueError

MOST_BYTES = 100_000_000


def read_plain(path: Path, most: int = MOST_BYTES) -> bytes:
    """Return the content of a file; pipes and devices, which may never end, are not opened.

    Parameters
    ----------
    path : Path
    most : int
        Bytes.

    Raises
    ------
    CatalogueError
        With the file's name and why it cannot be read.
    """
    try:
        found = path.stat()
        if stat.S_ISDIR(found.st_mode):
            raise CatalogueError(str(path), None, "", "a folder, not a file")
        if not stat.S_ISREG(found.st_mode):
            raise CatalogueError(str(path), None, "", "a pipe or a device, not a file")
        if found.st_size > most:
            message = f"{found.st_size:,} bytes; at most {most:,} are read"
            raise CatalogueError(str(path), None, "", message)
        return path.read_bytes()
    except (OSError, ValueError) as error:  # ValueError: a name that holds a null character
        reason = getattr(error, "strerror", None) or str(error)
        raise CatalogueError(str(path), None, "", f"cannot be read: {reason}") from None
