"""CSV and XLSX to Markdown tables, which keep every row on one line."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from ingest.errors import IngestError
from ingest.formats import bounds, text
from ingest.formats.base import Content, markdown_table
from ingest.formats.office import parts_checked

if TYPE_CHECKING:
    from openpyxl.cell.cell import Cell

_DELIMITERS = ",;\t|"
_LOOKED_AT = 20_000  # characters of the first line, by which the delimiter is told


def read_csv(content: bytes) -> Content:
    """A table of values separated by commas, semicolons, tabs or bars.

    Raises:
        IngestError: It is not text, has too many rows, or a cell without end.
    """
    table = text.decode(content)
    first_line = re.sub(r'"[^"]*"', "", table.lstrip()[:_LOOKED_AT].partition("\n")[0])
    delimiter = max(_DELIMITERS, key=first_line.count)
    reader = csv.reader(io.StringIO(table, newline=""), delimiter=delimiter)
    try:
        rows = list(_limited(reader, 0))
    except csv.Error as error:
        raise IngestError(f"It is not CSV: line {reader.line_num}: {error}.") from error
    return Content((markdown_table(rows) if rows else "",))


def read_xlsx(content: bytes) -> Content:
    """The sheets of a workbook: values as they were last calculated, no formulas.

    Raises:
        IngestError: It is damaged, protected or has too many rows.
    """
    parts_checked(content, "xl/", "an Excel workbook")
    import openpyxl  # noqa: PLC0415 - slow to import

    book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    sheets, count = [], 0
    for sheet in book.worksheets:
        sheet.reset_dimensions()  # what it says of its size may be far too large
        cells = ([_shown(cell) for cell in row] for row in sheet.iter_rows())
        rows = _trimmed(list(_limited(cells, count)))
        count += len(rows)
        sheets.append(
            f"## {sheet.title}\n\n{markdown_table(rows)}" if rows else f"## {sheet.title}"
        )
    book.close()
    return Content(tuple(sheets) if count else ())


def _limited(rows: Iterable[list[str]], before: int) -> Iterator[list[str]]:
    """The rows that hold anything."""
    count = before
    for row in rows:
        if any(cell.strip() for cell in row):
            count += 1
            if count > bounds.MAX_ROWS:
                raise IngestError(
                    f"It has more than {bounds.MAX_ROWS:,} rows.",
                    hint="Split it, or make it a stream table, which answers count and sum.",
                )
            yield row


def _trimmed(rows: list[list[str]]) -> list[list[str]]:
    """The rows without the empty columns around them."""
    filled = {i for row in rows for i, cell in enumerate(row) if cell.strip()}
    first, end = min(filled, default=0), max(filled, default=0) + 1
    return [row[first:end] for row in rows]


def _shown(cell: Cell) -> str:
    """A cell's value as Excel would show it, nearly.

    A whole day has no time, a percentage its sign.
    """
    value: Any = cell.value
    if isinstance(value, dt.datetime) and value.time() == dt.time():
        return value.date().isoformat()
    if isinstance(value, dt.datetime | dt.date | dt.time):
        return value.isoformat(" ") if isinstance(value, dt.datetime) else value.isoformat()
    if isinstance(value, float):
        percent = "%" in (cell.number_format or "")
        return f"{value * 100:.10g} %" if percent else f"{value:.15g}"
    return "" if value is None else str(value)
