"""A ledger: what was sealed is checked line by line, and nothing can be changed unseen."""

import hashlib
import json
import subprocess
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from negotiation_sim.errors import StoreError
from negotiation_sim.runs import ledger

DAY = date(2026, 8, 1)


def content(p=0.5, **changes):
    said = {
        "question": "Will it rain?",
        "p": p,
        "by": "2030-01-01",
        "resolves": "look",
        "version": "1",
    }
    return {**said, **changes}


@pytest.fixture
def three(tmp_path):
    path = tmp_path / "ledger.txt"
    for p in (0.1, 0.2, 0.3):
        ledger.append(path, content(p), DAY)
    return path


def lines(path):
    return path.read_text("utf-8").splitlines(keepends=True)


def refused(path, text, said):
    path.write_text(text, "utf-8")
    with pytest.raises(StoreError, match=said):
        ledger.read_ledger(path)
    with pytest.raises(StoreError, match=said):
        ledger.append(path, content(), DAY)
    assert path.read_text("utf-8") == text and not (path.parent / "lock").exists()


def test_lines_are_chained_and_read_back(three):
    found = ledger.read_ledger(three)
    assert [each.entry["p"] for each in found] == [0.1, 0.2, 0.3]
    assert [each.number for each in found] == [1, 2, 3]
    assert found[0].entry["previous"] == "0" * 64 and found[2].entry["previous"] == found[1].hash
    assert [each.name for each in three.parent.iterdir()] == ["ledger.txt"]


def test_a_stranger_can_check_it_without_our_code(three):
    previous = "0" * 64
    for line in three.read_bytes().splitlines():
        body, said = line.split(b"\t")
        assert hashlib.sha256(body).hexdigest() == said.decode()
        assert json.loads(body)["previous"] == previous
        previous = said.decode()
    shell = f"head -n 2 '{three}' | tail -n 1 | cut -f 1 | tr -d '\\n' | sha256sum"
    done = subprocess.run(shell, shell=True, capture_output=True, text=True, check=True)
    assert done.stdout.split()[0] == ledger.read_ledger(three)[1].hash


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda a, b, c: a + b.replace("0.2", "0.9") + c, ":2: altered"),
        (lambda a, b, c: a + c, ":2: the chain is broken"),
        (lambda a, b, c: b + c, ":1: the chain is broken"),
        (lambda a, b, c: b + a + c, ":1: the chain is broken"),
        (lambda a, b, c: a + b + b + c, ":3: the chain is broken"),
        (lambda a, b, c: a + b + c[:-1], ":3: cut off"),
        (lambda a, b, c: a + b + c[:20], ":3: cut off"),
        (lambda a, b, c: a + "\n" + b + c, ":2: not a line of a ledger"),
        (lambda a, b, c: a + b.replace("\t", " ") + c, ":2: not a line of a ledger"),
        (lambda a, b, c: a + b[:-2] + "x\n" + c, ":2: altered"),
    ],
)
def test_what_was_altered_is_named(three, change, said):
    refused(three, change(*lines(three)), said)


def test_a_line_written_anew_with_its_hash_breaks_the_next(three):
    first, second, third = lines(three)
    entry = json.loads(second.split("\t")[0]) | {"p": 0.9}
    refused(three, first + ledger._line(entry) + third, ":3: the chain is broken")


def test_lines_are_numbered_and_dated_in_order_and_whole(three):
    text = three.read_text("utf-8")
    last = ledger.read_ledger(three)[-1].hash
    good = {"number": 4, "sealed": "2026-08-01", **content(), "previous": last}
    for change, said in (
        ({"number": 5}, ":4: is number 5, not 4"),
        ({"sealed": "2026-07-31"}, ":4: sealed on 2026-07-31, before the line above it"),
    ):
        refused(three, text + ledger._line(good | change), said)
    without = {name: value for name, value in good.items() if name != "p"}
    refused(three, text + ledger._line(without), ":4: lacks p")


def test_the_same_day_is_no_step_back_and_an_earlier_one_is_refused(three):
    with pytest.raises(StoreError, match="sealed on 2026-07-31, before"):
        ledger.append(three, content(), date(2026, 7, 31))
    assert ledger.append(three, content(), DAY).number == 4


def test_a_published_hash_shows_that_the_end_was_cut_off(three):
    sealed = ledger.read_ledger(three)
    assert ledger.check_head(three, sealed, sealed[1].hash.upper()) == 2
    three.write_text("".join(lines(three)[:2]), "utf-8")
    cut = ledger.read_ledger(three)  # the chain alone cannot tell
    with pytest.raises(StoreError, match="no line has the hash"):
        ledger.check_head(three, cut, sealed[2].hash)


def test_an_empty_ledger_checks_and_one_that_is_not_there_does_not(tmp_path):
    (tmp_path / "ledger.txt").write_text("", "utf-8")
    assert ledger.read_ledger(tmp_path / "ledger.txt") == []
    with pytest.raises(StoreError, match="none.txt"):
        ledger.read_ledger(tmp_path / "none.txt")


def test_what_json_does_not_know_is_not_sealed(three):
    before = three.read_bytes()
    with pytest.raises(ValueError):
        ledger.append(three, content(float("nan")), DAY)
    assert three.read_bytes() == before and not (three.parent / "lock").exists()


@settings(max_examples=15)
@given(st.text(max_size=30), st.integers(0, 10_000), st.integers(0, 255))
def test_no_byte_changes_unseen(tmp_path_factory, question, place, byte):
    path = tmp_path_factory.mktemp("ledger") / "ledger.txt"
    for p in (0.25, 0.75):
        ledger.append(path, content(p, question=question), DAY)
    data = bytearray(path.read_bytes())
    place %= len(data)
    if data[place] != byte:
        data[place] = byte
        path.write_bytes(bytes(data))
        with pytest.raises(StoreError):
            ledger.read_ledger(path)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("p", "half"), ("p", 10**400), ("p", 1.5), ("p", True), ("p", None), ("number", True), ("number", "1"),
        ("sealed", 7), ("sealed", ["2020-01-01"]), ("by", "soon"), ("by", None), ("question", {}),
    ],
)  # fmt: skip
def test_a_value_of_another_kind_is_told_with_its_line(name, value, tmp_path):
    entry = {
        "number": 1, "sealed": "2020-01-01", "question": "q", "p": 0.5, "by": "2021-01-01",
        "resolves": "r", "version": "0.1.0", "previous": "0" * 64,
    } | {name: value}  # fmt: skip
    body = json.dumps(entry)
    file = tmp_path / "ledger.txt"
    file.write_text(f"{body}\t{hashlib.sha256(body.encode()).hexdigest()}\n", "utf-8")
    with pytest.raises(StoreError, match=rf"ledger\.txt:1: {name} is not as a ledger writes it"):
        ledger.read_ledger(file)
