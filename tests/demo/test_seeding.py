"""The demo content: what is promised is there, once, and looks lived-in."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.core.management import call_command
from django.db import transaction
from django.db.models import Max, Min
from django.utils import timezone
from pytest_django import DjangoDbBlocker, Settings

from community.accounts.models import User
from community.articles.models import Article
from community.comments.models import Comment, Revision, Status
from community.demo import seeding
from community.demo.people import ADMINISTRATOR, MODERATOR, READER
from community.outbox.models import Job
from community.sites.models import Membership, Site
from community.threads.models import Board, Thread
from community.votes.models import Vote
from moderation.models import Opinion, Reason

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def seeded(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """The demo, written once for all tests here, and taken away after them."""
    with django_db_blocker.unblock(), transaction.atomic():
        seeding.seed("http://testserver")
        yield
        transaction.set_rollback(True)


@pytest.fixture
def lively(seeded: None) -> Thread:
    """The thread with most comments."""
    return Thread.objects.order_by("-comment_count")[0]


def test_articles_have_pictures_with_words_a_video_and_dates_over_weeks(seeded: None) -> None:
    articles = Article.objects.public()
    assert articles.count() >= 3
    assert articles.filter(has_embeds=True).exists()
    pictures = [list(article.pictures.all()) for article in articles]
    assert max(map(len, pictures)) >= 3
    assert all(picture.alt and picture.caption for row in pictures for picture in row)
    assert all(article.tags.exists() for article in articles)
    dates = articles.aggregate(first=Min("published_at"), last=Max("published_at"))
    assert dates["last"] - dates["first"] > timedelta(weeks=3)


def test_one_thread_is_lively(lively: Thread) -> None:
    comments = Comment.objects.filter(thread=lively)
    assert 55 <= lively.comment_count <= 70
    assert comments.published().aggregate(deepest=Max("depth"))["deepest"] == 7
    assert comments.published().values("person").distinct().count() > 12
    assert comments.published().filter(person__user=None).exists()
    assert comments.published().filter(by_moderator=True).exists()
    assert lively.pinned_comment
    assert lively.is_open


def test_comments_have_been_voted_on_edited_deleted_and_removed(lively: Thread) -> None:
    comments = Comment.objects.filter(thread=lively)
    assert comments.filter(score__gt=20).exists()
    assert comments.filter(score__lt=0).exists()
    assert Vote.objects.filter(comment__thread=lively).count() > 300
    assert Revision.objects.filter(comment__thread=lively).exists()
    assert comments.filter(status=Status.WITHDRAWN, reply_count__gt=0, listed=True).exists()
    assert comments.filter(removed=True, reply_count__gt=0, listed=True).exists()


def test_comments_of_various_reasons_wait(seeded: None) -> None:
    waiting = Comment.objects.waiting()
    assert 8 <= waiting.count() <= 12
    reasons = set(Opinion.objects.filter(comment__in=waiting).values_list("name", flat=True))
    assert reasons >= {Reason.LINK, Reason.FIRST, Reason.WORD, Reason.SAME_TEXT}
    assert Opinion.objects.filter(comment__in=waiting, evidence__contains="looks like").exists()
    assert Comment.objects.filter(status=Status.SPAM).count() >= 2
    assert Comment.objects.filter(status=Status.REJECTED, removed=False).count() >= 2


def test_the_forum_is_on_and_one_article_is_closed(seeded: None) -> None:
    assert Site.objects.get().forum_enabled
    assert Board.objects.count() == 2
    assert Thread.objects.listed().filter(board__isnull=False).count() >= 5
    assert Thread.objects.filter(article__isnull=False, closed_at__isnull=False).exists()


@pytest.mark.parametrize(
    ("email", "role"),
    [
        pytest.param(READER, None, id="a reader"),
        pytest.param(MODERATOR, "moderator", id="a moderator"),
        pytest.param(ADMINISTRATOR, "administrator", id="an administrator"),
    ],
)
def test_the_bar_logs_in_members_without_a_password(
    seeded: None, email: str, role: str | None
) -> None:
    user = User.objects.get(email=email)
    assert not user.has_usable_password()
    assert user.name
    assert user.person.contact
    assert user.person.contact.is_proven
    assert EmailAddress.objects.filter(user=user, email=email, primary=True, verified=True).exists()
    assert Membership.objects.filter(user=user).values_list("role", flat=True).first() == role


def test_nothing_is_from_the_future_and_answers_follow_what_they_answer(seeded: None) -> None:
    now = timezone.now()
    for comment in Comment.objects.select_related("parent", "thread__article"):
        assert comment.created_at < now
        if comment.parent:
            assert comment.parent.created_at < comment.created_at
        if comment.thread.article:
            assert comment.thread.article.published_at < comment.created_at


def test_e_mails_about_the_past_are_not_sent_but_one_of_each_kind_is(seeded: None) -> None:
    jobs = Job.objects.open()
    assert sorted(jobs.values_list("name", flat=True)) == [
        "announce",
        "confirm-address",
        "moderation.alert",
    ]
    untold = Comment.objects.published().filter(announced_at=None)
    assert [comment.pk for comment in untold] == [jobs.get(name="announce").payload["comment"]]


def test_seeding_again_changes_nothing_but_the_address(seeded: None, settings: Settings) -> None:
    settings.DEMO = True
    before = [*Comment.objects.order_by("pk").values()]
    call_command("seed_demo", address="http://127.0.0.1:8001")
    assert [*Comment.objects.order_by("pk").values()] == before
    assert Article.objects.count() == 4
    assert Site.objects.get().url("/") == "http://127.0.0.1:8001/"
    assert Site.objects.get().host == "127.0.0.1:8001"
