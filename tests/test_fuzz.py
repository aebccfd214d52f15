"""Inputs made wrong on purpose (tests/fuzz.py), some of every kind; and each that once failed."""

from __future__ import annotations

from pathlib import Path

import pytest

import fuzz
from helpers import mutations

COSTLY = ("manifest", "folder", "command")
CHEAP = tuple(kind for kind in fuzz.KINDS if kind not in COSTLY)


@pytest.fixture(scope="module")
def ground(tmp_path_factory):
    return fuzz.Ground(tmp_path_factory.mktemp("fuzz"))


@pytest.mark.parametrize("file", sorted(fuzz.FOUND.glob("*.json")), ids=lambda file: file.stem)
def test_what_once_failed_is_answered(file, ground):
    assert fuzz.attempt(ground, *fuzz.kept(file)) == ""


def test_no_wrong_input_gives_more_than_a_message(monkeypatch, tmp_path):
    """Manifests, of which each is a hundredth of a second, are left to the long tests."""
    monkeypatch.setattr(fuzz, "FOUND", tmp_path / "found")
    assert fuzz.fuzz(4960, 1, CHEAP) == []
    assert fuzz.fuzz(40, 1, ("folder", "command")) == []


@pytest.mark.long
@pytest.mark.timeout(1200)
def test_no_wrong_input_of_very_many_gives_more_than_a_message():
    assert fuzz.fuzz(19_500, 20, CHEAP) == []
    assert fuzz.fuzz(500, 20, COSTLY) == []


@pytest.mark.long
@pytest.mark.timeout(3000)
def test_no_command_with_little_memory_and_time_fails_otherwise():
    """Five hundred by `python tests/fuzz.py --commands 500`: each starts Python anew."""
    assert fuzz.fuzz_commands(100, 5) == []


def test_the_fuzzer_sees_an_error_a_hang_and_a_message_without_its_place(
    ground, monkeypatch, tmp_path
):
    monkeypatch.setattr(fuzz, "FOUND", tmp_path)
    monkeypatch.setattr(fuzz, "SECONDS", 1)
    answer = fuzz.answers()[0]

    def fails(ground: fuzz.Ground, data: bytes) -> None:
        if data == b"hang":
            while True:
                pass
        if data == b"place":
            with fuzz.placed("points.csv"):
                raise answer("unknown column")
        raise KeyError(data) if data == b"error" else answer(data.decode())

    monkeypatch.setitem(fuzz.KINDS, "words", (1, mutations.raw, fails))
    assert fuzz.attempt(ground, "words", b"fine") == ""
    for data, says in ((b"hang", "more than 1 s"), (b"error", "KeyError"), (b"place", "its place")):
        assert says in fuzz.attempt(ground, "words", data)
    file = fuzz.keep("words", b"error", "KeyError: 'error'")
    assert fuzz.kept(Path(file)) == ("words", b"error")


def test_the_same_seed_gives_the_same_inputs():
    assert list(fuzz.inputs(50, 7, CHEAP)) == list(fuzz.inputs(50, 7, CHEAP))
    assert len({data for _, data in fuzz.inputs(50, 7, CHEAP)}) > 40
