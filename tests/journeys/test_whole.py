"""From the first look at an article to the last e-mail about it, by mouse and by keys alone."""

import re
from datetime import timedelta
from email.message import EmailMessage

import pytest
import time_machine
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django import Settings

from community.accounts.models import Person, User
from community.articles.models import Article
from community.comments.models import Comment
from community.inbound import services as inbound
from community.subscriptions import tasks as subscriptions
from community.subscriptions.services import follow_thread
from community.threads import services as threads
from tests import factories
from tests.browser import PageAt
from tests.inbox import Inbox
from tests.journeys import steps
from tests.journeys.hands import Hand, Keys, Mouse
from tests.journeys.steps import Window

ROSA, SAM = "rosa@example.org", "sam@example.org"
QUESTION, WORDS = "When does the tide turn?", "At four, see https://tides.example.net"
ANSWER = "So it does, I was there."
LATER = "Nobody is told of this."
# Each pair of width, scripts and hand is there once.
WAYS = [
    pytest.param(Window(320, "light", True), Mouse(), id="320 with scripts by mouse"),
    pytest.param(Window(1280, "dark", True), Keys(), id="1280 with scripts by keys"),
    pytest.param(Window(1280, "light", False), Mouse(), id="1280 without scripts by mouse"),
    pytest.param(Window(320, "dark", False), Keys(), id="320 without scripts by keys"),
]


@pytest.fixture
def question(paper: Article) -> Comment:
    """The oldest of four comments."""
    thread = threads.of_article(paper)
    first = factories.comment(thread, QUESTION, name="Amir")
    for number in range(3):
        factories.comment(thread, f"Something else, {number}.", name=f"P{number}")
    return first


def link(page: Page, hand: Hand, name: str) -> None:
    """Follow the first link of that name."""
    hand.press(page.get_by_role("link", name=name).first)


def button(page: Page, hand: Hand, name: str) -> None:
    """Press the first button of that name."""
    hand.press(page.get_by_role("button", name=name).first)


def words_in_order(page: Page) -> list[str]:
    """What the comments say, from above."""
    return page.locator("#thread > li > .body > .words").all_inner_texts()


@pytest.mark.parametrize(("window", "hand"), WAYS)
def test_one_reads_sorts_answers_waits_is_published_hears_and_stops(
    question: Comment, keeper: User, inbox: Inbox, page_at: PageAt, window: Window, hand: Hand
) -> None:
    rosa = window.open(page_at)
    rosa.goto("/")
    link(rosa, hand, "On tides")
    expect(rosa.get_by_role("heading", name="4 comments")).to_be_visible()
    link(rosa, hand, "Oldest")
    expect(rosa).to_have_url(re.compile("sort=oldest"))
    assert words_in_order(rosa)[0] == QUESTION

    answer(rosa, hand)
    steps.see(rosa, "This comment waits for a moderator, because it has a link.")
    steps.see_it_without_scrolling_sideways(rosa)
    steps.keep_a_picture(rosa, "whole, waiting", window)
    other = window.open(page_at)
    other.goto("/articles/tides/")
    steps.see_nothing_of(other, "see https://tides")

    steps.open_link_of(rosa, inbox, ROSA, "/e-mails/confirm/")
    button(rosa, hand, "Yes, confirm my address")
    steps.see(rosa, "Your address is confirmed")
    approve(window.open(page_at), hand, keeper)
    steps.let_ten_seconds_pass()
    assert "is published." in steps.newest_words_to(inbox, ROSA)
    steps.open_link_of(rosa, inbox, ROSA, "/comments/")
    mine = Comment.objects.get(parent=question)
    expect(rosa.locator(f"#c{mine.pk}")).to_be_in_viewport()
    steps.see_nothing_of(rosa, "waits for a moderator, because")
    other.reload()
    expect(other.locator(f"#c{question.pk} #c{mine.pk}")).to_be_visible()

    factories.comment(mine.thread, ANSWER, parent=mine, name="Amir")
    let_pass(inbox, timedelta(minutes=6))  # what follows another e-mail at once waits a little
    assert ANSWER in steps.newest_words_to(inbox, ROSA)
    link(rosa, hand, "News")
    steps.see(rosa, "Amir answered your comment.", ANSWER)
    steps.see_it_without_scrolling_sideways(rosa)
    steps.keep_a_picture(rosa, "whole, news", window)
    link(rosa, hand, "Amir answered your comment.")
    expect(rosa.get_by_text(ANSWER)).to_be_in_viewport()
    steps.open_link_of(rosa, inbox, ROSA, "/e-mails/stop/")
    button(rosa, hand, "Stop these e-mails")
    steps.see(rosa, "These e-mails are stopped")
    steps.see_it_without_scrolling_sideways(rosa)
    heard = len(inbox.to(ROSA))
    factories.comment(mine.thread, LATER, parent=mine, name="Amir")
    let_pass(inbox, timedelta(days=1))
    assert len(inbox.to(ROSA)) == heard


def answer(page: Page, hand: Hand) -> None:
    """Reply to Amir, with a link, and ask to hear of it."""
    link(page, hand, "Reply to Amir")
    form = page.locator("form.comment-form").filter(has_text="Reply to Amir")
    hand.write(form.get_by_label("Your comment"), WORDS)
    hand.write(form.get_by_label("Name", exact=True), "Rosa")
    hand.write(form.get_by_label("E-mail", exact=True), ROSA)
    hand.pick(form.get_by_label("E-mail me"), "When it is published or answered")
    hand.press(form.get_by_role("button", name="Post reply"))


def approve(page: Page, hand: Hand, keeper: User) -> None:
    """Log in as the moderator and let the one that waits appear."""
    page.goto("/")
    link(page, hand, "Log in")
    hand.write(page.get_by_label("E-mail", exact=True), keeper.email)
    hand.write(page.get_by_label("Password", exact=True), steps.PASSWORD)
    hand.press(page.get_by_role("button", name="Log in", exact=True))
    link(page, hand, "Moderation")
    hand.press(page.locator("article.card footer").get_by_role("button", name="Approve"))
    steps.see(page, "The comment by Rosa is published.")


@pytest.mark.parametrize(("window", "hand"), WAYS[1:3])
def test_who_follows_once_a_day_gets_one_e_mail_of_all_and_stops_its_kind(
    question: Comment, inbox: Inbox, page_at: PageAt, window: Window, hand: Hand
) -> None:
    sam = window.open(page_at)
    sam.goto("/articles/tides/")
    link(sam, hand, "E-mail me every new comment here")
    hand.choose(sam.get_by_label("Once a day, together"))
    hand.write(sam.get_by_label("Your e-mail address"), SAM)
    button(sam, hand, "Follow")
    steps.see(sam, "Please look into your inbox")
    steps.open_link_of(sam, inbox, SAM, "/e-mails/confirm/")
    button(sam, hand, "Yes, confirm my address")
    # A key does not wait for the page it leads to.
    expect(sam.get_by_role("button", name="Yes, confirm my address")).to_have_count(0)

    for words in ("The first of two.", "The second of two."):
        factories.comment(question.thread, words, name="Amir")
    assert len(inbox.to(SAM)) == 1  # the one that asked
    let_pass(inbox, timedelta(days=1))
    told = steps.newest_words_to(inbox, SAM)
    assert "The first of two." in told
    assert "The second of two." in told
    assert len(inbox.to(SAM)) == 2

    steps.open_link_of(sam, inbox, SAM, "/e-mails/stop/")
    button(sam, hand, "Stop all of this kind")
    steps.see(sam, "stopped")
    factories.comment(question.thread, LATER, name="Amir")
    let_pass(inbox, timedelta(days=1))
    assert len(inbox.to(SAM)) == 2


def let_pass(inbox: Inbox, time: timedelta) -> None:
    """Let the worker gather and send what is due by then."""
    inbox.fetch()
    with time_machine.travel(timezone.now() + time):
        subscriptions.gather()
        inbox.fetch()


def test_an_answer_by_e_mail_waits_appears_and_is_found_everywhere(
    question: Comment, keeper: User, inbox: Inbox, page_at: PageAt, settings: Settings
) -> None:
    settings.MAILBOX_ADDRESS, settings.MAIL_AUTHSERV = "in@harbour.example", "mx.harbour.example"
    sam = Person.objects.create(name="Sam", contact=factories.contact(SAM))
    assert sam.contact
    follow_thread(question.thread, sam.contact, sam)
    factories.comment(question.thread, "Who has a barometer?", name="Amir")
    asked = inbox.to(SAM)[-1]
    inbound.receive(reply_to(asked, "Mine fell since noon."), str(asked["Reply-To"]))

    reader, page = page_at(320), page_at(1280)
    reader.goto("/articles/tides/")
    steps.see_nothing_of(reader, "Mine fell since noon.")
    steps.log_in(page, keeper.email)
    steps.follow(page, "Moderation")
    steps.see(page, "Mine fell since noon.")
    page.locator("article.card footer").get_by_role("button", name="Approve").click()
    steps.see(page, "The comment by Sam is published.")
    reader.reload()
    steps.see(reader, "Mine fell since noon.")

    steps.follow(reader, "Sam")
    expect(reader.get_by_role("heading", level=1)).to_contain_text("Sam")
    steps.see(reader, "Mine fell since noon.")
    steps.follow(reader, "Search")
    reader.get_by_role("searchbox").fill("noon")
    reader.get_by_role("searchbox").press("Enter")
    expect(reader.locator("mark")).to_have_text(["noon"])
    for feed in ("/articles/tides/feed.atom", "/latest/feed.json"):
        assert "Mine fell since noon." in reader.request.get(feed).text()


def reply_to(asked: EmailMessage, words: str) -> bytes:
    """What a mail program sends when one presses Reply, as our mail server hands it on."""
    message = EmailMessage()
    message["Authentication-Results"] = "mx.harbour.example; dmarc=pass header.from=example.org"
    message["From"], message["To"] = f"Sam <{SAM}>", asked["Reply-To"]
    message["Subject"] = f"Re: {asked['Subject']}"
    message["In-Reply-To"], message["Message-ID"] = asked["Message-ID"], "<1@example.org>"
    message.set_content(f"{words}\n\nOn Monday, The Harbour Post wrote:\n> Who has a barometer?\n")
    return message.as_bytes()
