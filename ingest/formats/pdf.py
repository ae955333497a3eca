"""PDF, page by page: paragraphs as pdfminer finds them, tables as pdfplumber does.

Tables without lines, which pdfplumber does not find, are told by their columns.
"""

from __future__ import annotations

import io
import logging
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any

from ingest.errors import IngestError
from ingest.formats.base import Content, markdown_table, tidy

if TYPE_CHECKING:
    from pdfplumber.page import Page

_TITLE_CHARACTERS = 80
_TITLE_WORDS = 12
_SENTENCE_ENDS = (".", ",", ";", ":", "!", "-", "|")

_FEWEST = 3  # rows and columns of a table without lines
_CELL_CHARACTERS = 20  # at most, on average

_Box = tuple[float, float, float, float]  # left, top, right, bottom


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of text of one paragraph or cell, and where on its page it stands."""

    box: _Box
    text: str

    @property
    def middle(self) -> float:
        """Its distance from the top."""
        return (self.box[1] + self.box[3]) / 2


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
    paragraphs = list(_paragraphs(page))
    tables = dict(_ruled_tables(page))
    loose = [line for lines in paragraphs for line in lines if _around(line, tables) is None]
    tables |= dict(_aligned_tables(loose))
    told: set[_Box] = set()
    blocks = []
    for paragraph in paragraphs:
        shown = []
        for line in paragraph:
            table = _around(line, tables)
            if table is None:
                shown.append(line.text)
            elif table not in told:
                told.add(table)
                shown += ["", tables[table], ""]
        blocks.append("\n".join(shown))
    return tidy("\n\n".join(blocks))


def _paragraphs(page: Page) -> Iterator[list[_Line]]:
    """The lines of each paragraph, in reading order."""
    from pdfminer.layout import LTTextBox, LTTextLine  # noqa: PLC0415 - slow to import

    for item in page.layout:
        if isinstance(item, LTTextBox):
            yield [_line(page, line) for line in item if isinstance(line, LTTextLine)]


def _line(page: Page, line: Any) -> _Line:
    left, bottom, _, _ = page.mediabox
    top = page.height + bottom
    box = (line.x0 + left, top - line.y1, line.x1 + left, top - line.y0)
    return _Line(box, " ".join(line.get_text().split()))  # justified text has wide gaps


def _ruled_tables(page: Page) -> Iterator[tuple[_Box, str]]:
    from pdfminer.layout import LTCurve, LTFigure  # noqa: PLC0415 - slow to import

    # Looking for tables doubles the time; a table's lines are curves, perhaps within a figure.
    if not any(isinstance(item, LTCurve | LTFigure) for item in page.layout):
        return
    for table in page.find_tables():
        rows = [[cell or "" for cell in row] for row in table.extract()]
        filled = [row for row in rows if any(cell.strip() for cell in row)]
        if len(filled) > 1 and len(filled[0]) > 1:  # else it is a frame around text
            yield table.bbox, markdown_table(filled)


def _aligned_tables(lines: Sequence[_Line]) -> Iterator[tuple[_Box, str]]:
    """Tables without lines: three rows or more of short texts that stand in three columns or more.

    Two columns, or long texts, are prose that is set in columns.
    """
    for is_row, group in groupby(_rows(lines), key=lambda row: len(row) > 1):
        rows = list(group)
        cells = [line for row in rows for line in row]
        columns = _columns(cells)
        short = sum(len(cell.text) for cell in cells) <= _CELL_CHARACTERS * len(cells)
        if is_row and short and len(rows) >= _FEWEST and len(columns) >= _FEWEST:
            boxes = [cell.box for cell in cells]
            lefts, tops, rights, bottoms = zip(*boxes, strict=True)
            table = [[_cell(row, column) for column in columns] for row in rows]
            yield (min(lefts), min(tops), max(rights), max(bottoms)), markdown_table(table)


def _rows(lines: Sequence[_Line]) -> list[list[_Line]]:
    """The lines that stand beside each other, from the top to the bottom of the page."""
    rows: list[list[_Line]] = []
    for line in sorted(lines, key=lambda line: line.middle):
        height = line.box[3] - line.box[1]
        if rows and line.middle - rows[-1][0].middle < height / 2:
            rows[-1].append(line)
        else:
            rows.append([line])
    return rows


def _columns(cells: Sequence[_Line]) -> list[tuple[float, float]]:
    """Where columns begin and end: cells one above the other overlap, however they are aligned."""
    columns: list[tuple[float, float]] = []
    for left, _, right, _ in sorted(cell.box for cell in cells):
        if columns and left < columns[-1][1]:
            columns[-1] = (columns[-1][0], max(columns[-1][1], right))
        else:
            columns.append((left, right))
    return columns


def _cell(row: Sequence[_Line], column: tuple[float, float]) -> str:
    return " ".join(line.text for line in row if column[0] <= line.box[0] < column[1])


def _around(line: _Line, areas: Iterable[_Box]) -> _Box | None:
    """The area that a line's middle is in."""
    x, y = (line.box[0] + line.box[2]) / 2, line.middle
    return next((a for a in areas if a[0] <= x <= a[2] and a[1] <= y <= a[3]), None)
