"""The sitemap and robots.txt: all that is public, in parts that cost the same however many."""

from collections.abc import Callable
from xml.etree.ElementTree import Element

import pytest
from defusedxml.ElementTree import fromstring
from django.test import Client

from community.articles.models import Article
from community.feeds import maps
from community.sites.models import Site
from community.threads import services as threads
from community.threads.models import Thread
from tests import factories

pytestmark = pytest.mark.both

NAMES = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9"}


def read(client: Client, address: str) -> Element:
    """A sitemap, parsed."""
    answer = client.get(address)
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("application/xml")
    root: Element = fromstring(answer.content)
    return root


def addresses(client: Client, address: str) -> list[str]:
    """The addresses a sitemap names, without the host."""
    found = [element.text or "" for element in read(client, address).findall(".//s:loc", NAMES)]
    assert all(url.startswith("http://testserver/") for url in found)
    return [url.removeprefix("http://testserver") for url in found]


def everything(client: Client) -> list[str]:
    """All pages that the parts of the sitemap name."""
    parts = addresses(client, "/sitemap.xml")
    return [url for part in parts for url in addresses(client, part)]


def test_the_sitemap_names_what_is_public_and_nothing_else(
    site: Site, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(maps, "RANGE", 2)
    Site.objects.filter(pk=site.pk).update(forum_enabled=True)
    shown = [factories.article(site).slug for _ in range(5)]
    factories.article(site, slug="draft", is_published=False)
    factories.article(site, slug="to-come", published_at="2999-01-01T00:00Z")
    topic = factories.topic(site)
    hidden = factories.topic(site, listed=False)
    inland = factories.site(name="Inland", base_url="http://localhost", host="localhost")
    factories.article(inland, slug="elsewhere")

    found = everything(client)

    assert {f"/articles/{slug}/" for slug in shown} < set(found)
    assert {"/", "/latest/", "/forum/", "/forum/talk/", f"/forum/talk/{topic.pk}/"} < set(found)
    assert len(found) == len(set(found))
    for secret in ("draft", "to-come", "elsewhere", f"/{hidden.pk}/"):
        assert not [url for url in found if secret in url]


def test_it_tells_when_a_page_changed(article: Article, thread: Thread, client: Client) -> None:
    Thread.objects.filter(pk=thread.pk).update(last_activity="2031-02-03T04:05Z")

    root = read(client, f"/sitemap-articles-{article.pk // maps.RANGE}.xml")

    assert [e.text for e in root.findall(".//s:lastmod", NAMES)] == ["2031-02-03T04:05:00+00:00"]


@pytest.mark.parametrize("size", [1, 30])
def test_a_part_asks_the_database_twice(
    site: Site, client: Client, size: int, django_assert_max_num_queries: Callable[..., object]
) -> None:
    for _ in range(size):
        threads.of_article(factories.article(site))
    with django_assert_max_num_queries(2):  # type: ignore[attr-defined]
        client.get("/sitemap-articles-0.xml")
    with django_assert_max_num_queries(3):  # type: ignore[attr-defined]
        client.get("/sitemap.xml")


def test_odd_parts_are_none(site: Site, client: Client) -> None:
    assert client.get("/sitemap-people-0.xml").status_code == 404
    assert client.get(f"/sitemap-articles-{'9' * 30}.xml").status_code == 404


def test_robots_hear_where_the_sitemap_is(site: Site, client: Client) -> None:
    said = client.get("/robots.txt")

    assert said["Content-Type"].startswith("text/plain")
    assert "Sitemap: http://testserver/sitemap.xml" in said.content.decode()
    assert "Disallow: /moderation/" in said.content.decode()
