"""Waking a worker: in the background, so that nobody who writes waits for the broker."""

from __future__ import annotations

import logging
import os
import threading
import time

from celery import current_app
from kombu.exceptions import OperationalError

log = logging.getLogger("parley.outbox")

# Seconds between two messages: while hundreds write, one of them is enough for all.
PAUSE = 0.05


class Nudger:
    """Sends what was asked for since the last time, each task once."""

    def __init__(self) -> None:
        self.wanted: set[str] = set()
        self.change = threading.Condition()
        self.thread: threading.Thread | None = None

    def wake(self, task: str) -> None:
        """Ask for this task to be run soon; returns at once."""
        with self.change:
            self.wanted.add(task)
            if self.thread is None or not self.thread.is_alive():
                self.thread = threading.Thread(target=self.run, name="nudges", daemon=True)
                self.thread.start()
            self.change.notify()

    def run(self) -> None:
        """Send for as long as the process lives."""
        while True:
            for task in self.take():
                send(task)
            time.sleep(PAUSE)

    def take(self) -> set[str]:
        """What is wanted now; waits until something is."""
        with self.change:
            self.change.wait_for(lambda: self.wanted)
            taken, self.wanted = self.wanted, set()
        return taken


def send(task: str) -> None:
    """Wake a worker; nothing is lost if nobody hears, since the schedule looks again."""
    try:
        current_app.send_task(task, retry=False)
    except (OperationalError, OSError) as error:
        log.warning("No worker could be woken: %s", type(error).__name__)


_nudger = Nudger()


def wake(task: str) -> None:
    """Have a worker look soon; returns at once."""
    _nudger.wake(task)


def begin_anew() -> None:
    """A forked process has none of its parent's threads, and perhaps a lock nobody will open."""
    global _nudger
    _nudger = Nudger()


os.register_at_fork(after_in_child=begin_anew)
