"""Writes a study of another field, talks on a plastics treaty, from docs/reference.md alone.

    python tools/plastics.py FOLDER

It imports nothing of the package: what a file may hold, what must be given and what stands behind a
field's name come from the page's tables. A field that the page does not have, or a number outside
the bounds that it states, ends the script. Positions are made up to show the form, not coded.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

import yaml

PAGE = Path(__file__).resolve().parent.parent / "docs" / "reference.md"
WHY = "made up, to show the form"
# Capability; cuts of production wanted and money for it, 0 to 1; weights of the two; margin.
STATES = {
    "BRA": ("Brazil", 3, 0.5, 0.8, 1, 1, 0.05),
    "CHN": ("China", 18, 0.35, 0.5, 1, 1, 0.08),
    "FJI": ("Fiji", 1, 0.95, 0.9, 2, 1, 0.03),
    "IND": ("India", 9, 0.3, 0.8, 1, 2, 0.08),
    "KEN": ("Kenya", 1, 0.8, 0.9, 2, 1, 0.05),
    "NOR": ("Norway", 1, 0.9, 0.6, 2, 1, 0.03),
    "SAU": ("Saudi Arabia", 3, 0.1, 0.3, 2, 1, 0.1),
    "USA": ("United States", 14, 0.4, 0.3, 2, 1, 0.1),
}
LOW_AMBITION = ("CHN", "IND", "SAU")


def page_tables(text: str) -> dict[str, dict[str, dict[str, str]]]:
    """Return the page's tables: by heading and field, the cells by the head of their column."""
    found = {}
    for title, body in re.findall(r"^### ([^\n]+)\n(.*?)(?=^##|\Z)", text, re.M | re.S):
        rows = [
            [cell.strip() for cell in line.strip().strip("|").split(" | ")]
            for line in body.splitlines()
            if line.startswith("|")
        ]
        if rows:
            found[title] = {
                row[0].strip("` "): dict(zip(rows[0], row, strict=False)) for row in rows[2:]
            }
    return found


TABLES = page_tables(PAGE.read_text("utf-8"))


def bounds(cells: dict[str, str]) -> tuple[float, float]:
    """Return the ends that the page states of a number, without end where it states none."""
    said = cells.get("bounds", "")
    numbers = [float(number) for number in re.findall(r"-?[\d.]+", said)]
    if re.match(r"^-?[\d.]+ to -?[\d.]+$", said):
        return numbers[0], numbers[1]
    least = numbers[0] if numbers else float("-inf")
    return least, float("inf")


def entry(title: str, **fields: Any) -> dict[str, Any]:
    """Return a record of one section of the page: its fields known, its numbers within bounds.

    A field that must be given and is not takes the page's example.
    """
    table = TABLES[title]
    for name, value in fields.items():
        if name not in table:
            sys.exit(f"{title}: the page has no field '{name}'")
        number = value["value"] if isinstance(value, dict) and "value" in value else value
        least, most = bounds(table[name])
        if isinstance(number, (int, float)) and not least <= number <= most:
            sys.exit(f"{title}: {name}: {number} is outside {table[name]['bounds']}")
    needed = [n for n, cells in table.items() if cells.get("default") == "required"]
    shown = {n: yaml.safe_load(table[n]["example"].strip("`"))[n] for n in needed}
    return {n: fields.get(n, shown.get(n)) for n in table if n in fields or n in shown}


def figure(
    value: float, half: float = 0.0, least: float = 0.0, most: float = 1.0
) -> dict[str, Any]:
    """Return a number that is assumed, with a range where it is uncertain."""
    more = {"range": [round(max(least, value - half), 3), round(min(most, value + half), 3)]}
    return entry("A figure", value=value, basis="assumed", note=WHY, **(more if half else {}))


def actor(code: str) -> dict[str, Any]:
    name, capability, cuts, money, cares, pays, margin = STATES[code]
    return entry(
        "Actors", id=code, name=name, groups=["high"] if cuts >= 0.8 else [],
        capability=figure(capability),
        ideal_point={"cuts": figure(cuts, 0.1), "money": figure(money, 0.15)},
        salience={"cuts": figure(cares), "money": figure(pays)},
        margin=figure(margin, margin / 2), stake=figure(0.9), susceptibility=figure(0.1),
    )  # fmt: skip


def venues() -> dict[str, Any]:
    """Return the committee: consensus, a vote from the third year on; and talks of the willing."""
    consensus = entry("Decision", rule="consensus", note="practice", then=entry(
        "Later rule", rule="qualified_majority", quota=[2, 3], date="2025-01",
        note="if the rule of procedure is used",
    ))  # fmt: skip
    sessions = [
        entry("Session", date=date, weeks=1)
        for date in ("2022-11", "2023-05", "2023-11", "2024-04", "2024-11", "2025-08")
    ]
    committee = entry(
        "Venues", id="INC", name="Intergovernmental Negotiating Committee", members="open",
        decision=consensus, mandate_term="none", universal=True,
        calendar=entry("Calendar", sessions=sessions, weeks={2: 1, 9: 1}, basis="assumed", note=WHY),
        remit=entry("Box", box={"cuts": [0, 1]}, note="the full life of plastics"),
        informality=figure(0.4, 0.2), isolation=figure(0.1), setup_months=figure(3, 0, 0, 600),
    )  # fmt: skip
    willing = entry(
        "Venues", id="willing", name="Talks of the willing", members="open",
        decision=entry("Decision", rule="opt_in", note="who will"),
        calendar=entry("Calendar", weeks={3: 1, 6: 1, 10: 1}, basis="assumed", note=WHY),
        informality=figure(0.7), convene_share=figure(0.1), min_participation=figure(0.15),
    )  # fmt: skip
    return {"INC": committee, "willing": willing}


def initiatives() -> dict[str, Any]:
    """Return a treaty with a cap on production, and one on waste alone."""
    force = entry("Entry into force", ratifiers=figure(4, 0, 0, 1e9))
    return {
        "cap": entry(
            "Initiatives", id="cap", name="A cap on production",
            text={"cuts": figure(0.7), "money": figure(0.5)}, binding=True,
            mandate=entry("Box", box={"cuts": [0.4, 1]}, note="less is no cap"),
            declared={"high": 1, "SAU": -1}, entry_into_force=force,
        ),
        "waste": entry(
            "Initiatives", id="waste", name="Waste alone", binding=True,
            text={"cuts": figure(0.3), "money": figure(0.5)},
            mandate=entry("Box", box={"cuts": [0, 0.6]}, note="no cap"), entry_into_force=force,
        ),
    }  # fmt: skip


def study() -> dict[str, Any]:
    """Return the experiment: five ways to a treaty within four years."""
    later = entry(
        "Strategies", name="waste first, then the cap", tracks="waste@INC+cap@willing", after=0,
        after_milestone="adoption", succeeds_when=[1],
    )  # fmt: skip
    begun = entry(
        "Strategies", name="cap, two sessions held", tracks="cap@INC",
        underway=entry("Underway", mandate=True, rounds=2),
    )  # fmt: skip
    move = entry("Strategies", name="cap@INC>willing", patience=24)
    return entry(
        "Experiments and studies", id="plastics", name="A treaty on plastics", start="2022-03",
        question="Which way leads to a treaty in force within four years?", horizon_years=8,
        issues=["cuts", "money"], cast=sorted(STATES), self_contained=True,
        scales={"cuts": entry("Scale", low=0, high=60, unit="%", label="cut of production"),
                "money": entry("Scale", low=0, high=10, unit="bn a year", label="money")},
        status_quo={"cuts": figure(0.0), "money": figure(0.1)},
        groups={"high": entry("Negotiating groups", cohesion=figure(0.3))},
        success=entry("Success", deadline_years=4, success_share=figure(0.2)),
        environment={"event_rate": 0, "crisis_rate": 0, "pace": 0.06},
        strategies=["cap@INC", "waste@INC", move, begun, later],
    )  # fmt: skip


def ties() -> dict[str, Any]:
    """Return the ties: the like-minded of low ambition listen to one another."""
    pairs = [(a, b) for a in LOW_AMBITION for b in LOW_AMBITION if a < b]
    return entry("Ties", basis="assumed", note=WHY, ties={f"{a}-{b}": 0.5 for a, b in pairs})


def main() -> int:
    """Write the study."""
    if len(sys.argv) != 2:
        sys.exit("python tools/plastics.py FOLDER")
    folder = Path(sys.argv[1])
    files = {"study": study(), "actors/ties": ties()}
    files |= {f"actors/{code}": actor(code) for code in STATES}
    files |= {f"venues/{name}": record for name, record in venues().items()}
    files |= {f"initiatives/{name}": record for name, record in initiatives().items()}
    for name, record in files.items():
        file = folder / f"{name}.yaml"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(yaml.safe_dump(record, sort_keys=False, allow_unicode=True), "utf-8")
    sys.stdout.write(f"{len(files)} files in {folder}; negotiation-sim run {folder}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
