"""Tables as one job reads them, exchanged in Flink's catalog while it is planned; the submitter's.

They are exchanged there rather than by DROP and CREATE, which takes four times as long, would parse
the secrets in their options once more, and might not succeed in putting back what was there.
Everything here runs on the planner thread.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import Any

from app.catalog import places
from app.engines.pyflink_jvm import Jvm
from app.engines.topics import Source

Sources = Mapping[str, Source]
"""How tables are read, by their names."""


@contextmanager
def reading(jvm: Jvm, env: Any, sources: Sources) -> Iterator[None]:
    """Tables are read so while the block runs.

    Args:
        jvm: The planner's.
        env: The Java `TableEnvironment` that the tables are registered with.
        sources: Tables that are not named are read as they are registered.
    """
    with ExitStack() as undo:
        for name, source in sources.items():
            for registered in (name, *places.part_names(name)):
                undo.enter_context(_exchanged(jvm, env, registered, source))
        yield


@contextmanager
def _exchanged(jvm: Jvm, env: Any, name: str, source: Source) -> Iterator[None]:
    catalog = env.getCatalogManager()
    identifier = jvm.java.org.apache.flink.table.catalog.ObjectIdentifier.of(
        env.getCurrentCatalog(), env.getCurrentDatabase(), name
    )
    known = catalog.getTable(identifier)
    table = known.get().getResolvedTable() if known.isPresent() else None
    is_view = table is not None and str(table.getTableKind().name()) == "VIEW"
    if table is None or (is_view and not source.view):
        yield  # what could not be registered the planner will tell; a view has no options
        return
    drop = catalog.dropTemporaryView if is_view else catalog.dropTemporaryTable
    try:
        drop(identifier, True)
        if is_view:
            env.executeSql(source.view)
        else:
            merged = jvm.java.java.util.HashMap(table.getOptions())
            merged.putAll(source.options)
            catalog.createTemporaryTable(table.copy(merged), identifier, False)
        yield
    finally:
        drop(identifier, True)
        catalog.createTemporaryTable(table, identifier, False)
