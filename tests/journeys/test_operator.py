"""An administrator finds out why somebody got no e-mail; a reader stops one thing of a digest."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone
from playwright.sync_api import Page, expect

from community.accounts.models import Person, User
from community.articles.models import Article
from community.sites.models import Membership, Role
from community.subscriptions import services, tasks
from community.subscriptions.models import Delivery, Pace
from community.threads import services as threads
from community.threads.models import Thread
from tests import factories
from tests.browser import PageAt, axe
from tests.inbox import Inbox
from tests.journeys import steps
from tests.journeys.steps import WINDOWS, Window

SAM = "sam@example.org"


@pytest.fixture
def thread(paper: Article) -> Thread:
    """What is said about the article."""
    return threads.of_article(paper)


@pytest.fixture
def sam(thread: Thread) -> Person:
    """Somebody who follows two discussions, once a day."""
    person = Person.objects.create(name="Sam", contact=factories.contact(SAM))
    assert person.contact
    fog = factories.article(thread.site, title="On fog")
    for place in (thread, threads.of_article(fog)):
        services.follow_thread(place, person.contact, person, Pace.DAILY)
    return person


def look_over(page: Page, name: str, window: Window) -> None:
    """Find nothing in the way of anybody, and keep a picture."""
    steps.see_it_without_scrolling_sideways(page)
    if window.javascript:
        assert axe(page) == []
    steps.keep_a_picture(page, name, window)


@pytest.mark.parametrize("window", WINDOWS, ids=str)
def test_an_administrator_reads_why_somebody_got_no_e_mail_and_sends_one_once_more(
    thread: Thread, keeper: User, sam: Person, inbox: Inbox, page_at: PageAt, window: Window
) -> None:
    Membership.objects.update(role=Role.ADMINISTRATOR)
    wish = sam.contact.subscriptions.get(thread=thread)  # type: ignore[union-attr]
    services.follow_thread(thread, sam.contact, sam, Pace.AT_ONCE)  # type: ignore[arg-type]
    for words in ("The first leaves at once.", "The second waits a few minutes."):
        factories.comment(thread, words)
        inbox.fetch()
    services.stop(wish)

    page = window.open(page_at)
    steps.log_in(page, keeper.email)
    page.goto("/moderation/settings/")
    steps.follow(page, "Look at e-mails")
    steps.see(page, "How they ended")
    look_over(page, "operator looks at e-mails", window)
    field = page.get_by_label("An e-mail address, or the link or number of a comment")
    field.fill("sam@example")
    steps.press(page, "Look up")
    steps.see(page, "Enter a valid email address.")
    field.fill(SAM.upper())
    steps.press(page, "Look up")
    steps.see(page, "Not sent: its receiver had stopped these", "Sent")
    steps.see_nothing_of(page, SAM)
    look_over(page, "operator looks at an address", window)

    Delivery.objects.filter(state="sent").update(state="unknown")
    page.goto("/moderation/settings/")
    steps.follow(page, "Decide about them")
    look_over(page, "operator decides", window)
    steps.press(page, "Send once more to s…@example.org")
    steps.see(page, "1 e-mail is sent now.", "No e-mail is in doubt.")


@pytest.mark.parametrize("window", WINDOWS[1:3], ids=str)
def test_a_reader_stops_one_of_the_things_that_a_digest_told(
    sam: Person, inbox: Inbox, page_at: PageAt, window: Window
) -> None:
    for place in Thread.objects.all():
        factories.comment(place)
    inbox.fetch()
    with time_machine.travel(timezone.now() + timedelta(days=1)):
        tasks.gather()
        inbox.fetch()
    page = window.open(page_at)
    steps.open_link_of(page, inbox, SAM, "/e-mails/stop/")
    look_over(page, "reader stops one of several", window)
    page.get_by_role("button", name="every new comment on “On fog”").click()
    expect(page.get_by_text("stopped", exact=True)).to_have_count(1)
    steps.press(page, "Stop all that comes together in one e-mail")
    steps.see(page, "These e-mails are stopped")
    expect(page.get_by_text("stopped", exact=True)).to_have_count(2)
    look_over(page, "reader has stopped", window)
