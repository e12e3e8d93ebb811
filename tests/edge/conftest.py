"""A lane in front of Django, asked without a server; its watcher looks when a test says so."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections

from community.edge import lane, rendering, versions
from community.edge.copies import Copy
from community.edge.encodings import expand
from community.edge.lane import Lane

DJANGO = get_wsgi_application()
ENDINGS = (request_started, request_finished)


@dataclass
class Clock:
    """Time that passes when a test says so, and a little whenever somebody looks."""

    seconds: float = 1000.0

    def __call__(self) -> float:
        self.seconds += 1e-6
        return self.seconds


CLOCK = Clock()


@dataclass
class Said:
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        """The page, whatever it was compressed with."""
        return expand(self.body, self.headers.get("Content-Encoding", "")).decode()


@dataclass
class Counted:
    """Django, with a count of what it was asked; `inside` is done while it answers."""

    asked: list[dict[str, Any]] = field(default_factory=list)
    inside: Callable[[], object] = lambda: None
    broken: bool = False

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        self.asked.append(environ)
        self.inside()
        if self.broken:
            start("500 Internal Server Error", [("Content-Type", "text/html")])
            return [b"broken"]
        return self.django(environ, start)

    django: Callable[..., Any] = field(default_factory=lambda: DJANGO)


class Fast:
    """A lane and the readers in front of it."""

    def __init__(self, most_bytes: int = 2**24) -> None:
        self.django = Counted()
        self.lane = Lane(self.django, most_bytes=most_bytes, watch=False)

    def get(self, url: str, method: str = "GET", body: bytes = b"", **headers: str) -> Said:
        """Ask for a page; headers by their names with underscores."""
        for signal in ENDINGS:  # as for Django's own client, requests leave the database open
            signal.disconnect(close_old_connections)
        parts, said = urlsplit(url), []
        environ = {
            "REQUEST_METHOD": method,
            "SCRIPT_NAME": "",
            "PATH_INFO": parts.path,
            "QUERY_STRING": parts.query,
            "SERVER_NAME": "testserver",
            "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "192.0.2.7",
            "CONTENT_LENGTH": str(len(body)),
            "CONTENT_TYPE": "application/x-www-form-urlencoded",
            "wsgi.url_scheme": "http",
            "wsgi.input": BytesIO(body),
            "wsgi.errors": BytesIO(),
            "HTTP_HOST": "testserver",
            **{f"HTTP_{name.upper()}": value for name, value in headers.items()},
        }
        answer = self.lane(environ, lambda *start: said.extend(start))
        whole = b"".join(answer)
        if hasattr(answer, "close"):
            answer.close()
        return Said(int(said[0].split()[0]), dict(said[1]), whole)

    def renders(self) -> int:
        """How often Django was asked."""
        return len(self.django.asked)

    def look(self) -> None:
        """Let the watcher look at the versions."""
        self.lane.watcher.look()

    def wait(self, seconds: float) -> None:
        """Let time pass."""
        CLOCK.seconds += seconds

    def copies(self) -> list[Copy]:
        """What is kept."""
        return list(self.lane.shelf.copies.values())

    def now(self, url: str) -> str:
        """The page as somebody sees it once the lane has looked."""
        self.wait(1)
        self.look()
        return self.get(url).text


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test depends on how fast the machine is."""
    for module in (lane, rendering, versions):
        monkeypatch.setattr(module, "monotonic", CLOCK)


@pytest.fixture
def fast(db: None) -> Iterable[Fast]:
    """A lane with nothing in it."""
    yield Fast()
    for signal in ENDINGS:
        signal.connect(close_old_connections)
