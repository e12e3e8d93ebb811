"""How long what was told to people is kept, and how it is forgotten."""

from datetime import timedelta

from django.db.models import Q
from django.utils import timezone

from community.accounts.models import Person
from moderation.models import AppealState, Statement

# The words are needed while one can object, and a little longer while an answer is due.
WORDS = timedelta(days=250)
STATEMENTS = timedelta(days=2 * 365)


def erase(person: Person) -> None:
    """Remove what somebody was told and what they said against it; the log of decisions stays."""
    theirs = Q(person=person) | Q(comment__person=person)
    Statement.objects.filter(theirs).delete()


def forget() -> int:
    """Blank the words of settled statements, and remove those that are two years old."""
    return forget_words() + forget_statements()


def forget_words() -> int:
    """What a comment said, once nobody can object any more and every objection is answered."""
    old = Statement.objects.filter(at__lt=timezone.now() - WORDS).exclude(words="")
    return old.exclude(appeal__state=AppealState.OPEN).update(words="")


def forget_statements() -> int:
    """Statements and objections of years ago."""
    old = Statement.objects.filter(at__lt=timezone.now() - STATEMENTS)
    return old.exclude(appeal__state=AppealState.OPEN).delete()[0]
