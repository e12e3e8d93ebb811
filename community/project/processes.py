"""Web server, worker and schedule as processes that start and end together."""

import fcntl
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TextIO, cast

GRACE_SECONDS = 8.0
# Stands in the command of each of our processes, so that no other one is ever taken for ours.
MARK = "community.project"
PROCESSES = Path("/proc")


def web(host: str, port: int) -> list[str]:
    """The command of the web server."""
    server = ["granian", "--interface", "wsgi", "--host", host, "--port", str(port)]
    threads = ["--workers", "1", "--blocking-threads", "4", "--no-ws", "--log-level", "warning"]
    return [sys.executable, "-m", *server, *threads, f"{MARK}.wsgi:application"]


def worker() -> list[str]:
    """The command of the Celery worker."""
    pool = ["worker", "--pool", "threads", "--concurrency", "4"]
    alone = ["--without-gossip", "--without-mingle", "--without-heartbeat"]
    return celery(*pool, *alone)


def schedule() -> list[str]:
    """The command of Celery's schedule: a process of its own, so that its death is noticed."""
    return celery("beat")


def celery(*command: str) -> list[str]:
    """A command of Celery's that says nothing unless something is wrong."""
    # Our messages are JSON that names a task and no more, so that root runs no stranger's code.
    calm = ["-W", "ignore:You're running the worker with superuser privileges"]
    quiet = ["--quiet", "--app", MARK]
    return [sys.executable, *calm, "-m", "celery", *quiet, *command, "--loglevel", "WARNING"]


class AlreadyRunning(Exception):
    """Another start holds this register and is alive."""


class Family:
    """Processes that end with us; those of an earlier start that was killed are ended first."""

    def __init__(self, register: Path) -> None:
        self.register = register
        self.lock: TextIO | None = None
        self.children: dict[int, subprocess.Popen[bytes]] = {}

    def gather(self) -> None:
        """End what an earlier start left behind when it was killed.

        Raises AlreadyRunning where that start is alive; its lock ends with it.
        """
        lock = self.register.open("a+")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            lock.close()
            raise AlreadyRunning from error
        self.lock = lock
        for group in self.remembered():
            bury(group)
        self.remember()

    def remembered(self) -> list[int]:
        """The groups of processes an earlier start has made."""
        try:
            groups: list[int] = json.loads(self.register.read_text())
        except ValueError:
            return []
        return groups

    def remember(self) -> None:
        """Write down whom to end, should we be killed."""
        self.register.write_text(json.dumps(list(self.children)))

    def start(self, command: list[str]) -> subprocess.Popen[bytes]:
        """Start one process in a group of its own."""
        child = subprocess.Popen(command, start_new_session=True)  # noqa: S603
        self.children[child.pid] = child
        self.remember()
        return child

    def watch(self, say: Callable[[str], object]) -> None:
        """Stay until interrupted; start again what ends by itself."""
        while True:
            for child in [child for child in self.children.values() if child.poll() is not None]:
                say("A process has ended unexpectedly and is started again.")
                self.replace(child)
            time.sleep(0.3)

    def replace(self, child: subprocess.Popen[bytes]) -> None:
        """Start a process again, without whatever it has left of itself."""
        bury(child.pid)
        del self.children[child.pid]
        self.start(cast("list[str]", child.args))

    def end(self) -> None:
        """End all processes: asked first, made to after a while."""
        if self.lock is None:
            return
        with undisturbed():
            for pid in self.children:
                signal_group(pid, signal.SIGTERM)
            deadline = time.monotonic() + GRACE_SECONDS
            for pid, child in self.children.items():
                with suppress(subprocess.TimeoutExpired):
                    child.wait(max(0.1, deadline - time.monotonic()))
                bury(pid)
            self.children.clear()
            self.remember()
            self.lock.close()
        self.lock = None


def signal_group(group: int, number: signal.Signals) -> None:
    """Signal a group of processes, if it is still there."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(group, number)


def bury(group: int) -> None:
    """End what is left of a group of ours, and wait until its port is free again."""
    deadline = time.monotonic() + GRACE_SECONDS
    while belongs_to_us(group) and time.monotonic() < deadline:
        signal_group(group, signal.SIGKILL)
        time.sleep(0.05)


def belongs_to_us(group: int) -> bool:
    """Whether an earlier start of Parley made this group, and nobody who has its id by now."""
    return any(MARK in command for command in commands_of(group))


def commands_of(group: int) -> Iterator[str]:
    """The command of each process of a group."""
    if not PROCESSES.is_dir():  # macOS
        listing = ["ps", "-A", "-o", "pgid=,command="]
        rows = subprocess.run(listing, capture_output=True, text=True, check=True).stdout  # noqa: S603
        yield from (row for row in rows.splitlines() if row.split()[0] == str(group))
    for folder in PROCESSES.glob("[0-9]*"):
        with suppress(OSError):  # it has ended meanwhile
            if os.getpgid(int(folder.name)) == group:
                yield (folder / "cmdline").read_text()


def trouble_at(host: str, port: int) -> str:
    """Why we cannot listen there, in the words of the system; nothing if we can."""
    with probe(host) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, port))
        except (OSError, OverflowError) as error:
            return getattr(error, "strerror", "") or str(error)
    return ""


def probe(host: str) -> socket.socket:
    """A socket of the right kind for this address."""
    return socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)


def answers(server: subprocess.Popen[bytes], host: str, port: int, patience: float = 20.0) -> bool:
    """Wait until this server listens, at most `patience` seconds; it may end before."""
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline and server.poll() is None:
        with probe(host) as caller:
            if caller.connect_ex((host, port)) == 0:
                return True
        time.sleep(0.1)
    return False


@contextmanager
def undisturbed() -> Iterator[None]:
    """Whoever presses Ctrl-C twice need not hurry us."""
    numbers = (signal.SIGINT, signal.SIGTERM)
    before = {number: signal.signal(number, signal.SIG_IGN) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
