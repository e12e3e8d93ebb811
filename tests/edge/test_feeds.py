"""Feeds are public bytes like pages."""

from community.threads.models import Thread
from tests import factories
from tests.edge.conftest import Fast

ARTICLE = "/articles/tides/feed"


def test_the_fast_lane_carries_feeds(thread: Thread, fast: Fast) -> None:
    factories.comment(thread)
    first = fast.get(f"{ARTICLE}.atom")

    again = fast.get(f"{ARTICLE}.atom")
    unchanged = fast.get(f"{ARTICLE}.atom", if_none_match=first.headers["ETag"])

    assert fast.renders() == 1
    assert again == first
    assert unchanged.status == 304
