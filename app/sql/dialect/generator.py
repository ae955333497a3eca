"""Writes a tree as Flink SQL."""

from __future__ import annotations

from typing import Any, ClassVar

from sqlglot import exp, generator

from app.sql.dialect import types


class FlinkGenerator(generator.Generator):
    """Writes Flink's spelling of types, options and columns."""

    PROPERTIES_LOCATION: ClassVar[dict[Any, Any]] = {
        **generator.Generator.PROPERTIES_LOCATION,
        exp.PartitionedByProperty: exp.Properties.Location.POST_SCHEMA,
    }

    def datatype_sql(self, expression: exp.DataType) -> str:
        """A type as Flink prints it."""
        return types.text(expression)

    def property_sql(self, expression: exp.Property) -> str:
        """One option: both sides in quotes."""
        if type(expression) is not exp.Property:
            return super().property_sql(expression)
        return f"{self.sql(expression, 'this')} = {self.sql(expression, 'value')}"

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
