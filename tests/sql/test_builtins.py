"""The lists of functions against what the real Flink lists."""

from __future__ import annotations

from typing import Any, cast

import pytest

from app.assistant import Assistant
from app.engines.pyflink import PyFlinkEngine
from app.sql import builtins

_OPERATORS = "org.apache.flink.table.planner.functions.sql.FlinkSqlOperatorTable"


def test_lists_do_not_overlap() -> None:
    lists = (builtins.BUILTINS, builtins.SYNTAX, builtins.REACHING, builtins.INTERNAL)
    assert len(frozenset().union(*lists)) == sum(map(len, lists))


@pytest.mark.flink
def test_flink_lists_the_same_functions(shop: Assistant) -> None:
    listed = _on_planner(cast("PyFlinkEngine", shop.engine))
    known = builtins.BUILTINS | builtins.INTERNAL | builtins.REACHING
    assert listed - known == set(), "new: see whether they reach beyond the query"
    assert known - listed == {"VECTOR_SEARCH"}, "gone"


def _on_planner(engine: PyFlinkEngine) -> set[str]:
    """What `listFunctions` gives under a name of SQL's, and the planner's own functions."""
    patience = engine._patience("")
    gateway = engine._cluster(patience).jvm.gateway

    def names(env: Any) -> set[str]:
        loader = env.getParser().getClass().getClassLoader()
        methods = loader.loadClass(_OPERATORS).getMethods()
        instance = next(method for method in methods if method.getName() == "instance")
        arguments = gateway.new_array(gateway.jvm.java.lang.Object, 1)
        arguments[0] = True
        table = instance.invoke(None, arguments)
        operators = {
            str(operator.getName())
            for operator in table.getClass().getMethod("getOperatorList", None).invoke(table, None)
            if str(operator.getSyntax().name()).startswith("FUNCTION")
        }
        # The Table API's names for the same functions are in camel case; `$` marks inner ones.
        listed = {str(name) for name in env.listFunctions()}
        return {name for name in listed | operators if name.isupper() and name[0] != "$"}

    return patience.wait(engine._jobs.plan("", patience, True, names))
