"""Authors as others see them: whoever wrote under one name, at an address that tells nothing.

The address is one block of AES over who it is and a hash of the name. So nobody can count through
authors, and whoever writes under two names in one browser has two pages that nobody can connect.
"""

import hashlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import NamedTuple

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import ECB
from django.urls import reverse
from django.utils.crypto import salted_hmac

from community.comments import across
from community.comments.models import Comment
from community.sites.models import Site

SALT = "community.pages.authors"
LENGTH = 22


class Author(NamedTuple):
    """Someone, under one name."""

    person_id: int
    name: str


def author_of(comment: Comment) -> Author | None:
    """Who wrote a comment; None for whoever is forgotten."""
    return Author(comment.person_id, comment.author_name) if comment.person_id else None


def author_address(site: Site, author: Author) -> str:
    """The page of an author."""
    return reverse("author", args=[token_of(site, author)])


def token_of(site: Site, author: Author) -> str:
    """What stands for an author in addresses of one site."""
    encryptor = cipher(site).encryptor()
    block = encryptor.update(author.person_id.to_bytes(8) + hash_of(author.name))
    return urlsafe_b64encode(block + encryptor.finalize()).rstrip(b"=").decode()


def find(site: Site, token: str) -> Author | None:
    """Whom a token stands for, if something they said under this name is public."""
    if len(token) != LENGTH or not token.isascii():
        return None
    try:
        raw = urlsafe_b64decode(f"{token}==")
    except ValueError:
        return None
    decryptor = cipher(site).decryptor()
    block = decryptor.update(raw) + decryptor.finalize()
    person_id = int.from_bytes(block[:8])
    if person_id >= 2**63:  # no database looks for that
        return None
    names = (name for name in across.names_of(site, person_id) if hash_of(name) == block[8:])
    return next((Author(person_id, name) for name in names), None)


def cipher(site: Site) -> Cipher[ECB]:
    """One block, one key for each site: nothing to repeat, nothing to compare between sites."""
    key = salted_hmac(SALT, str(site.pk), algorithm="sha256").digest()
    return Cipher(AES(key), ECB())  # noqa: S305


def hash_of(name: str) -> bytes:
    """Eight bytes of a name."""
    return hashlib.sha256(name.encode()).digest()[:8]
