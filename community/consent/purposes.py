"""What this site keeps in a browser or loads from others, and what for."""

from enum import StrEnum
from typing import NamedTuple

from django.utils.translation import gettext as _

# Whoever changes what a visitor reads before choosing also changes this: all are asked again.
WORDING = "3"


class Purpose(StrEnum):
    """What something is kept or loaded for."""

    NECESSARY = "necessary"
    DETAILS = "details"
    MEDIA = "media"


# What one may refuse.
OPTIONAL = frozenset({Purpose.DETAILS, Purpose.MEDIA})


class Description(NamedTuple):
    """A purpose in the words a visitor reads before choosing."""

    purpose: Purpose
    title: str
    explanation: str

    @property
    def is_necessary(self) -> bool:
        """Whether it cannot be refused."""
        return self.purpose not in OPTIONAL


def descriptions() -> list[Description]:
    """Every purpose, the necessary one first."""
    return [
        Description(
            Purpose.NECESSARY,
            _("Necessary"),
            _(
                "Logging in, knowing your own comments and votes again, and keeping this choice. "
                "Set only when you do one of these."
            ),
        ),
        Description(
            Purpose.DETAILS,
            _("Remember my details"),
            _(
                "Your name and e-mail address, so that the comment form is filled in next time, "
                "comments you have begun to write, and up to where you have read, so that new "
                "comments are marked. All this stays in this browser for six months."
            ),
        ),
        Description(
            Purpose.MEDIA,
            _("Embedded media"),
            _(
                "Videos in articles, loaded from the sites that show them. Those learn your "
                "internet address and which article you read, and may set cookies of their own."
            ),
        ),
    ]
