"""Access labels, held against every way that text of a document comes out of Tributary."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import cast

import pytest

from app import cli_documents, plain, terminal
from app.assistant import Assistant
from app.errors import ConfigError
from app.library import Library
from app.memory.conversations import Conversations
from app.memory.examples import Examples
from app.memory.verdicts import Verdicts
from app.responders.base import Turn
from app.responders.defined import DefinedTerms
from app.responders.rules import RulesResponder
from app.ui import words
from ingest.embeddings import Embedder, default_embedder
from ingest.index import DocumentIndex
from ingest.passage import Passage
from tests.agent.house import house
from tests.agent.model_server import Call, Reply
from tests.responders.fakes import CannedEngine, toolkit
from tests.samples import NOW
from tests.semantic_parser.catalogs import SHOP

SECRET = "heliotrope"
"""In the text, the headings, the name and the definitions of the hidden document."""
PUBLIC = "Parcels"
QUESTION = f"Which salary band has a {SECRET} driver?"
RULES = {"hr/**": "hr", "**/open-*": ""}


@pytest.fixture(scope="module")
def embedder(tmp_path_factory: pytest.TempPathFactory) -> Embedder:
    return default_embedder(tmp_path_factory.mktemp("model"))


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder) -> Iterator[DocumentIndex]:
    folder = tmp_path_factory.mktemp("access")
    hr = folder / "docs" / "hr"
    hr.mkdir(parents=True)
    (hr / "Heliotrope.md").write_text(
        "# Heliotrope salaries\n\nA Heliotrope driver has salary band B.\n\n"
        "**Heliotrope revenue** is the sum of the amount of confirmed orders.\n"
    )
    (hr / "open-hours.md").write_text("# Hours of the staff\n\nFrom nine to five.\n")
    (folder / "docs" / "parcels.md").write_text("# Parcels\n\nA parcel is late after two hours.\n")
    with DocumentIndex(folder / "index", embedder, access=RULES) as opened:
        assert opened.sync([folder / "docs"]).unused_rules == ()
        yield opened


@dataclass(frozen=True, slots=True)
class Caller:
    """An assistant as one caller has it.

    Attributes:
        assistant: The assistant.
        terms: What the documents define for her.
        conversation: One in which somebody with all labels asked about the hidden document.
        cited: A passage of it, from an answer she may have kept.
    """

    assistant: Assistant
    terms: DefinedTerms
    conversation: str
    cited: Passage


@pytest.fixture
def caller(index: DocumentIndex, tmp_path: Path) -> Iterator[Callable[..., Caller]]:
    with ExitStack() as stack:

        def made(*labels: str) -> Caller:
            reader = index.reader(labels)
            terms = DefinedTerms(reader)
            tools = toolkit(SHOP.catalog, CannedEngine(), reader)  # type: ignore[arg-type]
            store = stack.enter_context(
                closing(
                    Conversations(tmp_path / "history.sqlite", access=labels, hidden=reader.hidden)
                )
            )
            rules = RulesResponder(SHOP.catalog, lambda: SHOP.values, "UTC", definitions=terms.get)
            return Caller(
                Assistant(
                    reviewer=tools.reviewer,
                    index=reader,
                    engine=tools.engine,
                    responder=rules,
                    store=store,
                    library=cast(Library, None),
                    examples=Examples(tmp_path / "examples"),
                    verdicts=Verdicts(lambda _: None, lambda: ""),
                    clock=lambda: NOW,
                    query_timeout=5,
                    taught=terms.labels,
                ),
                terms,
                conversation,
                cited,
            )

        conversation, [cited, *_] = "", index.search(QUESTION)
        conversation = made("hr").assistant.ask(QUESTION).conversation
        yield made


def _agent(caller: Caller) -> str:
    """All that a chat model is sent, and what is told on the way."""
    look = Reply(calls=[Call("search_documents", {"query": QUESTION})])
    with house([look, Reply("That is all.")]) as home:
        steps: list[object] = []
        tools = replace(home.toolkit(steps.append), index=caller.assistant.index)
        history = caller.assistant.history(caller.conversation)
        home.agent.respond(Turn("Who has salary bands?", NOW, history), tools)
        sent = [json.dumps(request.messages, default=str) for request in home.model.requests]
    # The question of the search is the model's own.
    return " ".join([*sent, *map(repr, steps)]).replace(QUESTION, "")


def _shown(caller: Caller) -> str:
    with terminal.out.capture() as printed:
        cli_documents.show_documents(caller.assistant.documents())
        cli_documents.show_passages(caller.assistant.search("salary band of a driver"))
    return printed.get()


WAYS: dict[str, Callable[[Caller], object]] = {
    "an answer": lambda c: c.assistant.ask("salary band of a driver").to_dict(),
    "the steps to it": lambda c: list(c.assistant.stream("salary band of a driver")),
    "a definition in a query": lambda c: c.assistant.ask("sum of confirmed orders today"),
    "definitions": lambda c: c.terms.get(),
    "a search": lambda c: c.assistant.search("salary band of a driver", limit=50),
    "the documents": lambda c: [plain.of_document(d) for d in c.assistant.documents()],
    "a document's text": lambda c: c.assistant.index.text_of("hr/Heliotrope.md"),
    "around a passage": lambda c: c.assistant.passage_context(
        replace(c.cited, text="", end=c.cited.start)
    ),
    "conversations": lambda c: c.assistant.conversations(),
    "a conversation": lambda c: c.assistant.history(c.conversation),
    "a question that leans on it": lambda c: c.assistant.ask(
        "and for the others?", conversation=c.conversation
    ),
    "a chat model": _agent,
    "the terminal": _shown,
}


QUIET = {"a definition in a query", "a question that leans on it"}
"""Ways on which the word does not happen to come out."""


@pytest.mark.parametrize("way", WAYS)
def test_a_caller_without_the_label_never_sees_it(caller: Callable[..., Caller], way: str) -> None:
    assert SECRET not in repr(WAYS[way](caller())).lower()
    assert SECRET not in repr(WAYS[way](caller("finance"))).lower()


@pytest.mark.parametrize("way", [w for w in WAYS if w not in QUIET])
def test_a_caller_with_the_label_sees_it(caller: Callable[..., Caller], way: str) -> None:
    assert SECRET in repr(WAYS[way](caller("hr"))).lower()


def test_the_rest_is_seen_by_all(caller: Callable[..., Caller]) -> None:
    for labels in ((), ("hr",)):
        assistant = caller(*labels).assistant
        assert PUBLIC in assistant.ask("When is a parcel late?").text
        assert {"hr/open-hours.md", "parcels.md"} <= {d.id for d in assistant.documents()}


def test_what_is_withheld_is_said(caller: Callable[..., Caller]) -> None:
    hidden, seen = caller(), caller("hr")
    assert hidden.assistant.withheld(hidden.conversation) == 1
    assert seen.assistant.withheld(seen.conversation) == 0
    assert words.withheld(1).startswith("1 earlier answer is not shown")
    assert words.withheld(2).startswith("2 earlier answers are not shown")
    assert words.withheld(0) == ""


def test_an_answer_carries_the_labels_of_all_that_was_found_for_it(
    caller: Callable[..., Caller],
) -> None:
    seen = caller("hr").assistant
    first = seen.ask("salary band of a driver")
    assert first.access == ("hr",)
    second = seen.ask("When is a parcel late?", conversation=first.conversation)
    assert second.access == ("hr",)  # it was told with the first one before it
    assert caller().assistant.ask("salary band of a driver").access == ()


def test_an_example_is_for_everybody_or_not_at_all(caller: Callable[..., Caller]) -> None:
    assistant = caller("hr").assistant
    answer = assistant.ask("How many orders were cancelled today?")
    assert answer.results
    with pytest.raises(ConfigError, match="can be no example"):
        assistant.propose(answer)


def test_a_new_rule_holds_before_the_next_sync(
    tmp_path: Path, embedder: Embedder, index: DocumentIndex
) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "a.md").write_text(f"# {SECRET}\n\nA {SECRET} driver.")
    (tmp_path / "docs" / "b.md").write_text("# Drivers\n\nA driver.")
    with DocumentIndex(tmp_path / "index", embedder) as before:
        before.sync([tmp_path / "docs"])
        assert [d.id for d in before.reader(()).documents()] == ["a.md", "b.md"]
    with DocumentIndex(tmp_path / "index", embedder, access={"a.*": "x"}) as now:
        for _ in range(2):
            reader = now.reader(())
            assert [d.id for d in reader.documents()] == ["b.md"]
            assert [p.document for p in reader.search(SECRET)] == ["b.md"]
            assert reader.hidden() == ["a.md"]
            assert {p.document for p in now.reader(("x",)).search(SECRET)} == {"a.md", "b.md"}
            report = now.sync([tmp_path / "docs"])
        assert (report.changed, report.chunks_embedded) == (0, 0)


def test_hidden_documents_do_not_push_out_visible_ones(tmp_path: Path, embedder: Embedder) -> None:
    docs = tmp_path / "docs"
    (docs / "hr").mkdir(parents=True)
    for n in range(60):
        (docs / "hr" / f"{n}.md").write_text(f"# Late parcels {n}\n\nThe parcel is late: {n}.")
    (docs / "x.md").write_text("# Delays\n\nWhat we do about delays.")
    with DocumentIndex(tmp_path / "index", embedder, access=RULES) as index:
        index.sync([docs])
        [found] = index.reader(()).search("late parcel")
        assert found.document == "x.md"
        assert (found.dense_rank, found.words_rank) == (1, None)
