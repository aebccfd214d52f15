"""How plain Python becomes compiled code, and how what only the plain engine hears vanishes from it.

Every formula and step of the model is plain Python, and the plain engine runs it as it stands.
:func:`prepare` tells Numba about all of them, so that a compiled loop may call the very same
functions; :func:`compiled` returns the compiled form of one. Numba is imported by the first of
these calls and not before.

Decorators: :func:`formula` for functions of numbers, :func:`step` for what a mechanism does to the
records, :func:`drawn` for draws, which the plain engine may take from compiled code,
:func:`compiled_as` for hooks: what the plain engine runs, and what takes its place when compiled,
and :func:`pluggable` for what a plug-in may replace, in both engines.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable, Mapping, Sequence
from types import ModuleType
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar, cast

from negotiation_sim.model import compiled_cache

if TYPE_CHECKING:
    import numpy as np
    from llvmlite import ir

    from negotiation_sim.model.compiled_cache import Target

F = TypeVar("F", bound=Callable[..., object])
Put = Callable[..., Any]  # what a plug-in puts into the model
Functions = Mapping[str, Put]  # of a plug-in, by the name of what they replace
Maker = Callable[[Functions], Put | None]

_INLINED: list[Callable[..., object]] = []
_DRAWN: list[tuple[Callable[..., object], Callable[..., object]]] = []
_REPLACED: list[Pluggable] = []
_PLUGGABLE: list[Pluggable] = []
_COMPILED: dict[tuple[object, ...], Callable[..., object]] = {}
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


def compiled_as(replacement: Callable[..., object], maker: Maker | None = None) -> Callable[[F], F]:
    """Mark a hook: the plain engine runs the function, compiled code ``replacement`` instead.

    Compiled with a plug-in, what ``maker`` makes of its functions (see :func:`pluggable`).
    """

    def marked(function: F) -> F:
        _REPLACED.append(Pluggable(function, replacement, maker or (lambda functions: None)))
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


class Plug:
    """What a plug-in puts into the model: functions by the name of what they replace.

    Parameters
    ----------
    key : str
        A hash of the plug-in; two plugs of one key are the same compiled code.
    functions : mapping of str to callable
    helpers : sequence of callable
        Functions that these may call when compiled.
    """

    def __init__(
        self,
        key: str,
        functions: Mapping[str, Callable[..., object]],
        helpers: Sequence[Callable[..., object]] = (),
    ) -> None:
        self.key, self.functions, self.helpers = key, dict(functions), tuple(helpers)
        self.allocates = True  # when compiled, until it is known that it does not
        self.made: dict[object, Callable[..., object] | None] = {}

    def put(self, part: Pluggable) -> Callable[..., object] | None:
        """Return what takes the place of a part, None where the plug-in leaves it alone."""
        if part not in self.made:
            self.made[part] = part.maker(self.functions)
        return self.made[part]


class Pluggable(NamedTuple):
    """A part of the model that a plug-in may replace, or that runs otherwise when compiled.

    Parameters
    ----------
    either : callable
        What the plain engine calls.
    function : callable
        What is compiled where no plug-in takes its place.
    maker : callable
        Takes the functions of a plug-in by name; returns what takes the part's place, or None.
    """

    either: Callable[..., object]
    function: Callable[..., object]
    maker: Maker


def pluggable(maker: Maker) -> Callable[[F], F]:
    """Mark what a plug-in may replace; its ``state`` or ``teller`` says which plug-in there is.

    Without one the compiled form is the function itself, as if it were a :func:`step`.
    """

    def marked(function: F) -> F:
        names = function.__code__.co_varnames
        place = names.index("teller") if "teller" in names else names.index("state")

        @functools.wraps(function)
        def either(*arguments: Any) -> object:
            teller = arguments[place]
            teller = teller if names[place] == "teller" or teller is None else teller.teller
            plug = getattr(teller, "plug", None)
            put = None if plug is None else plug.put(part)
            return (put or function)(*arguments)

        part = Pluggable(either, function, maker)
        _PLUGGABLE.append(part)
        return cast("F", either)

    return marked


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


def _fields(kind: Any) -> tuple[str, ...]:
    """Return the names of a named tuple's type, none of any other's."""
    fields = getattr(kind, "fields", ())
    return fields if isinstance(fields, tuple) else ()


def _plugged_in(part: Pluggable) -> Callable[..., object]:
    """Return how Numba is told of a part, by the types of its arguments."""

    def typed(*arguments: Any, **options: object) -> Callable[..., object]:
        for one in arguments:
            if "teller" in _fields(one):
                one = one.types[_fields(one).index("teller")]
            if _fields(one)[:1] == ("plug",):
                return one.types[0].plug.put(part) or part.function
        return part.function

    return typed


@functools.cache
def plug_type() -> type[Any]:
    """Return the Numba type of plugs, one for each key; a plug has no memory of its own."""
    from numba import extending, types

    class PlugType(types.Opaque):
        """The type of one plug: its name is the key, so that code on disk is found by it."""

        known: dict[str, Plug] = {}  # noqa: RUF012

        def __init__(self, key: str) -> None:
            super().__init__(name=f"Plug({key})")
            self.key_of_plug = key

        @property
        def plug(self) -> Plug:
            return self.known[self.key_of_plug]

        def __reduce__(self) -> tuple[Any, ...]:
            return _type_of_plug, (self.key_of_plug,)

    @extending.typeof_impl.register(Plug)
    def _(plug: Plug, context: object) -> Any:  # noqa: ARG001
        PlugType.known.setdefault(plug.key, plug)
        return PlugType(plug.key)

    extending.register_model(PlugType)(extending.models.OpaqueModel)

    @extending.unbox(PlugType)  # type: ignore[no-untyped-call, untyped-decorator]
    def _(kind: object, plug: object, c: Any) -> Any:  # noqa: ARG001
        return extending.NativeValue(c.context.get_dummy_value())  # type: ignore[no-untyped-call]

    return PlugType


def _type_of_plug(key: str) -> Any:
    """Return the type of a plug again, of code read from disk."""
    return plug_type()(key)


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
        plug_type()
    options = _part_options()
    for function in _INLINED:
        if function not in _PREPARED:
            numba.extending.register_jitable(**options)(function)
            _PREPARED.add(function)
    for either, function in _DRAWN:
        if either not in _PREPARED:
            numba.extending.overload(either, strict=False)(_standing_in(function))
            _PREPARED.add(either)
    for part in (*_REPLACED, *_PLUGGABLE):
        if part.either not in _PREPARED:
            numba.extending.overload(part.either, jit_options=options, strict=False)(
                _plugged_in(part)
            )
            _PREPARED.add(part.either)
    return numba


def not_compiled(
    function: Callable[..., object], arguments: Sequence[object], plug: Plug, allocates: bool
) -> str | None:
    """Return why a function cannot be compiled for some arguments, None where it can be."""
    _INLINED.extend(one for one in plug.helpers if one not in _PREPARED)
    numba = prepare()
    options = {} if allocates else {"_nrt": False}
    try:
        numba.njit(nogil=True, **options)(function).compile(tuple(map(numba.typeof, arguments)))
    except Exception as error:  # noqa: BLE001 Numba raises its own and others
        lines = [line.strip() for line in str(error).splitlines() if line.strip()]
        said = [line for line in lines if not line.startswith(("Failed in", "During:", "File "))]
        return (said or lines or [type(error).__name__])[0]
    return None


def _part_options() -> Any:
    """Return how Numba compiles what becomes part of its callers."""
    return {"forceinline": True, "pipeline_class": _part_compiler()}


def compiled(function: F, allocates: bool = True, plug: Plug | None = None) -> F:
    """Return the compiled form of a function; it releases the interpreter's lock while it runs.

    A function that allocates nothing is compiled without reference counts, which otherwise cost
    more than the arithmetic of a month (docs/performance.md). One with a plug has code of its own.
    """
    function = getattr(function, "__wrapped__", function)  # of a draw, what it wraps
    known = (function, allocates, None if plug is None else plug.key)
    if known not in _COMPILED:
        others: tuple[Callable[..., object], ...] = ()
        if plug is not None:
            others = (*plug.functions.values(), *plug.helpers)
            _INLINED.extend(one for one in others if one not in _PREPARED)
            for part in (*_REPLACED, *_PLUGGABLE):
                plug.put(part)
        numba = prepare()
        options = {} if allocates else {"_nrt": False}
        dispatcher = numba.njit(nogil=True, **options)(function)
        compiled_cache.attach(dispatcher, function, *others)
        _COMPILED[known] = dispatcher
    return cast("F", _COMPILED[known])
