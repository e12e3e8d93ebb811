"""A filter learns from the moderators of its own site, and is asked at the gate."""

from collections.abc import Iterator

import pytest
from django.test import Client

from community.accounts.models import Person, User
from community.comments.models import Comment, Status
from community.outbox import services as outbox
from community.sites.models import Site
from community.threads.models import Thread
from moderation import decisions
from moderation.filters import history
from moderation.filters import services as filters
from moderation.models import Act, LearnedFilter, Policy
from tests import factories
from tests.moderation.filters.samples import examples
from tests.moderation.posting import reasons, write

SPAM = "Subscribe to my channel, free money and gift cards, check out my new video"


@pytest.fixture(autouse=True)
def nothing_known() -> Iterator[None]:
    """Each test asks the database anew."""
    filters.forget()
    yield
    filters.forget()


@pytest.fixture
def taught(thread: Thread, moderator: User) -> None:
    """Moderators have approved fifty comments and called forty spam."""
    for one in examples(good=50, spam=40):
        comment = factories.comment(thread, one.text, status=Status.HELD)
        act = Act.SPAM if one.is_spam else Act.APPROVE
        decisions.decide(comment, act, seen=comment.version, by=moderator)


def test_it_learns_from_what_moderators_decided(site: Site, taught: None) -> None:
    made = filters.train(site)
    assert made is not None
    assert (made.good, made.spam) == (50, 40)
    assert made.last_good + made.last_spam == 18
    assert made.last_caught > made.last_spam // 2
    assert made.last_held <= 2
    assert {"subscribe", "channel", "free", "cheap", "money"} & set(made.words_for)
    assert set(made.words_for).isdisjoint(made.words_against)


def test_a_comment_that_reads_like_spam_waits_with_its_words_as_evidence(
    site: Site, thread: Thread, author: Person, taught: None
) -> None:
    Policy.objects.create(site=site, number=1, first_comments=0, flood_seconds=0)
    assert write(thread, SPAM, person=author).status == Status.PUBLISHED
    filters.train(site)
    filters.forget()
    comment = write(thread, f"Friends! {SPAM}", person=author)
    assert comment.status == Status.HELD
    assert reasons(comment) == {"known": "pass", "learned": "hold"}
    evidence = comment.opinions.get(name="learned").evidence
    assert "subscribe" in evidence or "channel" in evidence or "free" in evidence
    welcome = write(thread, "The old harbour wall by the lighthouse held.", person=author)
    assert welcome.status == Status.PUBLISHED


def test_having_seen_too_little_it_has_no_opinion(
    site: Site, thread: Thread, author: Person
) -> None:
    assert filters.train(site) is None
    assert not LearnedFilter.objects.exists()
    Policy.objects.create(site=site, number=1, first_comments=0)
    assert write(thread, SPAM, person=author).status == Status.PUBLISHED


def test_what_a_machine_called_spam_teaches_nothing(site: Site, thread: Thread) -> None:
    factories.comment(thread, SPAM, status=Status.SPAM)
    assert not history.spam_of(site).exists()


def test_imported_comments_are_good_examples(site: Site, thread: Thread) -> None:
    comment = factories.comment(thread, "Brought along.")
    assert not history.good_of(site).exists()
    Comment.objects.filter(pk=comment.pk).update(import_number=7)
    assert history.good_of(site).get() == comment


def test_one_site_learns_nothing_from_another(taught: None) -> None:
    other = factories.site(host="other.example", base_url="https://other.example")
    assert history.examples_of(other) == []


def test_an_erased_comment_is_no_example(site: Site, thread: Thread, moderator: User) -> None:
    comment = factories.comment(thread, SPAM, status=Status.HELD)
    decisions.decide(comment, Act.SPAM, seen=comment.version, by=moderator)
    Comment.objects.filter(pk=comment.pk).update(body="", body_html="")
    assert history.examples_of(site) == []


def test_only_the_newest_filters_are_kept(site: Site, taught: None) -> None:
    for _ in range(filters.KEPT + 1):
        filters.train(site)
    newest = LearnedFilter.objects.order_by("-pk").values_list("pk", flat=True)
    assert len(newest) == filters.KEPT


def test_the_schedule_asks_each_site_once_a_day(site: Site, taught: None) -> None:
    filters.request_due()
    while outbox.work():
        pass
    assert LearnedFilter.objects.count() == 1
    filters.request_due()
    outbox.work()
    assert LearnedFilter.objects.count() == 1


def test_an_administrator_sees_what_was_learned_and_has_it_learn_now(
    site: Site, administrator: User, taught: None
) -> None:
    client = Client()
    client.force_login(administrator)
    page = client.get("/moderation/settings/filter/")
    assert "The filter has no opinion yet" in page.content.decode()
    answer = client.post("/moderation/settings/filter/", follow=True)
    assert "The filter learns now" in answer.content.decode()
    while outbox.work():
        pass
    page = client.get("/moderation/settings/filter/").content.decode()
    assert "50 good comments and 40 of spam" in page


def test_moderators_without_that_role_see_nothing_of_it(moderator: User) -> None:
    client = Client()
    client.force_login(moderator)
    assert client.get("/moderation/settings/filter/").status_code in (403, 404)
