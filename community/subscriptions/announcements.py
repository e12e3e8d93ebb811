"""Who hears of a comment that became public: one e-mail each, whatever the number of reasons."""

from collections.abc import Iterable, Iterator
from datetime import timedelta

from django.db import connection, transaction
from django.db.models import Case, F, Q, QuerySet, Value, When
from django.db.models.expressions import Combinable
from django.utils import timezone

from community.accounts.services import selves_of
from community.comments import lifecycle
from community.comments.models import Comment
from community.mail.models import MailState
from community.mail.services import SEND_TASK
from community.outbox.handlers import Later, Payload
from community.outbox.models import Job
from community.outbox.services import nudge
from community.subscriptions import mentions
from community.subscriptions.models import (
    Delay,
    Delivery,
    Kind,
    Pace,
    Scope,
    Subscription,
    SubscriptionQuerySet,
)

ASKED_WITHIN = timedelta(days=7)
LOOK_AGAIN = timedelta(seconds=3)
# What concerns one person overtakes what goes to a hundred thousand, however long that takes: rows
# leave in order of `due`.
HEAD_START = dict.fromkeys([Kind.PUBLISHED, Kind.REPLY, Kind.MENTION], timedelta(days=3))
BESIDE = ("parent__person__contact", "person__contact", "thread__article")


@transaction.atomic
def announce(payload: Payload) -> None:
    """Tell those who wait for a comment, once in its life and only while it is public."""
    claimed = Comment.objects.published().filter(pk=payload["comment"], announced_at=None)
    if claimed.update(announced_at=timezone.now()):
        comment = Comment.objects.select_related(*BESIDE).get(pk=payload["comment"])
        tell(comment, Subscription.objects.all())


def catch_up(payload: Payload) -> None:
    """Tell a contact what became public between asking and confirming, a week back at most.

    Raises Later while some of it is still to be announced: that may have looked too early.
    """
    asked = Subscription.objects.filter(
        contact=int(payload["contact"]), created_at__gt=timezone.now() - ASKED_WITHIN
    )
    news = [comment for wish in asked.entitled() for comment in missed(wish)]
    for comment in news:
        if comment.announced_at:
            tell(comment, asked)
    if is_being_announced(comment for comment in news if not comment.announced_at):
        raise Later(LOOK_AGAIN)


def missed(wish: Subscription) -> QuerySet[Comment]:
    """What became public since someone asked, as far as their wish may be about it.

    What is about oneself alone is asked for with a confirmed address, and so misses nothing.
    """
    news = Comment.objects.published().filter(import_number=None, published_at__gt=wish.created_at)
    match wish.scope:
        case Scope.OWN | Scope.REPLIES | Scope.THREAD:
            news = news.filter(thread=wish.thread_id, publication__gt=wish.since)
            if wish.comment_id:
                news = news.filter(Q(pk=wish.comment_id) | Q(parent=wish.comment_id))
        case Scope.AUTHOR:
            news = news.filter(person=wish.author_id, site=wish.site_id)
        case Scope.BOARD:
            news = news.filter(thread__board=wish.board_id, opens_topic=True)
        case _:
            news = news.none()
    return news.select_related(*BESIDE).order_by("pk")


def is_being_announced(comments: Iterable[Comment]) -> bool:
    """Whether an announcement of one of these is still to come."""
    keys = [lifecycle.announcement_key(comment.pk) for comment in comments]
    return Job.objects.open().filter(key__in=keys).exists()


@transaction.atomic
def tell(comment: Comment, among: SubscriptionQuerySet) -> None:
    """Write an e-mail to everyone among these wishes who is entitled and has none about it yet."""
    written = sum(write(comment, wishes, kind) for kind, wishes in reasons(comment, among))
    if written:
        transaction.on_commit(lambda: nudge(SEND_TASK), robust=True)


def reasons(
    comment: Comment, among: SubscriptionQuerySet
) -> Iterator[tuple[Kind, SubscriptionQuerySet]]:
    """Why someone hears of a comment, the most personal reason first.

    Authors hear of their own words only that they were published, and only after a wait.
    """
    here = among.entitled().filter(thread=comment.thread_id, since__lt=comment.publication)
    if comment.waits_for:
        yield Kind.PUBLISHED, here.filter(scope=Scope.OWN, comment=comment)
    wide = among.entitled().filter(thread=None, created_at__lte=comment.published_at)
    yield from of_others(comment, here.but_of(comment), wide.but_of(comment))


def of_others(
    comment: Comment, here: SubscriptionQuerySet, wide: SubscriptionQuerySet
) -> Iterator[tuple[Kind, SubscriptionQuerySet]]:
    """Why others than its author hear of it: by a wish for this thread, or by a wider one."""
    site = wide.filter(site=comment.site_id)
    if comment.parent and comment.parent.is_public:
        yield Kind.REPLY, here.filter(scope=Scope.OWN, comment=comment.parent)
        yield Kind.REPLY, site.filter(scope=Scope.MINE).held_by(comment.parent.person)
    if named := mentions.people_named_in(comment):
        yield Kind.MENTION, site.filter(scope__in=[Scope.MENTIONS, Scope.MINE]).held_by(*named)
        # Whoever waits for answers here is answered by name as well.
        yield Kind.MENTION, here.filter(scope=Scope.OWN).held_by(*named)
    if comment.parent and comment.parent.is_public:
        yield Kind.FOLLOWED, here.filter(scope=Scope.REPLIES, comment=comment.parent)
    if comment.thread.article:
        writer = Q(person__user=comment.thread.article.author_id, person__user__isnull=False)
        yield Kind.ARTICLE, site.filter(writer, scope=Scope.ARTICLES)
    if comment.person:
        yield Kind.AUTHOR, site.filter(author__in=selves_of(comment.person))
    if comment.opens_topic:
        yield Kind.TOPIC, wide.filter(scope=Scope.BOARD, board=comment.thread.board_id)
    yield Kind.THREAD, here.filter(scope=Scope.THREAD)


def write(comment: Comment, wishes: SubscriptionQuerySet, kind: Kind) -> int:
    """One row per contact in one statement, whatever their number; how many are new."""
    now = timezone.now()
    row: dict[str, Combinable] = {
        "contact_id": F("contact_id"),
        "subscription_id": F("pk"),
        "comment_id": Value(comment.pk),
        "kind": Value(kind.value),
        "due": Value(now - HEAD_START.get(kind, timedelta(0))),
        "created_at": Value(now),
        "pace": F("pace"),
        "state": unless_together(MailState.WAITING, MailState.GATHERED),
        "delay": unless_together("", Delay.ASKED),
        "failures": Value(0),
        "reason": Value(""),
        "attempts": Value(0),
        "handed_over": Value(0),
    }
    select, values = wishes.values_list(*row.values()).query.sql_with_params()
    table, columns = Delivery._meta.db_table, ", ".join(row)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} ({columns}) {select} ON CONFLICT DO NOTHING",
            values,
        )
        return int(cursor.rowcount)


def unless_together(alone: str, together: str) -> Combinable:
    """One value where somebody wants each e-mail at once, another where several together."""
    return Case(When(pace=Pace.AT_ONCE, then=Value(str(alone))), default=Value(str(together)))
