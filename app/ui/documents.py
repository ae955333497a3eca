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
from app.ui import syncing, words
from app.ui.markup import plain
from app.uploads import UPLOAD_BYTES
from ingest.documents import FORMATS

if TYPE_CHECKING:
    from streamlit.runtime.uploaded_file_manager import UploadedFile

    from app.library import Arrival, Library
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
    _add(library)
    _problems(library.problems())
    _list(rows)
    _delete(library, rows)
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


def _add(library: Library) -> None:
    """Files are chosen, looked at, and taken only then."""
    key = f"upload-{st.session_state.setdefault('uploads-done', 0)}"
    files = st.file_uploader(
        f"Add documents: drop files here ({FORMATS})",
        accept_multiple_files=True,
        max_upload_size=UPLOAD_BYTES // 1_000_000,
        key=key,
    )
    for message in st.session_state.get("not-added", ()):
        st.error(plain(message, limit=1_000), icon=":material/error:")
    if not files:
        st.button(
            "Sync all sources",
            key="sync",
            icon=":material/sync:",
            on_click=partial(_sync, library),
        )
        return
    arrivals = library.arrivals([(file.name, file.size) for file in files])
    _look(arrivals)
    good = [a for a in arrivals if not a.problem]
    replaced = [a for a in good if a.replaces]
    replace = bool(replaced) and st.checkbox(
        f"Replace {words.counted(len(replaced), 'upload')} of the same name", key="replace"
    )
    taken = [a for a in good if replace or not a.replaces]
    st.button(
        f"Add {words.counted(len(taken), 'document')}",
        key="add",
        icon=":material/add:",
        type="primary",
        disabled=not taken,
        on_click=partial(_take, library, files, arrivals, taken),
    )


def _look(arrivals: Sequence[Arrival]) -> None:
    for arrival in arrivals:
        if text := words.arriving(arrival):
            show = st.warning if arrival.problem else st.info
            show(plain(text, limit=1_000))


def _take(
    library: Library,
    files: Sequence[UploadedFile],
    arrivals: Sequence[Arrival],
    taken: Sequence[Arrival],
) -> None:
    """Keeps the files, and has them taken into the index."""
    failed = []
    for file, arrival in zip(files, arrivals, strict=True):
        if arrival not in taken:
            continue
        try:
            library.put(file.name, file.getvalue(), replace=arrival.replaces)
        except TributaryError as error:
            failed.append(f"{file.name}: {error}")
    st.session_state["uploads-done"] += 1  # another key empties the box
    _sync(library)
    st.session_state["not-added"] = failed


def _sync(library: Library) -> None:
    st.session_state.pop("not-added", None)
    st.session_state["syncing"] = syncing.start(library)


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


def _delete(library: Library, rows: Sequence[dict[str, Any]]) -> None:
    """Uploads can be deleted; the user's own files are hers to delete."""
    names = sorted({library.upload_of(row["Document"]) for row in rows} - {""})
    if not names:
        return
    with st.expander("Delete uploads", icon=":material/delete:"):
        st.caption("Files in folders of your own are deleted there; the next sync follows.")
        chosen = st.multiselect("Uploads", names, key="to-delete", placeholder="Choose uploads")
        st.button(
            "Delete",
            key="delete",
            icon=":material/delete:",
            disabled=not chosen,
            on_click=partial(_ask_to_delete, chosen),
        )
        _confirm(library)


def _ask_to_delete(chosen: Sequence[str]) -> None:
    st.session_state["deleting"] = tuple(chosen)


def _confirm(library: Library) -> None:
    deleting: tuple[str, ...] = st.session_state.get("deleting", ())
    if not deleting:
        return
    listed = ", ".join(deleting)
    st.warning(plain(f"Delete for good: {listed}?", limit=2_000), icon=":material/warning:")
    with st.container(horizontal=True):
        st.button(
            f"Delete {words.counted(len(deleting), 'file')}",
            key="confirm-delete",
            type="primary",
            on_click=partial(_deleted, library, deleting),
        )
        st.button("Keep", key="keep", on_click=partial(_ask_to_delete, ()))


def _deleted(library: Library, names: Sequence[str]) -> None:
    st.session_state["deleting"] = ()
    st.session_state["to-delete"] = []
    try:
        library.delete(names)
    except TributaryError as error:
        st.toast(plain(str(error), limit=1_000), icon=":material/error:")
    else:
        st.toast(f"Deleted {words.counted(len(names), 'file')}.")


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
    if not found:
        st.caption("Nothing in the documents matches.")
    for number, passage in enumerate(found, 1):
        _hit(number, passage)


def _hit(number: int, passage: Passage) -> None:
    with st.container(border=True, gap="xsmall"):
        st.markdown(f"**{number}**  {plain(passage.label)}")
        st.caption(plain(places.scores(passage)))
        st.caption(plain(words.place(passage, datetime.now(UTC))))
        with st.expander("Text", type="compact"):
            st.text(passage.text, width="stretch")
