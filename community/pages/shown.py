"""Comments as a page shows them to one viewer."""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple, TypedDict
from zlib import crc32

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from markupsafe import escape

from community.comments import policies
from community.comments.models import SHOWN_DEPTH, Comment, Status, WaitsFor
from community.comments.queries import Branch
from community.pages.addresses import branch_address, url_of
from community.pages.moments import clock
from community.sites.models import Site
from community.sites.viewers import Viewer
from community.threads.models import Thread
from community.votes import services as votes

# Longer ones are folded, and so are those that as many more readers voted down than up.
LONG, LOW = 2500, -4
# As many as the style sheet has colours for initials.
HUES = 8


class Kind(NamedTuple):
    """What decides how a comment is drawn. Comments of one kind differ in their words alone."""

    state: str
    depth: int
    by_moderator: bool = False
    is_own: bool = False
    is_pinned: bool = False
    is_numbered: bool = False
    # Their other comments have a page.
    has_author: bool = False
    # Nobody, its author, or a moderator.
    edited_by: str = ""
    names_parent: bool = False
    has_notice: bool = False
    # Not, because it is long, or because readers voted it down.
    folded: str = ""
    may_reply: bool = False
    may_vote: bool = False
    may_edit: bool = False
    may_delete: bool = False
    may_moderate: bool = False
    may_confirm: bool = False
    my_vote: int = 0
    shows_votes: bool = False
    has_replies: bool = False
    has_more: bool = False
    # It also stands elsewhere on the page.
    is_copy: bool = False


class Words(TypedDict):
    """What is its own of a comment, escaped and ready to be put into markup."""

    id: int
    version: int
    number: int | None
    address: str
    name: str
    initial: str
    hue: int
    parent_name: str
    parent_url: str
    made: str
    made_words: str
    made_exact: str
    edited_exact: str
    html: str
    notice: str
    ups: int
    downs: int
    score: int
    votes: str
    replies: str
    reply_count: int
    more_url: str
    more_words: str
    token: str


class ShownComment(NamedTuple):
    """One comment as one viewer sees it."""

    comment: Comment
    kind: Kind
    words: Words
    replies: Sequence["ShownComment"] = ()


class Presenter:
    """Shows rows of one thread to one viewer, with one look-up for votes and one for names."""

    def __init__(self, thread: Thread, viewer: Viewer, rows: Iterable[Comment]) -> None:
        rows = list(rows)
        self.on_page = {row.id for row in rows}
        self.thread = thread
        self.is_open = thread.is_open
        self.viewer = viewer
        self.clock = clock()
        self.votes = votes.votes_of(viewer.person_id, [row.id for row in rows])
        self.names = names_of_parents(rows)

    def branch(self, branch: Branch) -> ShownComment:
        """A top-level comment with its replies."""
        shown = self.show(branch.root, [self.show(reply) for reply in branch.replies])
        hidden = branch.hidden
        shown.words["reply_count"] = len(branch.replies) + max(hidden, 0)
        if hidden <= 0:
            return shown
        shown.words["more_url"] = escape(branch_address(branch.root))
        shown.words["more_words"] = told_hidden(hidden)
        return shown._replace(kind=shown.kind._replace(has_more=True))

    def show(self, comment: Comment, replies: Sequence[ShownComment] = ()) -> ShownComment:
        """One comment, with replies shown already."""
        shown = self.to_anyone(comment, replies)
        if self.viewer.is_moderator or policies.is_own(self.viewer, comment):
            return self.to_concerned(shown)
        return shown

    def to_anyone(self, comment: Comment, replies: Sequence[ShownComment] = ()) -> ShownComment:
        """One comment as everybody sees it, with this viewer's own vote."""
        public = comment.is_public
        words = self.words_of(comment)
        kind = Kind(
            state="published" if public else "placeholder",
            depth=min(comment.depth, SHOWN_DEPTH - 1),
            by_moderator=comment.by_moderator,
            is_pinned=self.thread.pinned_comment_id == comment.id,
            is_numbered=comment.import_number is not None,
            has_author=public and comment.person_id is not None,
            edited_by=edited_by(comment),
            names_parent=bool(words["parent_name"]),
            folded=folded(comment) if public else "",
            may_reply=public and self.is_open,
            may_vote=public,
            my_vote=self.votes.get(comment.id, 0),
            has_replies=bool(replies),
        )
        if not public:
            words["notice"] = escape(placeholder_of(comment))
        return ShownComment(comment, kind, words, replies)

    def words_of(self, comment: Comment) -> Words:
        """What is its own of this comment, whoever looks."""
        made, pk, edited = self.clock(comment.created_at), comment.id, comment.edited_at
        name = comment.author_name
        return {
            "id": pk,
            "version": comment.version,
            "number": comment.import_number,
            "address": url_of("comment", pk),
            "name": escape(name),
            "initial": escape(name[:1]),
            "hue": crc32(name.encode()) % HUES,
            "parent_name": self.name_of_parent(comment),
            "parent_url": self.address_of_parent(comment),
            "made": made.machine,
            "made_words": made.words,
            "made_exact": made.exact,
            "edited_exact": self.clock(edited).exact if edited else "",
            "html": comment.body_html,
            "notice": "",
            "ups": comment.ups,
            "downs": comment.downs,
            "score": comment.score,
            "votes": "",
            "replies": "",
            "reply_count": 0,
            "more_url": "",
            "more_words": "",
            "token": "",
        }

    def to_concerned(self, shown: ShownComment) -> ShownComment:
        """The same with what its author or a moderator sees and may do besides."""
        viewer, comment, words = self.viewer, shown.comment, shown.words
        own = policies.is_own(viewer, comment)
        state = state_of(comment, viewer)
        may_vote = policies.may_vote(viewer, comment)
        words["notice"] = escape(f"{notice_of(comment, state)} {self.promise(own, state)}".strip())
        words["votes"] = told_votes(comment.score)
        kind = shown.kind._replace(
            state=state,
            has_notice=bool(words["notice"]),
            is_own=own,
            folded="" if own or viewer.is_moderator else shown.kind.folded,
            may_vote=may_vote,
            shows_votes=state == "published" and not may_vote and comment.score != 0,
            may_edit=policies.may_edit(viewer, comment),
            may_delete=policies.may_delete(viewer, comment),
            may_moderate=viewer.is_moderator and state != "placeholder",
            may_confirm=own and comment.contact_id is not None and not viewer.has_address,
        )
        return shown._replace(kind=kind)

    def promise(self, own: bool, state: str) -> str:
        """When the author of what waits may expect an answer, if the site tells them."""
        return promised(self.thread.site) if own and state == "waiting" else ""

    def name_of_parent(self, comment: Comment) -> str:
        """Who is answered; nobody where that comment is not public."""
        return escape(self.names.get(comment.parent_id, "")) if comment.parent_id else ""

    def address_of_parent(self, comment: Comment) -> str:
        """Where the answered comment is: on this page, or wherever its own address leads."""
        if comment.parent_id is None:
            return ""
        if comment.parent_id in self.on_page:
            return f"#c{comment.parent_id}"
        return url_of("comment", comment.parent_id)


def edited_by(comment: Comment) -> str:
    """Who changed its words: nobody, its author, or a moderator."""
    if comment.edited_at is None:
        return ""
    return "moderator" if comment.edited_by_moderator else "author"


def folded(comment: Comment) -> str:
    """Whether only its beginning is shown, or nothing of it, until a reader asks."""
    if comment.score <= LOW:
        return "low"
    return "long" if len(comment.body_html) > LONG else ""


def told_votes(score: int) -> str:
    """How often it was voted for, where one cannot vote oneself."""
    return ngettext("%(score)s vote", "%(score)s votes", score) % {"score": score}


def told_hidden(count: int) -> str:
    """How many replies stand on a page of their own."""
    return told_hidden_in(get_language(), count)


@lru_cache(maxsize=256)
def told_hidden_in(_language: str | None, count: int) -> str:
    """The same; what is said often is translated once."""
    return ngettext("Show %(n)s more reply", "Show %(n)s more replies", count) % {"n": count}


def names_of_parents(rows: list[Comment]) -> dict[int, str]:
    """Whom the replies among these rows answer; nobody is named whose comment is not public."""
    wanted = {row.parent_id for row in rows if row.parent_id}
    known = {row.id: row for row in rows if row.id in wanted}
    missing = wanted - known.keys()
    if missing:
        known |= Comment.objects.in_bulk(missing)
    return {pk: row.author_name for pk, row in known.items() if row.is_public}


def state_of(comment: Comment, viewer: Viewer) -> str:
    """How this viewer sees it: published, checking, waiting, or only its place."""
    if comment.is_public:
        return "published"
    own = policies.is_own(viewer, comment) and comment.is_waiting
    if not own and not (viewer.is_moderator and comment.status == Status.HELD):
        return "placeholder"
    return "checking" if comment.status == Status.CHECKING else "waiting"


def notice_of(comment: Comment, state: str) -> str:
    """The sentence that stands at a comment which is not simply there."""
    match state:
        case "published":
            return ""
        case "placeholder":
            return placeholder_of(comment)
        case "checking":
            return _("Your comment is being checked. This takes a moment.")
    return waiting_notice(comment)


def waiting_notice(comment: Comment) -> str:
    """Why a comment waits, told mildly: links are named, evidence of other kinds is not."""
    match comment.waits_for:
        case WaitsFor.LINK:
            return _("This comment waits for a moderator, because it has a link.")
        case WaitsFor.FIRST:
            return _("First comments wait for a moderator.")
        case WaitsFor.TRUST:
            return _("It waits because some of your last comments here were not published.")
        case WaitsFor.REPORTED:
            return _("Readers have reported this comment. A moderator will look at it.")
    return _("A moderator will look at this comment.")


def promised(site: Site) -> str:
    """Within which time moderators answer, if the site tells it."""
    if not (site.answer_told and site.answer_hours):
        return ""
    return ngettext(
        "We answer within %(n)s hour.", "We answer within %(n)s hours.", site.answer_hours
    ) % {"n": site.answer_hours}


def placeholder_of(comment: Comment) -> str:
    """What stands where a comment with replies used to be."""
    if comment.status == Status.WITHDRAWN:
        return _("Deleted by its author.")
    if comment.removed:
        return _("Removed by a moderator.")
    return _("This comment is not public at the moment.")


def told_status(comment: Comment) -> str:
    """How a comment stands, in the words its author reads."""
    if comment.is_public:
        return told_edit(comment) or _("Published")
    if comment.status == Status.REJECTED:
        return told_refusal(comment)
    if comment.status == Status.WITHDRAWN:
        return _("Deleted by its author.")
    return notice_of(comment, "checking" if comment.status == Status.CHECKING else "waiting")


def told_edit(comment: Comment) -> str:
    """That a moderator has changed it before or after it was published, with the reason given."""
    if not comment.edited_by_moderator:
        return ""
    sentence = _("Published, edited by a moderator.")
    return f"{sentence} {comment.told}".strip()


def told_refusal(comment: Comment) -> str:
    """That it was not published or taken away, with the reason a moderator gave."""
    if comment.removed:
        sentence = _("Removed by a moderator.")
    else:
        sentence = _("A moderator did not publish this comment.")
    return f"{sentence} {comment.told}".strip()
