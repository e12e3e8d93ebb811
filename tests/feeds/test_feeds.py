"""Feeds: read by somebody else's parser, true to what is public, asked again for nothing."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import feedparser
import pytest
from django.test import Client
from django.utils import timezone

from community.accounts.models import Person
from community.articles.models import Article
from community.comments import lifecycle
from community.comments.models import Comment, Status
from community.pages.authors import Author, token_of
from community.sites.models import Site
from community.threads.models import Thread
from tests import factories

pytestmark = pytest.mark.both

ARTICLE = "/articles/tides/feed"


def atom(client: Client, address: str) -> Any:
    """A feed as feedparser understands it."""
    answer = client.get(f"{address}.atom")
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("application/atom+xml")
    read = feedparser.parse(answer.content)
    assert not read.bozo, read.bozo_exception
    assert read.version == "atom10"
    assert read.feed.id.startswith("tag:testserver,")
    assert read.feed.updated_parsed
    for entry in read.entries:
        assert entry.id.startswith("tag:testserver,")
        assert entry.updated_parsed
        assert entry.link.startswith("http://testserver/")
    return read


def json_of(client: Client, address: str) -> Any:
    """The same feed as JSON."""
    answer = client.get(f"{address}.json")
    assert answer["Content-Type"].startswith("application/feed+json")
    read = json.loads(answer.content)
    assert read["version"] == "https://jsonfeed.org/version/1.1"
    return read


def both(client: Client, address: str) -> list[str]:
    """The ids in a feed, which must be the same in both formats."""
    in_atom = [entry.id.rpartition(",")[2] for entry in atom(client, address).entries]
    in_json = [item["id"].rpartition(",")[2] for item in json_of(client, address)["items"]]
    assert in_atom == in_json
    return [part.partition(":")[2] for part in in_atom]


def test_an_article_tells_of_its_comments(thread: Thread, client: Client) -> None:
    first = factories.comment(thread, "The *tide* < the ebb & all]]> that.", name="Ines & Co")
    late = factories.comment(thread, "Late.", status=Status.HELD)
    second = factories.comment(thread, "Second.")
    lifecycle.move(late, Status.PUBLISHED, seen=late.version)

    order = [f"comment:{comment.pk}" for comment in (late, second, first)]
    assert both(client, ARTICLE) == order
    entry = atom(client, ARTICLE).entries[-1]
    assert entry.author == "Ines & Co"
    assert entry.content[0].value == first.body_html.strip()
    item = json_of(client, ARTICLE)["items"][-1]
    assert item["content_html"] == first.body_html
    assert item["content_text"] == "The tide < the ebb & all]]> that."


def test_a_site_tells_of_articles_and_of_comments(
    site: Site, article: Article, thread: Thread, client: Client
) -> None:
    comment = factories.comment(thread)
    factories.article(site, is_published=False)

    assert both(client, "/feed") == [f"article:{article.pk}"]
    assert both(client, "/latest/feed") == [f"comment:{comment.pk}"]


def test_boards_topics_and_authors_have_feeds(site: Site, client: Client, author: Person) -> None:
    Site.objects.filter(pk=site.pk).update(forum_enabled=True)
    topic = factories.topic(site, pinned=True, last_activity=datetime(2026, 1, 1, tzinfo=UTC))
    newer = factories.topic(site)
    factories.topic(site, listed=False)
    comment = factories.comment(newer, person=author)

    assert both(client, "/forum/talk/feed") == [f"topic:{newer.pk}", f"topic:{topic.pk}"]
    assert both(client, f"/forum/talk/{newer.pk}/feed") == [f"comment:{comment.pk}"]
    token = token_of(site, Author(author.pk, comment.author_name))
    assert both(client, f"/authors/{token}/feed") == [f"comment:{comment.pk}"]


def test_an_edit_keeps_the_id_and_moves_the_moment(thread: Thread, client: Client) -> None:
    comment = factories.comment(thread)
    before = atom(client, ARTICLE)

    later = timezone.now().replace(microsecond=0, year=2030)
    Comment.objects.filter(pk=comment.pk).update(edited_at=later, body_html="<p>Other.</p>")
    after = atom(client, ARTICLE)

    assert after.entries[0].id == before.entries[0].id
    assert after.entries[0].updated == after.feed.updated == later.isoformat()
    assert after.entries[0].published == before.entries[0].published


@pytest.mark.parametrize("status", [s for s in Status if s != Status.PUBLISHED])
def test_only_what_is_public_stands_in_feeds(
    site: Site, thread: Thread, client: Client, author: Person, status: Status
) -> None:
    gone = factories.comment(thread, "zaunkoenig", person=author)
    factories.comment(thread, "open", parent=gone, person=author)
    factories.comment(thread, "zaunkoenig", status=status)
    if status not in (Status.CHECKING,):
        lifecycle.move(gone, status, seen=gone.version)
    else:
        gone.delete()

    token = token_of(site, Author(author.pk, gone.author_name))
    for address in (ARTICLE, "/latest/feed", f"/authors/{token}/feed"):
        for kind in ("atom", "json"):
            said = client.get(f"{address}.{kind}").content.decode()
            assert "zaunkoenig" not in said, address


def test_drafts_and_unknown_things_have_no_feed(
    site: Site, article: Article, thread: Thread, client: Client
) -> None:
    factories.comment(thread)
    Article.objects.filter(pk=article.pk).update(is_published=False)

    assert both(client, "/latest/feed") == []
    for address in (f"{ARTICLE}.atom", "/articles/x/feed.json", "/feed.rss", "/forum/x/feed.atom"):
        assert client.get(address).status_code == 404


def test_whoever_has_it_already_gets_nothing_again(thread: Thread, client: Client) -> None:
    factories.comment(thread)
    tag = client.get(f"{ARTICLE}.atom")["ETag"]

    again = client.get(f"{ARTICLE}.atom", headers={"If-None-Match": tag})
    factories.comment(thread)
    new = client.get(f"{ARTICLE}.atom", headers={"If-None-Match": tag})

    assert (again.status_code, again.content) == (304, b"")
    assert new.status_code == 200


@pytest.mark.parametrize("size", [1, 12])
@pytest.mark.parametrize("address", ["/feed.atom", "/latest/feed.json", f"{ARTICLE}.atom"])
def test_a_feed_asks_the_database_four_times_at_most(
    site: Site,
    thread: Thread,
    client: Client,
    address: str,
    size: int,
    django_assert_max_num_queries: Callable[..., object],
) -> None:
    for _ in range(size):
        factories.comment(thread)
        factories.comment(factories.thread(site))
    with django_assert_max_num_queries(4):  # type: ignore[attr-defined]
        client.get(address)


def test_signs_that_no_xml_may_hold_do_not_break_a_feed(thread: Thread, client: Client) -> None:
    comment = factories.comment(thread)
    Comment.objects.filter(pk=comment.pk).update(
        author_name="R\x08osa\x1b", body_html="<p>\x0c</p>"
    )

    assert atom(client, ARTICLE).entries[0].author == "Rosa"
