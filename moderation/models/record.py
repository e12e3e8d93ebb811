"""Rows that are only ever added: what was done stays written down."""

from typing import Any, ClassVar, NoReturn, Self, TypeVar

from django.db import models

R = TypeVar("R", bound="Record")


class AppendOnly(Exception):
    """Somebody wanted to change or remove what is written down."""


class RecordQuerySet(models.QuerySet[R]):
    """Rows to read and to add to, never to change."""

    def update(self, **kwargs: Any) -> NoReturn:
        """Refuse: the record is only added to."""
        raise AppendOnly("The record is only added to.")

    def delete(self) -> NoReturn:
        """Refuse: the record is only added to."""
        raise AppendOnly("The record is only added to.")


class Record(models.Model):
    """A row that is written once. The database refuses the same, see moderation/record.py."""

    # Words that may name somebody; erasure and retention leave them empty.
    personal: ClassVar[tuple[str, ...]] = ()

    objects: ClassVar[models.Manager[Self]] = RecordQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Write the row, once."""
        if not self._state.adding:
            raise AppendOnly("The record is only added to.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Refuse: the record is only added to."""
        raise AppendOnly("The record is only added to.")
