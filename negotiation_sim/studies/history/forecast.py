"""A second opinion on a scenario's text: what the baseline forecasters say of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd

from negotiation_sim.catalogue import schema
from negotiation_sim.catalogue.dates import members_in
from negotiation_sim.errors import UsageError, nearest
from negotiation_sim.studies.history.baselines import text_forecasts
from negotiation_sim.studies.history.challenge import challenge_rounds
from negotiation_sim.words.scales import issues_of

COLUMNS = ("issue", "method", "prediction", "in_mandate")


def members_of(setting: schema.Setting, venue: str | None) -> list[schema.Actor]:
    """Return the actors that negotiate: the cast, or those of it that sit in ``venue`` at the start."""
    ids = sorted(setting.actors)
    if venue is not None:
        if venue not in setting.venues:
            raise UsageError(f"no venue '{venue}' in {setting.id}{nearest(venue, setting.venues)}")
        members = members_in(setting, setting.venues[venue], 0)
        ids = [actor for actor in ids if actor in members]
    if not ids:
        raise UsageError(f"{setting.id}: venue '{venue}' has no member in the cast")
    return [setting.actors[actor] for actor in ids]


def status_quo_of(setting: schema.Setting, proposal: schema.Initiative, issue: str) -> float:
    """Return what is in force on an issue without an agreement; 0 where nothing is said."""
    for stated in (proposal.status_quo, setting.status_quo):
        if issue in stated:
            return stated[issue].value
    return 0.0


def check_reference(setting: schema.Setting, reference: float | Mapping[str, float] | None) -> None:
    """Raise UsageError where a reference point is of no issue or not between 0 and 1."""
    by_issue = reference if isinstance(reference, Mapping) else {"": reference}
    for issue, value in by_issue.items():
        if issue and issue not in setting.issues:
            near = nearest(issue, setting.issues)
            raise UsageError(f"reference: no issue '{issue}' in {setting.id}{near}")
        if value is not None and not 0.0 <= value <= 1.0:
            where = f"reference of {issue}" if issue else "reference"
            raise UsageError(f"{where}: {value} is not between 0 and 1")


def _of_issue(
    actors: list[schema.Actor], capability: np.ndarray, issue: str, start: float, reference: float
) -> Iterator[tuple[str, float]]:
    """Yield each method's forecast of one issue."""
    position = np.array([actor.ideal_point[issue].value for actor in actors])
    salience = np.array([actor.salience[issue].value for actor in actors])
    salience = salience / max(1.0, float(salience.max()))
    yield from text_forecasts(position, salience, capability, reference).items()
    power = salience * capability
    if (power > 0.0).any():
        rounds = challenge_rounds(position, salience, capability).medians
        yield "challenge_model_one_round", rounds[1]
        yield "challenge_model", rounds[-1]
    yield "start_text", start


def forecast_setting(
    setting: schema.Setting,
    initiative: str,
    venue: str | None = None,
    reference: float | Mapping[str, float] | None = None,
) -> pd.DataFrame:
    """Return every baseline's forecast of an initiative's text, issue by issue.

    Parameters
    ----------
    setting : schema.Setting
        A resolved experiment.
    initiative : str
        Identifier of one of its initiatives.
    venue : str, optional
        Only those of the cast that sit there; the whole cast by default.
    reference : float or mapping of str to float, optional
        Status quo on every issue, or by issue; by default, and on issues that are not named, the
        initiative's or the experiment's.

    Returns
    -------
    pandas.DataFrame
        ``issue, method, prediction, in_mandate``, in the setting's order of issues, those left out
        on which nobody has a position. Predictions are on the scale of the issue and not held within the mandate box; ``in_mandate`` says which lie in it.
    """
    check_reference(setting, reference)
    if initiative not in setting.initiatives:
        near = nearest(initiative, setting.initiatives)
        raise UsageError(f"no initiative '{initiative}' in {setting.id}{near}")
    proposal = setting.initiatives[initiative]
    actors = members_of(setting, venue)
    here = setting.venues[venue].capability if venue is not None else {}
    rows = []
    for issue in issues_of(setting):
        heard = [actor for actor in actors if issue in actor.ideal_point]
        if not heard:
            continue
        low, high = proposal.mandate.box.get(issue, (0.0, 1.0))
        start = proposal.text[issue].value if issue in proposal.text else 0.5
        stated = reference.get(issue) if isinstance(reference, Mapping) else reference
        status_quo = status_quo_of(setting, proposal, issue) if stated is None else stated
        counts = np.array([(here.get(a.id) or a.capability).value for a in heard])
        for method, text in _of_issue(heard, counts, issue, start, status_quo):
            shown = issue.value(text)
            rows.append((str(issue), method, shown, bool(low - 1e-9 <= text <= high + 1e-9)))
    return pd.DataFrame(rows, columns=list(COLUMNS))
