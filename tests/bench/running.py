"""Servers for as long as they are measured: granian, nginx, Celery."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.bench.cores import FOR_SERVERS, on
from tests.faults.running import PYTHON
from tests.servers import NotInstalled

HOST = "127.0.0.1"
WEB_WORKERS = 2
GRANIAN = ["granian", "--interface", "wsgi", "--host", HOST, "--no-ws", "--log-level", "warning"]
THREADS = ["--workers", str(WEB_WORKERS), "--blocking-threads", "4"]
ROOT_IS_FINE = ["-W", "ignore:You're running the worker with superuser privileges"]
CELERY = [sys.executable, *ROOT_IS_FINE, "-m", "celery", "--quiet", "--app", "community.project"]


def granian(port: int, application: str = "community.project.wsgi:application") -> list[str]:
    """The command of a web server, as in `deploy/`."""
    return [*PYTHON, *GRANIAN, *THREADS, "--port", str(port), application]


def worker() -> list[str]:
    """The command of the Celery worker, two processes."""
    return [*CELERY, "worker", "--concurrency", "2", "--loglevel", "ERROR"]


def beat() -> list[str]:
    """The command of Celery's schedule."""
    return [*CELERY, "beat", "--loglevel", "ERROR"]


def nginx(configuration: Path) -> list[str]:
    """The command of nginx with a configuration of ours; raises NotInstalled."""
    program = shutil.which("nginx") or shutil.which("/usr/sbin/nginx")
    if program is None:
        raise NotInstalled("nginx is not on this machine (apt install nginx).")
    return [program, "-e", "stderr", "-p", str(configuration.parent), "-c", str(configuration)]


@contextmanager
def running(
    command: list[str], environment: Mapping[str, str] = os.environ
) -> Iterator[subprocess.Popen[bytes]]:
    """A server on the servers' cores, with all its children gone afterwards."""
    with on(FOR_SERVERS):
        process = subprocess.Popen(
            command, env=environment, process_group=0, stdout=subprocess.DEVNULL
        )
    try:
        yield process
    finally:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(10)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, 9)
        process.wait()
