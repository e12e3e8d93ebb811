"""Queries whose SQL is composed once: for each asking Django would take a millisecond anew."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from operator import itemgetter
from typing import Any, Generic, TypeVar

import psycopg
from django.db import DEFAULT_DB_ALIAS, connection
from django.db.backends.utils import CursorWrapper
from django.db.models import (
    BinaryField,
    BooleanField,
    CharField,
    DateTimeField,
    Expression,
    Field,
    ForeignKey,
    IntegerField,
    Model,
    QuerySet,
    TextField,
    UUIDField,
)
from django.db.models.query import (
    FlatValuesListIterable,
    ModelIterable,
    ValuesListIterable,
    get_related_populators,
)
from django.db.models.sql import UpdateQuery
from django.db.models.sql.compiler import SQLCompiler
from psycopg.pq import Format
from psycopg.sql import Literal

Row = TypeVar("Row")
Line = tuple[Any, ...]
Converter = Callable[[Any, Any, Any], Any]
Changed = tuple[QuerySet[Any, Any], dict[str, Any]]

# What some databases want in another form than Python has it.
PLAIN = (IntegerField, BooleanField, CharField, TextField, DateTimeField, BinaryField, ForeignKey)
FIELDS: dict[type, Field[Any, Any]] = {datetime: DateTimeField(), uuid.UUID: UUIDField()}


class Prepared(Generic[Row]):
    """A query by name of its parameters, composed at its first asking for each kind of database.

    `make` gets a place-holder for each name; a value must fit what the place-holder is compared
    with, and is not None: the SQL stays as it is. So does whatever else `make` puts into the query:
    the present moment must be a value. A place for many values is a `Numbers`. `within` may put the
    SQL into a longer statement with the same parameters, that reads the same columns.
    """

    def __init__(
        self,
        make: Callable[..., QuerySet[Any, Row]],
        *names: str | Numbers,
        within: Callable[[str, list[str]], str] | None = None,
    ) -> None:
        self.make = make
        self.places = [Parameter(it) if isinstance(it, str) else it for it in names]
        self.within = within
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
                self.make(**{place.name: place for place in self.places}), self.within
            )
        return self.composed[vendor]


class Change:
    """A change of rows by name of its parameters, composed like a query.

    `make` gives the rows, and what becomes of their fields.
    """

    def __init__(self, make: Callable[..., Changed], *names: str) -> None:
        self.make = make
        self.places = {name: Parameter(name) for name in names}
        self.composed: dict[str, tuple[str, tuple[Any, ...]]] = {}

    def carry_out(self, **values: Any) -> int:
        """Change the rows; their number."""
        sql, params = self.composed_here()
        with keeping_cursor() as cursor:
            cursor.execute(sql, filled(params, values))
            number: int = cursor.rowcount
        return number

    def composed_here(self) -> tuple[str, tuple[Any, ...]]:
        """The SQL for the database in use, and what it is given."""
        vendor = connection.vendor
        if vendor not in self.composed:
            rows, fields = self.make(**self.places)
            query: Any = rows.query.chain(UpdateQuery)
            query.add_update_values(fields)
            sql, params = query.get_compiler(DEFAULT_DB_ALIAS).as_sql()
            self.composed[vendor] = settled(sql, params)
        return self.composed[vendor]


class Parameter(Expression):
    """A place in a query that a value fills later."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name

    def as_sql(self, compiler: SQLCompiler, connection: Any) -> tuple[str, Any]:
        """Itself among the parameters, where its value will stand."""
        return "%s", (self,)


class Numbers(Parameter):
    """As many numbers as there are, behind `__in`."""

    def as_postgresql(self, compiler: SQLCompiler, connection: Any) -> tuple[str, Any]:
        """One value that holds all."""
        return "SELECT unnest(%s::bigint[])", (self,)

    def as_sqlite(self, compiler: SQLCompiler, connection: Any) -> tuple[str, Any]:
        """One value that holds all."""
        return "SELECT value FROM json_each(%s)", (self,)


@dataclass(frozen=True)
class Composed:
    """The SQL of a query, and how its rows are read."""

    sql: str
    params: tuple[Any, ...]
    # By column: what makes of a value of the database one of the field.
    converters: dict[int, tuple[list[Converter], Any]]
    read: Callable[[Iterable[Line]], Iterable[Any]]
    # Whether all values mean the same to Django in whichever form PostgreSQL sends them.
    is_plain: bool

    def rows(self, values: dict[str, Any]) -> list[Any]:
        """Ask the database, and make of each row what the queryset promises."""
        with keeping_cursor(Format.BINARY if self.is_plain else Format.TEXT) as cursor:
            cursor.execute(self.sql, filled(self.params, values))
            found: list[Line] = cursor.fetchall()
        return list(self.read(map(self.converted, found) if self.converters else found))

    def converted(self, line: Line) -> Line:
        """A row with the values of fields."""
        values = list(line)
        for place, (functions, column) in self.converters.items():
            for function in functions:
                values[place] = function(values[place], column, connection)
        return tuple(values)


def compose(
    queryset: QuerySet[Any, Any], within: Callable[[str, list[str]], str] | None = None
) -> Composed:
    """Have Django write the SQL, and note what it would find out again for each asking."""
    compiler = queryset.query.get_compiler(DEFAULT_DB_ALIAS)
    sql, params = compiler.as_sql()
    columns = [selected[0] for selected in compiler.select]
    if within:
        sql = within(sql, [selected[1][0] for selected in compiler.select])
    read = READERS[queryset._iterable_class](compiler)
    is_plain = all(isinstance(column.output_field, PLAIN) for column in columns)
    return Composed(*settled(sql, params), compiler.get_converters(columns), read, is_plain)


def settled(sql: str, params: Iterable[Any]) -> tuple[str, tuple[Any, ...]]:
    """A statement with what never changes written into it, and the parameters that are left.

    A kept plan may use an index that holds some rows alone only where the statement itself says
    that it wants no others.
    """
    if connection.vendor != "postgresql":
        return sql, tuple(params)
    connection.ensure_connection()
    first, *rest = sql.split("%s")
    given = list(params)
    pieces = [place_of(param) + piece for param, piece in zip(given, rest, strict=True)]
    return first + "".join(pieces), tuple(it for it in given if isinstance(it, Parameter))


def place_of(param: Any) -> str:
    """What stands in a statement for a parameter, or for a value that is always the same."""
    if isinstance(param, Parameter):
        return "%s"
    return Literal(as_stored(param)).as_string(connection.connection).replace("%", "%%")


def keeping_cursor(form: Format = Format.TEXT) -> CursorWrapper:
    """A cursor on which PostgreSQL keeps the plan of a statement that it is asked again.

    Django's own puts the values into the SQL, so that each asking is planned anew, and reads times
    in Python. Where questions are written down, it stays: it tells them with their values.
    """
    if connection.vendor != "postgresql" or connection.queries_logged:
        return connection.cursor()
    connection.ensure_connection()
    cursor = psycopg.Cursor(connection.connection)
    cursor.format = form
    return CursorWrapper(cursor, connection)


def objects(compiler: SQLCompiler) -> Callable[[Iterable[Line]], Iterable[Model]]:
    """Reads objects, with those that `select_related` brings."""
    info: Any = compiler.klass_info
    own = slice(info["select_fields"][0], info["select_fields"][-1] + 1)
    names = [selected[0].target.attname for selected in compiler.select[own]]
    populators = get_related_populators(  # type: ignore[call-arg] # the stubs are of a later Django
        info, compiler.select, DEFAULT_DB_ALIAS
    )

    def read(line: Line) -> Model:
        made: Model = info["model"].from_db(DEFAULT_DB_ALIAS, names, line[own])
        for populator in populators:
            populator.populate(line, made)
        return made

    return partial(map, read)


READERS: dict[Any, Callable[[SQLCompiler], Callable[[Iterable[Line]], Iterable[Any]]]] = {
    ModelIterable: objects,
    ValuesListIterable: lambda _: iter,
    FlatValuesListIterable: lambda _: partial(map, itemgetter(0)),
}


def filled(params: tuple[Any, ...], values: dict[str, Any]) -> tuple[Any, ...]:
    """What a statement is given: values in the places that wait for them."""
    given = (values[one.name] if isinstance(one, Parameter) else one for one in params)
    return tuple(map(as_stored, given))


def as_stored(value: Any) -> Any:
    """A value in the form this database takes."""
    if isinstance(value, list) and connection.vendor == "sqlite":
        return json.dumps(value)
    kind = FIELDS.get(type(value))
    return kind.get_db_prep_value(value, connection) if kind else value
