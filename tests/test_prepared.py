"""A prepared query says what Django would say, without composing its SQL again."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models import F, QuerySet
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from community.accounts.models import Person
from community.comments.models import Comment
from community.prepared import Change, Numbers, Prepared
from community.sites.models import Site
from community.threads.models import Thread
from tests import factories

pytestmark = pytest.mark.both


def by_person(thread: Any, person: Any) -> QuerySet[Comment]:
    """What one person wrote in a thread."""
    rows = Comment.objects.filter(thread=thread, person=person)
    return rows.select_related("thread__article").order_by("pk")


@pytest.fixture
def thread(site: Site) -> Thread:
    """A thread to write in."""
    return factories.thread(site)


@pytest.mark.django_db
def test_it_finds_what_the_query_would_find_each_time_with_other_values(thread: Thread) -> None:
    people = [factories.guest(), factories.guest()]
    for person in people * 2:
        factories.comment(thread, person=person)
    prepared = Prepared[Comment](by_person, "thread", "person")
    for person in people:
        assert prepared.all(thread=thread.pk, person=person.pk) == [*by_person(thread, person)]


@pytest.mark.django_db
def test_what_belongs_to_a_row_comes_with_it(thread: Thread) -> None:
    comment = factories.comment(thread)
    prepared = Prepared[Comment](by_person, "thread", "person")
    with CaptureQueriesContext(connection) as asked:
        found = prepared.first(thread=thread.pk, person=comment.person_id)
        assert found is not None
        assert found.thread.article == thread.article
    assert len(asked) == 1


@pytest.mark.django_db
def test_nothing_found_is_none(thread: Thread) -> None:
    prepared = Prepared[Comment](by_person, "thread", "person")
    assert prepared.first(thread=thread.pk, person=0) is None


@pytest.mark.django_db
def test_moments_and_keys_are_compared_as_the_database_keeps_them(thread: Thread) -> None:
    comment = factories.comment(thread)
    younger = Prepared[int](
        lambda moment, key: Comment.objects.filter(
            created_at__gt=moment, person__key=key
        ).values_list("pk", flat=True),
        "moment",
        "key",
    )
    key = Person.objects.get(pk=comment.person_id).key
    now, hour = timezone.now(), timedelta(hours=1)
    assert younger.all(moment=now - hour, key=key) == [comment.pk]
    assert younger.all(moment=now + hour, key=key) == []


@pytest.mark.django_db
def test_one_place_holds_as_many_numbers_as_there_are(thread: Thread) -> None:
    keys = [factories.comment(thread).pk for _ in range(4)]
    among = Prepared[int](
        lambda thread, keys: (
            Comment.objects.filter(thread=thread, pk__in=keys)
            .order_by("pk")
            .values_list("pk", flat=True)
        ),
        "thread",
        Numbers("keys"),
    )
    assert among.all(thread=thread.pk, keys=[]) == []
    for some in (keys, keys[1:3], [*keys[:1], 0]):
        assert among.all(thread=thread.pk, keys=some) == [key for key in keys if key in some]


@pytest.mark.django_db
def test_values_are_never_part_of_the_sql(site: Site) -> None:
    by_name = Prepared[Site](lambda name: Site.objects.filter(name=name), "name")
    assert by_name.all(name="' OR 1 = 1 --") == []


SCORED = Change(
    lambda comment, more: (Comment.objects.filter(pk=comment), {"risk": F("risk") + more}),
    "comment",
    "more",
)


@pytest.mark.django_db
def test_a_change_is_made_with_other_values_each_time(thread: Thread) -> None:
    one, other = factories.comment(thread), factories.comment(thread)
    before = one.risk, other.risk
    assert SCORED.carry_out(comment=one.pk, more=3) == 1
    assert SCORED.carry_out(comment=other.pk, more=4) == 1
    for row in (one, other):
        row.refresh_from_db()
    assert (one.risk, other.risk) == (before[0] + 3, before[1] + 4)


@pytest.mark.django_db
def test_a_change_of_nothing_says_so() -> None:
    assert SCORED.carry_out(comment=0, more=1) == 0
