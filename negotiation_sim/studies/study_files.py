"""Where a study's worlds come from and where its results go: the runs of the same setting."""

from __future__ import annotations

import contextlib
import re
import shlex
from collections.abc import Callable, Mapping, Sequence
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from negotiation_sim.catalogue.flow_values import flow_text
from negotiation_sim.errors import StoreError, UsageError

if TYPE_CHECKING:
    from negotiation_sim.catalogue.schema import Setting
    from negotiation_sim.engine.given_plugins import Plugging
    from negotiation_sim.engine.scenario import Scenario
    from negotiation_sim.runs.store import Run

PathOrName = str | PathLike[str]
Say = Callable[[str], None]


def tell(say: Say | None, words: str) -> None:
    """Say something to whoever listens."""
    if say is not None:
        say(words)


def plugged_run(
    run: PathOrName | Run, out: PathOrName, plugin: Plugging | None, kind: str | None = "run"
) -> Run:
    """Return a run, and see that the plug-in that it was computed with, if any, is given.

    An experiment or study stands for its latest run with the plug-in.

    Raises
    ------
    UsageError
        Where the run needs a plug-in that is not given, or another, or none.
    """
    from negotiation_sim.catalogue import load_setting
    from negotiation_sim.engine.given_plugins import given_for, with_plugin
    from negotiation_sim.runs.store import find_run
    from negotiation_sim.runs.store.study_results import runs_of
    from negotiation_sim.studies.finished_run import setting_of

    if plugin is None or _is_run(run, out):
        found = find_run(run, out, kind=kind)
        given_for(setting_of(found), plugin, found.named)
        return found
    wanted = with_plugin(load_setting(_named(run)), plugin)
    runs = runs_of(wanted.model_dump(mode="json"), Path(out))
    if not runs:
        raise StoreError(
            f"{run}: no run under {out} with this plug-in; first: negotiation-sim run {run} "
            f"--plugin {plugin}"
        )
    return runs[0]


def compiled(
    experiment: PathOrName | Run,
    out: PathOrName,
    plugin: Plugging | None = None,
    overrides: Mapping[str, Any] | None = None,
) -> Scenario:
    """Return the compiled setting of an experiment or run; nothing is computed."""
    return _compiled(*_setting(experiment, out, plugin, overrides))


def _compiled(setting: Setting, run: Run | None) -> Scenario:
    """Return a compiled setting; where it is a run's and contradicts itself, the run is named."""
    from negotiation_sim.engine.scenario import compile_setting
    from negotiation_sim.runs import store

    with contextlib.nullcontext() if run is None else store.setting_errors(run):
        return compile_setting(setting)


def _setting(
    experiment: PathOrName | Run,
    out: PathOrName,
    plugin: Plugging | None,
    overrides: Mapping[str, Any] | None,
) -> tuple[Setting, Run | None]:
    """Return the setting of an experiment or run, and the run, where it is one as it was run."""
    from negotiation_sim.catalogue import apply_overrides, load_setting
    from negotiation_sim.engine.given_plugins import with_plugin
    from negotiation_sim.studies.finished_run import setting_of

    if not _is_run(experiment, out):
        setting = load_setting(_named(experiment), overrides=overrides)
        return with_plugin(setting, plugin), None
    run = plugged_run(experiment, out, plugin)
    setting = setting_of(run)
    return (apply_overrides(setting, overrides), None) if overrides else (setting, run)


def setting_and_version(study: PathOrName | Run, out: PathOrName) -> tuple[Setting, str | None]:
    """Return the setting of an experiment or run, and of a run the version that computed it."""
    from negotiation_sim.catalogue import load_setting
    from negotiation_sim.runs.store import find_run
    from negotiation_sim.studies.finished_run import setting_of

    if not _is_run(study, out):
        return load_setting(_named(study)), None
    run = find_run(study, out)
    return setting_of(run), str(run.manifest["versions"]["negotiation-sim"])


def _named(experiment: PathOrName | Run) -> str | Path:
    return experiment if isinstance(experiment, str) else Path(cast("PathLike[str]", experiment))


def subject(
    experiment: PathOrName | Run, out: PathOrName, seed: int, threads: int | None,
    say: Say | None, plugin: Plugging | None = None, overrides: Mapping[str, Any] | None = None,
) -> tuple[Scenario, list[Run]]:  # fmt: skip
    """Return the compiled setting of an experiment or run, and the runs a study of it belongs to."""
    from negotiation_sim.engine.ensemble import check_request
    from negotiation_sim.runs.store.study_results import runs_of

    check_request(1, seed, "ensemble", threads)
    setting, run = _setting(experiment, out, plugin, overrides)
    if run is not None:
        return _compiled(setting, run), [run]
    runs = runs_of(setting.model_dump(mode="json"), Path(out))
    return _compiled(setting, None), runs or [_first_run(setting, out, seed, threads, say)]


def _is_run(experiment: PathOrName | Run, out: PathOrName) -> bool:
    """Return whether an argument is a run, its folder or its id rather than an experiment."""
    if hasattr(experiment, "manifest"):
        return True
    from negotiation_sim.runs.store.archives import place_in

    place = _named(experiment)
    if place_in(str(place)) is not None:
        return True
    places = (Path(place), Path(out) / place)
    if any((place / "manifest.json").is_file() for place in places):
        return True
    return bool(re.fullmatch(r"[0-9a-f]{4,12}", str(experiment)))


def _first_run(
    setting: Setting, out: PathOrName, seed: int, threads: int | None, say: Say | None
) -> Run:
    from negotiation_sim.runs import one_run as runs
    from negotiation_sim.runs import request, store

    wanted = request.request_of(
        "ensemble", seed, None, quick=False, precision=None, precision_on="success",
        max_replicates=None, beliefs=None,
    )  # fmt: skip
    planned = runs.plan(setting, wanted, out)
    if store.is_taken(planned.folder):
        return store.open_run(planned.folder)
    tell(
        say,
        f"No run of {setting.id} in {out} yet: making it first ({wanted.replicates:,} replicates).",
    )
    return runs.carry_out(planned, threads=threads)


def likeliest(run: Run) -> str:
    """Return the strategy of a run that succeeds most often."""
    table = run.summary
    able = table[table["p_success"].notna()]
    if not len(able):
        raise UsageError("strategy: all strategies gather pledges only; nothing to study")
    return str(able.loc[cast("int", able["p_success"].idxmax()), "strategy"])


def command(study: str, scenario: Scenario, strategy: str, **options: Any) -> str:
    """Return what to type to do a study again; ``vary`` and ``set`` may be mappings of paths."""
    words = ""
    for name, value in options.items():
        if name in ("vary", "set"):
            words += "".join(
                f" --{name} {shlex.quote(each)}" for each in _paths(value, name == "vary")
            )
        else:
            words += f" --{name} {value}"
    return f"negotiation-sim {study} {scenario.setting.id} --strategy '{strategy}'{words}"


def _paths(said: Mapping[str, Any] | Sequence[str], several: bool) -> list[str]:
    """Return overrides or what varies as ``PATH=VALUES``."""
    if not isinstance(said, Mapping):
        return list(said)
    found = []
    for path, value in said.items():
        if several and isinstance(value, Mapping):
            text = ":".join(f"{value[key]:g}" for key in ("from", "to", "steps") if key in value)
        elif several and isinstance(value, list):
            text = ",".join(each if isinstance(each, str) else flow_text(each) for each in value)
        else:
            text = value if isinstance(value, str) else flow_text(value)
        found.append(f"{path}={text}")
    return found


def drawn(draw: Callable[[Any], Any]) -> dict[str, bytes]:
    """Return a figure as SVG and PNG."""
    from negotiation_sim.analysis import figures as plots
    from negotiation_sim.analysis.figures.figure_files import encoded

    figure = draw(plots)
    found = {"svg": encoded(figure, "svg")}
    figure.set_layout_engine("none")  # laid out once, not again for the second form
    return found | {"png": encoded(figure, "png")}


def write(
    runs: Sequence[Run], kind: str, strategy: str, content: Mapping[str, Any], *,
    variant: str = "", **beside: Any,
) -> list[Path]:  # fmt: skip
    """Write a study into its runs; return the files of the first."""
    from negotiation_sim.runs import store
    from negotiation_sim.runs.store.study_results import study_name, write_study

    name = study_name("-".join(part for part in (kind, variant) if part), strategy)
    whole = {
        "study": kind, "strategy": strategy, "versions": {"negotiation-sim": store.source_version()},
        **content,
    }  # fmt: skip
    written = [write_study(run, name, whole, **beside) for run in runs]
    return written[0]
