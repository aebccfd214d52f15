"""The columns of a sweep on disk: one row per point and strategy, failures included."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from negotiation_sim.runs.store.replicate_columns import COUNT, WORD, replicate_schema, to_table
from negotiation_sim.runs.store.writer import encode_part

REAL = pa.float64()
PARAMETER_TYPES = {"number": REAL, "truth": pa.bool_(), "word": WORD}
FAILURE = ("failed_stage", "failed_type", "failed_message")
_SHARES = (
    "p_success", "p_success_low", "p_success_high", "p_mandate", "p_adopted", "p_in_force",
    "median_years",
)  # fmt: skip
_INTERVALS = tuple(
    f"p_{step}_{end}" for step in ("mandate", "adopted", "in_force") for end in ("low", "high")
)
_MORE = (
    "p_any", "p_all", "p_by_horizon", "mean_events", "mean_events_avoided", "mean_violations",
    "mean_pledge_coverage",
)  # fmt: skip


def point_schema(
    parameters: Mapping[str, str], issues: Sequence[str], *, varied: bool = False
) -> pa.Schema:
    """Return the columns of the table of points and their types.

    Parameters
    ----------
    parameters : mapping of str to {'number', 'truth', 'word'}
        By dotted path.
    issues : sequence of str
        Issues of the setting: ``mean_form`` and ``mean_scope`` are there in any case.
    varied : bool
        Whether a column says which parameter a point varies (one at a time).
    """
    texts = ["form", "scope", *(issue for issue in issues if issue not in ("form", "scope"))]
    return pa.schema([
        ("point", pa.int64()),
        *((path, PARAMETER_TYPES[kind]) for path, kind in parameters.items()),
        *([("varied", WORD)] if varied else []),
        ("strategy", WORD), ("seed", pa.int64()), ("replicates", COUNT),
        *((name, REAL) for name in _SHARES),
        *((f"mean_{issue}", REAL) for issue in texts),
        ("mean_participation", REAL), ("main_cause", WORD),
        *((name, REAL) for name in (*_INTERVALS, *_MORE)),
        ("errors", COUNT),
        *((name, WORD) for name in FAILURE),
    ])  # fmt: skip


def sweep_replicate_schema(parameters: Mapping[str, str], issues: Sequence[str]) -> pa.Schema:
    """Return the columns of a sweep's replicates: the point, its parameters, the replicate."""
    extra = {"point": pa.int64()} | {p: PARAMETER_TYPES[k] for p, k in parameters.items()}
    return replicate_schema(issues, extra)


def encode_points(rows: Sequence[Mapping[str, Any]], schema: pa.Schema) -> bytes:
    """Return rows as Parquet; a value that a row does not have is missing."""
    columns = []
    for field in schema:
        values = [row.get(field.name) for row in rows]
        if field.type == REAL:
            values = [float("nan") if value is None else value for value in values]
        plain = field.type.value_type if field.type == WORD else field.type
        columns.append(pa.array(values, plain))
    return encode_part(to_table(pa.table(columns, names=schema.names), schema))


def encode_replicates(frames: Sequence[pd.DataFrame], schema: pa.Schema) -> bytes:
    """Return tables of replicates, one after another, as Parquet."""
    tables = [to_table(frame, schema) for frame in frames]
    whole = pa.concat_tables(tables) if tables else schema.empty_table()
    return encode_part(to_table(whole, schema))


def decode(data: bytes) -> pa.Table:
    """Return the table of a Parquet file held in memory.

    In this thread alone: a thread of Arrow's that lets go of Python's memory while the process
    ends aborts it (apache/arrow issues 34314 and 50482).
    """
    return pq.ParquetFile(pa.BufferReader(data), pre_buffer=False).read(use_threads=False)


def joined(tables: Sequence[pa.Table], schema: pa.Schema) -> pa.Table:
    """Return tables one after another, as if written at once."""
    return to_table(pa.concat_tables(tables) if tables else schema.empty_table(), schema)


def merged(old: bytes, new: bytes, points: Sequence[int], schema: pa.Schema) -> bytes:
    """Return a chunk with the rows of some points replaced by those of another."""
    import pyarrow.compute as pc

    kept, fresh = decode(old), decode(new)
    kept = kept.filter(pc.invert(pc.is_in(kept["point"], pa.array(points, pa.int64()))))
    whole = joined([kept, fresh], schema)
    order = pc.sort_indices(whole["point"])  # stable: strategies stay in their order
    return encode_part(joined([whole.take(order)], schema))


def failed_points(table: pa.Table) -> list[int]:
    """Return the points of a table that failed."""
    import pyarrow.compute as pc

    stage = table["failed_stage"].cast(pa.string())
    bad = table.filter(pc.not_equal(stage, ""))
    return sorted(set(bad["point"].to_pylist()))


def combined(pieces: Sequence[bytes], schema: pa.Schema) -> bytes:
    """Return chunks as one, in the order of the points."""
    import pyarrow.compute as pc

    whole = joined([decode(piece) for piece in pieces], schema)
    return encode_part(joined([whole.take(pc.sort_indices(whole["point"]))], schema))
