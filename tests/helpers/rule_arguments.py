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
    "demand": "verification_demand", "risk": "mandate_risk", "half_life": "urgency_half_life",
    "ideal": "ideal_point", "persistence": "mood_persistence", "sd": "turnover_sd",
    "median": "ratification_delay", "sigma": "ratification_sigma", "weeks": "calendar.weeks",
    "treaty_threshold_of_state": "ratification_threshold", "own": "trust",
    "executive_threshold_of_state": "executive_threshold", "yearly_rate": "turnover_rate",
    "threshold": "ratification_threshold", "treaty_share": "ratification_treaty_share",
    "state_share": "ratification_state_share", "unbound": "interference_probability",
    "treaty": "executive_limit",
}  # fmt: skip
BOUNDS = {figure.name: figure.bounds for figure in figures.FIGURES}

OTHERS = {
    # M1
    "distance": UNIT, "cost_of_text": reals(0.0, 5.0), "cost_of_position": reals(0.0, 5.0),
    "urgency": UNIT, "private": DISPOSED, "mood": DISPOSED, "cost": reals(0.0, 3.0),
    "unverified": UNIT, "coefficient": reals(0.0, 5.0), "sees": reals(0.0, 2.0), "shield": UNIT,
    "aside": UNIT, "forgone": SIGNED, "weaker": UNIT, "at_odds": SIGNED, "odds": UNIT,
    "square": reals(0.0, 0.02), "content": UNIT, "near": UNIT, "disposition": DISPOSED,
    "disputed": DISPOSED,
    # M2 to M6, M20
    "worth_of_status_quo": UNIT, "rho": DISPOSED, "value_of_best": DISPOSED, "insists": UNIT,
    "share_used": UNIT, "fall": UNIT, "rounds": st.integers(0, 10_000).map(float), "scope": UNIT,
    "deficit": DISPOSED, "aspiration": DISPOSED, "limit": UNIT, "capability": UNIT,
    "coordinate": UNIT, "aim": reals(-1.0, 2.0), "position": UNIT, "text": UNIT, "weight": UNIT,
    "mean": DISPOSED, "turn": st.integers(1, 2), "heading": st.sampled_from([-1.0, 0.0, 1.0]),
    "score": reals(-2e6, 2e6), "behind": reals(0.0, 200.0), "each": UNIT,
    # M7
    "quota_part": st.integers(1, 100), "quota_whole": st.integers(1, 100), "share": UNIT,
    "decision_rule": st.integers(0, 3), "rule": st.integers(0, 3), "n_members": HEADS,
    "n_accepting": HEADS, "n_along": HEADS, "n_objecting": HEADS, "votes": VOTES,
    "votes_for": VOTES, "votes_against": VOTES, "required_objecting": HEADS, "held": MILLIONTHS,
    "held_by_all": MILLIONTHS, "wanted": MILLIONTHS, "share_needed": MILLIONTHS,
    "members_needed": MILLIONTHS, "last_session": FLAG, "n_backing": HEADS, "less": HEADS,
    "part": st.integers(0, 100), "whole": st.integers(1, 100),
    # Figures with dates
    "before": DISPOSED, "after": DISPOSED, "passed": st.integers(0, 1200),
    "span": st.integers(1, 1200), "since": st.integers(-60, 1200), "to": DISPOSED,
    "month": st.integers(-60, 1200), "gradual": FLAG, "t": st.integers(0, 1200),
    "growth": reals(0.0, 20.0),
    # M8 to M10, causes
    "is_open": FLAG, "u": DRAW, "opt_in": FLAG, "value_near": DISPOSED, "value_worst": DISPOSED,
    "outside": UNIT, "strict": UNIT, "task": st.integers(0, 2), "shortfall": DISPOSED,
    "term": st.integers(0, 7), "what": st.integers(0, 3),
    # M4, M11 to M14, M19
    "value": DISPOSED, "drawn": SIGNED, "pledge_share": UNIT, "bonus": DISPOSED,
    "baseline": UNIT, "shock": NORMAL, "form": UNIT, "shift": DISPOSED, "pull": DISPOSED,
    "share_of_tests": UNIT, "years": reals(0.0, 100.0), "months": reals(0.0, 1200.0),
    "verification": UNIT, "chance": UNIT, "settles": UNIT, "forbidden": UNIT,
    # M15
    "binding": st.integers(-1, 1), "z": NORMAL, "satisfaction": UNIT, "domestic_draw": DISPOSED,
    "reservation_value": DISPOSED, "of_treaty": NORMAL, "of_state": NORMAL, "of_both": NORMAL,
    "n_ratified": HEADS, "n_needed": HEADS, "share_ratified": MILLIONTHS, "named_missing": HEADS,
    "joined": MILLIONTHS, "others": MILLIONTHS,
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
    """Draw what depends on the number of issues: points, weights, and where the form stands."""
    k = draw(st.integers(1, 4))
    names = ("text", "position", "other", "salience", "low", "high")
    points = {name: draw(st.lists(UNIT, min_size=k, max_size=k)) for name in names}
    return points | {"form_at": draw(st.integers(-1, k - 1))}


@st.composite
def arguments_of(draw, function: Callable) -> list:
    """Draw arguments for a formula, in order; vectors as lists of plain numbers."""
    drawn = draw(issue_space())
    low, high = sorted((draw(UNIT), draw(UNIT)))  # where a formula takes a side of a box
    values = []
    for name, argument in inspect.signature(function).parameters.items():
        if argument.annotation == "Vector" or name == "form_at":
            values.append(drawn[name])
        elif name in ("low", "high"):
            values.append(low if name == "low" else high)
        else:
            values.append(draw(strategy_of(name)))
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
