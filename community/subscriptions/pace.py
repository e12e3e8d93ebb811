"""How often one network may have e-mails sent to addresses it has not proven."""

from django.core.cache import cache
from django.http import HttpRequest
from redis.exceptions import RedisError

from community.limits.networks import network_of

HOUR = 3600
MOST_AN_HOUR = 20


def is_too_fast(request: HttpRequest) -> bool:
    """Count one more request; True above the limit, and while nobody can count."""
    key = f"asked-for-e-mail:{network_of(request)}"
    try:
        cache.add(key, 0, HOUR)
        return cache.incr(key) > MOST_AN_HOUR
    except (ValueError, RedisError):  # ValueError: the hour ended between the two lines
        return True
