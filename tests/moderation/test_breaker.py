"""Akismet hangs while a thousand comments wait: nobody waits for it, and nothing is published."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from community.accounts.models import User
from community.comments.models import Comment, Status
from community.outbox import services as outbox
from community.outbox.models import Job
from community.threads.models import Thread
from moderation.checks import akismet, breaker, jobs
from moderation.checks.akismet import Answer, Submission, Unavailable
from moderation.models import Breaker, Check, Policy, Reason
from tests import factories
from tests.moderation.posting import write
from tests.pages.posting import text_of

MANY = 60


class Line:
    """Akismet as a line that is dead until it is mended."""

    def __init__(self) -> None:
        self.calls = 0
        self.dead = True

    def judge(self, submission: Submission, **_: str) -> Answer:
        self.calls += 1
        if self.dead:
            raise Unavailable("Akismet did not answer in time.")
        return Answer("ham", guid="g")


@pytest.fixture
def line(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Line:
    """A key is set, and nobody answers."""
    settings.AKISMET_KEY = "a key"
    made = Line()
    monkeypatch.setattr(akismet, "judge", made.judge)
    return made


@pytest.fixture
def many(thread: Thread, line: Line) -> list[Comment]:
    """Comments that only the spam check stands against."""
    rules = {"first_comments": 0, "flood_seconds": 0}
    Policy.objects.update_or_create(site=thread.site, number=1, defaults=rules)
    return [write(thread, person=factories.guest(f"Guest {one}")) for one in range(MANY)]


def work_off() -> None:
    """Let workers do whatever is due."""
    while outbox.work():
        pass


def test_a_dead_line_costs_a_handful_of_calls_and_publishes_nothing(
    line: Line, many: list[Comment]
) -> None:
    work_off()
    assert line.calls == breaker.MOST_FAILURES
    assert set(Comment.objects.values_list("status", flat=True)) == {Status.HELD}
    assert Job.objects.open().filter(name="moderation.check").count() == MANY


def test_moderators_are_told_and_decide_meanwhile(
    line: Line, many: list[Comment], moderator: User
) -> None:
    work_off()
    client = Client()
    client.force_login(moderator)
    page = text_of(client.get("/moderation/"))
    assert "The spam check has not answered since" in page
    assert "Spam check did not answer, still trying." in page
    given = {"act": "approve", "version": Comment.objects.get(pk=many[0].pk).version}
    client.post(f"/moderation/comments/{many[0].pk}/decide/", given)
    assert Comment.objects.get(pk=many[0].pk).status == Status.PUBLISHED


def test_once_it_answers_again_everything_owed_is_asked(line: Line, many: list[Comment]) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        work_off()
        line.dead = False
        for _ in range(4):
            clock.shift(jobs.WAIT)
            work_off()
        assert breaker.silent_since(Reason.AKISMET) is None
        assert line.calls == breaker.MOST_FAILURES + MANY
        assert set(Comment.objects.values_list("status", flat=True)) == {Status.PUBLISHED}
        assert not Check.objects.live().exists()


def test_after_a_rest_one_asks_for_all(db: None) -> None:
    for _ in range(breaker.MOST_FAILURES):
        assert breaker.may_ask("oracle")
        breaker.failed("oracle")
    assert not breaker.may_ask("oracle")
    later = timezone.now() + breaker.REST + timedelta(seconds=1)
    with time_machine.travel(later, tick=False):
        assert [breaker.may_ask("oracle") for _ in range(3)] == [True, False, False]
        breaker.answered("oracle")
        assert breaker.may_ask("oracle")


def test_an_answer_in_between_begins_the_count_anew(db: None) -> None:
    for _ in range(3):
        for _ in range(breaker.MOST_FAILURES - 1):
            breaker.failed("oracle")
        breaker.answered("oracle")
    assert Breaker.objects.get().failures == 0
    assert breaker.may_ask("oracle")
