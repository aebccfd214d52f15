"""The columns of the replicate table on disk, and the way from a data frame to them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import pyarrow as pa

from negotiation_sim.errors import StoreError
from negotiation_sim.model import columns

MONTH = pa.int16()  # the only columns of 16 bits: read back as pandas' nullable Int16
COUNT = pa.int32()
TYPES = {
    columns.WORD: pa.dictionary(pa.int32(), pa.string()),
    columns.TEXT: pa.dictionary(pa.int32(), pa.string()),
    columns.PLACE: COUNT, columns.COUNT: COUNT, columns.NUMBER: pa.int64(),
    columns.MONTH: MONTH, columns.REAL: pa.float64(), columns.FLAG: pa.bool_(),
}  # fmt: skip
WORD = TYPES[columns.WORD]


def replicate_schema(
    issues: Sequence[str] = ("form", "scope"), extra: Mapping[str, pa.DataType] | None = None
) -> pa.Schema:
    """Return the columns of a replicate table and their types.

    Parameters
    ----------
    issues : sequence of str
        Issues of the setting; ``text_form`` and ``text_scope`` are there in any case.
    extra : mapping, optional
        Columns that come before all others, such as a sweep's point and parameters.
    """
    texts = ["form", "scope", *(issue for issue in issues if issue not in ("form", "scope"))]
    own = ((column.name, TYPES[column.kind]) for column in columns.columns_of(texts))
    return pa.schema([*(extra or {}).items(), *own])


def _fit(column: pa.ChunkedArray, kind: pa.DataType) -> pa.ChunkedArray:
    if not pa.types.is_dictionary(kind):
        return column.cast(kind)
    plain = column.cast(kind.value_type)
    return plain.combine_chunks().dictionary_encode().cast(kind)


def to_table(chunk: pd.DataFrame | pa.Table, schema: pa.Schema) -> pa.Table:
    """Return a chunk with exactly the columns and types of the schema.

    Words are encoded in order of first appearance, so that the same rows give the same bytes
    whatever categories the frame came with. A column of text on an issue that the setting does
    not have may be left out: it is filled with NaN.

    Raises
    ------
    StoreError
        Where a column is missing, unknown or does not fit its type.
    """
    given = list(chunk.column_names if isinstance(chunk, pa.Table) else chunk.columns)
    absent = [name for name in ("text_form", "text_scope") if name not in given]
    missing = [name for name in schema.names if name not in (*given, *absent)]
    unknown = [name for name in given if name not in schema.names]
    if missing or unknown:
        raise StoreError(f"replicate table: missing columns {missing}, unknown columns {unknown}")
    try:
        table: Any = chunk
        if not isinstance(chunk, pa.Table):
            table = pa.Table.from_pandas(chunk, preserve_index=False)
        for name in set(absent) & set(schema.names):
            table = table.append_column(name, pa.array([float("nan")] * len(table)))
        fitted = [_fit(table.column(field.name), field.type) for field in schema]
    except pa.ArrowException as error:
        raise StoreError(f"replicate table: {error}") from error
    return pa.table(fitted, schema=schema)


def to_frame(table: pa.Table) -> pd.DataFrame:
    """Return a table as pandas: words as categories, months as nullable Int16."""
    frame = table.unify_dictionaries().to_pandas(types_mapper={MONTH: pd.Int16Dtype()}.get)
    frame.attrs.clear()
    answer: pd.DataFrame = frame
    return answer
