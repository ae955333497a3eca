"""Reads table files: what loads becomes a `Table`, the rest a `Problem` that says what to do."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from app.catalog import ddl
from app.catalog.model import Catalog, Problem, Table
from app.errors import ConfigError
from app.sql import lexer

_SUFFIX = ".sql"
_MAX_BYTES = 5_000_000


def load(paths: Iterable[Path]) -> Catalog:
    """Loads every `CREATE TABLE` of the given files and folders.

    Args:
        paths: Files, or folders that are searched for `*.sql` at any depth, in sorted order.

    Returns:
        The tables in the order found, and a problem for each statement or file that is of no use.

    Raises:
        ConfigError: A path does not exist.
    """
    tables: dict[str, Table] = {}
    problems: list[Problem] = []
    for found in _read_all(paths):
        if isinstance(found, Problem):
            problems.append(found)
        elif found.name in tables:
            problems.append(_duplicate(found, tables[found.name]))
        else:
            tables[found.name] = found
    return Catalog(tuple(tables.values()), tuple(problems))


def _read_all(paths: Iterable[Path]) -> Iterator[Table | Problem]:
    seen: set[Path] = set()
    for path in paths:
        for found in _files(path):
            if isinstance(found, Problem):
                yield found
            elif found.resolve() not in seen:
                seen.add(found.resolve())
                yield from _read(found)


def _files(path: Path) -> Iterator[Path | Problem]:
    try:
        if not path.exists():
            raise ConfigError(
                f"There is no file or folder {path} to read tables from.",
                hint="Correct the `tables` setting, or create it and put CREATE TABLE files there.",
            )
        if not path.is_dir():
            yield path
            return
        files = sorted(p for p in path.rglob(f"*{_SUFFIX}") if p.is_file())
    except OSError as error:
        yield Problem(path, 1, f"It cannot be read: {error.strerror}.", "Check its permissions.")
        return
    yield from files
    if not files:
        yield Problem(
            path,
            1,
            "The folder holds no *.sql file.",
            "Put Flink CREATE TABLE statements there, one or more to a file.",
        )


def _read(file: Path) -> Iterator[Table | Problem]:
    try:
        if file.stat().st_size > _MAX_BYTES:
            yield Problem(
                file, 1, "The file is over 5 MB.", "Point to table definitions, not data."
            )
            return
        text = file.read_text(encoding="utf-8-sig")
    except OSError as error:
        yield Problem(file, 1, f"It cannot be read: {error.strerror}.", "Check its permissions.")
        return
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        yield Problem(file, line, "The file is not UTF-8 text.", "Save it as UTF-8.")
        return
    statements = list(lexer.statements(text))
    if not statements:
        yield Problem(file, 1, "The file holds no statement.", "Add a CREATE TABLE statement.")
    for tokens in statements:
        try:
            yield ddl.parse(text, tokens, file)
        except ddl.BadStatement as error:
            yield Problem(file, error.line, error.message, error.hint)


def _duplicate(table: Table, first: Table) -> Problem:
    return Problem(
        table.file or Path(),
        table.line,
        f"The table {table.name} is already defined in {first.file}, line {first.line}.",
        "Rename or remove one of the two; the first one is used.",
    )
