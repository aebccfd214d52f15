"""A starter study: an experiment to edit, with an actor and a venue copied from the catalogue."""

from __future__ import annotations

import re
from pathlib import Path

from negotiation_sim.catalogue.folders import SUFFIX, Folders
from negotiation_sim.catalogue.names import LONGEST_ID
from negotiation_sim.errors import UsageError

TEMPLATES = Path(__file__).resolve().parent / "starter"
COPIED = (("actors", "USA"), ("venues", "COPUOS"))


def init_study(folder: str | Path, *, root: Path | None = None) -> list[Path]:
    """Write a starter study into a new or empty folder.

    Parameters
    ----------
    folder : str or Path
    root : Path, optional
        Folder of the catalogue; found by default.

    Returns
    -------
    list of Path
        The files written.

    Raises
    ------
    UsageError
        If the folder holds anything, or cannot be written. Nothing is left half-written.
    """
    target = Path(folder)
    texts = _texts(Folders.around(None, root))
    written: list[Path] = []
    try:
        if target.exists() and not target.is_dir():
            raise UsageError(f"{target}: is a file; name a new or empty folder")
        if target.is_dir() and any(target.iterdir()):
            raise UsageError(f"{target}: the folder is not empty; name a new or empty one")
        for name, text in texts.items():
            text = text.replace("\nid: study\n", f"\nid: {_id_of(target)}\n", 1)
            path = target / name
            path.parent.mkdir(parents=True, exist_ok=True)
            written.append(path)
            path.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        for path in written:
            path.unlink(missing_ok=True)
        raise UsageError(f"{target}: cannot be written: {error.strerror or error}") from None
    return written


def _id_of(folder: Path) -> str:
    """Return the id of a study by its folder, so that two studies do not share their results."""
    name = re.sub(r"\W+", "-", folder.resolve().name).strip("-_")[:LONGEST_ID]
    return f"'{name}'" if name.isdecimal() else name or "study"


def _texts(folders: Folders) -> dict[str, str]:
    """Return name and text of every file of the study."""
    texts = {path.name: path.read_text("utf-8") for path in sorted(TEMPLATES.iterdir())}
    for kind, name in COPIED:
        file = folders.files(kind).get(name)
        if file is not None:
            texts[f"{kind}/{name}{SUFFIX}"] = file.read_text("utf-8")
    return texts
