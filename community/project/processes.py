"""Web server and worker as two processes that start and end together."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import FrameType

GRACE_SECONDS = 8.0
PYTHON = [sys.executable, "-m"]


def web(host: str, port: int) -> list[str]:
    """The command of the web server."""
    server = ["granian", "--interface", "wsgi", "--host", host, "--port", str(port)]
    threads = ["--workers", "1", "--blocking-threads", "4", "--no-ws", "--log-level", "warning"]
    return [*PYTHON, *server, *threads, "community.project.wsgi:application"]


def worker() -> list[str]:
    """The command of the Celery worker with its schedule."""
    pool = ["worker", "--beat", "--pool", "threads", "--concurrency", "4"]
    quiet = ["--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel", "WARNING"]
    return [*PYTHON, "celery", "--app", "community.project", *pool, *quiet]


class Family:
    """Processes that end with us; those of an earlier start that was killed are ended first."""

    def __init__(self, register: Path) -> None:
        self.register = register
        self.commands: dict[int, list[str]] = {}
        self.children: dict[int, subprocess.Popen[bytes]] = {}
        self.ending = False

    def bury_orphans(self) -> None:
        """End what an earlier start left behind when it was killed."""
        try:
            orphans: list[int] = json.loads(self.register.read_text())
        except (FileNotFoundError, ValueError):
            return
        for group in orphans:
            if belongs_to_us(group):
                signal_group(group, signal.SIGKILL)

    def start(self, command: list[str]) -> None:
        """Start one process in a group of its own."""
        child = subprocess.Popen(command, start_new_session=True)  # noqa: S603
        self.children[child.pid] = child
        self.commands[child.pid] = command
        self.register.write_text(json.dumps(list(self.children)))

    def watch(self, say: Callable[[str], None]) -> None:
        """Stay until we are told to end; start again what ends by itself."""
        signal.signal(signal.SIGTERM, self._end)
        signal.signal(signal.SIGINT, self._end)
        while not self.ending:
            for pid in [pid for pid, child in self.children.items() if child.poll() is not None]:
                say("A process has ended unexpectedly and is started again.")
                del self.children[pid]
                self.start(self.commands.pop(pid))
            time.sleep(0.3)
        self.end()

    def _end(self, _number: int, _frame: FrameType | None) -> None:
        self.ending = True

    def end(self) -> None:
        """End all processes: asked first, made to after a while."""
        for pid in self.children:
            signal_group(pid, signal.SIGTERM)
        deadline = time.monotonic() + GRACE_SECONDS
        for pid, child in self.children.items():
            try:
                child.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                signal_group(pid, signal.SIGKILL)
        self.register.unlink(missing_ok=True)


def signal_group(group: int, number: signal.Signals) -> None:
    """Signal a group of processes, if it is still there."""
    try:
        os.killpg(group, number)
    except (ProcessLookupError, PermissionError):
        return


def belongs_to_us(pid: int) -> bool:
    """Whether a process is one that an earlier start of Parley made, not one that reuses its id."""
    try:
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False
    return b"community.project" in command


def is_free(host: str, port: int) -> bool:
    """Whether nobody listens there yet."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def answers(host: str, port: int, patience: float = 20.0) -> bool:
    """Wait until a server listens there, at most `patience` seconds."""
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex((host, port)) == 0:
                return True
        time.sleep(0.1)
    return False
