"""Who speaks in the demo: members, guests who confirmed their address, guests who did not."""

from django.utils import timezone
from django.utils.text import slugify

from community.accounts.models import Person, User
from community.contacts.models import Contact
from community.demo.material import read
from community.sites.middleware import member_viewer
from community.sites.models import Membership, Site
from community.sites.services import confirm
from community.sites.viewers import Viewer

READER = "reader@example.org"
MODERATOR = "moderator@example.org"
ADMINISTRATOR = "administrator@example.org"


class Cast:
    """Everybody by name; whoever is not named in the material is a guest with a typed address."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.viewers: dict[str, Viewer] = {}
        for row in read("people.toml")["members"]:
            self.viewers[row["name"]] = member_viewer(add_member(site, **row), site)
        for row in read("people.toml")["guests"]:
            self.viewers[row["name"]] = Viewer(person=add_guest(**row))

    def __getitem__(self, name: str) -> Viewer:
        """The one who bears this name, made when they first speak."""
        if name not in self.viewers:
            self.viewers[name] = Viewer(person=Person.objects.create(name=name))
        return self.viewers[name]

    def typed_address(self, name: str) -> str:
        """What a guest writes into the form; nothing for those whose address we know."""
        person = self[name].person
        known = person is not None and person.contact_id is not None
        return "" if known else f"{slugify(name) or 'guest'}@example.net"

    def people(self) -> list[Person]:
        """All who have spoken, and may vote."""
        return [viewer.person for viewer in self.viewers.values() if viewer.person]


def add_member(site: Site, *, name: str, email: str, role: str = "") -> User:
    """Someone who can log in, yet only by the demo bar: no password fits."""
    user = User.objects.create_user(email, name=name)
    if role:
        Membership.objects.create(user=user, site=site, role=role)
    confirm(user)
    return user


def add_guest(*, name: str, email: str) -> Person:
    """Someone who has pressed the button in our e-mail."""
    contact = Contact.objects.for_address(email)
    contact.proven_at = timezone.now()
    contact.save(update_fields=["proven_at"])
    return Person.objects.create(name=name, contact=contact)


def add_passers_by(number: int) -> list[Person]:
    """People who only vote."""
    return Person.objects.bulk_create([Person() for _ in range(number)])
