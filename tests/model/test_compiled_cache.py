"""Compiled code on disk: found by its content, opened only when checked, never a reason to stop."""

from __future__ import annotations

import importlib.metadata
import logging
import os
import pickle
import runpy
import shutil
import subprocess
import sys
import threading
from pathlib import Path
from types import SimpleNamespace

import numba
import numpy as np
import pytest

from negotiation_sim.model import compiled_cache, compiling, draws

PACKAGE = Path(compiled_cache.__file__).parent.parent
TESTS = Path(__file__).parent.parent
STEM = "draws.normal-0123"

# Where the code comes from, whether it was there, how often it was found, and what it gives.
DRAW = """
import numpy as np, negotiation_sim
from negotiation_sim.model import compiled_cache, draws
from negotiation_sim.model.compiling import compiled
before = compiled_cache.is_cached()
ranges, out = np.zeros((1, 1), [("low", "f8"), ("mode", "f8"), ("high", "f8")]), np.zeros((1, 1))
ranges["mode"], ranges["high"] = 0.5, 1.0
draw = compiled(draws.draw_figures)
draw(np.uint64(1), np.uint64(2), np.array([3], np.uint64), 1, ranges, out)
hits = sum(draw.stats.cache_hits.values())
print(negotiation_sim.__file__, before, hits, compiled_cache.is_cached(), float(out[0, 0]))
"""


def start(code: str, cache: Path, package: Path = PACKAGE) -> subprocess.Popen:
    """Start a process with a package of ours and a cache of its own."""
    environment = os.environ | {
        "PYTHONPATH": os.pathsep.join((str(package.parent), str(TESTS))),
        "NEGOTIATION_SIM_CACHE": str(cache), "PYTHONDONTWRITEBYTECODE": "1",
    }  # fmt: skip
    return subprocess.Popen(
        [sys.executable, "-c", code], env=environment, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, text=True, cwd=package.parent,
    )  # fmt: skip


def ended(process: subprocess.Popen) -> list[str]:
    """Return the words a process prints; it must not complain."""
    out, err = process.communicate(timeout=240)
    assert process.returncode == 0, err
    assert not err, err
    return out.split()


@pytest.fixture
def copy(tmp_path):
    """The package as a second environment holds it: the same sources at another path."""
    target = tmp_path / "elsewhere" / "negotiation_sim"
    shutil.copytree(PACKAGE, target, ignore=shutil.ignore_patterns("__pycache__", "_catalogue"))
    for name in ("actors", "venues", "experiments"):
        (target.parent / name).symlink_to(PACKAGE.parent / name)
    return target


@pytest.fixture
def told(monkeypatch, caplog):
    """The lines said, and a hash that is made anew on both sides of the test."""
    monkeypatch.setattr(compiled_cache, "_told", set())
    caplog.set_level(logging.WARNING, "negotiation_sim")
    compiled_cache.source_hash.cache_clear()
    yield caplog
    compiled_cache.source_hash.cache_clear()


@pytest.fixture
def own(tmp_path, monkeypatch, told):
    """The user's own cache, and none named beside it."""
    monkeypatch.delenv("NEGOTIATION_SIM_CACHE", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "own"))
    return tmp_path / "own" / "negotiation-sim" / compiled_cache.source_hash()


def normal():
    """Return a dispatcher of its own for a function that compiles in half a second."""
    compiling.prepare()
    dispatcher = numba.njit(nogil=True)(draws.normal.__wrapped__)
    compiled_cache.attach(dispatcher, draws.normal.__wrapped__)
    return dispatcher


def found(dispatcher) -> bool:
    """Call it, hold its result to plain Python's, and return whether its code was on disk."""
    assert dispatcher(0.3) == draws.normal(0.3)
    return sum(dispatcher.stats.cache_hits.values()) == 1


def lines(caplog) -> list[str]:
    return [record.getMessage() for record in caplog.records]


def make_foreign(path: Path, monkeypatch) -> None:
    """Let a path belong to somebody who is neither the user nor root."""
    if os.geteuid() == 0:
        os.chown(path, 4321, -1)
    else:
        monkeypatch.setattr(os, "geteuid", lambda: 4321)


# Content, not paths --------------------------------------------------------------------------


def test_a_second_environment_finds_the_code_and_a_changed_rule_does_not(copy, tmp_path):
    cache = tmp_path / "cache"
    here, before, hits, after, value = ended(start(DRAW, cache))
    assert (Path(here).parent, before, hits, after) == (PACKAGE, "False", "0", "True")
    assert ended(start(DRAW, cache, copy)) == [
        str(copy / "__init__.py"),
        "True",
        "1",
        "True",
        value,
    ]
    rule = copy / "model" / "numbers.py"
    text = rule.read_text("utf-8")
    for side in ("min(high, low + ", "max(low, high - "):
        assert text.count(f"return {side}") == 1
        text = text.replace(f"return {side}", f"return 0.25 + {side}")
    rule.write_text(text, "utf-8")
    _, before, hits, _, changed = ended(start(DRAW, cache, copy))
    assert (before, hits) == ("False", "0")
    assert abs(float(changed) - float(value) - 0.25) < 1e-12


@pytest.mark.long
def test_a_second_environment_finds_the_whole_loop(copy, tmp_path):
    code = """
from helpers.engines import in_worlds
from helpers.generic import seeded_setting
from negotiation_sim.engine.scenario import compile_setting
from negotiation_sim.model.compiling import _COMPILED
in_worlds(compile_setting(seeded_setting(1)), [(0, 0), (1, 2)])
counts = [d.stats for d in _COMPILED.values()]
print(sum(sum(c.cache_hits.values()) for c in counts))
print(sum(sum(c.cache_misses.values()) for c in counts))
"""
    hits, compiled = map(int, ended(start(code, tmp_path / "cache")))
    assert hits == 0 and compiled > 0
    assert [int(n) for n in ended(start(code, tmp_path / "cache", copy))] == [compiled, 0]


def test_every_source_of_the_model_counts_and_nothing_else(copy, monkeypatch, told):
    def fresh() -> str:
        compiled_cache.source_hash.cache_clear()
        return compiled_cache.source_hash()

    plain = fresh()
    monkeypatch.setattr(compiled_cache, "SOURCES", copy / "model")
    assert fresh() == plain, "the path is no part of it"
    sources = sorted((copy / "model").glob("*.py"))
    hashes = {plain}
    for path in sources:
        text = path.read_bytes()
        path.write_bytes(text.replace(b"\n", b"\r\n"))
        assert fresh() == plain, "nor are the ends of lines"
        path.write_bytes(text + b"CHANGED = 1\n")
        hashes.add(fresh())
        path.write_bytes(text)
    assert len(hashes) == len(sources) + 1
    (copy / "words" / "more.py").write_text("", "utf-8")
    assert fresh() == plain, "what is not compiled does not count"


@pytest.mark.parametrize("what", ["processor", "features", "numba", "llvmlite", "numpy", "setting"])
def test_what_makes_the_code_is_part_of_the_hash(what, monkeypatch, told):
    import llvmlite.binding as llvm

    plain = compiled_cache.source_hash()
    version = importlib.metadata.version
    if what == "processor":
        monkeypatch.setattr(llvm, "get_host_cpu_name", lambda: "abacus")
    elif what == "features":
        few = SimpleNamespace(flatten=lambda: "+beads")
        monkeypatch.setattr(llvm, "get_host_cpu_features", lambda: few)
    elif what == "setting":
        monkeypatch.setenv("NUMBA_BOUNDSCHECK", "1")
    else:

        def changed(name):
            return version(name) + ("9" if name == what else "")

        monkeypatch.setattr(compiled_cache, "version", changed)
    compiled_cache.source_hash.cache_clear()
    assert compiled_cache.source_hash() != plain


def test_settings_that_change_no_code_are_no_part_of_the_hash(monkeypatch, told):
    plain = compiled_cache.source_hash()
    monkeypatch.setenv("NUMBA_CACHE_DIR", "anywhere")
    compiled_cache.source_hash.cache_clear()
    assert compiled_cache.source_hash() == plain


def added(number):
    """Return a function that holds a number from the function around it."""

    def add(x):
        return x + number

    return add


def test_what_a_function_holds_is_part_of_its_key(own):
    texts = {number: [*compiled_cache.description(added(number))] for number in (1, 2)}
    assert texts[1] != texts[2]
    assert texts[1] == [*compiled_cache.description(added(1))]
    assert not [text for text in texts[1] if str(TESTS) in text]
    nested = [[*compiled_cache.description(added(added(number)))] for number in (1, 2)]
    assert nested[0] != nested[1]


def test_a_function_made_from_text_counts_with_its_constants_and_not_its_file(tmp_path):
    def described(number: int, file: str) -> list[str]:
        path = tmp_path / file
        path.write_text(f"def f(x):\n    return x + {number}\n", "utf-8")
        made = runpy.run_path(str(path), run_name="negotiation_sim.model.made")["f"]
        return [*compiled_cache.description(made)]

    assert described(1, "one.py") == described(1, "two.py")
    assert described(1, "one.py") != described(2, "one.py")


def test_a_function_from_outside_the_model_counts_with_its_file_and_those_it_calls(tmp_path):
    def described(of_f: str, of_g: str, number: float = 1.0) -> list[str]:
        for name, text in (("f", of_f), ("g", of_g)):
            (tmp_path / f"{name}.py").write_text(f"def {name}(x):\n    return {text}\n", "utf-8")
        g = runpy.run_path(str(tmp_path / "g.py"), run_name="helper")["g"]
        held = {"g": g, "NUMBER": number}
        f = runpy.run_path(str(tmp_path / "f.py"), held, run_name="plugin")["f"]
        return [*compiled_cache.description(f)]

    plain = described("g(x) + NUMBER", "x")
    assert described("g(x) + NUMBER", "x") == plain
    assert described("g(x) - NUMBER", "x") != plain
    assert described("g(x) + NUMBER", "-x") != plain
    assert described("g(x) + NUMBER", "x", 2.0) != plain


@pytest.mark.parametrize("held", [np.ones(2), object()])
def test_what_has_no_lasting_description_is_compiled_in_memory(held, own):
    function = added(held)
    dispatcher = numba.njit(function)
    compiled_cache.attach(dispatcher, function)
    assert not isinstance(dispatcher._cache, compiled_cache.CompiledCode)


def test_the_key_turns_on_types_processor_and_description(own):
    stems = {
        compiled_cache.CompiledCode("f", described).stem(
            types, SimpleNamespace(magic_tuple=lambda processor=processor: (processor,))
        )
        for types in ("(float64,)", "(int64,)")
        for processor in ("old", "new")
        for described in ("one", "two")
    }
    assert len(stems) == 8 and None not in stems


def test_types_named_by_an_address_are_not_kept(own):
    code = compiled_cache.CompiledCode("f", "")
    codegen = SimpleNamespace(magic_tuple=lambda: ())
    assert code.stem("(float64,)", codegen)
    assert code.stem("(type(CPUDispatcher(<function f at 0x7f00>)),)", codegen) is None


def test_without_compiling_there_is_nothing_to_attach(own):
    compiled_cache.attach(draws.normal, draws.normal)  # as under NUMBA_DISABLE_JIT
    assert not hasattr(draws.normal, "_cache")


# Which folders, and whose --------------------------------------------------------------------


def test_the_users_own_folder_is_read_and_written(own, told):
    assert not compiled_cache.is_cached()
    assert not found(normal())
    assert compiled_cache.is_cached()
    assert found(normal())
    assert sorted(path.suffix for path in own.iterdir()) == [".nbc", ".nbi"]
    assert not lines(told)


def test_nobody_else_may_write_whatever_the_umask(own):
    before = os.umask(0)
    try:
        assert not found(normal())
    finally:
        os.umask(before)
    for path in (own.parent, own, *own.iterdir()):
        assert not path.stat().st_mode & 0o022, path
    assert found(normal())


def test_a_named_folder_of_ones_own_takes_the_place_of_the_users(own, tmp_path, monkeypatch):
    monkeypatch.setenv("NEGOTIATION_SIM_CACHE", str(tmp_path / "named"))
    read, written = compiled_cache.folders()
    assert read == [written] and written.base == tmp_path / "named"
    assert not found(normal())
    assert compiled_cache.is_cached() and not own.exists()
    monkeypatch.delenv("NEGOTIATION_SIM_CACHE")
    assert not compiled_cache.is_cached()


def test_a_named_folder_that_is_only_read_comes_after_the_users(own, tmp_path, monkeypatch):
    monkeypatch.setenv("NEGOTIATION_SIM_CACHE", str(tmp_path / "named"))
    assert not found(normal())
    monkeypatch.setattr(os, "access", lambda *_: False)
    read, written = compiled_cache.folders()
    assert [folder.base for folder in read] == [tmp_path / "own", tmp_path / "named"]
    assert written == read[0]
    assert found(normal())
    shutil.rmtree(tmp_path / "named")
    assert not found(normal())
    assert own.is_dir()


@pytest.mark.parametrize("level", ["named", "negotiation-sim", "hash"])
@pytest.mark.parametrize("wrong", ["group", "everybody", "foreign"])
def test_a_named_folder_that_others_may_write_to_is_not_used(
    level, wrong, own, tmp_path, monkeypatch, told
):
    named = tmp_path / "named"
    monkeypatch.setenv("NEGOTIATION_SIM_CACHE", str(named))
    inner = named / "negotiation-sim" / compiled_cache.source_hash()
    inner.mkdir(parents=True)
    for path in (named, inner.parent, inner):
        path.chmod(0o755)
    compiled_cache.save(inner, STEM, b"")
    assert compiled_cache.is_cached()
    path = {"named": named, "negotiation-sim": inner.parent, "hash": inner}[level]
    if wrong == "foreign":
        make_foreign(path, monkeypatch)
    else:
        path.chmod(0o775 if wrong == "group" else 0o757)
    assert not compiled_cache.is_cached()
    read, _ = compiled_cache.folders()
    assert not [folder for folder in read if folder.base == named]
    first = named if os.geteuid() == 4321 else path  # where all belongs to somebody else
    (line,) = [line for line in lines(told) if str(named) in line]
    assert line.startswith(f"Compiled code in {first} is not used: ")


@pytest.mark.parametrize("suffix", [".nbi", ".nbc"])
@pytest.mark.parametrize("wrong", ["group", "everybody", "foreign"])
def test_a_file_that_others_may_write_to_is_not_opened(suffix, wrong, tmp_path, monkeypatch):
    compiled_cache.save(tmp_path, STEM, b"the pickle")
    assert compiled_cache.load(tmp_path, STEM) == b"the pickle"
    (path,) = tmp_path.glob(f"*{suffix}")
    if wrong == "foreign":
        make_foreign(path, monkeypatch)
    else:
        path.chmod(0o664 if wrong == "group" else 0o646)
    why = "another user" if wrong == "foreign" else "others may write"
    with pytest.raises(compiled_cache.Refused, match=why):
        compiled_cache.load(tmp_path, STEM)


def test_a_link_is_not_followed(tmp_path):
    compiled_cache.save(tmp_path, STEM, b"the pickle")
    index = tmp_path / f"{STEM}.nbi"
    index.rename(tmp_path / "target")
    index.symlink_to(tmp_path / "target")
    assert compiled_cache.load(tmp_path, STEM) is None
    compiled_cache.save(tmp_path, STEM, b"the pickle")
    assert compiled_cache.load(tmp_path, STEM) == b"the pickle"


def test_a_foreign_file_in_the_users_folder_is_said_and_overwritten(own, monkeypatch, told):
    assert not found(normal())
    for path in own.iterdir():
        path.chmod(0o666)
    assert not found(normal())
    (line,) = lines(told)
    assert "is not used: others may write to it" in line
    assert found(normal())
    assert not [path for path in own.iterdir() if path.stat().st_mode & 0o022]


@pytest.mark.parametrize("where", ["a file", "nowhere"])
def test_a_folder_that_cannot_be_written_is_no_error(where, tmp_path, monkeypatch, told):
    blocked = tmp_path / "taken"
    blocked.write_text("not a folder")
    for name in ("NEGOTIATION_SIM_CACHE", "XDG_CACHE_HOME"):
        monkeypatch.setenv(name, str(blocked) if where == "a file" else "/proc/self/nowhere")
    assert not found(normal())
    assert not compiled_cache.is_cached() and not lines(told)
    assert blocked.read_text() == "not a folder"


def test_a_disk_that_refuses_is_no_error_and_leaves_nothing(own, monkeypatch, told):
    def refuse(*_: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(Path, "replace", refuse)
    assert not found(normal())
    assert not list(own.iterdir()) and not lines(told)


def test_without_a_home_there_is_no_cache_and_no_error(own, monkeypatch):
    def homeless() -> Path:
        raise RuntimeError("no home directory")

    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setattr(Path, "home", homeless)
    assert compiled_cache.folders() == ([], None)
    assert not compiled_cache.is_cached()
    assert not found(normal())


# Whole, or compiled again --------------------------------------------------------------------


def flipped(content: bytes) -> bytes:
    middle = len(content) // 2
    return content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]


DAMAGE = {
    "truncated": lambda content: content[: len(content) // 2],
    "last byte lost": lambda content: content[:-1],
    "longer": lambda content: content + b"\n",
    "flipped": flipped,
    "empty": lambda _: b"",
    "zeros": lambda content: bytes(len(content)),
    "of another program": lambda _: pickle.dumps("0.68.1") + pickle.dumps((("stamp",), {})),
}


@pytest.mark.parametrize("suffix", [".nbi", ".nbc"])
@pytest.mark.parametrize("damage", DAMAGE)
def test_damage_is_noticed(suffix, damage, tmp_path):
    compiled_cache.save(tmp_path, STEM, b"the pickle")
    (path,) = tmp_path.glob(f"*{suffix}")
    path.write_bytes(DAMAGE[damage](path.read_bytes()))
    with pytest.raises(compiled_cache.Refused, match="damaged; it is compiled again"):
        compiled_cache.load(tmp_path, STEM)
    compiled_cache.save(tmp_path, STEM, b"the pickle")
    assert compiled_cache.load(tmp_path, STEM) == b"the pickle"


def test_a_file_of_another_function_under_this_name_is_noticed(tmp_path):
    other = "draws.unit-4567"
    compiled_cache.save(tmp_path, other, b"the other's pickle")
    for path in list(tmp_path.iterdir()):
        path.rename(path.with_name(path.name.replace(other, STEM)))
    index = tmp_path / f"{STEM}.nbi"
    with pytest.raises(compiled_cache.Refused, match="damaged"):
        compiled_cache.load(tmp_path, STEM)
    index.write_text(index.read_text().replace(other, STEM))  # hash and name fit, the code does not
    with pytest.raises(compiled_cache.Refused, match="damaged"):
        compiled_cache.load(tmp_path, STEM)


def test_an_index_that_names_another_file_is_noticed(tmp_path):
    compiled_cache.save(tmp_path, STEM, b"the pickle")
    index = tmp_path / f"{STEM}.nbi"
    digest, name = index.read_text().split()
    (tmp_path / "other.nbc").write_bytes((tmp_path / name).read_bytes())
    index.write_text(f"{digest}  other.nbc\n")
    with pytest.raises(compiled_cache.Refused, match="damaged"):
        compiled_cache.load(tmp_path, STEM)


def test_data_that_went_missing_is_noticed_and_no_entry_is_none(tmp_path):
    assert compiled_cache.load(tmp_path, STEM) is None
    compiled_cache.save(tmp_path, STEM, b"the pickle")
    next(tmp_path.glob("*.nbc")).unlink()
    with pytest.raises(compiled_cache.Refused, match="damaged"):
        compiled_cache.load(tmp_path, STEM)


@pytest.mark.parametrize("suffix", [".nbi", ".nbc"])
def test_after_damage_the_code_is_compiled_again_and_the_run_goes_on(suffix, own, told):
    assert not found(normal())
    (path,) = own.glob(f"*{suffix}")
    path.write_bytes(flipped(path.read_bytes()))
    assert not compiled_cache.is_cached()
    assert not found(normal())
    (line,) = lines(told)
    assert line.startswith(f"Compiled code in {own}") and "damaged" in line
    assert found(normal())
    assert len(list(own.iterdir())) == 2, "what was damaged is gone"


def test_a_whole_file_that_numba_cannot_use_is_compiled_again(own, told):
    assert not found(normal())
    (index,) = own.glob("*.nbi")
    compiled_cache.save(own, index.stem, pickle.dumps(("not", "a", "result")))
    assert not found(normal())
    (line,) = lines(told)
    assert "is not used: TypeError" in line
    assert found(normal())


class Trap:
    """What leaves a folder behind when its pickle is opened."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self):
        return os.mkdir, (str(self.path),)


@pytest.mark.parametrize("wrong", [None, "hash", "file", "folder"])
def test_nothing_is_opened_before_it_is_checked(wrong, own, tmp_path):
    assert not found(normal())
    dispatcher = normal()
    (index,) = own.glob("*.nbi")
    compiled_cache.save(own, index.stem, pickle.dumps(Trap(tmp_path / "opened")))
    data = own / index.read_text().split()[1]
    if wrong == "hash":
        data.write_bytes(data.read_bytes() + b" ")
    elif wrong == "file":
        data.chmod(0o666)
    elif wrong == "folder":
        own.chmod(0o777)
    assert not found(dispatcher)
    assert (tmp_path / "opened").exists() == (wrong is None)


# Several at once -----------------------------------------------------------------------------


def test_two_processes_that_compile_at_once_do_not_hurt_one_another(tmp_path):
    cache = tmp_path / "cache"
    both = [start(DRAW, cache) for _ in range(2)]
    values = {ended(process)[-1] for process in both}
    assert len(values) == 1
    _, before, hits, _, value = ended(start(DRAW, cache))
    assert (before, hits, {value}) == ("True", "1", values)
    assert not [path for path in cache.rglob("*") if path.suffix == ".tmp"]


def test_a_reader_never_sees_half_an_entry(tmp_path):
    def content(writer: int, number: int) -> bytes:
        return bytes([writer, number]) * 100_000

    def write(writer: int) -> None:
        for number in range(10):
            compiled_cache.save(tmp_path, STEM, content(writer, number))

    compiled_cache.save(tmp_path, STEM, content(0, 0))
    writers = [threading.Thread(target=write, args=(writer,)) for writer in range(4)]
    for writer in writers:
        writer.start()
    while any(writer.is_alive() for writer in writers):
        read = compiled_cache.load(tmp_path, STEM)
        assert read == content(read[0], read[1])
    for writer in writers:
        writer.join()
    assert compiled_cache.load(tmp_path, STEM)[1] == 9
