"""What becomes of people as they prove who they are."""

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from community.accounts.models import Person, User
from community.contacts.models import Contact


@transaction.atomic
def prove_member(user: User, address: str) -> Person:
    """Note that an address is a member's own, once allauth has verified it."""
    contact = Contact.objects.for_address(address)
    contact.proven_at = contact.proven_at or timezone.now()
    contact.save(update_fields=["proven_at"])
    person, _ = Person.objects.get_or_create(user=user, defaults={"name": user.name})
    person.contact = contact
    person.save(update_fields=["contact"])
    return person


def selves_of(person: Person) -> QuerySet[Person]:
    """Everyone known by the same confirmed address: one human on several devices."""
    mine = Q(pk=person.pk)
    if person.contact_id:
        mine |= Q(contact=person.contact_id)
    return Person.objects.filter(mine)
