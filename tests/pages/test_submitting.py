"""Posting a comment: as a guest, as a member, with bad input, too fast, twice, without proof."""

import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from community.accounts.models import Person, User
from community.comments.models import Comment, Status
from community.sites.models import Site
from community.threads import services as threads
from community.threads.models import Thread
from tests import factories
from tests.pages.posting import GIVEN, address, post, posted, text_of

BrowserOf = Callable[[Person | User], Client]


def test_a_guest_is_led_to_the_comment_and_known_from_then_on(
    browser: Client, thread: Thread
) -> None:
    assert not browser.get("/articles/tides/").cookies

    answer = post(browser, thread)

    comment = Comment.objects.get()
    assert answer["Location"] == f"/articles/tides/#c{comment.pk}"
    cookie = answer.cookies[settings.GUEST_COOKIE_NAME]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert cookie["path"] == "/"
    assert cookie["max-age"] == 400 * 24 * 3600
    shown = text_of(browser.get("/articles/tides/"))
    assert "The tide is late today." in shown
    assert "First comments wait for a moderator." in shown
    assert "The tide is late today." not in text_of(Client().get("/articles/tides/"))


def test_over_https_the_cookie_is_secure(browser: Client, thread: Thread, settings: Any) -> None:
    settings.HTTPS = True

    cookie = post(browser, thread).cookies[settings.GUEST_COOKIE_NAME]

    assert cookie["secure"]


def test_a_member_needs_neither_name_nor_address(thread: Thread, browser_of: BrowserOf) -> None:
    member = factories.member("Milo")
    browser = browser_of(member)
    assert "You write as <bdi>Milo</bdi>." in text(browser.get("/articles/tides/"))

    answer = browser.post(address(thread), {"body": "So it is."})

    comment = Comment.objects.get()
    assert answer["Location"] == f"/articles/tides/#c{comment.pk}"
    assert comment.author_name == "Milo"
    assert comment.person == member.person
    assert settings.GUEST_COOKIE_NAME not in answer.cookies


def text(answer: HttpResponse) -> str:
    """A page as it was sent."""
    return answer.content.decode()


def test_a_member_cannot_write_under_another_name(thread: Thread, browser_of: BrowserOf) -> None:
    posted(browser_of(factories.member("Milo")), thread, name="Ada", email="ada@example.org")

    comment = Comment.objects.get()
    assert comment.author_name == "Milo"
    assert comment.contact != "ada@example.org"


# --- bad input ---

LONG = "word " * 3000
BRACKETS = "[" * 100_000
DEEP_QUOTES = ">" * 9_000 + " deep"
UNKNOWN = 987_654

BAD = [
    pytest.param({"body": ""}, "body", "Please write something first.", id="nothing"),
    pytest.param({"body": " \n\t\u200b\u2060"}, "body", "Please write something", id="only blanks"),
    pytest.param({"body": LONG}, "body", "Please shorten it.", id="too long"),
    pytest.param({"body": BRACKETS}, "body", "Please shorten it.", id="100,000 brackets"),
    pytest.param({"body": "a\0b"}, "body", "damaged character", id="NUL in the words"),
    pytest.param({"name": ""}, "name", "required", id="no name"),
    pytest.param({"name": "\u3164\u200b"}, "name", "Please enter a name.", id="invisible name"),
    pytest.param({"name": "R" * 51}, "name", "shorter name", id="name too long"),
    pytest.param({"name": "Ro\0sa"}, "name", "Null characters", id="NUL in the name"),
    pytest.param({"name": "Rosa\u202eadA"}, "name", "turns text around", id="turned name"),
    pytest.param({"name": "Rosa\u2067x"}, "name", "turns text around", id="isolated name"),
    pytest.param({"name": "Rosa\r\nBcc: all@x.org"}, "name", "one line", id="header break"),
    pytest.param({"name": "Rosa\u2028Bcc: all@x.org"}, "name", "one line", id="line separator"),
    pytest.param({"name": "Rosa\x85Bcc: all@x.org"}, "name", "one line", id="next line"),
    pytest.param({"email": ""}, "email", "required", id="no address"),
    pytest.param({"email": "rosa"}, "email", "does not look like", id="no real address"),
    pytest.param({"email": "a@x.org\nBcc: b@x.org"}, "email", "does not look", id="address break"),
    pytest.param({"email": "r" * 400 + "@x.org"}, "email", "at most 320", id="address too long"),
    pytest.param({"parent": UNKNOWN}, "parent", "not there any more", id="unknown parent"),
    pytest.param({"parent": "9" * 30}, "parent", "not there any more", id="endless parent"),
    pytest.param({"parent": "one"}, "parent", "whole number", id="parent that is no number"),
]


@pytest.mark.parametrize(("fields", "field", "sentence"), BAD)
def test_bad_input_gets_a_sentence_at_its_field_and_keeps_the_words(
    browser: Client,
    thread: Thread,
    caplog: pytest.LogCaptureFixture,
    fields: dict[str, Any],
    field: str,
    sentence: str,
) -> None:
    answer = post(browser, thread, **fields)

    assert answer.status_code == 422
    assert sentence in near(field, answer.content.decode())
    kept = fields.get("body", GIVEN["body"])
    if "\0" not in kept:
        assert kept.strip() in unescape(answer.content.decode())
    assert 'value="Rosa"' in answer.content.decode() or "name" in fields
    assert not answer.cookies
    assert not Comment.objects.exists()
    assert not Person.objects.exists()
    for secret in ("rosa@example.org", "The tide is late"):
        assert secret not in caplog.text


def near(field: str, html: str) -> str:
    """What is said at one field of the form; hidden ones speak above it."""
    if field == "parent":
        return html[html.index("<form") :]
    [around] = re.findall(rf'<label for="id_{field}".*?</div>', html, re.DOTALL)
    assert f'aria-describedby="id_{field}_error' in around or "errorlist" in around
    return str(around)


def test_half_a_surrogate_pair_is_damage_and_is_said_so(browser: Client, thread: Thread) -> None:
    raw = b"name=Rosa&email=rosa%40example.org&body=half+%ED%A0%80+a+pair"

    answer = browser.post(address(thread), raw, content_type="application/x-www-form-urlencoded")

    assert answer.status_code == 422
    assert "damaged character" in answer.content.decode()
    assert not Comment.objects.exists()


def test_a_parent_in_another_thread_is_no_parent(
    browser: Client, thread: Thread, site: Site
) -> None:
    elsewhere = factories.comment(factories.thread(site), "Somewhere else.")

    answer = post(browser, thread, parent=elsewhere.pk)

    assert answer.status_code == 422
    assert "not there any more" in answer.content.decode()
    assert "The tide is late today." in answer.content.decode()


@pytest.mark.parametrize("status", [Status.HELD, Status.SPAM, Status.REJECTED, Status.WITHDRAWN])
def test_what_is_not_public_cannot_be_answered(
    browser: Client, thread: Thread, status: Status
) -> None:
    hidden = factories.comment(thread, "Not to be seen.", status=status)

    answer = post(browser, thread, parent=hidden.pk)

    assert answer.status_code == 422
    assert "Not to be seen." not in answer.content.decode()


def test_nobody_writes_where_comments_are_closed(browser: Client, thread: Thread) -> None:
    threads.close(thread)

    answer = post(browser, thread)

    assert answer.status_code == 403
    assert "Comments are closed here." in answer.content.decode()
    assert "The tide is late today." in answer.content.decode()
    assert not Comment.objects.exists()
    assert "Comments are closed since" in text_of(browser.get("/articles/tides/"))


HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "[click](javascript:alert(1))",
    "[click](JaVaScRiPt&colon;alert(1))",
    "[click](data:text/html;base64,PHNjcmlwdD4=)",
    "![x](http://tracker.example/pixel.gif)",
    "<svg/onload=alert(1)>",
    "`<b onmouseover=alert(1)>`",
    '[a](http://x.example/"onmouseover="alert(1))',
    DEEP_QUOTES,
    "*" * 9_000,
    "[](" * 3_000,
    "&#x3C;script&#x3E;alert(1)",
]


@pytest.mark.parametrize("words", HOSTILE, ids=lambda words: words[:24])
def test_hostile_markdown_is_text_and_nothing_else(
    browser: Client, thread: Thread, words: str
) -> None:
    comment = posted(browser, thread, body=words, name="R<b>osa")

    page = browser.get("/articles/tides/").content.decode()
    assert comment.body_html in page
    assert not re.search(r"<(script|img|svg|b )[^>]*(alert|pixel|onerror)", page)
    assert not re.search(r'(href|src)="(javascript|data):', page, re.IGNORECASE)
    assert not re.search(r"<[^>]+\son\w+=", comment.body_html)
    assert "R<b>osa" not in page


@pytest.mark.parametrize("website", ["javascript:alert(1)", "data:text/html,x", "ftp://x.org/"])
def test_a_website_is_a_web_address(
    browser: Client, thread: Thread, site: Site, website: str
) -> None:
    Site.objects.update(website_field=True)

    answer = post(browser, thread, website=website)

    comment = Comment.objects.first()
    assert answer.status_code == 422 or (comment and comment.author_url.startswith("http"))


def test_fields_that_nobody_offered_change_nothing(browser: Client, thread: Thread) -> None:
    comment = posted(
        browser,
        thread,
        status="published",
        by_moderator="1",
        listed="true",
        score="100",
        person="1",
        site="2",
        website="http://spam.example",
    )

    assert comment.status == Status.HELD
    assert (comment.by_moderator, comment.listed, comment.score) == (False, False, 0)
    assert comment.author_url == ""


# --- too fast, twice ---


def test_fifteen_seconds_lie_between_two_comments(browser: Client, thread: Thread) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        posted(browser, thread)
        token = token_in(browser)
        answer = post(browser, thread, body="And another thing.", csrfmiddlewaretoken=token)

        assert answer.status_code == 429
        assert answer["Retry-After"] == "15"
        assert "Please wait 15 seconds" in answer.content.decode()
        assert "And another thing." in answer.content.decode()
        assert Comment.objects.count() == 1
        clock.shift(16)
        posted(browser, thread, body="And another thing.", csrfmiddlewaretoken=token)


def token_in(browser: Client) -> str:
    """The token on the page, which a browser that is known has to bring."""
    found = re.search(r'csrfmiddlewaretoken" value="(\w+)"', browser.get("/").content.decode())
    return found[1] if found else ""


def test_who_sends_the_same_again_is_led_to_the_first(browser: Client, thread: Thread) -> None:
    first = posted(browser, thread)

    answer = browser.post(address(thread), GIVEN, follow=True)

    assert answer.redirect_chain[-1][0].endswith(f"#c{first.pk}")
    assert "You have already written this. Here it is." in text_of(answer)
    assert Comment.objects.count() == 1


def test_a_double_click_without_a_cookie_yet_leads_to_the_first_too(
    browser: Client, thread: Thread
) -> None:
    first = posted(browser, thread)

    answer = post(twin(), thread)

    assert answer["Location"] == f"/comments/{first.pk}/"
    assert Comment.objects.count() == 1


def test_another_browser_that_is_led_to_what_waits_reads_where_it_is_shown(
    browser: Client, thread: Thread
) -> None:
    first = posted(browser, thread)
    assert first.status == Status.HELD

    answer = twin().post(address(thread), GIVEN, follow=True)

    assert answer.status_code == 404
    assert "only the browser you wrote it in shows it" in text_of(answer)
    assert GIVEN["body"] not in text_of(answer)


def twin() -> Client:
    """The same browser, whose second press left before the first was answered."""
    return Client(headers={"Sec-Fetch-Site": "same-origin"})


# --- browsers that say nothing ---


def test_a_silent_browser_gets_its_words_back_and_the_second_press_works(thread: Thread) -> None:
    silent = Client(enforce_csrf_checks=True)

    asked = silent.post(address(thread), {**GIVEN, "follow": "own"})

    html = asked.content.decode()
    assert asked.status_code == 403
    assert "Nothing is lost: press the button" in html
    assert "The tide is late today." in html
    assert "no-store" in asked["Cache-Control"]
    assert not Comment.objects.exists()
    again = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', html))
    again["body"] = GIVEN["body"]
    assert again["follow"] == "own"

    answer = silent.post(address(thread), again)

    assert answer.status_code == 302
    assert Comment.objects.get().body == "The tide is late today."


def test_words_with_a_wrong_token_come_back_with_a_right_one(thread: Thread) -> None:
    silent = Client(enforce_csrf_checks=True)

    answer = silent.post(address(thread), {**GIVEN, "csrfmiddlewaretoken": "x" * 64})

    assert answer.status_code == 403
    assert "The tide is late today." in answer.content.decode()
    assert not Comment.objects.exists()


def test_words_from_another_site_are_refused_with_a_sentence(thread: Thread) -> None:
    browser = Client(enforce_csrf_checks=True, headers={"Sec-Fetch-Site": "cross-site"})

    answer = post(browser, thread)

    assert answer.status_code == 403
    assert "Please open the page again." in answer.content.decode()
    assert "The tide is late" not in answer.content.decode()


def test_an_origin_of_our_own_is_proof_enough(thread: Thread) -> None:
    old = Client(enforce_csrf_checks=True, headers={"Origin": "http://testserver"})

    assert post(old, thread).status_code == 302


# --- pages elsewhere ---

ELSEWHERE = "/discuss/?url=http://testserver/essay.html"


def test_the_first_comment_on_a_page_elsewhere_makes_its_thread(
    browser: Client, site: Site
) -> None:
    page = browser.get(ELSEWHERE)
    assert "No comments yet." in text_of(page)
    assert not Thread.objects.exists()

    assert browser.post(ELSEWHERE, {**GIVEN, "body": ""}).status_code == 422
    assert not Thread.objects.exists()
    assert browser.post(ELSEWHERE, GIVEN).status_code == 302

    thread = Thread.objects.get()
    assert thread.url == "http://testserver/essay.html"
    assert Comment.objects.get().thread == thread


@pytest.mark.parametrize(
    "url",
    [
        "",
        "http://elsewhere.example/",
        "javascript:alert(1)",
        "//testserver/",
        "http://[",
        "http://user@testserver/",
        "http://testserver/\0",
        "http://testserver/" + "x" * 500,
        "http://testserver@evil.example/",
    ],
)
def test_only_pages_of_the_publisher_have_comments_here(
    browser: Client, site: Site, url: str
) -> None:
    assert browser.get("/discuss/", {"url": url}).status_code == 404
    assert browser.post(f"/discuss/?url={url}", GIVEN).status_code == 404
    assert not Thread.objects.exists()


@pytest.mark.parametrize("after", ["-1", "x", "9" * 19, "9" * 5000, "²", "1\0"])
@pytest.mark.parametrize("path", ["/articles/tides/", "/forum/talk/", "branch"])
def test_a_cursor_that_is_none_is_no_page(
    browser: Client, thread: Thread, site: Site, path: str, after: str
) -> None:
    Site.objects.update(forum_enabled=True)
    factories.topic(site)
    root = factories.comment(thread)
    where = f"/comments/{root.pk}/replies/" if path == "branch" else path

    assert browser.get(where, {"after": after}).status_code == 404
