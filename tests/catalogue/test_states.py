"""States by whatever name a table gives them."""

import pytest

from negotiation_sim.catalogue import world
from negotiation_sim.catalogue.states import find_state, folded, states, unknown_state


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("FRA", "FRA"), ("fr", "FRA"), ("220", "FRA"), ("002", "USA"), ("France ", "FRA"), ("UK", "GBR"),
        ("Côte d'Ivoire", "CIV"), ("Cote d\u2019Ivoire", "CIV"), ("Ivory Coast", "CIV"),
        ("The Gambia", "GMB"), ("Saint Lucia", "LCA"), ("St. Lucia", "LCA"), ("NA", "NAM"),
        ("Soviet Union", "RUS"), ("Zaire", "COD"), ("Trinidad and Tobago", "TTO"), ("255", "DEU"),
        ("Korea (the Republic of)", "KOR"), ("Türkiye", "TUR"), ("680", "YMD"), ("nowhere", None),
    ],
)  # fmt: skip
def test_a_state_is_found_by_code_number_and_name(text, code):
    assert find_state(text) == code


def test_one_number_of_two_states_is_told_apart_by_who_is_there():
    assert find_state("345", {"YUG"}) == "YUG"
    assert find_state("345", {"SRB", "FRA"}) == "SRB"


def test_every_state_is_found_by_each_of_its_names():
    for state in states().values():
        for name in (state.code, state.iso2, *state.cow, state.name, *state.other_names):
            assert not name or find_state(name, {state.code}) == state.code, name


def test_only_numbers_are_shared():
    seen = {}
    for state in states().values():
        for name in {
            folded(n) for n in (state.code, state.iso2, state.name, *state.other_names) if n
        }:
            assert seen.setdefault(name, state.code) == state.code, name


def test_whoever_ever_voted_is_a_state():
    assert set(world.table(world.ALIGNMENT)) <= set(states())


def test_a_miss_names_the_nearest():
    assert "did you mean 'France'" in unknown_state("Frnace")
    assert "did you mean 'FRA'" in unknown_state("FRX")
    assert "did you mean '221'" in unknown_state("2219")
