"""Writes expressions as Flink reads them: its literals, operators and calls.

What other dialects call by other names is translated by the table of `transforms`.
"""

from __future__ import annotations

import re
from typing import Any, ClassVar

from sqlglot import exp, generator

from app.sql.dialect import functions, intervals, transforms, types
from app.sql.dialect.words import RESERVED

# What needs no precision.
_SHORT_AMOUNT = re.compile(r"[+-]?\d{1,2}")


class ExpressionGenerator(generator.Generator):
    """Writes literals, operators and calls in Flink's spelling."""

    RESERVED_KEYWORDS: ClassVar[set[str]] = {word.lower() for word in RESERVED}
    SUPPORTS_BETWEEN_FLAGS = True
    TRANSFORMS: ClassVar[dict[Any, Any]] = {
        **{
            node: transform
            for node, transform in generator.Generator.TRANSFORMS.items()
            if node not in {exp.Operator, exp.VarMap}
        },
        **transforms.TRANSFORMS,
    }

    def anonymous_sql(self, expression: exp.Anonymous) -> str:
        """A call, under the name it was written with."""
        name = self.sql(expression, "this")
        arguments = [self.sql(argument).strip() for argument in expression.expressions]
        form = expression.args.get("form")
        if form is not None:
            return f"{name}({form.format(*arguments)})"
        if expression.args.get("brackets"):
            return f"{name}[{', '.join(arguments)}]"
        return self.func(name, *expression.expressions, normalize=False)

    def cast_sql(self, expression: exp.Cast, safe_prefix: str | None = None) -> str:
        """CAST; or DATE '...', where it was written so."""
        if not expression.args.get("literal"):
            return super().cast_sql(expression, safe_prefix)
        local = expression.to.this is exp.DType.TIMESTAMPLTZ
        name = "TIMESTAMP WITH LOCAL TIME ZONE" if local else expression.to.this.value
        return f"{name} {self.sql(expression, 'this')}"

    def interval_sql(self, expression: exp.Interval) -> str:
        """INTERVAL; or `(a - b) DAY`."""
        amount, unit = expression.this, expression.args.get("unit")
        if isinstance(amount, exp.Neg) and isinstance(amount.this, exp.Literal):
            amount = exp.Literal.string(f"-{amount.this.name}")
        if isinstance(amount, exp.Literal):
            return self._constant_interval(amount.name, unit, expression)
        unit = unit or exp.var("DAY")
        if isinstance(amount, exp.Paren) and isinstance(amount.this, exp.Sub):
            return f"{self.sql(amount)} {types.interval_unit(unit)}"
        if not isinstance(amount, exp.Column | exp.Paren):
            amount = exp.Paren(this=amount)
        return f"INTERVAL {self.sql(amount)} {types.interval_unit(unit)}"

    def _constant_interval(self, text: str, unit: exp.Expr | None, interval: exp.Interval) -> str:
        if unit is None:
            spelled = intervals.spelled_out(text)
            if spelled is None:
                self.unsupported("An interval without a unit")
            return (
                self.sql(spelled) if spelled else f"INTERVAL {self.sql(exp.Literal.string(text))}"
            )
        if isinstance(unit, exp.Var) and not interval.meta.get(intervals.AS_WRITTEN):
            name = functions.unit(unit.name)
            taken = name in functions.INTERVAL_UNITS - intervals.MISREAD
            if not taken or not _SHORT_AMOUNT.fullmatch(text):
                text, unit = intervals.exact(text, name or unit.name)
            else:
                unit = exp.var(name or unit.name)
        return f"INTERVAL {self.sql(exp.Literal.string(text))} {types.interval_unit(unit)}"

    def not_sql(self, expression: exp.Not) -> str:
        """NOT where Flink's users write it: `x IS NOT NULL`, `x NOT IN (...)`."""
        this = expression.this
        if isinstance(this, exp.Is):
            return f"{self.sql(this, 'this')} IS NOT {self.sql(this, 'expression')}"
        if type(this) in {exp.In, exp.Between, exp.SimilarTo, exp.RegexpLike}:
            text = self.sql(this)
            left = self.sql(this, "this")
            if text.startswith(f"{left} "):
                return f"{left} NOT{text[len(left) :]}"
        return f"NOT {self.sql(this)}"

    def case_sql(self, expression: exp.Case) -> str:
        """CASE, on one line unless the text is to be pretty."""
        if self.pretty and not any(case.args.get("others") for case in expression.args["ifs"]):
            return super().case_sql(expression)
        parts = ["CASE", self.sql(expression, "this")]
        for case in expression.args["ifs"]:
            conditions = ", ".join(map(self.sql, (case.this, *(case.args.get("others") or ()))))
            parts.append(f"WHEN {conditions} THEN {self.sql(case, 'true')}")
        if default := self.sql(expression, "default"):
            parts.append(f"ELSE {default}")
        return " ".join(part for part in (*parts, "END") if part)

    def dpipe_sql(self, expression: exp.DPipe) -> str:
        """`||`, which takes text only: what came from elsewhere is cast."""
        sides = (expression.this, expression.expression)
        if not expression.args.get("safe"):
            return " || ".join(map(self.sql, sides))
        return " || ".join(self.sql(_as_text(side)) for side in sides)

    def operator_sql(self, expression: exp.Operator) -> str:
        """`a CONTAINS b` and other operators that are words."""
        left, right = self.sql(expression, "this"), self.sql(expression, "expression")
        return f"{left} {expression.args['operator'].name} {right}"

    def windowspec_sql(self, expression: exp.WindowSpec) -> str:
        """The rows of an OVER window, without an end where none was written."""
        if expression.args.get("end"):
            return super().windowspec_sql(expression)
        kind, start = expression.args["kind"], self.sql(expression, "start")
        return f"{kind} {start} {expression.args.get('start_side') or ''}".rstrip()

    def currenttimestamp_sql(self, expression: exp.CurrentTimestamp) -> str:
        """CURRENT_TIMESTAMP, with its precision if it has one."""
        return self._current(expression, "CURRENT_TIMESTAMP")

    def currenttime_sql(self, expression: exp.CurrentTime) -> str:
        """CURRENT_TIME, with its precision if it has one."""
        return self._current(expression, "CURRENT_TIME")

    def _current(self, expression: exp.Expression, name: str) -> str:
        precision = self.sql(expression, "this")
        return f"{name}({precision})" if precision else name

    def any_sql(self, expression: exp.Any) -> str:
        """ANY or SOME."""
        word = "SOME" if expression.args.get("some") else "ANY"
        return f"{word} {self._in_parentheses(expression.this)}"

    def all_sql(self, expression: exp.All) -> str:
        """ALL."""
        return f"ALL {self._in_parentheses(expression.this)}"

    def _in_parentheses(self, operand: exp.Expression) -> str:
        text = self.sql(operand)
        wrapped = isinstance(operand, exp.Tuple | exp.Paren | exp.Subquery)
        return text if wrapped else f"({text})"

    def array_sql(self, expression: exp.Array) -> str:
        """ARRAY[...]; a query in parentheses."""
        items = expression.expressions
        if len(items) == 1 and isinstance(items[0], exp.Query):
            return f"ARRAY({self.sql(items[0])})"
        return f"ARRAY[{self.expressions(expression, flat=True)}]"

    def map_sql(self, expression: exp.Map | exp.VarMap) -> str:
        """MAP[key, value, ...]; of two arrays that are no constants, MAP_FROM_ARRAYS."""
        keys, values = expression.args.get("keys"), expression.args.get("values")
        if not isinstance(keys, exp.Array) or not isinstance(values, exp.Array):
            return self.func("MAP_FROM_ARRAYS", keys, values)
        pairs = zip(keys.expressions, values.expressions, strict=False)
        return f"MAP[{', '.join(f'{self.sql(key)}, {self.sql(value)}' for key, value in pairs)}]"

    def varmap_sql(self, expression: exp.VarMap) -> str:
        """MAP[key, value, ...]."""
        return self.map_sql(expression)

    def star_sql(self, expression: exp.Star) -> str:
        """`*`, of which Flink can leave out nothing."""
        if any(expression.args.values()):
            self.unsupported("Flink's * takes no EXCEPT, REPLACE or RENAME")
        return super().star_sql(expression)

    def attimezone_sql(self, expression: exp.AtTimeZone) -> str:
        """AT TIME ZONE, which Flink has not."""
        self.unsupported("Flink has no AT TIME ZONE; CONVERT_TZ converts text")
        return super().attimezone_sql(expression)

    def hexstring_sql(self, expression: exp.HexString, *_args: Any, **_kwargs: Any) -> str:
        """x'...'."""
        return f"x'{expression.name}'"

    def unicodestring_sql(self, expression: exp.UnicodeString) -> str:
        """U&'...'."""
        escape = self.sql(expression, "escape")
        text = f"U&{self.sql(exp.Literal.string(expression.name))}"
        return f"{text} UESCAPE {escape}" if escape else text


def _as_text(node: exp.Expr) -> exp.Expr:
    inner = node.unnest()
    if inner.is_string or isinstance(inner, exp.DPipe) or inner.is_type(exp.DType.TEXT):
        return node
    return exp.Cast(this=inner.copy(), to=exp.DataType(this=exp.DType.TEXT))
