"""After a restore an administrator may have held e-mails sent, or never; nobody has to."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import timezone

from community.accounts.models import Person, User
from community.contacts.models import Contact
from community.mail import restores
from community.mail.models import MailState
from community.sites.models import Role, Site
from community.subscriptions import notices, services, tasks
from community.subscriptions.models import Delivery, Digest, Pace
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


# --- perhaps arrived ---


@pytest.fixture
def doubtful(thread: Thread, inbox: Inbox) -> Delivery:
    """An e-mail whose worker was killed twice between the note and the last dot."""
    person = Person.objects.create(name="Ann", contact=factories.contact("ann@example.org"))
    services.follow_thread(thread, person.contact, person)
    factories.comment(thread)
    do_jobs()
    Delivery.objects.update(handed_over=2)
    assert inbox.to("ann@example.org") == []
    return Delivery.objects.get(state=MailState.UNKNOWN)


def test_settings_tell_of_what_is_in_doubt_and_only_until_it_is_decided(
    administrator: Client, doubtful: Delivery
) -> None:
    assert PAGE in administrator.get("/moderation/settings/").content.decode()
    administrator.post(PAGE, {"act": "leave"})
    assert PAGE not in administrator.get("/moderation/settings/").content.decode()


def test_what_is_in_doubt_is_sent_once_more_under_its_own_name(
    administrator: Client, doubtful: Delivery, inbox: Inbox
) -> None:
    page = administrator.get(PAGE).content.decode()
    assert f'value="delivery-{doubtful.pk}"' in page
    assert "a…@example.org" in page
    administrator.post(PAGE, {"act": "again", "which": f"delivery-{doubtful.pk}"})
    (arrived,) = inbox.to("ann@example.org")
    contact = Contact.objects.get(pk=doubtful.contact_id)
    assert arrived["Message-ID"] == notices.comment_mail_id(doubtful.comment_id, contact)
    assert states() == [MailState.SENT]
    assert "No e-mail is in doubt." in administrator.get(PAGE).content.decode()


def test_what_is_sent_once_more_and_stopped_meanwhile_does_not_leave(
    administrator: Client, doubtful: Delivery, inbox: Inbox
) -> None:
    services.stop(doubtful.subscription)
    administrator.post(PAGE, {"act": "again", "which": f"delivery-{doubtful.pk}"})
    assert inbox.to("ann@example.org") == []


def test_what_is_left_stays_unsent_and_asks_nobody_any_more(
    administrator: Client, doubtful: Delivery, inbox: Inbox
) -> None:
    administrator.post(PAGE, {"act": "leave", "which": f"delivery-{doubtful.pk}"})
    administrator.post(PAGE, {"act": "again", "which": f"delivery-{doubtful.pk}"})
    assert inbox.to("ann@example.org") == []
    assert states() == [MailState.UNKNOWN]
    assert "No e-mail is in doubt." in administrator.get(PAGE).content.decode()


def test_after_a_third_loss_it_is_sent_no_more(
    administrator: Client, doubtful: Delivery, inbox: Inbox
) -> None:
    administrator.post(PAGE, {"act": "again", "which": f"delivery-{doubtful.pk}"})
    Delivery.objects.update(handed_over=2)
    assert inbox.to("ann@example.org") == []
    assert states() == [MailState.UNKNOWN]


def test_a_digest_in_doubt_is_sent_with_all_its_parts(
    administrator: Client, thread: Thread, inbox: Inbox
) -> None:
    ann = Person.objects.create(name="Ann", contact=factories.contact("ann@example.org"))
    services.follow_thread(thread, ann.contact, ann, Pace.DAILY)
    for words in ("The first.", "The second."):
        factories.comment(thread, words)
    do_jobs()
    tasks.gather()
    Digest.objects.update(handed_over=2, due=timezone.now())
    assert inbox.to("ann@example.org") == []
    assert states() == [MailState.UNKNOWN] * 2
    (digest,) = Digest.objects.all()
    page = administrator.get(PAGE).content.decode()
    assert f'value="digest-{digest.pk}"' in page
    assert "delivery-" not in page  # its parts go with it

    administrator.post(PAGE, {"act": "again", "which": f"digest-{digest.pk}"})

    (arrived,) = inbox.to("ann@example.org")
    assert "2 new comments" in arrived["Subject"]
    assert states() == [MailState.SENT] * 2


@pytest.mark.parametrize("which", ["delivery-0", "delivery-x", "digest-²", "elsewhere-1", "-"])
@pytest.mark.parametrize("act", ["again", "leave"])
def test_a_button_about_no_e_mail_changes_nothing(
    administrator: Client, doubtful: Delivery, which: str, act: str
) -> None:
    administrator.post(PAGE, {"act": act, "which": which})
    assert Delivery.objects.in_doubt().get() == doubtful


def test_what_is_in_doubt_on_another_site_is_not_theirs_to_decide(
    doubtful: Delivery, browser_of: Callable[[User], Client]
) -> None:
    elsewhere = factories.site(host="localhost", base_url="http://localhost")
    stranger = browser_of(factories.member(site=elsewhere, role=Role.ADMINISTRATOR))
    given = {"act": "again", "which": f"delivery-{doubtful.pk}"}
    assert stranger.post(PAGE, given, headers={"Host": "localhost"}).status_code == 302
    assert Delivery.objects.in_doubt().get() == doubtful


def test_what_was_let_go_after_a_restore_is_in_no_doubt_any_more(
    administrator: Client, held: Inbox
) -> None:
    administrator.post(PAGE, {"act": "drop"})
    assert not Delivery.objects.in_doubt().exists()
