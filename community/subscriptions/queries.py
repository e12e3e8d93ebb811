"""Reading wishes."""

from django.db.models import Q, QuerySet

from community.accounts.models import Person
from community.comments.models import Comment
from community.contacts.models import Contact
from community.sites.models import Site
from community.subscriptions.models import (
    PERSONAL,
    SUBJECTS,
    Delivery,
    Mute,
    Pace,
    Subscription,
    SubscriptionQuerySet,
)

BESIDE = ("thread__site", "comment", "site", "author", "board__site", "contact")


def active_for(person: Person) -> SubscriptionQuerySet:
    """The e-mails a person gets or has asked for, newest wish first.

    What somebody else asked for with the same address shows only once its owner confirmed it.
    """
    mine = Q(person=person)
    if person.contact_id:
        mine |= Q(contact=person.contact_id, confirmed_at__isnull=False)
    wishes = Subscription.objects.active().filter(mine)
    return wishes.select_related(*BESIDE).order_by("-created_at", "-pk")


def active_of(contact: Contact) -> SubscriptionQuerySet:
    """What an address is written about because its owner asked, newest wish first.

    What concerns them wherever it is said is `about_oneself`.
    """
    wishes = Subscription.objects.active().filter(contact=contact, confirmed_at__isnull=False)
    return wishes.exclude(scope__in=PERSONAL).select_related(*BESIDE).order_by("-pk")


def sites_beside(site: Site, contact: Contact | None) -> list[str]:
    """The names of other sites of ours from which an address gets e-mails too, if there are any."""
    if contact is None or Site.objects.count() == 1:
        return []
    wishes = Subscription.objects.entitled().filter(contact=contact).select_related(*BESIDE)
    return sorted({wish.home.name for wish in wishes[:100] if wish.home != site})


def behind(digest: int, contact: int, site: Site) -> SubscriptionQuerySet:
    """The wishes of which a digest told; all of the contact's on this site if nobody knows them."""
    parts = Delivery.objects.filter(digest=digest, contact=contact)
    told = Subscription.objects.filter(contact=contact, pk__in=parts.values("subscription"))
    known = told if told.exists() else Subscription.objects.active().filter(contact=contact)
    return known.on(site).select_related(*BESIDE).order_by("pk")


def same_as(wish: Subscription) -> SubscriptionQuerySet:
    """Every wish of the same contact about the same thing, whoever typed it."""
    about = {f"{name}_id": getattr(wish, f"{name}_id") for name in SUBJECTS}
    return Subscription.objects.filter(contact=wish.contact_id, scope=wish.scope, **about)


def about_oneself(contact: Contact, site: Site) -> SubscriptionQuerySet:
    """What a contact hears of wherever on a site it is said, because it concerns them."""
    return Subscription.objects.active().filter(contact=contact, site=site, scope__in=PERSONAL)


def pace_of(person: Person | None) -> str:
    """How soon somebody wants to hear of what they ask for; asks nothing of a viewer."""
    timing = getattr(person.contact, "timing", None) if person and person.contact else None
    return timing.pace if timing else Pace.AT_ONCE.value


def mutes_of(contact: Contact) -> QuerySet[Mute]:
    """What a contact wants no e-mail about, newest first."""
    return Mute.objects.filter(contact=contact).select_related("thread").order_by("-pk")


def address_of(person: Person) -> Contact | None:
    """The address we would write to: confirmed, or the one that was given last."""
    return person.contact or unproven_contact_of(person)


def unproven_contact_of(person: Person) -> Contact | None:
    """The address with which a person last wrote or asked, unless it is theirs already."""
    written = Comment.objects.filter(person=person, contact__isnull=False).order_by("-pk")
    asked = active_for(person).filter(confirmed_at=None)
    rows: list[Comment | Subscription] = [*written.select_related("contact")[:1], *asked[:1]]
    latest = max(rows, key=lambda row: row.created_at, default=None)
    contact = latest.contact if latest else None
    return contact if contact and contact.pk != person.contact_id else None
