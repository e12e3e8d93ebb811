"""Deleting an account, or what is known of a guest: afterwards nothing in any table names them."""

from collections.abc import Callable, Iterator

import pytest
from allauth.account.models import EmailAddress
from django.apps import apps
from django.test import Client

from community.accounts.models import Person, User
from community.comments.models import Comment
from community.threads.models import Thread
from tests import factories
from tests.inbox import Inbox
from tests.pages.posting import posted, text_of

BrowserOf = Callable[[Person | User], Client]

NAME = "Xanthippe"
ADDRESS = "xanthippe@example.org"
WORDS = "Quokkas"
SURE = {"words": "delete", "sure": "on"}


def traces(*needles: str) -> Iterator[str]:
    """Where in the database one of these can still be read."""
    for model in apps.get_models():
        for row in model._base_manager.values():
            for column, value in row.items():
                if any(needle.lower() in str(value).lower() for needle in needles):
                    yield f"{model._meta.label}.{column}: {value}"


def test_a_guest_whose_address_was_never_confirmed(
    browser: Client, thread: Thread, moderator: User, inbox: Inbox
) -> None:
    posted(browser, thread, name=NAME, email=ADDRESS, body=f"{WORDS} like tides.", follow="own")
    inbox.fetch()
    assert list(traces(ADDRESS))

    page = text_of(browser.post("/me/delete/", SURE, follow=True))

    assert "We know nothing of you any more." in page
    assert list(traces(NAME, ADDRESS, WORDS)) == []
    assert browser.get("/me/").status_code == 302


def test_a_member_with_everything(
    thread: Thread, moderator: User, browser_of: BrowserOf, browser: Client, inbox: Inbox
) -> None:
    user = factories.member(NAME)
    User.objects.filter(pk=user.pk).update(email=ADDRESS)
    EmailAddress.objects.create(user=user, email=ADDRESS, primary=True, verified=True)
    person = user.person
    person.contact = factories.contact(ADDRESS)
    person.save()
    member = browser_of(User.objects.get(pk=user.pk))
    comment = posted(member, thread, body=f"{WORDS} like tides.", follow="own")
    posted_by_guest = factories.comment(thread, "An answer.")
    member.post(f"/comments/{posted_by_guest.pk}/vote/", {"value": "1"})
    factories.comment(thread, "Do they?", parent=comment) if comment.is_public else None
    inbox.fetch()

    member.post("/me/delete/", SURE)

    assert list(traces(NAME, ADDRESS, WORDS)) == []
    assert not User.objects.filter(pk=user.pk).exists()
    posted_by_guest.refresh_from_db()
    assert posted_by_guest.score == 0


def test_words_may_stay_without_the_name(
    thread: Thread, author: Person, browser_of: BrowserOf, browser: Client
) -> None:
    comment = factories.comment(thread, f"{WORDS} like tides.", person=author)
    factories.comment(thread, "Do they?", parent=comment)
    Comment.objects.filter(pk=comment.pk).update(author_name=NAME)

    browser_of(author).post("/me/delete/", {"words": "keep", "sure": "on"})

    page = text_of(browser.get("/articles/tides/"))
    assert f"{WORDS} like tides." in page
    assert "Someone" in page
    assert "Do they?" in page
    assert list(traces(NAME)) == []


@pytest.mark.parametrize("given", [{}, {"words": "delete"}, {"words": "burn", "sure": "on"}])
def test_nothing_is_deleted_without_a_clear_yes(
    thread: Thread, author: Person, browser_of: BrowserOf, given: dict[str, str]
) -> None:
    answer = browser_of(author).post("/me/delete/", given)

    assert answer.status_code == 422
    assert Person.objects.filter(pk=author.pk).exists()


def test_the_last_administrator_cannot_leave_a_site_alone(
    administrator: User, browser_of: BrowserOf
) -> None:
    answer = browser_of(administrator).post("/me/delete/", SURE)

    assert answer.status_code == 422
    assert "needs at least one administrator" in answer.content.decode()
    assert User.objects.filter(pk=administrator.pk).exists()
