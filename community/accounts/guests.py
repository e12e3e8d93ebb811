"""The signed cookie by which a guest is known again.

It is set only when someone comments or votes: without it they could not edit, delete or see what
they wrote, nor be kept from voting twice. It is strictly needed for what they asked for, so
ePrivacy Art. 5(3) wants no consent for it.
"""

from uuid import UUID

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

from community.accounts.models import Person
from community.prepared import Prepared

SALT = "community.guest"
KEPT_SECONDS = 400 * 24 * 3600


# With how soon they want e-mails, which the comment form shows.
BY_KEY = Prepared[Person](
    lambda key: Person.objects.filter(key=key, user=None).select_related("contact__timing")[:1],
    "key",
)


def guest_of(request: HttpRequest) -> Person | None:
    """The guest whose cookie came with the request, if it is one of ours."""
    raw = request.COOKIES.get(settings.GUEST_COOKIE_NAME, "")
    if not raw:
        return None
    try:
        key = UUID(signing.loads(raw, salt=SALT, max_age=KEPT_SECONDS))
    except (signing.BadSignature, ValueError, TypeError, AttributeError):
        return None
    return BY_KEY.first(key=key)


def remember(response: HttpResponse, person: Person) -> None:
    """Let this browser be known as this guest."""
    response.set_cookie(
        settings.GUEST_COOKIE_NAME,
        signing.dumps(str(person.key), salt=SALT),
        max_age=KEPT_SECONDS,
        httponly=True,
        secure=settings.HTTPS,
        samesite="Lax",
    )


def forget(response: HttpResponse) -> None:
    """Let this browser be nobody again."""
    response.delete_cookie(settings.GUEST_COOKIE_NAME, samesite="Lax")
