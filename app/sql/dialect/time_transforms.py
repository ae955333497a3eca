"""What other dialects call by other names, in Flink's words: points and spans of time."""

from __future__ import annotations

from typing import Any

from sqlglot import exp
from sqlglot.generator import Generator
from sqlglot.optimizer.simplify import simplify

from app.sql.dialect import functions
from app.sql.dialect.formats import to_java
from app.sql.dialect.rewriting import Transform, call, operand, within

_DATE = exp.DataType(this=exp.DType.DATE)
_TIMESTAMP = exp.DataType(this=exp.DType.TIMESTAMP)


def _unit(node: exp.Expression | None) -> str:
    name = node.name.upper() if node else "DAY"
    return functions.FOREIGN_UNITS.get(name) or functions.unit(name) or name


def _cast(kind: exp.DataType) -> Transform:
    def transform(self: Generator, node: exp.Expression) -> str:
        if isinstance(node.this, exp.Cast) and node.this.to == kind:
            return self.sql(node.this)
        return f"CAST({self.sql(node, 'this')} AS {self.sql(kind)})"

    return transform


def _truncate(self: Generator, node: Any) -> str:
    this = node.this
    text = f"CAST({self.sql(this)} AS TIMESTAMP)" if this.is_string else self.sql(this)
    unit = node.args.get("unit")
    if isinstance(unit, exp.WeekStart) and unit.name.upper() == "SUNDAY":
        return f"FLOOR({text} TO WEEK)"
    if isinstance(unit, exp.WeekStart) or _unit(unit) == "WEEK":
        # Weeks begin on Monday elsewhere, on Sunday in Flink.
        text = f"FLOOR({operand(self, this)} - INTERVAL '1' DAY TO WEEK) + INTERVAL '1' DAY"
        return within(node, text)
    return f"FLOOR({text} TO {_unit(unit)})"


def _difference(self: Generator, node: Any) -> str:
    unit = _unit(node.args.get("unit"))
    start, end = self.sql(node, "expression"), self.sql(node, "this")
    if node.args.get("date_part_boundary"):
        start, end = f"FLOOR({start} TO {unit})", f"FLOOR({end} TO {unit})"
    return f"TIMESTAMPDIFF({unit}, {start}, {end})"


def _shift(sign: str) -> Transform:
    """A point of time plus or minus an amount of time."""

    def transform(self: Generator, node: Any) -> str:
        this, amount = node.this, simplify(node.expression.copy())
        minus = sign == "-"
        if isinstance(amount, exp.Neg):
            minus, amount = not minus, amount.this
        is_date = isinstance(node, exp.TsOrDsAdd) and not isinstance(this, exp.Cast)
        text = f"CAST({self.sql(this)} AS DATE)" if is_date else operand(self, this)
        if isinstance(amount, exp.Interval):
            interval = self.sql(amount)
        elif isinstance(amount, exp.Literal):
            unit = exp.var(_unit(node.args.get("unit")))
            interval = self.sql(exp.Interval(this=amount, unit=unit))
        else:
            count = f"-{operand(self, amount)}" if minus else self.sql(amount)
            return self.func("TIMESTAMPADD", _unit(node.args.get("unit")), count, text)
        return within(node, f"{text} {'-' if minus else '+'} {interval}")

    return transform


def _extract(self: Generator, node: exp.Extract) -> str:
    # As written where it is no other dialect's word for a unit.
    unit = functions.FOREIGN_UNITS.get(node.this.name.upper(), node.this.name)
    return f"EXTRACT({unit} FROM {self.sql(node, 'expression')})"


def _part(unit: str) -> Transform:
    return lambda self, node: f"EXTRACT({unit} FROM {self.sql(node, 'this')})"


def _formatted(name: str) -> Transform:
    """A call with a format, translated if it is constant."""

    def transform(self: Generator, node: Any) -> str:
        form = node.args.get("format")
        if isinstance(form, exp.Literal):
            form = exp.Literal.string(to_java(form.name))
        return self.func(name, node.this, form)

    return transform


def _to_char(self: Generator, node: exp.ToChar) -> str:
    form = node.args.get("format")
    if form is None:
        return f"CAST({self.sql(node, 'this')} AS STRING)"
    if isinstance(form, exp.Literal):
        words = (("YYYY", "yyyy"), ("YY", "yy"), ("DD", "dd"), ("HH24", "HH"), ("HH12", "hh"))
        text = form.name.upper()
        for old, new in (*words, ("MI", "mm"), ("SS", "ss"), ("AM", "a"), ("MON", "MMM")):
            text = text.replace(old, new)
        form = exp.Literal.string(text)
    return self.func("DATE_FORMAT", node.this, form)


def _from_unix(self: Generator, node: exp.UnixToTime) -> str:
    scale = node.args.get("scale")
    digits = exp.Literal.number(3 if scale is not None and scale.name == "3" else 0)
    return self.func("TO_TIMESTAMP_LTZ", node.this, digits)


def _to_unix(self: Generator, node: exp.StrToUnix) -> str:
    if isinstance(node.this, exp.CurrentTimestamp):
        return "UNIX_TIMESTAMP()"
    form = node.args.get("format")
    if not isinstance(form, exp.Literal) or to_java(form.name) != "yyyy-MM-dd HH:mm:ss":
        return _formatted("UNIX_TIMESTAMP")(self, node)
    # Spark takes points of time for it, Flink their text only.
    is_text = node.this.is_string or node.this.is_type(exp.DType.TEXT)
    return self.func("UNIX_TIMESTAMP", node.this if is_text else exp.cast(node.this, "TEXT"))


def _last_day(self: Generator, node: exp.LastDay) -> str:
    start = f"FLOOR({self.sql(node, 'this')} TO MONTH)"
    return within(node, f"{start} + INTERVAL '1' MONTH - INTERVAL '1' DAY")


TIME: dict[type[exp.Expression], Transform] = {
    **dict.fromkeys((exp.TimestampTrunc, exp.DateTrunc, exp.DatetimeTrunc), _truncate),
    **dict.fromkeys((exp.DateDiff, exp.TimestampDiff, exp.DatetimeDiff), _difference),
    exp.TsOrDsDiff: _difference,
    **dict.fromkeys(
        (exp.DateAdd, exp.TimestampAdd, exp.DatetimeAdd, exp.TsOrDsAdd, exp.TimeAdd), _shift("+")
    ),
    **dict.fromkeys((exp.DateSub, exp.TimestampSub, exp.DatetimeSub, exp.TimeSub), _shift("-")),
    **dict.fromkeys((exp.TsOrDsToDate, exp.Date, exp.DateStrToDate), _cast(_DATE)),
    **dict.fromkeys((exp.TsOrDsToTimestamp, exp.TimeStrToTime, exp.Timestamp), _cast(_TIMESTAMP)),
    **dict.fromkeys((exp.Day, exp.DayOfMonth), _part("DAY")),
    exp.DayOfWeek: call("DAYOFWEEK"),
    exp.DayOfWeekIso: _part("ISODOW"),
    exp.DayOfYear: call("DAYOFYEAR"),
    **dict.fromkeys((exp.Week, exp.WeekOfYear), call("WEEK")),
    **dict.fromkeys((exp.TimeToUnix, exp.UnixSeconds), _part("EPOCH")),
    exp.Extract: _extract,
    exp.LastDay: _last_day,
    exp.TimeToStr: _formatted("DATE_FORMAT"),
    exp.StrToDate: _formatted("TO_DATE"),
    exp.StrToTime: _formatted("TO_TIMESTAMP"),
    exp.StrToUnix: _to_unix,
    exp.UnixToStr: _formatted("FROM_UNIXTIME"),
    exp.UnixToTime: _from_unix,
    exp.ToChar: _to_char,
    exp.CurrentDatetime: lambda *_: "LOCALTIMESTAMP",
}
