"""Who is looking, as everything below HTTP needs to know it."""

from dataclasses import dataclass

from community.accounts.models import Person, User
from community.sites.models import Role


@dataclass(frozen=True)
class Viewer:
    """The person who looks at a page of one site, and their role there."""

    person: Person | None = None
    user: User | None = None
    role: Role | None = None

    @property
    def person_id(self) -> int | None:
        """Whose own waiting comments are shown."""
        return self.person.pk if self.person else None

    @property
    def is_member(self) -> bool:
        """Whether they are logged in."""
        return self.user is not None

    @property
    def is_moderator(self) -> bool:
        """Whether they may decide about comments of this site."""
        return self.role is not None

    @property
    def is_administrator(self) -> bool:
        """Whether they may write articles and change settings of this site."""
        return self.role == Role.ADMINISTRATOR

    @property
    def has_address(self) -> bool:
        """Whether they have confirmed an address."""
        return self.person is not None and self.person.contact_id is not None

    @property
    def name(self) -> str:
        """The name their comments bear."""
        return self.user.name if self.user else (self.person.name if self.person else "")


ANYONE = Viewer()
