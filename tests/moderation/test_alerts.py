"""E-mails to moderators: at once for the first waiting comment, then every ten minutes."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from community.accounts.models import Person, User
from community.comments.models import Comment, Status
from community.mail.models import Email
from community.outbox import services as outbox
from community.outbox.handlers import Later
from community.outbox.models import Job, JobState
from community.sites.models import Membership, Site
from community.threads.models import Thread
from moderation import alerts, decisions
from moderation.models import Act, Alert, Check, Reason
from tests import factories
from tests.moderation.posting import write

MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def _a_moderator(moderator: User) -> None:
    """Somebody is there to be told."""


def send(site: Site) -> timedelta | None:
    """Do the job; how long until it wants to come again."""
    try:
        alerts.send({"site": site.pk})
    except Later as later:
        return later.wait
    return None


def test_the_first_waiting_comment_is_told_at_once(thread: Thread, moderator: User) -> None:
    write(thread, "Is it true?")
    outbox.work()
    email = Email.objects.get()
    assert (email.kind, email.to) == ("moderation", moderator.email)
    assert email.subject == "1 comment waits for a moderator – The Harbour Post"
    for words in (email.text, email.html):
        assert "Is it true?" in words
        assert "Rosa" in words
        assert (
            "First comment: Address not confirmed, nothing published, when it was written" in words
        )
        assert "http://testserver/moderation/e-mail/" in words
        assert "http://testserver/moderation/" in words


def test_then_at_most_one_in_ten_minutes(thread: Thread, site: Site) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        write(thread)
        assert send(site) is None
        clock.shift(3 * MINUTE)
        write(thread)
        write(thread)
        assert send(site) == 7 * MINUTE
        assert Email.objects.count() == 1
        clock.shift(7 * MINUTE)
        assert send(site) is None
        assert Email.objects.order_by("pk").last().subject.startswith("3 comments wait")  # type: ignore[union-attr]


def test_the_outbox_holds_one_ring_however_many_comments_wait(thread: Thread) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        write(thread)
        outbox.work()
        clock.shift(MINUTE)
        write(thread)
        outbox.work()
        write(thread)
        job = Job.objects.get(name="moderation.alert", state=JobState.OPEN)
        assert job.due == timezone.now() + 9 * MINUTE
        clock.shift(9 * MINUTE)
        outbox.work()
        assert Email.objects.count() == 2
        assert not Job.objects.filter(name="moderation.alert", state=JobState.OPEN).exists()


def test_nobody_is_told_again_of_what_they_leave_waiting(thread: Thread, site: Site) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        write(thread)
        send(site)
        clock.shift(timedelta(hours=1))
        send(site)
        assert Email.objects.count() == 1


def test_what_was_decided_meanwhile_is_no_news(thread: Thread, site: Site, moderator: User) -> None:
    comment = write(thread)
    decisions.decide(comment, Act.REJECT, seen=comment.version, by=moderator)
    send(site)
    assert not Email.objects.exists()
    assert Alert.objects.get().sent_at is None


def test_what_a_moderator_sends_back_is_no_news(
    thread: Thread, site: Site, moderator: User
) -> None:
    comment = factories.comment(thread)
    decisions.decide(comment, Act.HOLD, seen=comment.version, by=moderator)
    send(site)
    assert not Email.objects.exists()


def test_what_commits_late_is_told_nevertheless(thread: Thread, site: Site) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        write(thread)
        send(site)
        with decisions.dated(timezone.now() - timedelta(seconds=5)):
            write(thread)
        clock.shift(11 * MINUTE)
        send(site)
        assert Email.objects.count() == 2


def test_a_lost_ring_is_rung_again(thread: Thread) -> None:
    write(thread)
    Job.objects.all().delete()
    alerts.ring_again()
    assert Job.objects.filter(name="moderation.alert").count() == 1


def test_nothing_rings_while_nothing_is_new(thread: Thread, site: Site) -> None:
    factories.comment(thread, status=Status.HELD)
    alerts.ring_again()
    assert not Job.objects.filter(name="moderation.alert").exists()


def test_whoever_does_not_want_them_gets_none(
    thread: Thread, site: Site, moderator: User, administrator: User
) -> None:
    Membership.objects.filter(user=moderator).update(wants_alerts=False)
    factories.member("Gone", site=site, role="moderator")
    User.objects.filter(name="Gone").update(is_active=False)
    write(thread)
    send(site)
    assert list(Email.objects.values_list("to", flat=True)) == [administrator.email]


def test_ten_are_shown_and_the_rest_is_counted(thread: Thread, site: Site) -> None:
    for number in range(12):
        write(thread, f"Words {number}.", name=f"Guest {number}", sender=factories.Sender())
    send(site)
    email = Email.objects.get()
    assert email.subject.startswith("12 comments wait")
    assert "Words 9." in email.text
    assert "Words 10." not in email.text
    assert "2 more comments wait." in email.text


@pytest.mark.parametrize(
    "words",
    [
        "See https://casino.example/win now",
        "See casino.com now",
        "[click](https://casino.example/win)",
        "![seen](https://casino.example/pixel.gif)",
        "write to me@casino.example",
    ],
)
def test_the_e_mail_has_no_link_but_ours(thread: Thread, site: Site, words: str) -> None:
    write(thread, words, name="casino.com")
    send(site)
    email = Email.objects.get()
    for found in re.findall(r"https?://[^\s\"<]+", email.text + email.html):
        assert found.startswith("http://testserver/")
    assert not re.search(r"casino\.(example|com)", email.text + email.html)
    assert "<img" not in email.html


def test_the_e_mail_names_the_host_where_a_link_leads(thread: Thread, site: Site) -> None:
    write(thread, "[click](https://casino.example/win)")
    send(site)
    assert "Links: casino[.]example" in Email.objects.get().text


def test_what_is_said_is_never_markup(thread: Thread, site: Site) -> None:
    write(thread, "I <b>mean</b> it", name="<i>Rosa</i>")
    send(site)
    email = Email.objects.get()
    assert "&lt;b&gt;mean&lt;/b&gt;" in email.html
    assert "<i>" not in email.html
    assert "I <b>mean</b> it" in email.text


def test_what_is_still_being_checked_is_not_shown_yet(thread: Thread, site: Site) -> None:
    comment = write(thread)
    check = Check.objects.create(comment=comment, version=1, name=Reason.AKISMET)
    send(site)
    assert not Email.objects.exists()
    Check.objects.filter(pk=check.pk).update(created_at=timezone.now() - 2 * MINUTE)
    send(site)
    assert Email.objects.count() == 1


# The link


def test_a_link_proves_who_may_decide_about_which_version(
    thread: Thread, moderator: User, author: Person
) -> None:
    comment = factories.comment(thread, person=author, status=Status.HELD)
    link = alerts.read_token(alerts.token_for(moderator, comment))
    assert link == alerts.Link(moderator, comment.pk, comment.version)


@pytest.mark.parametrize(
    ("days", "good"), [pytest.param(6.9, True, id="a week"), pytest.param(7.1, False, id="more")]
)
def test_a_link_is_good_for_a_week(
    thread: Thread, moderator: User, days: float, good: bool
) -> None:
    comment = factories.comment(thread, status=Status.HELD)
    token = alerts.token_for(moderator, comment)
    with time_machine.travel(timezone.now() + timedelta(days=days)):
        assert (alerts.read_token(token) is not None) is good


def test_links_of_others_prove_nothing(thread: Thread, moderator: User) -> None:
    comment = factories.comment(thread, status=Status.HELD)
    token = alerts.token_for(moderator, comment)
    assert alerts.read_token(token[:-1] + ("a" if token[-1] != "a" else "b")) is None
    assert alerts.read_token("") is None
    User.objects.filter(pk=moderator.pk).update(is_active=False)
    assert alerts.read_token(token) is None


def test_each_moderator_gets_a_link_of_their_own(
    thread: Thread, site: Site, moderator: User, administrator: User
) -> None:
    comment = write(thread)
    send(site)
    owners = {}
    for email in Email.objects.all():
        found = re.search(r"/moderation/e-mail/([^/\s]+)/", email.text)
        assert found
        link = alerts.read_token(found[1])
        assert link
        owners[email.to] = link.user
        assert link.comment_id == comment.pk
    assert owners == {moderator.email: moderator, administrator.email: administrator}


def test_the_waiting_comment_of_another_site_is_not_told(
    thread: Thread, site: Site, moderator: User
) -> None:
    elsewhere = factories.site(host="other.example", base_url="https://other.example")
    write(factories.thread(elsewhere))
    send(site)
    assert not Email.objects.exists()
    send(elsewhere)
    assert not Email.objects.exists()
    assert Comment.objects.waiting().count() == 1
