"""An objection is taken from its author once, and answered by somebody else."""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.utils import timezone

from community.accounts.models import Person, User
from community.comments.lifecycle import ForbiddenMove, StaleComment
from community.comments.models import Comment, Status
from community.outbox.models import Job, JobState
from community.project.invariants import breaches
from community.sites.models import Role, Site
from community.subscriptions import services as subscriptions
from community.threads.models import Thread
from moderation import appeals, decisions, sanctions, statements, wording
from moderation.appeals import AlreadyAnswered, AlreadyOpened, NotTaken
from moderation.console.forms import MoreForm, RulesForm, SiteForm
from moderation.models import (
    LONGEST_WORDS,
    Act,
    Appeal,
    AppealState,
    AppealTerms,
    Kind,
    Policy,
    Reason,
    Statement,
)
from moderation.sanctions import Terms, of_comment
from moderation.verdicts import Outcome, Verdict
from tests import factories
from tests.inbox import Inbox, words_of
from tests.moderation.posting import together, write
from tests.moderation.test_statements import let_ten_seconds_pass, refuse

BrowserOf = Callable[[Person | User], Client]
UPHELD, OVERTURNED = AppealState.UPHELD, AppealState.OVERTURNED
WORDS = "I was there and saw it."


@pytest.fixture
def held(thread: Thread, author: Person) -> Comment:
    """A comment that waits."""
    return write(thread, "The harbour is full: https://a.example", person=author)


@pytest.fixture
def refused(held: Comment, moderator: User) -> Statement:
    """What its author was told when it was refused."""
    return refuse(held, moderator)


@pytest.fixture
def appeal(refused: Statement) -> Appeal:
    """What its author said against that."""
    return appeals.open_(refused, WORDS)


def answer(appeal: Appeal, state: AppealState, by: User, words: str = "I see.") -> None:
    """Answer what a moderator has just looked at."""
    fresh = Appeal.objects.get(pk=appeal.pk)
    seen = fresh.statement.comment.version if fresh.statement.comment else None
    appeals.answer(fresh, state, words=words, by=by, seen=seen)


def acts(comment: Comment) -> list[str]:
    """What the log says of a comment."""
    return list(comment.decisions.order_by("pk").values_list("act", flat=True))


# Objecting


@pytest.mark.parametrize(
    ("days", "taken"),
    [
        pytest.param(0, True, id="at once"),
        pytest.param(179, True, id="after 179 days"),
        pytest.param(180, True, id="the last day of six months"),
        pytest.param(184, False, id="after 184 days"),
        pytest.param(400, False, id="much later"),
    ],
)
def test_there_are_six_months_to_object(
    thread: Thread, author: Person, moderator: User, days: int, taken: bool
) -> None:
    start = datetime.fromisoformat("2026-11-22T12:00:00+00:00")
    with time_machine.travel(start, tick=False):
        comment = factories.comment(thread, person=author, status=Status.HELD)
        refused = refuse(comment, moderator)
    client = Client(headers={"Sec-Fetch-Site": "same-origin"})
    with time_machine.travel(start + timedelta(days=days, minutes=1), tick=False):
        page = client.get(statements.path_of(refused)).content.decode()
        status = client.post(statements.path_of(refused), {"words": WORDS}).status_code
    assert ("Why do you see it differently?" in page) is taken
    assert status == (302 if taken else 409)
    assert Appeal.objects.exists() is taken


def test_one_objection_for_one_statement(refused: Statement, appeal: Appeal) -> None:
    with pytest.raises(AlreadyOpened):
        appeals.open_(refused, "Once more.")
    assert Appeal.objects.get().words == WORDS


def test_what_does_not_hold_any_more_cannot_be_objected_to(
    refused: Statement, held: Comment, moderator: User
) -> None:
    held.refresh_from_db()
    decisions.decide(held, Act.APPROVE, seen=held.version, by=moderator)
    with pytest.raises(NotTaken):
        appeals.open_(refused, WORDS)


@pytest.mark.parametrize(
    ("words", "status"),
    [
        pytest.param("", 422, id="nothing said"),
        pytest.param("   ", 422, id="only blanks"),
        pytest.param("x" * (LONGEST_WORDS + 1), 422, id="too long"),
        pytest.param("x" * LONGEST_WORDS, 302, id="just short enough"),
    ],
)
def test_words_stay_when_they_are_not_taken(
    refused: Statement, browser: Client, words: str, status: int
) -> None:
    told = browser.post(statements.path_of(refused), {"words": words})
    assert told.status_code == status
    assert Appeal.objects.exists() is (status == 302)
    if len(words) > LONGEST_WORDS:
        assert words in told.content.decode()


def test_words_that_came_too_late_are_given_back(
    refused: Statement, browser: Client, held: Comment, moderator: User
) -> None:
    held.refresh_from_db()
    decisions.decide(held, Act.APPROVE, seen=held.version, by=moderator)
    told = browser.post(statements.path_of(refused), {"words": "Listen to me."})
    assert told.status_code == 409
    assert "Listen to me." in told.content.decode()


def test_a_site_that_takes_none_names_whom_to_write_to(
    refused: Statement, site: Site, browser: Client
) -> None:
    AppealTerms.objects.create(site=site, are_taken=False, contact="editors@example.org")
    page = browser.get(statements.path_of(refused)).content.decode()
    assert "Why do you see it differently?" not in page
    assert "write to editors@example.org" in page
    assert browser.post(statements.path_of(refused), {"words": WORDS}).status_code == 409
    assert not Appeal.objects.exists()


def test_who_switches_objections_off_must_give_a_contact(
    site: Site, administrator: User, browser_of: BrowserOf
) -> None:
    shown = [
        RulesForm(instance=Policy(site=site)),
        SiteForm(instance=site),
        MoreForm(instance=site),
    ]
    given = {
        name: value for form in shown for name, value in form.initial.items() if value is not None
    }
    given |= {"close_after_days": 0, "typeface": site.typeface, "corners": site.corners}
    client = browser_of(administrator)
    told = client.post("/moderation/settings/", {**given, "answer_days": 7})
    assert told.status_code == 422
    assert "Please say where authors can write to instead." in told.content.decode()
    contact = {**given, "answer_days": 7, "contact": "editors@example.org"}
    assert client.post("/moderation/settings/", contact).status_code == 302
    assert not appeals.terms_of(site).are_taken


def test_an_author_may_let_it_be(appeal: Appeal, browser: Client, held: Comment) -> None:
    address = statements.path_of(appeal.statement)
    assert browser.post(address, {"act": "recant"}).status_code == 302
    appeal.refresh_from_db()
    assert appeal.state == AppealState.WITHDRAWN
    assert browser.post(address, {"act": "recant"}).status_code == 409
    assert acts(held)[-2:] == ["object", "recant"]


# Who answers


def test_who_decided_first_does_not_answer(
    appeal: Appeal, moderator: User, administrator: User
) -> None:
    assert not appeals.may_answer(appeal, moderator)
    with pytest.raises(PermissionDenied):
        answer(appeal, OVERTURNED, moderator)
    assert Appeal.objects.get().is_open
    answer(appeal, UPHELD, administrator)
    assert not Appeal.objects.get().by_same_person


def test_the_door_is_shut_in_the_service_and_not_only_on_the_page(
    appeal: Appeal, moderator: User, administrator: User, browser_of: BrowserOf, held: Comment
) -> None:
    held.refresh_from_db()
    given = {"act": "overturn", "version": held.version, f"a{appeal.pk}-words": "I was wrong."}
    told = browser_of(moderator).post(f"/moderation/objections/{appeal.pk}/", given)
    assert told.status_code == 409
    assert "I was wrong." in told.content.decode()
    assert Appeal.objects.get().is_open


def test_with_one_moderator_it_goes_back_to_that_person_and_both_are_told(
    appeal: Appeal, moderator: User, author: Person, browser_of: BrowserOf, inbox: Inbox
) -> None:
    page = browser_of(moderator).get("/moderation/objections/").content.decode()
    assert "You are the only moderator of this site" in page
    answer(appeal, UPHELD, moderator)
    assert Appeal.objects.get().by_same_person
    assert author.contact is not None
    told = inbox.to(author.contact.address)[-1]
    assert "the same person has looked at it again" in words_of(told)
    assert inbox.to(moderator.email) == []


@pytest.mark.parametrize("who", ["left", "inactive"])
def test_moderators_who_cannot_act_do_not_count(
    appeal: Appeal, moderator: User, administrator: User, who: str
) -> None:
    if who == "left":
        administrator.memberships.all().delete()
    else:
        User.objects.filter(pk=administrator.pk).update(is_active=False)
    assert appeals.may_answer(appeal, moderator)


def test_what_a_machine_decided_any_human_may_answer(
    thread: Thread, author: Person, moderator: User, administrator: User
) -> None:
    comment = factories.comment(thread, person=author, status=Status.CHECKING)
    verdict = Verdict(Reason.WORD, Outcome.REJECT)
    decisions.judge(comment, Status.REJECTED, seen=comment.version, verdicts=[verdict])
    made = appeals.open_(Statement.objects.get(), WORDS)
    assert appeals.may_answer(made, moderator)
    assert appeals.may_answer(made, administrator)


def test_moderators_of_another_site_find_nothing(appeal: Appeal, browser_of: BrowserOf) -> None:
    other = factories.site(name="Inland", base_url="http://localhost", host="localhost")
    stranger = browser_of(factories.member("Sten", site=other, role=Role.ADMINISTRATOR))
    given = {"act": "overturn", "version": "3", f"a{appeal.pk}-words": "x"}
    headers = {"host": "localhost", "Sec-Fetch-Site": "same-origin"}
    told = stranger.post(f"/moderation/objections/{appeal.pk}/", given, headers=headers)
    assert told.status_code == 404
    assert WORDS not in stranger.get("/moderation/objections/", headers=headers).content.decode()


# What comes of it


def test_an_upheld_decision_stays(
    appeal: Appeal, held: Comment, administrator: User, author: Person, inbox: Inbox
) -> None:
    answer(appeal, UPHELD, administrator, "It names a private person.")
    held.refresh_from_db()
    appeal.statement.refresh_from_db()
    assert held.status == Status.REJECTED
    assert appeal.statement.stands
    assert acts(held)[-2:] == ["object", "uphold"]
    assert author.contact is not None
    told = inbox.to(author.contact.address)[-1]
    assert told["Subject"] == "The answer to your objection"
    assert "the decision stays" in words_of(told)
    assert "It names a private person." in words_of(told)
    assert wording.outcome_of(Statement.objects.get()) == "You objected, and the decision stays."


def test_an_overturned_decision_restores_everything(
    appeal: Appeal,
    held: Comment,
    thread: Thread,
    moderator: User,
    administrator: User,
    author: Person,
    inbox: Inbox,
) -> None:
    before = Thread.objects.get(pk=thread.pk).comment_count
    answer(appeal, OVERTURNED, administrator, "You are right.")
    held.refresh_from_db()
    appeal.statement.refresh_from_db()
    assert held.is_public
    assert not held.removed
    assert held.told == ""
    assert Thread.objects.get(pk=thread.pk).comment_count == before + 1
    assert not appeal.statement.stands
    assert acts(held) == ["judge", "reject", "object", "overturn"]
    assert author.contact is not None
    assert "you were right" in words_of(inbox.to(author.contact.address)[-1])
    [told] = inbox.to(moderator.email)
    assert told["Subject"].startswith("An objection to your decision was answered")
    assert list(breaches()) == []


def test_followers_hear_of_a_restored_comment_once_in_its_life(
    thread: Thread, author: Person, moderator: User, administrator: User, inbox: Inbox
) -> None:
    follower = factories.guest("Fee", proven=True)
    assert follower.contact is not None
    # Two threads: what follows in one within minutes would come together.
    other = factories.thread(thread.site)
    for followed in (thread, other):
        subscriptions.follow_thread(followed, follower.contact, follower)
    comment = factories.comment(thread, "Heard already.", person=author)
    inbox.fetch()
    made = appeals.open_(refuse(comment, moderator), WORDS)
    answer(made, OVERTURNED, administrator)
    never_public = factories.comment(other, "News.", person=author, status=Status.HELD)
    answer(appeals.open_(refuse(never_public, moderator), WORDS), OVERTURNED, administrator)
    told = [words_of(each) for each in inbox.to(follower.contact.address)]
    assert len(told) == 2
    assert "Heard already." in told[0]
    assert "News." in told[1]


def test_an_overturned_sanction_is_lifted(
    held: Comment, moderator: User, administrator: User
) -> None:
    sanction = sanctions.impose(of_comment(held), Terms(Kind.BAN), moderator)
    let_ten_seconds_pass()
    made = appeals.open_(Statement.objects.get(sanction=sanction), WORDS)
    answer(made, OVERTURNED, administrator)
    sanction.refresh_from_db()
    assert not sanction.is_in_force
    assert not Statement.objects.get().stands


def test_what_its_author_has_deleted_meanwhile_stays_deleted(
    appeal: Appeal, held: Comment, administrator: User
) -> None:
    held.refresh_from_db()
    decisions.move(held, Status.WITHDRAWN, seen=held.version)
    answer(appeal, OVERTURNED, administrator)
    held.refresh_from_db()
    assert held.status == Status.WITHDRAWN
    assert not Statement.objects.get().stands


def test_a_moderator_who_publishes_it_after_all_grants_the_objection_and_undo_opens_it_again(
    appeal: Appeal, held: Comment, moderator: User, author: Person, inbox: Inbox
) -> None:
    inbox.fetch()
    held.refresh_from_db()
    made = decisions.decide(held, Act.APPROVE, seen=held.version, by=moderator)
    appeal.refresh_from_db()
    assert appeal.state == OVERTURNED
    decisions.undo(made, by=moderator)
    appeal.refresh_from_db()
    assert appeal.is_open
    let_ten_seconds_pass()
    assert author.contact is not None
    assert [str(each["Subject"]) for each in inbox.to(author.contact.address)] == [
        "Your comment was not published: On tides"
    ]


def test_a_comment_that_has_changed_is_looked_at_again(
    appeal: Appeal, held: Comment, administrator: User
) -> None:
    held.refresh_from_db()
    with pytest.raises(StaleComment):
        appeals.answer(appeal, OVERTURNED, words="x", by=administrator, seen=held.version - 1)
    assert Appeal.objects.get().is_open


def test_the_second_to_answer_hears_who_was_faster(
    appeal: Appeal, administrator: User, site: Site, browser_of: BrowserOf, held: Comment
) -> None:
    third = factories.member("Tove", site=site, role=Role.MODERATOR)
    held.refresh_from_db()
    given = {"act": "uphold", "version": held.version, f"a{appeal.pk}-words": "My answer."}
    answer(appeal, OVERTURNED, administrator)
    told = browser_of(third).post(f"/moderation/objections/{appeal.pk}/", given)
    page = told.content.decode()
    assert told.status_code == 409
    assert "Ada" in page
    assert "My answer." in page
    held.refresh_from_db()
    assert held.is_public


# The list


def test_open_objections_are_listed_and_late_ones_marked(
    appeal: Appeal, moderator: User, administrator: User, browser_of: BrowserOf
) -> None:
    client = browser_of(administrator)
    page = client.get("/moderation/objections/").content.decode()
    assert WORDS in page
    assert ">late<" not in page
    assert 'Objections <span class="count">1</span>' in client.get("/moderation/").content.decode()
    Appeal.objects.update(due_at=timezone.now() - timedelta(hours=1))
    assert ">late<" in client.get("/moderation/objections/").content.decode()
    assert (
        "You decided first" in browser_of(moderator).get("/moderation/objections/").content.decode()
    )


def test_an_answer_needs_words(appeal: Appeal, administrator: User, browser_of: BrowserOf) -> None:
    given = {"act": "overturn", "version": "3", f"a{appeal.pk}-words": ""}
    told = browser_of(administrator).post(f"/moderation/objections/{appeal.pk}/", given)
    assert told.status_code == 422
    assert "Please answer in a few words." in told.content.decode()


def test_moderators_are_reminded_a_day_before_an_answer_is_due_and_only_then(
    appeal: Appeal, administrator: User, inbox: Inbox
) -> None:
    assert inbox.to(administrator.email) == []
    job = Job.objects.get(name="moderation.appeal-due")
    assert job.due == appeal.due_at - timedelta(days=1)
    Job.objects.filter(pk=job.pk).update(due=timezone.now())
    [told] = inbox.to(administrator.email)
    assert told["Subject"].startswith("An objection waits for an answer")
    Job.objects.filter(pk=job.pk).update(due=timezone.now(), state=JobState.OPEN)
    assert len(inbox.to(administrator.email)) == 1


def test_nobody_is_reminded_of_what_was_answered(
    appeal: Appeal, administrator: User, inbox: Inbox
) -> None:
    answer(appeal, UPHELD, administrator)
    Job.objects.open().update(due=timezone.now())
    assert inbox.to(administrator.email) == []


# Races


def waiting(thread: Thread, number: int) -> Comment:
    """A comment of somebody else that waits."""
    guest = factories.guest(proven=True)
    return write(thread, f"Number {number}: https://a.example", person=guest)


def attempt(appeal: Appeal, state: AppealState, by: User, lost: list[Exception]) -> None:
    """Answer, or note that somebody was faster."""
    try:
        answer(appeal, state, by)
    except (AlreadyAnswered, StaleComment) as late:
        lost.append(late)


def object_to(refused: Statement, words: str) -> None:
    """Object, if that is still possible."""
    with suppress(AlreadyOpened, NotTaken):
        appeals.open_(refused, words)


def publish(comment: Comment, by: User) -> None:
    """Publish a comment after all."""
    decisions.decide(comment, Act.APPROVE, seen=comment.version, by=by)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_answers_at_once(
    thread: Thread, moderator: User, administrator: User, site: Site
) -> None:
    third = factories.member("Tove", site=site, role=Role.MODERATOR)
    for number in range(10):
        comment = write(
            thread, f"Number {number}: https://a.example", person=factories.guest(proven=True)
        )
        made = appeals.open_(refuse(comment, moderator), WORDS)
        lost: list[Exception] = []
        together(
            partial(attempt, made, OVERTURNED, administrator, lost),
            partial(attempt, made, UPHELD, third, lost),
        )
        made.refresh_from_db()
        comment.refresh_from_db()
        assert len(lost) == 1
        assert comment.is_public is (made.state == OVERTURNED)
        assert len({"uphold", "overturn"} & set(acts(comment))) == 1
    assert list(breaches()) == []


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_objecting_twice_at_once_while_it_is_taken_back(thread: Thread, moderator: User) -> None:
    for number in range(10):
        comment = write(
            thread, f"Number {number}: https://a.example", person=factories.guest(proven=True)
        )
        refused = refuse(comment, moderator)
        comment.refresh_from_db()
        together(
            partial(object_to, refused, "One."),
            partial(object_to, refused, "Two."),
            partial(publish, comment, moderator),
        )
        assert not Appeal.objects.open().filter(statement=refused).exists()
        assert not Statement.objects.standing().filter(pk=refused.pk).exists()
    assert list(breaches()) == []


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_publishing_it_while_the_objection_is_answered(
    thread: Thread, moderator: User, administrator: User
) -> None:
    for number in range(10):
        comment = write(
            thread, f"Number {number}: https://a.example", person=factories.guest(proven=True)
        )
        made = appeals.open_(refuse(comment, moderator), WORDS)
        comment.refresh_from_db()
        lost: list[Exception] = []

        together(
            partial(attempt, made, OVERTURNED, administrator, lost),
            partial(try_to_publish, comment, moderator),
        )
        made.refresh_from_db()
        comment.refresh_from_db()
        assert comment.is_public
        assert made.state == OVERTURNED
        assert not Statement.objects.standing().filter(comment=comment).exists()
    assert list(breaches()) == []


def try_to_publish(comment: Comment, by: User) -> None:
    """Publish a comment, if nobody was faster."""
    with suppress(StaleComment, ForbiddenMove):
        publish(comment, by)
