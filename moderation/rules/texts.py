"""The same words, said by someone else before."""

from datetime import timedelta

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from community.comments.models import Comment, CommentQuerySet, Status
from community.comments.screening import Draft
from community.prepared import Parameter, Prepared
from moderation.models import Policy, Reason
from moderation.verdicts import Outcome, Verdict

REMEMBERED = timedelta(days=30)
# Short of this, two people say the same by themselves: “Thank you!”, “I agree.”
TELLING = 20
# No row has this id.
NONE = 0


def says_the_same(draft: Draft, policy: Policy) -> Verdict | None:
    """Copied texts wait: spam comes in series."""
    if len(draft.rendered.text.strip()) < TELLING:
        return None
    twin = of_others(draft)
    if twin is None:
        return None
    evidence = _("Comment %(number)d by %(name)s") % {"number": twin.pk, "name": twin.author_name}
    return Verdict(Reason.SAME_TEXT, Outcome.HOLD, evidence, {"comment": str(twin.pk)})


def of_others(draft: Draft) -> Comment | None:
    """The newest comment with this text that somebody else wrote here in the last thirty days.

    For a stranger that is anybody. Asked once for each draft.
    """
    if "twin" not in draft.looked_up:
        draft.looked_up["twin"] = look_up(draft)
    found: Comment | None = draft.looked_up["twin"]
    return found


def look_up(draft: Draft) -> Comment | None:
    """Ask for it."""
    same = {
        "site": draft.site.pk,
        "words": draft.fingerprint,
        "since": timezone.now() - REMEMBERED,
        "but": draft.comment.pk if draft.comment else NONE,
    }
    if draft.person:
        return OF_OTHER_PEOPLE.first(**same, person=draft.person.pk)
    return OF_ANYBODY.first(**same)


def of_anybody(**wanted: Parameter) -> CommentQuerySet:
    """The newest with these words but for one."""
    return newest_with(wanted)[:1]


def of_other_people(**wanted: Parameter) -> CommentQuerySet:
    """The newest with these words that somebody else wrote."""
    by_others = ~Q(person=wanted["person"]) | Q(person=None)
    return newest_with(wanted).filter(by_others)[:1]


def newest_with(wanted: dict[str, Parameter]) -> CommentQuerySet:
    """Comments with the same words that are not deleted, the newest first."""
    same = Comment.objects.filter(
        site=wanted["site"], fingerprint=wanted["words"], created_at__gt=wanted["since"]
    )
    others = same.exclude(status=Status.WITHDRAWN).exclude(pk=wanted["but"])
    return others.only("pk", "author_name").order_by("-pk")


OF_ANYBODY = Prepared[Comment](of_anybody, "site", "words", "since", "but")
OF_OTHER_PEOPLE = Prepared[Comment](of_other_people, "site", "words", "since", "but", "person")
