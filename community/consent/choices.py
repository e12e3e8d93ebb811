"""A visitor's choice, kept in their browser and proved by a row."""

import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from community.consent.models import ConsentRecord
from community.consent.purposes import OPTIONAL, WORDING, Purpose

# Acceptance and refusal are kept equally long; then everybody is asked again.
KEPT = timedelta(days=180)
NOTHING = "none"
_COOKIE = re.compile(
    r"(?P<visitor>[0-9a-f]{32})\.(?P<wording>[0-9]{1,9})\.(?P<purposes>[a-z-]{1,60})"
    r"\.(?P<day>[0-9]{8})",
    re.ASCII,
)


@dataclass(frozen=True)
class Choice:
    """Which purposes a visitor, known by a random id alone, allows."""

    visitor: str
    purposes: frozenset[Purpose]


def new_visitor() -> str:
    """A random id: it says nothing of anybody, and joins the choices of one browser."""
    return secrets.token_hex(16)


def choice_of(request: HttpRequest) -> Choice | None:
    """The choice that came with a request, if it still counts."""
    return choice_in(request.COOKIES.get(settings.CONSENT_COOKIE_NAME, ""))


def choice_in(cookie: str) -> Choice | None:
    """The choice that still counts: of these words, not older than six months."""
    found = _COOKIE.fullmatch(cookie)
    if found is None or found["wording"] != WORDING or not _is_recent(found["day"]):
        return None
    names = [] if found["purposes"] == NOTHING else found["purposes"].split("-")
    if not set(names) <= OPTIONAL:
        return None
    return Choice(found["visitor"], frozenset(Purpose(name) for name in names))


def _is_recent(day: str) -> bool:
    try:
        made = datetime.strptime(day, "%Y%m%d").replace(tzinfo=UTC)
    except ValueError:
        return False
    return timedelta() <= timezone.now() - made < KEPT


def keep_choice(response: HttpResponse, choice: Choice) -> None:
    """Let the browser remember a choice. It holds no secret, so it is not signed."""
    response.set_cookie(
        settings.CONSENT_COOKIE_NAME,
        cookie_of(choice),
        max_age=KEPT,
        httponly=True,
        secure=settings.HTTPS,
        samesite="Lax",
    )


def cookie_of(choice: Choice) -> str:
    """The cookie that says this choice was made today."""
    purposes = "-".join(sorted(choice.purposes)) or NOTHING
    return f"{choice.visitor}.{WORDING}.{purposes}.{timezone.now():%Y%m%d}"


def prove(visitor: str, purposes: Iterable[Purpose], made_in: str) -> ConsentRecord:
    """Write down who chose what, under which wording, when and where. GDPR Art. 7(1)."""
    return ConsentRecord.objects.create(
        visitor=visitor, wording=WORDING, purposes=sorted(purposes), made_in=made_in
    )
