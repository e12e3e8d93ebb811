"""A subscriber confirms, hears of an answer, and stops."""

import pytest

from community.accounts.models import User
from community.articles.models import Article
from tests.browser import PageAt
from tests.inbox import Inbox
from tests.journeys import steps
from tests.journeys.steps import WINDOWS, Window

SAM = "sam@example.org"


@pytest.mark.parametrize("window", WINDOWS, ids=str)
def test_a_subscriber_confirms_hears_and_stops(
    paper: Article, keeper: User, inbox: Inbox, page_at: PageAt, window: Window
) -> None:
    subscriber = window.open(page_at)
    steps.read_the_article(subscriber)
    steps.follow(subscriber, "E-mail me every new comment here")
    subscriber.get_by_label("Your e-mail address").fill(SAM)
    steps.keep_a_picture(subscriber, "subscriber asks", window)
    steps.press(subscriber, "Follow")
    steps.see(subscriber, "Please look into your inbox")

    steps.open_link_of(subscriber, inbox, SAM, "/e-mails/confirm/")
    steps.see(subscriber, "Is this your address?")
    steps.keep_a_picture(subscriber, "subscriber confirms", window)
    steps.press(subscriber, "Yes, confirm my address")
    steps.see(subscriber, "Your address is confirmed")

    writer = window.open(page_at)
    steps.log_in(writer, keeper.email)
    steps.read_the_article(writer)
    steps.write_a_comment(writer, "The moon has changed its mind.")
    steps.see(writer, "The moon has changed its mind.")

    heard = steps.newest_words_to(inbox, SAM)
    for told in ("The moon has changed its mind.", "Mina", "On tides"):
        assert told in heard
    steps.open_link_of(subscriber, inbox, SAM, "/comments/")
    steps.see(subscriber, "The moon has changed its mind.")

    steps.open_link_of(subscriber, inbox, SAM, "/e-mails/stop/")
    steps.see(subscriber, "You asked for these e-mails: every new comment")
    steps.keep_a_picture(subscriber, "subscriber stops", window)
    steps.press(subscriber, "Stop these e-mails")
    steps.see(subscriber, "These e-mails are stopped")

    number = len(inbox.to(SAM))
    steps.read_the_article(writer)
    steps.write_a_comment(writer, "And changed it back.")
    steps.see(writer, "And changed it back.")
    steps.let_ten_seconds_pass()
    assert len(inbox.to(SAM)) == number
