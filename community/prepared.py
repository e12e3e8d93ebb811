"""Queries whose SQL is composed once: for each asking Django would take a millisecond anew."""

from __future__ import annotations

import copy
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, TypeVar, cast

from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import DateTimeField, Expression, Field, QuerySet, UUIDField
from django.db.models.sql.compiler import SQLCompiler

Row = TypeVar("Row")

# What some databases want in another form than Python has it.
FIELDS: dict[type, Field[Any, Any]] = {datetime: DateTimeField(), uuid.UUID: UUIDField()}


class Prepared(Generic[Row]):
    """A query by name of its parameters, composed at its first asking for each kind of database.

    `make` gets a place-holder for each name; a value must fit what the place-holder is compared
    with, and is neither None nor a list: the SQL stays as it is. So does whatever else `make` puts
    into the query: the present moment must be a value.
    """

    def __init__(self, make: Callable[..., QuerySet[Any, Row]], *names: str) -> None:
        self.make = make
        self.names = names
        self.composed: dict[str, Composed] = {}

    def all(self, **values: Any) -> list[Row]:
        """The rows for these values."""
        return self.composed_here().rows(values)

    def first(self, **values: Any) -> Row | None:
        """The first row for these values, if any; the query says itself how many it wants."""
        return next(iter(self.all(**values)), None)

    def composed_here(self) -> Composed:
        """Composed for the database in use."""
        vendor = connection.vendor
        if vendor not in self.composed:
            self.composed[vendor] = compose(
                self.make(**{name: Parameter(name) for name in self.names})
            )
        return self.composed[vendor]


class Parameter(Expression):
    """A place in a query that a value fills later."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name

    def as_sql(self, compiler: SQLCompiler, connection: Any) -> tuple[str, Any]:
        """Itself among the parameters, where its value will stand."""
        return "%s", (self,)


@dataclass(frozen=True)
class Composed:
    """The SQL of a query, and what reads its rows."""

    queryset: QuerySet[Any, Any]
    compiler: SQLCompiler
    sql: str
    params: tuple[Any, ...]

    def rows(self, values: dict[str, Any]) -> list[Any]:
        """Ask the database and let Django make of each row what the queryset promises."""
        filled = [values[p.name] if isinstance(p, Parameter) else p for p in self.params]
        asked = (self.sql, tuple(map(as_stored, filled)))
        read = cast("Callable[[Asking], Iterable[Any]]", self.queryset._iterable_class)
        return list(read(Asking(self.reader(asked))))

    def reader(self, asked: tuple[str, tuple[Any, ...]]) -> SQLCompiler:
        """A compiler of the connection in use that has composed already."""
        reader = copy.copy(self.compiler)
        reader.connection = connection
        vars(reader)["as_sql"] = lambda *args, **options: asked
        return reader


def compose(queryset: QuerySet[Any, Any]) -> Composed:
    """Have Django write the SQL."""
    compiler = queryset.query.get_compiler(DEFAULT_DB_ALIAS)
    sql, params = compiler.as_sql()
    return Composed(queryset, compiler, sql, tuple(params))


def as_stored(value: Any) -> Any:
    """A value in the form this database takes."""
    kind = FIELDS.get(type(value))
    return kind.get_db_prep_value(value, connection) if kind else value


@dataclass(frozen=True)
class Asking:
    """As much of a queryset as Django looks at while it makes objects or values of rows."""

    reader: SQLCompiler
    db: str = DEFAULT_DB_ALIAS
    _known_related_objects: dict[Any, Any] = field(default_factory=dict)

    @property
    def query(self) -> Asking:
        """Asked for nothing but its compiler."""
        return self

    def get_compiler(self, using: str) -> SQLCompiler:
        """The one that has composed already."""
        return self.reader
