"""The keyless responder: a grammar reads the question, templates write the answer.

It never pretends to be a model. Where neither the streams nor the documents give strong evidence it
says so, names what it did not understand, and shows what can be asked.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from app.answer import QueryResult
from app.catalog.model import Catalog
from app.catalog.values import Values
from app.errors import ConfigError, EngineUnavailable, IngestError, QueryCancelled, QueryError
from app.markdown import escape, quote
from app.responders import clauses, passages, results
from app.responders.base import Draft, Toolkit, Turn
from app.responders.examples import examples
from app.responders.passages import Found
from app.semantic_parser import Reading, parse
from app.semantic_parser.form import Equals
from app.semantic_parser.words import say_constant

CONFIDENT = 0.6
"""Least confidence of a reading that is run. One unexplained content word stays below it."""

_FIGURES = re.compile(
    r"\b(how many|number of|count|total|average|rate|share|percentage|compare)\b", re.IGNORECASE
)
_MOST_QUERIES = 2
_QUOTES = 2


@dataclass(slots=True)
class _Work:
    """What was found for one question on the way to its text.

    Attributes:
        readings: What is sure enough to be run.
        doubtful: Else the best of what is not.
        others: Halves of the question that the readings leave to the documents.
        sections: The text so far.
        understood: The readings in words.
        notices: Remarks on the answer as a whole.
        answered: Whether any query ran.
    """

    readings: list[Reading] = field(default_factory=list)
    doubtful: Reading | None = None
    others: list[str] = field(default_factory=list)
    sections: list[str] = field(default_factory=list)
    understood: list[str] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    answered: bool = False


class RulesResponder:
    """Answers by the semantic parser and the best passages; needs no model and no network.

    Args:
        catalog: The tables.
        values: Gives the values sampled from their text columns.
        time_zone: IANA name of the zone that times in questions are in.
    """

    name = "rules"

    def __init__(self, catalog: Catalog, values: Callable[[], Values], time_zone: str) -> None:
        self._catalog = catalog
        self._values = values
        self._time_zone = time_zone

    def respond(self, turn: Turn, toolkit: Toolkit) -> Draft:
        """Reads the question, runs what is understood, quotes what the documents say.

        Raises:
            QueryCancelled: The question was cancelled.
        """
        started = time.perf_counter()
        values = self._sampled()
        toolkit.timings["values"] = time.perf_counter() - started
        started = time.perf_counter()
        work = self._read(turn, values)
        toolkit.timings["parse"] = time.perf_counter() - started
        found = self._search(turn.question, work, toolkit)
        for reading in work.readings:
            self._run(reading, work, toolkit)
        self._quote(turn.question, found, work, toolkit)
        if not work.sections:
            work.sections.append(self._cannot(turn, work, values))
        return Draft(
            text="\n\n".join(work.sections),
            understood="; ".join(work.understood),
            notices=tuple(work.notices),
        )

    def _sampled(self) -> Values:
        """Sampled values; none where there is no Flink, which a query would then say."""
        try:
            return self._values()
        except EngineUnavailable:
            return Values()

    def _read(self, turn: Turn, values: Values) -> _Work:
        """The whole question where it is understood, else those of its halves that are."""

        def read(text: str) -> Reading | None:
            return parse(text, self._catalog, values, now=turn.now, time_zone=self._time_zone)

        whole = read(turn.question)
        if whole and whole.confidence >= CONFIDENT:
            return _Work(readings=[whole])
        halves = [(half, read(half)) for half in clauses.split(turn.question)]
        strong = [(h, r) for h, r in halves if r and r.confidence >= CONFIDENT][:_MOST_QUERIES]
        if strong:
            run = {half for half, _ in strong}
            return _Work([r for _, r in strong], others=[h for h, _ in halves if h not in run])
        doubtful = [r for r in (whole, *(r for _, r in halves)) if r]
        return _Work(doubtful=max(doubtful, key=lambda r: r.confidence, default=None))

    def _search(self, question: str, work: _Work, toolkit: Toolkit) -> list[Found]:
        """Searches for the question, and for each half that the streams do not answer.

        Such a half often leans on the other ("what do we owe the customers?"), so it is searched
        for together with what the other is about.
        """
        context = " ".join(_topic(r) for r in work.readings)
        queries = [f"{half} {context}".strip() for half in work.others] or [question]
        queries += [f"definition of {w}" for w in _business_words(work)]
        try:
            searched = [(q, toolkit.search_documents(q)) for q in queries]
            if work.others:
                more = toolkit.search_documents(question)
                searched += [(q, more) for q in queries]
        except IngestError as error:
            work.notices.append(f"The documents could not be searched: {error}")
            return []
        return passages.rank(searched)

    def _run(self, reading: Reading, work: _Work, toolkit: Toolkit) -> None:
        work.understood.append(reading.words)
        work.notices += reading.notes
        try:
            source = toolkit.query_streams(reading.sql, reading.words)
        except QueryCancelled:
            raise
        except (QueryError, ConfigError, EngineUnavailable) as error:
            work.notices.append(f"The streams could not be queried: {error}")
            work.sections.append(
                f"I understood this as: {escape(reading.words)}. The query could not be run."
            )
            return
        work.answered = True
        if isinstance(source.evidence, QueryResult):
            marker = f"[{source.number}]"
            described = results.describe(reading.form, source.evidence, marker, self._time_zone)
            work.sections.append(described)

    def _quote(self, question: str, found: Sequence[Found], work: _Work, toolkit: Toolkit) -> None:
        """The best passages, where they bear on what was asked."""
        chosen = _chosen(found, work)
        if not chosen:
            return
        if not work.readings and self._asks_for_rows(question, work.doubtful):
            work.sections.append(f"I could not compute this from the streams. {_unclear(work)}")
        defined = " ".join(_business_words(work))
        about = [*work.others, *(_topic(r) for r in work.readings)]
        query = " ".join(about) or question
        quotes = ["The documents say:"]
        for hit in chosen:
            marker = f"[{toolkit.cite(hit.passage).number}]"
            label = f"{escape(hit.passage.label)}:"
            if label not in quotes:
                quotes.append(label)
            quotes.append(quote(passages.excerpt(hit.passage, query, defined), marker))
        work.sections.append("\n\n".join(quotes))

    def _asks_for_rows(self, question: str, doubtful: Reading | None) -> bool:
        """Whether a question that no reading is sure of asks for figures nevertheless."""
        if doubtful and doubtful.confidence >= 0.18:
            return bool(doubtful.unexplained or doubtful.alternatives or doubtful.reasons)
        return bool(self._catalog.tables and _FIGURES.search(question))

    def _cannot(self, turn: Turn, work: _Work, values: Values) -> str:
        lines = [f"I cannot answer that without a chat model. {_unclear(work)}".strip()]
        asked = examples(self._catalog, values, now=turn.now, time_zone=self._time_zone)
        if asked:
            bullets = "\n".join(f"- {escape(q)}" for q in asked)
            lines.append(f"Without one I count, sum, average, rank and list, such as:\n\n{bullets}")
        lines.append("I quote the documents where a question is about what they say.")
        return "\n\n".join(lines)


def _topic(reading: Reading) -> str:
    """What a reading is about, for a search: `late parcels`."""
    form = reading.form
    states = [
        say_constant(v)
        for f in form.filters
        if isinstance(f, Equals) and not f.negated and f.column.name.lower().endswith("status")
        for v in f.values
    ]
    nouns = [m.noun or form.table.name.replace("_", " ") for m in form.metrics[:1]]
    return " ".join([*states, *nouns]).replace("_", " ")


def _chosen(found: Sequence[Found], work: _Work) -> list[Found]:
    """Passages worth quoting: more than one only where the documents are what answers."""
    if not found:
        return []
    if work.readings and not work.others:
        best = _defining(found, work) or found[0]
        if best.relevance >= passages.STRONG and _business_words(work):
            return [best] if work.answered else []
        return [best] if work.answered and best.passage.similarity >= passages.BESIDE else []
    strong = [f for f in found if f.relevance >= passages.STRONG]
    kept = [f for f in strong[:_QUOTES] if f.relevance >= 0.85 * strong[0].relevance]
    same = len({_section(f) for f in kept}) == 1
    return sorted(kept, key=lambda f: f.passage.start) if same else kept


def _business_words(work: _Work) -> list[str]:
    return [r.business_word for r in work.readings if r.business_word]


def _defining(found: Sequence[Found], work: _Work) -> Found | None:
    """The passage that has the business words of the question; a section defines at its start."""
    words = passages.content_stems(" ".join(_business_words(work)))
    having = [f for f in found if words and passages.has_words(f.passage, words)]
    section = [f for f in having if _section(f) == _section(having[0])]
    return min(section, key=lambda f: f.passage.start, default=None)


def _section(found: Found) -> tuple[str, tuple[str, ...]]:
    return found.passage.document, found.passage.heading_path


def _unclear(work: _Work) -> str:
    """What was not understood, by name."""
    reading = work.doubtful
    if reading is None:
        return "I found no table or column that it is about."
    if reading.unexplained:
        words = ", ".join(f"“{escape(w[:40])}”" for w in reading.unexplained[:6])
        return f"I did not understand {words}."
    if reading.reasons:
        return f"I am not sure what is asked: {'; '.join(escape(r) for r in reading.reasons)}."
    if reading.alternatives:
        readings = " or ".join(escape(w) for w in (reading.words, *reading.alternatives[:2]))
        return f"It could mean: {readings}. Name the table to say which."
    return "I am not sure enough of what is asked."
