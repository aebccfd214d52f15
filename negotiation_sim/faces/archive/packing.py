"""Writes an archive: everything that a journal asks of finished runs, in one zip file."""

from __future__ import annotations

import contextlib
import os
import re
import stat
import tempfile
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Any

from negotiation_sim.catalogue.citation import FILE as CITATION
from negotiation_sim.catalogue.citation import read_citation
from negotiation_sim.catalogue.setting_files import write_setting
from negotiation_sim.errors import StoreError, UsageError
from negotiation_sim.faces import citing
from negotiation_sim.faces.archive.crate import METADATA, Crate, Described, metadata
from negotiation_sim.faces.archive.odd import odd
from negotiation_sim.faces.plain_tables import as_markdown
from negotiation_sim.faces.run_in_tables import latex_of, tables_of
from negotiation_sim.glance import glanced
from negotiation_sim.runs import store
from negotiation_sim.runs.request import plugin_option, run_options
from negotiation_sim.runs.store import archives
from negotiation_sim.runs.store.files import disk_errors, read_regular, sha256, to_json
from negotiation_sim.studies.finished_run import setting_of

LICENSE = "MIT"
STORED = {".parquet", ".png", ".zip", ".gz"}
EARLIEST = (1980, 1, 1, 0, 0, 0)  # that a zip file knows: equal archives are equal bytes
EXTRAS = ("report.html", "report.md", "log.json")
FOLDERS = {"figures": "a figure", "studies": "a study of the run"}
LONGEST_TITLE = 300
Content = Path | bytes


@glanced
@dataclass(frozen=True)
class Archived:
    """An archive that was written.

    Parameters
    ----------
    file : Path
    runs : list of Run
    files : list of str
        Names within the archive.
    notes : list of str
        What could not be put into it.
    """

    file: Path
    runs: list[store.Run]
    files: list[str]
    notes: list[str]


def write(
    runs: Sequence[str | PathLike[str] | store.Run],
    out: str | PathLike[str] | None = None,
    *,
    root: str | PathLike[str] = "results",
    title: str | None = None,
    authors: Sequence[str] = (),
    license: str = LICENSE,
) -> Archived:
    """Write an archive; see :func:`negotiation_sim.api.archive`."""
    found = _chosen(runs, root)
    target = _target(found, out)
    if not re.fullmatch(r"[A-Za-z0-9.+-]{1,60}", license):
        raise UsageError(f"license: '{license}' is no SPDX identifier such as MIT or CC-BY-4.0")
    notes: list[str] = []
    with tempfile.TemporaryDirectory() as scratch:
        files = dict(_contents(found, Path(scratch), notes))
        crate = _crate(found, title, authors, license)
        folders = {_folder(run): run for run in found}
        names = _pack(target, files, crate, folders)
    return Archived(target, found, names, notes)


def _chosen(
    runs: Sequence[str | PathLike[str] | store.Run], root: str | PathLike[str]
) -> list[store.Run]:
    """Return the runs, each once and whole."""
    if not runs:
        raise UsageError("archive: name at least one run")
    found: dict[Path, store.Run] = {}
    for each in runs:
        run = store.find_run(each, root)
        problems = store.part_problems(run.folder, run.all_parts())
        if problems:
            raise StoreError(f"{problems[0]}; {run.remedy()}")
        for name in run.manifest["tables"]:
            run.table(name)
        if len(run.all_parts()) > archives.MOST_FILES // 2:
            raise StoreError(
                f"{run.folder}: {len(run.all_parts()):,} parts are too many to archive"
            )
        found.setdefault(run.folder.resolve(), run)
    return sorted(found.values(), key=lambda run: (run.experiment, run.id))


def _target(runs: Sequence[store.Run], out: str | PathLike[str] | None) -> Path:
    name = (
        f"{runs[0].folder.parent.name}-{runs[0].id}" if len(runs) == 1 else "negotiation-sim-runs"
    )
    path = Path(name + archives.SUFFIX) if out is None else Path(out)
    if path.suffix.lower() != archives.SUFFIX:
        raise UsageError(f"out: {path}: the name must end in {archives.SUFFIX}")
    if not path.parent.is_dir():
        raise UsageError(f"out: {path.parent}: no such folder")
    return path


def _plain(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9._-]+", "-", name).strip(".-") or "experiment"


def _short(run: store.Run) -> str:
    return f"{_plain(run.experiment)}-{run.id}"


def _folder(run: store.Run) -> str:
    return f"{archives.RUNS}/{_plain(run.experiment)}/{run.id}"


def _crate(
    runs: Sequence[store.Run], title: str | None, authors: Sequence[str], license: str
) -> Crate:
    names = list(dict.fromkeys(run.manifest["inputs"]["setting"]["name"] for run in runs))
    said = " ".join((title or "; ".join(names)).split())[:LONGEST_TITLE]
    about = (
        f"{len(runs)} {'run' if len(runs) == 1 else 'runs'} of negotiation-sim with inputs, tables, "
        f"figures, versions and commands. {' '.join(citing.of_run(run) for run in runs)}"
    )
    dates = sorted(str(run.log.get("finished", ""))[:10] for run in runs)
    date = dates[-1] if re.fullmatch(r"\d{4}-\d\d-\d\d", dates[-1]) else "1980-01-01"
    return Crate(said, about, date, license, tuple(authors) or read_citation().authors)


def _contents(
    runs: Sequence[store.Run], scratch: Path, notes: list[str]
) -> Iterator[tuple[str, tuple[Content, str]]]:
    """Yield name, content and meaning of every file that does not describe the others."""
    yield CITATION, (read_citation().text.encode(), "how the program is cited")
    yield "README.md", (_readme(runs).encode(), "what is here, and how to do it again")
    for run in runs:
        yield from _of_run(run)
        setting = setting_of(run)
        version = run.manifest["versions"]["negotiation-sim"]
        short = _short(run)
        yield f"method/{short}-ODD.md", (odd(setting, version).encode(), "the study after ODD")
        for form, suffix in (("text", "txt"), ("bibtex", "bib")):
            text = citing.cited(form, run) + "\n"
            yield f"method/{short}-cite.{suffix}", (text.encode(), "how the run is cited")
        yield from _inputs(run, setting, scratch / short, notes)
        yield from _tables(run)


def _of_run(run: store.Run) -> Iterator[tuple[str, tuple[Content, str]]]:
    """Yield the files of a run folder: what its manifest vouches for, log, figures and studies."""
    place = _folder(run)
    yield (
        f"{place}/manifest.json",
        (run.folder / "manifest.json", "inputs, seed, versions, checksums"),
    )
    for name in run.manifest["tables"]:
        yield f"{place}/{name}", (run.folder / name, "a table of the run")
    for part in run.all_parts():
        yield f"{place}/{part['file']}", (run.folder / part["file"], "rows, as Parquet")
    for name in EXTRAS:
        if _is_plain(run.folder / name):
            yield f"{place}/{name}", (run.folder / name, "beside the run")
    for folder, about in FOLDERS.items():
        inside = run.folder / folder
        for path in sorted(inside.iterdir()) if inside.is_dir() else ():
            if _is_plain(path) and archives.is_our_name(path.name):
                yield f"{place}/{folder}/{path.name}", (path, about)


def _is_plain(path: Path) -> bool:
    """Return whether a path is a file of its own, not a link to another."""
    with contextlib.suppress(OSError):
        return stat.S_ISREG(path.lstat().st_mode)
    return False


def _inputs(
    run: store.Run, setting: Any, scratch: Path, notes: list[str]
) -> Iterator[tuple[str, tuple[Content, str]]]:
    """Yield the study of a run as files that can be run, where it can be written so."""
    try:
        files = write_setting(setting, scratch, f"Written from run {run.id}.")
    except UsageError as error:
        notes.append(f"{run.id}: no study files beside its manifest ({error})")
        return
    for path in files:
        name = path.relative_to(scratch).as_posix()
        if all(map(archives.is_our_name, name.split("/"))):
            yield f"inputs/{_short(run)}/{name}", (path, "the study, to read, edit and run")
        else:
            notes.append(f"{run.id}: {name} is in its manifest alone, for its name")


def _tables(run: store.Run) -> Iterator[tuple[str, tuple[Content, str]]]:
    """Yield every table of a run as Markdown and LaTeX; those of causes also as CSV."""
    for name, table in tables_of(run).items():
        stem = f"tables/{_short(run)}/{name}"
        if f"{name}.csv" not in run.manifest["tables"]:
            yield f"{stem}.csv", (table.to_csv(index=False, lineterminator="\n").encode(), name)
        yield f"{stem}.md", (as_markdown(table).encode(), f"{name}, as Markdown")
        yield f"{stem}.tex", (latex_of(run, name, table).encode(), f"{name}, as LaTeX")


def _readme(runs: Sequence[store.Run]) -> str:
    lines = [
        "# Runs of negotiation-sim", "",
        "An RO-Crate 1.1: `ro-crate-metadata.json` describes every file, `SHA256SUMS` holds their",
        "checksums (`sha256sum --check SHA256SUMS`). `ARCHIVE.zip` is this file.", "",
        "| folder | what it holds |", "| --- | --- |",
        "| `runs/` | each run as it was computed: manifest with all inputs, tables, rows, figures |",
        "| `inputs/` | the same inputs as the files of a study, to read, edit and run |",
        "| `tables/` | every table as Markdown and LaTeX |",
        "| `method/` | each study after the ODD protocol, and how to cite it |", "",
        "## Do it again", "", "```bash", *_commands(runs), "```", "", "## Runs", "",
    ]  # fmt: skip
    for run in runs:
        versions = ", ".join(f"{name} {v}" for name, v in run.manifest["versions"].items())
        lines += [f"- {citing.of_run(run)} With {versions}."]
    lines += ["", "## To cite", "", citing.sentence(), ""]
    return "\n".join(lines)


def _commands(runs: Sequence[store.Run]) -> Iterator[str]:
    """Yield what computes each run again: from the archive, and where it is a run, from its study."""
    for run in runs:
        inputs, which = run.manifest["inputs"], "" if len(runs) == 1 else f"/{run.id}"
        plugin = plugin_option(inputs)
        if plugin:
            yield f"negotiation-sim export ARCHIVE.zip{which} --plugin-to{plugin.removeprefix(' --plugin')}"
        yield f"negotiation-sim reproduce ARCHIVE.zip{which}{plugin}"
        if run.manifest["kind"] == "run":
            if run.keeps_replicates:
                yield f"negotiation-sim report ARCHIVE.zip{which}"
            yield f"negotiation-sim run inputs/{_short(run)}{run_options(inputs)}"


def _pack(
    target: Path,
    files: Mapping[str, tuple[Content, str]],
    crate: Crate,
    runs: Mapping[str, store.Run],
) -> list[str]:
    """Write the zip file under a temporary name, then give it its own; return what it holds."""
    temporary = target.with_name(target.name + ".partial")
    try:
        with disk_errors(target):
            with zipfile.ZipFile(temporary, "w", allowZip64=False) as packed:
                described = [
                    _add(packed, name, *files[name]) for name in sorted(files, key=str.casefold)
                ]
                content = to_json(metadata(crate, described, runs, read_citation()))
                described.append(_add(packed, METADATA, content, ""))
                sums = "".join(f"{each.sha256}  {each.name}\n" for each in described)
                _add(packed, archives.SUMS, sums.encode(), "")
            os.replace(temporary, target)
    except zipfile.LargeZipFile as error:
        message = "too large for an archive, more than 4 GB; --keep summary makes small runs"
        raise StoreError(f"{target}: {message}") from error
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink()
    return [each.name for each in described] + [archives.SUMS]


def _add(packed: zipfile.ZipFile, name: str, content: Content, about: str) -> Described:
    entry = zipfile.ZipInfo(name, EARLIEST)
    entry.external_attr = (stat.S_IFREG | 0o644) << 16
    entry.create_system = 3
    plain = Path(name).suffix in STORED
    entry.compress_type = zipfile.ZIP_STORED if plain else zipfile.ZIP_DEFLATED
    if isinstance(content, bytes):
        packed.writestr(entry, content)
        return Described(name, len(content), sha256(content), about)
    data = read_regular(content)
    packed.writestr(entry, data)
    return Described(name, len(data), sha256(data), about)
