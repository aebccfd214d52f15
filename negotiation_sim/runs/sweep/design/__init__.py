"""The points of a sweep: grid, explicit list, Latin hypercube, Sobol', Morris, one at a time.

A design is a sequence of points: tuples with one value for each dotted path, None where a point
leaves the experiment's own figure alone. A grid is never held in memory; the others are one row of
numbers a point.
"""

from negotiation_sim.runs.sweep.design.sampling import Design, make_design, salib_problem
from negotiation_sim.runs.sweep.design.spec import (
    KINDS,
    ONE,
    SAMPLED,
    Range,
    Spec,
    keeps_order,
    parse_vary,
    spec_of,
)

__all__ = [
    "KINDS", "ONE", "SAMPLED", "Design", "Range", "Spec", "keeps_order", "make_design",
    "parse_vary", "salib_problem", "spec_of",
]  # fmt: skip
