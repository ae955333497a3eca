"""What can go wrong with a chat model, each told in one line with what to do next."""

from __future__ import annotations

import json
from collections.abc import Iterator

from app.errors import ModelUnavailable

_TOO_LONG = ("context_length_exceeded", "exceed_context_size_error", "maximum context length")
_NO_TOOLS = ("tool", "function call")


class CutOff(Exception):
    """A reply ended before it was complete, or what it calls cannot be read."""


class Refused(Exception):
    """The model declines to answer."""


class Empty(Exception):
    """The model wrote nothing, again and again."""


class OutOfCalls(Exception):
    """The model goes on calling tools and never answers."""


def explained(error: BaseException, address: str) -> ModelUnavailable:
    """The failure in plain words. Never the key, never a traceback.

    Args:
        error: What came out of the model's client, or of the loop around it.
        address: Where the model was asked for, in words.
    """
    message, hint = _told(error, address)
    return ModelUnavailable(message, hint=hint)


def _told(error: BaseException, address: str) -> tuple[str, str]:
    own = {
        CutOff: ("The chat model's reply was cut off.", "Ask again, or for less at once."),
        Refused: ("The chat model declined to answer.", "Ask in other words."),
        Empty: ("The chat model gave an empty reply.", "Ask again, or set another model."),
        OutOfCalls: ("The chat model found no end.", "Ask for one thing at a time."),
        TimeoutError: ("The chat model took too long.", "Ask again, or raise answer_timeout."),
        json.JSONDecodeError: (f"What {address} sent is not readable.", "Check model_url."),
        ImportError: (f"{error}", "Install that package, or set another model."),
    }
    for kind, told in own.items():
        if isinstance(error, kind):
            return told
    status = getattr(error, "status_code", None)
    if status is not None:
        return _by_status(int(status), error, address)
    return _by_name({c.__name__ for c in type(error).__mro__}, error, address)


def _by_status(status: int, error: BaseException, address: str) -> tuple[str, str]:
    said = " ".join(_said(error)).lower()
    if any(sign in said for sign in _TOO_LONG):
        return "The conversation is too long for the chat model.", "Start a new conversation."
    match status:
        case 401 | 403:
            return f"{address} does not accept the key ({status}).", "Check model_key."
        case 404:
            return f"{address} has no such model (404).", "Check model and model_url."
        case 429 if "quota" in said:
            return f"The account at {address} has no quota left (429).", "Check its billing."
        case 429:
            return f"{address} limits the rate of requests (429).", "Ask again in a minute."
        case 400 if any(sign in said for sign in _NO_TOOLS):
            return f"The model at {address} takes no tools (400).", "Set a model with tool calls."
        case _ if status < 500:
            return f"{address} refused the request ({status}).", "Run `tributary doctor`."
        case _:
            return f"{address} has a fault of its own ({status}).", "Ask again in a minute."


def _by_name(kinds: set[str], error: BaseException, address: str) -> tuple[str, str]:
    if kinds & {"APITimeoutError", "TimeoutException", "ModelTimeoutError"}:
        return f"{address} did not answer in time.", "Ask again, or raise model_timeout."
    if kinds & {"APIConnectionError", "ConnectError", "ModelConnectionError", "TransportError"}:
        return f"{address} cannot be reached.", "Check model_url, and that it runs."
    if "credentials" in str(error).lower():
        return "There is no key for the chat model.", "Set model_key, or OPENAI_API_KEY."
    if "No generations found" in str(error):
        return f"What {address} sent is no reply of a chat model.", "Check model_url."
    return (
        f"The chat model failed ({type(error).__name__}).",
        "Run `tributary doctor`, or ask again.",
    )


def _said(error: BaseException) -> Iterator[str]:
    """What the server gave as reasons; compared, never shown: it may repeat what it was sent."""
    for name in ("code", "type", "message", "body"):
        yield str(getattr(error, name, "") or "")
