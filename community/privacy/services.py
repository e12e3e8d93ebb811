"""What people may do with their own data: claim it, erase it."""

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _

from community.accounts.models import Person
from community.comments import lifecycle
from community.comments.models import Comment, Revision, Status
from community.threads.models import Thread
from community.votes.models import Vote
from community.votes.services import press


def claimable(person: Person, guest: Person | None) -> QuerySet[Comment]:
    """Guest comments a member may call their own.

    Those typed with the address they have confirmed, and those written in this browser before
    they logged in.
    """
    mine = Q(contact=person.contact_id) if person.contact_id else Q(pk__in=[])
    if guest is not None:
        mine |= Q(person=guest)
    return Comment.objects.filter(mine, Q(person__user=None)).exclude(status=Status.WITHDRAWN)


@transaction.atomic
def claim(person: Person, comments: QuerySet[Comment]) -> int:
    """Make these guest comments the member's own; their number.

    Past votes on them by their new author are taken back: nobody votes on their own words.
    """
    ids = list(comments.values_list("pk", flat=True))
    for vote in Vote.objects.filter(person=person, comment__in=ids).select_related("comment"):
        press(vote.comment, person, vote.value)
    return Comment.objects.filter(pk__in=ids).update(person=person)


@transaction.atomic
def erase(person: Person, *, with_words: bool) -> None:
    """Forget a person: account, address, e-mails, votes; their comments lose words or only names.

    Replies of others stay where they are. GDPR Art. 17.
    """
    comments = Comment.objects.filter(person=person).select_related("parent")
    threads = sorted(set(comments.values_list("thread", flat=True)))
    for thread in threads:
        Thread.objects.locked(thread)
    if with_words:
        delete_words(comments)
    comments.update(author_name=_("Someone"), author_url="", network="", person=None, contact=None)
    take_back_votes(person)
    Thread.objects.filter(pk__in=threads).update(version=F("version") + 1)
    Thread.objects.filter(started_by=person).update(started_by=None, starter_name=_("Someone"))
    forget_identity(person)


def delete_words(comments: QuerySet[Comment]) -> None:
    """Take all these comments off their pages and remove what they said."""
    for comment in comments.exclude(status=Status.WITHDRAWN):
        comment.refresh_from_db()
        lifecycle.move(comment, Status.WITHDRAWN, seen=comment.version)
    Revision.objects.filter(comment__in=comments).delete()
    comments.update(body="", body_html="", fingerprint="")


def take_back_votes(person: Person) -> None:
    """Undo every vote of a person, so that the counters stay true."""
    for vote in Vote.objects.filter(person=person).select_related("comment"):
        if vote.comment.is_public:
            press(vote.comment, person, vote.value)


def forget_identity(person: Person) -> None:
    """Remove the account, the person, and the address where nobody else uses it."""
    contact, user = person.contact, person.user
    person.delete()
    if user is not None:
        user.delete()
    if contact is not None and not contact.people.exists():
        contact.delete()
