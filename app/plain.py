"""Answers as plain JSON values, for `--json`, for `Answer.to_dict` and for the history.

Numbers that JSON would round (DECIMAL) and everything JSON has no word for become strings.
"""

from __future__ import annotations

import base64
import math
from dataclasses import asdict
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from ingest.passage import Passage

if TYPE_CHECKING:
    from app.answer import Answer, QueryResult, Source
    from app.catalog.model import Catalog
    from app.errors import InvalidQuery, UnsafeQuery
    from app.memory.examples import Example
    from app.offsets import TableRead
    from app.sql.lint import Advice
    from app.sql.review import Review
    from ingest.index import DocumentInfo


def of_value(value: Any) -> Any:
    """A cell as JSON can hold it.

    >>> of_value(Decimal("12.50")), of_value(float("nan")), of_value(b"ab")
    ('12.50', None, 'YWI=')
    """
    match value:
        case float() if not math.isfinite(value):
            return None
        case Decimal() | timedelta():
            return str(value)
        case datetime() | date() | time():
            return value.isoformat()
        case bytes():
            return base64.b64encode(value).decode("ascii")
        case dict():
            return {str(k): of_value(v) for k, v in value.items()}
        case list() | tuple():
            return [of_value(v) for v in value]
        case _:
            return value


def of_result(result: QueryResult) -> dict[str, Any]:
    """A query result with its rows."""
    return {
        "sql": result.sql,
        "tables": list(result.tables),
        "columns": [{"name": f.name, "type": str(f.type)} for f in result.table.schema],
        "rows": [of_value(row) for row in result.rows()],
        "truncated": result.truncated,
        "as_of": of_value(dict(result.as_of)),
        "seconds": round(result.seconds, 3),
        "lineage": list(result.lineage),
        "time_range": {
            table: {"from": of_value(first), "to": of_value(last)}
            for table, (first, last) in result.ranges.items()
        },
        "advice": list(result.advice),
        "offsets": {table: of_topics(read) for table, read in result.offsets.items()},
    }


def of_topics(read: TableRead) -> list[dict[str, Any]]:
    """What was read of a table's topics; `end` is the offset after the last record."""
    return [
        {
            "topic": topic.topic,
            "partitions": [
                {**of_value(asdict(one)), "idle": one in read.idle(topic)}
                for one in topic.partitions
            ],
        }
        for topic in read.topics
    ]


def of_review(review: Review) -> dict[str, Any]:
    """What is known of a query that may run."""
    return {
        "tables": list(review.query.tables),
        "columns": {table: list(columns) for table, columns in review.columns.items()},
        "time_range": {
            table: {"from": of_value(span.start), "to": of_value(span.end)}
            for table, span in review.ranges.items()
        },
        "lineage": [
            {
                "output": one.output,
                "columns": [f"{origin.table}.{origin.column}" for origin in one.columns],
                "expression": one.expression,
                "filters": list(one.filters),
            }
            for one in review.lineage
        ],
    }


def of_advice(advice: Advice) -> dict[str, Any]:
    """One thing to change in a query; `start` and `end` count characters, -1 for nowhere."""
    return {**asdict(advice), "text": str(advice)}


def of_refusal(error: UnsafeQuery | InvalidQuery) -> dict[str, Any]:
    """Why a query may not run; the place is None where it is not known."""
    return {
        "reason": error.reason,
        "message": error.message,
        "hint": error.hint,
        "place": error.place and asdict(error.place),
    }


def of_passage(passage: Passage) -> dict[str, Any]:
    """A passage with its place in the document."""
    return {
        "document": passage.document,
        "title": passage.title,
        "heading_path": list(passage.heading_path),
        "start": passage.start,
        "end": passage.end,
        "text": passage.text,
        "relevance": passage.relevance,
        "similarity": passage.similarity,
        "format": passage.kind,
        "tags": list(passage.tags),
        "access": passage.access,
        "modified": of_value(passage.modified),
        "version": passage.version,
        "page": passage.page,
        "dense_rank": passage.dense_rank,
        "words_rank": passage.words_rank,
        "bm25": passage.bm25,
        "origin": passage.origin,
    }


def of_document(document: DocumentInfo) -> dict[str, Any]:
    """A document of the index."""
    return {**asdict(document), "modified": of_value(document.modified)}


def of_example(example: Example) -> dict[str, Any]:
    """A question with the SQL that answers it, and whether it counts."""
    return {
        "id": example.id,
        "status": example.status,
        "question": example.question,
        "problem": example.problem,
        "asked_at": of_value(example.asked_at),
        "sql": example.sql,
        "file": str(example.file),
    }


def of_source(source: Source) -> dict[str, Any]:
    """A numbered source; `kind` says which of the two it is."""
    if isinstance(source.evidence, Passage):
        return {"number": source.number, "kind": "passage", **of_passage(source.evidence)}
    return {"number": source.number, "kind": "query", **of_result(source.evidence)}


def _of_cited(answer: Answer, source: Source) -> dict[str, Any]:
    """A source, and of a passage where in its document the stretches stand that the text used."""
    if source.passage is None:
        return of_source(source)
    start = source.passage.start
    used = [[start + first, start + end] for first, end in answer.used(source)]
    return {**of_source(source), "used": used}


def of_answer(answer: Answer) -> dict[str, Any]:
    """A whole answer."""
    return {
        "question": answer.question,
        "text": answer.text,
        "understood": answer.understood,
        "responder": answer.responder,
        "notices": list(answer.notices),
        "choices": list(answer.choices),
        "sources": [_of_cited(answer, source) for source in answer.sources],
        "as_of": of_value(answer.as_of),
        "timings": {k: round(v, 4) for k, v in answer.timings.items()},
        "usage": answer.usage and asdict(answer.usage),
        "confidence": answer.confidence,
        "asked_at": answer.asked_at.isoformat(),
        "conversation": answer.conversation,
        "access": list(answer.access),
    }


def of_catalog(catalog: Catalog) -> dict[str, Any]:
    """The tables without their options, which may hold credentials, and the problems."""
    return {
        "tables": [
            {
                "name": table.name,
                "comment": table.comment,
                "connector": table.connector,
                "time_attribute": table.time_attribute,
                "watermark_delay_seconds": table.watermark_delay
                and table.watermark_delay.total_seconds(),
                "primary_key": list(table.primary_key),
                "columns": [
                    {"name": c.name, "type": c.type, "comment": c.comment, "kind": c.kind}
                    for c in table.columns
                ],
            }
            for table in catalog
        ],
        "problems": [
            {"file": str(p.file), "line": p.line, "message": p.message, "hint": p.hint}
            for p in catalog.problems
        ],
    }
