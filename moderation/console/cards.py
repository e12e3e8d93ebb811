"""Comments as moderators see them: with place, author and all reasons."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from community.comments.models import Comment, Status
from community.comments.words import excerpt
from community.pages.addresses import thread_address
from community.pages.shown import Presenter, ShownComment
from community.sites.models import Site
from community.sites.requests import Request
from moderation import queue
from moderation.models import CheckState, Decision, Opinion
from moderation.queue import History
from moderation.verdicts import Outcome

AGAINST = (Outcome.HOLD, Outcome.SPAM, Outcome.REJECT, Outcome.ERROR)
EXCERPT = 240


@dataclass(frozen=True)
class Parent:
    """The comment that is answered, in short."""

    name: str
    excerpt_html: SafeString


@dataclass(frozen=True)
class Card:
    """One comment with everything a decision needs."""

    shown: ShownComment
    article_title: str
    article_url: str
    parent: Parent | None
    author_history: str
    is_blocked: bool
    reasons: list[tuple[str, str]]
    states: list[str]
    decisions: list[Decision]
    reply_draft: str
    next_anchor: str

    @property
    def waits(self) -> bool:
        """Whether a decision is still to be made."""
        return self.shown.comment.status in (Status.HELD, Status.CHECKING)

    @property
    def is_public(self) -> bool:
        """Whether readers see it now."""
        return self.shown.comment.is_public

    @property
    def is_spam(self) -> bool:
        """Whether it lies among the spam."""
        return self.shown.comment.status == Status.SPAM

    @property
    def is_gone(self) -> bool:
        """Whether its author has deleted it, so that nothing is left to decide."""
        return self.shown.comment.status == Status.WITHDRAWN


def cards_of(request: Request, comments: Sequence[Comment]) -> list[Card]:
    """The cards of one page, each knowing the one after it."""
    histories = queue.author_history(request.site, [row.person_id for row in comments])
    anchors = [f"#card-{row.pk}" for row in comments[1:]] + [""]
    drafts = request.session.get("replies", {})
    return [
        card_of(request, row, histories, anchor, drafts.get(str(row.pk), ""))
        for row, anchor in zip(comments, anchors, strict=False)
    ]


def card_of(
    request: Request, comment: Comment, histories: Mapping[int, History], anchor: str, draft: str
) -> Card:
    """One card."""
    history = histories.get(comment.person_id or 0, History())
    return Card(
        shown=Presenter(comment.thread, request.viewer, [comment]).show(comment),
        article_title=comment.thread.title,
        article_url=thread_address(comment.thread),
        parent=parent_of(comment),
        author_history=told_history(comment, history),
        is_blocked=history.is_blocked,
        reasons=reasons_of(comment),
        states=states_of(comment),
        decisions=list(comment.decisions.all()),
        reply_draft=draft,
        next_anchor=anchor,
    )


def single_card(request: Request, site: Site, pk: int) -> Card | None:
    """The card of one comment of this site, whatever its status."""
    found = queue.cards(Comment.objects.filter(site=site, pk=pk)).first()
    return cards_of(request, [found])[0] if found else None


def parent_of(comment: Comment) -> Parent | None:
    """What this comment answers."""
    if comment.parent is None:
        return None
    words = excerpt(comment.parent.body, EXCERPT)
    return Parent(comment.parent.author_name, format_html("<p>{}</p>", words))


def told_history(comment: Comment, history: History) -> str:
    """Who the author is, in one sentence."""
    person = comment.person
    kind = _("Member") if person and person.is_member else _("Guest")
    proven = _("address confirmed") if person and person.contact_id else _("address not confirmed")
    counts = [
        ngettext("%(n)s published", "%(n)s published", history.published)
        % {"n": history.published},
        ngettext("%(n)s not published", "%(n)s not published", history.rejected)
        % {"n": history.rejected},
        ngettext("%(n)s spam", "%(n)s spam", history.spam) % {"n": history.spam},
    ]
    blocked = [_("blocked")] if history.is_blocked else []
    return ", ".join([kind, proven, *counts, *blocked])


def reasons_of(comment: Comment) -> list[tuple[str, str]]:
    """Everything that speaks against it, with evidence; then what the spam check found good."""
    opinions: list[Opinion] = comment.current_opinions  # type: ignore[attr-defined]
    against = [row for row in opinions if row.outcome in AGAINST]
    checked = [row for row in opinions if row.outcome == Outcome.PASS and row.evidence]
    return [(row.get_name_display(), row.evidence) for row in [*against, *checked]]


def states_of(comment: Comment) -> list[str]:
    """What is still going on with it."""
    running = (CheckState.OPEN, CheckState.TROUBLE)
    checking = any(check.state in running for check in comment.checks.all())
    states = [_("spam check still trying")] if checking else []
    return [*states, _("edited")] if comment.edited_at else states
