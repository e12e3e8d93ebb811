"""The browser that tests are lent sees what a reader sees, and complains when it should."""

import pytest
from playwright.sync_api import Browser, Page, Route

from tests.browser import PageAt, axe, broken_policy

ADDRESS = "http://parley.test/"
BARRED = {"content-security-policy": "default-src 'none'"}
GOOD = (
    "<!doctype html><html lang=en><title>Tea</title>"
    "<main><h1>Tea</h1><noscript>Plain</noscript></main>"
)


def show(page: Page, html: str, headers: dict[str, str]) -> None:
    """Open a page that exists in this browser alone."""

    def answer(route: Route) -> None:
        route.fulfill(body=html, content_type="text/html", headers=headers)

    page.route(ADDRESS, answer)
    page.goto(ADDRESS)


def test_axe_looks_at_pages_that_forbid_scripts(page_at: PageAt) -> None:
    page = page_at(320)
    show(page, GOOD, BARRED)
    assert axe(page) == []
    show(page, GOOD.replace(" lang=en", ""), BARRED)
    [violation] = axe(page)
    assert violation.startswith("html-has-lang")


def test_axe_does_not_wait_forever_without_scripts(page_at: PageAt) -> None:
    with pytest.raises(AssertionError, match="axe needs scripts"):
        axe(page_at(320, javascript=False))


def test_a_window_is_as_wide_and_dark_as_asked(page_at: PageAt) -> None:
    page = page_at(320, "dark")
    assert page.evaluate("innerWidth") == 320
    assert page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")


@pytest.mark.parametrize("javascript", [True, False], ids=["with scripts", "without scripts"])
def test_scripts_run_only_where_asked(page_at: PageAt, javascript: bool) -> None:
    page = page_at(1280, javascript=javascript)
    show(page, GOOD + "<script>document.title = 'Coffee'</script>", {})
    assert page.title() == ("Coffee" if javascript else "Tea")
    assert page.locator("noscript").is_visible() is not javascript


def test_a_broken_content_security_policy_is_noticed(chromium: Browser) -> None:
    said: list[str] = []
    with chromium.new_page() as page:
        page.on("console", lambda message: said.extend(broken_policy(message.text)))
        show(page, GOOD + "<script>1</script>", BARRED)
    assert said
