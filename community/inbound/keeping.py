"""How long reports and answers are kept, and how they are forgotten. GDPR Art. 5(1)(e), 17."""

from datetime import timedelta

from django.utils import timezone

from community.accounts.models import Person
from community.inbound.models import AddressEvent, Answer

# Longer than a report counts as news: one that comes again meanwhile is still known.
EVENTS = timedelta(days=90)
ANSWERS = timedelta(days=365)


def erase(person: Person) -> None:
    """Remove what was reported of somebody's address, and where they answered by e-mail."""
    if person.contact_id:
        AddressEvent.objects.filter(contact=person.contact_id).delete()
    Answer.objects.filter(comment__person=person).delete()
    Answer.objects.filter(contact__people=person).delete()


def forget() -> int:
    """Remove what is old; the number of rows."""
    now = timezone.now()
    reports = AddressEvent.objects.filter(at__lt=now - EVENTS)
    return reports.delete()[0] + Answer.objects.filter(at__lt=now - ANSWERS).delete()[0]
