"""Event records of one replicate -> words: who asked, who objected, on which term, by how much."""

from __future__ import annotations

import dataclasses
import html
import json
from collections.abc import Hashable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any, Protocol

from negotiation_sim.catalogue.schema import Setting
from negotiation_sim.glance import glanced, short
from negotiation_sim.words.event_sentences import Event, alike, sentences, step_of, tracks_of
from negotiation_sim.words.scales import UNIT_SCALE, number, scale_of
from negotiation_sim.words.sentences import listed, month_name
from negotiation_sim.words.shares import percent
from negotiation_sim.words.vocabulary import ENDINGS, STAGES, objecting


class ScenarioNames(Protocol):
    """What a story needs to know of a scenario."""

    @property
    def setting(self) -> Setting: ...
    @property
    def issues(self) -> Sequence[str]: ...


class Told(Protocol):
    """A model that has run and kept its event records."""

    strategy_name: str
    world_seed: int
    chance: int
    events: list[dict[str, Any]]

    @property
    def scenario(self) -> ScenarioNames: ...
    def rows(self) -> list[dict[str, Any]]: ...


@dataclasses.dataclass
class _Paragraph:
    date: str
    sentences: list[str]
    sameness: Hashable
    tracks: list[int]
    repeats: int = 0
    last: str = ""


def _paragraphs(
    events: Sequence[Event],
    issues: Sequence[str],
    venue_names: Mapping[str, str],
    opt_in: Sequence[str],
) -> list[_Paragraph]:
    """Return the story step by step; dull meetings that repeat the last one are counted in it."""
    told: list[_Paragraph] = []
    latest: dict[int, _Paragraph] = {}
    for _, month in groupby(events, key=lambda e: e["month"]):
        for (track, _, venue, _), group in groupby(month, key=step_of):
            step = list(group)
            tracks = [] if track is None else tracks_of(step[0])
            paragraph = _Paragraph(step[0]["date"], [], alike(step), tracks)
            before = latest.get(track)
            if before and paragraph.sameness and before.sameness == paragraph.sameness:
                before.repeats, before.last = before.repeats + 1, paragraph.date
                continue
            paragraph.sentences = sentences(step, issues, opt_in)
            if not paragraph.sentences:
                continue
            told.append(paragraph)
            if track is not None:
                place = venue_names.get(venue, venue)
                paragraph.sentences[0] = f"{place}: {paragraph.sentences[0]}"
                latest[track] = paragraph
    return told


def _repeated(paragraph: _Paragraph) -> str:
    if paragraph.repeats == 1:
        return f"The same again in {month_name(paragraph.last)}."
    return f"The same at {paragraph.repeats} more meetings, until {month_name(paragraph.last)}."


def _date(month: int, start: str) -> str:
    """Return the calendar month that is the n-th after the start, from 1."""
    months = int(start[:4]) * 12 + int(start[5:7]) - 1 + month - 1
    return month_name(f"{months // 12}-{months % 12 + 1:02d}")


def _label(tracks: Sequence[int]) -> str:
    """Return which tracks a step concerns, counted from 1."""
    numbers = listed(str(track + 1) for track in tracks)
    return f"[track{'s' if len(tracks) > 1 else ''} {numbers}]"


def _named(blockers: str) -> str:
    """Return who stood in the way and on which term, as the end of a sentence."""
    if not blockers:
        return ""
    named = [word.split(":") for word in blockers.split()]
    return f"; {listed(f'{actor} ({objecting(term)})' for actor, term in named)}"


@glanced
@dataclasses.dataclass(frozen=True)
class Story:
    """One replicate of one strategy, told month by month.

    Parameters
    ----------
    experiment, strategy : str
    seed, replicate : int
    start : str
        ``YYYY-MM`` of month 1.
    issues : sequence of str
    venue_names : mapping
        Name of each venue by its id.
    opt_in : sequence of str
        Venues that nobody can block: who does not accept stays out.
    events : list of dict
        What happened, as the model records it.
    rows : list of dict
        The row of each track in the table of replicates.
    """

    experiment: str
    strategy: str
    seed: int
    replicate: int
    start: str
    issues: Sequence[str]
    venue_names: Mapping[str, str]
    opt_in: Sequence[str]
    events: list[dict[str, Any]]
    rows: list[dict[str, Any]]

    @classmethod
    def of(cls, model: Told) -> Story:
        """Return the story of a model that has run with ``record=True``."""
        setting = model.scenario.setting
        return cls(
            experiment=setting.id, strategy=model.strategy_name, seed=model.world_seed,
            replicate=model.chance, start=setting.start, issues=model.scenario.issues,
            venue_names={name: venue.name for name, venue in setting.venues.items()},
            opt_in=[n for n, venue in setting.venues.items() if venue.decision.rule == "opt_in"],
            events=model.events, rows=model.rows(),
        )  # fmt: skip

    def lines(self) -> list[str]:
        """Return the story as lines of text."""
        head = f"{self.experiment}: {self.strategy}, replicate {self.replicate} of seed {self.seed}"
        lines = [head, "=" * len(head)]
        date = ""
        for paragraph in self._paragraphs():
            if paragraph.date != date:
                date = paragraph.date
                lines += ["", month_name(date)]
            if paragraph.tracks and len(self.rows) > 1:
                paragraph.sentences[0] = f"{_label(paragraph.tracks)} {paragraph.sentences[0]}"
            lines += ["  " + sentence for sentence in paragraph.sentences]
            if paragraph.repeats:
                lines.append(f"    {_repeated(paragraph)}")
        lines += ["", "How it ended", *(line for row in self.rows for line in self._ending(row))]
        return lines

    def told(self) -> list[dict[str, Any]]:
        """Return the story step by step.

        Returns
        -------
        list of dict
            ``date``, ``tracks`` (none: the world) and ``sentences``; where later meetings only
            repeated it, ``repeats`` says how many did and ``last`` when the last one was.
        """
        found: list[dict[str, Any]] = []
        for paragraph in self._paragraphs():
            said = [*paragraph.sentences, *([_repeated(paragraph)] if paragraph.repeats else [])]
            step = {"date": paragraph.date, "tracks": paragraph.tracks, "sentences": said}
            found.append(step | {"repeats": paragraph.repeats, "last": paragraph.last})
        return found

    def endings(self) -> list[list[str]]:
        """Return how each track ended, as lines of text."""
        return [[line.strip() for line in self._ending(row)] for row in self.rows]

    def _paragraphs(self) -> list[_Paragraph]:
        return _paragraphs(self.events, self.issues, self.venue_names, self.opt_in)

    def _ending(self, row: Mapping[str, Any]) -> Iterator[str]:
        """Tell where one track stood at its end."""
        text = ", ".join(f"{issue} {number(issue, row[f'text_{issue}'])}" for issue in self.issues)
        if row["cause"] == "none" and not row["timely"]:
            yield f"  {row['track_name']}: pledges alone, no text is negotiated."
            yield f"    What is pledged: {text}."
        else:
            yield from self._reached(row, text)
        if row["pledges"]:
            yield f"    Pledges at one time: {row['pledges']}, {percent(row['pledge_coverage'])} of capability."
        if not row["timely"] and row["cause"] != "none":
            yield f"    In time? No: {row['cause']}{_named(row['blockers'])}."

    def _reached(self, row: Mapping[str, Any], text: str) -> Iterator[str]:
        """Tell what a negotiation has come to."""
        reached = [
            f"{stage.reached} {_date(row[stage.column], self.start)}"
            for stage in STAGES.values()
            if row[stage.column] is not None and row[stage.column] > 0
        ]
        agreed = row["agreed_month"] is not None and row["adoption_month"] is None
        if agreed:
            reached.append(f"agreed and passed on {_date(row['agreed_month'], self.start)}")
        ending = ENDINGS.get(row["ending"], row["ending"])
        if row["ending"] not in ("censored", "success"):
            ending += f" {_date(row['end_month'], self.start)}"
        yield f"  {row['track_name']}: {', '.join(reached) or 'no milestone reached'}; {ending}."
        yield f"    Text: {text}; participants: {row['participants']}, with {percent(row['participation'])}."
        when = "When it was agreed, w" if agreed else "W"
        for column, head in (("wanted_by", "anted by"), ("went_along", "ent along")):
            if row[column]:
                yield f"    {when}{head}: {listed(row[column].split())}."

    def __glance__(self) -> str:
        told = f"{self.experiment}: {self.strategy}, replicate {self.replicate} of seed {self.seed}"
        return short(told)

    def _repr_html_(self) -> str:
        return f"<pre>{html.escape(str(self))}</pre>"

    def __str__(self) -> str:
        return "\n".join(self.lines())

    def to_json(self) -> str:
        """Return everything a machine needs: what was asked, every event, the rows.

        Points of events run from 0 to 1; those of rows are on the ``scales`` of the issues, which
        are there where an experiment declares some.
        """
        told = dataclasses.asdict(self)
        scales = {issue: scale_of(issue).model_dump() for issue in self.issues}
        if any(scale_of(issue) != UNIT_SCALE for issue in self.issues):
            told["scales"] = scales
        return json.dumps(told, indent=1, ensure_ascii=False)
