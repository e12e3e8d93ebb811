"""E-mails that are asked for together, and still each decided for its own receiver."""

from collections.abc import Iterator
from email import message_from_bytes, policy

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings

from community.accounts.models import Person
from community.comments.models import Comment
from community.contacts.models import Contact
from community.mail import tasks
from community.mail.message import Message
from community.mail.models import MailState
from community.mail.sender import LeaseLost, Skip
from community.sites.models import Site
from community.subscriptions import notices, services, turns
from community.subscriptions.models import Delay, Delivery, Mute, Subscription, Timing
from community.threads.models import Thread
from tests import factories
from tests.mail.smtp_server import SmtpServer, serving
from tests.subscriptions.helpers import do_jobs

pytestmark = [pytest.mark.both, pytest.mark.django_db]


@pytest.fixture
def server(settings: Settings) -> Iterator[SmtpServer]:
    """A mail server that takes everything."""
    with serving() as running:
        settings.MAIL_URL = running.url
        yield running


def follow(thread: Thread, number: int) -> list[Contact]:
    """So many people who wait for comments."""
    contacts = [factories.contact(f"follower{turn}@example.org") for turn in range(number)]
    for contact in contacts:
        person = Person.objects.create(name="Follower", contact=contact)
        services.follow_thread(thread, contact, person)
    return contacts


def told(thread: Thread) -> Comment:
    """A comment of which rows tell."""
    comment = factories.comment(thread)
    do_jobs()
    return comment


def claimed(number: int) -> list[Delivery]:
    """A batch that has been looked at as a whole."""
    batch = notices.due().claim(number)
    turns.look_ahead(batch)
    return batch


def test_each_further_e_mail_of_a_batch_costs_its_hand_over_and_its_end(
    server: SmtpServer, thread: Thread
) -> None:
    follow(thread, 12)
    told(thread)
    later = Delivery.objects.filter(pk__in=list(Delivery.objects.values_list("pk", flat=True)[4:]))
    later.update(state=MailState.SKIPPED)
    few = statements_of_a_turn()
    assert len(server.arrived) == 4
    later.update(state=MailState.WAITING)
    many = statements_of_a_turn()
    assert len(server.arrived) == 12
    # The note, the end.
    assert many - few <= 4 * 2


def statements_of_a_turn() -> int:
    """How many statements one turn of sending takes."""
    with CaptureQueriesContext(connection) as asked:
        tasks.send_due()
    return len(asked)


def test_in_one_batch_everybody_s_wish_is_kept(thread: Thread) -> None:
    stopped, muted, sleeping, happy = follow(thread, 4)
    told(thread)
    Subscription.objects.filter(contact=stopped).end()
    Mute.objects.create(contact=muted, thread=thread)
    hour = timezone.now().hour
    Timing.objects.create(contact=sleeping, quiet_from=hour, quiet_until=(hour + 2) % 24)
    outcome = {row.contact_id: turns.compose(row) for row in claimed(4)}
    assert outcome[stopped.pk] == Skip("stopped")
    assert outcome[muted.pk] == Skip("thread-muted")
    assert Delivery.objects.get(contact=sleeping).delay == Delay.QUIET
    assert isinstance(outcome[happy.pk], Message)


def test_of_two_e_mails_to_one_person_in_a_batch_one_leaves_and_one_is_gathered(
    thread: Thread,
) -> None:
    follow(thread, 2)
    first, second = told(thread), told(thread)
    for row in claimed(4):
        turns.compose(row)
    assert set(Delivery.objects.filter(comment=first).values_list("delay", flat=True)) == {""}
    gathered = Delivery.objects.gathered().filter(comment=second)
    assert set(gathered.values_list("delay", flat=True)) == {Delay.GATHERED}
    assert gathered.count() == 2


def test_an_answer_for_a_batch_is_asked_again_when_it_is_old(
    thread: Thread, monkeypatch: pytest.MonkeyPatch
) -> None:
    (contact,) = follow(thread, 1)
    told(thread)
    (row,) = claimed(1)
    Subscription.objects.filter(contact=contact).end()
    monkeypatch.setattr(turns, "CLEARED_FOR", 0.0)
    assert turns.compose(row) == Skip("stopped")


def test_what_was_cleared_but_not_sent_leaves_with_the_next_batch(thread: Thread) -> None:
    follow(thread, 2)
    told(thread)
    claimed(2)
    Delivery.objects.update(lease_until=None)
    assert [type(turns.compose(row)) for row in claimed(2)] == [Message, Message]


def test_a_batch_of_which_another_worker_has_taken_one_row_clears_none(thread: Thread) -> None:
    follow(thread, 2)
    told(thread)
    batch = notices.due().claim(2)
    Delivery.objects.filter(pk=batch[0].pk).update(lease_until=timezone.now())
    with pytest.raises(LeaseLost):
        turns.look_ahead(batch)
    assert not Delivery.objects.exclude(begun_at=None).exists()


def test_what_is_said_to_all_alike_holds_the_links_of_each(
    server: SmtpServer, thread: Thread, site: Site
) -> None:
    follow(thread, 3)
    told(thread)
    tasks.send_due()
    mails = [message_from_bytes(mail.content, policy=policy.default) for mail in server.arrived]
    links = [mail["List-Unsubscribe"].strip("<>") for mail in mails]
    assert len(set(links)) == 3
    for mail, link in zip(mails, links, strict=True):
        for part in mail.iter_parts():
            assert [other for other in links if other in part.get_content()] == [link]


def test_words_that_were_changed_meanwhile_are_not_told_as_before(
    thread: Thread, site: Site
) -> None:
    follow(thread, 1)
    told(thread)
    (row,) = notices.due().claim(1)
    assert "Old Street" not in notices.written(row).text
    row.comment.site.postal_address = "1 Old Street"
    assert "Old Street" in notices.written(row).text
