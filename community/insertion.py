"""Rows added by statements composed once, several in one where nobody waits for an answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from dataclasses import field as part
from functools import cache, cached_property
from operator import attrgetter
from types import NoneType
from typing import Any, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import Field, JSONField, Model
from django.db.models.constants import OnConflict
from django.db.models.sql import InsertQuery

M = TypeVar("M", bound=Model)


class Insertion(Generic[M]):
    """Adds rows of one model; `on_conflict` is what Django calls it, with its two lists of names.

    No signals are sent, and a row's own `save` is not asked.
    """

    def __init__(
        self,
        model: type[M],
        on_conflict: OnConflict | None = None,
        *,
        unique: Sequence[str] = (),
        update: Sequence[str] = (),
    ) -> None:
        self.model = model
        self.on_conflict = on_conflict
        self.unique = unique
        self.update = update
        self.composed: dict[tuple[str, bool], Composed] = {}

    def add(self, *rows: M) -> None:
        """Add rows; inside `together` they may wait for others. A row without id learns none."""
        with together() as queue:
            for row in rows:
                queue.lines.append(self.line(row, wants_id=False))

    def store(self, row: M) -> M:
        """Add a row at once, behind those that wait, and let it know its id."""
        with together() as queue:
            queue.lines.append(self.line(row, wants_id=True))
            queue.flush()
        return row

    def line(self, row: M, *, wants_id: bool) -> Line:
        """The statement for one row, and its values."""
        key = connection.vendor, row.pk is None
        composed = self.composed.get(key) or self.composed.setdefault(key, self.compose(row))
        row._state.adding, row._state.db = False, connection.alias
        sql = f"{composed.sql} {composed.returning}" if wants_id else composed.sql
        return Line(sql, composed.values(row), row if wants_id else None)

    def compose(self, row: M) -> Composed:
        """Have Django write the SQL for a row with or without an id, like this one."""
        meta = self.model._meta
        own = [f for f in meta.local_concrete_fields if not f.generated]
        fields = [f for f in own if not f.primary_key or row.pk is not None]
        query = InsertQuery(
            self.model,
            on_conflict=self.on_conflict,
            update_fields=list(map(meta.get_field, self.update)),
            unique_fields=list(map(meta.get_field, self.unique)),
        )
        query.insert_values(fields, [row])
        [(sql, _values)] = query.get_compiler(DEFAULT_DB_ALIAS).as_sql()
        returning, _ = connection.ops.return_insert_columns([meta.pk])  # type: ignore[attr-defined]
        return Composed(sql, returning, fields)


@dataclass(frozen=True)
class Composed:
    """The SQL that adds a row, what asks for its id, and the fields it names."""

    sql: str
    returning: str
    fields: list[Field[Any, Any]]

    @cached_property
    def read(self) -> Callable[[Model], tuple[Any, ...]]:
        """Reads all fields of a row."""
        return attrgetter(*(field.attname for field in self.fields))

    @cached_property
    def made_now(self) -> list[Field[Any, Any]]:
        """The fields that are written only when a row is added, such as its moment."""
        return [field for field in self.fields if type(field).pre_save is not Field.pre_save]

    @cached_property
    def forms(self) -> list[tuple[frozenset[type], Callable[[Any, Any], Any]]]:
        """Of each field the types that need no other form, and what brings others into theirs."""
        return [(types_as_they_are(field), field.get_db_prep_save) for field in self.fields]

    def values(self, row: Model) -> list[Any]:
        """What the database is given for a row."""
        for field in self.made_now:
            field.pre_save(row, add=True)
        return [
            value if type(value) in as_they_are else prepare(value, connection)
            for value, (as_they_are, prepare) in zip(self.read(row), self.forms, strict=True)
        ]


def types_as_they_are(field: Field[Any, Any]) -> frozenset[type]:
    """The types whose values a field gives to the database unchanged."""
    return frozenset() if isinstance(field, JSONField) else frozenset({str, int, bool, NoneType})


@dataclass(frozen=True)
class Line:
    """One statement with its values, and the row that wants to know its id."""

    sql: str
    values: list[Any]
    row: Model | None


@dataclass
class Queue:
    """Rows of one connection that wait for others."""

    lines: list[Line] = part(default_factory=list)

    def __call__(
        self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any
    ) -> Any:
        """Whatever else is asked finds what was added before: it is sent first."""
        self.flush()
        return execute(sql, params, many, context)

    def flush(self) -> None:
        """Send what waits."""
        lines, self.lines = self.lines, []
        if lines and connection.vendor == "postgresql":
            send(lines)
        else:
            for line in lines:
                send([line])


def send(lines: list[Line]) -> None:
    """Send statements as one, and let the rows that want it know their ids."""
    with connection.cursor() as cursor:
        cursor.execute(*in_one(lines, cursor))
        for line in lines:
            if line.row is not None:
                [line.row.pk] = cursor.fetchone()
            if line is not lines[-1]:
                cursor.nextset()


def in_one(lines: list[Line], cursor: Any) -> tuple[str, list[Any] | None]:
    """One statement, or several with their values in place: how each is read is remembered."""
    if len(lines) == 1:
        return lines[0].sql, lines[0].values
    return "; ".join(cursor.mogrify(line.sql, line.values) for line in lines), None


@contextmanager
def together() -> Iterator[Queue]:
    """Let rows that are added meanwhile wait for each other, until something else is asked.

    What a constraint says of them is heard only then.
    """
    waiting = next((one for one in connection.execute_wrappers if isinstance(one, Queue)), None)
    if waiting is not None:
        yield waiting
        return
    queue = Queue()
    with connection.execute_wrapper(queue):
        yield queue
        queue.flush()


def next_ids(*models: type[Model]) -> list[int]:
    """An id for a new row of each model, known before it is added, in the caller's transaction."""
    with connection.cursor() as cursor:
        cursor.execute(asking_for_ids(connection.vendor, models))
        return list(cursor.fetchone())


@cache
def asking_for_ids(vendor: str, models: tuple[type[Model], ...]) -> str:
    """A statement for the next ids. On SQLite nobody else writes until the transaction ends."""
    tables = [model._meta.db_table for model in models]
    if vendor == "postgresql":
        asked = [f"nextval(pg_get_serial_sequence('{table}', 'id'))" for table in tables]
    else:
        last = "SELECT seq FROM sqlite_sequence WHERE name = '{}'"
        asked = [f"COALESCE(({last.format(table)}), 0) + 1" for table in tables]
    return f"SELECT {', '.join(asked)}"  # names of our own tables
