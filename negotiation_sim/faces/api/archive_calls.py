"""The calls behind ``archive``, ``cite``, ``odd`` and ``plot``; what they need is imported late."""

from __future__ import annotations

from collections.abc import Sequence
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from negotiation_sim.faces.archive.packing import Archived
    from negotiation_sim.runs.store import Run

PathOrName = str | PathLike[str]


def archive(
    runs: PathOrName | Run | Sequence[PathOrName | Run],
    out: PathOrName | None = None,
    *,
    title: str | None = None,
    authors: Sequence[str] = (),
    license: str = "MIT",
    root: PathOrName = "results",
) -> Archived:
    """Write runs and sweeps into one zip file for a journal, an RO-Crate 1.1.

    It holds inputs, tables (also as Markdown and LaTeX), figures, versions, commands, the study
    after ODD, how to cite it, and a checksum of every file. ``reproduce``, ``compare``, ``report``
    and whatever else takes a run take it as it is. Equal runs give equal bytes.

    Parameters
    ----------
    runs : path, str, Run, or a sequence of these
        Run folders, first digits of ids, or experiments (then the latest run), under ``root``.
    out : path, optional
        A name that ends in ``.zip``; default ``<experiment>-<id>.zip`` here. A file that is there
        is replaced.
    title : str, optional
        Default: the names of the experiments.
    authors : sequence of str
        Of the runs; default: the authors of the program.
    license : str
        An SPDX identifier such as ``CC-BY-4.0``.
    root : path
        The results root in which ids are looked up.

    Returns
    -------
    Archived
        ``file``, ``runs``, ``files`` (names inside) and ``notes`` (what could not be put into it).

    Raises
    ------
    NegotiationSimError
        Where a run is unfinished or damaged, or the file would be larger than 4 GB.
    """
    from negotiation_sim.faces.archive import packing

    single = isinstance(runs, (str, PathLike)) or hasattr(runs, "manifest")
    chosen: Sequence[PathOrName | Run] = [runs] if single else runs  # type: ignore[list-item, assignment]
    return packing.write(
        chosen, out, root=root, title=title, authors=authors, license=license
    )  # fmt: skip


def cite(
    run: PathOrName | Run | None = None, form: str = "text", *, root: PathOrName = "results"
) -> str:
    """Return how to cite the program, and with it a run.

    Parameters
    ----------
    run : path, str or Run, optional
    form : {'text', 'bibtex', 'cff'}
        ``cff`` is the program's CITATION.cff.
    root : path
        The results root in which ids are looked up.
    """
    from negotiation_sim.faces import citing
    from negotiation_sim.runs import store

    return citing.cited(form, None if run is None else store.find_run(run, root))


def plot(
    run: PathOrName | Run,
    kind: str = "probability",
    out: PathOrName | None = None,
    *,
    root: PathOrName = "results",
) -> Any:
    """Draw a figure of a finished run, from its counts; a notebook shows it at once.

    Parameters
    ----------
    run : path, str or Run
        A run folder, the first digits of an id, an archive, or an experiment (then its latest run).
    kind : {'probability', 'survival', 'funnel', 'causes', 'texts'}
    out : path, optional
        Write it into this file too (png, svg or pdf).
    root : path
        The results root in which ids are looked up.

    Returns
    -------
    matplotlib.figure.Figure
    """
    from negotiation_sim.analysis.figures import figure_files
    from negotiation_sim.catalogue.plain_files import write_whole
    from negotiation_sim.errors import StoreError
    from negotiation_sim.runs import run_figures, store

    form = "" if out is None else figure_files.check_plot_file(Path(out))
    figure = run_figures.figure_of(store.find_run(run, root), kind)
    if out is not None:
        try:
            write_whole(Path(out), figure_files.encoded(figure, form))
        except OSError as error:
            raise StoreError(f"{out}: {error.strerror or error}") from error
    return figure


def odd(
    study: PathOrName | Run, out: PathOrName | None = None, *, root: PathOrName = "results"
) -> str:
    """Return the ODD description of a study, made from its inputs, as Markdown.

    Parameters
    ----------
    study : str, path or Run
        An experiment, a study folder, or a run (then its own inputs).
    out : path, optional
        Write it into this file too.
    root : path
        The results root in which ids of runs are looked up.
    """
    from negotiation_sim.catalogue.plain_files import write_whole
    from negotiation_sim.errors import StoreError
    from negotiation_sim.faces.archive import odd as describing
    from negotiation_sim.runs.identity import source_version
    from negotiation_sim.studies.study_files import setting_and_version

    setting, version = setting_and_version(study, root)
    text = describing.odd(setting, version or source_version())
    if out is not None:
        try:
            write_whole(Path(out), text.encode())
        except OSError as error:
            raise StoreError(f"{out}: {error.strerror or error}") from error
    return text
