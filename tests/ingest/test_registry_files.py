"""Schemas and the table files that an import writes for them: tests/cases/registry."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from app.catalog import loader, registration
from app.table_imports import Plan
from ingest.registry.cluster import TopicFacts
from tests.registries import MemoryRegistry, importing, plans

CASES = Path(__file__).parent.parent / "cases" / "registry"
NAMES = sorted(file.stem for file in CASES.glob("*.yaml"))


def planned(name: str, folder: Path) -> Plan:
    case: dict[str, Any] = yaml.safe_load((CASES / f"{name}.yaml").read_text())
    registry = MemoryRegistry()
    registry.register(f"{case['topic']}-value", case["value"], case.get("kind", "AVRO"))
    if "key" in case:
        registry.register(f"{case['topic']}-key", case["key"])
    facts = TopicFacts(compacted=case.get("compacted", False), framed=case.get("framed", True))
    job = importing(
        registry,
        folder,
        facts,
        properties=case.get("properties"),
        auth=case.get("auth", ""),
        delay=case.get("delay", 5),
    )
    [plan] = plans(job)
    return plan


@pytest.mark.parametrize("name", NAMES)
def test_a_schema_becomes_this_file(name: str, tmp_path: Path) -> None:
    assert planned(name, tmp_path).after == (CASES / f"{name}.sql").read_text()


@pytest.mark.parametrize("name", NAMES)
def test_each_file_loads(name: str) -> None:
    catalog = loader.load([CASES / f"{name}.sql"])
    assert (len(catalog), catalog.problems) == (1, ())


def test_a_default_that_names_a_variable_is_not_filled_in() -> None:
    [table] = loader.load([CASES / "hostile.sql"])
    told = registration.ddl(table, {"HOME": "planted"}, bounded=True)
    assert "planted" not in told
    assert "${" not in table.options["avro-confluent.schema"]
