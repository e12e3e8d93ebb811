"""What a page tells machines of itself: search engines, feed readers, whoever shows a link to it.

All of it is made from what the page shows anyway: it asks the database nothing.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from community.articles.models import Article
from community.articles.presentation import ShownArticle
from community.comments.rendering import text_of
from community.pages.addresses import default_sort, thread_address
from community.pages.shown import ShownComment
from community.pages.threads import Page
from community.sites.models import Site
from community.sites.requests import Request
from community.threads.models import Thread

CONTEXT = "https://schema.org"
# Of each comment so much: the words themselves stand on the page.
LONGEST = 300
# JSON within HTML: nothing in it may end the script it stands in.
_ESCAPED = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026"})


@dataclass(frozen=True)
class Metadata:
    """The head of a page, beside its title."""

    title: str
    url: str
    kind: str = "website"
    description: str = ""
    image: str = ""
    next_url: str = ""
    # The addresses of its feed, without the end that tells the format.
    feed: str = ""
    data: dict[str, Any] = field(default_factory=dict)

    @property
    def json(self) -> SafeString:
        """Its data for machines, which no browser runs."""
        return mark_safe(json.dumps(self.data, ensure_ascii=False).translate(_ESCAPED))


def of_list(request: Request, title: str, *, next_url: str = "", feed: str = "") -> Metadata:
    """A list, each page of which stands for itself."""
    after = request.GET.get("after")
    own = f"{request.path}?after={after}" if after else request.path
    return Metadata(title, request.site.url(own), next_url=next_url, feed=feed)


def of_article(request: Request, article: Article, shown: ShownArticle, page: Page) -> Metadata:
    """An article with its comments."""
    site, thread = request.site, article.thread
    pictures = [*shown.lead_pictures, *shown.pictures]
    image = site.url(pictures[0].url) if pictures else ""
    data = {
        "@context": CONTEXT,
        "@type": "Article",
        "headline": article.title,
        "author": person(article.author_name),
        "datePublished": article.published_at.isoformat(),
        "dateModified": max(article.published_at, article.updated_at).isoformat(),
        "publisher": {"@type": "Organization", "name": site.name},
        **({"image": image} if image else {}),
    }
    return of_thread(request, thread, page, data, "article", article.summary, image)


def of_topic(request: Request, thread: Thread, page: Page) -> Metadata:
    """A topic of the forum: its first comment is the posting, the others answer it."""
    opening = next((it for it in page.comments if it.comment.is_public), None)
    data = {
        "@context": CONTEXT,
        "@type": "DiscussionForumPosting",
        "headline": thread.title,
        "author": person(thread.starter_name),
        "datePublished": thread.created_at.isoformat(),
        "text": words_of(opening) if opening and not page.first_url else thread.title,
    }
    return of_thread(request, thread, page, data, "article", thread.title)


def of_thread(
    request: Request,
    thread: Thread,
    page: Page,
    data: dict[str, Any],
    kind: str,
    description: str,
    image: str = "",
) -> Metadata:
    """A page of comments. Only the usual order stands for itself; the others lead to it."""
    site, address = request.site, thread_address(thread)
    is_usual = page.sort == default_sort(thread)
    after = request.GET.get("after")
    own = f"{address}?after={after}" if after and is_usual else address
    data |= {"url": site.url(address), "mainEntityOfPage": site.url(address)}
    data |= {"commentCount": thread.comment_count}
    if not request.personal:
        data["comment"] = comments_of(site.url(own), page.comments)
    return Metadata(
        title=thread.title,
        url=site.url(own),
        kind=kind,
        description=description,
        image=image,
        next_url=page.next_url if is_usual else "",
        feed=f"{address}feed." if not thread.url else "",
        data=data,
    )


def comments_of(url: str, comments: Iterable[ShownComment]) -> list[dict[str, Any]]:
    """The public comments among these. Answers stand below them on the page, not here.

    Told twice, the words of all would be a fifth of the page's bytes and cost.
    """
    return [comment_of(url, shown) for shown in comments if shown.comment.is_public]


def comment_of(url: str, shown: ShownComment) -> dict[str, Any]:
    """One comment."""
    row = shown.comment
    return {
        "@type": "Comment",
        "url": f"{url}#c{row.pk}",
        "author": person(row.author_name),
        "datePublished": shown.words["made"],
        "text": words_of(shown),
    }


def words_of(shown: ShownComment) -> str:
    """The beginning of a comment's words."""
    return text_of(shown.comment.body_html)[:LONGEST].strip()


def person(name: str) -> dict[str, str]:
    """Somebody, by name alone."""
    return {"@type": "Person", "name": name}


def of_site(site: Site) -> dict[str, Any]:
    """The site itself, with the way to search it."""
    search = f"{site.url(reverse('search'))}?q={{words}}"
    action = {"@type": "SearchAction", "target": search, "query-input": "required name=words"}
    return {
        "@context": CONTEXT,
        "@type": "WebSite",
        "name": site.name,
        "url": site.url("/"),
        "potentialAction": action,
    }
