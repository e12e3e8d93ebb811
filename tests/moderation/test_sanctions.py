"""Warning, slowing down, suspending, blocking, and letting people in again."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from community.accounts.models import Person, User
from community.comments.models import Comment, Status
from community.comments.screening import Refusal, Sender
from community.contacts.models import Contact
from community.mail.models import Email
from community.outbox import services as outbox
from community.outbox.models import Job
from community.sites.models import Role, Site
from community.threads.models import Thread
from moderation import consequences, marks, sanctions
from moderation.models import Decision, Effect, Kind, Reach, Sanction
from moderation.sanctions import AlreadyInForce, NotAllowed, Subject, Terms, TooLate
from tests import factories
from tests.moderation.posting import reasons, together, write

BrowserOf = Callable[[Person | User], Client]


def test_a_blocked_author_is_blocked_until_it_is_lifted(
    thread: Thread, author: Person, moderator: User, administrator: User
) -> None:
    sanction = sanctions.block(factories.comment(thread, person=author), moderator)
    assert sanction
    assert sanctions.is_banned(author, thread.site)
    sanctions.lift(sanction, administrator)
    assert not sanctions.is_banned(author, thread.site)
    sanction.refresh_from_db()
    assert (sanction.imposed_by, sanction.lifted_by) == (moderator, administrator)
    assert sanction.lifted_at


def test_blocking_twice_is_blocking_once(thread: Thread, author: Person, moderator: User) -> None:
    first, second = (
        sanctions.block(factories.comment(thread, person=author), moderator) for _ in range(2)
    )
    assert first == second
    assert Sanction.objects.count() == 1


def test_a_block_ends_at_the_border_of_the_site(
    thread: Thread, author: Person, moderator: User
) -> None:
    sanctions.block(factories.comment(thread, person=author), moderator)
    elsewhere = factories.site(host="other.example", base_url="https://other.example")
    assert not sanctions.is_banned(author, elsewhere)


def test_a_new_cookie_does_not_help_whoever_confirms_the_same_address(
    thread: Thread, author: Person, moderator: User
) -> None:
    sanction = sanctions.block(factories.comment(thread, person=author), moderator)
    assert sanction
    again = Person.objects.create(name="Somebody else", contact=author.contact)
    assert sanctions.is_banned(again, thread.site)
    assert sanctions.sanctioned_among(thread.site, {again.pk, author.pk}) == {again.pk, author.pk}
    sanctions.block(factories.comment(thread, person=again), moderator)
    sanctions.lift(sanction, moderator)
    assert not sanctions.is_banned(again, thread.site)


def test_a_guest_without_address_is_blocked_alone(
    thread: Thread, reader: Person, author: Person, moderator: User
) -> None:
    sanctions.block(factories.comment(thread, person=reader), moderator)
    stranger = factories.guest("Paul")
    assert sanctions.is_banned(reader, thread.site)
    assert not sanctions.is_banned(stranger, thread.site)
    assert sanctions.sanctioned_among(thread.site, {stranger.pk, author.pk}) == set()


def test_nobody_is_blocked_for_a_comment_whose_author_is_forgotten(
    thread: Thread, moderator: User, site: Site
) -> None:
    comment = factories.comment(thread)
    comment.person = None
    assert sanctions.block(comment, moderator) is None
    assert not Sanction.objects.exists()


# What applies to whom


def test_a_mark_tells_nobody_an_address_or_a_network(author: Person) -> None:
    assert author.contact
    address = marks.of_address(author.contact.address)
    assert author.contact.address not in address
    assert address == marks.of_address(f" {author.contact.address.upper()}")
    assert "test network" not in marks.of_network("test network")
    assert marks.of_network("test network") != marks.of_address("test network")


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("a@example.org", ["domain:example.org"]),
        ("a@Mail.Example.org.", ["domain:mail.example.org", "domain:example.org"]),
        ("a@bücher.example", ["domain:xn--bcher-kva.example"]),
        ("a@localhost", []),
        ("nonsense", []),
        ("", []),
    ],
)
def test_the_domains_of_an_address_are_whole_labels(typed: str, expected: list[str]) -> None:
    assert list(marks.of_domains_above(typed)) == expected


def by(comment: Comment) -> Subject:
    return sanctions.of_comment(comment)


@pytest.fixture
def comment(thread: Thread, author: Person) -> Comment:
    return factories.comment(thread, person=author)


def impose(subject: Subject, moderator: User, kind: Kind = Kind.BAN, **terms: Any) -> Sanction:
    return sanctions.impose(subject, Terms(kind, **terms), moderator)


NEXT_WEEK = timedelta(days=7)


@pytest.mark.parametrize(
    ("reach", "hit", "spared"),
    [
        pytest.param(Reach.PERSON, {"author", "same address"}, {"same domain"}, id="person"),
        pytest.param(Reach.ADDRESS, {"author", "same address"}, {"same domain"}, id="address"),
        pytest.param(
            Reach.DOMAIN, {"author", "same domain", "types domain"}, {"elsewhere"}, id="domain"
        ),
        pytest.param(
            Reach.NETWORK, {"same network"}, {"same domain", "elsewhere", "moderator"}, id="network"
        ),
    ],
)
def test_a_sanction_reaches_whom_it_is_meant_for_and_nobody_else(
    reach: Reach, hit: set[str], spared: set[str], thread: Thread, author: Person, moderator: User
) -> None:
    assert author.contact
    written = factories.comment(thread, person=author, sender=Sender(network="net one"))
    impose(by(written), moderator, reach=reach, ends_at=timezone.now() + NEXT_WEEK)
    elsewhere = Sender(network="net two")
    drafts = {
        "author": factories.draft(thread, person=author, sender=elsewhere),
        "same address": factories.draft(
            thread, person=Person.objects.create(contact=author.contact), sender=elsewhere
        ),
        "same domain": factories.draft(
            thread, person=factories.guest(proven=True), sender=elsewhere
        ),
        "types domain": factories.draft(thread, email="x@sub.example.org", sender=elsewhere),
        "types address": factories.draft(
            thread, email=author.contact.address, name=author.name, sender=elsewhere
        ),
        "elsewhere": factories.draft(
            thread, email="x@elsewhere.example", sender=elsewhere, name=author.name
        ),
        "same network": factories.draft(thread, sender=Sender(network="net one")),
        "moderator": factories.draft(
            thread, person=moderator.person, role=Role.MODERATOR, sender=Sender(network="net one")
        ),
    }
    stopped = {who for who, draft in drafts.items() if sanctions.applying_to(draft)}
    assert hit <= stopped
    assert not spared & stopped
    assert ("types address" in stopped) is (reach is Reach.DOMAIN)


def test_one_query_answers_what_applies(
    comment: Comment,
    author: Person,
    moderator: User,
    django_assert_num_queries: Callable[[int], AbstractContextManager[object]],
) -> None:
    impose(by(comment), moderator, Kind.SLOW, pause=60)
    draft = factories.draft(comment.thread, person=author, email="a@example.org")
    with django_assert_num_queries(1):
        assert [row.kind for row in sanctions.applying_to(draft)] == [Kind.SLOW]
        assert sanctions.applying_to(draft)


# What each kind does


def test_a_warning_is_read_before_the_next_comment_and_then_it_is_over(
    thread: Thread, comment: Comment, author: Person, moderator: User
) -> None:
    warning = impose(by(comment), moderator, Kind.WARN, words="Please stay friendly.")
    with pytest.raises(Refusal, match="read"):
        write(thread, person=author)
    with pytest.raises(Refusal, match="read"):
        write(thread, person=author, acknowledged=warning.pk + 1)
    with time_machine.travel(timezone.now() + timedelta(minutes=1)):
        write(thread, person=author, acknowledged=warning.pk)
    warning.refresh_from_db()
    assert warning.read_at
    assert not warning.is_in_force
    assert steps(warning) == ["impose", "read"]


def test_nobody_reads_the_warning_of_another(
    comment: Comment, reader: Person, moderator: User
) -> None:
    warning = impose(by(comment), moderator, Kind.WARN)
    assert not sanctions.note_read(warning.pk, reader)
    warning.refresh_from_db()
    assert warning.is_in_force


def test_whoever_is_slowed_down_waits_longer(
    thread: Thread, comment: Comment, author: Person, moderator: User
) -> None:
    impose(by(comment), moderator, Kind.SLOW, pause=3600)
    half_an_hour = timezone.now() + timedelta(minutes=30)
    with (
        time_machine.travel(half_an_hour, tick=False),
        pytest.raises(Refusal) as refused,
    ):
        write(thread, person=author)
    assert refused.value.status == 429
    assert 1790 < refused.value.wait <= 1800
    assert "1 hour" in refused.value.sentence
    with time_machine.travel(timezone.now() + timedelta(hours=2)):
        write(thread, person=author)


def test_every_comment_of_whoever_is_premoderated_waits(
    thread: Thread, comment: Comment, author: Person, moderator: User
) -> None:
    impose(by(comment), moderator, Kind.PREMODERATE)
    with time_machine.travel(timezone.now() + timedelta(hours=1)):
        waiting = write(thread, person=author)
    assert waiting.status == Status.HELD
    assert reasons(waiting)["sanction"] == "hold"


def test_even_a_moderators_words_wait_when_an_administrator_says_so(
    thread: Thread, moderator: User, administrator: User
) -> None:
    written = factories.comment(thread, person=moderator.person, role=Role.MODERATOR)
    impose(by(written), administrator, Kind.PREMODERATE)
    assert write(thread, person=moderator.person, role=Role.MODERATOR).status == Status.HELD


def test_a_suspension_ends_by_itself_and_the_sweep_only_writes_it_down(
    thread: Thread, comment: Comment, author: Person, moderator: User
) -> None:
    tomorrow = timezone.now() + timedelta(days=1)
    sanction = impose(by(comment), moderator, Kind.SUSPEND, ends_at=tomorrow)
    with pytest.raises(Refusal, match="ends by itself"):
        write(thread, person=author)
    with time_machine.travel(tomorrow + timedelta(minutes=1)):
        write(thread, person=author)
        assert sanctions.end_run_out() == 1
        assert sanctions.end_run_out() == 0
    sanction.refresh_from_db()
    assert sanction.lifted_at == tomorrow
    assert steps(sanction) == ["impose", "end"]
    assert sanction.entries.get(step="end").automated


def test_what_has_run_out_makes_room_for_the_next(comment: Comment, moderator: User) -> None:
    soon = timezone.now() + timedelta(hours=1)
    first = impose(by(comment), moderator, Kind.SUSPEND, ends_at=soon)
    with time_machine.travel(soon + timedelta(hours=1)):
        second = impose(
            by(comment), moderator, Kind.SUSPEND, ends_at=timezone.now() + timedelta(days=1)
        )
    assert first.pk != second.pk
    assert steps(first) == ["impose", "end"]


def test_a_second_of_the_same_kind_is_told_about_the_first(
    comment: Comment, moderator: User, administrator: User
) -> None:
    first = impose(by(comment), moderator, Kind.WARN)
    with pytest.raises(AlreadyInForce) as found:
        impose(by(comment), administrator, Kind.WARN)
    assert found.value.sanction == first
    assert Sanction.objects.count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.postgres
def test_of_two_moderators_who_impose_at_once_one_does(
    comment: Comment, moderator: User, administrator: User
) -> None:
    made: list[Sanction] = []
    told: list[Sanction] = []

    def press(user: User) -> Callable[[], None]:
        def work() -> None:
            try:
                made.append(impose(by(comment), user, Kind.WARN))
            except AlreadyInForce as found:
                told.append(found.sanction)

        return work

    together(press(moderator), press(administrator), press(moderator), press(administrator))
    assert len(made) == 1
    assert told == made * 3
    assert steps(made[0]) == ["impose"]


# Who may


@pytest.mark.parametrize(
    ("who", "whom", "may"),
    [
        ("moderator", "author", True),
        ("moderator", "moderator", False),
        ("moderator", "colleague", False),
        ("moderator", "administrator", False),
        ("administrator", "moderator", True),
        ("administrator", "administrator", False),
        ("administrator", "second administrator", False),
    ],
)
def test_nobody_sanctions_their_equals_or_themselves(
    who: str, whom: str, may: bool, site: Site, moderator: User, administrator: User, author: Person
) -> None:
    users = {
        "moderator": moderator,
        "colleague": factories.member(site=site, role=Role.MODERATOR),
        "administrator": administrator,
        "second administrator": factories.member(site=site, role=Role.ADMINISTRATOR),
    }
    person = users[whom].person if whom in users else author
    assert sanctions.may_sanction(users[who], person, site) is may
    if not may:
        with pytest.raises(NotAllowed):
            impose(Subject(site, person), users[who])


@pytest.mark.parametrize("role", ["colleague", "guest"])
def test_who_blocks_an_equal_is_told_that_only_the_comment_was_decided(
    role: str, thread: Thread, author: Person, moderator: User, browser_of: BrowserOf
) -> None:
    colleague = factories.member(site=thread.site, role=Role.MODERATOR)
    person = colleague.person if role == "colleague" else author
    written = factories.comment(thread, person=person)
    page = browser_of(moderator).post(
        f"/moderation/comments/{written.pk}/decide/",
        {"act": "block", "version": written.version},
        follow=True,
    )
    written.refresh_from_db()
    assert written.status == Status.REJECTED
    assert sanctions.is_banned(person, thread.site) is (role == "guest")
    assert ("cannot be blocked" in page.content.decode()) is (role == "colleague")


# Consequences


def let_ten_seconds_pass() -> None:
    Job.objects.open().update(due=timezone.now())
    while outbox.work():
        Job.objects.open().update(due=timezone.now())


@pytest.mark.parametrize(
    ("effect", "published", "held", "old"),
    [
        (Effect.LEAVE, Status.PUBLISHED, Status.HELD, Status.PUBLISHED),
        (Effect.HOLD, Status.HELD, Status.HELD, Status.PUBLISHED),
        (Effect.REMOVE, Status.REJECTED, Status.REJECTED, Status.PUBLISHED),
    ],
)
def test_comments_of_the_last_days_go_as_asked_in_batches(
    effect: Effect,
    published: Status,
    held: Status,
    old: Status,
    thread: Thread,
    author: Person,
    reader: Person,
    moderator: User,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(consequences, "BATCH", 2)
    public = [factories.comment(thread, person=author) for _ in range(5)]
    waiting = factories.comment(thread, person=author, status=Status.HELD)
    ancient = factories.comment(thread, person=author)
    Comment.objects.filter(pk=ancient.pk).update(created_at=timezone.now() - timedelta(days=30))
    others = factories.comment(thread, person=reader)

    impose(by(public[0]), moderator, effect=effect, effect_days=7)
    assert {row.status for row in Comment.objects.filter(person=author)} == {"published", "held"}
    let_ten_seconds_pass()

    statuses = dict(Comment.objects.values_list("pk", "status"))
    assert {statuses[row.pk] for row in public} == {published}
    assert statuses[waiting.pk] == held
    assert statuses[ancient.pk] == old
    assert statuses[others.pk] == Status.PUBLISHED
    moved = Decision.objects.filter(moderator=moderator).values_list("comment", flat=True)
    assert len(moved) == len(set(moved))


def test_undo_within_ten_seconds_leaves_nothing_behind(
    thread: Thread, comment: Comment, author: Person, moderator: User
) -> None:
    sanction = impose(by(comment), moderator, effect=Effect.REMOVE, effect_days=7)
    sanctions.undo(sanction, moderator)
    let_ten_seconds_pass()
    comment.refresh_from_db()
    assert comment.is_public
    assert not sanctions.is_banned(author, thread.site)
    assert not Email.objects.exists()
    assert steps(sanction) == ["impose", "undo"]


def test_undo_is_too_late_once_its_consequences_have_begun(
    comment: Comment, moderator: User, administrator: User
) -> None:
    sanction = impose(by(comment), moderator)
    with pytest.raises(TooLate):
        sanctions.undo(sanction, administrator)
    let_ten_seconds_pass()
    with pytest.raises(TooLate):
        sanctions.undo(sanction, moderator)


def test_its_person_gets_one_e_mail_with_what_why_until_when_and_a_way_out(
    comment: Comment, author: Person, moderator: User
) -> None:
    end = datetime(2031, 3, 4, 12, 30, tzinfo=UTC)
    sanction = impose(
        by(comment), moderator, Kind.SUSPEND, canned="attack", words="Twice.", ends_at=end
    )
    let_ten_seconds_pass()
    consequences.begin({"sanction": sanction.pk})
    email = Email.objects.get(kind="sanction")
    assert author.contact
    assert email.to == author.contact.address
    for words in ("cannot write", "attacks a person", "Twice.", "March 4, 2031, 12:30", "/me/"):
        assert words in email.text
        assert words in email.html or words == "/me/"


@pytest.mark.parametrize("why", ["spam", "not confirmed", "paused"])
def test_nobody_is_written_to_in_vain(
    why: str, thread: Thread, author: Person, reader: Person, moderator: User
) -> None:
    status = Status.SPAM if why == "spam" else Status.PUBLISHED
    person = reader if why == "not confirmed" else author
    written = factories.comment(thread, person=person, status=status)
    if why == "paused":
        Contact.objects.update(paused_at=timezone.now())
    impose(by(written), moderator)
    let_ten_seconds_pass()
    assert not Email.objects.exists()


def steps(sanction: Sanction) -> list[str]:
    """What is written down about a sanction."""
    return list(sanction.entries.values_list("step", flat=True))
