"""How often one network may do what costs others: counted in the cache, by hashed network."""

from dataclasses import dataclass

from django.core.cache import cache
from django.http import HttpRequest

from community.limits.networks import network_of

HOUR = 3600


@dataclass(frozen=True)
class Pace:
    """So many times an hour, for everybody in one network together.

    `when_blind` is the answer while nobody can count: whether to refuse then.
    """

    name: str
    most_an_hour: int
    when_blind: bool

    def is_too_fast(self, request: HttpRequest) -> bool:
        """Count one more; True above the limit."""
        key = f"pace:{self.name}:{network_of(request)}"
        try:
            cache.add(key, 0, HOUR)
            return cache.incr(key) > self.most_an_hour
        except ValueError:  # the hour ended between the two lines, or Redis fell silent
            return self.when_blind


# E-mails to addresses nobody has proven: rather none than a flood.
UNPROVEN_EMAILS = Pace("e-mails", 20, when_blind=True)
# Each search may take the database a moment; readers do not search every few seconds.
SEARCHES = Pace("searches", 300, when_blind=False)
# A preview renders words and keeps nothing; whoever writes asks for one after each pause.
PREVIEWS = Pace("previews", 3000, when_blind=False)
# Voters without a cookie: each vote makes a new person, which only a script would want to do often.
NEW_VOTERS = Pace("voters", 60, when_blind=False)
