"""What is said to those who listen: numbers, to so many of them, and only of what may be seen."""

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from asgiref.testing import ApplicationCommunicator

from community.comments import lifecycle
from community.comments.models import Status
from community.edge import events
from community.edge.events import Board, Events, State, states_of
from community.threads.models import Thread
from tests import factories

SEEN = State(3, 1, 2)


class Told(Board):
    """A board that knows what a test tells it; Django's database wants no other thread here."""

    def __init__(self) -> None:
        super().__init__()
        self.truth: dict[int, State] = {7: SEEN}

    def read(self, ids: list[int]) -> dict[int, State]:
        return {pk: self.truth[pk] for pk in ids if pk in self.truth}


def listening(most: int = 10) -> Events:
    app = Events(most)
    app.board = Told()
    return app


def caller(app: Events, path: str = "/threads/7/events/", method: str = "GET") -> Any:
    return ApplicationCommunicator(app, {"type": "http", "path": path, "method": method})


def run(test: Callable[[], Coroutine[Any, Any, None]]) -> None:
    # In a thread of its own: Playwright keeps an event loop running in the tests' own.
    with ThreadPoolExecutor(1) as another:
        another.submit(lambda: asyncio.run(test())).result()


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "SECONDS_BETWEEN_LOOKS", 0.01)


@pytest.mark.django_db
def test_the_state_of_a_thread_is_what_a_page_compares() -> None:
    thread = factories.thread(factories.site())
    comment = factories.comment(thread)
    assert states_of([thread.pk, 99]) == {thread.pk: State(1, 0, 1)}
    comment.refresh_from_db()
    lifecycle.move(comment, Status.REJECTED, seen=comment.version, removed=True)
    assert states_of([thread.pk]) == {thread.pk: State(1, 1, 0)}
    Thread.objects.filter(pk=thread.pk).update(listed=False)
    assert states_of([thread.pk]) == {}


def test_everyone_hears_how_it_stands_and_what_changes() -> None:
    async def test() -> None:
        app = listening()
        first, second = caller(app), caller(app)
        for one in (first, second):
            await one.send_input({"type": "http.request"})
            assert (await one.receive_output())["status"] == 200
            assert (await one.receive_output())["body"] == b"data: [3, 1, 2]\n\n"
        app.board.truth[7] = State(4, 1, 3)  # type: ignore[attr-defined]
        for one in (first, second):
            assert (await one.receive_output())["body"] == b"data: [4, 1, 3]\n\n"
            await one.send_input({"type": "http.disconnect"})
            await one.wait()
        assert app.count == 0
        assert app.board.listeners == {}
        assert app.board.states == {}

    run(test)


def test_a_sign_of_life_comes_while_nothing_happens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "HEARTBEAT_SECONDS", 0.02)

    async def test() -> None:
        one = caller(listening())
        said = [await one.receive_output() for _ in range(4)]
        assert [part.get("body") for part in said[1:]] == [
            b"data: [3, 1, 2]\n\n",
            b":\n\n",
            b":\n\n",
        ]

    run(test)


def test_a_thread_that_is_hidden_ends_the_telling() -> None:
    async def test() -> None:
        app = listening()
        one = caller(app)
        await one.receive_output()
        await one.receive_output()
        app.board.truth.clear()  # type: ignore[attr-defined]
        assert await one.receive_output() == {"type": "http.response.body", "body": b""}

    run(test)


@pytest.mark.parametrize(
    ("path", "method", "status"),
    [
        ("/threads/8/events/", "GET", 404),
        ("/", "GET", 404),
        ("/threads/7/events/", "POST", 405),
    ],
)
def test_nothing_else_is_answered(path: str, method: str, status: int) -> None:
    async def test() -> None:
        app = listening()
        one = caller(app, path, method)
        assert (await one.receive_output())["status"] == status
        await one.receive_output()
        await one.wait()
        assert app.board.listeners == {}

    run(test)


def test_who_comes_when_all_places_are_taken_is_sent_to_ask() -> None:
    async def test() -> None:
        app = listening(most=1)
        first, second = caller(app), caller(app)
        await first.receive_output()
        assert (await second.receive_output())["status"] == 503

    run(test)
