"""The e-mails of a test: sent by the real senders into a folder, read as a mail program would."""

import email
import email.policy
import re
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest
from pytest_django import Settings

from community.mail import tasks as mail
from community.outbox import services as outbox

LINK = re.compile(r"https?://[^\s<>]+")


class Inbox:
    """Everybody's mailbox."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def fetch(self) -> None:
        """Let the worker do all that is due, and send what came of it."""
        while outbox.work() + mail.send_due():
            pass

    def all(self) -> list[EmailMessage]:
        """Every e-mail that was sent, the oldest first."""
        self.fetch()
        return list(self.read())

    def to(self, address: str) -> list[EmailMessage]:
        """The e-mails to one address, the oldest first."""
        return [message for message in self.all() if message["To"] == address]

    def read(self) -> Iterator[EmailMessage]:
        """What lies in the folder."""
        for path in sorted(self.folder.glob("*.eml")):
            message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
            assert isinstance(message, EmailMessage)
            yield message


@pytest.fixture
def inbox(settings: Settings, tmp_path: Path) -> Inbox:
    """An empty mailbox for everybody."""
    folder = tmp_path / "mail"
    folder.mkdir()
    settings.MAIL_URL = f"file://{folder}"
    return Inbox(folder)


def words_of(message: EmailMessage) -> str:
    """Its plain text."""
    text = message.get_body(["plain"])
    assert text is not None
    return str(text.get_content())


def everything_in(message: EmailMessage) -> str:
    """Headers and both bodies, decoded."""
    headers = [f"{name}: {value}" for name, value in message.items()]
    bodies = [part.get_content() for part in message.walk() if not part.is_multipart()]
    return "\n".join([*headers, *bodies])


def link_in(message: EmailMessage, containing: str) -> str:
    """The one address in the plain text that contains these characters."""
    found = {link for link in LINK.findall(words_of(message)) if containing in link}
    assert len(found) == 1, f"{containing}: {found}"
    return found.pop()
