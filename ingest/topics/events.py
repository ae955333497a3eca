"""What an event of a topic says: a document, its deletion, or nothing that can be read.

`ingest.topics.writer` calls `read`. The format is described in `ingest.topics`.
"""

from __future__ import annotations

import hashlib
import traceback
import unicodedata
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import PurePosixPath
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from ingest.errors import IngestError
from ingest.formats import BY_SUFFIX, DocumentText, Reader, bounds
from ingest.formats.text import tag_list
from ingest.topics.places import Place

SCHEME = "kafka://"
"""What the ids of topics' documents begin with; no path is written with two slashes."""

_KEY_BYTES = 512
_STACK_CHARACTERS = 8_000
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_ENDINGS = {"text": ".txt", "markdown": ".md", "html": ".html"}
_TYPES = {
    "text/plain": "text",
    "text/markdown": "markdown",
    "text/x-markdown": "markdown",
    "text/html": "html",
    "application/json": "json",
}
_MOST_MS = 10**13
_EARLIEST, _LATEST = datetime(1900, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)

Headers = tuple[tuple[str, bytes | None], ...]


@dataclass(frozen=True, slots=True)
class Event:
    """A record of the topic, as it came."""

    place: Place
    key: bytes | None
    value: bytes | None
    headers: Headers = ()

    @property
    def content_type(self) -> str:
        """What the header says of the value, without parameters; empty where there is none."""
        found = (v for name, v in self.headers if name.lower() == "content-type" and v)
        return next(found, b"").decode("utf-8", "replace").partition(";")[0].strip().lower()

    @property
    def size(self) -> int:
        """Bytes of key and value."""
        return len(self.key or b"") + len(self.value or b"")


@dataclass(frozen=True, slots=True)
class Document:
    """A state of a document.

    Attributes:
        access: The label that the event asks for; may be empty.
        size: Bytes of the value.
    """

    id: str
    content: DocumentText
    access: str
    size: int
    modified_ns: int


@dataclass(frozen=True, slots=True)
class Deletion:
    """A tombstone."""

    id: str


@dataclass(frozen=True, slots=True)
class Poison:
    """Why an event cannot be read, and where in Tributary that was found."""

    reason: str
    stack: str


Outcome = Document | Deletion | Poison


def read(topic: str, event: Event, reader: Reader) -> Outcome:
    """What an event says.

    Args:
        topic: The name of the topic.
        event: The event.
        reader: Reads HTML in a process of its own.

    Raises:
        IngestError: The machine is at its limits; the event may be fine.
    """
    try:
        id_ = id_of(topic, event.key)
        if event.value is None:
            return Deletion(id_)
        return _document(id_, event, event.value, reader)
    except OSError as error:  # of the machine, not of the event
        raise IngestError(
            f"An event cannot be read on this machine for now: {error}.",
            hint="Check its memory and the number of open files.",
        ) from error
    except Exception as error:  # noqa: BLE001 - whatever it is, the next events are to be read
        return poison(
            str(error) if isinstance(error, IngestError) else f"It cannot be read: {error!r}."
        )


def poison(reason: str) -> Poison:
    """What the exception that is being handled makes of an event."""
    return Poison(reason, traceback.format_exc()[-_STACK_CHARACTERS:])


def id_of(topic: str, key: bytes | None) -> str:
    """The document id of a key.

    >>> id_of("docs", b"policies/late.md")
    'kafka://docs/policies/late.md'

    Raises:
        IngestError: It cannot be one. Ids are shown, and matched by access rules, so none may
            look like another or leave its folder.
    """
    if not key:
        raise IngestError("It has no key, so that nobody knows which document it is.")
    if len(key) > _KEY_BYTES:
        raise IngestError(f"Its key has {len(key)} bytes; up to {_KEY_BYTES} are taken.")
    try:
        name = key.decode("utf-8")
    except UnicodeDecodeError as error:
        raise IngestError(f"Its key is not UTF-8: byte {error.start} is wrong.") from error
    if any(unicodedata.category(c) in _UNSEEN for c in name):
        raise IngestError("Its key has control characters or others that cannot be seen.")
    if name != name.strip() or any(part in {"", ".", ".."} for part in name.split("/")):
        raise IngestError("Its key is a path with an empty part, . or .., or has blanks around it.")
    return f"{SCHEME}{topic}/{name}"


def _moment(value: Any) -> Any:
    if isinstance(value, bool):
        raise ValueError("it is neither a date nor a number")
    if isinstance(value, int | float):
        if abs(value) > _MOST_MS:
            raise ValueError("it is too large for milliseconds since 1970")
        return datetime.fromtimestamp(value / 1000, UTC)
    return value


class _Body(BaseModel):
    """The object in the value of an event."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    text: str | None = None
    content: str | None = None
    title: str = Field(default="", max_length=500)
    tags: list[str] | str = Field(default_factory=list)
    modified: Annotated[datetime | None, BeforeValidator(_moment)] = None
    access: str = Field(default="", max_length=100, pattern=r"^[^\x00-\x1f\x7f]*$")
    kind: Literal["", "text", "markdown", "html"] = ""


def _document(id_: str, event: Event, value: bytes, reader: Reader) -> Document:
    bounds.require_size(len(value))
    kind = _kind_of(event, value)
    body = _parsed(value) if kind == "json" else _Body(text=_text_of(value))
    text = body.text if body.text is not None else body.content or ""
    ending = _ENDINGS[body.kind or kind] if (body.kind or kind) in _ENDINGS else _ending(id_)
    content = reader.read_bytes(text.encode("utf-8"), ending)
    tags = tag_list(body.tags) or content.tags
    named = replace(
        content,
        sha256=hashlib.sha256(value).hexdigest(),
        title=" ".join(body.title.split()) or content.title,
        tags=tags,
    )
    return Document(id_, named, body.access.strip(), len(value), _modified_ns(event, body))


def _kind_of(event: Event, value: bytes) -> str:
    """One of `_TYPES`, or empty where only the key can tell."""
    if event.content_type:
        if event.content_type not in _TYPES:
            raise IngestError(
                f"Its content-type {event.content_type} is not read.",
                hint=f"It can be one of {', '.join(_TYPES)}.",
            )
        return _TYPES[event.content_type]
    return "json" if value.lstrip()[:1] == b"{" else ""


def _parsed(value: bytes) -> _Body:
    try:
        body = _Body.model_validate_json(value)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = f"Its field {first['loc'][0]} is wrong" if first["loc"] else "It is not JSON"
        raise IngestError(f"{where}: {first['msg']}.") from error
    if (body.text is None) == (body.content is None):
        raise IngestError(
            "It has no text." if body.text is None else "It has both a text and a content.",
            hint="A JSON document has its text in the field text, or in content.",
        )
    return body


def _text_of(value: bytes) -> str:
    try:
        return value.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise IngestError(f"It is not UTF-8: byte {error.start} is wrong.") from error


def _ending(id_: str) -> str:
    """The ending that says how the text is read: the key's, if it is one of a text."""
    suffix = PurePosixPath(id_).suffix.lower()
    format_ = BY_SUFFIX.get(suffix)
    return suffix if format_ and (format_.plain or format_.kind == "html") else ".txt"


def _modified_ns(event: Event, body: _Body) -> int:
    if body.modified is None:
        return max(event.place.at_ms, 0) * 1_000_000
    moment = body.modified if body.modified.tzinfo else body.modified.replace(tzinfo=UTC)
    if not _EARLIEST <= moment <= _LATEST:
        raise IngestError(f"Its field modified is {moment.year}, which cannot be.")
    return round(moment.timestamp() * 1000) * 1_000_000
