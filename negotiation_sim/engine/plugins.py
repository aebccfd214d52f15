"""Plug-ins: a user's own policies, rules, chair, steps and time series, from one Python file.

A file is read once, hashed, and run as it was hashed. What it marks is found by its decorator, a
policy or a model by its class. Functions come in two forms, told by their parameters:

================  =============================================  ========================
mark              both engines                                   plain engine alone
================  =============================================  ========================
``rule``          ``(ballot)``
``decision``      ``(given, world, state, m, i, advice)``        ``(agent, track, advice)``
``chair``         ``(given, world, state, positions, m, t)``     ``(model, track)``
``before_month``  ``(given, world, state, t)``                   ``(model)``
``after_month``   ``(given, world, state, t)``                   ``(model)``
``collector``     ``(given, world, state, t)``                   ``(model)``
================  =============================================  ========================

What has been given to a process is in :mod:`negotiation_sim.engine.given_plugins`.
"""

from __future__ import annotations

import functools
import hashlib
import inspect
import random
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FunctionType, ModuleType
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from negotiation_sim.catalogue.schema import PluginText
from negotiation_sim.engine.agents import NegotiationModel, Policy
from negotiation_sim.errors import UsageError, nearest
from negotiation_sim.model.ballot import Ballot
from negotiation_sim.model.compiling import Plug
from negotiation_sim.model.decisions import DECISIONS
from negotiation_sim.model.draws import code_of
from negotiation_sim.model.terms import DecisionRule, label

if TYPE_CHECKING:
    from negotiation_sim.engine.scenario import Scenario

F = TypeVar("F", bound=Callable[..., Any])

MARK = "__plugs_into__"
RECORDS = {
    "decision": 6,
    "chair": 6,
    "before_month": 4,
    "after_month": 4,
    "collector": 4,
    "rule": 1,
}
PLAIN = {"decision": 3, "chair": 2, "before_month": 1, "after_month": 1, "collector": 1}
BALLOTS = 400  # drawn, to see whether a rule ever fails for more acceptance


@dataclass(frozen=True)
class Mark:
    """What a function is for.

    Parameters
    ----------
    kind : str
        Of :data:`RECORDS`.
    names : tuple of str
        The rule or the decision that it replaces; the names of what it collects.
    states : tuple of str
        Codes of the states for which it decides; empty for all.
    """

    kind: str
    names: tuple[str, ...] = ()
    states: tuple[str, ...] = ()


def _marked(function: F, mark: Mark) -> F:
    setattr(function, MARK, mark)
    return function


def rule(name: str) -> Callable[[F], F]:
    """Mark a decision rule: it takes a :class:`~negotiation_sim.model.ballot.Ballot`.

    It holds in every venue that decides, or gives mandates, by the built-in rule of that name, and
    returns whether the text or mandate passes. More acceptance may never make it fail.
    """
    _known("rule", name, [label(each) for each in DecisionRule])
    return lambda function: _marked(function, Mark("rule", (name,)))


def decision(name: str, states: Sequence[str] = ()) -> Callable[[F], F]:
    """Mark a policy over one of the declared decisions, for some states or for all."""
    _known("decision", name, [each.name for each in DECISIONS])
    who = next(each.who for each in DECISIONS if each.name == name)
    if states and who == "track":
        raise UsageError(f"plugin: '{name}' is decided by no state; leave states out")
    return lambda function: _marked(function, Mark("decision", (name,), tuple(states)))


def chair(function: F) -> F:
    """Mark a chair: it writes into ``state.aim[m]`` (or returns) where the text should go."""
    return _marked(function, Mark("chair"))


def before_month(function: F) -> F:
    """Mark a step before every month."""
    return _marked(function, Mark("before_month"))


def after_month(function: F) -> F:
    """Mark a step after every month."""
    return _marked(function, Mark("after_month"))


def collector(*names: str) -> Callable[[F], F]:
    """Mark what returns a number for each name after every month, a tuple of as many."""
    if not names or len(set(names)) < len(names):
        raise UsageError("plugin: a collector needs a name for each number, no name twice")
    return lambda function: _marked(function, Mark("collector", names))


def actor_code(name: str) -> np.uint64:
    """Return the code of an actor by its id, as in ``given.cast.code``."""
    return code_of(name)


def venue_code(name: str) -> np.uint64:
    """Return the code of a venue by its id, as in ``ballot.venue_code``."""
    return code_of(f"venue:{name}")


def _known(what: str, name: str, allowed: list[str]) -> None:
    if name not in allowed:
        hint = nearest(name, allowed) or f"; allowed: {', '.join(allowed)}"
        raise UsageError(f"plugin: no {what} '{name}'{hint}")


class AskedPolicy(Policy):
    """A policy that asks somebody in words: a person, or a language model.

    Override :meth:`ask`; it is given the question, and must return one of the options.
    """

    def ask(self, question: str, options: tuple[str, str]) -> str:
        """Return one of the options."""
        raise NotImplementedError


def _asking(number: int) -> Callable[..., bool]:
    declared = DECISIONS[number]

    def method(self: AskedPolicy, agent: Any, track: Any, advice: bool) -> bool:
        yes, no = declared.options
        who = agent.name if agent is not None else f"those behind {track.name}"
        said = f" The rules advise: {yes if advice else no}."
        where = f" Text on the table for {track.name}: {_numbers(track)}." if track else ""
        question = f"You are {who}, when {declared.when}. {declared.question}{where}{said}"
        found = self.ask(question, declared.options).strip().lower().rstrip(".")
        if found not in declared.options:
            raise UsageError(f"plugin: asked for {yes} or {no}, got '{found[:80]}'")
        return found == yes

    method.__name__ = declared.name
    return method


def _numbers(track: Any) -> str:
    issues = track.model.scenario.issues
    pairs = zip(issues, track.text, strict=True)
    return ", ".join(f"{issue} {value:.2f}" for issue, value in pairs)


for _number, _decision in enumerate(DECISIONS):
    setattr(AskedPolicy, _decision.name, _asking(_number))


@dataclass(eq=False)
class Plugin:
    """A plug-in as it was loaded.

    Parameters
    ----------
    record : PluginText
        Name, hash and text.
    path : Path or None
        Where workers find it; None of a class that stands in this process alone.
    plug : Plug
        What both engines can run.
    plainly : dict of str to callable
        What the plain engine alone can run, over the model: ``decision NAME`` and so on.
    policies : tuple of type
        Classes; each model has instances of its own.
    model : type
        The class of the model in the plain engine.
    series : tuple of str
        Names of what is collected.
    wanted : bool
        Whether it is to be compiled where it can be: the file's ``COMPILED``, true unless said.
    """

    record: PluginText
    path: Path | None
    plug: Plug
    plainly: dict[str, Callable[..., Any]] = field(default_factory=dict)
    policies: tuple[type[Policy], ...] = ()
    model: type[NegotiationModel] = NegotiationModel
    series: tuple[str, ...] = ()
    wanted: bool = True
    reason: str | None = None
    tried: bool = False
    lock: threading.Lock = field(default_factory=threading.Lock)

    @functools.cached_property
    def plain_plug(self) -> Plug | None:
        """Return what the plain engine's steps call, each over the records; None where nothing."""
        functions: dict[str, Callable[..., Any]] = dict(self.plug.functions)
        for name, function in self.plainly.items():
            if name in ADAPTERS:
                functions[name] = ADAPTERS[name](function)
        return Plug(self.sha256, functions) if functions else None

    @property
    def sha256(self) -> str:
        return self.record.sha256

    @property
    def where(self) -> tuple[str, str] | None:
        """Return path and hash, which is all that a worker is given."""
        return None if self.path is None else (str(self.path), self.sha256)

    def plain_reason(self, scenario: Scenario) -> str | None:
        """Return why it runs in the plain engine alone; None where it can be compiled."""
        with self.lock:
            if not self.tried:
                self.reason = self._plain_reason(scenario)
                self.tried = True
        return self.reason

    def _plain_reason(self, scenario: Scenario) -> str | None:
        if self.model is not NegotiationModel:
            return f"it has a model of its own, {self.model.__name__}"
        if self.policies:
            return f"{self.policies[0].__name__} is a policy over the Mesa model"
        if not self.wanted:
            return f"{self.record.name} says COMPILED = False"
        if self.plainly:
            return f"its {next(iter(self.plainly))} works on the Mesa model"
        from negotiation_sim.engine.compiled_plugins import refusal

        return refusal(self.plug, scenario)


def of_class(plugin: type) -> Plugin:
    if not issubclass(plugin, NegotiationModel | Policy):
        raise UsageError(
            f"plugin: {plugin.__name__} is neither a NegotiationModel nor a Policy; name a file"
        )
    try:
        text = inspect.getsource(plugin)
    except (OSError, TypeError):
        raise UsageError(
            f"plugin: the source of {plugin.__name__} is not known; write it into a file"
        ) from None
    digest = hashlib.sha256(text.encode()).hexdigest()
    record = PluginText(name=plugin.__name__, sha256=digest, text=text)
    if issubclass(plugin, NegotiationModel):
        return Plugin(record, None, Plug(digest, {}), model=plugin)
    return Plugin(record, None, Plug(digest, {}), policies=(plugin,))


def of_module(module: ModuleType, record: PluginText, path: Path) -> Plugin:
    """Return what a module marks."""
    found = [value for value in vars(module).values()
             if getattr(value, "__module__", None) == module.__name__]  # fmt: skip
    plugin = Plugin(
        record, path, Plug(record.sha256, {}, [f for f in found if isinstance(f, FunctionType)])
    )
    plugin.wanted = bool(getattr(module, "COMPILED", True))
    for value in found:
        mark = getattr(value, MARK, None)
        if isinstance(mark, Mark):
            _put(plugin, value, mark)
        elif isinstance(value, type) and issubclass(value, NegotiationModel):
            plugin.model = value
        elif isinstance(value, type) and issubclass(value, Policy):
            plugin.policies += (value,)
    if not (
        plugin.plug.functions or plugin.plainly or plugin.policies
        or plugin.model is not NegotiationModel
    ):  # fmt: skip
        raise UsageError(
            f"plugin: {path.name} marks nothing; allowed: a function marked as "
            f"{', '.join(RECORDS)}, a Policy, a NegotiationModel"
        )
    return plugin


def _put(plugin: Plugin, function: Callable[..., Any], mark: Mark) -> None:
    n, kind = len(inspect.signature(function).parameters), mark.kind
    name = {"rule": lambda: f"rule {mark.names[0]}", "decision": lambda: mark.names[0]}.get(
        kind, lambda: kind
    )()
    if name in plugin.plug.functions or name in plugin.plainly:
        raise UsageError(f"plugin: {plugin.record.name}: two for {name}; one is allowed")
    if kind == "collector":
        plugin.series = mark.names
    if n == RECORDS[kind]:
        if kind == "rule":
            check_rule(function, mark.names[0])
        plugin.plug.functions[name] = (
            _for_states(function, mark.states) if mark.states else function
        )
    elif n == PLAIN.get(kind):
        plugin.plainly[name] = function
        setattr(function, MARK, mark)
    else:
        forms = [str(number) for number in (RECORDS[kind], PLAIN.get(kind)) if number]
        raise UsageError(
            f"plugin: {plugin.record.name}: {function.__name__} takes {n} parameters; "
            f"a {kind} takes {' or '.join(forms)} (docs/plugins.md)"
        )


def _for_states(function: Callable[..., Any], states: tuple[str, ...]) -> Callable[..., Any]:
    codes = tuple(np.uint64(code_of(state)) for state in states)

    def decide_for(given: Any, world: Any, state: Any, m: int, i: int, advice: bool) -> bool:
        for each in codes:
            if given.cast.code[i] == each:
                return bool(function(given, world, state, m, i, advice))
        return bool(advice)

    return decide_for


def check_rule(function: Callable[..., Any], name: str) -> None:
    """Raise UsageError where a rule fails on a ballot, or fails for more acceptance."""
    dice = random.Random(0)  # noqa: S311 no secret
    number = next(int(each) for each in DecisionRule if label(each) == name)
    for _ in range(BALLOTS):
        heads = sorted(dice.choices(range(31), k=3))
        members = heads[2] + 1
        for more in (0, 1):
            yes, along = heads[0] + more, heads[1] - heads[0]
            no = members - yes - along
            ballot = Ballot(
                number, bool(members % 2), False, members, yes, along, no, yes, no, 2, 3, 0,
                1000 * yes, 1000 * members, 0,
            )  # fmt: skip
            try:
                passes = bool(function(ballot))
            except Exception as error:  # noqa: BLE001 the user's own code
                raise UsageError(
                    f"plugin: {function.__name__} fails on {ballot}: {type(error).__name__}: {error}"
                ) from None
            if more == 0:
                before = passes
            elif before and not passes:
                raise UsageError(
                    f"plugin: {function.__name__} fails where one more accepts: {ballot}"
                )


class Policies(Policy):
    """Asks the policies of a plug-in in turn, each with the answer of the one before as advice."""

    def __init__(self, plugin: Plugin) -> None:
        self.asked = [each() for each in plugin.policies]
        self.functions = dict(plugin.plainly)

    def propose(self, agent: Any, track: Any) -> Sequence[float] | None:
        for each in self.asked:
            if _concerns(each, agent):
                text = each.propose(agent, track)
                if text is not None:
                    return text
        return None


def _concerns(policy: Policy, agent: Any) -> bool:
    states = getattr(policy, "states", ())
    return not states or (agent is not None and agent.actor_id in states)


def _in_turn(name: str) -> Callable[..., bool]:
    def method(self: Policies, agent: Any, track: Any, advice: bool) -> bool:
        function = self.functions.get(name)
        if function is not None:
            states = getattr(function, MARK).states
            if not states or (agent is not None and agent.actor_id in states):
                advice = bool(function(agent, track, advice))
        for each in self.asked:
            if _concerns(each, agent):
                advice = bool(getattr(each, name)(agent, track, advice))
        return advice

    method.__name__ = name
    return method


for _decision in DECISIONS:
    setattr(Policies, _decision.name, _in_turn(_decision.name))


def policy_of(plugin: Plugin) -> Policy | None:
    """Return a policy for one model, None where the plug-in has none of the plain engine's."""
    if plugin.policies or any(each.name in plugin.plainly for each in DECISIONS):
        return Policies(plugin)
    return None


def _month(function: Callable[..., Any]) -> Callable[..., Any]:
    def each_month(given: Any, world: Any, state: Any, t: int) -> Any:
        return function(state.teller.model)

    return each_month


def _aims(function: Callable[..., Any]) -> Callable[..., Any]:
    def aims(given: Any, world: Any, state: Any, positions: Any, m: int, t: int) -> None:
        model = state.teller.model
        for item in model.tracks[m].package:
            text = function(model, model.tracks[item])
            if text is not None:
                for k in range(len(text)):
                    state.aim[item, k] = text[k]

    return aims


ADAPTERS: Mapping[str, Callable[[Callable[..., Any]], Callable[..., Any]]] = {
    "before_month": _month, "after_month": _month, "collector": _month, "chair": _aims,
}  # fmt: skip
