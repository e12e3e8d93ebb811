"""What follows a sanction once it cannot be undone: its person is told, their comments go.

Comments go in small batches, each a job of its own that notes the next one: nothing is done twice
by two workers, nothing is lost by one that dies, and no transaction grows with a history.
"""

from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from community.accounts.models import User
from community.comments.lifecycle import ForbiddenMove, StaleComment
from community.comments.models import Comment, CommentQuerySet, Status
from community.contacts.models import Contact
from community.mail import services as mail
from community.outbox import services as outbox
from community.outbox.handlers import Payload
from community.subscriptions import speaking
from moderation import decisions, notices, sanctions
from moderation.models import Act, Effect, Reach, Sanction
from moderation.statements import path_of

BATCH = 50
TRIES = 3

ACTS = {Effect.HOLD: Act.HOLD, Effect.REMOVE: Act.REMOVE}
TOUCHED = {
    Effect.HOLD: (Status.PUBLISHED,),
    Effect.REMOVE: (Status.PUBLISHED, Status.HELD, Status.CHECKING),
}


@transaction.atomic
def begin(payload: Payload) -> None:
    """Ten seconds are over: tell its person, and see to their comments. Once for each sanction."""
    fresh = Sanction.objects.open().filter(pk=payload["sanction"], told_at=None)
    if not fresh.update(told_at=timezone.now()):
        return
    related = Sanction.objects.select_related("site", "comment", "person__contact")
    sanction = related.get(pk=payload["sanction"])
    tell(sanction)
    if sanction.effect != Effect.LEAVE:
        see_to_comments(sanction, after=0)


def see_to_comments(sanction: Sanction, *, after: int) -> None:
    """Note the duty to deal with the comments behind this one."""
    outbox.enqueue(
        "moderation.sanction-comments",
        {"sanction": sanction.pk, "after": after},
        key=f"sanction:{sanction.pk}:{after}",
    )


def go_on(payload: Payload) -> None:
    """Deal with the next comments, and note the duty to deal with those behind them."""
    sanction = Sanction.objects.select_related("comment", "imposed_by").get(pk=payload["sanction"])
    if sanction.imposed_by is None or sanction.effect == Effect.LEAVE:
        return
    found = list(concerned(sanction, after=int(payload["after"]))[:BATCH])
    for comment in found:
        deal_with(comment, sanction, sanction.imposed_by)
    if len(found) == BATCH:
        see_to_comments(sanction, after=found[-1].pk)


def concerned(sanction: Sanction, *, after: int) -> CommentQuerySet:
    """The comments a sanction takes along, oldest first; moderators' own stay."""
    since = sanction.at - timedelta(days=sanction.effect_days)
    rows = Comment.objects.filter(
        written_by_target(sanction),
        site=sanction.site_id,
        status__in=TOUCHED[Effect(sanction.effect)],
        created_at__gte=since,
        created_at__lte=sanction.at,
        pk__gt=after,
    )
    if sanction.reach != Reach.PERSON:
        rows = rows.filter(by_moderator=False)
    return rows.select_related("site", "thread").order_by("pk")


def written_by_target(sanction: Sanction) -> Q:
    """Which comments are by those it was imposed on."""
    match sanction.reach:
        case Reach.NETWORK:
            network = sanction.comment.network if sanction.comment else ""
            return Q(network=network) if network else Q(pk__in=[])
        case Reach.DOMAIN:
            return sanctions.at_domain(sanction.domain, "contact")
        case Reach.ADDRESS:
            return Q(person__contact__people=sanction.person_id)
    return Q(person=sanction.person_id) if sanction.person_id else Q(pk__in=[])


def deal_with(comment: Comment, sanction: Sanction, by: User) -> None:
    """Decide about one comment through the one door, as it stands now."""
    act = ACTS[Effect(sanction.effect)]
    for _try in range(TRIES):
        try:
            decisions.decide(
                comment,
                act,
                seen=comment.version,
                by=by,
                canned=sanction.code if act is Act.REMOVE else "",
                reason=_("Removed with other comments of the last days."),
                by_mail=False,
            )
        except StaleComment:
            comment.refresh_from_db()
        except ForbiddenMove:
            return
        else:
            return


# The e-mail


def tell(sanction: Sanction) -> None:
    """Write to the confirmed address of a sanctioned person; spammers are told nothing."""
    contact = sanction.person.contact if sanction.person else None
    spam = sanction.comment is not None and sanction.comment.status == Status.SPAM
    if contact is not None and contact.is_proven and not contact.paused_at and not spam:
        write(sanction, contact)


def stated(sanction: Sanction) -> bool:
    """Whether there is a page with all reasons, on which one can object."""
    return hasattr(sanction, "statement")


def write(sanction: Sanction, contact: Contact) -> None:
    """Put the e-mail on its way: what, why, until when, what would lift it."""
    site = sanction.site
    with speaking.to_contact(contact):
        context = {
            "site": site,
            "notice": notices.notice_of(sanction),
            "provision": sanction.provision,
            "mine_url": site.url(reverse("me")),
            "statement_url": site.url(path_of(sanction.statement)) if stated(sanction) else "",
            "rules_url": site.url(reverse("house-rules")),
        }
        mail.post(
            kind="sanction",
            to=contact.address,
            sender_name=site.name,
            subject=_("About your comments at %(site)s") % {"site": site.name},
            text=render_to_string("mail/sanction.txt", context),
            html=render_to_string("mail/sanction.html", context),
        )
