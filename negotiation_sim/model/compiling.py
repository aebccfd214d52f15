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
from collections.abc import Callable, Sequence
from types import ModuleType
from typing import TYPE_CHECKING, Any, TypeVar, cast

from negotiation_sim.model import compiled_cache

if TYPE_CHECKING:
    import numpy as np
    from llvmlite import ir

    from negotiation_sim.model.compiled_cache import Target

F = TypeVar("F", bound=Callable[..., object])

_INLINED: list[Callable[..., object]] = []
_DRAWN: list[tuple[Callable[..., object], Callable[..., object]]] = []
_REPLACED: list[tuple[Callable[..., object], Callable[..., object]]] = []
_COMPILED: dict[Callable[..., object], Callable[..., object]] = {}
_PREPARED: set[Callable[..., object]] = set()
_AT_HAND = False


def formula(function: F) -> F:
    """Mark a function of numbers and arrays; compiled, it is made part of its callers."""
    _INLINED.append(function)
    return function


def step(function: F) -> F:
    """Mark what a mechanism does to the records in a month; compiled, part of its callers."""
    _INLINED.append(function)
    return function


def compiled_as(replacement: Callable[..., object]) -> Callable[[F], F]:
    """Mark a hook: the plain engine runs the function, compiled code ``replacement`` instead."""

    def marked(function: F) -> F:
        _REPLACED.append((function, replacement))
        return function

    return marked


def drawn(function: F) -> F:
    """Mark a draw: the plain engine takes it from compiled code once that is at hand."""

    @functools.wraps(function)
    def either(*arguments: object) -> object:
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


def multiply_high(a: int | np.uint64, b: int | np.uint64) -> int:
    """Return the high 64 bits of the 128-bit product of two unsigned 64-bit integers.

    Compiled code uses the processor's instruction instead of this Python form.
    """
    return (int(a) * int(b)) >> 64


def _register_multiply_high(numba: ModuleType) -> None:
    from llvmlite import ir
    from numba.core import types

    @numba.extending.intrinsic  # type: ignore[untyped-decorator]
    def high_product(typingctx: object, a: object, b: object) -> tuple[object, object]:  # noqa: ARG001
        def codegen(  # noqa: ANN202 what llvmlite makes
            context: object,  # noqa: ARG001
            builder: ir.IRBuilder,
            signature: object,  # noqa: ARG001
            args: Sequence[ir.Value],
        ) -> ir.Value:
            wide = ir.IntType(128)
            product = builder.mul(builder.zext(args[0], wide), builder.zext(args[1], wide))
            return builder.trunc(builder.lshr(product, ir.Constant(wide, 64)), ir.IntType(64))

        return types.uint64(types.uint64, types.uint64), codegen

    @numba.extending.overload(multiply_high)  # type: ignore[untyped-decorator]
    def _(a: object, b: object) -> Callable[..., object]:  # noqa: ARG001
        def product(a: object, b: object) -> object:
            return high_product(a, b)

        return product


def _standing_in(replacement: Callable[..., object]) -> Callable[..., object]:
    def typed(*arguments: object, **options: object) -> Callable[..., object]:
        return replacement

    return typed


@functools.cache
def _part_compiler() -> type[object]:
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
            self._finalize_dynamic_globals()  # type: ignore[no-untyped-call]
            self._finalized = True

        def get_pointer_to_function(self, name: str) -> int:  # noqa: ARG002
            self._ensure_finalized()  # type: ignore[no-untyped-call]
            return 0

        @property
        def codegen(self) -> Nowhere:
            return Nowhere()

    class Nowhere:
        """Takes the environment of a function that has no address of its own."""

        def set_env(self, name: str, env: object) -> None:
            pass

    class PartCompiler(Compiler):
        """The usual pipeline, into a library that waits."""

        numbers = itertools.count()

        def __init__(
            self, typing: object, target: Target, library: object, args: object, result: object,
            flags: object, names: object,
        ) -> None:  # fmt: skip
            library = library or PartLibrary(  # type: ignore[no-untyped-call]
                target.codegen(), f"part-{next(self.numbers)}"
            )
            super().__init__(  # type: ignore[no-untyped-call]
                typing, target, library, args, result, flags, names
            )

    return PartCompiler


def prepare() -> ModuleType:
    """Import Numba, make every function known to it; return ``numba``."""
    import numba
    import numba.extending

    if not _PREPARED:
        _register_multiply_high(numba)
    options: Any = {"forceinline": True, "pipeline_class": _part_compiler()}
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


def compiled(function: F, allocates: bool = True) -> F:
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
    return cast("F", _COMPILED[function])
