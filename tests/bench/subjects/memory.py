"""What the processes hold in memory: shared pages counted once among those who share them."""

import os
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from tests.bench import running
from tests.bench.figures import Figure, target
from tests.bench.load import Ask
from tests.bench.registry import subject
from tests.bench.stage import Stage, address_of
from tests.bench.wrk import rate
from tests.faults.people import answers
from tests.faults.running import children_of, wait_until
from tests.servers import free_port

WORKERS = 2


@subject
def memory(stage: Stage) -> Iterator[Figure]:
    """The web server with two workers, fresh and under load, and the Celery worker."""
    port, pages = free_port(), [Ask(address_of(thread)) for thread in stage.threads.values()]
    with running.running(running.granian(port)) as server:
        wait_until(lambda: answers(port), "The web server does not start.")
        yield amount("memory of the web server at rest", held_by(server.pid), 220)
        rate(port, pages, clients=32, seconds=stage.seconds)
        yield amount("memory of the web server under load", held_by(server.pid), 350)
    worker = stage.worker.pid
    wait_until(lambda: len(children_of(worker)) >= WORKERS, "The worker does not start.")
    time.sleep(2)  # until they have looked for work
    yield amount("memory of the worker at rest", held_by(worker), 300)


def amount(name: str, mebibytes: float, most: int) -> Figure:
    """A line."""
    met = target(f"≤ {most} MiB", mebibytes <= most)
    return {"name": name, "amount": round(mebibytes, 1), **met, "note": "MiB, proportional share"}


def held_by(group: int) -> float:
    """MiB that a process and its children hold."""
    members = (folder for folder in Path("/proc").glob("[0-9]*") if belongs(folder, group))
    return sum(share_of(folder) for folder in members) / 1024


def belongs(folder: Path, group: int) -> bool:
    """Whether a process belongs to this group."""
    with suppress(ProcessLookupError):
        return os.getpgid(int(folder.name)) == group
    return False


def share_of(folder: Path) -> int:
    """The proportional set size of a process in KiB; 0 where it cannot be read."""
    with suppress(OSError):
        lines = (folder / "smaps_rollup").read_text().splitlines()
        return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)
    return 0
