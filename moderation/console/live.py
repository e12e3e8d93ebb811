"""What happens meanwhile to the comments on an open page, asked for every few seconds."""

from django.http import HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from community.comments.models import Comment, Status
from community.sites.guards import moderators_only
from community.sites.requests import Request, ids_in
from moderation.console.wishes import within_reach
from moderation.models import Act, Decision
from moderation.queue import PAGE, claims


@require_GET
@moderators_only
def live(request: Request) -> HttpResponse:
    """By id, a sentence for each comment that others look at, have decided, or have changed."""
    asked = ids_in(request.GET.getlist("id"))[: PAGE * 2]
    rows = within_reach(request, Comment.objects.filter(pk__in=asked))
    found = dict(rows.values_list("pk", "status"))
    claims.keep(request.user, found)
    settled = [pk for pk, status in found.items() if status != Status.HELD]
    said = {pk: {"said": sentence, "settled": False} for pk, sentence in looking(request).items()}
    said |= {pk: {"said": decided(pk), "settled": True} for pk in settled}
    return JsonResponse({str(pk): said[pk] for pk in found if pk in said})


def looking(request: Request) -> dict[int, str]:
    """Who else looks at what."""
    mine = list(request.user.memberships.values_list("site", flat=True))
    others = claims.of_others(request.user, mine)
    return {pk: _("%(name)s is looking at this.") % {"name": name} for pk, name in others.items()}


def decided(pk: int) -> str:
    """What has become of a comment that does not wait any more, and by whom."""
    last = Decision.objects.filter(comment=pk).select_related("moderator").last()
    if last is None or last.after == Status.HELD or last.moderator is None:
        return _("This does not wait any more.")
    act = Act(last.act).label
    return _("Just now: %(act)s by %(name)s.") % {"act": act, "name": last.moderator.name}
