"""An assistant that plays a script: what the page shows can be tested without Flink.

Run as a program it serves the page: `python -m tests.ui.scripted PORT`.
"""

from __future__ import annotations

import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, cast

import pyarrow as pa

from app.answer import (
    Answer,
    Answered,
    Passage,
    QueryRan,
    QueryRefused,
    QueryResult,
    QueryWritten,
    Searched,
    Source,
    Step,
    TextDelta,
)
from app.catalog.model import Catalog, Column, Table
from app.errors import QueryFailed, TributaryError
from app.library import Library
from app.markdown import numbered
from app.memory.conversations import ConversationSummary
from app.memory.examples import Example, Examples

if TYPE_CHECKING:
    from app.assistant import Assistant

NOW = datetime(2026, 11, 22, 17, 42, 10, tzinfo=UTC)

LATE = "Which carriers are late today, and what do we owe the customers?"
COUNT = "How many orders came in the last hour?"
HOURLY = "How many orders per hour, by channel?"
POLICY = "When is a parcel late?"
REFUSED = "What is refused first?"
FAILS = "What fails?"
CRASHES = "What crashes?"
WAITS = "What never ends?"
HOSTILE = "What do hostile documents say?"
AMBIGUOUS = "What is the total in the last hour?"
CHOICES = (
    "total amount of orders, in the last hour",
    "total *refund* of :red[payments] <b>, in the last hour",
)

HOSTILE_TEXT = """![pixel](http://evil.example/p.png) <img src=x onerror="document.title='owned'">
[a link](http://evil.example/) https://evil.example/ www.evil.example me@evil.example
<script>document.title = 'owned'</script> :red[red] :material/bolt: :smile: $x^2$ \\:material/bolt:
[ref]: http://evil.example/ "t"
```mermaid
graph TD; A-->B
```
It still says **four** [1]."""

DOCUMENT = (
    "Delivery promise\n\nEvery order shows a promised delivery time at checkout.\n\n"
    "When a parcel is late\n\nA parcel counts as late when its last scan is more than 2 hours past "
    "the promised time. Scans that report lost are handled as losses, not as delays.\n\n"
    "What we pay\n\nFor a late parcel the customer gets the shipping fee back and a voucher of "
    "5 EUR; from 48 hours on, 15 EUR. The voucher is sent without being asked for."
)
USED = DOCUMENT[DOCUMENT.index("A parcel counts") : DOCUMENT.index("\n\nWhat we pay")]
SQL = (
    "SELECT carrier, COUNT(DISTINCT shipment_id) AS late_parcels\nFROM shipments\n"
    "WHERE status = 'late' AND delay_hours > 2\nGROUP BY carrier\nORDER BY late_parcels DESC\n"
    "LIMIT 10"
)

CATALOG = Catalog(
    tables=(
        Table(
            "shipments",
            (
                Column("shipment_id", "STRING", "Parcel number"),
                Column("carrier", "STRING", "Carrier: Nordwind, PostHaste or Blitzkurier"),
                Column("scan_time", "TIMESTAMP_LTZ(3)", "When the carrier scanned the parcel"),
            ),
            "Carrier scans of parcels: one row per scan",
        ),
        Table("orders", (Column("amount", "DECIMAL(10, 2)", "Order value in EUR"),), "Orders"),
    ),
)


def passage(text: str = USED) -> Passage:
    start = DOCUMENT.index(USED)
    path = ("Delivery promise", "When a parcel is late")
    return Passage("delivery-promise.md", path[0], path, start, start + len(text), text, 0.93, 0.71)


def result(columns: Mapping[str, object], sql: str = SQL) -> QueryResult:
    return QueryResult(
        sql=sql,
        table=pa.table(dict(columns)),
        tables=("shipments",),
        as_of={"shipments": NOW - timedelta(seconds=12)},
        seconds=0.42,
        lineage=tuple(f"{name} from shipments.{name}" for name in columns),
        ranges={"shipments": (NOW - timedelta(hours=1), None)},
        advice=("COUNT(*) counts rows twice. Write: COUNT(DISTINCT x)",),
    )


def carriers() -> QueryResult:
    names = ["PostHaste", "Alpenfracht", "Blitzkurier", "Nordwind"]
    return result({"carrier": names, "late_parcels": [31, 18, 9, 4]})


def hourly() -> QueryResult:
    hours = [NOW.replace(minute=0, second=0) - timedelta(hours=h) for h in range(8, 0, -1)]
    rows = [(h, c, 40 + 9 * i + 17 * j) for i, h in enumerate(hours) for j, c in enumerate("ab")]
    return result(
        {
            "hour_start": pa.array([r[0] for r in rows], pa.timestamp("ms", "UTC")),
            "channel": [{"a": "web", "b": "app"}[r[1]] for r in rows],
            "orders": [r[2] for r in rows],
        }
    )


@dataclass(slots=True)
class ScriptedAssistant:
    """Has what the page uses of `app.assistant.Assistant`."""

    catalog: Catalog = CATALOG
    suggestions: tuple[str, ...] = (LATE, COUNT, POLICY, HOURLY)
    responder_name: str = "rules"
    cancelled: list[str] = field(default_factory=list)
    kept: dict[str, list[Answer]] = field(default_factory=dict)
    ids: Iterator[int] = field(default_factory=lambda: count(1))
    examples: Examples = field(default_factory=lambda: Examples(Path(tempfile.mkdtemp())))
    no_flink: TributaryError | None = None
    library: Library | None = None
    hidden_answers: int = 0

    def stream(
        self,
        question: str,
        *,
        conversation: str | None = None,
        cancel: threading.Event | None = None,
    ) -> Iterator[Step]:
        text, evidence = self._script(question)
        if question == REFUSED:
            yield QueryRefused("SELECT 1", "Column 'nope' does not exist. [x](http://a.example)")
        if question == WAITS:
            yield QueryWritten(SQL)
            assert cancel is not None
            cancel.wait(60)
            self.cancelled.append(question)
            raise QueryFailed("cancelled")
        passages = tuple(e for e in evidence if isinstance(e, Passage))
        yield Searched(question, passages)
        for one in evidence:
            if isinstance(one, QueryResult):
                yield QueryWritten(one.sql, "late parcels by carrier, today")
                yield QueryRan(one)
        for part in text.split(" "):
            yield TextDelta(f"{part} ")
        answer = self._keep(question, text, evidence, conversation)
        yield Answered(answer)

    def _script(self, question: str) -> tuple[str, tuple[Passage | QueryResult, ...]]:
        match question:
            case "What fails?":
                raise QueryFailed("Flink lost the job.", hint="Ask again in a *minute*.")
            case "What crashes?":
                raise RuntimeError("secret detail")
            case "How many orders came in the last hour?":
                one = result({"orders": [1284]}, "SELECT COUNT(*) AS orders FROM orders")
                return "**1,284** orders were placed in the last hour [1].", (one,)
            case "How many orders per hour, by channel?":
                return "Orders rose through the day, most of them on the web [1].", (hourly(),)
            case "When is a parcel late?":
                return f"> {USED}\n\nDelivery promise [1].", (passage(),)
            case "What is the total in the last hour?":
                return f"Which of these do you mean?\n\n{numbered(CHOICES)}", ()
            case "What do hostile documents say?":
                hostile = result({HOSTILE_TEXT[:60]: [HOSTILE_TEXT] * 2, "n": [Decimal(1)] * 2})
                return HOSTILE_TEXT, (passage(HOSTILE_TEXT), hostile)
            case _:
                return (
                    "**PostHaste** has the most late parcels today: 31 of 62 [1]. A parcel counts "
                    "as late once its last scan is more than 2 hours past the promised time [2]."
                    f"\n\nYou asked: {question}",
                    (carriers(), passage()),
                )

    def _keep(
        self,
        question: str,
        text: str,
        evidence: tuple[Passage | QueryResult, ...],
        conversation: str | None,
    ) -> Answer:
        answer = Answer(
            question=question,
            text=text,
            sources=tuple(Source(n, e) for n, e in enumerate(evidence, 1)),
            responder="rules",
            asked_at=NOW,
            understood="late parcels by carrier, today" if len(evidence) > 1 else "",
            notices=("The number 62 is not in the evidence.",) if len(evidence) > 1 else (),
            timings={"search": 0.031, "guard": 0.012, "engine": 0.42, "total": 0.49},
            conversation=conversation or f"c{next(self.ids)}",
            choices=CHOICES if question == AMBIGUOUS else (),
        )
        self.kept.setdefault(answer.conversation, []).append(answer)
        return answer

    def propose(self, answer: Answer) -> Example | None:
        if not answer.results:
            return None
        return self.examples.propose(answer.question, answer.results[-1].sql, answer.asked_at)

    def checked_examples(self) -> tuple[Example, ...]:
        if self.no_flink:
            raise self.no_flink
        said = "Column 'nope' not found. [x](http://a.example) :red[y]"
        return tuple(
            replace(e, problem=e.problem or said) if "nope" in e.sql else e
            for e in self.examples.all()
        )

    def history(self, conversation: str) -> tuple[Answer, ...]:
        return tuple(self.kept.get(conversation, ()))

    def withheld(self, conversation: str) -> int:
        return self.hidden_answers if conversation in self.kept else 0

    def conversations(self, limit: int = 20) -> tuple[ConversationSummary, ...]:
        newest = list(self.kept.items())[-limit:][::-1]
        return tuple(ConversationSummary(i, a[0].question, a[-1].asked_at) for i, a in newest)

    def passage_context(self, one: Passage) -> tuple[str, str, str]:
        return DOCUMENT[: one.start], one.text, DOCUMENT[one.end :]


def main() -> None:
    from app.ui.server import serve

    serve(
        cast("Assistant", ScriptedAssistant()),
        port=int(sys.argv[1]),
        on_ready=lambda url: print(url, flush=True),
    )
    print("ended", flush=True)


if __name__ == "__main__":
    main()
