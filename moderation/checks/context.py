"""What a check may be told of a sender, unreadable at rest and for a day only."""

import base64
import hashlib
import json
from typing import Any

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings


def seal(facts: dict[str, Any]) -> str:
    """Facts that only this installation can read again."""
    return box().encrypt(json.dumps(facts).encode()).decode()


def unseal(sealed: str) -> dict[str, Any] | None:
    """The sealed facts; None when they were wiped, or sealed with another SECRET_KEY."""
    try:
        facts: dict[str, Any] = json.loads(box().decrypt(sealed))
    except InvalidToken:
        return None
    return facts


def box() -> Fernet:
    """A key of its own, derived from SECRET_KEY."""
    derived = hashlib.sha256(b"moderation.checks.context" + settings.SECRET_KEY.encode())
    return Fernet(base64.urlsafe_b64encode(derived.digest()))
