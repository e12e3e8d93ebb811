"""Every page can be used by everybody: by axe's rules, at every width, in both colour schemes.

In a usual run each page is judged in one look, and the next page in the next look; LOOKS=all (as in
`make budgets`) judges each page in all of them.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from django.conf import settings
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.test import Client
from playwright.sync_api import Page, Route
from pytest_django.live_server_helper import LiveServer

from community.accounts.models import User
from community.comments.models import Comment, Status
from community.sites.services import setup_token
from tests import factories, walking
from tests.browser import PageAt, Scheme, axe
from tests.roles import BROWSER

LOOKS: list[tuple[int, Scheme]] = [
    (320, "light"), (768, "dark"), (1280, "light"), (320, "dark"), (768, "light"), (1280, "dark"),
]  # fmt: skip
ALL_LOOKS = os.environ.get("LOOKS") == "all"
# A phone, and a screen of 1280 pixels at 200 %.
NARROW = [320, 640]
SHARDS = 4
ROLES = ["visitor", "member", "moderator", "administrator"]
# Addresses that end a session, lead elsewhere, or are parts that a script puts into a page.
LEFT_OUT = {"account_logout", "picture", "writing-tools", "thread-fresh", "setlang"}
# Links within a sentence may be as high as its line; what has room around it is for axe to judge.
SMALL = """() => [...document.querySelectorAll("button, summary, select, textarea, .button, nav a, "
        + ".tools a, .sort a, .tabs a, .more > a, input:not([type=hidden])")]
    .map((target) => target.closest("label") ?? target)
    .filter((target) => target.checkVisibility({ visibilityProperty: true }))
    .filter((target) => !target.closest(".unseen"))
    .map((target) => [target, target.getBoundingClientRect()])
    .filter(([_, box]) => Math.min(box.width, box.height) < 24)
    .map(([target, box]) => `${target.outerHTML.slice(0, 120)} ${box.width} × ${box.height}`)"""
PRESSABLE = """() => [...document.querySelectorAll("button, .button, nav a")]
    .filter((one) => one.checkVisibility()).map((one) => one.outerHTML.slice(0, 120))"""
pytestmark = pytest.mark.django_db(transaction=True)


@dataclass(frozen=True)
class View:
    """A page at an address, or the page that answers a form sent there."""

    path: str
    answer: HttpResponse | None = None

    def open(self, page: Page) -> None:
        """Show it; an answer is shown as the server has given it."""
        if self.answer is not None:
            page.route(f"**{self.path}", lambda route: self.give(route), times=1)
        page.goto(self.path)

    def give(self, route: Route) -> None:
        """Answer in the server's place with what it has said before."""
        assert self.answer is not None
        route.fulfill(
            status=self.answer.status_code,
            body=self.answer.content,
            headers={name.lower(): value for name, value in self.answer.items()},
        )


def views_of(world: walking.World, client: Client) -> list[View]:
    """Every page this person can come to by following links."""
    found: dict[str, View] = {}
    for name, paths in world.paths().items():
        for path in paths if name not in LEFT_OUT else []:
            answer = client.get(path)
            if answer.status_code not in (301, 302, 405) and is_page(answer):
                found[path] = View(path)
    return list(found.values())


def answers_to(world: walking.World, client: Client) -> Iterator[View]:
    """The pages that say what is wrong: one of each kind, after a form without a word in it."""
    seen: set[tuple[str, int]] = set()
    for name, paths in world.paths().items():
        for path in paths if name not in LEFT_OUT else []:
            answer = client.post(path, headers=BROWSER)
            template = answer.templates[0].name if answer.templates else name
            kind = (str(template), answer.status_code)
            if answer.status_code not in (301, 302, 405) and is_page(answer) and kind not in seen:
                seen.add(kind)
                yield View(path.partition("?")[0], answer)


def troubles(client: Client) -> Iterator[View]:
    """What is shown when something is missing, forbidden, over, too much or broken."""
    for path in ["/nothing/", "/moderation/", "/e-mails/stop/nonsense/", "/decisions/nonsense/"]:
        yield View(path, client.get(path))
    strict = Client(enforce_csrf_checks=True)
    yield View("/cookies/", strict.post("/cookies/", {"choice": "accept"}))
    yield View("/", HttpResponse(render_to_string("500.html"), status=500))
    while (answer := client.get("/search/", {"q": "tide"})).status_code != 429:
        assert answer.status_code == 200
    yield View("/search/", answer)


def is_page(answer: HttpResponse) -> bool:
    """Whether an answer is shown by a browser as a page."""
    return answer.headers.get("Content-Type", "").startswith("text/html") and (
        b"<title>" in answer.content
    )


def log_in(page: Page, someone: User, address: str) -> Client:
    """Be this member in the browser, and in a client that knows the same pages."""
    client = Client()
    client.force_login(someone)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies(
        [{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": address}]
    )
    return client


@pytest.fixture
def world(live_server: LiveServer) -> walking.World:
    """A site at the address that the browser opens, with all kinds of comments."""
    host = live_server.url.partition("//")[2]
    site = factories.site(host=host, base_url=live_server.url)
    world = walking.world(site, host=host)
    for number in range(6):
        factories.comment(world.thread, parent=Comment.objects.order_by("-depth", "pk")[number])
    long = "So it goes on and on along the quay. " * 60
    factories.comment(world.thread, long, person=world.member.person)
    factories.comment(world.thread, "Look at https://evil.example", status=Status.HELD)
    mine = {"person": world.member.person, "status": Status.HELD}
    factories.comment(world.thread, "Mine waits.", **mine)
    return world


@pytest.mark.parametrize("shard", range(SHARDS))
@pytest.mark.parametrize("role", ROLES)
def test_every_page_at_every_width_light_and_dark(
    role: str, shard: int, world: walking.World, live_server: LiveServer, page_at: PageAt
) -> None:
    page, client = page_at(1280), Client()
    if role != "visitor":
        client = log_in(page, getattr(world, role), live_server.url)
    views = views_of(world, client)
    wrong: list[str] = []
    for turn, view in list(enumerate(views))[shard::SHARDS]:
        wrong += complaints_about(page, view, turn)
    assert wrong == []


@pytest.mark.parametrize("role", ["visitor", "administrator"])
def test_every_page_that_says_what_is_wrong(
    role: str, world: walking.World, live_server: LiveServer, page_at: PageAt
) -> None:
    page, client = page_at(1280), Client()
    views = list(troubles(client)) if role == "visitor" else []
    if role != "visitor":
        client = log_in(page, getattr(world, role), live_server.url)
    views += answers_to(world, client)
    wrong: list[str] = []
    for turn, view in enumerate(views):
        wrong += complaints_about(page, view, turn)
    assert wrong == []


def test_the_pages_before_there_is_a_site(live_server: LiveServer, page_at: PageAt) -> None:
    page = page_at(1280)
    views = [View("/"), View(f"/setup/{setup_token()}/")]
    assert [complaints_about(page, view, turn) for turn, view in enumerate(views)] == [[], []]


def complaints_about(page: Page, view: View, turn: int) -> list[str]:
    """What is wrong with a page, in the look whose turn it is or in all of them."""
    view.open(page)
    found = [f"for keys and thumbs: {small}" for small in too_small(page)]
    found += [f"scrolls sideways at {width}" for width in NARROW if is_wider_than(page, width)]
    page.emulate_media(media="print")
    found += [f"printed: {button}" for button in page.evaluate(PRESSABLE)]
    page.emulate_media(media="screen")
    for width, scheme in LOOKS if ALL_LOOKS else [LOOKS[turn % len(LOOKS)]]:
        page.set_viewport_size({"width": width, "height": 800})
        # Without movement, or colours would be judged half-way from light to dark.
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        found += [f"at {width}, {scheme}: {violation}" for violation in axe(page)]
    return [f"{view.path} {page.title()}: {complaint}" for complaint in found]


def is_wider_than(page: Page, width: int) -> bool:
    """Whether a window of that width has to be scrolled sideways."""
    page.set_viewport_size({"width": width, "height": 800})
    return bool(page.evaluate("document.documentElement.scrollWidth") > width)


def too_small(page: Page) -> list[str]:
    """The buttons and fields that are hard to hit, on a phone."""
    page.set_viewport_size({"width": 320, "height": 800})
    found: list[str] = page.evaluate(SMALL)
    return found


def test_the_policy_of_every_page_forbids_inline_script(
    site: object, browser: Client, administrator: User
) -> None:
    world = walking.world(site)  # type: ignore[arg-type]
    staff = Client()
    staff.force_login(world.administrator)
    for client in (browser, staff):
        for view in views_of(world, client):
            policy = client.get(view.path).headers["Content-Security-Policy"]
            script = next(part for part in policy.split("; ") if part.startswith("script-src"))
            assert script == "script-src 'self'", view.path
            assert "unsafe" not in policy, view.path
