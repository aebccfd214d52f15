"""Seals forecasts of the open mandates of experiments/backtest/live.csv, in experiments/live/.

    python tools/live.py                      # all of them, as of today; once
    python tools/live.py --check              # computes the sealed ones again: exit code 1 where they differ
    python tools/live.py --score OUTCOMES.csv # scores inside view, outside view and pool side by side

Written are ``ledger.txt``, a line for each mandate and horizon, ``forecasts.csv``, the same as a
table, and the table in docs/live.md. A folder is sealed once: whoever wants to seal again names a new
one with ``--out``. Five minutes on two cores.
"""

from __future__ import annotations

import argparse
import csv
import datetime
import io
import math
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from negotiation_sim.errors import NegotiationSimError, UsageError, nearest
from negotiation_sim.runs import ledger as chain
from negotiation_sim.runs.store.files import write_atomic
from negotiation_sim.studies import sealing
from negotiation_sim.studies.history.case_table import open_mandates
from negotiation_sim.studies.history.open_mandates import LiveForecast, live_entry, live_forecasts

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "experiments" / "live"
LEDGER, TABLE = "ledger.txt", "forecasts.csv"
WORLDS, SEED = 2_000, 1
VIEWS = ("inside", "outside", "pool")
COLUMNS = (
    "number", "id", "name", "venue", "question", "years", "by", "inside", "inside_low",
    "inside_high", "still_open", "worlds", "seed", "outside", "pool", "sealed", "tested", "why_not",
    "resolution", "known_until",
)  # fmt: skip


def row(number: int, each: LiveForecast, seed: int) -> dict[str, str]:
    """Return a forecast as a row of the table; nothing where there is no number."""
    inside = each.inside
    numbers = {
        "inside": inside.p, "inside_low": inside.low, "inside_high": inside.high,
        "outside": each.outside, "pool": each.pool,
    }  # fmt: skip
    said = {name: f"{value:.4f}" if math.isfinite(value) else "" for name, value in numbers.items()}
    case = each.case
    return said | {
        "number": str(number), "id": case.id, "name": case.name, "venue": case.venue,
        "question": f"{case.form} adopted", "years": str(each.years), "by": each.by.isoformat(),
        "still_open": str(inside.still_open), "worlds": str(inside.worlds), "seed": str(seed),
        "sealed": each.sealed[0], "tested": "yes" if each.tested else "no",
        "why_not": each.why_not, "resolution": case.resolution,
        "known_until": each.at.isoformat(),
    }  # fmt: skip


def csv_text(rows: Sequence[dict[str, str]]) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def seal(
    folder: Path, at: datetime.date, worlds: int, seed: int, only: Sequence[str] = ()
) -> list[dict[str, str]]:
    """Seal forecasts into a folder that has none yet; both files or neither.

    Parameters
    ----------
    folder : Path
    at : date
        The day of sealing.
    worlds, seed : int
    only : sequence of str
        Ids of mandates; default all.
    """
    if (folder / LEDGER).exists():
        raise UsageError(f"{folder / LEDGER}: sealed already; name a new folder with --out")
    known = {case.id: case for case in open_mandates()}
    for name in only:
        if name not in known:
            raise UsageError(f"only: no open mandate '{name}'{nearest(name, known)}")
    forecasts = live_forecasts([known[n] for n in only or known], at, worlds, seed)
    if not forecasts:
        raise UsageError(f"no open mandate has a forecast on {at}")
    rows = [row(number, each, seed) for number, each in enumerate(forecasts, 1)]
    with tempfile.TemporaryDirectory() as made:
        for each in forecasts:
            chain.append(Path(made) / LEDGER, live_entry(each, seed), at)
        ledger = (Path(made) / LEDGER).read_bytes()
    folder.mkdir(parents=True, exist_ok=True)
    write_atomic(folder / TABLE, csv_text(rows).encode())
    write_atomic(folder / LEDGER, ledger)
    return rows


def read_table(folder: Path = FOLDER) -> list[dict[str, str]]:
    """Return the rows of a folder's table; none where nothing is sealed yet."""
    path = folder / TABLE
    return list(csv.DictReader(path.read_text("utf-8").splitlines())) if path.is_file() else []


def differences(folder: Path) -> list[str]:
    """Return where a folder does not say what the program computes, or its two files part."""
    rows, sealed = read_table(folder), chain.read_ledger(folder / LEDGER)
    if not rows:
        return [f"{folder / TABLE}: no rows"]
    first = rows[0]
    at = datetime.date.fromisoformat(first["known_until"])
    worlds, seed = int(first["worlds"]), int(first["seed"])
    known = {case.id: case for case in open_mandates()}
    named = [known[name] for name in dict.fromkeys(each["id"] for each in rows) if name in known]
    forecasts = live_forecasts(named, at, worlds, seed)
    again = [row(number, each, seed) for number, each in enumerate(forecasts, 1)]
    found = [
        f"{TABLE}:{line}: {name}: found {old[name]!r}, expected {new[name]!r}"
        for line, (old, new) in enumerate(zip(rows, again, strict=False), 2)
        for name in COLUMNS
        if old[name] != new[name]
    ]
    if not len(rows) == len(again) == len(sealed):
        found.append(f"{len(rows)} rows, {len(sealed)} lines sealed, {len(again)} computed")
    for line, each in zip(sealed, forecasts, strict=False):
        wanted = live_entry(each, seed)
        found += [
            f"{LEDGER}:{line.number}: {name}: sealed {line.entry.get(name)!r}, computed {value!r}"
            for name, value in wanted.items()
            if name != "version" and line.entry.get(name) != value
        ]
    return found


def scored(folder: Path, outcomes: Path) -> list[str]:
    """Return in words the Brier score of each view over the forecasts that are resolved."""
    happened = sealing.read_outcomes(outcomes)
    rows = {int(each["number"]): each for each in read_table(folder)}
    for number in happened:
        if number not in rows:
            raise UsageError(f"{outcomes}: number: the table has {len(rows)} rows, no {number}")
    done = [n for n in happened if all(rows[n][view] for view in VIEWS)]
    if not done:
        return ["None of those with all three views is resolved."]
    mean = {
        view: sum((float(rows[n][view]) - happened[n]) ** 2 for n in done) / len(done)
        for view in VIEWS
    }
    return [
        f"{len(done)} resolved forecasts that have all three views",
        *(f"{view}: Brier score {value:.3f}" for view, value in mean.items()),
    ]


# The page


def shown(each: dict[str, str], name: str) -> str:
    return f"{float(each[name]):.2f}" if each[name] else "none"


def table() -> str:
    """Return the table of docs/live.md from what is sealed."""
    rows = read_table()
    if not rows:
        return "Nothing is sealed yet: `python tools/live.py` does.\n"
    lines = [
        f"Sealed on {rows[0]['known_until']}, {int(rows[0]['worlds']):,} worlds a mandate.",
        "",
        "| no. | mandate | venue | question | by | inside | worlds still open | outside | pool | within scope? |",
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    for each in rows:
        inside = shown(each, "inside")
        if each["inside"]:
            inside += f" ({shown(each, 'inside_low')} to {shown(each, 'inside_high')})"
        cells = [
            each["number"], each["name"], each["venue"], each["question"], each["by"], inside,
            each["still_open"], shown(each, "outside"), shown(each, "pool"), each["tested"],
        ]  # fmt: skip
        lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    return "\n".join(lines) + "\n"


def renew_page() -> None:
    """Write the table into docs/live.md."""
    sys.path.insert(0, str(ROOT / "tools"))
    import regenerate

    regenerate.renew(regenerate.chosen([regenerate.LIVE], slow=False))


def options(arguments: Sequence[str] | None) -> Any:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="write nothing, exit 1 on differences")
    parser.add_argument("--score", type=Path, metavar="OUTCOMES", help="columns number, outcome")
    parser.add_argument("--out", type=Path, default=FOLDER, help="a folder without a ledger")
    parser.add_argument("--worlds", type=int, default=WORLDS)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("only", nargs="*", metavar="ID", help="mandates; default all")
    return parser.parse_args(arguments)


def main(arguments: Sequence[str] | None = None) -> int:
    said = options(arguments)
    try:
        if said.check:
            lines = differences(said.out)
            print("\n".join([*lines, f"{len(lines)} differences"]))
            return int(bool(lines))
        if said.score is not None:
            print("\n".join(scored(said.out, said.score)))
            return 0
        today = datetime.datetime.now(datetime.UTC).date()
        rows = seal(said.out, today, said.worlds, said.seed, said.only)
        head = chain.read_ledger(said.out / LEDGER)[-1].hash
        print(f"{len(rows)} forecasts sealed in {said.out}; last hash {head}")
        if said.out.resolve() == FOLDER:
            renew_page()
    except NegotiationSimError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
