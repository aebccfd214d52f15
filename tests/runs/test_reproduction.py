"""Every sweep of the catalogue, and random ones, come out the same when they are made again."""

from __future__ import annotations

from random import Random

import pytest
import yaml

from helpers.sweep_studies import write_experiment
from negotiation_sim import api
from negotiation_sim.catalogue import list_catalogue, load_sweep
from negotiation_sim.catalogue.folders import find_root
from negotiation_sim.runs.sweep.reading import read_study

pytestmark = [pytest.mark.long, pytest.mark.timeout(900)]

NUMBERS = {
    "environment.verifiable_scope": (0.0, 1.0), "environment.pace": (0.02, 0.2),
    "environment.withdrawal": (0.01, 0.2), "venues.adhoc-optin.min_participation": (0.05, 0.5),
    "actors.USA.trust": (0.1, 0.9), "actors.*.verification_demand": (0.1, 0.9),
    "strategies.*.patience": (12, 60), "success.deadline_years": (2, 5),
}  # fmt: skip


def swept() -> list[str]:
    return [row["id"] for row in list_catalogue("experiments") if load_sweep(row["id"])[0]]


def same(run) -> None:
    found = api.reproduce(run, threads=1)
    assert found.same, found.differences


@pytest.mark.parametrize("name", swept())
def test_a_sweep_of_the_catalogue_is_made_again(name, tmp_path):
    """Its own design with few replicates; of a large one, a few points of each parameter."""
    design = dict(load_sweep(name)[0])
    small = {"replicates": 2}
    whole = read_study(name, changes=small, out=tmp_path)
    vary = None
    if len(whole.design) > 60:
        vary = {path: _few(values) for path, values in design["vary"].items()}
        small |= {"size": 2} if "size" in design else {}
    same(api.sweep(name, vary, out=tmp_path, workers=1, **small))


def _few(values):
    if isinstance(values, list):
        return values[:2]
    return values | ({"steps": 2} if "steps" in values else {})


@pytest.mark.parametrize("seed", range(50))
def test_a_random_sweep_with_its_paths_in_any_order_is_made_again(seed, tmp_path):
    random = Random(seed)
    design = random.choice(
        ("grid", "points", "latin-hypercube", "sobol", "morris", "one-at-a-time")
    )
    paths = random.sample(list(NUMBERS), random.choice((1, 2, 3)))
    sweep: dict = {"replicates": random.randint(1, 3), "keep_replicates": random.random() < 0.3}
    if design == "points":
        sweep["points"] = [
            {path: random.uniform(*NUMBERS[path]) for path in random.sample(paths, len(paths))}
            for _ in range(random.randint(1, 4))
        ]
    else:
        sweep |= {"design": design, "vary": {path: _varied(random, path, design) for path in paths}}
    if design in ("latin-hypercube", "sobol", "morris"):
        sweep |= {"size": random.choice((2, 4)), "design_seed": random.randrange(1000)}
    text = yaml.safe_dump({"sweep": sweep}, sort_keys=False, allow_unicode=True)
    file = write_experiment(tmp_path, text)
    same(api.sweep(file, seed=random.randrange(2**40), out=tmp_path / "out", workers=1))


def _varied(random: Random, path: str, design: str):
    low, high = NUMBERS[path]
    if design in ("latin-hypercube", "sobol", "morris"):
        return {"from": low, "to": high}
    if random.random() < 0.5:
        return {"from": low, "to": high, "steps": random.choice((2, 3))}
    return [random.uniform(low, high) for _ in range(2)]


def test_there_are_sweeps_in_the_catalogue():
    assert swept() and find_root().is_dir()
