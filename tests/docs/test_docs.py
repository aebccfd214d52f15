"""The pages on the model say what the code does: names, order, parameters, words, dependencies."""

from __future__ import annotations

import ast
import doctest
import importlib
import importlib.util
import inspect
import re
import tomllib
import typing
from functools import cache
from pathlib import Path
from types import ModuleType

import pytest

from helpers.rule_arguments import all_formulas
from helpers.scripts import script
from negotiation_sim.analysis.replicates import CAUSES
from negotiation_sim.catalogue import schema
from negotiation_sim.engine import agents
from negotiation_sim.model import chunk, terms
from negotiation_sim.model import month as one_month
from negotiation_sim.model.draws import Purpose
from negotiation_sim.model.terms import (
    ACTOR_PARAMETERS,
    ENVIRONMENT_PARAMETERS,
    VENUE_PARAMETERS,
    label,
)

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "negotiation_sim"
PAGES = ("model.md", "glossary.md", "design.md", "performance.md")
TEXT = {page: (ROOT / "docs" / page).read_text("utf-8") for page in PAGES}
MODEL = TEXT["model.md"]
MECHANISMS = [f"M{n}" for n in range(1, 23)]
ODD = [
    "Purpose and patterns", "Entities, state variables and scales",
    "Process overview and scheduling", "Design concepts", "Initialisation", "Input data",
    "Submodels",
]  # fmt: skip
CONCEPTS = (
    "Basic principles", "Emergence", "Adaptation", "objectives", "Learning", "prediction",
    "Sensing", "Interaction", "Stochasticity", "Collectives", "Observation",
)  # fmt: skip


def tool() -> ModuleType:
    return script("model_tables")


def section(heading: str, text: str = MODEL) -> str:
    """Return what stands under a heading, up to the next of its level or above."""
    level = heading.count("#", 0, heading.index(" "))
    found = re.search(rf"^{re.escape(heading)}.*?\n(.*?)(?=^#{{1,{level}}} |\Z)", text, re.M | re.S)
    assert found, f"no heading '{heading}'"
    return found[1]


def cells(text: str) -> list[list[str]]:
    """Return the body rows of the first table of a text."""
    lines = [line for line in text.splitlines() if line.startswith("|")]
    assert lines, "no table"
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def quoted(text: str) -> list[str]:
    return re.findall(r"`([^`]+)`", text)


# The shape of the page


def test_the_page_has_the_seven_headings_of_the_protocol():
    headings = re.findall(r"^## (?:\d )?(.+)$", MODEL, re.M)
    assert headings[:7] == ODD


def test_every_design_concept_of_the_protocol_is_spoken_of():
    concepts = " ".join(re.findall(r"^\*\*(.+?)\*\*", section("## 4 Design concepts"), re.M))
    assert not [name for name in CONCEPTS if name not in concepts]


def test_every_mechanism_has_its_section_in_order():
    assert re.findall(r"^### (M\d+) ", section("## 7 Submodels"), re.M) == MECHANISMS


# The order of one month

EXPANDED = (
    "month", "happen", "move_positions", "extend_positions", "advance", "rounds_now", "meet",
    "hold_round", "revise", "put_to_decision", "agree", "ask_mandate", "give_mandate", "ratify",
    "spill_over", "bind_if_changed", "bind", "settle_causes", "settle_cause",
)  # fmt: skip
# Steps that ask, tell, or do a part of the work of the step that calls them.
HELPERS = (
    "any_running", "somebody_decides", "pledging", "comes_up", "breaks", "lose_trust",
    "move_ideals", "tell_changes", "tell_responses", "may_matter", "hold", "cause_of", "may_ask",
    "margin_of", "take_limits", "lay_out", "copy_texts", "renew_aspirations", "put_to_members",
    "outside_remit", "any_binds", "is_party", "at_last", "ground_of", "clear",
    "before_month", "after_month", "blocks_alone",  # a plug-in's
)  # fmt: skip


@cache
def parts() -> dict[str, ast.FunctionDef]:
    """Return every step of the model by its name."""
    found: dict[str, ast.FunctionDef] = {}
    for path in sorted((PACKAGE / "model").glob("*.py")):
        for node in ast.parse(path.read_text("utf-8")).body:
            is_part = isinstance(node, ast.FunctionDef) and any(
                mark == "step" or mark.startswith("pluggable(") for mark in marks(node)
            )
            if is_part:
                assert node.name not in found, f"two steps are called {node.name}"
                found[node.name] = node
    return found


def marks(function: ast.FunctionDef) -> list[str]:
    return [ast.unparse(decorator) for decorator in function.decorator_list]


def calls(function: ast.FunctionDef) -> list[str]:
    """Return the names of what a function calls, in the order of the source."""
    found = [node for node in ast.walk(function) if isinstance(node, ast.Call)]
    found.sort(key=lambda node: (node.lineno, node.col_offset))
    return [getattr(node.func, "attr", getattr(node.func, "id", "")) for node in found]


def steps_of(name: str, depth: int = 0) -> list[tuple[int, str]]:
    """Return the steps of a step, those of its own steps after each, with their depth."""
    found = []
    for step in calls(parts()[name]):
        if step in parts() and step not in HELPERS:
            found.append((depth, step))
            found += steps_of(step, depth + 1) if step in EXPANDED else []
    return found


def documented_steps() -> list[tuple[int, str]]:
    text = section("### The order of one month")
    found = re.findall(r"^( *)\d+\. `(\w+)`", text, re.M)
    return [(len(indent) // 3, name) for indent, name in found]


def test_the_month_reads_like_the_list():
    assert documented_steps() == steps_of("month")


def test_the_list_is_not_empty_and_nested_as_the_calls_are():
    steps = documented_steps()
    assert len(steps) > 40 and {depth for depth, _ in steps} == {0, 1, 2, 3, 4}
    assert steps[0] == (0, "enter_phase") and steps[-2:] == [
        (1, "settle_cause"),
        (2, "name_absent"),
    ]
    assert not {*EXPANDED, *HELPERS} - parts().keys()


def test_both_engines_run_this_month():
    """The compiled loop and the Mesa model's step call the very function."""
    for path, caller in (("model/chunk.py", "run_chunk"), ("engine/agents.py", "step")):
        tree = ast.parse((PACKAGE / path).read_text("utf-8"))
        functions = [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)]
        assert [calls(f).count("month") for f in functions if f.name == caller] == [1]
    assert chunk.month is agents.month is one_month.month


# Mechanisms and parameters


def known_parameters() -> set[str]:
    return {*ENVIRONMENT_PARAMETERS, *(figure.name for figure in tool().FIGURES)}


def test_every_block_is_there():
    blocks = re.findall(r"<!-- made by: (\w+) -->", MODEL)
    assert blocks == [*MECHANISMS, "process", "figures"]


def test_every_parameter_has_a_row_and_one_home():
    homes = [(f.owner, f.name) for found in tool().HOME.values() for f in found]
    assert len(homes) == len(set(homes))
    without = {name for _, name in homes} ^ known_parameters()
    assert without == {"resources", "unga_ideal_point", "text"}  # no mechanism reads these
    appendix = section("## A Parameters")
    rows = re.findall(r"^\| `([\w.]+)`", appendix, re.M)
    assert sorted(rows) == sorted([*ENVIRONMENT_PARAMETERS, *(f.name for f in tool().FIGURES)])
    assert {*ACTOR_PARAMETERS, *VENUE_PARAMETERS, *ENVIRONMENT_PARAMETERS} <= set(rows)


def figure_fields(record: type[schema.Record], prefix: str = "") -> set[str]:
    """Return every field of a record that holds figures."""
    found = set()
    for name, field in record.model_fields.items():
        kinds = [field.annotation, *typing.get_args(field.annotation)]
        kinds += [inner for kind in kinds for inner in typing.get_args(kind)]
        if schema.Figure in kinds:
            found.add(prefix + name)
        elif schema.EntryIntoForce in kinds:
            found |= figure_fields(schema.EntryIntoForce, f"{name}.")
    return found


@pytest.mark.parametrize(
    "record", [schema.Actor, schema.Venue, schema.Initiative, schema.Success, schema.Track]
)
def test_every_figure_of_the_schema_has_a_row(record):
    assert figure_fields(record) <= known_parameters()


def test_the_table_says_what_the_schema_says():
    rows = {quoted(row[0])[0]: row for row in cells(tool().figures_table())}
    assert rows["turnover_rate"][4].startswith("0.25") and rows["turnover_rate"][5] == "0 or more"
    assert rows["ratification_threshold"][5] == "-1 to 1"
    assert rows["capability"][4] == "none" and rows["capability"][7] == "no"
    assert rows["patience"][4:6] == ["36", "1 or more"]
    assert rows["entry_into_force.capability_share"][5] == "0 to 1"


@pytest.mark.parametrize("mechanism", MECHANISMS)
def test_a_mechanism_names_rules_that_exist(mechanism):
    text = section(f"### {mechanism} ")
    rules = re.search(r"^\*Rules:\* (.+?)\.$", text, re.M | re.S)
    assert rules, f"{mechanism}: no line of rules"
    for name in quoted(rules[1]):
        module, _, function = name.partition(".")
        found = importlib.import_module(f"negotiation_sim.model.{module}")
        assert callable(getattr(found, function, None)), f"{mechanism}: no rule {name}"


def test_every_formula_is_named_by_a_mechanism():
    named = set(re.findall(r"`(\w+\.\w+)`", section("## 7 Submodels")))
    small = {"clip01", "triangular"}  # a clip; the beliefs' distribution
    formulas = {name for name in all_formulas() if name.partition(".")[2] not in small}
    assert len(formulas) > 35
    assert not formulas - named, "docs/model.md names no mechanism for these"


NOT_MECHANISMS = {
    "__init__", "terms", "figures", "compiled_cache", "compiling", "state", "draws", "decisions",
    "event_records", "opening", "chunk", "columns",
}  # fmt: skip


def test_mechanisms_import_nothing_but_mathematics():
    allowed = {"__future__", "math", "typing", "negotiation_sim"}
    paths = [p for p in (PACKAGE / "model").glob("*.py") if p.stem not in NOT_MECHANISMS]
    assert len(paths) > 20
    for path in paths:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module] if isinstance(node, ast.ImportFrom) else []
            assert {name.split(".")[0] for name in names} <= allowed, path.name


def test_every_draw_is_in_the_table_with_its_key():
    rows = cells(section("## 4 Design concepts"))
    assert [quoted(row[0])[0] for row in rows] == [purpose.name for purpose in Purpose]
    assert {row[1] for row in rows} == {"belief", "chance"}


def test_every_cause_is_explained():
    text = section("### M18 ")
    explained = {name for row in cells(text) for name in quoted(row[0])}
    assert explained == set(CAUSES) - {"none", "late"}


# The seed


def seed_rows() -> list[list[str]]:
    return cells(section("## B From the seed to the model"))


def place(name: str) -> Path | None:
    return next((base / name for base in (ROOT, PACKAGE) if (base / name).is_file()), None)


@pytest.mark.parametrize("row", seed_rows(), ids=lambda row: row[0][:40])
def test_a_statement_of_the_seed_lives_where_the_table_says(row):
    statement, mechanism, where, parameters = row
    assert statement and quoted(where)
    if not mechanism.startswith("none: "):
        assert set(mechanism.split(", ")) <= set(MECHANISMS)
    assert all(place(name) for name in quoted(where)), f"{where}: no such file"
    assert set(quoted(parameters)) <= known_parameters()
    homes = {tool().home_of(name) for name in quoted(parameters)}
    if parameters and not mechanism.startswith("none: "):
        assert homes & {*mechanism.split(", "), ""}, "none of the parameters is at home there"


def test_the_table_of_the_seed_covers_every_mechanism_it_speaks_of():
    spoken = {m for row in seed_rows() for m in row[1].split(", ") if m in MECHANISMS}
    # The fallback stands for theory; groups, packages and convening for what came after.
    assert set(MECHANISMS) - spoken <= {"M17", "M20", "M21", "M22"}
    assert len(seed_rows()) > 50


def test_at_most_four_statements_of_the_seed_have_no_counterpart():
    without = [row[0] for row in seed_rows() if row[1].startswith("none: ")]
    assert len(without) <= 4


# Words


ENUMERATIONS = (
    terms.DecisionRule, terms.Response, terms.Stage, terms.Ending, terms.Cause, terms.Milestone,
    terms.MandateTask, terms.TrackKind,
)  # fmt: skip


@pytest.mark.parametrize("enumeration", ENUMERATIONS, ids=lambda e: e.__name__)
def test_every_member_of_an_enumeration_is_in_the_glossary(enumeration):
    rows = cells(section(f"### `{enumeration.__name__}`", TEXT["glossary.md"]))
    assert [quoted(row[0])[0] for row in rows] == [label(member) for member in enumeration]
    assert all(row[1] for row in rows)


def test_no_enumeration_is_forgotten():
    classes = [thing for thing in vars(terms).values() if inspect.isclass(thing)]
    defined = {c for c in classes if issubclass(c, terms.IntEnum)} - {terms.IntEnum}
    assert defined == set(ENUMERATIONS)


def test_the_words_of_objections_bases_and_late_are_in_the_glossary():
    text = TEXT["glossary.md"]
    objections = cells(section("### Terms of an objection", text))
    named = [*terms.COST_TERMS, terms.NO_TERM, terms.DELAY]
    assert [n for row in objections for n in quoted(row[0])] == named
    bases = cells(section("### Basis of a figure", text))
    assert {quoted(row[0])[0] for row in bases} == set(typing.get_args(schema.Basis))
    assert "`late`" in text


def test_the_glossary_gives_a_term_once():
    said = re.findall(r"^- \*\*(.+?)\*\*", TEXT["glossary.md"], re.M)
    assert len(said) > 70
    assert not [term for term in said if said.count(term) > 1]


@pytest.mark.parametrize("page", PAGES)
def test_the_snippets_run(page):
    snippets = re.findall(r"^```python\n(.*?)^```", TEXT[page], re.M | re.S)
    failed = 0
    for number, snippet in enumerate(snippets):
        test = doctest.DocTestParser().get_doctest(snippet, {}, f"{page}:{number}", page, 0)
        assert test.examples
        failed += doctest.DocTestRunner().run(test).failed
    assert not failed
    assert snippets or page != "glossary.md"


# Dependencies, paths, links


def dependencies() -> set[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    wanted = [*project["build-system"]["requires"], *project["project"]["dependencies"]]
    for extra in project["project"]["optional-dependencies"].values():
        wanted += extra
    names = {re.match(r"[\w.-]+", line)[0] for line in wanted}
    return names - {project["project"]["name"]}


def test_every_dependency_says_why():
    rows = cells(section("## Dependencies, and why each", TEXT["design.md"]))
    assert sorted(quoted(row[0])[0].lower() for row in rows) == sorted(
        name.lower() for name in dependencies()
    )
    assert all(len(row[1]) > 15 for row in rows)


PROSE = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]


@pytest.mark.parametrize("page", PROSE, ids=lambda page: page.name)
def test_no_page_holds_a_placeholder(page):
    lines = page.read_text("utf-8").splitlines()
    assert not [x for x in lines if re.fullmatch(r"[A-Z]{4,}", x.strip())]
    assert not re.search(r"\b(TODO|FIXME|TBD|XXX)\b", "\n".join(lines))


PATH = re.compile(r"[\w.-]+(?:/[\w.-]+)*(?:\.(?:py|yaml|md|toml)|/)")


@pytest.mark.parametrize("page", PAGES)
def test_every_path_a_page_names_exists(page):
    later = {"experiments/backtest/parameters.yaml", "tests/benchmarks/"}  # where they exist
    named = {name for name in quoted(TEXT[page]) if PATH.fullmatch(name)} - later
    missing = [n for n in named if not any((base / n).exists() for base in (ROOT, PACKAGE))]
    assert not missing


def anchor(heading: str) -> str:
    return re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")


@pytest.mark.parametrize("page", PAGES)
def test_every_link_leads_somewhere(page):
    for target in re.findall(r"\]\(([^)]+)\)", TEXT[page]):
        name, _, part = target.partition("#")
        path = ROOT / "docs" / (name or page)
        assert path.is_file(), f"{page}: {target}"
        if part:
            headings = re.findall(r"^#+ (.+)$", path.read_text("utf-8"), re.M)
            assert part in {anchor(heading) for heading in headings}, f"{page}: {target}"
