"""Whose turn it is: an e-mail that is due leaves, waits, or joins others of the same contact."""

import time
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import (
    Count,
    DateTimeField,
    IntegerField,
    Max,
    Model,
    OuterRef,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce, Greatest
from django.utils import timezone

from community.contacts.models import Contact
from community.mail.message import Message
from community.mail.models import MailState
from community.mail.sender import LeaseLost, Settled, Skip
from community.subscriptions import notices, timing
from community.subscriptions.models import Delay, Delivery, Digest, Pace, Timing
from community.subscriptions.obstacles import obstacles
from community.subscriptions.timing import DAY, Hold

# Seconds: an answer for a whole batch is old after that. So long may one more e-mail follow a stop.
CLEARED_FOR = 1.0
# By delivery: how many e-mails left within a day, and when the last one about its thread did.
Past = dict[int, tuple[int, datetime | None]]
LONG_AGO = datetime(1970, 1, 1, tzinfo=timezone.get_default_timezone())


def look_ahead(batch: Sequence[Delivery]) -> None:
    """Find out at once for a whole batch, claimed together, which e-mails may leave.

    About all others, and what is not on its way soon, `compose` asks again, one by one.
    """
    now, asked = timezone.now(), time.monotonic()
    unwanted = obstacles(list(batch))
    # Of several to one contact, what follows the first depends on it.
    first = {row.contact_id: row for row in reversed(batch) if row.pk not in unwanted}
    for row in take_turns(first, now):
        row.begun_at, row.cleared_at = row.begun_at or now, asked


@transaction.atomic
def take_turns(rows: Mapping[int, Delivery], now: datetime) -> list[Delivery]:
    """Note of all that may leave now that they do, as `takes_turn` does for one."""
    people = Contact.objects.filter(pk__in=rows).order_by("pk")
    list(people.select_for_update(no_key=True).values_list("pk"))
    habits = Timing.objects.in_bulk(rows)
    past = so_far([row.pk for row in rows.values()], now)
    leaving = [
        row
        for contact, row in rows.items()
        if is_free(row, habits.get(contact) or Timing(), now, past)
    ]
    begin_together(leaving, now)
    return leaving


def is_free(delivery: Delivery, habits: Timing, now: datetime, past: Past) -> bool:
    """Whether an e-mail may leave; what had its turn before waits for nothing but quiet hours."""
    if delivery.begun_at:
        return not timing.is_quiet(now, habits)
    return hold(delivery, habits, now, past) is None


def begin_together(rows: Sequence[Delivery], now: datetime) -> None:
    """Note that these leave now; raises LeaseLost if another worker has one of them."""
    leases = {row.lease_until for row in rows}
    mine = Delivery.objects.filter(pk__in=[row.pk for row in rows], lease_until__in=leases)
    if mine.update(begun_at=Coalesce("begun_at", now)) < len(rows):
        raise LeaseLost


def compose(delivery: Delivery) -> Message | Skip | Settled:
    """The e-mail if it is wanted and its turn has come; else it waits, or joins others."""
    if time.monotonic() - delivery.cleared_at < CLEARED_FOR:
        return notices.written(delivery)
    message = notices.compose(delivery)
    if isinstance(message, Skip) or takes_turn(delivery):
        return message
    return Settled()


@transaction.atomic
def takes_turn(delivery: Delivery) -> bool:
    """Whether an e-mail may leave now; if not, it is settled.

    The lock of the contact makes two workers take turns: of two replies in one moment one leaves
    and the other is gathered, and nobody gets more in a day than they want.
    """
    now = timezone.now()
    habits = locked_timing(delivery.contact)
    if delivery.begun_at:
        return not puts_off(delivery, now, habits)
    held = hold(delivery, habits, now, so_far([delivery.pk], now))
    if held:
        join(delivery, held)
    else:
        begin(delivery, now)
    return held is None


def hold(delivery: Delivery, habits: Timing, now: datetime, past: Past) -> Hold | None:
    """Why an e-mail must wait; None if it may leave. Raises LeaseLost if it has been erased."""
    if delivery.pk not in past:
        raise LeaseLost
    today, last_here = past[delivery.pk]
    return timing.hold(now, habits, today=today, last_here=last_here)


def locked_timing(contact: Contact) -> Timing:
    """When a contact wants e-mails; nobody else decides about them until the transaction ends."""
    Contact.objects.select_for_update(no_key=True).get(pk=contact.pk)
    return Timing.objects.filter(contact=contact).first() or Timing(contact=contact)


def puts_off(row: Delivery | Digest, now: datetime, habits: Timing) -> bool:
    """Whether a further try would disturb: it waits for the end of the quiet hours."""
    quiet = timing.is_quiet(now, habits)
    if quiet:
        row.settle(due=timing.after_quiet(now, habits))
    return quiet


def number_today(contact: Contact) -> int:
    """How many e-mails about comments left to a contact within a day."""
    alone, together = left_since(timezone.now() - DAY, contact=OuterRef("pk"))
    counted = Contact.objects.filter(pk=contact.pk)
    number: int = counted.values_list(number_of(alone) + number_of(together), flat=True).get()
    return number


def so_far(rows: Collection[int], now: datetime) -> Past:
    """By delivery: how many e-mails its contact got within a day, and when the last of its thread.

    What is not among the answers has been erased.
    """
    alone, together = left_since(now - DAY, contact=OuterRef("contact"))
    here = OuterRef("comment__thread")
    found = Delivery.objects.filter(pk__in=rows).values_list(
        "pk",
        number_of(alone) + number_of(together),
        Greatest(
            latest_of(alone.filter(comment__thread=here)),
            latest_of(together.filter(parts__comment__thread=here)),
        ),
    )
    return {pk: (number, None if last == LONG_AGO else last) for pk, number, last in found}


def left_since(
    moment: datetime, *, contact: OuterRef
) -> tuple[QuerySet[Delivery], QuerySet[Digest]]:
    """What had its turn since then, alone and together with others."""
    sent = {"contact": contact, "begun_at__gt": moment}
    return Delivery.objects.filter(**sent), Digest.objects.filter(**sent)


def number_of(rows: QuerySet[Model]) -> Combinable:
    """How many rows belong to the outer row."""
    counted = rows.order_by().values("contact").annotate(number=Count("pk")).values("number")
    return Coalesce(Subquery(counted), Value(0), output_field=IntegerField())


def latest_of(rows: QuerySet[Model]) -> Combinable:
    """When the last of these began; long ago where there is none."""
    latest = rows.order_by().values("contact").annotate(last=Max("begun_at")).values("last")
    return Coalesce(Subquery(latest), Value(LONG_AGO), output_field=DateTimeField())


def begin(row: Delivery | Digest, now: datetime) -> None:
    """Note that it leaves now; raises LeaseLost if another worker has it."""
    mine = type(row)._base_manager.filter(pk=row.pk, attempts=row.attempts)
    if not mine.update(begun_at=now):
        raise LeaseLost
    row.begun_at = now


def join(delivery: Delivery, held: Hold) -> None:
    """Put an e-mail with others that leave together later."""
    delivery.settle(state=MailState.GATHERED, delay=held.why, digest=open_digest(delivery, held))


def open_digest(delivery: Delivery, held: Hold) -> Digest:
    """The digest that others of the same contact join too, made when there is none."""
    site, contact = delivery.comment.site_id, delivery.contact_id
    pace = Pace.DAILY if held.why == Delay.CAP else Pace.AT_ONCE
    thread = delivery.comment.thread_id if held.why == Delay.GATHERED else None
    wanted = Digest(contact_id=contact, site_id=site, pace=pace, thread_id=thread, due=held.until)
    # ignore_conflicts is the constraint's way of saying that one is open already.
    Digest.objects.bulk_create([wanted], ignore_conflicts=True)
    return Digest.objects.open().get(contact=contact, site=site, pace=pace, thread=thread)
