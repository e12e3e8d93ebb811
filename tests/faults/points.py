"""The places at which a process can be made to die: wrapped from outside, unknown to the product.

F3 of the fault plan: before and after commit, enqueue, claim, the spam check, the storing of its
verdict, the call of the mail server, the handing over of an e-mail, and the noting of its end.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from importlib import import_module
from typing import Any

BEFORE, AFTER = "before", "after"
SUBMIT = "community.pages.submission.submit"
DECIDE = "moderation.decisions.decide"
COMMIT = "django.db.backends.base.base.BaseDatabaseWrapper.commit"
ENQUEUE = "community.outbox.services.enqueue"
NUDGE = "community.outbox.services.nudge"
CLAIM = "community.outbox.models.WorkQuerySet.claim"
CHOOSE = "community.outbox.models.WorkQuerySet.choose"
SETTLE = "community.outbox.models.Work.settle"
JUDGE = "moderation.checks.akismet.judge"
CONCLUDE = "moderation.checks.jobs.conclude"
TELL = "community.subscriptions.announcements.tell"
CONNECT = "community.mail.transport._connect"
AGREE = "community.mail.transport._agree"
HAND_OVER = "community.mail.sender.hand_over"
PUSH = "community.mail.transport._push"
DOT = "community.mail.transport._hand_over"
END = "community.mail.sender.end"
PERFORM = "community.outbox.services.perform"


@dataclass(frozen=True)
class Point:
    """Right before or after this function; `inside` counts only calls made within another."""

    name: str
    function: str
    side: str
    inside: str = ""


WEB = [
    Point("before a comment is stored", "community.comments.services.store", BEFORE),
    Point("a comment stored, not yet judged", "community.comments.services.store", AFTER),
    Point("before a duty is noted", ENQUEUE, BEFORE, inside=SUBMIT),
    Point("a duty noted, not committed", ENQUEUE, AFTER, inside=SUBMIT),
    Point("before a comment is committed", COMMIT, BEFORE, inside=SUBMIT),
    Point("a comment committed, nobody told", COMMIT, AFTER, inside=SUBMIT),
    Point("before the worker is woken", NUDGE, BEFORE, inside=SUBMIT),
    Point("the worker woken, the request not answered", NUDGE, AFTER, inside=SUBMIT),
    Point("before a decision is committed", COMMIT, BEFORE, inside=DECIDE),
    Point("a decision committed, not answered", COMMIT, AFTER, inside=DECIDE),
    Point("a vote counted, not committed", "community.votes.services.count", AFTER),
    Point("a vote committed, not answered", "community.votes.services.press", AFTER),
]

JOBS = [
    Point("before a row is claimed", CLAIM, BEFORE),
    Point("a row chosen, not committed", CHOOSE, AFTER),
    Point("a row claimed", CLAIM, AFTER),
    Point("before the spam check is asked", JUDGE, BEFORE),
    Point("the spam check has answered", JUDGE, AFTER),
    Point("before the verdict is stored", CONCLUDE, BEFORE),
    Point("the verdict stored, not committed", COMMIT, BEFORE, inside=CONCLUDE),
    Point("the verdict committed", CONCLUDE, AFTER),
    Point("before a comment is announced", TELL, BEFORE),
    Point("announced, not committed", TELL, AFTER),
    Point("before the end of a job is noted", SETTLE, BEFORE, inside=PERFORM),
    Point("the end of a job noted", SETTLE, AFTER, inside=PERFORM),
]

# Noted as handed over, though the dot that ends it has not left.
NOTED = [
    Point("the handing over noted", HAND_OVER, AFTER),
    Point("before the last dot leaves", DOT, BEFORE),
]

MAIL = [
    Point("before the mail server is called", CONNECT, BEFORE),
    Point("the mail server has answered the call", CONNECT, AFTER),
    Point("before sender and recipient are agreed", AGREE, BEFORE),
    Point("sender and recipient agreed", AGREE, AFTER),
    Point("before the words leave", PUSH, BEFORE),
    Point("the words have left, all but the dot", PUSH, AFTER),
    Point("before the handing over is noted", HAND_OVER, BEFORE),
    *NOTED,
    Point("the end of an e-mail noted", END, AFTER),
]

# Only here the mail server has an e-mail of which we do not know: it is sent once more.
AFTER_DATA = [
    Point("the mail server has said yes", DOT, AFTER),
    Point("before the end of an e-mail is noted", END, BEFORE),
]

POINTS = {point.name: point for point in [*WEB, *JOBS, *MAIL, *AFTER_DATA]}


_depths = threading.local()


def arm(point: Point, turn: int, die: Callable[[], None]) -> None:
    """Call `die` when this process comes to the point for the given time, counted from 1."""
    if point.inside:
        replace(point.inside, watched)
    replace(point.function, lambda original: dying(original, point, turn, die))


def replace(path: str, wrapper: Callable[[Callable[..., Any]], Callable[..., Any]]) -> None:
    """Put something around the function or method of this dotted path, for all who look it up."""
    owner, _, name = path.rpartition(".")
    found = find(owner)
    setattr(found, name, wrapper(getattr(found, name)))


def find(path: str) -> Any:
    """The module or class of this dotted path."""
    above, _, name = path.rpartition(".")
    return getattr(find(above), name) if name[0].isupper() else import_module(path)


def watched(original: Callable[..., Any]) -> Callable[..., Any]:
    """The function, which lets its thread know that it is inside."""

    @wraps(original)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        _depths.depth = depth() + 1
        try:
            return original(*args, **kwargs)
        finally:
            _depths.depth -= 1

    return wrapped


def depth() -> int:
    """How deep this thread is inside the watched function."""
    return getattr(_depths, "depth", 0)


def dying(
    original: Callable[..., Any], point: Point, turn: int, die: Callable[[], None]
) -> Callable[..., Any]:
    """The function, with death on one side of it; a claim that found nothing does not count."""
    turns = iter(range(1, turn + 1))

    def pass_by() -> None:
        if (depth() or not point.inside) and next(turns, None) == turn:
            die()

    @wraps(original)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        if point.side == BEFORE:
            pass_by()
        result = original(*args, **kwargs)
        if point.side == AFTER and result not in ([], False):
            pass_by()
        return result

    return wrapped
