"""Mail servers that say what they could not deliver, and readers who press “this is spam”."""

import email
import logging
from datetime import timedelta
from email.message import Message

from django.db import transaction
from django.utils import timezone
from flufl.bounce import all_failures

from community.contacts import health
from community.contacts.addresses import normalise
from community.contacts.models import Contact
from community.inbound import events
from community.inbound.events import Report
from community.inbound.models import EventKind
from community.inbound.reading import Incoming, addresses_in
from community.mail import mailbox
from community.mail.mailbox import About, Tag
from community.mail.models import Email, Posting
from community.subscriptions.models import Delivery, Digest

log = logging.getLogger("parley.inbound")

# A report about an older e-mail is a replay, or says nothing about today.
NEWS_FOR = timedelta(days=30)
SOURCE = "mailbox"
DELIVERY_STATUS = "message/delivery-status"
COMPLAINTS = {"abuse", "fraud", "virus", "other", "opt-out"}


@transaction.atomic
def receive_bounce(incoming: Incoming, tag: Tag) -> bool:
    """Heed what a mail server says of an e-mail of ours; False if that is nothing."""
    contact = contact_of(tag)
    failed = failure_in(incoming)
    if contact is None or failed is None:
        return False
    kind, detail = failed
    note_return(tag, detail)
    # One failure for each e-mail, though three servers may tell of it.
    return events.note(Report(contact, kind, SOURCE, f"bounce {tag.about} {tag.ids[0]}", detail))


def note_return(tag: Tag, detail: str) -> None:
    """Have the e-mail that came back say so, and all that it told of."""
    (pk,) = tag.ids
    if tag.about == About.DELIVERY:
        Delivery.objects.filter(pk=pk).note_return(detail)
    elif tag.about == About.DIGEST:
        Digest.objects.filter(pk=pk).note_return(detail)
        Delivery.objects.filter(digest=pk).note_return(detail)
    else:
        Email.objects.filter(pk=pk).note_return(detail)


def failure_in(incoming: Incoming) -> tuple[EventKind, str] | None:
    """What went wrong for good; None for delays, receipts and whatever is no report at all."""
    message = email.message_from_bytes(incoming.raw)
    blocks = list(delivery_blocks(message))
    if blocks:
        failed = [block for block in blocks if words(block, "Action").startswith("failed")]
        return judged(failed[0]) if failed else None
    return (EventKind.GONE, "") if seems_permanent(message) else None


def delivery_blocks(message: Message) -> list[Message]:
    """The parts of a report that each speak of one recipient (RFC 3464)."""
    reports = [part for part in message.walk() if part.get_content_type() == DELIVERY_STATUS]
    blocks = [block for part in reports for block in part.walk() if block is not part]
    return [block for block in blocks if "Action" in block]


def words(block: Message, name: str) -> str:
    """A field of a report in lower case."""
    return str(block.get(name, "")).strip().lower()


def judged(block: Message) -> tuple[EventKind, str]:
    """Whether the address is gone, or only this e-mail did not arrive."""
    status = (words(block, "Status").split() or [""])[0]
    code = code_in(words(block, "Diagnostic-Code"))
    is_final = status.startswith("5.") or not status
    is_gone = is_final and health.means_gone(status, code or 0)
    return (EventKind.GONE if is_gone else EventKind.FAILED), status


def code_in(diagnostic: str) -> int | None:
    """The SMTP code in “smtp; 550 5.1.1 …”."""
    said = diagnostic.partition(";")[2].split()
    return int(said[0][:3]) if said and said[0][:3].isdecimal() else None


def seems_permanent(message: Message) -> bool:
    """Whether a report that keeps to no standard says that an address is gone."""
    try:
        _temporary, permanent = all_failures(message)
    except Exception:
        log.exception("A bounce could not be read")
        return False
    return bool(permanent)


def contact_of(tag: Tag) -> Contact | None:
    """To whom the e-mail went that an address of ours stands for, if that was not long ago."""
    posting: dict[About, type[Posting]] = {About.DELIVERY: Delivery, About.DIGEST: Digest}
    row = posting.get(tag.about, Email)._base_manager.filter(pk=tag.ids[0]).first()
    if row is None or row.created_at < timezone.now() - NEWS_FOR:
        return None
    if isinstance(row, Email):
        return Contact.objects.filter(address=normalise(row.to)).first()
    assert isinstance(row, Delivery | Digest)  # noqa: S101 - there are no others
    return row.contact


# --- complaints ---


def is_complaint(incoming: Incoming) -> bool:
    """Whether it is a report by a mail provider (RFC 5965)."""
    reports = str(incoming.message.get_param("report-type", "") or "").lower()
    return incoming.message.get_content_type() == "multipart/report" and (
        reports == "feedback-report"
    )


def receive_complaint(incoming: Incoming) -> bool:
    """Stop all e-mails to whoever called one of ours spam; the signed address in it proves it."""
    message = email.message_from_bytes(incoming.raw)
    if feedback_type(message) not in COMPLAINTS:
        return False
    for tag in signed_in(message):
        contact = complainer(tag)
        if contact:
            about = "-".join(map(str, tag.ids))
            identity = f"complaint {tag.about} {about}"
            return events.note(Report(contact, EventKind.COMPLAINT, SOURCE, identity))
    return False


def feedback_type(message: Message) -> str:
    """What kind of report it is: “abuse” is the press on the button."""
    for part in message.walk():
        if part.get_content_type() == "message/feedback-report":
            payload = part.get_payload()
            block = (
                payload[0] if isinstance(payload, list) else email.message_from_string(str(payload))
            )
            return words(block, "Feedback-Type") if isinstance(block, Message) else ""
    return ""


def signed_in(message: Message) -> list[Tag]:
    """Our own addresses in the e-mail that was complained about, or in the report on it."""
    found: list[str] = []
    for part in message.walk():
        if part is not message and not part.is_multipart():
            block = email.message_from_string(str(part.get_payload()))
            found += lines_of(block)
        found += lines_of(part) if part is not message else []
    return [tag for address in addresses_in(found) if (tag := mailbox.read(address))]


def lines_of(block: Message) -> list[str]:
    """The headers in which our signed addresses stand."""
    names = ("Original-Mail-From", "Return-Path", "Reply-To")
    return [str(line) for name in names for line in block.get_all(name, [])]


def complainer(tag: Tag) -> Contact | None:
    """Whose e-mail it was."""
    if tag.about != About.ANSWER:
        return contact_of(tag)
    contact, comment = tag.ids
    told = Delivery.objects.filter(contact=contact, comment=comment).only("pk").first()
    return contact_of(Tag(About.DELIVERY, (told.pk,))) if told else None
