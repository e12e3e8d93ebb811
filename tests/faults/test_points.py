"""F3: web and worker die at every named point, under load, and nothing is lost or told twice."""

import random
from pathlib import Path

import pytest

from tests.faults import ledger, points
from tests.faults.people import People
from tests.faults.running import Cradle, Running, processes, site

pytestmark = pytest.mark.postgres
TIMES = 2


@pytest.fixture
def running(tmp_path: Path, postgres_database: str, redis_url: str) -> Running:
    """A site on PostgreSQL and Redis, with its web server and worker about to start."""
    with site(tmp_path, database=postgres_database, redis=redis_url) as started, processes(started):
        yield started


def turns(these: list[points.Point], chance: random.Random) -> list[tuple[str, int]]:
    """Each point several times, in any order, on its first or a later passing."""
    found = [(point.name, chance.randint(1, 2)) for point in these for _ in range(TIMES)]
    return chance.sample(found, len(found))


def die_at(
    running: Running, kind: str, these: list[points.Point], seed: int, *, most_repeats: int = 0
) -> None:
    """Let one kind of process die at these points while people use the site, then take stock.

    It takes two deaths over one e-mail for it to end in doubt.
    """
    people = People(running, seed, pause=0.8)
    dying: Cradle = getattr(running, kind)
    with people.busy():
        dying.kill()
        for point, turn in turns(these, random.Random(seed)):
            dying.start(point, turn)
            dying.wait()
        dying.start()
    running.drain()
    doubts = TIMES * sum(point in [*points.NOTED, *points.AFTER_DATA] for point in these)
    ledger.check(running, people.said, most_repeats=most_repeats, most_unknown=doubts // 2)


def test_the_web_server_dies_at_every_point(running: Running, seed: int) -> None:
    die_at(running, "web", points.WEB, seed)


@pytest.mark.parametrize(
    "these",
    [pytest.param(points.JOBS, id="doing jobs"), pytest.param(points.MAIL, id="sending e-mails")],
)
def test_the_worker_dies_where_nothing_may_come_twice(
    running: Running, these: list[points.Point], seed: int
) -> None:
    die_at(running, "worker", these, seed)


def test_the_worker_dies_after_handing_over_and_repeats_at_most_that_e_mail(
    running: Running, seed: int
) -> None:
    most = TIMES * len(points.AFTER_DATA)
    die_at(running, "worker", points.AFTER_DATA, seed, most_repeats=most)
