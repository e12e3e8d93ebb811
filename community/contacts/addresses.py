"""Spelling of e-mail addresses."""

import idna


def normalise(address: str) -> str:
    """One spelling per mailbox: blanks off, lower case, the domain as the network knows it.

    Providers that tell case apart are extinct. Dots and “+tags” stay: only the mailbox's owner
    knows what they mean.
    """
    local, at, domain = address.strip().rpartition("@")
    return f"{local.lower()}{at}{in_ascii(domain)}"


def in_ascii(domain: str) -> str:
    """`münchen.de` as `xn--mnchen-3ya.de`; what is no domain stays as it is, in lower case."""
    try:
        return idna.encode(domain, uts46=True).decode("ascii")
    except UnicodeError:
        return domain.lower()
