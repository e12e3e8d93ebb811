"""Spelling of e-mail addresses."""


def normalise(address: str) -> str:
    """One spelling per mailbox: blanks off, lower case. Providers that tell case apart are extinct.

    Dots and “+tags” stay: only the mailbox's owner knows what they mean.
    """
    return address.strip().lower()
