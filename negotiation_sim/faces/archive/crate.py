"""What an archive says of itself: ``ro-crate-metadata.json``, as RO-Crate 1.1 wants it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from negotiation_sim.catalogue.citation import Citation
from negotiation_sim.faces import citing

if TYPE_CHECKING:
    from negotiation_sim.runs.store import Run

METADATA = "ro-crate-metadata.json"
CONTEXT, VERSION = "https://w3id.org/ro/crate/1.1/context", "https://w3id.org/ro/crate/1.1"
PROGRAM = "#negotiation-sim"
KINDS = {
    "csv": "text/csv", "json": "application/json", "md": "text/markdown", "tex": "application/x-tex",
    "parquet": "application/vnd.apache.parquet", "png": "image/png", "svg": "image/svg+xml",
    "pdf": "application/pdf", "html": "text/html", "yaml": "application/yaml", "txt": "text/plain",
    "cff": "application/yaml",
}  # fmt: skip


@dataclass(frozen=True)
class Described:
    """A file of an archive: its name, size, checksum and what it is."""

    name: str
    size: int
    sha256: str
    about: str


@dataclass(frozen=True)
class Crate:
    """What an archive as a whole is.

    Parameters
    ----------
    title, about : str
    date : str
        Year, month and day.
    license : str
        An SPDX identifier.
    authors : sequence of str
    """

    title: str
    about: str
    date: str
    license: str
    authors: Sequence[str]


def metadata(
    crate: Crate, files: Sequence[Described], runs: Mapping[str, Run], citation: Citation
) -> dict[str, Any]:
    """Return the JSON-LD document.

    Parameters
    ----------
    crate : Crate
    files : sequence of Described
        Every file but the metadata itself and the checksums.
    runs : mapping
        Runs by their folder within the archive.
    citation : Citation
        Of the program.
    """
    license_ = f"https://spdx.org/licenses/{quote(crate.license)}"
    people = [f"#author-{n + 1}" for n in range(len(crate.authors))]
    folders = [f"{folder}/" for folder in runs]
    inside = {file.name for file in files if file.name.startswith(tuple(folders))}
    apart = [file.name for file in files if file.name not in inside]
    graph: list[dict[str, Any]] = [
        {
            "@id": METADATA, "@type": "CreativeWork", "about": _ref("./"),
            "conformsTo": _ref(VERSION),
        },
        {
            "@id": "./", "@type": "Dataset", "name": crate.title, "description": crate.about,
            "datePublished": crate.date, "license": _ref(license_),
            "author": [_ref(each) for each in people],
            "hasPart": [_ref(quote(name)) for name in (*folders, *apart)],
            "mentions": [_ref(_action(run)) for run in runs.values()],
        },
        {"@id": license_, "@type": "CreativeWork", "name": crate.license},
        {
            "@id": PROGRAM, "@type": "SoftwareApplication", "name": "negotiation-sim",
            "description": citation.title, "softwareVersion": _version(runs),
            "citation": citing.sentence(),
        },
    ]  # fmt: skip
    graph += [
        {"@id": each, "@type": "Person", "name": name}
        for each, name in zip(people, crate.authors, strict=True)
    ]
    for folder, run in runs.items():
        graph += _of_run(f"{folder}/", run, files)
    graph += [_of_file(file) for file in files]
    return {"@context": CONTEXT, "@graph": graph}


def _ref(name: str) -> dict[str, str]:
    return {"@id": name}


def _action(run: Run) -> str:
    return f"#computed-{run.id}"


def _version(runs: Mapping[str, Run]) -> str:
    found = {run.manifest["versions"]["negotiation-sim"] for run in runs.values()}
    return ", ".join(sorted(found))


def _of_run(folder: str, run: Run, files: Sequence[Described]) -> Iterator[dict[str, Any]]:
    """Yield a run's folder, and what was done to make it."""
    yield {
        "@id": quote(folder), "@type": "Dataset", "name": f"{run.experiment}, {run.id}",
        "description": citing.of_run(run),
        "hasPart": [_ref(quote(file.name)) for file in files if file.name.startswith(folder)],
    }  # fmt: skip
    log = run.log
    yield {
        "@id": _action(run), "@type": "CreateAction", "name": f"{run.manifest['kind']} {run.id}",
        "instrument": _ref(PROGRAM), "result": _ref(quote(folder)),
        **({"startTime": log["started"]} if "started" in log else {}),
        **({"endTime": log["finished"]} if "finished" in log else {}),
    }  # fmt: skip


def _of_file(file: Described) -> dict[str, Any]:
    kind = KINDS.get(file.name.rpartition(".")[2].lower(), "application/octet-stream")
    return {
        "@id": quote(file.name), "@type": "File", "name": file.name.rpartition("/")[2],
        "description": file.about, "contentSize": str(file.size), "encodingFormat": kind,
        "sha256": file.sha256,
    }  # fmt: skip
