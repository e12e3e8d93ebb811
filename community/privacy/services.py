"""What people may do with their own data: claim it, erase it."""

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from community.accounts.models import Person
from community.comments import lifecycle
from community.comments.models import Comment, Revision, Status
from community.contacts.models import Contact
from community.mail.models import Email, MailState
from community.privacy import register
from community.sites.models import Membership, Role
from community.subscriptions.models import Subscription
from community.threads.models import Thread
from community.votes.models import Vote
from community.votes.services import take_back


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
        take_back(vote)
    return Comment.objects.filter(pk__in=ids).update(person=person)


@transaction.atomic
def erase(person: Person, *, with_words: bool) -> None:
    """Forget a person: account, addresses, e-mails, votes; their comments lose words or only names.

    Replies of others stay where they are. GDPR Art. 17.
    """
    comments = Comment.objects.filter(person=person).select_related("parent")
    threads = set(comments.values_list("thread", flat=True))
    addresses = addresses_of(person)
    register.erase(person)
    forget_emails(names_of(person), addresses)
    if with_words:
        delete_words(comments)
    comments.update(author_name=_("Someone"), author_url="", network="", person=None, contact=None)
    take_back_votes(person)
    Thread.objects.filter(pk__in=threads).renew(removal=True)
    started = Thread.objects.filter(started_by=person)
    started.renew(removal=True, started_by=None, starter_name=_("Someone"))
    forget_identity(person)
    forget_addresses(addresses)


def leaves_a_site_alone(person: Person) -> bool:
    """Whether a site would have no administrator without them."""
    led = Membership.objects.filter(user=person.user_id, role=Role.ADMINISTRATOR)
    others = Membership.objects.filter(role=Role.ADMINISTRATOR).exclude(user=person.user_id)
    return led.exclude(site__in=others.values("site")).exists()


def addresses_of(person: Person) -> list[Contact]:
    """The address they have confirmed, and those they merely typed."""
    typed = Q(comments__person=person) | Q(subscriptions__person=person)
    return list(Contact.objects.filter(typed | Q(people=person)).distinct())


def names_of(person: Person) -> set[str]:
    """Every name they have used."""
    used = Comment.objects.filter(person=person).values_list("author_name", flat=True)
    return {person.name, *used} - {""}


def forget_emails(names: set[str], addresses: list[Contact]) -> None:
    """Remove the words of e-mails to them, and of sent ones to moderators that name them."""
    Email.objects.filter(to__in=[contact.address for contact in addresses]).delete()
    sent = Email.objects.exclude(state=MailState.WAITING)
    for name in names:
        sent.filter(text__contains=name).delete()


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
        take_back(vote)


def forget_identity(person: Person) -> None:
    """Remove the account, the person, and what they asked for."""
    user = person.user
    Subscription.objects.filter(person=person).delete()
    person.delete()
    if user is not None:
        user.delete()


def forget_addresses(addresses: list[Contact]) -> None:
    """Remove those of these addresses that nobody else uses."""
    unused = Contact.objects.filter(people=None, comments=None)
    unused.filter(pk__in=[contact.pk for contact in addresses]).exclude(
        subscriptions__person__isnull=False
    ).delete()
