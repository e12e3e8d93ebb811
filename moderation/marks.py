"""What a sanction knows somebody by: a person's number, a hashed address or network, a domain."""

import hashlib
import hmac
from collections.abc import Iterator

import idna
from django.conf import settings

from community.contacts.addresses import normalise

# A key of its own: what comments keep of networks cannot be matched with what sanctions keep.
KEY = b"moderation.sanctions"


def of_person(person_id: int) -> str:
    """The mark of one person."""
    return f"person:{person_id}"


def of_address(address: str) -> str:
    """The mark of an e-mail address, from which nobody reads it."""
    return f"address:{hashed(normalise(address))}" if address else ""


def of_network(network: str) -> str:
    """The mark of a network; wants its hash as comments keep it, where IPv6 counts by /64."""
    return f"network:{hashed(network)}" if network else ""


def of_domain(domain: str) -> str:
    """The mark of a domain of addresses, which is no secret."""
    return f"domain:{domain}"


def domain_of(address: str) -> str:
    """The domain of an address as mail servers know it; empty where there is none."""
    domain = normalise(address).rpartition("@")[2].rstrip(".")
    try:
        return idna.encode(domain, uts46=True).decode("ascii")
    except (idna.IDNAError, UnicodeError):
        return ""


def of_domains_above(address: str) -> Iterator[str]:
    """The marks of an address's domain and those above it: whole labels, never a top level."""
    labels = domain_of(address).split(".")
    for start in range(len(labels) - 1):
        yield of_domain(".".join(labels[start:]))


def hashed(value: str) -> str:
    """What is kept in place of the value."""
    key = hashlib.sha256(KEY + settings.SECRET_KEY.encode()).digest()
    return hmac.new(key, value.encode(), hashlib.sha256).hexdigest()[:40]
