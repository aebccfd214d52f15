"""Write the world data of ``actors/world/`` from the public tables.

``actors/world/README.md`` says what each file holds and rests on. ``states.csv`` and
``sources.yaml`` are kept by hand; everything else there is written here.

Usage: ``python tools/build_world.py DATA_FOLDER [WORLD_FOLDER]``, and with ``--check`` nothing is
written: it says which files differ from what the sources give.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd

WORLD = Path(__file__).resolve().parents[1] / "actors" / "world"
CAPABILITIES = ("cinc", "population_thousand", "real_gdp_million")
AREAS = ("constitutional", "budget", "compliance", "policy", "agenda", "final_vote")
POWERS = {"us": "USA", "rus": "RUS", "chn": "CHN"}
NO_VOTES = 1964
JOINED = ("YAR", "YMD", "DEU")  # states that the sources join under one code
SERBIA_ALONE = 2006  # Montenegro left in that year
ALLIED = "atop_defense"


def as_states(table: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """Return a table with one row a key, the two Yemens apart, Serbia by its own code.

    In the sources both Yemens of 1967 to 1990 have the code YAR, the northern one's rows before
    the southern one's. Where values were joined to them crosswise there are four rows a year: the
    first is the northern one with its own, the last the southern one with its own. Germany has four
    in 1990, of which the first is the united one.
    """
    table = table.copy()
    place = table.groupby(keys).cumcount()
    of = table.groupby(keys)["state"].transform("size")
    south = (table["state"] == "YAR") & (of > 1) & (place == of - 1)
    table.loc[south, "state"] = "YMD"
    joined = table["state"].isin(JOINED)
    table = table[south | (place == 0) | ~joined]
    alone = (table["state"] == "YUG") & (table["year"] >= SERBIA_ALONE)
    table.loc[alone, "state"] = "SRB"
    if table.duplicated(keys).any():
        raise ValueError(f"two rows for {table[table.duplicated(keys)][keys].values.tolist()}")
    return table


def wide(table: pd.DataFrame, column: str) -> str:
    """Return a column as CSV, a row a state and a column a year; numbers as the source has them."""
    grid = table.pivot(index="state", columns="year", values=column).sort_index()
    return grid.to_csv(lineterminator="\n")


def read(folder: Path, name: str) -> pd.DataFrame:
    """Return a table of the source folder, every cell as it is written there."""
    table = pd.read_csv(folder / f"{name}.csv", dtype=str, keep_default_na=False, encoding="utf-8")
    if "year" in table:
        table["year"] = table["year"].astype(int)
    return table


def alignment(folder: Path) -> dict[str, str]:
    points = as_states(read(folder, "unga_ideal_points"), ["state", "year"])
    files = {"alignment.csv": wide(points, "ideal_point")}
    topics = as_states(
        read(folder, "unga_ideal_points_by_topic"), ["topic", "state", "year"]
    )  # fmt: skip
    for topic, rows in topics.groupby("topic"):
        files[f"alignment-{str(topic).replace('_', '-')}.csv"] = wide(rows, "ideal_point")
    return files


def capabilities(folder: Path) -> dict[str, str]:
    table = as_states(read(folder, "capabilities"), ["state", "year"])
    return {f"{name}.csv": wide(table, name) for name in CAPABILITIES}


def pooling(folder: Path) -> dict[str, str]:
    """Return the pooling scores, one row for each stretch of years in which none changes."""
    table = read(folder, "organisation_rules").sort_values(["organisation", "year"])
    scores = ["pooling", *(f"pool_{area}" for area in AREAS)]
    first = table.drop_duplicates("organisation").index
    same = (table[scores] == table[scores].shift()).all(axis=1)
    following = table["year"].diff() == 1
    stretch = (~(same & following) | table.index.isin(first)).cumsum()
    rows = table.groupby(stretch)
    out = rows[["organisation", "name", *scores]].first()
    out.insert(2, "first", rows["year"].min())
    out.insert(3, "last", rows["year"].max())
    out.columns = [name.removeprefix("pool_") for name in out.columns]
    return {"pooling.csv": out.to_csv(index=False, lineterminator="\n")}


def pairs(folder: Path) -> dict[str, str]:
    """Return voting agreement and alliances of pairs, by the last year that a row speaks of."""
    votes = read(folder, "unga_agreement_20x20")
    votes = votes[votes["votes"] == "all"]
    ends = votes["period"].str[-4:].astype(int)
    both = [sorted(pair) for pair in zip(votes["a"], votes["b"], strict=True)]
    agreement = pd.DataFrame(both, columns=["one", "other"], index=votes.index)
    agreement.insert(0, "year", ends)
    agreement["agreement"] = votes["agreement_lijphart"]
    pacts = read(folder, "atop_igo_ties_20x20")
    both = [sorted(pair) for pair in zip(pacts["a"], pacts["b"], strict=True)]
    allied = pd.DataFrame(both, columns=["one", "other"], index=pacts.index)
    allied.insert(0, "year", pacts["year"])
    allied["allied"] = pacts[ALLIED]
    merged = agreement.merge(allied, on=["year", "one", "other"], how="outer")
    merged = merged.sort_values(["year", "one", "other"])
    return {"pairs.csv": merged.to_csv(index=False, lineterminator="\n")}


def stances(folder: Path) -> pd.DataFrame:
    """Return the powers' stances on historical cases as positions, with their alignment then.

    A position is 1 for the text that was sought, 0 for none, and 1/2 for a power that was neutral,
    absent or not known. Alignment is that of the mandate's year, of 1963 for 1964.
    """
    points = as_states(read(folder, "unga_ideal_points"), ["state", "year"])
    known = points.set_index(["state", "year"])["ideal_point"].astype(float)
    cases = read(folder, "cases")
    found = []
    for _, case in cases.iterrows():
        year = int(case["mandate"][:4])
        at = year - 1 if year == NO_VOTES else year
        for column, power in POWERS.items():
            if case[column] and (power, at) in known.index:
                position = (float(case[column]) + 1.0) / 2.0
                found.append((case["id"], power, year, known[power, at], position))
    return pd.DataFrame(found, columns=["case", "power", "year", "alignment", "position"])


def regression(table: pd.DataFrame) -> str:
    """Return position on alignment by least squares, with what it leaves unexplained."""
    x, y = table["alignment"].to_numpy(), table["position"].to_numpy()
    slope, intercept = np.polyfit(x, y, 1)
    left = y - (intercept + slope * x)
    r2 = 1.0 - (left @ left) / ((y - y.mean()) @ (y - y.mean()))
    sd = np.sqrt((left @ left) / (len(y) - 2))
    facts = {
        "n": len(y),
        "first": int(table["year"].min()),
        "last": int(table["year"].max()),
        "intercept": f"{intercept:.5f}",
        "slope": f"{slope:.5f}",
        "r2": f"{r2:.5f}",
        "residual_sd": f"{sd:.5f}",
    }
    lines = [f"{name},{value}" for name, value in facts.items()]
    return "\n".join(["fact,value", *lines]) + "\n"


def world_of(folder: Path) -> dict[str, str]:
    """Return every file of ``actors/world/`` that is made from the sources, by name."""
    return {
        **alignment(folder),
        **capabilities(folder),
        **pooling(folder),
        **pairs(folder),
        "positions.csv": regression(stances(folder)),
    }


def main(arguments: list[str]) -> int:
    words = [word for word in arguments if word != "--check"]
    if not 1 <= len(words) <= 2:
        print(__doc__)
        return 2
    target = Path(words[1]) if len(words) > 1 else WORLD
    files = world_of(Path(words[0]))
    if "--check" in arguments:
        wrong = [
            name
            for name, text in files.items()
            if not (target / name).is_file() or (target / name).read_text("utf-8") != text
        ]
        print("differ: " + ", ".join(wrong) if wrong else f"all {len(files)} files are the same")
        return 1 if wrong else 0
    target.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (target / name).write_text(text, encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
