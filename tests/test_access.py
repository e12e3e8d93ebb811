"""Every page can be used by everybody: nothing for axe, no sideways scrolling, no inline script."""

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from community.accounts.models import User
from community.comments.models import Comment, Status
from tests import factories, walking
from tests.browser import PageAt, Scheme, axe

# Colours do not depend on the width, so that not every pair is needed.
LOOKS: list[tuple[int, Scheme]] = [(320, "light"), (320, "dark"), (768, "light"), (1280, "dark")]
SHARDS = 4
# Addresses that end a session, lead elsewhere, or are parts that a script puts into a page.
LEFT_OUT = {"account_logout", "picture", "writing-tools", "thread-fresh"}
pytestmark = pytest.mark.django_db(transaction=True)


def pages_of(world: walking.World, client: Client) -> list[str]:
    """Every address that shows this person a page."""
    found: dict[str, None] = {}
    for name, paths in world.paths().items():
        for path in paths if name not in LEFT_OUT else []:
            answer = client.get(path)
            if answer.status_code not in (301, 302, 405) and is_page(answer.headers):
                found[path] = None
    return list(found)


def is_page(headers: object) -> bool:
    """Whether an answer is shown by a browser as a page."""
    return headers.get("Content-Type", "").startswith("text/html")  # type: ignore[attr-defined]


def log_in(page: Page, someone: User, address: str) -> Client:
    """Be this member in the browser, and in a client that knows the same pages."""
    client = Client()
    client.force_login(someone)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies(
        [{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": address}]
    )
    return client


@pytest.mark.parametrize("shard", range(SHARDS))
@pytest.mark.parametrize("role", ["visitor", "member", "administrator"])
def test_every_page_at_every_width_light_and_dark(
    role: str, shard: int, live_server: LiveServer, page_at: PageAt
) -> None:
    site = factories.site(host=live_server.url.partition("//")[2], base_url=live_server.url)
    world = walking.world(site, host=live_server.url.partition("//")[2])
    for number in range(6):
        factories.comment(world.thread, parent=Comment.objects.order_by("-depth", "pk")[number])
    factories.comment(world.thread, "Look at https://evil.example", status=Status.HELD)
    page = page_at(1280)
    client = Client()
    if role != "visitor":
        client = log_in(page, getattr(world, role), live_server.url)
    wrong: list[str] = []
    for path in pages_of(world, client)[shard::SHARDS]:
        page.goto(path)
        wrong += [f"{path} {complaint}" for complaint in complaints_about(page)]
    assert wrong == []


def complaints_about(page: Page) -> list[str]:
    """What is wrong with the page that is open, at all widths, light and dark."""
    found: list[str] = []
    for width, scheme in LOOKS:
        page.set_viewport_size({"width": width, "height": 800})
        # Without movement, or colours would be judged half-way from light to dark.
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        if page.evaluate("document.documentElement.scrollWidth") > width:
            found.append(f"scrolls sideways at {width}")
        found += [f"at {width}, {scheme}: {violation}" for violation in axe(page)]
    return found


def test_the_policy_of_every_page_forbids_inline_script(
    site: object, browser: Client, administrator: User
) -> None:
    world = walking.world(site)  # type: ignore[arg-type]
    staff = Client()
    staff.force_login(world.administrator)
    for client in (browser, staff):
        for path in pages_of(world, client):
            policy = client.get(path).headers["Content-Security-Policy"]
            script = next(part for part in policy.split("; ") if part.startswith("script-src"))
            assert script == "script-src 'self'", path
            assert "unsafe" not in policy, path
