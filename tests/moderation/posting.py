"""Writing a comment through the gate as the pages do, and two people acting at once."""

import threading
from collections.abc import Callable
from typing import Any

from django.db import connection

from community.comments import services
from community.comments.models import Comment
from community.comments.screening import Draft
from community.pages import submission
from community.threads.models import Thread
from tests import factories


def submit(draft: Draft) -> Comment:
    """Judge and store a draft; raises Refusal."""
    return submission.submit(draft)


def write(thread: Thread, words: str = "", **fields: Any) -> Comment:
    """Submit these words."""
    return submit(factories.draft(thread, words, **fields))


def edit(comment: Comment, words: str, *, seen: int = 0, **fields: Any) -> Comment:
    """Put other words in the place of a comment's own, and have them judged."""
    fields = {"person": comment.person, "comment": comment, "name": comment.author_name, **fields}
    draft = factories.draft(comment.thread, words, **fields)
    services.edit(comment, draft, seen=seen or comment.version)
    comment.refresh_from_db()
    return comment


def reasons(comment: Comment) -> dict[str, str]:
    """What was said about the words a comment has now."""
    return {row.name: row.outcome for row in comment.opinions.current()}


def together(*works: Callable[[], None]) -> None:
    """Run these at the same moment, each on a connection of its own."""
    barrier = threading.Barrier(len(works))
    failures: list[BaseException] = []

    def run(work: Callable[[], None]) -> None:
        try:
            barrier.wait()
            work()
        except BaseException as failure:  # noqa: BLE001 - the test must hear of anything
            failures.append(failure)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]
