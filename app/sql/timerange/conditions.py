"""What a condition that must hold says of the columns in it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import reduce

from sqlglot import exp

from app.sql.timerange import ages, literals
from app.sql.timerange.spans import Span, both, either
from app.sql.timerange.terms import Bounds, Chain, Gates, Place, Terms

_MIRRORED = {"<": ">", ">": "<", "=": "="}
_OPERATORS: dict[type[exp.Expr], str] = {
    exp.LT: "<",
    exp.LTE: "<",
    exp.GT: ">",
    exp.GTE: ">",
    exp.EQ: "=",
}
# The ends of a span are included, so that "not less" is as good as "greater".
_NEGATED = {"<": ">", ">": "<"}
_DEEPEST = 100


class Conditions:
    """Turns conditions of one query into bounds on fields.

    A bound on a field says: where the condition is true, the field is not null and in the span.

    Args:
        terms: Reads the expressions of time in them.

    Attributes:
        linked: Whether some column was compared with another.
    """

    def __init__(self, terms: Terms) -> None:
        self._terms = terms
        self.linked = False

    def bounds(
        self,
        node: exp.Expr,
        known: Mapping[Place, Span],
        gates: Gates = (),
        *,
        negated: bool = False,
        depth: int = 0,
    ) -> Bounds:
        """The bounds that hold wherever the condition is true (or false, where `negated`).

        Args:
            node: The condition.
            known: What else is known of fields, for comparisons between two columns.
            gates: As for `Terms.solve`.
            negated: Whether it stands under NOT.
            depth: How deep it stands already.
        """
        if depth > _DEEPEST:
            return {}

        def inner(part: exp.Expr, *, flip: bool = False) -> Bounds:
            return self.bounds(part, known, gates, negated=negated ^ flip, depth=depth + 1)

        if isinstance(node, exp.Paren):
            return inner(node.this)
        if isinstance(node, exp.Not):
            return inner(node.this, flip=True)
        if isinstance(node, exp.And | exp.Or):
            combine = both if isinstance(node, exp.And) ^ negated else either
            return reduce(combine, (inner(part) for part in node.flatten()))
        if isinstance(node, exp.Is) and isinstance(node.expression, exp.Boolean):
            truth = bool(node.expression.this)
            # NOT (x IS TRUE) also holds where x is unknown, which bounds nothing.
            return {} if negated else inner(node.this, flip=not truth)
        return self._comparison(node, known, gates, negated=negated)

    def _comparison(
        self, node: exp.Expr, known: Mapping[Place, Span], gates: Gates, *, negated: bool
    ) -> Bounds:
        if isinstance(node, exp.Between) and not negated:
            return self._between(node, known, gates)
        if isinstance(node, exp.In) and not negated and not node.args.get("query"):
            return self._any(node, known, gates)
        operator = _OPERATORS.get(type(node), "=" if isinstance(node, exp.NEQ) and negated else "")
        if negated and not isinstance(node, exp.NEQ):
            operator = _NEGATED.get(operator, "")
        if not operator:
            return {}
        return self._compare(node.this, operator, node.expression, known, gates)

    def _any(self, node: exp.In, known: Mapping[Place, Span], gates: Gates) -> Bounds:
        result: Bounds | None = None
        for one in node.expressions:
            found = self._compare(node.this, "=", one, known, gates)
            result = found if result is None else either(result, found)
            if not result:
                break
        return result or {}

    def _between(self, node: exp.Between, known: Mapping[Place, Span], gates: Gates) -> Bounds:
        low, high = node.args["low"], node.args["high"]
        least = self._compare(node.this, ">", low, known, gates)
        most = self._compare(node.this, "<", high, known, gates)
        if not node.args.get("symmetric"):
            return both(least, most)
        swapped = both(
            self._compare(node.this, ">", high, known, gates),
            self._compare(node.this, "<", low, known, gates),
        )
        return either(both(least, most), swapped)

    def _compare(
        self,
        left: exp.Expression,
        operator: str,
        right: exp.Expression,
        known: Mapping[Place, Span],
        gates: Gates,
    ) -> Bounds:
        for one, sign, other in ((left, operator, right), (right, _MIRRORED[operator], left)):
            if (count := literals.number(other)) is not None:
                least = -math.inf if sign == "<" else count
                most = math.inf if sign == ">" else count
                return ages.solve(self._terms, one, least, most, gates)
        chains = self._terms.chain(left), self._terms.chain(right)
        if chains[0] is None or chains[1] is None:
            return {}
        self.linked |= chains[0].column is not None and chains[1].column is not None
        forth = self._side(chains[0], operator, chains[1], known, gates)
        back = self._side(chains[1], _MIRRORED[operator], chains[0], known, gates)
        return both(forth, back) if forth and back else forth or back

    def _side(
        self, one: Chain, operator: str, other: Chain, known: Mapping[Place, Span], gates: Gates
    ) -> Bounds:
        value = self._terms.value(other, known) if one.column else None
        if value is None:
            return {}
        if isinstance(other.nodes[0], exp.Literal):
            value = self._terms.compared(value, one)
        start = None if operator == "<" else value.start
        end = None if operator == ">" else value.end
        return self._terms.solve(one, Span(start, end), gates)
