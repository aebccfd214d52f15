"""Write ``actors/population.yaml`` and ``actors/ties.yaml`` from the public tables.

The coded figures of the twenty files in ``actors/`` are regressed on General Assembly ideal points
(missile-defence stakes also on payloads in orbit);
every other member of the Conference on Disarmament and of COPUOS in 2008 gets the fitted values.
``actors/README.md`` says why and how well it fits.

Usage: ``python tools/build_population.py DATA_FOLDER [ACTORS_FOLDER]``
"""

from __future__ import annotations

import csv
import math
import sys
import textwrap
from pathlib import Path
from typing import NamedTuple

import numpy as np
import yaml

from negotiation_sim.catalogue.population import affinity

FITTED = (
    "form", "scope", "interference", "verification_demand", "missile_defence_stake",
    "weapons_concern", "debris_concern",
)  # fmt: skip
COLUMNS = (
    "name", "groups", "blocs", "unga_ideal_point", "resources.payloads_in_orbit",
    "resources.payloads_recent", "capability", "form", "scope", "verification", "interference",
    "verification_demand", "missile_defence_stake", "weapons_concern", "debris_concern", "stake",
    "trust", "test_propensity",
)  # fmt: skip
# Weights of capability; payloads launched in the last ten years, since most of the others are dead.
WEIGHTS = {"payloads_recent": 0.5, "assessment_percent": 0.25, "asat_demonstrated": 0.25}
TESTS = ("asat_demonstrated", "tests_recent")
TEST_WEIGHT, PAYLOAD_WEIGHT = 0.75, 0.25
ON_PAYLOADS = ("missile_defence_stake",)
CODED_HALF_WIDTHS = {"verification": 0.2, "interference": 0.2, "stake": 0.15, "trust": 0.1}
FLOOR = 0.003
Z80 = 1.28

NAMES = {
    "VEN": "Venezuela", "PRK": "Democratic People's Republic of Korea",
    "COD": "Democratic Republic of the Congo", "SYR": "Syria",
}  # fmt: skip
OWNERS = {
    "ALG": "DZA", "ARGN": "ARG", "CHLE": "CHL", "CZCH": "CZE", "GREC": "GRC", "INDO": "IDN",
    "KAZ": "KAZ", "MALA": "MYS", "MEX": "MEX", "NETH": "NLD", "NIG": "NGA", "NOR": "NOR",
    "PERU": "PER", "POR": "PRT", "RP": "PHL", "SAUD": "SAU", "SPN": "ESP", "SWED": "SWE",
    "THAI": "THA", "TURK": "TUR", "VENZ": "VEN", "VTNM": "VNM",
}  # fmt: skip
MEMBERS = {
    "NATO": "BEL BGR CZE GRC HUN NLD NOR POL PRT ROU SVK ESP TUR",
    "EU": "AUT BEL BGR CZE FIN GRC HUN IRL NLD POL PRT ROU SVK ESP SWE",
    "FIVE_EYES": "NZL",
    "ESA": "AUT BEL FIN GRC IRL NLD NOR PRT ESP SWE CHE",
    "MTCR": "ARG AUT BEL BGR CZE FIN GRC HUN IRL NLD NZL NOR POL PRT ESP SWE CHE TUR",
    "WASSENAAR": "ARG AUT BEL BGR CZE FIN GRC HUN IRL NLD NZL NOR POL PRT ROU SVK ESP SWE CHE TUR",
    "CSTO": "BLR KAZ",
    "SCO": "KAZ",
    "NAM": "DZA BGD BLR BEN BOL BFA CMR TCD CHL CUB PRK COD ECU ETH IDN IRQ KEN LBN LBY MYS MNG "
    "MAR MMR NIC NER NGA PER PHL SAU SEN SLE LKA SDN SYR THA TUN VEN VNM ZWE",
    "OIC": "ALB DZA BGD BEN BFA CMR TCD IDN IRQ KAZ LBN LBY MYS MAR NER NGA SAU SEN SLE SDN SYR "
    "TUN TUR",
    "ARAB_LEAGUE": "DZA IRQ LBN LBY MAR SAU SDN SYR TUN",
    "AFRICAN_UNION": "DZA BEN BFA CMR TCD COD ETH KEN LBY NER NGA SEN SLE SDN TUN ZWE",
    "ASEAN": "IDN MYS MMR PHL THA VNM",
    "WEOG": "AUT BEL FIN GRC IRL NLD NZL NOR PRT ESP SWE CHE TUR",
    "EEG": "ALB BLR BGR CZE HUN POL ROU SVK",
    "ASIA": "BGD PRK IDN IRQ KAZ LBN MYS MNG MMR PHL SAU LKA SYR THA VNM",
    "AFRICA": "DZA BEN BFA CMR TCD COD ETH KEN LBY MAR NER NGA SEN SLE SDN TUN ZWE",
    "GRULAC": "ARG BOL CHL CUB ECU MEX NIC PER URY VEN",
}  # fmt: skip
BLOC_WEIGHTS = {
    "EU": 2.0, "NATO": 1.0, "FIVE_EYES": 1.0, "CSTO": 1.0, "SCO": 1.0, "NAM": 1.0,
    "ARAB_LEAGUE": 1.0, "G7": 0.5, "BRIC": 0.5, "AFRICAN_UNION": 0.5, "ASEAN": 0.5,
    "GRULAC": 0.5, "EEG": 0.5, "P5": 0.25,
}  # fmt: skip
US_ALLIANCES = {"AUS": 1.0, "JPN": 1.0, "KOR": 1.0, "USA": 0.5, "ISR": 0.5}
SHARED_VARIANCE = 0.5


class Point(NamedTuple):
    """A figure's value, as the catalogue's affinity reads it."""

    value: float


class Known(NamedTuple):
    """What the affinity of a pair is made of."""

    groups: list[str]
    unga_ideal_point: Point


class Fit(NamedTuple):
    """A fitted plane: intercept, slopes, share of variance, residual standard deviation."""

    intercept: float
    slope: float
    payloads_slope: float
    r2: float
    residual_sd: float

    def at(self, point: float, payloads: float) -> float:
        """Return the fitted value, clipped to [0, 1]."""
        value = self.intercept + self.slope * point
        return min(1.0, max(0.0, value + self.payloads_slope * math.log1p(payloads)))


def least_squares(y: list[float], x: list[float], payloads: list[float] | None = None) -> Fit:
    """Return ordinary least squares of y on x and, if given, on log(1 + payloads).

    Examples
    --------
    >>> fit = least_squares([1.0, 3.0, 5.0, 6.0], [0.0, 1.0, 2.0, 3.0])
    >>> round(fit.intercept, 6), round(fit.slope, 6), round(fit.r2, 6)
    (1.2, 1.7, 0.979661)
    """
    columns = [np.ones(len(x)), np.array(x)]
    if payloads is not None:
        columns.append(np.log1p(np.array(payloads)))
    design, target = np.column_stack(columns), np.array(y)
    found = np.linalg.lstsq(design, target, rcond=None)[0]
    rest = target - design @ found
    spread = target - target.mean()
    freedom = len(y) - design.shape[1]
    intercept, slope, on_payloads = [*found.tolist(), 0.0][:3]
    r2 = 1.0 - float(rest @ rest) / float(spread @ spread)
    return Fit(intercept, slope, on_payloads, r2, math.sqrt(float(rest @ rest) / freedom))


def figure_of(actor: dict, column: str) -> float:
    """Return the value a column stands for in an actor's own file."""
    return (actor["ideal_point"].get(column) or actor[column])["value"]


def bloc_loadings(actor_id: str, groups: list[str]) -> dict[str, float]:
    """Return the loadings of a state's blocs: at most half of the variance is shared."""
    weights = {group: BLOC_WEIGHTS[group] for group in groups if group in BLOC_WEIGHTS}
    if actor_id in US_ALLIANCES:
        weights["US_ALLIANCES"] = US_ALLIANCES[actor_id]
    total = sum(weights.values())
    shared = SHARED_VARIANCE * min(1.0, total / 2.0)
    return {name: round(math.sqrt(shared * w / total), 3) for name, w in weights.items()}


def resource(actor: dict, name: str) -> float:
    """Return a figure under ``resources``."""
    return actor["resources"][name]["value"]


def total(coded: dict[str, dict], name: str) -> float:
    """Return the sum of a resource over the coded states."""
    return math.fsum(resource(actor, name) for actor in coded.values())


def capability(owned: dict[str, float], coded: dict[str, dict]) -> float:
    """Return the weighted mean of shares of the coded states' totals, not below the floor."""
    parts = [w * owned.get(k, 0.0) / total(coded, k) for k, w in WEIGHTS.items()]
    return round(max(FLOOR, math.fsum(parts)), 4)


def stake(payloads: float, coded: dict[str, dict]) -> float:
    """Return a state's stake: its payloads in orbit on a logarithmic scale, 1 for the most."""
    most = max(resource(actor, "payloads_in_orbit") for actor in coded.values())
    return round(math.log1p(payloads) / math.log1p(most), 3)


def test_propensity(owned: dict[str, float], coded: dict[str, dict]) -> float:
    """Return a state's share in tests on record and, for the accidents, in payloads in orbit."""
    on_record = math.fsum(total(coded, name) for name in TESTS)
    tests = math.fsum(owned.get(name, 0.0) for name in TESTS) / on_record
    payloads = owned["payloads_in_orbit"] / total(coded, "payloads_in_orbit")
    return round(TEST_WEIGHT * tests + PAYLOAD_WEIGHT * payloads, 4)


def mean_tie(code: str, weights: dict[str, float], ties: dict[tuple[str, str], float]) -> float:
    """Return the mean affinity of a state to the others, weighted by their capability."""
    others = sorted(other for other in weights if other != code)
    total_weight = math.fsum(weights[other] for other in others)
    found = [weights[o] * ties.get((min(code, o), max(code, o)), 0.0) for o in others]
    return math.fsum(found) / total_weight


def trusts(
    codes: list[str], weights: dict[str, float], ties: dict[tuple[str, str], float]
) -> dict[str, float]:
    """Return each state's trust: 0.5, more or less by its ties than the coded states' mean.

    Parameters
    ----------
    codes : list of str
        The states wanted.
    weights : dict of str to float
        Capability of the coded states.
    ties : dict
        Affinity by pair of codes in alphabetical order.
    """
    middle = math.fsum(mean_tie(code, weights, ties) for code in sorted(weights)) / len(weights)
    found = {code: 0.5 + mean_tie(code, weights, ties) - middle for code in codes}
    return {code: round(min(1.0, max(0.0, trust)), 3) for code, trust in found.items()}


def read_table(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def read_coded(folder: Path) -> dict[str, dict]:
    """Return the files of the coded states by code."""
    paths = sorted(folder.glob("[A-Z][A-Z][A-Z].yaml"))
    return {path.stem: yaml.safe_load(path.read_text(encoding="utf-8")) for path in paths}


def ties_of(
    coded: dict[str, dict], rows: dict[str, dict], pairs: dict[tuple[str, str], tuple[float, float]]
) -> dict[tuple[str, str], float]:
    """Return the affinity of every pair as the catalogue computes it.

    Parameters
    ----------
    coded : dict of str to dict
        Files of the coded states.
    rows : dict of str to dict
        ``groups`` and ``unga_ideal_point`` of the other states.
    pairs : dict
        Agreement and alliance of the measured pairs.
    """
    actors = {
        code: Known(a["groups"], Point(a["unga_ideal_point"]["value"])) for code, a in coded.items()
    }
    actors |= {
        code: Known(row["groups"], Point(row["unga_ideal_point"])) for code, row in rows.items()
    }
    return {(one, other): weight for one, other, weight in affinity(actors, pairs)}


def fits(coded: dict[str, dict]) -> dict[str, Fit]:
    """Return the regression of each fitted column on ideal point and, where useful, payloads."""
    x = [actor["unga_ideal_point"]["value"] for actor in coded.values()]
    owned = [actor["resources"]["payloads_in_orbit"]["value"] for actor in coded.values()]
    return {
        column: least_squares(
            [figure_of(actor, column) for actor in coded.values()],
            x,
            owned if column in ON_PAYLOADS else None,
        )
        for column in FITTED
    }


def payloads(data: Path) -> dict[str, tuple[int, int]]:
    """Return payloads in orbit and of the last ten years by code."""
    found = {}
    for row in read_table(data / "satcat_payloads_by_owner_2008.csv"):
        if row["satcat_source"] in OWNERS:
            found[OWNERS[row["satcat_source"]]] = (
                int(row["payloads_in_orbit_2008_11_11"]),
                int(row["of_which_launched_since_1998_11_11"]),
            )
    return found


def make_row(
    state: dict[str, str], owned: tuple[int, int], lines: dict[str, Fit], coded: dict[str, dict]
) -> dict:
    """Return one state's row by column, all but its trust."""
    code, point = state["iso3"], float(state["ip_fp_2000_2008"])
    groups = [group for group, members in MEMBERS.items() if code in members.split()]
    value = {column: round(line.at(point, owned[0]), 3) for column, line in lines.items()}
    resources = {"payloads_in_orbit": float(owned[0]), "payloads_recent": float(owned[1])}
    return value | {
        "name": NAMES.get(code, state["state"]),
        "groups": groups,
        "blocs": bloc_loadings(code, groups),
        "verification": value["verification_demand"],
        "capability": capability(resources, coded),
        "stake": stake(owned[0], coded),
        "test_propensity": test_propensity(resources, coded),
        "unga_ideal_point": point,
        "resources.payloads_in_orbit": owned[0],
        "resources.payloads_recent": owned[1],
    }


def half_widths(lines: dict[str, Fit]) -> dict[str, float]:
    """Return half an 80 % interval of each fitted column, not less than a coded state's."""
    widths = {
        column: max(CODED_HALF_WIDTHS.get(column, 0.15), round(Z80 * line.residual_sd, 3))
        for column, line in lines.items()
    }
    widths["verification"] = max(
        CODED_HALF_WIDTHS["verification"], round(Z80 * lines["verification_demand"].residual_sd, 3)
    )
    widths |= {column: CODED_HALF_WIDTHS[column] for column in ("stake", "trust")}
    return {column: widths[column] for column in COLUMNS if column in widths}


def as_yaml(value) -> str:
    """Return plain data in flow style."""
    return yaml.safe_dump(value, default_flow_style=True, width=10**6, sort_keys=False).strip()


def wrapped(key: str, value, indent: str = "  ") -> str:
    """Return ``key: value`` in flow style within 100 columns."""
    glued = f"{indent}{key}: {as_yaml(value)}".replace(": ", ":\0")
    lines = textwrap.fill(
        glued, 100, subsequent_indent=indent + "  ", break_long_words=False, break_on_hyphens=False
    )
    return lines.replace("\0", " ")


def write_population(data: Path, folder: Path, pairs: dict) -> int:
    """Write ``population.yaml``; return the number of states in it."""
    coded = read_coded(folder)
    lines, owned = fits(coded), payloads(data)
    rows = {}
    for state in read_table(data / "membership_cd_copuos_2008.csv"):
        member = "1" in (state["cd_2008"], state["copuos_2008"])
        if member and state["iso3"] not in coded:
            code = state["iso3"]
            rows[code] = make_row(state, owned.get(code, (0, 0)), lines, coded)
    weights = {code: figure_of(actor, "capability") for code, actor in coded.items()}
    for code, trust in trusts(sorted(rows), weights, ties_of(coded, rows, pairs)).items():
        rows[code]["trust"] = trust
    head = (Path(__file__).parent / "population_head.yaml").read_text(encoding="utf-8")
    out = [head.rstrip(), "", "regression:"]
    for column, line in lines.items():
        values = {name: round(x, 5) for name, x in line._asdict().items()}
        out.append(wrapped(column, values))
    out += ["", wrapped("columns", list(COLUMNS), ""), ""]
    out += [wrapped("half_widths", half_widths(lines), ""), "", "rows:"]
    out += [wrapped(code, [rows[code][column] for column in COLUMNS]) for code in sorted(rows)]
    (folder / "population.yaml").write_text("\n".join(out) + "\n", encoding="utf-8")
    return len(rows)


def read_pairs(data: Path) -> dict[tuple[str, str], tuple[float, float]]:
    """Return agreement and alliance of the coded states' pairs, codes in alphabetical order."""
    allied = {
        tuple(sorted((row["a"], row["b"]))): int(row["atop_defense"])
        for row in read_table(data / "atop_igo_ties_20x20.csv")
        if row["year"] == "2008"
    }
    pairs = {}
    for row in read_table(data / "unga_agreement_20x20.csv"):
        if row["period"] == "2000_2008" and row["votes"] == "all":
            pair = (min(row["a"], row["b"]), max(row["a"], row["b"]))
            pairs[pair] = (float(row["agreement_lijphart"]), allied[pair])
    return pairs


def write_ties(folder: Path, pairs: dict[tuple[str, str], tuple[float, float]]) -> int:
    """Write ``ties.yaml``; return the number of pairs in it."""
    head = (Path(__file__).parent / "ties_head.yaml").read_text(encoding="utf-8")
    out = [head.rstrip(), "", "pairs:"]
    out += [f"  {a}-{b}: {as_yaml(list(pairs[a, b]))}" for a, b in sorted(pairs)]
    (folder / "ties.yaml").write_text("\n".join(out) + "\n", encoding="utf-8")
    return len(pairs)


def main(arguments: list[str]) -> int:
    """Write both files and say how much is in them."""
    if not 1 <= len(arguments) <= 2 or not Path(arguments[0]).is_dir():
        print((__doc__ or "").splitlines()[-1].replace("``", ""), file=sys.stderr)
        return 2
    data = Path(arguments[0])
    default = Path(__file__).resolve().parent.parent / "actors"
    folder = Path(arguments[1]) if len(arguments) == 2 else default
    pairs = read_pairs(data)
    n_states, n_pairs = write_population(data, folder, pairs), write_ties(folder, pairs)
    print(f"{n_states} states, {n_pairs} pairs in {folder}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
