"""An OpenAI-compatible chat endpoint on loopback that says what a test tells it to.

It speaks the real protocol over real HTTP: server-sent events, tool calls in fragments, usage,
error bodies, delays, streams that break off.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import MappingProxyType
from typing import Any

_POLL = 0.01  # seconds between looks whether it shall end, which by default costs each test 0.5


@dataclass(frozen=True, slots=True)
class Call:
    """A tool call; arguments that are a text are sent as they are."""

    name: str
    arguments: Mapping[str, Any] | str


@dataclass(frozen=True, slots=True)
class Reply:
    """What the endpoint does with one request.

    Attributes:
        text: What the model says, sent word by word.
        calls: The tools it calls.
        finish: The reason given for the end; None breaks off without one.
        status: Anything but 200 is an error with `error` as its body.
        error: The error object.
        before: Seconds until the first byte.
        between: Seconds between two pieces.
        refusal: A refusal in place of text.
        raw: A body sent as it is, as JSON's or HTML's server would.
        tokens: Tokens sent and written, as reported.
        headers: Further headers of a reply that is not streamed.
    """

    text: str = ""
    calls: Sequence[Call] = ()
    finish: str | None = ""
    status: int = 200
    error: Mapping[str, Any] = field(default_factory=dict)
    before: float = 0.0
    between: float = 0.0
    refusal: str = ""
    raw: str = ""
    tokens: tuple[int, int] = (100, 20)
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def reason(self) -> str | None:
        """Why it ends."""
        if self.finish == "":
            return "tool_calls" if self.calls else "stop"
        return self.finish


def sql(text: str, purpose: str = "what was asked") -> Reply:
    """A call of `query_streams`."""
    return Reply(calls=[Call("query_streams", {"sql": text, "purpose": purpose})])


def search(query: str) -> Reply:
    """A call of `search_documents`."""
    return Reply(calls=[Call("search_documents", {"query": query})])


def failure(status: int, message: str = "no", **body: Any) -> Reply:
    """An error as OpenAI's API words it."""
    return Reply(status=status, error={"message": message, **body})


@dataclass(frozen=True, slots=True)
class Request:
    """One request: its JSON body and its headers."""

    body: dict[str, Any]
    headers: dict[str, str]

    @property
    def messages(self) -> list[dict[str, Any]]:
        """The messages sent."""
        return list(self.body["messages"])

    @property
    def last(self) -> str:
        """The text of the last message."""
        return str(self.messages[-1]["content"])

    @property
    def question(self) -> str:
        """The question of the last first message among them."""
        asked = [m["content"] for m in self.messages if m["role"] == "user"]
        return next(str(a) for a in reversed(asked) if "Question: " in str(a)).rpartition(
            "Question: "
        )[2]


Script = Callable[[Request], Reply]


@dataclass(slots=True)
class ModelServer:
    """What is asked, and what is answered; of a list of replies the last comes again and again.

    Attributes:
        url: What `model_url` is set to.
        script: The replies, or a function from request to reply.
        requests: What was asked, in order.
        dropped: How many streams the client closed before their end.
    """

    url: str = ""
    script: Sequence[Reply] | Script = ()
    requests: list[Request] = field(default_factory=list)
    dropped: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def reply(self, request: Request) -> Reply:
        """The reply to the next request."""
        with self.lock:
            self.requests.append(request)
            turn = len(self.requests) - 1
        if callable(self.script):
            return self.script(request)
        return self.script[min(turn, len(self.script) - 1)]


@contextmanager
def serving(script: Sequence[Reply] | Script = ()) -> Iterator[ModelServer]:
    """Serves on a free port of the loopback until the block is left."""
    model = ModelServer(script=script)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: object) -> None:
            return

        def do_POST(self) -> None:
            length = int(self.headers.get("content-length", 0))
            body = json.loads(self.rfile.read(length))
            reply = model.reply(Request(body, {k.lower(): v for k, v in self.headers.items()}))
            try:
                time.sleep(reply.before)
                _send(self, reply, body)
            except (BrokenPipeError, ConnectionResetError):
                with model.lock:
                    model.dropped += 1
                self.close_connection = True

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    model.url = f"http://127.0.0.1:{server.server_address[1]}/v1"
    thread = threading.Thread(target=server.serve_forever, args=(_POLL,), daemon=True)
    thread.start()
    try:
        yield model
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


def _send(handler: BaseHTTPRequestHandler, reply: Reply, body: Mapping[str, Any]) -> None:
    if reply.status != 200:
        _whole(handler, reply.status, json.dumps({"error": reply.error}), reply.headers)
    elif reply.raw:
        _whole(handler, 200, reply.raw, reply.headers)
    elif body.get("stream"):
        _stream(handler, reply)
    else:
        _whole(handler, 200, json.dumps(_completion(reply)))


def _whole(
    handler: BaseHTTPRequestHandler,
    status: int,
    text: str,
    headers: Mapping[str, str] = MappingProxyType({}),
) -> None:
    data = text.encode()
    handler.send_response(status)
    for name, value in ({"Content-Type": "application/json"} | dict(headers)).items():
        handler.send_header(name, value)
    handler.send_header("Content-Length", str(len(data)))
    handler.end_headers()
    handler.wfile.write(data)


def _stream(handler: BaseHTTPRequestHandler, reply: Reply) -> None:
    handler.send_response(200)
    handler.send_header("Content-Type", "text/event-stream")
    handler.send_header("Connection", "close")
    handler.end_headers()
    handler.close_connection = True
    for event in _events(reply):
        handler.wfile.write(f"data: {event}\n\n".encode())
        handler.wfile.flush()
        time.sleep(reply.between)


def _events(reply: Reply) -> Iterator[str]:
    yield _chunk({"role": "assistant", "content": ""})
    if reply.refusal:
        yield _chunk({"refusal": reply.refusal})
    for word in reply.text.splitlines(keepends=True):
        for piece in word.split(" "):
            yield _chunk({"content": piece if piece.endswith("\n") else f"{piece} "})
    for index, call in enumerate(reply.calls):
        arguments = _arguments(call)
        head = {"name": call.name, "arguments": arguments[: len(arguments) // 2]}
        one = {"index": index, "id": f"call_{index}", "type": "function", "function": head}
        yield _chunk({"tool_calls": [one]})
        tail = {"index": index, "function": {"arguments": arguments[len(arguments) // 2 :]}}
        yield _chunk({"tool_calls": [tail]})
    if reply.reason is None:
        return
    yield _chunk({}, finish=reply.reason)
    yield json.dumps({**_base("chat.completion.chunk"), "choices": [], "usage": _usage(reply)})
    yield "[DONE]"


def _chunk(delta: Mapping[str, Any], finish: str | None = None) -> str:
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    return json.dumps({**_base("chat.completion.chunk"), "choices": [choice]})


def _completion(reply: Reply) -> dict[str, Any]:
    calls = [
        {
            "id": f"call_{index}",
            "type": "function",
            "function": {"name": call.name, "arguments": _arguments(call)},
        }
        for index, call in enumerate(reply.calls)
    ]
    message = {"role": "assistant", "content": reply.text, "tool_calls": calls or None}
    choice = {"index": 0, "message": message, "finish_reason": reply.reason}
    return {**_base("chat.completion"), "choices": [choice], "usage": _usage(reply)}


def _arguments(call: Call) -> str:
    return call.arguments if isinstance(call.arguments, str) else json.dumps(call.arguments)


def _usage(reply: Reply) -> dict[str, int]:
    sent, written = reply.tokens
    return {"prompt_tokens": sent, "completion_tokens": written, "total_tokens": sent + written}


def _base(kind: str) -> dict[str, Any]:
    return {"id": "chatcmpl-1", "object": kind, "created": 1, "model": "scripted"}
