"""E-mail as mail programs save it (EML): the letter's head and text; attachments are only named."""

from __future__ import annotations

from email import policy
from email.message import EmailMessage, MIMEPart
from email.parser import BytesParser

from ingest.errors import IngestError
from ingest.formats import html
from ingest.formats.base import Content, tidy

_HEADERS = ("Subject", "From", "To", "Cc", "Date")


def read(content: bytes) -> Content:
    """An e-mail.

    Raises:
        IngestError: It is not one.
    """
    message = BytesParser(policy=policy.default).parsebytes(content)
    head = [f"{name}: {message[name]}" for name in _HEADERS if message[name]]
    if not head:
        raise IngestError("It is not an e-mail: it says neither from whom nor of what.")
    names = [part.get_filename() or "without a name" for part in message.iter_attachments()]
    foot = [f"Attachment, not read: {name}" for name in names]
    parts = ["\n".join(head), _body(message), "\n".join(foot)]
    return Content((tidy("\n\n".join(parts)),), title=str(message["Subject"] or ""))


def _body(message: EmailMessage) -> str:
    """The text part, or the HTML one where there is no other or nothing in it."""
    for kind in ("plain", "html"):
        part = message.get_body(preferencelist=(kind,))
        if part is not None:
            text = _part_text(part)
            text = html.read(text).parts[0] if kind == "html" else text
            if text.strip():
                return text
    return ""


def _part_text(part: MIMEPart) -> str:
    try:
        return str(part.get_content())
    except LookupError:  # an encoding that Python does not know
        payload = part.get_payload(decode=True)
        return payload.decode("utf-8", "replace") if isinstance(payload, bytes) else ""
