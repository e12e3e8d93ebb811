"""Administrators write articles on a page of their own."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from community.accounts.models import User
from community.articles.models import Article, Picture
from community.sites.models import Site
from community.threads.models import Thread
from tests import factories
from tests.articles.pictures import photograph, picture

NEW = "/moderation/articles/new/"
ROWS = {
    "pictures-TOTAL_FORMS": "3",
    "pictures-INITIAL_FORMS": "0",
}
GIVEN = {
    "title": "Why the tide comes twice",
    "slug": "",
    "summary": "The moon pulls on both sides.",
    "text": "## Two hills of water\n\nOne under the moon, one behind it.",
    "author_name": "Ada",
    "published_at": "2026-03-01T08:30",
    "tags": "tides, moon",
    "is_published": "on",
    "comments": "open",
    "close_after_days": "0",
    **ROWS,
}


@pytest.fixture
def desk(administrator: User, browser_of: Callable[[User], Client]) -> Client:
    """The administrator's browser."""
    return browser_of(administrator)


def edit_address(article: Article) -> str:
    """Where an article is changed."""
    return f"/moderation/articles/{article.pk}/"


def stored_rows(*pictures: Picture, **changes: str) -> dict[str, str]:
    """The rows of stored pictures as the page shows them, with some changed."""
    rows = {**ROWS, "pictures-INITIAL_FORMS": str(len(pictures))}
    for number, stored in enumerate(pictures):
        rows[f"pictures-{number}-id"] = str(stored.pk)
        rows[f"pictures-{number}-alt"] = stored.alt
        rows[f"pictures-{number}-position"] = str(stored.position)
    return rows | changes


@pytest.mark.parametrize("path", ["", "new/", "1/", "1/delete/"])
def test_for_everyone_but_administrators_these_pages_do_not_exist(
    browser: Client, moderator: User, browser_of: Callable[[User], Client], path: str
) -> None:
    someone = browser_of(moderator)
    assert someone.get(f"/moderation/articles/{path}").status_code == 404
    assert someone.post(f"/moderation/articles/{path}", GIVEN).status_code == 404
    assert browser.get(f"/moderation/articles/{path}")["Location"].startswith("/accounts/login/")


def test_an_administrator_of_another_site_cannot_edit_here(
    desk: Client, administrator: User
) -> None:
    other = factories.site(base_url="http://other.example", host="other.example")
    theirs = factories.article(other)

    assert desk.get(edit_address(theirs)).status_code == 404


def test_an_article_is_written_and_read(desk: Client, browser: Client, site: Site) -> None:
    response = desk.post(NEW, GIVEN)

    article = Article.objects.get()
    assert response.status_code == 302
    assert response["Location"] == edit_address(article)
    shown = browser.get("/articles/why-the-tide-comes-twice/").content.decode()
    assert "<h2>Two hills of water</h2>" in shown
    assert 'href="/tags/moon/"' in shown
    assert "March 1, 2026" in shown


def test_a_draft_is_for_administrators_alone(desk: Client, browser: Client) -> None:
    desk.post(NEW, {key: value for key, value in GIVEN.items() if key != "is_published"})

    assert browser.get("/articles/why-the-tide-comes-twice/").status_code == 404
    assert "Why the tide" not in browser.get("/").content.decode()
    assert "Draft" in desk.get("/moderation/articles/").content.decode()
    shown = desk.get("/articles/why-the-tide-comes-twice/").content.decode()
    assert "Only administrators see this" in shown


def test_pictures_are_added_several_at_once(desk: Client, browser: Client) -> None:
    given = {
        **GIVEN,
        "text": "Before.\n\n[picture 2]\n\nAfter.",
        "pictures-0-image": photograph(),
        "pictures-0-alt": "A pier at low tide",
        "pictures-1-image": picture("PNG"),
        "pictures-1-alt": "A chart",
        "pictures-1-caption": "Heights in June",
    }

    desk.post(NEW, given)

    stored = list(Picture.objects.all())
    assert [(one.position, one.alt) for one in stored] == [
        (1, "A pier at low tide"),
        (2, "A chart"),
    ]
    shown = browser.get("/articles/why-the-tide-comes-twice/").content.decode()
    before, chart, after = (shown.index(word) for word in ("Before.", "Heights in June", "After."))
    assert shown.index("A pier at low tide") < before < chart < after
    sent = browser.get(stored[0].url)
    sent.close()
    assert sent["Content-Type"] == "image/jpeg"


def test_a_picture_wants_words_for_those_who_cannot_see_it(desk: Client) -> None:
    response = desk.post(NEW, {**GIVEN, "pictures-0-image": picture()})

    assert response.status_code == 422
    assert not Article.objects.exists()


def test_a_file_that_is_no_picture_is_refused(desk: Client) -> None:
    bad = picture()
    bad.seek(0)
    bad.write(b"no picture at all")
    bad.seek(0)

    response = desk.post(NEW, {**GIVEN, "pictures-0-image": bad, "pictures-0-alt": "Sea"})

    assert response.status_code == 422
    assert not Picture.objects.exists()


def test_pictures_change_places_and_go(desk: Client, article: Article) -> None:
    given: dict[str, Any] = dict(GIVEN)
    for number, name in enumerate(("first", "second", "third")):
        given |= {f"pictures-{number}-image": picture(), f"pictures-{number}-alt": name}
    desk.post(edit_address(article), given)
    rows = stored_rows(
        *article.pictures.all(),
        **{"pictures-0-position": "9", "pictures-1-DELETE": "on"},
    )

    desk.post(edit_address(article), {**GIVEN, **rows})

    assert list(article.pictures.values_list("position", "alt")) == [(1, "third"), (2, "first")]


def test_a_preview_keeps_nothing(desk: Client) -> None:
    given = {
        **GIVEN,
        "act": "preview",
        "pictures-0-image": picture(),
        "pictures-0-alt": "A pier",
    }

    response = desk.post(NEW, given)

    shown = response.content.decode()
    assert response.status_code == 200
    assert "nothing is saved" in shown
    assert "<h2>Two hills of water</h2>" in shown
    assert "data:image/png;base64," in shown
    assert not Article.objects.exists()
    assert not Picture.objects.exists()


def test_a_preview_of_a_change_leaves_the_article_as_it_is(
    desk: Client, article: Article, browser: Client
) -> None:
    desk.post(edit_address(article), {**GIVEN, "act": "preview"})

    article.refresh_from_db()
    assert article.title == "On tides"


def test_a_renamed_article_renames_its_comments(
    desk: Client, article: Article, thread: Thread
) -> None:
    version = thread.version

    desk.post(edit_address(article), {**GIVEN, "slug": "tides"})

    thread.refresh_from_db()
    assert thread.title == "Why the tide comes twice"
    assert thread.version > version


@pytest.mark.parametrize(
    ("fields", "is_open"),
    [
        pytest.param({"comments": "open", "close_after_days": "0"}, True, id="open for ever"),
        pytest.param({"comments": "open", "close_after_days": "30"}, True, id="open for a month"),
        pytest.param({"comments": "closed", "close_after_days": "0"}, False, id="closed"),
    ],
)
def test_comments_are_opened_and_closed(
    desk: Client, article: Article, thread: Thread, fields: dict[str, str], is_open: bool
) -> None:
    today = f"{timezone.now():%Y-%m-%dT%H:%M}"

    desk.post(edit_address(article), {**GIVEN, **fields, "published_at": today})

    thread.refresh_from_db()
    assert thread.is_open is is_open
    again = desk.get(edit_address(article)).content.decode()
    assert f'name="close_after_days" value="{fields["close_after_days"]}"' in again


def test_closing_by_itself_counts_from_the_date(
    desk: Client, article: Article, thread: Thread
) -> None:
    moment = timezone.now().replace(second=0, microsecond=0)
    given = {**GIVEN, "published_at": f"{moment:%Y-%m-%dT%H:%M}", "close_after_days": "7"}

    desk.post(edit_address(article), given)

    thread.refresh_from_db()
    assert thread.closes_at == moment + timedelta(days=7)


def test_a_closing_day_in_the_past_is_told_before_it_closes_anything(
    desk: Client, article: Article, thread: Thread
) -> None:
    response = desk.post(edit_address(article), {**GIVEN, "close_after_days": "1"})

    assert response.status_code == 422
    assert "That day has passed" in response.content.decode()
    thread.refresh_from_db()
    assert thread.is_open


@pytest.mark.parametrize(
    ("field", "value"),
    [
        pytest.param("title", "", id="no title"),
        pytest.param("title", "x" * 201, id="a title too long"),
        pytest.param("text", "", id="no text"),
        pytest.param("text", "a\0b", id="a NUL"),
        pytest.param("slug", "not an address", id="blanks in the address"),
        pytest.param("slug", "tides", id="the address of another article"),
        pytest.param("published_at", "tomorrow", id="no date"),
        pytest.param("tags", "x" * 61, id="a tag too long"),
        pytest.param("tags", ",".join(map(str, range(21))), id="too many tags"),
        pytest.param("comments", "perhaps", id="neither open nor closed"),
        pytest.param("close_after_days", "-1", id="days before"),
    ],
)
def test_what_is_wrong_is_said_and_the_words_are_kept(
    desk: Client, article: Article, field: str, value: str
) -> None:
    response = desk.post(NEW, {**GIVEN, field: value})

    shown = response.content.decode()
    assert response.status_code == 422
    assert 'aria-invalid="true"' in shown
    assert "The moon pulls on both sides." in shown
    assert Article.objects.count() == 1


def test_an_article_is_deleted_with_its_comments_after_asking(
    desk: Client, article: Article, thread: Thread
) -> None:
    factories.comment(thread)
    address = f"{edit_address(article)}delete/"

    assert "its 1 comment go" in desk.get(address).content.decode()
    assert Article.objects.exists()
    desk.post(address)

    assert not Article.objects.exists()
    assert not Thread.objects.exists()
