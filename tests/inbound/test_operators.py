"""What administrators see of the mail that came back."""

from collections.abc import Callable

import pytest
from django.test import Client

from community.accounts.models import Person, User
from community.comments.models import Comment
from community.inbound import events, keeping, services
from community.inbound.events import Report
from community.inbound.models import AddressEvent, Answer, EventKind
from community.subscriptions.services import follow_author
from tests import factories

Letter = Callable[..., bytes]


@pytest.fixture
def came_back(rosa: Person, question: Comment, letter: Letter) -> None:
    """A report and an answer."""
    assert rosa.contact
    factories.comment(question.thread, person=rosa)
    events.note(Report(rosa.contact, EventKind.GONE, "mailbox", "1", "5.1.1"))
    services.receive(letter("empty"))


def test_reports_and_answers_are_listed_without_whole_addresses(
    came_back: None, administrator: User, browser_of: Callable[[User], Client]
) -> None:
    page = browser_of(administrator).get("/moderation/settings/e-mails/").content.decode()

    assert "Nobody reads this address" in page
    assert "r…@sender.example" in page
    assert "rosa@sender.example" not in page
    assert "no words of yours" in page


def test_another_site_sees_nothing_of_it(
    came_back: None, browser_of: Callable[[User], Client]
) -> None:
    other = factories.site(name="Inland", base_url="http://localhost", host="localhost")
    client = browser_of(factories.member(site=other, role="administrator"))

    page = client.get("/moderation/settings/e-mails/", headers={"Host": "localhost"})

    assert "sender.example" not in page.content.decode()
    assert "Nothing came back." in page.content.decode()


def test_a_person_takes_their_rows_with_them(came_back: None, rosa: Person) -> None:
    keeping.erase(rosa)

    assert AddressEvent.objects.count() == 0
    assert Answer.objects.count() == 0


def test_an_address_that_only_follows_an_author_here_is_one_of_this_site(
    rosa: Person, question: Comment, administrator: User, browser_of: Callable[[User], Client]
) -> None:
    assert rosa.contact
    assert question.person
    follow_author(question.person, question.site, rosa.contact, rosa)
    events.note(Report(rosa.contact, EventKind.GONE, "mailbox", "1", "5.1.1"))
    page = browser_of(administrator).get("/moderation/settings/e-mails/").content.decode()
    assert "r…@sender.example" in page
