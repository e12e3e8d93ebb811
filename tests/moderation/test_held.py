"""After a restore an administrator may have held e-mails sent, or never; nobody has to."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import timezone

from community.accounts.models import Person, User
from community.mail import restores
from community.mail.models import MailState
from community.sites.models import Role, Site
from community.subscriptions import services
from community.subscriptions.models import Delivery
from community.threads.models import Thread
from tests import factories
from tests.inbox import Inbox
from tests.subscriptions.helpers import do_jobs

PAGE = "/moderation/settings/held-e-mails/"


@pytest.fixture
def administrator(site: Site, browser_of: Callable[[User], Client]) -> Client:
    return browser_of(factories.member(site=site, role=Role.ADMINISTRATOR))


@pytest.fixture
def held(thread: Thread, inbox: Inbox) -> Inbox:
    """One e-mail that may have left before the restore."""
    person = Person.objects.create(name="Ann", contact=factories.contact("ann@example.org"))
    services.follow_thread(thread, person.contact, person)
    factories.comment(thread)
    do_jobs()
    restores.note(restores.RESTORED, timezone.now())
    assert inbox.to("ann@example.org") == []
    return inbox


def states() -> list[str]:
    return list(Delivery.objects.values_list("state", flat=True))


def test_settings_tell_of_what_is_held_and_only_then(
    administrator: Client, site: Site, request: pytest.FixtureRequest
) -> None:
    assert PAGE not in administrator.get("/moderation/settings/").content.decode()
    request.getfixturevalue("held")
    assert PAGE in administrator.get("/moderation/settings/").content.decode()


def test_what_is_held_is_sent_on_the_word_of_an_administrator(
    administrator: Client, held: Inbox
) -> None:
    assert "1 e-mail is held back" in administrator.get(PAGE).content.decode()
    answer = administrator.post(PAGE, {"act": "send"}, follow=True).content.decode()
    assert "1 e-mail is sent now." in answer
    assert len(held.to("ann@example.org")) == 1
    assert states() == [MailState.SENT]


def test_what_is_held_is_never_sent_if_that_is_wanted(administrator: Client, held: Inbox) -> None:
    administrator.post(PAGE, {"act": "drop"})
    assert held.to("ann@example.org") == []
    assert states() == [MailState.UNKNOWN]
    assert "No e-mail is held back." in administrator.get(PAGE).content.decode()


def test_what_is_held_of_another_site_is_not_theirs_to_decide(
    held: Inbox, browser_of: Callable[[User], Client]
) -> None:
    Delivery.objects.update(state=MailState.HELD)
    elsewhere = factories.site(host="elsewhere.example", base_url="https://elsewhere.example")
    stranger = browser_of(factories.member(site=elsewhere, role=Role.ADMINISTRATOR))
    assert stranger.post(PAGE, {"act": "send"}).status_code in {403, 404}
    assert states() == [MailState.HELD]
