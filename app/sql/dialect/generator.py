"""Writes a tree as Flink SQL: queries, relations and statements."""

from __future__ import annotations

from typing import Any, ClassVar

from sqlglot import exp
from sqlglot.errors import UnsupportedError

from app.sql.dialect import types
from app.sql.dialect.expression_generator import ExpressionGenerator


class FlinkGenerator(ExpressionGenerator):
    """Writes queries and statements in Flink's spelling."""

    PROPERTIES_LOCATION: ClassVar[dict[Any, Any]] = {
        **ExpressionGenerator.PROPERTIES_LOCATION,
        exp.PartitionedByProperty: exp.Properties.Location.POST_SCHEMA,
    }
    INSERT_OVERWRITE = " OVERWRITE"
    CTE_RECURSIVE_KEYWORD_REQUIRED = False
    SEMI_ANTI_JOIN_WITH_SIDE = False
    UNNEST_WITH_ORDINALITY = True

    def generate(self, expression: exp.Expr, copy: bool = True) -> str:
        """The text of a tree.

        Raises:
            UnsupportedError: The tree is nested too deeply to be written.
        """
        try:
            return super().generate(expression, copy)
        except RecursionError:
            raise UnsupportedError("The tree is nested too deeply") from None

    # Relations

    def table_sql(self, expression: exp.Table, *_: Any, **__: Any) -> str:
        """A table: hints and what applies to it stand before its alias."""
        is_argument = isinstance(expression.parent, exp.Anonymous | exp.Kwarg)
        name = f"{'TABLE ' if is_argument else ''}{self.table_parts(expression)}"
        parts = [name, self.expressions(expression, key="hints", sep="")]
        if expression.args.get("version"):
            parts.append(f" {self.sql(expression, 'version')}")
        parts.append(self._applied(expression))
        parts.append(self._partitioned(expression))
        text, joins = "".join(parts), self._joins(expression)
        # Other dialects nest joins without parentheses.
        nested = joins and isinstance(expression.parent, exp.Join | exp.From)
        return f"({text}{joins})" if nested else text + joins

    def _joins(self, expression: exp.Expr) -> str:
        return "".join(self.sql(join) for join in expression.args.get("joins") or ())

    def _applied(self, expression: exp.Expr) -> str:
        """What follows a relation: MATCH_RECOGNIZE, pivots, its alias and its sample."""
        match, pivots = self.sql(expression, "match"), expression.args.get("pivots") or ()
        alias = self.sql(expression, "alias")
        alias = f" AS {alias}" if alias else ""
        return f"{match}{''.join(map(self.sql, pivots))}{alias}{self.sql(expression, 'sample')}"

    def _partitioned(self, expression: exp.Expr) -> str:
        """PARTITION BY and ORDER BY of a table that is an argument."""
        columns, order = expression.args.get("partition_by"), expression.args.get("order")
        partition = f" PARTITION BY {self._one_or_more(columns)}" if columns is not None else ""
        keys = f" ORDER BY {self._one_or_more(order.expressions)}" if order else ""
        return partition + keys

    def _one_or_more(self, nodes: list[exp.Expr]) -> str:
        inner = ", ".join(self.sql(node) for node in nodes)
        return inner if len(nodes) == 1 else f"({inner})"

    def tablefromrows_sql(self, expression: exp.TableFromRows) -> str:
        """TABLE(F(...))."""
        call = self.sql(expression, "this")
        return f"TABLE({call}){self._applied(expression)}{self._joins(expression)}"

    def lateral_sql(self, expression: exp.Lateral) -> str:
        """LATERAL TABLE(F(...)), LATERAL (SELECT ...)."""
        source = self.sql(expression, "this")
        return f"LATERAL {source}{self._applied(expression)}{self._joins(expression)}"

    def unnest_sql(self, expression: exp.Unnest) -> str:
        """UNNEST(...) [WITH ORDINALITY]."""
        offset, alias = expression.args.get("offset"), expression.args.get("alias")
        if isinstance(offset, exp.Expr) and alias:
            expression = expression.copy()
            expression.args["alias"].append("columns", offset.copy())
        ordinality = " WITH ORDINALITY" if offset else ""
        arguments = self.expressions(expression, flat=True)
        applied = f"{self._applied(expression)}{self._joins(expression)}"
        return f"UNNEST({arguments}){ordinality}{applied}"

    def values_sql(self, expression: exp.Values, *_: Any, **__: Any) -> str:
        """VALUES; in parentheses where it is a relation."""
        values = self.query_modifiers(
            expression, f"VALUES {self.expressions(expression, flat=True)}"
        )
        if isinstance(expression.parent, exp.From | exp.Join | exp.Lateral | exp.Table):
            return f"({values}){self._applied(expression)}{self._joins(expression)}"
        return f"({values}) AS {self.sql(expression, 'alias')}" if expression.alias else values

    def subquery_sql(self, expression: exp.Subquery, *_: Any, **__: Any) -> str:
        """A query or joined relations in parentheses."""
        if isinstance(expression.parent, exp.Anonymous | exp.Kwarg):
            return f"{self.wrap(expression)}{self._partitioned(expression)}"
        text = f"{self.wrap(expression)}{self._applied(expression)}{self._joins(expression)}"
        return self.prepend_ctes(expression, self._ordered(expression, text))

    def _ordered(self, expression: exp.Expr, text: str) -> str:
        """A query with ORDER BY and what limits it."""
        limit = expression.args.get("limit")
        order = self.sql(expression, "order")
        is_fetch = isinstance(limit, exp.Fetch)
        return "".join((text, order, *self.offset_limit_modifiers(expression, is_fetch, limit)))

    def version_sql(self, expression: exp.Version) -> str:
        """FOR SYSTEM_TIME AS OF."""
        return f"FOR SYSTEM_TIME AS OF {self.sql(expression, 'expression')}"

    def hint_sql(self, expression: exp.Hint) -> str:
        """/*+ OPTIONS('a' = 'b') */."""
        hints = (
            self.sql(hint) if hint.expressions else self.sql(hint, "this")
            for hint in expression.expressions
        )
        return f" /*+ {', '.join(hints)} */"

    def anonymous_sql(self, expression: exp.Anonymous) -> str:
        """A call; `MODEL m` is one too, of names."""
        arguments = expression.expressions
        if expression.name == "MODEL" and arguments and isinstance(arguments[0], exp.Identifier):
            return f"MODEL {'.'.join(self.sql(name) for name in arguments)}"
        return super().anonymous_sql(expression)

    def pivotalias_sql(self, expression: exp.PivotAlias) -> str:
        """A value or a column of a pivot, with its name."""
        return f"{self.sql(expression, 'this')} AS {self.sql(expression, 'alias')}"

    def tablesample_sql(self, expression: exp.TableSample, *_: Any, **__: Any) -> str:
        """TABLESAMPLE BERNOULLI (10) REPEATABLE (1)."""
        method = self.sql(expression, "method") or "BERNOULLI"
        seed = self.sql(expression, "seed")
        share = self.sql(expression, "percent") or self.sql(expression, "size")
        return f" TABLESAMPLE {method} ({share})" + (f" REPEATABLE ({seed})" if seed else "")

    # Queries

    def limit_sql(self, expression: exp.Limit, *_: Any, **__: Any) -> str:
        """LIMIT n."""
        return f"{self.seg('LIMIT')} {self.sql(expression, 'expression')}"

    def fetch_sql(self, expression: exp.Fetch) -> str:
        """FETCH NEXT n ROWS ONLY."""
        count = self.sql(expression, "count") or "1"
        return f"{self.seg('FETCH')} {expression.args.get('direction') or 'NEXT'} {count} ROWS ONLY"

    def offset_sql(self, expression: exp.Offset) -> str:
        """OFFSET n ROWS."""
        return f"{self.seg('OFFSET')} {self.sql(expression, 'expression')} ROWS"

    def groupingsets_sql(self, expression: exp.GroupingSets) -> str:
        """GROUPING SETS (...)."""
        return f"GROUPING SETS ({self.expressions(expression, flat=True)})"

    # MATCH_RECOGNIZE

    def matchrecognize_sql(self, expression: exp.MatchRecognize) -> str:
        """MATCH_RECOGNIZE (...)."""
        define = [
            f"{d.args['alias'].sql(self.dialect)} AS {self.sql(d, 'this')}"
            for d in expression.args.get("define") or ()
        ]
        subset = [self.sql(part) for part in expression.args.get("subset") or ()]
        measures = [self.sql(measure) for measure in expression.args.get("measures") or ()]
        within = self.sql(expression, "within")
        partition = ", ".join(map(self.sql, expression.args.get("partition_by") or ()))
        parts = (
            f"PARTITION BY {partition}" if partition else "",
            self.sql(expression, "order").strip(),
            f"MEASURES {', '.join(measures)}" if measures else "",
            self.sql(expression, "rows"),
            self.sql(expression, "after"),
            f"PATTERN ({self.sql(expression, 'pattern')})",
            f"WITHIN {within}" if within else "",
            f"SUBSET {', '.join(subset)}" if subset else "",
            f"DEFINE {', '.join(define)}" if define else "",
        )
        alias = self.sql(expression, "alias")
        body = " ".join(part for part in parts if part)
        return f" MATCH_RECOGNIZE ({body})" + (f" AS {alias}" if alias else "")

    # Statements

    def create_sql(self, expression: exp.Create) -> str:
        """CREATE TABLE and CREATE VIEW; whatever else other dialects create, as sqlglot has it."""
        if expression.args["kind"] not in {"TABLE", "VIEW"}:
            return super().create_sql(expression)
        found = expression.args.get("properties")
        properties = list(found.expressions) if found else []
        verb = "CREATE OR REPLACE" if expression.args.get("replace") else "CREATE"
        if expression.args.get("existing"):
            verb = "REPLACE"
        if any(isinstance(p, exp.TemporaryProperty) for p in properties):
            verb += " TEMPORARY"
        exists = " IF NOT EXISTS" if expression.args.get("exists") else ""
        parts = [f"{verb} {expression.args['kind']}{exists} {self.sql(expression, 'this')}"]
        for kind in (
            exp.SchemaCommentProperty,
            exp.DistributedByProperty,
            exp.PartitionedByProperty,
        ):
            parts.extend(self.sql(p) for p in properties if isinstance(p, kind))
        options = ", ".join(self.sql(p) for p in properties if type(p) is exp.Property)
        parts.append(f"WITH ({options})" if options else "")
        parts.extend(self.sql(p) for p in properties if isinstance(p, exp.LikeProperty))
        query = self.sql(expression, "expression")
        parts.append(f"AS {query}" if query else "")
        return " ".join(part for part in parts if part)

    def insert_sql(self, expression: exp.Insert) -> str:
        """INSERT INTO t PARTITION (...) (columns) query."""
        target, columns = expression.this, ""
        if isinstance(target, exp.Schema):
            columns = f" ({self.expressions(target, flat=True)})"
            target = target.this
        partition = self.sql(expression, "partition")
        partition = f" {partition}" if partition else ""
        verb = "INSERT OVERWRITE" if expression.args.get("overwrite") else "INSERT INTO"
        query = self.sql(expression, "expression")
        return f"{verb} {self.sql(target)}{partition}{columns} {query}"

    def command_sql(self, expression: exp.Command) -> str:
        """A statement whose text is kept."""
        return f"{expression.name} {expression.text('expression')}".strip()

    def partition_sql(self, expression: exp.Partition) -> str:
        """PARTITION (a = 1)."""
        return f"PARTITION ({self.expressions(expression, flat=True)})"

    def datatype_sql(self, expression: exp.DataType) -> str:
        """A type as Flink prints it."""
        return types.text(expression)

    def property_sql(self, expression: exp.Property) -> str:
        """One option: both sides in quotes."""
        if type(expression) is not exp.Property:
            return super().property_sql(expression)
        return f"{self.sql(expression, 'this')} = {self.sql(expression, 'value')}"

    def likeproperty_sql(self, expression: exp.LikeProperty) -> str:
        """LIKE t (INCLUDING ...)."""
        options = (f"{o.name} {self.sql(o, 'value')}" for o in expression.expressions)
        inner = " ".join(options)
        return f"LIKE {self.sql(expression, 'this')}" + (f" ({inner})" if inner else "")

    def columnconstraint_sql(self, expression: exp.ColumnConstraint) -> str:
        """One column constraint; METADATA [FROM 'key'] [VIRTUAL] stands in an Anonymous node."""
        kind = expression.args["kind"]
        if not isinstance(kind, exp.Anonymous):
            return super().columnconstraint_sql(expression)
        parts = (f"FROM {self.sql(p)}" if p.is_string else p.name for p in kind.expressions)
        return " ".join((kind.name, *parts))

    def distributedbyproperty_sql(self, expression: exp.DistributedByProperty) -> str:
        """DISTRIBUTED [BY [HASH | RANGE] (...)] [INTO n BUCKETS]."""
        columns = self.expressions(expression, flat=True)
        by = f" BY {expression.args['kind'].name}({columns})" if columns else ""
        buckets = self.sql(expression, "buckets")
        return f"DISTRIBUTED{by}" + (f" INTO {buckets} BUCKETS" if buckets else "")

    def partitionedbyproperty_sql(self, expression: exp.PartitionedByProperty) -> str:
        """PARTITIONED BY (...)."""
        return f"PARTITIONED BY {self.sql(expression, 'this')}"

    def schemacommentproperty_sql(self, expression: exp.SchemaCommentProperty) -> str:
        """COMMENT, which Flink writes without an equals sign."""
        return f"COMMENT {self.sql(expression, 'this')}"
