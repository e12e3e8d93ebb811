"""The empty form below every thread: drawn once for each kind of writer.

A page for one person would spend a fifth of its cost on fields in which nothing is written yet.
"""

from functools import lru_cache
from typing import Any, NamedTuple

from django.utils.translation import get_language
from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup, escape

from community.accounts.models import User
from community.comments.standing import Standing
from community.consent import details
from community.pages.forms import CommentForm
from community.pages.patterns import EDGE, pattern_of
from community.sites.models import Site
from community.sites.requests import Request
from community.sites.viewers import Viewer
from community.subscriptions.queries import pace_of
from community.threads.models import Thread

FORM = "comments/_empty.html"
WORDS = ("action", "token", "name", "email", "own_name")
CLEAR = Standing()


class Writer(NamedTuple):
    """What decides how the empty form of somebody is drawn."""

    website: bool
    personal: bool = False
    is_member: bool = False
    is_known: bool = False
    has_address: bool = False
    pace: str = ""
    remembers: bool = False
    has_name: bool = False
    has_email: bool = False


class Stranger(NamedTuple):
    """Whoever writes, as the form asks for them: their name is filled in later."""

    name: str
    is_member: bool
    has_address: bool


def initial_of(request: Request) -> dict[str, Any]:
    """What this visitor asked us to remember, and how soon they want e-mails."""
    known = details.read(request)
    return {
        "name": known.name,
        "email": known.email,
        "remember": details.are_wanted(request),
        "pace": pace_of(request.viewer.person),
    }


@pass_context
def empty_form(page: Context, action: str) -> Markup:
    """The form of whoever looks, in which nothing is written and of which nothing is to be said."""
    request: Request = page["request"]
    if not request.personal:
        return filled(page, Writer(request.site.website_field), action=action)
    viewer, initial = request.viewer, initial_of(request)
    writer = Writer(
        website=request.site.website_field,
        personal=True,
        is_member=viewer.is_member,
        is_known=page["is_known"],
        has_address=viewer.has_address,
        pace=initial["pace"],
        remembers=initial["remember"],
        has_name=bool(initial["name"]),
        has_email=bool(initial["email"]),
    )
    words = {"name": initial["name"], "email": initial["email"], "own_name": viewer.name}
    return filled(page, writer, action=action, token=page["csrf_input"], **words)


def filled(page: Context, writer: Writer, **words: Any) -> Markup:
    """The form of such a writer with what is their own."""
    known = {
        "language": get_language(),
        "form": form_of(writer),
        "personal": writer.personal,
        "is_known": writer.is_known,
        "viewer": Stranger(gap("own_name"), writer.is_member, writer.has_address),
        "csrf_input": Markup(gap("token")),  # noqa: S704 # a gap
        "standing": CLEAR,
    }
    pattern = pattern_of(page.environment, FORM, WORDS, *known.items())
    return Markup(pattern.fill({name: escape(word) for name, word in words.items()}))  # noqa: S704


def gap(name: str) -> str:
    """Where a word will stand, for what a field shows as its value."""
    return f"{EDGE}{name}{EDGE}"


@lru_cache(maxsize=256)
def form_of(writer: Writer) -> CommentForm:
    """A form in which nothing is written."""
    initial = {
        "name": gap("name") if writer.has_name else "",
        "email": gap("email") if writer.has_email else "",
        "remember": writer.remembers,
        **({"pace": writer.pace} if writer.pace else {}),
    }
    site = Site(website_field=writer.website)
    viewer = Viewer(user=User() if writer.is_member else None)
    return CommentForm(site=site, viewer=viewer, thread=Thread(), initial=initial)
