"""How the program is cited: what CITATION.cff says, read strictly."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from negotiation_sim.catalogue.folders import find_root
from negotiation_sim.catalogue.strict_yaml import read_document
from negotiation_sim.errors import CatalogueError

FILE = "CITATION.cff"


@dataclass(frozen=True)
class Citation:
    """What CITATION.cff says of the program.

    Parameters
    ----------
    title, version, license, abstract : str
    authors : tuple of str
        Family name first where one is stated, else the name of the group.
    text : str
        The file itself.
    """

    title: str
    version: str
    license: str
    abstract: str
    authors: tuple[str, ...]
    text: str


def read_citation(file: Path | None = None) -> Citation:
    """Return how the program is cited.

    Raises
    ------
    CatalogueError
        Where the file is not there, or lacks what a citation needs.
    """
    path = find_root() / FILE if file is None else file
    if not path.is_file():
        raise CatalogueError(str(path), None, "", "no such file")
    document = read_document(path, str(path))
    found = document.data if isinstance(document.data, dict) else {}
    people = found.get("authors")
    authors = [_name(each) for each in people] if isinstance(people, list) else []
    for field in ("title", "version", "license"):
        if not isinstance(found.get(field), str):
            raise CatalogueError(str(path), document.line((field,)), field, "no text")
    if not authors or not all(authors):
        raise CatalogueError(str(path), document.line(("authors",)), "authors", "nobody is named")
    abstract = str(found.get("abstract", ""))
    return Citation(
        found["title"], found["version"], found["license"], abstract, tuple(authors),
        path.read_text("utf-8"),
    )  # fmt: skip


def _name(person: object) -> str:
    if not isinstance(person, dict):
        return ""
    if "name" in person:
        return str(person["name"])
    parts = [str(person[key]) for key in ("family-names", "given-names") if person.get(key)]
    return ", ".join(parts)
