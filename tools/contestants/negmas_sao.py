"""NegMAS: ten time-dependent negotiators in the stacked alternating-offers protocol."""

from __future__ import annotations

import random

NAME = "NegMAS"
NEEDS = "negmas"


def prepared(work: dict):
    """Return a function that carries out some negotiations and returns how many agreed."""
    from negmas import LinearUtilityFunction, SAOMechanism, make_issue
    from negmas.sao import BoulwareTBNegotiator

    draws = random.Random(1)
    issues = [make_issue(work["levels"], name) for name in ("form", "scope")]

    def one() -> bool:
        session = SAOMechanism(issues=issues, n_steps=work["rounds"])
        for _ in range(work["parties"]):
            weights = [draws.uniform(-1, 1), draws.uniform(-1, 1)]
            utility = LinearUtilityFunction(weights=weights, issues=issues).normalize()
            utility.reserved_value = draws.uniform(0, 0.4)
            session.add(BoulwareTBNegotiator(ufun=utility))
        session.run()
        return session.agreement is not None

    return lambda n: sum(one() for _ in range(n))
