"""Stopping: at once, with one press, and never by merely looking."""

import re
from itertools import chain
from typing import Any

import pytest
from django.apps import apps
from django.test import Client
from django.utils import timezone

from community.accounts.models import Person
from community.contacts.models import Contact
from community.mail.models import Email, MailState
from community.mail.sender import Skip
from community.sites.models import Site
from community.subscriptions import digests, links, notices, services, tasks
from community.subscriptions.models import Delivery, Digest, Pace, Subscription
from community.threads.models import Thread
from tests import factories
from tests.subscriptions.helpers import bodies, do_jobs, raw


@pytest.fixture
def delivery(thread: Thread, author: Person) -> Delivery:
    """An e-mail about a new comment to someone who follows."""
    services.follow_thread(thread, author.contact, author)
    factories.comment(thread)
    do_jobs()
    return notices.due().get()


def everything() -> list[Any]:
    """All that is stored about comments and e-mails."""
    models = apps.get_app_config("community").get_models()
    return list(chain.from_iterable(model.objects.order_by("pk").values() for model in models))


def one_click(delivery: Delivery) -> str:
    """The address that a mail program's own button posts to."""
    return re.findall(r"<(http[^>]+)>", raw(delivery)["List-Unsubscribe"])[0]


def test_looking_at_any_link_in_any_e_mail_changes_nothing(
    delivery: Delivery, thread: Thread, reader: Person, client: Client
) -> None:
    services.follow_thread(thread, factories.contact("r@example.org", proven=False), reader)
    do_jobs()
    texts = [*bodies(raw(delivery)), one_click(delivery)]
    for email in Email.objects.all():
        texts += [email.text, email.html, email.headers["List-Unsubscribe"]]
    found = set(re.findall(r"http://testserver/e-mails/[^\s\"<>]+", " ".join(texts)))
    assert len(found) == 5  # stop these, choose, confirm, device, never again
    before = everything()
    for url in found:
        for _ in range(10):
            assert client.get(url).status_code in (200, 404)
            assert client.head(url).status_code in (200, 404)
    assert everything() == before
    assert not client.cookies


def test_one_click_works_for_a_bare_client_in_one_step(delivery: Delivery) -> None:
    bare = Client(enforce_csrf_checks=True)
    url = one_click(delivery)
    answer = bare.post(url, {"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    assert not answer.cookies
    assert Subscription.objects.get().ended_at is not None
    assert bare.post(url, {"List-Unsubscribe": "One-Click"}).status_code == 200


def test_one_click_works_as_a_form_of_the_other_kind(delivery: Delivery) -> None:
    bare = Client(enforce_csrf_checks=True)
    answer = bare.post(
        one_click(delivery),
        "List-Unsubscribe=One-Click",
        content_type="application/x-www-form-urlencoded",
    )
    assert answer.status_code == 200
    assert Subscription.objects.get().ended_at is not None


def test_the_button_stops_these_and_the_page_says_so(delivery: Delivery, browser: Client) -> None:
    other = factories.thread(delivery.comment.site)
    services.follow_thread(other, delivery.contact, delivery.subscription.person)
    url = one_click(delivery)
    assert "Stop these e-mails" in browser.get(url).content.decode()
    answer = browser.post(url, {"which": "these"}, follow=True)
    assert "These e-mails are stopped" in answer.content.decode()
    assert Subscription.objects.active().get().thread == other


def test_the_other_button_stops_all(delivery: Delivery, browser: Client) -> None:
    other = factories.thread(delivery.comment.site)
    services.follow_thread(other, delivery.contact, delivery.subscription.person)
    answer = browser.post(one_click(delivery), {"which": "all"}, follow=True)
    assert "E-mails are stopped" in answer.content.decode()
    assert not Subscription.objects.active().exists()
    assert Contact.objects.get(pk=delivery.contact_id).paused_at is not None


def test_nothing_leaves_after_one_has_stopped(delivery: Delivery) -> None:
    services.stop(delivery.subscription)
    assert isinstance(notices.compose(delivery), Skip)


def test_nothing_leaves_once_the_comment_is_not_public(delivery: Delivery) -> None:
    type(delivery.comment).objects.update(status="held")
    assert isinstance(notices.compose(delivery), Skip)


def test_nothing_leaves_once_the_article_is_not_public(delivery: Delivery) -> None:
    type(delivery.comment.thread.article).objects.update(is_published=False)
    assert isinstance(notices.compose(notices.due().get()), Skip)


def test_an_address_that_is_paused_begins_again_when_its_owner_asks(
    thread: Thread, author: Person
) -> None:
    services.stop_all(author.contact)
    services.follow_thread(thread, author.contact, author)
    assert Subscription.objects.entitled().count() == 1


def test_a_link_about_nothing_in_particular_stops_all(
    delivery: Delivery, site: Site, client: Client
) -> None:
    url = links.stop_url(site, delivery.contact)
    client.post(url, {"List-Unsubscribe": "One-Click"})
    assert Contact.objects.get(pk=delivery.contact_id).paused_at is not None


def test_a_link_still_works_when_its_contact_is_gone(
    delivery: Delivery, client: Client, browser: Client
) -> None:
    url = one_click(delivery)
    Contact.objects.all().delete()
    assert client.post(url, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert "E-mails are stopped" in browser.get(url).content.decode()


def test_a_wish_that_many_typed_stops_for_the_address(
    thread: Thread, reader: Person, delivery: Delivery
) -> None:
    Subscription.objects.create(
        contact=delivery.contact,
        thread=thread,
        person=reader,
        scope="thread",
        confirmed_at=timezone.now(),
    )
    services.stop(delivery.subscription)
    assert not Subscription.objects.active().exists()
    assert Delivery.objects.get().state == MailState.WAITING


def test_everything_of_one_kind_is_stopped_in_one_press_and_nothing_else(
    delivery: Delivery, author: Person, site: Site, client: Client
) -> None:
    other = factories.thread(site)
    services.follow_thread(other, author.contact, author)
    own = factories.comment(other, person=author)
    services.follow_own(own, author.contact, author)
    url = one_click(delivery)
    assert "every new comment under an article or topic" in client.get(url).content.decode()
    client.post(url, {"which": "kind"})
    left = Subscription.objects.active().filter(contact=author.contact)
    assert [wish.comment for wish in left] == [own]


# --- an e-mail that told of several wishes ---


@pytest.fixture
def digest(thread: Thread, author: Person) -> Digest:
    """A day's e-mail about two threads, to somebody who also hears of answers at once."""
    other = factories.thread(thread.site)
    for place in (thread, other):
        services.follow_thread(place, author.contact, author, Pace.DAILY)
        factories.comment(place)
    own = factories.comment(thread, person=author)
    services.follow_own(own, author.contact, author, Pace.AT_ONCE)
    do_jobs()
    tasks.gather()
    return Digest.objects.get()


def stop_link(digest: Digest) -> str:
    """Where its mail program's button posts to, which is also the link in its words."""
    message = digests.message_of(digest, digests.wanted_parts(digest))
    (link,) = re.findall(r"<(http[^>]+)>", message.headers["List-Unsubscribe"])
    assert link in message.text
    return str(link)


def left() -> list[tuple[str, str]]:
    """What is still wished for."""
    wishes = Subscription.objects.active().order_by("pk")
    return [(wish.scope, wish.thread.title if wish.thread else "") for wish in wishes]


def test_the_page_of_a_digest_shows_each_wish_it_told_of(digest: Digest, client: Client) -> None:
    page = client.get(stop_link(digest)).content.decode()
    for wish in Subscription.objects.filter(scope="thread"):
        assert f'name="wish" value="{wish.pk}"' in page
    assert page.count("every new comment on “") == 4  # the line, and its button
    assert page.count("Stop all of this kind") == 1
    assert "when your comment on" not in page


def test_one_wish_of_a_digest_is_stopped_and_the_page_says_which(
    digest: Digest, browser: Client, thread: Thread
) -> None:
    url, wish = stop_link(digest), Subscription.objects.get(scope="thread", thread=thread)
    answer = browser.post(url, {"which": "these", "wish": wish.pk}, follow=True)
    assert [scope for scope, _title in left()] == ["thread", "own"]
    assert answer.content.decode().count('<span class="badge none">stopped</span>') == 1
    assert not Subscription.objects.active().filter(pk=wish.pk).exists()


def test_all_of_a_kind_is_stopped_from_a_digest(digest: Digest, browser: Client) -> None:
    wish = Subscription.objects.filter(scope="thread").first()
    assert wish
    browser.post(stop_link(digest), {"which": "kind", "wish": wish.pk})
    assert [scope for scope, _title in left()] == ["own"]


def test_one_click_on_a_digest_ends_all_that_comes_together_and_nothing_else(
    digest: Digest, author: Person
) -> None:
    third = factories.thread(digest.site)
    services.follow_thread(third, author.contact, author, Pace.WEEKLY)  # not told of this time
    bare = Client(enforce_csrf_checks=True)
    answer = bare.post(stop_link(digest), {"List-Unsubscribe": "One-Click"})
    assert (answer.status_code, answer.cookies) == (200, {})
    assert [scope for scope, _title in left()] == ["own"]
    assert Contact.objects.get(pk=author.contact_id).paused_at is None


def test_one_click_ends_what_was_gathered_though_it_is_wanted_at_once(
    digest: Digest, client: Client
) -> None:
    Subscription.objects.update(pace=Pace.AT_ONCE)
    client.post(stop_link(digest), {"List-Unsubscribe": "One-Click"})
    assert [scope for scope, _title in left()] == ["own"]


def test_one_click_leaves_the_digests_of_another_site(
    digest: Digest, author: Person, client: Client
) -> None:
    elsewhere = factories.site(host="elsewhere.example", base_url="https://elsewhere.example")
    services.follow_thread(factories.thread(elsewhere), author.contact, author, Pace.DAILY)
    client.post(stop_link(digest), {"List-Unsubscribe": "One-Click"})
    assert len(left()) == 2


def test_everything_is_stopped_from_a_digest(digest: Digest, browser: Client) -> None:
    answer = browser.post(stop_link(digest), {"which": "all"}, follow=True)
    assert "E-mails are stopped" in answer.content.decode()
    assert left() == []


@pytest.mark.parametrize("wish", ["", "0", "x", "²", "9" * 30])
def test_a_button_about_no_wish_stops_nothing(digest: Digest, client: Client, wish: str) -> None:
    before = left()
    assert client.post(stop_link(digest), {"which": "these", "wish": wish}).status_code == 302
    assert left() == before


def test_the_link_of_one_digest_stops_nobody_elses_wish(
    digest: Digest, thread: Thread, client: Client
) -> None:
    other = factories.guest("Otto", proven=True)
    services.follow_thread(thread, other.contact, other)
    wish = Subscription.objects.get(person=other)
    client.post(stop_link(digest), {"which": "these", "wish": wish.pk})
    assert Subscription.objects.active().filter(pk=wish.pk).exists()


def test_the_link_still_works_when_nobody_knows_what_the_digest_told(
    digest: Digest, client: Client
) -> None:
    url = stop_link(digest)
    Digest.objects.all().delete()
    assert "every new comment on" in client.get(url).content.decode()
    assert client.post(url, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert "thread" not in [scope for scope, _title in left()]


def test_who_gets_e_mails_from_another_site_too_reads_that_stopping_all_ends_them(
    digest: Digest, author: Person, client: Client
) -> None:
    words = "To stop all also ends your e-mails from Inland."
    urls = [
        stop_link(digest),
        links.stop_url(digest.site, digest.contact),
        links.choose_url(digest.site, digest.contact),
    ]
    assert all(words not in client.get(url).content.decode() for url in urls)
    inland = factories.site(name="Inland", host="inland.example", base_url="https://inland.example")
    services.follow_thread(factories.thread(inland), author.contact, author)
    assert all(words in client.get(url).content.decode() for url in urls)
