"""What is new: one cheap look at the versions of just those rows that kept pages show.

The database alone says it. Nothing else could be more true, and nothing else can be lost.
"""

import logging
from collections.abc import Iterable, Iterator
from contextlib import suppress
from itertools import islice
from threading import Event, Lock, Thread
from time import monotonic, sleep

from django.db import DatabaseError, InterfaceError, connection
from django.db.models import Model

from community.edge.declarations import Fact, Mark
from community.edge.shelf import Shelf
from community.sites.models import Site
from community.threads import models as threads

SOURCES: dict[str, type[Model]] = {"site": Site, "thread": threads.Thread}
SECONDS_BETWEEN_LOOKS = 0.5
# After a post in this process the next look comes at once, but looks never take all the time.
SHORTEST_PAUSE = 0.05
PAUSE_PER_LOOK = 10
# Who has not seen for so long does not know what is public.
BLIND_AFTER_SECONDS = 1.5
AT_ONCE = 500

log = logging.getLogger("parley.edge")


class Watcher:
    """Looks at the versions behind a shelf, in a thread of its own once that is started."""

    def __init__(self, shelf: Shelf) -> None:
        self.shelf = shelf
        self.looked_at = 0.0
        self.called = Event()
        self.starting = Lock()
        self.thread: Thread | None = None
        self.sees = True

    def start(self) -> None:
        """Watch from now on, for as long as the process lives."""
        with self.starting:
            if self.thread is None:
                self.thread = Thread(target=self.watch, name="edge-watcher", daemon=True)
                self.thread.start()

    def call(self) -> None:
        """Have a look soon: something was just changed here."""
        self.called.set()

    def watch(self) -> None:
        """Look twice a second, and when called."""
        while True:
            began = monotonic()
            self.called.clear()
            self.look_if_possible()
            pause = max(SHORTEST_PAUSE, PAUSE_PER_LOOK * (monotonic() - began))
            pause = min(pause, SECONDS_BETWEEN_LOOKS)
            sleep(pause)
            self.called.wait(SECONDS_BETWEEN_LOOKS - pause)

    def look_if_possible(self) -> None:
        """Look; where the database does not answer, say so once and begin anew next time."""
        try:
            self.look()
            self.sees = True
        except (DatabaseError, InterfaceError):
            if self.sees:
                log.exception("Versions cannot be read; public pages are not kept meanwhile.")
            self.sees = False
            with suppress(DatabaseError, InterfaceError):
                connection.close()

    def look(self) -> None:
        """Learn how everything stands that a kept page shows."""
        looked_at = monotonic()
        self.shelf.judge(marks_of(self.shelf.facts()), looked_at, monotonic())
        self.looked_at = looked_at

    def is_blind(self, read_at: float, now: float) -> bool:
        """Whether nobody has looked for too long, counted from when the page itself was read."""
        return now - max(read_at, self.looked_at) > BLIND_AFTER_SECONDS


def marks_of(facts: Iterable[Fact]) -> dict[Fact, Mark | None]:
    """How these facts stand now; None for a row that is gone."""
    found: dict[Fact, Mark | None] = dict.fromkeys(facts)
    for kind, model in SOURCES.items():
        for ids in _batches(sorted(fact.pk for fact in list(found) if fact.kind == kind)):
            rows = model._default_manager.filter(pk__in=ids)
            for pk, version, removals in rows.values_list("pk", "version", "removals"):
                found[Fact(kind, pk)] = Mark(version, removals)
    return found


def _batches(ids: Iterable[int]) -> Iterator[list[int]]:
    """The ids, some hundreds at a time."""
    left = iter(ids)
    while batch := list(islice(left, AT_ONCE)):
        yield batch
