"""The plug-ins that this process was given: read from a file once, by path or hash, never from a manifest.

A setting names a plug-in by its hash and keeps its text to be read. :func:`plugin_of` finds only
what the user has given, and a worker is given path and hash (:func:`load_again`).
"""

from __future__ import annotations

import hashlib
import importlib.abc
import importlib.machinery
import importlib.util
import linecache
import sys
import threading
import traceback
from collections.abc import Callable
from os import PathLike
from pathlib import Path
from types import CodeType, ModuleType
from typing import TYPE_CHECKING

from negotiation_sim.catalogue.schema import PluginText, Setting
from negotiation_sim.errors import UsageError

if TYPE_CHECKING:
    from negotiation_sim.engine.agents import NegotiationModel
    from negotiation_sim.engine.plain import PlainWorld
    from negotiation_sim.engine.plugins import Plugin
    from negotiation_sim.engine.scenario import Scenario

MOST_BYTES = 1_000_000
HASH_SHOWN = 12

Plugging = str | PathLike[str] | type


_LOCK = threading.RLock()
_GIVEN: dict[str, Plugin] = {}


class _Text(importlib.abc.InspectLoader):
    """Loads a module from the text that was hashed, whatever stands in the file by now."""

    def __init__(self, path: str, text: str) -> None:
        self.path, self.text = path, text

    def get_source(self, fullname: str) -> str:  # noqa: ARG002
        return self.text

    def get_code(self, fullname: str) -> CodeType:
        return self.source_to_code(self.get_source(fullname), self.path)


def load(plugin: Plugging, wanted: str | None = None) -> Plugin:
    """Read a plug-in and make it known to this process.

    Parameters
    ----------
    plugin : path or class
        A Python file; or a subclass of the model or of a policy, which then runs in this process.
    wanted : str, optional
        The SHA-256 that it must have.

    Raises
    ------
    UsageError
        Where it cannot be read, does not run, marks nothing, or has another hash.
    """
    from negotiation_sim.engine.plugins import of_class, of_module

    if isinstance(plugin, type):
        return _given(of_class(plugin), wanted)
    path = Path(plugin)
    try:
        data = path.read_bytes()
    except OSError as error:
        raise UsageError(f"plugin: {path} cannot be read ({error.strerror})") from None
    if len(data) > MOST_BYTES:
        raise UsageError(f"plugin: {path} is longer than {MOST_BYTES:,} bytes")
    digest = hashlib.sha256(data).hexdigest()
    if wanted is not None and digest != wanted:
        raise UsageError(f"plugin: {path} has the SHA-256 {digest}, not {wanted}")
    with _LOCK:
        if digest in _GIVEN and _GIVEN[digest].path is not None:
            return _GIVEN[digest]
        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError as error:
            raise UsageError(f"plugin: {path} is not UTF-8 (byte {error.start + 1})") from None
        module = _run(path, text, digest)
        record = PluginText(name=path.name, sha256=digest, text=text)
        return _given(of_module(module, record, path.absolute()), wanted)


def _run(path: Path, text: str, digest: str) -> ModuleType:
    name = f"negotiation_sim_plugin_{digest[:HASH_SHOWN]}"
    loader = _Text(str(path.absolute()), text)
    spec = importlib.machinery.ModuleSpec(name, loader, origin=loader.path)
    spec.has_location = True
    module = importlib.util.module_from_spec(spec)
    linecache.cache[loader.path] = (len(text), None, text.splitlines(keepends=True), loader.path)
    sys.modules[name] = module
    try:
        loader.exec_module(module)
    except UsageError:
        del sys.modules[name]
        raise
    except SyntaxError as error:
        del sys.modules[name]
        raise UsageError(f"plugin: {path}, line {error.lineno}: {error.msg}") from None
    except Exception as error:  # noqa: BLE001 the user's own code
        del sys.modules[name]
        lines = [f.lineno for f in traceback.extract_tb(error.__traceback__)
                 if f.filename == loader.path]  # fmt: skip
        line = f", line {lines[-1]}" if lines else ""
        raise UsageError(f"plugin: {path}{line}: {type(error).__name__}: {error}") from None
    return module


def _given(plugin: Plugin, wanted: str | None) -> Plugin:
    if wanted is not None and plugin.sha256 != wanted:
        raise UsageError(
            f"plugin: {plugin.record.name} has the SHA-256 {plugin.sha256}, not {wanted}"
        )
    return _GIVEN.setdefault(plugin.sha256, plugin)


def with_plugin(setting: Setting, plugin: Plugging | None) -> Setting:
    """Return a setting that names a plug-in, which is loaded; the same where there is none."""
    if plugin is None:
        return setting
    return setting.model_copy(update={"plugin": load(plugin).record})


def engine_for(
    setting: Setting, engine: str = "ensemble", say: Callable[[str], None] | None = None
) -> str:
    """Return the engine that a setting runs in: the plain one where its plug-in is not compiled."""
    plugin = plugin_of(setting)
    if plugin is None or engine == "mesa":
        return engine
    from negotiation_sim.engine.scenario import compile_setting

    reason = plugin.plain_reason(compile_setting(setting))
    if reason is None:
        return engine
    if say is not None:
        say(f"the plug-in runs in the plain engine: {reason}")
    return "mesa"


def plugin_of(setting: Setting) -> Plugin | None:
    """Return the plug-in that a setting names, as the user gave it to this process.

    Raises
    ------
    UsageError
        Where the user has given none of that hash.
    """
    if setting.plugin is None:
        return None
    found = _GIVEN.get(setting.plugin.sha256)
    if found is None:
        raise UsageError(missing(setting.plugin))
    return found


def missing(record: PluginText, run: str = "") -> str:
    """Return that a plug-in must be given, and how to take it out of the manifest of a run."""
    return (
        f"{f'run {run}: ' if run else ''}computed with the plug-in {record.name}, SHA-256 "
        f"{record.sha256}; its text is never run from a manifest. Take it out with "
        f"'negotiation-sim export {run or 'RUN'} --plugin-to {record.name}', read it, then give it: "
        f"--plugin {record.name}"
    )


def given_for(setting: Setting, plugin: Plugging | None, run: str = "") -> Plugin | None:
    """Load what a caller gives for the setting of a run that may name a plug-in already.

    Raises
    ------
    UsageError
        Where it is another one, or none is given and one is needed.
    """
    if setting.plugin is None:
        if plugin is None:
            return None
        raise UsageError(f"plugin: run {run} was computed without one; leave it out")
    if plugin is None and setting.plugin.sha256 not in _GIVEN:
        raise UsageError(missing(setting.plugin, run))
    return plugin_of(setting) if plugin is None else load(plugin, setting.plugin.sha256)


def where_of(setting: Setting) -> tuple[str, str] | None:
    """Return path and hash of a setting's plug-in, which is all that a worker is given."""
    plugin = plugin_of(setting)
    return None if plugin is None else plugin.where


def load_again(where: tuple[str, str] | None) -> None:
    """Load in a worker what its parent was given: a path, and the hash that it must have."""
    if where is not None and where[1] not in _GIVEN:
        load(where[0], where[1])


def new_model(
    scenario: Scenario,
    strategy: int,
    seed: int,
    belief: int,
    chance: int | None = None,
    *,
    record: bool = False,
    world: PlainWorld | None = None,
) -> NegotiationModel:
    """Return a plain model of a scenario, with the plug-in that its setting names."""
    from negotiation_sim.engine.agents import NegotiationModel
    from negotiation_sim.engine.plugins import policy_of

    plugin = plugin_of(scenario.setting)
    make = NegotiationModel if plugin is None else plugin.model
    policy = None if plugin is None else policy_of(plugin)
    plug = None if plugin is None else plugin.plain_plug
    told = (scenario, strategy, seed, belief, chance)
    if plugin is None or plug is None:
        return make(*told, policy=policy, record=record, world=world)
    n_series = len(plugin.series)
    return make(*told, policy=policy, record=record, world=world, plug=plug, n_series=n_series)
