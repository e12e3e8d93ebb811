"""Trust is a pure function of what somebody has done, fades with time, and is explained."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from community.accounts.models import Person
from community.comments.models import Comment, Status
from community.threads.models import Thread
from moderation import trust
from moderation.models import Report, ReportOutcome
from moderation.trust import DISMISSED, PUBLISHED, REFUSED, UPHELD, Fact, Level, Trust
from tests import factories
from tests.moderation.posting import reasons, write

NOW = datetime(2026, 11, 1, tzinfo=UTC)


def earned(*done: tuple[str, int], proven: bool = True) -> Trust:
    """The trust of somebody who has done these things so many days ago."""
    facts = [Fact(kind, NOW - timedelta(days=days)) for kind, days in done]
    return trust.weigh(facts, is_proven=proven, now=NOW)


FRESH = (PUBLISHED, 0)


def let_a_day_pass() -> None:
    """Whatever was written was written yesterday."""
    Comment.objects.update(created_at=timezone.now() - timedelta(days=1))


@pytest.mark.parametrize(
    ("done", "proven", "points", "level"),
    [
        pytest.param([], False, 0, Level.NEWCOMER, id="nobody knows them"),
        pytest.param([], True, 20, Level.NEWCOMER, id="an address alone"),
        pytest.param([FRESH] * 9, False, 24, Level.NEWCOMER, id="comments without an address"),
        pytest.param([FRESH], True, 30, Level.KNOWN, id="an address and a comment"),
        pytest.param([FRESH] * 6, True, 80, Level.TRUSTED, id="six comments"),
        pytest.param([FRESH] * 60, True, 80, Level.TRUSTED, id="more comments add no more"),
        pytest.param([(PUBLISHED, 365)], True, 25, Level.KNOWN, id="one comment, a year ago"),
        pytest.param([(PUBLISHED, 500)], True, 24, Level.NEWCOMER, id="one comment, long ago"),
        pytest.param([FRESH, (REFUSED, 0)], True, 10, Level.NEWCOMER, id="one good, one refused"),
        pytest.param([FRESH, (REFUSED, 180)], True, 25, Level.KNOWN, id="the refusal has faded"),
        pytest.param([FRESH] * 3 + [(REFUSED, 0)], True, 30, Level.KNOWN, id="made up for"),
        pytest.param([FRESH] * 6 + [(REFUSED, 0)], True, 60, Level.KNOWN, id="no longer trusted"),
        pytest.param([(REFUSED, 0)] * 9, True, 0, Level.NEWCOMER, id="never below nothing"),
        pytest.param([FRESH, (UPHELD, 0)], True, 35, Level.KNOWN, id="a report that was right"),
        pytest.param([(UPHELD, 0)] * 9, True, 24, Level.NEWCOMER, id="reports are no comments"),
        pytest.param([FRESH] * 6 + [(UPHELD, 0)] * 9, True, 100, Level.TRUSTED, id="all of it"),
        pytest.param([FRESH] * 6 + [(DISMISSED, 0)], True, 75, Level.KNOWN, id="a wrong report"),
        pytest.param([FRESH, *[(DISMISSED, 0)] * 9], True, 10, Level.NEWCOMER, id="many wrong"),
    ],
)
def test_what_somebody_has_earned(
    done: list[tuple[str, int]], proven: bool, points: int, level: Level
) -> None:
    found = earned(*done, proven=proven)
    assert (found.points, found.level) == (points, level)


@pytest.mark.parametrize(
    ("done", "least", "most"),
    [
        pytest.param([], 0.5, 0.5, id="nothing known"),
        pytest.param([(UPHELD, 0)] * 4, 0.8, 0.9, id="right four times"),
        pytest.param([(DISMISSED, 0)] * 4, 0.1, 0.2, id="wrong four times"),
        pytest.param([(DISMISSED, 900)] * 4, 0.4, 0.5, id="wrong long ago"),
    ],
)
def test_how_often_reports_were_right(
    done: list[tuple[str, int]], least: float, most: float
) -> None:
    assert least <= earned(*done).accuracy <= most


@pytest.mark.parametrize(
    ("found", "obstacle", "way_out"),
    [
        (earned(proven=False), "address is not confirmed", "Confirm your address"),
        (earned(), "Nothing of yours", "Write a comment"),
        (earned((PUBLISHED, 900)), "long ago", "Write a comment"),
        (earned(FRESH, (REFUSED, 0)), "were not published", "2 more published comments"),
    ],
)
def test_what_holds_somebody_back_is_told_with_what_would_lift_it(
    found: Trust, obstacle: str, way_out: str
) -> None:
    assert obstacle in " ".join(trust.obstacles(found))
    assert way_out in " ".join(trust.ways_out(found))


def test_nothing_holds_back_who_is_known() -> None:
    assert trust.obstacles(earned(FRESH)) == trust.ways_out(earned(FRESH)) == []


def test_the_number_says_what_it_is_made_of() -> None:
    told = trust.told_points(earned(FRESH, FRESH, (REFUSED, 0)))
    assert told == (
        "20 of 100 points (address confirmed +20, published comments +20, "
        "comments not published -20)"
    )


def test_it_is_read_from_rows_in_two_queries(
    thread: Thread, author: Person, django_assert_num_queries: object
) -> None:
    for status in (Status.PUBLISHED, Status.PUBLISHED, Status.REJECTED, Status.HELD):
        factories.comment(thread, person=author, status=status)
    with django_assert_num_queries(2):  # type: ignore[operator]
        found = trust.trust_of(author, thread.site)
    assert (found.number_published, round(found.refused)) == (2, 1)


def test_reports_decided_before_they_came_say_nothing_of_their_reporter(
    thread: Thread, author: Person
) -> None:
    for outcome in ReportOutcome.values:
        Report.objects.create(
            site=thread.site,
            comment=factories.comment(thread),
            version=1,
            person=author,
            code="other",
            outcome=outcome,
            decided_at=timezone.now(),
        )
    found = trust.trust_of(author, thread.site)
    assert (round(found.upheld), round(found.dismissed)) == (1, 1)


def test_nothing_is_inherited_by_typing_a_name_and_an_address(
    thread: Thread, author: Person
) -> None:
    factories.comment(thread, person=author)
    let_a_day_pass()
    stranger = factories.guest(author.name)
    known = write(thread, "By the one who is known.", person=author, name=author.name)
    typed = write(
        thread, "By somebody else.", person=stranger, name=author.name, email=author.contact.address
    )
    assert known.status == Status.PUBLISHED
    assert typed.status == Status.HELD
    assert reasons(typed) == {"first": "hold"}


def test_trust_of_one_site_is_none_on_another(thread: Thread, author: Person) -> None:
    factories.comment(thread, person=author)
    other = factories.site(base_url="http://localhost", host="localhost")
    assert trust.trust_of(author, other).level is Level.NEWCOMER


def test_somebody_whose_comments_were_refused_waits_and_is_told_why(
    thread: Thread, author: Person
) -> None:
    for status in (Status.PUBLISHED, Status.REJECTED):
        factories.comment(thread, person=author, status=status)
    let_a_day_pass()
    comment = write(thread, "Once more.", person=author)
    assert reasons(comment) == {"doubt": "hold"}
    assert comment.waits_for == "trust"


def test_a_comment_that_waits_changes_nothing_yet(thread: Thread, author: Person) -> None:
    factories.comment(thread, person=author)
    before = trust.trust_of(author, thread.site).points
    factories.comment(thread, person=author, status=Status.HELD)
    Comment.objects.filter(status=Status.HELD).update(status=Status.WITHDRAWN)
    assert trust.trust_of(author, thread.site).points == before
