"""The one place that knows how a rule becomes compiled code.

A rule is plain Python: the Mesa agents call it as it stands. :func:`prepare` tells Numba about
every rule, so that compiled loops may call the very same function; :func:`compiled` returns the
compiled form of a function for callers in Python. Numba is imported by the first of these calls
and not before.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from negotiation_sim.model import compiled_cache

F = TypeVar("F", bound=Callable[..., Any])

_RULES: list[Callable[..., Any]] = []
_INLINED: set[Callable[..., Any]] = set()
_COMPILED: dict[Callable[..., Any], Any] = {}
_PREPARED: set[Callable[..., Any]] = set()


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
    """Import Numba, make every rule known to it; return ``numba``."""
    import numba
    import numba.extending

    if not _PREPARED:
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
        dispatcher = numba.njit(nogil=True, **options)(function)
        compiled_cache.attach(dispatcher, function)
        _COMPILED[function] = dispatcher
    return _COMPILED[function]
