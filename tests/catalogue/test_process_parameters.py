"""The file of process parameters: values here, what is declared of them not contradicted."""

from __future__ import annotations

import pytest

from helpers import catalogue_files
from negotiation_sim.catalogue import check_paths, environment_table, load_setting
from negotiation_sim.errors import CatalogueError
from negotiation_sim.model import figures
from negotiation_sim.model.figures import declared

FILE = "experiments/environment.yaml"


def old_style(changes: dict[str, dict[str, str]] | None = None) -> str:
    """Return the file as version 0.1 wrote it: unit, role, bounds and description beside values."""
    lines = ["description: defaults", "parameters:"]
    for figure in figures.ENVIRONMENT:
        low, high, _ = figure.bounds
        facts = {
            "description": f'"{figure.meaning}"', "unit": figure.unit, "role": figure.role,
            "bounds": f"[{low:g}, {high:g}]",
        } | (changes or {}).get(figure.name, {})  # fmt: skip
        lines += [f"  {figure.name}:", f"    value: {max(low, min(0.5, high)):g}"]
        lines += ["    basis: assumed", "    note: middle"]
        lines += [f"    {key}: {text}" for key, text in facts.items()]
    return "\n".join(lines) + "\n"


def test_an_entry_holds_what_is_declared(tmp_path):
    root = catalogue_files.write(tmp_path)
    table = environment_table(root)
    assert list(table) == list(figures.ENVIRONMENT_PARAMETERS)
    for name, entry in table.items():
        known = declared("environment", name)
        assert (entry.unit, entry.role, entry.description) == (
            known.unit, known.role, known.meaning,
        )  # fmt: skip
        assert entry.bounds == list(known.bounds[:2])


def test_a_file_of_version_0_1_gives_the_same_setting(tmp_path):
    new = load_setting("small", root=catalogue_files.write(tmp_path / "new"))
    root = catalogue_files.write(tmp_path / "old", {FILE: old_style()})
    assert load_setting("small", root=root).model_dump_json() == new.model_dump_json()
    assert check_paths([root], root=root) == []


def test_a_long_description_may_be_folded(tmp_path):
    meaning = declared("environment", "breach_trust_cost").meaning
    assert len(meaning) > 100
    folded = ">-\n      " + meaning.replace(" (by a test", "\n      (by a test")
    text = old_style({"breach_trust_cost": {"description": folded}})
    load_setting("small", root=catalogue_files.write(tmp_path, {FILE: text}))


@pytest.mark.parametrize(
    ("field", "text", "message"),
    [
        ("unit", "per year", "found 'per year', allowed: 'per month'"),
        ("role", "fixed", "found 'fixed', allowed: 'swept'"),
        ("bounds", "[0, 1]", "found [0, 1], allowed: [0, 0.2]"),
        ("bounds", "[0]", "found [0], allowed: [0, 0.2]"),
        ("description", "something else", "found 'something else', allowed: 'hazard of a crisis'"),
    ],
)
def test_what_contradicts_the_declaration_is_refused(field, text, message, tmp_path):
    text = old_style({"crisis_rate": {field: text}})
    root = catalogue_files.write(tmp_path, {FILE: text})
    with pytest.raises(CatalogueError) as caught:
        load_setting("small", root=root)
    error = caught.value
    assert error.file == FILE
    assert error.field == f"parameters.crisis_rate.{field}"
    assert error.message.startswith(message)
    lines = text.split("\n")
    start = lines.index("  crisis_rate:")
    assert error.line == 1 + next(
        i for i in range(start, len(lines)) if lines[i].startswith(f"    {field}:")
    )


def test_a_value_outside_the_declared_bounds_is_refused(tmp_path):
    text = old_style().replace("  crisis_rate:\n    value: 0.2", "  crisis_rate:\n    value: 0.3")
    root = catalogue_files.write(tmp_path, {FILE: text})
    with pytest.raises(CatalogueError, match=r"0\.3 is not between 0 and 0\.2 \(per month\)"):
        load_setting("small", root=root)


def test_half_widths_are_clipped_to_what_is_declared(tmp_path):
    """A threshold may be negative; its range is not cut off at zero."""
    group = catalogue_files.POPULATION.replace(
        "weapons_concern]", "weapons_concern, ratification_threshold]"
    )
    group = group.replace("0.5, 0.2]", "0.5, 0.2, -0.95]").replace("0.95, 0.8]", "0.95, 0.8, -0.1]")
    group = group.replace("half_widths: {", "half_widths: {ratification_threshold: 0.2, ")
    root = catalogue_files.write(tmp_path, {"actors/population.yaml": group})
    albania = load_setting("small", root=root).actors["ALB"]
    assert albania.ratification_threshold.range == [-1.0, -0.75]
