"""F1, F2: kill -9 at random moments under load, of web and worker, whole and in part."""

import random
import time
from pathlib import Path

import pytest

from tests.faults import ledger
from tests.faults.people import People
from tests.faults.running import Running, processes, site

TIMES = 10
# A worker is killed with at most this many e-mails handed over and not yet noted as sent.
AT_ONCE = 2


def kill_web(running: Running, _chance: random.Random) -> None:
    """All of the web server."""
    running.web.kill()
    running.web.start()


def kill_web_child(running: Running, chance: random.Random) -> None:
    """One process of the web server, which then ends itself to be started anew by its keeper."""
    running.web.kill_child(chance)
    running.web.wait()
    running.web.start()


def kill_worker(running: Running, _chance: random.Random) -> None:
    """All of the worker."""
    running.worker.kill()
    running.worker.start()


def kill_worker_child(running: Running, chance: random.Random) -> None:
    """One process of the worker, which replaces it."""
    running.worker.kill_child(chance)


def kill_beat(running: Running, _chance: random.Random) -> None:
    """The schedule."""
    running.beat.kill()
    running.beat.start()


FAULTS = [kill_web, kill_web_child, kill_worker, kill_worker_child, kill_beat] * TIMES


@pytest.mark.postgres
def test_kills_at_random_moments_lose_nothing(
    tmp_path: Path, postgres_database: str, redis_url: str, seed: int
) -> None:
    chance = random.Random(seed)
    with (
        site(tmp_path, database=postgres_database, redis=redis_url) as running,
        processes(running),
    ):
        people = People(running, seed, pause=0.2)
        with people.busy():
            for fault in chance.sample(FAULTS, len(FAULTS)):
                time.sleep(chance.uniform(0.1, 0.7))
                running.worker.revive()
                fault(running, chance)
        running.drain()
        ledger.check(running, people.said, most_repeats=AT_ONCE * TIMES * 2)
