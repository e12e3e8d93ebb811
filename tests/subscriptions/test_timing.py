"""When an e-mail may leave, asked of any moment, zone and wish."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import example, given
from hypothesis import strategies as st

from community.subscriptions import timing
from community.subscriptions.models import Delay, Pace, Timing

HOUR = timedelta(hours=1)
ZONES = ["UTC", "Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe"]
moments = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC))
habits = st.builds(
    Timing,
    zone=st.sampled_from(ZONES),
    quiet_from=st.integers(0, 23),
    quiet_until=st.integers(0, 23),
    most_a_day=st.integers(1, 100),
)
together = st.sampled_from([Pace.HOURLY, Pace.DAILY, Pace.WEEKLY])


def at(*parts: int, zone: str = "UTC") -> datetime:
    """A moment on a clock somewhere."""
    return datetime(*parts, tzinfo=ZoneInfo(zone))  # type: ignore[arg-type,misc]


@given(moments, habits, together)
@example(at(2026, 3, 29, 0, 30), Timing(zone="Europe/Berlin", quiet_from=1, quiet_until=4), "daily")
def test_a_slot_lies_ahead_is_not_quiet_and_not_further_than_its_pace(
    now: datetime, wish: Timing, pace: Pace
) -> None:
    slot = timing.next_slot(Pace(pace), now, wish)
    assert slot > now
    assert not timing.is_quiet(slot, wish)
    # A quiet night may follow, and an hour may be lost or won.
    assert slot - now <= timing.PERIOD[Pace(pace)] + 25 * HOUR


@given(moments, habits, together)
def test_what_is_written_before_a_slot_leaves_with_it(
    now: datetime, wish: Timing, pace: Pace
) -> None:
    slot = timing.next_slot(pace, now, wish)
    between = now + (slot - now) * 0.5
    assert timing.next_slot(pace, between, wish) <= slot or timing.is_quiet(between, wish)


@given(moments, habits)
def test_quiet_hours_end_at_a_full_hour_of_ones_own(now: datetime, wish: Timing) -> None:
    end = timing.after_quiet(now, wish)
    assert end >= now
    assert not timing.is_quiet(end, wish)
    if end != now:
        assert timing.is_quiet(now, wish)
        assert end.astimezone(ZoneInfo(wish.zone)).minute in (0, 30)


@given(
    moments,
    habits,
    st.integers(0, 120),
    st.none() | st.timedeltas(timedelta(0), timedelta(minutes=20)),
)
def test_an_e_mail_leaves_or_waits_for_a_moment_when_it_may(
    now: datetime, wish: Timing, today: int, ago: timedelta | None
) -> None:
    last = None if ago is None else now - ago
    held = timing.hold(now, wish, today=today, last_here=last)
    if held is None:
        assert today < wish.most_a_day
        assert not timing.is_quiet(now, wish)
        assert ago is None or ago >= timing.GATHERED_WITHIN
    else:
        assert held.until > now
        assert not timing.is_quiet(held.until, wish)


@given(moments, habits, together)
def test_nothing_that_waits_for_its_slot_is_over_before_it(
    now: datetime, wish: Timing, pace: Pace
) -> None:
    assert not timing.is_over(pace, now, timing.next_slot(pace, now, wish) + 48 * HOUR)


def test_once_a_day_is_in_the_morning_where_the_reader_is() -> None:
    wish = Timing(zone="America/New_York")
    assert timing.next_slot(Pace.DAILY, at(2026, 7, 1, 11, 59), wish) == at(2026, 7, 1, 12)
    assert timing.next_slot(Pace.DAILY, at(2026, 7, 1, 12), wish) == at(2026, 7, 2, 12)
    assert timing.next_slot(Pace.DAILY, at(2026, 12, 1, 12), wish) == at(2026, 12, 1, 13)


def test_once_a_week_is_on_monday() -> None:
    sunday = at(2026, 11, 22, 12)
    assert timing.next_slot(Pace.WEEKLY, sunday, Timing()) == at(2026, 11, 23, 8)
    assert timing.next_slot(Pace.WEEKLY, at(2026, 11, 23, 8), Timing()) == at(2026, 11, 30, 8)


def test_a_quiet_night_reaches_over_midnight() -> None:
    wish = Timing(quiet_from=22, quiet_until=7, zone="Europe/Berlin")
    night = at(2026, 11, 22, 23, 30, zone="Europe/Berlin")
    held = timing.hold(night, wish, today=0, last_here=None)
    assert held == timing.Hold(at(2026, 11, 23, 7, zone="Europe/Berlin"), Delay.QUIET)


def test_the_cap_comes_before_the_night() -> None:
    wish = Timing(quiet_from=22, quiet_until=7, most_a_day=3)
    held = timing.hold(at(2026, 11, 22, 23), wish, today=3, last_here=None)
    assert held == timing.Hold(at(2026, 11, 23, 8), Delay.CAP)
