"""DOCX and PPTX to Markdown by way of markitdown, and what every Office file is checked for."""

from __future__ import annotations

import io
import re
from typing import IO, Any

from ingest.errors import IngestError
from ingest.formats import archives, bounds
from ingest.formats.base import Content, tidy
from ingest.formats.html import CONVERSION

_IMAGE = re.compile(r"!\[([^\]\n]*)\]\([^)\n]*\)")
_SLIDE = re.compile(r"^<!-- Slide number: \d+ -->$", re.MULTILINE)
_XML_BEGINNINGS = (b"<", b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"\0<", b"<\0")
_STYLES = "p[style-name='Title'] => h1:fresh\np[style-name='Subtitle'] => p:fresh"


def read_docx(content: bytes) -> Content:
    """A Word document.

    Raises:
        IngestError: It is not one, or not safe to read.
    """
    parts_checked(content, "word/", "a Word document")
    from markitdown.converters import DocxConverter  # noqa: PLC0415 - slow to import

    return Content((_markdown(DocxConverter, content, style_map=_STYLES),))


def read_pptx(content: bytes) -> Content:
    """The slides of a presentation, each with its notes.

    Raises:
        IngestError: It is not one, or not safe to read.
    """
    parts_checked(content, "ppt/", "a PowerPoint presentation")
    from markitdown.converters import PptxConverter  # noqa: PLC0415 - slow to import

    _, *slides = _SLIDE.split(_markdown(PptxConverter, content))
    return Content(tuple(_slide(number, text) for number, text in enumerate(slides, 1)))


def parts_checked(content: bytes, folder: str, label: str) -> None:
    """Looks at the parts of an Office file before a library unpacks and parses them.

    Raises:
        IngestError: It is something else, unpacks to too much, or a part declares entities.
    """
    with archives.opened(io.BytesIO(content)) as parts:
        members = parts.infolist()
        if not any(member.filename.startswith(folder) for member in members):
            raise IngestError(f"It is a ZIP archive, not {label}.", hint="Check the file's ending.")
        if any(member.flag_bits & archives.ENCRYPTED for member in members):
            raise IngestError("It is protected by a password.", hint="Save a copy without one.")
        archives.check_unpacked(members, bounds.MAX_OFFICE_UNPACKED_BYTES)
        for member in members:
            with parts.open(member) as part:
                _refuse_entities(part)


def _refuse_entities(part: IO[bytes]) -> None:
    """Office files have no DOCTYPE; one can only be there to define entities."""
    from defusedxml.common import DefusedXmlException  # noqa: PLC0415 - only for these
    from defusedxml.ElementTree import iterparse  # noqa: PLC0415 - only for these

    if not part.read(256).lstrip().startswith(_XML_BEGINNINGS):
        return
    part.seek(0)
    try:
        next(iter(iterparse(part, events=("start",), forbid_dtd=True)))
    except DefusedXmlException as error:
        raise IngestError(
            "It defines XML entities, which no Office program does.",
            hint="Open it in one and save it again.",
        ) from error


def _markdown(converter: type[Any], content: bytes, **options: object) -> str:
    from markitdown import StreamInfo  # noqa: PLC0415 - slow to import

    result = converter().convert(io.BytesIO(content), StreamInfo(), **CONVERSION, **options)
    return tidy(_IMAGE.sub(r"\1", str(result.markdown)))


def _slide(number: int, text: str) -> str:
    """A slide under its title, wherever on the slide that stands."""
    lines = text.strip().splitlines()
    at = next((i for i, line in enumerate(lines) if line.startswith("# ")), None)
    title = f"Slide {number}" if at is None else lines.pop(at).removeprefix("# ")
    return tidy(f"## {title}\n\n" + "\n".join(lines))
