"""Bad input of every kind gives one message with file, line and field; good input loads."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from helpers import catalogue_files
from negotiation_sim.catalogue import check_paths, load_setting
from negotiation_sim.catalogue.schema import Setting
from negotiation_sim.errors import CatalogueError

EXPERIMENT = "experiments/small.yaml"
USA, CD, COPUOS = "actors/USA.yaml", "venues/CD.yaml", "venues/COPUOS.yaml"
BAN, GROUP = "experiments/initiatives/ban.yaml", "actors/population.yaml"
ENVIRONMENT = "experiments/environment.yaml"

# name, file, what stands there, what is written instead, a part of the line of the error,
# field, words of the message; an error in another file than the one changed names it first
BAD = [
    # unknown names
    ("actor", EXPERIMENT, "cast: [USA, CHN, CAN, ALB]", "cast: [USA, CHM]", "cast:", "cast.1",
     "no actor 'CHM'; did you mean 'CHN'?"),
    ("venue", EXPERIMENT, "- ban@CD", "- ban@CDD", "- ban@CDD", "strategies.0",
     "no venue 'CDD'; did you mean 'CD'?"),
    ("initiative", EXPERIMENT, "- ban@CD", "- bann@CD", "- bann@CD", "strategies.0",
     "no initiative 'bann'; did you mean 'ban'?"),
    ("fallback", EXPERIMENT, "code@CD>adhoc-optin", "code@CD>adhoc-opt", "code@CD>",
     "strategies.2.name", "no venue 'adhoc-opt'; did you mean 'adhoc-optin'?"),
    ("overridden actor", EXPERIMENT, "  USA:\n", "  USB:\n", "  USB:", "actors.USB",
     "no actor 'USB'; did you mean 'USA'?"),
    ("overridden figure", EXPERIMENT, "    weapons_concern: 0.4", "    weapon_concern: 0.4",
     "weapon_concern", "actors.USA.weapon_concern", "did you mean 'weapons_concern'?"),
    ("parameter", EXPERIMENT, "  withdrawal:", "  withdrawl:", "withdrawl", "environment.withdrawl",
     "unknown parameter; did you mean 'withdrawal'?"),
    ("field", USA, "capability:", "capabilty:", "", "capability",
     "missing; this field must be given"),
    ("extra field", USA, "turnover_dates:", "turnover_date:", "turnover_date", "turnover_date",
     "unknown field; did you mean 'turnover_dates'?"),
    ("field of a figure", USA, "range: [0.05, 0.07]", "rang: [0.05, 0.07]", "a guess",
     "margin.rang", "unknown field; did you mean 'range'?"),
    ("rule", CD, "rule: consensus", "rule: consensu", "decision", "decision.rule",
     "found the text 'consensu'; did you mean 'consensus'?"),
    ("source", USA, "source: un-scale", "source: un-scales", "capability", "capability.source",
     "source 'un-scales' is not in sources.yaml; did you mean 'un-scale'?"),
    ("source of an override", EXPERIMENT, "weapons_concern: 0.4",
     "weapons_concern: {value: 0.4, basis: expert, source: workshp}", "weapons_concern",
     "actors.USA.weapons_concern.source",
     "did you mean 'workshop'?"),
    ("member", CD, "[USA, CHN, CAN, ALB]", "[USA, CHN, CAN, ALX]", "members", "members.3",
     "no actor 'ALX'; did you mean 'ALB'?"),
    ("required member", CD, "{rule: consensus}", "{rule: consensus, required: [CUB]}", "decision",
     "decision.required.0", "'CUB' is not a member; allowed: ALB"),
    ("vote of a stranger", "venues/adhoc-optin.yaml", "{rule: opt_in}",
     "{rule: opt_in, weights: {USB: 3}}", "decision", "decision.weights.USB",
     "no actor 'USB'; did you mean 'USA'?"),
    ("passed on", "venues/paris-group.yaml", "passes_to: COPUOS", "passes_to: COPOUS", "passes_to",
     "passes_to", "no venue 'COPOUS'; did you mean 'COPUOS'?"),
    ("state in success", EXPERIMENT, "deadline_years: 5", "states: [CUB]", "states",
     "success.states.0", "'CUB' is not in the cast"),
    ("id", USA, "id: USA", "id: USB", "id:", "id", "'USB' is not the name of its file or row, USA"),
    # values out of range
    ("share", USA, "value: 0.06", "value: 1.6", "margin", "margin",
     "value 1.6 lies outside its range"),
    ("share, no range", USA, "trust: {value: 0.5", "trust: {value: 1e6", "trust", "trust",
     "1000000.0 is not between 0.0 and 1.0"),
    ("override", EXPERIMENT, "weapons_concern: 0.4", "weapons_concern: -0.4", "weapons_concern",
     "actors.USA.weapons_concern",
     "-0.4 is not between 0.0 and 1.0"),
    ("weeks", CD, "8: 4", "8: 9", "weeks", "calendar.weeks.8",
     "found the number 9, expected at most 5"),
    ("month of the year", CD, "8: 4", "13: 4", "weeks", "calendar.weeks.13",
     "a calendar month is 1 to 12"),
    ("bounds", EXPERIMENT, "value: 0.1", "value: 7", "withdrawal", "environment.withdrawal",
     "7 is not between 0 and 1 (per year)"),
    ("blocs", GROUP, "{NATO: 0.6}", "{NATO: 0.6, EU: 0.9}", "  ALB:", "rows.ALB.blocs",
     "the squared loadings sum to 1.170, above 1"),
    # missing, duplicate
    ("duplicate key", USA, "trust:", "capability: 3\ntrust:", "capability: 3", "capability",
     "the key stands twice (first on line 4)"),
    ("no basis", USA, "basis: assumed, note: neutral", "note: neutral", "trust", "trust.basis",
     "missing; this field must be given"),
    ("no note", USA, "basis: assumed, note: neutral", "basis: assumed", "trust", "trust",
     "an assumed figure needs a 'note' that says why"),
    ("no source", USA, "source: un-scale", "year: 2008", "capability", "capability",
     "a measured figure needs a 'source'"),
    ("parameter left out", ENVIRONMENT, "  spillover:\n", "  spilover:\n", "  spilover:",
     "parameters.spilover", "unknown parameter; did you mean 'spillover'?"),
    ("actor twice", EXPERIMENT, "cast: [USA, CHN, CAN, ALB]", "cast: [USA, USA]", "cast:", "cast.1",
     "'USA' stands twice"),
    ("strategy twice", EXPERIMENT, "patience: 24", "patience: 24\n  - name: ban@CD",
     "- name: ban@CD", "strategies.3.name", "the name 'ban@CD' stands twice"),
    # wrong types
    ("bare number", USA, "trust: {value: 0.5, basis: assumed, note: neutral}", "trust: 0.5",
     "trust", "trust", "found the number 0.5, expected a mapping of names to values"),
    ("text for a number", USA, "trust: {value: 0.5", "trust: {value: half", "trust", "trust.value",
     "found the text 'half', expected a number"),
    ("number for a text", CD, "name: The CD", "name: 1978", "name:", "name",
     "found the number 1978, expected a text; write it in quotes"),
    ("text for a list", USA, "groups: [NATO, P5]", "groups: NATO", "groups", "groups",
     "found the text 'NATO', expected a list"),
    ("list for the whole", CD, "id: CD\n", "- id: CD\n", "", "", "not valid YAML"),
    ("strategy is a number", EXPERIMENT, "- ban@CD\n", "- 7\n", "- 7", "strategies.0",
     "found the number 7, expected a name or a mapping with a name"),
    ("cell is a text", GROUP, "0.9, 0.003, 0.1", "0.9, low, 0.1", "  ALB:", "rows.ALB.capability",
     "found the text 'low', expected a number"),
    ("short row", GROUP, "{NAM: 0.5}, -2.0,", "{NAM: 0.5},", "  CUB:", "rows.CUB",
     "7 values for 8 columns"),
    ("column", GROUP, "capability, form,", "capability, forms,", "columns", "columns.5",
     "unknown column 'forms'; did you mean 'form'?"),
    ("pair", "actors/ties.yaml", "CAN-USA: [0.8, 1]", "CAN-USA: [0.8, 2]", "CAN-USA",
     "pairs.CAN-USA", "both between 0 and 1"),
    # the surprises of YAML
    ("NO", "venues/paris-group.yaml", "adopts: false", "adopts: NO", "adopts", "adopts",
     "found the text 'NO', expected true or false; yes and no are read as text"),
    ("True", "venues/paris-group.yaml", "adopts: false", "adopts: False", "adopts", "adopts",
     "found the text 'False', expected true or false; in small letters"),
    ("12:30", USA, "trust: {value: 0.5", "trust: {value: 12:30", "trust", "trust.value",
     "found the text '12:30', expected a number"),
    ("01234", USA, "trust: {value: 0.5", "trust: {value: 01234", "trust", "trust.value",
     "found the text '01234', expected a number; numbers are decimal"),
    ("1e400", USA, "trust: {value: 0.5", "trust: {value: 1e400", "trust", "trust.value",
     "1e400 is too large for a number"),
    ("infinity", USA, "trust: {value: 0.5", "trust: {value: .inf", "trust", "trust.value",
     "found the text '.inf', expected a number"),
    ("anchor", USA, "groups: [NATO, P5]", "groups: &all [NATO, P5]", "groups", "groups",
     "anchor &all: anchors are not read"),
    ("alias without end", USA, "groups: [NATO, P5]", "groups: &all [*all]", "groups", "groups",
     "anchor &all: anchors are not read"),
    ("merge key", USA, "groups: [NATO, P5]", "<<: {groups: [NATO]}", "<<", "", "merge key <<"),
    ("tag", USA, "groups: [NATO, P5]", "groups: !!set {NATO}", "groups", "groups",
     "tags are not read"),
    ("comma in a note", USA, "note: neutral", "note: neutral, as ever", "trust", "trust.as ever",
     "write a text with commas in quotes"),
    ("tab", USA, "  scope: {value: 0.4", "\tscope: {value: 0.4", "\tscope", "",
     "a tab; YAML is indented with spaces"),
    # no members, no weights, no room
    ("venue without members", CD, "[USA, CHN, CAN, ALB]", "[]", "members", "members",
     "the venue has none; list some or write 'open'"),
    ("no member in the cast", CD, "[USA, CHN, CAN, ALB]", "[CUB]", "members", "members",
     "none of the members is in the cast (ALB, CAN, CHN, USA)"),
    ("no capability", USA, "capability: {value: 0.5", "capability: {value: -1", "capability",
     "capability", "-1.0 is not between 0.0"),
    ("saliences all zero", USA, "{value: 0.5, basis: assumed, note: equal weights}",
     "{value: 0, basis: assumed, note: none}", "salience", "salience",
     "all zero on the issues used (form, scope)"),
    ("no ideal point", EXPERIMENT, "[form, scope]", "[form, scope, verification]",
     (GROUP, "  ALB:"), "rows.ALB.ideal_point", "none for the issue 'verification'"),
    ("empty box", BAN, "scope: [0.1, 0.8]", "scope: [0.8, 0.1]", "box", "mandate.box.scope",
     "[0.8, 0.1] is empty"),
    ("text outside the box", BAN, "scope: {value: 0.2", "scope: {value: 0.9", "scope: {value: 0.9",
     "text.scope", "0.9 lies outside the mandate [0.1, 0.8]"),
    ("no start text", BAN, "  scope: {value: 0.2, basis: coded, source: draft}\n", "", "text:",
     "text", "no start text for the issue 'scope'"),
    ("binding unknown", EXPERIMENT, "[form, scope]", "[scope]", (BAN, ""), "binding",
     "say whether it is binding"),
    ("no quota", COPUOS, ", quota: [2, 3]", "", "decision", "decision.quota",
     "a qualified majority needs one"),
    ("half as quota", COPUOS, "[2, 3]", "[1, 2]", "decision", "decision.quota",
     "1/2 is not above one half"),
    # contradictory dates and orders
    ("dissolved before the start", COPUOS, "2030-01", "2008-12", "dissolved", "dissolved",
     "2008-12 is not after the start of the experiment, 2009-01"),
    ("malformed date", USA, "[2009-01]", "[2009-13]", "turnover_dates", "turnover_dates.0",
     "a month is written YYYY-MM"),
    ("deadline", EXPERIMENT, "deadline_years: 5", "deadline_years: 16", "deadline",
     "success.deadline_years", "the deadline of 16 years lies beyond the horizon of 15"),
    ("start beyond the horizon", EXPERIMENT, "patience: 24", "start: 180", "start: 180",
     "strategies.2.start", "month 180 lies beyond the horizon of 180 months"),
    ("waits for itself", EXPERIMENT, "patience: 24", "after: 0", "after", "strategies.2.after",
     "track 0 waits for itself"),
    ("waits for a later one", EXPERIMENT, "code@CD>adhoc-optin\n    patience: 24",
     "ban@CD+code@CD\n    after: [1, null]", "after", "strategies.2.after.0",
     "track 0 waits for a later one, 1"),
    ("waits for none", EXPERIMENT, "patience: 24", "after: 3", "after", "strategies.2.after",
     "no track 3"),
    ("no such track", EXPERIMENT, "patience: 24", "succeeds_when: [1]", "succeeds_when",
     "strategies.2.succeeds_when.0", "no track 1"),
    ("own fallback", EXPERIMENT, "CD>adhoc-optin", "CD>CD", "CD>CD", "strategies.2.name",
     "circular: the fallback of CD is CD itself"),
    ("passes to itself", "venues/paris-group.yaml", "passes_to: COPUOS", "passes_to: paris-group",
     "passes_to", "passes_to", "circular: paris-group > paris-group"),
    ("a circle of two", COPUOS, "dissolved: 2030-01", "adopts: false\npasses_to: paris-group",
     "passes_to", "passes_to", "circular: COPUOS > paris-group > COPUOS"),
    ("under way outside", EXPERIMENT, "patience: 24", "underway: {text: {scope: 0.9}}", "underway",
     "strategies.2.underway.text.scope", "0.9 lies outside the mandate [0.1, 0.8]"),
    # the grammar of strategies
    ("no venue", EXPERIMENT, "- ban@CD\n", "- ban\n", "- ban", "strategies.0",
     "'ban' has no '@venue'"),
    ("pledges first", EXPERIMENT, "- ban@CD\n", "- pledges+ban@CD\n", "- pledges",
     "strategies.0", "'+pledges' follows a track"),
    ("a path as a name", EXPERIMENT, "- ban@CD\n", "- ban@../CD\n", "- ban", "strategies.0",
     "'../CD' is no venue"),
    ("list of another length", EXPERIMENT, "patience: 24", "patience: [24, 36]", "patience",
     "strategies.2.patience", "2 values for 1 tracks"),
    ("strategy field", EXPERIMENT, "patience: 24", "patiens: 24", "patiens", "strategies.2.patiens",
     "unknown field; did you mean 'patience'?"),
]  # fmt: skip


def _line(text: str, part: str) -> int:
    return text.count("\n", 0, text.index(part)) + 1


@pytest.mark.parametrize("case", BAD, ids=[case[0] for case in BAD])
def test_bad_input_gives_one_message_with_file_line_and_field(case, tmp_path):
    _, file, old, new, part, field, words = case
    text = catalogue_files.files()[file]
    assert old in text, "the test must change something"
    text = text.replace(old, new)
    catalogue_files.write(tmp_path, {file: text})
    with pytest.raises(CatalogueError) as caught:
        load_setting("small", root=tmp_path)
    error = caught.value
    place, part = (file, part) if isinstance(part, str) else part
    assert error.file == place
    assert error.field == field
    assert words in error.message
    assert "\n" not in str(error)
    if part:
        where = text if place == file else catalogue_files.files()[place]
        assert error.line == _line(where, part)


@pytest.mark.parametrize("case", BAD, ids=[case[0] for case in BAD])
def test_check_finds_what_loading_refuses(case, tmp_path):
    _, file, old, new, part, field, words = case
    text = catalogue_files.files()[file].replace(old, new)
    catalogue_files.write(tmp_path, {file: text})
    found = check_paths([tmp_path], root=tmp_path)
    place = file if isinstance(part, str) else part[0]
    assert any(
        error.file == place and error.field == field and words in error.message for error in found
    ), [str(error) for error in found]


def test_the_small_catalogue_is_sound(tmp_path):
    catalogue_files.write(tmp_path)
    assert check_paths([tmp_path], root=tmp_path) == []


@pytest.mark.parametrize(
    ("name", "content", "line", "words"),
    [
        ("empty", b"", None, "the file is empty"),
        ("only a comment", b"# nothing\n", None, "the file is empty"),
        ("Latin-1", b"id: USA\nname: \xc9tats-Unis\n", 2, "not UTF-8 text"),
        ("too large", b"# " + b"x" * 2_000_001, None, "at most 2,000,000 are read"),
        ("too deep", b"id: " + b"[" * 40, 1, "nested deeper than 20 levels"),
        ("two documents", b"id: USA\n---\nid: USA\n", 2, "a second document begins here"),
        ("not closed", b"id: [USA\n", 2, "not valid YAML"),
        ("control character", b"id: USA\nname: \x07\n", 2, "a character that YAML does not allow"),
    ],
)
def test_a_file_that_cannot_be_read_gives_one_message(name, content, line, words, tmp_path):
    catalogue_files.write(tmp_path)
    (tmp_path / USA).write_bytes(content)
    with pytest.raises(CatalogueError, match=words) as caught:
        load_setting("small", root=tmp_path)
    assert (caught.value.file, caught.value.line) == (USA, line)


def test_an_unknown_experiment_names_the_nearest(tmp_path):
    catalogue_files.write(tmp_path)
    with pytest.raises(CatalogueError, match="no experiment 'smal'; did you mean 'small'"):
        load_setting("smal", root=tmp_path)
    with pytest.raises(CatalogueError, match=r"small\.yaml: no such file; did you mean 'small'"):
        load_setting(tmp_path / "small.yaml", root=tmp_path)
    with pytest.raises(CatalogueError, match="cannot be read: File name too long"):
        load_setting("x" * 5000, root=tmp_path)


def test_check_reports_all_errors_of_a_folder(tmp_path):
    files = catalogue_files.files()
    changes = {
        USA: files[USA].replace("source: un-scale", "source: nobody").replace("0.06", "1.6"),
        CD: files[CD].replace("rule: consensus", "rule: unanimity"),
        "actors/CHN.yml": "id: CHN",
    }
    catalogue_files.write(tmp_path, changes)
    found = check_paths([tmp_path], root=tmp_path)
    places = {(error.file, error.field) for error in found}
    assert {(USA, "capability.source"), (USA, "margin"), (CD, "decision.rule")} <= places
    assert len({str(error) for error in found}) == len(found)
    assert any("end in .yaml" in error.message for error in found)
    assert "no such file or folder" in check_paths([tmp_path / "x"], root=tmp_path)[0].message


@pytest.fixture(scope="module")
def scratch(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("mutations")


TOKENS = ["[", "]", "{", "}", ":", "- ", "&a ", "*a", "!x ", "|", ">", "'", '"', "#", "\n", "  ",
          "\t", "null", "true", "NO", "1e6", "12:30", "-", "0", "9" * 60, "é", "\x00", "<<: ", "%",
          "@", "+", "~", ".nan", "\u2028"]  # fmt: skip


@st.composite
def _mutations(draw) -> tuple[str, str]:
    others = ["actors/ties.yaml", "actors/sources.yaml", ENVIRONMENT]
    file = draw(st.sampled_from([EXPERIMENT, USA, CD, COPUOS, BAN, GROUP, *others]))
    text = catalogue_files.files()[file]
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, len(text)))
        what = draw(st.sampled_from(["insert", "delete", "replace", "drop line", "copy line"]))
        if what in ("insert", "replace"):
            length = draw(st.integers(0, 8)) if what == "replace" else 0
            text = text[:at] + draw(st.sampled_from(TOKENS)) + text[at + length :]
        elif what == "delete":
            text = text[:at] + text[at + draw(st.integers(1, 12)) :]
        else:
            lines = text.split("\n")
            number = draw(st.integers(0, len(lines) - 1))
            lines[number : number + 1] = [lines[number]] * (2 if what == "copy line" else 0)
            text = "\n".join(lines)
    return file, text


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(mutation=_mutations())
def test_no_mutation_of_a_file_gives_anything_but_a_catalogue_error(mutation, scratch):
    file, text = mutation
    catalogue_files.write(scratch, {file: text})
    try:
        setting = load_setting("small", root=scratch)
    except CatalogueError as error:
        assert "\n" not in str(error)
        assert error.file
    else:
        assert Setting.model_validate_json(setting.model_dump_json()) == setting
    for error in check_paths([scratch], root=scratch):
        assert isinstance(error, CatalogueError)


@pytest.mark.parametrize("seed", range(3))
def test_the_order_of_keys_and_actors_changes_nothing(seed, tmp_path):
    rng = random.Random(seed)
    plain = load_setting("small", root=catalogue_files.write(tmp_path / "plain"))
    changes = {}
    for file, text in catalogue_files.files().items():
        if file.startswith(("actors/", "venues/")) and "sources" not in file:
            blocks: list[str] = []
            for line in text.strip().split("\n"):
                if line.startswith(" "):
                    blocks[-1] += "\n" + line
                else:
                    blocks.append(line)
            rng.shuffle(blocks)
            changes[file] = "\n".join(blocks) + "\n"
    experiment = catalogue_files.EXPERIMENT.replace("[USA, CHN, CAN, ALB]", "[ALB, CAN, USA, CHN]")
    root = catalogue_files.write(tmp_path / "shuffled", {**changes, EXPERIMENT: experiment})
    shuffled = load_setting("small", root=root)
    assert shuffled.model_dump_json() == plain.model_dump_json()


def test_a_setting_survives_json(tmp_path):
    setting = load_setting("small", root=catalogue_files.write(tmp_path))
    assert Setting.model_validate_json(setting.model_dump_json()) == setting
