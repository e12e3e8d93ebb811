"""Fetching from a mailbox: each e-mail once, whatever breaks, and the others go on."""

from collections.abc import Callable, Iterator

import pytest
from pytest_django import Settings

from community.comments.models import Comment
from community.inbound import imap, services, tasks
from community.inbound.models import Answer
from community.inbound.reading import LARGEST
from moderation.models import Policy
from tests.inbound.imap_server import Box, serving

Letter = Callable[..., bytes]


@pytest.fixture
def box(settings: Settings, site: object) -> Iterator[Box]:
    """A mailbox that the settings name."""
    Policy.objects.create(site=site, number=1, first_comments=0, flood_seconds=0)
    with serving() as found:
        settings.MAILBOX_URL = f"imap://rosa%40x:secret%20word@127.0.0.1:{found.port}/INBOX"
        yield found


def number_of(question: Comment) -> int:
    """How many answers became comments."""
    return Comment.objects.filter(parent=question).count()


def test_what_is_ours_becomes_a_comment_and_leaves_the_mailbox(
    box: Box, letter: Letter, question: Comment
) -> None:
    box.put(letter("plain"))
    stranger = box.put(letter("german", TO="comments@harbour.example"))

    assert tasks.fetch() == 2

    assert number_of(question) == 1
    assert list(box.mails) == [stranger]
    assert box.flags[stranger] == {r"\Seen"}
    assert tasks.fetch() == 0


@pytest.mark.parametrize("command", ["STORE", "EXPUNGE"])
def test_a_line_that_breaks_after_the_comment_makes_no_second_one(
    box: Box, letter: Letter, question: Comment, command: str
) -> None:
    box.put(letter("plain"))
    box.drops_at = command
    assert tasks.fetch() == 0

    box.drops_at = ""
    tasks.fetch()

    assert number_of(question) == 1


@pytest.mark.parametrize("command", ["LOGIN", "SELECT", "SEARCH", "FETCH"])
def test_a_line_that_breaks_before_leaves_everything_as_it_was(
    box: Box, letter: Letter, question: Comment, command: str
) -> None:
    number = box.put(letter("plain"))
    box.drops_at = command

    assert tasks.fetch() == 0

    assert box.flags[number] == set()
    assert number_of(question) == 0


def test_one_that_no_code_can_read_does_not_keep_the_others_waiting(
    box: Box, letter: Letter, question: Comment, monkeypatch: pytest.MonkeyPatch
) -> None:
    poison = box.put(b"poison")
    box.put(letter("plain"))
    receive = services.receive

    def stumble(raw: bytes, **given: bool) -> bool:
        if raw == b"poison":
            raise RecursionError
        return receive(raw, **given)

    monkeypatch.setattr(services, "receive", stumble)
    tasks.fetch()

    assert number_of(question) == 1
    assert box.flags[poison] == {r"\Seen", r"\Flagged"}


def test_one_that_is_too_large_is_never_fetched_whole(
    box: Box, letter: Letter, question: Comment
) -> None:
    box.put(letter("plain") + b"x" * LARGEST)

    tasks.fetch()

    assert box.whole == []
    assert "too large" in Answer.objects.get().sentence


def test_the_password_stands_in_no_log(
    box: Box, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    settings.MAILBOX_URL = settings.MAILBOX_URL.replace("secret", "wrong")

    assert tasks.fetch() == 0

    assert "cannot be opened" in caplog.text
    assert "wrong" not in caplog.text


def test_a_mailbox_that_is_away_is_tried_again(settings: Settings, db: None) -> None:
    settings.MAILBOX_URL = "imap://a:b@127.0.0.1:1/INBOX"

    with pytest.raises(imap.Unreachable):
        imap.fetch(settings.MAILBOX_URL)
    assert tasks.fetch() == 0
