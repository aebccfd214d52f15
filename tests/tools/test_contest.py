"""The contest: contestants of one's own, what is missing, ratios, and all three in one run."""

from __future__ import annotations

import pytest

from helpers.scripts import script

SLOW = """\
import time
NAME = "slow"
NEEDS = ""


def prepared(work):
    def carry_out(n):
        end = time.process_time() + n * {seconds}
        while time.process_time() < end:
            pass
        return n // 2
    return carry_out
"""


def tool():
    return script("contest")


def contestant(tmp_path, name: str, seconds: float):
    path = tmp_path / f"{name}.py"
    path.write_text(SLOW.replace("{seconds}", str(seconds)), "utf-8")
    return path


def test_a_contestant_of_ones_own_is_measured(tmp_path):
    found = tool().measured(contestant(tmp_path, "one", 0.001), 0.1)
    assert found["n"] >= 60 and found["seconds"] == pytest.approx(0.001, rel=0.3)


def test_each_runs_in_its_own_process_and_the_ratio_is_to_the_first(tmp_path, capsys):
    fast, slow = contestant(tmp_path, "fast", 0.001), contestant(tmp_path, "slow", 0.01)
    words = ["--only", str(fast), str(slow), "--turns", "1", "--seconds", "0.2"]
    assert tool().main(words) == 0
    rows = [
        line.split() for line in capsys.readouterr().out.splitlines() if line.startswith("slow")
    ]
    assert float(rows[0][4]) == 1.0 and float(rows[1][4]) == pytest.approx(10.0, rel=0.3)
    assert float(rows[1][3]) == pytest.approx(0.5, abs=0.05)


def test_what_is_not_installed_is_said_and_what_fails_stops(tmp_path, capsys):
    missing = tmp_path / "other.py"
    missing.write_text(
        'NAME = "other"\nNEEDS = "no_such_library"\nimport no_such_library\n', "utf-8"
    )
    assert tool().main(["--only", str(missing), "--turns", "1"]) == 0
    assert "not installed: no_such_library" in capsys.readouterr().out
    missing.write_text('NAME = "other"\nNEEDS = ""\nraise ValueError("broken")\n', "utf-8")
    with pytest.raises(SystemExit, match="broken"):
        tool().main(["--only", str(missing), "--turns", "1"])
    with pytest.raises(SystemExit, match="there are mesa_sao, negmas_sao, ours"):
        tool().main(["--only", "nobody"])


def test_the_table_has_medians_and_the_range_of_all_pairs():
    def turn(name, seconds):
        return {"name": name, "n": 10, "agreed": 5, "seconds": seconds}

    lines = tool().table({
        "a": [turn("a", 1e-6), turn("a", 2e-6), turn("a", 3e-6)],
        "b": [turn("b", 4e-6), turn("b", 8e-6), turn("b", 12e-6)],
    })  # fmt: skip
    assert lines[1].split() == ["a", "2.0", "500,000", "0.50", "1.0", "0.3", "to", "3.0"]
    assert lines[2].split() == ["b", "8.0", "125,000", "0.50", "4.0", "1.3", "to", "12.0"]


def test_our_contestant_and_the_mesa_model_do_the_stated_work():
    work = tool().WORK
    ours = tool().loaded(tool().file_of("ours")).setting(work)
    assert len(ours.actors) == work["parties"] and len(ours.issues) == 2
    assert ours.horizon_years * 12 == work["rounds"]
    mesa = tool().loaded(tool().file_of("mesa_sao"))
    carry_out = mesa.prepared(work)
    assert 0 <= carry_out(5) <= 5
    easy = mesa.prepared(work | {"parties": 1})
    assert easy(3) == 3
