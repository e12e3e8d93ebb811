"""Times as pages show them: formatting one costs twice as much as the rest of a comment."""

from collections.abc import Callable
from datetime import date, datetime, time
from functools import lru_cache
from typing import NamedTuple

from django.utils.formats import date_format, time_format
from django.utils.timezone import get_current_timezone
from django.utils.translation import get_language


class Moment(NamedTuple):
    """One time: for machines, its day, for the eye, and with its zone for whoever points at it."""

    machine: str
    day: str
    words: str
    exact: str


def moment_of(when: datetime) -> Moment:
    """A stored time in the reader's language; two comments of one minute share the work."""
    return clock()(when)


def clock() -> Callable[[datetime], Moment]:
    """What tells many times to one reader."""
    language, zone = get_language(), get_current_timezone()
    return lambda when: moment_in(language, when.astimezone(zone).replace(microsecond=0))


@lru_cache(maxsize=4096)
def moment_in(language: str | None, when: datetime) -> Moment:
    """A local time in a language."""
    day = day_in(language, when.date())
    words = f"{day}, {clock_in(language, when.time())}"
    return Moment(when.isoformat(), day, words, f"{words} {when.tzname()}")


@lru_cache(maxsize=1024)
def day_in(language: str | None, day: date) -> str:
    """A day in a language, which is the one in force."""
    return date_format(day, "DATE_FORMAT")


def clock_in(language: str | None, clock: time) -> str:
    """A time of day in a language."""
    return minute_in(language, clock.replace(second=0))


@lru_cache(maxsize=1440)
def minute_in(language: str | None, minute: time) -> str:
    """A minute in a language, which is the one in force."""
    return time_format(minute, "TIME_FORMAT")
