"""Renews every number in README.md and docs/ that the program computes, or checks them.

    python tools/regenerate.py [PART ...]           # renews what takes seconds
    python tools/regenerate.py --check [PART ...]   # exit code 1, and file, line, found, expected
    python tools/regenerate.py --slow ...           # with the parts that take minutes
    python tools/regenerate.py --list               # what there is, and what is left to a person

A part is named ``FILE`` or ``FILE:NAME``, such as ``docs/model.md`` or ``docs/validation.md:scores``.
Three forms keep the pages readable:

- a block: what stands between ``<!-- made by: NAME -->`` and ``<!-- end -->``;
- a sentence: its words stand in ``SENTENCES`` below, and only the numbers in it are renewed;
- a snippet: the answers below ``>>>`` in a block of Python.

Whoever rewords a sentence rewords it below too; until then the check says that it is gone.
"""

from __future__ import annotations

import argparse
import contextlib
import dataclasses
import difflib
import doctest
import functools
import importlib
import io
import re
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
README, MODEL, GLOSSARY = "README.md", "docs/model.md", "docs/glossary.md"
VALIDATION, VENUES, SWEEPS = "docs/validation.md", "docs/venue-tradeoffs.md", "docs/sweeps.md"
STUDIES, LESSONS, COLUMNS = "docs/studies.md", "docs/lessons.md", "docs/columns.md"
MESA, AFTER, CASES = "docs/mesa.md", "docs/after-2008.md", "docs/cases.md"
LIVE = "docs/live.md"
PAPER, DATA = "paper/paper.md", "paper/data.md"
BLOCK = re.compile(r"(<!-- made by: (\w+) -->\n)(.*?)(<!-- end -->)", re.DOTALL)
SNIPPET = re.compile(r"(^```python\n)(.*?)(^```)", re.DOTALL | re.MULTILINE)
WORDS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")

LEFT = (
    (
        "docs/performance.md",
        "times, ratios and memory",
        "measured on one machine: tests/benchmarks",
    ),
    ("docs/classroom.md", "Measured", "measured on one machine: tests/benchmarks/page.py"),
    ("README.md, docs/", "how long a command takes", "measured on two cores"),
    (
        VALIDATION,
        "words about a table",
        "a fifth of the gain, half a point, kinds of misses: read it",
    ),
    (VALIDATION, "1,669 directives, 222 issues", "figures of the sources, not of a run"),
    (VENUES, "What it shows", "a person's reading of the tables below it"),
    (AFTER, "words about a table", "a person's reading of it"),
    ("docs/tutorial-*", "claims without numbers", "held by tests/test_tutorials.py"),
    (LESSONS, "facilitator's notes", "claims held by tests/dashboard/test_lessons.py"),
    ("CHANGELOG.md", "Results", "what changed then; it stays"),
)


@dataclasses.dataclass(frozen=True)
class Part:
    """Something in a document that the program makes.

    Parameters
    ----------
    file, name : str
    made_from : str
        In words, for the list.
    renewed : callable
        Returns a document's text with the part made anew.
    minutes : int
        About how long that takes; 0 for seconds.
    needs : str
        The option without which it cannot be made.
    """

    file: str
    name: str
    made_from: str
    renewed: Callable[[str], str]
    minutes: int = 0
    needs: str = ""

    @property
    def key(self) -> str:
        return f"{self.file}:{self.name}"


class Gone(Exception):
    """A marker or sentence that is no longer in its document."""


def tool(name: str) -> Any:
    """Return a module that stands beside this file."""
    if str(Path(__file__).parent) not in sys.path:
        sys.path.insert(0, str(Path(__file__).parent))
    return importlib.import_module(name)


# The three forms


def block(file: str, name: str, made_from: str, make: Callable[[], str], **more: Any) -> Part:
    """Return a part between markers."""

    def renewed(text: str) -> str:
        if name not in (found[2] for found in BLOCK.finditer(text)):
            raise Gone(f"no marker 'made by: {name}'")
        content = make().rstrip("\n") + "\n"
        return BLOCK.sub(
            lambda found: found[1] + content + found[4] if found[2] == name else found[0], text
        )

    return Part(file, name, made_from, renewed, **more)


def sentence(
    file: str, name: str, made_from: str, words: str, make: Callable[[], Mapping[str, str]]
) -> Part:
    """Return a part that is the numbers of a sentence, ``{like} this``, however it is wrapped."""
    pieces = re.split(r"(\{\w+\})", words)
    pattern = "".join(
        r"(\S+?)" if piece.startswith("{") else r"\s+".join(map(re.escape, re.split(r"\s+", piece)))
        for piece in pieces
    )
    names = [piece[1:-1] for piece in pieces if piece.startswith("{")]

    def renewed(text: str) -> str:
        found = re.search(r"(?<![\w.])" + pattern, text)
        if found is None:
            raise Gone(f"no sentence '{words}'; reword it in tools/regenerate.py too")
        values = make()
        for group in range(len(names), 0, -1):
            value = values[names[group - 1]]
            text = text[: found.start(group)] + value + text[found.end(group) :]
        return text

    return Part(file, name, made_from, renewed)


def snippets(file: str, together: bool = False) -> Part:
    """Return a part that is the answers of all examples in a document.

    ``together`` says that each block goes on where the one before has ended.
    """

    def renewed(text: str) -> str:
        known: dict[str, Any] = {"__name__": "snippets"}

        def again(found: re.Match[str]) -> str:
            names = known if together else dict(known)
            return found[1] + answered(found[2], names) + found[3]

        return SNIPPET.sub(again, text)

    return Part(file, "snippets", "its own lines of Python", renewed)


def answered(source: str, known: dict[str, Any]) -> str:
    """Return a snippet with every answer computed; one that holds already stays as it is."""
    lines = []
    for piece in doctest.DocTestParser().parse(source):
        if isinstance(piece, str):
            lines.append(piece)
            continue
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            exec(compile(piece.source, "snippet", "single"), known)
        got = out.getvalue()
        same = doctest.OutputChecker().check_output(piece.want, got, 0)
        asked = piece.source.rstrip("\n").split("\n")
        lines += [f"{'...' if n else '>>>'} {line}".rstrip() + "\n" for n, line in enumerate(asked)]
        lines.append(piece.want if same else got)
    return "".join(lines)


# Numbers of sentences


def skills(said: Mapping[str, Any]) -> dict[str, str]:
    """Return Brier skill and its interval at both horizons."""
    found = {}
    for years, short in (("5y", "five"), ("10y", "ten")):
        skill = said[years]["brier_skill"]
        for end, word in (("value", "skill"), ("low", "low"), ("high", "high")):
            found[f"{word}_{short}"] = f"{skill[end]:.2f}"
    return found


def scored() -> dict[str, str]:
    """Return how many cases the calibration scored."""
    said = tool("validation_tables").validation()["out_of_fold"]
    return {"n_five": str(said["5y"]["n"]), "n_ten": str(said["10y"]["n"])}


def aside() -> dict[str, str]:
    """Return what the rows that had no part in any fit say."""
    said = tool("validation_tables").set_aside()
    return {"n": str(said["5y"]["n"])} | skills(said)


def catalogue_sizes() -> dict[str, str]:
    """Return how much the model and its catalogue hold."""
    from negotiation_sim.faces import api

    actors = api.catalogue("actors")
    coded = sum(path.stem.isupper() for path in (ROOT / "actors").glob("*.yaml"))
    return {
        "mechanisms": str(len(tool("build_site").mechanisms())),
        "coded": str(coded), "regressed": str(len(actors) - coded),
        "venues": str(len(api.catalogue("venues"))),
        "experiments": str(len(api.catalogue("experiments"))),
    }  # fmt: skip


def rows() -> dict[str, str]:
    """Return how many mandates the dataset holds, and their years."""
    import csv

    found = {}
    for name, file in (("rows", "cases.csv"), ("open", "live.csv")):
        with (ROOT / "experiments" / "backtest" / file).open(encoding="utf-8", newline="") as table:
            years = [row["mandate"][:4] for row in csv.DictReader(table)]
        found |= {name: str(len(years)), f"{name}_first": min(years), f"{name}_last": max(years)}
    return found


def of_page(file: str, pattern: str) -> dict[str, str]:
    """Return numbers that a page of docs/ holds for another to repeat."""
    found = re.search(r"\s+".join(pattern.split(" ")), (ROOT / file).read_text("utf-8"))
    if found is None:
        raise Gone(f"{file} no longer says what {PAPER} and {DATA} repeat")
    return found.groupdict()


def hindsight() -> dict[str, str]:
    """Return the skills with both codings, from the page that holds the measurement."""
    return of_page(
        CASES,
        r"had a skill of (?P<first_five>[\d.]+) at five years and (?P<first_ten>[\d.]+) at ten with the "
        r"first coding of the newer cases, (?P<second_five>[\d.]+) and (?P<second_ten>[\d.]+) with",
    )


AGREED = ("deadline", "draft", "regime", "task", "earlier failures", "shock", "European Union",
          "developing countries", "United States", "Russia", "China")  # fmt: skip


def agreement() -> dict[str, str]:
    """Return the agreement of two coders, from the page that holds the measurement."""
    pattern = ", ".join(rf"{name} (?P<{name.split()[0].lower()}>[\d.]+)" for name in AGREED)
    pattern += (
        r"; correlation of scope (?P<scope>[\d.]+), of verification (?P<verification>\d\.\d+)"
    )
    return of_page(CASES, pattern)


def aside_of_statistics() -> dict[str, str]:
    """Return what they say of the mean of regression and forest."""
    said = tool("validation_tables").set_aside()
    return skills({years: said[years]["baselines"]["statistics"] for years in ("5y", "10y")})


def cases() -> dict[str, str]:
    training, _ = tool("validation_tables").open_rows()
    dates = [int(case.mandate_text[:4]) for case in training]
    return {"cases": str(len(dates)), "first": str(min(dates)), "last": str(max(dates))}


def calibration() -> dict[str, str]:
    import yaml

    text = (tool("validation_tables").HISTORY / "parameters.yaml").read_text("utf-8")
    kept = yaml.safe_load(text)["provenance"]
    error = tool("validation_tables").validation()["emulator_error"]
    counts = {name: str(kept[name]) for name in ("design", "replicates", "resamples")}
    return counts | {"error": f"{error:.2f}"}


def challenge() -> dict[str, str]:
    """Return what our challenge model makes of the car-emission decision of 1989."""
    from negotiation_sim.studies.history.challenge import challenge_rounds

    position = [4.0, 7.0, 4.0, 4.0, 10.0, 10.0, 10.0, 7.0, 4.0, 7.0]
    salience = [0.8, 0.4, 0.2, 0.8, 0.6, 0.6, 0.9, 0.1, 1.0, 0.7]
    capability = [0.08, 0.08, 0.03, 0.16, 0.16, 0.16, 0.16, 0.05, 0.05, 0.08]
    run = challenge_rounds(position, salience, capability, 2)
    return {
        "median": f"{run.medians[0]:.1f}", "mean": f"{run.means[0]:.5f}",
        "second": f"{run.medians[2]:.2f}",
    }  # fmt: skip


def outside() -> str:
    """Return the outside view's record, from its file."""
    import json

    kept = json.loads((ROOT / "experiments/backtest/outside_view.json").read_text("utf-8"))
    lines = [
        "| known at | by | rows | regression | forest | mean of the two | ten nearest | slope of the mean |",
        "| --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    for day, record in kept.items():
        for years, words in (("5y", "5 years"), ("10y", "10 years")):
            for half in ("all", "newer"):
                part = record[years][half]
                said = [
                    "{value:.2f} ({low:.2f} to {high:.2f})".format(**part[name]["brier_skill"])
                    for name in ("regression", "forest", "mean", "nearest")
                ]
                rows = f"{part['mean']['n']} {half}"
                lines.append(
                    f"| {day} | {words} | {rows} | {' | '.join(said)} | {part['mean']['slope']:.2f} |"
                )
    return "\n".join(lines) + "\n"


def venue_study() -> dict[str, str]:
    """Return the size of the study of venues."""
    from negotiation_sim.runs.sweep.reading import read_study

    study = read_study("venue-tradeoffs")
    points, strategies = len(study.design), len(study.setting.strategies)
    replicates = study.request.replicates or 0
    return {
        "things": WORDS[len(study.design.paths)], "points": f"{points:,}",
        "replicates": str(replicates), "strategies": WORDS[strategies],
        "millions": f"{points * replicates * strategies / 1e6:.0f}",
    }  # fmt: skip


def looks() -> dict[str, str]:
    from negotiation_sim.analysis.intervals import batch_boundaries, wilson
    from negotiation_sim.runs.sweep.plan import MAX_REPLICATES, REPLICATES

    low, high = wilson(REPLICATES // 2, REPLICATES)
    first = dict(zip("abcd", map(str, batch_boundaries(MAX_REPLICATES)), strict=False))
    return {"replicates": str(REPLICATES), "about": f"{(high - low) / 2.0:.2f}", **first}


def study_sizes() -> dict[str, str]:
    from negotiation_sim.studies import sensitivity
    from negotiation_sim.studies import sensitivity_study as hangs_on

    size, worlds = hangs_on.SIZE, hangs_on.WORLDS
    return {
        "trajectories": str(size["morris"]), "morris_worlds": str(worlds["morris"]),
        "base": str(size["sobol"]), "sobol_worlds": str(worlds["sobol"]),
        "resamples": str(sensitivity.RESAMPLES),
    }  # fmt: skip


# Tables of the study of venues: most need a few points, three the whole grid


@functools.cache
def few_points() -> Any:
    """Return the study's table at the points that the pages' smaller tables show."""
    from negotiation_sim import api

    with tempfile.TemporaryDirectory() as out:
        points = tool("venue_tradeoffs").shown_points()
        return api.sweep("venue-tradeoffs", points=points, out=out, workers=1).load()


@functools.cache
def whole_grid() -> Any:
    """Return the study's whole table: of the finished sweep in results/, else computed there."""
    from negotiation_sim import api

    return api.sweep("venue-tradeoffs", out=ROOT / "results", resume=True).load()


def venue_blocks() -> Iterator[Part]:
    venues = tool("venue_tradeoffs")
    for name, make in venues.SECTIONS.items():
        if name in venues.OF_THE_GRID:
            yield block(
                VENUES, name, "the whole sweep of venue-tradeoffs",
                lambda make=make: make(whole_grid()), minutes=17,
            )  # fmt: skip
        else:
            yield block(
                VENUES, name, "points of venue-tradeoffs, run anew",
                lambda make=make: make(few_points()),
            )  # fmt: skip


def after_blocks() -> Iterator[Part]:
    after = tool("after_2008")
    for name, make in after.OF_FILES.items():
        yield block(AFTER, name, "experiments/after-2008 and what it names", make)
    for name, make in after.OF_RUNS.items():
        yield block(
            AFTER, name, "experiments/after-2008 and those that follow, run anew",
            lambda make=make: make(after.runs()),
        )  # fmt: skip


def validation_blocks(outcomes: str | None) -> Iterator[Part]:
    tables = tool("validation_tables")
    for name in tables.QUICK:
        yield block(VALIDATION, name, "files of the calibration", getattr(tables, name))
    yield block(VALIDATION, "speed", "a directive, run anew", tables.speed)
    yield block(VALIDATION, "ablation", "cases, run anew", tables.ablated, minutes=4)
    yield block(
        VALIDATION, "outcomes", "legislative issues (a file that is not part of the project)",
        lambda: tables.outcomes(outcomes), minutes=1, needs="" if outcomes else "--outcomes FILE",
    )  # fmt: skip


SENTENCES = (
    (README, "scored", "the rows set aside", aside,
     "its Brier skill over the base rate is {skill_five} ({low_five} to {high_five}) at five years and "
     "{skill_ten} ({low_ten} to {high_ten}) at ten:"),
    (README, "cases", "the rows set aside", aside,
     "Held against {n} mandates of history that had no part in any fit"),
    (CASES, "aside", "the rows set aside", aside_of_statistics,
     "On the rows set aside the mean of the two has {skill_five} ({low_five} to {high_five}) at five years "
     "and {skill_ten} ({low_ten} to {high_ten}) at ten:"),
    (PAPER, "mechanisms", "docs/model.md", catalogue_sizes,
     "The model has {mechanisms} mechanisms, each one file"),
    (PAPER, "catalogue", "the catalogue", catalogue_sizes,
     "The catalogue holds {coded} states coded one by one and {regressed} by regression, {venues} venues and "
     "{experiments} experiments;"),
    (PAPER, "scored", "the rows set aside", aside,
     "Against {n} mandates of history that had no part in any fit, the Brier skill over the base rate is "
     "{skill_five} ({low_five} to {high_five}) at five years and {skill_ten} ({low_ten} to {high_ten}) at ten:"),
    (README, "rows", "experiments/backtest/", rows,
     "how mandates like this one ended, among {rows} coded since {rows_first} ([docs/cases.md]"),
    (CASES, "rows", "experiments/backtest/", rows,
     "{rows} mandates to negotiate among three states or more, {rows_first} to {rows_last}, with what"),
    (DATA, "rows", "experiments/backtest/", rows,
     "The dataset holds {rows} mandates to negotiate among three states or more, {rows_first} to {rows_last}, "
     "and {open} mandates still open"),
    (DATA, "agreement", CASES, agreement,
     "newer half: " + ", ".join(f"{name} {{{name.split()[0].lower()}}}" for name in AGREED)
     + "; correlation of scope {scope}, of verification {verification}. **Hindsight.**"),
    (DATA, "hindsight", CASES, hindsight,
     "had a skill of {first_five} at five years and {first_ten} at ten; with the second, made without it, "
     "{second_five} and {second_ten}. Half of the apparent skill"),
    (DATA, "aside", "the rows set aside", aside_of_statistics,
     "reach a Brier skill of {skill_five} ({low_five} to {high_five}) at five years and {skill_ten} "
     "({low_ten} to {high_ten}) at ten on rows set aside"),
    (VALIDATION, "cases", "experiments/backtest/cases.csv", cases,
     "{cases} historical negotiations, {first} to {last}, each turned into a scenario"),
    (VALIDATION, "scored", "files of the calibration", scored,
     "{n_five} are scored at five years, {n_ten} at ten."),
    (VALIDATION, "calibrated", "files of the calibration", calibration,
     "one table: every open case simulated at {design} points in {replicates} worlds of its own at each"),
    (VALIDATION, "refitted", "files of the calibration", calibration,
     "for every fold and for {resamples} bootstrap samples of frames."),
    (VALIDATION, "emulator", "files of the calibration", calibration,
     "its deviance on points not learnt from is {error} of that of each case's mean"),
    (VALIDATION, "challenge", "the challenge model, run anew", challenge,
     "the published opening, median {median} and mean {mean}, and medians"),
    (VALIDATION, "second_round", "the challenge model, run anew", challenge,
     "round but the second, where it gives {second} ("),
    (VENUES, "size", "experiments/venue-tradeoffs.yaml", venue_study,
     "varies {things} things on a full grid of {points} points, {replicates} replicates of each of"),
    (VENUES, "runs", "experiments/venue-tradeoffs.yaml", venue_study,
     "of {strategies} strategies at each, the same worlds everywhere: {millions} million negotiations"),
    (VENUES, "intervals", "experiments/venue-tradeoffs.yaml", venue_study,
     "Intervals are 95 %, of {replicates} replicates."),
    (SWEEPS, "noise", "Wilson's interval", looks,
     "{replicates} replicates leave about +/- {about} around a P of one half"),
    (SWEEPS, "looks", "the stopping rule", looks,
     "It looks at {a}, {b}, {c}, {d} ... replicates"),
    (STUDIES, "morris", "defaults of sensitivity", study_sizes,
     "| {trajectories} trajectories x (figures + 1) points x {morris_worlds} worlds |"),
    (STUDIES, "sobol", "defaults of sensitivity", study_sizes,
     "| {base} x (figures + 2) points x {sobol_worlds} worlds;"),
    (STUDIES, "bootstrap", "defaults of sensitivity", study_sizes,
     "Intervals come from {resamples} resamples"),
)  # fmt: skip


def parts(outcomes: str | None = None) -> list[Part]:
    """Return everything that is made, in the order of the documents."""
    model = tool("model_tables")
    found = [
        block(MODEL, name, "catalogue and schema", functools.partial(model.block, name))
        for name in (*model.HOME, "process", "figures")
    ]
    found.append(
        block(COLUMNS, "replicates", "model/columns.py", lambda: model.block("replicates"))
    )
    found += [sentence(f, name, source, words, make) for f, name, source, make, words in SENTENCES]
    found += [*validation_blocks(outcomes), *venue_blocks(), *after_blocks()]
    found += [snippets(MODEL), snippets(GLOSSARY), snippets(MESA, together=True)]
    found.append(block(CASES, "outside", "experiments/backtest/outside_view.json", outside))
    found.append(block(LIVE, "live", "experiments/live/forecasts.csv", tool("live").table))
    found.append(Part(LESSONS, "sheet", "the lessons of the page", lambda text: lessons()))
    return found


def lessons() -> str:
    from negotiation_sim.faces.page.lessons import sheet

    return sheet()


# Checking and renewing


def chosen(names: Sequence[str], slow: bool, outcomes: str | None = None) -> list[Part]:
    """Return the parts named, or all; those that take minutes only if asked for."""
    every = parts(outcomes)
    for name in names:
        if name not in {part.key for part in every} | {part.file for part in every}:
            raise SystemExit(f"no part '{name}'; --list names them")
    wanted = [p for p in every if not names or p.file in names or p.key in names]
    return [part for part in wanted if (slow or not part.minutes) and not part.needs]


def drift(part: Part, text: str) -> list[str]:
    """Return a line for each difference: file, line, part, what is found and what is expected."""
    try:
        wanted = part.renewed(text)
    except Gone as error:
        return [f"{part.file}: {part.name}: {error}"]
    found = []
    old, new = text.splitlines(), wanted.splitlines()
    for kind, a, b, c, d in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            continue
        for k in range(max(b - a, d - c)):
            here = old[a + k].strip() if a + k < b else "nothing"
            there = new[c + k].strip() if c + k < d else "nothing"
            line = min(a + k, max(b - 1, a)) + 1
            found.append(f"{part.file}:{line}: {part.name}: found {here!r}, expected {there!r}")
    return found


def check(wanted: Sequence[Part]) -> list[str]:
    """Return every drift of some parts."""
    text = {part.file: (ROOT / part.file).read_text("utf-8") for part in wanted}
    return [line for part in wanted for line in drift(part, text[part.file])]


def renew(wanted: Sequence[Part]) -> list[str]:
    """Write some parts anew; return the files that changed."""
    changed = []
    for part in wanted:
        path = ROOT / part.file
        before = path.read_text("utf-8")
        after = part.renewed(before)
        if after != before:
            path.write_text(after, encoding="utf-8")
            changed.append(part.key)
    return changed


def show_list() -> None:
    for part in parts():
        time = f", about {part.minutes} min" if part.minutes else ""
        print(f"{part.key}: {part.made_from}{time}{f', with {part.needs}' if part.needs else ''}")
    print("\nLeft to a person:")
    for file, what, why in LEFT:
        print(f"{file}: {what} ({why})")


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="write nothing, exit 1 on drift")
    parser.add_argument("--slow", action="store_true", help="also what takes minutes")
    parser.add_argument("--list", action="store_true", help="name all parts, and what is left out")
    parser.add_argument("--outcomes", metavar="FILE", help="of legislative issues")
    parser.add_argument("names", nargs="*", metavar="PART")
    said = parser.parse_args(arguments)
    if said.list:
        show_list()
        return 0
    wanted = chosen(said.names, said.slow, said.outcomes)
    if said.check:
        lines = check(wanted)
        print("\n".join([*lines, f"{len(wanted)} parts, {len(lines)} lines differ"]))
        return int(bool(lines))
    for key in renew(wanted):
        print(f"{key}: renewed")
    rest = {p.key for p in chosen(said.names, True, said.outcomes)} - {p.key for p in wanted}
    if rest:
        print(f"not renewed, they take minutes (--slow): {', '.join(sorted(rest))}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
