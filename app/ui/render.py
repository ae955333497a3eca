"""How answers, sources and steps look.

Text from documents and rows is shown by `st.text`, `st.code` and `st.dataframe` alone, or goes
through `markup` first, which also makes the HTML of highlighted passages.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import streamlit as st

from app import charts, offsets
from app.answer import Answer, Passage, QueryResult, Source
from app.catalog.model import Catalog, Table
from app.markdown import numbered
from app.ui import review, words
from app.ui.markup import highlighted, plain, safe_markdown

if TYPE_CHECKING:
    from app.memory.conversations import ConversationSummary

_STYLE = Path(__file__).with_name("chat.css").read_text(encoding="utf-8")
_LOGO, _ICON = (str(Path(__file__).with_name(name)) for name in ("logo.svg", "icon.svg"))
# Again and again for a moment, since charts make the page grow; not against the reader's own hand.
_SCROLL_HERE = """<script>/* {moment} */
{{
  let until = Date.now() + 1500;
  for (const hand of ["wheel", "touchstart", "pointerdown", "keydown"])
    addEventListener(hand, () => {{ until = 0; }}, {{ once: true, passive: true }});
  const move = () => {{
    if (Date.now() > until) return;
    document.querySelector(".st-key-question-{position}")?.scrollIntoView({{ block: "start" }});
    setTimeout(move, 100);
  }};
  setTimeout(move, 100);
}}
</script>"""
_USER, _ASSISTANT = ":material/person:", ":material/water:"

PassageContext = Callable[[Passage], tuple[str, str, str]]


def frame() -> None:
    """The page's title, mark and few rules of its own: fixed texts, no part of them is data."""
    st.set_page_config(page_title="Tributary", page_icon=_ICON, layout="centered")
    st.logo(_LOGO, icon_image=_ICON, size="large")
    st.html(f"<style>{_STYLE}</style>")


def question(text: str, position: int, scroll_here: str = "") -> None:
    """What the user asked.

    Args:
        text: The question.
        position: Its place in the conversation.
        scroll_here: Why the page moves to it, once for each reason; empty where it does not.
            Left alone, Streamlit shows the end of an answer.
    """
    with st.container(key=f"question-{position}"):
        with st.chat_message("user", avatar=_USER):
            st.text(text)
        if scroll_here:
            script = _SCROLL_HERE.format(moment=scroll_here, position=position)
            st.html(script, unsafe_allow_javascript=True)


def reply() -> st.delta_generator.DeltaGenerator:
    """A container for what Tributary says."""
    return st.chat_message("assistant", avatar=_ASSISTANT)


def answer(
    given: Answer,
    position: int,
    context: PassageContext,
    *,
    choose: Callable[[str], None] | None = None,
    rate: review.Rate | None = None,
    busy: bool = False,
) -> None:
    """A complete answer with everything that supports it.

    Args:
        given: The answer.
        position: Its place in the conversation, which tells its parts from those of the others.
        context: Finds what stands around a passage.
        choose: Asks one of the answer's choices; None where it is too late to choose.
        rate: Told whether the reader finds the answer good; None does not ask.
        busy: Whether a question is running, so that none can be chosen now.
    """
    # The list that the text ends with is what the buttons say.
    text = given.text.replace(numbered(given.choices), "") if choose else given.text
    with reply():
        st.markdown(safe_markdown(text), anchors=False)
        for result in given.results:
            _result(result)
        if choose and given.choices:
            _choices(given.choices, position, choose, busy)
        for number, notice in enumerate(given.notices):
            with st.container(key=f"notice-{position}-{number}"):
                st.caption(f":material/info: {plain(notice)}")
        if given.understood:
            st.caption(plain(words.understood(given), limit=1_000))
        _freshness(given)
        _evidence(given, position, context)
        if rate and given.results:
            review.thumbs(given, position, rate, busy)


def withheld(count: int) -> None:
    """Says that earlier answers of the conversation are not shown."""
    if text := words.withheld(count):
        with st.container(key="withheld"):
            st.caption(f":material/visibility_off: {plain(text)}")


def error(message: str, hint: str) -> None:
    """One message that says what to do next."""
    with reply():
        st.error(
            "  \n".join(plain(part, limit=2_000) for part in (message, hint) if part),
            icon=":material/error:",
        )


def stopped() -> None:
    """Says that a question was left without an answer."""
    with reply():
        st.caption(":material/stop_circle: Stopped before there was an answer.")


def greeting(suggestions: tuple[str, ...], responder: str, ask: Callable[[str], None]) -> None:
    """What an empty conversation shows."""
    with st.container(key="greeting"):
        st.title("What would you like to know?", anchor=False)
        st.markdown("One answer from live data and documents, with the evidence behind it.")
        with st.container(key="suggestions"):
            for number, suggestion in enumerate(suggestions):
                st.button(
                    plain(suggestion),
                    key=f"suggestion-{number}",
                    on_click=ask,
                    args=(suggestion,),
                    width="stretch",
                )
        st.caption(words.who_will_answer(responder))


def earlier(
    conversations: tuple[ConversationSummary, ...],
    current: str | None,
    open_conversation: Callable[[str | None], None],
) -> None:
    """The sidebar's list of conversations."""
    st.button(
        "New conversation",
        key="new-conversation",
        icon=":material/add:",
        on_click=open_conversation,
        args=(None,),
        width="stretch",
    )
    if not conversations:
        return
    st.subheader("Earlier", anchor=False)
    with st.container(key="earlier"):
        for summary in conversations:
            st.button(
                plain(summary.title, limit=60),
                key=f"conversation-{summary.id}",
                on_click=open_conversation,
                args=(summary.id,),
                type="secondary" if summary.id == current else "tertiary",
                width="stretch",
            )


def tables(catalog: Catalog) -> None:
    """The sidebar's list of the tables that may be asked about."""
    st.subheader("Tables", anchor=False)
    with st.container(key="tables"):
        for table in catalog:
            with st.expander(plain(table.name), type="compact"):
                st.markdown(_table_text(table))
        for problem in catalog.problems:
            st.warning(plain(str(problem)), icon=":material/warning:")


def _table_text(table: Table) -> str:
    """A table's comment and columns as Markdown."""
    about = [plain(table.comment)] if table.comment else []
    columns = [
        f"**{plain(column.name)}** :small[:gray[{plain(column.type.lower())}]]  \n"
        f":small[{plain(column.comment)}]"
        for column in table.columns
    ]
    return "\n\n".join([*about, *columns])


def _choices(
    choices: tuple[str, ...], position: int, choose: Callable[[str], None], busy: bool
) -> None:
    with st.container(key=f"choices-{position}"):
        for number, choice in enumerate(choices):
            st.button(
                plain(choice),
                key=f"choice-{position}-{number}",
                on_click=choose,
                args=(choice,),
                disabled=busy,
                width="stretch",
            )


def _result(result: QueryResult) -> None:
    """Rows as a number, a chart beside the table, or the table alone."""
    number = charts.metric(result.table)
    if number is not None:
        label, value = number
        st.metric(plain(label), value, border=True, width="content")
        return
    if not len(result):
        return
    chart = result.chart()
    if chart is None:
        _rows(result)
        return
    drawn, rows = st.tabs(["Chart", "Table"])
    with drawn:
        st.altair_chart(chart, width="stretch")
    with rows:
        _rows(result)


def _rows(result: QueryResult) -> None:
    if not len(result):
        st.caption("No rows.")
        return
    st.dataframe(
        result.table, hide_index=True, width="stretch", column_config=_columns(result.table.schema)
    )
    if result.truncated:
        st.caption(f"The first {len(result):,} rows; there are more.")


def _columns(schema: pa.Schema) -> dict[str, Any]:
    """Instants in UTC to the second, whatever the reader's zone."""
    return {
        field.name: st.column_config.DatetimeColumn(format="YYYY-MM-DD HH:mm:ss", timezone="UTC")
        for field in schema
        if pa.types.is_timestamp(field.type)
    }


def _freshness(given: Answer) -> None:
    parts = [words.freshness(given), words.who_answered(given)]
    st.caption(" · ".join(plain(part) for part in parts if part))


def _evidence(given: Answer, position: int, context: PassageContext) -> None:
    """The numbered sources, and how the answer came about."""
    with st.container(gap="xsmall"):
        for source in given.sources:
            icon = ":material/description:" if source.passage else ":material/database:"
            with st.expander(f"**{source.number}**  {plain(source.label)}", icon=icon):
                if source.passage:
                    _cited(given, source, source.passage, position, context)
                elif source.result:
                    _query(source.result)
        _details(given)


def _cited(
    given: Answer, source: Source, passage: Passage, position: int, context: PassageContext
) -> None:
    """A passage, set apart from what stands around it, with the sentences used highlighted."""
    before, text, after = context(passage)
    key = f"{position}-{source.number}"
    st.caption(plain(words.place(passage, given.asked_at)))
    with st.container(key=f"around-{key}", gap="small"):
        if before.strip():
            st.text(f"… {before.strip()}", width="stretch")
        with st.container(key=f"used-{key}"):
            st.html(highlighted(text, given.used(source)))
        if after.strip():
            st.text(f"{after.strip()} …", width="stretch")


def _query(result: QueryResult) -> None:
    st.code(result.sql, language="sql", wrap_lines=True)
    st.caption(words.ran(result))
    _rows(result)
    if result.lineage:
        lines = (f"- {plain(line, limit=400)}" for line in result.lineage)
        st.caption("\n".join(["What the columns are made of:", "", *lines]))
    if needed := words.needed(result):
        st.caption(plain(needed))
    for line in offsets.lines(result.offsets):
        st.caption(plain(line, limit=1_000))
    for advice in result.advice:
        st.caption(f":material/warning: {plain(advice)}")


def _details(given: Answer) -> None:
    if not given.timings:
        return
    with st.expander("How this was answered", type="compact"):
        st.caption(plain(words.timings(given)))
