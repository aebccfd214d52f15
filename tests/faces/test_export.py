"""A run's tables as CSV: the same numbers, safe in spreadsheets, read by R."""

from __future__ import annotations

import csv
import io
import shutil
import subprocess

import pandas as pd
import pytest

from helpers.foreign_files import plain, write
from negotiation_sim import api
from negotiation_sim.errors import StoreError
from negotiation_sim.faces.api.csv_tables import as_csv


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """A run of a study with scales, two actors with names that are awkward in tables."""
    home = tmp_path_factory.mktemp("export")
    api.import_study(write(home / "table.csv", plain()), home / "study")
    return api.run(home / "study", replicates=20, beliefs=0, out=home / "results", figures=False)


def test_the_csv_holds_the_runs_numbers_to_the_last_bit(run, tmp_path):
    files = api.export(run, tmp_path / "csv")
    assert [file.name for file in files] == ["replicates.csv", "summary.csv", "columns.csv"]
    rows, back = run.load(), pd.read_csv(files[0], float_precision="round_trip")
    assert list(back.columns) == list(rows.columns)
    for name in ("text_cuts", "text_aid", "participation"):
        pd.testing.assert_series_equal(back[name], rows[name], check_exact=True)
    assert back["timely"].tolist() == rows["timely"].tolist()
    assert back["adoption_month"].isna().tolist() == rows["adoption_month"].isna().tolist()
    assert rows["text_cuts"].max() > 1.0  # megatonnes, as the user has them
    assert "TRUE" in files[0].read_text() or not rows["timely"].any()
    columns = pd.read_csv(files[2]).set_index(["table", "column"])
    assert columns.loc[("replicates", "text_cuts"), ["low", "high", "unit"]].tolist() == [
        0,
        100,
        "Mt",
    ]
    assert columns.loc[("summary", "mean_aid"), "unit"] == "Mt"
    assert set(columns.loc["replicates"].index) == set(rows.columns)
    again = [file.read_bytes() for file in files]
    assert [file.read_bytes() for file in api.export(run, tmp_path / "csv")] == again


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n"])
def test_no_text_is_taken_for_a_formula_and_no_number_is_changed(start):
    table = pd.DataFrame({f"{start}head": [f"{start}1+1", 'a"b,c'], "n": [-1.5, 2.0]})
    rows = list(csv.reader(io.StringIO(as_csv(table), newline="")))
    sign = "\n" if start == "\r" else start
    assert rows == [[f"'{sign}head", "n"], [f"'{sign}1+1", "-1.5"], ['a"b,c', "2.0"]]


def test_what_is_no_run_is_refused(tmp_path):
    with pytest.raises(StoreError):
        api.export(tmp_path / "nowhere")


SCRIPT = """
library(data.table)
rows <- fread("replicates.csv", encoding = "UTF-8")
columns <- fread("columns.csv", encoding = "UTF-8")
plain <- read.csv("replicates.csv", encoding = "UTF-8", check.names = FALSE)
stopifnot(is.logical(rows$timely), is.numeric(rows$text_cuts), is.numeric(rows$adoption_month))
stopifnot(identical(names(rows), names(plain)), nrow(rows) == nrow(plain))
stopifnot(identical(columns[table == "replicates", column], names(rows)))
stopifnot(columns[column == "text_cuts", unit] == "Mt")
cat(nrow(rows), sum(rows$timely), sum(is.na(rows$adoption_month)),
    sprintf("%.17g", mean(rows$text_cuts)), sprintf("%.17g", mean(plain$participation)))
"""


@pytest.mark.long
def test_r_and_data_table_read_the_same_numbers(run, tmp_path):
    rscript = shutil.which("Rscript")
    if rscript is None:
        pytest.skip("no R; Debian's packages are r-base-core and r-cran-data.table")
    api.export(run, tmp_path)
    done = subprocess.run(
        [rscript, "-e", SCRIPT], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    n, timely, never, text, held = done.stdout.split()
    rows = run.load()
    assert (int(n), int(timely)) == (len(rows), int(rows["timely"].sum()))
    assert int(never) == int(rows["adoption_month"].isna().sum())
    assert float(text) == pytest.approx(rows["text_cuts"].mean(), rel=1e-14)
    assert float(held) == pytest.approx(rows["participation"].mean(), rel=1e-14)
