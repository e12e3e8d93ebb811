"""Moderators decide, undo within ten seconds, and never decide twice."""

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.utils import timezone

from community.accounts.models import Person, User
from community.comments import lifecycle, services
from community.comments.lifecycle import ForbiddenMove, StaleComment
from community.comments.models import Comment, Status
from community.comments.words import BadText
from community.outbox.models import Job, JobState
from community.sites.models import Role, Site
from community.threads.models import Thread
from moderation import decisions, sanctions
from moderation.decisions import AlreadyDecided, TooLate
from moderation.models import Act, Check, CheckState, Decision, Reason, Sanction
from tests import factories
from tests.moderation.posting import edit, together


@pytest.fixture
def held(thread: Thread, author: Person) -> Comment:
    """A comment that waits."""
    return factories.comment(thread, "Is it true?", person=author, status=Status.HELD)


def decide(comment: Comment, act: Act, by: User, **more: Any) -> Decision:
    return decisions.decide(comment, act, seen=comment.version, by=by, **more)


def jobs(name: str) -> list[tuple[str, str]]:
    return list(Job.objects.filter(name=name).order_by("pk").values_list("key", "state"))


def take(key: str) -> None:
    """Let a worker have claimed this job."""
    assert Job.objects.filter(key=key).update(attempts=1)


def judged(comment: Comment, answer: str) -> Check:
    """Akismet has given this answer about a comment."""
    return Check.objects.create(
        comment=comment,
        version=1,
        stands_at=comment.version,
        name=Reason.AKISMET,
        state=CheckState.DONE,
        answer=answer,
        guid="g1",
    )


# Deciding


@pytest.mark.parametrize(
    ("before", "act", "after", "removed"),
    [
        pytest.param("held", Act.APPROVE, "published", False, id="approve what waits"),
        pytest.param("held", Act.REJECT, "rejected", False, id="reject what waits"),
        pytest.param("held", Act.SPAM, "spam", False, id="call spam what waits"),
        pytest.param("checking", Act.APPROVE, "published", False, id="before any check"),
        pytest.param("spam", Act.APPROVE, "published", False, id="it was no spam"),
        pytest.param("rejected", Act.APPROVE, "published", False, id="think again"),
        pytest.param("published", Act.REMOVE, "rejected", True, id="remove what is public"),
        pytest.param("published", Act.REJECT, "rejected", True, id="reject what is public"),
        pytest.param("published", Act.SPAM, "spam", True, id="call spam what is public"),
        pytest.param("published", Act.HOLD, "held", False, id="send back to waiting"),
        pytest.param("rejected", Act.HOLD, "held", False, id="let others look"),
    ],
)
def test_what_a_decision_does(
    thread: Thread, moderator: User, before: str, act: Act, after: str, removed: bool
) -> None:
    comment = factories.comment(thread, status=Status(before))
    decision = decide(comment, act, moderator, reason="Off topic.")
    comment.refresh_from_db()
    assert (comment.status, comment.removed) == (after, removed)
    assert (decision.before, decision.after, decision.version) == (before, after, comment.version)
    assert (decision.act, decision.moderator, decision.reason) == (act, moderator, "Off topic.")


def test_what_was_once_public_and_is_rejected_after_an_edit_was_removed(
    thread: Thread, author: Person, moderator: User
) -> None:
    comment = factories.comment(thread, person=author)
    edit(comment, "Now with https://a.example")
    assert comment.status == Status.HELD
    decide(comment, Act.REJECT, moderator)
    assert comment.removed


def test_e_mails_about_an_approval_wait_ten_seconds(held: Comment, moderator: User) -> None:
    decide(held, Act.APPROVE, moderator)
    job = Job.objects.get(key=lifecycle.announcement_key(held.pk))
    assert timedelta(seconds=9) < job.due - timezone.now() <= timedelta(seconds=10)


def test_the_second_hears_who_was_faster(
    held: Comment, moderator: User, administrator: User
) -> None:
    seen = held.version
    first = decide(held, Act.APPROVE, moderator)
    with pytest.raises(AlreadyDecided) as late:
        decisions.decide(held, Act.SPAM, seen=seen, by=administrator)
    assert late.value.decision == first
    assert late.value.decision.moderator == moderator
    assert Decision.objects.count() == 1


def test_a_stale_instance_decides_nothing(held: Comment, moderator: User) -> None:
    stale = Comment.objects.get(pk=held.pk)
    decide(held, Act.REJECT, moderator)
    with pytest.raises(AlreadyDecided):
        decide(stale, Act.APPROVE, moderator)
    held.refresh_from_db()
    assert held.status == Status.REJECTED


@pytest.mark.parametrize(
    ("first", "again"),
    [(Act.APPROVE, Act.APPROVE), (Act.REJECT, Act.REMOVE), (Act.SPAM, Act.SPAM)],
)
def test_what_is_done_is_not_done_again(
    held: Comment, moderator: User, first: Act, again: Act
) -> None:
    made = decide(held, first, moderator)
    with pytest.raises(AlreadyDecided) as late:
        decide(held, again, moderator)
    assert late.value.decision == made


def test_what_the_rules_published_is_not_approved_again(
    thread: Thread, author: Person, moderator: User
) -> None:
    comment = factories.comment(thread, person=author, status=Status.CHECKING)
    judgement = decisions.judge(comment, Status.PUBLISHED, seen=comment.version, verdicts=[])
    with pytest.raises(AlreadyDecided) as late:
        decide(comment, Act.APPROVE, moderator)
    assert late.value.decision == judgement
    assert late.value.decision.moderator is None


def test_nobody_approves_an_edit_unseen(held: Comment, moderator: User) -> None:
    seen = held.version
    edit(held, "Something else entirely.")
    with pytest.raises(StaleComment) as late:
        decisions.decide(held, Act.APPROVE, seen=seen, by=moderator)
    assert not isinstance(late.value, AlreadyDecided)


def test_what_its_author_deleted_stays_deleted(held: Comment, moderator: User) -> None:
    services.delete(held)
    with pytest.raises(ForbiddenMove):
        decide(held, Act.APPROVE, moderator)


def test_block_author_comes_with_a_decision(
    held: Comment, author: Person, moderator: User, site: Site
) -> None:
    decide(held, Act.SPAM, moderator, block=True)
    assert sanctions.is_banned(author, site)


# Approve and reply


def test_approve_and_reply_is_one_act(held: Comment, moderator: User) -> None:
    decision = decide(held, Act.APPROVE, moderator, reply="Yes, **every** word.")
    reply = decision.reply
    assert reply
    assert (reply.parent, reply.status, reply.by_moderator) == (held, Status.PUBLISHED, True)
    assert (reply.author_name, reply.person) == (moderator.name, moderator.person)
    assert "<strong>every</strong>" in reply.body_html
    assert {key for key, _ in jobs("announce")} == {f"announce:{held.pk}", f"announce:{reply.pk}"}
    held.refresh_from_db()
    assert held.reply_count == 1


def test_a_reply_that_cannot_be_posted_decides_nothing(held: Comment, moderator: User) -> None:
    with pytest.raises(BadText):
        decide(held, Act.APPROVE, moderator, reply="x" * 10_001)
    held.refresh_from_db()
    assert held.status == Status.HELD
    assert not Decision.objects.exists()


def test_the_slower_of_two_posts_no_reply(
    held: Comment, moderator: User, administrator: User
) -> None:
    seen = held.version
    decide(held, Act.APPROVE, moderator)
    with pytest.raises(AlreadyDecided):
        decisions.decide(held, Act.APPROVE, seen=seen, by=administrator, reply="Mine!")
    assert Comment.objects.count() == 1


# Undo


@pytest.mark.parametrize(
    ("before", "act"),
    [
        pytest.param("held", Act.APPROVE, id="an approval"),
        pytest.param("held", Act.REJECT, id="a rejection"),
        pytest.param("held", Act.SPAM, id="spam"),
        pytest.param("published", Act.REMOVE, id="a removal"),
        pytest.param("published", Act.HOLD, id="sending back"),
        pytest.param("rejected", Act.APPROVE, id="a second thought"),
    ],
)
def test_undo_brings_back_what_was(thread: Thread, moderator: User, before: str, act: Act) -> None:
    comment = factories.comment(thread, status=Status(before))
    thread.refresh_from_db()
    count = thread.comment_count
    made = decide(comment, act, moderator)
    row = decisions.undo(made, by=moderator).decision
    comment.refresh_from_db()
    thread.refresh_from_db()
    assert (comment.status, comment.removed, thread.comment_count) == (before, False, count)
    assert (row.act, row.undoes, row.version) == (Act.UNDO, made, comment.version)
    assert (row.before, row.after) == (made.after, made.before)


def test_what_nobody_had_judged_waits_after_an_undo(thread: Thread, moderator: User) -> None:
    comment = factories.comment(thread, status=Status.CHECKING)
    decisions.undo(decide(comment, Act.SPAM, moderator), by=moderator)
    comment.refresh_from_db()
    assert comment.status == Status.HELD


def test_an_undone_removal_of_a_rejected_comment_is_still_a_removal(
    thread: Thread, moderator: User
) -> None:
    comment = factories.comment(thread)
    decide(comment, Act.REMOVE, moderator)
    decisions.undo(decide(comment, Act.APPROVE, moderator), by=moderator)
    comment.refresh_from_db()
    assert (comment.status, comment.removed) == (Status.REJECTED, True)


def test_an_undone_approval_tells_nobody(held: Comment, moderator: User) -> None:
    key = lifecycle.announcement_key(held.pk)
    decisions.undo(decide(held, Act.APPROVE, moderator), by=moderator)
    assert jobs("announce") == [(key, JobState.CANCELLED)]
    decide(Comment.objects.get(pk=held.pk), Act.APPROVE, moderator)
    assert jobs("announce") == [(key, JobState.CANCELLED), (key, JobState.OPEN)]


def test_undo_gives_the_reply_back(held: Comment, moderator: User) -> None:
    made = decide(held, Act.APPROVE, moderator, reply="Yes, **every** word.")
    assert decisions.undo(made, by=moderator).reply == "Yes, **every** word."
    reply = Comment.objects.get(parent=held)
    held.refresh_from_db()
    assert (reply.status, held.status, held.listed) == (Status.WITHDRAWN, Status.HELD, False)
    assert {state for _, state in jobs("announce")} == {JobState.CANCELLED}


def test_undo_lets_a_blocked_author_write_again(
    held: Comment, author: Person, moderator: User, site: Site
) -> None:
    decisions.undo(decide(held, Act.SPAM, moderator, block=True), by=moderator)
    assert not sanctions.is_banned(author, site)


def test_undo_leaves_an_older_block_alone(
    thread: Thread, held: Comment, author: Person, moderator: User, site: Site
) -> None:
    sanctions.block(factories.comment(thread, person=author), moderator)
    decisions.undo(decide(held, Act.SPAM, moderator, block=True), by=moderator)
    assert sanctions.is_banned(author, site)
    assert Sanction.objects.count() == 1


@pytest.mark.parametrize("taken", ["announce:{comment}", "announce:{reply}", "feedback:{decision}"])
def test_once_a_worker_has_any_of_it_nothing_is_undone(
    held: Comment, moderator: User, taken: str
) -> None:
    judged(held, "spam")
    made = decide(held, Act.APPROVE, moderator, reply="Yes.")
    assert made.reply_id
    take(taken.format(comment=held.pk, reply=made.reply_id, decision=made.pk))
    with pytest.raises(TooLate):
        decisions.undo(made, by=moderator)
    held.refresh_from_db()
    assert held.status == Status.PUBLISHED
    assert Comment.objects.get(pk=made.reply_id).is_public
    assert not Job.objects.filter(state=JobState.CANCELLED).exists()


def test_after_ten_seconds_it_is_too_late(held: Comment, moderator: User) -> None:
    made = decide(held, Act.REJECT, moderator)
    made.at -= timedelta(seconds=11)
    with pytest.raises(TooLate):
        decisions.undo(made, by=moderator)


def test_once_everybody_has_been_told_nothing_is_undone(held: Comment, moderator: User) -> None:
    made = decide(held, Act.APPROVE, moderator)
    take(lifecycle.announcement_key(held.pk))
    Job.objects.update(state=JobState.DONE)
    Comment.objects.update(announced_at=timezone.now())
    made.comment.refresh_from_db()
    with pytest.raises(TooLate):
        decisions.undo(made, by=moderator)


def test_who_was_told_of_an_earlier_publication_does_not_keep_one_from_undoing(
    held: Comment, moderator: User
) -> None:
    first = decide(held, Act.APPROVE, moderator)
    take(lifecycle.announcement_key(held.pk))
    Job.objects.update(state=JobState.DONE)
    Comment.objects.update(announced_at=first.at)
    decide(Comment.objects.get(pk=held.pk), Act.HOLD, moderator)
    again = decide(Comment.objects.get(pk=held.pk), Act.APPROVE, moderator)
    assert decisions.undo(again, by=moderator).decision.after == Status.HELD


def test_only_ones_own_decisions_are_undone(
    held: Comment, moderator: User, administrator: User
) -> None:
    made = decide(held, Act.APPROVE, moderator)
    with pytest.raises(PermissionDenied):
        decisions.undo(made, by=administrator)


def test_nothing_is_undone_twice_or_behind_someones_back(
    held: Comment, moderator: User, administrator: User
) -> None:
    made = decide(held, Act.REJECT, moderator)
    later = decide(held, Act.SPAM, administrator)
    with pytest.raises(AlreadyDecided) as late:
        decisions.undo(made, by=moderator)
    assert late.value.decision == later
    undone = decisions.undo(later, by=administrator).decision
    with pytest.raises(AlreadyDecided) as late:
        decisions.undo(later, by=administrator)
    assert late.value.decision == undone


def test_the_author_may_have_been_faster_than_undo(held: Comment, moderator: User) -> None:
    made = decide(held, Act.APPROVE, moderator)
    services.delete(held)
    with pytest.raises(StaleComment):
        decisions.undo(made, by=moderator)
    held.refresh_from_db()
    assert held.status == Status.WITHDRAWN


def test_the_rows_of_a_comment_form_a_chain(held: Comment, moderator: User) -> None:
    decisions.undo(decide(held, Act.APPROVE, moderator), by=moderator)
    held.refresh_from_db()
    decide(held, Act.REJECT, moderator)
    rows = list(Decision.objects.filter(comment=held))
    assert [row.before for row in rows[1:]] == [row.after for row in rows[:-1]]
    held.refresh_from_db()
    assert (rows[-1].after, rows[-1].version) == (held.status, held.version)


# Feedback


@pytest.mark.parametrize(
    ("answer", "act", "told"),
    [
        pytest.param("ham", Act.SPAM, True, id="spam that was missed"),
        pytest.param("spam", Act.APPROVE, True, id="ham taken for spam"),
        pytest.param("discard", Act.APPROVE, True, id="ham taken for the worst spam"),
        pytest.param("spam", Act.SPAM, False, id="agreed on spam"),
        pytest.param("ham", Act.APPROVE, False, id="agreed on ham"),
        pytest.param("ham", Act.REJECT, False, id="rejected is not spam"),
        pytest.param("", Act.SPAM, False, id="Akismet never answered"),
    ],
)
def test_akismet_hears_where_a_moderator_saw_it_otherwise(
    held: Comment, moderator: User, answer: str, act: Act, told: bool
) -> None:
    judged(held, answer)
    made = decide(held, act, moderator)
    assert jobs("moderation.feedback") == ([(f"feedback:{made.pk}", "open")] if told else [])


def test_akismet_is_told_once(held: Comment, moderator: User) -> None:
    check = judged(held, "ham")
    check.reported = "spam"
    check.save()
    decide(held, Act.SPAM, moderator)
    assert not jobs("moderation.feedback")


def test_undo_takes_feedback_back(held: Comment, moderator: User) -> None:
    judged(held, "ham")
    decisions.undo(decide(held, Act.SPAM, moderator), by=moderator)
    assert [state for _, state in jobs("moderation.feedback")] == [JobState.CANCELLED]


# Two at once


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_moderators_decide_two_hundred_comments_once_each() -> None:
    site = factories.site()
    threads = [factories.thread(site) for _ in range(4)]
    comments = [factories.comment(threads[n % 4], status=Status.HELD) for n in range(200)]
    people = [factories.member(role=Role.MODERATOR, site=site) for _ in range(2)]
    lost: list[AlreadyDecided] = []

    seen = {row.pk: row.version for row in comments}
    together(
        lambda: race(people[0], Act.APPROVE, seen, lost),
        lambda: race(people[1], Act.SPAM, seen, lost),
    )
    made = Decision.objects.all()
    assert made.count() == 200
    assert made.values("comment").distinct().count() == 200
    assert len(lost) == 200
    assert all(late.decision.moderator in people for late in lost)
    public = Comment.objects.published().count()
    assert public == made.filter(act=Act.APPROVE).count()
    assert sum(thread.comment_count for thread in Thread.objects.all()) == public


def race(by: User, act: Act, seen: dict[int, int], lost: list[AlreadyDecided]) -> None:
    """Decide about everything as it was seen before the other began."""
    for comment in Comment.objects.order_by("pk"):
        try:
            decisions.decide(comment, act, seen=seen[comment.pk], by=by)
        except AlreadyDecided as late:
            lost.append(late)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_an_approval_and_its_undo_race_with_the_worker() -> None:
    site = factories.site()
    by = factories.member(role=Role.MODERATOR, site=site)
    thread = factories.thread(site)
    for _ in range(30):
        comment = factories.comment(thread, status=Status.HELD)
        made = decide(comment, Act.APPROVE, by)
        Job.objects.update(due=timezone.now())
        claimed: list[Any] = []
        undone: list[Any] = []

        def claim(claimed: list[Any] = claimed) -> None:
            claimed.extend(Job.objects.open().claim(10))

        def undo(undone: list[Any] = undone, made: Decision = made) -> None:
            with suppress(TooLate):
                undone.append(decisions.undo(made, by=by))

        together(claim, undo)
        assert len(claimed) + len(undone) == 1
        Job.objects.all().delete()


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_an_author_edits_while_a_moderator_approves() -> None:
    site = factories.site()
    by = factories.member(role=Role.MODERATOR, site=site)
    thread = factories.thread(site)
    for number in range(50):
        seen_words = f"Seen words {number}."
        comment = factories.comment(thread, seen_words, status=Status.HELD)
        seen = comment.version

        def approve(comment: Comment = comment, seen: int = seen) -> None:
            with suppress(StaleComment):
                decisions.decide(comment, Act.APPROVE, seen=seen, by=by)

        def rewrite(pk: int = comment.pk, seen: int = seen) -> None:
            with suppress(StaleComment):
                edit(Comment.objects.get(pk=pk), "Unseen words.", seen=seen)

        together(approve, rewrite)
        now = Comment.objects.get(pk=comment.pk)
        assert (now.body, now.status) in {
            (seen_words, Status.PUBLISHED),
            ("Unseen words.", Status.HELD),
        }


def test_the_author_is_told_the_reason_on_their_own_page(
    thread: Thread, moderator: User, browser_of: Callable[[Person | User], Client]
) -> None:
    author = factories.guest("Rosa")
    comment = factories.comment(thread, person=author, status=Status.HELD)
    decide(comment, Act.REJECT, moderator, reason="Please keep to the subject.")
    page = browser_of(author).get("/me/").content.decode()
    assert "A moderator did not publish this comment. Please keep to the subject." in page
