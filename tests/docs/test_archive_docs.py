"""docs/archive.md does what it says: its commands run, its tables name what is there."""

from __future__ import annotations

import re
import shlex
import zipfile
from pathlib import Path

from typer.testing import CliRunner

from negotiation_sim.faces.cli.main import app

TEXT = (Path(__file__).parents[2] / "docs" / "archive.md").read_text("utf-8")


def test_the_commands_run_one_after_another(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    lines = [
        line for block in re.findall(r"^```bash\n(.*?)^```", TEXT, re.M | re.S)
        for line in block.splitlines()
    ]  # fmt: skip
    assert len(lines) == 8
    for line in lines:
        words = shlex.split(line)
        assert words[0] == "negotiation-sim"
        more = ["--threads", "1"] if words[1] in ("run", "reproduce") else []
        if words[1] == "run":
            more += ["--replicates", "20", "--beliefs", "0", "--no-figures"]
            words.remove("--quick")
        result = CliRunner().invoke(app, [*words[1:], *more])
        assert result.exit_code == 0, (line, result.output)
    with zipfile.ZipFile("paper.zip") as packed:
        names = packed.namelist()
    named = re.findall(r"^\| `([^`]*)` \|", TEXT, re.M)
    assert len(named) == 8
    for name in named:
        assert any(each.startswith(name) for each in names), name
    tops = {name.split("/")[0] + ("/" if "/" in name else "") for name in names}
    assert tops == set(named)
    assert (tmp_path / "paper").is_dir() and (tmp_path / "causes.svg").is_file()
