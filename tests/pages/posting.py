"""Writing comments as a browser does, for the tests of pages."""

import re
from typing import Any

from django.http import HttpResponse
from django.test import Client

from community.comments.models import Comment
from community.threads.models import Thread

GIVEN = {"name": "Rosa", "email": "rosa@example.org", "body": "The tide is late today."}


def address(thread: Thread) -> str:
    """Where a comment for this thread goes."""
    return f"/threads/{thread.pk}/comments/"


def post(browser: Client, thread: Thread, **fields: Any) -> HttpResponse:
    """Fill the form, with some fields otherwise, and press the button."""
    return browser.post(address(thread), {**GIVEN, **fields})


def posted(browser: Client, thread: Thread, **fields: Any) -> Comment:
    """A comment that was taken."""
    answer = post(browser, thread, **fields)
    assert answer.status_code == 302, answer.content.decode()
    return Comment.objects.latest("pk")


def text_of(answer: HttpResponse) -> str:
    """What a page says, as one line without its tags."""
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())
