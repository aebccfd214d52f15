"""An archive of runs: an RO-Crate that is read back whole, taken as a run, and refused if hostile."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import stat
import struct
import subprocess
import sys
import zipfile
from pathlib import Path
from urllib.parse import quote, unquote

import pandas as pd
import pytest
from typer.testing import CliRunner

from helpers.sweep_studies import write_experiment
from negotiation_sim import api
from negotiation_sim.catalogue import load_setting
from negotiation_sim.catalogue.citation import read_citation
from negotiation_sim.errors import CatalogueError, StoreError, UsageError
from negotiation_sim.faces.cells import latex_text
from negotiation_sim.faces.cli.main import app
from negotiation_sim.faces.plain_tables import as_latex, as_markdown
from negotiation_sim.runs.store import archives

SWEEP = """\
sweep:
  vary:
    environment.pace: [0.05, 0.1]
  replicates: 4
"""
METADATA, SUMS = "ro-crate-metadata.json", "SHA256SUMS"


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Return the results root, the three runs, and the archives of one and of all."""
    root = tmp_path_factory.mktemp("archive")
    study = write_experiment(root, SWEEP)
    run = api.run(study, 60, out=root / "results", beliefs=0, threads=1)
    sweep = api.sweep(study, out=root / "results", workers=1)
    summary = api.run(
        study, 60, out=root / "results", beliefs=2, keep="summary", workers=1, figures=False
    )
    runs = {"run": run, "sweep": sweep, "summary": summary}
    one = api.archive(run, root / "one.zip", title="One run", authors=["Ada Example", "Bo Ex"],
                      license="CC-BY-4.0")  # fmt: skip
    every = api.archive(list(runs.values()), root / "all.zip")
    return {"root": root, "one": one, "all": every, **runs}


def contents(archive: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(archive) as packed:
        return {name: packed.read(name) for name in packed.namelist()}


def call(*words: object):
    return CliRunner().invoke(app, [str(word) for word in words])


def test_rocrate_reads_it_back_whole(made, tmp_path):
    from rocrate.rocrate import ROCrate

    for archived in (made["one"], made["all"]):
        found = contents(archived.file)
        crate = ROCrate(str(archived.file))
        files = {
            unquote(entity.id): entity for entity in crate.data_entities if entity.type == "File"
        }
        assert set(files) == set(found) - {METADATA, SUMS}
        for name, entity in files.items():
            assert int(entity["contentSize"]) == len(found[name])
            assert entity["sha256"] == hashlib.sha256(found[name]).hexdigest()
        crate.write(tmp_path / archived.file.stem)
        for name, data in found.items():
            if name not in (METADATA, SUMS):
                assert (tmp_path / archived.file.stem / name).read_bytes() == data, name
    assert crate.root_dataset["name"] == "Four states"


def test_it_is_what_ro_crate_1_1_says_it_must_be(made):
    """The MUSTs of the specification, sections on the root, the metadata file and data entities."""
    found = contents(made["all"].file)
    document = json.loads(found[METADATA])
    assert document["@context"] == "https://w3id.org/ro/crate/1.1/context"
    graph = document["@graph"]
    by_id = {entity["@id"]: entity for entity in graph}
    assert len(by_id) == len(graph)  # flattened: one entity an id
    for entity in graph:
        assert isinstance(entity["@id"], str) and entity["@type"]
        for key, value in entity.items():
            for each in value if isinstance(value, list) else [value]:
                if isinstance(each, dict):  # nested entities are references alone
                    assert set(each) == {"@id"}, (entity["@id"], key)
                    known = each["@id"] in by_id or each["@id"] == "https://w3id.org/ro/crate/1.1"
                    assert known, (entity["@id"], key)
    descriptor = by_id[METADATA]
    assert descriptor["@type"] == "CreativeWork" and descriptor["about"] == {"@id": "./"}
    assert descriptor["conformsTo"] == {"@id": "https://w3id.org/ro/crate/1.1"}
    root = by_id["./"]
    assert root["@type"] == "Dataset" and root["name"] and root["description"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", root["datePublished"])
    assert by_id[root["license"]["@id"]]["@type"] == "CreativeWork"
    reached, todo = set(), ["./"]
    while todo:
        entity = by_id[todo.pop()]
        reached.add(entity["@id"])
        todo += [each["@id"] for each in entity.get("hasPart", ())]
    data = {e["@id"] for e in graph if e["@type"] in ("File", "Dataset")}
    assert data == reached  # every data entity is a part of the root, directly or not
    for entity in graph:
        if entity["@type"] == "File":
            assert (
                entity["@id"] == quote(unquote(entity["@id"])) and unquote(entity["@id"]) in found
            )
        elif entity["@type"] == "Dataset":
            assert entity["@id"].endswith("/")
            inside = unquote(entity["@id"]).removeprefix("./")
            assert any(name.startswith(inside) for name in found)
    actions = [e for e in graph if e["@type"] == "CreateAction"]
    assert {a["@id"] for a in actions} == {
        f"#computed-{made[kind].id}" for kind in ("run", "sweep", "summary")
    }  # fmt: skip


def test_it_says_who_what_and_under_which_license(made):
    graph = json.loads(contents(made["one"].file)[METADATA])["@graph"]
    by_id = {entity["@id"]: entity for entity in graph}
    assert by_id["./"]["name"] == "One run"
    assert [by_id[a["@id"]]["name"] for a in by_id["./"]["author"]] == ["Ada Example", "Bo Ex"]
    assert by_id["./"]["license"] == {"@id": "https://spdx.org/licenses/CC-BY-4.0"}


def test_equal_runs_give_equal_bytes_and_nothing_of_the_machine(made, tmp_path):
    again = api.archive(made["all"].runs[::-1], tmp_path / "again.zip")
    assert again.file.read_bytes() == made["all"].file.read_bytes()
    for name, data in contents(again.file).items():
        for place in (made["root"], Path.home(), Path(__file__).parents[2]):
            assert str(place).encode() not in data, name


def test_it_holds_what_a_journal_asks_for(made):
    found, run = contents(made["one"].file), made["run"]
    short, place = f"small-{run.id}", f"runs/small/{run.id}"
    assert found["CITATION.cff"].decode() == read_citation().text
    assert json.loads(found[f"{place}/manifest.json"]) == run.manifest
    assert found[f"{place}/summary.csv"] == (run.folder / "summary.csv").read_bytes()
    assert f"{place}/figures/causes.png" in found and f"{place}/log.json" in found
    for name in ("summary", "causes", "blockers", "pairs", "months", "texts"):
        for form in ("md", "tex"):
            assert f"tables/{short}/{name}.{form}" in found
    assert (
        f"`{run.id}`" not in found["README.md"].decode() and run.id in found["README.md"].decode()
    )
    assert run.manifest["versions"]["numba"] in found["README.md"].decode()
    sums = dict(line.split("  ")[::-1] for line in found[SUMS].decode().splitlines())
    assert sums == {n: hashlib.sha256(d).hexdigest() for n, d in found.items() if n != SUMS}


def test_its_study_files_run_to_the_same_numbers(made, tmp_path):
    with zipfile.ZipFile(made["one"].file) as packed:
        packed.extractall(tmp_path)
    readme = (tmp_path / "README.md").read_text("utf-8")
    line = re.search(r"^negotiation-sim (run inputs/.*)$", readme, re.M)[1]
    words = line.replace("inputs/", f"{tmp_path}/inputs/").split()
    done = call(*words, "--out", tmp_path / "again", "--no-figures", "--threads", "1")
    assert done.exit_code == 0, done.output
    summary = next((tmp_path / "again").glob("*/*/summary.csv"))
    assert summary.read_bytes() == (made["run"].folder / "summary.csv").read_bytes()


@pytest.mark.parametrize("kind", ["run", "sweep", "summary"])
def test_it_is_reproduced_as_it_is(made, kind, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    done = call("reproduce", f"{made['all'].file}/{made[kind].id}", "--threads", 1)
    assert done.exit_code == 0 and "The same, bit for bit" in done.stdout, done.output
    assert list(tmp_path.iterdir()) == []


def test_commands_take_it_and_write_beside_it(made, tmp_path):
    file = Path(shutil.copy(made["one"].file, tmp_path / "paper.zip"))
    desk = tmp_path / "paper" / made["run"].id
    plain = call("compare", made["run"].folder)
    packed = call("compare", file)
    assert packed.exit_code == 0 and packed.stdout.splitlines()[:5] == plain.stdout.splitlines()[:5]
    assert [*(desk / "studies").iterdir()]
    done = call("export", file, "--csv", "--latex")
    assert done.exit_code == 0 and (desk / "csv" / "replicates.csv").is_file()
    assert (desk / "tables" / "causes.tex").is_file()
    assert api.cite(file, "bibtex").count("@misc{") == 2
    assert api.odd(file) == api.odd(made["run"])
    assert api.diff(file, made["run"].folder).sentences
    again = api.archive(file, tmp_path / "second.zip", title="One run",
                        authors=["Ada Example", "Bo Ex"], license="CC-BY-4.0")  # fmt: skip
    assert again.file.read_bytes() == file.read_bytes()


@pytest.mark.long
def test_it_is_reported_beside_it(made, tmp_path):
    file = Path(shutil.copy(made["one"].file, tmp_path / "paper.zip"))
    done = call("report", file)
    assert done.exit_code == 0, done.output
    page = tmp_path / "paper" / made["run"].id / "report.html"
    text = page.with_suffix(".md").read_text("utf-8")
    assert page.is_file() and "## To cite" in text and "@misc{negotiation-sim-" in text
    for place in re.findall(r"\]\((figures/[^)]*)\)", text):
        assert (page.parent / place).is_file()
    assert str(archives.unpacked(file)) not in page.read_text("utf-8") + text


@pytest.mark.long
@pytest.mark.timeout(600)
def test_each_run_is_reproduced_from_the_file_alone(made, tmp_path):
    """In another process and folder, with a cache of its own."""
    file = Path(shutil.copy(made["all"].file, tmp_path / "paper.zip"))
    for kind in ("run", "sweep", "summary"):
        code = f"from negotiation_sim import api; print(api.reproduce({str(file / made[kind].id)!r}, threads=1).same)"  # fmt: skip
        done = subprocess.run(
            [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.stdout == "True\n", done.stderr


def test_which_run_of_several_is_to_be_said(made):
    file = made["all"].file
    done = call("reproduce", file)
    assert done.exit_code == 2 and len(done.stderr.splitlines()) == 1
    assert all(made[kind].id in done.stderr for kind in ("run", "sweep", "summary"))
    with pytest.raises(StoreError, match="no run '99' in it"):
        api.reproduce(f"{file}/99")
    with pytest.raises(StoreError, match="a sweep, not a run"):
        api.compare(f"{file}/{made['sweep'].id}")
    with pytest.raises(StoreError, match="kept its summary alone"):
        api.compare(f"{file}/{made['summary'].id}")


# Hostile archives: each is the good one with one thing changed.

GOOD = "runs/small/0/summary.csv"


def entry(name: str, kind: int = stat.S_IFREG, **more: object) -> zipfile.ZipInfo:
    found = zipfile.ZipInfo("x", (1980, 1, 1, 0, 0, 0))
    found.filename = found.orig_filename = name
    found.external_attr = (kind | 0o644) << 16
    for key, value in more.items():
        setattr(found, key, value)
    return found


def packed(
    file: Path, entries: list[tuple[zipfile.ZipInfo, bytes]], sums: str | None = None
) -> Path:
    """Write entries, then their checksums or others."""
    said = "".join(
        f"{hashlib.sha256(data).hexdigest()}  {info.filename}\n" for info, data in entries
    )
    with zipfile.ZipFile(file, "w") as target:
        for info, data in [*entries, (entry(SUMS), (said if sums is None else sums).encode())]:
            target.writestr(info, data)
    return file


NAMES = {
    "/etc/passwd": "leads out", "../outside": "leads out", "runs/../../outside": "leads out",
    "C:/windows": "leads out", "runs\\..\\outside": "leads out", "runs/./x": "not a name",
    "runs//x": "not a name", ".ssh/keys": "not a name", "runs/a b": "not a name",
    "runs/a\x1b[31m": "not a name", "runs/con.txt": "not a name", "runs/x.": "not a name",
    "a/" * 9 + "x": "too long", "x" * 300: "too long", "runs/folder/": "no plain file",
    "-rf": "not a name", "runs/é": "not a name",
}  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_a_name_that_leads_elsewhere_is_refused(name, tmp_path):
    file = packed(tmp_path / "bad.zip", [(entry(GOOD), b"x"), (entry(name), b"x")])
    refused(file, NAMES[name], tmp_path)


def refused(file: Path, why: str, folder: Path) -> None:
    """Hold that an archive is refused in one line, and that nothing of it is left anywhere."""
    before = sorted(path for path in folder.rglob("*"))
    done = call("reproduce", file)
    assert done.exit_code == 2 and len(done.stderr.splitlines()) == 1, done.output
    assert why in done.stderr and "nothing of it was used" in done.stderr, done.stderr
    assert sorted(path for path in folder.rglob("*")) == before
    assert not archives._UNPACKED.keys() & {str(file)}


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR, stat.S_IFDIR])
def test_what_is_no_plain_file_is_refused(kind, tmp_path):
    file = packed(tmp_path / "bad.zip", [(entry(GOOD), b"x"), (entry("link", kind), b"/etc")])
    refused(file, "no plain file", tmp_path)


def test_two_of_a_name_and_a_file_below_a_file_are_refused(tmp_path):
    twice = packed(tmp_path / "a.zip", [(entry("runs/a"), b"x"), (entry("runs/A"), b"y")])
    refused(twice, "is there twice", tmp_path)
    below = packed(tmp_path / "b.zip", [(entry("runs/a"), b"x"), (entry("runs/a/b"), b"y")])
    refused(below, "is below a file", tmp_path)


def test_sizes_and_numbers_are_limited_before_anything_is_unpacked(tmp_path, monkeypatch):
    read = []
    file = packed(tmp_path / "bomb.zip", [(entry(GOOD), b"x" * 1000)])
    monkeypatch.setattr(archives, "MOST_UNPACKED", 1000)
    monkeypatch.setattr(zipfile.ZipFile, "open", lambda *a, **k: read.append(a))
    refused(file, "bytes unpacked are more than", tmp_path)
    monkeypatch.setattr(archives, "MOST_UNPACKED", 1 << 34)
    monkeypatch.setattr(archives, "MOST_FILES", 1)
    refused(file, "lists more than 1 files", tmp_path)
    monkeypatch.setattr(archives, "MOST_FILES", 20_000)
    monkeypatch.setattr(archives, "MOST_BYTES", 100)
    refused(file, "are too many for an archive", tmp_path)
    assert read == []


def test_a_file_of_exactly_the_limits_is_taken(tmp_path, monkeypatch):
    file = packed(tmp_path / "fits.zip", [(entry(GOOD), b"x" * 1000)])
    sums = len(contents(file)[SUMS])
    monkeypatch.setattr(archives, "MOST_UNPACKED", 1000 + sums)
    monkeypatch.setattr(archives, "MOST_FILES", 2)
    assert (archives.unpacked(file) / GOOD).read_bytes() == b"x" * 1000


def test_what_was_changed_is_refused(made, tmp_path):
    good = [(entry(GOOD), b"x"), (entry("README.md"), b"y")]
    digest = hashlib.sha256(b"x").hexdigest()
    for sums, why in (
        (f"{digest}  {GOOD}\n", "has no checksum"),
        (f"{digest}  {GOOD}\n{digest}  README.md\n", "its checksum differs"),
        (f"{digest}  {GOOD}\n{digest}  README.md\n{digest}  more\n", "'more' is missing"),
        (f"{digest} {GOOD}\n", "is no checksum"), ("", "has no checksum"),
    ):  # fmt: skip
        refused(packed(tmp_path / "bad.zip", good, sums), why, tmp_path)
    with zipfile.ZipFile(tmp_path / "bad.zip", "w") as target:
        target.writestr(entry(GOOD), b"x")
    refused(tmp_path / "bad.zip", "not an archive of negotiation-sim", tmp_path)


def test_damaged_and_encrypted_files_are_refused(made, tmp_path):
    data, file = made["one"].file.read_bytes(), tmp_path / "bad.zip"
    for bad, why in (
        (b"", "not a zip file"), (b"PK" * 2000, "not a zip file"), (data[:-30], "not a zip file"),
        (data[2000:], "damaged"), (data[:1500] + b"\xff" * 40 + data[1540:], ""),
    ):  # fmt: skip
        file.write_bytes(bad)
        refused(file, why, tmp_path)
    end = data.rfind(b"PK\x05\x06")
    cut = data[:end] + b"PK\x06\x07" + b"\0" * 16 + data[end:]  # says that it is of more than 4 GB
    file.write_bytes(cut)
    refused(file, "lists more than", tmp_path)
    central = struct.unpack("<L", data[end + 16 : end + 20])[0]
    locked = bytearray(data)
    locked[central + 8] |= 1
    file.write_bytes(bytes(locked))
    refused(file, "is encrypted", tmp_path)
    packed_oddly = bytearray(data)
    packed_oddly[central + 10] = 12  # bzip2
    file.write_bytes(bytes(packed_oddly))
    refused(file, "packed in a way that we do not use", tmp_path)


def test_a_size_that_lies_is_refused(tmp_path):
    body = b"0" * 100_000
    file = tmp_path / "lies.zip"
    said = f"{hashlib.sha256(body).hexdigest()}  {GOOD}\n".encode()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as target:
        target.writestr(entry(GOOD, compress_type=zipfile.ZIP_DEFLATED), body)
        target.writestr(entry(SUMS), said)
    data = file.read_bytes()
    small = data.replace(struct.pack("<L", len(body)), struct.pack("<L", 10))
    assert small != data
    file.write_bytes(small)
    refused(file, "", tmp_path)


def test_a_manifest_that_was_altered_is_refused_in_an_archive_too(made, tmp_path):
    with zipfile.ZipFile(made["one"].file) as source:
        entries = [(entry(name), source.read(name)) for name in source.namelist() if name != SUMS]
    for place, (info, data) in enumerate(entries):
        if info.filename.endswith("manifest.json"):
            entries[place] = (info, data.replace(b'"seed": 1', b'"seed": 2'))
    file = packed(tmp_path / "altered.zip", entries)
    with pytest.raises(StoreError, match="altered, its inputs do not give its id"):
        api.reproduce(file)


def test_links_in_a_run_folder_are_not_followed(made, tmp_path):
    folder = Path(shutil.copytree(made["run"].folder, tmp_path / made["run"].id))
    secret = tmp_path / "secret.txt"
    secret.write_text("secret")
    (folder / "figures" / "more.png").symlink_to(secret)
    (folder / "report.html").symlink_to(secret)
    names = api.archive(folder, tmp_path / "x.zip").files
    assert not any("more.png" in name or "report.html" in name for name in names)


def test_bad_words_are_refused_in_one_line(made, tmp_path):
    for words, why in (
        ({"out": tmp_path / "x.tar"}, "must end in .zip"),
        ({"out": tmp_path / "none" / "x.zip"}, "no such folder"),
        ({"license": "my own"}, "no SPDX identifier"),
    ):
        with pytest.raises(UsageError, match=why):
            api.archive(made["run"], **words)
    with pytest.raises(UsageError, match="name at least one run"):
        api.archive([])
    done = call("archive", made["run"].folder, "--out", tmp_path / "x.zip", "--author", "A", "B")
    assert done.exit_code == 0 and "reproduce" in done.stdout and (tmp_path / "x.zip").is_file()
    damaged = Path(shutil.copytree(made["run"].folder, tmp_path / made["run"].id))
    (damaged / "summary.csv").write_text("strategy\n")
    with pytest.raises(StoreError, match="damaged, its checksum differs"):
        api.archive(damaged, tmp_path / "y.zip")
    assert not (tmp_path / "y.zip").exists()


# Tables, citation, ODD.


def test_tables_are_set_with_every_row_and_nothing_left_raw():
    table = pd.DataFrame(
        {"a_b": ["50 %", "x & y", "{_}^~\\#$", "<i>|`"], "n": [1, 2, 3, 4],
         "p": [0.123456, float("nan"), 0.0, 1.0]}
    )  # fmt: skip
    latex = as_latex(table, "100 % of a_b", "tab-x")
    body = latex.split(r"\endlastfoot")[1].split(r"\end{longtable}")[0].strip().splitlines()
    assert len(body) == 4 and all(line.endswith(r" \\") for line in body)
    assert body[0] == r"50 \% & 1 & 0.123 \\"
    assert body[1] == r"x \& y & 2 & -- \\"
    assert r"\begin{longtable}{lrr}" in latex and r"\caption{100 \% of a\_b}" in latex
    assert latex_text("a\nb\x1b") == "a b"
    lines = as_markdown(table).splitlines()
    assert lines[1] == "| --- | ---: | ---: |" and len(lines) == 6
    assert lines[5] == r"| \<i>\|` | 4 | 1 |"


def test_a_citation_names_program_and_run(made):
    found = read_citation()
    assert found.title in api.cite() and found.authors[0] in api.cite()
    assert made["run"].id in api.cite(made["run"])
    assert api.cite(form="cff").startswith("cff-version: 1.2.0")
    with pytest.raises(UsageError, match="did you mean 'bibtex'"):
        api.cite(form="bibtx")
    assert call("cite", "--form", "bibtex").stdout.startswith("@misc{negotiation-sim,")


def test_a_citation_file_without_authors_is_refused(tmp_path):
    file = tmp_path / "CITATION.cff"
    for text, why in (
        ("title: x\nversion: '1'\nlicense: MIT\n", "authors: nobody"),
        ("version: '1'\n", "title: no text"),
    ):
        file.write_text(text)
        with pytest.raises(CatalogueError, match=why):
            read_citation(file)
    with pytest.raises(CatalogueError, match="no such file"):
        read_citation(tmp_path / "none.cff")


@pytest.mark.parametrize("name", ["bellagio", "cd-65"])
def test_the_odd_of_a_study_names_all_that_it_is_made_of(name, tmp_path):
    setting, text = load_setting(name), api.odd(name, tmp_path / "ODD.md")
    assert (tmp_path / "ODD.md").read_text("utf-8") == text
    headings = re.findall(r"^## (\d) ", text, re.M)
    assert headings == ["1", "2", "3", "4", "5", "6", "7"]
    for records in (setting.actors, setting.venues, setting.initiatives, setting.environment):
        assert all(re.search(rf"\b{re.escape(key)}\b", text.replace("\\", "")) for key in records)
    for strategy in setting.strategies:
        assert strategy.name in text.replace("\\", "")
    figure = setting.environment["pace"]
    assert f"| pace | {figure.value:g} |" in text
    assert f"{setting.success.deadline_years:g} years" in text


def test_the_odd_follows_the_inputs(tmp_path):
    study = write_experiment(tmp_path, "", EXPERIMENT_WITH)
    text = api.odd(study)
    assert "3 years of January 2009" in text and "**States** (3)" in text
    assert "Wider question" in text


EXPERIMENT_WITH = """\
id: small
name: Three states
question: Wider question?
start: 2009-01
horizon_years: 6
issues: [form, scope]
success:
  deadline_years: 3
  success_share: {value: 0.2, basis: assumed, note: a fifth}
cast: [CAN, FRA, IND]
strategies:
  - code@COPUOS
"""


# Figures straight from a run.


@pytest.mark.parametrize("kind", ["probability", "survival", "funnel", "causes", "texts"])
def test_a_figure_of_a_run_is_the_same_from_replicates_counts_and_archive(made, kind, tmp_path):
    written = []
    for run in (made["run"], f"{made['all'].file}/{made['run'].id}", made["summary"]):
        file = tmp_path / f"{len(written)}.svg"
        assert api.plot(run, kind, file).axes
        written.append(file.read_bytes())
    assert written[0] == written[1]
    if kind != "probability":  # which shows the spread over beliefs, too
        assert written[0] == written[2]
    own = made["run"].folder / "figures" / f"{kind}.png"
    api.plot(made["run"], kind, tmp_path / "own.png")
    assert (tmp_path / "own.png").read_bytes() == own.read_bytes()


def test_a_figure_that_cannot_be_drawn_is_refused(made, tmp_path):
    done = call("plot", made["run"].folder, "--kind", "surviva", "--out", tmp_path / "x.svg")
    assert done.exit_code == 2 and "did you mean 'survival'" in done.stderr
    with pytest.raises(UsageError, match="the name must end in"):
        api.plot(made["run"], out=tmp_path / "x.gif")
    with pytest.raises(StoreError, match="a sweep, not a run"):
        api.plot(made["sweep"])
    assert call("plot", made["run"].folder, "--out", tmp_path / "p.pdf").exit_code == 0
    assert (tmp_path / "p.pdf").is_file()
