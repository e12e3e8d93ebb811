"""What a mail program makes of the bytes that arrived, read by the RFCs and not by our own code.

A mail server on loopback takes the e-mails. The threads are built as RFC 5322 (3.6.4)
describes, the button for stopping is pressed as RFC 8058 asks of mail programs.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.headerregistry import AddressHeader
from email.message import Message
from html.parser import HTMLParser
from urllib.parse import urlsplit

import pytest
import time_machine
from django.test import Client
from pytest_django import Settings

from community.accounts.models import Person
from community.comments.models import Comment
from community.mail import tasks as mail
from community.sites.models import Site
from community.subscriptions import services, tasks
from community.threads.models import Thread
from tests import factories
from tests.mail.smtp_server import SmtpServer, serving
from tests.subscriptions.helpers import do_jobs

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
MESSAGE_ID = re.compile(r"<[^\s<>@]+@[^\s<>@]+>")
BETWEEN_BRACKETS = re.compile(r"<([^<>\s]*)>")


@pytest.fixture
def site(db: None) -> Site:
    """A publication as it is on the web: mail programs press no button without TLS."""
    return factories.site(base_url="https://testserver")


@pytest.fixture
def server(settings: Settings, site: Site) -> Iterator[SmtpServer]:
    """The mail server that everything goes to."""
    with serving() as running:
        settings.MAIL_URL = running.url
        yield running


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """A clock that stands until it is moved."""
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def follower(thread: Thread, author: Person) -> Person:
    """Somebody who wants to hear everything about a thread."""
    services.follow_thread(thread, author.contact, author)
    return author


def say(
    clock: time_machine.Traveller, thread: Thread, words: str, parent: Comment | None = None
) -> Comment:
    """A comment that is told alone: the one before it was told an hour ago."""
    clock.shift(timedelta(hours=1))
    comment = factories.comment(thread, words, parent=parent)
    tell()
    return comment


def tell() -> None:
    """Let everybody hear who is to hear."""
    do_jobs()
    tasks.gather()
    mail.send_due()


def received(server: SmtpServer) -> list[Message]:
    """The e-mails as they came over the line, their headers not decoded."""
    return [message_from_bytes(each.content, policy=policy.compat32) for each in server.arrived]


def one_line(message: Message, name: str) -> str:
    """A header that stands there once, unfolded."""
    values = message.get_all(name, [])
    assert len(values) == 1, f"{name}: {values}"
    return re.sub(r"\r?\n(?=[ \t])", "", values[0]).strip()


def body(message: Message, kind: str) -> str:
    """One of the two ways in which an e-mail is told."""
    (part,) = [part for part in message.walk() if part.get_content_type() == kind]
    content = part.get_payload(decode=True)
    assert isinstance(content, bytes)
    return content.decode("utf-8")


# --- threads ---


def shown_under(messages: list[Message]) -> dict[str, str]:
    """Below which of these e-mails each is shown: the nearest that is there, of all it names."""
    there = {one_line(message, "Message-ID"): message for message in messages}
    return {name: nearest(message, set(there)) for name, message in there.items()}


def nearest(message: Message, there: set[str]) -> str:
    """The last of an e-mail's references that lies in the mailbox, or the first of all."""
    named = MESSAGE_ID.findall(one_line(message, "References"))
    return next((name for name in reversed(named) if name in there), named[0])


def with_words(messages: list[Message], words: str) -> Message:
    """The e-mail about one comment."""
    (found,) = [each for each in messages if f"\n{words}\n" in body(each, "text/plain")]
    return found


@pytest.fixture
def conversation(
    server: SmtpServer, clock: time_machine.Traveller, thread: Thread, follower: Person
) -> list[Message]:
    """What Amir gets about a comment, an answer, an answer to that, and another comment."""
    first = say(clock, thread, "First of all.")
    answer = say(clock, thread, "An answer.", first)
    say(clock, thread, "An answer to that.", answer)
    say(clock, thread, "Something else.")
    return received(server)


def test_a_mail_program_shows_the_tree_of_the_comments(conversation: list[Message]) -> None:
    first, answer, deeper, other = (one_line(each, "Message-ID") for each in conversation)
    under = shown_under(conversation)
    assert under[answer] == first
    assert under[deeper] == answer
    assert under[other] == under[first]  # both hang on the thread itself, which is no e-mail
    assert under[first] not in under


def test_an_e_mail_that_was_deleted_takes_no_answer_out_of_the_tree(
    conversation: list[Message],
) -> None:
    first, _deleted, deeper, _other = conversation
    under = shown_under([first, deeper])
    assert under[one_line(deeper, "Message-ID")] == one_line(first, "Message-ID")


def test_what_is_answered_is_the_last_that_is_referred_to(conversation: list[Message]) -> None:
    for message in conversation:
        named = MESSAGE_ID.findall(one_line(message, "References"))
        assert " ".join(named) == one_line(message, "References")
        assert one_line(message, "In-Reply-To") == named[-1]
        assert MESSAGE_ID.fullmatch(one_line(message, "Message-ID"))
        assert one_line(message, "Message-ID") not in named
    assert len({one_line(message, "Subject") for message in conversation}) == 1


def test_answers_that_were_gathered_stay_in_the_conversation(
    server: SmtpServer, clock: time_machine.Traveller, thread: Thread, follower: Person
) -> None:
    say(clock, thread, "First of all.")
    for words in ("One more.", "And another."):
        factories.comment(thread, words)
    tell()
    clock.shift(timedelta(hours=1))
    tell()
    alone, together = received(server)
    assert "And another." in body(together, "text/plain")
    assert nearest(together, set()) == nearest(alone, set())


# --- stopping ---


def press_the_button(message: Message) -> Client:
    """Do what RFC 8058 lets a mail program do: one POST, no cookie, no page looked at before."""
    assert one_line(message, "List-Unsubscribe-Post") == "List-Unsubscribe=One-Click"
    links = BETWEEN_BRACKETS.findall(one_line(message, "List-Unsubscribe"))
    (link,) = [link for link in links if link.startswith("https://")]
    client = Client(enforce_csrf_checks=True)
    response = client.post(
        urlsplit(link).path,
        "List-Unsubscribe=One-Click",
        content_type="application/x-www-form-urlencoded",
        secure=True,
    )
    assert response.status_code == 200
    assert not client.cookies
    return client


def test_one_press_stops_at_once_even_what_is_already_under_way(
    server: SmtpServer, clock: time_machine.Traveller, thread: Thread, follower: Person
) -> None:
    say(clock, thread, "First of all.")
    clock.shift(timedelta(hours=1))
    factories.comment(thread, "Not wanted any more.")
    do_jobs()
    press_the_button(received(server)[0])
    mail.send_due()
    say(clock, thread, "Nor this.")
    assert len(server.arrived) == 1


def test_pressing_twice_is_no_mistake(conversation: list[Message]) -> None:
    for _ in range(2):
        press_the_button(conversation[0])


def test_the_button_of_a_gathered_e_mail_works_as_well(
    server: SmtpServer, clock: time_machine.Traveller, thread: Thread, follower: Person
) -> None:
    say(clock, thread, "First of all.")
    for words in ("One more.", "And another."):
        factories.comment(thread, words)
    tell()
    clock.shift(timedelta(hours=1))
    tell()
    press_the_button(received(server)[1])
    say(clock, thread, "Not wanted any more.")
    assert len(server.arrived) == 2


# --- headers and bodies ---


def test_headers_say_who_writes_that_nobody_typed_it_and_which_list_it_is(
    conversation: list[Message],
) -> None:
    senders = {one_line(message, "From") for message in conversation}
    assert len(senders) == 1  # fixed for each site and kind, whoever wrote the comment
    for message in conversation:
        assert one_line(message, "Auto-Submitted") == "auto-generated"
        assert one_line(message, "List-Id") == "<comments.testserver>"
        assert len(one_line(message, "Feedback-ID").split(":")) == 4


def test_names_and_titles_make_no_header_and_no_address(
    server: SmtpServer, clock: time_machine.Traveller, thread: Thread, follower: Person
) -> None:
    evil = "On tides\r\nBcc: evil@evil.invalid\n\n<p>"
    Site.objects.filter(pk=thread.site_id).update(name=evil)
    type(thread.article).objects.update(title=evil)
    say(clock, Thread.objects.get(pk=thread.pk), "First of all.")
    (message,) = received(server)
    assert server.arrived[0].recipients == (follower.contact.address,)
    assert message["Bcc"] is None
    sender = policy.default.header_factory("From", one_line(message, "From"))
    assert isinstance(sender, AddressHeader)
    assert [address.domain for address in sender.addresses] != ["evil.invalid"]
    assert len(sender.addresses) == 1


class Fetched(HTMLParser):
    """Whatever a mail program would fetch on opening, and where its links lead."""

    def __init__(self) -> None:
        super().__init__()
        self.fetched: list[str] = []
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what an element loads or leads to."""
        for name, value in attrs:
            if name in {"src", "srcset", "background", "poster", "data"} or "url(" in (value or ""):
                self.fetched.append(f"{tag} {value}")
            if name == "href":
                (self.links if tag == "a" else self.fetched).append(str(value))


def test_opening_an_e_mail_fetches_nothing_and_its_links_lead_to_us_alone(
    server: SmtpServer, clock: time_machine.Traveller, thread: Thread, follower: Person
) -> None:
    words = "![](https://evil.invalid/p.gif) [here](https://evil.invalid/x) https://evil.invalid"
    say(clock, thread, words)
    (message,) = received(server)
    page = Fetched()
    page.feed(body(message, "text/html"))
    assert page.fetched == []
    assert page.links
    assert {urlsplit(link).hostname for link in page.links} == {"testserver"}
    assert "//evil.invalid" not in body(message, "text/plain")
