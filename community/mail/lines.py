"""Lines to the mail server that stay open between two turns, each lent to one turn at a time."""

import atexit
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Lock

from community.mail.transport import Transport, opened

# Seconds: most servers hang up after some minutes, and an unused line is a courtesy of theirs.
IDLE = 30.0


@dataclass(frozen=True)
class Idle:
    """A transport nobody uses."""

    url: str
    transport: Transport
    since: float = field(default_factory=time.monotonic)


_idle: list[Idle] = []
_lock = Lock()


@contextmanager
def lent(url: str) -> Iterator[Transport]:
    """A transport for this URL, with its line still open if it was used a moment ago."""
    close_old(IDLE)
    transport = taken(url) or opened(url)
    try:
        yield transport
    except BaseException:
        transport.close()
        raise
    with _lock:
        _idle.append(Idle(url, transport))


def taken(url: str) -> Transport | None:
    """The transport used last, if one for this URL is idle."""
    with _lock:
        found = next((idle for idle in reversed(_idle) if idle.url == url), None)
        if found:
            _idle.remove(found)
    return found.transport if found else None


def close_old(age: float) -> None:
    """Say goodbye on every line that has been idle for so long."""
    with _lock:
        old = [idle for idle in _idle if time.monotonic() - idle.since >= age]
        _idle[:] = [idle for idle in _idle if idle not in old]
    for idle in old:
        idle.transport.close()


# A forked process shares no line with its parent, and none outlives the process without a word.
os.register_at_fork(after_in_child=_idle.clear)
atexit.register(close_old, 0)
