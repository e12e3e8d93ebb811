"""Moderators are told once when somebody waits for longer than the site means to let them."""

from datetime import datetime, timedelta

import pytest
import time_machine
from django.utils import timezone

from community.accounts.models import Person, User
from community.comments.models import Comment, Status
from community.mail.models import Email
from community.pages.shown import Presenter
from community.sites.models import Site
from community.threads.models import Thread
from moderation import promises
from tests import factories


def late(thread: Thread, hours: int = 13) -> Comment:
    """A comment that has waited for so many hours."""
    comment = factories.comment(thread, status=Status.HELD)
    since = timezone.now() - timedelta(hours=hours)
    Comment.objects.filter(pk=comment.pk).update(waits_since=since)
    return comment


def minutes_pass(start: datetime, minutes: int) -> None:
    """The schedule looks after everything a minute later."""
    with time_machine.travel(start + timedelta(minutes=minutes), tick=False):
        promises.tell_late()


def test_one_breach_makes_one_e_mail(thread: Thread, moderator: User) -> None:
    start = timezone.now()
    late(thread)
    for minute in range(5):
        late(thread)
        minutes_pass(start, minute)
    mail = Email.objects.get()
    assert mail.to == moderator.email
    assert "12 hours" in mail.text


def test_the_next_breach_is_told_again_but_not_within_the_promised_time(
    thread: Thread, moderator: User
) -> None:
    start = timezone.now()
    for minutes in (0, 60, 13 * 60):
        comment = late(thread, hours=200)
        minutes_pass(start, minutes)
        Comment.objects.filter(pk=comment.pk).delete()
        minutes_pass(start, minutes + 1)
    assert Email.objects.count() == 1
    late(thread, hours=200)
    minutes_pass(start, 13 * 60 + 2)
    assert Email.objects.count() == 2


@pytest.mark.parametrize(
    ("hours", "waited"),
    [pytest.param(12, 11, id="in time"), pytest.param(0, 500, id="nothing is promised")],
)
def test_nobody_is_told_without_a_breach(
    thread: Thread, site: Site, moderator: User, hours: int, waited: int
) -> None:
    Site.objects.filter(pk=site.pk).update(answer_hours=hours)
    late(thread, hours=waited)
    promises.tell_late()
    assert not Email.objects.exists()


@pytest.mark.parametrize("told", [True, False])
def test_authors_are_told_the_time_only_if_the_site_wants_that(
    thread: Thread, site: Site, reader: Person, told: bool
) -> None:
    Site.objects.filter(pk=site.pk).update(answer_told=told)
    thread = Thread.objects.get(pk=thread.pk)
    comment = factories.comment(thread, person=reader, status=Status.HELD)
    notice = Presenter(thread, factories.viewer(reader), [comment]).show(comment).words["notice"]
    assert ("We answer within 12 hours." in notice) is told
