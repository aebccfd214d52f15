"""Inputs made wrong on purpose, by the hundred thousand: ``python tests/fuzz.py [NUMBER] [--seed N]``.

Each goes, in this process, to whatever reads its kind: loaders of files, the command line, the
page's address, a saved game, a study's folder. Allowed are an answer, or one message that names the
file; not allowed are any other exception, a hang, or a message that no terminal could show. What
fails is written to tests/fuzz_found/, where tests/test_fuzz.py finds it. ``--again FILE``
tries such a file; ``--commands N`` starts N real commands with 4 GiB and 30 s each.
"""

from __future__ import annotations

import argparse
import base64
import contextlib
import hashlib
import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import traceback
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import parse_qsl

from helpers import catalogue_files, foreign_files, mutations
from helpers.case_rows import PLAIN

FOUND = Path(__file__).parent / "fuzz_found"
SECONDS = 20
LONGEST_MESSAGE = 4000
MEMORY, CPU = 4 << 30, 30

FILES = catalogue_files.files()
TABLES = {
    "points": "environment.withdrawal,actors.USA.trust\n0.1,0.5\n0.2,0.25\n",
    "cases": ",".join(PLAIN) + "\n" + ",".join(PLAIN.values()) + "\n",
    "issues": foreign_files.deu(),
    "outcomes": "number,outcome\n1,1\n2,0\n",
    **{f"import-{form}": made() for form, made in foreign_files.FORMS.items()},
}
TERMS = "cost:\n  actors.*: 2\n  environment.pace: 0.5\nreach:\n  actors.USA.trust: [0.1, 0.9]\n"
SWEEP = (
    "sweep:\n  design: grid\n  vary:\n    environment.withdrawal: [0.1, 0.2]\n"
    "    actors.USA.trust: {from: 0, to: 1, steps: 3}\n  replicates: 10\n"
)
ADDRESS = (
    "tab=compare&experiment=bellagio&strategy=ppwt@CD&seed=7&replicate=3&month=12&compare=ppwt@CD"
    "&compare=code@COPUOS&replicates=200&set=actors.USA.trust:0.5&set=environment.pace:0.1&lesson=2"
)
COMMANDS = (
    "check", "catalogue", "run", "trace", "sweep", "status", "report", "compare", "causes", "diff",
    "export", "migrate", "init", "import", "reproduce", "levers", "sensitivity", "serve", "seal",
    "ledger verify", "ledger show", "ledger score", "backtest cases", "backtest outcomes", "cast",
)  # fmt: skip
WORDS = (
    "bellagio", "study", "study/study.yaml", "table.csv", "results", "results/small", "0123", "pipe",
    "actors", "venues", "CHN", "CD", "ppwt@CD", "code@COPUOS", "--help", "--strategy", "--replicates",
    "--seed", "--out", "--vary", "environment.pace=0.1,0.2", "environment.pace=0:1:3", "--points",
    "--design", "sobol", "grid", "--size", "8", "--precision", "0.01", "--beliefs", "--engine", "mesa",
    "--threads", "--dry-run", "--resume", "--force", "--quick", "--target", "0.5", "--terms", "--cost",
    "--csv", "--results", "--as", "actors", "--venue", "--scale", "0:100", "--year", "2008", "--members",
    "--port", "80", "--host", "localhost", "--ledger", "--by", "2030-01-01", "--resolves", "--method",
    "--json", "--plot", "x.png", "--html", "x.html", "--template", "blank", "--scheduler", "--workers",
)  # fmt: skip
GAME = {
    "format": "negotiation-sim game", "version": 1, "setting": "0" * 16,
    "settings": {"experiment": "bellagio", "strategy": "code@COPUOS", "seed": 1, "replicate": 0,
                 "changes": {"actors.USA.trust": 0.4}, "seats": ["USA", "CHN"]},
    "decisions": [{"month": 3, "round": 0, "track": 0, "venue": "COPUOS", "actor": "USA",
                   "question": "respond", "answer": "accept", "until": 3, "proposal": None}],
}  # fmt: skip


class Ground:
    """A folder to try things in: a small catalogue, a finished run, a ledger; made once."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.root = catalogue_files.write(folder / "catalogue")
        self._library: Any = None
        self._run: Any = None

    @property
    def library(self) -> Any:
        if self._library is None:
            from negotiation_sim.faces.page.library import Library

            self._library = Library("bellagio")
        return self._library

    @property
    def run(self) -> Any:
        if self._run is None:
            from negotiation_sim import api

            out = self.folder / "finished"
            self._run = api.run("bellagio", 4, 1, out, beliefs=0, threads=1, figures=False)
        return self._run

    @contextlib.contextmanager
    def with_file(self, name: str, data: bytes) -> Iterator[Path]:
        """Put a file into the small catalogue, and what was there back after."""
        path = self.root / name
        before = path.read_bytes() if path.exists() else None
        path.write_bytes(data)
        try:
            yield path
        finally:
            path.unlink()
            if before is not None:
                path.write_bytes(before)


# What is tried: for each kind, how an input is made and what takes it


def make_experiment(random: Random) -> bytes:
    base = FILES[EXPERIMENT]
    return mutations.raw(random, base + (SWEEP if random.random() < 0.3 else ""), OTHERS)


EXPERIMENT = "experiments/small.yaml"
OTHERS = tuple(FILES.values())


def try_experiment(ground: Ground, data: bytes) -> None:
    from negotiation_sim.catalogue import check_paths, load_setting

    with ground.with_file(EXPERIMENT, data) as path:
        found = check_paths([path], root=ground.root)
        for error in [*found, *found.notes]:
            judged(str(error), ".yaml")
        if not found:
            load_setting(path, root=ground.root)


def make_file(random: Random) -> bytes:
    name = random.choice([name for name in FILES if name != EXPERIMENT])
    return name.encode() + b"\0" + mutations.raw(random, FILES[name], OTHERS)


def try_file(ground: Ground, data: bytes) -> None:
    from negotiation_sim.catalogue import check_paths

    name, _, content = data.partition(b"\0")
    with ground.with_file(name.decode(), content) as path:
        for error in check_paths([path], root=ground.root):
            judged(str(error), path.name)


def make_table(random: Random) -> bytes:
    kind = random.choice(list(TABLES))
    return kind.encode() + b"\0" + mutations.raw(random, TABLES[kind], tuple(TABLES.values()))


def try_table(ground: Ground, data: bytes) -> None:
    from negotiation_sim.catalogue import check_paths, import_study
    from negotiation_sim.runs.sweep.design.spec import read_points
    from negotiation_sim.studies.history.cases import read_cases
    from negotiation_sim.studies.history.issues import read_issues
    from negotiation_sim.studies.sealing import read_outcomes

    kind, _, content = data.partition(b"\0")
    file, out = ground.folder / "table.csv", ground.folder / "imported"
    file.write_bytes(content)
    readers: dict[str, Callable[[Path], Any]] = {
        "points": read_points, "cases": read_cases, "issues": read_issues, "outcomes": read_outcomes,
    }  # fmt: skip
    try:
        with placed(file.name, "year: "):
            name = kind.decode()
            readers.get(name, lambda path: import_study(path, out, scales=["0:100"]))(file)
        wrong = check_paths([out]) if out.exists() else []
        assert not wrong, f"imported, and refused by check: {wrong[0]}"
    finally:
        shutil.rmtree(out, ignore_errors=True)


def make_terms(random: Random) -> bytes:
    return mutations.raw(random, TERMS, OTHERS)


def try_terms(ground: Ground, data: bytes) -> None:
    from negotiation_sim.studies.lever_terms import read_terms

    file = ground.folder / "terms.yaml"
    file.write_bytes(data)
    with placed(file.name):
        read_terms(file)


def make_manifest(random: Random) -> bytes:
    return json.dumps({"seed": random.getrandbits(60), "keeps_id": random.random() < 0.5}).encode()


def try_manifest(ground: Ground, data: bytes) -> None:
    from negotiation_sim.faces.report import facts
    from negotiation_sim.runs import store

    said = json.loads(data)
    random, run = Random(said["seed"]), ground.run
    manifest = mutations.data(random, dict(run.manifest))
    if random.random() < 0.5 and isinstance(manifest, dict):
        manifest = mutations.data(random, manifest)
    if said["keeps_id"] and isinstance(manifest, dict):
        with contextlib.suppress(Exception):
            version = str(manifest["versions"]["negotiation-sim"])
            manifest["id"] = store.run_id(manifest["inputs"], version)
    text = json.dumps(manifest)
    if random.random() < 0.2:
        text = mutations.text(random, text)
    folder = ground.folder / "damaged" / "bellagio" / run.id
    if not folder.exists():
        shutil.copytree(run.folder, folder)
    (folder / "manifest.json").write_bytes(text.encode("utf-8", "replace"))
    assert store.latest_runs(folder.parents[1]) is not None
    with placed(folder.name):
        found = store.open_run(folder, checksums=True)
        assert len(repr(found)) < 1000
        found._repr_html_()
        found.load()
        facts.read(found)


def make_ledger(random: Random) -> bytes:
    return json.dumps({"seed": random.getrandbits(60)}).encode()


def try_ledger(ground: Ground, data: bytes) -> None:
    from datetime import date

    from negotiation_sim.runs.ledger import read_ledger
    from negotiation_sim.studies.sealing import score

    random, lines, before = Random(json.loads(data)["seed"]), [], "0" * 64
    for number in (1, 2, 3):
        entry: Any = {
            "number": number, "sealed": f"2020-01-0{number}", "question": "q", "p": 0.5,
            "by": "2021-01-01", "resolves": "happens", "version": "0.1.0", "previous": before,
        }  # fmt: skip
        if random.random() < 0.5:
            entry = mutations.data(random, entry)
        body = json.dumps(entry)
        before = hashlib.sha256(body.encode()).hexdigest()
        lines.append(f"{body}\t{before}\n")
    text = "".join(lines)
    file = ground.folder / "ledger.txt"
    whole = random.random() < 0.7
    file.write_bytes(text.encode() if whole else mutations.raw(random, text))
    with placed(file.name):
        sealed = read_ledger(file)
    score(sealed, {1: 1.0, 2: 0.0, 3: 1.0}, date(2026, 1, 1))


def make_words(random: Random) -> bytes:
    kind = random.choice(("vary", "override", "strategy", "name"))
    words = {
        "vary": ("environment.pace=0.1,0.2", "actors.*.trust=0:1:5", "venues.CD.leadership=1,2"),
        "override": ("environment.pace", "actors.USA.trust", "strategies.*.patience", "venues.CD.leadership"),
        "strategy": ("ban@CD", "ban@adhoc-optin+pledges+code@CD", "ban@CD>adhoc-optin", "a&b@CD"),
        "name": ("USA", "A treaty, 2009", "form"),
    }[kind]  # fmt: skip
    value = random.choice([*mutations.NASTY, 0.5, 1, -1.0, 1e308])
    made = [kind, mutations.word(random, words), str(value) if random.random() < 0.5 else value]
    return json.dumps(made).encode()


def try_words(ground: Ground, data: bytes) -> None:
    from negotiation_sim.catalogue import apply_overrides, load_setting
    from negotiation_sim.catalogue.names import check_code, check_issue, check_name
    from negotiation_sim.catalogue.strategy_names import parse_strategy
    from negotiation_sim.runs.sweep.design import make_design, parse_vary, spec_of

    kind, text, value = json.loads(data)
    if kind == "vary":
        make_design(spec_of({"vary": parse_vary([text])}))
    elif kind == "override":
        if not hasattr(ground, "setting"):
            ground.setting = load_setting(ground.root / EXPERIMENT, root=ground.root)
        apply_overrides(ground.setting, {text: value})
    elif kind == "strategy":
        with contextlib.suppress(ValueError):
            parse_strategy(text)
    else:
        for check in (check_name, check_code, check_issue):
            with contextlib.suppress(ValueError):
                check(text)


def make_address(random: Random) -> bytes:
    return mutations.raw(random, ADDRESS)


def try_address(ground: Ground, data: bytes) -> None:
    from negotiation_sim.faces.page.address import parse

    pairs = parse_qsl(data.decode("utf-8", "replace"), keep_blank_values=True)
    address, notes = parse(pairs)
    assert all(len(note) < 1000 for note in notes) and len(notes) < 100, "notes without end"
    assert parse(parse_qsl(address.query()[2:], keep_blank_values=True))[0] == address


def make_game(random: Random) -> bytes:
    text = json.dumps(mutations.data(random, GAME))
    return text.encode() if random.random() < 0.7 else mutations.raw(random, text)


def try_game(ground: Ground, data: bytes) -> None:
    from negotiation_sim.faces.page.saved_game import load

    load(data, ground.library)


def make_folder(random: Random) -> bytes:
    return json.dumps({"seed": random.getrandbits(60)}).encode()


def try_folder(ground: Ground, data: bytes) -> None:
    from negotiation_sim.catalogue import check_paths, load_setting
    from negotiation_sim.catalogue.migration import migrate_study

    random, study = Random(json.loads(data)["seed"]), ground.folder / "study"
    shutil.rmtree(study, ignore_errors=True)
    catalogue_files.write(study)
    (study / "study.yaml").write_text(FILES[EXPERIMENT], "utf-8")
    for _ in range(random.randint(1, 4)):
        _spoil(random, study)
    try:
        for error in check_paths([study], root=ground.root):
            judged(str(error))
        with contextlib.suppress(*answers()):
            load_setting(study, root=ground.root)
        migrate_study(study, ground.folder / "migrated")
    finally:
        shutil.rmtree(ground.folder / "migrated", ignore_errors=True)


def _spoil(random: Random, study: Path) -> None:
    """Take a file or folder of a study away, or put something else in its place."""
    found = sorted(path for path in study.rglob("*") if not path.is_symlink())
    path = random.choice(found or [study / "x"])
    kind = random.choice(
        ("gone", "folder", "pipe", "loop", "away", "empty", "renamed", "text", "device")
    )
    if kind == "renamed":
        name = mutations.word(random, ("actor", "Venues", "sources", "study.yml", "x.yaml"))
        name = name.replace("/", "").replace("\0", "")[:60]
        if name not in ("", ".", ".."):
            with contextlib.suppress(OSError, UnicodeError):
                path.rename(path.with_name(name))
        return
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    if kind == "folder":
        path.mkdir()
    elif kind == "pipe":
        os.mkfifo(path)
    elif kind in ("loop", "away", "device"):
        path.symlink_to(
            {"loop": path, "away": study / "nowhere", "device": Path("/dev/zero")}[kind]
        )
    elif kind in ("empty", "text"):
        path.write_bytes(b"" if kind == "empty" else mutations.raw(random, "id: x\n", OTHERS))


def make_command(random: Random) -> bytes:
    line = random.choice(COMMANDS).split()
    line += [mutations.word(random, WORDS) for _ in range(random.choice((0, 1, 1, 2, 3, 5)))]
    return json.dumps([word.replace("\0", "") for word in line]).encode()


def try_command(ground: Ground, data: bytes) -> None:
    from typer.testing import CliRunner

    from negotiation_sim.faces.cli.main import app

    place = ground.folder / "place"
    lay_out(place)
    before = Path.cwd()
    os.chdir(place)
    try:
        with nothing_computed():
            done = CliRunner().invoke(app, json.loads(data))
    finally:
        os.chdir(before)
        shutil.rmtree(place, ignore_errors=True)
    assert done.exit_code in (0, 1, 2), (done.exit_code, done.output[-300:])
    judged_output(done.stderr)


def lay_out(place: Path) -> None:
    """Make the folder in which commands find something of every name in :data:`WORDS`."""
    shutil.rmtree(place, ignore_errors=True)
    (place / "study").mkdir(parents=True)
    (place / "results" / "small").mkdir(parents=True)
    (place / "study" / "study.yaml").write_text(
        "id: study\nname: x\nstart: 2009-01\nissues: [form, scope]\ncast: [USA, CHN]\n"
        "strategies: [code@COPUOS]\nsuccess: {deadline_years: 5}\n",
        "utf-8",
    )
    (place / "table.csv").write_text(foreign_files.plain(), "utf-8")
    os.mkfifo(place / "pipe")


@contextlib.contextmanager
def nothing_computed() -> Iterator[None]:
    """Stop what would take long just before it begins, with a message as an answer."""
    from unittest import mock

    from negotiation_sim.errors import UsageError

    def stopped(*_: Any, **__: Any) -> None:
        raise UsageError("stopped here: nothing is computed")

    places = (
        "runs.one_run.carry_out", "runs.sweep.running.run_sweep", "runs.sweep.estimate.estimate",
        "engine.agents.NegotiationModel.__init__", "faces.page.serve", "studies.levers.Search.run",
        "studies.history.case_forecasts.forecast_cases", "studies.history.outside_view.beside_run",
        "studies.history.text_forecasts.judge", "catalogue.drafts.draft_study",
    )  # fmt: skip
    with contextlib.ExitStack() as held:
        for name in places:
            with contextlib.suppress(AttributeError):
                held.enter_context(mock.patch(f"negotiation_sim.{name}", stopped))
        yield


KINDS: dict[str, tuple[int, Callable[[Random], bytes], Callable[[Ground, bytes], None]]] = {
    "experiment": (10, make_experiment, try_experiment), "file": (14, make_file, try_file),
    "table": (16, make_table, try_table), "terms": (4, make_terms, try_terms),
    "manifest": (2, make_manifest, try_manifest), "ledger": (10, make_ledger, try_ledger),
    "words": (16, make_words, try_words), "address": (8, make_address, try_address),
    "game": (8, make_game, try_game), "folder": (2, make_folder, try_folder),
    "command": (4, make_command, try_command),
}  # fmt: skip


# What is allowed


def answers() -> tuple[type[Exception], ...]:
    from negotiation_sim.errors import NegotiationSimError

    return (NegotiationSimError,)


def judged(message: str, *places: str) -> None:
    """Hold a message to what every message promises."""
    assert message.strip(), "an empty message"
    assert len(message) < LONGEST_MESSAGE, f"a message of {len(message)} characters"
    assert all(c.isprintable() or c == "\n" for c in message), f"not printable: {message!r}"
    assert not places or any(place in message for place in places), (
        f"a message without its place: {message[:300]}"
    )


def judged_output(said: str) -> None:
    assert "internal error" not in said and "Traceback" not in said, said[-1500:]


@contextlib.contextmanager
def placed(*places: str) -> Iterator[None]:
    """Hold what is raised inside to naming the file, or the argument."""
    try:
        yield
    except answers() as error:
        judged(str(error), *places)
        raise


def attempt(ground: Ground, kind: str, data: bytes) -> str:
    """Try one input; return what is wrong with what came of it, empty if nothing is."""

    def late(*_: object) -> None:
        raise TimeoutError(f"more than {SECONDS} s")

    before = [signal.signal(each, late) for each in (signal.SIGALRM, signal.SIGPROF)]
    signal.alarm(20 * SECONDS)  # of the clock, for what waits; the other is of the processor
    signal.setitimer(signal.ITIMER_PROF, SECONDS)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            KINDS[kind][2](ground, data)
    except answers() as error:
        try:
            judged(str(error))
        except AssertionError as wrong:
            return str(wrong)
    except Exception:
        return traceback.format_exc()
    finally:
        signal.alarm(0)
        signal.setitimer(signal.ITIMER_PROF, 0)
        for each, handler in zip((signal.SIGALRM, signal.SIGPROF), before, strict=True):
            signal.signal(each, handler)
    return ""


def inputs(number: int, seed: int, kinds: tuple[str, ...]) -> Iterator[tuple[str, bytes]]:
    """Yield that many kinds and inputs; each depends on the seed and its place alone."""
    weights = [KINDS[kind][0] for kind in kinds]
    for n in range(number):
        random = Random(f"{seed} {n}")
        kind = random.choices(kinds, weights)[0]
        yield kind, KINDS[kind][1](random)


def shown(tried: Iterator[tuple[str, bytes]], number: int) -> Iterator[tuple[str, bytes]]:
    """Show on a terminal how far the inputs have come."""
    from rich.console import Console
    from rich.progress import track

    to = Console(stderr=True)
    return iter(track(tried, "inputs", number, console=to, disable=not to.is_terminal))


def keep(kind: str, data: bytes, wrong: str) -> Path:
    """Write an input that failed where the tests find it."""
    FOUND.mkdir(exist_ok=True)
    name = f"{kind}-{hashlib.sha256(data).hexdigest()[:10]}.json"
    last = wrong.strip().splitlines()[-1][:300]
    content = {"kind": kind, "data": base64.b64encode(data).decode(), "wrong": last}
    (FOUND / name).write_text(json.dumps(content, indent=1) + "\n", "utf-8")
    return FOUND / name


def kept(file: Path) -> tuple[str, bytes]:
    content = json.loads(file.read_text("utf-8"))
    return content["kind"], base64.b64decode(content["data"])


def fuzz(
    number: int, seed: int, kinds: tuple[str, ...] = tuple(KINDS), most: int = 50
) -> list[str]:
    """Try that many inputs; print seed and counts, keep what fails and return it in words."""
    failures, tried, took = [], Counter[str](), Counter[str]()
    with tempfile.TemporaryDirectory() as folder:
        ground = Ground(Path(folder))
        for kind, data in shown(inputs(number, seed, kinds), number):
            began = time.process_time()
            try:
                wrong = attempt(ground, kind, data)
            except KeyboardInterrupt:  # says how far it came
                break
            took[kind] += time.process_time() - began
            tried[kind] += 1
            if wrong:
                failures.append(f"{keep(kind, data, wrong)}:\n{wrong}")
                if len(failures) >= most:
                    break
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    each = ", ".join(f"{k} {n} ({1000 * took[k] / n:.1f} ms)" for k, n in sorted(tried.items()))
    print(
        f"seed {seed}: {sum(tried.values()):,} inputs, {len(failures)} wrong; {each}; {peak:.0f} MiB"
    )
    return failures


def fuzz_commands(number: int, seed: int) -> list[str]:
    """Start that many real commands, each with little memory and time; return what went wrong."""
    failures = []
    for n in range(number):
        random = Random(f"{seed} command {n}")
        line = json.loads(make_command(random))
        with tempfile.TemporaryDirectory() as folder:
            lay_out(Path(folder))
            if line[:1] == ["serve"]:
                line = ["check", *line[1:]]
            done = subprocess.run(
                [sys.executable, "-m", "negotiation_sim", *line], cwd=folder, check=False,
                capture_output=True, text=True, errors="replace", stdin=subprocess.DEVNULL,
                preexec_fn=_limited,
            )  # fmt: skip
        if done.returncode not in (0, 1, 2) or "Traceback" in done.stderr:
            failures.append(f"{line}: {done.returncode}: {done.stderr[-1500:]}")
    print(f"seed {seed}: {number} commands, {len(failures)} wrong")
    return failures


def _limited() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU, CPU))


def main() -> int:
    parser = argparse.ArgumentParser(prog="python tests/fuzz.py", description=__doc__)
    parser.add_argument("number", type=int, nargs="?", default=200_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", choices=list(KINDS), action="append")
    parser.add_argument("--commands", type=int, default=0, help="real commands in place of inputs")
    parser.add_argument("--again", type=Path, help="a file of tests/fuzz_found/")
    chosen = parser.parse_args()
    if chosen.again:
        with tempfile.TemporaryDirectory() as folder:
            wrong = attempt(Ground(Path(folder)), *kept(chosen.again))
        failures = [wrong] if wrong else []
    elif chosen.commands:
        failures = fuzz_commands(chosen.commands, chosen.seed)
    else:
        failures = fuzz(chosen.number, chosen.seed, tuple(chosen.only or KINDS))
    print("\n".join(failures))
    return int(bool(failures))


if __name__ == "__main__":
    sys.exit(main())
