"""What one version of a schema can read of another; `app.table_imports` says it before a change."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum

import avro.schema
from avro.compatibility import ReaderWriterCompatibilityChecker, SchemaCompatibilityType
from avro.errors import AvroException

from ingest.registry.avro_text import whole
from ingest.registry.model import Column, Registered, Relation

_WIDER = {("INT", "BIGINT"), ("INT", "DOUBLE"), ("INT", "FLOAT"), ("BIGINT", "DOUBLE")}


class Compatibility(Enum):
    """What a change of a schema leaves readable; the value is how a person is told."""

    FULL = "full: the new table reads old records, and the old table reads new ones"
    BACKWARD = "backward: the new table reads old records, but the old table not all new ones"
    FORWARD = "forward: the old table reads new records, but the new table not all old ones"
    NONE = "breaking: neither table reads all records of the other"


def compare(old: Registered, new: Registered, before: Relation, after: Relation) -> Compatibility:
    """Compares two versions of a schema.

    Args:
        old: The version that the table was made from.
        new: The one that it is to be made from.
        before: What the old one holds.
        after: What the new one holds.
    """
    if old.kind != new.kind:
        return Compatibility.NONE
    if new.kind == "AVRO":
        return _of(_avro_reads(new, old), _avro_reads(old, new))
    return _of(
        _columns_read(after.columns, before.columns), _columns_read(before.columns, after.columns)
    )


def _of(new_reads_old: bool, old_reads_new: bool) -> Compatibility:
    match new_reads_old, old_reads_new:
        case True, True:
            return Compatibility.FULL
        case True, False:
            return Compatibility.BACKWARD
        case False, True:
            return Compatibility.FORWARD
    return Compatibility.NONE


def _avro_reads(reader: Registered, writer: Registered) -> bool:
    """By Avro's own rules of schema resolution."""
    try:
        read, written = (
            avro.schema.parse(whole(one.text, one.references)) for one in (reader, writer)
        )
    except AvroException:  # the library is stricter on defaults than the registry was
        return False
    checker = ReaderWriterCompatibilityChecker()  # type: ignore[no-untyped-call]
    found = checker.get_compatibility(read, written)
    return found.compatibility is SchemaCompatibilityType.compatible


def _columns_read(reader: Sequence[Column], writer: Sequence[Column]) -> bool:
    """Whether JSON records of the writer have what the reader's columns want."""
    written = {column.name: column for column in writer}
    for column in reader:
        found = written.get(column.name)
        if found is None:
            if not column.type.nullable:
                return False
        elif (found.type.nullable and not column.type.nullable) or not _fits(found, column):
            return False
    return True


def widened(old: Column, new: Column) -> bool:
    """Whether a column's new type holds all values of the old one as the numbers that they are."""
    return (old.type.text, new.type.text) in _WIDER


def _fits(written: Column, read: Column) -> bool:
    kinds = (written.type.text, read.type.text)
    return kinds[0] == kinds[1] or kinds[1] == "STRING" or widened(written, read)
