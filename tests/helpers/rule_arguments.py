"""What each formula may be given: a hypothesis strategy for every parameter name of the model's.

The limits of figures are those declared in negotiation_sim/model/figures.py, and the strategies
lean to them. Vectors are as long as the issue space or the cast at hand.
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
from negotiation_sim.model import compiling, figures


def reals(low: float, high: float):
    """Return numbers from low to high, often at or next to a limit."""
    edges = [low, high, np.nextafter(low, high), np.nextafter(high, low), (low + high) / 2]
    edges += [0.0] if low <= 0.0 <= high else []
    return st.one_of(
        st.floats(low, high, allow_nan=False), st.sampled_from([float(x) for x in edges])
    ).map(lambda x: x + 0.0)  # no negative zero


UNIT = reals(0.0, 1.0)
SIGNED = reals(-1.0, 1.0)
DISPOSED = reals(-3.0, 3.0)
DRAW = reals(0.5 * 2.0**-52, 1.0 - 0.5 * 2.0**-52)
NORMAL = reals(-8.3, 8.3)
HEADS = st.integers(0, 200)
VOTES = st.integers(0, 10**6)
MILLIONTHS = st.integers(0, 10**6)
FLAG = st.booleans()

# Arguments that are a figure by its own name are within its bounds, and so are these.
FIGURE_OF = {
    "demand": "verification_demand", "stake": "missile_defence_stake", "risk": "mandate_risk",
    "risk_vote": "mandate_risk_vote", "half_life": "urgency_half_life", "ideal": "ideal_point",
    "persistence": "mood_persistence", "sd": "turnover_sd", "median": "ratification_delay",
    "sigma": "ratification_sigma", "step": "chair_step", "weeks": "calendar.weeks",
    "treaty_threshold_of_state": "ratification_threshold", "own": "trust",
    "executive_threshold_of_state": "executive_threshold", "yearly_rate": "turnover_rate",
    "threshold": "ratification_threshold",
}  # fmt: skip
PLAIN = {*figures.ACTOR_PARAMETERS, *figures.VENUE_PARAMETERS, *figures.ENVIRONMENT_PARAMETERS}
BOUNDS = {figure.name: figure.bounds for figure in figures.FIGURES}

OTHERS = {
    # M1
    "distance": UNIT, "cost_of_text": reals(0.0, 5.0), "cost_of_position": reals(0.0, 5.0),
    "extra_verification": DISPOSED, "extra_missile": DISPOSED, "extra_aside": DISPOSED,
    "urgency": UNIT, "private": DISPOSED, "mood": DISPOSED, "cost": reals(0.0, 3.0),
    # M2 to M6
    "rounds": st.integers(0, 10_000).map(float), "scope": UNIT, "strict": UNIT,
    "deficit": DISPOSED, "capability": UNIT, "capability_part": UNIT, "probability": UNIT,
    "coordinate": UNIT, "weighted_gap": reals(-1e3, 1e3), "weight": reals(0.0, 1e3),
    "share_accepting": UNIT,
    # M7
    "quota_part": st.integers(1, 100), "quota_whole": st.integers(1, 100), "share": UNIT,
    "decision_rule": st.integers(0, 3), "n_members": HEADS, "n_accepting": HEADS,
    "n_objecting": HEADS, "votes_for": VOTES, "votes_against": VOTES,
    "required_objecting": HEADS, "capability_for": MILLIONTHS, "capability_members": MILLIONTHS,
    "share_needed": MILLIONTHS, "n_backing": HEADS,
    # M8 to M10
    "is_open": FLAG, "u": DRAW, "opt_in": FLAG, "value_near": DISPOSED, "value_worst": DISPOSED,
    "outside": UNIT,
    # M4, M11 to M14, M19
    "value": DISPOSED, "drawn": SIGNED, "pledge_share": UNIT, "bonus": DISPOSED,
    "baseline": UNIT, "shock": NORMAL, "form": UNIT, "shift": DISPOSED, "pull": DISPOSED,
    # M15
    "binding": st.integers(-1, 1), "z": NORMAL, "satisfaction": UNIT, "domestic_draw": DISPOSED,
    "n_ratified": HEADS, "n_needed": HEADS, "share_ratified": MILLIONTHS, "named_missing": HEADS,
    # M16
    "urgency_share": UNIT,
}  # fmt: skip


def strategy_of(name: str):
    """Return what an argument of a rule may be: the bounds of the figure it is, or its own."""
    if name in OTHERS:
        return OTHERS[name]
    return reals(*BOUNDS[FIGURE_OF.get(name, name)][:2])


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
    scalar = {*OTHERS, *FIGURE_OF, *PLAIN}
    values = [drawn[n] if n in drawn and n not in scalar else draw(strategy_of(n)) for n in names]
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
