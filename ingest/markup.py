"""HTML and PDF to text by way of markitdown; `ingest.documents` calls it, and only for these."""

from __future__ import annotations

import io
import logging
import warnings
from functools import cache

from bs4 import BeautifulSoup
from markitdown import MarkItDown, MarkItDownException, StreamInfo
from markitdown.converters import HtmlConverter, PdfConverter

from ingest.errors import IngestError

# What these hold is not prose, or is not shown to a reader of the page.
_DROPPED = (
    *("script", "style", "noscript", "template", "iframe", "object", "embed"),
    *("svg", "canvas", "audio", "video", "button", "select", "textarea", "input"),
)


def html(content: bytes) -> str:
    """The Markdown of a page, without anything that runs or loads; what a link says stays.

    Raises:
        IngestError: It cannot be converted.
    """
    soup = BeautifulSoup(content, "html.parser")
    for element in soup(_DROPPED):
        element.decompose()
    for image in soup("img"):
        image.replace_with(str(image.get("alt", "")))
    for inline in soup(["a", "u"]):
        inline.unwrap()
    return _converted((soup.body or soup).encode("utf-8"), ".html")


def pdf(content: bytes) -> str:
    """The text of a PDF, its pages separated by blank lines.

    Raises:
        IngestError: It is damaged or protected.
    """
    return _converted(content, ".pdf").replace("\f", "\n\n")


def _converted(content: bytes, suffix: str) -> str:
    info = StreamInfo(extension=suffix, charset="utf-8")
    try:
        with warnings.catch_warnings():  # about deep nesting, where it falls back to plain text
            warnings.simplefilter("ignore")
            result = _markitdown().convert_stream(
                io.BytesIO(content),
                stream_info=info,
                escape_asterisks=False,
                escape_underscores=False,
            )
    except MarkItDownException as error:
        kind = suffix.removeprefix(".").upper()
        raise IngestError(
            f"It is damaged or protected: it cannot be read as {kind}.",
            hint="Open it in another program and save it again.",
        ) from error
    # A PDF can map glyphs to lone surrogates, which no encoder accepts later.
    return str(result.markdown).encode("utf-8", "ignore").decode("utf-8")


@cache
def _markitdown() -> MarkItDown:
    """A converter of HTML and PDF only: no plugins, and nothing that could reach the network."""
    logging.getLogger("pdfminer").setLevel(logging.ERROR)  # it warns about every odd font
    converter = MarkItDown(enable_builtins=False, enable_plugins=False)
    converter.register_converter(HtmlConverter())
    converter.register_converter(PdfConverter())
    return converter
