"""What the fast lane answers by itself, and what it leaves to Django."""

import pytest
from django.conf import settings
from django.core import signing
from pytest_django import Settings

from community.accounts.guests import SALT
from community.articles.models import OldAddress
from community.consent.choices import Choice, cookie_of, new_visitor
from community.consent.purposes import Purpose
from community.edge import copies
from community.threads.models import Thread
from tests import factories
from tests.edge.conftest import Fast

PAGE = "/articles/tides/"
VIDEO = '<figure data-embed="https://www.youtube.com/watch?v=aqz-KE-bpKQ"></figure>'


def test_a_page_is_rendered_once_for_everybody(fast: Fast, thread: Thread) -> None:
    factories.comment(thread, "The tide is late today.")

    pages = [fast.get(PAGE) for _ in range(3)]

    assert fast.renders() == 1
    assert "The tide is late today." in pages[2].text
    assert pages[0] == pages[1] == pages[2]


def test_caches_are_told_what_they_need_to_know(fast: Fast, thread: Thread) -> None:
    said = fast.get(PAGE, accept_encoding="br").headers

    assert said["Cache-Control"] == "public, max-age=0, s-maxage=1, must-revalidate"
    assert said["Vary"] == "Accept-Encoding, Cookie, Sec-GPC"
    assert {f"site-{thread.site_id}", f"thread-{thread.pk}"} <= set(said["Surrogate-Key"].split())
    assert said["Content-Encoding"] == "br"
    assert "Content-Security-Policy" in said
    assert "Set-Cookie" not in said


def test_every_encoding_is_the_same_page_under_a_tag_of_its_own(fast: Fast, thread: Thread) -> None:
    said = [fast.get(PAGE, accept_encoding=name) for name in ("br", "gzip", "identity", "")]

    assert len({page.text for page in said}) == 1
    assert len({page.headers["ETag"] for page in said}) == 3
    assert all(len(page.body) == int(page.headers["Content-Length"]) for page in said)
    assert fast.renders() == 1


def test_whoever_has_the_bytes_is_told_so(fast: Fast, thread: Thread) -> None:
    first, tag = (fast.get(PAGE, accept_encoding="gzip").headers["ETag"] for _ in range(2))

    assert first == f"W/{tag}"
    for known in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        said = fast.get(PAGE, accept_encoding="gzip", if_none_match=known)
        assert (said.status, said.body) == (304, b"")
        assert said.headers["ETag"] == tag
        assert "s-maxage" in said.headers["Cache-Control"]
    assert fast.get(PAGE, accept_encoding="br", if_none_match=tag).status == 200
    assert fast.get(PAGE, accept_encoding="gzip", if_none_match='"other"').status == 200


@pytest.mark.parametrize("encoding", ["br", "gzip"])
def test_what_is_asked_for_again_is_packed_better_once(
    fast: Fast, thread: Thread, encoding: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    packed: list[bool] = []
    pack = copies.compress

    def watched(body: bytes, encoding: str, *, hasty: bool) -> bytes:
        packed.append(hasty)
        return pack(body, encoding, hasty=hasty)

    monkeypatch.setattr(copies, "compress", watched)
    said = [fast.get(PAGE, accept_encoding=encoding) for _ in range(4)]

    assert packed == [True, False]
    assert len({page.text for page in said}) == 1
    assert said[0].body != said[1].body == said[2].body == said[3].body
    tags = [page.headers["ETag"] for page in said]
    assert tags[0] == f"W/{tags[1]}"
    assert fast.get(PAGE, accept_encoding=encoding, if_none_match=tags[0]).status == 304


def test_bytes_of_another_release_are_never_taken_for_ours(
    fast: Fast, thread: Thread, monkeypatch: pytest.MonkeyPatch
) -> None:
    tag = fast.get(PAGE).headers["ETag"]
    monkeypatch.setattr(copies, "release", lambda: "another")

    said = Fast().get(PAGE, if_none_match=tag)

    assert said.status == 200
    assert said.headers["ETag"] != tag
    assert "release-another" in said.headers["Surrogate-Key"]


def test_who_asks_for_the_head_gets_the_head(fast: Fast, thread: Thread) -> None:
    cold, whole = fast.get(PAGE, method="HEAD"), fast.get(PAGE)
    warm = fast.get(PAGE, method="HEAD")

    assert cold.body == warm.body == b""
    assert cold.headers == warm.headers == whole.headers


# --- whose page it is ---


def guest_cookie() -> str:
    return signing.dumps(str(factories.guest("Rosa").key), salt=SALT)


@pytest.mark.parametrize("name", sorted(settings.PERSONAL_COOKIES))
def test_whoever_carries_an_identity_gets_a_page_of_their_own(
    fast: Fast, thread: Thread, name: str
) -> None:
    fast.get(PAGE)
    value = guest_cookie() if name == settings.GUEST_COOKIE_NAME else "something"

    said = fast.get(PAGE, cookie=f"_ga=1; {name}={value}")

    assert fast.renders() == 2
    assert fast.django.asked[1]["HTTP_COOKIE"].startswith("_ga")
    assert "s-maxage" not in said.headers["Cache-Control"]
    if name in (settings.SESSION_COOKIE_NAME, settings.GUEST_COOKIE_NAME):
        assert said.headers["Cache-Control"] == "private, no-store"


def test_cookies_of_others_are_nobodys_business(fast: Fast, thread: Thread) -> None:
    pages = {fast.get(PAGE, cookie=cookie).text for cookie in ("_ga=1", "theme=dark; x", "")}

    assert len(pages) == 1
    assert fast.renders() == 1


def test_what_one_said_about_cookies_is_a_page_for_all_who_said_so(fast: Fast) -> None:
    site = factories.site()
    factories.article(site, slug="tides", html=VIDEO, has_embeds=True)

    def chose(*purposes: Purpose) -> str:
        cookie = cookie_of(Choice(new_visitor(), frozenset(purposes)))
        return f"{settings.CONSENT_COOKIE_NAME}={cookie}"

    asked, refused = fast.get(PAGE).text, fast.get(PAGE, cookie=chose()).text
    allowed = [fast.get(PAGE, cookie=chose(Purpose.MEDIA)).text for _ in range(2)]
    by_browser = fast.get(PAGE, sec_gpc="1").text

    assert 'class="consent"' in asked
    assert 'class="consent"' not in refused + allowed[0] + by_browser
    assert allowed[0] == allowed[1] != refused
    assert fast.renders() == 4


def test_nothing_a_visitor_says_of_themselves_reaches_a_public_page(
    fast: Fast, thread: Thread
) -> None:
    fast.get(f"{PAGE}?utm=mine", user_agent="Mine", referer="http://mine", accept_language="de")

    asked = fast.django.asked[0]
    assert "mine" not in str({**asked, "wsgi.errors": ""}).lower()
    assert "HTTP_ACCEPT_LANGUAGE" not in asked
    assert asked["REMOTE_ADDR"] == "127.0.0.1"


# --- which page it is ---


def test_unknown_parts_of_a_query_do_not_make_another_page(fast: Fast, thread: Thread) -> None:
    for _ in range(2):
        factories.comment(thread)
    fast.get(f"{PAGE}?sort=votes")
    fast.get(f"{PAGE}?utm_source=x&sort=votes&fbclid=1")
    fast.get(f"{PAGE}?sort=&sort=votes")

    assert fast.renders() == 1
    assert fast.get(PAGE).text != fast.get(f"{PAGE}?sort=votes").text


def test_an_old_address_with_a_query_still_leads_to_its_article(fast: Fast, thread: Thread) -> None:
    OldAddress.objects.create(site=thread.site, path="/?p=12", article=thread.article)
    fast.get("/")

    said = fast.get("/?p=12")

    assert (said.status, said.headers["Location"]) == (301, PAGE)


def test_an_endless_query_is_left_to_django(fast: Fast, thread: Thread) -> None:
    assert fast.get(f"{PAGE}?sort={'x' * 5000}").status == 200
    assert fast.copies() == []


def test_what_is_not_there_is_not_kept(fast: Fast, thread: Thread) -> None:
    assert fast.get("/articles/nowhere/").status == 404
    assert fast.get(f"{PAGE}?after=nonsense").status == 404
    assert fast.get("/nowhere").status == 404
    assert fast.get("/articles/tæs/").status == 404
    assert fast.copies() == []


def test_an_unknown_host_gets_djangos_answer(fast: Fast, thread: Thread) -> None:
    for _ in range(2):
        assert fast.get(PAGE, host="evil.example").status == 400
    assert fast.copies() == []


def test_hosts_and_schemes_have_pages_of_their_own(
    fast: Fast, thread: Thread, settings: Settings
) -> None:
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    settings.SECURE_HSTS_SECONDS = 60

    safe = fast.get(PAGE, x_forwarded_proto="https")
    plain, other = fast.get(PAGE, x_forwarded_proto="http"), fast.get(PAGE, host="localhost")

    # The canonical address is the one in the settings, whatever a request says of itself.
    for page in (safe, plain, other):
        assert 'rel="canonical" href="http://testserver/articles/tides/"' in page.text
    assert "Strict-Transport-Security" not in plain.headers
    assert fast.get(PAGE, host="TestServer", x_forwarded_proto="https").text == safe.text
    assert fast.renders() == 3


def test_a_script_that_asks_for_more_gets_the_same_page(fast: Fast, thread: Thread) -> None:
    assert fast.get(PAGE).text == fast.get(PAGE, hx_request="true").text
    assert fast.renders() == 1


def test_posts_pass_and_have_the_watcher_look(fast: Fast, thread: Thread) -> None:
    words = b"body=The+tide+is+late.&name=Rosa&email=rosa@example.org"
    address = f"/threads/{thread.pk}/comments/"

    said = fast.get(address, method="POST", body=words, sec_fetch_site="same-origin")

    assert said.status == 302
    assert settings.GUEST_COOKIE_NAME in said.headers["Set-Cookie"]
    assert fast.lane.watcher.called.is_set()


def test_memory_is_bounded_and_what_is_read_stays(db: None, fast: Fast) -> None:
    site = factories.site()
    for number in range(12):
        factories.article(site, slug=f"tides-{number}")
    small = Fast(most_bytes=60_000)

    for number in range(12):
        small.get("/articles/tides-0/")
        small.get(f"/articles/tides-{number}/")

    kept = {copy.address.path for copy in small.copies()}
    assert sum(copy.size for copy in small.copies()) == small.lane.shelf.bytes <= 60_000
    assert "/articles/tides-0/" in kept
    assert "/articles/tides-1/" not in kept
