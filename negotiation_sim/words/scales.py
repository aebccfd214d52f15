"""An issue's name that knows the scale on which its values are shown.

Within the model every issue runs from 0 to 1; what a user reads is on the scale and in the unit
that the experiment declares.
"""

from __future__ import annotations

from collections.abc import Sequence

from negotiation_sim.catalogue.schema import Scale, Setting
from negotiation_sim.model.columns import on_range
from negotiation_sim.words.vocabulary import ISSUES, NO_ISSUE, IssueWords, spaced

UNIT_SCALE = Scale(low=0.0, high=1.0)
PLACES = (0.0, 0.25, 0.5, 0.75, 1.0)  # marked on an axis


class ScaledIssue(str):
    """An issue's name, with its scale.

    Parameters
    ----------
    name : str
    scale : Scale, optional
        0 to 1 without a unit where not said.

    Examples
    --------
    >>> price = ScaledIssue("price", Scale(low=12.0, high=16.0, unit="$"))
    >>> price, price.value(0.5), said(price, 0.5)
    ('price', 14.0, 'price 14.00 $')
    """

    scale: Scale

    def __new__(cls, name: str, scale: Scale = UNIT_SCALE) -> ScaledIssue:
        """Return the name; the scale goes with it."""
        issue = super().__new__(cls, name)
        issue.scale = scale
        return issue

    def value(self, share: float) -> float:
        """Return a value of the model, 0 to 1, on the issue's scale."""
        return on_scale(self.scale, share)


def on_scale(scale: Scale, share: float) -> float:
    """Return ``low + share (high - low)``; on the scale 0 to 1 the very same number."""
    return on_range(share, scale.low, scale.high)


def issues_of(setting: Setting) -> tuple[ScaledIssue, ...]:
    """Return the issues of a setting with their scales, in its order."""
    return tuple(ScaledIssue(name, setting.scales.get(name, UNIT_SCALE)) for name in setting.issues)


def scale_of(issue: str) -> Scale:
    """Return an issue's scale; 0 to 1 of a plain name."""
    return issue.scale if isinstance(issue, ScaledIssue) else UNIT_SCALE


def decimals(scale: Scale, extra: int = 0) -> int:
    """Return how many decimals show a hundredth of a scale, and ``extra`` more.

    Examples
    --------
    >>> decimals(UNIT_SCALE), decimals(Scale(low=0.0, high=100.0)), decimals(UNIT_SCALE, 1)
    (2, 0, 3)
    """
    width, places = scale.high - scale.low, 2
    while width >= 10.0 and places > 0:
        width, places = width / 10.0, places - 1
    while width < 1.0 and places < 9:
        width, places = width * 10.0, places + 1
    return places + extra


def number(issue: str, value: float, extra: int = 0) -> str:
    """Return a value that is on the issue's scale already, with its unit."""
    scale = scale_of(issue)
    return f"{value:.{decimals(scale, extra)}f}" + (f" {scale.unit}" if scale.unit else "")


def shown(issue: str, share: float, extra: int = 0) -> str:
    """Return a value of the model, 0 to 1, on the issue's scale with its unit."""
    return number(issue, on_scale(scale_of(issue), share), extra)


def said(issue: str, share: float) -> str:
    """Return an issue and its value: ``price 14.00 $``."""
    return f"{issue} {shown(issue, share)}"


def point_words(issues: Sequence[str], point: Sequence[float]) -> str:
    """Return a text of the model in words: ``form 0.80, scope 0.20``.

    Examples
    --------
    >>> point_words(["form", "scope"], [0.8, 0.2])
    'form 0.80, scope 0.20'
    """
    return ", ".join(said(issue, value) for issue, value in zip(issues, point, strict=True))


def range_words(issue: str) -> str:
    """Return the issue and its range: ``price (12 to 16 $)``."""
    scale = scale_of(issue)
    unit = f" {scale.unit}" if scale.unit else ""
    return f"{scale.label or spaced(issue)} ({scale.low:g} to {scale.high:g}{unit})"


def words_of_issue(issue: str) -> IssueWords:
    """Return what figures and pages say of an issue: the model's words, or the declared scale."""
    if issue in ISSUES:
        return ISSUES[issue]
    if scale_of(issue) == UNIT_SCALE:
        return NO_ISSUE
    marks = tuple((place, shown(issue, place)) for place in PLACES)
    return IssueWords(axis=range_words(issue), ends=range_words(issue), scale=marks)
