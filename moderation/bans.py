"""Who may not comment on a site."""

from datetime import datetime

from django.utils import timezone

from community.accounts.models import Person, User
from community.comments.models import Comment
from community.sites.models import Site
from moderation.models import Ban, BanQuerySet


def block(comment: Comment, by: User) -> Ban | None:
    """Let this comment's author write no more on its site; None where its author is unknown.

    The address they have confirmed is blocked too, so that a new cookie does not help. What
    happens to the comment itself is a decision of its own.
    """
    person = comment.person
    if person is None:
        return None
    ban, _ = Ban.objects.in_force().get_or_create(
        site_id=comment.site_id,
        person=person,
        defaults={"contact": person.contact, "comment": comment, "imposed_by": by},
    )
    return ban


def lift(ban: Ban, by: User) -> None:
    """Let someone write again; blocks of the same confirmed address end with it."""
    bans = of(ban.site_id, ban.person_id, ban.contact_id)
    bans.update(lifted_at=timezone.now(), lifted_by=by)


def lift_since(comment: Comment, by: User, start: datetime) -> None:
    """Undo the block that came with a decision about this comment."""
    mine = Ban.objects.in_force().filter(comment=comment, imposed_by=by, at__gte=start)
    mine.update(lifted_at=timezone.now(), lifted_by=by)


def is_banned(person: Person, site: Site) -> bool:
    """Whether this person, or the address they have confirmed, is blocked on this site."""
    return of(site.pk, person.pk, person.contact_id).exists()


def of(site_id: int, person_id: int | None, contact_id: int | None) -> BanQuerySet:
    """The blocks in force that concern this person or this confirmed address."""
    bans = Ban.objects.in_force().filter(site=site_id)
    mine = bans.filter(person=person_id) if person_id else bans.none()
    return mine | bans.filter(contact=contact_id) if contact_id else mine


def banned_among(site: Site, person_ids: set[int]) -> set[int]:
    """Which of these people are blocked on this site, in one query."""
    people = Person.objects.filter(pk__in=person_ids)
    bans = Ban.objects.in_force().filter(site=site)
    by_person = people.filter(bans__in=bans)
    by_contact = people.filter(contact__bans__in=bans)
    return set(by_person.union(by_contact).values_list("pk", flat=True))
