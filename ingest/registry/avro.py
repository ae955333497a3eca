"""An Avro record schema as the columns of a Flink table; `draft` calls it for key and value.

Flink's `avro-confluent` format (2.1) derives the schema that it reads with from the columns. That
fails for enums and fixed (Avro turns neither into a string or bytes), reads every timestamp as if
it were a TIMESTAMP in UTC, and takes microseconds for milliseconds. So where a schema holds any of
these, the table gets a reader schema of its own. In it

- an instant or a time of day is a plain number of another name (its own is the alias), and a
  computed column of the field's own name makes a TIMESTAMP_LTZ or a TIME of it;
- a local timestamp in milliseconds is what Flink reads as TIMESTAMP(3);
- what Flink cannot hold at all is left out, which Avro lets a reader do.

Flink insists on that schema and the columns being equal, nested NOT NULLs and all. Where a record
may be null, it takes all fields of it for such that may be, too, whatever the columns say: so they
say it, and the reader schema has such a form of the record.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from ingest.errors import IngestError
from ingest.registry import avro_text
from ingest.registry.avro_numbers import INSTANT, Number, number
from ingest.registry.model import Column, Quote, Relation, SqlType, one_line, sentences, symbols

_PRIMITIVES = {
    "string": "STRING",
    "boolean": "BOOLEAN",
    "int": "INT",
    "long": "BIGINT",
    "float": "FLOAT",
    "double": "DOUBLE",
    "bytes": "BYTES",
}
_MOST_DIGITS = 38


def relation(text: str, references: Iterable[tuple[str, str]], quote: Quote) -> Relation:
    """Maps a schema.

    Args:
        text: The schema as JSON.
        references: Names and texts of schemas that it uses, each behind those that it uses itself.
        quote: How names are written in types and expressions.

    Raises:
        IngestError: It is no Avro schema, or none of a record.
    """
    schema, named = avro_text.parsed(text, references)
    if not isinstance(schema, dict) or schema.get("type") not in {"record", "error"}:
        raise IngestError("It is no record, and Flink's avro-confluent format reads only records.")
    return _Mapper(named, quote).table(schema)


class _LeftOut(Exception):
    """A type that no Flink column can hold; the text is a clause that says why."""


@dataclass(frozen=True, slots=True)
class _Made:
    """A mapped type, the reader schema for it, and what a COMMENT should add."""

    type: SqlType
    reader: Any
    note: str = ""


@dataclass(frozen=True, slots=True)
class _Place:
    """Where in a schema a type stands.

    Attributes:
        path: Of fields, as it is said.
        records: The names of those that it is in, outermost first.
        loose: Whether it is in a record that may be null, with no array or map between.
    """

    path: str
    records: tuple[str, ...]
    loose: bool = False

    def part(self, name: str) -> _Place:
        """The place of a record's field."""
        return replace(self, path=f"{self.path}.{name}")

    def element(self) -> _Place:
        """The place of what an array or a map holds."""
        return replace(self, path=f"{self.path}[]", loose=False)


@dataclass(slots=True)
class _Mapper:
    named: Mapping[str, Any]
    quote: Quote
    problems: list[str] = field(default_factory=list)
    written: dict[str, Any] = field(default_factory=dict)  # named types in the reader schema so far
    forms: dict[str, bool] = field(default_factory=dict)  # which form of a record has its own name
    derivable: bool = True

    def table(self, schema: Mapping[str, Any]) -> Relation:
        names = {one["name"] for one in schema["fields"]}
        columns: list[Column] = []
        plain, counted = [], []
        for one in schema["fields"]:
            counted_as = number(self._resolved(one["type"]))
            before = dict(self.written)
            try:
                if counted_as and counted_as.expression:
                    shown, stored, read = self._computed(one, counted_as, names)
                    columns.append(shown)
                    counted.append((stored, read))
                else:
                    made = self._field(one, _Place(one["name"], (schema["name"],)))
                    columns.append(_column(one, made))
                    plain.append(_read_field(one, made))
            except _LeftOut as why:
                self.written = before
                self.problems.append(f"{one['name']} is left out: {why}.")
        fields = [*plain, *(read for _, read in counted)]
        if not fields:
            raise IngestError("The record has no field that a Flink column can hold.")
        reader = {"type": "record", "name": schema["name"], "fields": fields}
        return Relation(
            columns=(*columns, *(stored for stored, _ in counted)),
            comment=one_line(schema.get("doc")),
            reader="" if self.derivable else json.dumps(reader, separators=(",", ":")),
            problems=tuple(self.problems),
        )

    def _computed(
        self, one: Mapping[str, Any], counted: Number, names: set[str]
    ) -> tuple[Column, Column, dict[str, Any]]:
        """The column that is asked for, the number that it is computed from, how that is read."""
        self.derivable = False
        name = one["name"]
        stored = f"{name}_{counted.suffix}"
        while stored in names:
            stored += "_stored"
        names.add(stored)
        nullable = isinstance(one["type"], list) and "null" in one["type"]
        kind = SqlType(_PRIMITIVES[counted.base], nullable)
        reader = ["null", counted.base] if nullable else counted.base
        aliases = [name, *one.get("aliases", ())]
        read = {**_read_field(one, _Made(kind, reader)), "name": stored, "aliases": aliases}
        expression = counted.expression.format(self.quote(stored))
        moment = counted.type == INSTANT
        made = SqlType(counted.type, nullable)
        return (
            Column(name, made, one_line(one.get("doc")), expression, instant=moment),
            Column(stored, kind, f"{name} in {counted.unit}"),
            read,
        )

    def _field(self, one: Mapping[str, Any], at: _Place) -> _Made:
        made = self._type(one["type"], at)
        if "default" in one and not made.type.nullable:
            self.derivable = False  # older records may lack it; a derived schema has no default
        if at.loose and not made.type.nullable:
            # A default is one of the first branch.
            made = replace(made, type=SqlType(made.type.text, True), reader=[made.reader, "null"])
        return made

    def _type(self, schema: Any, at: _Place) -> _Made:
        schema = self._resolved(schema)
        if isinstance(schema, list):
            return self._union(schema, at)
        if isinstance(schema, str):
            if schema == "null":
                raise _LeftOut("it is always null")
            return _Made(SqlType(_PRIMITIVES[schema]), schema)
        match schema["type"]:
            case "record" | "error":
                return self._record(schema, at)
            case "enum":
                return self._enum(schema)
            case "fixed":
                return self._fixed(schema)
            case "array":
                item = self._type(schema["items"], at.element())
                reader = {"type": "array", "items": item.reader}
                return _Made(SqlType(f"ARRAY<{item.type}>"), reader, item.note)
            case "map":
                value = self._type(schema["values"], at.element())
                reader = {"type": "map", "values": value.reader}
                kind = f"MAP<STRING NOT NULL, {value.type}>"
                return _Made(SqlType(kind), reader, value.note)
            case dict() | list() as nested:
                return self._type(nested, at)
        return self._logical(schema)

    def _resolved(self, schema: Any) -> Any:
        return self.named[schema] if isinstance(schema, str) and schema in self.named else schema

    def _union(self, branches: Sequence[Any], at: _Place) -> _Made:
        others = [branch for branch in branches if branch != "null"]
        if len(others) != 1:
            raise _LeftOut(
                "it is always null" if not others else f"it is a union of {_names(others)}"
            )
        if len(branches) == 1:
            return self._type(others[0], at)
        made = self._type(others[0], replace(at, loose=True))
        both = [made.reader if branch != "null" else branch for branch in branches]
        return replace(made, type=SqlType(made.type.text, nullable=True), reader=both)

    def _record(self, schema: Mapping[str, Any], at: _Place) -> _Made:
        name = schema["name"]
        if name in at.records:
            raise _LeftOut(f"the record {name} contains itself")
        inner = replace(at, records=(*at.records, name))
        parts, fields, notes = [], [], []
        for one in schema["fields"]:
            before = dict(self.written)
            try:
                made = self._field(one, inner.part(one["name"]))
            except _LeftOut as why:
                self.written = before
                self.problems.append(f"{at.path}.{one['name']} is left out: {why}.")
                continue
            parts.append(f"{self.quote(one['name'])} {made.type}")
            fields.append(_read_field(one, made))
            said = sentences(one_line(one.get("doc")), made.note)
            notes += [f"{one['name']}: {said}"] if said else []
        if not fields:
            raise _LeftOut("it has no field that Flink can hold")
        reader = self._once(
            {"type": "record", "name": self._form(name, at.loose), "fields": fields}
        )
        return _Made(SqlType(f"ROW<{', '.join(parts)}>"), reader, sentences(*notes))

    def _form(self, name: str, loose: bool) -> str:
        """What a form of a record is called, since a schema has one type of a name.

        Avro takes a record that has the same fields for the one that was written.
        """
        own = self.forms.setdefault(name, loose) == loose
        return name if own else f"{name}_{'nullable' if loose else 'required'}"

    def _enum(self, schema: Mapping[str, Any]) -> _Made:
        self.derivable = False
        kept = {key: schema[key] for key in ("type", "name", "symbols", "default") if key in schema}
        return _Made(SqlType("STRING"), self._once(kept), symbols(schema["symbols"]))

    def _fixed(self, schema: Mapping[str, Any]) -> _Made:
        self.derivable = False
        kept = {key: schema[key] for key in ("type", "name", "size")}
        if schema.get("logicalType") == "decimal":
            scale = schema.get("scale", 0)
            logical = {"logicalType": "decimal", "precision": schema["precision"], "scale": scale}
            return _Made(_decimal(schema), self._once({**kept, **logical}))
        if schema["size"] < 1:
            raise _LeftOut("it is a fixed of no bytes")
        return _Made(SqlType(f"VARBINARY({schema['size']})"), self._once(kept))

    def _once(self, schema: dict[str, Any]) -> Any:
        """A named type where it first stands, and its name from then on."""
        known = self.written.setdefault(schema["name"], schema)
        if known is schema:
            return schema
        if known != schema:  # only a record that contains itself gets mapped in two ways
            raise _LeftOut(f"the record {schema['name']} contains itself")
        return schema["name"]

    def _logical(self, schema: Mapping[str, Any]) -> _Made:
        base, logical = schema["type"], schema.get("logicalType")
        match base, logical:
            case "bytes", "decimal":
                kept = ("type", "logicalType", "precision", "scale")
                return _Made(_decimal(schema), {key: schema[key] for key in kept if key in schema})
            case "int", "date":
                return _Made(SqlType("DATE"), {"type": "int", "logicalType": "date"})
            case "long", "local-timestamp-millis":
                self.derivable = False
                read = {"type": "long", "logicalType": "timestamp-millis"}
                return _Made(SqlType("TIMESTAMP(3)"), read)
        if counted := number(schema):
            self.derivable = False
            return _Made(SqlType(_PRIMITIVES[base]), base, f"in {counted.unit}")
        return self._type(base, _Place("", ()))


def _column(one: Mapping[str, Any], made: _Made) -> Column:
    return Column(one["name"], made.type, sentences(one_line(one.get("doc")), made.note))


def _read_field(one: Mapping[str, Any], made: _Made) -> dict[str, Any]:
    """A field of the reader schema; one that may be null is null where a record lacks it."""
    kept = {key: one[key] for key in ("name", "aliases") if key in one}
    if "default" in one:
        return {**kept, "type": made.reader, "default": one["default"]}
    if made.type.nullable:
        branches = [branch for branch in made.reader if branch != "null"]
        return {**kept, "type": ["null", *branches], "default": None}
    return {**kept, "type": made.reader}


def _decimal(schema: Mapping[str, Any]) -> SqlType:
    precision, scale = schema["precision"], schema.get("scale", 0)
    if not 1 <= precision <= _MOST_DIGITS:
        raise _LeftOut(f"Flink's DECIMAL has {_MOST_DIGITS} digits at most, and it has {precision}")
    return SqlType(f"DECIMAL({precision}, {scale})")


def _names(branches: Iterable[Any]) -> str:
    return ", ".join(_name_of(branch) for branch in branches)


def _name_of(branch: Any) -> str:
    if isinstance(branch, str):
        return branch
    return str(branch.get("name") or branch["type"])
