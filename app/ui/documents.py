"""The page of documents: adding some, what there is, what could not be read, and a search to try.

Names, titles and texts are shown by `st.text` and `st.dataframe`, or go through `markup`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import streamlit as st

from app import places
from app.errors import TributaryError
from app.ui import syncing, uploading, words
from app.ui.markup import plain

if TYPE_CHECKING:
    from app.library import Library
    from ingest.documents import FileProblem
    from ingest.passage import Passage

_FIELDS = pa.schema(
    {
        "Document": pa.string(),
        "State": pa.string(),
        "Title": pa.string(),
        "Kind": pa.string(),
        "Changed": pa.timestamp("s", "UTC"),
        "Chunks": pa.int64(),
        "Size": pa.int64(),
        "Label": pa.string(),
        "Tags": pa.string(),
    }
)
_ALWAYS_SHOWN = 7
_COLUMNS = {
    "Changed": st.column_config.DatetimeColumn(format="distance", timezone="UTC"),
    "Chunks": st.column_config.NumberColumn(format="localized"),
    "Size": st.column_config.NumberColumn(format="bytes"),
}
_PROBLEMS_SHOWN = 100
_TICK_SECONDS = 0.5


def link(go: Callable[[], None]) -> None:
    """The sidebar's way to the page."""
    st.button(
        "Documents", key="documents", icon=":material/description:", on_click=go, width="stretch"
    )


def page(library: Library, *, leave: Callable[[], None]) -> None:
    """Everything about the documents.

    Args:
        library: What there is, and what may be done with it.
        leave: Goes back to the chat.
    """
    st.button(
        "Back to the chat",
        key="leave-documents",
        icon=":material/arrow_back:",
        type="tertiary",
        on_click=partial(_leave, leave),
    )
    st.title("Documents", anchor=False)
    rows = _rows(library)
    st.caption(plain(_summary(library, rows)))
    _follow(library)
    uploading.add(library)
    _problems(library.problems())
    _list(rows)
    uploading.delete(library, sorted({library.upload_of(row["Document"]) for row in rows} - {""}))
    _search(library)


def _leave(leave: Callable[[], None]) -> None:
    for key in ("syncing", "deleting", "not-added"):
        st.session_state.pop(key, None)
    leave()


def _rows(library: Library) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = [
        {
            "Document": one.id,
            "Title": one.title,
            "Kind": one.kind,
            "State": "ready",
            "Changed": one.modified,
            "Chunks": one.chunks,
            "Size": one.size,
            "Label": one.access,
            "Tags": ", ".join(one.tags),
        }
        for one in library.documents()
    ]
    unread = {problem.path for problem in library.problems()}
    for waiting in library.waiting():
        state = "cannot be read" if waiting in unread else "waits for a sync"
        rows.append({"Document": waiting, "State": state})
    return rows


def _summary(library: Library, rows: Sequence[dict[str, Any]]) -> str:
    chunks = [row["Chunks"] for row in rows if "Chunks" in row]
    parts = [f"{words.counted(len(chunks), 'document')}, {words.counted(sum(chunks), 'chunk')}."]
    if finished := library.finished():
        parts.append(f"Last synced {finished.astimezone(UTC):%d %b %Y %H:%M} UTC.")
    if library.is_sample:
        parts.append(
            "These are the sample shop's; name folders of your own as documents in tributary.toml."
        )
    return " ".join(parts)


def _follow(library: Library) -> None:
    """Shows a sync that runs, whoever started it, and what became of the one that was watched."""
    watched: syncing.Syncing | None = syncing.running(library) or st.session_state.get("syncing")
    st.session_state["syncing"] = watched
    if watched is None:
        return
    if watched.is_done:
        _outcome(watched)
        return
    st.fragment(_progress, run_every=_TICK_SECONDS)(watched)


def _progress(watched: syncing.Syncing) -> None:
    """How far a sync is; the whole page is drawn anew when it has ended."""
    if watched.is_done:
        st.rerun()
    st.status(words.syncing(watched.progress))
    st.button(
        "Stop",
        key="stop-sync",
        icon=":material/stop_circle:",
        type="tertiary",
        on_click=watched.cancel,
    )


def _outcome(watched: syncing.Syncing) -> None:
    match watched.error:
        case TributaryError() as error:
            st.error(plain(str(error), limit=2_000), icon=":material/error:")
        case Exception():
            st.error("Something went wrong\\. The log of the server says what\\.")
        case None if watched.report is not None:
            st.success(plain(words.synced(watched.report)), icon=":material/check:")
        case None:
            st.info("Stopped. What was done by then stays; another sync goes on from there.")


def _problems(problems: Sequence[FileProblem]) -> None:
    if not problems:
        return
    count = words.counted(len(problems), "file")
    with st.expander(f"{count} could not be taken in", icon=":material/warning:", expanded=True):
        for problem in problems[:_PROBLEMS_SHOWN]:
            st.text(problem.path, width="stretch")
            st.caption(plain(f"{problem.message} {problem.hint}", limit=1_000))
        if len(problems) > _PROBLEMS_SHOWN:
            st.caption(f"and {len(problems) - _PROBLEMS_SHOWN:,} more")


def _list(rows: Sequence[dict[str, Any]]) -> None:
    if not rows:
        st.info("There are no documents yet. Drop some files above.")
        return
    wanted = st.text_input(
        "Filter", key="filter", icon=":material/filter_list:", placeholder="Name, title, kind, tag"
    )
    found = [row for row in rows if _matches(row, wanted)]
    if not found:
        st.caption("None of the documents matches.")
        return
    shown = [
        name
        for number, name in enumerate(_FIELDS.names)
        if number < _ALWAYS_SHOWN or any(row.get(name) for row in rows)
    ]
    st.dataframe(
        pa.Table.from_pylist(found, schema=_FIELDS).select(shown),
        hide_index=True,
        width="stretch",
        column_config=_COLUMNS,
        placeholder="",
        key="listed",
    )


def _matches(row: dict[str, Any], wanted: str) -> bool:
    """Whether every word of the filter is in one of the row's texts."""
    said = " ".join(value for value in row.values() if isinstance(value, str)).casefold()
    return all(word in said for word in wanted.casefold().split())


def _search(library: Library) -> None:
    st.subheader("Try the search", anchor=False)
    query = st.text_input(
        "Search",
        key="find",
        icon=":material/search:",
        placeholder="What a question would look for",
        label_visibility="collapsed",
    )
    if not query.strip():
        return
    found = library.search(query)
    if verdict := places.verdict(found):
        st.caption(verdict)
    for number, passage in enumerate(found, 1):
        _hit(number, passage)


def _hit(number: int, passage: Passage) -> None:
    with st.container(border=True, gap="xsmall"):
        st.markdown(f"**{number}**  {plain(passage.label)}")
        st.caption(plain(places.scores(passage)))
        st.caption(plain(words.place(passage, datetime.now(UTC))))
        with st.expander("Text", type="compact"):
            st.text(passage.text, width="stretch")
