"""The way out: e-mails go to a mail server, or into a folder where they can be looked at.

What matters is on which side of one moment a failure falls. Until the last byte of the content
has left, the server cannot have accepted the e-mail; from then until its answer is read, nobody
can tell. smtplib raises the same error for both, so the steps are taken one by one here.
"""

import hashlib
import io
import math
import os
import re
import smtplib
import socket
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Protocol
from urllib.parse import SplitResult, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured
from django.core.mail.utils import DNS_NAME

from community.mail.message import (
    Later,
    Message,
    Phase,
    Refused,
    Undelivered,
    Unknown,
    compose,
    envelope,
)

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

__all__ = [
    "Later",
    "Phase",
    "Refused",
    "Transport",
    "Undelivered",
    "Unknown",
    "open_transport",
    "opened",
]

# Seconds for each answer as a whole, however it trickles in, and for all answers to one e-mail.
TIMEOUT = 10.0

# RFC 5321, 4.2.3
OK, FORWARDED, UNVERIFIED, GO_AHEAD = 250, 251, 252, 354
LOG_IN_FIRST = 530  # RFC 4954, 6

LOOPBACK = {"localhost", "127.0.0.1", "::1"}


def nothing() -> None:
    """For callers who need not know the moment of handing over."""


class Transport(Protocol):
    """A way out for a batch of e-mails; one that fails leaves the way open for the next."""

    def send(self, message: Message, handing_over: Callable[[], object] = nothing) -> None:
        """Return once the e-mail is accepted; raises `Later`, `Refused` or `Unknown`.

        `handing_over` is called when only the dot that ends the content is still to be said:
        without it no server takes an e-mail. Whoever notes that moment durably knows after a
        crash whether the e-mail can have left; if it raises, nothing has been sent.
        """

    def close(self) -> None:
        """End the batch; a line that is dead already is no error."""


@contextmanager
def open_transport(mail_url: str) -> Iterator[Transport]:
    """A transport for `file:///folder`, `smtp://user:password@host:port` or `smtps://…`.

    With smtp:// the line is encrypted where the server offers it; `?tls=required` insists on it,
    `?tls=off` is for a server on this machine. A server is called only when the first e-mail is
    sent. Raises ImproperlyConfigured without quoting the URL: there is a password in it.
    """
    transport = opened(mail_url)
    try:
        yield transport
    finally:
        transport.close()


def opened(mail_url: str) -> Transport:
    """A transport as `open_transport` gives it, for a caller who closes it."""
    url = _split(mail_url)
    if url.scheme == "file":
        return Folder(_folder(url))
    if url.scheme in {"smtp", "smtps"}:
        return Post(_server(url))
    raise ImproperlyConfigured("The mail URL must begin with file:///, smtp:// or smtps://.")


class Folder:
    """Keeps every e-mail as a file, sorted by name as they were sent, repeats beside each other."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def send(self, message: Message, handing_over: Callable[[], object] = nothing) -> None:
        """Write the e-mail so that no reader ever sees half of it."""
        content = compose(message)
        handing_over()
        try:
            self._write(_file_name(message), content)
        except OSError:
            raise Later("The mail folder cannot be written.", phase=Phase.CONTENT) from None

    def close(self) -> None:
        """Nothing is held open between two e-mails."""

    def _write(self, name: str, content: bytes) -> None:
        unfinished = self.folder / f".{name}.part"
        unfinished.write_bytes(content)
        unfinished.replace(self.folder / name)


def _file_name(message: Message) -> str:
    digest = hashlib.sha256(message.message_id.encode()).hexdigest()[:16]
    return f"{time.time_ns() // 1000}-{digest}.eml"


class Tls(Enum):
    """When the line to the server becomes private."""

    OFF = "never"
    OFFERED = "by STARTTLS where the server offers it"
    REQUIRED = "by STARTTLS or not at all"
    AT_ONCE = "from the first byte"


TLS_OF = {
    "smtp": {"": Tls.OFFERED, "tls=required": Tls.REQUIRED, "tls=off": Tls.OFF},
    "smtps": {"": Tls.AT_ONCE, "tls=required": Tls.AT_ONCE},
}
PORT_OF = {"smtp": 25, "smtps": 465}


@dataclass(frozen=True)
class Server:
    """The mail server that takes everything we send."""

    host: str
    port: int
    tls: Tls
    user: str = ""
    password: str = field(default="", repr=False)

    @property
    def needs_privacy(self) -> bool:
        """Whether an open line will not do: a password crosses no network in the clear."""
        return self.tls is Tls.REQUIRED or (bool(self.user) and self.host not in LOOPBACK)


class Answer(io.RawIOBase):
    """What a socket says until a deadline, so that a trickle of bytes gains no time."""

    def __init__(self, source: socket.socket) -> None:
        self.source = source
        self.deadline = 0.0

    def readable(self) -> bool:
        """Tells the buffer around it to read."""
        return True

    def readinto(self, buffer: "WriteableBuffer") -> int:
        """Wait for bytes no longer than is left; raises TimeoutError."""
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self.source.settimeout(left)
        return self.source.recv_into(buffer)


class Line(smtplib.SMTP):
    """One connection, on which every answer has `TIMEOUT` seconds as a whole."""

    ends = math.inf

    def begin(self) -> None:
        """Let all answers to the e-mail that begins now have `TIMEOUT` seconds together."""
        self.ends = time.monotonic() + TIMEOUT

    @property
    def is_late(self) -> bool:
        """Whether too little time is left to wait for the answer that counts."""
        return self.ends - time.monotonic() < TIMEOUT / 2

    def getreply(self) -> tuple[int, bytes]:
        """Code and text of the next answer; raises SMTPServerDisconnected, also when late."""
        if self.sock is None:
            raise smtplib.SMTPServerDisconnected
        if self.file is None:
            self.answer = Answer(self.sock)
            self.file = io.BufferedReader(self.answer)
        self.answer.deadline = min(time.monotonic() + TIMEOUT, self.ends)
        reply = super().getreply()
        self.sock.settimeout(TIMEOUT)
        return reply

    def is_in_order(self) -> bool:
        """Whether the next e-mail can start here: servers hang up on lines that were idle."""
        self.ends = math.inf
        with suppress(OSError):
            if self.sock is not None and self.rset()[0] == OK:
                return True
        self.close()
        return False


class SecureLine(Line, smtplib.SMTP_SSL):
    """A connection encrypted from the first byte."""


class Post:
    """Hands e-mails to a mail server, many over one line, which is opened anew when it is lost."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.line: Line | None = None

    def send(self, message: Message, handing_over: Callable[[], object] = nothing) -> None:
        """Return once the server has said yes; see `Transport`."""
        sender, recipient = envelope(message)
        content = compose(message)
        line = self._line_in_order()
        with _hung_up_when_out_of_step(line):
            line.begin()
            _agree(line, sender, recipient)
            _push(line, content)
            handing_over()
            _hand_over(line)

    def close(self) -> None:
        """Say goodbye, if there is anyone to say it to."""
        if self.line is not None and self.line.sock is not None:
            with suppress(OSError):
                self.line.quit()
            self.line.close()

    def _line_in_order(self) -> Line:
        if self.line is None or not self.line.is_in_order():
            self.line = _connect(self.server)
        return self.line


def _connect(server: Server) -> Line:
    try:
        line = _dial(server)
        with _hung_up_when_out_of_step(line):
            _introduce(line, server)
    except (OSError, ValueError) as error:  # ValueError: a log-in challenge that is not base64
        raise _unreachable(error) from None
    return line


def _dial(server: Server) -> Line:
    line = _line(server)
    if line.sock is not None:
        # The dot that ends an e-mail is a word by itself, and waits for nobody.
        line.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return line


def _line(server: Server) -> Line:
    own_name = DNS_NAME.get_fqdn()
    if server.tls is not Tls.AT_ONCE:
        return Line(server.host, server.port, own_name, TIMEOUT)
    context = ssl.create_default_context()
    return SecureLine(server.host, server.port, own_name, timeout=TIMEOUT, context=context)


def _introduce(line: Line, server: Server) -> None:
    line.ehlo_or_helo_if_needed()
    if server.tls is not Tls.AT_ONCE:
        _make_private(line, server)
    if server.user:
        line.login(server.user, server.password)


def _make_private(line: Line, server: Server) -> None:
    if server.tls is not Tls.OFF and line.has_extn("starttls"):
        line.starttls(context=ssl.create_default_context())
        line.ehlo_or_helo_if_needed()
    elif server.needs_privacy:
        raise Later("The line to the mail server would not be encrypted.", phase=Phase.CONNECT)


def _unreachable(error: OSError | ValueError) -> Later:
    code = error.smtp_code if isinstance(error, smtplib.SMTPResponseException) else -1
    told = code if code > 0 else None  # smtplib's -1 is an answer without a number
    return Later(_what_went_wrong(error), phase=Phase.CONNECT, code=told)


def _what_went_wrong(error: OSError | ValueError) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return "The mail server's certificate cannot be trusted."
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return "The mail server does not accept our user name and password."
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return "The mail server offers no way to log in."
    return "The mail server cannot be reached, or broke off while we introduced ourselves."


@contextmanager
def _hung_up_when_out_of_step(line: Line) -> Iterator[None]:
    # After a clear answer both sides know where they stand; after anything else they may not.
    try:
        yield
    except BaseException as failure:
        if not isinstance(failure, Undelivered) or failure.code is None:
            line.close()
        raise


def _agree(line: Line, sender: str, recipient: str) -> None:
    _ask(Phase.SENDER, lambda: line.mail(sender), {OK})
    _ask(Phase.RECIPIENT, lambda: line.rcpt(recipient), {OK, FORWARDED, UNVERIFIED})
    _ask(Phase.CONTENT, lambda: line.docmd("DATA"), {GO_AHEAD})


def _ask(phase: Phase, command: Callable[[], tuple[int, bytes]], welcome: set[int]) -> None:
    try:
        code, text = command()
    except OSError:
        words = "The mail server broke off before taking the e-mail."
        raise Later(words, phase=phase, cut=True) from None
    if code not in welcome:
        odd = Later("The mail server's answer made no sense.", phase=phase)
        raise _no(phase, code, text) or odd


def _push(line: Line, content: bytes) -> None:
    _say(line, re.sub(rb"(?m)^\.", b"..", content))  # RFC 5321, 4.5.2
    if line.is_late:
        words = "The mail server takes too long over the e-mail."
        raise Later(words, phase=Phase.CONTENT, cut=True)


def _hand_over(line: Line) -> None:
    _say(line, b".\r\n")
    try:
        code, text = line.getreply()
    except OSError:
        raise _unknown() from None
    if code != OK:
        raise _no(Phase.CONTENT, code, text) or _unknown()


def _say(line: Line, content: bytes) -> None:
    # Fails only while bytes are left, so the closing dot has not gone out whole.
    try:
        line.send(content)
    except OSError:
        words = "The mail server broke off in the middle of the e-mail."
        raise Later(words, phase=Phase.CONTENT, cut=True) from None


def _no(phase: Phase, code: int, text: bytes) -> Later | Refused | None:
    # A server that rejects our sender, or wants a log-in, says nothing about the recipient.
    ours = phase is Phase.SENDER or code == LOG_IN_FIRST
    if 400 <= code < 500 or (ours and 500 <= code < 600):
        words = "The mail server does not take the e-mail now."
        return Later(words, phase=phase, code=code, status=_status(text))
    if 500 <= code < 600:
        words = "The mail server refuses the e-mail."
        return Refused(words, phase=phase, code=code, status=_status(text))
    return None


def _status(text: bytes) -> str:
    # Only this much of the server's words: the rest may repeat the address.
    found = re.match(rb"[45]\.\d{1,3}\.\d{1,3}\b", text)
    return found[0].decode("ascii") if found else ""


def _unknown() -> Unknown:
    words = "Handed over, but the mail server's answer was lost."
    return Unknown(words, phase=Phase.CONTENT, cut=True)


def _split(mail_url: str) -> SplitResult:
    # An error about the port would quote the password if that holds a slash.
    with suppress(ValueError):
        url = urlsplit(mail_url)
        if url.port != 0:
            return url
    raise ImproperlyConfigured(
        "The mail URL cannot be read: in user name and password, write / : @ ? # as %2F %3A %40 …"
    )


def _folder(url: SplitResult) -> Path:
    folder = Path(unquote(url.path))
    if url.netloc or url.query or not folder.is_absolute() or folder == Path("/"):
        raise ImproperlyConfigured("A mail folder is written file:///path, with three slashes.")
    with suppress(OSError, ValueError):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if os.access(folder, os.W_OK):
            return folder
    raise ImproperlyConfigured("The mail folder cannot be made or written.")


def _server(url: SplitResult) -> Server:
    tls = TLS_OF[url.scheme].get(url.query)
    if tls is None or url.path.strip("/") or url.fragment:
        raise ImproperlyConfigured("After the mail server's port comes nothing or ?tls=required.")
    port = url.port or PORT_OF[url.scheme]
    return Server(_host(url), port, tls, *_log_in(url))


def _host(url: SplitResult) -> str:
    with suppress(UnicodeError):
        if url.hostname and url.hostname.encode("idna"):
            return url.hostname
    raise ImproperlyConfigured("The mail URL names no mail server.")


def _log_in(url: SplitResult) -> tuple[str, str]:
    user, password = unquote(url.username or ""), unquote(url.password or "")
    if bool(user) != bool(password):
        raise ImproperlyConfigured("The mail URL needs both a user name and a password, or none.")
    if not (user + password).isascii():
        raise ImproperlyConfigured("Mail servers take user name and password in ASCII only.")
    return user, password
