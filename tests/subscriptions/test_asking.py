"""What one asks for while writing a comment: what to hear of, and how soon."""

import re
from collections.abc import Callable
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from community.accounts.models import Person
from community.comments.models import Comment, Status
from community.sites.models import Site
from community.subscriptions import tasks
from community.subscriptions.models import Pace, Scope, Subscription, Timing
from community.threads.models import Thread
from tests import factories
from tests.inbox import Inbox, link_in, words_of
from tests.pages.posting import GIVEN, post
from tests.roles import BROWSER
from tests.subscriptions.helpers import move

BrowserOf = Callable[[Person], Client]
ROSA = GIVEN["email"]


def wishes() -> list[tuple[str, str]]:
    """What is asked for, and how soon."""
    return list(Subscription.objects.values_list("scope", "pace"))


def chosen_in(page: str) -> list[str]:
    """What the lists of the form stand on."""
    return re.findall(r'<option value="([\w-]*)" selected', page)


def test_a_guest_who_chose_daily_gets_one_e_mail_of_all_the_next_day(
    thread: Thread, inbox: Inbox
) -> None:
    rosa = Client(headers=BROWSER)
    post(rosa, thread, follow=Scope.THREAD, pace=Pace.DAILY)
    confirm = link_in(inbox.to(ROSA)[0], "/e-mails/confirm/")
    rosa.post(urlsplit(confirm).path)
    for words in ("The first of two.", "The second of two."):
        factories.comment(thread, words)
    assert len(inbox.to(ROSA)) == 1

    with time_machine.travel(timezone.now() + timedelta(days=1)):
        tasks.gather()
        _asked, digest = inbox.to(ROSA)

    assert "The first of two." in words_of(digest)
    assert "The second of two." in words_of(digest)


def test_a_guest_who_chose_daily_hears_of_an_answer_in_a_digest(
    thread: Thread, inbox: Inbox
) -> None:
    rosa = Client(headers=BROWSER)
    post(rosa, thread, follow=Scope.OWN, pace=Pace.DAILY)
    rosa.post(urlsplit(link_in(inbox.to(ROSA)[0], "/e-mails/confirm/")).path)
    own = Comment.objects.get()
    move(own, Status.PUBLISHED)
    factories.comment(thread, "It is.", parent=own)
    assert len(inbox.to(ROSA)) == 1

    with time_machine.travel(timezone.now() + timedelta(days=1)):
        tasks.gather()
        assert "It is." in words_of(inbox.to(ROSA)[1])


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        pytest.param({}, [], id="a form of old has neither list"),
        pytest.param({"follow": "nothing", "pace": "daily"}, [], id="nothing is wanted"),
        pytest.param({"follow": "own"}, [("own", "at-once")], id="no pace means at once"),
        pytest.param({"follow": "thread", "pace": "daily"}, [("thread", "daily")], id="both"),
    ],
)
def test_what_is_chosen_is_what_is_kept(
    browser: Client, thread: Thread, given: dict[str, str], kept: list[tuple[str, str]]
) -> None:
    post(browser, thread, **given)
    assert wishes() == kept


def test_whoever_opens_a_topic_chooses_as_well(site: Site, browser: Client) -> None:
    Site.objects.update(forum_enabled=True)
    board = factories.topic(site).board
    assert board
    given = {**GIVEN, "title": "Fog", "follow": Scope.THREAD, "pace": Pace.DAILY}
    assert browser.post(f"/forum/{board.slug}/new/", given).status_code == 302
    assert wishes() == [(Scope.THREAD, Pace.DAILY)]


def test_nothing_is_chosen_for_anybody(thread: Thread, browser: Client) -> None:
    assert chosen_in(browser.get("/articles/tides/").content.decode()) == ["nothing", "at-once"]


def test_what_was_chosen_stays_when_something_else_is_wrong(
    browser: Client, thread: Thread
) -> None:
    answer = post(browser, thread, body="", follow=Scope.THREAD, pace=Pace.DAILY)
    assert answer.status_code == 422
    assert chosen_in(answer.content.decode()) == ["thread", "daily"]
    assert wishes() == []


@pytest.mark.parametrize("wrong", [{"follow": "board"}, {"pace": "weekly"}, {"pace": "x"}])
def test_what_nobody_offered_is_not_taken_and_the_words_stay(
    browser: Client, thread: Thread, wrong: dict[str, str]
) -> None:
    answer = post(browser, thread, **wrong)
    assert answer.status_code == 422
    assert GIVEN["body"] in answer.content.decode()
    assert wishes() == []


def test_who_chose_a_pace_for_all_finds_it_in_the_form_with_a_way_to_change_it(
    thread: Thread, author: Person, browser_of: BrowserOf
) -> None:
    client = browser_of(author)
    Timing.objects.create(contact=author.contact, pace=Pace.WEEKLY)
    page = client.get("/articles/tides/").content.decode()
    assert chosen_in(page) == ["nothing", "weekly"]
    assert '<a href="/e-mails/settings/">More:' in page
    post(client, thread, follow=Scope.THREAD, pace=Pace.WEEKLY)
    assert wishes() == [(Scope.THREAD, Pace.WEEKLY)]


def test_who_has_no_confirmed_address_is_led_to_no_page_that_is_not_theirs(
    thread: Thread, reader: Person, browser_of: BrowserOf
) -> None:
    assert "/e-mails/settings/" not in browser_of(reader).get("/articles/tides/").content.decode()
    assert "/e-mails/settings/" not in Client().get("/articles/tides/").content.decode()


INBOX = "An e-mail with a button is on its way."


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}], ids=["page", "in place"])
def test_who_asked_is_told_to_look_into_their_inbox(
    thread: Thread, headers: dict[str, str]
) -> None:
    rosa = Client(headers={**BROWSER, **headers})
    given = {**GIVEN, "follow": Scope.OWN}
    answer = rosa.post(f"/threads/{thread.pk}/comments/", given, follow=True)
    assert INBOX in answer.content.decode()


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}], ids=["page", "in place"])
def test_who_asked_for_nothing_or_is_confirmed_is_not(
    thread: Thread, author: Person, browser_of: BrowserOf, headers: dict[str, str]
) -> None:
    for client, follow in ((Client(headers=BROWSER), "nothing"), (browser_of(author), "own")):
        given = {**GIVEN, "email": author.contact.address, "follow": follow, "body": f"{follow}."}
        url = f"/threads/{thread.pk}/comments/"
        answer = client.post(url, given, follow=True, headers=headers)
        assert answer.status_code == 200
        assert INBOX not in answer.content.decode()


def test_how_soon_each_comes_stands_beside_it(
    thread: Thread, author: Person, browser_of: BrowserOf
) -> None:
    client = browser_of(author)
    post(client, thread, follow=Scope.THREAD, pace=Pace.DAILY)
    assert "</bdi>, once a day, together" in client.get("/me/").content.decode()
