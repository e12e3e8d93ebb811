"""Asking for e-mails, confirming an address, and stopping."""

from collections.abc import Iterable
from datetime import timedelta

from django.db import transaction
from django.db.models import Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from community.accounts.models import Person, User
from community.comments.models import Comment
from community.contacts import health
from community.contacts.health import Why
from community.contacts.models import Contact
from community.outbox import services as outbox
from community.prepared import Numbers, Prepared
from community.sites.models import Site
from community.subscriptions import queries
from community.subscriptions.models import (
    PERSONAL,
    SUBJECTS,
    Delivery,
    Mute,
    Pace,
    Scope,
    Subscription,
    Timing,
)
from community.threads.models import Board, Thread

# Whatever is being announced while someone confirms is announced by then, or seen to be open.
CATCH_UP_AFTER = timedelta(seconds=3)


@transaction.atomic
def follow_own(comment: Comment, contact: Contact, person: Person, pace: str = "") -> None:
    """Note that the author wants to hear when this comment is published or answered."""
    wish = Subscription(scope=Scope.OWN, thread=comment.thread, comment=comment, contact=contact)
    follow(wish, person, pace)


@transaction.atomic
def follow_thread(thread: Thread, contact: Contact, person: Person, pace: str = "") -> None:
    """Note that someone wants to hear of every new comment in a thread."""
    follow(Subscription(scope=Scope.THREAD, thread=thread, contact=contact), person, pace)


@transaction.atomic
def follow_replies(comment: Comment, contact: Contact, person: Person, pace: str = "") -> None:
    """Note that someone wants to hear of answers to a comment, theirs or not."""
    wish = Subscription(scope=Scope.REPLIES, thread=comment.thread, comment=comment)
    wish.contact = contact
    follow(wish, person, pace)


@transaction.atomic
def follow_author(
    author: Person, site: Site, contact: Contact, person: Person, pace: str = ""
) -> None:
    """Note that someone wants to hear of everything an author writes on a site."""
    wish = Subscription(scope=Scope.AUTHOR, author=author, site=site, contact=contact)
    follow(wish, person, pace)


@transaction.atomic
def follow_board(board: Board, contact: Contact, person: Person, pace: str = "") -> None:
    """Note that someone wants to hear of new topics on a board."""
    follow(Subscription(scope=Scope.BOARD, board=board, contact=contact), person, pace)


@transaction.atomic
def follow_oneself(scope: Scope, site: Site, person: Person) -> None:
    """Note that someone wants to hear of what concerns them, wherever on a site it is said.

    Only for those whose address is confirmed.
    """
    if scope in PERSONAL and person.contact:
        follow(Subscription(scope=scope, site=site, contact=person.contact), person)


def follow_articles(author: User, site: Site) -> None:
    """Have somebody told of comments on their articles, unless they ever decided about that."""
    person = Person.objects.filter(user=author).select_related("contact").first()
    if person and person.contact:
        known = Subscription.objects.filter(contact=person.contact, scope=Scope.ARTICLES, site=site)
        if not known.exists():
            follow_oneself(Scope.ARTICLES, site, person)


def mute_thread(contact: Contact, thread: Thread) -> None:
    """Send a contact nothing more about a thread, whatever else they asked for."""
    Mute.objects.get_or_create(contact=contact, thread=thread)


def mute_person(contact: Contact, person: Person, name: str) -> None:
    """Send a contact nothing more about what a person says; `name` is how they knew them."""
    Mute.objects.get_or_create(contact=contact, person=person, defaults={"name": name})


def unmute(contact: Contact, pk: int) -> int:
    """Take a mute back; what was not sent meanwhile stays unsent."""
    return Mute.objects.filter(contact=contact, pk=pk).delete()[0]


@transaction.atomic
def follow(wish: Subscription, person: Person, pace: str = "") -> None:
    """Keep a wish; it counts at once if this person has proven the address, else after that.

    Without a `pace`, it is the one this contact has chosen for all.

    A wish typed by someone else for an address that has it already changes nothing.
    """
    known = queries.same_as(wish)
    if not known.entitled().exists():
        renew(wish, person, pace)
    elif pace and person.contact_id == wish.contact_id:
        known.active().update(pace=pace)
    if person.contact_id == wish.contact_id:
        health.revive(wish.contact_id)
    else:
        request_confirmation(wish.contact, person, wish.home)


def renew(wish: Subscription, person: Person, pace: str = "") -> None:
    """Store a wish, or begin an ended one anew: what became public before is no news."""
    now = timezone.now()
    Subscription.objects.update_or_create(
        contact=wish.contact,
        scope=wish.scope,
        person=person,
        **{name: getattr(wish, name) for name in SUBJECTS},
        defaults={
            # Read anew: the comment itself may have become public a moment ago.
            "since": publications_of(wish.thread_id),
            "pace": pace or timing_of(wish.contact).pace,
            "created_at": now,
            "confirmed_at": now if person.contact_id == wish.contact_id else None,
            "ended_at": None,
        },
    )


def publications_of(thread_id: int | None) -> int:
    """How many comments became public in a thread so far; 0 where a wish is about none."""
    if thread_id is None:
        return 0
    return Thread.objects.values_list("publications", flat=True).get(pk=thread_id)


def request_confirmation(contact: Contact, person: Person, site: Site) -> None:
    """Have the owner of an address asked whether this person is them.

    One e-mail covers whatever is asked within a moment; `confirmations` limits them.
    """
    if person.contact_id != contact.pk:
        outbox.enqueue(
            "confirm-address",
            {"contact": contact.pk, "person": person.pk, "site": site.pk},
            key=f"confirm-address:{contact.pk}:{person.pk}",
        )


@transaction.atomic
def confirm(contact: Contact, person: Person) -> None:
    """Take the owner's word that this person is them, and their wishes with it.

    The author's next comments are those of a proven address. Whoever confirms wants e-mail: a
    pause ends. What became public since they asked follows in a moment.
    """
    now = timezone.now()
    Contact.objects.filter(pk=contact.pk).update(
        proven_at=Coalesce("proven_at", Value(now)), **health.WELL
    )
    # A member's address is the one of their account.
    Person.objects.filter(pk=person.pk, user=None).update(contact=contact)
    wishes = Subscription.objects.active().filter(contact=contact, person=person)
    wishes.filter(confirmed_at=None).update(confirmed_at=now)
    outbox.enqueue("catch-up", {"contact": contact.pk}, due=now + CATCH_UP_AFTER)


def timing_of(contact: Contact) -> Timing:
    """When a contact wants e-mails, or what holds for those who never chose."""
    return Timing.objects.filter(contact=contact).first() or Timing(contact=contact)


@transaction.atomic
def set_timing(timing: Timing) -> None:
    """Keep when a contact wants e-mails. A new pace holds for all that was asked for so far."""
    before = timing_of(timing.contact).pace
    timing.save()
    if timing.pace != before:
        timing.contact.subscriptions.all().update(pace=timing.pace)


@transaction.atomic
def try_again(contact: Contact, person: Person, site: Site) -> bool:
    """Write to an address again because its owner says that it works.

    Somebody who has not proven that it is theirs only gets the e-mail in which its owner does.
    """
    if person.contact_id == contact.pk:
        return health.revive(contact.pk)
    may_ask = not contact.is_proven and contact.paused_for in (Why.GONE, Why.FAILING)
    if may_ask and health.revive(contact.pk):
        request_confirmation(contact, person, site)
    return may_ask


@transaction.atomic
def choose(
    contact: Contact, site: Site, person: Person, wanted: set[str], *, among: set[str]
) -> None:
    """Bring what a contact hears of because it concerns them in line with what they chose."""
    known = {wish.scope: wish for wish in queries.about_oneself(contact, site)}
    for scope in among & set(known) - wanted:
        stop(known[scope])
    for scope in wanted - set(known):
        follow_oneself(Scope(scope), site, person)


def stop(wish: Subscription) -> int:
    """End a wish of an address, whoever typed it; what waits to be sent for it stays here."""
    return queries.same_as(wish).end()


def stop_kind(contact: Contact, scope: Scope) -> int:
    """End every wish of a contact that is of this kind, whatever it is about."""
    return contact.subscriptions.filter(scope=scope).end()


@transaction.atomic
def stop_together(contact: Contact, wishes: Iterable[Subscription], site: Site) -> None:
    """End what a digest told of, and every wish on its site that would come in another one."""
    for wish in wishes:
        stop(wish)
    contact.subscriptions.all().on(site).exclude(pace=Pace.AT_ONCE).end()


@transaction.atomic
def stop_all(contact: Contact, why: Why = Why.STOPPED) -> None:
    """End every wish of a contact and write to it no more until its owner asks again."""
    contact.subscriptions.all().end()
    health.pause(contact.pk, why)


def unfollow(wish: Subscription, person: Person) -> int:
    """End a wish as far as it is this person's: their own, and those of their proven address."""
    theirs = queries.active_for(person).values("pk")
    return queries.same_as(wish).filter(pk__in=theirs).end()


UNSEEN = Prepared[int](
    lambda contact, comments: Delivery.objects.filter(
        contact=contact, comment_id__in=comments, seen_at=None
    ).values_list("pk", flat=True),
    "contact",
    Numbers("comments"),
)


def mark_seen(contact: int, comments: Iterable[int]) -> int:
    """Note that a contact has these comments before their eyes: they need no e-mail any more.

    Looks before it writes: most pages show nothing that anybody is to be told of.
    """
    ids = UNSEEN.all(contact=contact, comments=list(comments))
    return Delivery.objects.filter(pk__in=ids).update(seen_at=timezone.now()) if ids else 0
