"""How a form was filled in: programs betray themselves, people are not suspected."""

import pytest
from django.test import Client

from community.accounts.models import Person
from community.comments.models import Comment, Status
from community.comments.screening import Manner
from community.sites.models import Site
from community.threads.models import Thread
from moderation import policies
from tests import factories
from tests.moderation.posting import reasons, write
from tests.pages.posting import posted


@pytest.fixture
def known(thread: Thread, author: Person) -> Person:
    """Somebody whose comments appear at once."""
    factories.comment(thread, "Here before.", person=author)
    Comment.objects.update(created_at="2026-01-01T00:00Z")
    return author


@pytest.mark.parametrize(
    ("manner", "status", "reason"),
    [
        pytest.param(Manner(), Status.PUBLISHED, None, id="nothing is known"),
        pytest.param(Manner(seconds=40), Status.PUBLISHED, None, id="typed"),
        pytest.param(Manner(seconds=2), Status.PUBLISHED, None, id="typed fast"),
        pytest.param(Manner(seconds=1), Status.HELD, "haste", id="not typed"),
        pytest.param(Manner(trapped=True, seconds=40), Status.HELD, "trap", id="trapped"),
    ],
)
def test_what_the_form_tells(
    thread: Thread, known: Person, manner: Manner, status: Status, reason: str | None
) -> None:
    comment = write(thread, person=known, manner=manner)
    assert comment.status == status
    assert set(reasons(comment)) == {"known"} | ({reason} if reason else set())


def test_both_rules_can_be_switched_off(site: Site, thread: Thread, known: Person) -> None:
    policy = policies.current(site)
    policy.trap, policy.typing_seconds = False, 0
    policies.save(policy, seen=1, by=None)
    comment = write(thread, person=known, manner=Manner(trapped=True, seconds=0))
    assert comment.status == Status.PUBLISHED


@pytest.mark.parametrize("claimed", ["", "soon", "-1", "1e9", "²"])
def test_a_claim_that_is_no_number_says_nothing(
    browser: Client, thread: Thread, claimed: str
) -> None:
    comment = posted(browser, thread, seconds=claimed)
    assert set(reasons(comment)) == {"first"}


def test_the_field_for_programs_is_out_of_reach_for_people(browser: Client, thread: Thread) -> None:
    page = browser.get("/articles/tides/").content.decode()
    field = page.partition('name="homepage"')[2].partition(">")[0]
    assert 'tabindex="-1"' in field
    assert 'autocomplete="off"' in field
    comment = posted(browser, thread, homepage="https://shop.example")
    assert set(reasons(comment)) == {"first", "trap"}
