"""Whatever changes a public page reaches the lane; what takes something away is told apart."""

import random
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.db import transaction
from django.test import Client
from django.utils import timezone

from community.accounts.models import User
from community.articles import services as articles
from community.articles.models import Article
from community.comments import lifecycle, services
from community.comments.models import Comment, Status
from community.comments.queries import Sort
from community.comments.screening import Refusal
from community.edge.declarations import SECONDS_WITHOUT_VERSION
from community.portability.wordpress.importer import Importer, Options
from community.portability.wordpress.reader import survey
from community.privacy.services import erase
from community.threads import services as threads
from community.threads.models import Thread
from community.votes import services as votes
from moderation.decisions import Act, decide
from moderation.mending import mend
from tests import factories, walking
from tests.edge.conftest import Fast
from tests.portability import wxr
from tests.walking import World

Change = Callable[[World], object]


@pytest.fixture
def place(db: None) -> World:
    """A site on which every kind of page shows something."""
    world = walking.world(factories.site())
    factories.comment(world.thread, "Held words.", status=Status.HELD)
    keeper = factories.comment(world.thread, "Words that are answered.")
    factories.comment(world.thread, "The answer.", parent=keeper)
    lifecycle.move(keeper, Status.HELD, seen=keeper.version)
    Thread.objects.filter(pk=world.topic.pk).update(
        started_by=factories.guest("Rosa"), starter_name="Rosa"
    )
    return world


def waiting() -> Comment:
    return Comment.objects.get(body="Held words.")


def placeholder() -> Comment:
    return Comment.objects.get(body="Words that are answered.")


def move(comment: Comment, to: Status, **how: bool) -> None:
    lifecycle.move(comment, to, seen=comment.version, **how)


def write(article: Article, tags: tuple[str, ...] = ("Sea",), **fields: object) -> None:
    for name, value in fields.items():
        setattr(article, name, value)
    articles.save(article, tags)


def ask(who: User, address: str, **form: object) -> None:
    client = Client(headers={"Sec-Fetch-Site": "same-origin"})
    client.force_login(who)
    assert client.post(address, form).status_code == 302


def import_one(world: World) -> None:
    file = wxr.write(Path(world.extra_folder), wxr.post(5, wxr.comment(6)))  # type: ignore[attr-defined]
    Importer(file, survey(file).site, world.site, Options()).run()


ARTICLE, TOPIC = "/articles/tides/", "/forum/talk/{topic}/"
ADDITIONS: list[tuple[str, str, Change]] = [
    ("a comment", ARTICLE, lambda on: factories.comment(on.thread, "Fresh words.")),
    ("an answer", ARTICLE, lambda on: factories.comment(on.thread, "New.", parent=on.root)),
    ("an answer, in its branch", "/comments/{root}/replies/",
     lambda on: factories.comment(on.thread, "New.", parent=on.root)),
    ("a comment, in the list", "/", lambda on: factories.comment(on.thread)),
    ("a comment, at its tag", "/tags/sea/", lambda on: factories.comment(on.thread)),
    ("a comment elsewhere", "/discuss/?url={elsewhere}",
     lambda on: factories.comment(on.elsewhere)),
    ("a comment in a topic", TOPIC, lambda on: factories.comment(on.topic)),
    ("a comment in a topic, on its board", "/forum/talk/",
     lambda on: factories.comment(on.topic)),
    ("an approval", ARTICLE, lambda on: move(waiting(), Status.PUBLISHED)),
    ("a decision", ARTICLE, lambda on: decide(
        waiting(), Act.APPROVE, seen=waiting().version, by=on.moderator)),
    ("a vote", ARTICLE, lambda on: votes.press(on.root, factories.guest(), 1)),
    ("a vote, in another order", f"{ARTICLE}?sort=votes",
     lambda on: votes.press(on.reply, factories.guest(), -1)),
    ("another word on a place-holder", ARTICLE, lambda on: move(placeholder(), Status.WITHDRAWN)),
    ("a pinned comment", ARTICLE, lambda on: threads.pin_comment(on.thread, on.root.pk)),
    ("the end of a discussion", ARTICLE, lambda on: threads.close(on.thread)),
    ("the end of a discussion, at the form to answer", "/comments/{root}/reply/",
     lambda on: threads.close(on.thread)),
    ("a pinned topic", "/forum/talk/", lambda on: threads.pin(on.topic, True)),
    ("a new topic", "/forum/talk/", lambda on: factories.topic(on.site)),
    ("a new topic, in the forum", "/forum/", lambda on: factories.topic(on.site)),
    ("a new title", TOPIC, lambda on: threads.change(on.topic, title="Another title")),
    ("a new board", "/forum/", lambda on: ask(
        on.administrator, "/moderation/settings/boards/", **{"board-name": "Boats"})),
    ("a new article", "/", lambda on: write(
        Article(site=on.site, title="New", text="New.", author_name="Ines"))),
    ("a new article, at the foot of a page", "/house-rules/", lambda on: write(
        Article(site=on.site, title="New", text="New.", author_name="Ines"))),
    ("an import", "/", import_one),
]  # fmt: skip
ADDITIONS += [("many approvals", ARTICLE, lambda on: approve_all(on.thread))]
REMOVALS: list[tuple[str, str, Change]] = [
    ("a removal", ARTICLE, lambda on: move(on.reply, Status.REJECTED, removed=True)),
    ("a removal by a decision", ARTICLE, lambda on: decide(
        on.reply, Act.REMOVE, seen=on.reply.version, by=on.moderator)),
    ("a removal, in the list", "/", lambda on: move(on.reply, Status.SPAM)),
    ("a removal, at the form to answer", "/comments/{root}/reply/",
     lambda on: move(on.root, Status.SPAM)),
    ("a comment taken back", ARTICLE, lambda on: services.delete(on.reply)),
    ("an edit", ARTICLE, lambda on: edit(on.reply, "Other words.")),
    ("an erasure", ARTICLE, lambda on: erase(on.reply.person, with_words=False)),
    ("an erasure with all words", ARTICLE, lambda on: erase(on.reply.person, with_words=True)),
    ("an erasure, at a topic one began", "/forum/talk/", lambda on: erase(
        Thread.objects.get(pk=on.topic.pk).started_by, with_words=False)),
    ("an edited article", ARTICLE, lambda on: write(on.article, text="Other words.")),
    ("an article as a draft", ARTICLE, lambda on: write(on.article, is_published=False)),
    ("an article without its tag", ARTICLE, lambda on: write(on.article, tags=())),
    ("a deleted article", "/", lambda on: articles.delete(on.article)),
    ("a deleted article, at its own address", ARTICLE, lambda on: articles.delete(on.article)),
    ("other settings", "/house-rules/", lambda on: settings_of(on, name="The Quay")),
    ("the forum switched off", ARTICLE, lambda on: settings_of(on, forum_enabled=False)),
]  # fmt: skip


REMOVALS += [
    (
        "words that a moderator took out",
        ARTICLE,
        lambda on: mend(on.reply, "Other words.", seen=on.reply.version, by=on.moderator),
    )
]


@transaction.atomic
def approve_all(thread: Thread) -> None:
    locked = Thread.objects.locked(thread.pk)
    held = list(Comment.objects.filter(thread=thread, status=Status.HELD))
    lifecycle.move_all(held, locked, Status.PUBLISHED)


def edit(comment: Comment, words: str) -> None:
    draft = factories.draft(comment.thread, words, person=comment.person, comment=comment)
    services.edit(comment, draft, seen=comment.version)


def settings_of(world: World, **fields: object) -> None:
    for name, value in fields.items():
        setattr(world.site, name, value)
    world.site.save()


def address_in(world: World, address: str) -> str:
    return address.format(topic=world.topic.pk, root=world.root.pk, elsewhere=world.elsewhere.url)


def named(table: list[tuple[str, str, Change]]) -> list[object]:
    return [pytest.param(address, change, id=name) for name, address, change in table]


@pytest.mark.parametrize(("address", "change"), named(ADDITIONS))
def test_what_is_new_is_seen(
    place: World, fast: Fast, tmp_path: Path, address: str, change: Change
) -> None:
    place.extra_folder = tmp_path  # type: ignore[attr-defined]
    address = address_in(place, address)
    before = fast.get(address)
    assert before.status == 200

    change(place)

    assert fast.get(address) == before, "warm until somebody looks"
    after = fast.now(address)
    assert after == Fast().get(address).text != before.text


@pytest.mark.parametrize(("address", "change"), named(REMOVALS))
def test_what_is_gone_is_not_shown_for_a_moment_longer(
    place: World, fast: Fast, address: str, change: Change
) -> None:
    address = address_in(place, address)
    before = fast.get(address)
    assert before.status == 200

    change(place)
    fast.wait(0.01)
    fast.look()

    assert fast.copies()[0].is_void
    after = fast.get(address)
    assert after.text != before.text
    assert (after.status, after.text) == ((cold := Fast().get(address)).status, cold.text)


def test_a_comment_that_waits_leaves_no_trace(place: World, fast: Fast) -> None:
    before = fast.get(ARTICLE)
    factories.comment(place.thread, "Nobody sees this.", status=Status.HELD)
    factories.comment(place.thread, "Nor this.", status=Status.CHECKING)
    fast.wait(1)
    fast.look()

    assert fast.get(ARTICLE) == before
    assert fast.renders() == 1


def test_an_article_appears_at_its_date(place: World, fast: Fast) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        later = timezone.now() + timedelta(minutes=5)
        write(
            Article(
                site=place.site, title="Later", text="Later.", author_name="I", published_at=later
            )
        )
        assert "Later" not in fast.get("/").text
        assert "Later" not in fast.get("/house-rules/").text
        clock.shift(timedelta(minutes=6))
        fast.wait(360)
        fast.look()

        assert "Later" in fast.get("/").text
        assert "Later" in fast.get("/house-rules/").text


def test_comments_close_at_their_date(place: World, fast: Fast) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        threads.change(place.thread, closes_at=timezone.now() + timedelta(minutes=5))
        assert "Post comment" in fast.get(ARTICLE).text
        clock.shift(timedelta(minutes=6))
        fast.wait(360)
        fast.look()

        assert "Post comment" not in fast.get(ARTICLE).text


def test_the_first_comment_of_a_page_elsewhere_is_seen(place: World, fast: Fast) -> None:
    address = "/discuss/?url=http://testserver/another.html"
    assert "No comments yet." in fast.get(address).text
    thread = threads.of_page(place.site, "http://testserver/another.html")
    threads.keep(thread)
    factories.comment(thread, "The first words.")
    fast.wait(SECONDS_WITHOUT_VERSION + 0.01)

    assert "The first words." in fast.get(address).text


# --- a storm ---

ACTS = 48
SEED = 20_261_122


class Storm:
    """Random posts, votes, edits and decisions by people who know nothing of the lane."""

    def __init__(self, world: World, seed: int) -> None:
        self.world, self.chance = world, random.Random(seed)
        self.threads = [world.thread, world.topic, world.elsewhere]
        self.voters = [factories.guest() for _ in range(3)]

    def act(self) -> None:
        """Do one thing; people may be too late, and are told so."""
        acts = [self.post, self.post, self.vote, self.vote, self.decide, self.decide, self.edit,
                self.withdraw, self.undo, self.pin, self.close]  # fmt: skip
        with suppress(lifecycle.StaleComment, lifecycle.ForbiddenMove, Refusal):
            self.chance.choice(acts)()

    def one(self, *states: Status) -> Comment | None:
        """Any comment in one of these states."""
        found = list(Comment.objects.filter(status__in=states).order_by("pk"))
        return self.chance.choice(found) if found else None

    def post(self) -> None:
        thread = self.chance.choice(self.threads)
        above = list(Comment.objects.published().filter(thread=thread).order_by("pk"))
        parent = self.chance.choice([None, *above])
        status = self.chance.choice([Status.PUBLISHED, Status.PUBLISHED, Status.HELD])
        factories.comment(thread, parent=parent, status=status)

    def vote(self) -> None:
        if comment := self.one(Status.PUBLISHED):
            votes.press(comment, self.chance.choice(self.voters), self.chance.choice([1, -1]))

    def decide(self) -> None:
        if comment := self.one(Status.PUBLISHED, Status.HELD, Status.REJECTED, Status.SPAM):
            to = self.chance.choice([Status.PUBLISHED, Status.REJECTED, Status.SPAM, Status.HELD])
            move(comment, to, removed=comment.is_public and to != Status.HELD)

    def edit(self) -> None:
        if comment := self.one(Status.PUBLISHED, Status.HELD):
            edit(comment, f"Other words, number {self.chance.random()}.")

    def withdraw(self) -> None:
        if comment := self.one(Status.PUBLISHED, Status.HELD):
            services.delete(comment)

    def undo(self) -> None:
        if comment := self.one(Status.REJECTED, Status.SPAM):
            move(comment, Status.PUBLISHED)

    def pin(self) -> None:
        thread = self.chance.choice(self.threads)
        comment = Comment.objects.published().filter(thread=thread).first()
        threads.pin_comment(thread, self.chance.choice([comment and comment.pk, None]))

    def close(self) -> None:
        thread = self.chance.choice(self.threads)
        self.chance.choice([threads.close, threads.reopen])(thread)


def pages_of(world: World) -> Iterator[str]:
    """Public pages of every kind, in every order."""
    for start in (ARTICLE, f"/forum/talk/{world.topic.pk}/"):
        yield from (f"{start}?sort={sort}" for sort in Sort)
    roots = Comment.objects.filter(parent=None, listed=True).order_by("pk")[:2]
    yield from (f"/comments/{root.pk}/replies/" for root in roots)
    yield from (f"/comments/{root.pk}/reply/" for root in roots)
    yield from ("/", "/tags/sea/", "/forum/", "/forum/talk/", "/house-rules/")
    yield f"/discuss/?url={world.elsewhere.url}"


@pytest.mark.both
def test_after_a_storm_warm_pages_are_byte_for_byte_cold_ones(place: World, fast: Fast) -> None:
    """Longer than a second: every kind of page is made cold several times in it."""
    storm = Storm(place, SEED)
    for number in range(ACTS):
        storm.act()
        fast.get(storm.chance.choice(list(pages_of(place))))
        if number % 12 == 11:
            fast.wait(1)
            fast.look()
            cold = Fast()
            for address in pages_of(place):
                warm_page, cold_page = fast.get(address), cold.get(address)
                assert warm_page.text == cold_page.text, f"{address} after act {number}"
                assert warm_page.headers.get("ETag") == cold_page.headers.get("ETag")
