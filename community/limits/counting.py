"""The cache in which limits are counted: Redis for all processes, or each for itself."""

from collections.abc import Callable
from time import monotonic
from typing import Any

from django.core.cache.backends.base import BaseCache
from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

# Whoever votes or logs in waits for Redis that long at most, and then nobody for a while.
PATIENCE_SECONDS = 0.2
REST_SECONDS = 5.0
IMPATIENT = {
    "socket_timeout": PATIENCE_SECONDS,
    "socket_connect_timeout": PATIENCE_SECONDS,
    "retry": Retry(NoBackoff(), 0),
}


class CountingCache(BaseCache):
    """Redis; while it is silent, the memory of this process, which knows nothing of the others."""

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(params)
        self.shared = RedisCache(server, {**params, "OPTIONS": IMPATIENT})
        self.own = LocMemCache("limits", params)
        self.rests_until = 0.0

    def ask(self, question: Callable[[BaseCache], Any]) -> Any:
        """What Redis says, or what is known here while it says nothing."""
        if monotonic() >= self.rests_until:
            try:
                return question(self.shared)
            except RedisError:
                self.rests_until = monotonic() + REST_SECONDS
        return question(self.own)

    def add(self, key: Any, *given: Any, **named: Any) -> bool:
        """Keep a value unless there is one."""
        return bool(self.ask(lambda cache: cache.add(key, *given, **named)))

    def get(self, key: Any, *given: Any, **named: Any) -> Any:
        """A value, if it is kept."""
        return self.ask(lambda cache: cache.get(key, *given, **named))

    def set(self, key: Any, *given: Any, **named: Any) -> None:
        """Keep a value."""
        self.ask(lambda cache: cache.set(key, *given, **named))

    def touch(self, key: Any, *given: Any, **named: Any) -> bool:
        """Keep a value longer."""
        return bool(self.ask(lambda cache: cache.touch(key, *given, **named)))

    def delete(self, key: Any, *given: Any, **named: Any) -> bool:
        """Forget a value."""
        return bool(self.ask(lambda cache: cache.delete(key, *given, **named)))

    def incr(self, key: Any, *given: Any, **named: Any) -> int:
        """Count up; raises ValueError where nothing was counted."""
        return int(self.ask(lambda cache: cache.incr(key, *given, **named)))

    def clear(self) -> None:
        """Forget everything."""
        self.ask(lambda cache: cache.clear())
