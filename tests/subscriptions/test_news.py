"""News on the site: the rows of the e-mails, read or not, and why an e-mail came or did not."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.core import signing
from django.test import Client
from django.utils import timezone

from community.accounts.guests import SALT
from community.accounts.models import Person
from community.comments.models import Comment, Status
from community.mail.models import MailState
from community.sites.models import Site
from community.subscriptions import news, services
from community.subscriptions.models import Delivery, Unwanted
from community.threads.models import Thread
from tests import factories
from tests.subscriptions.helpers import do_jobs, move

pytestmark = [pytest.mark.both, pytest.mark.django_db]


@pytest.fixture
def visitor(author: Person, client: Client) -> Client:
    """The browser of someone who follows a thread."""
    client.cookies[settings.GUEST_COOKIE_NAME] = signing.dumps(str(author.key), salt=SALT)
    return client


@pytest.fixture
def answered(thread: Thread, author: Person) -> Comment:
    """A comment they were to hear of."""
    assert author.contact is not None
    services.follow_thread(thread, author.contact, author)
    comment = factories.comment(thread, "It was low tide at six.")
    do_jobs()
    return comment


def text(client: Client, url: str = "/e-mails/news/") -> str:
    """A page as it comes."""
    return client.get(url).content.decode()


def test_the_header_counts_what_is_unread(visitor: Client, answered: Comment) -> None:
    assert 'News <span class="count">1' in text(visitor, "/house-rules/")


def test_news_say_who_wrote_what_and_where(visitor: Client, answered: Comment) -> None:
    page = text(visitor)
    assert f"{answered.author_name} wrote a comment." in page
    assert "It was low tide at six." in page
    assert f"/comments/{answered.pk}/" in page
    assert "The e-mail is on its way." in page


def test_reading_the_comment_marks_it_as_read(
    visitor: Client, answered: Comment, thread: Thread
) -> None:
    assert thread.article is not None
    visitor.get(f"/articles/{thread.article.slug}/")
    assert 'News <span class="count none">0' in text(visitor, "/house-rules/")
    assert "new</span>" not in text(visitor)


def test_one_press_marks_all_as_read(visitor: Client, answered: Comment, site: Site) -> None:
    page = visitor.post("/e-mails/news/seen/", follow=True).content.decode()
    assert "Mark all as read" not in page
    assert "It was low tide at six." in page


@pytest.mark.parametrize("status", [Status.HELD, Status.SPAM, Status.REJECTED])
def test_what_is_not_public_any_more_is_no_news(
    visitor: Client, answered: Comment, status: Status
) -> None:
    move(answered, status)
    assert "low tide" not in text(visitor)
    assert 'News <span class="count none">0' in text(visitor, "/house-rules/")


def test_comments_of_a_hidden_article_are_no_news(
    visitor: Client, answered: Comment, thread: Thread
) -> None:
    assert thread.article is not None
    thread.article.is_published = False
    thread.article.save()
    assert "low tide" not in text(visitor)


def test_what_one_has_just_stopped_is_not_said_to_be_on_its_way(
    visitor: Client, answered: Comment
) -> None:
    services.stop(Delivery.objects.get().subscription)
    page = text(visitor)
    assert "No e-mail: you had stopped these." in page
    assert "on its way" not in page


@pytest.mark.parametrize(
    ("end", "sentence"),
    [
        ({"state": MailState.SENT}, "E-mailed on"),
        ({"state": MailState.FAILED}, "Your mail server did not take the e-mail."),
        ({"state": MailState.SKIPPED, "reason": Unwanted.SEEN}, "you had seen it here"),
        ({"state": MailState.SKIPPED, "reason": Unwanted.PAUSED}, "do not write to your address"),
        ({"state": MailState.SKIPPED, "reason": Unwanted.THREAD_MUTED}, "none about these"),
        ({"state": MailState.GATHERED, "delay": "quiet"}, "end of your quiet hours"),
        ({"state": MailState.GATHERED, "delay": "asked"}, "as you chose"),
    ],
)
def test_each_says_why_an_e_mail_came_or_did_not(
    visitor: Client, answered: Comment, end: dict[str, str], sentence: str
) -> None:
    Delivery.objects.update(**end, finished_at=timezone.now())
    assert sentence in text(visitor)


def test_every_end_has_a_sentence(answered: Comment) -> None:
    row = Delivery.objects.get()
    for state in MailState:
        for reason in (*Unwanted, ""):
            row.state, row.reason = state, reason
            assert news.told_end(row).endswith(".")


def test_what_one_wants_to_hear_nothing_of_is_not_counted(
    visitor: Client, answered: Comment
) -> None:
    Delivery.objects.update(state=MailState.SKIPPED, reason=Unwanted.PERSON_MUTED)
    assert 'News <span class="count none">0' in text(visitor, "/house-rules/")


def test_nobody_counts_further_than_a_hundred(
    site: Site, thread: Thread, author: Person, answered: Comment
) -> None:
    first = Delivery.objects.get()
    comments = [factories.comment(thread) for _ in range(3)]
    Delivery.objects.bulk_create(
        Delivery(
            contact=first.contact,
            comment=comment,
            kind=first.kind,
            subscription=first.subscription,
        )
        for comment in comments
    )
    assert news.unread(first.contact_id, site) == 4
    notices, further = news.page(first.contact_id, site)
    assert [notice.comment for notice in notices] == [*reversed(comments), answered]
    assert further is None


def test_pages_go_on_behind_what_was_shown_last(
    monkeypatch: pytest.MonkeyPatch, visitor: Client, site: Site, answered: Comment
) -> None:
    monkeypatch.setattr(news, "ON_A_PAGE", 1)
    younger = factories.comment(answered.thread)
    do_jobs()
    first, before = news.page(Delivery.objects.earliest("pk").contact_id, site)
    second, end = news.page(Delivery.objects.earliest("pk").contact_id, site, before)
    assert [notice.comment for notice in (*first, *second)] == [younger, answered]
    assert end is None


def test_old_news_are_no_news(visitor: Client, answered: Comment) -> None:
    Delivery.objects.update(created_at=timezone.now() - news.NEWS_FOR - timedelta(days=1))
    assert "low tide" not in text(visitor)


def test_whoever_has_no_confirmed_address_has_no_news(client: Client, site: Site) -> None:
    assert client.get("/e-mails/news/").status_code == 404
    assert client.post("/e-mails/news/seen/").status_code in (403, 404)
    assert "News" not in text(client, "/house-rules/")
