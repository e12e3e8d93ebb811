"""The moderators' queue with a hundred thousand comments that wait, and decisions about them."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import islice
from random import Random

from django.utils import timezone

from community.comments.models import Comment, Status, place_of, top_key_of
from community.demo.crowd import next_id, pour, stored
from community.demo.desk import judgement
from community.threads.models import Thread
from moderation.models import Decision, Opinion, Reason
from tests import factories
from tests.bench import plenty
from tests.bench.figures import Figure, target
from tests.bench.load import Ask
from tests.bench.registry import subject
from tests.bench.stage import Stage
from tests.faults.people import TOKEN

HELD = 100_000
AT_ONCE = 500
PAGES = 40


def held(stage: Stage) -> Thread:
    """The thread in which so many wait, each with its reason; written once."""
    if stage.waiting is None:
        stage.waiting = factories.thread(stage.site)
        with plenty.unguarded(0):
            hold(stage.waiting, stage.some(HELD))
        plenty.tidy()
    return stage.waiting


def hold(thread: Thread, number: int) -> None:
    """Comments as the gate leaves them that holds first comments."""
    first = next_id(Comment)
    people, chance, now = plenty.people(500, "Guest"), Random(2), timezone.now()

    def rows() -> Iterator[dict[str, object]]:
        for pk in range(first, first + number):
            person, name = chance.choice(people)
            said = plenty.say(chance, False)
            yield {
                "id": pk,
                "site_id": thread.site_id,
                "thread_id": thread.pk,
                "place": place_of(pk),
                "top_key": top_key_of(0, pk),
                "person_id": person,
                "author_name": name,
                "body": said.body,
                "body_html": said.html,
                "fingerprint": said.fingerprint,
                "status": Status.HELD.value,
                "waits_for": "first",
                "version": 2,
                "waits_since": since(pk),
                "created_at": since(pk),
            }

    def since(pk: int) -> object:
        return stored(now - timedelta(seconds=first + number - pk))

    pks, decided = range(first, first + number), next_id(Decision)
    pour(Comment, rows())
    judged = (
        judgement(pk, thread.site_id, Status.HELD.value, since(pk)) | {"id": decided + turn}
        for turn, pk in enumerate(pks)
    )
    pour(Decision, judged)
    opinions = (Opinion(comment_id=pk, version=1, name=Reason.FIRST, outcome="hold") for pk in pks)
    while batch := list(islice(opinions, 2_000)):
        Opinion.objects.bulk_create(batch)


@subject
def queue(stage: Stage) -> Iterator[Figure]:
    """The first page of what waits."""
    number = held(stage).comments.waiting().count()
    ask = Ask("/moderation/", cookie=stage.moderator_cookie)
    figure = stage.alone([ask] * PAGES).figure(200)
    met = target("≤ 50 ms", figure["p50_ms"] <= 50)
    yield {"name": f"queue page, {number:,} waiting", **figure, **met}


@subject
def decision(stage: Stage) -> Iterator[Figure]:
    """A moderator approves and rejects in turn, and another one does the same."""
    run = stage.storm(decisions(stage), clients=2).figure(302)
    yield {"name": "decision, 2 moderators", **run, **target("≤ 20 ms", run["p50_ms"] <= 20)}


def decisions(stage: Stage) -> Iterator[Ask]:
    """What the browser sends for one decision after another."""
    rows = held(stage).comments.waiting().order_by("pk").values_list("pk", "version")
    for number, (pk, version) in enumerate(list(rows[: len(rows) // 2])):
        act = "reject" if number % 2 else "approve"
        form = {"act": act, "version": str(version), "csrfmiddlewaretoken": TOKEN}
        path = f"/moderation/comments/{pk}/decide/"
        yield Ask(path, form, cookie=stage.moderator_cookie)


@subject
def bulk(stage: Stage) -> Iterator[Figure]:
    """Five hundred decided with one press, once in each way."""
    for act in ("approve", "reject", "spam"):
        yield decide_many(stage, act)


def decide_many(stage: Stage, act: str) -> Figure:
    """The newest that wait, all ticked."""
    rows = held(stage).comments.waiting().order_by("-pk").values_list("pk", "version")
    ticked = [f"{pk}:{version}" for pk, version in rows[:AT_ONCE]]
    form = {"act": act, "comment": ticked, "csrfmiddlewaretoken": TOKEN}
    ask = Ask("/moderation/bulk/", form, cookie=stage.moderator_cookie)
    run = stage.storm([ask], clients=1, seconds=60)
    left = held(stage).comments.waiting().filter(pk__gte=int(ticked[-1].split(":")[0])).count()
    assert left == 0, f"{left} of {len(ticked)} still wait"
    figure = run.figure(302)
    met = target("≤ 2 s", figure["p50_ms"] <= 2_000)
    return {"name": f"bulk of {len(ticked)}: {act}", **figure, **met}
