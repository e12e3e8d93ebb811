"""A herd, a removal, a page that fails, a database that is silent: what readers get then."""

from threading import Barrier, Event, Thread

import pytest
from django.db import OperationalError

from community.comments import lifecycle
from community.comments.models import Status
from community.edge import versions
from community.edge.copies import GRACE_SECONDS, PACE_SECONDS, PATIENCE_SECONDS
from community.edge.declarations import NOTES, Fact, Mark
from community.edge.lane import Lane
from community.edge.rendering import Answer, may_be_kept
from community.edge.versions import BLIND_AFTER_SECONDS
from community.sites.models import Site
from community.threads import models as threads
from tests import factories
from tests.edge.conftest import Fast, Said

PAGE = "/articles/tides/"
PUBLIC = [("Content-Type", "text/html"), ("Cache-Control", "public, max-age=0")]


class Kitchen:
    """An application without a database: pages are numbered, and made when one says so."""

    def __init__(self) -> None:
        self.made = 0
        self.version = Mark(1, 0)
        self.may_go_on = Event()
        self.may_go_on.set()
        self.asked = Event()

    def __call__(self, environ, start):  # type: ignore[no-untyped-def]
        self.made += 1
        body = f"page {self.made}".encode()
        environ[NOTES].facts[Fact("thread", 1)] = self.version
        self.asked.set()
        self.may_go_on.wait(5)
        start("200 OK", list(PUBLIC))
        return [body]


class Hall(Fast):
    """A lane in front of that kitchen, whose readers come at once."""

    def __init__(self) -> None:
        super().__init__()
        self.kitchen = Kitchen()
        self.lane = Lane(self.kitchen, most_bytes=2**20, watch=False)

    def learn(self, mark: Mark) -> None:
        """Let the watcher have seen this."""
        self.kitchen.version = mark
        self.wait(0.01)
        for_look = self.lane.watcher.looked_at = self.copies()[0].made_at + 0.005
        self.lane.shelf.judge({Fact("thread", 1): mark}, for_look, for_look)

    def readers(self, number: int) -> list[Thread]:
        """Readers who ask at the same moment; their pages are in `seen`."""
        start = Barrier(number)
        self.seen: list[Said] = []

        def read() -> None:
            start.wait()
            self.seen.append(self.get("/house-rules/"))

        found = [Thread(target=read) for _ in range(number)]
        for reader in found:
            reader.start()
        return found


@pytest.fixture
def hall() -> Hall:
    """A lane without Django."""
    return Hall()


def test_a_herd_waits_for_one_rendering(hall: Hall) -> None:
    hall.kitchen.may_go_on.clear()
    herd = hall.readers(20)
    hall.kitchen.asked.wait(5)
    hall.kitchen.may_go_on.set()
    for reader in herd:
        reader.join(5)

    assert hall.kitchen.made == 1
    assert {said.text for said in hall.seen} == {"page 1"}


def test_a_page_that_only_grows_is_made_anew_at_a_steady_pace(hall: Hall) -> None:
    hall.get("/house-rules/")
    for version in range(2, 12):
        hall.learn(Mark(version, 0))
        assert hall.get("/house-rules/").text == "page 1"
    hall.wait(PACE_SECONDS)
    assert hall.get("/house-rules/").text == "page 2"

    hall.learn(Mark(12, 1))
    assert hall.get("/house-rules/").text == "page 3", "what is removed does not wait"


def test_while_one_makes_the_new_page_the_others_get_the_old_one(hall: Hall) -> None:
    hall.get("/house-rules/")
    hall.learn(Mark(2, 0))
    hall.wait(PACE_SECONDS)
    hall.kitchen.may_go_on.clear()
    hall.kitchen.asked.clear()
    (first,) = hall.readers(1)
    hall.kitchen.asked.wait(5)

    assert hall.get("/house-rules/").text == "page 1"
    hall.kitchen.may_go_on.set()
    first.join(5)
    assert hall.seen[0].text == "page 2" == hall.get("/house-rules/").text
    assert hall.kitchen.made == 2


@pytest.mark.parametrize("why", ["something was removed", "the old page is too old"])
def test_else_all_wait_for_the_new_page(hall: Hall, why: str) -> None:
    hall.get("/house-rules/")
    hall.learn(Mark(2, 1 if "removed" in why else 0))
    if "old" in why:
        hall.wait(PACE_SECONDS)
        hall.lane.watcher.looked_at += PATIENCE_SECONDS
        hall.copies()[0].ends_at -= PATIENCE_SECONDS
    hall.kitchen.may_go_on.clear()
    hall.kitchen.asked.clear()
    herd = hall.readers(5)
    hall.kitchen.asked.wait(5)
    hall.kitchen.may_go_on.set()
    for reader in herd:
        reader.join(5)

    assert {said.text for said in hall.seen} == {"page 2"}
    assert hall.kitchen.made == 2


def test_a_page_that_was_begun_before_a_removal_is_made_again(hall: Hall) -> None:
    hall.lane.shelf.known = {Fact("thread", 1): Mark(2, 1)}
    marks = iter([Mark(1, 0), Mark(2, 1)])
    make = hall.kitchen.__call__

    def with_next_mark(environ, start):  # type: ignore[no-untyped-def]
        hall.kitchen.version = next(marks)
        return make(environ, start)

    hall.lane.application = with_next_mark

    assert hall.get("/house-rules/").text == "page 2"


def test_a_page_that_fails_is_shown_as_it_was_for_a_while(
    fast: Fast, thread: threads.Thread, caplog: pytest.LogCaptureFixture
) -> None:
    before = fast.get(PAGE).text
    threads.Thread.objects.filter(pk=thread.pk).renew()
    fast.django.broken = True

    assert fast.now(PAGE) == before
    assert "/articles/tides/ cannot be rendered" in caplog.text
    tried = fast.renders()
    assert fast.get(PAGE).text == before
    assert fast.renders() == tried, "a failing page is not tried all the time"

    fast.wait(GRACE_SECONDS)
    fast.look()
    said = fast.get(PAGE)
    assert (said.status, said.headers["Retry-After"]) == (503, "5")
    assert said.headers["Cache-Control"] == "no-store"
    assert "Something broke on our side" in said.text

    fast.django.broken = False
    assert fast.now(PAGE) == before


def test_a_page_that_fails_does_not_bring_back_what_was_removed(
    fast: Fast, thread: threads.Thread
) -> None:
    comment = factories.comment(thread, "Nobody should read this.")
    assert "Nobody should read this." in fast.get(PAGE).text
    lifecycle.move(comment, Status.REJECTED, seen=comment.version, removed=True)
    fast.django.broken = True
    fast.wait(0.01)
    fast.look()

    assert fast.get(PAGE).status == 503


def test_a_page_that_always_failed_is_a_clear_503(fast: Fast, thread: threads.Thread) -> None:
    fast.django.broken = True

    assert fast.get(PAGE).status == 503
    assert fast.get(PAGE, method="HEAD").body == b""


def test_before_the_site_is_set_up_its_own_words_are_shown(db: None, fast: Fast) -> None:
    said = fast.get("/")

    assert said.status == 503
    assert "Nearly there" in said.text


def test_nobody_trusts_a_copy_after_a_while_without_a_look(
    fast: Fast, thread: threads.Thread
) -> None:
    fast.get(PAGE)
    fast.wait(BLIND_AFTER_SECONDS)

    fast.get(PAGE)
    assert fast.renders() == 2
    fast.wait(BLIND_AFTER_SECONDS)
    fast.look()
    fast.get(PAGE)
    assert fast.renders() == 2


def test_a_silent_database_is_told_of_once_and_the_watcher_goes_on(
    fast: Fast,
    thread: threads.Thread,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def silent(_: object) -> None:
        raise OperationalError("the server is gone")

    fast.get(PAGE)
    monkeypatch.setattr(versions, "connection", type("Closed", (), {"close": lambda _: None})())
    with monkeypatch.context() as during:
        during.setattr(versions, "marks_of", silent)
        for _ in range(3):
            fast.lane.watcher.look_if_possible()
    assert caplog.text.count("Versions cannot be read") == 1
    assert fast.lane.watcher.looked_at == 0
    fast.lane.watcher.look_if_possible()
    assert fast.lane.watcher.looked_at > 0


def test_looking_asks_one_question_for_each_kind_of_row(
    fast: Fast, thread: threads.Thread, django_assert_num_queries: object
) -> None:
    for number in range(4):
        factories.article(thread.site, slug=f"tides-{number}")
        fast.get(f"/articles/tides-{number}/")

    with django_assert_num_queries(2):  # type: ignore[operator]
        fast.look()


def test_what_is_gone_altogether_is_not_shown(fast: Fast, thread: threads.Thread) -> None:
    fast.get(PAGE)
    thread.delete()
    fast.wait(0.01)
    fast.look()

    assert fast.copies()[0].is_void


@pytest.mark.parametrize(
    ("status", "more", "body"),
    [
        pytest.param("404 Not Found", [], b"", id="not there"),
        pytest.param("200 OK", [("Set-Cookie", "a=b")], b"", id="a cookie"),
        pytest.param("200 OK", [], b'<input name="csrfmiddlewaretoken">', id="a token"),
        pytest.param("200 OK", [("Vary", "Cookie, HX-Request")], b"", id="a fragment"),
        pytest.param("200 OK", [("Cache-Control", "private")], b"", id="private"),
        pytest.param("200 OK", [("Content-Type", "image/png")], b"", id="a file"),
        pytest.param(
            "200 OK", [("Content-Security-Policy", "script-src 'nonce-x'")], b"", id="a nonce"
        ),
    ],
)
def test_what_may_not_be_kept(status: str, more: list[tuple[str, str]], body: bytes) -> None:
    replaced = {name for name, _ in more}
    headers = [pair for pair in PUBLIC if pair[0] not in replaced] + more

    assert may_be_kept(Answer("200 OK", list(PUBLIC), b"words"))
    assert not may_be_kept(Answer(status, headers, body))


def test_an_older_reading_of_a_site_never_wins(site: Site) -> None:
    stale = Site.objects.get(pk=site.pk)
    Site.objects.filter(pk=site.pk).renew()
    stale.name = "Another name"
    stale.save(update_fields=["name"])

    assert Site.objects.get(pk=site.pk).version == stale.version == site.version + 2
