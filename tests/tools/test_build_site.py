"""The site: every page has its place, links and anchors lead somewhere, nothing needs a network."""

from __future__ import annotations

import re
import urllib.parse
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path
from types import ModuleType

import pytest

from helpers.browser import FLAGS, chromium
from helpers.scripts import script

ROOT = Path(__file__).resolve().parents[2]
MODEL = (ROOT / "docs" / "model.md").read_text("utf-8")
PLACEHOLDER = re.compile(r"[A-Z]{3,}|[<>*{}]|\.\.\.|0123456789ab")


def tool() -> ModuleType:
    return script("build_site")


def equations() -> ModuleType:
    return tool().equations()


# The table of contents


def test_every_page_has_one_place_in_the_table_of_contents():
    placed = Counter(page for pages in tool().contents().values() for page in pages)
    docs = {path.stem for path in (ROOT / "docs").iterdir() if path.suffix in (".md", ".ipynb")}
    assert docs <= placed.keys()
    assert set(placed.values()) == {1}
    assert all(pages for pages in tool().contents().values())


def test_a_page_that_nobody_has_placed_still_has_a_place(monkeypatch):
    source = tool().Source("brand-new", ROOT / "docs" / "brand-new.md")
    every = [*tool().sources(), source]
    monkeypatch.setattr(tool(), "sources", lambda: every)
    assert "brand-new" in tool().contents()[tool().FURTHER]


def test_every_mechanism_has_its_page_beside_its_code():
    numbers = [mechanism.number for mechanism in tool().mechanisms()]
    assert numbers == [f"M{n}" for n in range(1, len(numbers) + 1)] and len(numbers) >= 22
    pages = tool().mechanism_pages(set())
    for mechanism in tool().mechanisms():
        text = pages[mechanism.page + ".md"]
        assert mechanism.modules and text.startswith(f"# {mechanism.number} {mechanism.title}\n")
        for module in mechanism.modules:
            assert f"model/{module}.py" in text
            assert (ROOT / "negotiation_sim" / "model" / f"{module}.py").is_file()


def test_every_command_has_its_help():
    said = dict(tool().command_lines())
    assert len(said) > 20
    assert {"negotiation-sim run", "negotiation-sim backtest cases"} <= said.keys()
    assert all("Usage:" in text and name in text for name, text in said.items())


# Equations


def blocks() -> list[str]:
    return re.findall(r"^```text\n(.*?)^```$", MODEL, re.M | re.S)


def test_every_equation_of_the_model_is_set_line_by_line():
    import latex2mathml.converter

    assert len(blocks()) >= 17
    for block in blocks():
        shown = latex2mathml.converter.convert(equations().block_latex(block), display="block")
        lines = sum(bool(line.strip()) for line in block.splitlines())
        assert shown.count("<mtr>") == lines, block


@pytest.mark.parametrize(
    ("line", "cells"),
    [
        ("a_i = rho_i + f", ("a_{i}", "=", r"\rho_{i} + f", "")),
        ("x <- clip(x + s * (x* - x), box)",
         ("x", r"\leftarrow", r"\mathrm{clip} ( x + s \cdot ( x^{*} - x ) , \ \mathrm{box} )", "")),
        ("accept     if D_i <= 0", (r"\mathrm{accept}", "", "", r"\mathrm{if} \  D_{i} \leq 0")),
        ("f = sqrt(max(0, s^2 - n) / 2)", ("f", "=", r"\sqrt{\max ( 0 , s ^ 2 - n ) / 2}", "")),
        ("U <- U * 2^(-1 / half_life)",
         ("U", r"\leftarrow", r"U \cdot 2 ^{- 1 / \mathrm{half\_life}}", "")),
        ("    + goodwill_i", ("", "", r"+ \mathrm{goodwill}_{i}", "")),
    ],
)  # fmt: skip
def test_a_line_is_set(line, cells):
    found = [" ".join(cell.split()) for cell in equations().row_latex(line).split("&")]
    assert found == [" ".join(cell.split()) for cell in cells]


@pytest.mark.parametrize("line", ["x = #3", "a = (b", "y = {z}"])
def test_what_is_no_equation_is_refused(line):
    with pytest.raises(equations().NotAnEquation):
        equations().row_latex(line.replace("(b", "sqrt(b"))


# Links, addresses, and what prose names


PAGES = [source.path for source in tool().sources() if source.path.suffix == ".md"]


def prose(path: Path) -> str:
    """Return a page without its blocks of code."""
    return re.sub(r"^```.*?^```$", "", path.read_text("utf-8"), flags=re.M | re.S)


def spoken(path: Path) -> str:
    """Return a page without any code."""
    return re.sub(r"`[^`\n]*`", "", prose(path))


def anchors(path: Path) -> set[str]:
    """Return the anchors of a page's headings, as the usual host and the site make them."""
    found: set[str] = set()
    for heading in re.findall(r"^#{1,6} (.+)$", prose(path), re.M):
        words = re.sub(r"[^\w\- ]", "", heading.lower().strip()).replace(" ", "-")
        numbered = words
        for number in range(1, 50):
            if numbered not in found:
                break
            numbered = f"{words}-{number}"
        found.add(numbered)
    return found


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_anchors_lead_somewhere(path):
    for target in re.findall(r"\]\(([^)\s]*#[^)\s]+)\)", prose(path)):
        file, _, anchor = target.partition("#")
        if "://" not in target:
            page = (path.parent / file).resolve() if file else path
            assert anchor in anchors(page), f"{path.name}: {target}"


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_addresses_have_a_form(path):
    for address in re.findall(r"[a-z]+://[^\s)>\"'`|]+", spoken(path)):
        parts = urllib.parse.urlsplit(address.rstrip(".,;:"))
        local = parts.hostname in ("127.0.0.1", "localhost")
        assert parts.scheme in ("https", "http", "tcp", "file"), address
        assert local or "." in (parts.hostname or "") or parts.scheme in ("tcp", "file"), address


HOMES = (ROOT, ROOT / "negotiation_sim", ROOT / "experiments", ROOT / "docs", ROOT / "tests")
NAMED = re.compile(
    r"`((?:actors|venues|experiments|docs|tests|tools|examples|negotiation_sim|model|words|catalogue"
    r"|engine|runs|analysis|studies|faces)/[\w./-]+\.(?:py|ya?ml|md|csv|json|npz|toml|ipynb))(?:::\w+)?`"
)


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_paths_named_in_prose_are_there(path):
    for name in NAMED.findall(prose(path)):
        if path.name == "CHANGELOG.md" or PLACEHOLDER.search(Path(name).stem):
            continue  # what changed then; a form of names
        homes = (*HOMES, path.parent)
        assert any((home / name).exists() for home in homes), f"{path.name}: no {name}"


def options() -> dict[str, set[str]]:
    """Return every command's options, groups without any."""
    import typer

    from negotiation_sim.faces.cli.main import app

    found: dict[str, set[str]] = {}

    def walk(command, name: str) -> None:
        own = {"--help", "-h"} | {
            option for parameter in command.params
            for option in (*parameter.opts, *parameter.secondary_opts)
        }  # fmt: skip
        found[name] = own
        for each, inner in getattr(command, "commands", {}).items():
            walk(inner, f"{name} {each}".strip())

    walk(typer.main.get_command(app), "")
    return found


KNOWN = options()
# Options of tests and tools, and of programs that are not ours.
OTHERS = set(re.findall(
    r"(?<![\w-])(--[a-z][\w-]+)",
    "".join(path.read_text("utf-8") for folder in ("tools", "tests", ".ci")
            for path in (ROOT / folder).rglob("*") if path.is_file() and path.suffix in (".py", "")
            and path != Path(__file__)),
))  # fmt: skip


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_commands_and_options_named_in_prose_exist(path):
    if path.name == "CHANGELOG.md":
        return  # what changed then
    every = set.union(*KNOWN.values()) | OTHERS
    for code in re.findall(r"`([^`\n]+)`", prose(path)):
        words = code.split()
        if words[0] == "negotiation-sim" and len(words) > 1 and not PLACEHOLDER.search(words[1]):
            assert words[1].startswith("--") or words[1].split("|")[0] in KNOWN, (
                f"{path.name}: {code}"
            )
        for word in words:
            if re.fullmatch(r"--[a-z][a-z-]+", word.split("=")[0]):
                assert word.split("=")[0] in every, f"{path.name}: {code}"


# The built site


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("site") / "site"
    assert tool().build(folder, tool().SMALL) == 0, "the build has warnings"
    return folder


class Page(HTMLParser):
    """The addresses and the anchors of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.anchors: set[str] = set()
        self.links: list[str] = []
        self.loads: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        held = dict(attrs)
        self.anchors |= {str(held["id"])} if "id" in held else set()
        if tag == "a" and held.get("href"):
            self.links.append(str(held["href"]))
        elif tag in ("img", "script") and held.get("src"):
            self.loads.append(str(held["src"]))
        elif tag == "link" and held.get("rel") in ("stylesheet", "icon"):
            self.loads.append(str(held["href"]))


@pytest.mark.long
@pytest.mark.timeout(1500)
def test_every_page_is_whole_and_opens_without_a_network(site):
    """Links and anchors lead somewhere, and in Chromium with the network blocked no request fails."""
    pages = {path: Page(path.read_text("utf-8")) for path in sorted(site.rglob("*.html"))}
    assert len(pages) > 60
    wrong = [
        f"{path.name}: {link}" for path, page in pages.items() for link in page.links
        if not leads(path, link, pages)
    ]  # fmt: skip
    assert not wrong
    outside = [x for page in pages.values() for x in page.loads if "//" in x]
    assert not outside
    reached = {
        (path.parent / link.partition("#")[0]).resolve()
        for path, page in pages.items() for link in page.links if "://" not in link
    }  # fmt: skip
    unlinked = set(pages) - reached - {site / "index.html", site / "search.html"}
    assert not unlinked, "no page leads there"
    opened, failed = opened_in_chromium(list(pages))
    assert opened == len(pages) and not failed
    model = (site / "model.html").read_text("utf-8")
    assert model.count("<mtable") >= len(blocks())
    assert "MathJax" not in model
    assert (site / "tutorial-analyst.html").read_text("utf-8").count("Run folder:") >= 1
    assert "cell_output" in (site / "tutorial-scholar.html").read_text("utf-8")


def leads(path: Path, link: str, pages: dict[Path, Page]) -> bool:
    """Return whether a link of a page leads to a file, and to an anchor that is there."""
    if "://" in link or link.startswith(("mailto:", "data:")):
        return True
    file, _, anchor = link.partition("#")
    target = (path.parent / urllib.parse.unquote(file)).resolve() if file else path
    if not target.is_file():
        return False
    return (
        not anchor or target not in pages or urllib.parse.unquote(anchor) in pages[target].anchors
    )


def opened_in_chromium(paths: list[Path]) -> tuple[int, list[str]]:
    """Open pages with the network blocked; return how many were and what failed."""
    from playwright.sync_api import sync_playwright

    failed: list[str] = []
    opened = 0
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium(), args=list(FLAGS))
        context = browser.new_context(viewport={"width": 1280, "height": 900})
        context.set_offline(True)
        tab = context.new_page()
        tab.on("requestfailed", lambda request: failed.append(request.url))
        tab.on(
            "request",
            lambda r: None if r.url.startswith(("file:", "data:")) else failed.append(r.url),
        )
        tab.on("pageerror", lambda error: failed.append(str(error)))
        for path in paths:
            tab.goto(path.as_uri(), wait_until="load")
            broken = tab.evaluate(
                "[...document.images].filter(i => !i.naturalWidth).map(i => i.src)"
            )
            failed += [f"{path.name}: {src}" for src in broken]
            opened += bool(tab.evaluate("document.querySelector('h1, form, table') !== null"))
        browser.close()
    return opened, failed
