"""Leaves a service alone that does not answer, so that no worker waits for it again and again."""

from datetime import datetime, timedelta

from django.db.models import F
from django.db.models.functions import Coalesce
from django.utils import timezone

from moderation.models import Breaker

MOST_FAILURES = 5
REST = timedelta(seconds=30)


def may_ask(name: str) -> bool:
    """Whether to ask now. Of many who would after a rest, one may: the others hear what comes."""
    row = Breaker.objects.filter(name=name).first()
    if row is None or row.rests_until is None:
        return True
    now = timezone.now()
    rested = Breaker.objects.filter(name=name, rests_until=row.rests_until, rests_until__lte=now)
    return bool(rested.update(rests_until=now + REST))


def failed(name: str) -> None:
    """Count a silence; the fifth in a row begins a rest."""
    Breaker.objects.get_or_create(name=name)
    now = timezone.now()
    mine = Breaker.objects.filter(name=name)
    mine.update(failures=F("failures") + 1, silent_since=Coalesce("silent_since", now))
    mine.filter(failures__gte=MOST_FAILURES).update(rests_until=now + REST)


def answered(name: str) -> None:
    """Forget all silences."""
    mine = Breaker.objects.filter(name=name, failures__gt=0)
    mine.update(failures=0, silent_since=None, rests_until=None)


def silent_since(name: str) -> datetime | None:
    """Since when a service is left alone, if it is."""
    resting = Breaker.objects.filter(name=name, rests_until__isnull=False)
    return resting.values_list("silent_since", flat=True).first()
