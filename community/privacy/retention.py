"""How long personal data stays, and its removal in time. GDPR Art. 5(1)(e)."""

from datetime import timedelta

from django.utils import timezone

from community.comments.models import Comment
from community.consent.models import ConsentRecord
from community.contacts.models import Contact
from community.mail.models import Email, MailState
from community.privacy import register
from community.subscriptions.models import Subscription

NETWORKS = timedelta(days=30)
UNCONFIRMED_WISHES = timedelta(days=7)
SENT_EMAILS = timedelta(days=30)
# Long enough to prove a choice that has ended, GDPR Art. 7(1).
CHOICES = timedelta(days=2 * 365)


def forget() -> int:
    """Remove what is older than it may be; the number of rows touched."""
    return (
        forget_networks()
        + forget_unconfirmed()
        + forget_emails()
        + forget_choices()
        + forget_unused_addresses()
        + register.forget()
    )


def forget_networks() -> int:
    """From where a comment was sent is of no use after thirty days."""
    old = Comment.objects.exclude(network="").filter(created_at__lt=timezone.now() - NETWORKS)
    return old.update(network="")


def forget_unconfirmed() -> int:
    """A wish nobody has confirmed in seven days was not theirs, or is not wanted."""
    limit = timezone.now() - UNCONFIRMED_WISHES
    return Subscription.objects.filter(confirmed_at=None, created_at__lt=limit).delete()[0]


def forget_emails() -> int:
    """The words of finished e-mails; deliveries keep their row, so that none is sent again."""
    done = Email.objects.exclude(state=MailState.WAITING)
    return done.filter(created_at__lt=timezone.now() - SENT_EMAILS).delete()[0]


def forget_choices() -> int:
    """What somebody chose about cookies years ago."""
    return ConsentRecord.objects.filter(at__lt=timezone.now() - CHOICES).delete()[0]


def forget_unused_addresses() -> int:
    """An address that stands for nobody: no comment, no person, no wish, no e-mail."""
    unused = Contact.objects.filter(people=None, comments=None, subscriptions=None, deliveries=None)
    return unused.filter(created_at__lt=timezone.now() - UNCONFIRMED_WISHES).delete()[0]
