"""Reads a whole file that somebody names: a plain file of a sensible size, or one message.

A table's text is UTF-8 or UTF-16, else Windows' code page for western Europe.
"""

from __future__ import annotations

import contextlib
import os
import stat
from pathlib import Path

from negotiation_sim.errors import CatalogueError

MOST_BYTES = 100_000_000


def read_plain(path: Path, most: int = MOST_BYTES, shown: str = "") -> bytes:
    """Return the content of a file; pipes and devices, which may never end, are not opened.

    Parameters
    ----------
    path : Path
    most : int
        Bytes.
    shown : str, optional
        The file's name in messages; the path by default.

    Raises
    ------
    CatalogueError
        With the file's name and why it cannot be read.
    """
    file = shown or str(path)
    try:
        found = path.stat()
        if stat.S_ISDIR(found.st_mode):
            raise CatalogueError(file, None, "", "a folder, not a file")
        if not stat.S_ISREG(found.st_mode):
            raise CatalogueError(file, None, "", "a pipe or a device, not a file")
        if found.st_size > most:
            message = f"{found.st_size:,} bytes; at most {most:,} are read"
            raise CatalogueError(file, None, "", message)
        return path.read_bytes()
    except FileNotFoundError:
        raise CatalogueError(file, None, "", "no such file") from None
    except (OSError, ValueError) as error:  # ValueError: a name that holds a null character
        reason = getattr(error, "strerror", None) or str(error)
        raise CatalogueError(file, None, "", f"cannot be read: {reason}") from None


def write_whole(path: Path, data: bytes) -> None:
    """Write a file whole or not at all: under another name first, which goes if that fails."""
    beside = path.with_name(path.name + ".partial")
    try:
        beside.write_bytes(data)
        os.replace(beside, path)
    except OSError:
        with contextlib.suppress(OSError):
            beside.unlink()
        raise


def read_text(path: Path, most: int = MOST_BYTES) -> tuple[str, str]:
    """Return the text of a table, its lines ended by a line break alone, and its encoding.

    Parameters
    ----------
    path : Path
    most : int
        Bytes.

    Returns
    -------
    tuple of str
        The encoding is ``utf-8-sig`` of what is in UTF-8, with or without a mark at its beginning.

    Raises
    ------
    CatalogueError
        Where the file cannot be read, is a workbook, or is not text.
    """
    raw, file, line = read_plain(path, most), str(path), None
    if raw[:4] == b"PK\x03\x04":
        raise CatalogueError(file, None, "", "a workbook, not a table; save the sheet as CSV")
    for encoding in _encodings(raw):
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError as error:
            line = raw.count(b"\n", 0, error.start) + 1
            continue
        if "\0" in text:
            raise CatalogueError(file, None, "", "is not text; it holds zero bytes")
        return text.replace("\r\n", "\n").replace("\r", "\n"), encoding
    message = "is not text in UTF-8, UTF-16 or Windows-1252; save it as UTF-8"
    raise CatalogueError(file, line, "", message)


def _encodings(raw: bytes) -> tuple[str, ...]:
    """Return the encodings to try: UTF-16 where a mark, or every other byte zero, shows it."""
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return ("utf-16",)
    if len(raw) > 3 and raw[1::2][:50].count(0) > raw[::2][:50].count(0) and raw[1] == 0:
        return ("utf-16-le",)
    if len(raw) > 3 and raw[0] == 0 and raw[1] != 0:
        return ("utf-16-be",)
    return ("utf-8-sig", "cp1252")
