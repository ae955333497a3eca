"""What other dialects call by other names, in Flink's words: a table, and a function a row."""

from __future__ import annotations

from typing import Any

from sqlglot import exp
from sqlglot.generator import Generator
from sqlglot.optimizer.simplify import simplify

from app.sql.dialect.query_transforms import QUERIES
from app.sql.dialect.rewriting import Transform, call, operand, within
from app.sql.dialect.time_transforms import TIME


def _ilike(self: Generator, node: exp.ILike) -> str:
    word = "NOT LIKE" if node.args.get("negate") else "LIKE"
    return f"LOWER({self.sql(node, 'this')}) {word} LOWER({self.sql(node, 'expression')})"


def _position(self: Generator, node: exp.StrPosition) -> str:
    needle, text = node.args["substr"], node.this
    if node.args.get("position"):
        return self.func("LOCATE", needle, text, node.args["position"])
    return f"POSITION({operand(self, needle)} IN {operand(self, text)})"


def _contains(self: Generator, node: exp.Contains) -> str:
    return f"POSITION({operand(self, node.expression)} IN {operand(self, node.this)}) > 0"


def _trim(self: Generator, node: exp.Trim) -> str:
    characters = self.sql(node, "expression")
    where = node.args.get("position") or ("BOTH" if characters else "")
    if not where:
        return self.func("TRIM", node.this)
    return f"TRIM({where} {characters or exp.Literal.string(' ')} FROM {self.sql(node, 'this')})"


def _pad(self: Generator, node: exp.Pad) -> str:
    fill = node.args.get("fill_pattern") or exp.Literal.string(" ")
    return self.func(
        "LPAD" if node.args.get("is_left") else "RPAD", node.this, node.expression, fill
    )


def _split_part(self: Generator, node: exp.SplitPart) -> str:
    index = simplify(exp.Sub(this=node.args["part_index"].copy(), expression=exp.Literal.number(1)))
    return self.func("SPLIT_INDEX", node.this, node.args["delimiter"], index)


def _json(name: str) -> Transform:
    def transform(self: Generator, node: Any) -> str:
        scalar = name if not isinstance(node.parent, exp.Cast) else "JSON_VALUE"
        return self.func(scalar, node.this, node.expression)

    return transform


# Aggregates


def _listagg(self: Generator, node: exp.GroupConcat) -> str:
    this = node.this
    if isinstance(this, exp.Order):
        self.unsupported("LISTAGG takes no ORDER BY")
        this = this.this
    separator = node.args.get("separator") or exp.Literal.string(",")
    return self.func("LISTAGG", this, separator)


def _array_agg(self: Generator, node: exp.ArrayAgg) -> str:
    this = node.this
    if isinstance(this, exp.Limit):
        self.unsupported("ARRAY_AGG takes no LIMIT")
        this = this.this
    return self.func("ARRAY_AGG", this)


def _percentile(self: Generator, node: Any) -> str:
    share = node.args.get("quantile") or node.args.get("expression")
    return self.func("PERCENTILE", node.this, share or exp.Literal.number(0.5))


def _within_group(self: Generator, node: exp.WithinGroup) -> str:
    aggregate, order = node.this, node.expression
    if isinstance(aggregate, exp.PercentileCont | exp.PercentileDisc):
        return self.func("PERCENTILE", order.expressions[0].this, aggregate.this)
    if isinstance(aggregate, exp.GroupConcat):
        return self.sql(aggregate)
    return self.withingroup_sql(node)


def _count_if(self: Generator, node: exp.CountIf) -> str:
    return f"COUNT(*) FILTER (WHERE {self.sql(node, 'this')})"


def _count_distinct(self: Generator, node: exp.ApproxDistinct) -> str:
    return f"COUNT(DISTINCT {self.sql(node, 'this')})"


# Values


def _choice(self: Generator, node: exp.Nvl2) -> str:
    condition = exp.Not(this=exp.Is(this=node.this.copy(), expression=exp.Null()))
    case = exp.Case(ifs=[exp.If(this=condition, true=node.args["true"].copy())])
    case.set("default", (node.args.get("false") or exp.Null()).copy())
    return self.sql(case)


def _safe_divide(self: Generator, node: exp.SafeDivide) -> str:
    left = f"CAST({self.sql(node, 'this')} AS DOUBLE)"
    return within(node, f"{left} / NULLIF({self.sql(node, 'expression')}, 0)")


def _whole_division(self: Generator, node: exp.IntDiv) -> str:
    left, right = operand(self, node.this), operand(self, node.expression)
    return f"CAST({left} / {right} AS BIGINT)"


def _exclusive_or(self: Generator, node: exp.Xor) -> str:
    return f"(({self.sql(node, 'this')}) <> ({self.sql(node, 'expression')}))"


def _logarithm(self: Generator, node: exp.Log) -> str:
    base = node.args.get("expression")
    return self.func("LOG", node.this, base) if base else self.func("LOG10", node.this)


def _convert(self: Generator, node: exp.Convert) -> str:
    kind = exp.TryCast if node.args.get("safe") else exp.Cast
    return self.sql(kind(this=node.expression.copy(), to=node.this.copy()))


def _row(self: Generator, node: exp.Struct) -> str:
    values = (e.expression if isinstance(e, exp.PropertyEQ) else e for e in node.expressions)
    return self.func("ROW", *values)


def _to_map(self: Generator, node: exp.ToMap) -> str:
    pairs = node.this.expressions if isinstance(node.this, exp.Struct) else []
    return f"MAP[{', '.join(f'{self.sql(p.this)}, {self.sql(p.expression)}' for p in pairs)}]"


TRANSFORMS: dict[type[exp.Expression], Transform] = {
    **TIME,
    **QUERIES,
    exp.ILike: _ilike,
    exp.StrPosition: _position,
    exp.Contains: _contains,
    exp.StartsWith: call("STARTSWITH", "this", "expression"),
    exp.EndsWith: call("ENDSWITH", "this", "expression"),
    exp.RegexpLike: call("REGEXP", "this", "expression"),
    exp.RegexpExtract: call("REGEXP_EXTRACT", "this", "expression", "group"),
    exp.RegexpReplace: call("REGEXP_REPLACE", "this", "expression", "replacement"),
    **dict.fromkeys(
        (exp.Split, exp.StringToArray, exp.RegexpSplit), call("SPLIT", "this", "expression")
    ),
    exp.SplitPart: _split_part,
    exp.Length: call("CHAR_LENGTH"),
    exp.Unicode: call("ASCII"),
    exp.Trim: _trim,
    exp.Pad: _pad,
    exp.SHA: call("SHA1"),
    exp.Uuid: lambda *_: "UUID()",
    exp.JSONExtract: _json("JSON_QUERY"),
    exp.JSONExtractScalar: _json("JSON_VALUE"),
    exp.GroupConcat: _listagg,
    exp.WithinGroup: _within_group,
    **dict.fromkeys(
        (exp.Median, exp.Quantile, exp.ApproxQuantile, exp.PercentileCont, exp.PercentileDisc),
        _percentile,
    ),
    exp.ApproxDistinct: _count_distinct,
    exp.CountIf: _count_if,
    **dict.fromkeys((exp.AnyValue, exp.First), call("FIRST_VALUE")),
    exp.Last: call("LAST_VALUE"),
    exp.LogicalOr: call("MAX"),
    exp.LogicalAnd: call("MIN"),
    exp.ArrayAgg: _array_agg,
    exp.ArrayUniqueAgg: lambda self, node: f"ARRAY_AGG(DISTINCT {self.sql(node, 'this')})",
    exp.Stddev: call("STDDEV_SAMP"),
    exp.Variance: call("VAR_SAMP"),
    exp.VariancePop: call("VAR_POP"),
    exp.ArraySize: call("CARDINALITY"),
    exp.Struct: _row,
    exp.ToMap: _to_map,
    exp.Nvl2: _choice,
    exp.SafeDivide: _safe_divide,
    exp.IntDiv: _whole_division,
    exp.Xor: _exclusive_or,
    exp.Pow: call("POWER", "this", "expression"),
    exp.Trunc: call("TRUNCATE", "this", "decimals"),
    exp.Log: _logarithm,
    exp.Convert: _convert,
}
