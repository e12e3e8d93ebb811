"""Times in e-mails: in the zone of whoever reads them, and always with its name."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
import time_machine
from django.conf import settings

from community.accounts.models import User
from community.comments.models import Comment
from community.contacts.models import Contact
from community.mail.models import Email
from community.outbox import services as outbox
from community.sites.models import Site
from community.subscriptions import speaking
from community.subscriptions.models import Timing
from community.threads.models import Thread
from moderation import consequences, mails, sanctions
from moderation.models import Kind
from tests import factories
from tests.moderation.posting import write

NOON = datetime(2026, 11, 23, 12, 5, tzinfo=UTC)
IN_AN_E_MAIL = sorted((Path(settings.BASE_DIR) / "templates/mail").rglob("*"))


def lives_in(contact: Contact | None, zone: str) -> None:
    """Somebody said so when they chose their e-mails."""
    Timing.objects.create(contact=contact, zone=zone)


def text_to(user: User) -> str:
    """The newest e-mail to a moderator."""
    return Email.objects.filter(to=user.email).latest("pk").text


def test_each_moderator_reads_when_a_comment_was_written_in_their_own_zone(
    thread: Thread, moderator: User, administrator: User
) -> None:
    lives_in(administrator.person.contact, "Asia/Tokyo")
    with time_machine.travel(NOON, tick=False):
        write(thread)
        outbox.work()
    assert "Nov. 23, 2026, 12:05 p.m. UTC" in text_to(moderator)
    assert "Nov. 23, 2026, 9:05 p.m. JST" in text_to(administrator)


def test_who_is_suspended_reads_until_when_in_their_own_zone(comment: Comment) -> None:
    assert comment.person
    lives_in(comment.person.contact, "Europe/Berlin")
    sanction = sanctions.Sanction.objects.create(
        site=comment.site,
        kind=Kind.SUSPEND,
        person=comment.person,
        ends_at=datetime(2031, 3, 4, 12, 30, tzinfo=UTC),
    )
    assert comment.person.contact
    consequences.write(sanction, comment.person.contact)
    assert "March 4, 2031, 13:30 CET" in Email.objects.get(kind="sanction").text


@pytest.fixture
def comment(thread: Thread) -> Comment:
    """A comment by somebody whose address is confirmed."""
    return factories.comment(thread, person=factories.guest("Rosa", proven=True))


def test_the_day_an_objection_is_due_ends_where_its_moderator_lives(
    site: Site, moderator: User
) -> None:
    lives_in(moderator.person.contact, "America/New_York")
    late = datetime(2026, 11, 24, 2, tzinfo=UTC)
    with speaking.to_moderator(moderator, site):
        assert mails.told_clock(late) == "9 p.m. EST"


def test_whoever_never_said_where_they_live_reads_utc(author: object, site: Site) -> None:
    stranger = factories.contact("stranger@example.org")
    assert str(speaking.zone_of(contact=stranger)) == "UTC"


@pytest.mark.parametrize(
    "path", [path for path in IN_AN_E_MAIL if path.is_file()], ids=lambda path: path.name
)
def test_no_e_mail_tells_a_time_without_its_zone(path: Path) -> None:
    words = path.read_text()
    times = re.findall(r"(?:DATETIME_FORMAT|TIME_FORMAT|H:i)\"[^}]*}}(.{0,40})", words)
    assert all('|date:"e"' in after for after in times)
    assert "time=" not in words or "due_time" in words
