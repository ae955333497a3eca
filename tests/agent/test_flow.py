"""The usual ways to an answer: what is asked of the model, how often, and what comes of it."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.answer import QueryRan, QueryWritten, Searched, TextDelta, TextWithdrawn
from app.catalog import loader
from app.catalog.model import Catalog
from app.errors import EngineUnavailable
from app.memory.examples import Example
from app.responders.base import Draft, Turn
from app.responders.model_config import Limits
from tests.agent.house import COUNT, KEY, LATE, NOW, answered, house
from tests.agent.model_server import Call, Reply, Request, search, sql
from tests.responders.fakes import passage


def test_a_figure_takes_two_calls_and_is_told_as_it_is_written() -> None:
    with house([sql(COUNT, "orders, all"), Reply("There were **42** orders [2].")]) as home:
        draft = home.ask()
        assert len(home.model.requests) == 2
        assert draft.text == "There were **42** orders [1]."
        assert draft.understood == "orders, all"
        assert [s.label for s in draft.sources or ()] == ["Flink SQL over orders"]
        assert draft.usage is not None
        assert (draft.usage.calls, draft.usage.input_tokens) == (2, 200)
        assert home.engine.ran == [COUNT]
        kinds = [type(step) for step in home.steps]
        assert kinds[:3] == [Searched, QueryWritten, QueryRan]
        assert kinds[3:].count(TextDelta) > 3
        assert home.told == "There were **42** orders [2]."  # as numbered for the model


def test_a_document_question_takes_one_call() -> None:
    with house([Reply("Late is more than 24 hours past the promised time [1].")]) as home:
        draft = home.ask("When is a parcel late?")
        assert len(home.model.requests) == 1
        assert [s.passage for s in draft.sources or ()] == [LATE]
        assert home.engine.ran == []


def test_the_first_message_has_all_that_is_known() -> None:
    asked_at = datetime(2026, 11, 21, 10, tzinfo=UTC)
    known = [Example("e", "How many orders today?", COUNT, "verified", asked_at, Path("e.sql"))]
    with house([Reply("Ask me.")], examples=lambda _question: known) as home:
        home.ask("Which carriers are late?")
        system, asked = (m["content"] for m in home.model.requests[0].messages)
    assert "Now: Sunday 2026-11-22 17:30:00 (UTC)" in asked
    assert "> CREATE TABLE shipments ( -- Carrier scans" in asked
    assert "values: 'Berlin', 'Graz'" in asked
    assert "[1] Policy › Compensation (policy.md)\n> A parcel is late when" in asked
    assert "asked at 2026-11-21 10:00:00" in asked
    assert asked.endswith("Question: Which carriers are late?")
    assert "PERCENTILE" in system


def test_no_option_and_no_key_is_ever_sent(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("tables")
    (folder / "t.sql").write_text(
        "CREATE TABLE t (a INT COMMENT 'number') WITH ('connector' = 'kafka', "
        "'properties.sasl.jaas.config' = 'planted-option', 'topic' = 'planted-topic')"
    )
    with house([sql("SELECT a FROM t"), Reply("One [2].")], catalog=loader.load([folder])) as home:
        home.ask()
        bodies = [str(r.body) for r in home.model.requests]
        assert all(r.headers["authorization"] == f"Bearer {KEY}" for r in home.model.requests)
    assert "planted" not in "".join(bodies)
    assert KEY not in "".join(bodies)


def test_tables_beyond_the_budget_are_named_only() -> None:
    tables = "\n".join(
        f"CREATE TABLE t{i} (a{i} INT COMMENT 'number {i}') WITH ();" for i in range(9)
    )
    catalog = _catalog(tables)
    with house([Reply("Which?")], catalog=catalog, budget=200) as home:
        home.ask("What is in t7?")
        asked = home.model.requests[0].last
    assert "CREATE TABLE t7" in asked
    assert "Tables not shown: t" in asked
    assert "CREATE TABLE t3" not in asked


def _catalog(text: str) -> Catalog:
    import tempfile
    from pathlib import Path

    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "t.sql").write_text(
            text.replace("WITH ()", "WITH ('connector' = 'datagen')")
        )
        return loader.load([Path(folder)])


def test_the_first_word_is_told_before_the_last_is_written() -> None:
    text = "Late is what is more than 24 hours past the promised time [1]."
    seen: list[float] = []
    with house([Reply(text, between=0.08)]) as home:
        started = time.monotonic()
        steps = home.toolkit(
            lambda s: seen.append(time.monotonic()) if isinstance(s, TextDelta) else 0
        )
        home.agent.respond(Turn("When is it late?", NOW), steps)
        took = time.monotonic() - started
    assert seen[0] - started < took / 2


def test_what_is_said_before_a_tool_call_is_taken_back() -> None:
    first = Reply("Let me look.", calls=sql(COUNT).calls)
    with house([first, Reply("42 orders [2].")]) as home:
        home.ask()
        assert home.told == "42 orders [2]."
        assert any(isinstance(step, TextWithdrawn) for step in home.steps)


def test_calls_side_by_side_have_numbers_of_their_own() -> None:
    both = Reply(calls=[*sql(COUNT).calls, *sql("SELECT COUNT(*) AS n FROM payments").calls])
    with house([both, Reply("42 [2] and 42 [3].")]) as home:
        draft = home.ask("How many orders and payments?")
        replies = [m["content"] for m in home.model.requests[1].messages if m["role"] == "tool"]
        assert {r[:3] for r in replies} == {"[2]", "[3]"}
        assert draft.text == "42 [1] and 42 [2]."
        assert len(home.engine.ran) == 2


def test_searches_bring_numbered_passages() -> None:
    with house([search("late parcels"), Reply("Late is more than 24 hours [1].")]) as home:
        home.ask("What is late?")
        assert home.index.queries[-1] == "late parcels"
        assert home.model.requests[1].last == "[1] again, see above"


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ("DROP TABLE orders", "not a query"),
        ("SELECT COUNT(*) FROM ordrs", "orders"),
        ("SELECT COUNT(*) FROM orders; SELECT 1", "one"),
        ("SELECT COUNT(*) FROM orders WHERE status != 'late'", "<>"),
    ],
)
def test_a_refused_query_comes_back_with_its_reason(wrong: str, said: str) -> None:
    with house([sql(wrong), sql(COUNT), Reply("42 orders [2].")]) as home:
        draft = home.ask()
        refusal = home.model.requests[1].last
        assert "did not run" in refusal or "<>" in refusal
        assert said.lower() in refusal.lower()
        assert draft.text == "42 orders [1]."


def test_what_flink_would_do_wrong_is_doubted_once() -> None:
    wrong = "SELECT COUNT(*) AS n FROM orders WHERE city = NULL"
    with house([sql(wrong), sql(wrong), Reply("42 [2].")], columns={"n": [42]}) as home:
        assert home.ask().text == "42 [1]."
        assert "IS NULL" in home.model.requests[1].last
        assert home.engine.ran == [wrong]  # sent again, it is what the model wants


def test_repairs_end() -> None:
    def stubborn(request: Request) -> Reply:
        text = request.last
        return Reply("I cannot tell.") if "No more queries" in text else sql("SELECT 1 FROM nope")

    with house(stubborn, limits=Limits(repairs=2)) as home:
        assert home.ask().text == "I cannot tell."
        assert len(home.model.requests) == 4  # two repairs, the last refusal, the answer
        assert home.engine.ran == []


def test_of_the_last_call_an_answer_is_demanded() -> None:
    def eager(request: Request) -> Reply:
        demanded = request.body.get("tool_choice") == "none"
        return Reply("42 [2].") if demanded else sql(COUNT)

    with house(eager, limits=Limits(calls=4)) as home:
        draft = home.ask()
        assert draft.text == "42 [1]."
        assert len(home.model.requests) == 4
        assert "last call" in str(home.model.requests[-1].messages[0]["content"])


def test_tokens_are_a_limit_too() -> None:
    def hungry(request: Request) -> Reply:
        demanded = request.body.get("tool_choice") == "none"
        return Reply("42 [2].") if demanded else Reply(calls=sql(COUNT).calls, tokens=(900, 200))

    with house(hungry, limits=Limits(tokens=1_000)) as home:
        home.ask()
        assert len(home.model.requests) == 2


def test_without_flink_the_model_is_told_and_so_is_the_user() -> None:
    gone = EngineUnavailable("There is no Flink.")
    with house([sql(COUNT), Reply("I cannot count now.")], engine_error=gone) as home:
        draft = home.ask()
        assert "cannot be queried now" in home.model.requests[1].last
        assert draft.notices == ("The streams could not be queried: There is no Flink.",)


def test_long_results_come_back_short() -> None:
    columns: dict[str, list[object]] = {
        "city": [f"city {i}" for i in range(500)],
        "n": list(range(500)),
    }
    with house([sql(COUNT), Reply("500 cities [2].")], columns=columns) as home:
        home.ask()
        shown = home.model.requests[1].last
    assert "500 rows (city STRING, n BIGINT)" in shown
    assert "(470 more rows)" in shown
    assert "n from 0 to 499, sum 124750" in shown
    assert len(shown) < 3_000


def test_what_the_evidence_does_not_bear_out_is_corrected_once() -> None:
    replies = [sql(COUNT), Reply("There were 57 orders [2]."), Reply("There were 42 orders [2].")]
    with house(replies) as home:
        draft = home.ask()
        assert "57" in home.model.requests[2].last
        assert home.told == "There were 42 orders [2]."
        assert draft.text == "There were 42 orders [1]."


def test_the_moment_of_asking_may_be_told() -> None:
    with house([Reply("It is 17:30 on 2026-11-22; that has not begun.")]) as home:
        draft = home.ask("How many orders between 6 and 8 pm today?")
        assert "⚠" not in draft.text
        assert len(home.model.requests) == 1
        assert draft.doubts == ()


def test_a_figure_of_the_answer_before_may_be_told() -> None:
    before = answered("How many orders in the last hour?", "There were 2,507 orders [1].")
    replies = [sql(COUNT), Reply("42 [2], against 2,507 in the earlier answer.")]
    with house(replies) as home:
        assert "⚠" not in home.ask("And in the hour before that?", before).text
        assert len(home.model.requests) == 2


def test_what_stays_wrong_is_marked() -> None:
    with house([sql(COUNT), Reply("There were 57 orders [2].")]) as home:
        draft = home.ask()
        assert "57 ⚠" in draft.text
        assert len(home.model.requests) == 3


def test_an_empty_reply_is_asked_for_once_more() -> None:
    with house([sql(COUNT), Reply(""), Reply("42 [2].")]) as home:
        assert home.ask().text == "42 [1]."


def test_asking_back_gives_choices() -> None:
    text = "Which amount?\n\nCHOICES\n- Total with shipping?\n- Total without shipping?"
    with house([Reply(text)]) as home:
        draft = home.ask("What is the total?")
    assert draft.choices == ("Total with shipping?", "Total without shipping?")
    assert draft.text == "Which amount?\n\n1. Total with shipping?\n2. Total without shipping?"


def test_a_conversation_is_sent_without_its_numbers() -> None:
    earlier = answered(
        "How many orders in Graz?", "There were **7** [2].", understood="orders, Graz"
    )
    with house([Reply("Berlin, too.")]) as home:
        home.ask("And in Berlin?", earlier)
        roles = [m["role"] for m in home.model.requests[0].messages]
        told = home.model.requests[0].messages[2]["content"]
    assert roles == ["system", "user", "assistant", "user"]
    assert told == "> There were **7**.\nUnderstood as: orders, Graz"
    assert home.index.queries == ["How many orders in Graz? And in Berlin?", "And in Berlin?"]


def test_a_long_conversation_stays_within_its_budget() -> None:
    history = [answered(f"Question {i}?", "word " * 400) for i in range(60)]
    with house([Reply("Well.")], limits=Limits(context=8_000)) as home:
        home.ask("And now?", *history)
        first = home.model.requests[-1]
        sent = sum(len(str(m["content"])) for m in first.messages)
    assert sent < 8_000 * 4
    assert "Question 59?" in str(first.body)
    assert "Question 3?" not in str(first.body)


def test_what_is_still_too_long_is_summarised() -> None:
    def model(request: Request) -> Reply:
        summing = "Question: " not in str(request.body)
        return Reply("They spoke of orders.") if summing else Reply("Well.")

    history = [answered(f"Question {i}?", "word " * 30) for i in range(30)]
    long = [passage("late " * 600, heading=f"Part {i}", start=i * 9_000) for i in range(6)]
    with house(model, limits=Limits(context=4_000), passages=long) as home:
        assert home.ask("And now?", *history).text == "Well."
        assert any("They spoke of orders." in str(r.body) for r in home.model.requests)
        assert home.told == "Well."


def test_cost_is_counted_where_prices_are_set() -> None:
    with house([sql(COUNT), Reply("42 [2].")], prices=(1.0, 10.0)) as home:
        used = home.ask().usage
    assert used is not None
    assert used.cost == pytest.approx((200 * 1.0 + 40 * 10.0) / 1e6)


def test_two_users_at_once_do_not_mix() -> None:
    def model(request: Request) -> Reply:
        name = request.question.split()[-1].strip("?")
        if request.messages[-1]["role"] != "tool":
            return Reply(calls=[Call("query_streams", {"sql": COUNT, "purpose": name})], before=0.2)
        return Reply(f"{name}: 42 [2].", between=0.01)

    with house(model) as home:

        def ask(name: str) -> Draft:
            turn = Turn(f"How many orders for {name}?", NOW)
            return home.agent.respond(turn, home.toolkit(lambda _: None))

        names = [f"user{i}" for i in range(6)]
        with ThreadPoolExecutor(6) as pool:
            drafts = list(pool.map(ask, names))
    assert [d.text for d in drafts] == [f"{n}: 42 [1]." for n in names]
    assert [d.understood for d in drafts] == names
    assert all(d.usage and d.usage.calls == 2 for d in drafts)
