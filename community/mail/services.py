"""Putting an e-mail on its way, in the transaction of the fact it tells of."""

import uuid
from collections.abc import Mapping

from django.conf import settings
from django.db import transaction

from community.mail.mailbox import About, bounce_address
from community.mail.message import Message, one_line
from community.mail.models import Email
from community.outbox.services import nudge

SEND_TASK = "community.mail.tasks.send_due"
# Logging in, passwords, codes: what nobody stops, and what must not suffer from what others stop.
ACCOUNT = "account"


def post(
    *,
    kind: str,
    to: str,
    subject: str,
    text: str,
    html: str = "",
    sender_name: str = "",
    headers: Mapping[str, str] | None = None,
    message_id: str = "",
) -> Email:
    """Write an e-mail to be sent after the caller's transaction commits.

    With a `message_id`, an e-mail of the same name stands for this one: it is written once.
    """
    email, _made = Email.objects.get_or_create(
        message_id=message_id or f"<{uuid.uuid4()}@{mail_domain()}>",
        defaults={
            "kind": kind,
            "to": to,
            "subject": one_line(subject)[:250],
            "text": text,
            "html": html,
            "sender_name": sender_name,
            "headers": dict(headers or {}),
        },
    )
    transaction.on_commit(lambda: nudge(SEND_TASK), robust=True)
    return email


def message_of(email: Email) -> Message:
    """The e-mail as it goes out."""
    return Message(
        sender=settings.ACCOUNT_MAIL_FROM if email.kind == ACCOUNT else settings.MAIL_FROM,
        sender_name=email.sender_name,
        to=email.to,
        subject=email.subject,
        text=email.text,
        html=email.html,
        message_id=email.message_id,
        headers=email.headers,
        bounces_to=bounce_address(About.EMAIL, email.pk),
    )


def mail_domain() -> str:
    """The domain our e-mails come from."""
    return settings.MAIL_FROM.rpartition("@")[2]
