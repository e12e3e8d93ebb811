"""Earlier rules can be looked at and brought back; a thread may have rules of its own."""

import pytest
from django.test import Client

from community.accounts.models import Person, User
from community.comments.models import Comment, Status
from community.sites.models import Site
from community.threads.models import Thread
from moderation import policies
from tests import factories
from tests.moderation.posting import write
from tests.pages.posting import text_of
from tests.roles import BROWSER

VERSIONS = "/moderation/settings/rules/"


@pytest.fixture
def desk(administrator: User) -> Client:
    """The console as an administrator has it."""
    client = Client(headers=BROWSER)
    client.force_login(administrator)
    return client


@pytest.fixture
def stricter(site: Site, administrator: User) -> None:
    """A second version that holds more."""
    policy = policies.current(site)
    policy.hold_everything, policy.moderation_words = True, "casino\nponzi"
    policies.save(policy, seen=1, by=administrator)


def test_each_version_tells_what_it_changed(desk: Client, stricter: None) -> None:
    page = text_of(desk.get(VERSIONS))
    assert "Version 2 holds now" in page
    assert "every comment waits no yes" in page
    assert "casino, ponzi" in page
    assert "What Parley begins with." in page


def test_an_earlier_version_is_brought_back_as_a_new_one(
    site: Site, desk: Client, stricter: None
) -> None:
    assert desk.post(f"{VERSIONS}1/", {"seen": 2}).status_code == 302
    now = policies.current(site)
    assert (now.number, now.hold_everything, now.moderation_words) == (3, False, "")


def test_whoever_brings_back_what_somebody_else_has_replaced_is_told(
    site: Site, desk: Client, stricter: None
) -> None:
    answer = desk.post(f"{VERSIONS}1/", {"seen": 1}, follow=True)
    assert "Somebody has saved other rules meanwhile" in text_of(answer)
    assert policies.current(site).number == 2


def test_many_versions_are_shown_page_by_page(site: Site, desk: Client) -> None:
    for number in range(1, 25):
        policy = policies.current(site)
        policy.flood_seconds = number
        policies.save(policy, seen=number, by=None)
    first = desk.get(VERSIONS).content.decode()
    assert first.count("<h2>") == 20
    assert "?after=6" in first
    rest = text_of(desk.get(f"{VERSIONS}?after=6"))
    assert "Version 5" in rest
    assert "Version 6 " not in rest


def test_a_heated_thread_lets_every_comment_wait(
    thread: Thread, author: Person, moderator: User
) -> None:
    factories.comment(thread, "Here before.", person=author)
    Comment.objects.update(created_at="2026-01-01T00:00Z")
    client = Client(headers=BROWSER)
    client.force_login(moderator)
    address = f"/moderation/threads/{thread.pk}/rules/"
    assert client.get(address).status_code == 200
    answer = client.post(address, {"seen": 0, "hold_everything": "true", "link_threshold": ""})
    assert answer.status_code == 302
    assert write(thread, "Heated words.", person=author).status == Status.HELD
    stale = client.post(address, {"seen": 0, "hold_everything": "", "link_threshold": ""})
    assert stale.status_code == 409
    client.post(address, {"seen": 1, "hold_everything": "", "link_threshold": ""})
    assert policies.in_force(thread.site, thread).hold_everything is False


def test_a_wrong_number_is_refused_beside_its_field(thread: Thread, moderator: User) -> None:
    client = Client(headers=BROWSER)
    client.force_login(moderator)
    answer = client.post(f"/moderation/threads/{thread.pk}/rules/", {"link_threshold": 99})
    assert answer.status_code == 422
    assert 'value="99"' in answer.content.decode()
