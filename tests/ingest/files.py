"""Real files of every format, for the tests of reading them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping, Sequence
from email.message import EmailMessage
from pathlib import Path

from fpdf import FPDF

from ingest.documents import SourceFile

BOMB = (
    '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">'
    + "".join(
        f'<!ENTITY {n} "{f"&{m};" * 10}">' for m, n in zip("abcdefgh", "bcdefghi", strict=True)
    )
    + "]><x>&i;</x>"
)


def source_file(path: Path, content: bytes) -> SourceFile:
    """A file with this content, as `find_files` gives it."""
    path.write_bytes(content)
    return SourceFile(path.name, path, len(content), 0)


def make_pdf(*pages: str, password: str = "", table: Sequence[Sequence[str]] = ()) -> bytes:
    pdf = FPDF()
    pdf.set_font("Helvetica", size=12)
    for text in pages:
        pdf.add_page()
        pdf.multi_cell(0, 8, text, new_x="LMARGIN", new_y="NEXT")
    if table:
        with pdf.table() as drawn:
            for cells in table:
                row = drawn.row()
                for cell in cells:
                    row.cell(cell)
        pdf.multi_cell(0, 8, "After the table.")
    if password:
        pdf.set_encryption(owner_password="owner", user_password=password)
    return bytes(pdf.output())


def make_columns(rows: Sequence[Sequence[str]], width: float, align: str = "L") -> bytes:
    """A PDF with texts beside each other and no lines, between two sentences."""
    pdf = FPDF()
    pdf.set_font("Helvetica", size=9)
    pdf.add_page()
    pdf.multi_cell(0, 8, "Prices of the carriers for the year.", new_x="LMARGIN", new_y="NEXT")
    for row in rows:
        for cell in row:
            pdf.cell(width, 6, cell, align=align)
        pdf.ln()
    pdf.multi_cell(0, 8, "All of them in EUR.")
    return bytes(pdf.output())


def make_docx() -> bytes:
    import docx

    document = docx.Document()
    document.add_heading("Terms of Carriage", level=0)
    document.add_heading("Penalties", level=1)
    document.add_paragraph("Nordwind pays per parcel.")
    table = document.add_table(rows=2, cols=2)
    for row, cells in zip(table.rows, [("Carrier", "Pays"), ("Nordwind", "4 EUR")], strict=True):
        for cell, text in zip(row.cells, cells, strict=True):
            cell.text = text
    return _saved(document.save)


def make_pptx() -> bytes:
    from pptx import Presentation
    from pptx.util import Inches

    show = Presentation()
    first = show.slides.add_slide(show.slide_layouts[1])
    first.shapes.title.text = "Returns"
    first.placeholders[1].text = "Thirty days."
    first.notes_slide.notes_text_frame.text = "Say it slowly."
    second = show.slides.add_slide(show.slide_layouts[6])
    table = second.shapes.add_table(2, 2, Inches(1), Inches(1), Inches(4), Inches(1)).table
    for at, text in enumerate(["Carrier", "Pays", "Nordwind", "4 EUR"]):
        table.cell(at // 2, at % 2).text = text
    return _saved(show.save)


def make_xlsx(sheets: Mapping[str, Sequence[Sequence[object]]]) -> bytes:
    import openpyxl

    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(list(row))
        for cell in sheet["D"]:
            cell.number_format = "0.0%"
    return _saved(book.save)


def make_eml(text: str = "", html: str = "", attachment: str = "") -> bytes:
    message = EmailMessage()
    message["Subject"] = "Späte Pakete"
    message["From"] = "Ops <ops@example.org>"
    message["To"] = "all@example.org"
    message.set_content(text)
    if html:
        message.add_alternative(html, subtype="html")
    if attachment:
        message.add_attachment(b"secret", maintype="text", subtype="csv", filename=attachment)
    return message.as_bytes()


def case_id(value: object) -> str | None:
    """Names the content of a case so that its test has one name in every process."""
    return "content" if isinstance(value, bytes) else None


def make_zip(members: Mapping[str, bytes | str], flags: Mapping[str, int] | None = None) -> bytes:
    """A ZIP file; `flags` are set in the members' directory entries, such as encryption's."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
        for name, flag in (flags or {}).items():
            archive.getinfo(name).flag_bits |= flag
    return out.getvalue()


def with_part(office: bytes, name: str, content: bytes | str) -> bytes:
    """An Office file with one part added or replaced."""
    with zipfile.ZipFile(io.BytesIO(office)) as archive:
        parts: dict[str, bytes | str] = {part: archive.read(part) for part in archive.namelist()}
    return make_zip({**parts, name: content})


def _saved(save: Callable[[io.BytesIO], object]) -> bytes:
    out = io.BytesIO()
    save(out)
    return out.getvalue()
