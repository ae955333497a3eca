"""A text read once, for guard, lint, time range and lineage alike."""

from __future__ import annotations

from dataclasses import dataclass

from sqlglot import exp
from sqlglot.errors import ParseError, TokenError

from app.catalog.model import Catalog
from app.sql import dialect, lexer, names
from app.sql.dialect.faults import fault
from app.sql.names import Names


@dataclass(frozen=True, slots=True, eq=False)
class Query:
    """What a text says.

    Attributes:
        text: As given.
        tokens: Its tokens by Flink's lexical rules, those of all its statements.
        tree: The statement; None where the dialect cannot read it, or there is not exactly one.
        error: Why there is no tree; else empty.
        error_start: Where in the text; -1 if nowhere in particular.
        names: What its names stand for, where it is a query.
        kind: What kind of statement it is, such as SELECT or CREATE TABLE; empty without a tree.
    """

    text: str
    tokens: tuple[lexer.Token, ...]
    tree: exp.Expr | None = None
    error: str = ""
    error_start: int = -1
    names: Names | None = None
    kind: str = ""


_DIALECT = dialect.Flink()
_TOO_DEEP = "The statement is nested too deeply."


def read(text: str, catalog: Catalog) -> Query:
    """Reads one statement; never raises, whatever the text.

    Args:
        text: The statement, as anybody wrote it.
        catalog: The tables that its names may stand for.
    """
    tokens = tuple(lexer.scan(text))
    try:
        trees = [tree for tree in _DIALECT.parse_tokens(tokens, text) if tree is not None]
    except (ParseError, TokenError) as error:
        reason, start = fault(error, text)
        return Query(text, tokens, error=f"{reason}.", error_start=start)
    except RecursionError:
        return Query(text, tokens, error=_TOO_DEEP)
    if len(trees) != 1:
        what = "There are several statements." if trees else "There is no statement."
        return Query(text, tokens, error=what)
    return _resolved(text, tokens, trees[0], catalog)


def _resolved(
    text: str, tokens: tuple[lexer.Token, ...], tree: exp.Expr, catalog: Catalog
) -> Query:
    kind = dialect.kind(tree)
    try:
        if kind == "SELECT" and isinstance(tree, exp.Expression):
            return Query(text, tokens, tree, names=names.resolve(tree, catalog), kind=kind)
    except RecursionError:
        return Query(text, tokens, error=_TOO_DEEP)
    return Query(text, tokens, tree, kind=kind)
