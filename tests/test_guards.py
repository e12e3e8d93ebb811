"""Who gets in, what a post must prove, and what caches may keep: asked of every address."""

from collections.abc import Callable, Iterator

import pytest
from django.apps import apps
from django.contrib.sessions.models import Session
from django.http import HttpResponse
from django.test import Client

from community.accounts.models import Person, User
from community.sites.models import Site
from moderation.models import Claim, Decision
from tests import factories
from tests.roles import BROWSER
from tests.walking import Route, World, routes, world

BrowserOf = Callable[[Person | User], Client]
Ask = Callable[[Client, str], HttpResponse]

CONSOLE = [route for route in routes() if route.is_console]
FOR_MODERATORS = {
    "moderation",
    "moderation-alerts",
    "moderation-alike",
    "moderation-appeal-answer",
    "moderation-appeals",
    "moderation-bulk",
    "moderation-comment",
    "moderation-decide",
    "moderation-live",
    "moderation-mend",
    "moderation-note",
    "moderation-note-remove",
    "moderation-pin",
    "moderation-escalate",
    "moderation-published",
    "moderation-reported",
    "moderation-rejected",
    "moderation-person",
    "moderation-person-sanction",
    "moderation-sanction",
    "moderation-sanction-lift",
    "moderation-spam",
    "moderation-thread",
    "moderation-thread-rules",
    "moderation-unblock",
    "moderation-undo",
}
# Looking itself leaves these, and they end by themselves.
FLEETING = {Session, Claim}
# The link itself is the proof: mail programs press it without a cookie (RFC 8058).
WITHOUT_PROOF = {"email-stop", "email-stop-together"}


@pytest.fixture
def place(site: Site) -> World:
    """A site where every address leads somewhere."""
    return world(site)


@pytest.fixture
def outsider(db: None) -> World:
    """Another publication in the same installation."""
    other = factories.site(name="Inland", base_url="http://localhost", host="localhost")
    return world(other, host="localhost")


def knock(client: Client, address: str) -> HttpResponse:
    """Look at an address, or where one cannot look, press its button."""
    looked = client.get(address)
    pressed = {"act": "close" if "/threads/" in address else "approve", "version": "2"}
    return looked if looked.status_code != 405 else client.post(address, pressed, headers=BROWSER)


@pytest.mark.parametrize("route", CONSOLE, ids=lambda route: route.name)
def test_the_console_opens_to_those_who_may_and_to_nobody_else(
    route: Route, place: World, outsider: World, browser_of: BrowserOf
) -> None:
    moderators_enter = route.name in FOR_MODERATORS
    assert moderators_enter or route.name.startswith("moderation-")

    for address in place.paths()[route.name]:
        asked_to_log_in = knock(Client(), address)
        assert asked_to_log_in.status_code == 302
        assert asked_to_log_in["Location"].startswith("/accounts/login/?next=")
        guest = knock(browser_of(factories.guest("Rosa", proven=True)), address)
        assert guest["Location"].startswith("/accounts/login/?next=")
        for stranger in (place.member, outsider.moderator, outsider.administrator):
            shut_out = knock(csrf_free(browser_of(stranger)), address)
            assert shut_out.status_code == 404
            assert b"Moderation" not in shut_out.content
        moderator = knock(csrf_free(browser_of(place.moderator)), address)
        assert (moderator.status_code != 404) is moderators_enter


def csrf_free(client: Client) -> Client:
    """A browser that would get past every question about the origin of a post."""
    client.handler.enforce_csrf_checks = False
    return client


def said(answer: HttpResponse) -> bytes:
    """The body of an answer; a file is read to its end."""
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


# --- posts ---


def everything() -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table, but for who is there and looks at what."""
    kept = (model for model in apps.get_models() if model not in FLEETING)
    return {
        model._meta.label: list(model._base_manager.order_by("pk").values_list()) for model in kept
    }


def unsafe(place: World) -> Iterator[tuple[str, str]]:
    """Every address that takes a post, with the name of its route."""
    for name, addresses in place.paths().items():
        yield name, addresses[0]


PAYLOAD = {
    "act": "approve",
    "alerts": "off",
    "body": "Words from elsewhere.",
    "choice": "accept",
    "comment": "1:1",
    "confirmed": "yes",
    "email": "mallory@example.org",
    "login": "mallory@example.org",
    "name": "Mallory",
    "password": "a long password",
    "password1": "a long password",
    "sure": "on",
    "title": "From elsewhere",
    "value": "1",
    "version": "2",
    "which": "all",
    "words": "delete",
}
WITHOUT = {
    "nothing said": {},
    "another site": {"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"},
    "a sister site": {"Sec-Fetch-Site": "same-site", "Origin": "http://evil.testserver"},
    "only a foreign origin": {"Origin": "https://evil.example"},
    "an origin of null": {"Origin": "null"},
}


def clients(place: World, browser_of: BrowserOf) -> dict[str, Client]:
    """Browsers in which a stranger's page could make a post."""
    found = {
        "visitor": Client(),
        "guest": browser_of(factories.guest("Rosa", proven=True)),
        "member": browser_of(place.member),
        "administrator": browser_of(place.administrator),
    }
    for client in found.values():
        client.defaults.clear()
        client.handler.enforce_csrf_checks = True
    return found


@pytest.mark.parametrize("headers", WITHOUT.values(), ids=WITHOUT)
@pytest.mark.parametrize("kind", ["form", "text/plain"])
def test_a_post_without_proof_changes_nothing(
    place: World, browser_of: BrowserOf, headers: dict[str, str], kind: str
) -> None:
    browsers = clients(place, browser_of)
    before = everything()

    for who, client in browsers.items():
        for name, address in unsafe(place):
            if name in WITHOUT_PROOF:
                continue
            if kind == "form":
                answer = client.post(address, PAYLOAD, headers=headers)
            else:
                words = "&".join(f"{name}={value}" for name, value in PAYLOAD.items())
                answer = client.post(address, words, content_type="text/plain", headers=headers)
            assert answer.status_code in (403, 404, 405), f"{who} at {address}"
    assert everything() == before


def test_looking_changes_nothing(place: World, browser_of: BrowserOf) -> None:
    browsers = clients(place, browser_of)
    before = everything()

    for client in browsers.values():
        for _name, address in unsafe(place):
            said(client.get(address, PAYLOAD, headers=BROWSER))
            said(client.head(address, PAYLOAD, headers=BROWSER))
    assert everything() == before


def test_the_same_posts_with_proof_do_change_things(place: World, browser_of: BrowserOf) -> None:
    """Without this, the silence above would prove nothing."""
    before = everything()
    visitor, changed = Client(headers=BROWSER), set()

    for name, address in unsafe(place):
        visitor.post(address, PAYLOAD)
        after = everything()
        changed |= {name} if after != before else set()
        before = after
        visitor.cookies.clear()
    assert changed >= {
        "account_signup",
        "comment-new",
        "comment-vote",
        "cookies",
        "discussion",
        "email-stop",
        "follow-thread",
        "topic-new",
    }


# --- caches ---


def test_public_answers_carry_no_cookie_and_no_token(place: World) -> None:
    for name, addresses in place.paths().items():
        for address in addresses:
            answer = Client().get(address)
            control = answer.get("Cache-Control", "")
            body = said(answer)
            if "no-store" in control:
                assert "private" in control
                continue
            assert "public" in control, address
            assert not answer.cookies, address
            assert b"csrfmiddlewaretoken" not in body, address
            assert name == "picture" or "Cookie" in answer["Vary"], address
            assert name == "picture" or "max-age=0" in control, address


@pytest.mark.parametrize(
    "name", ["home", "article", "tag", "forum", "board", "topic", "discussion"]
)
def test_what_everyone_reads_may_be_cached(place: World, name: str) -> None:
    answer = Client().get(place.paths()[name][0])

    assert answer.status_code == 200
    assert "public" in answer["Cache-Control"]


def test_personal_answers_are_kept_by_nobody(place: World, browser_of: BrowserOf) -> None:
    people = [factories.guest("Rosa"), place.member, place.moderator, place.administrator]

    for person in people:
        client = browser_of(person)
        for name, addresses in place.paths().items():
            for address in addresses:
                if name == "picture":  # the same bytes for everyone
                    continue
                control = client.get(address).get("Cache-Control", "")
                assert "private" in control, address
                assert "no-store" in control, address


def test_a_cookie_that_was_never_ours_makes_a_page_personal_too(place: World) -> None:
    client = Client()
    client.cookies["guest"] = "forged"

    assert "no-store" in client.get(place.paths()["article"][0])["Cache-Control"]


# --- where a press leads ---

FOREIGN = [
    "https://evil.example/",
    "//evil.example/",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "javascript:alert(1)",
    "http:evil.example",
    "/\t/evil.example",
    " //evil.example",
]


@pytest.mark.parametrize("foreign", FOREIGN)
def test_no_press_leads_to_another_site(place: World, browser_of: BrowserOf, foreign: str) -> None:
    moderator, member = browser_of(place.moderator), browser_of(place.member)

    answers = [
        moderator.post("/moderation/alerts/", {"next": foreign, "alerts": "on"}),
        moderator.post(
            f"/moderation/threads/{place.thread.pk}/", {"act": "close", "next": foreign}
        ),
        member.post(f"/e-mails/unfollow/{place.wish.pk}/", {"next": foreign}),
        member.post(f"/e-mails/follow/{place.thread.pk}/", {"next": foreign}),
        member.post("/cookies/", {"choice": "refuse", "next": foreign}),
    ]

    for answer in answers:
        assert answer.status_code == 302
        assert answer["Location"].startswith("/")
        assert "evil" not in answer["Location"]


def test_a_reason_longer_than_a_row_can_hold_is_cut_and_not_an_error(
    place: World, browser_of: BrowserOf
) -> None:
    waiting = factories.comment(place.thread, status="held")
    given = {"act": "reject", "version": waiting.version, "reason": "\0" + "x" * 5_000}

    answer = browser_of(place.moderator).post(f"/moderation/comments/{waiting.pk}/decide/", given)

    assert answer.status_code == 302
    reason = Decision.objects.latest("pk").reason
    assert len(reason) <= 500
    assert "\0" not in reason
    assert browser_of(place.moderator).get("/media/pictures/%00").status_code == 404


@pytest.mark.parametrize("odd", ["9" * 30, "²", "x", "-1", "1:", ":1", "1:²"])
def test_odd_ids_in_the_forms_of_the_console_do_nothing(
    place: World, browser_of: BrowserOf, odd: str
) -> None:
    moderator = browser_of(place.moderator)

    assert moderator.post("/moderation/undo/", {"decision": odd}).status_code == 302
    bulk = {"act": "approve", "comment": [odd, f"{odd}:1"]}
    assert moderator.post("/moderation/bulk/", bulk).status_code == 302
