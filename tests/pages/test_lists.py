"""Lists of articles and topics: every page costs the same, and nothing is repeated or left out."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from community.articles.models import Article, Tag
from community.forum import queries
from community.pages.views.articles import ON_A_PAGE
from community.sites.models import Site
from community.threads import services as threads
from community.threads.models import Board, Thread
from tests import factories

pytestmark = pytest.mark.both

MAX_QUERIES = 4


def write(site: Site, number: int, since: datetime) -> None:
    """So many articles, three of which always share a moment."""
    rows = [
        Article(
            site=site,
            slug=f"n{n}",
            title=f"Number {n}",
            text="-",
            html="-",
            author_name="Ines",
            published_at=since + timedelta(minutes=n // 3),
        )
        for n in range(number)
    ]
    for article in Article.objects.bulk_create(rows):
        threads.of_article(article)


def walked(client: Client, address: str, key: str) -> list[list[object]]:
    """The pages of a list, one behind the other, as long as they lead on."""
    pages, url = [], ""
    while url is not None:
        context = client.get(f"{address}{url}").context
        pages.append(list(context[key]))
        url = context["next_url"] or None
    return pages


def test_articles_are_paged_without_repeating_or_losing_one(site: Site, client: Client) -> None:
    write(site, 2 * ON_A_PAGE + 5, timezone.now() - timedelta(days=1))
    tag = Tag.objects.create(site=site, name="Sea", slug="sea")
    tag.articles.add(*Article.objects.all())
    expected = list(Article.objects.order_by("-published_at", "-pk"))

    for address in ("/", "/tags/sea/"):
        pages = walked(client, address, "articles")
        assert [len(page) for page in pages] == [ON_A_PAGE, ON_A_PAGE, 5]
        assert [row for page in pages for row in page] == expected


@pytest.mark.parametrize("size", [1, ON_A_PAGE * 3])
@pytest.mark.parametrize("address", ["/", "/?after=99999999999999999-1"])
def test_a_page_of_articles_asks_as_little_however_many_there_are(
    site: Site,
    client: Client,
    size: int,
    address: str,
    django_assert_max_num_queries: Callable[..., object],
) -> None:
    write(site, size, timezone.now() - timedelta(days=1))

    with django_assert_max_num_queries(MAX_QUERIES + 2):  # type: ignore[attr-defined]
        assert client.get(address).context["articles"]


@pytest.mark.parametrize("odd", ["x", "1", "1-", "9" * 40, "1-2-3", "²-1", "pinned-", "-1-1"])
def test_odd_cursors_are_no_pages(site: Site, client: Client, odd: str) -> None:
    Site.objects.filter(pk=site.pk).update(forum_enabled=True)
    factories.topic(site)

    assert client.get("/", {"after": odd}).status_code == 404
    assert client.get("/forum/talk/", {"after": odd}).status_code == 404


def test_topics_are_paged_pinned_ones_first(site: Site, client: Client) -> None:
    Site.objects.filter(pk=site.pk).update(forum_enabled=True)
    board = factories.topic(site).board
    now = timezone.now()
    for n in range(3 * queries.ON_A_PAGE):
        moment = now - timedelta(minutes=n // 4)
        factories.topic(site, last_activity=moment, pinned=n < queries.ON_A_PAGE + 4)

    pages = walked(client, "/forum/talk/", "topics")

    order = ["-pinned", "-last_activity", "-id"]
    expected = list(Thread.objects.filter(board=board).order_by(*order))
    assert [row for page in pages for row in page] == expected
    assert {len(page) for page in pages[:-1]} == {queries.ON_A_PAGE}


def test_boards_tell_how_much_is_in_them(
    site: Site, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    Site.objects.filter(pk=site.pk).update(forum_enabled=True)
    Board.objects.create(site=site, name="Empty", slug="empty", position=9)
    old, new = timezone.now() - timedelta(days=3), timezone.now()
    factories.topic(site, pinned=True, last_activity=old)
    factories.topic(site, last_activity=new)
    factories.topic(site, listed=False, last_activity=new + timedelta(days=1))

    talk, empty = client.get("/forum/").context["boards"]
    assert (talk.topic_count, talk.latest) == (2, new)
    assert (empty.topic_count, empty.latest) == (0, None)

    monkeypatch.setattr(queries, "MOST_COUNTED", 1)
    assert b"more than 1 topics" in client.get("/forum/").content


def test_the_list_of_boards_asks_as_little_however_many_there_are(
    site: Site, client: Client, django_assert_max_num_queries: Callable[..., object]
) -> None:
    Site.objects.filter(pk=site.pk).update(forum_enabled=True)
    for n in range(20):
        Board.objects.create(site=site, name=f"Board {n}", slug=f"b{n}")

    with django_assert_max_num_queries(MAX_QUERIES):  # type: ignore[attr-defined]
        assert len(client.get("/forum/").context["boards"]) == 20
