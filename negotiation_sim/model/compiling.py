"""The one place that knows how a rule becomes compiled code.

A rule is plain Python: the Mesa agents call it as it stands. :func:`prepare` tells Numba about
every rule, so that compiled loops may call the very same function; :func:`compiled` returns the
compiled form of a function for callers in Python. Numba is imported by the first of these calls
and not before.
"""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

F = TypeVar("F", bound=Callable[..., Any])

_RULES: list[Callable[..., Any]] = []
_INLINED: set[Callable[..., Any]] = set()
_COMPILED: dict[Callable[..., Any], Any] = {}
_PREPARED: set[Callable[..., Any]] = set()
_CACHE: Path | None = None


def rule(function: F) -> F:
    """Mark a pure function of numbers and arrays as callable from both engines."""
    _RULES.append(function)
    return function


def small_rule(function: F) -> F:
    """Mark a short rule: as :func:`rule`, and compiled into its callers rather than called."""
    _INLINED.add(function)
    return rule(function)


def multiply_high(a: int, b: int) -> int:
    """Return the high 64 bits of the 128-bit product of two unsigned 64-bit integers.

    Compiled code uses the processor's instruction instead of this Python form.
    """
    return (int(a) * int(b)) >> 64


def source_hash() -> str:
    """Return a hash of the sources that compiled code is made from, and of the Numba in use.

    These are the files of this folder; Numba's own cache would miss a change in any but the one
    that holds the compiled function.
    """
    from importlib.metadata import version

    digest = hashlib.blake2b(digest_size=12)
    digest.update(f"{version('numba')}|{version('numpy')}|{sys.version}".encode())
    for path in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def cache_folder() -> Path | None:
    """Return this version's folder in the user's cache, or None where it cannot be written."""
    base = os.environ.get("NEGOTIATION_SIM_CACHE") or os.environ.get("XDG_CACHE_HOME")
    try:
        root = Path(base) if base else Path.home() / ".cache"
        folder = root / "negotiation-sim" / source_hash()
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / f".probe-{os.getpid()}"
        probe.write_bytes(b"")
        probe.unlink()
    except (OSError, RuntimeError):
        return None
    return folder


def is_cached() -> bool:
    """Return whether compiled code of these sources is in the cache already."""
    folder = cache_folder()
    return folder is not None and any(folder.rglob("*.nbi"))


def _register_multiply_high(numba: Any) -> None:
    from llvmlite import ir
    from numba.core import types

    @numba.extending.intrinsic
    def high_product(typingctx, a, b):  # noqa: ANN001, ANN202, ARG001
        def codegen(context, builder, signature, args):  # noqa: ANN001, ANN202, ARG001
            wide = ir.IntType(128)
            product = builder.mul(builder.zext(args[0], wide), builder.zext(args[1], wide))
            return builder.trunc(builder.lshr(product, ir.Constant(wide, 64)), ir.IntType(64))

        return types.uint64(types.uint64, types.uint64), codegen

    @numba.extending.overload(multiply_high)
    def _(a, b):  # noqa: ANN001, ANN202
        return lambda a, b: high_product(a, b)


def prepare() -> Any:
    """Import Numba, point its cache at our folder, make every rule known; return ``numba``."""
    global _CACHE
    first = not _PREPARED
    if first:
        _CACHE = cache_folder()
        if _CACHE is not None:
            os.environ["NUMBA_CACHE_DIR"] = str(_CACHE)
    import numba
    import numba.extending

    if first:
        if _CACHE is not None:
            numba.config.CACHE_DIR = str(_CACHE)
        _register_multiply_high(numba)
    for function in _RULES:
        if function not in _PREPARED:
            inline = function in _INLINED
            numba.extending.register_jitable(forceinline=inline)(function)
            _PREPARED.add(function)
    return numba


def compiled(function: Callable[..., Any], allocates: bool = True) -> Any:
    """Return the compiled form of a function; it releases the interpreter's lock while it runs.

    A function that allocates nothing is compiled without reference counts, which otherwise cost
    more than the arithmetic of a month (docs/performance.md).
    """
    if function not in _COMPILED:
        numba = prepare()
        options = {} if allocates else {"_nrt": False}
        jit = numba.njit(nogil=True, cache=_CACHE is not None, **options)
        _COMPILED[function] = jit(function)
    return _COMPILED[function]
