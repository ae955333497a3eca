"""What Flink says in Java, said in words: the one place where py4j's exceptions are mapped."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from py4j.protocol import Py4JError, Py4JJavaError
from pyflink.util.exceptions import JavaException

from app.catalog.model import Catalog
from app.catalog.nearest import nearest
from app.errors import (
    ConfigError,
    EngineUnavailable,
    InvalidQuery,
    QueryFailed,
    TributaryError,
)
from ingest import connectors

FOREIGN = (Py4JError, JavaException, OSError)

_UNREACHABLE = (
    "ConnectException",
    "ConnectTimeoutException",
    "UnknownHostException",
    "RetryException",
)
_LOST_FILE = ("FileNotFoundException", "NoSuchFileException")
_MEMORY = ("OutOfMemoryError",)
_BAD_ROW = ("deserialize", "JsonParseException", "JsonEOFException", "JsonProcessingException")
_BAD_AVRO = ("Avro record", "RestClientException")  # the latter is of the schema registry's client
_UNKNOWN_TABLE = re.compile(r"(?:Object|Table) '([^']+)' not found")
_PLACE = re.compile(r"(?:from |at )?line (\d+), column (\d+)(?: to line \d+, column \d+)?", re.I)
_PREFIX = re.compile(r"^(SQL (parse|validation) failed\.|org\.apache\S+Exception:|Cannot apply)\s*")
# Flink has hundreds of reserved words; after any but these, the word was likely meant as a name.
_STRUCTURE = re.compile(
    "select|from|where|and|or|on|by|as|limit|join|having|group|union|with|is|not|in|case|when|then",
    re.IGNORECASE,
)


_LISTS = re.compile(
    r"\n\s*(?:Was expecting|Supported options|Table options are|Available factory identifiers)\b"
)
_NO_FACTORY = re.compile(r"Could not find any (?:format )?factory for identifier '([^']+)'")
_READING = re.compile(r"for reading table '(?:[^']+\.)?([^'.]+)'")
_LONGEST = 400


@dataclass(frozen=True, slots=True)
class Cause:
    """One link of a chain of Java exceptions."""

    kind: str
    message: str


class VanishedFile(QueryFailed):
    """A file was removed while the job read it; asking again is worth it once."""


class JvmLost(EngineUnavailable):
    """The connection to the JVM broke; the next use starts a new one."""


def causes(error: BaseException) -> tuple[Cause, ...]:
    """The chain of causes, outermost first."""
    if isinstance(error, Py4JJavaError):
        return tuple(_chain(error.java_exception))
    text = str(getattr(error, "cause", None) or error).split("Trace:\n")[-1]
    text = text.strip().split("\n")[0]
    kind, _, message = text.partition(": ")
    return (
        (Cause(kind.strip(), message),)
        if message and " " not in kind.strip()
        else (Cause(type(error).__name__, text),)
    )


def _chain(throwable: Any) -> Iterable[Cause]:
    for _ in range(20):
        if throwable is None:
            return
        yield Cause(str(throwable.getClass().getSimpleName()), str(throwable.getMessage() or ""))
        throwable = throwable.getCause()


def planning(
    error: BaseException, sql: str, catalog: Catalog, problems: Mapping[str, ConfigError]
) -> TributaryError:
    """What a failure while parsing, planning or submitting means to the user.

    Args:
        error: What was raised.
        sql: The query's text.
        catalog: The tables, for a did-you-mean.
        problems: Tables that are catalogued but could not be registered, and why.
    """
    chain = causes(error)
    if lost := _lost(error, chain):
        return lost
    if _any(chain, _MEMORY):
        return InvalidQuery(
            "Planning this query took more memory than there is.",
            hint="Make its constants and repeated expressions smaller.",
            sql=sql,
        )
    if missing := _missing_connector(chain):
        return missing
    message = _planner_message(chain)
    unknown = _UNKNOWN_TABLE.search(message)
    if unknown and unknown[1] in problems:
        known = problems[unknown[1]]
        return ConfigError(known.message, hint=known.hint)
    return InvalidQuery(message, hint=hint_for(message, catalog), sql=sql)


def running(error: BaseException, sql: str) -> TributaryError:
    """What a failure while the job ran means to the user."""
    chain = causes(error)
    if lost := _lost(error, chain):
        return lost
    root = next((c for c in reversed(chain) if c.message), chain[-1])
    line = sentence(root.message) or root.kind
    if _any(chain, _LOST_FILE):
        return VanishedFile(
            f"A file of the stream was not there when it was read: {line.rstrip('.')}.",
            hint="Ask again; if it stays, check the table's path.",
            sql=sql,
        )
    if _any(chain, _MEMORY):
        line, hint = "Flink ran out of memory", "Read a shorter time range or fewer columns."
    elif _any(chain, _BAD_AVRO):
        hint = (
            "A record of a table it reads cannot be read as Avro. Check that the schema registry "
            "can be reached and has the schema that it was written with, and that the table's "
            "columns are those of its schema (`tributary tables import` compares them)."
        )
    elif _any(chain, _BAD_ROW):
        hint = (
            "A row of a table it reads is not what the table's columns say. Correct the row or the "
            "column; 'json.ignore-parse-errors' = 'true' in the table's options skips such rows, "
            "'json.timestamp-format.standard' = 'ISO-8601' reads times like 2026-11-22T19:00:00Z, "
            "and none with another offset than Z."
        )
    else:
        hint = "Check the values it computes with (casts, divisions) and the table's source."
    return QueryFailed(
        f"The query started and then failed: {line.rstrip('.')}.", hint=hint, sql=sql
    )


def unreadable(error: Exception, sql: str) -> QueryFailed:
    """What rows mean that Arrow does not take: of what Flink has, only null keys of maps."""
    return QueryFailed(
        f"The rows of the result cannot be read: {str(error).strip().rstrip('.')}.",
        hint="Where a map has the key NULL, write CAST(the_map AS STRING), or leave it out.",
        sql=sql,
    )


def unavailable(error: BaseException) -> EngineUnavailable:
    """What a failure while the cluster is started or reached means to the user."""
    chain = causes(error)
    line = next((c.message for c in reversed(chain) if c.message), chain[-1].kind)
    return EngineUnavailable(
        f"Flink could not be started or reached: {sentence(line)}.",
        hint="`tributary doctor` says what is missing.",
    )


def sentence(message: str) -> str:
    """The part of one of Flink's messages that says what is wrong, in one line.

    What follows it is lists: of everything the parser expected, of every option there is, or of the
    table's own options with their values, which may be passwords.
    """
    said = _LISTS.split(message, maxsplit=1)[0]
    return " ".join(said.split())[:_LONGEST].rstrip(" :")


def hint_for(message: str, catalog: Catalog) -> str:
    """What to write instead, for the commonest mistakes; empty where none is recognised."""
    for pattern, advise in _HINTS:
        if found := pattern.search(message):
            return advise(found, catalog)
    return ""


def _any(chain: tuple[Cause, ...], kinds: tuple[str, ...]) -> bool:
    return any(k in c.kind or k in c.message for c in chain for k in kinds)


def _lost(error: BaseException, chain: tuple[Cause, ...]) -> EngineUnavailable | None:
    gone = isinstance(error, Py4JError) and not isinstance(error, Py4JJavaError)
    if isinstance(error, OSError) or (gone and "Trace:" not in str(error)):
        return JvmLost(
            "The connection to Flink's JVM was lost.", hint="Ask again: it is started anew."
        )
    if any(c.kind in _UNREACHABLE for c in chain):
        return EngineUnavailable(
            "The Flink cluster cannot be reached.",
            hint="Check that it runs and that its REST address in the settings is right.",
        )
    return None


def _missing_connector(chain: tuple[Cause, ...]) -> ConfigError | None:
    """What is wrong is the set-up, not the query: nobody should write another one."""
    said = "\n".join(cause.message for cause in chain)
    found, table = _NO_FACTORY.search(said), _READING.search(said)
    if not found:
        return None
    known = connectors.providing(found[1])
    where = f"The table {table[1]}" if table else "A table"
    return ConfigError(
        f"{where} needs '{found[1]}', which this Flink does not have.",
        hint=f"Run `tributary connectors add {known.name}`, then start Tributary again."
        if known
        else "Correct 'connector' or 'format' in its definition, or lay the jars that bring it into"
        " the folder connectors in Tributary's home.",
    )


def _planner_message(chain: tuple[Cause, ...]) -> str:
    placed = next((c for c in chain if _PLACE.search(c.message)), None)
    said = [c for c in chain if c.message.strip()]
    text = (placed or (said[-1] if said else chain[-1])).message or chain[-1].kind
    text = sentence(_PREFIX.sub("", text.strip())) or "The planner refused the query."
    place = _PLACE.search(text)
    if not place:
        return text
    rest = (text[: place.start()] + text[place.end() :]).strip(" .:")
    return f"Line {place[1]}, column {place[2]}: {rest}."


def _unknown_table(found: re.Match[str], catalog: Catalog) -> str:
    close = catalog.nearest(found[1])
    tables = ", ".join(catalog.names) or "none"
    return (f"Did you mean {close}? " if close else "") + f"The tables are: {tables}."


def _unknown_column(found: re.Match[str], catalog: Catalog) -> str:
    name = found[1].rpartition(".")[2]
    close = nearest(name, (c.name for t in catalog for c in t.columns))
    if not close:
        return "Names are case-sensitive; see the table's columns."
    homes = [t.name for t in catalog if t.column(close)]
    return f"Did you mean {close} (in {', '.join(homes)})? Names are case-sensitive."


def _reserved(found: re.Match[str], _: Catalog) -> str:
    word = found[1].split()[0]
    if word.isidentifier() and not _STRUCTURE.fullmatch(word):
        return f"If {word} is meant as a name, write `{word}`: it is a reserved word."
    if found[1].startswith(('"', "\\")):
        return _QUOTES
    return ""


_QUOTES = "Strings stand in 'single quotes', names in `backticks`; double quotes are not allowed."
_FUNCTIONS = (
    "Flink's names: FLOOR(ts TO HOUR) for DATE_TRUNC, TIMESTAMPDIFF for DATEDIFF, DATE_FORMAT for "
    "TO_CHAR, LISTAGG for GROUP_CONCAT, PERCENTILE(x, 0.5) for MEDIAN."
)


def _say(text: str) -> Callable[[re.Match[str], Catalog], str]:
    return lambda _found, _catalog: text


_HINTS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], Catalog], str]], ...] = (
    (_UNKNOWN_TABLE, _unknown_table),
    (re.compile(r"Column '([^']+)' not found"), _unknown_column),
    (re.compile(r"Bang equal"), _say("Write <> for not equal.")),
    (re.compile(r"Lexical error.*\(34\)"), _say(_QUOTES)),
    (re.compile(r'Encountered: "\\?"'), _say(_QUOTES)),
    (re.compile(r'Encountered "= ="|Encountered "=="'), _say("Write = for equal.")),
    (re.compile(r"No match found for function signature"), _say(_FUNCTIONS)),
    (
        re.compile(r"is not being grouped"),
        _say("Name it in GROUP BY or aggregate it, as in MAX()."),
    ),
    (re.compile(r"OPTIONS"), _say("Leave the OPTIONS hint out: tables are read as catalogued.")),
    (re.compile(r'Encountered "(\S[^"]*)"'), _reserved),
)
