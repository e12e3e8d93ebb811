"""Answering by e-mail: every kind of e-mail has one answer, written down here."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django import Settings

from community.accounts.models import Person, User
from community.comments import lifecycle
from community.comments.models import Comment, Status
from community.contacts.models import Contact
from community.inbound import services
from community.inbound.answers import MOST_TOLD_A_DAY, TryLater
from community.inbound.models import Answer, Outcome
from community.inbound.reading import LARGEST
from community.mail import mailbox
from community.mail.models import Email
from community.sites.models import Role
from community.threads.models import Thread
from moderation import sanctions
from moderation.models import Kind, Opinion, Policy
from tests import factories
from tests.inbox import Inbox, words_of

Letter = Callable[..., bytes]
pytestmark = pytest.mark.both

MACHINES = [
    "auto_submitted",
    "precedence",
    "x_autoreply",
    "out_of_office",
    "abwesend",
    "null_sender",
    "mailing_list",
    "loop",
    "delivered",
]
FORGED = ["no_dmarc", "foreign_verdict", "verdict_below", "other_domain", "two_senders"]


@pytest.fixture(autouse=True)
def trusting(site: object) -> None:
    """A site where first comments appear at once, so that only e-mail itself makes one wait."""
    Policy.objects.create(site=site, number=1, first_comments=0, flood_seconds=0)


def replies(question: Comment) -> list[Comment]:
    """What was answered, the oldest first."""
    return list(Comment.objects.filter(parent=question).order_by("pk"))


def told(contact: Contact | None) -> list[str]:
    """The e-mails about answers that were written to somebody."""
    assert contact
    rows = Email.objects.filter(kind="answer", to=contact.address).order_by("pk")
    return [row.text for row in rows]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        (
            "plain",
            "At four in the afternoon, says the *table*.\n\n    14:02 low\n    20:11 high",
        ),
        ("german", "Um vier Uhr nachmittags."),
        ("french", "À quatre heures."),
        ("spanish", "A las cuatro."),
        ("outlook", "At four, I think."),
        ("html_only", "At four & not later.\n\nBring boots."),
        ("latin9", "Um fünf, für 3 €."),
        ("wrong_charset", "Um fünf, sagt sie."),
        ("unknown_charset", "Um fünf, sagt er."),
        ("flowed", "This is one long sentence in two lines.\nAnd this is another."),
    ],
)
def test_an_answer_becomes_a_public_reply_with_only_the_new_words(
    letter: Letter, question: Comment, rosa: Person, name: str, words: str
) -> None:
    assert services.receive(letter(name))

    (reply,) = replies(question)
    assert reply.body.strip("\n") == words
    assert reply.status == Status.PUBLISHED
    assert reply.person == rosa
    assert reply.contact == rosa.contact
    assert told(rosa.contact) == []


def test_the_same_e_mail_twice_is_one_comment(letter: Letter, question: Comment) -> None:
    services.receive(letter("plain"))
    services.receive(letter("plain").replace(b"Received:", b"X-Another-Way:"))

    assert len(replies(question)) == 1
    assert Answer.objects.count() == 1


def test_two_e_mails_are_two_comments(letter: Letter, question: Comment) -> None:
    services.receive(letter("plain"))
    services.receive(letter("german"))

    assert len(replies(question)) == 2


def test_nobody_takes_the_place_of_another_by_their_message_id(
    letter: Letter, question: Comment
) -> None:
    other = factories.guest("Mallory", proven=True)
    assert other.contact
    theirs = mailbox.answer_address(other.contact.pk, question.pk)
    services.receive(letter("german", TO=theirs, FROM=other.contact.address, ID="<same@x>"))
    services.receive(letter("plain", ID="<same@x>"))

    assert len(replies(question)) == 2


@pytest.mark.parametrize("name", FORGED)
def test_a_sender_nobody_vouches_for_is_held_with_that_reason(
    letter: Letter, question: Comment, rosa: Person, name: str
) -> None:
    services.receive(letter(name))

    (reply,) = replies(question)
    assert reply.status == Status.HELD
    assert Opinion.objects.filter(comment=reply, name="sender").exists()
    (mail,) = told(rosa.contact)
    assert "moderator" in mail


def test_an_answer_from_another_address_is_held(letter: Letter, question: Comment) -> None:
    services.receive(letter("plain", FROM="rosa@other.example"))

    (reply,) = replies(question)
    assert reply.status == Status.HELD
    assert "another address" in Opinion.objects.get(comment=reply, name="sender").evidence


def test_without_the_name_of_our_mail_server_everything_is_held(
    letter: Letter, question: Comment, settings: Settings
) -> None:
    settings.MAIL_AUTHSERV = ""

    services.receive(letter("plain"))

    assert replies(question)[0].status == Status.HELD


def test_a_forged_moderator_has_no_rights(
    letter: Letter, question: Comment, rosa: Person, site: object
) -> None:
    mina = factories.member("Mina", site=site, role=Role.MODERATOR)
    Person.objects.filter(pk=mina.person.pk).update(contact=rosa.contact)

    services.receive(letter("no_dmarc"))
    services.receive(letter("plain"))

    forged, real = replies(question)
    assert (forged.status, forged.by_moderator) == (Status.HELD, False)
    assert (real.status, real.by_moderator) == (Status.PUBLISHED, True)


@pytest.mark.parametrize("name", MACHINES)
def test_machines_are_never_answered(
    letter: Letter, question: Comment, rosa: Person, name: str
) -> None:
    services.receive(letter(name))

    assert replies(question) == []
    assert Answer.objects.get().outcome == Outcome.AUTOMATIC
    assert Email.objects.count() == 0


@pytest.mark.parametrize("name", ["empty", "only_quoted", "broken_mime"])
def test_an_e_mail_without_words_is_no_comment(
    letter: Letter, question: Comment, rosa: Person, name: str
) -> None:
    services.receive(letter(name))

    assert replies(question) == []
    (mail,) = told(rosa.contact)
    assert "did not become a comment" in mail
    assert "no words of yours" in mail


def test_attachments_are_left_out_and_their_sender_is_told(
    letter: Letter, question: Comment, rosa: Person, inbox: Inbox
) -> None:
    services.receive(letter("attachment"))

    (reply,) = replies(question)
    assert reply.body.strip() == "Look at the picture."
    (mail,) = [mail for mail in inbox.to("rosa@sender.example") if "has arrived" in words_of(mail)]
    assert "Files and pictures were left out" in words_of(mail)


def test_what_is_too_long_is_told_in_the_words_of_the_form(
    letter: Letter, question: Comment, rosa: Person
) -> None:
    services.receive(letter("empty") + b"tide and " * 3000)
    services.receive(letter("plain") + b"x" * LARGEST)

    assert replies(question) == []
    long, large = told(rosa.contact)
    assert "10,000" in long or "10000" in long
    assert "too large" in large


def test_a_closed_thread_says_so(
    letter: Letter, question: Comment, rosa: Person, thread: Thread
) -> None:
    Thread.objects.filter(pk=thread.pk).update(closed_at=timezone.now())

    services.receive(letter("plain"))

    assert replies(question) == []
    assert "can no longer be answered" in told(rosa.contact)[0]


def test_a_removed_comment_cannot_be_answered(
    letter: Letter, question: Comment, rosa: Person
) -> None:
    lifecycle.move(question, Status.REJECTED, seen=question.version)

    services.receive(letter("plain"))

    assert replies(question) == []
    assert "not there any more" in told(rosa.contact)[0]


def test_a_sender_who_is_suspended_reads_the_same_sentence_as_at_the_form(
    letter: Letter, question: Comment, rosa: Person, moderator: User
) -> None:
    earlier = factories.comment(question.thread, person=rosa)
    tomorrow = timezone.now() + timedelta(days=1)
    terms = sanctions.Terms(Kind.SUSPEND, ends_at=tomorrow)
    sanctions.impose(sanctions.of_comment(earlier), terms, moderator)

    services.receive(letter("plain"))

    assert replies(question) == []
    assert "ends by itself" in told(rosa.contact)[0]


def test_somebody_without_a_name_is_asked_to_write_once(
    letter: Letter, question: Comment, rosa: Person
) -> None:
    Person.objects.filter(pk=rosa.pk).update(name="")

    services.receive(letter("plain"))

    assert "know your name" in told(rosa.contact)[0]


def test_at_most_so_many_are_told_a_day(letter: Letter, question: Comment, rosa: Person) -> None:
    for number in range(MOST_TOLD_A_DAY + 3):
        services.receive(letter("empty", ID=f"<{number}@sender.example>"))

    assert len(told(rosa.contact)) == MOST_TOLD_A_DAY
    assert Answer.objects.filter(outcome=Outcome.UNTOLD).count() == 3


def test_whoever_wants_no_e_mail_gets_none_and_stays_so(
    letter: Letter, question: Comment, rosa: Person
) -> None:
    Contact.objects.update(paused_at=timezone.now())

    services.receive(letter("plain"))
    services.receive(letter("empty"))

    assert len(replies(question)) == 1
    assert told(rosa.contact) == []
    assert Contact.objects.get(pk=rosa.contact_id).paused_at is not None


def test_a_little_too_quick_waits_for_its_turn(
    letter: Letter, question: Comment, rosa: Person
) -> None:
    Policy.objects.update(flood_seconds=30)
    services.receive(letter("plain"))

    with pytest.raises(TryLater):
        services.receive(letter("german"))

    assert Answer.objects.count() == 1
    assert told(rosa.contact) == []


@pytest.mark.parametrize(
    "address",
    [
        "comments@harbour.example",
        "comments+r-1-1-aaaaaaaaaaaaaaaa@harbour.example",
        "comments+x@harbour.example",
        "nobody@elsewhere.example",
    ],
)
def test_what_comes_to_no_signed_address_is_left_alone(
    letter: Letter, question: Comment, address: str
) -> None:
    assert not services.receive(letter("plain", TO=address))

    assert replies(question) == []
    assert Answer.objects.count() == 0
    assert Email.objects.count() == 0


def test_the_words_are_kept_only_in_the_comment(letter: Letter, question: Comment) -> None:
    services.receive(letter("plain"))

    kept = " ".join(str(value) for value in Answer.objects.values_list().get())
    assert "afternoon" not in kept
    assert "rosa@sender.example" not in kept
