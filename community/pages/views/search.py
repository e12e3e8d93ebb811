"""Finding comments, articles and topics by their words."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from community.articles.models import Article
from community.comments.models import Comment
from community.comments.rendering import text_of
from community.limits.pace import SEARCHES
from community.pages.addresses import thread_address
from community.pages.threads import read_cursor
from community.search import queries
from community.search.deadline import TookTooLong
from community.search.marking import excerpt
from community.search.queries import Found
from community.search.terms import Term, terms_of
from community.sites.requests import Request
from community.threads.models import Thread

# How many articles and topics stand above the comments.
FEW = 3


@dataclass(frozen=True)
class Hit:
    """One thing that was found, with the words marked."""

    title: SafeString
    url: str
    author: str
    when: datetime
    excerpt: SafeString


@dataclass(frozen=True)
class Group:
    """Things of one kind that were found, and where there are more."""

    key: str
    title: str
    hits: list[Hit]
    more_url: str


def hit_of_comment(comment: Comment, terms: Sequence[Term]) -> Hit:
    """A comment, named by what it stands under."""
    return Hit(
        excerpt(comment.thread.title, terms),
        reverse("comment", args=[comment.pk]),
        comment.author_name,
        comment.created_at,
        excerpt(text_of(comment.body_html), terms),
    )


def hit_of_article(article: Article, terms: Sequence[Term]) -> Hit:
    """An article, with the part of its text that was meant."""
    return Hit(
        excerpt(article.title, terms),
        reverse("article", args=[article.slug]),
        article.author_name,
        article.published_at,
        excerpt(f"{article.summary} {text_of(article.html)}", terms),
    )


def hit_of_topic(topic: Thread, terms: Sequence[Term]) -> Hit:
    """A topic, which has a title only."""
    title = excerpt(topic.title, terms)
    return Hit(title, thread_address(topic), topic.starter_name, topic.created_at, SafeString())


@dataclass(frozen=True)
class Kind:
    """A kind of things that can be found."""

    title: Any
    find: Callable[..., Found[Any]]
    show: Callable[[Any, Sequence[Term]], Hit]


KINDS = {
    "articles": Kind(gettext_lazy("Articles"), queries.articles, hit_of_article),
    "topics": Kind(gettext_lazy("Topics"), queries.topics, hit_of_topic),
    "comments": Kind(gettext_lazy("Comments"), queries.comments, hit_of_comment),
}


@require_safe
def search(request: Request) -> HttpResponse:
    """What is public and says these words: newest first."""
    question = " ".join(request.GET.get("q", "").replace("\0", "").split())
    terms = terms_of(question)
    context: dict[str, Any] = {"question": question, "nav": "search", "groups": [], "sentence": ""}
    if terms and SEARCHES.is_too_fast(request):
        context["sentence"] = _("You have searched very often. Please wait a little.")
        response = render(request, "search/search.html", context, status=429)
        response["Retry-After"] = "600"
        return response
    try:
        context["groups"] = groups_of(request, question, terms)
    except TookTooLong:
        context["sentence"] = _("These words stand almost everywhere. Please add another one.")
    context["sentence"] = context["sentence"] or sentence_of(question, terms, context["groups"])
    return render(request, "search/search.html", context)


def sentence_of(question: str, terms: Sequence[Term], groups: Sequence[Group]) -> str:
    """What to say where nothing stands below."""
    if not question or groups:
        return ""
    if not terms:
        return _("Please write a word of at least two letters.")
    return _("Nothing was found. Perhaps another spelling, or fewer words?")


def groups_of(request: Request, question: str, terms: Sequence[Term]) -> list[Group]:
    """One kind, if the address names it; else comments below a few articles and topics."""
    wanted, behind = request.GET.get("in", ""), read_cursor(request)
    if wanted in KINDS or behind is not None:
        chosen = [(wanted if wanted in KINDS else "comments", queries.PAGE)]
    else:
        chosen = [("articles", FEW), ("topics", FEW), ("comments", queries.PAGE)]
    groups = []
    for key, most in chosen:
        found = KINDS[key].find(request.site, terms, behind=behind, most=most)
        groups.append(group_of(key, found, question, terms))
    return [group for group in groups if group.hits]


def group_of(key: str, found: Found[Any], question: str, terms: Sequence[Term]) -> Group:
    """What was found of one kind, as the page shows it."""
    asked = {"q": question, "in": key, "after": found.last}
    more_url = f"?{urlencode(asked)}" if found.last else ""
    hits = [KINDS[key].show(row, terms) for row in found.rows]
    return Group(key, str(KINDS[key].title), hits, more_url)
