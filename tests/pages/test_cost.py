"""What pages cost: as many questions to the database in a thread of a thousand as in an empty one,
each answered from the index that bears the name of its page."""

import json
import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from community.accounts.models import Person
from community.comments import queries
from community.comments.models import Comment, Status
from community.comments.queries import FIRST_REPLIES, PAGE, Sort
from community.demo import crowd
from community.demo.crowd import Crowd
from community.sites.models import Role, Site
from community.threads.models import Board, Thread
from tests import factories
from tests.bench import plenty

pytestmark = [pytest.mark.both, pytest.mark.django_db]
SIZES = [0, 100, 1000]
ARTICLE, TOPIC, ELSEWHERE = "/articles/tides/", "/forum/talk/{}/", "https://example.org/tides"

# The most questions each page may ask; what is known for a site is asked once and not counted.
BUDGETS = {
    ARTICLE: 3,
    f"{ARTICLE}?sort=oldest": 3,
    f"{ARTICLE}?sort=votes": 3,
    f"{ARTICLE}?sort=newest&after={queries.BIGGEST_KEY}": 4,
    "topic": 5,
    f"/discuss/?url={ELSEWHERE}": 4,
    "replies": 4,
    "reply": 4,
    "/": 4,
    "/tags/sea/": 5,
    "/forum/": 4,
    "/forum/talk/": 4,
    "/house-rules/": 5,
    "/privacy/": 3,
    "/cookies/": 3,
    "/contact/": 3,
}
OF_A_GUEST = 7
# Whether they were approved before, which e-mails they need no more, and whether there is news.
OF_A_CONFIRMED_GUEST = 10
OF_A_MODERATOR = 14


@pytest.fixture
def place(site: Site) -> Site:
    """A site with an article and a forum."""
    Site.objects.filter(pk=site.pk).update(forum_enabled=True, own_hosts=["example.org"])
    site.refresh_from_db()
    return site


def threads_of(place: Site, size: int) -> list[Thread]:
    """An article, a topic and a page elsewhere with so many comments each."""
    board = Board.objects.create(site=place, name="Talk", slug="talk")
    article = factories.article(place, slug="tides")
    under = Thread.objects.create(site=place, article=article, title="Tides")
    topic = Thread.objects.create(site=place, board=board, title="Boats")
    elsewhere = Thread.objects.create(site=place, url=ELSEWHERE, title="Elsewhere")
    article.tags.create(site=place, name="Sea", slug="sea")
    for thread in (under, topic, elsewhere):
        fill(thread, size)
    return [under, topic, elsewhere]


def fill(thread: Thread, size: int) -> None:
    """Let a small crowd write."""
    now = timezone.now()
    voters = [pk for pk, _ in plenty.people(20, "Voter")]
    many = Crowd(plenty.people(20, "Reader"), voters, plenty.say, now - timedelta(days=9), now)
    if size:
        crowd.fill(thread, size, many, seed=size)


def address_of(page: str, threads: list[Thread]) -> str | None:
    """Where a page of the table is; None where an empty thread has none of its kind."""
    under, topic, _ = threads
    if page == "topic":
        return TOPIC.format(topic.pk)
    if page in ("replies", "reply"):
        big = Comment.objects.filter(thread=under, parent=None).order_by("-branch_count").first()
        return f"/comments/{big.pk}/{page}/" if big else None
    return page


def asked_by(client: Client, address: str) -> CaptureQueriesContext:
    """What a page asks, once what holds for the whole site is known."""
    client.get(address)
    with CaptureQueriesContext(connection) as asked:
        assert client.get(address).status_code == 200, address
    return asked


def test_no_page_asks_more_where_more_was_written(place: Site, client: Client) -> None:
    counts: dict[str, list[int]] = {page: [] for page in BUDGETS}
    for size in SIZES:
        threads = threads_of(place, size)
        for page in BUDGETS:
            if address := address_of(page, threads):
                counts[page].append(len(asked_by(client, address)))
        for thread in threads:
            Comment.objects.filter(thread=thread).update(parent=None, root=None)
            thread.delete()
        Board.objects.all().delete()
        place.articles.all().delete()
        place.tags.all().delete()
    over = {page: found for page, found in counts.items() if max(found) > BUDGETS[page]}
    assert not over
    assert [page for page, (*_, hundred, thousand) in counts.items() if hundred != thousand] == []


def test_a_guests_page_and_a_moderators_ask_a_bounded_number_of_questions(
    place: Site, client: Client
) -> None:
    under, *_ = threads_of(place, 100)
    rosa = factories.guest("Rosa", proven=True)
    for status in (Status.HELD, Status.PUBLISHED):
        factories.comment(under, person=rosa, status=status)

    assert len(asked_by(cookied(rosa), ARTICLE)) <= OF_A_CONFIRMED_GUEST
    assert len(asked_by(cookied(factories.guest("Nino")), ARTICLE)) <= OF_A_GUEST
    client.force_login(factories.member(site=place, role=Role.MODERATOR))
    assert len(asked_by(client, ARTICLE)) <= OF_A_MODERATOR


def cookied(person: Person) -> Client:
    """The browser of a guest."""
    from tests.faults.seed import guest_cookie

    client = Client()
    name, _, value = guest_cookie(str(person.key)).partition("=")
    client.cookies[name] = value
    return client


# --- from which index, and how many rows ---

INDEXES = {
    ARTICLE: {"thread_page_by_age", "branch_page"},
    f"{ARTICLE}?sort=oldest": {"thread_page_by_age", "branch_page"},
    f"{ARTICLE}?sort=votes": {"thread_page_by_votes", "branch_page"},
    "replies": {"branch_page"},
}


@pytest.fixture
def thousand(place: Site) -> list[Thread]:
    """Threads of a thousand comments that the database has looked at."""
    threads = threads_of(place, 1000)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return threads


def plans(asked: CaptureQueriesContext) -> Iterator[str]:
    """How the database answers each question about comments."""
    postgres = connection.vendor == "postgresql"
    how = "EXPLAIN (ANALYZE, FORMAT JSON)" if postgres else "EXPLAIN QUERY PLAN"
    for question in asked:
        if "community_comment" in question["sql"]:
            with connection.cursor() as cursor:
                cursor.execute(f"{how} {question['sql']}".replace("%", "%%"))
                yield json.dumps(cursor.fetchall())


@pytest.mark.parametrize("page", INDEXES)
def test_a_page_reads_its_own_index_and_few_rows(
    thousand: list[Thread], client: Client, page: str
) -> None:
    address = address_of(page, thousand)
    assert address
    found = "\n".join(plans(asked_by(client, address)))

    for index in INDEXES[page]:
        assert index in found
    if connection.vendor == "postgresql":
        assert not re.search(r'"Seq Scan"[^{}]*"Relation Name": "community_comment"', found)
        read = re.findall(r'"Actual Rows": (\d+)[^{]*?"Actual Loops": (\d+)', found)
        assert read
        most = max(int(rows) * int(loops) for rows, loops in read)
        assert most <= (PAGE + 1) * (FIRST_REPLIES + 1)
    else:
        assert "SCAN community_comment" not in found
        assert "SCAN reply" not in found
        assert "TEMP B-TREE" not in found


def test_the_first_replies_are_those_a_plain_reading_finds(thousand: list[Thread]) -> None:
    under = thousand[0]
    replies: dict[int, list[Comment]] = {}
    for comment in Comment.objects.filter(thread=under, listed=True).exclude(parent=None):
        assert comment.root_id
        replies.setdefault(comment.root_id, []).append(comment)
    for sort in Sort:
        for branch in queries.page_of(under, sort, None, factories.viewer()).branches:
            all_ = sorted(replies.get(branch.root.pk, []), key=lambda it: bytes(it.path))
            assert [it.pk for it in branch.replies] == [it.pk for it in all_[:FIRST_REPLIES]]
            assert branch.hidden == max(0, len(all_) - FIRST_REPLIES)
