"""What makes two runs the same: inputs, seed, replicates wanted and the version of the sources."""

from __future__ import annotations

import functools
import hashlib
import json
import platform
from collections.abc import Mapping
from importlib import metadata
from pathlib import Path
from typing import Any

FACES = (
    "__main__", "api", "cli", "cli_studies", "cli_sweep", "console", "dashboard", "design", "figures",
    "plots", "report", "sentences", "store", "story", "studies", "study_calls", "study_files",
    "study_tables", "sweep", "tables",
)  # fmt: skip
LIBRARIES = ("numpy", "scipy", "pandas", "pyarrow", "numba", "mesa", "networkx", "pydantic")


def canonical(content: Any) -> str:
    """Return the one JSON text of a content: sorted keys, no spaces.

    Examples
    --------
    >>> canonical({"b": 1.0, "a": [2, None]})
    '{"a":[2,null],"b":1.0}'
    """
    return json.dumps(content, sort_keys=True, separators=(",", ":"), allow_nan=False)


@functools.cache
def source_version() -> str:
    """Return the package's version with a hash of the sources that decide numbers.

    Faces (command line, plots, pages, this store) are left out; a new module counts unless it is
    named among them.
    """
    import negotiation_sim

    root = Path(negotiation_sim.__file__).parent
    digest = hashlib.sha256()
    for path in sorted(root.rglob("*.py")):
        name = path.relative_to(root)
        if name.parts[0].removesuffix(".py") not in (*FACES, "__init__", "catalogue"):
            digest.update(name.as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return f"{negotiation_sim.__version__}+{digest.hexdigest()[:10]}"


@functools.cache
def versions() -> Mapping[str, str]:
    """Return the versions that a bit-for-bit repetition needs, platform included."""
    found = {"negotiation-sim": source_version(), "python": platform.python_version()}
    found["platform"] = f"{platform.system()} {platform.machine()}"
    for library in LIBRARIES:
        found[library] = metadata.version(library)
    return found


def run_id(inputs: Mapping[str, Any], version: str | None = None) -> str:
    """Return the id of a run: 12 hexadecimal digits of a hash of its inputs and version.

    Parameters
    ----------
    inputs : mapping
        Everything that decides the tables (setting, seed, replicates or stopping rule) as JSON.
        The engine and the number of threads are no part of it: they change nothing.
    version : str, optional
        Default: :func:`source_version`.
    """
    content = {"inputs": inputs, "version": version or source_version()}
    return hashlib.sha256(canonical(content).encode()).hexdigest()[:12]
