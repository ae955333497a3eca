"""Tables of Flink's functions: which become node classes, and which have a syntax of their own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlglot import TokenType, exp, parser

from app.sql.dialect.words import words

# Calls that become a class of sqlglot's; every other call keeps its name in an `exp.Anonymous`.
BUILDERS: dict[str, Callable[..., Any]] = {
    name: parser.Parser.FUNCTIONS[name]
    for name in sorted(words("AVG COALESCE COUNT DENSE_RANK MAX MIN RANK ROW_NUMBER SUM"))
}
AGGREGATES = (exp.Avg, exp.Count, exp.Max, exp.Min, exp.Sum)
WITHOUT_PARENTHESES = {
    TokenType.CURRENT_DATE: exp.CurrentDate,
    TokenType.CURRENT_TIME: exp.CurrentTime,
    TokenType.CURRENT_TIMESTAMP: exp.CurrentTimestamp,
    TokenType.LOCALTIME: exp.Localtime,
    TokenType.LOCALTIMESTAMP: exp.Localtimestamp,
}
# Words that stand for a value although they look like a column.
CONSTANTS = words("""
    CURRENT_CATALOG CURRENT_DEFAULT_TRANSFORM_GROUP CURRENT_PATH CURRENT_ROLE CURRENT_SCHEMA
    CURRENT_USER DEFAULT SESSION_USER SYSTEM_USER UNKNOWN USER
    """)

_JSON = "RETURNING PASSING AS ON EMPTY ERROR DEFAULT NULL TRUE FALSE UNKNOWN FORMAT JSON"
# Functions whose arguments are set apart by words too, and those words.
WORDS: dict[str, frozenset[str]] = {
    name: words(text)
    for name, text in {
        "CONVERT": "USING",
        "JSON_ARRAY": "NULL ABSENT ON FORMAT JSON",
        "JSON_ARRAYAGG": "NULL ABSENT ON FORMAT JSON",
        "JSON_EXISTS": _JSON,
        "JSON_OBJECT": "KEY VALUE NULL ABSENT ON FORMAT JSON",
        "JSON_OBJECTAGG": "KEY VALUE NULL ABSENT ON FORMAT JSON",
        "JSON_QUERY": _JSON + " WITH WITHOUT CONDITIONAL UNCONDITIONAL ARRAY OBJECT WRAPPER",
        "JSON_VALUE": _JSON,
        "OVERLAY": "PLACING FROM FOR",
        "POSITION": "IN FROM",
        "SUBSTRING": "FROM FOR",
        "TRANSLATE": "USING",
        "TRIM": "BOTH LEADING TRAILING FROM",
    }.items()
}
# Of these words: those that an argument follows, those that may open an argument's place, and
# those that name what to do ON EMPTY, ON ERROR or ON NULL.
BEFORE_ARGUMENT = words("""
    AS BOTH DEFAULT FOR FROM IN KEY LEADING PASSING PLACING TRAILING USING VALUE
    """)
OPENING = words("BOTH FROM LEADING TRAILING")
BEHAVIOURS = words("ABSENT EMPTY ERROR FALSE NULL TRUE UNKNOWN")

# Functions with a unit of time among their arguments.
WITH_UNIT = sorted(
    words("""
    DATEADD DATEDIFF DATEPART DATETIME_DIFF DATETIME_TRUNC DATE_DIFF DATE_PART DATE_TRUNC
    TIMESTAMPADD TIMESTAMPDIFF TIMESTAMP_DIFF TIMESTAMP_TRUNC TIME_DIFF TIME_TRUNC
    """)
)
INTERVAL_UNITS = words("YEAR QUARTER MONTH WEEK DAY HOUR MINUTE SECOND")
UNITS = INTERVAL_UNITS | words("""
    CENTURY DECADE DOW DOY EPOCH ISODOW ISOYEAR MICROSECOND MILLENNIUM MILLISECOND NANOSECOND
    SQL_TSI_DAY SQL_TSI_FRAC_SECOND SQL_TSI_HOUR SQL_TSI_MICROSECOND SQL_TSI_MINUTE SQL_TSI_MONTH
    SQL_TSI_QUARTER SQL_TSI_SECOND SQL_TSI_WEEK SQL_TSI_YEAR
    """)
# What other dialects call them.
FOREIGN_UNITS = {
    **dict.fromkeys(("YYYY", "YYY", "YY", "Y", "ISOYEAR"), "YEAR"),
    **dict.fromkeys(("MM", "MON", "MONS"), "MONTH"),
    **dict.fromkeys(("DD", "D"), "DAY"),
    **dict.fromkeys(("HH", "HR", "HRS", "H"), "HOUR"),
    **dict.fromkeys(("MI", "MIN", "MINS"), "MINUTE"),
    **dict.fromkeys(("SS", "SEC", "SECS", "S"), "SECOND"),
    **dict.fromkeys(("WK", "WW", "W", "ISOWEEK", "WEEKOFYEAR", "WEEKISO"), "WEEK"),
    **dict.fromkeys(("Q", "QTR"), "QUARTER"),
    **dict.fromkeys(("DAYOFWEEK", "WEEKDAY", "DW"), "DOW"),
    **dict.fromkeys(("DAYOFYEAR", "DY"), "DOY"),
    "DAYOFWEEKISO": "ISODOW",
}


def unit(word: str) -> str:
    """The unit that a word names, in the singular; empty if it names none.

    >>> unit("days"), unit("MINUTE"), unit("a")
    ('DAY', 'MINUTE', '')
    """
    upper = word.upper()
    singular = upper.removesuffix("S")
    return upper if upper in UNITS else singular if singular in UNITS else ""
