"""The slow check: what follows from each answer, and from none."""

import logging
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone
from pytest_django import Settings

from community.accounts.models import User
from community.comments import services
from community.comments.models import Comment, Status
from community.comments.screening import Sender
from community.outbox import services as outbox
from community.outbox.handlers import Later
from community.outbox.models import Job, JobState
from community.threads.models import Thread
from moderation import decisions, tasks
from moderation.checks import akismet, context, jobs
from moderation.checks.akismet import Answer, BadKey, Submission, Unavailable
from moderation.models import Act, Check, CheckState, Decision, Opinion, Policy
from tests import factories
from tests.moderation.akismet_server import running
from tests.moderation.posting import edit, reasons, write

SENDER = Sender(address="203.0.113.9", browser="Firefox", referrer="https://x.example/")


class Oracle:
    """Akismet at the one seam: says what a test wants, and remembers what it was asked."""

    def __init__(self) -> None:
        self.answers: list[Answer | Exception] = []
        self.asked: list[Submission] = []
        self.told: list[tuple[str, bool]] = []
        self.trouble: Exception | None = None

    def judge(self, submission: Submission, **_: str) -> Answer:
        self.asked.append(submission)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def report(self, submission: Submission, *, guid: str, spam: bool, **_: Any) -> None:
        self.told.append((guid, spam))
        if self.trouble:
            raise self.trouble


@pytest.fixture
def oracle(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Oracle:
    """A key is set, and Akismet is in the test's hands."""
    settings.AKISMET_KEY = "a key"
    made = Oracle()
    monkeypatch.setattr(akismet, "judge", made.judge)
    monkeypatch.setattr(akismet, "report", made.report)
    return made


HAM = Answer("ham", guid="g1")
SPAM = Answer("spam", guid="g1")
DISCARD = Answer("discard", guid="g1", pro_tip="discard")
SILENCE = Unavailable("Akismet did not answer in time.")


def checking(thread: Thread) -> Comment:
    """A comment only the slow check stands against."""
    Policy.objects.update_or_create(site=thread.site, number=1, defaults={"first_comments": 0})
    return write(thread, "Fine words.", sender=SENDER)


def linked(thread: Thread) -> Comment:
    """A comment held for its link."""
    return write(thread, "See https://a.example")


def trusted(thread: Thread) -> Comment:
    """A comment published at once, since its author is known."""
    person = factories.guest(proven=True)
    first = factories.comment(thread, person=person)
    Comment.objects.filter(pk=first.pk).update(created_at=timezone.now() - timedelta(hours=1))
    return write(thread, "Fine words.", person=person)


MAKERS = {"checking": checking, "linked": linked, "trusted": trusted}


def run(comment: Comment) -> timedelta | None:
    """Do the check once; how long until it wants to come again."""
    check = comment.checks.get()
    try:
        jobs.check({"check": check.pk})
    except Later as later:
        return later.wait
    finally:
        comment.refresh_from_db()
    return None


@pytest.mark.parametrize(
    ("kind", "answer", "status", "outcome"),
    [
        pytest.param("checking", HAM, "published", "pass", id="ham is published"),
        pytest.param("checking", SPAM, "spam", "spam", id="spam is not"),
        pytest.param("checking", DISCARD, "spam", "spam", id="nor is what to discard"),
        pytest.param("checking", SILENCE, "held", "error", id="silence goes to a human"),
        pytest.param("checking", BadKey("No."), "held", "error", id="so does a bad key"),
        pytest.param("linked", HAM, "held", "pass", id="ham does not free what a rule holds"),
        pytest.param("linked", SPAM, "spam", "spam", id="spam need not wait"),
        pytest.param("linked", SILENCE, "held", "error", id="silence changes nothing there"),
        pytest.param("trusted", HAM, "published", "pass", id="a known author's ham stays"),
        pytest.param("trusted", SPAM, "spam", "spam", id="a known author's spam goes"),
        pytest.param("trusted", SILENCE, "published", "error", id="silence takes nothing back"),
    ],
)
def test_what_follows_from_the_first_answer(
    thread: Thread, oracle: Oracle, kind: str, answer: Any, status: str, outcome: str
) -> None:
    comment = MAKERS[kind](thread)
    oracle.answers = [answer]
    run(comment)
    assert comment.status == status
    assert reasons(comment)["akismet"] == outcome
    check = comment.checks.get()
    assert check.stands_at == comment.version


def test_akismet_is_told_what_it_needs(thread: Thread, oracle: Oracle) -> None:
    comment = checking(thread)
    oracle.answers = [HAM]
    run(comment)
    asked = oracle.asked[0]
    assert (asked.user_ip, asked.user_agent) == ("203.0.113.9", "Firefox")
    assert (asked.content, asked.author_name) == ("Fine words.", "Rosa")
    assert asked.permalink == f"http://testserver/comments/{comment.pk}/"
    assert (asked.comment_type, asked.comment_context) == ("comment", ("On tides",))
    assert asked.recheck_reason == ""


def test_guid_and_pro_tip_stay_with_the_comment(thread: Thread, oracle: Oracle) -> None:
    comment = checking(thread)
    oracle.answers = [DISCARD]
    run(comment)
    check = comment.checks.get()
    opinion = comment.opinions.get(name="akismet")
    assert (check.guid, check.answer, check.state) == ("g1", "discard", CheckState.DONE)
    assert opinion.data == {"verdict": "discard", "guid": "g1", "pro_tip": "discard"}


def test_nothing_is_asked_twice(thread: Thread, oracle: Oracle) -> None:
    comment = checking(thread)
    oracle.answers = [HAM]
    run(comment)
    run(comment)
    assert len(oracle.asked) == 1


# Trouble


def test_silence_is_asked_again_after_1_5_20_and_60_minutes(thread: Thread, oracle: Oracle) -> None:
    comment = checking(thread)
    oracle.answers = [SILENCE] * 5
    waits = [run(comment) for _ in range(5)]
    assert waits == [*(timedelta(minutes=minutes) for minutes in (1, 5, 20, 60)), None]
    check = comment.checks.get()
    assert (check.state, check.context) == (CheckState.GIVEN_UP, "")
    assert comment.status == Status.HELD
    assert run(comment) is None
    assert len(oracle.asked) == 5


def test_moderators_read_how_far_it_has_come(thread: Thread, oracle: Oracle) -> None:
    comment = checking(thread)
    oracle.answers = [SILENCE] * 5
    run(comment)
    said = [Opinion.objects.get(name="akismet").evidence]
    for _ in range(4):
        run(comment)
    said.append(Opinion.objects.get(name="akismet").evidence)
    assert said == ["Spam check did not answer, still trying.", "Spam check did not answer."]


@pytest.mark.parametrize("silences", [1, 4])
@pytest.mark.parametrize(
    ("kind", "late", "status"),
    [
        pytest.param("checking", HAM, "published", id="nothing else held it"),
        pytest.param("checking", SPAM, "spam", id="spam after all"),
        pytest.param("linked", HAM, "held", id="the link still holds it"),
        pytest.param("trusted", HAM, "published", id="it was never off the page"),
        pytest.param("trusted", SPAM, "spam", id="it leaves the page late"),
    ],
)
def test_a_late_answer_counts(
    thread: Thread, oracle: Oracle, kind: str, late: Answer, status: str, silences: int
) -> None:
    comment = MAKERS[kind](thread)
    oracle.answers = [*[SILENCE] * silences, late]
    for _ in range(silences + 1):
        run(comment)
    assert comment.status == status
    assert comment.opinions.filter(name="akismet").count() == 1


def test_what_a_moderator_sent_back_is_not_published_by_a_late_answer(
    thread: Thread, oracle: Oracle, moderator: User
) -> None:
    comment = checking(thread)
    oracle.answers = [SILENCE, HAM]
    run(comment)
    for act in (Act.APPROVE, Act.HOLD):
        decisions.decide(comment, act, seen=comment.version, by=moderator)
    assert run(comment) is None
    assert comment.status == Status.HELD
    assert len(oracle.asked) == 1
    assert comment.checks.get().context == ""


def test_what_its_author_rewrote_has_a_check_of_its_own(thread: Thread, oracle: Oracle) -> None:
    comment = checking(thread)
    edit(comment, "Other fine words.")
    old, new = comment.checks.order_by("pk")
    oracle.answers = [HAM]
    jobs.check({"check": old.pk})
    assert not oracle.asked
    jobs.check({"check": new.pk})
    assert oracle.asked[0].content == "Other fine words."
    assert oracle.asked[0].recheck_reason == "edit"
    comment.refresh_from_db()
    assert comment.status == Status.PUBLISHED


def test_a_decision_during_the_question_stands(
    thread: Thread, oracle: Oracle, moderator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    comment = checking(thread)

    def judge(*_: Any, **__: Any) -> Answer:
        fresh = Comment.objects.get(pk=comment.pk)
        decisions.decide(fresh, Act.APPROVE, seen=fresh.version, by=moderator)
        return SPAM

    monkeypatch.setattr(akismet, "judge", judge)
    run(comment)
    assert comment.status == Status.PUBLISHED
    assert reasons(comment)["akismet"] == "spam"


def test_a_comment_deleted_meanwhile_is_not_asked_about(thread: Thread, oracle: Oracle) -> None:
    comment = checking(thread)
    services.delete(comment)
    assert run(comment) is None
    assert not oracle.asked


def test_a_bad_key_raises_an_alarm_that_does_not_hold_it(
    thread: Thread, oracle: Oracle, caplog: pytest.LogCaptureFixture
) -> None:
    comment = checking(thread)
    oracle.answers = [BadKey("Akismet does not accept the key: unknown")]
    run(comment)
    assert [record.levelno for record in caplog.records] == [logging.ERROR]
    assert "a key" not in caplog.text


def test_a_key_taken_away_leaves_nothing_unjudged(
    thread: Thread, oracle: Oracle, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    comment = checking(thread)
    monkeypatch.undo()
    settings.AKISMET_KEY = ""
    assert not jobs.spam_check_is_on()
    run(comment)
    assert comment.status == Status.HELD


# Coming again


def test_akismet_may_ask_us_back_once(thread: Thread, oracle: Oracle) -> None:
    comment = checking(thread)
    oracle.answers = [Answer("ham", guid="g1", recheck_after=300), Answer("ham", recheck_after=300)]
    assert run(comment) == timedelta(seconds=300)
    assert (comment.status, comment.checks.get().state) == (Status.PUBLISHED, CheckState.AGAIN)
    assert run(comment) is None
    assert comment.checks.get().state == CheckState.DONE


def test_what_akismet_regrets_leaves_the_page(thread: Thread, oracle: Oracle) -> None:
    comment = checking(thread)
    oracle.answers = [Answer("ham", guid="g1", recheck_after=300), Answer("spam")]
    run(comment)
    run(comment)
    check = comment.checks.get()
    assert (comment.status, check.answer, check.guid) == (Status.SPAM, "spam", "g1")


def test_silence_when_we_come_back_leaves_the_first_answer(thread: Thread, oracle: Oracle) -> None:
    comment = checking(thread)
    oracle.answers = [Answer("ham", guid="g1", recheck_after=300), SILENCE]
    run(comment)
    assert run(comment) is None
    assert (comment.status, reasons(comment)["akismet"]) == (Status.PUBLISHED, "pass")


# Calling the moderators


@pytest.mark.parametrize(
    ("kind", "answer", "called"),
    [
        pytest.param("linked", HAM, True, id="it waits and was checked"),
        pytest.param("linked", SILENCE, True, id="it waits, checked or not"),
        pytest.param("checking", SILENCE, True, id="it waits because of silence"),
        pytest.param("checking", HAM, False, id="it does not wait"),
        pytest.param("linked", SPAM, False, id="spam does not wait"),
    ],
)
def test_moderators_are_called_with_the_first_answer(
    thread: Thread, oracle: Oracle, kind: str, answer: Any, called: bool
) -> None:
    comment = MAKERS[kind](thread)
    assert not Job.objects.filter(name="moderation.alert").exists()
    oracle.answers = [answer]
    run(comment)
    assert Job.objects.filter(name="moderation.alert").exists() is called


# What is known of senders


def test_the_sender_is_kept_unreadable_and_for_a_day(thread: Thread, oracle: Oracle) -> None:
    comment = checking(thread)
    check = comment.checks.get()
    assert "203.0.113.9" not in check.context
    Check.objects.update(created_at=timezone.now() - timedelta(hours=23))
    assert jobs.forget_senders() == 0
    Check.objects.update(created_at=timezone.now() - timedelta(hours=25))
    assert jobs.forget_senders() == 1
    oracle.answers = [HAM]
    run(comment)
    assert (oracle.asked[0].user_ip, oracle.asked[0].content) == ("", "Fine words.")


def test_what_was_sealed_with_another_secret_is_lost(settings: Settings) -> None:
    sealed = context.seal({"name": "Rosa"})
    assert context.unseal(sealed) == {"name": "Rosa"}
    settings.SECRET_KEY = "another one"
    assert context.unseal(sealed) is None
    assert context.unseal("") is None


# Telling Akismet


def corrected(thread: Thread, oracle: Oracle, moderator: User) -> tuple[Comment, Decision]:
    """Akismet has missed spam, and a moderator has not."""
    comment = linked(thread)
    oracle.answers = [HAM]
    run(comment)
    made = decisions.decide(comment, Act.SPAM, seen=comment.version, by=moderator)
    return comment, made


def test_a_correction_is_reported_once(thread: Thread, oracle: Oracle, moderator: User) -> None:
    comment, made = corrected(thread, oracle, moderator)
    for _ in range(2):
        jobs.feedback({"decision": made.pk})
    assert oracle.told == [("g1", True)]
    check = comment.checks.get()
    assert (check.reported, check.context) == ("spam", "")


def test_not_spam_is_reported_as_such(thread: Thread, oracle: Oracle, moderator: User) -> None:
    comment = linked(thread)
    oracle.answers = [SPAM]
    run(comment)
    made = decisions.decide(comment, Act.APPROVE, seen=comment.version, by=moderator)
    jobs.feedback({"decision": made.pk})
    assert oracle.told == [("g1", False)]


def test_a_decision_that_does_not_stand_is_not_reported(
    thread: Thread, oracle: Oracle, moderator: User, administrator: User
) -> None:
    comment, made = corrected(thread, oracle, moderator)
    decisions.decide(comment, Act.APPROVE, seen=comment.version, by=administrator)
    jobs.feedback({"decision": made.pk})
    assert not oracle.told


def test_a_report_that_fails_is_tried_again_for_a_day(
    thread: Thread, oracle: Oracle, moderator: User
) -> None:
    _, made = corrected(thread, oracle, moderator)
    oracle.trouble = Unavailable("Akismet did not answer in time.")
    with pytest.raises(Later):
        jobs.feedback({"decision": made.pk})
    oracle.trouble = None
    jobs.feedback({"decision": made.pk})
    assert len(oracle.told) == 2


def test_after_a_day_an_unheard_report_is_let_be(
    thread: Thread, oracle: Oracle, moderator: User
) -> None:
    _, made = corrected(thread, oracle, moderator)
    oracle.trouble = Unavailable("Akismet did not answer in time.")
    with time_machine.travel(timezone.now() + timedelta(hours=25)):
        jobs.feedback({"decision": made.pk})


# Forgotten comments


def older(comment: Comment, minutes: int) -> None:
    Comment.objects.filter(pk=comment.pk).update(
        created_at=timezone.now() - timedelta(minutes=minutes)
    )


@pytest.mark.parametrize(
    ("minutes", "job", "status"),
    [
        pytest.param(11, None, "held", id="nobody will ask"),
        pytest.param(9, None, "checking", id="it is young"),
        pytest.param(11, JobState.OPEN, "checking", id="a job will ask"),
        pytest.param(11, JobState.DEAD, "held", id="the job was put aside"),
    ],
)
def test_what_nobody_judges_goes_to_a_human(
    thread: Thread, oracle: Oracle, minutes: int, job: JobState | None, status: str
) -> None:
    comment = checking(thread)
    older(comment, minutes)
    if job:
        Job.objects.filter(name="moderation.check").update(state=job)
    else:
        Job.objects.all().delete()
    tasks.hold_unjudged()
    comment.refresh_from_db()
    assert comment.status == status
    if status == "held":
        assert reasons(comment) == {"unjudged": "error"}
        assert Job.objects.filter(name="moderation.alert").exists()


def test_a_fresh_edit_is_not_forgotten(thread: Thread, oracle: Oracle) -> None:
    comment = checking(thread)
    older(comment, 11)
    edit(comment, "Other fine words.")
    Job.objects.all().delete()
    assert tasks.hold_unjudged() == 0


# Against a server


@pytest.mark.parametrize(
    ("mode", "status"),
    [
        pytest.param("ham", "published", id="ham"),
        pytest.param("discard", "spam", id="discard"),
        pytest.param("recheck", "published", id="to be asked again"),
        pytest.param("500", "held", id="server error"),
        pytest.param("429", "held", id="too many questions"),
        pytest.param("bad-key", "held", id="key not accepted"),
        pytest.param("invalid", "held", id="no reason given"),
        pytest.param("empty", "held", id="nothing said"),
        pytest.param("html", "held", id="a web page"),
        pytest.param("cut", "held", id="connection lost"),
    ],
)
def test_the_outbox_asks_a_real_server(
    thread: Thread,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    mode: str,
    status: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    settings.AKISMET_KEY = "s3cr3t-key"
    with running(mode) as server:
        settings.AKISMET_SERVER = server.url
        comment = checking(thread)
        outbox.work()
    comment.refresh_from_db()
    assert comment.status == status
    assert "s3cr3t-key" not in caplog.text
    job = Job.objects.get(name="moderation.check")
    assert (job.state == JobState.OPEN) is (status == "held" or mode == "recheck")
