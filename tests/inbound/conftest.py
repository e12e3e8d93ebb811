"""A site that listens to its mailbox, and e-mails that come there."""

from collections.abc import Callable
from pathlib import Path

import pytest
from pytest_django import Settings

from community.accounts.models import Person
from community.comments.models import Comment
from community.mail import mailbox
from community.threads.models import Thread
from tests import factories

MESSAGES = Path(__file__).parent / "messages"
Letter = Callable[..., bytes]


@pytest.fixture(autouse=True)
def mailbox_of_ours(settings: Settings) -> None:
    """The address of the site, and the name of its mail server."""
    settings.MAILBOX_ADDRESS = "comments@harbour.example"
    settings.MAIL_FROM = "news@harbour.example"
    settings.MAIL_AUTHSERV = "mx.harbour.example"


@pytest.fixture
def rosa(site: object) -> Person:
    """A guest who has confirmed her address, and whose comments appear at once."""
    person = factories.guest("Rosa")
    person.contact = factories.contact("rosa@sender.example")
    person.save()
    return person


@pytest.fixture
def question(thread: Thread, author: Person) -> Comment:
    """The comment that Rosa had an e-mail about."""
    return factories.comment(thread, "When is the next tide?", person=author)


@pytest.fixture
def letter(rosa: Person, question: Comment) -> Letter:
    """A file as it would come over the line: addresses filled in, lines ending in CRLF."""

    def read(name: str, **given: str) -> bytes:
        words = {
            "TO": mailbox.answer_address(rosa.contact_id or 0, question.pk),
            "FROM": "rosa@sender.example",
            "ID": f"<{name}@sender.example>",
            **given,
        }
        raw = (MESSAGES / f"{name}.eml").read_bytes()
        for key, value in words.items():
            raw = raw.replace(f"{{{key}}}".encode(), value.encode())
        return raw.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")

    return read
