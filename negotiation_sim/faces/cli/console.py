"""What every command shares: one message per error, progress, interrupts, tables on a screen."""

from __future__ import annotations

import contextlib
import functools
import os
import re
import shutil
import signal
import sys
import textwrap
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from negotiation_sim.errors import NegotiationSimError, readable

BAD_INPUT, STOPPED, INTERNAL = 2, 130, 70
DEBUG = "NEGOTIATION_SIM_DEBUG"
WIDE = 400

RUN_HELP = "A run folder, the first digits of its id, an archive, or an experiment or study (its latest run)."
SET_HELP = "PATH=VALUE, in place of what the files say; a list or mapping as YAML: 'PATH=[A, B]'."
Set = Annotated[list[str] | None, typer.Option("--set", help=SET_HELP)]
Plugin = Annotated[
    Path | None,
    typer.Option(help="A Python file of your own rules, policies or series (docs/plugins.md)."),
]
RunName = Annotated[str, typer.Argument(help=RUN_HELP)]


def examples(*commands: str) -> str:
    """Return the end of a help page: examples, one a line."""
    return "\b\nExamples:\n" + "\n".join(f"  negotiation-sim {command}" for command in commands)


class Command(typer.core.TyperCommand):
    """A command whose options of several values may be followed by all of them.

    ``compare RUN --strategies A B`` is ``compare RUN --strategies A --strategies B``. Where an
    argument is still to come, an option takes one word only.
    """

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Say an option again before each further word, then parse as ever."""
        return super().parse_args(ctx, self._said_again(args))

    def _said_again(self, args: list[str]) -> list[str]:
        options: dict[str, Any] = {name: each for each in self.params for name in each.opts}
        awaited = sum(each.param_type_name == "argument" for each in self.params)
        said, again, words = [], None, iter(args)
        for word in words:
            if again and not word.startswith("-"):
                said += [again, word]
                continue
            again = None
            said.append(word)
            if word == "--":
                return [*said, *words]
            option = options.get(word)
            if not word.startswith("-"):
                awaited -= 1
            elif option is not None and not option.is_flag:
                said += [value for value in [next(words, None)] if value is not None]
                again = word if option.multiple and awaited < 1 else None
        return said


def guarded(command: Callable[..., None]) -> Callable[..., None]:
    """Turn what goes wrong into one message and an exit code, never a traceback."""

    @functools.wraps(command)
    def inner(*arguments: Any, **options: Any) -> None:
        try:
            command(*arguments, **options)
            sys.stdout.flush()
        except typer.Exit:
            raise
        except NegotiationSimError as error:
            fail(str(error), BAD_INPUT)
        except KeyboardInterrupt:
            fail("stopped; nothing half-written was left", STOPPED)
        except BrokenPipeError:  # the reader of our output has gone, as in "... | head"
            _let_go(sys.stdout)
            raise typer.Exit(0) from None
        except OSError as error:  # a full disk behind our output, a folder that may not be read
            _let_go(sys.stdout)
            place = f"{error.filename}: " if error.filename else ""
            fail(f"{place}{error.strerror or error}", BAD_INPUT)
        except Exception as error:
            if os.environ.get(DEBUG):
                raise
            what = f"internal error, {type(error).__name__}: {error}"
            fail(f"{what} (set {DEBUG}=1 to see where)", INTERNAL)

    return inner


@contextlib.contextmanager
def continued(by_the_same: bool) -> Iterator[None]:
    """End an interrupt with what continues, where the same command does."""
    try:
        yield
    except KeyboardInterrupt:
        if not by_the_same:
            raise
        fail("stopped; the same command continues", STOPPED)


def which_run(said: str, run: Any) -> None:
    """Say which run an experiment, a study or an id was taken for."""
    if Path(said) != run.shown:
        inputs = run.manifest["inputs"]
        worlds = f", {inputs['replicates']:,} replicates" if inputs.get("replicates") else ""
        typer.echo(f"Run: {run.shown} (seed {inputs['seed']}{worlds})", err=True)


def _let_go(stream: Any) -> None:
    """Send what is still to be written nowhere, so that the end of the program does not fail."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def open_streams() -> None:
    """Make output possible whatever the surroundings: closed, or of an encoding without our signs."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115
        elif hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


def fail(message: str, code: int) -> None:
    """Print one message to stderr and end with the code."""
    typer.echo(f"negotiation-sim: {readable(message)}", err=True)
    raise typer.Exit(code)


@contextlib.contextmanager
def interruptible() -> Iterator[Callable[[], None]]:
    """Remember an interrupt, and yield what raises it again.

    Compiled code and callbacks of libraries may lose the exception; the next look finds it.
    """
    seen = False

    def remember(number: int, frame: object) -> None:
        nonlocal seen
        seen = True
        raise KeyboardInterrupt

    def look() -> None:
        if seen:
            raise KeyboardInterrupt

    if signal.getsignal(signal.SIGINT) is not signal.default_int_handler:
        yield look  # somebody else's, or none: leave it
        return
    signal.signal(signal.SIGINT, remember)
    try:
        yield look
        look()
    except Exception:
        look()  # what follows from an interrupt is one, too
        raise
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@contextlib.contextmanager
def progress_bar(what: str) -> Iterator[Callable[[int, int | None], None]]:
    """Yield what takes the progress; it is shown on stderr if that is a terminal."""
    with interruptible() as look:
        if not sys.stderr.isatty():
            yield lambda done, total: look()
            return
        from rich.console import Console
        from rich.progress import (
            BarColumn,
            MofNCompleteColumn,
            Progress,
            TextColumn,
            TimeRemainingColumn,
        )

        columns = (TextColumn(what), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
            task = bar.add_task(what, total=None)

            def show(done: int, total: int | None) -> None:
                look()
                bar.update(task, completed=done, total=total)

            yield show


@contextlib.contextmanager
def point_progress() -> Iterator[Callable[[int, int | None], None]]:
    """Yield what takes the points done; shown as a bar with rate and time left.

    Where stderr is no terminal, as in the log of a cluster's job, a line is written now and then.
    """
    with interruptible() as look:
        if not sys.stderr.isatty():
            pace = Pace()

            def write(done: int, total: int | None) -> None:
                look()
                if words := pace.line(done, total or 0, time.monotonic()):
                    typer.echo(words, err=True)

            yield write
            return
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn

        columns = (TextColumn("points"), BarColumn(), TextColumn("{task.fields[words]}"))
        with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
            task, shown = bar.add_task("points", total=None, words=""), Pace(0.0)

            def show(done: int, total: int | None) -> None:
                look()
                words = shown.line(done, total or 0, time.monotonic())
                bar.update(task, completed=done, total=total, words=words)

            yield show


class Pace:
    """Says how far, how fast and how long still, from the points done since the first call.

    Parameters
    ----------
    every : float
        Seconds between two lines.
    """

    def __init__(self, every: float = 60.0) -> None:
        self.every = every
        self._first: tuple[int, float] | None = None
        self._said = 0.0

    def line(self, done: int, total: int, now: float) -> str:
        """Return a line, empty if the last one is not long past."""
        if self._first is None:
            self._first, self._said = (done, now), now
            return "" if self.every else progress_words(done, total, None)
        if now - self._said < self.every:
            return ""
        self._said = now
        before, began = self._first
        rate = (done - before) / (now - began) if now > began else 0.0
        return progress_words(done, total, rate or None)


def progress_words(done: int, total: int, rate: float | None) -> str:
    """Return how far a sweep is.

    Examples
    --------
    >>> progress_words(1200, 10560, 22.5)
    '1,200 of 10,560 points, 22.5 a second, 6.9 min left'
    """
    words = f"{done:,} of {total:,} points"
    return (
        words
        if not rate
        else f"{words}, {rate:.3g} a second, {duration((total - done) / rate)} left"
    )


def duration(seconds: float) -> str:
    """Return a span of time in the unit that suits it.

    Examples
    --------
    >>> [duration(s) for s in (0.2, 42, 416, 9000, 200000)]
    ['0.2 s', '42 s', '6.9 min', '2.5 h', '2.3 days']
    """
    for unit, size in (("days", 86400.0), ("h", 3600.0), ("min", 60.0)):
        if seconds >= 1.5 * size:
            return f"{seconds / size:.1f} {unit}"
    return f"{seconds:.0f} s" if seconds >= 1.0 else f"{seconds:.1g} s"


def tell_of_compiling(engine: str) -> None:
    """Say that the first run compiles, so that its wait is understood."""
    from negotiation_sim.model.compiled_cache import is_cached

    if not is_cached():
        also = " (its draws)" if engine == "mesa" else ""
        typer.echo(f"First run of this version: compiling the rules{also}, once ...", err=True)


def tell_plain(words: str) -> None:
    """Say why a plug-in runs in the plain engine."""
    typer.echo(f"Mind: {words}", err=True)


def show_table(columns: list[str], rows: list[list[str]], right: set[int]) -> None:
    """Print a table, as wide as the terminal, or in a file as wide as it needs to be.

    Parameters
    ----------
    columns : list of str
    rows : list of list of str
        Where the terminal is narrow, names in the first column are broken before ``+`` and ``>``, and
        columns that do not fit are printed below, beside the first column again.
    right : set of int
        Columns that are set to the right; these are never broken.

    Notes
    -----
    Rich breaks what is too wide. It takes a second for a hundred rows, so what fits is laid out
    here, in the same way.
    """
    rows = [[readable(cell) for cell in row] for row in rows]
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else WIDE
    plain = laid_out(columns, rows, right, width)
    if plain:
        typer.echo("\n".join(plain))
        return
    for part in in_parts(columns, rows, width):
        heads, cells = [columns[n] for n in part], [[row[n] for n in part] for row in rows]
        aligned = {place for place, n in enumerate(part) if n in right}
        plain = laid_out(heads, cells, aligned, width)
        if plain:
            typer.echo("\n".join(plain))
        else:
            _show_folded(heads, cells, aligned)


def show_notes(lines: Iterable[str]) -> None:
    """Print sentences, on a terminal broken between words where it ends."""
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else 0
    for line in lines:
        whole = textwrap.fill(
            line, max(width, 20), break_long_words=False, break_on_hyphens=False
        )  # fmt: skip
        typer.echo(whole if width else line)


def in_parts(columns: list[str], rows: list[list[str]], width: int) -> list[list[int]]:
    """Return which columns to print below one another where a table is too wide for its terminal.

    Each part begins with the first column; columns keep their order.

    Parameters
    ----------
    columns, rows
        Of the table.
    width : int
        Characters of a line.

    Examples
    --------
    >>> in_parts(["name", "a", "b", "c"], [["x" * 8, "1" * 6, "2" * 6, "3" * 6]], 28)
    [[0, 1, 2], [0, 3]]
    """
    lines = [*rows, *([head.split("\n")[n] if n < head.count("\n") + 1 else "" for head in columns]
                      for n in range(1 + max(head.count("\n") for head in columns)))]  # fmt: skip
    sizes = [
        max(len(line) for row in lines for line in row[n].split("\n")) for n in range(len(columns))
    ]
    pieces = [max(map(len, re.split(r"(?<=.)(?=[+>&])", row[0]))) for row in rows]
    first = max([0, *pieces, *(len(line) for line in columns[0].split("\n"))])
    parts, used = [[0]], first + 2
    for place in range(1, len(columns)):
        if used + sizes[place] + 2 > width and len(parts[-1]) > 1:
            parts.append([0])
            used = first + 2
        parts[-1].append(place)
        used += sizes[place] + 2
    return parts


def laid_out(columns: list[str], rows: list[list[str]], right: set[int], width: int) -> list[str]:
    """Return the lines of a table as Rich prints it, none where something has to be broken.

    Examples
    --------
    >>> [line.rstrip() for line in laid_out(["a", "b"], [["x", "10"]], {1}, 80)]
    ['', ' a   b', ' ─────', ' x  10', '']
    """
    cells = [cell for row in rows for cell in row]
    if not all(cell.isascii() and "\n" not in cell for cell in cells):
        return []
    heads = [name.split("\n") for name in columns]
    widths = [
        max(map(len, (*head, *(row[place] for row in rows)))) for place, head in enumerate(heads)
    ]
    whole = sum(widths) + 2 * len(widths)
    if whole > width or not "".join(columns).replace("\n", "").isascii():
        return []
    tall = max(map(len, heads))
    tops = [[head[len(head) - tall + n] if n >= tall - len(head) else "" for head in heads]
            for n in range(tall)]  # fmt: skip

    def line(row: list[str]) -> str:
        sides = (
            cell.rjust(size) if place in right else cell.ljust(size)
            for place, (cell, size) in enumerate(zip(row, widths, strict=True))
        )
        return f" {'  '.join(sides)} "

    blank, rule = " " * whole, f" {'─' * (whole - 2)} "
    return [blank, *map(line, tops), rule, *map(line, rows), blank]


def _show_folded(columns: list[str], rows: list[list[str]], right: set[int]) -> None:
    """Print a table with what is too wide broken to the width of the terminal."""
    from rich import box
    from rich.console import Console
    from rich.table import Table

    def build(rows: list[list[str]]) -> Table:
        table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
        for place, name in enumerate(columns):
            side: Literal["left", "right"] = "right" if place in right else "left"
            table.add_column(name, justify=side, overflow="fold", no_wrap=place in right)
        for row in rows:
            table.add_row(*row)
        return table

    width = None if sys.stdout.isatty() else WIDE
    console = Console(width=width, markup=False, highlight=False)
    table = build(rows)
    if (
        console.measure(table, options=console.options.update(max_width=WIDE)).maximum
        > console.width
    ):
        table = build([[re.sub(r"(?<=.)([+>&])", r"\n\1", row[0]), *row[1:]] for row in rows])
    console.print(table)
