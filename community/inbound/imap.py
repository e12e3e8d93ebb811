"""Fetching from the mailbox: what was handled is removed, what cannot be read waits for a human."""

import imaplib
import logging
import re
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from urllib.parse import SplitResult, unquote, urlsplit

from django.db import Error as DatabaseError

from community.inbound import services
from community.inbound.answers import TryLater
from community.inbound.reading import LARGEST

log = logging.getLogger("parley.inbound")

TIMEOUT = 10.0
# One turn in seconds: a full mailbox does not keep a worker from its other duties.
TURN = 20.0
MOST_IN_A_TURN = 200
SIZE = re.compile(rb"RFC822\.SIZE (\d+)")


class Unreachable(Exception):
    """The mailbox cannot be read now, in a sentence without its password."""


def fetch(url: str) -> int:
    """Handle what is new in the mailbox `imaps://user:password@host/INBOX`; how many e-mails.

    `imap://` is for a server on this machine. An e-mail may be fetched twice, by two workers or
    after a crash; it counts once.
    """
    with opened(url) as box:
        ends = time.monotonic() + TURN
        done = 0
        for uid in new_in(box):
            if time.monotonic() > ends:
                break
            handle(box, uid)
            done += 1
        return done


@contextmanager
def opened(url: str) -> Iterator[imaplib.IMAP4]:
    """The mailbox, logged in; raises Unreachable."""
    parts = urlsplit(url)
    try:
        box = dial(parts)
    except (OSError, imaplib.IMAP4.error) as error:
        raise Unreachable(f"The mailbox cannot be opened ({type(error).__name__}).") from None
    try:
        yield box
    except (OSError, imaplib.IMAP4.error) as error:
        raise Unreachable(f"The mailbox broke off ({type(error).__name__}).") from None
    finally:
        with suppress(OSError, imaplib.IMAP4.error):
            box.logout()
        with suppress(OSError):
            box.shutdown()


def dial(parts: SplitResult) -> imaplib.IMAP4:
    """A connection that has logged in and chosen the folder."""
    host = parts.hostname or "localhost"
    box: imaplib.IMAP4
    if parts.scheme == "imaps":
        context = ssl.create_default_context()
        box = imaplib.IMAP4_SSL(host, parts.port or 993, ssl_context=context, timeout=TIMEOUT)
    else:
        box = imaplib.IMAP4(host, parts.port or 143, timeout=TIMEOUT)
    try:
        enter(box, parts)
    except (OSError, imaplib.IMAP4.error):
        box.shutdown()
        raise
    return box


def enter(box: imaplib.IMAP4, parts: SplitResult) -> None:
    """Log in and choose the folder."""
    box.login(unquote(parts.username or ""), unquote(parts.password or ""))
    folder = unquote(parts.path.strip("/")) or "INBOX"
    said, _answer = box.select(f'"{folder}"')
    if said != "OK":
        raise imaplib.IMAP4.error("no such folder")


def new_in(box: imaplib.IMAP4) -> list[str]:
    """The e-mails nobody has looked at, the oldest first."""
    _said, found = box.uid("SEARCH", "UNSEEN", "UNDELETED")
    return (found[0] or b"").decode("ascii").split()[:MOST_IN_A_TURN]


def handle(box: imaplib.IMAP4, uid: str) -> None:
    """Bring one e-mail through the door, and mark it by what came of that."""
    raw, is_too_large = content_of(box, uid)
    try:
        is_ours = services.receive(raw, is_too_large=is_too_large)
    except TryLater:
        return
    except DatabaseError:
        raise
    except Exception:
        # One that no code can read must not keep the others waiting.
        log.exception("E-mail %s of the mailbox cannot be read and is flagged", uid)
        box.uid("STORE", uid, "+FLAGS.SILENT", r"(\Seen \Flagged)")
    else:
        put_away(box, uid, is_ours=is_ours)


def content_of(box: imaplib.IMAP4, uid: str) -> tuple[bytes, bool]:
    """An e-mail without marking it as seen, and whether it is too large to be fetched whole."""
    _said, answer = box.uid("FETCH", uid, "(RFC822.SIZE)")
    found = SIZE.search(b" ".join(bytes_in(answer)))
    is_too_large = found is not None and int(found[1]) > LARGEST
    part = "BODY.PEEK[HEADER]" if is_too_large else "BODY.PEEK[]"
    _said, answer = box.uid("FETCH", uid, f"({part})")
    return next((part[1] for part in answer if isinstance(part, tuple)), b""), is_too_large


def bytes_in(answer: list[object]) -> list[bytes]:
    """What a server said, line by line."""
    return [
        piece
        for line in answer
        for piece in (line if isinstance(line, tuple) else (line,))
        if isinstance(piece, bytes)
    ]


def put_away(box: imaplib.IMAP4, uid: str, *, is_ours: bool) -> None:
    """Remove what was handled: its words are kept nowhere twice. What is not ours stays."""
    if not is_ours:
        box.uid("STORE", uid, "+FLAGS.SILENT", r"(\Seen)")
        return
    box.uid("STORE", uid, "+FLAGS.SILENT", r"(\Seen \Deleted)")
    if "UIDPLUS" in box.capabilities:
        box.uid("EXPUNGE", uid)
    else:
        box.expunge()
