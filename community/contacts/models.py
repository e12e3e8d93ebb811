"""E-mail addresses we may write to."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models.constants import OnConflict
from django.utils.translation import get_language

from community.contacts.addresses import normalise
from community.insertion import Insertion
from community.prepared import Prepared


class ContactQuerySet(models.QuerySet["Contact"]):
    """Contacts by what we know of them."""

    def proven(self) -> Self:
        """Contacts whose owner pressed the button in our e-mail, or logged in with it."""
        return self.filter(proven_at__isnull=False)

    def for_address(self, address: str) -> "Contact":
        """The one contact of this address, made when new. Spelling by case does not matter."""
        written = normalise(address)
        return BY_ADDRESS.first(address=written) or NEW.store(
            Contact(address=written, language=get_language() or settings.LANGUAGE_CODE)
        )


class Contact(models.Model):
    """An e-mail address, and whether its owner has confirmed it."""

    address = models.EmailField(max_length=320, unique=True)
    proven_at = models.DateTimeField(null=True, blank=True)
    # Set when mail to it bounced for good or its owner wants no e-mail at all.
    paused_at = models.DateTimeField(null=True, blank=True)
    # One of `health.Why`; empty where its owner wants no e-mail.
    paused_for = models.CharField(max_length=10, blank=True)
    # Failures that may pass, fading with time; `bounced_at` is the last one that was counted.
    bounce_score = models.FloatField(default=0.0)
    bounced_at = models.DateTimeField(null=True, blank=True)
    language = models.CharField(max_length=12, default="en")
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ContactQuerySet.as_manager()

    def __str__(self) -> str:
        return f"contact {self.pk}"

    @property
    def is_proven(self) -> bool:
        """Whether its owner has confirmed it."""
        return self.proven_at is not None


BY_ADDRESS = Prepared[Contact](
    lambda address: Contact.objects.filter(address=address)[:1], "address"
)
# Of two requests at once one makes the row of an address; the other gets the same.
NEW = Insertion(Contact, OnConflict.UPDATE, unique=["address"], update=["address"])
