"""The search page: what is public is found with its words marked, for whoever looks."""

from collections.abc import Callable

import pytest
from django.core.cache import cache
from django.test import Client

from community.accounts.models import Person, User
from community.comments.models import Status
from community.limits.pace import SEARCHES
from community.pages.views import search as page
from community.search import queries
from community.search.deadline import TookTooLong
from community.sites.models import Site
from community.threads.models import Thread
from tests import factories

pytestmark = pytest.mark.both


def test_words_are_found_and_marked_without_scripts(
    site: Site, thread: Thread, client: Client
) -> None:
    comment = factories.comment(thread, "The *tide* is <late> today.")

    found = client.get("/search/?q=Tide+late")

    assert found.status_code == 200
    words = "The <mark>tide</mark> is &lt;<mark>late</mark>&gt; today."
    assert words in found.content.decode()
    assert f"/comments/{comment.pk}/" in found.content.decode()
    assert "noindex" in found.content.decode()


def test_articles_and_topics_stand_above_the_comments(site: Site, client: Client) -> None:
    Site.objects.filter(pk=site.pk).update(forum_enabled=True)
    topic = factories.topic(site, title="Lighthouse keepers")
    factories.comment(topic, "A lighthouse is tall.")
    for number in range(5):
        factories.article(site, title=f"Lighthouse {number}")

    found = client.get("/search/?q=lighthouse")

    assert [group.key for group in found.context["groups"]] == ["articles", "topics", "comments"]
    articles = found.context["groups"][0]
    assert len(articles.hits) == 3
    further = client.get(f"/search/{articles.more_url}")
    assert [len(group.hits) for group in further.context["groups"]] == [2]


def test_further_results_are_on_the_next_page(site: Site, thread: Thread, client: Client) -> None:
    for number in range(queries.PAGE + 1):
        factories.comment(thread, f"The tide of paragraph {number}.")

    [group] = client.get("/search/?q=paragraph").context["groups"]
    [last] = client.get(f"/search/{group.more_url}").context["groups"]

    assert len(group.hits) == queries.PAGE
    assert len(last.hits) == 1
    assert not last.more_url


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        pytest.param("zebra", "Nothing was found.", id="nothing"),
        pytest.param("a", "at least two letters", id="too short"),
        pytest.param("%22+%2A", "at least two letters", id="only signs"),
    ],
)
def test_it_says_why_nothing_stands_there(
    site: Site, client: Client, question: str, sentence: str
) -> None:
    assert sentence in client.get(f"/search/?q={question}").content.decode()
    assert sentence not in client.get("/search/").content.decode()


def test_what_takes_too_long_is_said_kindly(
    site: Site, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*_args: object, **_given: object) -> None:
        raise TookTooLong

    monkeypatch.setitem(page.KINDS, "articles", page.Kind("", never, page.hit_of_article))

    assert "Please add another one." in client.get("/search/?q=tide").content.decode()


def test_whoever_searches_all_the_time_has_to_wait(site: Site, client: Client) -> None:
    cache.clear()
    for _ in range(SEARCHES.most_an_hour):
        SEARCHES.is_too_fast(client.get("/search/").wsgi_request)

    refused = client.get("/search/?q=tide")

    assert refused.status_code == 429
    assert refused["Retry-After"]
    assert client.get("/search/").status_code == 200
    cache.clear()


@pytest.mark.parametrize("status", [s for s in Status if s != Status.PUBLISHED])
def test_no_hidden_word_changes_what_anybody_finds(
    site: Site,
    thread: Thread,
    status: Status,
    author: Person,
    moderator: User,
    browser_of: Callable[[Person | User], Client],
) -> None:
    factories.comment(thread, "An open word.")
    browsers = [Client(), browser_of(author), browser_of(moderator)]
    before = [answer_of(browser) for browser in browsers]

    for number in range(queries.PAGE + 2):
        factories.comment(thread, f"A hidden word {number}.", status=status, person=author)

    assert [answer_of(browser) for browser in browsers] == before


def answer_of(browser: Client) -> list[str]:
    """What a browser is shown of the results."""
    pages = [browser.get(f"/search/?q={word}").content.decode() for word in ("word", "hidden")]
    return [page.partition("<main")[2].partition("</main")[0] for page in pages]


def test_odd_addresses_are_no_pages(site: Site, client: Client) -> None:
    assert client.get("/search/?q=tide&after=x").status_code == 404
    assert client.get("/search/?q=tide&in=accounts").status_code == 200
    assert client.get("/search/?q=" + "tide+" * 2000).status_code == 200
