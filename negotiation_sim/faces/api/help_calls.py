"""The call behind ``help``: what a field of any file is, from its record and its declaration."""

from __future__ import annotations

from negotiation_sim.catalogue.process_parameters import environment_table
from negotiation_sim.errors import UsageError, nearest
from negotiation_sim.runs.sweep.design.spec import KINDS, MORRIS_LEVELS
from negotiation_sim.runs.sweep.plan import MAX_REPLICATES, REPLICATES
from negotiation_sim.words.fields import PROCESS, FieldWords, all_fields

# Keys of an experiment's ``sweep``: type, default, meaning, example.
SWEEP = {
    "design": ("text", "grid", ", ".join(f"`{kind}`" for kind in KINDS), "latin-hypercube"),
    "vary": ("mapping", "", "by dotted path: values, or `from`, `to` and `steps`",
             "{environment.pace: {from: 0.02, to: 0.1, steps: 5}}"),
    "points": ("list, or a CSV file", "", "the points themselves, in place of `vary`",
               "[{environment.pace: 0.05}, {environment.pace: 0.1}]"),
    "size": ("whole number", "by design", "of a sampled design", "500"),
    "design_seed": ("whole number", "0", "of a sampled design; the worlds have their own", "3"),
    "levels": ("whole number", str(MORRIS_LEVELS), "grid levels of `morris`", "6"),
    "replicates": ("whole number", str(REPLICATES), "worlds at each point", "500"),
    "precision": (
        "number", "", "in place of `replicates`: half-width that each point reaches", "0.02",
    ),
    "max_replicates": (
        "whole number", str(MAX_REPLICATES), "with `precision`: at most so many", "5000",
    ),
    "keep_replicates": ("true or false", "false", "whether single replicates are kept", "true"),
}  # fmt: skip
# Keys of the file that ``levers --terms`` reads: type, default, meaning, example.
TERMS = {
    "cost": ("mapping to numbers", "1", "by pattern of levers: cost of the whole reach",
             "{actors.*: 3}"),
    "reach": ("mapping to numbers", "by lever", "how far it may go, in the lever's own unit",
              "{actors.*.margin: 0.1}"),
    "without": ("list of texts", "", "patterns of levers that are not to be pulled",
                "[venues.*.rule]"),
}  # fmt: skip
FIRST = {
    "actors": "Actors", "venues": "Venues", "initiatives": "Initiatives",
    "environment": PROCESS, "strategies": "Strategies", "success": "Success", "sweep": "Sweep",
    "groups": "Negotiating groups", "scales": "Scale", "decision": "Decision", "mandate": "Decision",
    "calendar": "Calendar", "remit": "Box", "entry_into_force": "Entry into force",
    "underway": "Underway", "facts": "Facts of a mandate", "evidence": "Evidence",
}  # fmt: skip


def fields() -> list[FieldWords]:
    """Return what is said of every field of every file."""
    defaults = environment_table()
    found = []
    for words in all_fields():
        if words.section == PROCESS and words.name in defaults:
            shown = f"{defaults[words.name].value:g}"
            words = words.with_default(shown)
        found.append(words)
    for section, place, keys in (
        ("Sweep", "An experiment's `sweep`.", SWEEP),
        ("Terms of levers", "The file that `levers --terms` reads.", TERMS),
    ):
        found += [
            FieldWords(section, place, key, kind, "", "", default, "", meaning, example)
            for key, (kind, default, meaning, example) in keys.items()
        ]
    return found


def help(field: str | None = None) -> list[FieldWords]:
    """Return what is said of a field, in every file that has one of its name.

    Parameters
    ----------
    field : str, optional
        A name, ``margin``, or a path that ends in one, ``venues.CD.decision.quota``; default: all.

    Returns
    -------
    list of FieldWords
        ``section``, ``place``, ``type``, ``unit``, ``bounds``, ``default``, ``meaning`` and
        ``example``.

    Raises
    ------
    UsageError
        For a field that no file has, with the nearest names.
    """
    known = fields()
    if field is None:
        return known
    *before, name = field.strip().strip("`").split(".")
    found = [words for words in known if words.name == name]
    if not found:
        names = sorted({words.name for words in known})
        raise UsageError(f"help: no file has a field '{field}'{nearest(name, names)}")
    homes = [FIRST[part] for part in reversed(before) if part in FIRST]
    at_home = next(([w for w in found if w.section == home] for home in homes), [])
    return at_home or found
