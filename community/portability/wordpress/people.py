"""Who wrote the comments of an export."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID, uuid5

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from community.accounts.models import Person
from community.comments.names import MAX_LENGTH, clean_name
from community.comments.words import BadText, excerpt
from community.contacts.addresses import normalise
from community.contacts.models import Contact
from community.portability.wordpress.values import ExportedComment
from community.sites.models import Site

# Makes the key of a person from their address, so that another import finds the same person.
_KEYS = UUID("6f1f1a52-3d0c-4f0e-9d3b-2f3f0c4a7b8e")
_LONGEST_ADDRESS = 320


@dataclass(frozen=True, slots=True)
class Author:
    """The rows behind an address; without one, nobody who could be known again."""

    contact_id: int | None = None
    person_id: int | None = None


class People:
    """One contact and one person for each address, whatever the number of imports.

    Nobody has proven to own the address, so it gets no e-mail and proves nothing.
    """

    def __init__(self, site: Site) -> None:
        self._site = site
        self._authors: dict[str, Author] = {"": Author()}

    def meet(self, comments: Iterable[ExportedComment]) -> None:
        """Find or make whoever wrote these; two queries and two inserts, whatever their number."""
        names = {address_of(comment): name_of(comment) for comment in comments}
        new = {address: name for address, name in names.items() if address not in self._authors}
        if new:
            contacts = contacts_of(new)
            people = people_of(self._site, new)
            for address in new:
                self._authors[address] = Author(contacts[address], people[address])

    def author_of(self, comment: ExportedComment) -> Author:
        """The rows behind a comment whose author was met."""
        return self._authors[address_of(comment)]


def contacts_of(addresses: Iterable[str]) -> dict[str, int]:
    """The ids of these addresses, made where new."""
    rows = [Contact(address=address) for address in addresses]
    Contact.objects.bulk_create(rows, ignore_conflicts=True)
    found = Contact.objects.filter(address__in=[row.address for row in rows])
    return dict(found.values_list("address", "pk"))


def people_of(site: Site, names: Mapping[str, str]) -> dict[str, int]:
    """The ids of the people behind these addresses, made where new."""
    keys = {uuid5(_KEYS, f"{site.pk} {address}"): address for address in names}
    rows = [Person(key=key, name=names[address]) for key, address in keys.items()]
    Person.objects.bulk_create(rows, ignore_conflicts=True)
    found = Person.objects.filter(key__in=keys).values_list("key", "pk")
    return {keys[key]: pk for key, pk in found}


def address_of(comment: ExportedComment) -> str:
    """The address typed with a comment, in its one spelling; nothing if it is none."""
    address = normalise(comment.author_email)
    try:
        validate_email(address)
    except ValidationError:
        return ""
    return address if len(address) <= _LONGEST_ADDRESS else ""


def name_of(comment: ExportedComment) -> str:
    """The name to show."""
    name = comment.author_name
    # Names are written without “…”: it becomes three dots.
    short = name if len(name) <= MAX_LENGTH else excerpt(name, MAX_LENGTH - 2)
    try:
        return clean_name(short)
    except BadText:
        return _("Someone")
