"""A post as an article with its thread and its old addresses."""

from urllib.parse import unquote, urlsplit

from django.db import transaction
from django.utils import timezone
from django.utils.encoding import escape_uri_path
from django.utils.text import slugify
from django.utils.translation import gettext as _

from community.articles import services
from community.articles.models import Article, OldAddress, TextFormat
from community.comments.words import excerpt
from community.portability.wordpress.html import article_html, plain_text
from community.portability.wordpress.report import Count, Report
from community.portability.wordpress.values import UNDATED, ExportedPost, ExportedSite
from community.sites.models import Site
from community.threads import services as threads
from community.threads.models import Thread

_IN_THE_BIN = frozenset({"trash", "auto-draft"})
# What is to appear on a day to come does so here as well.
_PUBLIC = frozenset({"publish", "future"})
_LONGEST_PATH = 500


def is_deleted(post: ExportedPost) -> bool:
    """Whether its author had thrown it away, or never kept it."""
    return post.status in _IN_THE_BIN


def is_public(post: ExportedPost) -> bool:
    """Whether everyone could read it there."""
    return post.status in _PUBLIC and not post.has_password


def key_of(post: ExportedPost, blog: ExportedSite) -> str:
    """What a post is known by in every export of its blog."""
    return f"{key_of_blog(blog)}/?p={post.number}"


def key_of_blog(blog: ExportedSite) -> str:
    """What a blog is known by, with http or https."""
    parts = urlsplit(blog.url)
    return (parts.netloc + parts.path)[:170]


def thread_of(site: Site, key: str) -> Thread | None:
    """The thread of a post that was imported before."""
    article = Article.objects.filter(site=site, import_key=key).first()
    return threads.of_article(article) if article else None


@transaction.atomic
def take_over(post: ExportedPost, site: Site, blog: ExportedSite, report: Report) -> Thread:
    """The thread of a post's article, both made if nobody else has made them meanwhile."""
    Site.objects.select_for_update().get(pk=site.pk)
    key = key_of(post, blog)
    if known := thread_of(site, key):
        report.note(Count.KNOWN_ARTICLE)
        return known
    report.note(Count.NEW_ARTICLE)
    note_content(post, report)
    return open_thread(save(post, site, blog, key), post)


def note_content(post: ExportedPost, report: Report) -> None:
    """Count what an administrator should know of a new article."""
    report.note(Count.DRAFT, not is_public(post))
    report.note(Count.PICTURE, len(article_html(post.html, post.url).pictures))


def save(post: ExportedPost, site: Site, blog: ExportedSite, key: str) -> Article:
    """A new article, found at all its old addresses."""
    article = Article(
        site=site,
        import_key=key,
        slug=slugify(post.slug) or slugify(post.title) or f"post-{post.number}",
        title=title_of(post),
        summary=excerpt(post.excerpt, 400),
        text=article_html(post.html, post.url or blog.url).html,
        text_format=TextFormat.HTML,
        author_name=excerpt(post.author_name, 80) or site.name,
        is_published=is_public(post),
        published_at=timezone.now() if post.published_at is UNDATED else post.published_at,
    )
    services.save(article, {excerpt(tag, 60): None for tag in post.tags})
    addresses = [OldAddress(site=site, article=article, path=path) for path in old_paths(post)]
    OldAddress.objects.bulk_create(addresses, ignore_conflicts=True)
    return article


def title_of(post: ExportedPost) -> str:
    """Its title; short notes often have none, so their first words stand for it."""
    title = excerpt(post.title, 200) or excerpt(plain_text(post.html[:2000]), 80)
    return title or _("Untitled")


def old_paths(post: ExportedPost) -> set[str]:
    """Where it was, spelled as requests are."""
    spelled = {_as_requested(path) for path in post.old_paths}
    return {path for path in spelled if path and len(path) <= _LONGEST_PATH}


def _as_requested(path: str) -> str:
    path, question_mark, query = path.partition("?")
    path = escape_uri_path(unquote(path))
    return f"{path}?{query}" if question_mark else path.rstrip("/")


def open_thread(article: Article, post: ExportedPost) -> Thread:
    """The thread of a new article, as old as it, closed where it was closed."""
    thread = threads.of_article(article)
    thread.created_at = thread.last_activity = article.published_at
    thread.closed_at = None if post.comments_open else timezone.now()
    thread.save(update_fields=["created_at", "last_activity", "closed_at"])
    return thread
