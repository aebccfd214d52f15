"""What each formula may be given: a hypothesis strategy for every parameter name of the model's.

The limits are those of the catalogue (negotiation_sim/catalogue/schema.py, bounds in environment.yaml), and
the strategies lean to them. Vectors are as long as the issue space or the cast at hand.
"""

from __future__ import annotations

import ast
import inspect
import pkgutil
from collections.abc import Callable
from importlib import import_module
from types import ModuleType

import numpy as np
from hypothesis import strategies as st

from negotiation_sim import model
from negotiation_sim.model import compiling


def reals(low: float, high: float):
    """Return numbers from low to high, often at or next to a limit."""
    edges = [low, high, np.nextafter(low, high), np.nextafter(high, low), (low + high) / 2]
    edges += [0.0] if low <= 0.0 <= high else []
    return st.one_of(
        st.floats(low, high, allow_nan=False), st.sampled_from([float(x) for x in edges])
    ).map(lambda x: x + 0.0)  # no negative zero


UNIT = reals(0.0, 1.0)
SIGNED = reals(-1.0, 1.0)
NON_NEGATIVE = reals(0.0, 1e12)
POSITIVE = reals(1e-12, 1e12)
DISPOSED = reals(-3.0, 3.0)
DRAW = reals(0.5 * 2.0**-52, 1.0 - 0.5 * 2.0**-52)
NORMAL = reals(-8.3, 8.3)
HEADS = st.integers(0, 200)
VOTES = st.integers(0, 10**6)
MILLIONTHS = st.integers(0, 10**6)
FLAG = st.booleans()

BY_NAME = {
    # M1
    "trust": UNIT, "demand": UNIT, "stake": UNIT, "weapons_concern": UNIT, "debris_concern": UNIT,
    "verifiable_scope": UNIT, "weapons_scope": UNIT, "verification_cost": reals(0.0, 3.0),
    "missile_defence_cost": UNIT, "fester": UNIT, "distance": UNIT, "cost_of_text": reals(0.0, 5.0),
    "cost_of_position": reals(0.0, 5.0), "extra_verification": DISPOSED, "extra_missile": DISPOSED,
    "extra_aside": DISPOSED, "urgency_effect": UNIT, "urgency": UNIT, "private": DISPOSED,
    "mood": DISPOSED, "cost": reals(0.0, 3.0),
    # M2 to M6
    "pace": reals(0.001, 1.0), "informality_effect": reals(0.0, 5.0), "informality": UNIT,
    "reservation_value": UNIT, "flexibility": POSITIVE, "rounds": st.integers(0, 10_000).map(float),
    "breadth": reals(0.0, 5.0), "scope": UNIT, "strict": UNIT, "softness": reals(0.001, 1.0),
    "softness_strict": reals(0.001, 1.0), "deficit": DISPOSED, "capability": UNIT,
    "capability_part": UNIT, "probability": UNIT, "coordinate": UNIT, "step": reals(0.01, 1.0),
    "weighted_gap": reals(-1e3, 1e3), "weight": reals(0.0, 1e3), "isolation": UNIT,
    "share_accepting": UNIT,
    # M7
    "quota_part": st.integers(1, 100), "quota_whole": st.integers(1, 100), "share": UNIT,
    "decision_rule": st.integers(0, 3), "n_members": HEADS, "n_accepting": HEADS,
    "n_objecting": HEADS, "votes_for": VOTES, "votes_against": VOTES,
    "required_objecting": HEADS, "capability_for": MILLIONTHS, "capability_members": MILLIONTHS,
    "share_needed": MILLIONTHS, "n_backing": HEADS,
    # M8 to M10
    "yearly_rate": NON_NEGATIVE, "is_open": FLAG, "u": DRAW, "unblock_rate": NON_NEGATIVE,
    "block_rate": NON_NEGATIVE, "leadership": NON_NEGATIVE, "weeks": reals(0.0, 5.0),
    "weeks_per_round": reals(0.25, 12.0), "opt_in": FLAG, "risk": UNIT, "risk_vote": UNIT,
    "value_near": DISPOSED, "value_worst": DISPOSED, "remit_cost": NON_NEGATIVE, "outside": UNIT,
    # M4, M11 to M14, M19
    "value": DISPOSED, "half_life": reals(1.0, 120.0), "ideal": UNIT, "susceptibility": UNIT,
    "drawn": SIGNED, "own": UNIT, "pledge_trust": UNIT, "pledge_share": UNIT, "bonus": DISPOSED,
    "baseline": UNIT, "trust_return": UNIT, "shock": NORMAL, "persistence": reals(0.0, 0.999),
    "sd": reals(0.0, 0.5), "breach_probability": UNIT, "breach_form": SIGNED, "form": UNIT,
    "shift": DISPOSED, "pull": DISPOSED,
    # M15
    "binding": st.integers(-1, 1), "treaty_threshold": UNIT, "median": POSITIVE,
    "sigma": reals(0.0, 2.0), "z": NORMAL, "executive_limit": UNIT,
    "treaty_threshold_of_state": SIGNED, "executive_threshold_of_state": SIGNED,
    "satisfaction": UNIT, "domestic_draw": DISPOSED, "threshold": SIGNED, "n_ratified": HEADS,
    "n_needed": HEADS, "share_ratified": MILLIONTHS, "named_missing": HEADS,
    # M16
    "spillover": SIGNED, "spillover_draw": UNIT, "agreement_trust": UNIT, "urgency_share": UNIT,
}  # fmt: skip


@st.composite
def issue_space(draw) -> dict:
    """Draw what depends on the number of issues: points, weights, and who plays which role."""
    k = draw(st.integers(1, 4))
    points = {
        name: draw(st.lists(UNIT, min_size=k, max_size=k))
        for name in ("text", "position", "salience", "low", "high")
    }
    places = draw(st.permutations(range(k)))
    roles = ("form_at", "scope_at", "verification_at")
    chosen = {role: places[i] if i < k and draw(FLAG) else -1 for i, role in enumerate(roles)}
    return points | chosen


@st.composite
def cast(draw) -> dict:
    """Draw what depends on the number of actors: ties, members, who accepts."""
    n = draw(st.integers(1, 12))
    n_ties = draw(st.integers(0, min(10, n)))
    ties = draw(st.lists(st.integers(0, n - 1), min_size=10, max_size=10))
    return {
        "ties": ties, "n_ties": n_ties,
        "weights": draw(st.lists(UNIT, min_size=10, max_size=10)),
        "member": draw(st.lists(FLAG, min_size=n, max_size=n)),
        "accepting": draw(st.lists(FLAG, min_size=n, max_size=n)),
    }  # fmt: skip


@st.composite
def arguments_of(draw, function: Callable) -> list:
    """Draw arguments for a formula, in order; vectors as lists of plain numbers."""
    drawn = draw(issue_space()) | draw(cast())
    names = list(inspect.signature(function).parameters)
    values = [drawn[n] if n in drawn and n not in BY_NAME else draw(BY_NAME[n]) for n in names]
    if "ideal" in names and "text" in names:  # one coordinate of the text
        values[names.index("text")] = draw(UNIT)
    if "coordinate" in names:  # and its limits
        low, high = sorted((draw(UNIT), draw(UNIT)))
        values[names.index("low")], values[names.index("high")] = low, high
    return values


@st.composite
def triangles(draw) -> list:
    """Draw arguments of the triangular distribution: u, low <= mode <= high."""
    low, mode, high = sorted(draw(st.lists(reals(-1.0, 1e3), min_size=3, max_size=3)))
    return [draw(DRAW), low, mode, high]


RECORDS = {"given", "world", "state"}  # held by the comparison of the engines
WORDS = {"draws.philox", "draws.unit", "draws.word_of"}  # 64 bits; held word by word in test_draws


def marked(module: ModuleType) -> list[str]:
    """Return the names of a module's functions that are marked as formulas."""
    tree = ast.parse(inspect.getsource(module))
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
    return [f.name for f in functions if "formula" in map(ast.unparse, f.decorator_list)]


def all_formulas() -> dict[str, Callable]:
    """Return every formula of numbers alone as ``module.name``."""
    found = {}
    for part in pkgutil.iter_modules(model.__path__):
        module = import_module(f"{model.__name__}.{part.name}")
        for name in marked(module):
            function = getattr(module, name)
            assert function in compiling._INLINED
            if not RECORDS & set(inspect.signature(function).parameters):
                found[f"{part.name}.{name}"] = function
    assert found.keys() >= WORDS
    return {name: function for name, function in found.items() if name not in WORDS}


def as_compiled(value):
    """Return an argument as compiled code gets it: vectors as arrays."""
    if isinstance(value, list):
        kind = type(value[0])
        return np.array(value, {bool: np.bool_, int: np.int64, float: np.float64}[kind])
    return value
