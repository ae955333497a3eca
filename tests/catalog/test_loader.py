"""DDL in, tables or problems out."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path
from re import finditer

import pytest

from app.catalog.loader import load
from app.catalog.model import Catalog, Column, Table
from app.errors import ConfigError
from app.sql import lexer

SAMPLE = Path(__file__).parents[2] / "ingest" / "demo" / "tables"
WITH = "WITH ('connector' = 'kafka')"


def load_text(folder: Path, *texts: str) -> Catalog:
    for number, text in enumerate(texts):
        (folder / f"t{number}.sql").write_text(text, encoding="utf-8")
    return load([folder])


def load_one(folder: Path, text: str) -> Table:
    catalog = load_text(folder, text)
    assert catalog.problems == ()
    (table,) = catalog
    return table


# name: columns as (name, type), key, time attribute, watermark delay in seconds, file, line
SHOP = {
    "shipments": (
        "scan_id STRING, shipment_id STRING, order_id STRING, carrier STRING, city STRING, "
        "status STRING, delay_hours INT, promised_at TIMESTAMP_LTZ(3), scan_time TIMESTAMP_LTZ(3)",
        ("scan_id", "scan_time", 120, "operations.sql", 3),
    ),
    "page_views": (
        "view_id STRING, session_id STRING, customer_id STRING, page STRING, product STRING, "
        "device STRING, load_ms INT, view_time TIMESTAMP_LTZ(3)",
        ("view_id", "view_time", 10, "operations.sql", 24),
    ),
    "orders": (
        "order_id STRING, customer_id STRING, product STRING, category STRING, quantity INT, "
        "amount DECIMAL(10, 2), shipping_fee DECIMAL(10, 2), city STRING, channel STRING, "
        "status STRING, order_time TIMESTAMP_LTZ(3)",
        ("order_id", "order_time", 30, "sales.sql", 4),
    ),
    "payments": (
        "payment_id STRING, order_id STRING, method STRING, amount DECIMAL(10, 2), status STRING, "
        "failure_reason STRING, attempt INT, payment_time TIMESTAMP_LTZ(3)",
        ("payment_id", "payment_time", 60, "sales.sql", 27),
    ),
}


def test_sample_shop() -> None:
    catalog = load([SAMPLE])
    assert catalog.problems == ()
    assert catalog.names == tuple(SHOP)
    for table in catalog:
        columns, (key, time_attribute, delay, file, line) = SHOP[table.name]
        assert ", ".join(f"{c.name} {c.type}" for c in table.columns) == columns
        assert all(c.comment and c.kind == "physical" for c in table.columns)
        assert [c.name for c in table.columns if not c.nullable] == [key]
        assert table.primary_key == (key,)
        assert table.time_attribute == time_attribute
        assert table.watermark_delay == timedelta(seconds=delay)
        assert (table.file, table.line) == (SAMPLE / file, line)
        assert table.comment
        assert dict(table.options) == {
            "connector": "filesystem",
            "path": f"${{TRIBUTARY_STREAMS}}/{table.name}",
            "source.monitor-interval": "1 s",
            "format": "json",
            "json.timestamp-format.standard": "ISO-8601",
        }


TYPES = [
    ("string", "STRING"),
    ("VARCHAR(2147483647)", "STRING"),
    ("VARCHAR", "STRING"),
    ("VARBINARY", "BYTES"),
    ("CHAR", "CHAR(1)"),
    ("BINARY", "BINARY(1)"),
    ("VARCHAR(5)", "VARCHAR(5)"),
    ("CHARACTER VARYING (7)", "VARCHAR(7)"),
    ("CHAR(3)", "CHAR(3)"),
    ("bytes", "BYTES"),
    ("VARBINARY(2147483647)", "BYTES"),
    ("BINARY(4)", "BINARY(4)"),
    ("INTEGER", "INT"),
    ("tinyint", "TINYINT"),
    ("SMALLINT", "SMALLINT"),
    ("BIGINT", "BIGINT"),
    ("FLOAT", "FLOAT"),
    ("DOUBLE PRECISION", "DOUBLE"),
    ("BOOLEAN", "BOOLEAN"),
    ("DATE", "DATE"),
    ("DECIMAL", "DECIMAL(10, 0)"),
    ("DEC(5)", "DECIMAL(5, 0)"),
    ("NUMERIC(10,2)", "DECIMAL(10, 2)"),
    ("TIME", "TIME(0)"),
    ("TIME(3)", "TIME(0)"),
    ("TIMESTAMP", "TIMESTAMP(6)"),
    ("TIMESTAMP(3) WITHOUT TIME ZONE", "TIMESTAMP(3)"),
    ("TIMESTAMP(3) WITH LOCAL TIME ZONE", "TIMESTAMP_LTZ(3)"),
    ("TIMESTAMP_LTZ", "TIMESTAMP_LTZ(6)"),
    ("ARRAY<INT>", "ARRAY<INT>"),
    ("INT ARRAY", "ARRAY<INT>"),
    ("INT NOT NULL ARRAY", "ARRAY<INT NOT NULL>"),
    ("MAP<STRING, DECIMAL(4,1)>", "MAP<STRING, DECIMAL(4, 1)>"),
    ("MULTISET<STRING>", "MULTISET<STRING>"),
    (
        "ROW<Name string, `b c` INT NOT NULL 'it''s'>",
        "ROW<`Name` STRING, `b c` INT NOT NULL 'it''s'>",
    ),
    ("ROW(a INT, b ARRAY<ROW<x DATE>>)", "ROW<`a` INT, `b` ARRAY<ROW<`x` DATE>>>"),
]


@pytest.mark.parametrize(("written", "printed"), TYPES)
def test_types(tmp_path: Path, written: str, printed: str) -> None:
    table = load_one(tmp_path, f"CREATE TABLE t (c {written}, d {written} NOT NULL) {WITH}")
    assert table.columns == (Column("c", printed), Column("d", printed, nullable=False))


def test_every_kind_of_column(tmp_path: Path) -> None:
    table = load_one(
        tmp_path,
        """-- a comment; with a semicolon
        create temporary table if not exists `my table` (
          id BIGINT PRIMARY KEY NOT ENFORCED COMMENT 'it''s; the key', // another ;
          `offset` BIGINT METADATA VIRTUAL,
          at TIMESTAMP_LTZ(3) NOT NULL METADATA FROM 'timestamp' COMMENT 'when',
          doubled AS id * 2 COMMENT 'twice',
          now AS PROCTIME(),
          part AS JSON_VALUE(`a,b`, '$.x, )' RETURNING INT), /* ; ) */
          `a,b` STRING,
          WATERMARK FOR at AS at - INTERVAL '1.5' SECOND
        ) COMMENT 'all; of it' DISTRIBUTED BY HASH(id) INTO 4 BUCKETS PARTITIONED BY (`a,b`)
        with ('connector' = 'kafka', 'topic' = 'a''b;c', 'empty' = '');
        """,
    )
    assert table.name == "my table"
    assert table.columns == (
        Column("id", "BIGINT", "it's; the key", nullable=False),
        Column("offset", "BIGINT", kind="metadata"),
        Column("at", "TIMESTAMP_LTZ(3)", "when", nullable=False, kind="metadata"),
        Column("doubled", "", "twice", kind="computed", made_of=frozenset({"id"})),
        Column("now", "", kind="computed"),
        Column("part", "", kind="computed", made_of=frozenset({"a,b"})),
        Column("a,b", "STRING"),
    )
    assert (table.comment, table.primary_key, table.time_attribute) == ("all; of it", ("id",), "at")
    assert table.watermark_delay == timedelta(seconds=1.5)
    assert dict(table.options) == {"connector": "kafka", "topic": "a'b;c", "empty": ""}
    assert table.schema_sql.startswith("create temporary table")
    assert table.schema_sql.endswith("PARTITIONED BY (`a,b`)")
    assert (table.connector, table.line) == ("kafka", 2)
    assert "a'b" not in repr(table)


WATERMARKS = [
    ("at", "at", 0.0),
    ("at", "at - INTERVAL '5' SECOND", 5.0),
    ("at", "`at` - INTERVAL '2' HOURS", 7200.0),
    ("at", "at - INTERVAL '1' DAY", 86400.0),
    ("at", "at - INTERVAL '1:30' MINUTE TO SECOND", 90.0),
    ("at", "COALESCE(at, CURRENT_TIMESTAMP) - INTERVAL '5' SECOND", None),
    ("r.at", "r.at - INTERVAL '3' MINUTE", 180.0),
    ("`r`.`at`", "r.at", 0.0),
]


@pytest.mark.parametrize(("column", "expression", "seconds"), WATERMARKS)
def test_watermarks(tmp_path: Path, column: str, expression: str, seconds: float | None) -> None:
    table = load_one(
        tmp_path,
        "CREATE TABLE t (at TIMESTAMP(3), r ROW<at TIMESTAMP(3)>,"
        f" WATERMARK FOR {column} AS {expression}) {WITH}",
    )
    assert table.time_attribute == column.replace("`", "")
    delay = table.watermark_delay
    assert (delay.total_seconds() if delay is not None else None) == seconds


@pytest.mark.parametrize(
    "clause",
    ["PRIMARY KEY (a, b) NOT ENFORCED", "CONSTRAINT pk PRIMARY KEY (a, b) NOT ENFORCED"],
)
def test_keys(tmp_path: Path, clause: str) -> None:
    table = load_one(tmp_path, f"CREATE TABLE t (a INT, b INT, c INT, {clause}) {WITH}")
    assert table.primary_key == ("a", "b")
    assert [c.nullable for c in table.columns] == [False, False, True]


# text: line of the problem, a part of its message
BROKEN = [
    ("CREATE TABLE t (a INT)", 1, "no WITH clause"),
    ("CREATE TABLE t (a INT) WITH ('topic' = 'x')", 1, "no option 'connector'"),
    ("CREATE TABLE t (a INT) WITH ('connector' = 'x', 'connector' = 'y')", 1, "twice"),
    (f"\n\nCREATE TABLE c.d.t (a INT) {WITH}", 3, "catalog or a database"),
    (f"CREATE TABLE t\n(a INT,\nb INTT) {WITH}", 3, "Unknown type (near INTT)"),
    (f"CREATE TABLE t (a INT,) {WITH}", 1, "Expected a name"),
    (f"CREATE TABLE t (a INT b INT) {WITH}", 1, "Expected , or ) (near b)"),
    (f"CREATE TABLE t (a) {WITH}", 1, "Unknown type (near ))"),
    (f"CREATE TABLE t (a INT {WITH}", 1, "Expected , or ) (in the WITH clause)"),
    ("CREATE TABLE t (a INT", 1, "Expected , or ) before the end of the statement."),
    ("CREATE TABLE t (a TIMESTAMP(3) WITH TIME ZONE)", 1, "Expected"),
    ("CREATE TABLE t (a INT \\)", 1, "no meaning in Flink SQL here (near \\)"),
    ("CREATE TABLE t (a INT) WITH (connector = 'kafka')", 1, "text in single quotes"),
    ("CREATE TABLE t (a INT) WITH ('connector' 'kafka')", 1, "Expected ="),
    ("CREATE TABLE t (a INT)\nWITH ('connector' = 'kafka)", 2, "string that begins here"),
    (f"CREATE TABLE t (a INT /* x) {WITH}", 1, "comment that begins here"),
    (f'CREATE TABLE t ("a" INT) {WITH}', 1, "A character has no meaning"),
    (f"CREATE TABLE t (a INT, a STRING) {WITH}", 1, "two columns named a"),
    (f"CREATE TABLE t (a INT, PRIMARY KEY (b) NOT ENFORCED) {WITH}", 1, "which is no column"),
    (f"CREATE TABLE t (a INT, PRIMARY KEY (a)) {WITH}", 1, "NOT ENFORCED"),
    (f"CREATE TABLE t (a INT, WATERMARK FOR A AS A) {WITH}", 1, "which is no column"),
    (f"CREATE TABLE t (a INT, c AS ) {WITH}", 1, "Expected an expression"),
    (f"CREATE TABLE t (a DECIMAL(1,2,3)) {WITH}", 1, "parameter(s)"),
    (f"CREATE TABLE t (a MAP<INT>) {WITH}", 1, "Wrong number of types"),
    (f"CREATE TABLE t (a RAW('x', 'y')) {WITH}", 1, "Unknown type (near RAW)"),
    (f"CREATE TABLE t {WITH}", 1, "list of columns"),
    (f"CREATE TABLE t (a INT) {WITH} LIKE u", 1, "LIKE is not supported"),
    (f"CREATE TABLE t {WITH} AS SELECT 1", 1, "list of columns"),
    (f"CREATE TABLE t (a INT) {WITH} x", 1, "nothing more after the table definition"),
    ("INSERT INTO t VALUES (1)", 1, "INSERT is not CREATE TABLE"),
    ("DROP TABLE t", 1, "DROP is not CREATE TABLE"),
    ("CREATE VIEW v AS SELECT 1", 1, "CREATE VIEW is not CREATE TABLE"),
    ("CREATE OR REPLACE TABLE t (a INT)", 1, "CREATE OR is not CREATE TABLE"),
    ("hello", 1, "This statement is not CREATE TABLE"),
    ("-- nothing", 1, "no statement"),
    ("", 1, "no statement"),
    (f"CREATE TABLE t (a {'ARRAY<' * 4000}INT{'>' * 4000}) {WITH}", 1, "too deeply"),
]


@pytest.mark.parametrize(("text", "line", "message"), BROKEN)
def test_problems(tmp_path: Path, text: str, line: int, message: str) -> None:
    good = f"CREATE TABLE good (a INT) {WITH};\n"
    (tmp_path / "a.sql").write_text(good)
    (tmp_path / "b.sql").write_text(text)
    catalog = load([tmp_path])
    assert catalog.names == ("good",)
    (problem,) = catalog.problems
    assert problem.file == tmp_path / "b.sql"
    assert problem.line == line
    assert message in problem.message
    assert problem.hint
    assert str(problem).startswith(f"{problem.file}:{line}: ")


SECRET = "hunter2secret"
OPTIONS = f"WITH ('connector' = 'jdbc', 'password' = '{SECRET}', 'a' = '{SECRET};x', 'b' = 'c')"
WITH_SECRETS = [
    f"CREATE TABLE t (a INT COMMENT 'it', b STRING) COMMENT 'all' {OPTIONS}",
    f"CREATE TABLE t (a TIMESTAMP(3) WITH LOCAL TIME ZONE, b AS a) PARTITIONED BY (a)\n{OPTIONS}",
    f"CREATE TABLE t (a INT) WITH (password = {SECRET}, 'a' = \"{SECRET}\", b = x^{SECRET})",
    f"CREATE TABLE t (a INT) WITH ('connector' = 'x', 'a' = {SECRET};{SECRET}, 'b' = 'c'); x",
]


def _damaged(text: str) -> set[str]:
    """The text with each token and each quote left out or doubled, or cut off there."""
    found = list(lexer.scan(text))
    spans = [(t.start, t.end) for t in found] + [(m.start(), m.end()) for m in finditer("'", text)]
    return {
        variant
        for start, end in spans
        for variant in (
            text[:start],
            text[:end],
            text[:start] + text[end:],
            text[:end] + " " + text[start:],
            text[:end] + text[start:],
        )
    }


@pytest.mark.parametrize("text", WITH_SECRETS)
def test_no_problem_tells_an_option_value(tmp_path: Path, text: str) -> None:
    for number, damaged in enumerate(sorted({text, *_damaged(text)})):
        (tmp_path / f"{number}.sql").write_text(damaged)
    problems = load([tmp_path]).problems
    assert len(problems) > 50
    assert [str(p) for p in problems if SECRET[:5].upper() in f"{p.message}{p.hint}".upper()] == []
    assert not any("SENTINEL" in p.message for p in problems)


def test_other_statements_of_the_file_still_load(tmp_path: Path) -> None:
    catalog = load_text(
        tmp_path,
        f"CREATE TABLE a (x INT) {WITH};\nCREATE TABLE b (x NONE) {WITH};\n"
        f"DROP TABLE a;\n;CREATE TABLE c (x INT) {WITH};",
    )
    assert catalog.names == ("a", "c")
    assert [p.line for p in catalog.problems] == [2, 3]


def test_duplicate_name(tmp_path: Path) -> None:
    text = f"CREATE TABLE a (x INT) {WITH}"
    catalog = load_text(tmp_path, text, f"\n{text}")
    assert catalog.names == ("a",)
    (problem,) = catalog.problems
    assert (problem.file, problem.line) == (tmp_path / "t1.sql", 2)
    assert "already defined in" in problem.message


def test_files_and_folders(tmp_path: Path) -> None:
    inner = tmp_path / "b" / "deep"
    inner.mkdir(parents=True)
    for file, name in [(inner / "x.sql", "three"), (tmp_path / "a.sql", "one")]:
        file.write_text(f"CREATE TABLE {name} (x INT) {WITH}", encoding="utf-8-sig")
    (tmp_path / "readme.txt").write_text("no SQL")
    assert load([tmp_path]).names == ("one", "three")
    assert load([inner / "x.sql", tmp_path]).names == ("three", "one")
    assert load([tmp_path, tmp_path]).problems == ()


def test_what_is_not_there_or_no_text(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no file or folder"):
        load([tmp_path / "nowhere"])
    (empty,) = load([tmp_path]).problems
    assert "no *.sql file" in empty.message
    (tmp_path / "latin.sql").write_bytes("-- ok\n-- gr\u00fcn".encode("latin-1"))
    (problem,) = load([tmp_path]).problems
    assert (problem.line, "UTF-8" in problem.message) == (2, True)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root reads anything")
def test_unreadable_file(tmp_path: Path) -> None:
    file = tmp_path / "t.sql"
    file.write_text(f"CREATE TABLE a (x INT) {WITH}")
    file.chmod(0)
    (problem,) = load([file]).problems
    assert "cannot be read" in problem.message


ENCODED = {
    "at AS TO_TIMESTAMP_LTZ(at_ms, 3), at_ms BIGINT": {"at_ms"},
    "at_us BIGINT, at AS TO_TIMESTAMP_LTZ(at_us / 1000, 3)": {"at_us"},
    "day AS CAST(TIMESTAMPADD(DAY, d, DATE '1970-01-01') AS DATE), d INT": {"d"},
    "ends AS TO_TIMESTAMP_LTZ(begins_ms + took_ms, 3), begins_ms BIGINT, took_ms BIGINT": set(),
    "twice AS a * 2, a INT": set(),
    "at TIMESTAMP_LTZ(3), day AS CAST(at AS DATE)": set(),
    "at_ms BIGINT, at AS TO_TIMESTAMP_LTZ(at_ms, 3), day AS CAST(at AS DATE)": {"at_ms"},
    "at TIMESTAMP_LTZ(3), now_ms BIGINT": set(),
}


@pytest.mark.parametrize("columns", ENCODED)
def test_which_columns_only_store_a_moment(columns: str, tmp_path: Path) -> None:
    assert load_one(tmp_path, f"CREATE TABLE t ({columns}) {WITH};").encoded == ENCODED[columns]
