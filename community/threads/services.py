"""Threads: found or made, opened, closed and pinned."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import F
from django.utils import timezone

from community.articles.models import Article
from community.sites.models import Site
from community.threads.models import Board, Thread


def of_article(article: Article) -> Thread:
    """The thread of an article, made when it is first asked for."""
    try:
        return article.thread
    except Thread.DoesNotExist:
        thread, _ = Thread.objects.get_or_create(
            article=article,
            defaults={
                "site": article.site,
                "title": article.title,
                "closes_at": closing_date(article.site, article.published_at),
            },
        )
        return thread


def of_page(site: Site, url: str) -> Thread:
    """The thread of a page elsewhere; not saved while nobody has written there."""
    found = Thread.objects.filter(site=site, url=url).first()
    return found or Thread(site=site, url=url, title=url)


def keep(thread: Thread) -> None:
    """Store the thread of a page elsewhere; two who write there first at once share it."""
    found, _made = Thread.objects.get_or_create(
        site=thread.site, url=thread.url, defaults={"title": thread.title}
    )
    thread.pk = found.pk
    thread.refresh_from_db()


def closing_date(site: Site, start: datetime) -> datetime | None:
    """When a thread that starts then closes by itself, if the site wants that."""
    days = site.close_after_days
    return start + timedelta(days=days) if days else None


def new_topic(board: Board, title: str, starter_name: str) -> Thread:
    """A topic nobody sees until its first comment is public."""
    return Thread(
        site=board.site,
        board=board,
        title=title,
        starter_name=starter_name,
        listed=False,
        closes_at=closing_date(board.site, timezone.now()),
    )


def close(thread: Thread) -> None:
    """Let nobody write here any more."""
    change(thread, closed_at=timezone.now())


def reopen(thread: Thread) -> None:
    """Let people write here again, with no date of closing."""
    change(thread, closed_at=None, closes_at=None)


def pin(thread: Thread, pinned: bool) -> None:
    """Keep a topic at the top of its board, or let it go."""
    change(thread, pinned=pinned)


def pin_comment(thread: Thread, comment_id: int | None) -> None:
    """Show one comment at the top in every order, or none."""
    change(thread, pinned_comment_id=comment_id)


def change(thread: Thread, **fields: Any) -> None:
    """Write fields of a thread; its public pages are new from here on."""
    Thread.objects.filter(pk=thread.pk).renew(**fields)
    thread.refresh_from_db()


def close_due() -> int:
    """Close the threads whose day has come; their number."""
    due = Thread.objects.filter(closed_at=None, closes_at__lte=timezone.now())
    return due.renew(closed_at=F("closes_at"))
