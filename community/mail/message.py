"""One e-mail as it goes over the line, with headers that no name or title can break.

The header lines are written here and not by `email.policy`: in the Python that Debian 12 ships,
folding loses the quotes of a long display name (its commas then make new addresses), loses blanks
in long titles, and encodes a long unsubscribe link until no mail program finds it.
"""

import re
import textwrap
from binascii import b2a_qp
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.header import Header
from email.utils import format_datetime, quote
from enum import StrEnum
from functools import lru_cache

import idna

LINE = 76  # RFC 2047 allows no longer line that holds an encoded word
LONGEST_LINE = 998  # RFC 5322, 2.1.1
LONGEST_ADDRESS = 254  # RFC 5321, 4.5.3.1.3, without the angle brackets
LONGEST_MESSAGE_ID = 200

QUOTED_PRINTABLE = "Content-Transfer-Encoding: quoted-printable"
# No line of quoted-printable can hold an equals sign before an underscore.
BOUNDARY = b"=_alternative"

CONTROLS = dict.fromkeys([*range(32), *range(127, 160)], " ")
ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
DOT_ATOM = re.compile(rf"{ATOM}(?:\.{ATOM})*")
HEADER_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]*")
NEVER_FOLDED = {"list-unsubscribe", "list-unsubscribe-post"}  # some relays break DKIM on a fold

# Everything but the non-delivery report: bounces we do want.
SUPPRESSED = "DR, RN, NRN, OOF, AutoReply"


class Phase(StrEnum):
    """How far an e-mail came before it failed."""

    CONNECT = "connect"  # the server itself: the rest of a batch would fare no better
    SENDER = "sender"
    RECIPIENT = "recipient"
    CONTENT = "content"


class Undelivered(Exception):
    """No proof that the e-mail was accepted, in a sentence without addresses, and how far it came.

    `code` is the server's answer (RFC 5321, 4.2) or None when it gave no usable one; `status`
    says more where the server does (RFC 3463): "5.1.1" is an unknown address, "5.7.1" a policy.
    `cut` tells that the line was lost over it, or time.
    """

    def __init__(
        self,
        sentence: str,
        *,
        phase: Phase,
        code: int | None = None,
        status: str = "",
        cut: bool = False,
    ) -> None:
        super().__init__(sentence if code is None else f"{sentence} ({f'{code} {status}'.strip()})")
        self.phase = phase
        self.code = code
        self.status = status
        self.cut = cut


class Later(Undelivered):
    """Certainly not accepted; the same e-mail may be tried again at any time."""


class Refused(Undelivered):
    """Not accepted and never will be.

    `Phase.RECIPIENT` speaks of the address, `Phase.CONTENT` of the words.
    """


class Unknown(Undelivered):
    """Handed over, but the answer was lost: repeat at most once, with the same Message-ID."""


@dataclass(frozen=True)
class Message:
    """An e-mail to one address; without `html` it is sent as plain text alone."""

    sender: str
    sender_name: str
    to: str
    subject: str
    text: str
    html: str
    message_id: str
    headers: Mapping[str, str] = field(default_factory=dict)
    # Where mail servers report that it could not be delivered; to the sender if empty.
    bounces_to: str = ""


def compose(message: Message) -> bytes:
    """The e-mail as bytes, 7-bit clean with CRLF, dated now.

    Raises `Refused` when no mail server could carry the address, `Later` when the fault is in our
    own sender, ValueError when `headers` names one that is written here.
    """
    lines = [folded(name, value) for name, value in _headers(message)]
    return "".join(f"{line}\r\n" for line in lines).encode("ascii") + _body(message)


def envelope(message: Message) -> tuple[str, str]:
    """Sender and recipient as SMTP takes them; raises like `compose`."""
    return message.bounces_to or _sender(message), _recipient(message)


def message_id(kind: str, key: str, domain: str) -> str:
    """The same Message-ID for the same e-mail, whoever sends it and how often.

    Readable on purpose, so that a line in a mail server's log leads to its row.
    """
    local = f"{kind}.{key}"
    if not DOT_ATOM.fullmatch(local):
        raise ValueError("A Message-ID is made of letters, digits, hyphens and single dots.")
    made = f"<{local}@{_ascii_domain(domain)}>"
    if len(made) > LONGEST_MESSAGE_ID:
        raise ValueError(f"A Message-ID has at most {LONGEST_MESSAGE_ID} characters.")
    return made


def feedback_id(kind: str, site_id: int) -> str:
    """What large mailbox providers count complaints by: kind, site, and who sends.

    Their form is three free fields and a name of the sender that never changes.
    """
    return f"{kind}:site{site_id}:comments:parley"


def unsubscribe_headers(url: str, mailto: str | None = None) -> dict[str, str]:
    """The two headers of one-click unsubscription (RFC 8058); `mailto` is a bare address."""
    targets = [url] if mailto is None else [url, f"mailto:{sendable(mailto)}"]
    value = ", ".join(f"<{target}>" for target in targets)
    if not _is_plain_link(url) or len(value) > LONGEST_LINE - len("List-Unsubscribe: "):
        raise ValueError("An unsubscribe link is a short http(s) address in plain ASCII.")
    return {"List-Unsubscribe": value, "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}


def mailbox(name: str, address: str) -> str:
    """`name <address>` for From or Reply-To, whatever the name; raises like `sendable`."""
    words = one_line(name)
    if not words:
        return sendable(address)
    return f"{_phrase(words)} <{sendable(address)}>"


def sendable(address: str) -> str:
    """The address in ASCII, its domain in IDNA form; raises ValueError if SMTP cannot carry it."""
    local, at, domain = address.rpartition("@")
    if not at or len(address) > LONGEST_ADDRESS or not DOT_ATOM.fullmatch(local):
        raise ValueError("This is not an address that every mail server can carry.")
    made = f"{local}@{_ascii_domain(domain)}"
    if len(made) > LONGEST_ADDRESS:
        raise ValueError("This address is too long for a mail server.")
    return made


def one_line(words: str) -> str:
    """Words in one line: breaks and control characters of any kind become single blanks."""
    return " ".join(_storable(words).translate(CONTROLS).split())


def folded(name: str, value: str) -> str:
    """A header of ASCII words, broken only at blanks, so that unfolding gives back the value."""
    width = LONGEST_LINE if name.lower() in NEVER_FOLDED else LINE
    if value and len(name) + len(": ") + len(value) <= width:
        return f"{name}: {value}"
    lines = textwrap.wrap(
        value,
        width,
        initial_indent=f"{name}: ",
        subsequent_indent=" ",
        break_long_words=False,
        break_on_hyphens=False,
    )
    return "\r\n".join(lines) or f"{name}:"


def _headers(message: Message) -> list[tuple[str, str]]:
    ours = [
        ("From", _from(message)),
        ("To", _recipient(message)),
        ("Subject", _ascii_words(one_line(message.subject))),
        ("Date", format_datetime(datetime.now(UTC))),
        ("Message-ID", one_line(message.message_id)),
        ("Auto-Submitted", "auto-generated"),
        ("X-Auto-Response-Suppress", SUPPRESSED),
    ]
    taken = {name.lower() for name, _ in ours} | {"mime-version"}
    return ours + [_given(name, value, taken) for name, value in message.headers.items()]


def _given(name: str, value: str, taken: set[str]) -> tuple[str, str]:
    plain = name.lower()
    if plain in taken or plain.startswith("content-") or not HEADER_NAME.fullmatch(name):
        raise ValueError("This header is written by the message itself, or is not a name.")
    taken.add(plain)
    words = one_line(value)
    return name, words if words.isascii() else _encoded(words)


def _from(message: Message) -> str:
    return mailbox(message.sender_name, _sender(message))


def _sender(message: Message) -> str:
    try:
        return sendable(message.sender)
    except ValueError:
        raise Later("Our own sender address cannot be used.", phase=Phase.SENDER) from None


def _recipient(message: Message) -> str:
    try:
        return sendable(message.to)
    except ValueError:
        raise Refused("No mail server can carry this address.", phase=Phase.RECIPIENT) from None


@lru_cache(maxsize=1024)  # many receivers share a domain, and all our addresses do
def _ascii_domain(domain: str) -> str:
    if len(domain) > LONGEST_ADDRESS or domain.endswith("."):
        raise ValueError("This is not a domain.")
    try:
        return idna.encode(domain, uts46=True).decode("ascii")
    except UnicodeError:
        raise ValueError("This is not a domain.") from None


def _is_plain_link(url: str) -> bool:
    return bool(re.fullmatch(r"https?://[!-~]+", url)) and not set(url) & set('<>,"')


def _phrase(words: str) -> str:
    return f'"{quote(words)}"' if _reads_as_written(words) else _encoded(words)


def _ascii_words(words: str) -> str:
    return words if _reads_as_written(words) else _encoded(words)


def _reads_as_written(words: str) -> bool:
    # A title that spells an encoded word itself would be decoded by the reader's program.
    short = all(len(word) < LINE - len("Subject: ") for word in words.split())
    return words.isascii() and short and "=?" not in words


def _encoded(words: str) -> str:
    # Short enough for the first line, beside the header's name.
    return " ".join(Header(words, "utf-8").encode(maxlinelen=60).split())


def _body(message: Message) -> bytes:
    parts = [_part("plain", message.text)]
    if message.html:
        parts.append(_part("html", message.html))
    content = parts[0] if len(parts) == 1 else _alternatives(parts)
    return b"MIME-Version: 1.0\r\n" + content


def _alternatives(parts: list[bytes]) -> bytes:
    opened = b"".join(b"--%b\r\n%b\r\n" % (BOUNDARY, part) for part in parts)
    head = b'Content-Type: multipart/alternative; boundary="%b"\r\n\r\n' % BOUNDARY
    return head + opened + b"--%b--\r\n" % BOUNDARY


def _part(subtype: str, words: str) -> bytes:
    # Quoted-printable passes every relay unchanged, as DKIM needs, and keeps lines short.
    lines = b"\r\n".join([*words.encode("utf-8", "replace").splitlines(), b""])
    head = f'Content-Type: text/{subtype}; charset="utf-8"\r\n{QUOTED_PRINTABLE}\r\n\r\n'
    return head.encode("ascii") + b2a_qp(lines)


def _storable(words: str) -> str:
    """Half a surrogate pair has no UTF-8; a question mark stands in for it."""
    return words.encode("utf-8", "replace").decode("utf-8")
