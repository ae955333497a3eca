"""What the page of documents writes: files handed in, uploads deleted, all sources synced.

Names of files go through `markup`.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

import streamlit as st

from app.errors import TributaryError
from app.ui import syncing, words
from app.ui.markup import plain
from app.uploads import UPLOAD_BYTES
from ingest.documents import FORMATS

if TYPE_CHECKING:
    from streamlit.runtime.uploaded_file_manager import UploadedFile

    from app.library import Arrival, Library


def add(library: Library) -> None:
    """Files are chosen, looked at, and taken only then; without any, all sources can be synced."""
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


def delete(library: Library, names: Sequence[str]) -> None:
    """Uploads can be deleted; the user's own files are hers to delete.

    Args:
        library: What they are deleted from.
        names: The uploads that there are.
    """
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
