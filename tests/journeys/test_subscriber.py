"""A subscriber confirms, hears of an answer, and stops."""

import pytest
from playwright.sync_api import Locator, Page, expect

from community.accounts.models import Person, User
from community.articles.models import Article
from community.contacts.models import Contact
from community.sites.models import Site
from community.subscriptions.links import choose_url
from community.subscriptions.models import Timing
from tests import factories
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


@pytest.fixture
def sam(publication: Site) -> Contact:
    """Somebody who has chosen nothing yet, with a link to do so."""
    person = Person.objects.create(name="Sam", contact=factories.contact(SAM))
    assert person.contact
    return person.contact


def open_choice_in(zone: str, page: Page, sam: Contact, site: Site) -> Locator:
    """Open the page of one's e-mails with a clock of that zone; its list of zones."""
    clock = page.context.new_cdp_session(page)
    clock.send("Emulation.setTimezoneOverride", {"timezoneId": zone})
    page.goto(choose_url(site, sam))
    page.get_by_text("More", exact=True).click()
    return page.get_by_label("Your time zone")


def test_the_browser_offers_its_time_zone_which_is_kept_when_saved_and_then_left_alone(
    publication: Site, sam: Contact, page_at: PageAt
) -> None:
    page = page_at(768)
    expect(open_choice_in("Asia/Tokyo", page, sam, publication)).to_have_value("Asia/Tokyo")
    assert not Timing.objects.exists()
    steps.press(page, "Save")
    steps.see(page, "Saved.")
    assert Timing.objects.get().zone == "Asia/Tokyo"
    abroad = open_choice_in("Europe/Berlin", page_at(768), sam, publication)
    expect(abroad).to_have_value("Asia/Tokyo")


def test_without_scripts_the_time_zone_is_chosen_by_hand(
    publication: Site, sam: Contact, page_at: PageAt
) -> None:
    page = page_at(320, javascript=False)
    zones = open_choice_in("Asia/Tokyo", page, sam, publication)
    expect(zones).to_have_value("UTC")
    zones.select_option("Europe/Berlin")
    steps.press(page, "Save")
    steps.see(page, "Saved.")
    assert Timing.objects.get().zone == "Europe/Berlin"
