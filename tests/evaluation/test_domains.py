"""The trades that nobody tuned for: their streams, tables and cases are fit to be asked of."""

from __future__ import annotations

import importlib
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.catalog import loader
from app.evaluation import cases
from app.evaluation.cases import CaseFile

FOLDER = Path(__file__).parents[1] / "cases" / "evaluation"
DOMAINS = (
    "finance",
    "transport",
    "energy",
    "hospital",
    "gaming",
    "logistics",
    "telecom",
    "hotel",
    "factory",
    "airline",
    "fooddelivery",
    "insurance",
    "streaming",
    "university",
    "helpdesk",
    "petcare",
)
NOW = datetime(2026, 11, 22, 17, 30, tzinfo=UTC)


def _case_file(domain: str) -> CaseFile:
    return cases.read(FOLDER / f"{domain}.yaml")


def _written(domain: str, folder: Path) -> dict[str, bytes]:
    importlib.import_module(f"tests.evaluation.domains.{domain}").write(folder, NOW)
    files = sorted(folder.rglob("*.jsonl"))
    return {str(file.relative_to(folder)): file.read_bytes() for file in files}


@pytest.mark.parametrize("domain", DOMAINS)
def test_the_same_seed_writes_the_same_bytes(domain: str, tmp_path: Path) -> None:
    first = _written(domain, tmp_path / "first")
    assert first
    assert first == _written(domain, tmp_path / "second")


@pytest.mark.parametrize("domain", DOMAINS)
def test_every_table_loads_and_has_its_stream(domain: str, tmp_path: Path) -> None:
    catalog = loader.load(_case_file(domain).tables)
    assert not catalog.problems
    assert 3 <= len(catalog) <= 5
    folders = {Path(name).parts[0] for name in _written(domain, tmp_path)}
    assert {Path(table.options["path"]).name for table in catalog} == folders


@pytest.mark.parametrize("domain", DOMAINS)
def test_the_environment_fills_every_placeholder(domain: str, tmp_path: Path) -> None:
    module = importlib.import_module(f"tests.evaluation.domains.{domain}")
    environ = module.write(tmp_path, NOW)
    for table in loader.load(_case_file(domain).tables):
        name = table.options["path"].removeprefix("${").partition("}")[0]
        assert environ[name] == str(tmp_path)


@pytest.mark.parametrize("domain", DOMAINS)
def test_the_cases_are_many_and_of_all_kinds(domain: str) -> None:
    found = _case_file(domain)
    assert found.now == NOW
    assert found.data == f"tests.evaluation.domains.{domain}"
    assert len(found.cases) >= 45
    asked = [(case.after, case.question) for case in found.cases]
    assert len(set(asked)) == len(asked)
    assert all(case.tags for case in found.cases)
    assert sum(case.abstain for case in found.cases) >= 5
    assert sum(bool(case.after) for case in found.cases) >= 5


@pytest.mark.parametrize("domain", DOMAINS)
def test_no_case_asks_the_real_clock(domain: str) -> None:
    for case in _case_file(domain).cases:
        assert "CURRENT_" not in case.sql.upper(), case.question
        assert "NOW()" not in case.sql.upper(), case.question
