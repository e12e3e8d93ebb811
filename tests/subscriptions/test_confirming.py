"""Whose address it is: asked by e-mail, answered with a button."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine
from django.conf import settings
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from community.accounts.models import Person
from community.accounts.services import prove_member
from community.comments.models import Status
from community.contacts.models import Contact
from community.mail.models import Email
from community.outbox import handlers
from community.sites.models import Site
from community.subscriptions import confirmations, links, queries, services
from community.subscriptions.models import Pace, Subscription
from community.subscriptions.views import following
from community.threads.models import Thread
from tests import factories
from tests.roles import BROWSER
from tests.subscriptions.helpers import confirmations_to, do_jobs, heard
from tests.subscriptions.test_digests import all_at_once

OpenBrowser = Callable[[Person], Client]


@pytest.fixture
def contact(db: None) -> Contact:
    """An address nobody has confirmed."""
    return factories.contact("rosa@example.org", proven=False)


def wish(thread: Thread) -> Subscription:
    """The one wish there is."""
    return Subscription.objects.get(thread=thread)


def test_a_proven_person_follows_at_once_and_without_an_e_mail(
    thread: Thread, author: Person
) -> None:
    services.follow_thread(thread, author.contact, author)
    do_jobs()
    assert wish(thread).confirmed_at is not None
    assert confirmations_to(author.contact) == 0


def test_one_e_mail_covers_all_that_was_asked_for(
    thread: Thread, reader: Person, contact: Contact
) -> None:
    comment = factories.comment(thread, person=reader, status=Status.HELD)
    services.follow_own(comment, contact, reader)
    services.follow_thread(thread, contact, reader)
    do_jobs()
    email = Email.objects.get(kind="confirm")
    assert f"your comment on “{thread.title}”" in email.text
    assert f"every new comment on “{thread.title}”" in email.text
    assert not Subscription.objects.filter(confirmed_at__isnull=False).exists()


def test_what_was_asked_for_is_told_in_the_language_of_the_address_with_its_pace(
    thread: Thread, reader: Person, contact: Contact
) -> None:
    Contact.objects.update(language="de")
    services.follow_thread(thread, contact, reader, Pace.DAILY)
    do_jobs()
    email = Email.objects.get(kind="confirm")
    for words in (email.text, email.html):
        assert f"jeder neue Kommentar zu „{thread.title}“, einmal am Tag, gesammelt" in words


def test_confirming_needs_no_wish(
    thread: Thread, reader: Person, contact: Contact, browser_of: OpenBrowser
) -> None:
    factories.comment(thread, person=reader, email=contact.address)
    answer = browser_of(reader).post("/e-mails/ask/")
    do_jobs()
    assert answer.url == "/e-mails/on-its-way/"
    assert confirmations_to(contact) == 1


def test_three_a_day_to_one_address_whoever_types_it(
    thread: Thread, site: Site, contact: Contact
) -> None:
    with time_machine.travel("2026-03-01T08:00Z", tick=False) as clock:
        for _ in range(5):
            services.follow_thread(thread, contact, factories.guest())
            do_jobs()
            clock.shift(timedelta(hours=2))
        assert confirmations_to(contact) == 3
        clock.shift(timedelta(hours=15))
        services.request_confirmation(contact, factories.guest(), site)
        do_jobs()
    assert confirmations_to(contact) == 4


@pytest.mark.django_db
def test_five_requests_for_a_strangers_address_are_answered_alike_and_written_to_three_times(
    thread: Thread, contact: Contact
) -> None:
    told = []
    for _ in range(5):
        stranger = Client(headers=BROWSER)
        url = f"/e-mails/follow/{thread.pk}/"
        answer = stranger.post(url, {"email": contact.address}, follow=True)
        told.append((answer.status_code, answer.redirect_chain, answer.content))
        do_jobs()
    assert [same_for_all(words) for *_, words in told] == [same_for_all(told[0][2])] * 5
    assert [status for status, *_ in told] == [200] * 5
    assert len({tuple(chain) for _, chain, _ in told}) == 1
    assert confirmations_to(contact) == 3


def same_for_all(page: bytes) -> bytes:
    """A page without what is new in each answer."""
    return re.sub(rb'(csrfmiddlewaretoken" value|nonce)="[^"]*"', b"", page)


def test_who_follows_twice_with_another_spelling_gets_one_e_mail(
    thread: Thread, author: Person, browser_of: OpenBrowser
) -> None:
    assert author.contact
    local, _at, domain = author.contact.address.partition("@")
    for spelling in (f"{local.upper()}@{domain}", f" {local}@{domain.upper()} "):
        services.follow_thread(thread, Contact.objects.for_address(spelling), author)
    comment = factories.comment(thread)
    do_jobs()
    assert heard(comment) == [(author.contact.address, "thread")]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_requests_in_one_moment_are_counted_one_after_the_other(
    thread: Thread, contact: Contact, site: Site
) -> None:
    asked = [
        {"contact": contact.pk, "person": factories.guest().pk, "site": site.pk} for _ in range(6)
    ]
    all_at_once(6, lambda turn: confirmations.send(asked[turn]))
    assert confirmations_to(contact) == 3


@pytest.mark.parametrize("address", ["%@example.org", "r_sa@example.org"])
def test_wildcards_in_an_address_are_plain_characters(
    site: Site, contact: Contact, address: str
) -> None:
    odd = factories.contact(address, proven=False)
    for _ in range(3):
        services.request_confirmation(odd, factories.guest(), site)
    do_jobs()
    services.request_confirmation(contact, factories.guest(), site)
    do_jobs()
    assert confirmations_to(contact) == 1


def test_a_stranger_who_types_an_address_changes_nothing_for_its_owner(
    thread: Thread, author: Person
) -> None:
    services.follow_thread(thread, author.contact, author)
    before = Subscription.objects.values().get()
    stranger = factories.guest("Mallory")
    services.follow_thread(thread, author.contact, stranger)
    do_jobs()
    assert Subscription.objects.values().get() == before
    assert confirmations_to(author.contact) == 1


def test_a_stranger_who_typed_an_address_first_gains_nothing_by_its_owners_confirmation(
    thread: Thread, reader: Person, contact: Contact
) -> None:
    stranger = factories.guest("Mallory")
    services.follow_thread(thread, contact, stranger)
    services.follow_thread(thread, contact, reader)
    services.confirm(contact, reader)
    confirmed = Subscription.objects.filter(confirmed_at__isnull=False)
    assert [row.person for row in confirmed] == [reader]
    stranger.refresh_from_db()
    assert stranger.contact is None


def test_a_stranger_cannot_stop_the_owners_e_mails(
    thread: Thread, reader: Person, contact: Contact, browser_of: OpenBrowser
) -> None:
    stranger = factories.guest("Mallory")
    services.follow_thread(thread, contact, stranger)
    services.follow_thread(thread, contact, reader)
    services.confirm(contact, reader)
    theirs = Subscription.objects.get(person=stranger)
    owners = Subscription.objects.get(person=reader)
    mallory = browser_of(stranger)
    assert mallory.post(f"/e-mails/unfollow/{theirs.pk}/").status_code == 302
    assert mallory.post(f"/e-mails/unfollow/{owners.pk}/").status_code == 404
    owners.refresh_from_db()
    assert owners.ended_at is None


def test_the_e_mail_shows_no_word_of_a_stranger(
    site: Site, reader: Person, contact: Contact
) -> None:
    topic = factories.topic(site, title="Buy at evil.example now", listed=False)
    reader.name = "visit evil.example"
    reader.save()
    comment = factories.comment(
        topic, "see https://evil.example", person=reader, status=Status.HELD
    )
    services.follow_own(comment, contact, reader)
    services.follow_thread(topic, contact, reader)
    do_jobs()
    email = Email.objects.get(kind="confirm")
    assert "evil" not in email.text + email.html + email.subject


def test_the_button_confirms_and_makes_this_browser_known(
    thread: Thread, reader: Person, contact: Contact, browser: Client, site: Site
) -> None:
    services.follow_thread(thread, contact, reader)
    url = links.confirm_url(site, contact, reader)
    assert "Yes, confirm my address" in browser.get(url).content.decode()
    answer = browser.post(url)
    contact.refresh_from_db()
    reader.refresh_from_db()
    assert answer.url == "/e-mails/confirmed/"
    assert contact.is_proven
    assert reader.contact == contact
    assert wish(thread).confirmed_at is not None
    assert settings.GUEST_COOKIE_NAME in answer.cookies
    assert browser.get(answer.url).status_code == 200


def test_pressing_twice_changes_nothing_more(
    thread: Thread, reader: Person, contact: Contact, browser: Client, site: Site
) -> None:
    services.follow_thread(thread, contact, reader)
    url = links.confirm_url(site, contact, reader)
    browser.post(url)
    first = wish(thread).confirmed_at
    assert browser.post(url).status_code == 302
    assert wish(thread).confirmed_at == first


def test_an_expired_link_says_so_and_sends_a_new_one(
    reader: Person, contact: Contact, browser: Client, site: Site
) -> None:
    with time_machine.travel("2026-03-01T08:00Z", tick=False) as clock:
        url = links.confirm_url(site, contact, reader)
        clock.shift(timedelta(days=6, hours=23))
        assert browser.get(url).status_code == 200
        clock.shift(timedelta(hours=2))
        page = browser.get(url)
        assert page.status_code == browser.post(url).status_code == 410
        assert "This link has expired." in page.content.decode()
        again = re.findall(r'action="([^"]+/again/)"', page.content.decode())
        assert browser.post(again[0]).url == "/e-mails/on-its-way/"
        do_jobs()
    contact.refresh_from_db()
    assert not contact.is_proven
    assert confirmations_to(contact) == 1


@pytest.mark.parametrize("purpose", ["confirm", "stop", "device"])
def test_a_changed_link_does_nothing(browser: Client, site: Site, purpose: str) -> None:
    page = browser.get(f"/e-mails/{purpose}/WzEsMV0:1tX:forged/")
    assert page.status_code == 404
    assert "This link does not work" in page.content.decode()


def test_a_link_serves_one_purpose_only(
    reader: Person, contact: Contact, browser: Client, site: Site
) -> None:
    token = links.sign(links.STOP, contact.pk, reader.pk)
    assert browser.post(f"/e-mails/confirm/{token}/").status_code == 404
    assert browser.post(f"/e-mails/device/{token}/").status_code == 404


def test_the_private_link_works_once_the_address_is_confirmed(
    reader: Person, contact: Contact, browser: Client, site: Site
) -> None:
    url = links.device_url(site, contact, reader)
    assert browser.post(url).status_code == 404
    services.confirm(contact, reader)
    assert settings.GUEST_COOKIE_NAME not in browser.get(url).cookies
    answer = browser.post(url)
    assert (answer.status_code, answer.url) == (302, "/me/")
    assert settings.GUEST_COOKIE_NAME in answer.cookies


def test_pages_behind_links_are_kept_by_nobody_and_name_no_address(
    reader: Person, contact: Contact, browser: Client, site: Site
) -> None:
    services.confirm(contact, reader)
    for url in (
        links.confirm_url(site, contact, reader),
        links.device_url(site, contact, reader),
        links.stop_url(site, contact),
    ):
        page = browser.get(url)
        assert page.headers["Cache-Control"] == "private, no-store"
        assert page.headers["Referrer-Policy"] == "same-origin"
        assert contact.address not in page.content.decode() + url


def test_no_address_that_wants_no_e_mail_is_asked(
    thread: Thread, reader: Person, contact: Contact
) -> None:
    services.stop_all(contact)
    services.follow_thread(thread, contact, reader)
    do_jobs()
    assert confirmations_to(contact) == 0


def test_the_answer_does_not_tell_whether_an_address_is_known(
    thread: Thread, author: Person, browser: Client
) -> None:
    url = f"/e-mails/follow/{thread.pk}/"
    services.follow_thread(thread, author.contact, author)
    known = browser.post(url, {"email": author.contact.address})
    browser.cookies.clear()
    unknown = browser.post(url, {"email": "nobody@example.org"})
    assert known.status_code == unknown.status_code == 302
    assert known.url == unknown.url == "/e-mails/on-its-way/"


def test_a_guest_without_a_comment_can_follow(thread: Thread, browser: Client) -> None:
    url = f"/e-mails/follow/{thread.pk}/"
    assert "email" in browser.get(url).content.decode()
    answer = browser.post(url, {"email": " Lena@Example.org "})
    assert settings.GUEST_COOKIE_NAME in answer.cookies
    assert wish(thread).contact.address == "lena@example.org"


@pytest.mark.parametrize(
    "address", ["", "nonsense", "a@b\nBcc: c@example.org", "x" * 300 + "@a.eu"]
)
def test_a_wrong_address_comes_back_with_a_word_at_the_field(
    thread: Thread, browser: Client, address: str
) -> None:
    page = browser.post(f"/e-mails/follow/{thread.pk}/", {"email": address})
    assert page.status_code == 400
    assert "errorlist" in page.content.decode()
    assert not Contact.objects.exists()


def test_a_known_guest_follows_with_one_press_and_stops_with_another(
    thread: Thread, author: Person, browser_of: OpenBrowser
) -> None:
    browser = browser_of(author)
    back = f"/articles/{thread.article.slug}/"
    answer = browser.post(f"/e-mails/follow/{thread.pk}/", {"next": back})
    assert answer.url == back
    mine = queries.active_for(author).get()
    assert browser.post(f"/e-mails/unfollow/{mine.pk}/", {"next": "//evil.example"}).url == "/me/"
    assert not queries.active_for(author).exists()


def test_following_again_begins_anew(thread: Thread, author: Person) -> None:
    services.follow_thread(thread, author.contact, author)
    services.stop(wish(thread))
    factories.comment(thread)
    services.follow_thread(thread, author.contact, author)
    assert (wish(thread).since, wish(thread).ended_at) == (1, None)


def test_what_nobody_may_see_cannot_be_followed(thread: Thread, browser: Client) -> None:
    thread.article.is_published = False
    thread.article.save()
    hidden = factories.topic(thread.site, listed=False)
    foreign = factories.thread(
        factories.site(name="Other", base_url="http://other.example", host="other.example")
    )
    for pk in (thread.pk, hidden.pk, foreign.pk, 999_999):
        assert browser.get(f"/e-mails/follow/{pk}/").status_code == 404


def test_one_network_cannot_have_many_strangers_written_to(
    thread: Thread, browser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        following, "UNPROVEN_EMAILS", replace(following.UNPROVEN_EMAILS, most_an_hour=2)
    )
    cache.clear()
    answers = [
        browser.post(f"/e-mails/follow/{thread.pk}/", {"email": f"s{n}@example.org"}).status_code
        for n in range(4)
    ]
    cache.clear()
    assert answers == [302, 302, 429, 429]
    assert Contact.objects.count() == 2


def test_a_member_proves_an_address_by_logging_in(site: Site) -> None:
    user = factories.member("Mina")
    person = prove_member(user, "Mina@New.example")
    assert person == user.person
    assert person.contact.address == "mina@new.example"
    assert person.contact.proven_at <= timezone.now()


def test_the_job_is_known_to_the_outbox() -> None:
    assert handlers.find("confirm-address") is confirmations.send
