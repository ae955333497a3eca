"""Rows from the JVM to Arrow, in batches: a few py4j calls a batch, none a row.

Java's own streams do the loop. What happens to each row is a method handle, composed over py4j
once a query: `row -> { kinds.write(row.getRowKind()); arrow.write(row); }`.
"""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from app.errors import InvalidQuery

BATCH_ROWS = 20_000


class RowWriter:
    """Java side of one result: takes rows, gives Arrow record batches and row kinds.

    Args:
        java: The gateway's view of Java classes.
        result: The result's `RowType`.
    """

    def __init__(self, java: Any, result: Any) -> None:
        self._java = java
        serializer = java.org.apache.flink.table.runtime.arrow.serializers.ArrowSerializer
        written = _with_map_keys(java, result)
        self._arrow = serializer(written, written)
        self._bytes = java.java.io.ByteArrayOutputStream()
        self._kinds = java.java.io.ByteArrayOutputStream()
        self._arrow.open(java.java.io.ByteArrayInputStream(b""), self._bytes)
        self._consumer = consumer(java, _write_row(java, self._arrow, self._kinds))
        self._schema: pa.Schema | None = None
        self._instants = _instants(result)

    def take(self, iterator: Any, count: int) -> tuple[bytes, pa.RecordBatch]:
        """Moves up to `count` rows; blocks until they or the end are there."""
        stream(self._java, iterator).limit(count).forEach(self._consumer)
        return self._flush()

    def take_list(self, rows: Any) -> tuple[bytes, pa.RecordBatch]:
        """Moves the rows of a Java list."""
        rows.forEach(self._consumer)
        return self._flush()

    def close(self) -> None:
        """Frees the buffers, which lie outside of the Java heap."""
        self._arrow.close()

    def _flush(self) -> tuple[bytes, pa.RecordBatch]:
        self._arrow.finishCurrentBatch()
        payload, kinds = bytes(self._bytes.toByteArray()), bytes(self._kinds.toByteArray())
        self._bytes.reset()
        self._kinds.reset()
        if self._schema is None:
            # The stream begins with its schema; later pieces are record batches alone.
            reader = pa.ipc.open_stream(payload)
            self._schema = reader.schema
            batch = reader.read_next_batch()
        else:
            batch = pa.ipc.read_record_batch(pa.py_buffer(payload), self._schema)
        return kinds, _mark_instants(batch, self._instants)


def stream(java: Any, iterator: Any) -> Any:
    """A Java iterator as a `java.util.stream.Stream`, which takes no more rows than it needs."""
    rows = java.java.util.Spliterators.spliteratorUnknownSize(iterator, 0)
    return java.java.util.stream.StreamSupport.stream(rows, False)


def row_type(table: Any) -> Any:
    """The Java `RowType` of a Java `Table`."""
    return table.getResolvedSchema().toSourceRowDataType().getLogicalType()


def check_types(result: Any, sql: str) -> None:
    """Refuses result columns whose type Arrow has no counterpart for.

    Raises:
        InvalidQuery: Names the column and what to write instead.
    """
    for entry in result.getFields():
        kind = str(entry.getType().asSummaryString())
        if any(word in kind for word in ("INTERVAL", "MULTISET", "RAW(", "BITMAP", "VARIANT")):
            name = entry.getName()
            raise InvalidQuery(
                f"The result column `{name}` has the type {kind}, which cannot be shown as rows.",
                hint=f"Write CAST(`{name}` AS STRING), or leave the column out.",
                sql=sql,
            )


def consumer(java: Any, handle: Any) -> Any:
    """A method handle as a `java.util.function.Consumer`."""
    function = java.java.lang.Class.forName("java.util.function.Consumer")
    return java.java.lang.invoke.MethodHandleProxies.asInterfaceInstance(function, handle)


def _write_row(java: Any, arrow: Any, kinds: Any) -> Any:
    invoke = java.java.lang.invoke
    lookup = invoke.MethodHandles.publicLookup()
    void, integer = java.java.lang.Void.TYPE, java.java.lang.Integer.TYPE
    named = java.java.lang.Class.forName
    row, kind = (
        named("org.apache.flink.table.data.RowData"),
        named("org.apache.flink.types.RowKind"),
    )

    def signature(returns: Any, *takes: Any) -> Any:
        return invoke.MethodType.methodType(returns, list(takes))

    write = lookup.findVirtual(arrow.getClass(), "write", signature(void, row)).bindTo(arrow)
    kind_of = lookup.findVirtual(row, "getRowKind", signature(kind))
    as_byte = lookup.findVirtual(kind, "toByteValue", signature(java.java.lang.Byte.TYPE))
    as_int = invoke.MethodHandles.filterReturnValue(kind_of, as_byte).asType(
        signature(integer, row)
    )
    note = lookup.findVirtual(kinds.getClass(), "write", signature(void, integer)).bindTo(kinds)
    note_kind = invoke.MethodHandles.filterReturnValue(as_int, note)
    return invoke.MethodHandles.foldArguments(write, note_kind)


def _with_map_keys(java: Any, kind: Any) -> Any:
    """The type with keys of maps that are not null: Arrow knows no others, Flink's are, mostly."""
    root = str(kind.getTypeRoot())
    if root not in {"ARRAY", "MAP", "ROW"}:
        return kind
    logical, nullable = java.org.apache.flink.table.types.logical, kind.isNullable()
    inner = [_with_map_keys(java, child) for child in kind.getChildren()]
    if root == "ARRAY":
        return logical.ArrayType(nullable, inner[0])
    if root == "MAP":
        return logical.MapType(nullable, inner[0].copy(False), inner[1])
    fields = zip(kind.getFieldNames(), inner, strict=True)
    return logical.RowType(nullable, [logical.RowType.RowField(name, t) for name, t in fields])


def _instants(result: Any) -> tuple[int, ...]:
    types = [str(t.getTypeRoot()) for t in result.getChildren()]
    return tuple(i for i, t in enumerate(types) if t == "TIMESTAMP_WITH_LOCAL_TIME_ZONE")


def _mark_instants(batch: pa.RecordBatch, columns: tuple[int, ...]) -> pa.RecordBatch:
    """Flink's Arrow schema drops the zone of TIMESTAMP_LTZ; the values count from the epoch."""
    if not columns:
        return batch
    arrays, fields = list(batch.columns), list(batch.schema)
    for i in columns:
        kind = pa.timestamp(fields[i].type.unit, tz="UTC")
        arrays[i], fields[i] = arrays[i].cast(kind), fields[i].with_type(kind)
    return pa.RecordBatch.from_arrays(arrays, schema=pa.schema(fields))
