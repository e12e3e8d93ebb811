"""What a reader's page may cost, as far as it does not depend on the clock."""

import brotli
import pytest
from playwright.sync_api import Browser, Route
from pytest_django.live_server_helper import LiveServer

from community.sites.models import Site
from tests import factories, walking
from tests.budgets import visits

WASTEFUL = """<!doctype html><title>Tea</title><script src="/script"></script>
<p id="late" hidden>What comes late pushes down what one reads.</p>
<ol id="thread">
<li class="comment"><p>Ann</p><div class="words"><p>I <em>think</em> so.</p></div></li>
</ol>
<img src="http://other.test/seen.gif" alt="">
<script>
    localStorage.who = sessionStorage.who = document.cookie = "who=you";
    setTimeout(() => { late.hidden = false; }, 200);
</script>"""


@pytest.fixture
def publication(transactional_db: None, live_server: LiveServer) -> Site:
    """A site at the address that the browser opens, with something to read."""
    host = live_server.url.partition("//")[2]
    site = factories.site(host=host, base_url=live_server.url)
    world = walking.world(site, host=host)
    for number in range(12):
        factories.comment(world.thread, "A sentence of some length. " * (number + 1))
    return site


def test_a_first_visit_stays_within_its_budgets(
    publication: Site, chromium: Browser, live_server: LiveServer
) -> None:
    for path in ("/", "/articles/tides/"):
        seen = visits.visit(chromium, live_server.url, path)
        assert seen.script <= 15_000, path
        assert seen.style <= 10_000, path
        assert seen.strangers == [], path
        assert seen.kept == [], path
        assert seen.shift == 0, path
        assert seen.nodes <= 15, path


def test_it_is_noticed_when_a_page_breaks_them(chromium: Browser) -> None:
    def answer(route: Route) -> None:
        route.fulfill(body=WASTEFUL, content_type="text/html")

    with visits.window(chromium, "http://parley.test") as page:
        page.route("**/*", answer)
        seen = visits.look_at(page, "/")
    assert seen.strangers == ["http://other.test/seen.gif"]
    assert sorted(seen.kept) == ["cookie who", "localStorage who", "sessionStorage who"]
    assert seen.shift > 0
    assert seen.nodes == 3
    assert seen.script == len(brotli.compress(WASTEFUL.encode()))
