"""Comments as moderators see them: with place, author and all reasons."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from community.comments.models import Comment, CommentQuerySet, Status
from community.comments.words import excerpt
from community.pages.addresses import thread_address, url_of
from community.sites.requests import Request
from moderation import queue
from moderation.models import CheckState, Decision, Note, Opinion, Report
from moderation.queue import Alike, History, Kind
from moderation.queue.filters import AGAINST
from moderation.risk import weight_of
from moderation.verdicts import Outcome

EXCERPT = 240
ALIKE = {
    Kind.TEXT: gettext_lazy("And %(n)s more that say the same"),
    Kind.HOST: gettext_lazy("And %(n)s more with a link to %(host)s"),
    Kind.PERSON: gettext_lazy("And %(n)s more by the same author"),
    Kind.NETWORK: gettext_lazy("And %(n)s more from the same network"),
}
NOTHING: Mapping[int, Alike] = {}
NOBODY: Mapping[int, str] = {}


@dataclass(frozen=True)
class Parent:
    """The comment that is answered, in short."""

    name: str
    excerpt_html: SafeString


@dataclass(frozen=True)
class Why:
    """One reason with its evidence, and what it adds to the risk."""

    title: str
    evidence: str
    weight: int
    # About words that an edit has replaced.
    is_old: bool = False


@dataclass(frozen=True)
class Card:
    """One comment with everything a decision needs."""

    comment: Comment
    article_title: str
    article_url: str
    # The site it is on, where a moderator sees comments of several.
    elsewhere: str
    parent: Parent | None
    author_history: str
    is_blocked: bool
    reasons: list[Why]
    states: list[str]
    notes: list[Note]
    reply_draft: str = ""
    next_anchor: str = ""
    alike: Alike | None = None
    # Another moderator who is looking at it now.
    looked_at_by: str = ""

    @property
    def decisions(self) -> list[Decision]:
        """What happened so far, asked for only where it is shown."""
        return list(self.comment.decisions.select_related("moderator"))

    @property
    def why(self) -> list[Why]:
        """Every word of rules and checks, also those about words since replaced."""
        current = {row.pk for row in self.comment.current_opinions}  # type: ignore[attr-defined]
        return [
            Why(row.title, row.evidence, weight_of(row), row.pk not in current)
            for row in self.comment.opinions.all()
        ]

    @property
    def open_reports(self) -> list[Report]:
        """What readers have said of it that nobody has answered yet, the illegal first."""
        return [report for report in self.comment.reports.all() if report.is_open]

    @property
    def reported_before(self) -> int:
        """How many reports of it have been answered."""
        return len(self.comment.reports.all()) - len(self.open_reports)

    @property
    def told_alike(self) -> str:
        """How many wait that are like it, and in what."""
        if self.alike is None:
            return ""
        number = f"{self.alike.others}+" if self.alike.is_many else self.alike.others
        return ALIKE[self.alike.kind] % {"n": number, "host": self.comment.link_host}

    @property
    def permalink(self) -> str:
        """The address of this one comment."""
        path = url_of("comment", self.comment.pk)
        return self.comment.site.url(path) if self.elsewhere else path

    @property
    def waits(self) -> bool:
        """Whether a decision is still to be made."""
        return self.comment.status in (Status.HELD, Status.CHECKING)

    @property
    def is_public(self) -> bool:
        """Whether readers see it now."""
        return self.comment.is_public

    @property
    def is_spam(self) -> bool:
        """Whether it lies among the spam."""
        return self.comment.status == Status.SPAM

    @property
    def is_gone(self) -> bool:
        """Whether its author has deleted it, so that nothing is left to decide."""
        return self.comment.status == Status.WITHDRAWN


def cards_of(
    request: Request,
    comments: Sequence[Comment],
    *,
    alike: Mapping[int, Alike] = NOTHING,
    looked_at_by: Mapping[int, str] = NOBODY,
) -> list[Card]:
    """The cards of one page, each knowing the one after it."""
    histories = queue.author_history(comments)
    anchors = [f"#card-{row.pk}" for row in comments[1:]] + [""]
    drafts = request.session.get("replies", {})
    return [
        replace(
            card_of(request, row, histories.get((row.site_id, row.person_id or 0), History())),
            next_anchor=anchor,
            reply_draft=drafts.get(str(row.pk), ""),
            alike=alike.get(row.pk),
            looked_at_by=looked_at_by.get(row.pk, ""),
        )
        for row, anchor in zip(comments, anchors, strict=False)
    ]


def card_of(request: Request, comment: Comment, history: History) -> Card:
    """One card by itself."""
    elsewhere = "" if comment.site_id == request.site.pk else comment.site.name
    path = thread_address(comment.thread)
    return Card(
        comment=comment,
        article_title=comment.thread.title,
        article_url=comment.site.url(path) if elsewhere else path,
        elsewhere=elsewhere,
        parent=parent_of(comment),
        author_history=told_history(comment, history),
        is_blocked=history.is_blocked,
        reasons=reasons_of(comment),
        states=states_of(comment),
        notes=list(comment.known_notes),  # type: ignore[attr-defined]
    )


def single_card(request: Request, rows: CommentQuerySet, pk: int) -> Card | None:
    """The card of one of these comments, whatever its status."""
    found = queue.cards_at([pk], rows)
    return cards_of(request, found)[0] if found else None


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


def reasons_of(comment: Comment) -> list[Why]:
    """Everything that speaks against it, with evidence; then what the spam check found good."""
    opinions: list[Opinion] = comment.current_opinions  # type: ignore[attr-defined]
    against = [row for row in opinions if row.outcome in AGAINST]
    checked = [row for row in opinions if row.outcome == Outcome.PASS and row.evidence]
    return [Why(row.title, row.evidence, weight_of(row)) for row in [*against, *checked]]


def states_of(comment: Comment) -> list[str]:
    """What is still going on with it."""
    running = (CheckState.OPEN, CheckState.TROUBLE)
    checking = any(check.state in running for check in comment.checks.all())
    states = [_("spam check still trying")] if checking else []
    return [*states, _("edited")] if comment.edited_at else states
