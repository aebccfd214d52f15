"""How plain Python becomes compiled code, and how what only the plain engine hears vanishes from it.

Every formula and step of the model is plain Python, and the plain engine runs it as it stands.
:func:`prepare` tells Numba about all of them, so that a compiled loop may call the very same
functions; :func:`compiled` returns the compiled form of one. Numba is imported by the first of
these calls and not before.

Decorators: :func:`formula` for functions of numbers, :func:`step` for what a mechanism does to the
records, :func:`drawn` for draws, which the plain engine may take from compiled code, and
:func:`compiled_as` for hooks: what the plain engine runs, and what takes its place when compiled.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable
from typing import Any, TypeVar

from negotiation_sim.model import compiled_cache

F = TypeVar("F", bound=Callable[..., Any])

_INLINED: list[Callable[..., Any]] = []
_DRAWN: list[tuple[Callable[..., Any], Callable[..., Any]]] = []
_REPLACED: list[tuple[Callable[..., Any], Callable[..., Any]]] = []
_COMPILED: dict[Callable[..., Any], Any] = {}
_PREPARED: set[Callable[..., Any]] = set()
_AT_HAND = False


def formula(function: F) -> F:
    """Mark a function of numbers and arrays; compiled, it is made part of its callers."""
    _INLINED.append(function)
    return function


def step(function: F) -> F:
    """Mark what a mechanism does to the records in a month; compiled, part of its callers."""
    _INLINED.append(function)
    return function


def compiled_as(replacement: Callable[..., Any]) -> Callable[[F], F]:
    """Mark a hook: the plain engine runs the function, compiled code ``replacement`` instead."""

    def marked(function: F) -> F:
        _REPLACED.append((function, replacement))
        return function

    return marked


def drawn(function: F) -> F:
    """Mark a draw: the plain engine takes it from compiled code once that is at hand."""

    @functools.wraps(function)
    def either(*arguments: Any) -> Any:
        if _AT_HAND:
            return compiled(function)(*arguments)
        return function(*arguments)

    _DRAWN.append((either, function))
    return either  # type: ignore[return-value]


def take_compiled_draws() -> None:
    """Let the plain engine take draws from compiled code: worth its start for many replicates."""
    global _AT_HAND
    prepare()
    _AT_HAND = True


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


def _standing_in(replacement: Callable[..., Any]) -> Callable[..., Any]:
    def typed(*arguments: Any, **options: Any) -> Callable[..., Any]:
        return replacement

    return typed


@functools.cache
def _part_compiler() -> Any:
    """Return the compiler of what becomes part of its callers: it leaves the rest to them.

    Numba optimises each function and makes machine code of it before it links it into a caller,
    where that is done once more, level by level; parts that nobody calls alone need neither.
    """
    from numba.core.codegen import JITCodeLibrary
    from numba.core.compiler import Compiler

    class PartLibrary(JITCodeLibrary):
        """Code that waits to become part of another library."""

        def _optimize_final_module(self) -> None:
            pass

        def _finalize_final_module(self) -> None:
            self._finalize_dynamic_globals()
            self._finalized = True

        def get_pointer_to_function(self, name: str) -> int:  # noqa: ARG002
            self._ensure_finalized()
            return 0

        @property
        def codegen(self) -> Any:
            return Nowhere()

    class Nowhere:
        """Takes the environment of a function that has no address of its own."""

        def set_env(self, name: str, env: Any) -> None:
            pass

    class PartCompiler(Compiler):
        """The usual pipeline, into a library that waits."""

        numbers = itertools.count()

        def __init__(
            self, typing: Any, target: Any, library: Any, args: Any, result: Any, flags: Any,
            names: Any,
        ) -> None:  # fmt: skip
            library = library or PartLibrary(target.codegen(), f"part-{next(self.numbers)}")
            super().__init__(typing, target, library, args, result, flags, names)

    return PartCompiler


def prepare() -> Any:
    """Import Numba, make every function known to it; return ``numba``."""
    import numba
    import numba.extending

    if not _PREPARED:
        _register_multiply_high(numba)
    options = {"forceinline": True, "pipeline_class": _part_compiler()}
    for function in _INLINED:
        if function not in _PREPARED:
            numba.extending.register_jitable(**options)(function)
            _PREPARED.add(function)
    for either, function in _DRAWN:
        if either not in _PREPARED:
            numba.extending.overload(either, strict=False)(_standing_in(function))
            _PREPARED.add(either)
    for hook, replacement in _REPLACED:
        if hook not in _PREPARED:
            numba.extending.overload(hook, jit_options=options, strict=False)(
                _standing_in(replacement)
            )
            _PREPARED.add(hook)
    return numba


def compiled(function: Callable[..., Any], allocates: bool = True) -> Any:
    """Return the compiled form of a function; it releases the interpreter's lock while it runs.

    A function that allocates nothing is compiled without reference counts, which otherwise cost
    more than the arithmetic of a month (docs/performance.md).
    """
    function = getattr(function, "__wrapped__", function)  # of a draw, what it wraps
    if function not in _COMPILED:
        numba = prepare()
        options = {} if allocates else {"_nrt": False}
        dispatcher = numba.njit(nogil=True, **options)(function)
        compiled_cache.attach(dispatcher, function)
        _COMPILED[function] = dispatcher
    return _COMPILED[function]
