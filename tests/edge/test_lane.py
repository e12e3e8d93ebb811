"""What the fast lane answers by itself, and what it leaves to Django."""

from community.threads.models import Thread
from tests import factories
from tests.edge.conftest import Fast

PAGE = "/articles/tides/"


def test_a_page_is_rendered_once_for_everybody(fast: Fast, thread: Thread) -> None:
    factories.comment(thread, "The tide is late today.")

    pages = [fast.get(PAGE) for _ in range(3)]

    assert fast.renders() == 1
    assert "The tide is late today." in pages[2].text
    assert pages[0] == pages[1] == pages[2]
