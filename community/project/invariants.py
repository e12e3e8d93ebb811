"""What must be true of the database whenever nobody is working: asked by `check_invariants`.

Each check yields one sentence per breach, naming ids and never words or addresses.
"""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

from django.db.models import (
    Count,
    Exists,
    F,
    IntegerField,
    Max,
    Model,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce, Greatest
from django.utils import timezone

from community.comments.models import DEEPEST, Comment, Status, top_key_of
from community.comments.services import path_below
from community.mail import hosts
from community.mail.models import Email, PostingQuerySet
from community.outbox.models import LEASE, Job, JobState
from community.subscriptions.models import Delivery, Scope, Subscription
from community.threads.models import Thread
from community.votes.models import Vote

Check = Callable[[], Iterator[str]]

PATIENCE = LEASE + timedelta(seconds=60)
# Whoever confirmed just then is told by a job of its own, a moment later.
MOMENT = timedelta(minutes=1)
MOST_NAMED = 5

_checks: list[Check] = []


def register(check: Check) -> None:
    """Have one more check asked, by a part that this one does not know."""
    _checks.append(check)


def breaches() -> Iterator[str]:
    """One sentence for everything that is not as it must be."""
    for check in [*CHECKS, *_checks]:
        yield from check()


def named(rows: QuerySet[Model], sentence: str) -> Iterator[str]:
    """The sentence with how many rows it is true of and the first of them, if there are any."""
    first = list(rows.order_by("pk").values_list("pk", flat=True)[:MOST_NAMED])
    if first:
        yield f"{sentence}: {rows.count()}, such as {', '.join(map(str, first))}."


# Counters


def number_of(rows: QuerySet[Model], by: str) -> Combinable:
    """How many of these rows belong to the outer row; 0 for none."""
    counted = rows.order_by().values(by).annotate(number=Count("pk")).values("number")
    return Coalesce(Subquery(counted), Value(0), output_field=IntegerField())


def comment_counters() -> Iterator[str]:
    """Votes and answers of a comment are as many as it says."""
    listed = Comment.objects.filter(listed=True)
    votes = Vote.objects.filter(comment=OuterRef("pk"))
    recounts: dict[str, Combinable] = {
        "ups": number_of(votes.filter(value=1), "comment"),
        "downs": number_of(votes.filter(value=-1), "comment"),
        "reply_count": number_of(listed.filter(parent=OuterRef("pk")), "parent"),
        "branch_count": number_of(listed.filter(root=OuterRef("pk")), "root"),
    }
    for name, recount in recounts.items():
        wrong = Comment.objects.alias(recount=recount).exclude(**{name: F("recount")})
        yield from named(wrong, f"Comments whose {name} is not what a recount gives")


def thread_counters() -> Iterator[str]:
    """A thread knows how many public comments it has, and the number of the last publication."""
    mine = Comment.objects.filter(thread=OuterRef("pk"))
    public = number_of(mine.filter(status=Status.PUBLISHED), "thread")
    wrong = Thread.objects.alias(recount=public).exclude(comment_count=F("recount"))
    yield from named(wrong, "Threads whose comment_count is not what a recount gives")
    last = mine.order_by().values("thread").annotate(last=Max("publication")).values("last")
    behind = Thread.objects.alias(last=Subquery(last)).filter(publications__lt=F("last"))
    yield from named(behind, "Threads that would give a publication number twice")


def sort_keys() -> Iterator[str]:
    """The order by votes follows the score."""
    rows = Comment.objects.values_list("pk", "score", "top_key").iterator()
    wrong = [pk for pk, score, key in rows if key != top_key_of(score, pk)]
    yield from told(wrong, "Comments whose top_key does not follow their score")


def listings() -> Iterator[str]:
    """Pages list what is public, and place-holders as long as they keep something together."""
    yield from named(
        Comment.objects.exclude(status=Status.PUBLISHED).filter(listed=True, reply_count=0),
        "Comments that are listed though they are not public and have no answers",
    )
    yield from named(
        Comment.objects.filter(listed=False, reply_count__gt=0),
        "Comments that are not listed though they have answers",
    )


# The tree


def families() -> Iterator[str]:
    """Parents and roots stand in the same thread."""
    for name in ("parent", "root"):
        strangers = Comment.objects.filter(**{f"{name}__isnull": False}).exclude(
            **{f"{name}__thread": F("thread")}
        )
        yield from named(strangers, f"Comments whose {name} is in another thread")


def places() -> Iterator[str]:
    """Root, depth and path of every comment are those its parent gives it."""
    rows = Comment.objects.select_related("parent").only(
        "place", "path", "depth", "root", "parent__path", "parent__depth", "parent__root"
    )
    wrong = [comment.pk for comment in rows.iterator(2000) if not is_in_place(comment)]
    yield from told(wrong, "Comments whose root, depth or path is not what their parent gives")


def is_in_place(comment: Comment) -> bool:
    """Whether a comment's place in the tree follows from its parent."""
    parent = comment.parent
    depth = min(parent.depth + 1, DEEPEST) if parent else 0
    return (
        comment.place is not None
        and comment.root_id == (parent.branch_id if parent else None)
        and comment.depth == depth
        and bytes(comment.path) == path_below(parent, comment.place)
    )


def circles() -> Iterator[str]:
    """Nobody is their own ancestor. Above the deepest level the depth already says so."""
    deep = Comment.objects.filter(depth=DEEPEST).values_list("pk", "parent")
    parents = dict(deep)
    wrong = [pk for pk in parents if comes_back(pk, parents)]
    yield from told(wrong, "Comments that are among their own ancestors")


def comes_back(pk: int, parents: dict[int, int | None]) -> bool:
    """Whether the way up from a comment never leaves the deepest level."""
    seen = set()
    above: int | None = pk
    while above in parents and above not in seen:
        seen.add(above)
        above = parents[above]
    return above in seen


# E-mails


def deliveries() -> Iterator[str]:
    """Everyone who was entitled when a comment was announced has their e-mail about it."""
    yield from named(untold(Scope.THREAD), "Wishes for a thread with a comment nobody told of")
    yield from named(untold(Scope.OWN), "Wishes whose own comment was published and not told of")


def untold(scope: Scope) -> QuerySet[Subscription]:
    """Wishes that counted at the time of an announcement which left no e-mail for them."""
    told_of = Delivery.objects.filter(comment=OuterRef("pk"), contact=OuterRef(OuterRef("contact")))
    news = Comment.objects.filter(
        thread=OuterRef("thread"),
        import_number=None,
        publication__gt=OuterRef("since"),
        announced_at__gt=OuterRef("confirmed_at") + MOMENT,
    )
    news = news.filter(concerns(scope)).exclude(Exists(told_of))
    return Subscription.objects.entitled().filter(Exists(news), scope=scope)


def concerns(scope: Scope) -> Q:
    """Which comments a wish is about: one's own that had waited, or those of others."""
    if scope == Scope.OWN:
        return Q(pk=OuterRef("comment")) & ~Q(waits_for="")
    wish, address = OuterRef("person"), OuterRef("contact")
    others = Q(person=None) | ~Q(person=wish) & ~Q(person__contact=address)
    return others & (Q(contact=None) | ~Q(contact=address))


# Work


def stuck(rows: QuerySet[Any], name: str) -> Iterator[str]:
    """Nothing waits longer than a lease and a minute."""
    long_ago = timezone.now() - PATIENCE
    waiting = rows.alias(since=Greatest("due", "created_at")).filter(since__lt=long_ago)
    free = waiting.filter(Q(lease_until=None) | Q(lease_until__lt=long_ago + LEASE))
    yield from named(free, f"{name} that are overdue")


def unsent(rows: PostingQuerySet[Any], name: str) -> Iterator[str]:
    """As above, but for what waits with good reason: a mail server at rest."""
    away = hosts.away()
    if hosts.OURS not in away:
        yield from stuck(rows.leaving_out(away), name)


def put_aside() -> Iterator[str]:
    """No job was given up."""
    yield from named(Job.objects.filter(state=JobState.DEAD), "Jobs that failed too often")


def told(wrong: list[int], sentence: str) -> Iterator[str]:
    """The sentence with how many rows it is true of and the first of them, if there are any."""
    if wrong:
        first = ", ".join(map(str, sorted(wrong)[:MOST_NAMED]))
        yield f"{sentence}: {len(wrong)}, such as {first}."


CHECKS: list[Check] = [
    comment_counters,
    thread_counters,
    sort_keys,
    listings,
    families,
    places,
    circles,
    deliveries,
    put_aside,
    lambda: stuck(Job.objects.open(), "Jobs"),
    lambda: unsent(Email.objects.waiting(), "E-mails"),
    lambda: unsent(Delivery.objects.waiting(), "E-mails about comments"),
]
