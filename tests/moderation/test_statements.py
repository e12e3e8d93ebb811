"""Every refusal tells its author what, why, on which ground, who decided, and how to object."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from community.accounts.models import Person, User
from community.comments.models import Comment, Status
from community.contacts.models import Contact
from community.outbox.models import Job
from community.privacy import retention
from community.privacy import services as erasing
from community.sites.models import Site
from community.threads.models import Thread
from moderation import decisions, mails, sanctions, statements, wording
from moderation.decisions import TooLate
from moderation.models import Act, Decider, Kind, Measure, Policy, Reason, Statement
from moderation.sanctions import Terms, of_comment
from moderation.verdicts import Outcome, Verdict
from tests import factories
from tests.inbox import Inbox, everything_in, link_in, words_of
from tests.moderation.posting import write

BrowserOf = Callable[[Person | User], Client]
WORDS = "The harbour master is asleep."
ELEVEN_SECONDS = timedelta(seconds=11)


@pytest.fixture
def held(thread: Thread, author: Person) -> Comment:
    """A comment that waits."""
    return factories.comment(thread, WORDS, person=author, status=Status.HELD)


def decide(comment: Comment, act: Act, by: User, **more: str) -> Statement | None:
    """Decide, and what was stated of it."""
    comment.refresh_from_db()
    made = decisions.decide(comment, act, seen=comment.version, by=by, **more)
    return Statement.objects.filter(decision=made).first()


def refuse(comment: Comment, by: User, **more: str) -> Statement:
    """Refuse a comment and let the ten seconds pass."""
    made = decide(comment, Act.REJECT, by, **more)
    assert made is not None
    let_ten_seconds_pass()
    made.refresh_from_db()
    return made


def let_ten_seconds_pass() -> None:
    """What waits for the end of an undo is due now."""
    Job.objects.open().update(due=timezone.now())
    Statement.objects.update(told_from=timezone.now())


# What is stated


@pytest.mark.parametrize(
    ("before", "act", "measure"),
    [
        pytest.param("held", Act.REJECT, Measure.NOT_PUBLISHED, id="refused"),
        pytest.param("published", Act.REMOVE, Measure.REMOVED, id="removed"),
        pytest.param("published", Act.HOLD, Measure.HIDDEN, id="hidden for now"),
        pytest.param("held", Act.APPROVE, None, id="published"),
        pytest.param("held", Act.SPAM, None, id="spam is told nothing"),
        pytest.param("published", Act.SPAM, None, id="nor is spam that was public"),
        pytest.param("rejected", Act.HOLD, None, id="others look again"),
    ],
)
def test_who_loses_something_is_told(
    thread: Thread, author: Person, moderator: User, before: str, act: Act, measure: Measure | None
) -> None:
    comment = factories.comment(thread, WORDS, person=author, status=Status(before))
    stated = decide(comment, act, moderator)
    assert (stated.measure if stated else None) == measure


def test_a_statement_says_everything_a_reader_has_a_right_to(
    held: Comment, moderator: User
) -> None:
    stated = refuse(held, moderator, canned="defamation", reason="Have you a source?")
    told = {line.title: line.sentence for line in wording.lines_of(stated)}
    assert told["What was decided"] == "Your comment was not published."
    assert told["Where"] == "At “On tides” on The Harbour Post."
    assert told["How long"].endswith("without an end.")
    assert told["Why"].endswith("we see no proof of it. Have you a source?")
    assert "The law against defamation" in told["On which ground"]
    assert told["Who decided"].startswith("A moderator decided, without")
    assert "on our own" in told["What it began with"]
    assert stated.words == WORDS


@pytest.mark.parametrize("gone", ["person", "own"])
def test_nobody_is_told_who_is_unknown_or_decided_themselves(
    thread: Thread, moderator: User, gone: str
) -> None:
    person = moderator.person if gone == "own" else factories.guest()
    comment = factories.comment(thread, person=person, status=Status.HELD)
    if gone == "person":
        Comment.objects.filter(pk=comment.pk).update(person=None)
    assert decide(comment, Act.REJECT, moderator) is None


def test_it_says_whether_rules_have_helped(thread: Thread, author: Person, moderator: User) -> None:
    comment = write(thread, "Look at https://a.example", person=author)
    assert comment.status == Status.HELD
    assert refuse(comment, moderator).decider == Decider.HELPED


def test_a_machine_that_refuses_says_so(thread: Thread, author: Person) -> None:
    comment = factories.comment(thread, person=author, status=Status.CHECKING)
    verdict = Verdict(Reason.WORD, Outcome.REJECT)
    decisions.judge(comment, Status.REJECTED, seen=comment.version, verdicts=[verdict])
    stated = Statement.objects.get()
    assert (stated.decider, stated.moderator) == (Decider.MACHINE, None)
    assert Statement.objects.told().exists(), "nobody can undo what a machine did"


def test_what_was_hidden_after_a_notice_says_so_and_ends_with_the_decision(
    thread: Thread, author: Person, moderator: User
) -> None:
    comment = factories.comment(thread, person=author)
    verdict = Verdict(Reason.WORD, Outcome.HOLD)
    decisions.judge(
        comment, Status.HELD, seen=comment.version, verdicts=[verdict], after_notice=True
    )
    hidden = Statement.objects.get()
    assert (hidden.measure, hidden.after_notice) == (Measure.HIDDEN, True)
    refuse(comment, moderator)
    hidden.refresh_from_db()
    assert not hidden.stands


@pytest.mark.parametrize(
    ("start", "end"),
    [
        (datetime(2026, 8, 31, tzinfo=UTC), datetime(2027, 2, 28, tzinfo=UTC)),
        (datetime(2026, 7, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)),
        (datetime(2027, 12, 29, tzinfo=UTC), datetime(2028, 6, 29, tzinfo=UTC)),
    ],
)
def test_half_a_year_is_counted_in_months(start: datetime, end: datetime) -> None:
    assert statements.months_later(start, 6) == end


# Sanctions


def test_a_sanction_is_stated_to_whom_it_was_imposed_on(held: Comment, moderator: User) -> None:
    ends = timezone.now() + timedelta(days=3)
    terms = Terms(Kind.SUSPEND, words="Three insults in a day.", ends_at=ends)
    sanction = sanctions.impose(of_comment(held), terms, moderator)
    stated = Statement.objects.get(sanction=sanction)
    assert (stated.person, stated.until, stated.measure) == (held.person, ends, "suspend")
    assert stated.why == "Three insults in a day."
    sanctions.lift(sanction, moderator)
    stated.refresh_from_db()
    assert not stated.stands


def test_an_undone_sanction_was_never_stated(held: Comment, moderator: User) -> None:
    sanction = sanctions.impose(of_comment(held), Terms(Kind.BAN), moderator)
    sanctions.undo(sanction, moderator)
    assert not Statement.objects.exists()


# Taking it back


def test_undo_takes_the_statement_back(held: Comment, moderator: User, inbox: Inbox) -> None:
    decide(held, Act.REJECT, moderator)
    decisions.undo(held.decisions.get(), by=moderator)
    assert not Statement.objects.exists()
    assert inbox.all() == []


def test_who_was_told_keeps_the_statement(held: Comment, moderator: User, inbox: Inbox) -> None:
    refuse(held, moderator)
    inbox.fetch()
    with pytest.raises(TooLate):
        decisions.undo(held.decisions.get(), by=moderator)
    assert Statement.objects.standing().exists()


def test_a_comment_that_is_published_after_all_takes_it_back_and_undo_brings_it_again(
    held: Comment, moderator: User
) -> None:
    stated = refuse(held, moderator)
    decide(held, Act.APPROVE, moderator)
    stated.refresh_from_db()
    assert not stated.stands
    decisions.undo(held.decisions.latest("pk"), by=moderator)
    stated.refresh_from_db()
    assert stated.stands


# Who is sent an e-mail


def test_a_proven_address_gets_one_e_mail(
    held: Comment, author: Person, moderator: User, inbox: Inbox
) -> None:
    stated = refuse(held, moderator, canned="off-topic", reason="See https://evil.example/x")
    assert author.contact is not None
    [sent] = inbox.to(author.contact.address)
    mails.tell_author({"statement": stated.pk})
    assert len(inbox.all()) == 1

    assert sent["Subject"] == "Your comment was not published: On tides"
    assert sent["Message-ID"] == f"<statement.{stated.pk}@{sent['Message-ID'].partition('@')[2]}"
    assert "List-Unsubscribe" in sent
    said = words_of(sent)
    assert "It is about something other than the article." in said
    assert "House rules: off topic" in said
    assert WORDS in said
    assert "You can object until" in said
    assert "evil.example" not in everything_in(sent)
    link = link_in(sent, "/decisions/")
    assert link.startswith("http://testserver/decisions/")
    assert Client().get(link.removeprefix("http://testserver")).status_code == 200


@pytest.mark.parametrize("why", ["unproven", "paused", "spam", "undone", "restored"])
def test_others_get_none(
    thread: Thread, author: Person, moderator: User, inbox: Inbox, why: str
) -> None:
    if why == "unproven":
        author.contact = factories.contact(proven=False)
        author.save()
    if why == "paused":
        Contact.objects.filter(pk=author.contact_id).update(paused_at=timezone.now())
    comment = factories.comment(thread, WORDS, person=author, status=Status.HELD)
    decide(comment, Act.SPAM if why == "spam" else Act.REJECT, moderator)
    if why == "undone":
        decisions.undo(comment.decisions.get(), by=moderator)
    let_ten_seconds_pass()
    if why == "restored":
        decide(comment, Act.APPROVE, moderator)
    assert inbox.all() == []


def test_the_e_mail_waits_until_nobody_can_undo(
    held: Comment, moderator: User, inbox: Inbox
) -> None:
    decide(held, Act.REJECT, moderator)
    assert inbox.all() == []
    with time_machine.travel(timezone.now() + ELEVEN_SECONDS, tick=False):
        assert len(inbox.all()) == 1


def test_a_spoken_ban_goes_to_the_address_of_the_one_who_is_banned(
    held: Comment, author: Person, moderator: User, inbox: Inbox
) -> None:
    decisions.decide(held, Act.REJECT, seen=held.version, by=moderator, block=True)
    let_ten_seconds_pass()
    assert author.contact is not None
    subjects = {str(each["Subject"]) for each in inbox.to(author.contact.address)}
    assert subjects == {
        "Your comment was not published: On tides",
        "About your comments at The Harbour Post",
    }


def test_a_sanction_is_told_in_one_e_mail_that_leads_to_how_to_object(
    held: Comment, author: Person, moderator: User, inbox: Inbox
) -> None:
    terms = Terms(Kind.SUSPEND, ends_at=timezone.now() + timedelta(days=1))
    sanctions.impose(sanctions.of_comment(held), terms, moderator)
    let_ten_seconds_pass()
    assert author.contact is not None
    [sent] = inbox.to(author.contact.address)
    assert sent["Subject"] == "About your comments at The Harbour Post"
    page = Client().get(link_in(sent, "/decisions/").removeprefix("http://testserver"))
    assert "object" in page.content.decode()


# Where it is read


def test_the_author_finds_it_under_my_comments(
    held: Comment, author: Person, moderator: User, browser_of: BrowserOf
) -> None:
    decide(held, Act.REJECT, moderator)
    client = browser_of(author)
    assert "/decisions/" not in client.get("/me/").content.decode()
    let_ten_seconds_pass()
    page = client.get("/me/").content.decode()
    [address] = [part.split('"')[0] for part in page.split('href="')[1:] if "/decisions/" in part]
    told = client.get(address).content.decode()
    assert WORDS in told
    assert "House rules" in told


def test_nobody_else_finds_it(
    held: Comment, moderator: User, browser_of: BrowserOf, reader: Person, site: Site
) -> None:
    stated = refuse(held, moderator)
    assert "/decisions/" not in browser_of(reader).get("/me/").content.decode()
    for forged in (f"{stated.pk}", f"{stated.pk}:abc", "x", statements.token_for(stated)[:-1]):
        assert browser_of(reader).get(f"/decisions/{forged}/").status_code == 404


def test_a_link_of_another_site_leads_nowhere(held: Comment, moderator: User) -> None:
    factories.site(name="Inland", base_url="http://localhost", host="localhost")
    address = statements.path_of(refuse(held, moderator))
    assert Client().get(address).status_code == 200
    assert Client(headers={"host": "localhost"}).get(address).status_code == 404


def test_the_page_is_kept_by_nobody_and_tells_no_address(
    held: Comment, author: Person, moderator: User
) -> None:
    answer = Client().get(statements.path_of(refuse(held, moderator)))
    assert answer["Cache-Control"] == "private, no-store"
    assert answer["Referrer-Policy"] == "same-origin"
    assert author.contact is not None
    assert author.contact.address not in answer.content.decode()


# Forgetting


def test_erasing_somebody_removes_what_they_were_told(
    held: Comment, author: Person, moderator: User
) -> None:
    refuse(held, moderator)
    erasing.erase(author, with_words=False)
    assert not Statement.objects.exists()


def test_erasing_covers_what_was_claimed_later(held: Comment, moderator: User) -> None:
    member = factories.member("Milo").person
    refuse(held, moderator)
    Comment.objects.filter(pk=held.pk).update(person=member)
    assert list(Statement.objects.concerning(member)) == list(Statement.objects.all())
    erasing.erase(member, with_words=False)
    assert not Statement.objects.exists()


@pytest.mark.parametrize(
    ("days", "kept", "words"), [(240, True, True), (260, True, False), (731, False, False)]
)
def test_words_go_before_the_statement_does(
    held: Comment, moderator: User, days: int, kept: bool, words: bool
) -> None:
    stated = refuse(held, moderator)
    with time_machine.travel(timezone.now() + timedelta(days=days), tick=False):
        retention.forget()
    found = Statement.objects.filter(pk=stated.pk).first()
    assert (found is not None) is kept
    assert bool(found and found.words) is words


def test_the_rules_of_the_site_do_not_change_who_is_told(
    site: Site, thread: Thread, author: Person
) -> None:
    Policy.objects.create(site=site, number=1, disallowed_words="casino")
    comment = write(thread, "Come to the casino.", person=author)
    assert comment.status == Status.SPAM
    assert not Statement.objects.exists()
