"""Changes to the text of a YAML file, entry by entry: what is not touched stays as it was written."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import yaml

from negotiation_sim.catalogue.strict_yaml import Path_

Node = yaml.nodes.Node


class Edit(NamedTuple):
    """A part of a text, from ``start`` to before ``end``, and what takes its place."""

    start: int
    end: int
    text: str


def compose(text: str) -> Any:
    """Return the tree of a text in YAML, each node with its place in the text."""
    tree: Node | None = yaml.compose(text, Loader=yaml.SafeLoader)
    assert tree is not None, "an empty text has no entries"
    return tree


def changed(text: str, edits: list[Edit]) -> str:
    """Return a text with all edits made; none overlaps another."""
    for edit in sorted(edits, reverse=True):
        text = text[: edit.start] + edit.text + text[edit.end :]
    return text


def line_of(node: Node) -> int:
    """Return the line on which a node begins, from 1."""
    return int(node.start_mark.line) + 1


def entries(node: Any) -> dict[str, tuple[Node, Node]]:
    """Return key and value of a mapping's entries by name; none where it is no mapping."""
    if not isinstance(node, yaml.MappingNode):
        return {}
    return {str(key.value): (key, value) for key, value in node.value}


def at(node: Any, *path: str) -> Any:
    """Return the node at a path of names, None where there is none."""
    for name in path:
        found = entries(node).get(name)
        if found is None:
            return None
        node = found[1]
    return node


def scalars(node: Any, path: Path_ = ()) -> Iterator[tuple[Path_, Node]]:
    """Yield every name and every plain value below a node, with the path that leads to it."""
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield path, key
            yield from scalars(value, (*path, str(key.value)))
    elif isinstance(node, yaml.SequenceNode):
        for number, item in enumerate(node.value):
            yield from scalars(item, (*path, number))
    elif isinstance(node, yaml.ScalarNode):
        yield path, node


def end_of(text: str, node: Node) -> int:
    """Return where a node ends: behind its last letter, before any remark that follows."""
    if isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
        last = node.value[-1]
        return end_of(text, last[1] if isinstance(last, tuple) else last)
    part = text[node.start_mark.index : node.end_mark.index]
    return int(node.start_mark.index) + len(part.rstrip())


def replaced(text: str, key: Node, value: Node, new: str) -> Edit:
    """Return the edit that writes another entry in the place of one."""
    return Edit(key.start_mark.index, end_of(text, value), new)


def removed(text: str, holder: Any, numbers: set[int]) -> list[Edit]:
    """Return the edits that take items out of a mapping or a list, with their lines or commas.

    Where nothing is left an empty one of the same kind stands in its place.
    """
    assert isinstance(holder, yaml.nodes.CollectionNode)
    spans = [_span(text, item) for item in holder.value]
    empty = "{}" if isinstance(holder, yaml.MappingNode) else "[]"
    empty = "" if holder.flow_style else empty
    if len(numbers) == len(spans):
        return [Edit(spans[0][0], spans[-1][1], empty)]
    if holder.flow_style:
        return [_out_of_flow(spans, n, numbers) for n in sorted(numbers)]
    return [_lines(text, *spans[n]) for n in sorted(numbers)]


def _span(text: str, item: Any) -> tuple[int, int]:
    first, last = item if isinstance(item, tuple) else (item, item)
    return int(first.start_mark.index), end_of(text, last)


def _out_of_flow(spans: list[tuple[int, int]], n: int, numbers: set[int]) -> Edit:
    """Return the edit for one item: with the comma after it, of the last ones the comma before."""
    if any(later not in numbers for later in range(n + 1, len(spans))):
        return Edit(spans[n][0], spans[n + 1][0], "")
    return Edit(spans[n - 1][1], spans[n][1], "")


def _lines(text: str, start: int, end: int) -> Edit:
    """Return the edit that removes the whole lines of an item, a remark behind it included."""
    first = text.rfind("\n", 0, start) + 1
    if text[first:start].strip(" ") not in ("", "-"):
        first = start
    last = text.find("\n", end)
    return Edit(first, len(text) if last < 0 else last + 1, "")
