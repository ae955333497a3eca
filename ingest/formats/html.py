"""HTML to Markdown by way of markdownify, without anything that runs or loads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ingest.formats.base import Content, tidy

if TYPE_CHECKING:
    from bs4 import BeautifulSoup, Tag

# What these hold is not prose, or is not shown to a reader of the page.
_DROPPED = (
    *("script", "style", "noscript", "template", "iframe", "object", "embed"),
    *("svg", "canvas", "audio", "video", "button", "select", "textarea", "input", "title"),
)

# For markdownify, and so for markitdown: what a link says stays, where it leads does not.
_UNWRAPPED = ["a", "u"]
CONVERSION: dict[str, Any] = {
    "strip": _UNWRAPPED,
    "table_infer_header": True,
    "escape_asterisks": False,
    "escape_underscores": False,
}


def read(page: bytes | str) -> Content:
    """The Markdown of a page, whose encoding is found where it is not text already."""
    from bs4 import BeautifulSoup  # noqa: PLC0415 - slow to import

    soup = BeautifulSoup(page, "html.parser")
    title = soup.title.get_text() if soup.title else ""
    for element in soup(_DROPPED):
        element.decompose()
    for image in soup("img"):
        image.replace_with(str(image.get("alt", "")))
    for inline in soup(_UNWRAPPED):
        inline.unwrap()
    return Content((tidy(_markdown(soup.body or soup)),), title=title)


def _markdown(body: BeautifulSoup | Tag) -> str:
    from markdownify import ATX, MarkdownConverter  # noqa: PLC0415 - only for these

    try:
        return str(MarkdownConverter(heading_style=ATX, **CONVERSION).convert_soup(body))
    except RecursionError:  # nested too deeply for it: the words alone
        return body.get_text("\n", strip=True)
