"""Whoever asked hears of what they asked for: by every scope, once, never of their own words."""

import pytest
from django.db import IntegrityError, transaction

from community.accounts.models import Person
from community.articles.models import Article
from community.comments.models import Comment, Status
from community.mail.models import MailState
from community.mail.sender import Skip
from community.sites.models import Role, Site
from community.subscriptions import notices, services
from community.subscriptions.models import Delivery, Scope, Subscription, Unwanted
from community.threads.models import Thread
from moderation import sanctions
from tests import factories
from tests.subscriptions.helpers import do_jobs, heard, move, raw

pytestmark = pytest.mark.both


@pytest.fixture
def ann(db: None) -> Person:
    """A guest with a confirmed address."""
    return Person.objects.create(name="Ann", contact=factories.contact("ann@example.org"))


def told(comment: Comment) -> list[tuple[str, str]]:
    """To whom an e-mail about this comment is due once all jobs are done, and why."""
    do_jobs()
    return heard(comment)


def skipped(comment: Comment) -> list[str]:
    """Why e-mails about a comment would not leave now."""
    rows = [notices.compose(row) for row in notices.due().filter(comment=comment)]
    return [row.reason for row in rows if isinstance(row, Skip)]


def test_answers_to_a_comment_of_someone_else(thread: Thread, ann: Person) -> None:
    comment = factories.comment(thread)
    services.follow_replies(comment, ann.contact, ann)
    other, answer = factories.comment(thread), factories.comment(thread, parent=comment)
    assert told(answer) == [("ann@example.org", "followed")]
    assert heard(other) == []


def test_answers_to_any_comment_of_mine_on_this_site_only(
    site: Site, thread: Thread, ann: Person
) -> None:
    services.follow_oneself(Scope.MINE, site, ann)
    abroad = factories.thread(factories.site(name="Inland", base_url="http://b", host="b"))
    mine, another = factories.comment(thread, person=ann), factories.comment(thread)
    away = factories.comment(abroad, person=ann)
    answers = [factories.comment(row.thread, parent=row) for row in (mine, another, away)]
    assert [told(answer) for answer in answers] == [[("ann@example.org", "reply")], [], []]


def test_answers_find_me_on_another_device(site: Site, thread: Thread, ann: Person) -> None:
    services.follow_oneself(Scope.MINE, site, ann)
    phone = Person.objects.create(name="Ann", contact=ann.contact)
    answer = factories.comment(thread, parent=factories.comment(thread, person=phone))
    assert told(answer) == [("ann@example.org", "reply")]


def test_everything_by_an_author_wherever_they_write(
    site: Site, thread: Thread, ann: Person, author: Person
) -> None:
    services.follow_author(author, site, ann.contact, ann)
    rows = [factories.comment(row, person=author) for row in (thread, factories.thread(site))]
    assert [told(row) for row in rows] == [[("ann@example.org", "author")]] * 2
    assert told(factories.comment(thread)) == []


def test_new_topics_on_a_board_but_not_what_is_said_in_them(site: Site, ann: Person) -> None:
    topic = factories.topic(site)
    services.follow_board(topic.board, ann.contact, ann)
    first = factories.comment(topic, status=Status.CHECKING)
    Comment.objects.filter(pk=first.pk).update(opens_topic=True)
    move(first, Status.PUBLISHED)
    assert told(first) == [("ann@example.org", "topic")]
    assert told(factories.comment(topic)) == []


def test_comments_on_ones_articles(site: Site) -> None:
    writer = factories.member("Ines", site=site, role=Role.ADMINISTRATOR)
    thread = factories.thread(site)
    Article.objects.update(author=writer)
    services.follow_articles(writer, site)
    comment = factories.comment(Thread.objects.get(pk=thread.pk))
    own = factories.comment(Thread.objects.get(pk=thread.pk), person=writer.person)
    assert told(comment) == [(writer.email, "article")]
    assert heard(own) == []


def test_an_author_who_stopped_is_not_asked_again(site: Site) -> None:
    writer = factories.member("Ines")
    services.follow_articles(writer, site)
    services.stop(Subscription.objects.get())
    services.follow_articles(writer, site)
    assert not Subscription.objects.active().exists()


@pytest.mark.parametrize(
    "words",
    ["@Ann what do you think?", "As @ann said.", "(@Ann)", "Hello @Ann, @Ann and @Ann", "@ANN!"],
)
def test_who_is_named_hears_of_it(site: Site, thread: Thread, ann: Person, words: str) -> None:
    services.follow_oneself(Scope.MENTIONS, site, ann)
    factories.comment(thread, person=ann)
    assert told(factories.comment(thread, words)) == [("ann@example.org", "mention")]


@pytest.mark.parametrize(
    "words",
    [
        "Ann is right.",
        "write to me@Ann",
        "@Anne",
        "> @Ann\n\nNo.",
        "`@Ann`",
        "@ Ann",
        "@Annette Ann",
        "https://example.org/@Ann",
    ],
)
def test_who_is_not_named_does_not_hear(
    site: Site, thread: Thread, ann: Person, words: str
) -> None:
    services.follow_oneself(Scope.MENTIONS, site, ann)
    factories.comment(thread, person=ann)
    assert told(factories.comment(thread, words)) == []


def test_a_name_of_two_words_is_read_whole(site: Site, thread: Thread, ann: Person) -> None:
    lee = Person.objects.create(name="Ann Lee", contact=factories.contact("lee@example.org"))
    for person in (ann, lee):
        services.follow_oneself(Scope.MENTIONS, site, person)
        factories.comment(thread, person=person)
    assert told(factories.comment(thread, "@Ann Lee is right")) == [("lee@example.org", "mention")]
    assert told(factories.comment(thread, "@ann, lee.")) == [("ann@example.org", "mention")]


def test_a_name_that_two_people_bear_reaches_neither(
    site: Site, thread: Thread, ann: Person
) -> None:
    services.follow_oneself(Scope.MENTIONS, site, ann)
    factories.comment(thread, person=ann)
    factories.comment(thread, person=factories.guest("ann"))
    assert told(factories.comment(thread, "@Ann, hello")) == []


def test_a_bearer_whose_comment_only_waits_is_no_bearer(
    site: Site, thread: Thread, ann: Person
) -> None:
    services.follow_oneself(Scope.MENTIONS, site, ann)
    factories.comment(thread, person=ann)
    factories.comment(thread, person=factories.guest("Ann"), status=Status.HELD)
    assert told(factories.comment(thread, "@Ann, hello")) == [("ann@example.org", "mention")]


def test_nobody_is_named_who_has_said_nothing_public_here(
    site: Site, thread: Thread, ann: Person
) -> None:
    services.follow_oneself(Scope.MENTIONS, site, ann)
    factories.comment(thread, person=ann, status=Status.HELD)
    factories.comment(factories.thread(site), person=ann)
    assert told(factories.comment(thread, "@Ann, hello")) == []


def test_who_waits_for_answers_here_is_answered_by_name_too(thread: Thread, ann: Person) -> None:
    comment = factories.comment(thread, person=ann)
    services.follow_own(comment, ann.contact, ann)
    assert told(factories.comment(thread, "@Ann yes")) == [("ann@example.org", "mention")]


def test_the_reason_that_weighs_most_is_told_and_one_e_mail_comes(
    site: Site, thread: Thread, ann: Person, author: Person
) -> None:
    comment = factories.comment(thread, person=ann)
    services.follow_own(comment, ann.contact, ann)
    services.follow_thread(thread, ann.contact, ann)
    services.follow_author(author, site, ann.contact, ann)
    services.follow_oneself(Scope.MINE, site, ann)
    services.follow_oneself(Scope.MENTIONS, site, ann)
    answer = factories.comment(thread, "@Ann yes", parent=comment, person=author)
    named = factories.comment(thread, "@Ann no", person=author)
    plain = factories.comment(thread, person=author)
    kinds = [kind for row in (answer, named, plain) for _address, kind in told(row)]
    assert kinds == ["reply", "mention", "author"]


def test_nobody_hears_of_their_own_words_by_any_wish(
    site: Site, thread: Thread, ann: Person
) -> None:
    phone = Person.objects.create(name="Ann on the phone", contact=ann.contact)
    services.follow_author(ann, site, ann.contact, phone)
    services.follow_oneself(Scope.MINE, site, ann)
    services.follow_oneself(Scope.MENTIONS, site, ann)
    services.follow_thread(thread, ann.contact, phone)
    comment = factories.comment(thread, person=ann)
    services.follow_replies(comment, ann.contact, ann)
    assert told(factories.comment(thread, "@Ann, I", parent=comment, person=ann)) == []


def test_a_wide_wish_brings_nothing_older_than_itself(
    site: Site, thread: Thread, ann: Person, author: Person
) -> None:
    early = factories.comment(thread, person=author)
    services.follow_author(author, site, ann.contact, ann)
    assert told(early) == []


def test_confirming_brings_what_an_author_wrote_meanwhile(
    site: Site, thread: Thread, author: Person, reader: Person
) -> None:
    contact = factories.contact("rosa@example.org", proven=False)
    services.follow_author(author, site, contact, reader)
    comment = factories.comment(thread, person=author)
    assert told(comment) == []
    services.confirm(contact, reader)
    do_jobs()
    assert told(comment) == [("rosa@example.org", "author")]


def test_a_muted_thread_is_silent_whatever_else_was_asked_for(
    site: Site, thread: Thread, ann: Person, author: Person
) -> None:
    services.follow_author(author, site, ann.contact, ann)
    services.mute_thread(ann.contact, thread)
    comment = factories.comment(thread, person=author)
    elsewhere = factories.comment(factories.thread(site), person=author)
    do_jobs()
    assert skipped(comment) == [Unwanted.THREAD_MUTED]
    assert skipped(elsewhere) == []


def test_a_muted_person_is_silent_on_every_device(
    thread: Thread, ann: Person, author: Person
) -> None:
    services.follow_thread(thread, ann.contact, ann)
    services.mute_person(ann.contact, author, "Ben")
    phone = Person.objects.create(name="Ben", contact=author.contact)
    rows = [factories.comment(thread, person=person) for person in (author, phone)]
    other = factories.comment(thread)
    do_jobs()
    assert [skipped(row) for row in rows] == [[Unwanted.PERSON_MUTED]] * 2
    assert skipped(other) == []
    services.unmute(ann.contact, ann.contact.mutes.get().pk)
    assert skipped(rows[0]) == []


def test_muting_an_unknown_guest_mutes_no_other_unknown_guest(thread: Thread, ann: Person) -> None:
    services.follow_thread(thread, ann.contact, ann)
    noisy = factories.comment(thread)
    services.mute_person(ann.contact, noisy.person, "Rosa")
    other = factories.comment(thread)
    do_jobs()
    assert (skipped(noisy), skipped(other)) == ([Unwanted.PERSON_MUTED], [])


def test_nobody_is_told_of_the_words_of_the_banned(
    site: Site, thread: Thread, ann: Person, author: Person
) -> None:
    services.follow_thread(thread, ann.contact, ann)
    comment = factories.comment(thread, person=author)
    do_jobs()
    sanctions.block(comment, factories.member("Mina", site=site, role=Role.MODERATOR))
    assert skipped(comment) == [Unwanted.BANNED]


def test_what_stopped_an_e_mail_stands_in_its_row_as_a_code(thread: Thread, ann: Person) -> None:
    services.follow_thread(thread, ann.contact, ann)
    comment = factories.comment(thread)
    do_jobs()
    move(comment, Status.HELD)
    row = Delivery.objects.get()
    assert row.state == MailState.WAITING
    assert skipped(comment) == [Unwanted.COMMENT]


@pytest.mark.parametrize("kind", ["mention", "followed", "article", "author", "topic"])
def test_every_reason_has_words(thread: Thread, ann: Person, kind: str) -> None:
    services.follow_thread(thread, ann.contact, ann)
    factories.comment(thread, "The tide is late.")
    do_jobs()
    Delivery.objects.update(kind=kind)
    message = raw(notices.due().get())
    assert "The tide is late." in message.get_body(["plain"]).get_content()


def test_a_wish_names_what_its_scope_needs_and_nothing_else(thread: Thread, ann: Person) -> None:
    for wrong in ({"scope": Scope.BOARD, "thread": thread}, {"scope": Scope.MINE}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Subscription.objects.create(contact=ann.contact, **wrong)
