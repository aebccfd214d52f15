"""Tables in, figures out: no files, no global state, nothing computed that analysis should.

Every function returns a ``matplotlib.figure.Figure``; save it with ``figure.savefig``. Figures are
built without pyplot, so that they can be drawn in threads, and matplotlib is imported when the
first one is asked for.
"""

from negotiation_sim.analysis.figures.comparisons import (
    paired_differences,
    probability_best,
    quantile_differences,
)
from negotiation_sim.analysis.figures.failure import (
    blocking_states,
    causes_of_failure,
    milestone_funnel,
)
from negotiation_sim.analysis.figures.history import adoption_by_class, forecasts_by_case
from negotiation_sim.analysis.figures.likelihood import (
    endings_over_time,
    success_by_strategy,
    time_to_success,
)
from negotiation_sim.analysis.figures.reliability import (
    calibration_curve,
    reliability,
    sensitivity_bars,
)
from negotiation_sim.analysis.figures.space import issue_space, outcome_texts
from negotiation_sim.analysis.figures.sweep_maps import difference_map, heat_map, heat_maps, lines

__all__ = [
    "adoption_by_class",
    "blocking_states",
    "calibration_curve",
    "causes_of_failure",
    "difference_map",
    "endings_over_time",
    "forecasts_by_case",
    "heat_map",
    "heat_maps",
    "issue_space",
    "lines",
    "milestone_funnel",
    "outcome_texts",
    "paired_differences",
    "probability_best",
    "quantile_differences",
    "reliability",
    "sensitivity_bars",
    "success_by_strategy",
    "time_to_success",
]
