"""One comment that a hundred thousand people want to hear of, and the e-mails that follow."""

import smtplib
import time
from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from community.accounts.models import Person
from community.contacts.models import Contact
from community.subscriptions.models import Delivery, Scope, Subscription
from community.threads.models import Thread
from tests import factories
from tests.bench import plenty, sink
from tests.bench.figures import Figure, target
from tests.bench.registry import subject
from tests.bench.stage import Stage
from tests.bench.subjects.memory import held_by

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
    port = urlsplit(settings.MAIL_URL).port
    assert port
    began, before = time.monotonic(), sink.count(port)
    time.sleep(stage.seconds * 2)
    after, took = sink.count(port), time.monotonic() - began
    sent, size = after[0] - before[0], after[1] - before[1]
    ours = sent / took
    assert sent, "no e-mail left"
    bare = bare_loop(port, size // sent, stage.seconds)
    yield {
        "name": "e-mails about a comment",
        "per_second": round(ours, 1),
        "ratio": round(ours / bare, 3),
        "note": f"of a loop that only sends {size // sent:,} bytes, {bare:,.0f} a second",
    }


def bare_loop(port: int, size: int, seconds: float) -> float:
    """How often smtplib alone hands such an e-mail over, on one connection."""
    words = ("Subject: a word\r\n\r\n" + "So it goes on and on.\r\n" * (size // 23 + 1))[:size]
    began, number = time.monotonic(), 0
    with smtplib.SMTP("127.0.0.1", port) as line:
        while time.monotonic() - began < seconds:
            line.sendmail("comments@example.org", ["follower@example.org"], words)
            number += 1
    return number / (time.monotonic() - began)
