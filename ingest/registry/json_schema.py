"""A JSON Schema as the columns of a Flink table; `draft` calls it for the value of a topic.

Flink's `json` format reads any part of a record into a STRING as its JSON text, so that what has no
type of its own (several types, no type, itself inside itself) is still there to be asked for.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urljoin

from referencing import Registry, Resource
from referencing.exceptions import CannotDetermineSpecification, Unresolvable
from referencing.jsonschema import DRAFT7, UnknownDialect

from ingest.errors import IngestError
from ingest.registry.model import (
    Column,
    Quote,
    Relation,
    SqlType,
    one_line,
    sayable,
    sentences,
    symbols,
)

_PLAIN = {"string": "STRING", "boolean": "BOOLEAN", "integer": "BIGINT", "number": "DOUBLE"}
_TEXT = "as text"
_MOST_DEPTH = 32


def relation(text: str, references: Iterable[tuple[str, str]], quote: Quote) -> Relation:
    """Maps a schema.

    Args:
        text: The schema as JSON.
        references: Names, as `$ref` says them, and texts of schemas that it uses.
        quote: How names are written in types.

    Raises:
        IngestError: It is no JSON Schema of an object with properties.
    """
    try:
        root = _resource(text)
        found = _registry(root, references).resolver_with_root(root)
        schema = _Mapper(quote).merged(root.contents, found)
    except (ValueError, TypeError, AttributeError, Unresolvable, RecursionError) as error:
        raise IngestError(f"The JSON Schema cannot be read ({type(error).__name__}).") from error
    if not schema.properties:
        raise IngestError("It is no object with properties, so that there are no columns.")
    return _Mapper(quote).table(schema)


def _resource(text: str) -> Resource[Any]:
    contents = json.loads(text)
    if not isinstance(contents, dict):
        raise TypeError("not an object")
    try:
        return Resource.from_contents(contents, default_specification=DRAFT7)
    except (CannotDetermineSpecification, UnknownDialect):
        return DRAFT7.create_resource(contents)


def _registry(root: Resource[Any], references: Iterable[tuple[str, str]]) -> Registry[Any]:
    base = root.id() or ""
    resources = [(name, _resource(text)) for name, text in references]
    return Registry().with_resources(
        [pair for name, one in resources for pair in ((name, one), (urljoin(base, name), one))]
    )


@dataclass(frozen=True, slots=True)
class _Schema:
    """A schema with its references followed and its parts put together."""

    contents: Mapping[str, Any]
    properties: Mapping[str, tuple[Any, Any]]  # schema and resolver, by name
    required: frozenset[str]
    types: frozenset[str]
    nullable: bool
    resolver: Any
    open: bool = False  # it may be of several types, or of any


@dataclass(frozen=True, slots=True)
class _Made:
    type: SqlType
    note: str = ""
    instant: bool = False


@dataclass(slots=True)
class _Mapper:
    quote: Quote
    problems: list[str] = field(default_factory=list)

    def table(self, schema: _Schema) -> Relation:
        columns = tuple(self._columns(schema))
        if not columns:
            raise IngestError("It has no property whose name can be a column's.")
        return Relation(
            columns=columns,
            comment=one_line(schema.contents.get("description") or schema.contents.get("title")),
            problems=tuple(self.problems),
        )

    def _columns(self, schema: _Schema) -> Iterator[Column]:
        for name, (contents, resolver) in schema.properties.items():
            if not sayable(name):
                self.problems.append(f"A property is left out: {name[:80]!r} can name no column.")
                continue
            part = self.merged(contents, resolver)
            made = self._type(part, (contents,))
            nullable = part.nullable or name not in schema.required
            comment = sentences(one_line(part.contents.get("description")), made.note)
            kind = SqlType(made.type.text, nullable)
            yield Column(name, kind, comment, instant=made.instant)

    def merged(self, contents: Any, resolver: Any, depth: int = 0) -> _Schema:
        """A schema without `$ref`, `allOf` and the branches that only allow null."""
        if not isinstance(contents, dict) or depth > _MOST_DEPTH:
            return _Schema({}, {}, frozenset(), frozenset(), False, resolver, open=True)
        own = _own(contents, resolver)
        for part in self._parts(contents, resolver, depth):
            own = _both(own, part)
        branches = contents.get("oneOf") or contents.get("anyOf") or []
        if not branches or own.types or own.properties:
            return own
        others = [branch for branch in branches if not _only_null(branch)]
        if len(others) != 1:
            return replace(own, nullable=own.nullable or len(others) < len(branches), open=True)
        made = _both(own, self.merged(others[0], resolver, depth + 1))
        return replace(made, nullable=made.nullable or len(branches) > 1)

    def _parts(self, contents: Mapping[str, Any], resolver: Any, depth: int) -> Iterator[_Schema]:
        if isinstance(contents.get("$ref"), str):
            found = resolver.lookup(contents["$ref"])
            yield self.merged(found.contents, found.resolver, depth + 1)
        for part in contents.get("allOf") or []:
            yield self.merged(part, resolver, depth + 1)

    def _type(self, schema: _Schema, inside: Sequence[Any]) -> _Made:
        if schema.open or len(schema.types) != 1 or len(inside) > _MOST_DEPTH:
            return _Made(SqlType("STRING"), _TEXT)
        [kind] = schema.types
        match kind:
            case "object":
                return self._object(schema, inside)
            case "array":
                return self._array(schema, inside)
            case "string":
                return _string(schema.contents)
            case "integer" | "number" | "boolean":
                return _Made(SqlType(_PLAIN[kind]), _values(schema.contents))
        return _Made(SqlType("STRING"), _TEXT)

    def _object(self, schema: _Schema, inside: Sequence[Any]) -> _Made:
        if schema.properties:
            return self._row(schema, inside)
        values = schema.contents.get("additionalProperties")
        if not isinstance(values, dict) or not values:
            return _Made(SqlType("STRING"), _TEXT)
        made = self._nested(values, schema.resolver, inside)
        # The names in a JSON object are never null.
        return _Made(SqlType(f"MAP<STRING NOT NULL, {made.type.text}>"), made.note)

    def _row(self, schema: _Schema, inside: Sequence[Any]) -> _Made:
        parts, notes = [], []
        for name, (contents, resolver) in schema.properties.items():
            if not sayable(name):
                continue
            made = self._nested(contents, resolver, inside)
            parts.append(f"{self.quote(name)} {made.type.text}")
            said = isinstance(contents, dict) and one_line(contents.get("description"))
            about = sentences(said or "", made.note)
            notes += [f"{name}: {about}"] if about else []
        if not parts:
            return _Made(SqlType("STRING"), _TEXT)
        return _Made(SqlType(f"ROW<{', '.join(parts)}>"), sentences(*notes))

    def _array(self, schema: _Schema, inside: Sequence[Any]) -> _Made:
        items = schema.contents.get("items")
        if not isinstance(items, dict) or not items:
            return _Made(SqlType("STRING"), _TEXT)
        made = self._nested(items, schema.resolver, inside)
        return _Made(SqlType(f"ARRAY<{made.type.text}>"), made.note)

    def _nested(self, contents: Any, resolver: Any, inside: Sequence[Any]) -> _Made:
        """The type of a part; one that stands inside itself stays text."""
        target = contents
        if isinstance(contents, dict) and isinstance(contents.get("$ref"), str):
            target = resolver.lookup(contents["$ref"]).contents
        if any(target is outer for outer in inside):
            return _Made(SqlType("STRING"), _TEXT)
        return self._type(self.merged(contents, resolver), (*inside, target))


def _own(contents: Mapping[str, Any], resolver: Any) -> _Schema:
    said = contents.get("type")
    types = {said} if isinstance(said, str) else set(said if isinstance(said, list) else ())
    values = _enumerated(contents)
    if not types:
        types = {_json_type(value) for value in values}
        types |= {"object"} if isinstance(contents.get("properties"), dict) else set()
        types |= {"array"} if isinstance(contents.get("items"), dict) else set()
    if types == {"integer", "number"}:
        types = {"number"}
    properties = contents.get("properties")
    required = contents.get("required")
    return _Schema(
        contents=contents,
        properties={
            name: (part, resolver)
            for name, part in (properties.items() if isinstance(properties, dict) else ())
        },
        required=frozenset(required if isinstance(required, list) else ()),
        types=frozenset(types - {"null"}),
        nullable="null" in types or None in values,
        resolver=resolver,
    )


def _both(one: _Schema, other: _Schema) -> _Schema:
    """What satisfies both; what the first says of itself counts first."""
    return _Schema(
        contents={**other.contents, **one.contents},
        properties={**other.properties, **one.properties},
        required=one.required | other.required,
        types=one.types or other.types,
        nullable=one.nullable or other.nullable,
        resolver=other.resolver if not one.types else one.resolver,
        open=one.open or other.open,
    )


def _only_null(branch: Any) -> bool:
    if not isinstance(branch, dict):
        return False
    return branch.get("type") == "null" or _enumerated(branch) == [None]


def _enumerated(contents: Mapping[str, Any]) -> list[Any]:
    if isinstance(contents.get("enum"), list):
        return list(contents["enum"])
    return [contents["const"]] if "const" in contents else []


def _json_type(value: object) -> str:
    known = {bool: "boolean", str: "string", int: "integer", float: "number", type(None): "null"}
    return known.get(type(value), "array" if isinstance(value, list) else "object")


def _values(contents: Mapping[str, Any]) -> str:
    known = [value for value in _enumerated(contents) if value is not None]
    return symbols(known) if known else ""


def _string(contents: Mapping[str, Any]) -> _Made:
    match contents.get("format"), contents.get("contentEncoding"):
        case "date-time", _:
            return _Made(SqlType("TIMESTAMP_LTZ(3)"), instant=True)
        case "date", _:
            return _Made(SqlType("DATE"))
        case "time", _:
            return _Made(SqlType("STRING"), "time of day with its offset")  # TIME takes no offset
        case _, "base64":
            return _Made(SqlType("BYTES"))
    return _Made(SqlType("STRING"), _values(contents))
