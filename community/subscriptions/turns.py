"""Whose turn it is: an e-mail that is due leaves, waits, or joins others of the same contact."""

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
from community.subscriptions.timing import DAY, Hold

LONG_AGO = datetime(1970, 1, 1, tzinfo=timezone.get_default_timezone())


def compose(delivery: Delivery) -> Message | Skip | Settled:
    """The e-mail if it is wanted and its turn has come; else it waits, or joins others."""
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
    today, last_here = so_far(delivery.contact, delivery.comment.thread_id, now)
    held = timing.hold(now, habits, today=today, last_here=last_here)
    if held:
        join(delivery, held)
    else:
        begin(delivery, now)
    return held is None


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
    return so_far(contact, 0, timezone.now())[0]


def so_far(contact: Contact, thread: int, now: datetime) -> tuple[int, datetime | None]:
    """How many e-mails left within a day, and when the last one about this thread did."""
    alone = Delivery.objects.filter(contact=OuterRef("pk"), begun_at__gt=now - DAY)
    together = Digest.objects.filter(contact=OuterRef("pk"), begun_at__gt=now - DAY)
    found = Contact.objects.filter(pk=contact.pk).values_list(
        number_of(alone) + number_of(together),
        Greatest(
            latest_of(alone.filter(comment__thread=thread)),
            latest_of(together.filter(parts__comment__thread=thread)),
        ),
    )
    number, last = found.get()
    return number, None if last == LONG_AGO else last


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
