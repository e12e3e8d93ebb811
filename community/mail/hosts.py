"""Domains that hold up the line rest; one e-mail tries for all when the rest is over.

A plain “not now” costs nobody time and is the affair of one e-mail. Silence costs everybody else's
time: after the first nothing goes there for a while, however many workers there are, and nothing
at all where it was our own mail server that was silent. So do lines that break again and again.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import F, Q
from django.utils import timezone

from community.mail.models import MailHost
from community.outbox.models import LEASE

# Our own mail server, through which everything goes.
OURS = ""
REST = timedelta(minutes=1)
LONGEST_REST = timedelta(hours=1)
# All e-mails wait for our own server: it is asked again sooner.
OUR_REST = timedelta(seconds=5)
OUR_LONGEST_REST = timedelta(minutes=1)
# A host that needs longer for one e-mail may have a fifth of a line, no more.
SLOW = timedelta(seconds=3)
SLOW_RESTS = 4
# Lines broken at once cost little, and may be the fault of one e-mail.
MOST_BROKEN = 3
# A pace is kept on average over so long: workers look again every two seconds.
AHEAD = timedelta(seconds=3)


def away() -> set[str]:
    """Where nothing may go now: what rests, what waits to be tried, what is ahead of its pace."""
    too_fast = Q(free_at__gt=timezone.now() + AHEAD)
    gone = MailHost.objects.filter(Q(rests_until__isnull=False) | too_fast)
    return set(gone.values_list("name", flat=True))


def trouble(name: str, took: timedelta = SLOW) -> None:
    """Let a host rest that has cost time, twice as long each time; a broken line is no rest yet."""
    MailHost.objects.get_or_create(name=name)
    mine = MailHost.objects.filter(name=name)
    mine.filter(troubles__lt=100).update(troubles=F("troubles") + 1)
    times = mine.values_list("troubles", flat=True).get()
    if took >= SLOW or times >= MOST_BROKEN:
        mine.update(rests_until=timezone.now() + rest_after(times, name))


def rest_after(times: int, name: str) -> timedelta:
    """How long to leave a host alone after so many troubles lately."""
    first, longest = (OUR_REST, OUR_LONGEST_REST) if name == OURS else (REST, LONGEST_REST)
    doubled: int = 2 ** min(times - 1, 10)
    return min(first * doubled, longest)


def slow(name: str, took: timedelta) -> None:
    """Let a host rest that answered, but took its time over it."""
    rests_until = timezone.now() + took * SLOW_RESTS
    MailHost.objects.update_or_create(name=name, defaults={"rests_until": rests_until})


def to_try(*, ours: bool = False) -> MailHost | None:
    """One host whose rest is over, for this caller alone to try; or our own mail server."""
    now = timezone.now()
    rested = MailHost.objects.filter(rests_until__lte=now)
    rested = rested.filter(name=OURS) if ours else rested.exclude(name=OURS)
    host = rested.order_by("rests_until").first()
    if host is None:
        return None
    mine = MailHost.objects.filter(name=host.name, rests_until=host.rests_until)
    host.rests_until = now + LEASE
    return host if mine.update(rests_until=host.rests_until) else None


def tried(host: MailHost) -> bool:
    """Forget a host's troubles, unless trying it has brought a new one."""
    same = MailHost.objects.filter(name=host.name, rests_until=host.rests_until)
    same.filter(free_at__isnull=False).update(troubles=0, rests_until=None)
    same.filter(free_at=None).delete()
    return not MailHost.objects.filter(name=host.name, rests_until__isnull=False).exists()


def may_take(name: str) -> bool:
    """Whether one more e-mail may go to this host now; always, where no pace is set."""
    if not settings.MAIL_PER_MINUTE:
        return True
    MailHost.objects.get_or_create(name=name)
    while True:
        before = MailHost.objects.values_list("free_at", flat=True).get(name=name)
        now = timezone.now()
        if before and before > now + AHEAD:
            return False
        if move_on(name, before, now):
            return True


def move_on(name: str, before: datetime | None, now: datetime) -> bool:
    """Take the next place in a host's pace, unless another worker has just taken it."""
    gap = timedelta(minutes=1) / settings.MAIL_PER_MINUTE
    mine = MailHost.objects.filter(name=name, free_at=before)
    return bool(mine.update(free_at=max(before or now, now) + gap))


def forget() -> int:
    """Remove hosts of which nothing has been heard for a day; their number."""
    day_ago = timezone.now() - timedelta(days=1)
    old = MailHost.objects.filter(Q(rests_until=None) | Q(rests_until__lt=day_ago))
    return old.filter(Q(free_at=None) | Q(free_at__lt=day_ago)).delete()[0]
