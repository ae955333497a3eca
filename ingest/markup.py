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

_TITLE_CHARACTERS = 80
_TITLE_WORDS = 12
_SENTENCE_ENDS = (".", ",", ";", ":", "!", "-", "|")


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


def title_line(text: str) -> str:
    r"""The first line of a PDF's text where it is a plain title, else nothing.

    That is two to twelve words, at most 80 characters, which begin with a capital or a digit, do
    not end like a sentence and do not go on in small letters on the next line.

    >>> title_line("Carrier Terms and Service Levels\nSummary of the contracts between ...")
    'Carrier Terms and Service Levels'
    >>> title_line("We thank you for your order and\nwish you well.")
    ''
    """
    lines = [" ".join(line.split()) for line in text.splitlines() if line.strip()]
    first, following = [*lines, "", ""][:2]
    short = len(first) <= _TITLE_CHARACTERS and 2 <= len(first.split()) <= _TITLE_WORDS
    begins = first[:1].isupper() or first[:1].isdigit()
    ends = first.endswith(_SENTENCE_ENDS) or following[:1].islower()
    wordy = sum(map(str.isalpha, first)) > len(first) / 2  # not "Page 1 / 12" or a table's row
    return first if short and begins and wordy and not ends else ""


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
