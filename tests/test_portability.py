"""What holds on Linux, macOS and Windows alike: paths, encodings, signals, processes, file replacement.

Run under Linux; what only another system shows is looked for in the sources, and simulated where that
can be done.
"""

from __future__ import annotations

import ast
import builtins
import os
import re
import subprocess
import sys
from functools import cache
from pathlib import Path, PureWindowsPath

import pytest

from negotiation_sim.engine import ensemble, processes
from negotiation_sim.errors import StoreError
from negotiation_sim.runs.store import files

ROOT = Path(__file__).resolve().parent.parent
SOURCES = sorted([*(ROOT / "negotiation_sim").rglob("*.py"), *(ROOT / "tools").glob("*.py")])
# What one system lacks, and where it may stand all the same.
LACKING = {
    "sched_getaffinity", "geteuid", "getuid", "getpgid", "fork", "forkpty", "killpg", "setsid",
    "fcntl", "resource", "pwd", "grp", "pthread_sigmask", "SIGKILL", "SIGHUP", "SIGALRM", "alarm",
    "SIGUSR1", "uname", "mkfifo", "preexec_fn", "O_NOFOLLOW", "sync", "statvfs",
}  # fmt: skip
GUARDED = {
    ("runs/store/files.py", "fcntl"): "imported where it is there; without it nothing is locked",
    ("engine/ensemble.py", "sched_getaffinity"): "else the number of cores",
    ("engine/processes.py", "pthread_sigmask"): "asked for by hasattr",
    ("model/compiled_cache.py", "geteuid"): "only where os.name is posix",
    ("model/compiled_cache.py", "O_NOFOLLOW"): "by getattr",
    **{
        ("tools/mutate.py", name): "a tool for Linux and macOS, as its first lines say"
        for name in ("fork", "killpg", "setsid", "SIGKILL")
    },
}  # fmt: skip
RESERVED = re.compile(r"^(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.I)


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix().removeprefix("negotiation_sim/")


def named(path: Path) -> set[str]:
    """Return what a file names that some system lacks."""
    found = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Attribute):
            found.add(node.attr)
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.keyword):
            found.add(str(node.arg))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            found.add(node.value)  # getattr and hasattr
    return found & LACKING


def test_what_a_system_lacks_stands_only_where_it_is_guarded():
    used = {(name_of(path), name) for path in SOURCES for name in named(path)}
    assert not used - GUARDED.keys(), "another system lacks these; guard them"
    assert not GUARDED.keys() - used, "these are no longer used"


# Encodings and line ends


def calls(path: Path):
    return [node for node in ast.walk(tree(path)) if isinstance(node, ast.Call)]


def says_encoding(call: ast.Call) -> bool:
    given = [*call.args, *(k.value for k in call.keywords if k.arg in ("encoding", "mode"))]
    texts = [a.value for a in given if isinstance(a, ast.Constant) and isinstance(a.value, str)]
    keys = {k.arg for k in call.keywords}
    return "encoding" in keys or "utf-8" in texts or any(
        "b" in t for t in texts if re.fullmatch(r"[rwabx+]+", t)
    )  # fmt: skip


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_text_is_read_and_written_as_utf_8_everywhere(path):
    for call in calls(path):
        function = call.func
        text = isinstance(function, ast.Attribute) and function.attr in ("read_text", "write_text")
        opens = isinstance(function, ast.Name) and function.id == "open"
        opens |= (
            isinstance(function, ast.Attribute)
            and function.attr == "open"
            and bool(call.args)
            and isinstance(call.args[0], ast.Constant)
        )
        if text or opens:
            assert says_encoding(call), f"{name_of(path)}:{call.lineno}: no encoding"


def test_a_call_without_an_encoding_is_found():
    bare = ast.parse("path.read_text()").body[0].value
    assert not says_encoding(bare)
    assert says_encoding(ast.parse("path.open('rb')").body[0].value)
    assert not says_encoding(ast.parse("path.open('r')").body[0].value)


def test_the_command_line_runs_where_the_terminal_knows_only_ascii():
    plain = {k: v for k, v in os.environ.items() if not k.startswith(("LC_", "LANG", "PYTHONUTF8"))}
    plain |= {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0", "PYTHONIOENCODING": ""}
    for words in (["catalogue"], ["catalogue", "actors", "FRA"], ["run", "--help"]):
        done = subprocess.run(
            [sys.executable, "-m", "negotiation_sim", *words],
            env=plain, capture_output=True, check=False, cwd=ROOT,
        )  # fmt: skip
        assert done.returncode == 0, (words, done.stderr)
        assert done.stdout and b"Traceback" not in done.stderr


def test_files_keep_their_bytes_when_they_are_checked_out():
    said = (ROOT / ".gitattributes").read_text("utf-8")
    assert "* text=auto eol=lf" in said
    for path in SOURCES:
        assert b"\r" not in path.read_bytes(), name_of(path)


# Names of files


def ours() -> list[str]:
    folders = (
        "negotiation_sim",
        "actors",
        "venues",
        "experiments",
        "docs",
        "tests",
        "tools",
        "examples",
    )
    found = [path for folder in folders for path in (ROOT / folder).rglob("*") if path.is_file()]
    return [
        path.relative_to(ROOT).as_posix() for path in found
        if "__pycache__" not in path.parts and ".hypothesis" not in path.parts
    ]  # fmt: skip


def test_every_system_can_hold_the_names_of_our_files():
    names = ours()
    assert len(names) > 300
    assert len({name.lower() for name in names}) == len(names), "two names differ by case alone"
    for name in names:
        assert len(name) < 150 and not re.search(r'[<>:"\\|?*]', name), name
        assert not any(RESERVED.match(p) or p.endswith((".", " ")) for p in name.split("/")), name


def test_every_name_a_run_may_write_can_be_held():
    """Names of strategies have signs that Windows refuses; files are not named by them."""
    for path in SOURCES:
        for call in calls(path):
            if isinstance(call.func, ast.Attribute) and call.func.attr == "with_name":
                text = ast.unparse(call)
                assert "strategy" not in text, f"{name_of(path)}: {text}"
    assert PureWindowsPath("a>b").name  # pathlib accepts what the system refuses: hence the test


# Processes and signals


def test_processes_are_spawned_everywhere_and_nowhere_forked():
    said = {
        ast.unparse(call) for path in SOURCES for call in calls(path)
        if ast.unparse(call.func).endswith(("get_context", "set_start_method", "Process", "Pool"))
        or ast.unparse(call.func).endswith("ProcessPoolExecutor")
    }  # fmt: skip
    assert said == {"multiprocessing.get_context('spawn')"}


def test_spawned_processes_work_and_end():
    pool = processes.QuietProcesses(1)
    try:
        assert pool.submit(os.getpid).result(60) != os.getpid()
        assert pool._mp_context.get_start_method() == "spawn"
    finally:
        pool.stop()


def test_a_system_that_cannot_tell_its_cores_has_at_least_one(monkeypatch):
    monkeypatch.delattr(os, "sched_getaffinity")
    assert ensemble.cores() == os.cpu_count()
    monkeypatch.setattr(os, "cpu_count", lambda: None)
    assert ensemble.cores() == 1


def test_interrupts_are_held_without_masks(monkeypatch, request):
    import signal

    monkeypatch.delattr(signal, "pthread_sigmask")
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell may have it ignored
    request.addfinalizer(lambda: signal.signal(signal.SIGINT, before))
    with pytest.raises(KeyboardInterrupt), processes._interrupts_held():
        signal.raise_signal(signal.SIGINT)
        reached = True
    assert reached


# Replacing files


@pytest.fixture
def no_locks(monkeypatch):
    """A system without fcntl."""
    real = builtins.__import__

    def fails(name, *arguments, **options):
        if name == "fcntl":
            raise ImportError(name)
        return real(name, *arguments, **options)

    monkeypatch.setattr(builtins, "__import__", fails)


def test_a_folder_is_locked_as_far_as_the_system_can(tmp_path, no_locks):
    lock = files.FolderLock(tmp_path)
    lock.acquire()
    assert files.is_locked(tmp_path)
    lock.release()
    assert not files.is_locked(tmp_path)


def test_a_file_that_another_program_holds_is_one_message_and_stays_as_it_was(
    tmp_path, monkeypatch
):
    path = tmp_path / "summary.csv"
    files.write_atomic(path, b"before")

    def refused(source, target):
        raise PermissionError(13, "used by another process", str(target))

    monkeypatch.setattr(files.os, "replace", refused)
    with pytest.raises(StoreError, match=r"summary\.csv: used by another process"):
        files.write_atomic(path, b"after")
    assert path.read_bytes() == b"before"
    assert [each.name for each in tmp_path.iterdir()] == ["summary.csv"]
