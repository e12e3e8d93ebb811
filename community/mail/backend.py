"""Django's door for e-mail: whatever is sent through it becomes a row first."""

from collections.abc import Sequence
from email.utils import parseaddr

from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend

from community.mail.services import ACCOUNT, post


class OutboxBackend(BaseEmailBackend):
    """Account e-mails of allauth and Django, kept until they are sent."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Write one row per recipient; their number."""
        return sum(self._post(message) for message in email_messages)

    def _post(self, message: EmailMessage) -> int:
        recipients = message.recipients()
        for recipient in recipients:
            post(
                kind=ACCOUNT,
                to=recipient,
                subject=str(message.subject),
                text=str(message.body),
                html=html_of(message),
                sender_name=parseaddr(message.from_email)[0],
            )
        return len(recipients)


def html_of(message: EmailMessage) -> str:
    """The HTML half of a message, if it has one."""
    if not isinstance(message, EmailMultiAlternatives):
        return ""
    parts = (str(body) for body, kind in message.alternatives if kind == "text/html")
    return next(parts, "")
