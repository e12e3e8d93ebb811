"""Comments of one post as branches that can be stored from top to bottom."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from heapq import heapify, heappop, heappush

from community.portability.wordpress.values import ExportedComment, ProblemKind, Problems


def arrange(comments: Iterable[ExportedComment], problems: Problems) -> tuple[ExportedComment, ...]:
    """The comments by date and number, but none before the one it answers.

    Replies whose parent is elsewhere, or that answer themselves in a circle, come to the top.
    """
    known = _by_number(comments, problems)
    _bring_up_orphans(known, problems)
    _open_circles(known, problems)
    return tuple(_in_order(known, problems))


def deepest(comments: Iterable[ExportedComment]) -> int:
    """How many comments the longest branch has from top to end; expects them arranged."""
    depth = {0: 0}
    for comment in comments:
        depth[comment.number] = depth[comment.parent] + 1
    return max(depth.values())


def _by_number(
    comments: Iterable[ExportedComment], problems: Problems
) -> dict[int, ExportedComment]:
    known: dict[int, ExportedComment] = {}
    for comment in comments:
        if comment.number in known:
            problems.note(ProblemKind.SAME_NUMBER, _name(comment))
        else:
            known[comment.number] = comment
    return known


def _bring_up_orphans(known: dict[int, ExportedComment], problems: Problems) -> None:
    for comment in list(known.values()):
        if comment.parent and comment.parent not in known:
            problems.note(ProblemKind.LOST_PARENT, _name(comment))
            known[comment.number] = replace(comment, parent=0)


def _open_circles(known: dict[int, ExportedComment], problems: Problems) -> None:
    """Walk up from each comment once; whoever meets the walk's own trail closes a circle."""
    settled = {0}
    for number in list(known):
        trail: dict[int, None] = {}
        while number not in settled and number not in trail:
            trail[number] = None
            number = known[number].parent
        if number in trail:
            _open_circle(known, trail, number, problems)
        settled.update(trail)


def _open_circle(
    known: dict[int, ExportedComment], trail: dict[int, None], entry: int, problems: Problems
) -> None:
    walked = list(trail)
    circle = walked[walked.index(entry) :]
    oldest = min((known[number] for number in circle), key=_age)
    problems.note(ProblemKind.CIRCLE, _name(oldest))
    known[oldest.number] = replace(oldest, parent=0)


def _in_order(known: dict[int, ExportedComment], problems: Problems) -> list[ExportedComment]:
    replies: defaultdict[int, list[ExportedComment]] = defaultdict(list)
    for comment in known.values():
        replies[comment.parent].append(comment)
    ready = [(*_age(comment), comment) for comment in replies[0]]
    heapify(ready)
    order = []
    while ready:
        *_when, comment = heappop(ready)
        order.append(comment)
        for reply in replies[comment.number]:
            heappush(ready, (*_age(reply), reply))
            if reply.created_at < comment.created_at:
                problems.note(ProblemKind.EARLIER_THAN_PARENT, _name(reply))
    return order


def _age(comment: ExportedComment) -> tuple[object, int]:
    return comment.created_at, comment.number


def _name(comment: ExportedComment) -> str:
    return f"#comment-{comment.number}"
