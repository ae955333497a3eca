"""The main flow: a question in, steps and one cited answer out."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime
from typing import Self

from app.answer import Answer, Answered, Passage, QueryResult, Source, Step, TextDelta
from app.background import relay
from app.catalog.model import Catalog
from app.engines.base import Engine
from app.errors import ConfigError, InvalidQuestion, TributaryError
from app.library import Library
from app.memory.conversations import Conversations, ConversationSummary
from app.memory.examples import Example, Examples
from app.memory.verdicts import Verdicts
from app.responders import grounding
from app.responders.base import Draft, Responder, Toolkit, Turn, run
from app.sql.lint import Advice
from app.sql.review import Review, Reviewer
from ingest.filters import EVERYTHING, Filter
from ingest.reader import DocumentReader
from ingest.snapshot import DocumentInfo

QUESTION_LIMIT = 4_000
"""Most characters in a question."""

_CONTEXT_CHARACTERS = 400
_NUMBER = re.compile(r"#?(\d{1,2})[.)]?")


@dataclass(slots=True)
class Assistant:
    """Answers questions about streams and documents. Safe to call from many threads.

    Made by `app.connect`. Use it as a context manager, or call `close`.

    Attributes:
        reviewer: Says of a query whether it may run, and what it needs.
        index: The documents that the caller may read; there is no way to others.
        library: The documents as they are managed: uploads, deletion, sync.
        examples: Questions with their SQL, proposed and verified.
        taught: Gives the access labels of the documents whose definitions shape the queries.
        suggestions: Questions to start with.
    """

    reviewer: Reviewer
    index: DocumentReader
    engine: Engine
    responder: Responder
    store: Conversations
    library: Library
    examples: Examples
    verdicts: Verdicts
    clock: Callable[[], datetime]
    query_timeout: float
    taught: Callable[[], frozenset[str]] = frozenset
    suggestions: tuple[str, ...] = ()
    warm_ups: tuple[Callable[[], object], ...] = ()
    resources: ExitStack = field(default_factory=ExitStack)

    def ask(self, question: str, *, conversation: str | None = None) -> Answer:
        """Answers a question.

        Args:
            question: In plain words; or one of the choices of the answer before, or its number.
            conversation: Id of the conversation to continue; a new one where None.

        Raises:
            InvalidQuestion: It is empty or too long.
            TributaryError: No answer could be given; the message says why.
        """
        for step in self.stream(question, conversation=conversation):
            if isinstance(step, Answered):
                return step.answer
        raise AssertionError("the last step is always the answer")

    def stream(
        self,
        question: str,
        *,
        conversation: str | None = None,
        cancel: threading.Event | None = None,
    ) -> Iterator[Step]:
        """The same as `ask`, step by step; the last step is `Answered`.

        Closing the iterator early cancels the question and its running query; so does setting
        `cancel`, which another thread can do while this one waits for the next step.
        """
        conversation = conversation or self.store.new_id()
        history = self.store.history(conversation)
        turn = Turn(_picked(_checked(question), history), self.clock(), history)

        def work(emit: Callable[[Step], None], cancel: threading.Event) -> None:
            answer = self._answer(turn, conversation, emit, cancel)
            self.store.add(answer)
            emit(Answered(answer))

        return relay(work, cancel)

    def _answer(
        self,
        turn: Turn,
        conversation: str,
        emit: Callable[[Step], None],
        cancel: threading.Event,
    ) -> Answer:
        started = time.perf_counter()
        toolkit = Toolkit(
            reviewer=self.reviewer,
            index=self.index,
            engine=self.engine,
            query_timeout=self.query_timeout,
            emit=emit,
            cancel=cancel,
        )
        draft = self.responder.respond(turn, toolkit)
        if not toolkit.told:
            emit(TextDelta(draft.text))
        sources = tuple(toolkit.evidence) if draft.sources is None else draft.sources
        leant_on = (label for earlier in turn.history for label in earlier.access)
        return Answer(
            question=turn.question,
            text=draft.text,
            sources=sources,
            responder=draft.responder or self.responder.name,
            asked_at=turn.now,
            understood=draft.understood,
            notices=_notices(draft, turn.question, sources, self.catalog),
            timings={**toolkit.timings, "total": time.perf_counter() - started},
            conversation=conversation,
            choices=draft.choices,
            usage=draft.usage,
            confidence=draft.confidence,
            access=tuple(sorted({*toolkit.labels, *self.taught(), *leant_on})),
        )

    def sql(self, text: str, *, cancel: threading.Event | None = None) -> QueryResult:
        """Runs a query of the caller's own through the same gates as any other.

        Raises:
            QueryError: It was refused, failed or timed out.
            EngineUnavailable: There is no Flink to run it on.
        """
        return run(self.engine, self.reviewer.review(text), self.query_timeout, cancel)

    def check(self, text: str, *, continuous: bool = False) -> Review:
        """The verdict on a query, and what is known of it, without running it.

        Args:
            text: The query.
            continuous: Whether it is to be kept running, not asked once.

        Raises:
            UnsafeQuery: The guard refuses it.
            InvalidQuery: Flink refuses it.
            EngineUnavailable: There is no Flink to ask.
        """
        review = self.reviewer.review(text, continuous=continuous)
        self.engine.check(review.query, continuous=continuous)
        return review

    def advise(self, text: str, *, continuous: bool = False) -> tuple[Advice, ...]:
        """What is to be said of a query, whether or not Flink would run it; asks no Flink."""
        return self.reviewer.advise(text, continuous=continuous)

    def search(
        self, query: str, *, limit: int = 5, only: Filter = EVERYTHING
    ) -> tuple[Passage, ...]:
        """The passages nearest to a query, best first.

        Args:
            query: What to look for.
            limit: Most passages.
            only: Which documents are searched.
        """
        return tuple(self.index.search(query, limit, only))

    def documents(self, only: Filter = EVERYTHING) -> tuple[DocumentInfo, ...]:
        """The documents that the caller may read, by id."""
        return tuple(self.index.documents(only))

    def passage_context(self, passage: Passage) -> tuple[str, str, str]:
        """A passage with the text just before and after it in its document."""
        text = self.index.text_of(passage.document) or passage.text
        if text[passage.start : passage.end] != passage.text:  # the document has changed since
            return "", passage.text, ""
        before = text[max(0, passage.start - _CONTEXT_CHARACTERS) : passage.start]
        return before, passage.text, text[passage.end : passage.end + _CONTEXT_CHARACTERS]

    def history(self, conversation: str) -> tuple[Answer, ...]:
        """The answers of a conversation that the caller may see, oldest first."""
        return self.store.history(conversation)

    def withheld(self, conversation: str) -> int:
        """How many answers of a conversation rest on documents that the caller may not read."""
        return self.store.withheld(conversation)

    def conversations(self, limit: int = 20) -> tuple[ConversationSummary, ...]:
        """The conversations asked in last, newest first, as far as the caller may see them."""
        return self.store.latest(limit)

    def propose(self, answer: Answer) -> Example | None:
        """Keeps the question of an answer and the SQL of its last result for review.

        Returns:
            The example, or None where the answer has no query result.

        Raises:
            ConfigError: It cannot be written, or not everybody may read what it may rest on.
        """
        if not answer.results:
            return None
        if answer.access:
            raise ConfigError(
                "This can be no example: everybody sees examples, and the answer may rest on"
                f" documents with the label {', '.join(answer.access)}.",
                hint="Ask it where no such documents are found, then propose that answer.",
            )
        return self.examples.propose(answer.question, answer.results[-1].sql, answer.asked_at)

    def checked_examples(self) -> tuple[Example, ...]:
        """All examples, each with what is wrong with it on the tables as they are now.

        Raises:
            ConfigError: They cannot be read.
            EngineUnavailable: There is no Flink to ask.
        """
        return tuple(self.verdicts.of(example) for example in self.examples.all())

    @property
    def catalog(self) -> Catalog:
        """The stream tables that may be asked about."""
        return self.reviewer.visible

    @property
    def responder_name(self) -> str:
        """Who writes the answers: `rules` or `agent`."""
        return self.responder.name

    def warm_up(self) -> None:
        """Starts Flink and whatever else the first question would have to wait for.

        Raises:
            EngineUnavailable: There is no Flink to start or reach.
        """
        for step in self.warm_ups:
            step()

    def warm_up_in_background(self) -> threading.Thread:
        """Warms up on a daemon thread; a failure shows when the first question is asked."""
        thread = threading.Thread(target=self._warm_up_quietly, name="warm-up", daemon=True)
        thread.start()
        return thread

    def _warm_up_quietly(self) -> None:
        try:
            self.warm_up()
        except TributaryError:
            return

    def close(self) -> None:
        """Cancels what runs and releases everything. May be called twice."""
        self.resources.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _checked(question: str) -> str:
    stripped = question.strip()
    if not stripped:
        raise InvalidQuestion("The question is empty.", hint="Ask something, in plain words.")
    if len(stripped) > QUESTION_LIMIT:
        raise InvalidQuestion(
            f"The question has {len(stripped):,} characters; the most is {QUESTION_LIMIT:,}.",
            hint="Ask for one thing at a time; long texts belong into the documents.",
        )
    return stripped


def _picked(question: str, history: tuple[Answer, ...]) -> str:
    """What the number of a choice stands for; any other question is itself."""
    choices = history[-1].choices if history else ()
    number = _NUMBER.fullmatch(question)
    if number and 1 <= int(number[1]) <= len(choices):
        return choices[int(number[1]) - 1]
    return question


def _notices(
    draft: Draft, question: str, evidence: Sequence[Source], catalog: Catalog
) -> tuple[str, ...]:
    """The responder's remarks, and whatever in its text the evidence does not bear out."""
    if draft.doubts is not None:
        return (*draft.notices, *draft.doubts)
    readings = (question, *draft.choices)
    if not any(source.result for source in evidence):
        readings += (draft.understood,)
    doubts = grounding.check(draft.text, evidence, readings=readings, names=catalog.identifiers)
    return (*draft.notices, *doubts)
