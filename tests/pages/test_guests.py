"""Names that belong to someone, and guests who come back or become members."""

from collections.abc import Callable

import pytest
from django.conf import settings
from django.test import Client

from community.accounts.models import Person, User
from community.comments.models import Comment, Status
from community.sites.models import Site
from community.threads.models import Thread
from tests import factories
from tests.pages.posting import post, posted, text_of

BrowserOf = Callable[[Person | User], Client]

BORROWED = [
    "Ada",
    "ADA",
    "A d a",
    "\u0410d\u0430",  # Cyrillic
    "Ａｄａ",
    "Adä",
    "@da",
    "Ada.",
    "Ada\u200b",
    "Moderator",
    "M0derator",
    "Admin",
    "The Harbour Post",
    "Thе Hаrbour Pоst",
]


@pytest.mark.parametrize("name", BORROWED)
def test_the_name_of_who_runs_the_site_cannot_be_borrowed(
    browser: Client, thread: Thread, administrator: User, name: str
) -> None:
    answer = post(browser, thread, name=name)

    assert answer.status_code == 422
    assert "This name belongs to someone who runs this site." in answer.content.decode()
    assert not Comment.objects.exists()


@pytest.mark.parametrize("name", ["Adam", "Anna", "Линда", "小林", "Adaeze", "O’Connor"])
def test_other_names_are_free(
    browser: Client, thread: Thread, administrator: User, name: str
) -> None:
    assert posted(browser, thread, name=name).author_name == name


def test_a_guest_is_known_again_by_the_cookie(browser: Client, thread: Thread) -> None:
    comment = posted(browser, thread)

    page = browser.get("/me/")

    assert comment.body in text_of(page)
    assert "This browser knows you by a cookie" in text_of(page)


@pytest.mark.parametrize("cookie", ["", "x", "x:y:z", "InN0cmluZyI:1uAAAA:bad", "\xff"])
def test_a_forged_cookie_is_nobody(site: Site, cookie: str) -> None:
    client = Client()
    client.cookies[settings.GUEST_COOKIE_NAME] = cookie

    assert client.get("/me/").status_code == 302


def test_a_member_claims_what_they_wrote_as_a_guest_in_this_browser(
    browser: Client, thread: Thread
) -> None:
    comment = posted(browser, thread, name="Rosa the guest")
    member = factories.member("Rosa Luz")
    browser.force_login(member)
    assert "Are these yours?" in text_of(browser.get("/me/"))

    page = text_of(browser.post("/me/claim/", {"comment": comment.pk}, follow=True))

    assert "1 comment is yours now." in page
    comment.refresh_from_db()
    assert comment.person == member.person


def test_a_member_claims_what_was_written_with_their_confirmed_address(
    browser: Client, thread: Thread, browser_of: BrowserOf
) -> None:
    member = factories.member("Rosa Luz")
    comment = posted(browser, thread, email=member.email)

    browser_of(member).post("/me/claim/", {"comment": comment.pk})

    comment.refresh_from_db()
    assert comment.person == member.person


@pytest.mark.parametrize("ticked", ["9" * 30, "x", "²", "-1", "\0"])
def test_nobody_claims_the_words_of_others(
    browser: Client, thread: Thread, browser_of: BrowserOf, ticked: str
) -> None:
    comment = posted(browser, thread)
    stranger = browser_of(factories.member("Mallory"))

    answer = stranger.post("/me/claim/", {"comment": [str(comment.pk), ticked]})

    assert answer.status_code == 302
    comment.refresh_from_db()
    assert comment.person != User.objects.get(name="Mallory").person


def test_an_unknown_visitor_has_no_page_of_their_own(browser: Client, site: Site) -> None:
    assert browser.get("/me/")["Location"] == "/accounts/login/"
    assert browser.post("/me/claim/")["Location"] == "/accounts/login/"


def test_ones_own_page_tells_how_each_comment_stands(
    thread: Thread, author: Person, browser_of: BrowserOf
) -> None:
    told = {
        Status.PUBLISHED: "Published",
        Status.HELD: "A moderator will look at this comment.",
        Status.SPAM: "A moderator will look at this comment.",
        Status.REJECTED: "A moderator did not publish this comment.",
        Status.WITHDRAWN: "Deleted by its author.",
    }
    for status in told:
        factories.comment(thread, f"This is {status}.", status=status, person=author)

    page = text_of(browser_of(author).get("/me/"))

    for sentence in told.values():
        assert sentence in page
