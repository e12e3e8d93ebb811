"""The e-mails that the demo has sent, read from their files."""

import email
import email.policy
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import unquote, urlsplit

from django.conf import settings

SHOWN = 200
HEADERS = (
    "From",
    "To",
    "Subject",
    "Date",
    "Message-ID",
    "In-Reply-To",
    "References",
    "List-Id",
    "List-Unsubscribe",
    "List-Unsubscribe-Post",
    "Auto-Submitted",
)


@dataclass(frozen=True)
class Mail:
    """One e-mail as its receiver would get it."""

    name: str
    message: EmailMessage

    @property
    def subject(self) -> str:
        """What it is about."""
        return str(self.message["Subject"])

    @property
    def to(self) -> str:
        """Whose it is."""
        return str(self.message["To"])

    @property
    def date(self) -> datetime:
        """When it was sent."""
        sent: datetime = self.message["Date"].datetime
        return sent

    @property
    def headers(self) -> list[tuple[str, str]]:
        """The headers a curious reader looks at."""
        return [(name, str(self.message[name])) for name in HEADERS if self.message[name]]

    @property
    def text(self) -> str:
        """The plain half."""
        return self._part("plain")

    @property
    def html(self) -> str:
        """The HTML half, or nothing."""
        return self._part("html")

    def _part(self, kind: str) -> str:
        part = self.message.get_body(preferencelist=(kind,))
        return str(part.get_content()) if part is not None else ""


def folder() -> Path:
    """Where the e-mails lie."""
    return Path(unquote(urlsplit(settings.MAIL_URL).path))


def mails() -> list[Mail]:
    """The newest e-mails, newest first: their names begin with the time."""
    files = sorted(folder().glob("*.eml"), reverse=True)[:SHOWN]
    return [read(file) for file in files]


def mail(name: str) -> Mail | None:
    """One e-mail by the name of its file, which is never a path."""
    file = next((file for file in folder().glob("*.eml") if file.stem == name), None)
    return read(file) if file else None


def read(file: Path) -> Mail:
    """Parse one file."""
    message = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
    return Mail(file.stem, message)
