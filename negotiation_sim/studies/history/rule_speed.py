"""Time and rule: unanimity against qualified majority, and ratification, beside what was seen.

Golub (2007), European Union Politics 8(2), 155-179: of 1,669 directives proposed from 1968 to 1998
the Kaplan-Meier share adopted within two years was 0.481 under unanimity and 0.573 under qualified
majority, the medians 802 and 649 days.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence
from statistics import NormalDist, fmean

import pandas as pd

from negotiation_sim.model.terms import DecisionRule
from negotiation_sim.studies.history.case_runs import run_case
from negotiation_sim.studies.history.cases import Case
from negotiation_sim.studies.history.parameter_file import Calibrated
from negotiation_sim.studies.history.parsing import Rule

DAYS_A_YEAR = 365.25
REAL = {"unanimity": (0.481, 802.0), "qualified majority": (0.573, 649.0)}
RULES = {
    "unanimity": Rule(DecisionRule.CONSENSUS),
    "qualified majority": Rule(DecisionRule.QUALIFIED_MAJORITY, (5, 7)),
}

# A directive of middling reach among fifteen members of a council that meets every month.
DIRECTIVE = Case(
    id="directive", name="directive", line=0, form="regulation", binding=True, scope=0.4,
    domain="other", venue_class="council", rule=None, mandate=(1985, 1), mandate_text="1985-01",
    participants=15, us=0, rus=0, chn=0, verification=0.1, adopted_after=None, failed_after=None,
    outcome5=None, outcome10=None, scored=False, confidence="",
)  # fmt: skip


def speed_by_rule(
    parameters: Calibrated, *, replicates: int = 2000, seed: int = 1, directive: Case = DIRECTIVE
) -> pd.DataFrame:
    """Return the share adopted within two years and the median time under either rule.

    Returns
    -------
    pandas.DataFrame
        ``rule, share_2y, median_days, real_share_2y, real_median_days``, unanimity first. Both
        rules meet the same worlds.
    """
    rows = []
    for name, rule in RULES.items():
        case = dataclasses.replace(directive, rule=rule)
        run = run_case(case, parameters.points, replicates, seed)
        years = run.median_years
        rows.append(
            {
                "rule": name,
                "share_2y": run.chance(2.0),
                "median_days": None if years is None else years * DAYS_A_YEAR,
                "real_share_2y": REAL[name][0],
                "real_median_days": REAL[name][1],
            }
        )
    return pd.DataFrame(rows)


# States bound within two and five years of the opening for signature.
BOUND = {
    "Chemical Weapons Convention": (20, 106),
    "Comprehensive Test-Ban Treaty": (21, 81),
    "ENMOD Convention": (21, 32),
    "Mine Ban Convention": (89, 130),
    "Convention on Cluster Munitions": (48, 84),
    "Registration Convention": (6, 23),
    "Moon Agreement": (3, 5),
}


# Treaties of the model: one in ten is quicker than the first, one in ten slower than the last.
SPEEDS = {"a quick treaty": 0.1, "a middling one": 0.5, "a slow one": 0.9}


def ratified_within(
    months: float, medians: Sequence[float], sigma: float, treaty_share: float, slowness: float
) -> float:
    """Return the share of willing states that have ratified one treaty within so many months.

    The mean over states of the log-normal law that M15 draws delays from; ``treaty_share`` of its
    variance is the treaty's own, and ``slowness`` the share of treaties that are quicker.

    Examples
    --------
    >>> ratified_within(18.0, [18.0], 0.6, 0.4, 0.5)
    0.5
    """
    law = NormalDist()
    own = sigma * math.sqrt(treaty_share) * law.inv_cdf(slowness)
    rest = sigma * math.sqrt(1.0 - treaty_share)
    return fmean(law.cdf((math.log(months / median) - own) / rest) for median in medians)


def ratification_speed(medians: Sequence[float], sigma: float, treaty_share: float) -> pd.DataFrame:
    """Return ``treaty, bound_2y, bound_5y, share``: of those bound in five years, the share in two.

    The last rows are the model's, their counts not-a-number. Only the shape is compared: the number
    that ratifies depends on the text.

    Parameters
    ----------
    medians : sequence of float
        Median delay of each state, months.
    sigma : float
        Spread of the logarithm of the delay.
    treaty_share : float
        Of its variance, between treaties.
    """
    rows: list[tuple[str, float, float, float]] = [
        (name, two, five, two / five) for name, (two, five) in BOUND.items()
    ]
    for name, slowness in SPEEDS.items():
        two, five = (
            ratified_within(12.0 * years, medians, sigma, treaty_share, slowness)
            for years in (2.0, 5.0)
        )
        rows.append((f"this model, {name}", math.nan, math.nan, two / five))
    return pd.DataFrame(rows, columns=["treaty", "bound_2y", "bound_5y", "share"])
