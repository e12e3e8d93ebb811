"""Waking a worker costs the one who writes nothing, and hundreds of wishes few messages."""

import threading

import pytest
from kombu.exceptions import OperationalError

from community.outbox import nudges
from community.outbox.nudges import Nudger

PATIENCE = 10


@pytest.fixture
def nudger(monkeypatch: pytest.MonkeyPatch) -> Nudger:
    """A nudger that does not pause."""
    monkeypatch.setattr(nudges, "PAUSE", 0)
    return Nudger()


def test_a_broker_that_hangs_keeps_nobody_waiting(
    nudger: Nudger, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers, heard = threading.Event(), threading.Event()

    def hang(task: str) -> None:
        heard.set()
        answers.wait(PATIENCE)

    monkeypatch.setattr(nudges, "send", hang)
    nudger.wake("sweep")
    assert heard.wait(PATIENCE), "nobody was told"
    nudger.wake("sweep")
    assert not answers.is_set(), "the second wish waited for the first message"
    answers.set()


def test_wishes_of_the_same_moment_are_one_message_each(
    nudger: Nudger, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[str] = []
    first, all_told = threading.Semaphore(0), threading.Event()

    def tell(task: str) -> None:
        first.acquire(timeout=PATIENCE)
        sent.append(task)
        if task == "mail":
            all_told.set()

    monkeypatch.setattr(nudges, "send", tell)
    nudger.wake("sweep")
    while nudger.wanted:
        threading.Event().wait(0.001)
    for _ in range(100):
        nudger.wake("sweep")
    nudger.wake("mail")
    first.release(3)
    assert all_told.wait(PATIENCE)
    assert sorted(sent)[:1] == ["mail"]
    assert sent.count("sweep") <= 2


def test_a_wish_after_an_error_is_still_heard(
    nudger: Nudger, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = threading.Semaphore(0)

    def gone(*_: object, **__: object) -> None:
        told.release()
        raise OperationalError("refused")

    monkeypatch.setattr(nudges.current_app, "send_task", gone)
    for _ in range(2):
        nudger.wake("sweep")
        assert told.acquire(timeout=PATIENCE), "nobody was told"


def test_a_forked_process_tells_by_itself() -> None:
    before = nudges._nudger
    nudges.begin_anew()
    assert nudges._nudger is not before
