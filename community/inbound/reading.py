"""An e-mail as it came: headers that are never believed, and read without stumbling."""

import email
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from email import policy
from email.errors import MessageError
from email.message import EmailMessage
from email.utils import getaddresses

from community.mail import mailbox
from community.mail.mailbox import Tag

# Nobody's answer is longer; the pictures of a whole holiday may be.
LARGEST = 5 * 1024 * 1024
RECIPIENTS = ("Delivered-To", "X-Original-To", "Envelope-To", "To", "Cc")


@dataclass(frozen=True)
class Incoming:
    """One e-mail, and which of our addresses it came to, as far as the way it came tells."""

    message: EmailMessage
    raw: bytes
    envelope_to: str = ""
    is_too_large: bool = False

    def header(self, name: str) -> str:
        """A header in one line; nothing where there is none that can be read."""
        return next(iter(self.headers(name)), "")

    def headers(self, name: str) -> list[str]:
        """Every header of this name, as far as they can be read."""
        return list(readable(self.message, name))

    def tags(self) -> list[Tag]:
        """What those of its addresses say that are ours, the surest first."""
        written = [address for name in RECIPIENTS for address in addresses_in(self.headers(name))]
        found = (mailbox.read(address) for address in [self.envelope_to, *written])
        return list(dict.fromkeys(tag for tag in found if tag))

    def senders(self) -> list[str]:
        """Every address in From; an honest e-mail has one."""
        return addresses_in(self.headers("From"))

    @property
    def identity(self) -> str:
        """The same for the same e-mail, whichever way it comes."""
        named = self.header("Message-ID").strip()
        return named or hashlib.sha256(self.raw).hexdigest()


def parse(raw: bytes, envelope_to: str = "", *, is_too_large: bool = False) -> Incoming:
    """Read an e-mail; of one that is too large only the headers."""
    if len(raw) > LARGEST or is_too_large:
        head = raw[:LARGEST].replace(b"\r\n", b"\n").partition(b"\n\n")[0] + b"\n\n"
        return Incoming(message_of(head), head, envelope_to, is_too_large=True)
    return Incoming(message_of(raw), raw, envelope_to)


def message_of(raw: bytes) -> EmailMessage:
    """Bytes as an e-mail; whatever is wrong with them shows only when it is looked at."""
    message = email.message_from_bytes(raw, policy=policy.default)
    assert isinstance(message, EmailMessage)  # noqa: S101 - said by the policy
    return message


def readable(message: EmailMessage, name: str) -> Iterable[str]:
    """The headers of a name, without those the parser itself stumbles over."""
    for found, value in message.raw_items():
        if found.lower() == name.lower():
            try:
                yield " ".join(str(policy.default.header_fetch_parse(found, value)).split())
            except (ValueError, IndexError, AttributeError, LookupError, MessageError):
                yield ""


def addresses_in(lines: list[str]) -> list[str]:
    """The bare addresses in headers."""
    return [address.strip().lower() for _name, address in getaddresses(lines) if "@" in address]
