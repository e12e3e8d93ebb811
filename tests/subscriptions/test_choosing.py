"""What people choose on screen: what to hear of, when, and what not."""

import re
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from django.test import Client

from community.accounts.models import Person
from community.contacts.models import Contact
from community.sites.models import Site
from community.subscriptions import links, services
from community.subscriptions.models import Delivery, Mute, Pace, Scope, Subscription, Timing
from community.threads.models import Thread
from tests import factories
from tests.roles import BROWSER
from tests.subscriptions.helpers import do_jobs

BrowserOf = Callable[[Person], Client]
CHOSEN = {
    "what": [Scope.MINE],
    "pace": Pace.DAILY,
    "quiet_from": 22,
    "quiet_until": 7,
    "zone": "Europe/Berlin",
    "most_a_day": 5,
}


def wishes() -> list[tuple[str, str]]:
    """What is wished for, and how soon."""
    return sorted(Subscription.objects.active().values_list("scope", "pace"))


def test_what_and_when_are_chosen_on_ones_own_page(author: Person, browser_of: BrowserOf) -> None:
    client = browser_of(author)
    page = client.get("/me/").content.decode()
    assert "Answers to any of my comments" in page
    assert "<summary>More</summary>" in page
    assert client.post("/e-mails/settings/", CHOSEN)["Location"] == "/me/"
    assert wishes() == [(Scope.MINE, Pace.DAILY)]
    kept = Timing.objects.get(contact=author.contact)
    assert (kept.quiet_from, kept.quiet_until, kept.most_a_day) == (22, 7, 5)
    client.post("/e-mails/settings/", {**CHOSEN, "what": [Scope.MENTIONS]})
    assert wishes() == [(Scope.MENTIONS, Pace.DAILY)]


@pytest.mark.parametrize(
    "wrong",
    [{"zone": "Atlantis"}, {"quiet_from": 24}, {"most_a_day": 0}, {"pace": "x"}, {"what": ["own"]}],
)
def test_what_cannot_be_kept_is_told_and_changes_nothing(
    author: Person, browser_of: BrowserOf, wrong: dict[str, object]
) -> None:
    answer = browser_of(author).post("/e-mails/settings/", {**CHOSEN, **wrong})
    assert answer.status_code == 422
    assert not Timing.objects.exists()
    assert wishes() == []


def test_who_has_no_confirmed_address_has_nothing_to_choose(
    reader: Person, browser_of: BrowserOf
) -> None:
    browser_of(reader).post("/e-mails/settings/", CHOSEN)
    assert not Timing.objects.exists()


def test_a_comment_its_author_and_its_thread_can_be_followed(
    thread: Thread, author: Person, browser_of: BrowserOf
) -> None:
    comment, client = factories.comment(thread), browser_of(author)
    address = f"/e-mails/comment/{comment.pk}/"
    assert "Everything this author writes" in client.get(address).content.decode()
    for what in (Scope.REPLIES, Scope.AUTHOR, Scope.THREAD):
        client.post(address, {"what": what, "pace": Pace.DAILY})
    assert wishes() == [(what, Pace.DAILY) for what in ("author", "replies", "thread")]


def test_who_chose_a_pace_for_all_finds_it_where_they_follow(
    thread: Thread, author: Person, browser_of: BrowserOf
) -> None:
    Timing.objects.create(contact=author.contact, pace=Pace.WEEKLY)
    client, address = browser_of(author), f"/e-mails/follow/{thread.pk}/"
    page = client.get(address).content.decode()
    assert re.search(r'value="weekly"[^>]*checked', page)
    assert "hourly" not in page
    client.post(address, {"pace": Pace.WEEKLY})
    client.post(address, {"pace": Pace.HOURLY})  # not offered
    assert wishes() == [(Scope.THREAD, Pace.WEEKLY)]


def test_a_comment_is_shown_where_one_follows_it(
    thread: Thread, author: Person, browser_of: BrowserOf
) -> None:
    comment = factories.comment(thread, "It fell since noon.", name="Otto")
    page = browser_of(author).get(f"/e-mails/comment/{comment.pk}/").content.decode()
    assert "It fell since noon." in page


def test_a_guest_follows_once_the_address_is_confirmed(thread: Thread, browser: Client) -> None:
    comment = factories.comment(thread)
    address = f"/e-mails/comment/{comment.pk}/"
    assert browser.post(address, {"what": "replies"}).status_code == 400
    browser.post(address, {"what": "replies", "email": "rosa@example.org"})
    wish = Subscription.objects.get()
    assert (wish.scope, wish.confirmed_at) == (Scope.REPLIES, None)


def test_new_topics_can_be_followed_where_the_forum_is_on(
    site: Site, author: Person, browser_of: BrowserOf
) -> None:
    topic, client = factories.topic(site), browser_of(author)
    assert client.post(f"/e-mails/board/{topic.board_id}/").status_code == 404
    Site.objects.update(forum_enabled=True)
    client.post(f"/e-mails/board/{topic.board_id}/")
    assert wishes() == [(Scope.BOARD, Pace.AT_ONCE)]


def test_what_waits_cannot_be_followed(
    thread: Thread, author: Person, browser_of: BrowserOf
) -> None:
    comment = factories.comment(thread, status="held")
    assert browser_of(author).get(f"/e-mails/comment/{comment.pk}/").status_code == 404


def test_muting_and_hearing_again(thread: Thread, author: Person, browser_of: BrowserOf) -> None:
    comment, client = factories.comment(thread, name="Otto"), browser_of(author)
    client.post(f"/e-mails/comment/{comment.pk}/mute/", {"which": "person"})
    client.post(f"/e-mails/comment/{comment.pk}/mute/", {"which": "thread"})
    assert "Otto" in client.get("/me/").content.decode()
    for mute in Mute.objects.all():
        client.post(f"/e-mails/unmute/{mute.pk}/")
    assert not Mute.objects.exists()


def test_nobody_takes_back_the_mute_of_another(
    thread: Thread, author: Person, browser_of: BrowserOf
) -> None:
    other = Contact.objects.for_address("other@example.org")
    services.mute_thread(other, thread)
    answer = browser_of(author).post(f"/e-mails/unmute/{other.mutes.get().pk}/")
    assert answer.status_code == 404
    assert Mute.objects.exists()


def test_whoever_has_a_comment_before_their_eyes_is_not_mailed(
    thread: Thread, author: Person, browser_of: BrowserOf
) -> None:
    services.follow_thread(thread, author.contact, author, Pace.DAILY)
    factories.comment(thread)
    do_jobs()
    browser_of(factories.guest("Rosa", proven=True)).get("/articles/tides/")
    assert Delivery.objects.get().seen_at is None
    browser_of(author).get("/articles/tides/")
    assert Delivery.objects.get().seen_at is not None


# --- by a link in an e-mail ---


def path_of(contact: Contact, site: Site) -> str:
    """Where the link in an e-mail leads."""
    return urlsplit(links.choose_url(site, contact)).path


def test_a_guest_chooses_by_a_link_in_an_e_mail_on_a_device_nobody_knows(
    thread: Thread, author: Person
) -> None:
    client = Client(headers=BROWSER)
    services.follow_thread(thread, author.contact, author)
    address = path_of(author.contact, thread.site)
    page = client.get(address).content.decode()
    assert "every new comment on “On tides”" in page
    assert "/e-mails/stop/" in page
    assert author.contact.address not in address + page
    assert client.post(address, CHOSEN)["Location"] == address
    assert Timing.objects.get(contact=author.contact).most_a_day == 5
    assert (Scope.MINE, Pace.DAILY) in wishes()
    assert "Saved." in client.get(address).content.decode()


def test_a_link_for_choosing_serves_nothing_else_and_no_other_link_serves_for_choosing(
    site: Site, author: Person
) -> None:
    client = Client(headers=BROWSER)
    for purpose in (links.STOP, links.CONFIRM, links.DEVICE):
        token = links.sign(purpose, author.contact.pk, 0)
        assert client.post(f"/e-mails/choose/{token}/", CHOSEN).status_code == 404
    token = links.sign(links.CHOOSE, author.contact.pk, 0)
    assert client.post(f"/e-mails/stop/{token}/").status_code == 404
    assert not Timing.objects.exists()


def test_an_address_that_is_nobodys_yet_has_nothing_to_choose(site: Site, client: Client) -> None:
    stranger = factories.contact("stranger@example.org", proven=False)
    assert client.get(path_of(stranger, site)).status_code == 404
