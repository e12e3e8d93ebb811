"""What people do on screen, in the words of whoever does it."""

import re
from dataclasses import dataclass

from django.utils import timezone
from playwright.sync_api import Page, expect

from community.comments.models import Comment
from community.outbox.models import Job
from tests.browser import PageAt, Scheme, screenshot
from tests.inbox import Inbox, link_in, words_of

PASSWORD = "a long password"


@dataclass(frozen=True)
class Window:
    """A width, a scheme, and whether scripts run."""

    width: int
    scheme: Scheme
    javascript: bool

    def __str__(self) -> str:
        return f"{self.width} {self.scheme} {'with' if self.javascript else 'without'} scripts"

    def open(self, page_at: PageAt) -> Page:
        """A fresh browser: nobody knows whoever sits before it."""
        return page_at(self.width, self.scheme, self.javascript)


WINDOWS = [
    Window(320, "dark", True),
    Window(320, "light", False),
    Window(1280, "light", True),
    Window(1280, "dark", False),
]


def see(page: Page, *sentences: str) -> None:
    """Read these sentences on the page."""
    for sentence in sentences:
        expect(page.get_by_text(sentence).first).to_be_visible()


def see_nothing_of(page: Page, *sentences: str) -> None:
    """Find none of these sentences anywhere on the page."""
    for sentence in sentences:
        expect(page.get_by_text(sentence)).to_have_count(0)


def see_it_without_scrolling_sideways(page: Page) -> None:
    """Find the page no wider than the window."""
    assert page.viewport_size
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]


def press(page: Page, button: str) -> None:
    """Press the first button of that name."""
    page.get_by_role("button", name=button, exact=True).first.click()


def undo(page: Page) -> None:
    """Take the last decision back; where there are no keys, its key is not shown."""
    page.get_by_role("button", name="Undo").click()


def follow(page: Page, link: str) -> None:
    """Follow the first link of that name."""
    page.get_by_role("link", name=link).first.click()


def read_the_article(page: Page) -> None:
    """Come to the site and choose what to read."""
    page.goto("/")
    follow(page, "On tides")
    expect(page.get_by_role("heading", name="On tides", level=1)).to_be_visible()


def write_a_comment(page: Page, words: str, name: str = "", address: str = "") -> None:
    """Fill the form below the article and press its button."""
    form = page.locator("form.comment-form").first
    form.get_by_label("Your comment").fill(words)
    if name:
        form.get_by_label("Name", exact=True).fill(name)
        form.get_by_label("E-mail", exact=True).fill(address)
        form.get_by_label("E-mail me").select_option("When it is published or answered")
    form.get_by_role("button", name="Post comment").click()


def log_in(page: Page, address: str) -> None:
    """Log in with the password."""
    page.goto("/")
    follow(page, "Log in")
    page.get_by_label("E-mail", exact=True).fill(address)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Log in", exact=True).click()
    expect(page.get_by_role("heading", name="My comments and e-mails")).to_be_visible()


def open_link_of(page: Page, inbox: Inbox, address: str, containing: str) -> None:
    """Open a link of the newest e-mail to this address."""
    page.goto(link_in(inbox.to(address)[-1], containing))


def newest_words_to(inbox: Inbox, address: str) -> str:
    """What the newest e-mail to this address says."""
    return words_of(inbox.to(address)[-1])


def let_ten_seconds_pass() -> None:
    """What waits for the end of an undo is due now."""
    Job.objects.open().update(due=timezone.now())


def card_of(page: Page, comment: Comment) -> str:
    """Where this comment's card is in the queue."""
    return f"#card-{comment.pk}"


def keep_a_picture(page: Page, story: str, window: Window) -> None:
    """A screenshot, when they are wanted."""
    screenshot(page, re.sub(r"\W+", "-", f"{story} {window}"))
