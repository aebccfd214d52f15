"""A name has one meaning: of files, of classes, and of words that were given up for clearer ones."""

from __future__ import annotations

import ast
from collections import defaultdict
from pathlib import Path

import negotiation_sim

PACKAGE = Path(negotiation_sim.__file__).parent
TREES = {path: ast.parse(path.read_text("utf-8")) for path in sorted(PACKAGE.rglob("*.py"))}
GIVEN_UP = {"hangs_on", "tally", "tallies", "rundata", "patching"}
TWO_TRACKS = {"Track"}  # of a strategy in the catalogue, and its record while it is negotiated


def test_no_two_files_share_a_name_across_folders():
    places = defaultdict(list)
    for path in TREES:
        if not path.name.startswith("__"):
            places[path.name].append(path.parent.name)
    assert len(places) > 150
    assert not {name: found for name, found in places.items() if len(found) > 1}


def test_no_two_classes_share_a_name():
    places = defaultdict(list)
    for path, tree in TREES.items():
        for node in tree.body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                places[node.name].append(path.relative_to(PACKAGE).as_posix())
    twice = {name: found for name, found in places.items() if len(found) > 1}
    assert set(twice) <= TWO_TRACKS, twice


def test_words_given_up_name_nothing():
    for path, tree in TREES.items():
        used = {path.stem}
        for node in ast.walk(tree):
            used |= {
                getattr(node, field, None) for field in ("id", "attr", "arg", "name", "asname")
            }
        assert not GIVEN_UP & {name for name in used if isinstance(name, str)}, path
