"""Tables as one job reads them: with further options, or as several sources; the submitter's.

A registered table is exchanged in Flink's catalog rather than by DROP and CREATE, which takes four
times as long, would parse the secrets in its options once more, and might not succeed in putting
back what was there. Everything here runs on the planner thread.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any

from app.catalog import upserts
from app.engines.pyflink_jvm import Jvm
from app.engines.topics import Source
from app.sql import lexer

Sources = Mapping[str, Sequence[Source]]
"""What tables are read from while one job is planned, by their names: one source or more each."""


@contextmanager
def reading(jvm: Jvm, env: Any, sources: Sources) -> Iterator[None]:
    """Tables are read from these sources while the block runs.

    Args:
        jvm: The planner's.
        env: The Java `TableEnvironment` that the tables are registered with.
        sources: Tables that are not named are read as they are.
    """
    with ExitStack() as undo:
        for name, each in sources.items():
            for registered in (name, *upserts.part_names(name)):
                undo.enter_context(_reading(jvm, env, registered, each))
        yield


@contextmanager
def _reading(jvm: Jvm, env: Any, name: str, sources: Sequence[Source]) -> Iterator[None]:
    catalog = env.getCatalogManager()
    identifier = _identifier(jvm, env, name)
    known = catalog.getTable(identifier)
    table = known.get().getResolvedTable() if known.isPresent() else None
    if table is None or str(table.getTableKind().name()) == "VIEW":
        yield  # what could not be registered the planner will tell; a view has no options
        return
    with ExitStack() as undo:
        catalog.dropTemporaryTable(identifier, True)
        undo.callback(catalog.createTemporaryTable, table, identifier, False)
        names = [name] if len(sources) == 1 else [f"{name} ({i})" for i in range(len(sources))]
        for one, source in zip(names, sources, strict=True):
            part = _identifier(jvm, env, one)
            catalog.createTemporaryTable(table.copy(_options(jvm, table, source)), part, False)
            undo.callback(catalog.dropTemporaryTable, part, True)
        if len(sources) > 1:
            parts = " UNION ALL ".join(f"SELECT * FROM {lexer.quote(one)}" for one in names)
            env.executeSql(f"CREATE TEMPORARY VIEW {lexer.quote(name)} AS {parts}")
            undo.callback(catalog.dropTemporaryView, identifier, True)
        yield


def _identifier(jvm: Jvm, env: Any, name: str) -> Any:
    return jvm.java.org.apache.flink.table.catalog.ObjectIdentifier.of(
        env.getCurrentCatalog(), env.getCurrentDatabase(), name
    )


def _options(jvm: Jvm, table: Any, source: Source) -> Any:
    merged = jvm.java.java.util.HashMap(table.getOptions())
    for key, value in source.items():
        if value is None:
            merged.remove(key)
        else:
            merged.put(key, value)
    return merged
