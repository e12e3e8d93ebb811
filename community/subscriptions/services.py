"""Asking for e-mails, confirming an address, and stopping."""

from datetime import timedelta

from django.db import transaction
from django.db.models import Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from community.accounts.models import Person
from community.comments.models import Comment
from community.contacts.models import Contact
from community.outbox import services as outbox
from community.sites.models import Site
from community.subscriptions import queries
from community.subscriptions.models import Scope, Subscription
from community.threads.models import Thread

# Whatever is being announced while someone confirms is announced by then, or seen to be open.
CATCH_UP_AFTER = timedelta(seconds=3)


@transaction.atomic
def follow_own(comment: Comment, contact: Contact, person: Person) -> None:
    """Note that the author wants to hear when this comment is published or answered."""
    wish = Subscription(scope=Scope.OWN, thread=comment.thread, comment=comment, contact=contact)
    follow(wish, person)


@transaction.atomic
def follow_thread(thread: Thread, contact: Contact, person: Person) -> None:
    """Note that someone wants to hear of every new comment in a thread."""
    follow(Subscription(scope=Scope.THREAD, thread=thread, contact=contact), person)


def follow(wish: Subscription, person: Person) -> None:
    """Keep a wish; it counts at once if this person has proven the address, else after that.

    A wish typed by someone else for an address that has it already changes nothing.
    """
    if not queries.same_as(wish).entitled().exists():
        renew(wish, person)
    if person.contact_id == wish.contact_id:
        Contact.objects.filter(pk=wish.contact_id).update(paused_at=None)
    else:
        request_confirmation(wish.contact, person, wish.thread.site)


def renew(wish: Subscription, person: Person) -> None:
    """Store a wish, or begin an ended one anew: what became public before is no news."""
    now = timezone.now()
    Subscription.objects.update_or_create(
        contact=wish.contact,
        scope=wish.scope,
        thread=wish.thread,
        comment=wish.comment,
        person=person,
        defaults={
            # Read anew: the comment itself may have become public a moment ago.
            "since": Thread.objects.values_list("publications", flat=True).get(pk=wish.thread_id),
            "created_at": now,
            "confirmed_at": now if person.contact_id == wish.contact_id else None,
            "ended_at": None,
        },
    )


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
        proven_at=Coalesce("proven_at", Value(now)), paused_at=None
    )
    # A member's address is the one of their account.
    Person.objects.filter(pk=person.pk, user=None).update(contact=contact)
    wishes = Subscription.objects.active().filter(contact=contact, person=person)
    wishes.filter(confirmed_at=None).update(confirmed_at=now)
    outbox.enqueue("catch-up", {"contact": contact.pk}, due=now + CATCH_UP_AFTER)


def stop(wish: Subscription) -> int:
    """End a wish of an address, whoever typed it; what waits to be sent for it stays here."""
    return queries.same_as(wish).end()


@transaction.atomic
def stop_all(contact: Contact) -> None:
    """End every wish of a contact and write to it no more until its owner asks again."""
    contact.subscriptions.all().end()
    Contact.objects.filter(pk=contact.pk, paused_at=None).update(paused_at=timezone.now())


def unfollow(wish: Subscription, person: Person) -> int:
    """End a wish as far as it is this person's: their own, and those of their proven address."""
    theirs = queries.active_for(person).values("pk")
    return queries.same_as(wish).filter(pk__in=theirs).end()
