"""How the program and a run of it are cited: as a sentence, as BibTeX, as CITATION.cff."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from negotiation_sim.catalogue.citation import Citation, read_citation
from negotiation_sim.errors import UsageError, nearest
from negotiation_sim.faces.cells import latex_text

if TYPE_CHECKING:
    from negotiation_sim.runs.store import Run


def sentence(run: Run | None = None) -> str:
    """Return how to cite the program, and with it a run, in one sentence each."""
    found = read_citation()
    text = f"{' and '.join(found.authors)}. {found.title}. Version {found.version}."
    return text if run is None else f"{text} {of_run(run)}"


def of_run(run: Run) -> str:
    """Return a run as a reader finds it again: what was run, its seed, its id, its sources."""
    inputs = run.manifest["inputs"]
    return (
        f"{run.manifest['kind'].capitalize()} {run.id} of '{inputs['setting']['name']}' "
        f"({run.experiment}), seed {inputs.get('seed')}, computed by negotiation-sim "
        f"{run.manifest['versions']['negotiation-sim']}."
    )


def bibtex(run: Run | None = None) -> str:
    """Return a BibTeX entry of the program, and one of a run."""
    found = read_citation()
    entries = [_entry("negotiation-sim", found.title, found, "")]
    if run is not None:
        title = f"{run.manifest['inputs']['setting']['name']}: {run.manifest['kind']} {run.id}"
        entries.append(_entry(f"negotiation-sim-{run.id}", title, found, of_run(run)))
    return "\n\n".join(entries)


def _entry(key: str, title: str, found: Citation, note: str) -> str:
    fields = {
        "author": " and ".join(f"{{{latex_text(name)}}}" for name in found.authors),
        "title": f"{{{latex_text(title)}}}", "version": found.version, "note": latex_text(note),
    }  # fmt: skip
    lines = [f"  {name} = {{{value}}}" for name, value in fields.items() if value]
    return f"@misc{{{re.sub('[^A-Za-z0-9-]', '', key)},\n" + ",\n".join(lines) + "\n}"


def cff(run: Run | None = None) -> str:
    """Return CITATION.cff as it is."""
    return read_citation().text.rstrip()


FORMS: dict[str, Callable[[Run | None], str]] = {"text": sentence, "bibtex": bibtex, "cff": cff}


def cited(form: str, run: Run | None) -> str:
    """Return a citation in one of the :data:`FORMS`."""
    if form not in FORMS:
        raise UsageError(f"form: '{form}' is not known{nearest(form, FORMS)}")
    return FORMS[form](run)
