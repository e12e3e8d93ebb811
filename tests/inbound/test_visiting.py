"""An address that is paused: its owner reads why, and says with one press that it works again."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import timezone

from community.accounts.models import Person
from community.comments.models import Comment
from community.contacts import health
from community.contacts.health import Why
from community.contacts.models import Contact
from community.mail.models import Email
from community.threads.models import Thread
from tests import factories
from tests.inbox import Inbox

BrowserOf = Callable[[Person], Client]
PRESS = "This address works again"


@pytest.mark.parametrize("why", [Why.GONE, Why.FAILING, Why.COMPLAINT])
def test_its_owner_reads_it_on_both_pages_and_one_press_ends_it(
    thread: Thread, author: Person, browser_of: BrowserOf, why: Why
) -> None:
    assert author.contact
    health.pause(author.contact.pk, why)
    browser = browser_of(author)

    for page in ("/me/", "/articles/tides/"):
        assert PRESS in browser.get(page).content.decode()
    said = browser.post("/e-mails/again/", follow=True).content.decode()

    contact = Contact.objects.get(pk=author.contact_id)
    assert contact.paused_at is None
    assert contact.bounce_score == 0
    assert "goes to your address again" in said
    assert PRESS not in said


def test_nobody_else_reads_it(
    thread: Thread, author: Person, reader: Person, browser_of: BrowserOf
) -> None:
    assert author.contact
    health.pause(author.contact.pk, Why.GONE)

    assert PRESS not in browser_of(reader).get("/articles/tides/").content.decode()
    assert PRESS not in Client().get("/articles/tides/").content.decode()


def test_whoever_stopped_all_e_mails_is_not_asked(
    thread: Thread, author: Person, browser_of: BrowserOf
) -> None:
    assert author.contact
    health.pause(author.contact.pk, Why.STOPPED)

    assert PRESS not in browser_of(author).get("/me/").content.decode()


def wrote_with(thread: Thread, reader: Person, address: Contact) -> Comment:
    """A comment of somebody who typed an address that they have not confirmed."""
    return factories.comment(thread, person=reader, email=address.address)


def test_an_address_that_was_never_confirmed_is_asked_once_more(
    thread: Thread, reader: Person, browser_of: BrowserOf, inbox: Inbox
) -> None:
    typed = factories.contact("typo@example.org", proven=False)
    wrote_with(thread, reader, typed)
    health.pause(typed.pk, Why.GONE)
    browser = browser_of(reader)
    assert PRESS in browser.get("/me/").content.decode()

    browser.post("/e-mails/again/")

    assert len(inbox.to("typo@example.org")) == 1
    assert Contact.objects.get(pk=typed.pk).proven_at is None


@pytest.mark.parametrize(("why", "proven"), [(Why.COMPLAINT, False), (Why.GONE, True)])
def test_a_stranger_cannot_wake_an_address(
    thread: Thread, reader: Person, browser_of: BrowserOf, why: Why, proven: bool
) -> None:
    theirs = factories.contact("owner@example.org", proven=proven)
    wrote_with(thread, reader, theirs)
    health.pause(theirs.pk, why)

    browser_of(reader).post("/e-mails/again/")

    assert Contact.objects.get(pk=theirs.pk).paused_at is not None
    assert not Email.objects.filter(to="owner@example.org", created_at__lt=timezone.now()).exists()
