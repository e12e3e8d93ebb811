"""What moderators read: four lists, their numbers, cards and histories."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from community.accounts.models import Person, User
from community.comments.models import Comment, Status
from community.sites.models import Site
from community.threads.models import Thread
from moderation import decisions, queue, sanctions
from moderation.models import Act, Check, CheckState, Reason
from moderation.queue import Filter, History
from tests import factories
from tests.moderation.posting import edit, write


def test_each_list_has_its_number(thread: Thread, site: Site) -> None:
    for status, number in {"held": 3, "published": 2, "rejected": 1, "spam": 4}.items():
        for _ in range(number):
            factories.comment(thread, status=Status(status))
    factories.comment(thread, status=Status.WITHDRAWN)
    factories.comment(thread, status=Status.CHECKING)
    assert queue.counts(site) == {"waiting": 3, "published": 2, "rejected": 1, "spam": 4}


def test_an_empty_site_has_nothing_to_count(site: Site) -> None:
    assert set(queue.counts(site).values()) == {0}


def test_lists_end_at_the_border_of_the_site(thread: Thread) -> None:
    elsewhere = factories.site(host="other.example", base_url="https://other.example")
    for name, status in queue.LISTS.items():
        factories.comment(thread, status=status)
        assert shown_in(elsewhere, name) == ([], None)
    assert set(queue.counts(elsewhere).values()) == {0}


def shown_in(site: Site, name: str, cursor: int | None = None) -> tuple[list[Comment], int | None]:
    """One page of a list, and the cursor to the next."""
    if name == "waiting":
        found = queue.page(Filter(sites=(site.pk,)), cursor)
    else:
        found = queue.newest(site, name, cursor)
    return found.comments, found.next_cursor


def wait(thread: Thread, words: str = "", **fields: Any) -> Comment:
    """A comment that waits, from a network of its own."""
    sender = factories.Sender(network=f"network {next(factories.numbers)}")
    return factories.comment(thread, words, status=Status.HELD, **{"sender": sender, **fields})


@pytest.mark.parametrize(
    ("name", "status", "newest_first"),
    [
        pytest.param("waiting", Status.HELD, False, id="who waits longest comes first"),
        pytest.param("published", Status.PUBLISHED, True, id="the newest published first"),
        pytest.param("spam", Status.SPAM, True, id="the newest spam first"),
    ],
)
def test_pages_show_everything_once(
    thread: Thread, site: Site, name: str, status: Status, newest_first: bool
) -> None:
    sent = [factories.Sender(network=f"{n}") for n in range(queue.PAGE * 2 + 5)]
    made = [factories.comment(thread, status=status, sender=sender).pk for sender in sent]
    shown: list[int] = []
    sizes: list[int] = []
    cursor: int | None = None
    while True:
        comments, cursor = shown_in(site, name, cursor)
        shown += [comment.pk for comment in comments]
        sizes.append(len(comments))
        if cursor is None:
            break
    assert shown == sorted(made, reverse=newest_first)
    assert sizes == [queue.PAGE, queue.PAGE, 5]


def test_a_full_last_page_leads_nowhere(thread: Thread, site: Site) -> None:
    for _ in range(queue.PAGE):
        wait(thread)
    assert shown_in(site, "waiting")[1] is None


def test_deciding_while_paging_skips_nobody(thread: Thread, site: Site, moderator: User) -> None:
    made = [wait(thread) for _ in range(queue.PAGE + 3)]
    first, cursor = shown_in(site, "waiting")
    for comment in first[:10]:
        decisions.decide(comment, Act.APPROVE, seen=comment.version, by=moderator)
    rest, _ = shown_in(site, "waiting", cursor)
    assert [comment.pk for comment in rest] == [comment.pk for comment in made[-3:]]


@pytest.mark.parametrize(
    ("state", "minutes", "shown"),
    [
        pytest.param(CheckState.OPEN, 0, False, id="the first answer is on its way"),
        pytest.param(CheckState.OPEN, 2, True, id="it has been for too long"),
        pytest.param(CheckState.TROUBLE, 0, True, id="there was none"),
        pytest.param(CheckState.DONE, 0, True, id="it is there"),
    ],
)
def test_a_comment_is_checked_before_a_moderator_sees_it(
    thread: Thread, site: Site, state: CheckState, minutes: int, shown: bool
) -> None:
    comment = factories.comment(thread, status=Status.HELD)
    Check.objects.create(
        comment=comment,
        version=1,
        name=Reason.AKISMET,
        state=state,
        created_at=timezone.now() - timedelta(minutes=minutes),
    )
    comments, _ = shown_in(site, "waiting")
    assert bool(comments) is shown
    assert queue.counts(site)["waiting"] == int(shown)


def read(comment: Comment) -> None:
    """Look at all that a card shows."""
    _ = comment.site.name, comment.thread.article and comment.thread.article.title
    _ = comment.thread.board, comment.parent and comment.parent.author_name
    _ = comment.person and comment.person.name
    _ = [opinion.evidence for opinion in comment.current_opinions]  # type: ignore[attr-defined]
    _ = [report.person and report.person.name for report in comment.reports.all()]
    _ = [check.state for check in comment.checks.all()]


def test_a_page_costs_the_same_for_one_and_for_many(
    thread: Thread,
    site: Site,
    moderator: User,
    django_assert_max_num_queries: Callable[[int], object],
) -> None:
    parent = factories.comment(thread)
    for number in range(queue.PAGE):
        sender = factories.Sender()
        comment = write(thread, f"Words {number}.", parent=parent, sender=sender)
        decisions.decide(comment, Act.REJECT, seen=comment.version, by=moderator)
    with django_assert_max_num_queries(9):  # type: ignore[attr-defined]
        comments, _ = shown_in(site, "rejected")
        for comment in comments:
            read(comment)
        queue.author_history(comments)
    assert len(comments) == queue.PAGE


def test_a_card_shows_the_reasons_of_the_words_it_shows(thread: Thread, site: Site) -> None:
    comment = write(thread, "See https://a.example")
    edit(comment, "No link any more.")
    card = shown_in(site, "waiting")[0][0]
    assert [row.name for row in card.current_opinions] == ["first"]  # type: ignore[attr-defined]


def test_an_authors_history_on_this_site(
    thread: Thread, site: Site, author: Person, reader: Person, moderator: User
) -> None:
    elsewhere = factories.site(host="other.example", base_url="https://other.example")
    factories.comment(factories.thread(elsewhere), person=author)
    for status, number in {"published": 3, "held": 1, "spam": 2}.items():
        for _ in range(number):
            factories.comment(thread, person=author, status=Status(status))
    sanctions.block(factories.comment(thread, person=reader, status=Status.REJECTED), moderator)
    asked = Comment.objects.filter(site=site).select_related("site")
    assert queue.author_history(asked) == {
        (site.pk, author.pk): History(published=3, waiting=1, spam=2),
        (site.pk, reader.pk): History(rejected=1, is_blocked=True),
    }
