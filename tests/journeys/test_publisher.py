"""A publisher goes from an export to a live site."""

from pathlib import Path

import pytest
from playwright.sync_api import expect
from pytest_django.live_server_helper import LiveServer

from community.sites.services import setup_link
from tests.browser import PageAt
from tests.inbox import Inbox
from tests.journeys import steps
from tests.journeys.steps import WINDOWS, Window

EXPORT = Path(__file__).parents[1] / "portability" / "exports" / "garden.xml"


@pytest.mark.parametrize("window", WINDOWS, ids=str)
def test_a_publisher_goes_from_an_export_to_a_live_site(
    transactional_db: None, live_server: LiveServer, inbox: Inbox, page_at: PageAt, window: Window
) -> None:
    page = window.open(page_at)
    page.goto(setup_link(live_server.url))
    page.get_by_label("Name of the site").fill("Beans and Bees")
    page.get_by_label("Your name").fill("Ida")
    page.get_by_label("Your e-mail address").fill("ida@example.org")
    page.get_by_label("Password").fill("a greenhouse in march")
    steps.keep_a_picture(page, "publisher sets up", window)
    steps.press(page, "Make the site")
    steps.see(page, "Beans and Bees is ready")
    steps.keep_a_picture(page, "publisher is ready", window)

    steps.follow(page, "Import from WordPress")
    page.get_by_label("WordPress export").set_input_files(EXPORT)
    steps.keep_a_picture(page, "publisher imports", window)
    steps.press(page, "Look at the file")
    steps.see(page, "Nothing is imported yet. This is what an import would do:")
    steps.keep_a_picture(page, "publisher reads the report", window)
    steps.press(page, "Import now")
    inbox.fetch()
    page.reload()
    steps.see(page, "The import is complete. Nobody got an e-mail.")
    steps.keep_a_picture(page, "publisher has imported", window)
    assert inbox.all() == []

    steps.follow(page, "Why beans climb & peas do not")
    steps.see(page, "Ida Moss", "Rory O'Hare", "2 comments")
    steps.see_nothing_of(page, "First comments wait for a moderator.")
    steps.keep_a_picture(page, "publisher sees the article", window)
    address = page.url

    reader = window.open(page_at)
    reader.goto("/2021/05/why-beans-climb/")
    expect(reader).to_have_url(address)
    reader.goto("/2021/05/why-beans-climb/#comment-41")
    expect(reader.locator("#comment-41")).to_be_visible()
    steps.see_nothing_of(reader, "New here", "About")
