"""Installs the wheel and the sdist of a folder without a network and tries each from outside the tree.

    python -m hatchling build -d dist
    python tools/try_packages.py dist                 # both; exit code 1 names what failed
    python tools/try_packages.py dist --tag v0.2.0    # and the version is that of the tag

Each goes into an environment of its own that takes the libraries from this one. There the commands of
``TRIED`` run in an empty folder: a run, the same run again bit for bit, and a study of one's own. The
tables of the two must be equal.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import subprocess
import sys
import tempfile
import venv
from collections.abc import Sequence
from pathlib import Path

TRIED = (
    "negotiation-sim --version",
    "negotiation-sim run bellagio --quick --no-figures --out results",
    "negotiation-sim reproduce {run}",
    "negotiation-sim init my-study",
    "negotiation-sim check my-study",
    "negotiation-sim catalogue actors CHN",
)
ALONE = (
    "negotiation_sim/py.typed",
    "_catalogue/actors",
    "_catalogue/venues",
    "_catalogue/experiments",
)


class Failed(Exception):
    """A package that could not be installed, or a command that failed."""


def run(command: Sequence[str], folder: Path, **more: str) -> str:
    """Run a command in a folder; return what it printed."""
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"} | more
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise Failed(f"{' '.join(command)}:\n{done.stdout}{done.stderr}")
    return done.stdout


def installed(package: Path, folder: Path) -> Path:
    """Return the folder of commands of a new environment that holds the package."""
    venv.create(folder, with_pip=False)
    scripts = folder / ("Scripts" if os.name == "nt" else "bin")
    python = scripts / ("python.exe" if os.name == "nt" else "python")
    where = "import sysconfig; print(sysconfig.get_path('purelib'))"
    own = Path(run([str(python), "-c", where], folder).strip())
    here = subprocess.run([sys.executable, "-c", where], capture_output=True, text=True, check=True)
    (own / "libraries.pth").write_text(here.stdout, encoding="utf-8")
    pip = [str(python), "-m", "pip", "install", "--quiet", "--no-index", "--no-deps",
           "--no-build-isolation", "--force-reinstall", "--ignore-installed"]  # fmt: skip
    run([*pip, str(package.resolve())], folder, PIP_NO_INPUT="1")
    return scripts


def tables(folder: Path) -> str:
    """Return a digest of every table of a run folder."""
    found = hashlib.sha256()
    for path in sorted(folder.rglob("*.parquet")):
        found.update(path.relative_to(folder).as_posix().encode() + path.read_bytes())
    return found.hexdigest()


def tried(package: Path) -> tuple[str, str]:
    """Install a package and run everything; return its version and the digest of its tables."""
    with tempfile.TemporaryDirectory() as base:
        scripts = installed(package, Path(base) / "environment")
        work = Path(base) / "work"
        work.mkdir()
        place = "import negotiation_sim; print(negotiation_sim.__file__)"
        python = str(scripts / "python")
        home = Path(run([python, "-c", place], work).strip())
        if not home.is_relative_to(Path(base)):
            raise Failed(f"{package.name}: the tree's own package was found, {home}")
        missing = [each for each in ALONE if not any(home.parent.parent.rglob(each))]
        if missing:
            raise Failed(f"{package.name} holds no {', '.join(missing)}")
        folder, version = "", ""
        for line in TRIED:
            words = line.replace("{run}", folder).split()
            said = run([str(scripts / words[0]), *words[1:]], work)
            version = version or said.split()[-1]
            if "Run folder: " in said and not folder:
                folder = said.split("Run folder: ")[1].split()[0]
        return version, tables(work / folder)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, help="with one wheel and one sdist")
    parser.add_argument("--tag", help="the version must be that of this tag, with its v")
    said = parser.parse_args(arguments)
    packages = [*said.folder.glob("*.whl"), *said.folder.glob("*.tar.gz")]
    if sorted(path.suffix for path in packages) != [".gz", ".whl"]:
        print(f"{said.folder} holds {len(packages)} packages; one wheel and one sdist are wanted")
        return 2
    digests = set()
    for package in packages:
        try:
            version, digest = tried(package)
        except Failed as error:
            print(f"failed: {error}")
            return 1
        if said.tag and said.tag != f"v{version}":
            print(f"{package.name}: version {version}, the tag says {said.tag}")
            return 1
        print(f"{package.name}: version {version}, tables {digest[:16]}")
        digests.add(digest)
    if len(digests) > 1:
        print("the tables of the two differ")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
