"""How an answer looks in a notebook: plain HTML or Markdown, nothing that loads or runs."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from app import offsets, places
from app.highlight import pieces
from app.markdown import escape

if TYPE_CHECKING:
    from app.answer import Answer, QueryResult, Source

_ROWS_SHOWN = 10
_BACKTICKS = re.compile("`+")
_MARKER = re.compile(r"\[(\d+)\]")
_ORDINAL = re.compile(r"\d+\. ")


def freshness(as_of: dict[str, datetime]) -> str:
    """How far event time has come in each table, in one line.

    >>> from datetime import UTC
    >>> freshness({"orders": datetime(2026, 11, 22, 17, 4, 9, tzinfo=UTC)})
    'Data as of orders 2026-11-22 17:04:09 UTC'
    """
    if not as_of:
        return ""
    reached = (f"{name} {when:%Y-%m-%d %H:%M:%S %Z}" for name, when in sorted(as_of.items()))
    return "Data as of " + ", ".join(reached)


def to_markdown(answer: Answer) -> str:
    """The answer with its sources as Markdown."""
    parts = [answer.text, *(f"> {escape(n)}" for n in answer.notices)]
    parts += [_source_markdown(source, answer.asked_at) for source in answer.sources]
    if answer.as_of:
        parts.append(f"*{freshness(answer.as_of)}*")
    return "\n\n".join(parts)


def to_html(answer: Answer) -> str:
    """The answer with its sources as self-contained HTML; all text is escaped."""
    paragraphs = "".join(_block_html(block) for block in answer.text.split("\n\n"))
    notices = "".join(f"<p><em>{html.escape(n)}</em></p>" for n in answer.notices)
    sources = "".join(_source_html(answer, source) for source in answer.sources)
    footer = f"<p><small>{html.escape(freshness(answer.as_of))}</small></p>"
    return f"<div>{paragraphs}{notices}{sources}{footer if answer.as_of else ''}</div>"


def _source_markdown(source: Source, now: datetime) -> str:
    head = f"**[{source.number}]** {escape(source.label)}"
    if source.result is not None:
        fence = "`" * max(3, 1 + max(map(len, _BACKTICKS.findall(source.result.sql)), default=0))
        read = "".join(f"\n\n{escape(line)}" for line in offsets.lines(source.result.offsets))
        return f"{head}\n\n{fence}sql\n{source.result.sql}\n{fence}{read}"
    return f"{head}  \n{escape(places.place(source.passage, now))}" if source.passage else head


def _block_html(block: str) -> str:
    """One paragraph, quotation or list of the answer's Markdown."""
    lines = block.splitlines()
    if lines and all(line.startswith(">") for line in lines):
        return (
            f"<blockquote>{_inline_html(' '.join(line[1:].strip() for line in lines))}</blockquote>"
        )
    if lines and all(line.startswith("- ") for line in lines):
        return f"<ul>{_items_html([line[2:] for line in lines])}</ul>"
    if lines and all(_ORDINAL.match(line) for line in lines):
        return f"<ol>{_items_html([_ORDINAL.sub('', line, count=1) for line in lines])}</ol>"
    return f"<p>{'<br>'.join(_inline_html(line) for line in lines)}</p>"


def _items_html(lines: list[str]) -> str:
    return "".join(f"<li>{_inline_html(line)}</li>" for line in lines)


def _inline_html(text: str) -> str:
    """Bold, unescaped punctuation and source markers; everything else is text."""
    unescaped = re.sub(r"\\([^\w\s])", r"\1", text)
    escaped = html.escape(unescaped)
    bold = re.sub(r"\*\*(.+?)\*\*", r"<strong>\1</strong>", escaped)
    return _MARKER.sub(r"<sup>[\1]</sup>", bold)


def _source_html(answer: Answer, source: Source) -> str:
    head = f"<summary>[{source.number}] {html.escape(source.label)}</summary>"
    body = ""
    if source.result is not None:
        body = f"<pre>{html.escape(source.result.sql)}</pre>{_rows_html(source.result)}"
        facts = [*source.result.lineage, *offsets.lines(source.result.offsets)]
        body += "".join(f"<p><small>{html.escape(fact)}</small></p>" for fact in facts)
    elif source.passage is not None:
        place = html.escape(places.place(source.passage, answer.asked_at))
        text = _marked_html(source.passage.text, answer.used(source))
        body = f"<p><small>{place}</small></p><blockquote>{text}</blockquote>"
    return f"<details>{head}{body}</details>"


def _marked_html(text: str, used: Sequence[tuple[int, int]]) -> str:
    """A text as it stands, the stretches used marked."""
    escaped = ((html.escape(piece), is_used) for piece, is_used in pieces(text, used))
    return "".join(f"<mark>{piece}</mark>" if is_used else piece for piece, is_used in escaped)


def _rows_html(result: QueryResult) -> str:
    head = "".join(f"<th>{html.escape(c)}</th>" for c in result.columns)
    shown = result.table.slice(0, _ROWS_SHOWN).to_pylist()
    body = "".join(
        "<tr>" + "".join(f"<td>{html.escape(str(v))}</td>" for v in row.values()) + "</tr>"
        for row in shown
    )
    more = len(result) - len(shown)
    note = f"<p><small>and {more} more rows</small></p>" if more > 0 else ""
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{note}"
