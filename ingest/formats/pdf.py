"""PDF, page by page: paragraphs as pdfminer finds them, tables with lines as pdfplumber does."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from ingest.errors import IngestError
from ingest.formats.base import Content, markdown_table, tidy

if TYPE_CHECKING:
    from pdfplumber.page import Page

_TITLE_CHARACTERS = 80
_TITLE_WORDS = 12
_SENTENCE_ENDS = (".", ",", ";", ":", "!", "-", "|")

_Box = tuple[float, float, float, float]  # left, top, right, bottom


def read(content: bytes) -> Content:
    """The pages of a PDF.

    Raises:
        IngestError: It is damaged or protected.
    """
    import pdfplumber  # noqa: PLC0415 - slow to import
    from pdfminer.pdfdocument import PDFPasswordIncorrect  # noqa: PLC0415 - slow to import
    from pdfplumber.utils.exceptions import PdfminerException  # noqa: PLC0415 - slow to import

    logging.getLogger("pdfminer").setLevel(logging.ERROR)  # it warns about every odd font
    try:
        with pdfplumber.open(io.BytesIO(content), laparams={}) as pdf:
            pages = []
            for page in pdf.pages:
                pages.append(_page_text(page))
                page.close()  # or all pages' characters stay in memory
    except PdfminerException as error:
        if any(isinstance(cause, PDFPasswordIncorrect) for cause in error.args):
            raise IngestError(
                "It is protected by a password.", hint="Save a copy without one."
            ) from error
        raise
    return Content(tuple(pages), title=title_line(pages[0] if pages else ""))


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


def _page_text(page: Page) -> str:
    """Its paragraphs and, where the first line of one would have stood, its tables."""
    tables = dict(_tables(page))
    told: set[_Box] = set()
    blocks = []
    for paragraph in _paragraphs(page):
        lines = []
        for box, text in paragraph:
            table = next((area for area in tables if _inside(box, area)), None)
            if table is None:
                lines.append(" ".join(text.split()))  # justified text has wide gaps
            elif table not in told:
                told.add(table)
                lines += ["", tables[table], ""]
        blocks.append("\n".join(lines))
    return tidy("\n\n".join(blocks))


def _paragraphs(page: Page) -> Iterator[list[tuple[_Box, str]]]:
    """The lines of each paragraph, with where they stand; in reading order."""
    from pdfminer.layout import LTTextBox, LTTextLine  # noqa: PLC0415 - slow to import

    for item in page.layout:
        if isinstance(item, LTTextBox):
            yield [
                (_box(page, line), line.get_text()) for line in item if isinstance(line, LTTextLine)
            ]


def _box(page: Page, line: Any) -> _Box:
    left, bottom, _, _ = page.mediabox
    top = page.height + bottom
    return line.x0 + left, top - line.y1, line.x1 + left, top - line.y0


def _tables(page: Page) -> Iterator[tuple[_Box, str]]:
    if not (page.lines or page.rects or page.curves):
        return
    for table in page.find_tables():
        rows = [[cell or "" for cell in row] for row in table.extract()]
        filled = [row for row in rows if any(cell.strip() for cell in row)]
        if len(filled) > 1 and len(filled[0]) > 1:  # else it is a frame around text
            yield table.bbox, markdown_table(filled)


def _inside(box: _Box, area: _Box) -> bool:
    x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    return area[0] <= x <= area[2] and area[1] <= y <= area[3]
