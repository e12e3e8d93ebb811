"""Web server, worker or schedule, started in a moment: each is forked from a warm process.

    python -m tests.faults.cradle web --port 8123
    python -m tests.faults.cradle worker
    python -m tests.faults.cradle beat

Each line on standard input starts one: a point and a turn at which it dies, as JSON, or `{}` for
one that lives until it is killed. The answer is a line with its id, which is the id of its process
group too, and, once that process is dead, one with `ended`.
"""

import argparse
import json
import os
import signal
import sys
from collections.abc import Callable
from typing import Any, NoReturn

import django

PREFORK = ["--pool", "prefork", "--concurrency", "2"]
# One task at a time, so that what happens at a point happens to one row.
SOLO = ["--pool", "solo"]
QUIET = ["--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel", "WARNING"]

Run = Callable[[dict[str, Any]], None]


def web(port: int) -> Run:
    """The web server of production, with everything it needs imported once."""
    from granian.cli import entrypoint

    from community.project import urls, wsgi
    from community.project.processes import web as command

    assert urls.urlpatterns
    assert wsgi.application

    def run(order: dict[str, Any]) -> None:
        whole = command("127.0.0.1", port)
        sys.argv = whole[whole.index("-m") + 1 :]
        entrypoint()

    return run


def worker() -> Run:
    """The Celery worker: the one of production, or one to die at a point."""
    from community.project.celery import app

    app.loader.import_default_modules()

    def run(order: dict[str, Any]) -> None:
        app.worker_main(["worker", *(SOLO if order else PREFORK), *QUIET])

    return run


def beat() -> Run:
    """The schedule, as a process of its own."""
    from community.project.celery import app

    app.loader.import_default_modules()

    def run(order: dict[str, Any]) -> None:
        app.start(["beat", "--loglevel", "WARNING"])

    return run


def serve(run: Run) -> None:
    """Start one process per line, one after another."""
    for line in sys.stdin:
        order = json.loads(line)
        child = os.fork()
        if not child:
            live(run, order)
        say(str(child))
        os.waitpid(child, 0)
        say("ended")


def live(run: Run, order: dict[str, Any]) -> NoReturn:
    """Be the process that was ordered, in a group of its own."""
    os.setsid()
    sys.stdin = open(os.devnull)  # noqa: PTH123, SIM115
    os.dup2(2, 1)
    if order:
        from tests.faults import points

        points.arm(points.POINTS[order["point"]], order["turn"], die)
    try:
        run(order)
    finally:
        os._exit(0)


def die() -> None:
    """End this process and all that belong to it as the power switch would."""
    os.killpg(os.getpgrp(), signal.SIGKILL)


def say(line: str) -> None:
    """Answer the test."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main() -> None:
    """Import everything, then wait for orders."""
    parser = argparse.ArgumentParser(description="A process of a site, forked on demand.")
    parser.add_argument("kind", choices=["web", "worker", "beat"])
    parser.add_argument("--port", type=int, default=0)
    given = parser.parse_args()
    django.setup()
    made = {"web": lambda: web(given.port), "worker": worker, "beat": beat}
    run = made[given.kind]()
    say("ready")
    serve(run)


if __name__ == "__main__":
    main()
