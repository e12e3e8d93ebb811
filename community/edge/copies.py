"""A public page as ready bytes, and how long they may be shown."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import blake2b
from itertools import count

from community.edge.addresses import Address
from community.edge.declarations import Fact, Mark
from community.edge.encodings import compress, expand
from community.edge.release import release

Headers = list[tuple[str, str]]

# How long others get the old bytes while one reader waits for the new ones.
PATIENCE_SECONDS = 1.0
# A page that only grows is made anew no sooner than this after the last time: otherwise whoever
# writes all the time would have it made all the time. What is removed does not wait.
PACE_SECONDS = 0.75
# How long old bytes stand in for a page that fails to render, and how often it is tried.
GRACE_SECONDS = 30.0
SECONDS_BETWEEN_TRIES = 1.0
# Shared caches may answer for one second by themselves, browsers always ask.
CACHE_CONTROL = "public, max-age=0, s-maxage=1, must-revalidate"
VARY = "Accept-Encoding, Cookie, Sec-GPC"
# What a copy costs beside its bytes, roughly.
OVERHEAD = 4096


@dataclass(frozen=True)
class Form:
    """A page in one encoding, with the headers of a full answer and of “not modified”."""

    etag: str
    headers: Headers
    unchanged: Headers
    body: bytes
    is_hasty: bool = False


@dataclass(eq=False)
class Copy:
    """One public page; several threads may show it at once."""

    address: Address
    facts: dict[Fact, Mark]
    headers: Headers
    # Monotonic seconds: when its facts were first read, when it was whole, when it ends.
    read_at: float
    made_at: float
    ends_at: float
    used_at: float = 0.0
    is_void: bool = False
    failed_at: float | None = None
    tried_at: float = 0.0
    forms: dict[str, Form] = field(default_factory=dict)
    # How often the hasty form was asked for; several threads count, each gets another number.
    turns: Iterator[int] = field(default_factory=count)

    def outdate(self, now: float) -> None:
        """Note that there is something newer, which waits for its turn."""
        self.ends_at = min(self.ends_at, max(now, self.made_at + PACE_SECONDS))

    def is_fresh(self, now: float) -> bool:
        """Whether nothing newer is known."""
        return now < self.ends_at and not self.is_void

    def may_stand_in(self, now: float) -> bool:
        """Whether the old bytes may be shown while new ones are made, or cannot be made.

        Never after a removal.
        """
        if self.is_void:
            return False
        if self.failed_at is not None:
            return now < self.failed_at + GRACE_SECONDS
        return now < self.ends_at + PATIENCE_SECONDS

    def may_be_tried(self, now: float) -> bool:
        """Whether it is time to make new bytes: a page that fails is not tried all the time."""
        return self.failed_at is None or now >= self.tried_at + SECONDS_BETWEEN_TRIES

    def fail(self, now: float) -> None:
        """Note that new bytes could not be made."""
        self.tried_at = now
        if self.failed_at is None:
            self.failed_at = now

    def form(self, encoding: str) -> Form:
        """The page in this encoding, compressed when it is first asked for in it.

        Many a page is asked for once: it is compressed well when somebody asks again.
        """
        form = self.forms.get(encoding)
        if form is None or (form.is_hasty and next(self.turns) == 1):
            return self.reformed(encoding)
        return form

    def reformed(self, encoding: str) -> Form:
        """The page in this encoding, made of another form of it."""
        known, kept = next(iter(self.forms.items()))
        plain = expand(kept.body, known)
        # As it is, it would take several times the room, and hardly anybody asks for that.
        return self.add(encoding, plain) if encoding else self.formed(encoding, plain)

    def add(self, encoding: str, plain: bytes, *, hasty: bool = False) -> Form:
        """Keep the page in this encoding."""
        self.forms[encoding] = self.formed(encoding, plain, hasty=hasty)
        return self.forms[encoding]

    def formed(self, encoding: str, plain: bytes, *, hasty: bool = False) -> Form:
        """The page in this encoding, ready to be sent.

        The tag of a hasty form is weak: other bytes with the same meaning follow. RFC 9110, 8.8.1.
        """
        body = compress(plain, encoding, hasty=hasty)
        strength = "W/" if hasty else ""
        etag = f'{strength}"{fingerprint(plain)}{f"-{encoding}" if encoding else ""}"'
        unchanged = [
            ("ETag", etag),
            ("Cache-Control", CACHE_CONTROL),
            ("Vary", f"{VARY}, Accept-Language" if self.address.wanted else VARY),
            ("Surrogate-Key", self.tags),
        ]
        full = [*self.headers, *unchanged, ("Content-Length", str(len(body)))]
        if encoding:
            full.append(("Content-Encoding", encoding))
        return Form(etag, full, unchanged, body, hasty)

    @cached_property
    def tags(self) -> str:
        """What a content network may be told to forget it by."""
        return " ".join([f"release-{release()}", *(f"{kind}-{pk}" for kind, pk in self.facts)])

    @cached_property
    def size(self) -> int:
        """What it takes of memory, with the other encoding that somebody may ask for."""
        return OVERHEAD + 2 * max(len(form.body) for form in self.forms.values())


def fingerprint(body: bytes) -> str:
    """What tells these bytes from all others, those of another release among them."""
    return blake2b(body, digest_size=12, key=release().encode()).hexdigest()
