"""Sending what is due: every row comes to one certain end, whatever the mail server does.

A row that ends as `failed` or `skipped` was certainly never accepted; where that cannot be said,
it ends as `unknown`.
"""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Generic, TypeVar, cast

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from community.mail.message import Later, Message, Phase, Refused, Unknown
from community.mail.models import MailState, Posting, PostingQuerySet
from community.mail.transport import Transport, open_transport
from community.outbox.models import LEASE

log = logging.getLogger("parley.mail")

BATCH = 10
# One turn in seconds, so that a single worker comes back to its other duties.
TURN = 10.0
WAITS = [timedelta(minutes=minutes) for minutes in (1, 5, 15, 60)]
TRIED_FOR = timedelta(hours=48)
# Handed over so often, an e-mail may have arrived twice: no third time.
MOST_HANDED_OVER = 2
MOST_MISHAPS = 5


@dataclass(frozen=True)
class Skip:
    """The e-mail is not wanted any more, and why."""

    reason: str


class LeaseLost(Exception):
    """Another worker has taken this row meanwhile."""


Row = TypeVar("Row", bound=Posting)
Compose = Callable[[Row], Message | Skip]
WhenRefused = Callable[[Row, Refused], object]


def nothing(row: Posting, error: Refused) -> None:
    """For rows whose refusal has no consequence beyond themselves."""


def send_due(
    rows: PostingQuerySet, compose: Compose[Row], when_refused: WhenRefused[Row] = nothing
) -> int:
    """Send rows that are due over one line for one turn; how many were looked at.

    `compose` is asked at the last moment, outside any transaction.
    """
    done = 0
    ends = time.monotonic() + TURN
    with open_transport(settings.MAIL_URL) as transport:
        sender = Sender(transport, compose, when_refused)
        while time.monotonic() < ends and (batch := cast("list[Row]", rows.claim(BATCH))):
            done += len(batch)
            if not sender.send_all(batch):
                break
    return done


@dataclass(frozen=True)
class Sender(Generic[Row]):
    """One line to the mail server, and what to say on it."""

    transport: Transport
    compose: Compose[Row]
    when_refused: WhenRefused[Row]

    def send_all(self, batch: list[Row]) -> bool:
        """Send claimed rows; if the server is away, put the rest off at once and return False."""
        away: Later | None = None
        for row in batch:
            if away:
                put_off(row, away, handed_over=row.handed_over)
            else:
                away = self.send(row)
        return away is None

    def send(self, row: Row) -> Later | None:
        """Bring one claimed row forward; the trouble is returned if it concerns the server."""
        if row.handed_over >= MOST_HANDED_OVER:
            end(row, MailState.UNKNOWN, "The mail server's answer was lost twice.")
            return None
        try:
            return self.attempt(row)
        except LeaseLost:
            log.warning("%s took too long and was taken over", row)
        except Exception as mishap:
            log.exception("%s cannot be sent", row)
            put_aside(row, mishap)
        return None

    def attempt(self, row: Row) -> Later | None:
        """Compose and send one row, and write down what came of it."""
        before = row.handed_over
        try:
            self.deliver(row)
        except Later as error:
            put_off(row, error, handed_over=before)
            return error if error.phase is Phase.CONNECT else None
        except Refused as error:
            end(row, MailState.FAILED, str(error), handed_over=before)
            self.when_refused(row, error)
        except Unknown as error:
            repeat_once(row, error)
        return None

    def deliver(self, row: Row) -> None:
        """Hand the e-mail over if it is still wanted; raises what the transport raises."""
        message = self.compose(row)
        if isinstance(message, Skip):
            end(row, MailState.SKIPPED, message.reason, handed_over=row.handed_over)
        else:
            self.transport.send(message, lambda: hand_over(row))
            end(row, MailState.SENT)


def hand_over(row: Posting) -> None:
    """Note durably that the words are about to leave; raises LeaseLost if they are not ours.

    Whoever finds the row after a crash knows from it that the e-mail may have been accepted.
    """
    with transaction.atomic(durable=True):
        mine = type(row)._base_manager.filter(pk=row.pk, attempts=row.attempts)
        noted = mine.update(handed_over=F("handed_over") + 1, lease_until=timezone.now() + LEASE)
    if not noted:
        raise LeaseLost
    row.handed_over += 1


def end(row: Posting, state: MailState, reason: str = "", *, handed_over: int = 0) -> None:
    """Write the end; `handed_over` counts earlier tries whose answer was lost."""
    if handed_over and state is not MailState.SENT:
        state = MailState.UNKNOWN
    row.settle(state=state, reason=reason[:200], finished_at=timezone.now())


def put_off(row: Posting, error: Later, *, handed_over: int) -> None:
    """Try again in 1, 5, 15, 60 minutes, then hourly; give up two days after it was written.

    The server has said no this time, so that handing over does not count.
    """
    due = timezone.now() + WAITS[min(row.attempts, len(WAITS)) - 1]
    if due > row.created_at + TRIED_FOR:
        end(row, MailState.FAILED, str(error), handed_over=handed_over)
    else:
        row.settle(due=due, reason=str(error)[:200], handed_over=handed_over)


def repeat_once(row: Posting, error: Unknown) -> None:
    """Nobody knows whether it arrived: one more time with the same Message-ID, then no more."""
    if row.handed_over >= MOST_HANDED_OVER:
        end(row, MailState.UNKNOWN, str(error))
    else:
        row.settle(due=timezone.now() + WAITS[0], reason=str(error)[:200])


def put_aside(row: Posting, mishap: Exception) -> None:
    """A row we cannot even compose is tried a few times, then left for a human."""
    reason = f"{type(mishap).__name__}: {mishap}"
    if row.attempts >= MOST_MISHAPS:
        end(row, MailState.FAILED, reason, handed_over=row.handed_over)
    else:
        due = timezone.now() + timedelta(seconds=2**row.attempts)
        row.settle(due=due, reason=reason[:200])
