"""Reads an archive of runs: nothing of it is trusted before every name, size and checksum is.

An archive is a zip file with a run folder below ``runs/<experiment>/<id>/`` for each run, what goes
with them to a journal, and ``SHA256SUMS``. It is unpacked into a folder that ends with the process.
"""

from __future__ import annotations

import atexit
import hashlib
import re
import shutil
import stat
import struct
import tempfile
import zipfile
import zlib
from pathlib import Path

from negotiation_sim.errors import StoreError
from negotiation_sim.runs.store.files import disk_errors, refuse_endless

SUFFIX, SUMS, RUNS = ".zip", "SHA256SUMS", "runs"
MOST_FILES, MOST_LIST = 20_000, 1 << 24
MOST_BYTES, MOST_UNPACKED = (1 << 32) - 1, 1 << 34
LONGEST_NAME, DEEPEST = 200, 8
_END, _END_64 = b"PK\x05\x06", b"PK\x06\x07"
_PART = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]*")
_DEVICE = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)
UNREADABLE = (
    zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError, zlib.error,
)  # fmt: skip  # what zipfile makes of a damaged file
_UNPACKED: dict[tuple[str, int, int], Path] = {}


def is_archive(path: Path) -> bool:
    """Return whether a path is a file whose name is that of an archive."""
    return path.suffix.lower() == SUFFIX and path.is_file()


def unpacked(archive: Path) -> Path:
    """Return the folder that an archive was unpacked into; the same one while the file stays.

    Raises
    ------
    StoreError
        Where anything of the archive is not as we write it. Nothing is written for names that
        lead elsewhere, or for sizes beyond all bounds.
    """
    refuse_endless(archive)
    with disk_errors(archive):
        found = archive.stat()
    key = (str(archive.resolve()), found.st_size, found.st_mtime_ns)
    if key not in _UNPACKED:
        folder = Path(tempfile.mkdtemp(prefix="negotiation-sim-archive-"))
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
        try:
            _unpack(archive, folder)
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        _UNPACKED[key] = folder
    return _UNPACKED[key]


def place_in(text: str) -> tuple[Path, str] | None:
    """Return the archive that a text names, and which run of it: ``FILE.zip`` or ``FILE.zip/ID``."""
    path = Path(text)
    if is_archive(path):
        return path, ""
    if path.name and is_archive(path.parent):
        return path.parent, path.name
    return None


def is_our_name(part: str) -> bool:
    """Return whether a name of a file or folder is one that archives take."""
    odd = part.endswith(".") or _DEVICE.fullmatch(part) or len(part) > LONGEST_NAME // 2
    return bool(_PART.fullmatch(part)) and not odd


def run_folders(folder: Path) -> list[Path]:
    """Return the run folders of an unpacked archive, in the order of their names."""
    return sorted(path.parent for path in (folder / RUNS).glob("*/*/manifest.json"))


def _unpack(archive: Path, folder: Path) -> None:
    _check_end(archive)
    try:
        with zipfile.ZipFile(archive) as packed:
            entries = _checked(archive, packed.infolist())
            room = shutil.disk_usage(folder).free
            needed = sum(entry.file_size for entry in entries.values())
            if needed > room:
                raise _refused(archive, f"needs {needed:,} bytes unpacked, and {room:,} are free")
            sums = _sums(archive, packed, entries)
            for name, entry in entries.items():
                if name != SUMS:
                    _write(archive, packed, entry, folder / name, sums[name])
    except UNREADABLE as error:
        raise _refused(archive, f"damaged, not a zip file that can be read ({error})") from error


def _refused(archive: Path, why: str) -> StoreError:
    return StoreError(f"{archive}: {why}; nothing of it was used")


def _check_end(archive: Path) -> None:
    """Refuse a list of contents that is too long to be read, before it is."""
    size = archive.stat().st_size
    if size > MOST_BYTES:
        raise _refused(archive, f"{size:,} bytes are too many for an archive")
    with disk_errors(archive), archive.open("rb") as handle:
        handle.seek(max(0, size - (1 << 16) - 22))
        tail = handle.read()
    place = tail.rfind(_END)
    if place < 0 or len(tail) < place + 22:
        raise _refused(archive, "not a zip file")
    files, length = struct.unpack("<10xHL", tail[place : place + 16])
    if _END_64 in tail[max(0, place - 20) : place] or files > MOST_FILES or length > MOST_LIST:
        raise _refused(archive, f"lists more than {MOST_FILES:,} files")


def _checked(archive: Path, found: list[zipfile.ZipInfo]) -> dict[str, zipfile.ZipInfo]:
    """Return the files by name, each a plain file inside the folder, their sizes within bounds."""
    entries: dict[str, zipfile.ZipInfo] = {}
    folded: set[str] = set()
    if len(found) > MOST_FILES:
        raise _refused(archive, f"lists more than {MOST_FILES:,} files")
    for entry in found:
        name = entry.orig_filename
        if problem := _problem(entry, name):
            raise _refused(archive, f"{name[:LONGEST_NAME]!r} {problem}")
        if name.casefold() in folded:
            raise _refused(archive, f"{name!r} is there twice")
        folded.add(name.casefold())
        entries[name] = entry
    for name in entries:
        parents = {"/".join(name.casefold().split("/")[:n]) for n in range(1, name.count("/") + 1)}
        if parents & folded:
            raise _refused(archive, f"{name!r} is below a file")
    whole = sum(entry.file_size for entry in found)
    if whole > MOST_UNPACKED:
        raise _refused(archive, f"{whole:,} bytes unpacked are more than {MOST_UNPACKED:,}")
    return entries


def _problem(entry: zipfile.ZipInfo, name: str) -> str:
    """Return what is wrong with an entry, empty if nothing is."""
    kind = stat.S_IFMT(entry.external_attr >> 16)
    parts = name.split("/")
    if kind not in (0, stat.S_IFREG) or name.endswith("/"):
        return "is no plain file"
    if entry.flag_bits & 0x1:
        return "is encrypted"
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        return "is packed in a way that we do not use"
    if name.startswith("/") or ".." in parts or ":" in name or "\\" in name:
        return "leads out of the archive"
    if len(name) > LONGEST_NAME or len(parts) > DEEPEST:
        return "is too long a name"
    return "" if all(map(is_our_name, parts)) else "is not a name that we give"


def _sums(
    archive: Path, packed: zipfile.ZipFile, entries: dict[str, zipfile.ZipInfo]
) -> dict[str, str]:
    """Return the checksums by name, one for every file of the archive and for no other."""
    if SUMS not in entries:
        raise _refused(archive, f"not an archive of negotiation-sim (no {SUMS})")
    if entries[SUMS].file_size > MOST_LIST:
        raise _refused(archive, f"{SUMS} is too long")
    found: dict[str, str] = {}
    for line in packed.read(entries[SUMS]).decode("utf-8", "replace").splitlines():
        digest, gap, name = line.partition("  ")
        if not gap or not re.fullmatch("[0-9a-f]{64}", digest) or name in found:
            raise _refused(archive, f"{SUMS}: {line[:80]!r} is no checksum")
        found[name] = digest
    apart = sorted(found.keys() ^ (entries.keys() - {SUMS}))
    if apart:
        where = "has no checksum" if apart[0] in entries else "is missing"
        raise _refused(archive, f"{apart[0]!r} {where}")
    return found


def _write(
    archive: Path, packed: zipfile.ZipFile, entry: zipfile.ZipInfo, path: Path, wanted: str
) -> None:
    """Write one file, its size and checksum as said."""
    digest, left = hashlib.sha256(), entry.file_size
    with disk_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        target = path.open("xb")
    with target, packed.open(entry) as source:
        while left >= 0 and (piece := source.read(1 << 20)):
            left -= len(piece)
            digest.update(piece)
            with disk_errors(path):
                target.write(piece)
    if left or digest.hexdigest() != wanted:
        raise _refused(archive, f"{entry.filename!r} is damaged, its checksum differs")
