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
    found = [(point.name, chance.randint(1, 3)) for point in these for _ in range(TIMES)]
    return chance.sample(found, len(found))


def die_at(
    running: Running, kind: str, these: list[points.Point], seed: int, *, most_repeats: int
) -> None:
    """Let one kind of process die at these points while people use the site, then take stock."""
    people = People(running, seed)
    dying: Cradle = getattr(running, kind)
    with people.busy():
        dying.kill()
        for point, turn in turns(these, random.Random(seed)):
            dying.start(point, turn)
            dying.wait()
        dying.start()
    running.drain()
    ledger.check(running, people.said, most_repeats=most_repeats)


def test_the_web_server_dies_at_every_point(running: Running, seed: int) -> None:
    die_at(running, "web", points.WEB, seed, most_repeats=0)


@pytest.mark.parametrize(
    "these",
    [pytest.param(points.JOBS, id="doing jobs"), pytest.param(points.MAIL, id="sending e-mails")],
)
def test_the_worker_dies_where_nothing_may_come_twice(
    running: Running, these: list[points.Point], seed: int
) -> None:
    die_at(running, "worker", these, seed, most_repeats=0)


def test_the_worker_dies_after_handing_over_and_repeats_at_most_that_e_mail(
    running: Running, seed: int
) -> None:
    most = TIMES * len(points.AFTER_DATA)
    die_at(running, "worker", points.AFTER_DATA, seed, most_repeats=most)
