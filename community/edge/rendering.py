"""Having Django make a page for nobody in particular, and judging whether it may be kept."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from io import BytesIO
from math import inf
from time import monotonic
from typing import Any

from django.utils import timezone

from community.edge.addresses import Address, Environ, bare
from community.edge.copies import Copy, Headers
from community.edge.declarations import NOTES, SECONDS_WITHOUT_VERSION, Notes

Application = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]

KINDS = ("text/html", "application/json", "application/atom+xml", "application/feed+json")
# The lane sets these itself.
OURS = {"cache-control", "content-length", "vary", "etag"}
# A page may depend on what its address holds, and on nothing else that a visitor says.
MAY_VARY_ON = {"cookie", "accept-encoding", "accept-language", "sec-gpc"}
# No public page holds a token, nor the name under which it would be sent.
TOKEN = b"csrfmiddlewaretoken"


@dataclass(frozen=True)
class Answer:
    """What Django said."""

    status: str
    headers: Headers
    body: bytes

    @property
    def has_failed(self) -> bool:
        """Whether it is our fault, and not a clear word that we are not ready."""
        return self.status.startswith("5") and not self.status.startswith("503")

    def header(self, wanted: str) -> str:
        """All values of a header; nothing if it was not sent."""
        return ", ".join(value for name, value in self.headers if name.lower() == wanted)


def ask(application: Application, environ: Environ) -> Answer:
    """Let an application answer a request, to the last byte."""
    said: list[Any] = []
    parts = application(environ, lambda *start: said.extend(start))
    try:
        body = b"".join(parts)
    finally:
        if close := getattr(parts, "close", None):
            close()
    return Answer(said[0], said[1], body)


def render(
    application: Application, environ: Environ, address: Address, encoding: str
) -> tuple[Answer, Copy | None]:
    """Make a page; with a copy of it, if everybody may get the same."""
    notes, began = Notes(), monotonic()
    asked = bare(environ, address) | {"wsgi.input": BytesIO(), NOTES: notes}
    answer = ask(application, asked)
    if not may_be_kept(answer):
        return answer, None
    kept = [pair for pair in answer.headers if pair[0].lower() not in OURS]
    copy = Copy(address, notes.facts, kept, began, monotonic(), end_of(notes, began))
    copy.add(encoding or "gzip", answer.body, hasty=True)
    return answer, copy


def end_of(notes: Notes, began: float) -> float:
    """When a page ends by the clock."""
    brief = began + SECONDS_WITHOUT_VERSION if notes.is_brief else inf
    if notes.until is None:
        return brief
    return min(brief, monotonic() + (notes.until - timezone.now()).total_seconds())


def may_be_kept(answer: Answer) -> bool:
    """Whether these are public bytes: without a cookie, a token, or a reader of their own."""
    varies_on = {name.strip().lower() for name in answer.header("vary").split(",")} - {""}
    return (
        answer.status.startswith("200")
        and not answer.header("set-cookie")
        and answer.header("content-type").startswith(KINDS)
        and "public" in answer.header("cache-control")
        and "'nonce-" not in answer.header("content-security-policy")
        and varies_on <= MAY_VARY_ON
        and TOKEN not in answer.body
    )
