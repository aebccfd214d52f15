"""Builds the documentation site, offline and with warnings as errors.

    python tools/build_site.py                      # build/site/index.html, tutorials executed
    python tools/build_site.py --small              # for a check: they compute less
    python tools/build_site.py --no-execute         # in a minute, without their outputs
    python tools/build_site.py --out FOLDER         # elsewhere

The pages are those of docs/, README.md, CHANGELOG.md, CONTRIBUTING.md and the catalogue's folders; a
page of each mechanism beside its code, of each command and of each part of the package are made from
the sources. They are laid out in FOLDER-source, where Sphinx reads them. Needs the extra ``docs``.
"""

from __future__ import annotations

import argparse
import ast
import dataclasses
import functools
import importlib
import os
import posixpath
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
SITE = ROOT / "docs" / "site"
PACKAGE = ROOT / "negotiation_sim"
FURTHER = "Further guides"
# Pages that do not stand in docs/.
ELSEWHERE = {
    "CHANGELOG.md": "changelog",
    "CONTRIBUTING.md": "contributing",
    "CODE_OF_CONDUCT.md": "conduct",
    "README.md": "index",
    "RELEASING.md": "releasing",
    "SECURITY.md": "security",
    "actors/README.md": "actors",
    "actors/world/README.md": "actors-world",
    "results/README.md": "results",
    "venues/README.md": "venues",
}
MADE = ("mechanisms", "commands", "api")
LINK = re.compile(r"(?<=\]\()([^)\s]+)(?=\))")
MECHANISM = re.compile(r"^### (M\d+) ([^\n]+)\n(.*?)(?=^##+ |\Z)", re.M | re.S)
# Folders of the package and what their page of the reference is called.
PARTS = {
    "faces.api": "Calls: each command in Python",
    "errors": "Errors",
    "catalogue": "Catalogue: files to settings",
    "engine": "Engine: settings to tables",
    "runs": "Runs on disk and sweeps",
    "analysis": "Analysis: tables in, tables out",
    "studies": "Studies",
    "words": "Words",
    "model": "Model: what is not a mechanism",
}
# What tutorials compute where the site is only to be checked.
SMALLER = {
    "run": ["--replicates", "300", "--beliefs", "2", "--no-figures"],
    "causes": ["--replicates", "40"],
    "levers": ["--replicates", "50", "--fresh", "60"],
}
SMALLER_CELLS = {
    "replicates=300": "replicates=40",
    "size=4, replicates=60": "size=2, replicates=20",
    '\\"bellagio\\", figures': '\\"bellagio\\", 100, beliefs=0, figures',
}
WHOLE, SMALL, NONE = "whole", "small", "none"  # how tutorials are executed
Pages = dict[str, str]


@dataclasses.dataclass(frozen=True)
class Source:
    """A page as it stands in the project, by the name that it has in the site."""

    name: str
    path: Path

    @property
    def file(self) -> str:
        return self.name + self.path.suffix


# What there is


def sources() -> list[Source]:
    """Return every page of the project that the site has."""
    docs = ROOT / "docs"
    pages = sorted([*docs.glob("*.md"), *docs.glob("*.ipynb")])
    found = [Source(page.stem, page) for page in pages]
    return found + [Source(name, ROOT / file) for file, name in ELSEWHERE.items()]


def contents() -> dict[str, list[str]]:
    """Return the table of contents: every page once, those not named in contents.toml at its end."""
    parts = tomllib.loads((SITE / "contents.toml").read_text("utf-8"))["part"]
    there = {source.name for source in sources()} | set(MADE) - {"index"}
    there.discard("index")
    found = {p["caption"]: [page for page in p["pages"] if page in there] for p in parts}
    named = {page for pages in found.values() for page in pages}
    rest = sorted(there - named)
    if rest:
        last = list(found)[-1]
        found = {c: pages for c, pages in found.items() if c != last}
        found |= {FURTHER: rest, last: [p for p in _part(parts, last) if p in there]}
    return found


def _part(parts: Sequence[Mapping[str, Any]], caption: str) -> list[str]:
    return next(list(part["pages"]) for part in parts if part["caption"] == caption)


def toctree(pages: Sequence[str], caption: str = "", hidden: bool = False) -> str:
    """Return a table of contents in MyST."""
    options = [f":caption: {caption}"] * bool(caption) + [":hidden:"] * hidden
    return "\n".join(["```{toctree}", ":maxdepth: 1", *options, "", *pages, "```", ""])


# Links


def relinked(text: str, source: Path, page: str, kept: set[Path]) -> str:
    """Return a page's text with its links as the site has them; note files that come along.

    A link to a page leads to the page, one to any other file of the project to a copy of it.
    """
    pages = {each.path.resolve(): each for each in sources()}

    def renewed(found: re.Match[str]) -> str:
        target, mark, anchor = found[0].partition("#")
        if not target or "://" in target or target.startswith("mailto:"):
            return found[0]
        path = (source.parent / target).resolve()
        if path in pages:
            here = posixpath.relpath(pages[path].file, posixpath.dirname(page) or ".")
            return here + mark + anchor
        if not path.is_file() or not path.is_relative_to(ROOT):
            raise SystemExit(f"{source.relative_to(ROOT)}: no file {target}")
        kept.add(path)
        there = posixpath.join("_files", path.relative_to(ROOT).as_posix())
        return posixpath.relpath(there, posixpath.dirname(page) or ".") + mark + anchor

    return LINK.sub(renewed, text)


# Tutorials


def executed(text: str, small: bool) -> str:
    """Return a tutorial with what its commands and its lines of Python print below each."""
    with tempfile.TemporaryDirectory() as folder:
        known = "results/bellagio/0123456789ab"
        named = known

        def shown(found: re.Match[str]) -> str:
            nonlocal named
            if found[1] == "python":
                code = found[2].replace("replicates=1000", "replicates=100") if small else found[2]
                said = [printed([sys.executable, "-c", code], Path(folder))]
            else:
                said = []
                for line in found[2].replace("\\\n", " ").splitlines():
                    words = shlex.split(line.replace(known, named))[1:]
                    words += SMALLER.get(words[0], []) * small
                    said.append(
                        printed([sys.executable, "-m", "negotiation_sim", *words], Path(folder))
                    )
                    run = re.search(r"Run folder: (\S+)", said[-1])
                    named = run[1] if run else named
            out = "\n".join(said).strip()
            return f"{found[0]}\n\n```text\n{out}\n```" if out else found[0]

        return re.sub(r"^```(bash|python)\n(.*?)^```$", shown, text, flags=re.M | re.S)


def printed(words: Sequence[str], folder: Path) -> str:
    """Return what a command prints; it must succeed."""
    environment = os.environ | {
        "COLUMNS": "100", "PYTHONPATH": os.pathsep.join([str(ROOT), *sys.path[1:]]),
    }  # fmt: skip
    done = subprocess.run(
        words, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise SystemExit(f"{shlex.join(words)} failed:\n{done.stderr}")
    return "\n".join(line.rstrip() for line in done.stdout.splitlines())


# Mechanisms beside their code


@dataclasses.dataclass(frozen=True)
class Mechanism:
    """A mechanism's part of docs/model.md and the modules that it names."""

    number: str
    title: str
    text: str

    @property
    def page(self) -> str:
        slug = re.sub(r"\W+", "-", self.title.lower())
        return f"mechanisms/{self.number.lower()}-{slug}"

    @property
    def modules(self) -> list[str]:
        opening = self.text.strip().split("\n\n")[0]
        files = re.findall(r"`model/(\w+)\.py`", opening)
        rules = re.search(r"^\*Rules:\* (.+?)\.$", self.text, re.M | re.S)
        named = re.findall(r"`(\w+)\.\w+`", rules[1]) if rules else []
        return list(dict.fromkeys([*files, *named]))


def mechanisms() -> list[Mechanism]:
    """Return every mechanism in the order of docs/model.md."""
    text = (ROOT / "docs" / "model.md").read_text("utf-8")
    return [Mechanism(*found.groups()) for found in MECHANISM.finditer(text)]


def mechanism_pages(kept: set[Path]) -> Pages:
    """Return the pages of all mechanisms and their list."""
    every = mechanisms()
    home: dict[str, Mechanism] = {}
    for mechanism in every:
        for module in mechanism.modules:
            home.setdefault(module, mechanism)
    pages = {"mechanisms.md": mechanism_list(every)}
    for mechanism in every:
        own = [module for module in mechanism.modules if home[module] is mechanism]
        other = [module for module in mechanism.modules if home[module] is not mechanism]
        text = f"# {mechanism.number} {mechanism.title}\n\n{mechanism.text.strip()}\n"
        text = equations().typeset(text)
        # Its anchors are those of docs/model.md.
        text = LINK.sub(lambda f: "model.md" + f[0] if f[0].startswith("#") else f[0], text)
        page = mechanism.page + ".md"
        text = relinked(text, ROOT / "docs" / "model.md", page, kept)
        for module in other:
            there = home[module].page.partition("/")[2]
            text += f"\nThe code of `model/{module}.py` stands with [{home[module].number}]({there}.md).\n"
        pages[page] = text + "".join(beside(module) for module in own)
    return pages


def beside(module: str) -> str:
    """Return a module of the model: what it says of itself, its rules and the file."""
    name = f"negotiation_sim.model.{module}"
    return (
        f"\n## The code: `model/{module}.py`\n\n```{{eval-rst}}\n.. automodule:: {name}\n"
        f"   :members: {', '.join(functions_of(module))}\n   :ignore-module-all:\n```\n\n"
        f"### The file\n\n```{{literalinclude}} ../_files/negotiation_sim/model/{module}.py\n"
        ":language: python\n:linenos:\n```\n"
    )


def functions_of(module: str) -> list[str]:
    """Return the names of the functions of a module of the model."""
    tree = ast.parse((PACKAGE / "model" / f"{module}.py").read_text("utf-8"))
    return [node.name for node in tree.body if isinstance(node, ast.FunctionDef)]


def mechanism_list(every: Sequence[Mechanism]) -> str:
    lines = [
        "# The mechanisms",
        "",
        "Each with what [the model](model.md#7-submodels) says of it, and below that its code: rules",
        "with their arguments, then the whole file.",
        "",
        toctree([mechanism.page for mechanism in every]),
    ]
    return "\n".join(lines)


@functools.cache
def equations() -> Any:
    """Return the module that sets equations."""
    sys.path.insert(0, str(SITE))
    return importlib.import_module("equations")


# Commands and calls


def command_lines() -> Iterator[tuple[str, str]]:
    """Yield every command's name and its help, as ``--help`` shows it at 80 columns."""
    import click
    import typer

    from negotiation_sim.faces.cli.main import app

    def walk(group: click.Group, name: str, above: click.Context | None) -> Iterator[Any]:
        context = click.Context(group, info_name=name, parent=above, terminal_width=80)
        for each in group.commands:
            inner = group.commands[each]
            if hasattr(inner, "commands"):
                yield from walk(inner, each, context)
            else:
                own = click.Context(inner, info_name=each, parent=context, terminal_width=80)
                yield own.command_path, inner.get_help(own)

    yield from walk(typer.main.get_command(app), "negotiation-sim", None)


def command_page() -> str:
    """Return the page of all commands."""
    parts = [
        "# Commands\n\nWhat `negotiation-sim COMMAND --help` says. As tables, and what the files that "
        "they read may\nhold: [reference](reference.md).\n"
    ]
    for path, said in command_lines():
        parts.append(f"\n## {path}\n\n```text\n{said.strip()}\n```\n")
    return "".join(parts)


def modules_of(part: str) -> list[str]:
    """Return the public modules below a part of the package that have something to show."""
    base = PACKAGE.joinpath(*part.split("."))
    files = [base.with_suffix(".py")] if base.with_suffix(".py").is_file() else base.rglob("*.py")
    shown = {module for mechanism in mechanisms() for module in mechanism.modules}
    found = []
    for path in sorted(files):
        parts = list(path.relative_to(ROOT).with_suffix("").parts)
        if parts[-1] == "__init__":
            parts.pop()
        own = any(name.startswith("_") for name in parts[1:])
        inner = part == "faces.api" and parts[-1] != "api"  # what it imports from there is its own
        if not own and not inner and not (part == "model" and parts[-1] in shown):
            found.append(".".join(parts))
    return found


def api_pages() -> Pages:
    """Return the pages of the package's parts and their list."""
    names = {part: f"api/{part.replace('.', '-')}" for part in PARTS}
    pages = {
        "api.md": "# Python\n\n`from negotiation_sim import api`: each command is a call of the same "
        "name and words. What stands\nbelow it serves those who build on the parts. By name: {ref}`genindex`, {ref}`modindex`.\n\n"
        + toctree(list(names.values()))
    }
    for part, title in PARTS.items():
        lines = [title, "=" * len(title), ""]
        for module in modules_of(part):
            if part != "errors" and module != f"negotiation_sim.{part}":
                lines += [f"``{module}``", "-" * (len(module) + 4), ""]
            whose = ":imported-members:" if part == "faces.api" else ":ignore-module-all:"
            lines += [f".. automodule:: {module}", "   :members:", f"   {whose}", ""]
        pages[names[part] + ".rst"] = "\n".join(lines)
    return pages


# The whole


def lay_out(folder: Path, tutorials: str) -> None:
    """Write everything that Sphinx reads into a folder."""
    kept: set[Path] = set()
    pages: Pages = {}
    for source in sources():
        text = source.path.read_text("utf-8")
        if source.path.suffix == ".md":
            if source.name.startswith("tutorial-") and tutorials != NONE:
                text = executed(text, tutorials == SMALL)
            if source.name == "model":
                text = equations().typeset(text)
            text = relinked(text, source.path, source.file, kept)
        elif tutorials == SMALL:
            for cells, smaller in SMALLER_CELLS.items():
                text = text.replace(cells, smaller)
        pages[source.file] = text
    pages["index.md"] += "".join(
        "\n" + toctree(names, caption, hidden=True) for caption, names in contents().items()
    )
    pages |= mechanism_pages(kept) | api_pages() | {"commands.md": command_page()}
    kept |= {PACKAGE / "model" / f"{name}.py" for each in mechanisms() for name in each.modules}
    for name, text in pages.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    for path in kept:
        copy = folder / "_files" / path.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, copy)
    shutil.copy(SITE / "conf.py", folder)
    shutil.copy(SITE / "equations.py", folder)
    shutil.copytree(SITE / "_static", folder / "_static")


def build(out: Path, tutorials: str = WHOLE) -> int:
    """Lay out the sources beside ``out`` and let Sphinx build the site there; return its exit code."""
    source = out.with_name(out.name + "-source")
    for folder in (source, out):
        if folder.exists():
            shutil.rmtree(folder)
    source.mkdir(parents=True)
    lay_out(source, tutorials)
    environment = os.environ | {
        "SITE_NOTEBOOKS": "off" if tutorials == NONE else "force",
        "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]),
    }
    command = [sys.executable, "-m", "sphinx", "-W", "--keep-going", "-q", "-b", "html"]
    return subprocess.run(
        [*command, str(source), str(out)], env=environment, check=False
    ).returncode


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=ROOT / "build" / "site", help="a folder")
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--small", action="store_true", help="let tutorials compute less")
    how.add_argument("--no-execute", action="store_true", help="leave out what tutorials print")
    said = parser.parse_args(arguments)
    code = build(said.out.absolute(), NONE if said.no_execute else SMALL if said.small else WHOLE)
    if code == 0:
        print(said.out / "index.html")
    return code


if __name__ == "__main__":
    sys.exit(main())
