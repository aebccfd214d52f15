"""Compiled code on disk: found again by its content, and loaded only after it has been checked.

Compiling the months takes half a minute, so the code is kept. Its folder is named by a hash of the
sources it was made from, of the libraries that made it and of the processor; paths do not count,
so every environment of one user shares it. An entry is two files::

    <function>-<key>.nbi            one line as of sha256sum: the hash and the name of the data
    <function>-<key>-<hash>.nbc     the data: whose code it is, then a pickle

A pickle can run anything. So it is opened only where the file and its folder belong to the user or
to root and nobody else may write to them, and where the hash of its bytes is the one beside it.
What fails is compiled again and written anew; no failure here stops a run.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import logging
import numbers
import os
import pickle
import platform
import re
import stat
import sys
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from types import BuiltinFunctionType, CodeType, FunctionType, ModuleType
from typing import Protocol, cast

VARIABLE = "NEGOTIATION_SIM_CACHE"
NAME = "negotiation-sim"
SOURCES = Path(__file__).parent
# Settings of Numba that change no code.
HARMLESS = {"NUMBA_CACHE_DIR", "NUMBA_NUM_THREADS", "NUMBA_DEBUG_CACHE", "NUMBA_COLOR_SCHEME"}

# What a name may stand for without a part in the code of its own.
NAMED_ONLY = (ModuleType, type, BuiltinFunctionType)

_told: set[str] = set()


class Codegen(Protocol):
    """What is needed of Numba's code generator."""

    def magic_tuple(self) -> tuple[object, ...]: ...


class Target(Protocol):
    """What is needed of Numba's target context."""

    def refresh(self) -> None: ...
    def codegen(self) -> Codegen: ...


class CompiledLibrary(Protocol):
    """What is needed of a library of machine code."""

    has_dynamic_globals: bool


class Result(Protocol):
    """What is needed of Numba's compile result."""

    lifted: tuple[object, ...]
    library: CompiledLibrary
    codegen: Codegen

    def _reduce(self) -> tuple[object, ...]: ...


class Dispatcher(Protocol):
    """What is needed of a function that Numba compiles when it is called."""

    targetoptions: dict[str, object]
    _cache: object


class Refused(Exception):
    """A file or folder is not to be trusted or not whole; the message says why."""


def tell(message: str) -> None:
    """Say a thing once per process; a line on standard error unless logging is set up."""
    if message not in _told:
        _told.add(message)
        logging.getLogger("negotiation_sim").warning(message)


@functools.cache
def source_hash() -> str:
    """Return a hash of all that decides the compiled code of the model.

    These are the sources of this folder, the versions of Python, Numba, llvmlite and NumPy, the
    processor and its features, and the settings of Numba in the environment.
    """
    import llvmlite.binding as llvm

    try:
        features = llvm.get_host_cpu_features().flatten()
    except RuntimeError:  # this processor's are not known to LLVM
        features = ""
    made_by = [
        sys.implementation.cache_tag, sys.platform, platform.machine(),
        *(f"{library} {version(library)}" for library in ("numba", "llvmlite", "numpy")),
        llvm.get_host_cpu_name(), features,
        *(f"{name}={value}" for name, value in sorted(os.environ.items())
          if name.startswith("NUMBA_") and name not in HARMLESS),
    ]  # fmt: skip
    digest = hashlib.blake2b("\0".join(map(str, made_by)).encode(), digest_size=12)
    for path in sorted(SOURCES.rglob("*.py")):
        name = path.relative_to(SOURCES).as_posix()
        source = path.read_bytes().replace(b"\r\n", b"\n")
        digest.update(b"\0%s\0%d\0%s" % (name.encode(), len(source), source))
    return digest.hexdigest()


# Folders and files, and who may write to them ------------------------------------------------


def objection(status: os.stat_result) -> str | None:
    """Return why a file or folder is not trusted, or None where it is."""
    if os.name != "posix":  # there the user's own folder is guarded by the system
        return None
    if status.st_uid not in (0, os.geteuid()):
        return "it belongs to another user"
    if status.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        return "others may write to it (chmod go-w)"
    return None


@dataclass(frozen=True)
class Folder:
    """A folder of compiled code: where it begins, and the levels that must be trusted."""

    base: Path
    levels: tuple[Path, ...]

    @classmethod
    def under(cls, base: Path, named: bool) -> Folder:
        """Return this version's folder under a base, which is one of the levels if ``named``."""
        inner = (base / NAME, base / NAME / source_hash())
        return cls(base, (base, *inner) if named else inner)

    @property
    def path(self) -> Path:
        return self.levels[-1]

    def check(self) -> None:
        """Raise Refused where a level that exists is not trusted."""
        for level in self.levels:
            try:
                status = level.stat()
            except OSError:
                return  # nothing here or below that could be read
            if why := objection(status):
                raise Refused(f"Compiled code in {level} is not used: {why}.")

    def is_trusted(self) -> bool:
        """Return whether every level that exists is trusted; say so where one is not."""
        try:
            self.check()
        except Refused as why:
            tell(str(why))
            return False
        return True

    def is_ours(self) -> bool:
        """Return whether the base is the user's own and can be written to, or can be made."""
        try:
            self.base.mkdir(mode=0o700, parents=True, exist_ok=True)
            owner = self.base.stat().st_uid
        except OSError:
            return False
        return owner == os.geteuid() and os.access(self.base, os.W_OK | os.X_OK)

    def make(self) -> None:
        """Make the folder, writable by nobody else whatever the umask."""
        self.base.mkdir(mode=0o700, parents=True, exist_ok=True)
        for level in self.levels:
            level.mkdir(mode=0o755, exist_ok=True)
        self.check()


def own_folder() -> Folder | None:
    """Return this version's folder in the user's own cache, or None for a user without a home."""
    base = Path(os.environ.get("XDG_CACHE_HOME", ""))
    try:
        base = base if base.is_absolute() else Path.home() / ".cache"
    except RuntimeError:
        return None
    folder = Folder.under(base, named=False)
    return folder if folder.is_trusted() else None


def folders() -> tuple[list[Folder], Folder | None]:
    """Return the folders to read, in this order, and the one to write to, if any.

    A folder named by ``NEGOTIATION_SIM_CACHE`` that is the user's own takes the place of the
    user's cache. One that belongs to root, or cannot be written to, is read after it. One that
    others may write to is not touched.
    """
    named = os.environ.get(VARIABLE)
    further = None
    if named and os.name != "posix":
        tell(f"{VARIABLE} is not used: on this system the owner of a folder cannot be checked.")
    elif named:
        further = Folder.under(Path(named), named=True)
        if not further.is_trusted():
            further = None
        elif further.is_ours():
            return [further], further
    own = own_folder()
    return [folder for folder in (own, further) if folder is not None], own


def read(path: Path) -> bytes:
    """Return the content of a trusted file.

    The file that is checked is the one that is read, by its descriptor; a link is not followed.

    Raises
    ------
    OSError
        Where there is none.
    Refused
        Where it is not trusted.
    """
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
    with os.fdopen(os.open(path, flags), "rb") as file:
        if why := objection(os.fstat(file.fileno())):
            raise Refused(f"Compiled code in {path} is not used: {why}.")
        return file.read()


def write(path: Path, content: bytes) -> None:
    """Write a file whole or not at all, beside whoever else writes it."""
    waiting = path.with_name(f".{uuid.uuid4().hex}.tmp")
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    try:
        with os.fdopen(os.open(waiting, flags, 0o644), "wb") as file:
            file.write(content)
        waiting.replace(path)
    except BaseException:
        waiting.unlink(missing_ok=True)
        raise


# Entries -------------------------------------------------------------------------------------


def heading(stem: str) -> bytes:
    """Return the first line of a data file: whose code it is."""
    return f"compiled code of {NAME}: {stem}\n".encode()


def load(folder: Path, stem: str) -> bytes | None:
    """Return the pickle of an entry, checked but not opened; None where there is no entry.

    Raises
    ------
    Refused
        Where a file of it is not trusted, or is not what was written.
    """
    try:
        index = read(folder / f"{stem}.nbi")
    except OSError:
        return None
    damaged = Refused(f"Compiled code in {folder / stem} is damaged; it is compiled again.")
    digest = index[:64].decode("ascii", "replace")
    if not re.fullmatch("[0-9a-f]{64}", digest) or index != index_line(stem, digest):
        raise damaged
    try:
        data = read(folder / data_name(stem, digest))
    except OSError:
        raise damaged from None
    first = heading(stem)
    if hashlib.sha256(data).hexdigest() != digest or not data.startswith(first):
        raise damaged
    return data[len(first) :]


def save(folder: Path, stem: str, pickled: bytes) -> None:
    """Write an entry: first the data, under a name of its own content, then the line of its hash."""
    data = heading(stem) + pickled
    digest = hashlib.sha256(data).hexdigest()
    write(folder / data_name(stem, digest), data)
    write(folder / f"{stem}.nbi", index_line(stem, digest))


def discard(folder: Path, stem: str) -> None:
    """Remove an entry that was refused, so far as it can be."""
    for path in (folder / f"{stem}.nbi", *folder.glob(f"{stem}-*.nbc")):
        with contextlib.suppress(OSError):
            path.unlink()


def data_name(stem: str, digest: str) -> str:
    """Return the name of a data file of that hash."""
    return f"{stem}-{digest[:16]}.nbc"


def index_line(stem: str, digest: str) -> bytes:
    """Return what an index file holds, in the form that ``sha256sum --check`` reads."""
    return f"{digest}  {data_name(stem, digest)}\n".encode()


def is_cached() -> bool:
    """Return whether compiled code of these sources, whole and trusted, is on disk already."""
    for folder in folders()[0]:
        for index in folder.path.glob("*.nbi"):
            try:
                if load(folder.path, index.stem) is not None:
                    return True
            except Refused:
                continue
    return False


# What an entry's key is made from ------------------------------------------------------------


def plain(function: object) -> object:
    """Return the Python function of a compiled one, and anything else as it is."""
    return getattr(function, "py_func", function)


def description(function: object) -> Iterator[str]:
    """Yield all that a function is, beyond the sources of the model: no path is part of it.

    A function of another folder counts with its whole file and with the functions and numbers it
    names; what a function holds from the function around it counts too.

    Raises
    ------
    TypeError
        Where it holds something that has no lasting description.
    OSError
        Where its source is not in a file.
    """
    waiting, seen = [plain(function)], set()
    while waiting:
        value = waiting.pop()
        if not isinstance(value, FunctionType):
            yield constant(value)
            continue
        if value in seen:
            continue
        seen.add(value)
        code = value.__code__
        yield f"{value.__module__}.{value.__qualname__} {text_of(code)}"
        waiting += [plain(cell.cell_contents) for cell in value.__closure__ or ()]
        if value.__module__.startswith(f"{__package__}."):
            continue
        yield hashlib.sha256(Path(code.co_filename).read_bytes()).hexdigest()
        held = [plain(value.__globals__.get(name)) for name in names(code)]
        waiting += [one for one in held if not isinstance(one, NAMED_ONLY)]


def names(code: CodeType) -> Iterator[str]:
    """Yield the names that code refers to, that of functions inside it included."""
    yield from code.co_names
    for inner in code.co_consts:
        if isinstance(inner, CodeType):
            yield from names(inner)


def text_of(code: CodeType) -> str:
    """Return instructions, names and constants of code; neither its file nor its lines."""
    constants = [
        text_of(one) if isinstance(one, CodeType)
        else repr(sorted(map(repr, one))) if isinstance(one, frozenset)
        else repr(one)
        for one in code.co_consts
    ]  # fmt: skip
    return f"{code.co_code.hex()} {code.co_names} {constants}"


def constant(value: object) -> str:
    """Return the text of a number, string or tuple of such; TypeError for anything else."""
    if isinstance(value, tuple):
        return f"({','.join(map(constant, value))})"
    if value is None or isinstance(value, numbers.Number | str | bytes):
        return f"{type(value).__name__} {value!r}"
    raise TypeError(f"{type(value).__name__} has no lasting description")


class CompiledCode:
    """The code on disk of one function, in the form in which Numba's dispatcher asks for it.

    Parameters
    ----------
    name : str
        For the names of the files.
    described : str
        All that its code hangs on, but for the types of its arguments and the processor.
    """

    def __init__(self, name: str, described: str) -> None:
        self.name = re.sub(r"[^\w.]+", "_", name)[-60:]
        self.described = described
        self.read_from, self.write_to = folders()
        self.cache_path = str(self.write_to.path) if self.write_to else None

    def stem(self, signature: object, codegen: Codegen) -> str | None:
        """Return the name of an entry; None where its types are named by an address."""
        from numba.core import config

        types = str(signature)
        if re.search(r"\bat 0x[0-9a-f]+", types):
            return None
        vector = getattr(config, "USING_SVML", None)
        key = "\0".join(map(repr, (types, codegen.magic_tuple(), vector, self.described)))
        return f"{self.name}-{hashlib.blake2b(key.encode(), digest_size=12).hexdigest()}"

    def load_overload(self, signature: object, target: Target) -> object | None:
        """Return the compiled function of a signature, or None where it must be compiled."""
        from numba.core.compiler import CompileResult

        target.refresh()
        stem = self.stem(signature, target.codegen())
        for folder in self.read_from if stem else ():
            if not folder.is_trusted():
                continue
            try:
                pickled = load(folder.path, str(stem))
                if pickled is not None:
                    rebuild = CompileResult._rebuild
                    return cast("object", rebuild(target, *pickle.loads(pickled)))  # type: ignore[no-untyped-call]
            except Refused as why:
                tell(str(why))
                if folder == self.write_to:
                    discard(folder.path, str(stem))
            except Exception as error:  # noqa: BLE001 whole, yet not of use to this Numba
                tell(f"Compiled code in {folder.path} is not used: {error!r}; compiled again.")
        return None

    def save_overload(self, signature: object, result: Result) -> None:
        """Write the compiled function of a signature; where that cannot be, it stays in memory."""
        from numba.core.serialize import dumps

        stem = self.stem(signature, result.codegen)
        lasting = not result.library.has_dynamic_globals and not result.lifted
        if self.write_to is None or stem is None or not lasting:
            return
        try:
            pickled = dumps(result._reduce())  # type: ignore[no-untyped-call]
            self.write_to.make()
            save(self.write_to.path, stem, pickled)
        except (OSError, Refused):
            return
        except Exception as error:  # noqa: BLE001 kept in memory, whatever it was
            tell(f"The compiled code of {self.name} could not be kept: {error!r}")

    def flush(self) -> None:
        """Numba's way to forget what is on disk; here a new content has a new name."""


def attach(dispatcher: Dispatcher, function: Callable[..., object], *others: object) -> None:
    """Let a function that Numba compiles be found on disk, and be kept there.

    Parameters
    ----------
    dispatcher : numba dispatcher
    function : callable
        What it was made from.
    *others : callable
        Functions from outside the model that are compiled into it without being named in it.
    """
    if not hasattr(dispatcher, "_cache"):
        return  # NUMBA_DISABLE_JIT
    try:
        parts = [repr(sorted(dispatcher.targetoptions.items()))]
        for one in (function, *others):
            parts += description(one)
        dispatcher._cache = CompiledCode(
            f"{function.__module__.rpartition('.')[2]}.{function.__qualname__}", "\0".join(parts)
        )
    except (OSError, TypeError, ValueError):
        return  # compiled in memory alone
