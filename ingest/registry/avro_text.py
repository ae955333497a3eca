"""Avro schemas as text: parsed, and made whole; `avro` and `evolution` call it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

import fastavro
from fastavro.schema import SchemaParseException, UnknownType

from ingest.errors import IngestError
from ingest.registry.model import one_line

# The library is made for good schemas, and fails in many ways on others.
_UNREADABLE = (
    SchemaParseException,
    UnknownType,
    ValueError,
    TypeError,
    KeyError,
    AttributeError,
)


def parsed(text: str, references: Iterable[tuple[str, str]]) -> tuple[Any, Mapping[str, Any]]:
    """A schema with full names, and the definitions of all named types by these.

    Args:
        text: The schema as JSON.
        references: Names and texts of schemas that it uses, each behind those that it uses itself.

    Raises:
        IngestError: It is no Avro schema.
    """
    named: dict[str, Any] = {}
    for _, reference in references:
        _parsed(reference, named)
    return _parsed(text, named), named


def whole(text: str, references: Iterable[tuple[str, str]]) -> str:
    """A schema as one text that needs no other."""
    schema, named = parsed(text, references)
    return json.dumps(_inlined(schema, named, set()))


def _parsed(text: str, named: dict[str, Any]) -> Any:
    try:
        # A registry may hold defaults that the specification does not allow.
        return fastavro.parse_schema(
            json.loads(text), named, _write_hint=False, _ignore_default_error=True
        )
    except RecursionError as error:
        raise IngestError("The Avro schema is nested too deeply.") from error
    except _UNREADABLE as error:
        said = one_line(str(error))[:120]  # it repeats the schema, which is text from outside
        raise IngestError(
            f"The Avro schema cannot be read ({type(error).__name__}: {said})."
        ) from error


def _inlined(schema: Any, named: Mapping[str, Any], seen: set[str]) -> Any:
    """The schema with each named type defined where it first stands."""
    if isinstance(schema, str):
        if schema in named and schema not in seen:
            return _inlined(named[schema], named, seen)
        return schema
    if isinstance(schema, list):
        return [_inlined(branch, named, seen) for branch in schema]
    if "name" in schema:
        seen.add(schema["name"])
    inside = {"items", "values"} & schema.keys()
    made = {**schema, **{key: _inlined(schema[key], named, seen) for key in inside}}
    if "fields" in schema:
        made["fields"] = [
            {**one, "type": _inlined(one["type"], named, seen)} for one in schema["fields"]
        ]
    elif isinstance(schema["type"], (dict, list)):
        made["type"] = _inlined(schema["type"], named, seen)
    return made
