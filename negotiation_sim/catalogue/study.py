"""Starter studies: outer space, a blank one, and one worked out for another field."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Mapping
from pathlib import Path

from negotiation_sim.catalogue.folders import SUFFIX, Folders, real
from negotiation_sim.catalogue.names import LONGEST_ID
from negotiation_sim.errors import UsageError, nearest

STARTERS = Path(__file__).resolve().parent / "starter"
TEMPLATES = ("space", "blank", "tobacco")
COPIED = {"space": (("actors", "USA"), ("venues", "COPUOS"))}


def init_study(
    folder: str | Path, template: str = "space", *, root: Path | None = None
) -> list[Path]:
    """Write a starter study into a new or empty folder.

    Parameters
    ----------
    folder : str or Path
    template : {'space', 'blank', 'tobacco'}
        The agenda of outer space with an actor and a venue copied from the catalogue, three actors
        of no field, or the talks on tobacco of 2000 to 2003.
    root : Path, optional
        Folder of the catalogue; found by default.

    Returns
    -------
    list of Path
        The files written.

    Raises
    ------
    UsageError
        If there is no such template, or the folder holds anything or cannot be written. Nothing is
        left half-written.
    """
    if template not in TEMPLATES:
        raise UsageError(f"template: no template '{template}'{nearest(template, TEMPLATES)}")
    return write_texts(folder, _texts(Folders.around(None, root), template))


def write_texts(folder: str | Path, texts: Mapping[str, str]) -> list[Path]:
    """Write the files of a study into a new or empty folder, all of them or none.

    Parameters
    ----------
    folder : str or Path
    texts : mapping of str to str
        By path within the folder, as ``actors/USA.yaml``: the file's text.

    Returns
    -------
    list of Path
        The files written.

    Raises
    ------
    UsageError
        If the folder holds anything, or cannot be written.
    """
    target = Path(folder)
    written: list[Path] = []
    made: list[Path] = []
    try:
        if target.exists() and not target.is_dir():
            raise UsageError(f"{target}: is a file; name a new or empty folder")
        if target.is_dir() and any(target.iterdir()):
            raise UsageError(f"{target}: the folder is not empty; name a new or empty one")
        for name, text in texts.items():
            text = text.replace("\nid: study\n", f"\nid: {_id_of(target)}\n", 1)
            path = target / name
            made += [path for path in reversed(path.parents) if not path.exists()]
            path.parent.mkdir(parents=True, exist_ok=True)
            written.append(path)
            path.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        with contextlib.suppress(OSError):
            for path in written:
                path.unlink(missing_ok=True)
            for path in reversed(made):
                path.rmdir()
        raise UsageError(f"{target}: cannot be written: {error.strerror or error}") from None
    return written


def _id_of(folder: Path) -> str:
    """Return the id of a study by its folder, so that two studies do not share their results."""
    name = re.sub(r"\W+", "-", real(folder).name).strip("-_")[:LONGEST_ID]
    return f"'{name}'" if name.isdecimal() else name or "study"


def _texts(folders: Folders, template: str) -> dict[str, str]:
    """Return name and text of every file of the study."""
    home = STARTERS / template
    texts = {
        path.relative_to(home).as_posix(): path.read_text("utf-8")
        for path in sorted(home.rglob("*"))
        if path.is_file()
    }
    for kind, name in COPIED.get(template, ()):
        file = folders.files(kind).get(name)
        if file is not None:
            texts[f"{kind}/{name}{SUFFIX}"] = file.read_text("utf-8")
    return texts
