"""What keeps the record as it was written, and the one way in which it forgets.

The database itself refuses to change or remove a row of the record, whoever asks. It allows two
things: to leave empty what points to a person or may name one (erasure), and to remove rows that
are older than the record is kept (retention).
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db import connections, models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils import timezone

from community.accounts.models import Person
from moderation.models import Decision, Record, Sanction, SanctionEntry

RECORDS: list[type[Record]] = [Decision, SanctionEntry]
KEPT_DAYS = 730
KEPT = timedelta(days=KEPT_DAYS)
# How long the hashed address or network of an ended sanction is of any use: for complaints.
MARKS = timedelta(days=180)
REFUSAL = "The record is only added to."


# What the database refuses


def put_up_guards(*, using: str, plan: object = None, **_: object) -> None:
    """After every migration: the columns may have changed, and SQLite forgets triggers with them.

    Emptying a database for tests says the same signal, but has no plan.
    """
    if plan is None:
        return
    connection = connections[using]
    there = connection.introspection.table_names()
    for model in RECORDS:
        if model._meta.db_table in there:
            guard(connection, model)


def guard(connection: BaseDatabaseWrapper, model: type[Record]) -> None:
    """Have the database refuse what would change the record."""
    write = POSTGRESQL if connection.vendor == "postgresql" else SQLITE
    unchanged = " AND ".join(kept(model, "IS NOT DISTINCT FROM" if write is POSTGRESQL else "IS"))
    with connection.cursor() as cursor:
        for statement in write:
            cursor.execute(
                statement.format(
                    table=model._meta.db_table,
                    unchanged=unchanged,
                    days=KEPT_DAYS,
                    refusal=REFUSAL,
                )
            )


def kept(model: type[Record], same: str) -> Iterator[str]:
    """For each column the condition under which an UPDATE leaves it as it was, or empty."""
    for field in model._meta.concrete_fields:
        condition = f"NEW.{field.column} {same} OLD.{field.column}"
        if field.name in model.personal:
            condition += f" OR NEW.{field.column} = ''"
        elif field.remote_field and field.remote_field.on_delete is models.SET_NULL:
            condition += f" OR NEW.{field.column} IS NULL"
        yield f"({condition})"


SQLITE = [
    "DROP TRIGGER IF EXISTS {table}_unchanged",
    "DROP TRIGGER IF EXISTS {table}_kept",
    """CREATE TRIGGER {table}_unchanged BEFORE UPDATE ON {table} WHEN NOT ({unchanged})
    BEGIN SELECT RAISE(ABORT, '{refusal}'); END""",
    """CREATE TRIGGER {table}_kept BEFORE DELETE ON {table}
    WHEN julianday(OLD.at) > julianday('now', '-{days} days')
    BEGIN SELECT RAISE(ABORT, '{refusal}'); END""",
]
POSTGRESQL = [
    """CREATE OR REPLACE FUNCTION {table}_guard() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'DELETE' AND OLD.at < now() - interval '{days} days' THEN RETURN OLD; END IF;
        IF TG_OP = 'UPDATE' AND ({unchanged}) THEN RETURN NEW; END IF;
        RAISE EXCEPTION '{refusal}' USING ERRCODE = 'integrity_constraint_violation';
    END $$""",
    "DROP TRIGGER IF EXISTS {table}_guard ON {table}",
    """CREATE TRIGGER {table}_guard BEFORE UPDATE OR DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION {table}_guard()""",
]


def unguarded(using: str = "default") -> list[str]:
    """The tables of the record that the database does not guard."""
    connection = connections[using]
    if connection.vendor == "postgresql":
        asked = "SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname LIKE '%_guard'"
    else:
        asked = "SELECT tbl_name FROM sqlite_master WHERE type = 'trigger'"
    with connection.cursor() as cursor:
        cursor.execute(asked)
        guarded = {row[0] for row in cursor.fetchall()}
    tables = [model._meta.db_table for model in RECORDS]
    return [table for table in tables if table not in guarded]


# What it forgets


def forget_person(person: Person) -> None:
    """Blank what moderators wrote about someone; what was done, and when, stays.

    A block of their confirmed address holds on, by a hash from which nobody reads the address.
    """
    mine = Sanction.objects.filter(person=person)
    blank(SanctionEntry, sanction__in=list(mine.values_list("pk", flat=True)))
    mine.filter(reach="person").update(mark="")
    mine.update(reason="", comment=None)
    blank(Decision, comment__in=list(person.comments.values_list("pk", flat=True)), automated=False)


def blank(model: type[Record], **which: object) -> None:
    """Leave empty, in these rows, the words that may name somebody."""
    rows_of(model).filter(**which).update(**dict.fromkeys(model.personal, ""))


def forget_old() -> int:
    """Remove what is older than the record is kept, and marks nobody needs; the number of rows."""
    limit = timezone.now() - KEPT - timedelta(days=1)
    gone = sum(remove(model, limit=limit) for model in RECORDS)
    ended = Sanction.objects.exclude(lifted_at=None)
    useless = ended.exclude(mark="", also="").filter(lifted_at__lt=timezone.now() - MARKS)
    forgotten = useless.update(mark="", also="")
    return gone + forgotten + ended.filter(lifted_at__lt=limit).delete()[0]


def remove(model: type[Record], *, limit: datetime) -> int:
    """Remove the rows from before a moment; what points to them points nowhere then."""
    return rows_of(model).filter(at__lt=limit).delete()[0]


def rows_of(model: type[Record]) -> models.QuerySet[Any]:
    """The rows of a record without what keeps others from touching them."""
    return models.QuerySet(model)
