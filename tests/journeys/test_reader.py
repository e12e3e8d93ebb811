"""A reader posts a link, waits for a moderator, and is published."""

import pytest
from playwright.sync_api import expect

from community.accounts.models import User
from community.articles.models import Article
from tests.browser import PageAt
from tests.inbox import Inbox
from tests.journeys import steps
from tests.journeys.steps import WINDOWS, Window

ROSA = "rosa@example.org"
WORDS = "The tables are at"


@pytest.mark.parametrize("window", WINDOWS, ids=str)
def test_a_reader_waits_for_a_link_and_is_then_published(
    paper: Article, keeper: User, inbox: Inbox, page_at: PageAt, window: Window
) -> None:
    reader = window.open(page_at)
    steps.read_the_article(reader)
    steps.see(reader, "No comments yet.")
    steps.write_a_comment(reader, f"{WORDS} https://tides.example.net/tables", "Rosa", ROSA)
    steps.see(reader, WORDS, "This comment waits for a moderator, because it has a link.")
    steps.keep_a_picture(reader, "reader waits", window)

    other = window.open(page_at)
    steps.read_the_article(other)
    steps.see(other, "No comments yet.")
    steps.see_nothing_of(other, WORDS)

    steps.open_link_of(reader, inbox, ROSA, "/e-mails/confirm/")
    steps.see(reader, "Is this your address?")
    steps.press(reader, "Yes, confirm my address")
    steps.see(reader, "Your address is confirmed")
    steps.follow(reader, "My comments and e-mails")
    steps.see(reader, WORDS, "This comment waits for a moderator, because it has a link.")
    steps.see_it_without_scrolling_sideways(reader)
    steps.keep_a_picture(reader, "reader looks at her own", window)

    moderator = window.open(page_at)
    steps.log_in(moderator, keeper.email)
    steps.follow(moderator, "Moderation")
    steps.see(moderator, WORDS, "tides.example.net")
    steps.keep_a_picture(moderator, "reader is looked at", window)
    moderator.locator("article.card footer").get_by_role("button", name="Approve").click()
    steps.see(moderator, "The comment by Rosa is published.", "Nothing waits. Well done.")
    assert len(inbox.to(ROSA)) == 1  # nothing goes out while it can be undone

    steps.let_ten_seconds_pass()
    assert "Your comment on “On tides” is published." in steps.newest_words_to(inbox, ROSA)
    steps.open_link_of(reader, inbox, ROSA, "/comments/")
    expect(reader.locator(".comment").filter(has_text=WORDS)).to_be_in_viewport()
    steps.see_nothing_of(reader, "waits for a moderator, because")
    steps.keep_a_picture(reader, "reader is published", window)
    other.reload()
    steps.see(other, "1 comment", WORDS)
