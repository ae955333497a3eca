"""The keyless responder: a grammar reads the question, templates write the answer.

It never pretends to be a model. Where a question could mean several things it asks back; where
neither the streams nor the documents give strong evidence it says so, names what it did not
understand, and shows what can be asked.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from app.answer import QueryResult
from app.catalog.model import Catalog
from app.catalog.values import Values
from app.errors import ConfigError, EngineUnavailable, IngestError, QueryCancelled, QueryError
from app.markdown import escape, quote
from app.responders import beside, clarify, passages, plan, results
from app.responders.base import Draft, Toolkit, Turn
from app.responders.examples import examples
from app.responders.mentions import Mentions
from app.responders.passages import Found
from app.responders.plan import History, Part, Plan
from app.semantic_parser import Definition, Embed, Reading, parse

_MOST_SHOWN = 100
"""Rows that are shown along with their number where a question may want either."""


@dataclass(slots=True)
class _Work:
    """What was found for one question on the way to its text.

    Attributes:
        question: The question.
        plan: What is done with it.
        catalog: The tables it is asked of.
        values: What their text columns hold.
        sections: The text so far.
        notices: Remarks on the answer as a whole.
        answered: Whether any query ran.
    """

    question: str
    plan: Plan
    catalog: Catalog
    values: Values
    sections: list[str] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    answered: bool = False

    def unclear(self, half: Part | None = None) -> str:
        """What was not understood of the question, or of a half of it."""
        text, reading = (half.text, half.reading) if half else (self.question, self.plan.doubtful)
        return clarify.unclear(reading, Mentions.of(text, self.catalog, self.values))

    def draft(self) -> Draft:
        """The answer with all its sections."""
        return Draft(
            text="\n\n".join(self.sections),
            understood=self.plan.understood,
            notices=tuple(dict.fromkeys(self.notices)),
            choices=self.plan.choices,
            confidence=self.plan.likelihood if self.answered else None,
        )


class RulesResponder:
    """Answers by the semantic parser and the best passages; needs no model and no network.

    Args:
        catalog: The tables.
        values: Gives the values sampled from their text columns.
        time_zone: IANA name of the zone that times in questions are in.
        definitions: Gives what documents say that terms mean.
        embed: Texts to vectors of length 1, for words that nothing else explains.
    """

    name = "rules"

    def __init__(
        self,
        catalog: Catalog,
        values: Callable[[], Values],
        time_zone: str,
        *,
        definitions: Callable[[], Sequence[Definition]] = tuple,
        embed: Embed | None = None,
    ) -> None:
        self.catalog = catalog
        self._values = values
        self._time_zone = time_zone
        self._definitions = definitions
        self._embed = embed

    def respond(self, turn: Turn, toolkit: Toolkit) -> Draft:
        """Reads the question, runs what is understood, quotes what the documents say.

        Raises:
            QueryCancelled: The question was cancelled.
        """
        started = time.perf_counter()
        values = self.sampled()
        toolkit.timings["values"] = time.perf_counter() - started
        started = time.perf_counter()
        work = _Work(turn.question, self._read(turn, values), self.catalog, values)
        toolkit.timings["parse"] = time.perf_counter() - started
        found = _search(work, toolkit)
        for reading in work.plan.readings:
            self._run(reading, work, toolkit)
        self._quote(found, work, toolkit)
        _ask_back(work)
        if not work.sections:
            asked = examples(
                self.catalog, values, now=turn.now, time_zone=self._time_zone, like=turn.question
            )
            work.sections.append(clarify.cannot(work.unclear(), asked))
        return work.draft()

    def plan(self, turn: Turn) -> Plan:
        """How a question is understood, without running any of it."""
        return self._read(turn, self.sampled())

    def sampled(self) -> Values:
        """Sampled values; none where there is no Flink, which a query would then say."""
        try:
            return self._values()
        except EngineUnavailable:
            return Values()

    def _read(self, turn: Turn, values: Values) -> Plan:
        try:
            return self._planned(turn, values, self._embed)
        except IngestError:  # the model; a search will say so
            return self._planned(turn, values, None)

    def _planned(self, turn: Turn, values: Values, embed: Embed | None) -> Plan:
        definitions = self._definitions()

        def read(text: str, before: History) -> Reading | None:
            return parse(
                text,
                self.catalog,
                values,
                now=turn.now,
                time_zone=self._time_zone,
                history=before,
                definitions=definitions,
                embed=embed,
            )

        return plan.make(turn.question, plan.asked_before(turn.history, read), read)

    def _run(self, reading: Reading, work: _Work, toolkit: Toolkit) -> None:
        work.notices += reading.notes
        result = self._answered(reading, work, toolkit)
        if result is not None and reading.rows is not None and _are_few(result):
            self._answered(reading.rows, work, toolkit)

    def _answered(self, reading: Reading, work: _Work, toolkit: Toolkit) -> QueryResult | None:
        """Runs a reading and tells what it gave; None where it could not be run."""
        try:
            source = toolkit.query_streams(reading.sql, reading.words)
        except QueryCancelled:
            raise
        except (QueryError, ConfigError, EngineUnavailable) as error:
            work.notices.append(f"The streams could not be queried: {error}")
            work.sections.append(
                f"I understood this as: {escape(reading.words)}. The query could not be run."
            )
            return None
        work.answered = True
        result = source.evidence
        if not isinstance(result, QueryResult):
            return None
        marker = f"[{source.number}]"
        work.sections.append(results.describe(reading.form, result, marker, self._time_zone))
        return result

    def _quote(self, found: Sequence[Found], work: _Work, toolkit: Toolkit) -> None:
        """Quotes the passages that bear on what was asked, and says what they cannot answer."""
        chosen = beside.choose(found, work.plan, answered=work.answered)
        for half in work.plan.others:
            if not chosen or clarify.asks_for_figures(half.text, half.reading):
                work.sections.append(clarify.left_over(half.text, work.unclear(half)))
        if not chosen:
            return
        if self._misses_figures(work):
            work.sections.append(clarify.not_computed(work.unclear()))
        defined = " ".join(beside.business_words(work.plan))
        query = beside.subject(work.question, work.plan)
        quotes = ["The documents say:"]
        for hit in chosen:
            marker = f"[{toolkit.cite(hit.passage).number}]"
            label = f"{escape(hit.passage.label)}:"
            if label not in quotes:
                quotes.append(label)
            quotes.append(quote(passages.excerpt(hit.passage, query, defined), marker))
        work.sections.append("\n\n".join(quotes))

    def _misses_figures(self, work: _Work) -> bool:
        """Whether the documents are quoted on a question that the streams should have answered."""
        if work.plan.readings or work.plan.asked or not self.catalog.tables:
            return False
        return clarify.asks_for_figures(work.question, work.plan.doubtful)


def _search(work: _Work, toolkit: Toolkit) -> list[Found]:
    queries = beside.queries(work.question, work.plan)
    try:
        searched = [(query, toolkit.search_documents(query)) for query in queries]
        if work.plan.others:
            more = toolkit.search_documents(work.question)
            searched += [(query, more) for query in queries]
    except IngestError as error:
        work.notices.append(f"The documents could not be searched: {error}")
        return []
    return passages.rank(searched)


def _ask_back(work: _Work) -> None:
    """Asks which reading is meant, where the question or a half of it could mean several."""
    asked = work.plan.asked
    if asked:
        half = asked.text if asked.text != work.question else ""
        work.sections.append(clarify.which(asked.choices, half))


def _are_few(result: QueryResult) -> bool:
    """Whether the rows that were counted are so few that they can be shown."""
    counted = next(iter(result.rows()), {})
    number = next((v for v in counted.values() if isinstance(v, int)), 0)
    return 0 < number <= _MOST_SHOWN
