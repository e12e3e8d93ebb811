"""The mailbox to which answers and bounces come, and its signed addresses.

`comments+r-5-1c-SIGNATURE@example.org` says what an e-mail that comes there is about, and that we
wrote that address ourselves. It holds ids only, in signs that no mail server changes.
"""

import base64
import re
from dataclasses import dataclass
from enum import StrEnum
from hmac import compare_digest

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.crypto import salted_hmac

from community.mail.message import sendable

SALT = "community.mail.mailbox"
SIGNED_BYTES = 10
DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
TAG = re.compile(r"([a-z])-([0-9a-z]{1,13}(?:-[0-9a-z]{1,13})?)-([a-z2-7]{16})")
# RFC 5321 allows 64 signs before the @; the tag takes up to 43 of them.
LONGEST_LOCAL = 20


class About(StrEnum):
    """What an address stands for."""

    ANSWER = "r"  # contact, comment
    DELIVERY = "d"  # the e-mail about a comment that could not be delivered
    DIGEST = "g"  # one about several comments that could not be delivered
    EMAIL = "e"  # any other e-mail that could not be delivered


@dataclass(frozen=True)
class Tag:
    """What one of our addresses says."""

    about: About
    ids: tuple[int, ...]


def is_configured() -> bool:
    """Whether anybody reads what is sent to us."""
    return bool(settings.MAILBOX_ADDRESS)


def answer_address(contact: int, comment: int) -> str:
    """Where this contact may answer this comment; nothing without a mailbox."""
    return address_of(Tag(About.ANSWER, (contact, comment)))


def bounce_address(about: About, pk: int) -> str:
    """Where mail servers say that this e-mail could not be delivered; nothing without a mailbox."""
    return address_of(Tag(about, (pk,)))


def address_of(tag: Tag) -> str:
    """The mailbox's address with a signed tag in it."""
    if not is_configured():
        return ""
    local, _at, domain = settings.MAILBOX_ADDRESS.rpartition("@")
    words = "-".join([tag.about, *map(in_base_36, tag.ids)])
    return f"{local}+{words}-{signature(words)}@{domain}"


def read(address: str) -> Tag | None:
    """What one of our own addresses says; None for every other, forged ones among them."""
    local, _at, domain = address.strip().lower().rpartition("@")
    ours, _at, our_domain = settings.MAILBOX_ADDRESS.lower().rpartition("@")
    found = TAG.fullmatch(local.removeprefix(f"{ours}+"))
    if not ours or not found or domain != our_domain or not local.startswith(f"{ours}+"):
        return None
    about, ids, signed = found.groups()
    if not is_signed(f"{about}-{ids}", signed) or about not in set(About):
        return None
    return Tag(About(about), tuple(int(number, 36) for number in ids.split("-")))


def is_signed(words: str, signed: str) -> bool:
    """Whether we have signed these words, also with a key that is being retired."""
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return any(compare_digest(signature(words, key), signed) for key in keys)


def signature(words: str, key: str | bytes | None = None) -> str:
    """Eighty bits in letters whose case does not matter."""
    digest = salted_hmac(SALT, words, secret=key, algorithm="sha256").digest()
    return base64.b32encode(digest[:SIGNED_BYTES]).decode("ascii").lower()


def in_base_36(number: int) -> str:
    """A number in few signs."""
    shown = ""
    while number or not shown:
        number, digit = divmod(number, 36)
        shown = DIGITS[digit] + shown
    return shown


def check_address(address: str) -> str:
    """The address if tags fit into it; raises ImproperlyConfigured otherwise."""
    local = address.rpartition("@")[0]
    try:
        if len(local) <= LONGEST_LOCAL and "+" not in local:
            return sendable(address)
    except ValueError:
        pass
    raise ImproperlyConfigured(
        "MAILBOX_ADDRESS must be a plain address, with at most 20 signs before the @ and no “+”."
    )
