"""Open pages are told of news by a process of its own, behind the nginx that `deploy/` ships."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from django.db import connection
from playwright.sync_api import Page, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from community.comments import lifecycle
from community.comments.models import Comment, Status
from community.project import processes
from community.sites.models import Site
from community.threads import services as threads
from community.threads.models import Thread
from tests import factories
from tests.browser import PageAt
from tests.edge.test_processes import nginx
from tests.servers import NotInstalled, free_port, lacking


@contextmanager
def listening(command: list[str], port: int, environment: dict[str, str]) -> Iterator[None]:
    """A process that listens, until it is ended."""
    server = subprocess.Popen(command, env=environment, process_group=0)
    try:
        assert processes.answers(server, "127.0.0.1", port)
        yield
    finally:
        os.killpg(server.pid, signal.SIGKILL)
        server.wait(20)


@pytest.fixture
def teller(
    live_server: LiveServer, settings: Settings, tmp_path: Path
) -> Iterator[tuple[str, ExitStack]]:
    """The address of a site with events, and what ends the process that sends them."""
    settings.LIVE_EVENTS = True
    proxied, events = free_port(), free_port()
    (tmp_path / "parley.sqlite3").symlink_to(connection.settings_dict["NAME"])
    environment = {
        **os.environ,
        "DATA_DIR": str(tmp_path),
        "DJANGO_SETTINGS_MODULE": "community.project.settings",
    }
    server = ["-m", "granian", "--interface", "asgi", "--no-ws", "--port", str(events)]
    command = [sys.executable, *server, "community.project.asgi:application"]
    with ExitStack() as front, ExitStack() as telling:
        telling.enter_context(listening(command, events, environment))
        behind = int(live_server.url.rpartition(":")[2])
        try:
            proxy = nginx(tmp_path, proxied, behind, events)
        except NotInstalled as missing:
            lacking(str(missing))
        front.enter_context(listening(proxy, proxied, dict(os.environ)))
        yield f"http://127.0.0.1:{proxied}", telling


@pytest.fixture
def thread(teller: tuple[str, ExitStack]) -> Thread:
    """Where somebody reads."""
    address = teller[0]
    site: Site = factories.site(host=address.partition("//")[2], base_url=address)
    return threads.of_article(factories.article(site, slug="tides", title="On tides"))


def move(comment: Comment, status: Status) -> None:
    comment.refresh_from_db()
    removed = status == Status.REJECTED
    lifecycle.move(comment, status, seen=comment.version, removed=removed)


def questions(page: Page) -> list[str]:
    """Every time the page asks for the news, it is noted here."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/news/" in request.url else 0)
    return asked


def test_news_are_told_at_once_and_asked_for_when_nobody_tells(
    teller: tuple[str, ExitStack], thread: Thread, page_at: PageAt
) -> None:
    address, telling = teller
    first = factories.comment(thread, "The first words.")
    page = page_at(320)
    asked = questions(page)
    # Whoever asks by the clock asks soon; whoever is told does not ask by it.
    page.add_init_script(
        "{ const wait = setTimeout;"
        " window.setTimeout = (f, ms, ...x) => wait(f, ms > 9000 ? 500 : ms, ...x) }"
    )
    with page.expect_response("**/events/") as told:
        page.goto(f"{address}/articles/tides/")
        page.mouse.wheel(0, 50)
    assert told.value.headers["content-type"] == "text/event-stream"

    factories.comment(thread, "The second words.")
    expect(page.get_by_role("button", name="Show new comments: 1")).to_be_visible()
    move(first, Status.REJECTED)
    expect(page.get_by_text("This comment is not here any more.")).to_be_visible()
    expect(page.get_by_text("The first words.")).to_have_count(0)
    move(first, Status.PUBLISHED)
    expect(page.get_by_text("The first words.")).to_be_visible()
    page.wait_for_timeout(2000)
    before = len(asked)
    page.wait_for_timeout(1200)
    assert len(asked) == before

    telling.close()
    factories.comment(thread, "The third words.")
    expect(page.get_by_role("button", name="Show new comments: 2")).to_be_visible()
    assert len(asked) > before
