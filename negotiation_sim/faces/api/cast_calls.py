"""The call of ``api`` that drafts a study from the world data: cast."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from negotiation_sim.catalogue.drafts import DraftedStudy


def cast(
    year: int,
    members: str | Sequence[str] | None = None,
    out: str | PathLike[str] | None = None,
    *,
    body: str | None = None,
    topic: str | None = None,
    issues: str | Sequence[str] = ("scope",),
    groups: Mapping[str, str | Sequence[str]] | None = None,
    represented: bool = False,
) -> DraftedStudy:
    """Draft a study of any year and body from the world data.

    Parameters
    ----------
    year : int
        1946 to 2023. 1964, when none voted, takes the votes of 1963 and says so.
    members : str or sequence of str, optional
        States by ISO3, ISO2, COW number or name; ``all`` is whoever voted in the General Assembly
        that year. May be left out where the catalogue has the body's list of that year.
    out : path, optional
        A new or empty folder to write the study to; default: nothing is written.
    body : str, optional
        Whose rule of decision is drafted: one of 76 organisations, the CD or COPUOS; default:
        talks by consensus.
    topic : str, optional
        all-but-nuclear, human-rights, important, middle-east or nuclear: alignment is taken from
        votes on it, where there were any.
    issues : str or sequence of str
        Names of what is negotiated, from 0 (nothing) to 1 (what is sought).
    groups : mapping, optional
        Members of each negotiating group, listed like ``members``.
    represented : bool
        Whether all but the three powers are represented by a few, as in historical cases.

    Returns
    -------
    DraftedStudy
        ``actors``, ``venues``, ``notes`` (what is of another year or assumed), ``setting()``, and
        ``files`` where a folder was named.

    Raises
    ------
    UsageError
        Where a name is not known, a year has no data, members are missing, or the folder is not
        empty. Nothing is then written.
    """
    from negotiation_sim.catalogue.draft_files import texts
    from negotiation_sim.catalogue.drafts import draft
    from negotiation_sim.catalogue.study import write_texts

    asked = [each.strip() for each in issues.split(",")] if isinstance(issues, str) else issues
    study = draft(
        year, members, body, topic, asked, groups, represented=represented
    )  # fmt: skip
    if out is not None:
        study.files = write_texts(Path(out), texts(study))
    return study
