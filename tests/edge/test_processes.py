"""Two web processes behind the nginx that `deploy/` ships: they agree within two seconds."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from community.edge.encodings import expand
from tests.faults import running
from tests.faults.running import Running, answers, wait_until
from tests.servers import NotInstalled, find_nginx, free_port, lacking

SHIPPED = Path(__file__).parents[2] / "deploy" / "nginx.conf"
FRESH_WITHIN = 2.0
# What a machine under test may take longer than one that serves.
SLACK = 1.0


@dataclass
class Town:
    """A site with two ways in: straight to granian, and through nginx."""

    site: Running
    straight: str
    proxied: str

    @property
    def page(self) -> str:
        """Where the comments are."""
        return f"/articles/{self.site.people['article']}/"


@contextmanager
def process(
    command: list[str], port: int, environment: dict[str, str], log: Path
) -> Iterator[None]:
    """A server that listens, ended with its children."""
    with log.open("wb") as words:
        server = subprocess.Popen(
            command, env=environment, stdout=words, stderr=words, process_group=0
        )
    try:
        wait_until(lambda: answers(port), log.read_text)
        yield
    finally:
        server.terminate()
        server.wait(20)


def granian(port: int, workers: int) -> list[str]:
    """Parley's web server as in production."""
    server = ["--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port), "--no-ws"]
    threads = ["--workers", str(workers), "--blocking-threads", "4", "--log-level", "warning"]
    module = "community.project.wsgi:application"
    return [sys.executable, "-m", "granian", *server, *threads, module]


def nginx(folder: Path, port: int, behind: int, events: int = 8001) -> list[str]:
    """nginx with the configuration we ship; only addresses and TLS are the test's own."""
    shipped = SHIPPED.read_text()
    for ours, theirs in (
        ("listen 443 ssl;", f"listen 127.0.0.1:{port};"),
        ("http2 on;", ""),
        ("server 127.0.0.1:8000;", f"server 127.0.0.1:{behind};"),
        ("server 127.0.0.1:8001;", f"server 127.0.0.1:{events};"),
        ("/var/cache/nginx/parley", str(folder / "cache")),
        ("ssl_certificate     /etc/ssl/talk.example.org.pem;", ""),
        ("ssl_certificate_key /etc/ssl/talk.example.org.key;", ""),
    ):
        assert ours in shipped
        shipped = shipped.replace(ours, theirs)
    kept = "".join(
        f"{kind}_temp_path {folder}/{kind};\n"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    whole = folder / "nginx.conf"
    whole.write_text(
        f"daemon off; pid {folder}/pid; error_log stderr;\n"
        f"{'user root;' if os.geteuid() == 0 else ''}\n"
        f"events {{}}\nhttp {{ access_log off;\n{kept}{shipped}\n}}\n"
    )
    return [find_nginx(), "-p", str(folder), "-c", str(whole), "-e", "stderr"]


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """A site on SQLite with two processes and a proxy."""
    folder = tmp_path_factory.mktemp("town")
    try:
        find_nginx()
    except NotInstalled as missing:
        lacking(str(missing))
    with ExitStack() as stack:
        site = stack.enter_context(running.site(folder))
        behind, before = site.port, free_port()
        serve = granian(behind, workers=2)
        stack.enter_context(process(serve, behind, site.environment, folder / "granian.log"))
        proxy = nginx(folder, before, behind)
        stack.enter_context(process(proxy, before, site.environment, folder / "nginx.log"))
        yield Town(site, f"http://127.0.0.1:{behind}", f"http://127.0.0.1:{before}")


def read(base: str, path: str, **headers: str) -> httpx.Response:
    """A page on a connection of its own, so that any of the processes may answer."""
    return httpx.get(base + path, headers={"Accept-Encoding": "gzip", **headers}, timeout=20)


def settles(base: str, path: str, is_right: Callable[[str], bool]) -> float:
    """How long it takes until ten readers in a row see it right."""
    start = wrong = time.monotonic()
    right = 0
    while right < 10:
        if is_right(read(base, path).text):
            right += 1
            continue
        right, wrong = 0, time.monotonic()
        assert wrong - start < 20, "it is never right"
        time.sleep(0.02)
    return wrong - start


def write(town: Town, words: str, base: str) -> httpx.Response:
    """A comment by a moderator, which is published at once; then they look."""
    said = {"body": words}
    headers = {"Cookie": town.site.people["moderators"][0], "Sec-Fetch-Site": "same-origin"}
    address = f"{base}/threads/{town.site.people['thread']}/comments/"
    # Whoever carries an identity sends a token; the page holds it.
    with httpx.Client(base_url=base, headers=headers, timeout=20) as author:
        page = author.get(town.page)
        token = page.text.split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]
        cookie = f"{headers['Cookie']}; csrf={page.cookies['csrf']}"
        posted = author.post(
            address, data={**said, "csrfmiddlewaretoken": token}, headers={"Cookie": cookie}
        )
        assert posted.status_code == 302, posted.text
        return author.get(town.page)


@pytest.mark.parametrize("way", ["straight", "proxied"])
def test_a_comment_is_seen_by_its_author_at_once_and_by_all_within_two_seconds(
    town: Town, way: str
) -> None:
    base, words = getattr(town, way), f"Low water at {way} noon."
    for _ in range(10):
        assert words not in read(base, town.page).text

    own = write(town, words, base)

    assert words in own.text
    assert own.headers["Cache-Control"] == "private, no-store"
    assert settles(base, town.page, lambda page: words in page) < FRESH_WITHIN + SLACK


def test_a_removed_comment_is_gone_within_two_seconds(town: Town) -> None:
    words = "Nobody should read this for long."
    write(town, words, town.straight)
    settles(town.proxied, town.page, lambda page: words in page)
    (pk,) = town.site.rows(f"SELECT id FROM community_comment WHERE body = '{words}'")[0]

    town.site.manage(
        "shell",
        "-c",
        "from community.comments import lifecycle; from community.comments.models import Comment;"
        f"c = Comment.objects.get(pk={pk});"
        "lifecycle.move(c, 'rejected', seen=c.version, removed=True)",
    )

    assert settles(town.proxied, town.page, lambda page: words not in page) < FRESH_WITHIN


def test_nginx_keeps_public_bytes_for_a_second_and_nobody_elses(town: Town) -> None:
    said = [read(town.proxied, town.page) for _ in range(5)]
    hits = [answer for answer in said if answer.headers["X-Cache"] == "HIT"]
    assert hits
    tag = hits[0].headers["ETag"]
    assert read(town.proxied, town.page, **{"If-None-Match": tag}).status_code == 304

    for cookie in (town.site.people["regulars"][1], "session=x", "a=b; guest=x"):
        own = [read(town.proxied, town.page, Cookie=cookie) for _ in range(2)]
        assert {answer.headers["X-Cache"] for answer in own} == {"BYPASS"}
        assert {answer.headers["Cache-Control"] for answer in own} == {"private, no-store"}
    assert read(town.proxied, town.page, Cookie="_ga=1").headers["X-Cache"] != "BYPASS"


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        ("br, gzip", "br"),
        ("gzip, deflate, br;q=0.5", "br"),
        ("gzip, br;q=0", "gzip"),
        ("gzip;q=0.0", None),
        ("deflate", None),
    ],
)
def test_nginx_keeps_each_encoding_apart(town: Town, accepted: str, encoding: str | None) -> None:
    for _ in range(2):
        with httpx.stream(
            "GET", town.proxied + town.page, headers={"Accept-Encoding": accepted}
        ) as answer:
            body = b"".join(answer.iter_raw())
        assert answer.headers.get("Content-Encoding") == encoding
        assert b"<!doctype html>" in expand(body, encoding or "")


def test_odd_requests_get_the_same_answer_through_both_ways(town: Town) -> None:
    for base in (town.straight, town.proxied):
        assert read(base, town.page, Host="evil.example").status_code == 400
        assert httpx.head(base + town.page).content == b""
        assert read(base, "/articles/nowhere/").status_code == 404
        assert read(base, f"{town.page}?sort={'x' * 3000}").status_code == 200
