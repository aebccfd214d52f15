"""Files of other tools' forms, made here: the same actors, issues and numbers in each."""

from __future__ import annotations

from pathlib import Path

ACTORS = {"USA": 0.35, "EU (27)": 0.3, "Small islands": 0.05}
# position (0 to 100) and salience (0 to 100) by actor and issue; islands have none on the second
STANCES = {
    "USA": {"cuts": (12.5, 30.0), "aid": (10.1, 60.0)},
    "EU (27)": {"cuts": (71.3, 45.5), "aid": (33.3, 20.0)},
    "Small islands": {"cuts": (100.0, 90.0)},
}
ISSUES = ("cuts", "aid")


def stance(actor: str, issue: str) -> tuple[str, str]:
    """Return position and salience as a file writes them, empty where there are none."""
    position, salience = STANCES[actor].get(issue, ("", ""))
    return str(position), str(salience)


def plain(separator: str = ",", scale: str = " [0-100 Mt]") -> str:
    """Return a plain actor table."""
    head = ["Actor", "Capability", "Group"]
    head += [f"{i} {what}{scale if what == 'position' else ''}" for i in ISSUES
             for what in ("position", "salience")]  # fmt: skip
    rows = [head]
    for actor, capability in ACTORS.items():
        rows.append([actor, str(capability), "North" if actor != "Small islands" else "AOSIS",
                     *stance(actor, "cuts"), *stance(actor, "aid")])  # fmt: skip
    return "".join(separator.join(row) + "\n" for row in rows)


def ktab() -> str:
    """Return KTAB's table: a line on the file, then a header with blanks after each comma."""
    head = "Name, Desc, 2, 2, \nActor, Description, Influence, cuts Position, cuts Salience, aid Position, aid Salience\n"
    rows = [
        ", ".join([f"A{n}", name, str(ACTORS[name]), *stance(name, "cuts"), *stance(name, "aid")])
        for n, name in enumerate(("USA", "EU (27)"))
    ]
    return head + "\n".join(rows) + "\n\n"


def decide() -> str:
    """Return DECIDE's tables."""
    lines = [f"'#A'\t'{name}'\t'{name}'\t''" for name in ACTORS]
    for issue in ISSUES:
        lines += [f"'#P'\t'{issue}'\t'{issue}'\t''", f"'#M'\t'{issue}'\t0", f"'#M'\t'{issue}'\t100"]
    for name, stances in STANCES.items():
        lines += [f"'#D'\t'{name}'\t'{issue}'\t{position}\t{salience / 100}\t{ACTORS[name]}"
                  for issue, (position, salience) in stances.items()]  # fmt: skip
    return "\n".join(lines) + "\n"


def deu() -> str:
    """Return a long table like DEU's: one proposal of two issues, one of one."""
    head = (
        "proposal,issue,procedure,council_rule,actor,position,salience,gdp,reference_point,outcome"
    )
    lines = [head]
    for proposal, issue, rule in (
        ("d1", "cuts", "QMV"),
        ("d1", "aid", "QMV"),
        ("d2", "rest", "Unan"),
    ):
        for name, capability in ACTORS.items():
            position, salience = stance(name, "cuts" if issue == "rest" else issue)
            lines.append(
                f"{proposal},{issue},CNS,{rule},{name},{position},{salience},{capability},5.0,50.0"
            )
    return "\n".join(lines) + "\n"


def expected_utility() -> str:
    """Return a table of expected utility: one nameless issue, saliences as shares."""
    rows = [f"{name},{capability},{STANCES[name]['cuts'][0]},{STANCES[name]['cuts'][1] / 100}"
            for name, capability in ACTORS.items()]  # fmt: skip
    return "Actor,Capability,Position,Salience\n" + "\n".join(rows) + "\n"


FORMS = {
    "actors": plain, "ktab": ktab, "decide": decide, "long": deu, "expected-utility": expected_utility,
}  # fmt: skip


def write(path: Path, text: str, encoding: str = "utf-8") -> Path:
    """Write a text and return its path."""
    path.write_text(text, encoding=encoding, newline="")
    return path
