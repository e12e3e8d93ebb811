"""What is public is found, in the same moment as it is; what is not is found by nobody."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from community.accounts.models import Person
from community.articles.models import Article
from community.comments import lifecycle
from community.comments.models import Comment, Status
from community.privacy.services import erase
from community.search import queries, upkeep
from community.search.deadline import TookTooLong, deadline
from community.search.terms import terms_of
from community.sites.models import Site
from community.threads.models import Thread
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.both]


def found(site: Site, question: str) -> list[int]:
    """The ids of the comments that say this."""
    return [row.pk for row in queries.comments(site, terms_of(question)).rows]


def stored(site: Site, index: str = "comment") -> int:
    """How many comments the index itself finds by the canary, whoever may read them."""
    models = {"comment": queries.CommentWords, "topic": queries.TopicWords}
    said = queries.Says(models[index], site.pk, terms_of("zaunkoenig"))
    return models[index].objects.filter(said).count()


def test_what_was_said_is_found_newest_first(site: Site, thread: Thread) -> None:
    old = factories.comment(thread, "The Tide is late.")
    new = factories.comment(thread, "No tide is ever late, said the café.")

    assert found(site, "tide") == [new.pk, old.pk]
    assert found(site, '"tide is late"') == [old.pk]
    assert found(site, "TIDE café") == [new.pk]
    assert found(site, "tide harbour") == []


def test_a_word_is_found_with_another_ending(site: Site, thread: Thread) -> None:
    more = factories.comment(thread, "The tides are late.")
    one = factories.comment(thread, "One tide is late.")

    assert found(site, "tide") == [one.pk, more.pk]
    assert found(site, "ti") == []
    assert found(site, "lat") == []


def test_pages_follow_one_another(site: Site, thread: Thread) -> None:
    made = [factories.comment(thread, f"Tide number {n} of many.").pk for n in range(5)]

    first = queries.comments(site, terms_of("tide"), most=2)
    second = queries.comments(site, terms_of("tide"), behind=first.last, most=2)
    last = queries.comments(site, terms_of("tide"), behind=second.last, most=2)

    pages = [[row.pk for row in page.rows] for page in (first, second, last)]
    assert pages == [made[:2:-1], made[2:0:-1], made[:1]]
    assert last.last is None


@pytest.mark.parametrize("status", [s for s in Status if s != Status.PUBLISHED])
def test_what_is_not_public_is_found_by_nobody(
    site: Site, thread: Thread, status: Status, author: Person
) -> None:
    hidden = factories.comment(thread, "zaunkoenig", status=status, person=author)
    reply = factories.comment(thread, "Something else.")

    assert found(site, "zaunkoenig") == []
    assert stored(site) == 0  # nor does the index know it
    assert found(site, "something") == [reply.pk]
    assert hidden.status == status


@pytest.mark.parametrize("to", [Status.HELD, Status.REJECTED, Status.SPAM, Status.WITHDRAWN])
def test_what_is_taken_away_is_found_no_more(site: Site, thread: Thread, to: Status) -> None:
    comment = factories.comment(thread, "zaunkoenig")
    assert found(site, "zaunkoenig") == [comment.pk]

    lifecycle.move(comment, to, seen=comment.version)

    assert found(site, "zaunkoenig") == []
    assert stored(site) == 0


def test_words_that_were_edited_away_are_gone(site: Site, thread: Thread) -> None:
    comment = factories.comment(thread, "zaunkoenig")

    Comment.objects.filter(pk=comment.pk).update(body="Nothing to see.")

    assert found(site, "zaunkoenig") == []
    assert stored(site) == 0
    assert found(site, "nothing") == [comment.pk]


def test_erased_and_deleted_words_are_gone(site: Site, thread: Thread, author: Person) -> None:
    factories.comment(thread, "zaunkoenig", person=author)
    gone = factories.comment(thread, "zaunkoenig again")

    erase(author, with_words=True)
    gone.delete()

    assert stored(site) == 0


def test_a_comment_below_a_draft_is_found_by_nobody(
    site: Site, article: Article, thread: Thread
) -> None:
    factories.comment(thread, "zaunkoenig")
    Article.objects.filter(pk=article.pk).update(is_published=False)

    assert found(site, "zaunkoenig") == []


def test_each_site_finds_its_own(site: Site, thread: Thread) -> None:
    inland = factories.site(name="Inland", base_url="http://localhost", host="localhost")
    here = factories.comment(thread, "The tide.")
    there = factories.comment(factories.thread(inland), "A tide.")

    assert found(site, "tide") == [here.pk]
    assert found(inland, "tide") == [there.pk]


def test_articles_are_found_while_they_are_public(site: Site) -> None:
    article = factories.article(site, title="On lighthouses", text="They blink.")

    def seen(question: str) -> list[Article]:
        return queries.articles(site, terms_of(question)).rows

    assert seen("blink") == seen("lighthouses") == [article]
    Article.objects.filter(pk=article.pk).update(text="They shine.")
    assert seen("blink") == []
    Article.objects.filter(pk=article.pk).update(published_at="2999-01-01T00:00Z")
    assert seen("shine") == []


def test_topics_are_found_once_they_are_listed(site: Site) -> None:
    topic = factories.topic(site, title="A zaunkoenig in the harbour", listed=False)
    Site.objects.filter(pk=site.pk).update(forum_enabled=True)
    site.refresh_from_db()

    assert queries.topics(site, terms_of("zaunkoenig")).rows == []
    assert stored(site, "topic") == 0
    Thread.objects.filter(pk=topic.pk).update(listed=True)
    assert queries.topics(site, terms_of("zaunkoenig")).rows == [topic]
    site.forum_enabled = False
    assert queries.topics(site, terms_of("zaunkoenig")).rows == []


HOSTILE = [
    'tide" OR "zaunkoenig',
    'words : * OR site : "s1"',
    "tide NEAR(zaunkoenig)",
    "tide*",
    "-tide",
    "tide' & zaunkoenig | !tide:*",
    "tide\0late",
    "^tide AND",
    '"""',
    "((((tide",
    "{words site} : tide",
    "\ud7ff\U0010ffff tide",
]


@pytest.mark.parametrize("question", HOSTILE)
def test_no_question_is_a_command(site: Site, thread: Thread, question: str) -> None:
    factories.comment(thread, "Other words stand here.")
    inland = factories.site(name="Inland", base_url="http://localhost", host="localhost")
    factories.comment(factories.thread(inland), "The tide has a zaunkoenig near late and or.")

    assert found(site, question) == []


def test_a_page_of_hits_costs_two_statements(
    site: Site, thread: Thread, django_assert_max_num_queries: Callable[..., object]
) -> None:
    for n in range(5):
        factories.comment(thread, f"A tide of {n} words.")
    most = 2 if connection.vendor == "sqlite" else 5  # the deadline is set within a savepoint
    with django_assert_max_num_queries(most):  # type: ignore[attr-defined]
        rows = queries.comments(site, terms_of("tide")).rows
        assert {row.thread.article.title for row in rows if row.thread.article} == {"On tides"}


def test_what_takes_too_long_ends() -> None:
    endless = (
        "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 100000000)"
        " SELECT count(*) FROM n"
    )
    with pytest.raises(TookTooLong), deadline(), connection.cursor() as cursor:
        cursor.execute(endless)


def test_a_lost_index_is_made_again(site: Site, thread: Thread) -> None:
    comment = factories.comment(thread, "The tide is late.")
    on = "" if connection.vendor == "sqlite" else " ON community_comment"
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER {upkeep.SOURCES[0].trigger()}{on}")
    later = factories.comment(thread, "So is the tide of tomorrow.")

    upkeep.ensure()
    upkeep.ensure()

    assert found(site, "tide") == [later.pk, comment.pk]


def test_rebuilding_finds_the_same(site: Site, thread: Thread) -> None:
    comment = factories.comment(thread, "The tide is late.")

    upkeep.rebuild()

    assert found(site, "tide") == [comment.pk]
    lifecycle.move(comment, Status.HELD, seen=comment.version)
    assert found(site, "tide") == []


def test_sqlite_walks_to_the_newest_hits_without_sorting_all(site: Site, thread: Thread) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL chooses its way by how common the words are")
    factories.comment(thread, "The tide is late.")
    with CaptureQueriesContext(connection) as asked:
        queries.comments(site, terms_of("tide"), behind=2**40)
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {asked.captured_queries[0]['sql']}")
        plan = " ".join(row[-1] for row in cursor.fetchall())

    assert "SCAN community_comment_words VIRTUAL TABLE" in plan
    assert "B-TREE" not in plan
