"""Rows added by an insertion are what Django would have stored, alone or together."""

from contextlib import suppress

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models.constants import OnConflict
from django.test.utils import CaptureQueriesContext

from community.accounts.models import Person
from community.comments.models import Comment
from community.contacts.models import Contact
from community.insertion import Insertion, next_ids, together
from community.sites.models import Site
from tests import factories

pytestmark = [pytest.mark.both, pytest.mark.django_db]

PEOPLE = Insertion(Person)
CONTACTS = Insertion(Contact, OnConflict.UPDATE, unique=["address"], update=["address"])


def values_of(row: Contact | Comment) -> dict[str, object]:
    """What is stored of a row, but for its id and its moment."""
    fields = type(row)._meta.concrete_fields
    stored = type(row).objects.values(*(field.attname for field in fields)).get(pk=row.pk)
    return {name: stored[name] for name in stored if name not in ("id", "created_at")}


def test_a_row_is_stored_as_django_would_store_it() -> None:
    mine = CONTACTS.store(Contact(address="ann@example.org", bounce_score=0.5))
    theirs = Contact.objects.create(address="bob@example.org", bounce_score=0.5)
    assert values_of(mine) | {"address": ""} == values_of(theirs) | {"address": ""}
    assert Contact.objects.get(pk=mine.pk).created_at == mine.created_at


def test_of_two_rows_that_must_be_one_the_second_gets_the_id_of_the_first() -> None:
    first = CONTACTS.store(Contact(address="ann@example.org"))
    assert CONTACTS.store(Contact(address="ann@example.org")).pk == first.pk


def test_a_stored_row_can_be_saved_again() -> None:
    person = PEOPLE.store(Person(name="Ann"))
    person.name = "Anne"
    person.save()
    assert Person.objects.get().name == "Anne"


def test_together_rows_wait_until_something_else_is_asked() -> None:
    with together() as queue:
        PEOPLE.add(Person(name="Ann"), Person(name="Bob"))
        assert len(queue.lines) == 2
        assert Person.objects.count() == 2
        PEOPLE.add(Person(name="Cem"))
    assert list(Person.objects.order_by("pk").values_list("name", flat=True)) == [
        "Ann",
        "Bob",
        "Cem",
    ]


def test_what_waits_is_sent_before_a_row_that_wants_its_id() -> None:
    with together():
        PEOPLE.add(Person(name="Ann"))
        bob = PEOPLE.store(Person(name="Bob"))
        assert bob.pk == Person.objects.get(name="Bob").pk
    assert Person.objects.count() == 2


def test_on_postgresql_they_are_one_statement() -> None:
    with CaptureQueriesContext(connection) as asked, together():
        PEOPLE.add(Person(name="100 % of Ann; she said: '"), Person(name="Bob"))
    assert len(asked) == (1 if connection.vendor == "postgresql" else 2)
    assert Person.objects.filter(name="100 % of Ann; she said: '").exists()


def test_what_a_constraint_refuses_is_heard_at_the_end() -> None:
    key = Person.objects.create().key
    with pytest.raises(IntegrityError), transaction.atomic(), together():
        PEOPLE.add(Person(name="Ann"), Person(key=key))
    assert not Person.objects.filter(name="Ann").exists()


def test_what_fails_meanwhile_leaves_nothing_behind() -> None:
    with suppress(ZeroDivisionError), transaction.atomic(), together():
        PEOPLE.add(Person(name="Ann"))
        raise ZeroDivisionError
    PEOPLE.add(Person(name="Bob"))
    assert Person.objects.get().name == "Bob"


def test_an_id_known_before_is_nobody_elses() -> None:
    before = Person.objects.create(name="Ann").pk
    with transaction.atomic():
        [mine] = next_ids(Person)
        PEOPLE.add(Person(pk=mine, name="Bob"))
    after = Person.objects.create(name="Cem").pk
    assert before < mine < after


def test_the_first_id_of_an_empty_table_is_known_too(site: Site) -> None:
    comment = factories.comment(factories.thread(site))
    assert Comment.objects.get() == comment
