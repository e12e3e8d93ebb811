"""A publisher gives the pages a look of their own, and words stay readable."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from pytest_django import Settings

from community.accounts.models import User
from community.articles.models import Article
from community.sites.models import Membership, Role
from community.threads import services as threads
from tests import factories
from tests.browser import PageAt, Scheme, axe
from tests.journeys import steps

ROOT = Path(__file__).resolve().parents[2]


def computed(page: Page, selector: str, name: str) -> str:
    """What the browser makes of a property."""
    value: str = page.locator(selector).first.evaluate(
        "(element, name) => getComputedStyle(element)[name]", name
    )
    return value


def example() -> str:
    """The style sheet in our documentation."""
    [found] = re.findall(r"```css\n(.*?)```", (ROOT / "docs/theming.md").read_text(), re.DOTALL)
    return str(found)


def test_an_administrator_chooses_a_colour_on_screen(
    paper: Article, keeper: User, page_at: PageAt
) -> None:
    Membership.objects.update(role=Role.ADMINISTRATOR)
    page = page_at(320)
    steps.log_in(page, keeper.email)
    page.goto("/moderation/settings/")
    page.get_by_label("Your colour").fill("crimson")
    steps.press(page, "Save")
    steps.see(page, "A colour has six digits")

    page.get_by_label("Your colour").fill("#8B1E3F")
    page.get_by_label("Corners").select_option("Square")
    steps.press(page, "Save")
    steps.see(page, "Saved.")

    expect(page.get_by_label("Your colour")).to_have_value("#8b1e3f")
    assert computed(page, "button.primary", "backgroundColor") == "rgb(139, 30, 63)"
    assert computed(page, "button.primary", "borderStartStartRadius") == "0px"


@pytest.mark.parametrize(
    ("scheme", "ground"), [("light", "rgb(255, 250, 242)"), ("dark", "rgb(27, 22, 19)")]
)
def test_the_example_in_the_documentation_changes_the_page_and_can_be_read(
    paper: Article, page_at: PageAt, settings: Settings, scheme: Scheme, ground: str
) -> None:
    settings.STYLE_SHEET = example()
    thread = threads.of_article(paper)
    root = factories.comment(thread, "Words with [a link](https://example.org/) in them.")
    factories.comment(thread, "An answer.", parent=root)
    page = page_at(1280, scheme)

    page.goto(f"/articles/tides/#c{root.pk}")

    assert computed(page, "html", "backgroundColor") == ground
    assert axe(page) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_pale_colour_is_made_readable(paper: Article, page_at: PageAt, scheme: Scheme) -> None:
    site = paper.site
    site.accent = "#ffd400"
    site.save()
    factories.comment(threads.of_article(paper), "Words.")
    page = page_at(320, scheme)

    page.goto("/articles/tides/")

    assert axe(page) == []
