"""Finds finished runs and reads them back."""

from __future__ import annotations

import contextlib
import html
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, overload

import pandas as pd
import pyarrow as pa
import pyarrow.dataset as ds
from pyarrow import csv

from negotiation_sim.catalogue.folders import SUFFIX
from negotiation_sim.catalogue.loading import STUDY, load_setting
from negotiation_sim.errors import CatalogueError, StoreError, nearest
from negotiation_sim.glance import glanced, short, table
from negotiation_sim.runs.identity import canonical, run_id
from negotiation_sim.runs.store import archives
from negotiation_sim.runs.store.files import file_sha256, read_json, read_regular, sha256
from negotiation_sim.runs.store.replicate_columns import to_frame
from negotiation_sim.runs.store.run_folders import (
    FORMAT,
    HEADER,
    MANIFEST,
    journal_parts,
    part_problems,
    unfinished,
)

if TYPE_CHECKING:
    from os import PathLike


@glanced
@dataclass(frozen=True)
class Run:
    """A finished run on disk.

    Parameters
    ----------
    folder : Path
    manifest : mapping
        What the run is; identical whenever the same run is computed again.
    fresh : bool
        Whether it was computed by the call that returned it.
    archive : Path, optional
        The archive that it was read from; ``folder`` is then gone when the process ends.
    """

    folder: Path
    manifest: Mapping[str, Any]
    fresh: bool = False
    archive: Path | None = None

    @property
    def id(self) -> str:
        return str(self.manifest["id"])

    def __glance__(self) -> str:
        seed = short(self.manifest["inputs"].get("seed"))
        return f"{short(self.shown)}, {self.manifest['kind']}, seed {seed}"

    def _repr_html_(self) -> str:
        """Return folder and summary for a notebook; of a sweep the points' first and last rows."""
        head = f"<b>{html.escape(repr(self))}</b>"
        try:
            sweep = self.manifest["kind"] == "sweep"
            return head + table(
                self.load() if sweep else self.summary, "points" if sweep else "summary"
            )
        except StoreError as error:
            return head + f"<p>{html.escape(str(error))}</p>"

    @property
    def named(self) -> str:
        """What names it in a command: the archive it came from, else its id."""
        return self.id if self.archive is None else str(self.archive)

    @property
    def shown(self) -> Path:
        """Where a person finds it: its folder, or its archive with its id."""
        return self.folder if self.archive is None else self.archive / self.id

    @property
    def desk(self) -> Path:
        """Where what is made of it goes: its folder, or one beside its archive."""
        return self.folder if self.archive is None else self.archive.with_suffix("") / self.id

    @property
    def keeps_replicates(self) -> bool:
        """Whether the replicates of a run were written, or the counts over them alone."""
        return bool(self.manifest["inputs"].get("keep") != "summary")

    @property
    def experiment(self) -> str:
        return str(self.manifest["experiment"])

    @property
    def log(self) -> dict[str, Any]:
        """Times, engine and machine; empty if the file was removed."""
        path = self.folder / "log.json"
        return read_json(path) if path.exists() else {}

    @property
    def summary(self) -> pd.DataFrame:
        """The table of ``summary.csv``, its checksum verified."""
        return self.table("summary.csv")

    def table(self, name: str) -> pd.DataFrame:
        """Return a table that the manifest vouches for."""
        tables = self.manifest["tables"]
        if name not in tables:
            raise StoreError(f"{self.folder}: no table '{name}'{nearest(name, tables)}")
        path = self.folder / name
        data = read_regular(path)
        if sha256(data) != tables[name]:
            raise StoreError(f"{path}: damaged, its checksum differs from the manifest's")
        copied = pa.BufferOutputStream()  # the reader's thread must not hold Python's memory
        copied.write(data)
        rows = csv.read_csv(pa.BufferReader(copied.getvalue()), csv.ReadOptions(use_threads=False))
        answer: pd.DataFrame = rows.to_pandas(use_threads=False)  # floats to the last bit
        return answer

    def load(self, *, lazy: bool = False, table: str | None = None) -> pd.DataFrame | ds.Dataset:
        """Return the rows of the run; see :func:`load`."""
        if lazy:
            return load(self, lazy=True, table=table)
        return load(self, table=table)

    def parts(self, table: str | None = None) -> list[Mapping[str, Any]]:
        """Return the manifest's entries of a table's files: ``points`` or ``replicates``."""
        sweep = self.manifest["kind"] == "sweep"
        known = (
            {"points": "parts", "replicates": "replicate_parts"}
            if sweep
            else {"replicates": "parts"}
        )
        if not (sweep or self.keeps_replicates):
            raise StoreError(
                f"{self.shown}: this run kept its summary alone (--keep summary), and this needs "
                "its replicates; run the experiment again with --keep replicates"
            )
        key = known.get(table or next(iter(known)))
        if key is None or key not in self.manifest:
            has = [name for name, entry in known.items() if entry in self.manifest]
            raise StoreError(f"{self.folder}: no table '{table}'{nearest(str(table), has)}")
        return list(self.manifest[key])

    def all_parts(self) -> list[Mapping[str, Any]]:
        """Return the manifest's entries of all Parquet files."""
        return [*self.manifest["parts"], *self.manifest.get("replicate_parts", [])]

    def remedy(self) -> str:
        """Return what mends a damaged run."""
        mends = self.manifest["kind"] == "sweep"
        return "--resume computes it again" if mends else "--force computes the run anew"


SHAPES = {
    "id": str, "kind": str, "experiment": str, "inputs": dict, "versions": dict, "counts": dict,
    "parts": list, "tables": dict,
}  # fmt: skip


def _is_part(part: Any) -> bool:
    """Return whether an entry names a file inside the run folder, with size and checksum."""
    if not isinstance(part, dict):
        return False
    name = part.get("file")
    inside = isinstance(name, str) and not Path(name).is_absolute() and ".." not in Path(name).parts
    return inside and type(part.get("bytes")) is int and isinstance(part.get("sha256"), str)


def check_manifest(folder: Path, manifest: Mapping[str, Any]) -> None:
    """Refuse a manifest of another form, or one without what every run has."""
    if manifest.get("format") != FORMAT:
        raise StoreError(f"{folder / MANIFEST}: not of the form '{FORMAT}'")
    needed = ("id", "kind", "experiment", "inputs", "versions", "counts", "parts", "tables")
    missing = [name for name in needed if name not in manifest]
    if missing:
        raise StoreError(f"{folder / MANIFEST}: damaged, without {', '.join(missing)}")
    wrong = [name for name, kind in SHAPES.items() if not isinstance(manifest[name], kind)]
    if not wrong and manifest["kind"] not in ("run", "sweep"):
        wrong = ["kind"]
    wrong += [
        name
        for name in ("parts", "replicate_parts")
        if name not in wrong and not all(map(_is_part, manifest.get(name, ())))
    ]
    if not isinstance(manifest["inputs"], dict) or not isinstance(
        manifest["inputs"].get("setting"), dict
    ):
        wrong.append("inputs")
    if wrong:
        raise StoreError(f"{folder / MANIFEST}: damaged, {', '.join(wrong)} not as we write it")
    version = str(manifest["versions"].get("negotiation-sim", ""))
    try:
        id = run_id(manifest["inputs"], version)
    except (TypeError, ValueError, RecursionError):  # such as NaN, which JSON does not know
        id = ""
    if id != manifest["id"]:
        raise StoreError(f"{folder / MANIFEST}: altered, its inputs do not give its id")


def open_run(run: str | PathLike[str] | Run, *, checksums: bool = False) -> Run:
    """Return a finished run by its folder.

    Parameters
    ----------
    run : path or Run
    checksums : bool
        Whether every part is read and its checksum compared; otherwise only sizes are.

    Raises
    ------
    StoreError
        Where the folder is foreign, unfinished or damaged.
    """
    if isinstance(run, Run):
        return run
    folder = Path(run)
    if folder.name == MANIFEST:
        folder = folder.parent
    work = unfinished(folder)
    if not (folder / MANIFEST).is_file() or folder == work:
        if (work / HEADER).is_file():
            raise StoreError(f"{work}: this run is unfinished; run the same command again")
        if not folder.exists():
            raise StoreError(f"{folder}: no such folder")
        raise StoreError(f"{folder}: not a run folder of negotiation-sim (no {MANIFEST})")
    manifest = read_json(folder / MANIFEST)
    check_manifest(folder, manifest)
    run = Run(folder, manifest)
    problems = part_problems(folder, manifest["parts"], checksums=checksums)
    if problems:
        more = f" and {len(problems) - 1} more" if len(problems) > 1 else ""
        raise StoreError(f"{problems[0]}{more}; {run.remedy()}")
    return run


def read_unfinished(folder: Path) -> tuple[dict[str, Any], dict[int, dict[str, Any]]]:
    """Return header and finished parts of a run that is being written, without a lock."""
    work = unfinished(folder)
    if not (work / HEADER).is_file():
        raise StoreError(f"{work}: no unfinished run there")
    return read_json(work / HEADER), journal_parts(work)


def find_run(
    run: str | PathLike[str] | Run, root: str | PathLike[str] = "results", kind: str | None = None
) -> Run:
    """Return a run by its folder, the first digits of its id, or its experiment (then the latest).

    Parameters
    ----------
    run : path, str or Run
        A folder, ``<experiment>/<id>``, the first digits of an id, ``<experiment>``, the file or
        folder of a study (then its latest run as the study is now), or an archive, ``FILE.zip``,
        with ``/<id>`` where it holds several.
    root : path
        The results root in which ids and experiments are looked up.
    kind : {'run', 'sweep'}, optional
        Only such.

    Raises
    ------
    StoreError
        Where there is none, or it is foreign, unfinished, damaged or of another kind.
    """
    found = run if isinstance(run, Run) else _find_run(str(run), Path(root), kind)
    if kind not in (None, found.manifest["kind"]):
        raise StoreError(f"{found.folder}: a {found.manifest['kind']}, not a {kind}")
    return found


def _find_run(text: str, base: Path, kind: str | None) -> Run:
    if not text:
        raise StoreError("no run named")
    packed = archives.place_in(text)
    if packed is not None:
        return _in_archive(*packed, kind)
    study = _of_a_study(Path(text), base)
    if study is not None:
        return study
    for experiment in (base / text, Path(text)):
        inside = _latest(experiment.glob(f"*/{MANIFEST}"))
        if inside and not (experiment / MANIFEST).exists():
            return next((each for each in inside if each.manifest["kind"] == kind), inside[0])
    if Path(text).exists() or unfinished(Path(text)).exists():
        return open_run(text)
    if (base / text).exists() or unfinished(base / text).exists():
        return open_run(base / text)
    folders = [path.parent for path in base.glob(f"*/*/{MANIFEST}")]
    matches = [folder for folder in folders if folder.name.startswith(text)]
    if len(matches) == 1:
        return open_run(matches[0])
    if matches:
        names = ", ".join(sorted(f"{m.parent.name}/{m.name}" for m in matches))
        raise StoreError(f"{text}: several runs begin so: {names}")
    known = [f"{folder.parent.name}/{folder.name}" for folder in folders]
    raise StoreError(f"{text}: no such run{nearest(text, known)}")


def _in_archive(archive: Path, which: str, kind: str | None) -> Run:
    """Return the run of an archive, by its id or experiment where there are several."""
    runs = [open_run(folder) for folder in archives.run_folders(archives.unpacked(archive))]
    found = [
        replace(run, archive=archive)
        for run in runs
        if run.id.startswith(which) or run.experiment == which
    ]
    if len(found) > 1:
        found = [run for run in found if run.manifest["kind"] == kind] or found
    if len(found) == 1:
        return found[0]
    known = ", ".join(f"{archive}/{run.id} ({run.experiment})" for run in runs)
    several = "holds several runs; name one" if found else f"no run '{which}' in it"
    raise StoreError(f"{archive}: {several if runs else 'holds no run'}: {known or 'none'}")


def _of_a_study(path: Path, base: Path) -> Run | None:
    """Return the latest run of a study's file or folder as it is now, None where it is neither."""
    is_study = path.suffix in (SUFFIX, ".yml") or (path / (STUDY + SUFFIX)).is_file()
    if not is_study or (path / MANIFEST).exists():
        return None
    wanted = canonical(load_setting(path).model_dump(mode="json"))
    for run in latest_runs(base):
        same = canonical(run.manifest["inputs"]["setting"]) == wanted
        if same and run.manifest["kind"] == "run":
            return run
    raise StoreError(
        f"{path}: no run under {base} of this study as it is now; first: negotiation-sim run {path}"
    )


def latest_runs(root: str | PathLike[str] = "results") -> list[Run]:
    """Return the whole runs under a results root, the latest first; others are passed over."""
    return _latest(Path(root).glob(f"*/*/{MANIFEST}"))


def _latest(manifests: Iterable[Path]) -> list[Run]:
    found = []
    for path in manifests:
        try:
            found.append((path.stat().st_mtime, open_run(path.parent)))
        except StoreError:
            continue
    return [run for _, run in sorted(found, key=lambda pair: (-pair[0], str(pair[1].folder)))]


def differences(one: Run, other: Run) -> list[str]:
    """Return in words what two runs do not have in common, files compared bit for bit.

    Versions, and the id that follows from them, are left out; so are log and figures.
    """
    found = []
    for run in (one, other):
        found += part_problems(run.folder, run.all_parts())
    for key in ("kind", "experiment", "inputs", "counts"):
        if one.manifest[key] != other.manifest[key]:
            found.append(f"{MANIFEST}: {key} differ")
    sums = [
        {part["file"]: part["sha256"] for part in run.all_parts()} | run.manifest["tables"]
        for run in (one, other)
    ]
    for name in sorted(sums[0].keys() | sums[1].keys()):
        if sums[0].get(name) != sums[1].get(name):
            found.append(f"{name}: differs")
    for run in (one, other):
        for name, checksum in run.manifest["tables"].items():
            path = run.folder / name
            if not path.is_file() or file_sha256(path) != checksum:
                found.append(f"{path}: damaged, not as the manifest says")
    return found


@contextlib.contextmanager
def setting_errors(run: Run) -> Iterator[None]:
    """Name the run where the setting of its manifest contradicts itself."""
    try:
        yield
    except CatalogueError as error:
        raise StoreError(f"{run.folder}: damaged, its setting cannot be run ({error})") from error


@overload
def load(
    run: str | PathLike[str] | Run,
    *,
    lazy: Literal[False] = False,
    table: str | None = None,
    columns: Sequence[str] | None = None,
) -> pd.DataFrame: ...
@overload
def load(
    run: str | PathLike[str] | Run, *, lazy: Literal[True], table: str | None = None
) -> ds.Dataset: ...
def load(
    run: str | PathLike[str] | Run, *, lazy: bool = False, table: str | None = None,
    columns: Sequence[str] | None = None,
) -> pd.DataFrame | ds.Dataset:  # fmt: skip
    """Return the replicates of a run, or the points of a sweep.

    Parameters
    ----------
    run : path or Run
        A run folder, or what :func:`find_run` understands.
    lazy : bool
        False: a pandas DataFrame, every part's checksum verified. True: a pyarrow dataset that
        reads only what is asked of it, sizes verified.
    table : {'points', 'replicates'}, optional
        Of a sweep: one row per point and strategy (default), or the replicates if it kept them.
    columns : sequence of str, optional
        Read these alone; not together with ``lazy``, whose dataset is asked for them.

    Raises
    ------
    StoreError
        Where the folder is foreign, unfinished or damaged.
    """
    found = find_run(run)
    parts = found.parts(table)
    problems = part_problems(found.folder, parts, checksums=not lazy)
    if problems:
        raise StoreError(f"{problems[0]}; {found.remedy()}")
    files = [str(found.folder / part["file"]) for part in parts]
    dataset = ds.dataset(files, format="parquet")
    if lazy:
        return dataset
    try:
        return to_frame(dataset.to_table(columns=columns and list(columns)))
    except pa.ArrowException as error:
        raise StoreError(f"{found.folder}: damaged ({error})") from error
