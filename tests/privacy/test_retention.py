"""Personal data goes when its time is over, and not before."""

from datetime import timedelta

import pytest
from django.utils import timezone

from community.comments.models import Comment
from community.contacts.models import Contact
from community.mail.models import Email, MailState
from community.mail.services import post
from community.privacy import retention
from community.subscriptions.models import Scope, Subscription
from community.threads.models import Thread
from tests import factories


def age(rows: object, days: int) -> None:
    rows.update(created_at=timezone.now() - timedelta(days=days))  # type: ignore[attr-defined]


@pytest.mark.parametrize(("days", "kept"), [(29, True), (31, False)])
def test_from_where_a_comment_came_is_forgotten(thread: Thread, days: int, kept: bool) -> None:
    factories.comment(thread)
    age(Comment.objects, days)
    retention.forget()
    assert bool(Comment.objects.get().network) is kept


@pytest.mark.parametrize(("days", "kept"), [(6, True), (8, False)])
def test_a_wish_nobody_confirmed_is_forgotten_with_its_address(
    thread: Thread, days: int, kept: bool
) -> None:
    contact = factories.contact(proven=False)
    Subscription.objects.create(contact=contact, thread=thread, scope=Scope.THREAD)
    age(Subscription.objects, days)
    age(Contact.objects, days)
    retention.forget()
    assert Subscription.objects.exists() is kept
    assert Contact.objects.exists() is kept


def test_a_confirmed_wish_stays(thread: Thread) -> None:
    contact = factories.contact()
    Subscription.objects.create(
        contact=contact, thread=thread, scope=Scope.THREAD, confirmed_at=timezone.now()
    )
    age(Subscription.objects, 400)
    retention.forget()
    assert Subscription.objects.exists()


@pytest.mark.parametrize(("state", "kept"), [(MailState.SENT, False), (MailState.WAITING, True)])
@pytest.mark.django_db
def test_the_words_of_sent_e_mails_are_forgotten(state: MailState, kept: bool) -> None:
    post(kind="account", to="rosa@example.org", subject="Hello", text="Words")
    Email.objects.update(state=state)
    age(Email.objects, 31)
    retention.forget()
    assert Email.objects.exists() is kept
