"""Open pages hear that there is news: server-sent events of a process beside the web processes.

What is said are numbers and no words. Whoever hears them asks for the news of the thread, which is
the same for everybody and lies ready in the fast lane.
"""

import asyncio
import logging
import re
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from time import monotonic
from typing import Any, NamedTuple

from django.db import DatabaseError, InterfaceError, connection

from community.threads.models import Thread

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

ADDRESS = re.compile(r"/threads/(\d{1,18})/events/")
SECONDS_BETWEEN_LOOKS = 0.5
PAUSE_PER_LOOK = 10
# Proxies close what is silent; browsers that are gone are noticed by it.
HEARTBEAT_SECONDS = 15.0
HEARTBEAT = b":\n\n"
AT_ONCE = 500
HEADERS = [
    (b"content-type", b"text/event-stream"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
    (b"x-content-type-options", b"nosniff"),
]

log = logging.getLogger("parley.edge")


class State(NamedTuple):
    """What changes with every comment that comes, goes or comes back, and not with votes."""

    publications: int
    removals: int
    comments: int

    @property
    def event(self) -> bytes:
        """The same as it is sent."""
        return b"data: [%d, %d, %d]\n\n" % self


def states_of(ids: Iterable[int]) -> dict[int, State]:
    """How these threads stand; what nobody may see is left out."""
    wanted, found = sorted(ids), {}
    for start in range(0, len(wanted), AT_ONCE):
        rows = Thread.objects.filter(pk__in=wanted[start : start + AT_ONCE], listed=True)
        for pk, *numbers in rows.values_list("pk", "publications", "removals", "comment_count"):
            found[pk] = State(*numbers)
    return found


class Board:
    """What is known of the threads somebody listens to, by one look for all of them."""

    def __init__(self) -> None:
        self.states: dict[int, State] = {}
        self.listeners: defaultdict[int, set[asyncio.Event]] = defaultdict(set)
        self.watching: asyncio.Task[None] | None = None
        # The database is asked by one thread alone, so that it has one connection.
        self.asking = ThreadPoolExecutor(1, "events-watcher")
        self.sees = True

    def listen(self, pk: int) -> asyncio.Event:
        """A bell that rings when this thread changes."""
        bell = asyncio.Event()
        self.listeners[pk].add(bell)
        return bell

    async def knows(self, pk: int) -> bool:
        """Whether there is anything to hear of a thread somebody listens to; watch from now on."""
        if pk not in self.states:
            await self.look([pk])
        if self.watching is None or self.watching.done():
            self.watching = asyncio.create_task(self.watch())
        return pk in self.states

    def close(self, pk: int, bell: asyncio.Event) -> None:
        """Forget a listener, and what nobody listens to any more."""
        self.listeners[pk].discard(bell)
        if not self.listeners[pk]:
            del self.listeners[pk]
            self.states.pop(pk, None)

    async def watch(self) -> None:
        """Look twice a second for as long as anybody listens."""
        while self.listeners:
            began = monotonic()
            await self.look(list(self.listeners))
            pause = max(SECONDS_BETWEEN_LOOKS, PAUSE_PER_LOOK * (monotonic() - began))
            await asyncio.sleep(pause)

    async def look(self, ids: list[int]) -> None:
        """Learn how threads stand, and ring where that is new."""
        loop = asyncio.get_running_loop()
        found = await loop.run_in_executor(self.asking, self.read, ids)
        if found is None:
            return
        for pk in ids:
            if pk in self.listeners and found.get(pk) != self.states.get(pk):
                self.learn(pk, found.get(pk))

    def learn(self, pk: int, state: State | None) -> None:
        """Note what is new, and ring for everyone who listens."""
        if state is None:
            del self.states[pk]
        else:
            self.states[pk] = state
        for bell in self.listeners[pk]:
            bell.set()

    def read(self, ids: list[int]) -> dict[int, State] | None:
        """The states; where the database does not answer, say so once and begin anew next time."""
        try:
            found = states_of(ids)
            self.sees = True
        except (DatabaseError, InterfaceError):
            if self.sees:
                log.exception("News cannot be read; open pages hear nothing meanwhile.")
            self.sees = False
            with suppress(DatabaseError, InterfaceError):
                connection.close()
            return None
        return found


class Events:
    """The ASGI application that tells open pages when to ask for news."""

    def __init__(self, most_connections: int) -> None:
        self.most = most_connections
        self.count = 0
        self.board = Board()

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answer one connection."""
        if scope["type"] == "lifespan":
            return await live(receive, send)
        address = ADDRESS.fullmatch(scope.get("path", ""))
        if scope["type"] != "http" or not address:
            return await refuse(send, 404)
        if scope["method"] != "GET":
            return await refuse(send, 405)
        if self.count >= self.most:
            return await refuse(send, 503)
        self.count += 1
        try:
            await self.serve(int(address[1]), receive, send)
        finally:
            self.count -= 1

    async def serve(self, pk: int, receive: Receive, send: Send) -> None:
        """Tell a page of every change until it leaves."""
        bell = self.board.listen(pk)
        tasks = [asyncio.create_task(self.tell(pk, bell, send)), asyncio.create_task(left(receive))]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self.board.close(pk, bell)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def tell(self, pk: int, bell: asyncio.Event, send: Send) -> None:
        """Say how a thread stands, again with each change, until it is not to be seen."""
        if not await self.board.knows(pk):
            return await refuse(send, 404)
        await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
        said = None
        while state := self.board.states.get(pk):
            bell.clear()
            chunk = HEARTBEAT if state == said else state.event
            await send({"type": "http.response.body", "body": chunk, "more_body": True})
            said = state
            with suppress(TimeoutError):
                await asyncio.wait_for(bell.wait(), HEARTBEAT_SECONDS)
        return await send({"type": "http.response.body", "body": b""})


async def left(receive: Receive) -> None:
    """Return when the browser is gone."""
    while (await receive())["type"] != "http.disconnect":
        pass


async def refuse(send: Send, status: int) -> None:
    """Answer with a status alone; a page that gets it asks from time to time instead."""
    await send({"type": "http.response.start", "status": status, "headers": HEADERS[1:]})
    await send({"type": "http.response.body", "body": b""})


async def live(receive: Receive, send: Send) -> None:
    """Begin and end with the server."""
    for step in ("startup", "shutdown"):
        await receive()
        await send({"type": f"lifespan.{step}.complete"})
