"""Examples to learn from: what a site's moderators decided, and what they brought along."""

from collections.abc import Iterable

from django.db.models import Exists, OuterRef, Q, QuerySet

from community.comments.models import Comment, Status
from community.sites.models import Site
from moderation.filters.training import Example
from moderation.models import Act, Decision

# Of either kind: enough to know a site, little enough to learn from in seconds.
MOST = 2000


def examples_of(site: Site) -> list[Example]:
    """The newest decisions of a site about what is spam and what is not, oldest first."""
    found = [*newest(spam_of(site)), *newest(good_of(site))]
    return [example_of(comment) for comment in sorted(found, key=lambda comment: comment.pk)]


def newest(comments: QuerySet[Comment]) -> Iterable[Comment]:
    """As many of these as one learns from."""
    with_words = comments.exclude(body="")
    return with_words.only("pk", "status", "body", "author_url").order_by("-pk")[:MOST]


def spam_of(site: Site) -> QuerySet[Comment]:
    """What moderators called spam. What only a machine called so teaches nothing."""
    return Comment.objects.filter(decided(Act.SPAM), site=site, status=Status.SPAM)


def good_of(site: Site) -> QuerySet[Comment]:
    """What moderators have approved, or published where the comments came from."""
    welcome = decided(Act.APPROVE) | Q(import_number__isnull=False)
    return Comment.objects.filter(welcome, site=site, status=Status.PUBLISHED)


def decided(act: Act) -> Q:
    """That a moderator, no machine, has decided so."""
    decisions = Decision.objects.filter(comment=OuterRef("pk"), act=act, moderator__isnull=False)
    return Q(Exists(decisions))


def example_of(comment: Comment) -> Example:
    """A comment as the filter sees it."""
    return Example(text_of(comment.body, comment.author_url), comment.status == Status.SPAM)


def text_of(body: str, url: str) -> str:
    """What is judged of a comment: its words and its author's page. Names are not."""
    return f"{body}\n{url}" if url else body
