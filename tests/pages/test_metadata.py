"""What pages tell machines: true, public, harmless, and for nothing."""

import json
import re
from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any

import pytest
from django.test import Client

from community.accounts.models import Person
from community.articles.models import Article
from community.comments.models import Status
from community.sites.models import Site
from community.threads.models import Thread
from tests import factories

pytestmark = pytest.mark.both


class Head(HTMLParser):
    """The links, metas and data of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.links: dict[str, str] = {}
        self.metas: dict[str, str] = {}
        self.data: list[Any] = []
        self.is_data = False
        self.feed(page)

    def handle_starttag(self, tag: str, given: list[tuple[str, str | None]]) -> None:
        attributes = dict(given)
        if tag == "link":
            key = f"{attributes.get('rel')} {attributes.get('type', '')}".strip()
            self.links[key] = attributes["href"] or ""
        if tag == "meta" and "property" in attributes:
            self.metas[str(attributes["property"])] = attributes["content"] or ""
        self.is_data = attributes.get("type") == "application/ld+json"

    def handle_data(self, data: str) -> None:
        if self.is_data:
            self.data.append(json.loads(data))
            self.is_data = False


def head(client: Client, address: str) -> Head:
    """The head of a page."""
    return Head(client.get(address).content.decode())


def test_an_article_and_its_comments_are_told(
    article: Article, thread: Thread, client: Client
) -> None:
    root = factories.comment(thread, "The *tide* is late.", name="Amir")
    factories.comment(thread, "Never.", parent=root)

    found = head(client, "/articles/tides/")

    [data] = found.data
    assert (data["@type"], data["headline"], data["commentCount"]) == ("Article", "On tides", 2)
    [told] = data["comment"]
    assert (told["text"], told["author"]["name"]) == ("The tide is late.", "Amir")
    assert told["url"] == f"http://testserver/articles/tides/#c{root.pk}"
    assert "comment" not in told
    assert found.links["canonical"] == found.metas["og:url"] == "http://testserver/articles/tides/"
    assert found.metas["og:title"] == "On tides"


def test_a_topic_is_a_posting(site: Site, client: Client) -> None:
    Site.objects.filter(pk=site.pk).update(forum_enabled=True)
    topic = factories.topic(site, title="Where to anchor", starter_name="Ines")
    factories.comment(topic, "Behind the island?")

    [data] = head(client, f"/forum/talk/{topic.pk}/").data

    assert data["@type"] == "DiscussionForumPosting"
    assert (data["text"], data["author"]["name"]) == ("Behind the island?", "Ines")


@pytest.mark.parametrize(
    "address", ["/", "/latest/", "/articles/tides/", "/forum/talk/", "/forum/talk/{topic}/"]
)
def test_feeds_are_found_by_the_page(
    site: Site, thread: Thread, client: Client, address: str
) -> None:
    Site.objects.filter(pk=site.pk).update(forum_enabled=True)
    topic = factories.topic(site)

    links = head(client, address.format(topic=topic.pk)).links

    for kind in ("application/atom+xml", "application/feed+json"):
        assert client.get(links[f"alternate {kind}"])["Content-Type"].startswith(kind)


def test_other_orders_lead_to_the_usual_one(thread: Thread, client: Client) -> None:
    for _ in range(51):
        factories.comment(thread)

    usual, votes = head(client, "/articles/tides/"), head(client, "/articles/tides/?sort=votes")
    further = head(client, usual.links["next"])

    assert votes.links["canonical"] == usual.links["canonical"]
    assert "next" not in votes.links
    assert further.links["canonical"] == f"http://testserver{usual.links['next']}"


@pytest.mark.parametrize("status", [s for s in Status if s != Status.PUBLISHED])
def test_only_what_is_public_is_told(
    thread: Thread,
    author: Person,
    browser_of: Callable[[Person], Client],
    status: Status,
) -> None:
    factories.comment(thread, "zaunkoenig", status=status, person=author)

    for client in (Client(), browser_of(author)):
        assert "zaunkoenig" not in json.dumps(head(client, "/articles/tides/").data)


def test_no_word_ends_the_script_it_stands_in(thread: Thread, client: Client) -> None:
    words = "</script><script>alert(1)</script> <!-- & \u2028"
    factories.comment(thread, words, name="</script>")

    page = client.get("/articles/tides/").content.decode()

    [script] = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    [told] = json.loads(script)["comment"]
    assert told["author"]["name"] == "</script>"
    assert told["text"].startswith("</script><script>alert(1)</script>")
    assert "<" not in script
