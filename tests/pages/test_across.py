"""Comments across threads: the latest, the liveliest, and those of one author."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from community.accounts.models import Person
from community.comments import lifecycle
from community.comments.models import Comment, Status
from community.pages.authors import Author, author_address, find, token_of
from community.pages.views.lists import ON_A_PAGE
from community.privacy.services import erase
from community.sites.models import Site
from community.threads.models import Thread
from tests import factories

pytestmark = pytest.mark.both


def shown(client: Client, address: str) -> list[int]:
    """The comments a list shows."""
    return [row.comment.pk for row in client.get(address).context["rows"]]


def test_the_latest_comments_of_all_threads(site: Site, client: Client) -> None:
    made = [factories.comment(factories.thread(site)).pk for _ in range(ON_A_PAGE + 2)]

    assert shown(client, "/latest/") == made[:1:-1]
    further = client.get("/latest/").context["next_url"]
    assert shown(client, f"/latest/{further}") == made[1::-1]


def test_the_most_voted_and_most_discussed_of_seven_days(
    site: Site, thread: Thread, client: Client
) -> None:
    good, best, old, quiet = (factories.comment(thread) for _ in range(4))
    Comment.objects.filter(pk=good.pk).update(ups=2, score=2)
    Comment.objects.filter(pk__in=[best.pk, old.pk]).update(ups=5, score=5)
    Comment.objects.filter(pk=old.pk).update(created_at=timezone.now() - timedelta(days=8))
    factories.comment(thread, parent=quiet)

    assert shown(client, "/latest/?by=votes") == [best.pk, good.pk]
    assert shown(client, "/latest/?by=replies") == [quiet.pk]
    assert b"Articles with the most comments" in client.get("/latest/?by=replies").content


@pytest.mark.parametrize("size", [1, ON_A_PAGE])
@pytest.mark.parametrize("address", ["/latest/", "/latest/?by=votes", "/latest/?by=replies"])
def test_lists_ask_as_little_however_much_there_is(
    site: Site,
    client: Client,
    size: int,
    address: str,
    django_assert_max_num_queries: Callable[..., object],
) -> None:
    for _ in range(size):
        factories.comment(factories.thread(site))
    with django_assert_max_num_queries(5):  # type: ignore[attr-defined]
        client.get(address)


def test_a_name_leads_to_what_its_author_said(
    site: Site, thread: Thread, author: Person, client: Client
) -> None:
    mine = [factories.comment(thread, person=author).pk for _ in range(2)]
    factories.comment(thread)
    factories.comment(thread, person=author, status=Status.HELD)

    page = client.get(f"/comments/{mine[0]}/author/", follow=True)

    assert [row.comment.pk for row in page.context["rows"]] == mine[::-1]
    assert b"Comments by" in page.content
    assert f'href="/comments/{mine[0]}/author/"' in client.get("/articles/tides/").content.decode()


def test_two_names_of_one_browser_have_two_pages(
    site: Site, thread: Thread, author: Person, client: Client
) -> None:
    one = factories.comment(thread, person=author, name="Amir")
    other = factories.comment(thread, person=author, name="Somebody else")

    assert shown(client, author_address(site, Author(author.pk, "Amir"))) == [one.pk]
    assert shown(client, author_address(site, Author(author.pk, "Somebody else"))) == [other.pk]


def test_an_address_tells_nothing_and_cannot_be_guessed(
    site: Site, thread: Thread, author: Person, client: Client
) -> None:
    comment = factories.comment(thread, person=author)
    token = token_of(site, Author(author.pk, comment.author_name))
    inland = factories.site(name="Inland", base_url="http://localhost", host="localhost")

    assert find(site, token) == Author(author.pk, comment.author_name)
    assert find(inland, token) is None
    assert token_of(inland, Author(author.pk, comment.author_name)) != token
    for odd in ("x", "A" * 22, token[:-1], f"{token}A", f"{token[:5]}{token[:17]}", "é" * 22):
        assert client.get(f"/authors/{odd}/").status_code == 404


@pytest.mark.parametrize("status", [s for s in Status if s != Status.PUBLISHED])
def test_whoever_has_nothing_public_has_no_page(
    site: Site, thread: Thread, author: Person, client: Client, status: Status
) -> None:
    hidden = factories.comment(thread, person=author, status=status)

    assert client.get(author_address(site, Author(author.pk, "Amir"))).status_code == 404
    assert client.get(f"/comments/{hidden.pk}/author/").status_code == 404


def test_the_page_goes_with_its_last_comment_and_with_its_author(
    site: Site, thread: Thread, author: Person, client: Client
) -> None:
    first, second = (factories.comment(thread, person=author) for _ in range(2))
    address = author_address(site, Author(author.pk, "Amir"))

    lifecycle.move(first, Status.WITHDRAWN, seen=first.version)
    assert shown(client, address) == [second.pk]
    erase(author, with_words=False)

    assert client.get(address).status_code == 404
    assert client.get(f"/comments/{second.pk}/author/").status_code == 404
    assert f"/comments/{second.pk}/author/" not in client.get("/articles/tides/").content.decode()
