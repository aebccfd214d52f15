"""Notebooks and scripts: a running event loop, no main guard, ``python -c``; results at a glance."""

from __future__ import annotations

import asyncio
import dataclasses
import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pandas as pd
import pytest

from negotiation_sim import glance
from negotiation_sim.catalogue import load_setting
from negotiation_sim.faces import api
from negotiation_sim.faces.api import sweep_calls
from negotiation_sim.runs.store import Run

SHORT = 700


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """Return what the calls give that were made in a running event loop."""
    root = tmp_path_factory.mktemp("loop")

    async def made() -> dict[str, object]:
        run = api.run("bellagio", 20, 1, root, beliefs=0, threads=1, figures=False)
        vary = {"environment.pace": [0.05, 0.1]}
        swept = api.sweep("bellagio", vary, replicates=2, out=root, workers=1)
        return {
            "run": run, "sweep": swept, "status": api.status(swept.folder, root),
            "story": api.trace("bellagio", "ppwt@CD"), "again": api.reproduce(run, threads=1),
            "comparison": api.compare(run), "side": api.compare(run).side,
            "causes": api.causes(run, replicates=20, threads=1), "diff": api.diff(run, run),
            "planned": sweep_calls.read("bellagio", vary, 1, root, None, {}),
            "study": api.import_study(written(root / "t.csv"), root / "study"),
            "view": api.precedents("bellagio")[0], "migrated": api.migrate(root / "study"),
            "archived": api.archive([run, swept], root / "paper.zip"),
            "counted": api.run("bellagio", 4, 1, root, beliefs=0, workers=1, keep="summary"),
        }  # fmt: skip

    return asyncio.run(made())


def written(file: Path) -> Path:
    file.write_text(
        "actor,position [0-100 km],salience,influence\nA,0,50,1\nB,100,60,2\nC,20,50,1\n", "utf-8"
    )
    return file


@pytest.mark.long
def test_every_result_is_one_short_line_and_a_view_for_notebooks(finished):
    for name, found in finished.items():
        line = repr(found)
        assert line.startswith(type(found).__name__) and len(line) < SHORT, name
        assert "\n" not in line and "DataFrame" not in line
        page = found._repr_html_()
        assert page.count("<table") == page.count("</table>") and len(page) < 60_000, name


@pytest.mark.long
def test_a_run_shows_where_it_is_and_what_it_found(finished):
    run = finished["run"]
    assert repr(run) == f"Run({run.folder}, run, seed 1)"
    assert "p_success" in run._repr_html_() and "ppwt@CD" in run._repr_html_()
    assert "NaN" not in run._repr_html_() and "0.000000" not in run._repr_html_()
    assert "environment.pace" in finished["sweep"]._repr_html_()
    assert "How it ended" in finished["story"]._repr_html_()
    assert repr(load_setting("bellagio")).startswith("Setting('bellagio', ")


def test_a_run_is_shown_in_short_and_a_damaged_one_says_so(tmp_path):
    manifest = {
        "kind": "run", "id": "0", "inputs": {"seed": 1, "setting": ["x" * 100_000]},
        "tables": {"summary.csv": ""},
    }  # fmt: skip
    gone = Run(tmp_path / "<gone>", manifest)
    assert repr(gone) == f"Run({tmp_path / '<gone>'}, run, seed 1)"
    assert "No such file" in gone._repr_html_() and "<gone>" not in gone._repr_html_()


@glance.glanced
@dataclasses.dataclass
class Nasty:
    name: str
    rows: pd.DataFrame
    many: list[int]


def test_a_view_holds_any_name_and_any_size():
    rows = pd.DataFrame({"<i>": ["<script>x</script>"] * 5000})
    found = Nasty("<b>\x1b[31m" + "x" * 100_000, rows, list(range(10**6)))
    assert len(repr(found)) < 200 and "\x1b" not in repr(found)
    assert "rows=<5,000 rows, 1 columns>" in repr(found) and "many=<1,000,000 items>" in repr(found)
    page = found._repr_html_()
    assert "<script>" not in page and "<i>" not in page and len(page) < 10_000


def script(text: str, folder: Path, *options: str) -> str:
    """Return what a script says that warns of nothing and says nothing on stderr."""
    file = folder / "script.py"
    file.write_text(textwrap.dedent(text), "utf-8")
    words = ["-c", file.read_text("utf-8")] if "-c" in options else [str(file)]
    done = subprocess.run(
        [sys.executable, *words], cwd=folder, capture_output=True, text=True, check=False,
        env={key: text for key, text in os.environ.items() if "PYTEST" not in key},
    )  # fmt: skip
    assert done.returncode == 0 and done.stderr == "", done.stderr[-2000:]
    return done.stdout


def test_a_notebook_hears_nothing_of_mesa_s_progress_bar(tmp_path):
    said = script(
        """
        import sys, types
        for name in ("ipykernel.zmqshell", "IPython", "IPython.display"):
            sys.modules[name] = types.ModuleType(name)
        sys.modules["IPython"].get_ipython = lambda: None
        sys.modules["IPython.display"].HTML = sys.modules["IPython.display"].display = None
        from negotiation_sim.engine import agents
        print(agents.mesa.__name__)
        """,
        tmp_path,
    )
    assert said == "mesa\n"


@pytest.mark.long
@pytest.mark.timeout(300)
@pytest.mark.parametrize("how", ["file", "-c"])
@pytest.mark.parametrize("where", ["workers=2", "scheduler='local', workers=2"])
def test_a_run_in_blocks_needs_no_guard_either(how, where, tmp_path):
    text = f"""
    import asyncio
    from negotiation_sim import api
    async def made():
        return api.run("bellagio", 20, beliefs=0, figures=False, keep="summary", {where})
    print(asyncio.run(made()).summary["replicates"].max())
    """
    assert script(text, tmp_path, how) == "20\n"


@pytest.mark.long
@pytest.mark.timeout(300)
@pytest.mark.parametrize("how", ["file", "-c"])
@pytest.mark.parametrize("where", ["workers=2", "scheduler='local', workers=2"])
def test_a_script_without_a_guard_runs_once(how, where, tmp_path):
    text = f"""
    import asyncio
    from negotiation_sim import api
    vary = {{"environment.pace": [0.05, 0.1]}}
    async def made():
        return api.sweep("bellagio", vary, replicates=2, {where})
    print(asyncio.run(made()).manifest["counts"]["failed"])
    """
    assert script(text, tmp_path, how) == "0\n"


@pytest.mark.long
@pytest.mark.timeout(120)
def test_the_page_is_served_where_a_loop_runs_already(tmp_path):
    text = """
    import asyncio, threading, time, urllib.request
    from nicegui import app
    from negotiation_sim import api
    from negotiation_sim.faces.page.server import free_port
    port = free_port("127.0.0.1", None)
    def look():
        for _ in range(100):
            time.sleep(0.3)
            try:
                status = urllib.request.urlopen(f"http://127.0.0.1:{port}").status
            except OSError:
                continue
            print(status, flush=True)
            app.shutdown()
            return
    async def main():
        threading.Thread(target=look, daemon=True).start()
        api.serve("bellagio", port, False)
    asyncio.run(main())
    print("ended")
    """
    assert script(text, tmp_path).endswith("\n200\nended\n")
