"""What happens on the planner thread short of running a query: parsing, planning, giving up."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from app.catalog import places
from app.engines.pyflink_errors import FOREIGN
from app.engines.pyflink_jvm import Jvm
from app.engines.pyflink_rows import check_types, row_type
from app.errors import QueryTimedOut
from app.sql.guard import ParsedStatement

PLANNING_LIMIT = 30.0
"""Seconds for one plan; the first of a JVM takes several on a slow machine."""

_SCAN = re.compile(r"TableScan\(table=\[\[([^\]]+?)(?:, metadata=\[[^\]]*\])?\]")
_HOME = "default_catalog, default_database, "


@contextmanager
def bounded_planning(jvm: Jvm, sql: str, seconds: float = PLANNING_LIMIT) -> Iterator[None]:
    """Ends a plan that takes too long, the only way there is: with its JVM.

    Flink evaluates constants while it plans, on the one thread that plans for everybody, and
    cannot be interrupted there. The next query starts a new JVM.

    Raises:
        QueryTimedOut: Planning took too long.
    """
    gave_up = threading.Event()

    def give_up() -> None:
        gave_up.set()
        jvm.process.kill()

    timer = threading.Timer(seconds, give_up)
    timer.daemon = True
    timer.start()
    try:
        yield
    except FOREIGN as error:
        if not gave_up.is_set():
            raise
        jvm.process.wait()  # so that the next query does not find it dying
        raise QueryTimedOut(
            f"Planning this query was stopped after {seconds:g} seconds.",
            hint="Make its constants, patterns and grouping sets smaller.",
            sql=sql,
        ) from error
    finally:
        timer.cancel()


def parse(env: Any, text: str) -> ParsedStatement:
    """What Flink's parser makes of a text."""
    operations = list(env.getParser().parse(text))
    kinds = tuple(str(operation.getClass().getSimpleName()) for operation in operations)
    is_query = kinds == ("PlannerQueryOperation",)
    return ParsedStatement(kinds, _tables_read(operations[0]) if is_query else (), is_query)


def explain(jvm: Jvm, env: Any, text: str) -> None:
    """Plans a query in full; what Flink finds wrong is raised."""
    table = env.sqlQuery(text)
    check_types(row_type(table), text)
    api = jvm.java.org.apache.flink.table.api
    table.explain(api.ExplainFormat.TEXT, jvm.gateway.new_array(api.ExplainDetail, 0))


def _tables_read(operation: Any) -> tuple[str, ...]:
    """Names of the tables scanned in a query's tree, sub-queries included.

    They are read from the tree's printed form, where a sub-query is printed within its expression.
    A string literal that imitates a scan can only add a name, never hide one. A table that is not
    among the registered ones keeps its full path, which no catalogued name equals.
    """
    names = _SCAN.findall(str(operation.getCalciteTree().explain()))
    return tuple(sorted({places.catalogued(name.removeprefix(_HOME)) for name in names}))
