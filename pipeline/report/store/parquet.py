"""A trust store as Apache Parquet, with the types that its columns have."""

from __future__ import annotations

import io
from datetime import datetime

from pipeline.errors import UsageError
from pipeline.questions.export import TrustStore
from pipeline.report.store.store_columns import types


def render(store: TrustStore) -> bytes:
    """Give the file.

    Raises UsageError if pyarrow isn't installed.
    """
    try:
        import pyarrow
        from pyarrow import parquet
    except ImportError:
        raise UsageError(
            "Parquet needs pyarrow, which isn't installed; run `pip install 'trustlist[parquet]'`."
        ) from None
    kinds = {
        str: pyarrow.string(),
        int: pyarrow.int64(),
        datetime: pyarrow.timestamp("us", tz="UTC"),
        bytes: pyarrow.binary(),
    }
    schema = pyarrow.schema([(name, kinds[type_]) for name, type_ in types().items()])
    columns = {name: [getattr(root, name) for root in store.roots] for name in schema.names}
    buffer = io.BytesIO()
    parquet.write_table(pyarrow.table(columns, schema), buffer)
    return buffer.getvalue()
