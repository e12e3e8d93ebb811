"""An Akismet of our own on loopback: polite, broken or hostile, and it remembers every call.

In a test:        with running("discard") as server: judge(..., server=server.url); server.calls
As a process:     python -m tests.moderation.akismet_server --port 9001 --mode hang
From elsewhere:   GET /calls tells what came in, as JSON; PUT /mode changes the behaviour.
"""

import argparse
import gzip
import json
import ssl
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

THANKS = "Thanks for making the web a better place."
HELP = {"X-akismet-debug-help": "We were unable to recognise your key"}


@dataclass(frozen=True)
class Call:
    """One request: the last part of its path, its form, its headers."""

    endpoint: str
    form: dict[str, list[str]]
    headers: dict[str, str]

    def value(self, name: str) -> str:
        """The only value of a field, "" if it was not sent."""
        values = self.form.get(name, [""])
        assert len(values) == 1, f"{name} was sent {len(values)} times"
        return values[0]


class Handler(BaseHTTPRequestHandler):
    """Writes down the call, then behaves as the server's mode says."""

    server: "AkismetServer"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        call = Call(
            self.path.rpartition("/")[2],
            parse_qs(body, keep_blank_values=True),
            {name.lower(): value for name, value in self.headers.items()},
        )
        self.server.calls.append(call)
        MODES[self.server.mode](self, call)

    def do_GET(self) -> None:
        self.answer(json.dumps([asdict(call) for call in self.server.calls]))

    def do_PUT(self) -> None:
        mode = self.rfile.read(int(self.headers["Content-Length"])).decode()
        known = mode in MODES
        self.server.mode = mode if known else self.server.mode
        self.answer(self.server.mode, status=200 if known else 404)

    def answer(
        self, body: str | bytes, headers: dict[str, str] | None = None, status: int = 200
    ) -> None:
        content = body.encode() if isinstance(body, str) else body
        self.send_response(status)
        for name, value in ((headers or {}) | self.server.headers).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def drip(self, content: bytes) -> None:
        """One byte at a time, until the server closes."""
        for byte in content:
            self.wfile.write(bytes([byte]))
            if self.server.closing.wait(self.server.pause):
                return

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Say nothing: the calls are the record."""


Mode = Callable[[Handler, Call], None]


def _verdict(body: str, **headers: str) -> Mode:
    """Akismet as documented; its test author is always spam and an administrator never."""

    def reply(handler: Handler, call: Call) -> None:
        number = len(handler.server.calls)
        said = {"X-akismet-guid": f"guid-{number}"}
        said |= {f"X-akismet-{name.replace('_', '-')}": value for name, value in headers.items()}
        fixed = {"verify-key": "valid", "submit-spam": THANKS, "submit-ham": THANKS}
        handler.answer(fixed.get(call.endpoint) or _special(call) or body, said)

    return reply


def _special(call: Call) -> str:
    if call.value("comment_author") == "akismet-guaranteed-spam":
        return "true"
    return "false" if call.value("user_role") == "administrator" else ""


def _always(body: str | bytes, headers: dict[str, str] | None = None, status: int = 200) -> Mode:
    return lambda handler, call: handler.answer(body, headers, status)


def _hang(handler: Handler, call: Call) -> None:
    handler.server.closing.wait()


def _drip_body(content: bytes) -> Mode:
    def reply(handler: Handler, call: Call) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(content)))
        handler.end_headers()
        handler.drip(content)

    return reply


def _drip_headers(handler: Handler, call: Call) -> None:
    handler.drip(b"HTTP/1.0 200 OK\r\nX-akismet-guid: " + b"a" * 10_000)


def _cut(handler: Handler, call: Call) -> None:
    """Nothing: the connection closes."""


def _cut_body(handler: Handler, call: Call) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", "5")
    handler.end_headers()
    handler.wfile.write(b"fal")


def _garbage(handler: Handler, call: Call) -> None:
    handler.wfile.write(
        b"\x00\x01 this is not HTTP " + call.value("api_key").encode() + b"\r\n\r\n"
    )


def _endless(handler: Handler, call: Call) -> None:
    """No length and no end."""
    handler.send_response(200)
    handler.end_headers()
    while not handler.server.closing.is_set():
        handler.wfile.write(b"x" * 4096)


def _echo(body: str) -> Mode:
    """Repeat the key wherever Akismet has a say."""

    def reply(handler: Handler, call: Call) -> None:
        key = call.value("api_key") or call.value("key")
        names = ["guid", "pro-tip", "alert-code", "alert-msg", "debug-help", "recheck-after"]
        handler.answer(
            body.replace("KEY", key), {f"X-akismet-{name}": f"is {key} yours?" for name in names}
        )

    return reply


MODES: dict[str, Mode] = {
    "ham": _verdict("false"),
    "spam": _verdict("true"),
    "discard": _verdict("true", pro_tip="discard"),
    "recheck": _verdict("false", recheck_after="300"),
    "alert": _verdict("false", alert_code="10005", alert_msg="Your key is used too much"),
    "bad-key": _always("invalid", HELP),
    "invalid": _always("invalid"),
    "500": _always("true", status=500),
    "503": _always("true", status=503),
    "429": _always("true", status=429),
    "302": _always("true", {"Location": "/1.1/elsewhere"}, status=302),
    "empty": _always(""),
    "html": _always("<!doctype html><title>false</title>", {"Content-Type": "text/html"}),
    "huge": _always("true" * 262_144),
    "endless": _endless,
    "gzip": _always(gzip.compress(b"false"), {"Content-Encoding": "gzip"}),
    "hang": _hang,
    "slow-ham": _drip_body(b"false"),
    "drip-body": _drip_body(b"f" * 10_000),
    "drip-headers": _drip_headers,
    "cut": _cut,
    "cut-body": _cut_body,
    "garbage": _garbage,
    "echo-ham": _echo("false"),
    "echo-invalid": _echo("invalid"),
    "echo-html": _echo("<p>KEY</p>"),
}


@dataclass
class _Record:
    """What a test may look at or change while the server runs."""

    mode: str = "ham"
    calls: list[Call] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
    pause: float = 0.05
    closing: threading.Event = field(default_factory=threading.Event)


class AkismetServer(_Record, ThreadingHTTPServer):
    """`mode` names a behaviour of `MODES`, `headers` are added to every whole answer."""

    daemon_threads = True

    def __init__(self, mode: str = "ham", port: int = 0) -> None:
        _Record.__init__(self, mode)
        ThreadingHTTPServer.__init__(self, ("127.0.0.1", port), Handler)
        self.scheme = "http"

    @property
    def url(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self.server_port}"

    def secure(self, context: ssl.SSLContext) -> None:
        """Speak TLS from now on."""
        self.socket = context.wrap_socket(self.socket, server_side=True)
        self.scheme = "https"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients that hang up are the point of several modes."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


@contextmanager
def running(mode: str = "ham", tls: ssl.SSLContext | None = None) -> Iterator[AkismetServer]:
    """A server in a thread of this process, on a free port."""
    with AkismetServer(mode) as server:
        if tls:
            server.secure(tls)
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield server
        finally:
            server.closing.set()
            server.shutdown()
            thread.join()


def main() -> None:
    """Serve until the process is stopped."""
    parser = argparse.ArgumentParser(description="A fake Akismet on 127.0.0.1.")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--mode", choices=MODES, default="ham")
    given = parser.parse_args()
    with AkismetServer(given.mode, given.port) as server:
        sys.stdout.write(f"{server.url}\n")
        sys.stdout.flush()
        server.serve_forever()


if __name__ == "__main__":
    main()
