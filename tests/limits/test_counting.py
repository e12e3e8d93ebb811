"""Limits are counted while Redis is gone or hangs, and nobody waits for it."""

import socket
import time
from collections.abc import Iterator

import pytest
from redis import Redis

from community.limits.counting import CountingCache

VOTES = 100
# One short wait, then none for as long as Redis rests.
ENOUGH_SECONDS = 1.0


@pytest.fixture
def silent() -> Iterator[str]:
    """A Redis that takes calls and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"redis://127.0.0.1:{server.getsockname()[1]}/0"


@pytest.fixture
def gone() -> str:
    """A Redis that is not there."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    return f"redis://127.0.0.1:{port}/0"


@pytest.mark.parametrize("which", ["silent", "gone"])
def test_each_process_counts_for_itself_without_waiting(
    which: str, request: pytest.FixtureRequest
) -> None:
    cache = CountingCache(request.getfixturevalue(which), {})
    began = time.monotonic()
    cache.add("votes", 0)
    assert [cache.incr("votes") for _ in range(VOTES)] == list(range(1, VOTES + 1))
    assert time.monotonic() - began < ENOUGH_SECONDS
    cache.clear()


def test_a_lock_is_still_held_by_one(gone: str) -> None:
    cache = CountingCache(gone, {})
    assert cache.add("lock", True)
    assert not cache.add("lock", True)
    assert cache.delete("lock")
    assert cache.add("lock", True)
    cache.clear()


def test_once_redis_is_back_all_count_together(redis_url: str) -> None:
    one, other = CountingCache(redis_url, {}), CountingCache(redis_url, {})
    one.rests_until = time.monotonic() + 60
    one.set("votes", 5)
    assert other.get("votes") is None
    one.rests_until = 0.0
    one.set("votes", 7)
    assert other.incr("votes") == 8
    assert one.touch("votes")
    with Redis.from_url(redis_url) as client:
        assert client.dbsize() == 1
    one.own.clear()
