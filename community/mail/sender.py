"""Sending what is due: every row comes to one certain end, whatever the mail server does.

A row that ends as `failed` or `skipped` was certainly never accepted; where that cannot be said,
it ends as `unknown`.
"""

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Generic, TypeVar

from django.conf import settings
from django.db import transaction
from django.db.models import BooleanField, F, Func
from django.db.models.sql.compiler import SQLCompiler
from django.utils import timezone

from community.mail import hosts, lines, restores
from community.mail.message import Later, Message, Phase, Refused, Undelivered, Unknown
from community.mail.models import MOST_HANDED_OVER, MailHost, MailState, Posting, PostingQuerySet
from community.mail.transport import Transport
from community.outbox.models import LEASE, Work
from community.prepared import Change, Changed, Parameter

log = logging.getLogger("parley.mail")

BATCH = 50
# One turn in seconds. Short, so that a single worker comes back to its other duties; whoever has
# more to send asks for another turn, which waits in line behind them.
TURN = 2.0
WAITS = [timedelta(minutes=minutes) for minutes in (1, 5, 15, 60)]
# Two days on that schedule. Counted, not dated: what was gathered for a digest is old by then.
MOST_POSTPONED = 50
# A mishap of our own weighs as much as so many times “not now”: five of them are enough.
MISHAP = 10
CLOSING = 421  # RFC 5321, 3.8: the server hangs up


@dataclass(frozen=True)
class Skip:
    """The e-mail is not wanted any more, and why."""

    reason: str


@dataclass(frozen=True)
class Settled:
    """Whoever was asked to compose has itself written down what becomes of the row."""


class LeaseLost(Exception):
    """Another worker has taken this row meanwhile."""


Row = TypeVar("Row", bound=Posting)
Compose = Callable[[Row], Message | Skip | Settled]
WhenRefused = Callable[[Row, Refused], object]


def nothing(row: Posting, error: Refused) -> None:
    """For rows whose refusal has no consequence beyond themselves."""


def nothing_ahead(rows: Sequence[Posting]) -> None:
    """For rows about which there is nothing to ask."""


@dataclass(frozen=True)
class Desk(Generic[Row]):
    """One kind of e-mail: which rows are to be sent, and what they say.

    `compose` is asked at the last moment, outside any transaction. Right before the first of a
    batch, `look_ahead` may ask for all what `compose` would ask for each.
    """

    rows: Callable[[], PostingQuerySet[Row]]
    compose: Compose[Row]
    when_refused: WhenRefused[Row] = nothing
    look_ahead: Callable[[Sequence[Row]], object] = nothing_ahead


_desks: list[Desk[Any]] = []


def register(desk: Desk[Any]) -> None:
    """Have this kind of e-mail sent too, after those that were registered before."""
    _desks.append(desk)


def send_due(
    rows: PostingQuerySet[Row], compose: Compose[Row], when_refused: WhenRefused[Row] = nothing
) -> int:
    """Send these rows, as far as they are due, for one turn; how many were looked at."""
    return send([Desk(lambda: rows, compose, when_refused)]).looked_at


def send_all_due() -> "Turn":
    """Send what is due of every kind for one turn, the first kinds first."""
    return send(_desks)


def send(desks: Sequence[Desk[Any]]) -> "Turn":
    """One turn for these kinds, over a line that may still be open from the last."""
    ensure_notes_last()
    with lines.lent(settings.MAIL_URL) as transport:
        turn = Turn(desks, transport, restores.look())
        turn.run()
    return turn


@dataclass
class Turn:
    """A few seconds of sending. Before each batch it is looked anew which kind comes first."""

    desks: Sequence[Desk[Any]]
    transport: Transport
    restored_at: datetime | None = None
    looked_at: int = 0
    is_unfinished: bool = False

    def run(self) -> None:
        """Send until nothing is due or the time is over; then try one host that has rested."""
        ends = time.monotonic() + TURN
        if (ours := hosts.to_try(ours=True)) and not self.try_with_one(ours):
            return
        while self.send_batch(ends):
            if time.monotonic() >= ends:
                self.is_unfinished = True
                break
        if host := hosts.to_try():
            self.try_with_one(host)

    def send_batch(self, ends: float) -> bool:
        """Send the next rows of the first kind that has any; False if there was none."""
        away = hosts.away()
        if hosts.OURS in away:
            return False
        for desk in self.desks:
            if batch := self.open_to(desk, away).claim(BATCH):
                self.looked_at += len(batch)
                look_ahead(desk, batch)
                self.sender(desk).send_all(batch, ends)
                return True
        return False

    def try_with_one(self, host: MailHost) -> bool:
        """Whether a host takes e-mails again, found out with one; its troubles are forgotten."""
        others = hosts.away() - {host.name}
        for desk in self.desks:
            rows = desk.rows().to_host(host.name) if host.name else self.open_to(desk, others)
            if batch := rows.claim(1):
                self.looked_at += 1
                self.sender(desk).send(batch[0])
                break
        return hosts.tried(host)

    def open_to(self, desk: Desk[Any], away: set[str]) -> PostingQuerySet[Any]:
        """The rows of a kind that may leave now."""
        return desk.rows().leaving_out(away) if away else desk.rows()

    def sender(self, desk: Desk[Row]) -> "Sender[Row]":
        """Who sends rows of this kind."""
        return Sender(self.transport, desk.compose, desk.when_refused, self.restored_at)


def look_ahead(desk: Desk[Row], batch: Sequence[Row]) -> None:
    """Ask for a whole batch what may be asked at once; where that fails, each is asked alone."""
    try:
        desk.look_ahead(batch)
    except Exception:
        log.exception("A batch cannot be asked for at once")


@dataclass(frozen=True)
class Sender(Generic[Row]):
    """One line to the mail server, and what to say on it."""

    transport: Transport
    compose: Compose[Row]
    when_refused: WhenRefused[Row]
    restored_at: datetime | None = None

    def send_all(self, batch: list[Row], ends: float) -> None:
        """Send claimed rows until the time is over or one holds up the line; give back the rest.

        Whatever is more urgent than the rest then comes first.
        """
        for number, row in enumerate(batch, start=1):
            if not self.send(row) or time.monotonic() >= ends:
                give_back(batch[number:])
                return

    def send(self, row: Row) -> bool:
        """Bring one claimed row forward; False if that has held up the line."""
        if row.handed_over >= MOST_HANDED_OVER:
            end(row, MailState.UNKNOWN, "The mail server's answer was lost twice.")
            return True
        try:
            return self.attempt(row)
        except LeaseLost:
            log.warning("%s took too long and was taken over", row)
        except Exception as mishap:
            log.exception("%s cannot be sent", row)
            put_aside(row, mishap)
        return True

    def attempt(self, row: Row) -> bool:
        """Compose and send one row, and write down what came of it."""
        before, began = row.handed_over, time.monotonic()
        trouble: Undelivered | None = None
        try:
            self.deliver(row)
        except Later as error:
            put_off(row, error, handed_over=before)
            trouble = error
        except Refused as error:
            end(row, MailState.FAILED, str(error), handed_over=before)
            self.when_refused(row, error)
        except Unknown as error:
            repeat_once(row, error)
            trouble = error
        took = timedelta(seconds=time.monotonic() - began)
        return is_clear(row.host, trouble, took) if trouble else is_quick(row.host, took)

    def deliver(self, row: Row) -> None:
        """Hand the e-mail over if it is still wanted; raises what the transport raises."""
        if self.may_have_left(row):
            end(row, MailState.HELD, "It may have left before the database was restored.")
            return
        message = self.compose(row)
        if isinstance(message, Skip):
            end(row, MailState.SKIPPED, message.reason, handed_over=row.handed_over)
        elif isinstance(message, Settled):
            return
        elif hosts.may_take(row.host):
            self.transport.send(message, lambda: hand_over(row))
            end(row, MailState.SENT)
        else:
            give_back([row])

    def may_have_left(self, row: Row) -> bool:
        """Whether it may have been sent by the database that a restore has replaced."""
        if self.restored_at is None or row.released:
            return False
        return row.fact_at <= self.restored_at


def is_clear(host: str, error: Undelivered, took: timedelta) -> bool:
    """Whether the line is as good as before; if not, whoever held it up is left alone."""
    if error.phase is Phase.CONNECT or (error.phase is Phase.SENDER and broke_off(error)):
        hosts.trouble(hosts.OURS)
    elif broke_off(error):
        hosts.trouble(host, took)
    else:
        return is_quick(host, took)
    return False


def broke_off(error: Undelivered) -> bool:
    """Whether a line was lost over this failure, instead of a clear answer."""
    return error.cut or error.code == CLOSING


def is_quick(host: str, took: timedelta) -> bool:
    """Whether an answer came without holding up the others."""
    if took < hosts.SLOW:
        return True
    hosts.slow(host, took)
    return False


def give_back(rows: Sequence[Posting]) -> None:
    """Let other turns have claimed rows, as if they had not been claimed."""
    if rows:
        mine = type(rows[0])._base_manager.filter(
            pk__in=[row.pk for row in rows], lease_until=rows[0].lease_until
        )
        mine.update(lease_until=None)


def hand_over(row: Posting) -> None:
    """Note durably that the e-mail is about to be complete; raises LeaseLost if they are not ours.

    Whoever finds the row after a crash knows from it that the e-mail may have been accepted.
    Only the dot that ends the e-mail is said after this, so that few crashes fall between.
    """
    until = timezone.now() + LEASE
    if not handing_over(type(row)).carry_out(pk=row.pk, attempts=row.attempts, until=until):
        raise LeaseLost
    row.handed_over += 1


@cache
def handing_over(model: type[Posting]) -> Change:
    """The note itself: one statement, which outside any transaction is on disk when it returns."""

    def make(pk: Parameter, attempts: Parameter, until: Parameter) -> Changed:
        mine = model._base_manager.filter(pk=pk, attempts=attempts)
        return mine, {"handed_over": F("handed_over") + 1, "lease_until": until}

    return Change(make, "pk", "attempts", "until")


def ensure_notes_last() -> None:
    """Raise RuntimeError within a transaction: notes must be kept whatever becomes of it."""
    with transaction.atomic(durable=True):
        pass


def end(row: Posting, state: MailState, reason: str = "", *, handed_over: int = 0) -> None:
    """Write the end; `handed_over` counts earlier tries whose answer was lost."""
    now = timezone.now()
    if state is MailState.SENT and type(row).settle is Work.settle:
        sending(type(row)).carry_out(pk=row.pk, attempts=row.attempts, now=now)
        return
    if handed_over and state is not MailState.SENT:
        state = MailState.UNKNOWN
    row.settle(state=state, reason=reason[:200], finished_at=now)


@cache
def sending(model: type[Posting]) -> Change:
    """The usual end, which need not be on disk when it returns: the next hand-over takes it there.

    So no more than one e-mail is in doubt if the database crashes, as if it had been waited for.
    """

    def make(pk: Parameter, attempts: Parameter, now: Parameter) -> Changed:
        mine = model._base_manager.filter(NotAwaited(), pk=pk, attempts=attempts)
        ended = {"state": MailState.SENT.value, "reason": "", "finished_at": now}
        return mine, {"lease_until": None, **ended}

    return Change(make, "pk", "attempts", "now")


class NotAwaited(Func):
    """True; and PostgreSQL does not wait for the disk before it answers the statement."""

    template = "set_config('synchronous_commit', 'off', true) = 'off'"
    output_field = BooleanField()

    def as_sqlite(self, compiler: SQLCompiler, connection: Any, **more: Any) -> Any:
        """SQLite keeps it with the next checkpoint anyway."""
        return self.as_sql(compiler, connection, template="1 = 1")


def put_off(row: Posting, error: Later, *, handed_over: int) -> None:
    """Try again in 1, 5, 15, 60 minutes, then hourly; give up after two days.

    The server has said no this time, so that handing over does not count.
    """
    if row.postponed >= MOST_POSTPONED:
        end(row, MailState.FAILED, str(error), handed_over=handed_over)
        return
    row.settle(
        due=timezone.now() + WAITS[min(row.postponed, len(WAITS) - 1)],
        reason=str(error)[:200],
        handed_over=handed_over,
        postponed=row.postponed + 1,
    )


def repeat_once(row: Posting, error: Unknown) -> None:
    """Nobody knows whether it arrived: one more time with the same Message-ID, then no more."""
    if row.handed_over >= MOST_HANDED_OVER:
        end(row, MailState.UNKNOWN, str(error))
    else:
        row.settle(due=timezone.now() + WAITS[0], reason=str(error)[:200])


def put_aside(row: Posting, mishap: Exception) -> None:
    """A row we cannot even compose is tried a few times, then left for a human."""
    reason, postponed = f"{type(mishap).__name__}: {mishap}"[:200], row.postponed + MISHAP
    if postponed >= MOST_POSTPONED:
        end(row, MailState.FAILED, reason, handed_over=row.handed_over)
    else:
        due = timezone.now() + timedelta(seconds=2 ** (postponed // MISHAP))
        row.settle(due=due, reason=reason, postponed=postponed)
