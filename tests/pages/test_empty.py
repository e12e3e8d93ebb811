"""The empty form is drawn once for each kind of writer: the same as drawing each anew."""

import re

import pytest
from django.http import HttpRequest
from django.test import Client, RequestFactory
from django.utils import translation
from markupsafe import Markup

from community.accounts.models import Person
from community.pages import empty, parts
from community.pages.empty import empty_form
from community.pages.forms import CommentForm
from community.sites.models import Site
from community.sites.viewers import ANYONE, Viewer
from community.subscriptions.models import Pace
from community.threads.models import Thread
from tests import factories

TOKEN = Markup('<input type="hidden" name="csrfmiddlewaretoken" value="a">')
ODD = "<b>\"Rosa\" & 100%s {0} 'x'"


def asked_by(site: Site, viewer: Viewer) -> HttpRequest:
    """A request of somebody."""
    request = RequestFactory().get("/articles/tides/")
    request.site, request.viewer = site, viewer  # type: ignore[attr-defined]
    request.personal = viewer != ANYONE  # type: ignore[attr-defined]
    return request


def viewers(site: Site) -> list[Viewer]:
    """Whoever may write."""
    member = factories.member(ODD, site=site)
    return [
        ANYONE,
        Viewer(person=factories.guest(ODD)),
        Viewer(person=factories.guest(ODD, proven=True)),
        Viewer(person=Person.objects.get_or_create(user=member)[0], user=member),
    ]


@pytest.mark.django_db
@pytest.mark.parametrize("website", [False, True])
@pytest.mark.parametrize("is_known", [False, True])
@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("name", ["", ODD])
@pytest.mark.parametrize("pace", [Pace.AT_ONCE, Pace.WEEKLY])
def test_it_is_what_the_whole_form_would_be(
    site: Site,
    monkeypatch: pytest.MonkeyPatch,
    *,
    website: bool,
    is_known: bool,
    language: str,
    name: str,
    pace: Pace,
) -> None:
    site.website_field = website
    initial = {"name": name, "email": name, "remember": bool(name), "pace": pace.value}
    monkeypatch.setattr(empty, "initial_of", lambda _request: initial)
    for viewer in viewers(site):
        personal = viewer != ANYONE
        given = initial if personal else {}
        page = {
            "request": asked_by(site, viewer),
            "viewer": viewer,
            "personal": personal,
            "is_known": is_known and personal,
            "csrf_input": TOKEN,
            "standing": empty.CLEAR,
            "form": CommentForm(site=site, viewer=viewer, thread=Thread(), initial=given),
        }
        with translation.override(language):
            written = parts.parts().from_string(
                '{% from "comments/_form.html" import comment_form with context %}'
                "{{ comment_form('/there/') }}"
            )
            ready = empty_form(written.new_context(page), "/there/")
            assert ready.strip() == written.render(page).strip()
            assert not re.search("\0", ready)


@pytest.mark.django_db
def test_whoever_asked_to_be_remembered_finds_their_name(thread: Thread, browser: Client) -> None:
    given = {"name": 'Rosa "R" & co', "email": "rosa@example.org", "remember": "on"}
    said = browser.post(f"/threads/{thread.pk}/comments/", {**given, "body": "Late again."})
    assert said.status_code == 302

    page = browser.get("/articles/tides/").content.decode()

    assert 'value="Rosa &#34;R&#34; &amp; co"' in page
    assert 'value="rosa@example.org"' in page
