"""Comments as a page shows them to one viewer."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from community.comments import policies
from community.comments.models import SHOWN_DEPTH, Comment, Status, WaitsFor
from community.comments.queries import Branch
from community.pages.addresses import branch_address
from community.sites.models import Site
from community.sites.viewers import Viewer
from community.threads.models import Thread
from community.votes import services as votes


class ShownComment(NamedTuple):
    """One comment with everything its template needs, decided for one viewer."""

    comment: Comment
    depth: int
    state: str
    notice: str
    in_reply_to: str
    in_reply_to_url: str
    is_own: bool
    is_pinned: bool
    may_reply: bool
    may_vote: bool
    my_vote: int
    may_edit: bool
    may_delete: bool
    may_moderate: bool
    may_confirm: bool
    replies: Sequence["ShownComment"] = ()
    hidden_replies: int = 0
    more_url: str = ""

    @property
    def permalink(self) -> str:
        """The address of this one comment."""
        return reverse("comment", args=[self.comment.pk])

    @property
    def css(self) -> str:
        """How its place looks, as the end of a list of classes."""
        looks = {"placeholder": " gone", "published": ""}.get(self.state, " waits")
        return f"{looks} own" if self.is_own else looks

    @property
    def quiet_score(self) -> str:
        """How often it was voted for, where one cannot vote oneself."""
        score = self.comment.score
        if self.state != "published" or not score:
            return ""
        return ngettext("%(score)s vote", "%(score)s votes", score) % {"score": score}

    @property
    def more_words(self) -> str:
        """How many replies stand on a page of their own."""
        count = self.hidden_replies
        return ngettext("Show %(n)s more reply", "Show %(n)s more replies", count) % {"n": count}


class Presenter:
    """Shows rows of one thread to one viewer, with one look-up for votes and one for names."""

    def __init__(self, thread: Thread, viewer: Viewer, rows: Iterable[Comment]) -> None:
        rows = list(rows)
        self.on_page = {row.pk for row in rows}
        self.thread = thread
        self.is_open = thread.is_open
        self.viewer = viewer
        self.votes = votes.votes_of(viewer.person_id, [row.pk for row in rows])
        self.names = names_of_parents(rows)

    def branch(self, branch: Branch) -> ShownComment:
        """A top-level comment with its replies."""
        replies = [self.show(reply) for reply in branch.replies]
        hidden = max(branch.hidden, 0)
        more_url = branch_address(branch.root) if hidden else ""
        return self.show(branch.root)._replace(
            replies=replies, hidden_replies=hidden, more_url=more_url
        )

    def show(self, comment: Comment) -> ShownComment:
        """One comment."""
        shown = self.to_anyone(comment)
        if self.viewer.is_moderator or policies.is_own(self.viewer, comment):
            return self.to_concerned(shown)
        return shown

    def to_anyone(self, comment: Comment) -> ShownComment:
        """One comment as everybody sees it, with this viewer's own vote."""
        public = comment.is_public
        return ShownComment(
            comment=comment,
            depth=min(comment.depth, SHOWN_DEPTH - 1),
            state="published" if public else "placeholder",
            notice="" if public else placeholder_of(comment),
            in_reply_to=self.names.get(comment.parent_id or 0, ""),
            in_reply_to_url=self.address_of_parent(comment),
            is_own=False,
            is_pinned=self.thread.pinned_comment_id == comment.pk,
            may_reply=public and self.is_open,
            may_vote=public,
            my_vote=self.votes.get(comment.pk, 0),
            may_edit=False,
            may_delete=False,
            may_moderate=False,
            may_confirm=False,
        )

    def to_concerned(self, shown: ShownComment) -> ShownComment:
        """The same with what its author or a moderator sees and may do besides."""
        viewer, comment = self.viewer, shown.comment
        own = policies.is_own(viewer, comment)
        state = state_of(comment, viewer)
        return shown._replace(
            state=state,
            notice=f"{notice_of(comment, state)} {self.promise(own, state)}".strip(),
            is_own=own,
            may_vote=policies.may_vote(viewer, comment),
            may_edit=policies.may_edit(viewer, comment),
            may_delete=policies.may_delete(viewer, comment),
            may_moderate=viewer.is_moderator and state != "placeholder",
            may_confirm=own and comment.contact_id is not None and not is_proven(viewer),
        )

    def promise(self, own: bool, state: str) -> str:
        """When the author of what waits may expect an answer, if the site tells them."""
        return promised(self.thread.site) if own and state == "waiting" else ""

    def address_of_parent(self, comment: Comment) -> str:
        """Where the answered comment is: on this page, or wherever its own address leads."""
        if comment.parent_id is None:
            return ""
        if comment.parent_id in self.on_page:
            return f"#c{comment.parent_id}"
        return reverse("comment", args=[comment.parent_id])


def is_proven(viewer: Viewer) -> bool:
    """Whether this viewer has confirmed an address."""
    return viewer.person is not None and viewer.person.contact_id is not None


def names_of_parents(rows: list[Comment]) -> dict[int, str]:
    """Whom the replies among these rows answer; nobody is named whose comment is not public."""
    wanted = {row.parent_id for row in rows if row.parent_id}
    known = {row.pk: row for row in rows if row.pk in wanted}
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
    return f"{_('Published, edited by a moderator.')} {comment.told}".strip()


def told_refusal(comment: Comment) -> str:
    """That it was not published or taken away, with the reason a moderator gave."""
    if comment.removed:
        sentence = _("Removed by a moderator.")
    else:
        sentence = _("A moderator did not publish this comment.")
    return f"{sentence} {comment.told}".strip()
