"""Every number in the documents that the program makes is what it makes now."""

from __future__ import annotations

import re
import shutil
from functools import cache
from pathlib import Path
from random import Random
from types import ModuleType

import pytest

from helpers.scripts import script

ROOT = Path(__file__).resolve().parents[2]


def tool() -> ModuleType:
    return script("regenerate")


@cache
def fast() -> list:
    return tool().chosen([], slow=False)


def text_of(part) -> str:
    return (ROOT / part.file).read_text("utf-8")


def test_the_documents_say_what_the_program_computes():
    assert not tool().check(fast()), "run: python tools/regenerate.py"


@pytest.mark.long
@pytest.mark.timeout(1200)
def test_the_slower_tables_say_what_the_program_computes():
    """All but the whole grid of the study of venues, which takes a quarter of an hour."""
    slow = [p for p in tool().chosen([], slow=True) if 0 < p.minutes <= 5]
    assert [p.key for p in slow] == ["docs/validation.md:ablation"]
    assert not tool().check(slow), "run: python tools/regenerate.py --slow"


def test_every_marker_has_a_part_and_every_part_its_own_key():
    keys = [part.key for part in tool().parts()]
    assert len(keys) == len(set(keys)) > 45
    for path in [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]:
        text = path.read_text("utf-8")
        names = re.findall(r"<!-- made by: (\w+) -->", text)
        assert {f"{path.relative_to(ROOT).as_posix()}:{name}" for name in names} <= set(keys)
        assert text.count("<!-- end -->") == len(names) == text.count("<!--") / 2
        for found in tool().BLOCK.finditer(text):
            assert found[3].count("\n") > 0 and found[3].strip()


def test_a_digit_that_is_wrong_is_named_with_file_line_found_and_expected():
    """In every table that takes seconds, the last digit of its block."""
    seen = 0
    for part in fast():
        text = text_of(part)
        for found in tool().BLOCK.finditer(text):
            digits = [m.start() for m in re.finditer(r"\d", found[3])]
            if found[2] != part.name or not digits:
                continue
            place = found.start(3) + digits[-1]
            digit = "1" if text[place] != "1" else "2"
            wrong = text[:place] + digit + text[place + 1 :]
            (line,) = tool().drift(part, wrong)
            number = text[:place].count("\n") + 1
            assert line.startswith(f"{part.file}:{number}: {part.name}: found ")
            assert text.splitlines()[number - 1].strip() in line.split("expected ")[1]
            seen += 1
    assert seen >= 30


def test_a_number_in_a_sentence_that_is_wrong_is_named():
    for file, name, source, make, words in tool().SENTENCES:
        names = re.findall(r"\{(\w+)\}", words)
        assert set(names) <= set(make()), name
        text = (ROOT / file).read_text("utf-8")
        other = dict.fromkeys(names, "77")
        wrong = (
            tool().sentence(file, name, source, words, lambda values=other: values).renewed(text)
        )
        lines = tool().drift(tool().sentence(file, name, source, words, make), wrong)
        assert lines and all("found" in line and "expected" in line for line in lines), name
        assert all(line.startswith(f"{file}:") and "77" in line for line in lines), lines


def numbers_made() -> list[tuple[str, int]]:
    """Return the part and the place of the last digit of every number that is made in seconds."""
    found = []
    parts = {part.key: part for part in fast()}
    for part in parts.values():
        text = text_of(part)
        spans = [m.span(3) for m in tool().BLOCK.finditer(text) if m[2] == part.name]
        for m in tool().SNIPPET.finditer(text) if part.name == "snippets" else ():
            lines = re.finditer(r"^(?!>>>|\.\.\.).+$", m[2], re.M)
            spans += [(m.start(2) + line.start(), m.start(2) + line.end()) for line in lines]
        for start, end in spans:
            numbers = re.finditer(r"\d+(?:\.\d+)?", text[start:end])
            found += [(part.key, start + number.end() - 1) for number in numbers]
    for file, name, source, make, words in tool().SENTENCES:
        text, values = (ROOT / file).read_text("utf-8"), dict(make())
        for each in re.findall(r"\{(\w+)\}", words):
            mark = "\ue000" * len(values[each])
            other = tool().sentence(file, name, source, words, lambda v=values | {each: mark}: v)
            place = other.renewed(text).rfind("\ue000")
            if text[place].isdigit():
                found.append((f"{file}:{name}", place))
    return found


@pytest.mark.long
@pytest.mark.timeout(1800)
def test_fifty_numbers_made_wrong_are_fifty_numbers_found():
    """A sample of all numbers that the program makes in seconds, a third of them in sentences."""
    random = Random(50)
    parts = {part.key: part for part in fast()}
    every = numbers_made()
    said = {f"{file}:{name}" for file, name, *_ in tool().SENTENCES}
    assert len(every) > 3000
    chosen = random.sample([each for each in every if each[0] in said], 17)
    chosen += random.sample([each for each in every if each[0] not in said], 33)
    named = 0
    for key in dict.fromkeys(key for key, _ in chosen):
        right = text_of(parts[key])
        places = [place for other, place in chosen if other == key]
        wrong = list(right)
        for place in places:
            wrong[place] = random.choice([d for d in "123456789" if d != right[place]])
        lines = tool().drift(parts[key], "".join(wrong))
        for place in places:
            start = f"{parts[key].file}:{right[:place].count(chr(10)) + 1}: "
            assert any(line.startswith(start) for line in lines), f"{key}: {start}: {lines}"
            named += 1
    assert named == len(chosen) == 50


def test_a_sentence_that_was_reworded_is_gone():
    part = tool().sentence(
        "README.md", "x", "", "no {such} words stand here", lambda: {"such": "1"}
    )
    (line,) = tool().drift(part, text_of(part))
    assert "no sentence" in line and line.startswith("README.md")


def test_a_sentence_is_found_however_it_is_wrapped_and_stays_so():
    part = tool().sentence(
        "a.md", "x", "", "{n} of {all} states", lambda: {"n": "3", "all": "1,200"}
    )
    assert part.renewed("In 12\n  of 9 states it") == "In 3\n  of 1,200 states it"


def test_an_answer_below_a_line_of_python_is_renewed():
    text = "```python\n>>> a = 2\n>>> a * 3\n7\n>>> for k in (1, 2):\n...     print(k)\n1\n3\n```\n"
    part = tool().snippets("a.md")
    assert part.renewed(text) == text.replace("7", "6").replace("1\n3", "1\n2")
    right = part.renewed(text)
    assert part.renewed(right) == right


def test_drift_fails_and_is_renewed(tmp_path, monkeypatch, capsys):
    cases = [f"experiments/backtest/{name}.csv" for name in ("cases", "live")]
    for file in ("README.md", "docs/model.md", "docs/sweeps.md", *cases):
        (tmp_path / file).parent.mkdir(exist_ok=True, parents=True)
        shutil.copy(ROOT / file, tmp_path / file)
    monkeypatch.setattr(tool(), "ROOT", tmp_path)
    path = tmp_path / "docs" / "sweeps.md"
    path.write_text(path.read_text("utf-8").replace("about +/- 0.07", "about +/- 0.08"), "utf-8")
    names = ["README.md", "docs/model.md", "docs/sweeps.md"]
    assert tool().main(["--check", *names]) == 1
    assert re.search(
        r"docs/sweeps.md:\d+: noise: found '.*0.08.*', expected '.*0.07", capsys.readouterr().out
    )
    assert tool().main(names) == 0
    assert capsys.readouterr().out == "docs/sweeps.md:noise: renewed\n"
    assert tool().main(["--check", *names]) == 0
    for file in names:
        assert (tmp_path / file).read_bytes() == (ROOT / file).read_bytes()


def test_what_is_left_to_a_person_is_listed(capsys):
    assert tool().main(["--list"]) == 0
    said = capsys.readouterr().out
    assert "docs/venue-tradeoffs.md:range" in said and "about 17 min" in said
    assert "measured on one machine" in said and "--outcomes FILE" in said
