"""Whoever reads Parley in Arabic meets no English but what people have written in it."""

import re
from collections.abc import Iterable, Iterator
from html.parser import HTMLParser
from zoneinfo import available_timezones

import pytest
from django.apps import apps
from django.conf import settings
from django.db import models
from django.http import HttpResponse
from django.test import Client
from django.utils import translation

from community.comments.models import Status
from community.sites.models import Site
from moderation.models import Decision, Opinion
from tests import factories, walking
from tests.roles import BROWSER

pytestmark = [pytest.mark.django_db]

URL = re.compile(r"(https?://|mailto:|/)\S*$")
LATIN = re.compile(r"[A-Za-zÀ-ÿ]{2,}")
ROLES = ["visitor", "member", "moderator", "administrator"]
# What ends a session, sends a file, or is drawn by a spell only an empty site knows.
LEFT_OUT = {"account_logout", "picture", "setlang"}
SPOKEN = ("title", "alt", "aria-label", "placeholder", "content")
SILENT = {"script", "style", "code", "pre", "kbd"}
# Names of things, which are the same in every language.
NAMES = """
    Akismet Atom CSV CSS DSA EU GB GIF HTML HTTPS IP JPEG JSON KB Lines Markdown MB OSA Parley PNG
    PeerTube QR RSS TOTP UK URL UTC UTF Vimeo WebP WordPress XML XMLRPC YouTube pingbacks trackbacks
    am com en example http https id kB localhost ms org png pm testserver www
    Ctrl Enter Shift casino cas no docs production md comments
"""
# Django names the fields that only a script without eyes leaves out.
HIDDEN = re.compile(r"\S*(TOTAL|INITIAL)_FORMS")


class Words(HTMLParser):
    """What a page says: its texts, and what is said instead of pictures and fields."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.inside: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take the attributes that are read out."""
        given = dict(attrs)
        if tag != "meta" or given.get("name") == "description":
            self.found += [words for name in SPOKEN if (words := given.get(name))]
        if tag in SILENT:
            self.inside.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Speak again behind what is silent."""
        if self.inside and self.inside[-1] == tag:
            self.inside.pop()

    def handle_data(self, data: str) -> None:
        """Take a text."""
        if not self.inside and data.strip():
            self.found.append(" ".join(data.split()))


def said_on(answer: HttpResponse) -> list[str]:
    """All that a page says."""
    words = Words()
    words.feed(answer.content.decode())
    return [HIDDEN.sub("", text) for text in words.found if not URL.match(text)]


def written() -> set[str]:
    """Every Latin word that people have written, but for what rules have said of it."""
    of_people = [model for model in apps.get_models() if model not in (Opinion, Decision)]
    return {word for model in of_people for row in texts_of(model) for word in words_in(row)}


def texts_of(model: type[models.Model]) -> Iterator[str]:
    """What stands in the columns of words."""
    names = [
        field.name
        for field in model._meta.concrete_fields
        if isinstance(field, models.CharField | models.TextField) and not field.choices
    ]
    for row in model._base_manager.values_list(*names) if names else []:
        yield from (value for value in row if isinstance(value, str))


def words_in(text: str) -> Iterable[str]:
    """The Latin words of a text, as they are compared."""
    return (word.lower() for word in LATIN.findall(text))


@pytest.fixture
def world(site: Site) -> walking.World:
    """A site in Arabic with comments that wait for each kind of reason."""
    site.language = "ar"
    site.save()
    with translation.override("en"):
        made = walking.world(site)
    mine = {"person": made.member.person, "status": Status.HELD}
    factories.comment(made.thread, "Mine waits.", **mine)
    site.refresh_from_db()
    return made


@pytest.mark.parametrize("role", ROLES)
def test_no_english_is_left_on_any_page(world: walking.World, role: str) -> None:
    client = Client()
    if role != "visitor":
        client.force_login(getattr(world, role))
    known = written() | set(words_in(" ".join([NAMES, *own_names(), *available_timezones()])))
    left = {
        (name, text)
        for name, answer in pages(world, client)
        for text in said_on(answer)
        if set(words_in(text)) - known
    }
    assert not left, "\n".join(f"{name}: {text}" for name, text in sorted(left))


def own_names() -> list[str]:
    """Languages are called as they call themselves."""
    return [
        str(translation.get_language_info(code)["name_local"]) for code, _ in settings.LANGUAGES
    ]


def pages(world: walking.World, client: Client) -> Iterator[tuple[str, HttpResponse]]:
    """Every page this person can come to, and every page that says what is wrong."""
    for name, paths in world.paths().items():
        for path in paths if name not in LEFT_OUT else []:
            for answer in (client.get(path), client.post(path, headers=BROWSER)):
                if answer.headers.get("Content-Type", "").startswith("text/html"):
                    yield name, answer
