"""Flink's column types: read by the dialect's parser, and written as Flink prints them."""

from __future__ import annotations

from sqlglot import Tokenizer, TokenType, exp, parser

from app.sql.dialect.pieces import QUOTED, PieceParser
from app.sql.lexer import literal, quote

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
# What other dialects' types become.
_FOREIGN: dict[str, str] = {
    "STRING": (
        "NCHAR NVARCHAR BPCHAR NAME TINYTEXT MEDIUMTEXT LONGTEXT JSON JSONB UUID XML INET ENUM "
        "ENUM8 ENUM16 FIXEDSTRING GEOGRAPHY GEOMETRY IPADDRESS HSTORE OBJECT LOWCARDINALITY"
    ),
    "BYTES": "TINYBLOB MEDIUMBLOB LONGBLOB IMAGE ROWVERSION",
    "BOOLEAN": "BIT",
    "SMALLINT": "UTINYINT YEAR",
    "INT": "USMALLINT MEDIUMINT SERIAL SMALLSERIAL",
    "BIGINT": "UINT UMEDIUMINT BIGSERIAL",
    "DECIMAL(20, 0)": "UBIGINT",
    "DECIMAL(19, 4)": "MONEY SMALLMONEY",
    "DECIMAL(38, 0)": "INT128 UINT128 INT256 UINT256 BIGNUM",
    "DECIMAL(38, 18)": "BIGDECIMAL",
    "DOUBLE": "DECFLOAT UDOUBLE",
    "DATE": "DATE32",
    "TIME": "TIMETZ TIME_NS",
    "TIMESTAMP": (
        "TIMESTAMPNTZ TIMESTAMP_S TIMESTAMP_MS TIMESTAMP_NS DATETIME DATETIME2 DATETIME64 "
        "SMALLDATETIME"
    ),
    "TIMESTAMP_LTZ": "TIMESTAMPTZ",
}
_FOREIGN_NAMES = {
    getattr(exp.DType, old): new for new, olds in _FOREIGN.items() for old in olds.split()
}
# What a type without the parameters that Flink always prints is elsewhere.
_WITHOUT_PARAMETERS = {
    exp.DType.VARCHAR: "STRING",
    exp.DType.VARBINARY: "BYTES",
    exp.DType.BINARY: "BYTES",
    exp.DType.DECIMAL: "DECIMAL(38, 18)",
}
_FLINK_WORDS = {"REAL": exp.DType.FLOAT, "LONG": exp.DType.BIGINT, "BOOL": exp.DType.BOOLEAN}
_UNBOUNDED_NAMES = {"VARCHAR": exp.DType.TEXT, "VARBINARY": exp.DType.BLOB}
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
_KNOWN |= {"INTERVAL", "RAW", "STRUCTURED"}
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
    if isinstance(kind.this, exp.Interval):
        return f"INTERVAL {interval_unit(kind.this.args['unit'])}{not_null}"
    if kind.this in _FOREIGN_NAMES:
        return _FOREIGN_NAMES[kind.this] + not_null
    name = _NAMES.get(kind.this) or str(kind.args.get("kind") or kind.this.value)
    inner = ", ".join(_inner(part) for part in kind.expressions)
    if kind.args.get("nested"):
        return f"{name}<{inner}>{not_null}"
    if not inner or inner.upper() == "MAX":
        return _WITHOUT_PARAMETERS.get(kind.this, name) + not_null
    return f"{name}({inner}){not_null}"


def interval_unit(unit: exp.Expr) -> str:
    """The unit of an interval, with its precision: `DAY(3) TO SECOND`."""
    if isinstance(unit, exp.IntervalSpan):
        return f"{interval_unit(unit.this)} TO {interval_unit(unit.expression)}"
    sizes = ", ".join(size.name for size in unit.expressions)
    return f"{unit.name}({sizes})" if sizes else unit.name


def _inner(part: exp.Expression) -> str:
    if isinstance(part, exp.DataType):
        return text(part)
    if part.is_string:
        return literal(part.name)
    if isinstance(part, exp.ColumnDef):
        comments = "".join(f" {literal(c.args['kind'].name)}" for c in part.constraints)
        return f"{quote(part.name)} {text(part.args['kind'])}{comments}"
    return part.name


class FlinkTypeParser(PieceParser):
    """The part of the parser that reads types."""

    def _flink_type(self) -> exp.DataType:
        """A type with its NOT NULL; an error where there is none."""
        kind = self._type_without_suffix()
        while True:
            if self._match_text_seq("NOT", "NULL"):
                kind.set("nullable", False)
            elif self._match_text_seq("NULL"):
                kind.set("nullable", True)
            elif (collection := self._collection_of(kind)) is not None:
                kind = collection
            else:
                return kind

    def _type_with_collections(self) -> exp.DataType:
        """A type with ARRAY or MULTISET after it, whose elements a cast makes NOT NULL."""
        kind = self._type_without_suffix()
        while (collection := self._collection_of(kind)) is not None:
            kind.set("nullable", False)
            kind = collection
        return kind

    def _collection_of(self, kind: exp.DataType) -> exp.DataType | None:
        if self._match_text_seq("ARRAY"):
            return exp.DataType(this=exp.DType.ARRAY, expressions=[kind], nested=True)
        return _multiset(kind) if self._match_text_seq(_MULTISET) else None

    def _cast_type(self) -> exp.DataType:
        """A type as CAST takes it: also one of another dialect, or a user's own."""
        token = self._curr
        word = token.text.upper()
        if token.token_type != TokenType.IDENTIFIER:
            if word in _UNBOUNDED_NAMES and self._tokens_are(1, "(", "MAX", ")"):
                self._advance(4)
                return exp.DataType(this=_UNBOUNDED_NAMES[word])
            if word in _KNOWN or word in _SYNONYMS:
                kind = self._type_with_collections()
                self._match_text_seq("NOT", "NULL")
                return kind
            dtype = _FLINK_WORDS.get(word) or _sqlglot_type(word)
            if dtype:
                self._advance()
                sizes = self._list(self._type_size) if self._at_list() else []
                return exp.DataType(this=dtype, expressions=sizes)
        parts = [self._name().name]
        while self._match(TokenType.DOT):
            parts.append(self._name().name)
        return exp.DataType(this=exp.DType.USERDEFINED, kind=".".join(map(quote, parts)))

    def _tokens_are(self, skipped: int, *texts: str) -> bool:
        start = self._index + skipped
        following = self._tokens[start : start + len(texts)]
        return tuple(token.text.upper() for token in following) == texts

    def _type_size(self) -> exp.DataTypeParam:
        if self._match_text_seq("MAX"):
            return exp.DataTypeParam(this=exp.var("MAX"))
        return exp.DataTypeParam(this=exp.Literal.number(self._number()))

    def _type_without_suffix(self) -> exp.DataType:
        token = self._curr
        upper = token.text.upper()
        word = "" if token.token_type in QUOTED else _SYNONYMS.get(upper, upper)
        if word not in _KNOWN:
            self._fail("Unknown type" if token else "Expected a type")
        self._advance()
        if word in _PLAIN:
            return exp.DataType(this=_PLAIN[word])
        if word in _WITH_PARAMETERS:
            return self._type_with_parameters(word)
        if word == "INTERVAL":
            return exp.DataType(this=exp.Interval(unit=self._interval_unit() or self._no_unit()))
        if word in {"RAW", "STRUCTURED"}:
            return self._class_type(word)
        return self._row_type() if word == "ROW" else self._collection_type(word)

    def _class_type(self, word: str) -> exp.DataType:
        """`RAW('class', 'snapshot')`, `STRUCTURED<'class', name TYPE, ...>`."""
        nested = word == "STRUCTURED"
        brackets = ("<", ">") if nested else ("(", ")")

        def part() -> exp.Expression:
            is_text = self._curr.token_type == TokenType.STRING
            return self._text() if is_text else self._field()

        parts = self._list(part, *brackets)
        kind = exp.DType.USERDEFINED
        return exp.DataType(this=kind, kind=word, expressions=parts, nested=nested)

    def _type_with_parameters(self, word: str) -> exp.DataType:
        dtype, defaults = _WITH_PARAMETERS[word]
        given = tuple(self._list(self._number)) if self._at_list() else ()
        if len(given) > len(defaults):
            self._fail(f"{word} takes {len(defaults)} parameter(s) at most")
        if dtype in {exp.DType.TIME, exp.DType.TIMESTAMP}:
            if self._match_text_seq("WITH", "LOCAL", "TIME", "ZONE"):
                dtype = exp.DType.TIMESTAMPLTZ
            self._match_text_seq("WITHOUT", "TIME", "ZONE")
        if self._match_text_seq("CHARACTER", "SET"):
            self._name()
        # Flink reads a TIME's precision and then keeps whole seconds.
        parameters = defaults if dtype is exp.DType.TIME else given + defaults[len(given) :]
        if parameters == (_MAX_LENGTH,) and dtype in _UNBOUNDED:
            return exp.DataType(this=_UNBOUNDED[dtype])
        sizes = [exp.DataTypeParam(this=exp.Literal.number(size)) for size in parameters]
        return exp.DataType(this=dtype, expressions=sizes)

    def _row_type(self) -> exp.DataType:
        fields = self._list(self._field, *("()" if self._at_list() else "<>"))
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


def _sqlglot_type(word: str) -> exp.DType | None:
    token_type = Tokenizer.KEYWORDS.get(word)
    if token_type not in parser.Parser.TYPE_TOKENS:
        return None
    return exp.DType.__members__.get(token_type.name)


def _multiset(element: exp.DataType) -> exp.DataType:
    # sqlglot knows no such type; a user-defined one is the closest of its nodes.
    return exp.DataType(
        this=exp.DType.USERDEFINED, kind=_MULTISET, expressions=[element], nested=True
    )
