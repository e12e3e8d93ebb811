"""Posts, votes, a storm of votes, and reading while others write."""

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from redis import Redis

from community.comments.models import Comment
from community.threads.models import Thread
from community.votes.models import Vote
from tests import factories
from tests.bench import plenty
from tests.bench.figures import Figure, target
from tests.bench.load import Ask, Run
from tests.bench.registry import subject
from tests.bench.stage import Stage, address_of
from tests.bench.wrk import rate
from tests.faults.people import TOKEN, address

REGULARS = 200
STORM = 10_000
STORMERS = 64
POSTS_A_SECOND = 50
READERS = 32
# Other words and other voters than in the figures above.
FROZEN_LENGTH, FROZEN = 81, 10_000_000
# At each length: posts a second, and milliseconds within which 99 of 100 are answered.
POSTS = {80: (500, 50), 540: (250, 100)}


@subject
def post(stage: Stage) -> Iterator[Figure]:
    """Guests nobody knows write through the public form; the gate is on."""
    stage.get("/")
    for length, (enough, within) in POSTS.items():
        asks = posts(stage.biggest, length)
        stage.storm(asks, seconds=1)  # not counted: every process has its connections then
        before = Comment.objects.filter(thread=stage.biggest).count()
        run = stage.storm(asks).figure(302)
        stored = Comment.objects.filter(thread=stage.biggest).count() - before
        assert stored, "nothing was stored"
        met = run["per_second"] >= enough and run["p99_ms"] <= within
        yield {
            "name": f"post, {length} characters, 8 clients",
            **run,
            **target(f"≥ {enough} a second, p99 ≤ {within} ms", met),
            "note": f"{stored:,} stored in a thread of {before:,}",
        }


def posts(thread: Thread, length: int) -> Iterator[Ask]:
    """Words of this length, each from another author in another network."""
    path = f"/threads/{thread.pk}/comments/"
    for number in range(length * 1_000_000, length * 1_000_000 + 500_000):
        words = f"What guest {number} has to say: {plenty.WORDS}"[: length - 1].rstrip()
        form = {
            "name": f"Guest {number}",
            "email": f"guest{number}@example.org",
            "body": f"{words}.".ljust(length, "."),
        }
        yield Ask(path, form, sender=address(number))


@subject
def vote(stage: Stage) -> Iterator[Figure]:
    """Everyone votes for the first time, on one of fifty comments."""
    stage.get("/")
    pks = list(stage.thousand.comments.values_list("pk", flat=True)[:50])
    asks = (ballot(pks[number % 50], number) for number in range(500_000))
    yield {"name": "vote, 8 clients", **stage.storm(asks).figure(302)}


def ballot(pk: int, number: int) -> Ask:
    """One vote of somebody new."""
    return Ask(f"/comments/{pk}/vote/", {"value": "1"}, sender=address(number))


@subject
def storm(stage: Stage) -> Iterator[Figure]:
    """So many votes on one comment from 64 clients; afterwards every one must be counted."""
    stage.get("/")
    comment = factories.comment(stage.thousand)
    asks = [ballot(comment.pk, number) for number in range(stage.some(STORM))]
    run: Run = stage.storm(asks, clients=STORMERS, seconds=180)
    comment.refresh_from_db()
    answered, kept = len(run.of(302)), Vote.objects.filter(comment=comment).count()
    exact = answered == kept == comment.ups == comment.score
    figure = run.figure(302)
    met = exact and figure["p99_ms"] <= 500
    yield {
        "name": f"storm of {len(asks):,} votes, {STORMERS} clients",
        **figure,
        **target("exact, p99 ≤ 500 ms", met),
        "note": f"{answered:,} answered, {kept:,} kept, {comment.ups:,} counted",
    }


@subject
def mixed(stage: Stage) -> Iterator[Figure]:
    """Readers of a page while fifty comments a second appear in it."""
    thread = stage.thousand
    page = [Ask(address_of(thread))]
    stage.get(page[0].path)
    quiet = rate(stage.port, page, clients=READERS, seconds=stage.seconds)
    number = int(POSTS_A_SECOND * stage.seconds)
    cookies, runs = stage.regulars(min(REGULARS, number)), []
    asks = [known_post(thread, cookies[turn % len(cookies)], turn) for turn in range(number)]

    def write() -> None:
        runs.append(stage.storm(asks, clients=8, pace=POSTS_A_SECOND))

    writers = threading.Thread(target=write)
    writers.start()
    busy = rate(stage.port, page, clients=READERS, seconds=stage.seconds)
    writers.join()
    share = round(busy.per_second / quiet.per_second, 3)
    posted = runs[0].figure(302)["per_second"]
    said = f"{posted} posts a second; {quiet.per_second:,.0f} reads when quiet"
    met = target("≥ 70% of the quiet rate", share >= 0.7)
    yield {
        "name": "hot page while 50 posts/s",
        **busy.figure(),
        "ratio": share,
        **met,
        "note": said,
    }


@subject
def frozen(stage: Stage) -> Iterator[Figure]:
    """Posts and votes while Redis takes what it is asked and does not answer."""
    stage.get("/")
    pks = list(stage.thousand.comments.values_list("pk", flat=True)[:50])
    wanted = {
        "post": posts(stage.biggest, FROZEN_LENGTH),
        "vote": (ballot(pks[number % 50], FROZEN + number) for number in range(500_000)),
    }
    for name, asks in wanted.items():
        usual = stage.storm(asks).figure(302)
        with frozen_redis():
            stage.storm(asks, seconds=1)  # one wait, and what was known of it is forgotten
            figure = stage.storm(asks).figure(302)
        share = round(figure["per_second"] / usual["per_second"], 3)
        met = target("≥ 90% of the usual rate", share >= 0.9)
        yield {"name": f"{name} while Redis hangs", **figure, "ratio": share, **met}


@contextmanager
def frozen_redis() -> Iterator[None]:
    """Let the Redis of this bench hang."""
    with Redis.from_url(settings.REDIS_URL) as client:
        pid = client.info("server")["process_id"]
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


def known_post(thread: Thread, cookie: str, number: int) -> Ask:
    """Words of somebody whose comments appear at once."""
    form = {
        "name": "Regular",
        "email": f"regular{number}@example.org",
        "body": f"It is late, says a regular for the {number}th time.",
        "csrfmiddlewaretoken": TOKEN,
    }
    return Ask(f"/threads/{thread.pk}/comments/", form, cookie=f"{cookie}; csrf={TOKEN}")
