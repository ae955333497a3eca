"""What an answer of the chat model costs beside the model and Flink: a scripted model, canned rows.

The documents, the index, the embedding model, the grammar, the guard and the checks of the text are
the real ones.
"""

from __future__ import annotations

import tempfile
import threading
from functools import partial
from pathlib import Path
from statistics import median as middle
from zoneinfo import ZoneInfo

import pyarrow as pa

from app.catalog.relevance import Relevance
from app.responders import grounding
from app.responders.agent import AgentResponder
from app.responders.base import Toolkit, Turn
from app.responders.briefing import Briefing
from app.responders.model_config import Limits, ModelConfig
from app.responders.rules import RulesResponder
from app.sql.review import Reviewer
from ingest.demo.shop import DOCUMENTS
from ingest.embeddings import default_embedder
from ingest.index import DocumentIndex
from tests.agent.model_server import Reply, Request, serving, sql
from tests.bench.report import Line, within
from tests.bench.timing import median
from tests.responders.fakes import CannedEngine
from tests.semantic_parser.catalogs import NOW, SHOP, ZONE

_ROWS = pa.table({"carrier": ["Nordwind", "PostHaste", "Blitzkurier"], "late": [31, 18, 13]})
_QUERY = (
    "SELECT carrier, COUNT(DISTINCT shipment_id) AS late FROM shipments WHERE status = 'late' "
    "AND scan_time >= TIMESTAMP '2026-11-22 16:30:00' GROUP BY carrier ORDER BY late DESC"
)
_TEXT = "**Nordwind** has the most late parcels in the last hour: 31 of 62, half of them {number}."
_QUESTIONS = (
    "Which carriers have the most late parcels in the last hour, and what do we owe?",
    "How many parcels are late, by carrier?",
    "Which carrier breaks its contract this week?",
    "What share of the late parcels is Nordwind's?",
    "Is PostHaste later than Blitzkurier today?",
)


def lines() -> list[Line]:
    """Measures whole answers over the sample shop's documents."""
    with tempfile.TemporaryDirectory() as name, serving(_model) as model:
        home = Path(name)
        with DocumentIndex(home / "index", default_embedder(home)) as index:
            index.sync((DOCUMENTS,))
            ask = partial(_ask, _responder(index, model.url), index)
            seconds = middle(median(partial(ask, q), 5, warm=2) for q in _QUESTIONS)
    return [within("an agent's answer but for model and Flink", seconds, 0.15)]


def _model(request: Request) -> Reply:
    """A query, then an answer that cites it."""
    if request.messages[-1]["role"] != "tool":
        return sql(_QUERY)
    return Reply(_TEXT.format(number=request.last.partition(" ")[0]))


def _responder(index: DocumentIndex, url: str) -> AgentResponder:
    rules = RulesResponder(SHOP.catalog, lambda: SHOP.values, ZONE, embed=index.embed)
    briefing = Briefing(
        catalog=SHOP.catalog,
        values=rules.sampled,
        relevance=Relevance(SHOP.catalog, index.embed),
        examples=lambda _question: (),
        plan=rules.plan,
        zone=ZoneInfo(ZONE),
        budget=40_000,
    )
    return AgentResponder(ModelConfig("openai:scripted", url), briefing, limits=Limits())


def _ask(responder: AgentResponder, index: DocumentIndex, question: str) -> None:
    """One answer, as the assistant has it written and checked."""
    engine = CannedEngine(_ROWS)
    toolkit = Toolkit(
        reviewer=Reviewer(SHOP.catalog, engine.parse, row_limit=1_000),
        index=index.reader(()),
        engine=engine,
        query_timeout=5,
        emit=lambda _: None,
        cancel=threading.Event(),
    )
    draft = responder.respond(Turn(question, NOW), toolkit)
    grounding.check(draft.text, toolkit.evidence, names=SHOP.catalog.identifiers)
    assert draft.usage is not None
    assert draft.usage.calls == 2
    assert engine.ran == [_QUERY]
