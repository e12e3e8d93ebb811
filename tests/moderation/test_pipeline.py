"""The gate as a whole: what happens to a comment between the form and the page."""

from datetime import timedelta
from functools import partial

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone, translation
from pytest_django import Settings

from community.accounts.models import Person, User
from community.comments import services
from community.comments.models import Comment, Status, WaitsFor
from community.comments.screening import Draft, Refusal
from community.outbox.models import Job
from community.sites.models import Role, Site
from community.threads.models import Thread
from moderation import pipeline
from moderation.models import Act, Alert, Check, Decision, Policy, Reason
from moderation.rules import doors
from moderation.verdicts import Outcome, Verdict
from tests import factories
from tests.moderation.posting import edit, reasons, submit, together, write

HOUR = timedelta(hours=1)


@pytest.fixture
def spam_check(settings: Settings) -> None:
    """A key is set, so that the slow check is on."""
    settings.AKISMET_KEY = "a key"


@pytest.mark.parametrize(
    ("words", "status", "waits_for", "said"),
    [
        pytest.param("Fine words.", "published", "", {"known": "pass"}, id="nothing against it"),
        pytest.param(
            "See https://a.example",
            "held",
            "link",
            {"known": "pass", "link": "hold"},
            id="a link waits, whoever sets it",
        ),
        pytest.param("A slow word", "held", "other", {"known": "pass", "word": "hold"}, id="word"),
        pytest.param(
            "A bad word, slow, https://a.example",
            "spam",
            "link",
            {"known": "pass", "word": "hold", "disallowed": "spam", "link": "hold"},
            id="all reasons are kept beside the gravest",
        ),
    ],
)
def test_what_becomes_of_a_known_authors_words(
    thread: Thread, known: Person, words: str, status: str, waits_for: str, said: dict[str, str]
) -> None:
    Policy.objects.create(
        site=thread.site, number=1, moderation_words="slow", disallowed_words="bad"
    )
    comment = write(thread, words, person=known)
    assert (comment.status, comment.waits_for) == (status, waits_for)
    assert reasons(comment) == said


def test_a_first_comment_waits_and_its_author_is_told_so(thread: Thread) -> None:
    comment = write(thread, "Hello.")
    assert (comment.status, comment.waits_for) == (Status.HELD, WaitsFor.FIRST)


@pytest.mark.usefixtures("spam_check")
def test_staff_is_published_at_once_whatever_the_rules_say(thread: Thread, moderator: User) -> None:
    comment = write(thread, "See https://a.example", person=moderator.person, role=Role.MODERATOR)
    assert comment.status == Status.PUBLISHED
    assert not Check.objects.exists()


def test_every_machine_move_is_on_record(thread: Thread) -> None:
    comment = write(thread, "See https://a.example")
    row = Decision.objects.get()
    assert (row.comment, row.act, row.moderator) == (comment, Act.JUDGE, None)
    assert (row.before, row.after, row.version) == ("checking", "held", comment.version)
    assert row.reason == "first, link"


@pytest.mark.usefixtures("spam_check")
@pytest.mark.parametrize(
    ("proven", "words", "status"),
    [
        pytest.param(False, "Fine words.", "held", id="a first comment waits meanwhile"),
        pytest.param(True, "See https://a.example", "held", id="a link waits meanwhile"),
        pytest.param(True, "Fine words.", "published", id="a known author does not wait"),
    ],
)
def test_the_slow_check_is_asked_about_whatever_is_not_yet_spam(
    thread: Thread, known: Person, proven: bool, words: str, status: str
) -> None:
    comment = write(thread, words, person=known if proven else None)
    check = Check.objects.get()
    assert comment.status == status
    assert (check.comment, check.version, check.stands_at) == (comment, 1, comment.version)
    job = Job.objects.get(name="moderation.check")
    assert (job.payload, job.key) == ({"check": check.pk}, f"check:{check.pk}")


@pytest.mark.usefixtures("spam_check")
def test_an_unknown_author_waits_for_the_slow_check_where_first_comments_do_not(
    thread: Thread,
) -> None:
    Policy.objects.create(site=thread.site, number=1, first_comments=0)
    comment = write(thread, "Fine words.")
    assert comment.status == Status.CHECKING
    assert Check.objects.get().stands_at == comment.version
    assert not Decision.objects.exists()


@pytest.mark.usefixtures("spam_check")
def test_spam_by_the_sites_own_words_is_not_sent_to_anybody(
    thread: Thread,
) -> None:
    Policy.objects.create(site=thread.site, number=1, disallowed_words="bad")
    assert write(thread, "A bad word").status == Status.SPAM
    assert not Check.objects.exists()


def test_without_a_key_nothing_is_asked_and_the_moderators_are_called(thread: Thread) -> None:
    write(thread, "Hello.")
    assert list(Job.objects.values_list("name", "key")) == [
        ("moderation.alert", f"alert:{thread.site_id}")
    ]


@pytest.mark.usefixtures("spam_check")
def test_with_a_key_the_moderators_are_called_after_the_check(thread: Thread) -> None:
    write(thread, "Hello.")
    assert not Job.objects.filter(name="moderation.alert").exists()
    assert not Alert.objects.exists()


def test_a_refusal_stores_nothing(thread: Thread, known: Person) -> None:
    thread.closed_at = timezone.now()
    thread.save()
    before = Comment.objects.count()
    with pytest.raises(Refusal):
        write(thread, "Too late.", person=known)
    assert Comment.objects.count() == before


def test_of_two_equal_posts_at_once_the_second_is_refused(thread: Thread, known: Person) -> None:
    draft = factories.draft(thread, "Pressed twice.", person=known)
    late = pipeline.screen(draft)
    submit(draft)
    with pytest.raises(IntegrityError), transaction.atomic():
        services.store_judged(draft, late)


def test_being_led_to_the_first_comes_before_waiting(thread: Thread, known: Person) -> None:
    first = write(thread, "Pressed twice.", person=known)
    with pytest.raises(Refusal) as refused:
        write(thread, "Pressed twice.", person=known)
    assert (refused.value.status, refused.value.duplicate_of) == (409, first.pk)
    with pytest.raises(Refusal) as refused:
        write(thread, "Something else.", person=known)
    assert refused.value.status == 429


def test_an_edit_that_adds_a_link_leaves_the_page(thread: Thread, known: Person) -> None:
    comment = write(thread, "Fine words.", person=known)
    edit(comment, "Fine words, see https://a.example")
    assert (comment.status, comment.waits_for) == (Status.HELD, WaitsFor.LINK)
    assert reasons(comment) == {"known": "pass", "link": "hold"}


def test_an_edit_of_their_only_published_comment_keeps_an_author_known(
    thread: Thread, author: Person
) -> None:
    comment = factories.comment(thread, "Fine words.", person=author)
    edit(comment, "Finer words.")
    assert comment.status == Status.PUBLISHED


def test_reasons_against_replaced_words_are_kept_but_do_not_count(
    thread: Thread, known: Person
) -> None:
    comment = write(thread, "See https://a.example", person=known)
    edit(comment, "Fine words.")
    assert comment.status == Status.PUBLISHED
    assert reasons(comment) == {"known": "pass"}
    assert comment.opinions.filter(name="link").exists()


def test_a_blocked_author_cannot_edit_either(
    thread: Thread, known: Person, moderator: User
) -> None:
    comment = write(thread, "Fine words.", person=known)
    pipeline.decisions.sanctions.block(comment, moderator)
    with pytest.raises(Refusal):
        edit(comment, "Worse words.")


def test_all_doors_and_rules_are_on_the_lists() -> None:
    assert doors.thread_is_closed in pipeline.DOORS
    assert len(pipeline.RULES) == len({rule.name for rule in pipeline.RULES}) == 15


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_many_write_into_one_thread_at_once() -> None:
    site = factories.site()
    thread = factories.thread(site)
    Policy.objects.create(site=site, number=1, first_comments=0)
    people = [factories.guest(f"Guest {number}") for number in range(8)]

    def post(person: Person) -> None:
        for number in range(20):
            write(thread, f"Words {number} of {person.name}.", person=person)
            Comment.objects.filter(person=person).update(created_at=timezone.now() - HOUR)

    together(*(partial(post, person) for person in people))
    thread.refresh_from_db()
    assert thread.comment_count == Comment.objects.published().count() == 160


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_button_pressed_twice_stores_one_comment() -> None:
    site = factories.site()
    thread = factories.thread(site)
    for number in range(30):
        person = factories.guest(f"Guest {number}")
        refused: list[Refusal] = []

        def press(
            person: Person = person, number: int = number, refused: list[Refusal] = refused
        ) -> None:
            try:
                write(thread, f"Pressed twice, {number}.", person=person)
            except Refusal as refusal:
                refused.append(refusal)

        together(press, press)
        assert Comment.objects.filter(person=person).count() == 1
        assert len(refused) == 1


def test_reasons_are_in_the_language_of_the_moderators_whatever_the_author_speaks(
    thread: Thread, known: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    def tell_the_language(_draft: Draft, _policy: Policy) -> Verdict:
        return Verdict(Reason.WORD, Outcome.HOLD, translation.get_language() or "")

    monkeypatch.setattr(pipeline, "RULES", [pipeline.Rule("words", tell_the_language)])
    Site.objects.filter(pk=thread.site_id).update(language="fr")
    with translation.override("ar"):
        comment = write(Thread.objects.get(pk=thread.pk), "Fine words.", person=known)
        assert translation.get_language() == "ar"
    assert [row.evidence for row in comment.opinions.all()] == ["fr"]
