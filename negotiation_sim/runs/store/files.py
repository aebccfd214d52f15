"""Files that are there whole or not at all, and a lock that dies with its process."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from negotiation_sim.errors import StoreError

TEMPORARY = ".partial"
MOST_BYTES = 1 << 30


@contextlib.contextmanager
def disk_errors(path: Path) -> Iterator[None]:
    """Turn what the file system refuses into one message that names the path."""
    try:
        yield
    except OSError as error:
        reason = error.strerror or str(error)
        raise StoreError(f"{error.filename or path}: {reason}") from error


def sync_folder(folder: Path) -> None:
    """Make the names in a folder last through a loss of power, where the system can."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_atomic(path: Path, data: bytes | memoryview) -> None:
    """Write a file under a temporary name, fsync, rename, fsync the folder.

    Raises
    ------
    StoreError
        Where the disk is full or the folder cannot be written; the temporary file is removed.
    """
    temporary = path.with_name(path.name + TEMPORARY)
    try:
        with disk_errors(path):
            with temporary.open("wb") as handle:
                handle.write(data)
                handle.flush()
                os.fsync(handle.fileno())
            os.replace(temporary, path)
            sync_folder(path.parent)
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise


def append_line(path: Path, text: str) -> None:
    """Add one line to a journal and make it last."""
    refuse_endless(path)
    with disk_errors(path), path.open("ab") as handle:
        handle.write(text.encode() + b"\n")
        handle.flush()
        os.fsync(handle.fileno())


def sha256(data: bytes | memoryview) -> str:
    """Return the checksum of bytes."""
    return hashlib.sha256(data).hexdigest()


def file_sha256(path: Path) -> str:
    """Return the checksum of a file, read in pieces."""
    refuse_endless(path)
    digest = hashlib.sha256()
    with disk_errors(path), path.open("rb") as handle:
        while piece := handle.read(1 << 20):
            digest.update(piece)
    return digest.hexdigest()


def to_json(content: Any) -> bytes:
    """Return a JSON document for people: sorted keys, two spaces, a final newline."""
    return (json.dumps(content, indent=2, sort_keys=True, ensure_ascii=False) + "\n").encode()


def refuse_endless(path: Path) -> None:
    """Refuse a pipe or a device, whose opening may never end; what is not there is no matter."""
    with disk_errors(path):
        if path.exists() and not path.is_file():
            raise StoreError(f"{path}: not a plain file")


def read_regular(path: Path) -> bytes:
    """Return the content of a plain file; a pipe or a device, which may never end, is refused."""
    with disk_errors(path):
        found = path.stat()
        if not stat.S_ISREG(found.st_mode):
            raise StoreError(f"{path}: not a plain file")
        if found.st_size > MOST_BYTES:
            raise StoreError(f"{path}: {found.st_size:,} bytes are too many to be ours")
        return path.read_bytes()


def read_json(path: Path) -> dict[str, Any]:
    """Return a JSON object.

    Raises
    ------
    StoreError
        Where the file cannot be read or does not hold an object.
    """
    data = read_regular(path)
    try:
        content = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise StoreError(f"{path}: damaged, not a JSON document ({error})") from error
    if not isinstance(content, dict):
        raise StoreError(f"{path}: damaged, not a JSON object")
    return content


class FolderLock:
    """An exclusive lock on a folder, given back when its holder ends, however it ends."""

    NAME = "lock"

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._handle: Any = None

    def acquire(self) -> None:
        """Take the lock.

        Raises
        ------
        StoreError
            Where another process holds it.
        """
        path = self._folder / self.NAME
        refuse_endless(path)
        with disk_errors(path):
            handle = path.open("ab")
        try:
            _lock(handle, path)
        except OSError as error:
            handle.close()
            message = f"{self._folder}: another process is writing this run; wait for it"
            raise StoreError(message) from error
        self._handle = handle

    def release(self, folder: Path | None = None) -> None:
        """Give the lock back and remove its file (in another folder, if renamed); repeatable."""
        if self._handle is None:
            return
        with contextlib.suppress(OSError):
            ((folder or self._folder) / self.NAME).unlink()
        self._handle.close()
        self._handle = None


def _lock(handle: Any, path: Path) -> None:
    """Lock an open file where the system can; OSError if it is taken or was just removed."""
    try:
        import fcntl
    except ImportError:
        return
    fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    if path.stat().st_ino != os.fstat(handle.fileno()).st_ino:
        raise OSError("the lock was given back meanwhile")


def is_locked(folder: Path) -> bool:
    """Return whether a process holds the lock of a folder, without taking it for longer."""
    path = folder / FolderLock.NAME
    if path.exists() and not path.is_file():  # a pipe: nobody of ours
        return False
    try:
        import fcntl

        with path.open("rb") as handle:
            fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except ImportError:
        return path.exists()
    except FileNotFoundError:
        return False
    except OSError:
        return True
    return False
