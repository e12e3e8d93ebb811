"""Which function does which job, registered by name at start."""

from collections.abc import Callable, Mapping
from datetime import timedelta

Payload = Mapping[str, int | str]
Handler = Callable[[Payload], None]

_handlers: dict[str, Handler] = {}


class Later(Exception):
    """The job cannot be done now; the handler asks to be called again after a while."""

    def __init__(self, wait: timedelta, why: str = "") -> None:
        super().__init__(why)
        self.wait = wait


def register(name: str, handler: Handler) -> None:
    """Let `handler` do every job of this name. It may be called twice for one job."""
    _handlers[name] = handler


def find(name: str) -> Handler:
    """The function for this job; raises KeyError for a name nobody registered."""
    return _handlers[name]
