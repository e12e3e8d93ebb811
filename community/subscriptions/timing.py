"""When an e-mail may leave: at once, later, or together with others. Nothing here asks a row."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from community.subscriptions.models import Delay, Pace, Timing

GATHERED_WITHIN = timedelta(minutes=5)
DAY = timedelta(days=1)
# When the e-mails that come once a day leave, in the reader's own time; once a week, on Monday.
MORNING = 8
# How long the news of an e-mail lasts beyond its pace: what is older came back from a backup.
LASTS = timedelta(days=3)
PERIOD = {
    Pace.AT_ONCE: timedelta(0),
    Pace.HOURLY: timedelta(hours=1),
    Pace.DAILY: DAY,
    Pace.WEEKLY: 7 * DAY,
}


@dataclass(frozen=True)
class Hold:
    """An e-mail shall wait until then, and why."""

    until: datetime
    why: Delay


def hold(now: datetime, timing: Timing, *, today: int, last_here: datetime | None) -> Hold | None:
    """Why an e-mail that is wanted at once must wait; None if it may leave.

    `today` is how many left within a day, `last_here` when the last one about this thread did.
    """
    if today >= timing.most_a_day:
        return Hold(next_slot(Pace.DAILY, now, timing), Delay.CAP)
    if is_quiet(now, timing):
        return Hold(after_quiet(now, timing), Delay.QUIET)
    if last_here and now < last_here + GATHERED_WITHIN:
        return Hold(after_quiet(last_here + GATHERED_WITHIN, timing), Delay.GATHERED)
    return None


def is_quiet(moment: datetime, timing: Timing) -> bool:
    """Whether a moment lies in somebody's quiet hours, which may reach over midnight."""
    hour, start, end = local(moment, timing).hour, timing.quiet_from, timing.quiet_until
    if start <= end:
        return start <= hour < end
    return hour >= start or hour < end


def after_quiet(moment: datetime, timing: Timing) -> datetime:
    """The moment itself, or when the quiet hours around it end."""
    while is_quiet(moment, timing):
        moment = next_hour(moment, timing)
    return moment


def next_slot(pace: Pace, moment: datetime, timing: Timing) -> datetime:
    """When what is gathered at this pace leaves next, after a moment and outside quiet hours."""
    match pace:
        case Pace.AT_ONCE:
            slot = moment
        case Pace.HOURLY:
            slot = next_hour(moment, timing)
        case _:
            slot = next_morning(moment, timing, weekly=pace == Pace.WEEKLY)
    return after_quiet(slot, timing)


def next_hour(moment: datetime, timing: Timing) -> datetime:
    """The beginning of the next hour on the reader's clock; some zones are off by half an hour."""
    past = local(moment, timing)
    begun = timedelta(minutes=past.minute, seconds=past.second, microseconds=past.microsecond)
    return moment - begun + timedelta(hours=1)


def next_morning(moment: datetime, timing: Timing, *, weekly: bool) -> datetime:
    """The next morning on the reader's clock, or the next one of a Monday."""
    here = local(moment, timing)
    morning = here.replace(hour=MORNING, minute=0, second=0, microsecond=0, fold=0)
    if weekly:
        morning += timedelta(days=-morning.weekday() % 7)
    while morning <= here:
        morning += 7 * DAY if weekly else DAY
    return morning.astimezone(UTC)


def local(moment: datetime, timing: Timing) -> datetime:
    """A moment on the reader's clock."""
    return moment.astimezone(ZoneInfo(timing.zone))


def is_over(pace: Pace, written: datetime, now: datetime) -> bool:
    """Whether an e-mail written then is no news any more."""
    return now > written + PERIOD[pace] + LASTS
