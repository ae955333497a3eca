"""Reads case files: questions, and what is expected of their answers.

What a key may hold is one table of converters for a case and one for the file; whatever is wrong
is said with the line it stands in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, NoReturn
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import yaml

from app.catalog.nearest import nearest
from app.errors import ConfigError

_MAX_BYTES = 5_000_000


@dataclass(frozen=True, slots=True)
class Case:
    """One question and what its answer must hold.

    Attributes:
        question: In plain words.
        line: Where it stands in its file, from 1.
        sql: A query that gives the expected rows; empty where they are not asked for so.
        rows: The expected rows themselves; None where they are not given.
        ordered: Whether the order of the rows counts.
        document: A part of the name of a document that must be cited, or several with `|` between
            them, of which one must be; empty for any.
        says: Texts that the answer's prose must contain; an item `a|b` means either.
        says_not: Texts that it must not contain.
        abstain: Whether it must not be answered with a query.
        ask_back: Whether it must be asked back, with readings to choose from.
        after: Questions asked before it in the same conversation.
        tags: Free words that the figures are broken down by.
    """

    question: str
    line: int = 1
    sql: str = ""
    rows: tuple[tuple[Any, ...], ...] | None = None
    ordered: bool = False
    document: str = ""
    says: tuple[str, ...] = ()
    says_not: tuple[str, ...] = ()
    abstain: bool = False
    ask_back: bool = False
    after: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()

    @property
    def expects_rows(self) -> bool:
        """Whether the answer must hold a query result."""
        return bool(self.sql) or self.rows is not None

    @property
    def is_silent(self) -> bool:
        """Whether it must not be answered, but asked back or left."""
        return self.abstain or self.ask_back


@dataclass(frozen=True, slots=True)
class CaseFile:
    """A file of cases, and what their questions are asked of.

    Attributes:
        path: The file.
        name: What the report calls it.
        cases: Its cases, in order.
        now: What "now" means in the questions (aware); the real time where None.
        time_zone: IANA name of the zone that times without one are in: UTC, or for questions to
            what is configured the configured one (empty).
        sample: Whether the sample shop is asked.
        tables: Files and folders of table definitions. Without these, documents and `sample`, the
            questions are asked of whatever the configuration names.
        documents: Files and folders of documents.
        data: A module that writes the tables' data; empty where there is none.
    """

    path: Path
    name: str
    cases: tuple[Case, ...]
    now: datetime | None = None
    time_zone: str = ""
    sample: bool = False
    tables: tuple[Path, ...] = ()
    documents: tuple[Path, ...] = ()
    data: str = ""


class _Unfit(ValueError):
    """A value is not what its key takes."""


def read(path: Path) -> CaseFile:
    """Reads a case file.

    Raises:
        ConfigError: It cannot be read, or something in it is wrong; the message names the line.
    """
    text = _text_of(path)
    try:
        loader = yaml.SafeLoader(text)
        return _Reader(path, loader).file(loader.get_single_node())
    except (yaml.YAMLError, RecursionError) as error:
        raise _not_yaml(path, error) from error


def _text_of(path: Path) -> str:
    try:
        if path.stat().st_size > _MAX_BYTES:
            raise ConfigError(f"The case file {path} is over 5 MB.", hint="Split it.")
        return path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise ConfigError(f"There is no case file {path}.", hint="Name a YAML file.") from error
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(
            f"The case file {path} cannot be read: {error}.", hint="It is a YAML file in UTF-8."
        ) from error


def _not_yaml(path: Path, error: Exception) -> ConfigError:
    mark = getattr(error, "problem_mark", None)
    line = mark.line + 1 if mark else 1
    what = getattr(error, "problem", None) or getattr(error, "reason", None) or "nested too deeply"
    return ConfigError(
        f"{path}:{line}: It is not valid YAML: {what}.",
        hint="A text that holds ': ' or ' #', begins with a sign, or ends with ? in [ ] needs "
        "quotes.",
    )


class _Reader:
    """Turns the nodes of one file into values."""

    def __init__(self, path: Path, loader: yaml.SafeLoader) -> None:
        self._path = path
        self._loader = loader

    def file(self, node: yaml.Node | None) -> CaseFile:
        if node is None:
            raise ConfigError(
                f"{self._path}:1: The case file is empty.", hint="Give at least `cases:`."
            )
        entries = self._entries(node, {*_FILE_KEYS, "cases"}, "case file")
        values = self._values(entries, _FILE_KEYS)
        self._check_ground(node, entries, values)
        if values.get("sample") or values.get("tables") or values.get("documents"):
            values.setdefault("time_zone", "UTC")
        folder = self._path.parent
        for key in ("tables", "documents"):
            values[key] = tuple(folder / part for part in values.get(key, ()))
        cases = self._cases(entries.get("cases") or node)
        return CaseFile(self._path, values.pop("name", self._path.stem), cases, **values)

    def _cases(self, node: yaml.Node) -> tuple[Case, ...]:
        if not isinstance(node, yaml.SequenceNode) or not node.value:
            self._fail(node, "The file has no cases.", "Give `cases:` with a list of questions.")
        return tuple(self._case(item) for item in node.value)

    def _case(self, node: yaml.Node) -> Case:
        entries = self._entries(node, _CASE_KEYS, "case")
        values = self._values(entries, _CASE_KEYS)
        if "question" not in values:
            self._fail(node, "The case has no question.", "Give `question:`.")
        case = Case(line=_line(node), **values)
        rows = [key for key in ("sql", "rows") if key in values]
        if not (case.expects_rows or case.document or case.says or case.is_silent):
            self._fail(
                node,
                f"The case “{case.question[:60]}” does not say what is expected.",
                "Give sql, rows, document, says, `abstain: true` or `ask_back: true`.",
            )
        if len(rows) == 2:
            self._fail(entries["rows"], "The case has both sql and rows.", "Keep one of them.")
        if case.is_silent and rows:
            silent = "abstain" if case.abstain else "ask_back"
            self._fail(
                entries[rows[0]],
                f"The case has {rows[0]} but also `{silent}: true`.",
                "A question that must not be answered with a query has no rows.",
            )
        if case.ordered and not rows:
            self._fail(entries["ordered"], "`ordered` needs sql or rows.", "Take it out.")
        return case

    def _check_ground(
        self, node: yaml.Node, entries: Mapping[str, yaml.Node], values: Mapping[str, Any]
    ) -> None:
        sample = values.get("sample", False)
        for key in ("tables", "documents", "data"):
            if sample and values.get(key):
                self._fail(
                    entries[key],
                    f"The file has both `sample: true` and {key}.",
                    "The sample shop brings its own; keep one of them.",
                )
        if values.get("data") and not values.get("tables"):
            self._fail(entries["data"], "`data` needs tables.", "Name the tables it writes.")
        if "now" not in values and (sample or values.get("data")):
            self._fail(
                node, "The file does not say when it is.", "Give `now: 2026-11-22T17:30:00Z`."
            )

    def _entries(self, node: yaml.Node, known: Iterable[str], what: str) -> dict[str, yaml.Node]:
        """The entries of a mapping, every key known and given once."""
        if not isinstance(node, yaml.MappingNode):
            self._fail(node, f"A {what} is a mapping.", f"It has the keys {', '.join(known)}.")
        entries: dict[str, yaml.Node] = {}
        for key, value in node.value:
            name = str(key.value)
            if name not in known:
                close = nearest(name, known)
                hint = f"Did you mean {close}?" if close else f"Keys are: {', '.join(known)}."
                self._fail(key, f"A {what} has no key {name[:60]}.", hint)
            if name in entries:
                self._fail(key, f"The key {name} is given twice.", "Keep one of them.")
            entries[name] = value
        return entries

    def _values(
        self, entries: Mapping[str, yaml.Node], keys: Mapping[str, Callable[[Any], Any]]
    ) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for name, node in entries.items():
            if name not in keys:
                continue
            try:
                values[name] = keys[name](self._loader.construct_object(node, deep=True))
            except _Unfit as error:
                self._fail(node, f"{name} is wrong: {error}.", "")
            except (yaml.YAMLError, ValueError) as error:
                said = getattr(error, "problem", None) or str(error)
                self._fail(node, f"{name} is wrong: {said}.", "")
        return values

    def _fail(self, node: yaml.Node, message: str, hint: str) -> NoReturn:
        raise ConfigError(f"{self._path}:{_line(node)}: {message}", hint=hint)


def _line(node: yaml.Node) -> int:
    return int(node.start_mark.line) + 1


def _text(value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise _Unfit("it must be text; put quotes around it where YAML reads something else")
    return value.strip()


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise _Unfit("it must be true or false")
    return value


def _texts(value: object) -> tuple[str, ...]:
    """One text, or a list of them."""
    given = [value] if isinstance(value, str) else value
    if not isinstance(given, list):
        raise _Unfit("it must be a list of texts")
    return tuple(_text(item) for item in given)


def _choice(value: object) -> str:
    """A text, or several with `|` between them."""
    text = _text(value)
    if not all(part.strip() for part in text.split("|")):
        raise _Unfit("there must be text on both sides of |")
    return text


def _choices(value: object) -> tuple[str, ...]:
    return tuple(_choice(text) for text in _texts(value))


def _rows(value: object) -> tuple[tuple[Any, ...], ...]:
    if not isinstance(value, list) or not all(isinstance(row, list) for row in value):
        raise _Unfit("it must be a list of rows, each a list, such as [[3]]")
    if len({len(row) for row in value}) > 1:
        raise _Unfit("its rows have different numbers of columns")
    return tuple(tuple(row) for row in value)


def _moment(value: object) -> datetime:
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        moment = None
    if not isinstance(moment, datetime):
        raise _Unfit("it must be a moment, such as 2026-11-22T17:30:00Z")
    if moment.tzinfo is None:
        raise _Unfit("it has no time zone; end it with Z for UTC, as in 2026-11-22T17:30:00Z")
    return moment


def _zone(value: object) -> str:
    name = _text(value)
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise _Unfit("there is no such time zone; use a name such as Europe/Berlin") from None
    return name


_FILE_KEYS: Mapping[str, Callable[[Any], Any]] = {
    "name": _text,
    "now": _moment,
    "time_zone": _zone,
    "sample": _flag,
    "tables": _texts,
    "documents": _texts,
    "data": _text,
}
_CASE_KEYS: Mapping[str, Callable[[Any], Any]] = {
    "question": _text,
    "sql": _text,
    "rows": _rows,
    "ordered": _flag,
    "document": _choice,
    "says": _choices,
    "says_not": _choices,
    "abstain": _flag,
    "ask_back": _flag,
    "after": _texts,
    "tags": _texts,
}
