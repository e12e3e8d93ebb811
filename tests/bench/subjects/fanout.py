"""One comment that a hundred thousand people want to hear of, and the e-mails that follow."""

import smtplib
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from community.accounts.models import Person
from community.contacts.models import Contact
from community.mail.models import Email
from community.mail.services import post
from community.subscriptions.models import Delivery, Scope, Subscription
from community.threads.models import Thread
from tests import factories
from tests.bench import plenty, running, sink
from tests.bench.figures import Figure, target
from tests.bench.registry import subject
from tests.bench.stage import Stage
from tests.bench.subjects.memory import amount, held_by
from tests.faults.running import wait_until

FOLLOWERS = 100_000
PATIENCE = 120.0


@subject
def fanout(stage: Stage) -> Iterator[Figure]:
    """From publication until each follower has a row for an e-mail; then how fast they leave."""
    thread = factories.thread(stage.site)
    follow(thread, stage.some(FOLLOWERS))
    assert stage.worker
    time.sleep(5)  # until it looks for work
    comment = factories.comment(thread)
    rows = Delivery.objects.filter(comment=comment)
    seconds, most = watch(stage, rows, stage.some(FOLLOWERS))
    yield {
        "name": f"fan-out to {rows.count():,} followers",
        "amount": round(seconds, 1),
        **target("rows ≤ 5 s", seconds <= 5),
        "note": f"seconds from publication to the last row; worker {most:.0f} MiB at most",
    }
    yield from drain(stage)
    rows.filter(state="waiting").update(state="skipped")


def follow(thread: Thread, number: int) -> None:
    """So many guests with confirmed addresses who follow a thread."""
    now, earlier = timezone.now(), timezone.now() - timedelta(days=1)
    contacts = Contact.objects.bulk_create(
        (Contact(address=f"follower{turn}@example.org", proven_at=now) for turn in range(number)),
        batch_size=5_000,
    )
    people = Person.objects.bulk_create(
        (Person(name="Follower", contact=contact) for contact in contacts), batch_size=5_000
    )
    wishes = (
        Subscription(
            scope=Scope.THREAD,
            thread=thread,
            contact_id=person.contact_id,
            person=person,
            created_at=earlier,
            confirmed_at=earlier,
        )
        for person in people
    )
    Subscription.objects.bulk_create(wishes, batch_size=5_000)
    plenty.tidy()


def watch(stage: Stage, rows: QuerySet[Delivery], number: int) -> tuple[float, float]:
    """Seconds until all rows are there, and the most MiB of the worker meanwhile."""
    began, most = time.monotonic(), 0.0
    while rows.count() < number:
        assert time.monotonic() - began < PATIENCE, f"{rows.count():,} of {number:,} rows"
        most = max(most, held_by(stage.worker.pid))
        time.sleep(0.1)
    return time.monotonic() - began, most


def drain(stage: Stage) -> Iterator[Figure]:
    """E-mails a second into a mail server that only counts, beside a loop that only sends."""
    first = drained(stage, [stage.worker.pid])
    bare = bare_loop(first.port, first.size, stage.seconds)
    yield first.figure("e-mails about a comment, one worker of two processes", bare)
    with running.running(running.worker()) as second:
        time.sleep(5)  # until it looks for work
        both = drained(stage, [stage.worker.pid, second.pid])
    yield both.figure("e-mails about a comment, two such workers", bare)
    yield {
        "name": "longest wait of another e-mail meanwhile",
        "amount": round(max(first.longest_wait, both.longest_wait), 1),
        **target("≤ 10 s", max(first.longest_wait, both.longest_wait) <= 10),
        "note": f"seconds, of {first.others + both.others} written in that time",
    }
    yield amount("memory of a worker while it sends", max(first.most, both.most), 300)
    doubles = sink.count(both.port)[2]
    yield {
        "name": "e-mails that came twice",
        "amount": doubles,
        **target("none", doubles == 0),
        "note": "at the mail server, by Message-ID",
    }


@dataclass(frozen=True)
class Drained:
    """What was seen in a while of sending."""

    port: int
    per_second: float
    size: int
    most: float
    others: int
    longest_wait: float

    def figure(self, name: str, bare: float) -> Figure:
        """A line."""
        return {
            "name": name,
            "per_second": round(self.per_second, 1),
            "ratio": round(self.per_second / bare, 3),
            "note": f"of a loop that only sends {self.size:,} bytes, {bare:,.0f} a second",
        }


def drained(stage: Stage, workers: list[int]) -> Drained:
    """Look on for a while, and write another e-mail now and then."""
    port = urlsplit(settings.MAIL_URL).port
    assert port
    began, before, most, others = time.monotonic(), sink.count(port), 0.0, []
    while time.monotonic() - began < stage.seconds * 3:
        others.append(post(kind="bench", to="ann@example.net", subject="Log in", text="1234").pk)
        most = max([most, *map(held_by, workers)])
        time.sleep(0.5)
    after, took = sink.count(port), time.monotonic() - began
    sent, size = after[0] - before[0], after[1] - before[1]
    assert sent, "no e-mail left"
    return Drained(port, sent / took, size // sent, most, len(others), longest_wait(others))


def longest_wait(others: list[int]) -> float:
    """Seconds from the writing of one of these e-mails until it has left."""
    emails = Email.objects.filter(pk__in=others)
    wait_until(lambda: not emails.waiting().exists(), "Another e-mail never left.")
    waits = (email.finished_at - email.created_at for email in emails if email.finished_at)
    return max(waits).total_seconds()


def bare_loop(port: int, size: int, seconds: float) -> float:
    """How often smtplib alone hands such an e-mail over, on one connection."""
    words = ("Subject: a word\r\n\r\n" + "So it goes on and on.\r\n" * (size // 23 + 1))[:size]
    began, number = time.monotonic(), 0
    with smtplib.SMTP("127.0.0.1", port) as line:
        while time.monotonic() - began < seconds:
            line.sendmail("comments@example.org", ["follower@example.org"], words)
            number += 1
    return number / (time.monotonic() - began)
