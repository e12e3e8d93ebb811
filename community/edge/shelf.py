"""The copies a process keeps: bounded in bytes, found by address, judged by what they show."""

from collections.abc import Mapping
from threading import Lock

from community.edge.addresses import Address
from community.edge.copies import Copy
from community.edge.declarations import Fact, Mark


class Shelf:
    """Ready pages. Looking one up takes no lock: a dictionary answers whole or not at all."""

    def __init__(self, most_bytes: int) -> None:
        self.most_bytes = most_bytes
        self.bytes = 0
        self.copies: dict[Address, Copy] = {}
        self.known: dict[Fact, Mark] = {}
        self.lock = Lock()

    def put(self, copy: Copy, now: float) -> None:
        """Keep a copy; what is known to have changed while it was made counts at once."""
        with self.lock:
            for fact, mark in copy.facts.items():
                known = self.known.get(fact, mark)
                copy.is_void = copy.is_void or known.removals > mark.removals
                if known.version > mark.version:
                    copy.outdate(now)
            self._forget(copy.address)
            self.copies[copy.address] = copy
            self.bytes += copy.size
            if self.bytes > self.most_bytes:
                self.make_room()

    def make_room(self) -> None:
        """Let go of what was asked for longest ago, a tenth at a time, so that this is rare."""
        for copy in sorted(self.copies.values(), key=lambda copy: copy.used_at):
            self._forget(copy.address)
            if self.bytes <= self.most_bytes * 0.9:
                return

    def drop(self, address: Address) -> None:
        """Let go of a page that is not there any more."""
        with self.lock:
            self._forget(address)

    def _forget(self, address: Address) -> None:
        if copy := self.copies.pop(address, None):
            self.bytes -= copy.size

    def facts(self) -> set[Fact]:
        """Everything that any copy shows."""
        with self.lock:
            return {fact for copy in self.copies.values() for fact in copy.facts}

    def judge(self, current: Mapping[Fact, Mark | None], looked_at: float, now: float) -> None:
        """Tell every copy that was whole before a look what the look has found."""
        with self.lock:
            self.known = {fact: mark for fact, mark in current.items() if mark}
            for copy in self.copies.values():
                if copy.made_at < looked_at:
                    _tell(copy, current, now)


def _tell(copy: Copy, current: Mapping[Fact, Mark | None], now: float) -> None:
    for fact, mark in copy.facts.items():
        found = current.get(fact, mark)
        if found is None or found.removals != mark.removals:
            copy.is_void = True
        if found != mark:
            copy.outdate(now)
