"""Measure everything once, in about two minutes."""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

from tests.bench.load import HOST, Ask, Line, Run, crowd, storm
from tests.faults.people import TOKEN, address, answers
from tests.faults.running import PYTHON, helper, wait_until
from tests.servers import NotInstalled, free_port, postgres, redis

SECONDS = 5.0
CLIENTS = 8
GRANIAN = ["granian", "--interface", "wsgi", "--host", HOST, "--no-ws", "--log-level", "warning"]
THREADS = ["--workers", "2", "--blocking-threads", "4"]
ROOT_IS_FINE = ["-W", "ignore:You're running the worker with superuser privileges"]
WORKER = ["-m", "celery", "--quiet", "--app", "community.project", "worker", "--concurrency", "2"]
Figure = dict[str, Any]


def measure(environment: dict[str, str], port: int) -> Iterator[Figure]:
    """One figure after another, the gentle ones first."""
    seeding = [*PYTHON, "tests.bench.seed", f"{HOST}:{port}"]
    seeded = subprocess.run(seeding, env=environment, stdout=subprocess.PIPE, check=True)
    people: dict[str, Any] = json.loads(seeded.stdout)
    web = [*PYTHON, *GRANIAN, *THREADS, "--port", str(port), "community.project.wsgi:application"]
    worker = [sys.executable, *ROOT_IS_FINE, *WORKER, "--loglevel", "ERROR"]
    with running(web, environment) as server, running(worker, environment) as celery:
        wait_until(lambda: answers(port), "The web server does not start.")
        for size, path in people["pages"].items():
            yield from page(size, path, environment, port)
        yield figure("queue page, 10,000 waiting", queue(people, port), 200)
        yield figure("vote", storm(port, votes(people), clients=CLIENTS, seconds=SECONDS), 302)
        yield figure("decision", storm(port, decisions(people), clients=2, seconds=SECONDS), 302)
        yield figure("post", storm(port, posts(people), clients=CLIENTS, seconds=SECONDS), 302)
        yield memory("web server", server.pid)
        yield memory("worker", celery.pid)


def page(size: str, path: str, environment: dict[str, str], port: int) -> Iterator[Figure]:
    """The first page of a thread for anyone, beside a server that only sends the same bytes."""
    ask = Ask(path)
    status, body = Line(port).ask(ask.head(port))
    assert status == 200, f"{path}: {status}"
    ours = figure(f"page, {size} comments", crowd_of(port, ask), 200)
    bare = bare_rate(body, environment)
    yield {**ours, "bytes": len(body), "of_bare_server": round(ours["per_second"] / bare, 4)}


def bare_rate(body: bytes, environment: dict[str, str]) -> float:
    """How many such answers a second this machine can send at all."""
    file = Path(environment["DATA_DIR"]) / "page.html"
    file.write_bytes(body)
    port = free_port()
    server = [*PYTHON, *GRANIAN, *THREADS, "--port", str(port), "tests.bench.bare:application"]
    with running(server, environment | {"BENCH_PAGE": str(file)}):
        wait_until(lambda: answers(port), "The bare server does not start.")
        return float(figure("bare", crowd_of(port, Ask("/")), 200)["per_second"])


def crowd_of(port: int, ask: Ask) -> Run:
    """Eight readers in two processes."""
    return crowd(port, ask, clients=CLIENTS // 2, seconds=SECONDS)


def queue(people: dict[str, Any], port: int) -> Run:
    """A moderator who opens the queue again and again."""
    ask = Ask("/moderation/", cookie=people["moderator"])
    return storm(port, (ask for _ in range(100_000)), clients=1, seconds=SECONDS)


def votes(people: dict[str, Any]) -> Iterator[Ask]:
    """Everyone votes for the first time, on one of fifty comments."""
    for number in range(100_000):
        pk = people["votable"][number % 50]
        yield Ask(f"/comments/{pk}/vote/", {"value": "1"}, sender=address(number))


def decisions(people: dict[str, Any]) -> Iterator[Ask]:
    """A moderator approves and rejects in turn."""
    cookie = f"{people['moderator']}; csrf={TOKEN}"
    for number, (pk, version) in enumerate(people["held"]):
        act = "reject" if number % 2 else "approve"
        form = {"act": act, "version": str(version), "csrfmiddlewaretoken": TOKEN}
        yield Ask(f"/moderation/comments/{pk}/decide/", form, cookie=cookie)


def posts(people: dict[str, Any]) -> Iterator[Ask]:
    """Guests whom nobody knows, every third with a link."""
    path = f"/threads/{people['thread']}/comments/"
    for number in range(100_000):
        link = "" if number % 3 else f" https://shop.example/{number}"
        form = {
            "name": f"Guest {number}",
            "email": f"guest{number}@example.org",
            "body": f"This is what guest {number} has to say about the tide.{link}",
        }
        yield Ask(path, form, sender=address(number))


def figure(name: str, run: Run, good: int) -> Figure:
    """What a run came to; answers that were not wanted are counted apart."""
    times = run.of(good)
    assert times, (
        f"{name}: nothing but { {status: len(all_) for status, all_ in run.times.items()} }"
    )
    return {
        "name": name,
        "per_second": round(len(times) / run.took, 1),
        "p50_ms": round(times[len(times) // 2] * 1000, 1),
        "p99_ms": round(times[len(times) * 99 // 100] * 1000, 1),
        "others": sum(len(some) for status, some in run.times.items() if status != good),
    }


def memory(name: str, group: int) -> Figure:
    """What a process and its children take, shared pages counted once among them."""
    members = (folder for folder in Path("/proc").glob("[0-9]*") if belongs(folder, group))
    kibibytes = sum(share_of(folder) for folder in members)
    return {"name": f"memory of the {name}", "mebibytes": round(kibibytes / 1024, 1)}


def belongs(folder: Path, group: int) -> bool:
    """Whether a process belongs to this group."""
    with suppress(ProcessLookupError):
        return os.getpgid(int(folder.name)) == group
    return False


def share_of(folder: Path) -> int:
    """The proportional set size of a process in KiB; 0 where it cannot be read."""
    with suppress(OSError):
        lines = (folder / "smaps_rollup").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return 0


@contextmanager
def running(command: list[str], environment: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """A server for as long as it is measured."""
    process = subprocess.Popen(command, env=environment, process_group=0, stdout=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(10)
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, 9)


def table(figures: list[Figure]) -> str:
    """The figures for people."""
    columns = ["per_second", "p50_ms", "p99_ms", "of_bare_server", "mebibytes"]
    rows = [["", *columns]] + [
        [one["name"], *(str(one.get(column, "")) for column in columns)] for one in figures
    ]
    return "\n".join(f"{row[0]:<28}" + "".join(f"{cell:>16}" for cell in row[1:]) for row in rows)


def main() -> None:
    """Start everything, measure, and say it twice: for programs and for people."""
    began = time.monotonic()
    figures: list[Figure] = []
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="parley-bench-")))
        port = free_port()
        akismet = stack.enter_context(helper("tests.moderation.akismet_server"))
        environment = os.environ | {
            "DJANGO_SETTINGS_MODULE": "community.project.settings",
            "PYTHONPATH": str(Path.cwd()),
            "DATA_DIR": str(folder),
            "DATABASE_URL": stack.enter_context(postgres()),
            "REDIS_URL": stack.enter_context(redis()),
            "SECRET_KEY": "used by the bench alone, known to everybody",
            "SITE_URL": f"http://{HOST}:{port}",
            "AKISMET_KEY": "fake",
            "AKISMET_SERVER": akismet,
            "TRUSTED_PROXIES": "1",
            "LOG_LEVEL": "ERROR",
            "DEMO": "0",
        }
        for one in measure(environment, port):
            sys.stdout.write(f"{json.dumps(one)}\n")
            sys.stdout.flush()
            figures.append(one)
    sys.stdout.write(f"\n{table(figures)}\n\nMeasured in {time.monotonic() - began:.0f} s.\n")


if __name__ == "__main__":
    try:
        main()
    except NotInstalled as missing:
        sys.exit(f"{missing} The bench needs PostgreSQL and Redis.")
