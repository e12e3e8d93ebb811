"""Feeds are public bytes like pages."""

import pytest

from community.accounts.models import Person
from community.comments import lifecycle
from community.comments.models import Status
from community.pages.authors import Author, token_of
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


@pytest.mark.parametrize(
    "address", ["/latest/", "/latest/feed.json", "/authors/{token}/", f"{ARTICLE}.atom"]
)
def test_no_copy_of_a_list_outlives_a_removal(
    thread: Thread, author: Person, fast: Fast, address: str
) -> None:
    comment = factories.comment(thread, "zaunkoenig", person=author)
    factories.comment(thread, "Other words.", person=author)
    token = token_of(thread.site, Author(author.pk, comment.author_name))
    address = address.format(token=token)
    assert "zaunkoenig" in fast.get(address).text

    lifecycle.move(comment, Status.REJECTED, seen=comment.version, removed=True)
    fast.look()

    assert "zaunkoenig" not in fast.get(address).text
