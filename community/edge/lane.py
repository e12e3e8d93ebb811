"""The fast lane: public pages as ready bytes, answered before Django is asked.

1. Whoever carries an identity, posts, or asks for anything but a declared public page passes.
2. A fresh copy is sent as it is.
3. Of an old one, the first reader makes a new one; the others get the old bytes meanwhile, but
   never after a removal: then, and where there is no copy, they wait for the first.
4. Who could not look at the versions for a while trusts no copy, save one read just now.
"""

import logging
from collections.abc import Callable, Iterable
from threading import Event, Lock
from time import monotonic
from typing import Any

from django.template.loader import render_to_string

from community.edge.addresses import Address, Environ, address_of
from community.edge.copies import Copy
from community.edge.encodings import choose
from community.edge.rendering import Answer, Application, render
from community.edge.shelf import Shelf
from community.edge.versions import Watcher

StartResponse = Callable[..., Any]

READING = ("GET", "HEAD")
LONGEST_WAIT_SECONDS = 10.0
# A removal may become known while a page is made: it is made again, but not for ever.
MOST_TRIES = 3
RETRY_AFTER_SECONDS = "5"

log = logging.getLogger("parley.edge")


class Flight:
    """One thread makes a page; whoever else wants it may wait for that."""

    def __init__(self) -> None:
        self.landed = Event()
        self.has_failed = False
        # Whether what came of it is for whoever asked alone.
        self.is_for_one = False


class Lane:
    """A WSGI application in front of Django's."""

    def __init__(self, application: Application, *, most_bytes: int, watch: bool = True) -> None:
        self.application = application
        self.shelf = Shelf(most_bytes)
        self.watcher = Watcher(self.shelf)
        self.watches = watch
        self.flights: dict[Address, Flight] = {}
        self.lock = Lock()
        # Hosts whose pages are in the language the browser asks for, as their answers have told.
        self.followers: set[str] = set()

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request."""
        if environ["REQUEST_METHOD"] not in READING:
            return self.write(environ, start_response)
        address = address_of(environ, self.followers)
        if address is None:
            return self.application(environ, start_response)
        now = monotonic()
        copy = self.trusted(address, now)
        if copy is not None and copy.is_fresh(now):
            return send(copy, environ, start_response)
        return self.fetch(address, copy, environ, start_response)

    def write(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Let Django do what is asked, then look at once what it has changed."""
        try:
            return self.application(environ, start_response)
        finally:
            self.watcher.call()

    def trusted(self, address: Address, now: float) -> Copy | None:
        """The copy of a page, if somebody has looked lately how its facts stand."""
        copy = self.shelf.copies.get(address)
        if copy is None or self.watcher.is_blind(copy.read_at, now):
            return None
        copy.used_at = now
        return copy

    def fetch(
        self, address: Address, copy: Copy | None, environ: Environ, start: StartResponse
    ) -> Iterable[bytes]:
        """Answer where there is no fresh copy: make one, show the old one, or wait."""
        deadline = monotonic() + LONGEST_WAIT_SECONDS
        while (now := monotonic()) < deadline:
            if copy is not None and copy.is_fresh(now):
                return send(copy, environ, start)
            if copy is not None and not copy.may_be_tried(now):
                break
            flight, is_mine = self.board(address)
            if is_mine:
                return self.make(address, flight, environ, start)
            if copy is not None and copy.may_stand_in(now):
                break
            flight.landed.wait(deadline - now)
            if flight.has_failed:
                break
            if flight.is_for_one:
                return self.application(environ, start)
            copy = self.trusted(address, monotonic())
        return stand_in(copy, environ, start)

    def board(self, address: Address) -> tuple[Flight, bool]:
        """The flight that makes a page, and whether it is the caller who has to."""
        with self.lock:
            if flight := self.flights.get(address):
                return flight, False
            self.flights[address] = Flight()
            return self.flights[address], True

    def make(
        self, address: Address, flight: Flight, environ: Environ, start: StartResponse
    ) -> Iterable[bytes]:
        """Make a page, keep it if everybody may have it, and answer with it."""
        try:
            old = self.trusted(address, monotonic())
            if old is not None and old.is_fresh(monotonic()):  # somebody was quicker
                return send(old, environ, start)
            answer, copy = self.render(address, environ)
            if copy is not None and self.finds_follower(address, answer):
                flight.is_for_one = True
                return self.application(environ, start)
            flight.has_failed, flight.is_for_one = answer.has_failed, copy is None
        finally:
            with self.lock:
                del self.flights[address]
            flight.landed.set()
        if copy is not None:
            return send(copy, environ, start)
        return self.send_uncopied(address, old, answer, environ, start)

    def render(self, address: Address, environ: Environ) -> tuple[Answer, Copy | None]:
        """The page as it is now; made again if something left it meanwhile."""
        encoding = choose(environ.get("HTTP_ACCEPT_ENCODING", ""))
        for _ in range(MOST_TRIES):
            answer, copy = render(self.application, environ, address, encoding)
            if copy is None:
                break
            self.keep(copy)
            if not copy.is_void:
                break
        return answer, copy

    def finds_follower(self, address: Address, answer: Answer) -> bool:
        """Whether this host turns out to follow browsers; its pages have other addresses then."""
        if address.wanted or "accept-language" not in answer.header("vary").lower():
            return False
        self.shelf.drop(address)
        self.followers.add(address.host)
        return True

    def keep(self, copy: Copy) -> None:
        """Put a copy on the shelf and have it watched."""
        self.shelf.put(copy, monotonic())
        if self.watches:
            self.watcher.start()

    def send_uncopied(
        self,
        address: Address,
        old: Copy | None,
        answer: Answer,
        environ: Environ,
        start: StartResponse,
    ) -> Iterable[bytes]:
        """Answer with what is not for everybody: a failure, or a page that is not there."""
        if answer.has_failed:
            log.error("%s cannot be rendered: %s", address.path, answer.status)
            if old is not None:
                old.fail(monotonic())
            return stand_in(old, environ, start)
        self.shelf.drop(address)
        if environ.get("QUERY_STRING", "") != address.query:
            # What we left out may mean something here, such as an old address.
            return self.application(environ, start)
        start(answer.status, answer.headers)
        return [answer.body] if environ["REQUEST_METHOD"] == "GET" else []


def send(copy: Copy, environ: Environ, start: StartResponse) -> Iterable[bytes]:
    """Send a copy in the encoding that is wanted, or say that nothing has changed."""
    form = copy.form(choose(environ.get("HTTP_ACCEPT_ENCODING", "")))
    known = environ.get("HTTP_IF_NONE_MATCH")
    if known is not None and is_known(form.etag, known):
        start("304 Not Modified", list(form.unchanged))
        return []
    start("200 OK", list(form.headers))
    return [form.body] if environ["REQUEST_METHOD"] == "GET" else []


def is_known(etag: str, known: str) -> bool:
    """Whether a reader has these very bytes. RFC 9110, 13.1.2: the comparison is the weak one."""
    return known.strip() == "*" or etag.removeprefix("W/") in (
        tag.strip().removeprefix("W/") for tag in known.split(",")
    )


def stand_in(copy: Copy | None, environ: Environ, start: StartResponse) -> Iterable[bytes]:
    """Show the old bytes while that is right; otherwise say when to come back."""
    if copy is not None and copy.may_stand_in(monotonic()):
        return send(copy, environ, start)
    return send_unavailable(environ, start)


def send_unavailable(environ: Environ, start: StartResponse) -> Iterable[bytes]:
    """Say that it is our fault, and when to come back."""
    body = render_to_string("500.html").encode()
    headers = [
        ("Content-Type", "text/html; charset=utf-8"),
        ("Content-Length", str(len(body))),
        ("Cache-Control", "no-store"),
        ("Retry-After", RETRY_AFTER_SECONDS),
        ("X-Content-Type-Options", "nosniff"),
    ]
    start("503 Service Unavailable", headers)
    return [body] if environ["REQUEST_METHOD"] == "GET" else []
