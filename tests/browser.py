"""Pages as a browser shows them: Chromium at any width, light or dark, with or without scripts."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Literal, Protocol

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.servers import NotInstalled, find_chromium, lacking

AXE = Path(__file__).with_name("vendor") / "axe.min.js"
SCREENSHOTS = Path(__file__).parents[1] / "var" / "screenshots"
PATIENCE = 10_000  # milliseconds
# Chromium calls home at every start unless told otherwise; root has no sandbox.
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# All rules, also those for the size of targets, which axe leaves out unless asked.
FIND_VIOLATIONS = """async () => {
    const rules = { "target-size": { enabled: true } };
    const { violations } = await axe.run({ resultTypes: ["violations"], rules });
    return violations.flatMap(violation =>
        violation.nodes.map(node => `${violation.id}: ${violation.help}: ${node.html}`));
}"""

Scheme = Literal["light", "dark"]


class PageAt(Protocol):
    """Opens a fresh browser window of that width."""

    def __call__(self, width: int, scheme: Scheme = "light", javascript: bool = True) -> Page: ...


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One Chromium for all tests of this process."""
    try:
        path = find_chromium()
    except NotInstalled as missing:
        lacking(str(missing))
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        # Playwright keeps an event loop running, which Django takes for asynchronous code.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        with playwright.chromium.launch(executable_path=path, args=ARGUMENTS) as browser:
            yield browser


@pytest.fixture
def page_at(chromium: Browser, request: pytest.FixtureRequest) -> Iterator[PageAt]:
    """Opens windows; addresses are relative to `live_server` in a test that asks for it.

    The test fails if a page broke its Content-Security-Policy or a script of it failed.
    """
    base_url = None
    if "live_server" in request.fixturenames:
        base_url = request.getfixturevalue("live_server").url
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def open_page(width: int, scheme: Scheme = "light", javascript: bool = True) -> Page:
        context = chromium.new_context(
            base_url=base_url,
            viewport={"width": width, "height": 800},
            color_scheme=scheme,
            java_script_enabled=javascript,
        )
        contexts.append(context)
        context.set_default_timeout(PATIENCE)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda said: complaints.extend(broken_policy(said.text)))
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []


def broken_policy(said: str) -> list[str]:
    """What the console says, if it says that something was forbidden."""
    return [said] if "Content Security Policy" in said else []


def axe(page: Page) -> list[str]:
    """What axe-core finds wrong with the page: one line for each rule and element.

    It is a script and would wait forever in a window without them.
    """
    assert page.evaluate("matchMedia('(scripting: enabled)').matches"), "axe needs scripts"
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text())
    violations: list[str] = page.evaluate(FIND_VIOLATIONS)
    return violations


def screenshot(page: Page, name: str) -> None:
    """Keep a picture of the whole page in var/screenshots, when SCREENSHOTS=1."""
    if os.environ.get("SCREENSHOTS") == "1":
        page.screenshot(path=SCREENSHOTS / f"{name}.png", full_page=True)
