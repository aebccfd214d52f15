"""Fills the templates and writes the report: HTML, Markdown, figures in the run folder."""

from __future__ import annotations

import base64
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup, escape

from negotiation_sim import __version__
from negotiation_sim.errors import UsageError
from negotiation_sim.faces.cells import cell, markdown_cell
from negotiation_sim.faces.report import content, facts, pictures, studied
from negotiation_sim.glance import glanced
from negotiation_sim.runs import store
from negotiation_sim.runs.store.files import disk_errors, write_atomic

HTML, MARKDOWN = ".html", ".md"
NAME = "report.html"


@glanced
@dataclass(frozen=True)
class Written:
    """The files of a report.

    Parameters
    ----------
    html, markdown : Path
    figures : list of Path
    sentences : list of str
        The answer.
    warnings : list of str
    run : Run
        The one that was reported.
    """

    html: Path
    markdown: Path
    figures: list[Path]
    sentences: list[str]
    warnings: list[str]
    run: store.Run


def write(
    run: str | PathLike[str] | store.Run,
    root: str | PathLike[str] = "results",
    out: str | PathLike[str] | None = None,
    strategies: Sequence[str] | None = None,
) -> Written:
    """Write the report of a finished run.

    Parameters
    ----------
    run : path, str or Run
    root : path
        Where ids are looked up.
    out : path, optional
        The HTML file; default ``report.html`` in the run folder, or in a folder beside the archive.
        The Markdown goes beside it.
    strategies : sequence of str, optional
        Only these.

    Raises
    ------
    StoreError
        Where the run cannot be read or a file cannot be written.
    UsageError
        Where the name of the file does not end in ``.html``.
    """
    target = None if out is None else html_file(out)
    with pictures.second_hand() as hand:
        found = facts.read(run, root, strategies)
        drawn = pictures.all_pictures(found, hand)
        studies, unread = studied.of_run(found.run)
        studies = [s for s in studies if s.strategy in set(found.summary["strategy"])]
        drawn |= pictures.study_pictures(studies, hand)
    desk = found.run.desk
    target = target or desk / NAME
    files = _save_figures(desk / "figures", drawn)
    if target.parent.resolve() != desk.resolve():
        files += _save_figures(target.with_name(target.stem + "-figures"), drawn, ("png",))
    told = content.of(found, studies, [*found.warnings, *unread])
    write_atomic(target, render("report.html.j2", told, drawn, _inlined).encode())
    place = _figure_place(target, desk)
    markdown = target.with_suffix(MARKDOWN)
    write_atomic(markdown, render("report.md.j2", told, drawn, place).encode())
    return Written(target, markdown, files, told["sentences"], told["warnings"], found.run)


def html_file(out: str | PathLike[str], word: str = "out") -> Path:
    """Return the file asked for, checked before anything is computed."""
    path = Path(out)
    if path.suffix.lower() != HTML:
        raise UsageError(f"{word}: {path}: the name must end in {HTML}")
    if not path.parent.is_dir():
        raise UsageError(f"{word}: {path.parent}: no such folder")
    return path


def _save_figures(
    folder: Path, drawn: Mapping[str, pictures.Picture], forms: Sequence[str] = ("svg", "png")
) -> list[Path]:
    with disk_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
    files = []
    for each in drawn.values():
        for form in forms:
            files.append(folder / f"{each.name}.{form}")
            write_atomic(files[-1], getattr(each, form))
    return files


def _figure_place(target: Path, folder: Path) -> Callable[[pictures.Picture], str]:
    """Return what gives the address of a figure in the Markdown beside the report."""
    own = target.parent.resolve() == folder.resolve()
    place = "figures" if own else f"{target.stem}-figures"
    return lambda each: f"{place}/{each.name}.png"


def _inlined(each: pictures.Picture) -> str:
    return "data:image/svg+xml;base64," + base64.b64encode(each.svg).decode()


def environment() -> jinja2.Environment:
    """Return the templates' environment; HTML is escaped, Markdown is not."""
    found = jinja2.Environment(
        loader=jinja2.PackageLoader("negotiation_sim.faces.report", "templates"),
        autoescape=lambda name: name is not None and ".html" in name,
        undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    found.filters |= {"code": with_code, "cell": cell, "md": markdown_cell}
    return found


def render(
    template: str, told: Mapping[str, Any], drawn: Mapping[str, pictures.Picture],
    address: Callable[[pictures.Picture], str],
) -> str:  # fmt: skip
    """Return a filled template; ``address(picture)`` says where a figure is found."""
    shown = {name: (each, address(each)) for name, each in drawn.items()}
    filled = (
        environment().get_template(template).render(**told, pictures=shown, version=__version__)
    )
    return filled.rstrip() + "\n"


def with_code(text: str) -> Markup:
    """Return a sentence as HTML, what stands between back quotes as code that may wrap at @."""
    parts = str(text).split("`")
    out = Markup("")
    for place, part in enumerate(parts):
        if place % 2:
            wrapped = escape(part).replace("@", Markup("@<wbr>")).replace("+", Markup("+<wbr>"))
            wrapped = wrapped.replace(Markup("&amp;"), Markup("&amp;<wbr>"))
            out += Markup("<code>{}</code>").format(wrapped)
        else:
            out += escape(part)
    return out


def relative(path: Path) -> str:
    """Return a path as seen from here, where that is shorter."""
    shorter = os.path.relpath(path)
    return shorter if len(shorter) < len(str(path)) else str(path)
