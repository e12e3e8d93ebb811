"""A whole site in processes of its own: web, worker, mail server, spam check."""

import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg

from tests.faults.people import answers
from tests.servers import free_port

PYTHON = [sys.executable, "-m"]
HOST = "127.0.0.1"
# Far more than anything here takes on an idle machine: tests share theirs with others.
PATIENCE = 60.0


@dataclass
class Cradle:
    """One kind of process, started and killed as often as a test wants."""

    process: subprocess.Popen[bytes]
    log: Path
    current: int = 0

    def start(self, point: str = "", turn: int = 1) -> None:
        """Start a process, perhaps one that dies at a point when it gets there the nth time."""
        order = {"point": point, "turn": turn} if point else {}
        self._tell(json.dumps(order))
        self.current = int(self.hear())

    def wait(self) -> None:
        """Return once the current process is dead and nothing of it is left."""
        said = self.hear()
        assert said == "ended", said
        self.sweep()

    def kill(self) -> None:
        """Kill the process with all that belongs to it."""
        self.sweep()
        self.wait()

    def kill_child(self, chance: random.Random) -> None:
        """Kill one of the processes it has started itself, or will have started in a moment."""
        wait_until(self.has_children, self.last_words)
        os.kill(chance.choice(children_of(self.current)), signal.SIGKILL)

    def has_children(self) -> bool:
        """Whether it has started any; if it gave up before, it is started again."""
        self.revive()
        return bool(children_of(self.current))

    def revive(self) -> None:
        """Start it again if it has ended by itself, as systemd would.

        A Celery worker that loses a process of its pool before all have begun gives up.
        """
        if not Path(f"/proc/{self.current}").exists():
            self.wait()
            self.start()

    def sweep(self) -> None:
        """Kill whatever is left of the current process group."""
        with suppress(ProcessLookupError):
            os.killpg(self.current, signal.SIGKILL)

    def hear(self) -> str:
        """The next line; fails with the last words of a process that does not come on."""
        assert self.process.stdout is not None
        os.set_blocking(self.process.stdout.fileno(), False)
        ends = time.monotonic() + PATIENCE
        line = b""
        while not line.endswith(b"\n"):
            line += self.process.stdout.readline() or b""
            assert self.process.poll() is None, self.last_words()
            assert time.monotonic() < ends, f"Nothing came for a minute.\n{self.last_words()}"
            time.sleep(0.005)
        return line.decode().strip()

    def last_words(self) -> str:
        """The end of what was logged."""
        return self.log.read_text(errors="replace")[-3000:]

    def _tell(self, line: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(f"{line}\n".encode())
        self.process.stdin.flush()


def children_of(pid: int) -> list[int]:
    """The processes a process has started."""
    with suppress(OSError):
        found = Path(f"/proc/{pid}/task/{pid}/children").read_text()
        return [int(child) for child in found.split()]
    return []


@dataclass
class Running:
    """A site under fire, as its tests see it."""

    folder: Path
    database: str
    environment: dict[str, str]
    port: int
    people: dict[str, Any]
    cradles: list[Cradle] = field(default_factory=list)

    @property
    def web(self) -> Cradle:
        """The web server."""
        return self.cradles[0]

    @property
    def worker(self) -> Cradle:
        """The Celery worker."""
        return self.cradles[1]

    @property
    def beat(self) -> Cradle:
        """The schedule."""
        return self.cradles[2]

    @property
    def mail(self) -> Path:
        """Where accepted e-mails lie."""
        return self.folder / "mail"

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """What the database answers."""
        if self.database:
            with psycopg.connect(self.database) as connection:
                return connection.execute(query).fetchall()
        with closing(sqlite3.connect(self.folder / "parley.sqlite3", timeout=20)) as connection:
            return connection.execute(query).fetchall()

    def manage(self, *command: str) -> "subprocess.CompletedProcess[str]":
        """A command of the site, run to its end."""
        return subprocess.run(
            [sys.executable, "manage.py", *command],
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )

    def drain(self) -> None:
        """Let the worker do everything that is due, as long as it comes on with it."""
        while not self.is_drained():
            before = self.done()
            wait_until(
                lambda before=before: self.is_drained() or self.done() > before,
                lambda: f"Still to be done: {self.left()}",
            )

    def done(self) -> int:
        """How much has been done that comes to an end by itself; news for moderators does not."""
        [(number,)] = self.rows(
            "SELECT (SELECT count(*) FROM community_delivery WHERE state <> 'waiting')"
            " + (SELECT count(*) FROM community_job"
            " WHERE state <> 'open' AND name <> 'moderation.alert')"
        )
        return int(number)

    def is_drained(self) -> bool:
        """Whether nothing is left; whoever should be working is revived."""
        for cradle in self.cradles:
            cradle.revive()
        return not self.left()

    def left(self) -> list[tuple[Any, ...]]:
        """What is due, whoever holds it: jobs, e-mails, comments being checked.

        E-mails to moderators come back by themselves every few seconds.
        """
        return self.rows(
            "SELECT name, key, attempts, due, lease_until, error FROM community_job"
            " WHERE state = 'open' AND name <> 'moderation.alert'"
            " UNION ALL SELECT 'email', kind, attempts, due, lease_until, reason"
            " FROM community_email WHERE state = 'waiting'"
            " UNION ALL SELECT 'delivery', kind, attempts, due, lease_until, reason"
            " FROM community_delivery WHERE state = 'waiting'"
            " UNION ALL SELECT 'comment', status, version, created_at, NULL, ''"
            " FROM community_comment WHERE status = 'checking'"
        )


def wait_until(done: Callable[[], bool], trouble: str | Callable[[], str]) -> None:
    """Return once this is true; fails with a sentence if it never comes true."""
    ends = time.monotonic() + PATIENCE
    while not done():
        if time.monotonic() > ends:
            raise AssertionError(trouble if isinstance(trouble, str) else trouble())
        time.sleep(0.1)


@contextmanager
def site(folder: Path, *, database: str = "", redis: str = "") -> Iterator[Running]:
    """A site with people in it; nothing of it runs yet but mail server and spam check."""
    port = free_port()
    with ExitStack() as stack:
        smtp = stack.enter_context(helper("tests.mail.smtp_server", "--folder", folder / "mail"))
        akismet = stack.enter_context(helper("tests.moderation.akismet_server"))
        environment = os.environ | {
            "DJANGO_SETTINGS_MODULE": "tests.faults.settings",
            "PYTHONPATH": str(Path.cwd()),
            "DATA_DIR": str(folder),
            "DATABASE_URL": database,
            "REDIS_URL": redis,
            "SECRET_KEY": "used by tests alone, known to everybody",
            "SITE_URL": f"http://{HOST}:{port}",
            "PORT": str(port),
            "MAIL_URL": f"{smtp}?tls=off",
            "AKISMET_KEY": "fake",
            "AKISMET_SERVER": akismet,
            "TRUSTED_PROXIES": "1",
            "DEMO": "0",
        }
        seeding = [*PYTHON, "tests.faults.seed", f"{HOST}:{port}"]
        seeded = subprocess.run(seeding, env=environment, stdout=subprocess.PIPE, check=True)
        yield Running(folder, database, environment, port, json.loads(seeded.stdout))


@contextmanager
def processes(running: Running) -> Iterator[None]:
    """Web, worker and schedule at work; whatever runs in the end is ended."""
    with ExitStack() as stack:
        web = ("web", "--port", str(running.port))
        for command in (web, ("worker",), ("beat",)):
            running.cradles.append(stack.enter_context(cradle(running, *command)))
        for made in running.cradles:
            assert made.hear() == "ready"
            made.start()
        wait_until(lambda: answers(running.port), "The web server does not answer.")
        yield


@contextmanager
def cradle(running: Running, kind: str, *options: str) -> Iterator[Cradle]:
    """A warm process from which others are forked."""
    log = running.folder / f"{kind}.log"
    with log.open("wb") as words:
        process = subprocess.Popen(
            [*PYTHON, "tests.faults.cradle", kind, *options],
            env=running.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=words,
            process_group=0,
        )
    made = Cradle(process, log)
    try:
        yield made
    finally:
        process.kill()
        if made.current:
            made.sweep()
        process.communicate()


@contextmanager
def helper(module: str, *options: object) -> Iterator[str]:
    """A server of the tests as a process of its own; the first line it prints is its URL."""
    process = subprocess.Popen(
        [*PYTHON, module, *map(str, options)],
        stdout=subprocess.PIPE,
        text=True,
        process_group=0,
    )
    try:
        assert process.stdout is not None
        yield process.stdout.readline().strip()
    finally:
        process.kill()
        process.communicate()
