"""Flink's column types: read by the dialect's parser, and written as Flink prints them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from sqlglot import TokenType, exp, parser

from app.sql.lexer import literal, quote

Item = TypeVar("Item")

AT_END = "the end of the statement"

_MAX_LENGTH = "2147483647"
_MULTISET = "MULTISET"

_PLAIN = {
    "BOOLEAN": exp.DType.BOOLEAN,
    "TINYINT": exp.DType.TINYINT,
    "SMALLINT": exp.DType.SMALLINT,
    "INT": exp.DType.INT,
    "INTEGER": exp.DType.INT,
    "BIGINT": exp.DType.BIGINT,
    "FLOAT": exp.DType.FLOAT,
    "DOUBLE": exp.DType.DOUBLE,
    "DATE": exp.DType.DATE,
    "STRING": exp.DType.TEXT,
    "BYTES": exp.DType.BLOB,
    "VARIANT": exp.DType.VARIANT,
}
# Type and the parameters that Flink adds where they are left out.
_WITH_PARAMETERS = {
    "CHAR": (exp.DType.CHAR, ("1",)),
    "CHARACTER": (exp.DType.CHAR, ("1",)),
    "VARCHAR": (exp.DType.VARCHAR, (_MAX_LENGTH,)),
    "BINARY": (exp.DType.BINARY, ("1",)),
    "VARBINARY": (exp.DType.VARBINARY, (_MAX_LENGTH,)),
    "DECIMAL": (exp.DType.DECIMAL, ("10", "0")),
    "DEC": (exp.DType.DECIMAL, ("10", "0")),
    "NUMERIC": (exp.DType.DECIMAL, ("10", "0")),
    "TIME": (exp.DType.TIME, ("0",)),
    "TIMESTAMP": (exp.DType.TIMESTAMP, ("6",)),
    "TIMESTAMP_LTZ": (exp.DType.TIMESTAMPLTZ, ("6",)),
}
_UNBOUNDED = {exp.DType.VARCHAR: exp.DType.TEXT, exp.DType.VARBINARY: exp.DType.BLOB}
_NAMES = {
    **{dtype: name for name, dtype in _PLAIN.items() if name != "INTEGER"},
    exp.DType.CHAR: "CHAR",
    exp.DType.VARCHAR: "VARCHAR",
    exp.DType.BINARY: "BINARY",
    exp.DType.VARBINARY: "VARBINARY",
    exp.DType.DECIMAL: "DECIMAL",
    exp.DType.TIME: "TIME",
    exp.DType.TIMESTAMP: "TIMESTAMP",
    exp.DType.TIMESTAMPLTZ: "TIMESTAMP_LTZ",
    exp.DType.ARRAY: "ARRAY",
    exp.DType.MAP: "MAP",
    exp.DType.STRUCT: "ROW",
}
_KNOWN = {*_PLAIN, *_WITH_PARAMETERS, "ROW", "ARRAY", "MAP", _MULTISET}
_SYNONYMS = {
    "DOUBLE PRECISION": "DOUBLE",
    "CHAR VARYING": "VARCHAR",
    "CHARACTER VARYING": "VARCHAR",
}


def text(kind: exp.DataType) -> str:
    """A type as Flink prints it, with NOT NULL where it is declared.

    >>> text(exp.DataType(this=exp.DType.TEXT, nullable=False))
    'STRING NOT NULL'
    """
    not_null = " NOT NULL" if kind.args.get("nullable") is False else ""
    name = _NAMES.get(kind.this) or str(kind.args.get("kind") or kind.this.value)
    inner = ", ".join(_inner(part) for part in kind.expressions)
    if kind.args.get("nested"):
        return f"{name}<{inner}>{not_null}"
    return f"{name}({inner}){not_null}" if inner else name + not_null


def _inner(part: exp.Expression) -> str:
    if isinstance(part, exp.DataType):
        return text(part)
    if isinstance(part, exp.ColumnDef):
        comments = "".join(f" {literal(c.args['kind'].name)}" for c in part.constraints)
        return f"{quote(part.name)} {text(part.args['kind'])}{comments}"
    return part.name


class FlinkTypeParser(parser.Parser):
    """The part of the parser that reads types, and the small pieces that all of it is made of."""

    def _flink_type(self) -> exp.DataType:
        """A type with its NOT NULL; an error where there is none."""
        kind = self._type_without_suffix()
        while True:
            if self._match_text_seq("NOT", "NULL"):
                kind.set("nullable", False)
            elif self._match_text_seq("NULL"):
                kind.set("nullable", True)
            elif self._match_text_seq("ARRAY"):
                kind = exp.DataType(this=exp.DType.ARRAY, expressions=[kind], nested=True)
            elif self._match_text_seq(_MULTISET):
                kind = _multiset(kind)
            else:
                return kind

    def _type_without_suffix(self) -> exp.DataType:
        token = self._curr
        literal_or_quoted = token.token_type in {TokenType.IDENTIFIER, TokenType.STRING}
        word = "" if literal_or_quoted else _SYNONYMS.get(token.text.upper(), token.text.upper())
        if word not in _KNOWN:
            self._fail("Unknown type" if token else "Expected a type")
        self._advance()
        if word in _PLAIN:
            return exp.DataType(this=_PLAIN[word])
        if word in _WITH_PARAMETERS:
            return self._type_with_parameters(word)
        return self._row_type() if word == "ROW" else self._collection_type(word)

    def _type_with_parameters(self, word: str) -> exp.DataType:
        dtype, defaults = _WITH_PARAMETERS[word]
        given = tuple(self._list(self._number)) if self._curr.text == "(" else ()
        if len(given) > len(defaults):
            self._fail(f"{word} takes {len(defaults)} parameter(s) at most")
        if dtype in {exp.DType.TIME, exp.DType.TIMESTAMP}:
            if self._match_text_seq("WITH", "LOCAL", "TIME", "ZONE"):
                dtype = exp.DType.TIMESTAMPLTZ
            self._match_text_seq("WITHOUT", "TIME", "ZONE")
        # Flink reads a TIME's precision and then keeps whole seconds.
        parameters = defaults if dtype is exp.DType.TIME else given + defaults[len(given) :]
        if parameters == (_MAX_LENGTH,) and dtype in _UNBOUNDED:
            return exp.DataType(this=_UNBOUNDED[dtype])
        sizes = [exp.DataTypeParam(this=exp.Literal.number(size)) for size in parameters]
        return exp.DataType(this=dtype, expressions=sizes)

    def _row_type(self) -> exp.DataType:
        in_parentheses = self._curr.text == "("
        fields = self._list(self._field) if in_parentheses else self._list(self._field, "<", ">")
        return exp.DataType(this=exp.DType.STRUCT, expressions=fields, nested=True)

    def _field(self) -> exp.ColumnDef:
        name, kind, comment = self._name(), self._flink_type(), []
        if self._curr.token_type == TokenType.STRING:
            comment = [exp.ColumnConstraint(kind=exp.CommentColumnConstraint(this=self._text()))]
        return exp.ColumnDef(this=name, kind=kind, constraints=comment)

    def _collection_type(self, word: str) -> exp.DataType:
        inner = self._list(self._flink_type, "<", ">")
        if len(inner) != (2 if word == "MAP" else 1):
            self._fail(f"Wrong number of types in {word}<>")
        if word == _MULTISET:
            return _multiset(inner[0])
        return exp.DataType(this=exp.DType[word], expressions=inner, nested=True)

    def _list(self, item: Callable[[], Item], opening: str = "(", closing: str = ")") -> list[Item]:
        self._symbol(opening, f"Expected {opening}")
        items = [item()]
        while self._match(TokenType.COMMA):
            items.append(item())
        self._symbol(closing, f"Expected , or {closing}")
        return items

    def _symbol(self, symbol: str, message: str) -> None:
        if self._curr.text != symbol or self._curr.token_type == TokenType.STRING:
            self._fail(message)
        self._advance()

    def _name(self) -> exp.Identifier:
        token = self._curr
        quoted = token.token_type == TokenType.IDENTIFIER
        if not token or not (quoted or _is_word(token.text, token.token_type)):
            self._fail("Expected a name")
        self._advance()
        return exp.Identifier(this=token.text, quoted=quoted)

    def _text(self) -> exp.Literal:
        if not self._match(TokenType.STRING):
            self._fail("Expected text in single quotes")
        return exp.Literal.string(self._prev.text)

    def _number(self) -> str:
        if not self._match(TokenType.NUMBER):
            self._fail("Expected a number")
        return str(self._prev.text)

    def _fail(self, message: str) -> None:
        """Raises a `ParseError` whose description repeats nothing of the text: it may be secret."""
        self.raise_error(message if self._curr else f"{message} before {AT_END}")


def _multiset(element: exp.DataType) -> exp.DataType:
    # sqlglot knows no such type; a user-defined one is the closest of its nodes.
    return exp.DataType(
        this=exp.DType.USERDEFINED, kind=_MULTISET, expressions=[element], nested=True
    )


def _is_word(text: str, token_type: TokenType) -> bool:
    if token_type in {TokenType.STRING, TokenType.NUMBER}:
        return False
    return text.replace("_", "a").replace("$", "a").isalnum()
