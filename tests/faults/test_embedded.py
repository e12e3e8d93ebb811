"""One machine without any other server, as `make run` starts it: kill -9 of any part or of all."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.faults import ledger
from tests.faults.people import People, answers
from tests.faults.running import Running, children_of, site, wait_until

TIMES = 2
# The worker has four threads, each with at most one e-mail handed over and not noted as sent.
AT_ONCE = 4


class Start:
    """`manage.py start`, killed and started again."""

    def __init__(self, running: Running) -> None:
        self.running = running
        self.again()

    def again(self) -> None:
        """Start it, and return once it answers."""
        with (self.running.folder / "start.log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "start"],
                env=self.running.environment,
                stdout=log,
                stderr=log,
                process_group=0,
            )
        wait_until(lambda: answers(self.running.port) and bool(self.parts("celery")), self.words)

    def words(self) -> str:
        """What it has said."""
        return (self.running.folder / "start.log").read_text(errors="replace")[-3000:]

    def parts(self, program: str) -> list[int]:
        """The web server or the worker: the process that was started, not its own children."""
        return [pid for pid in children_of(self.process.pid) if program in command_of(pid)]

    def kill_web(self, chance: random.Random) -> None:
        """The web server's first process; its others are orphans then."""
        kill(self.parts("granian")[0])

    def kill_web_child(self, chance: random.Random) -> None:
        """The process that answers requests."""
        kill(chance.choice(children_of(self.parts("granian")[0])))

    def kill_worker(self, chance: random.Random) -> None:
        """The worker; its schedule is an orphan then."""
        kill(self.parts("celery")[0])

    def kill_everything(self, chance: random.Random) -> None:
        """`start` itself; the next one finds orphans."""
        kill(self.process.pid)
        self.process.wait()
        self.again()

    def end(self) -> None:
        """Ctrl-C."""
        self.process.send_signal(signal.SIGINT)
        self.process.wait(30)


def kill(pid: int) -> None:
    """kill -9."""
    os.kill(pid, signal.SIGKILL)


def command_of(pid: int) -> str:
    """The command line of a process."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_text()
    except OSError:
        return ""


FAULTS: list[Callable[[Start, random.Random], None]] = [
    Start.kill_web,
    Start.kill_web_child,
    Start.kill_worker,
    Start.kill_everything,
]


@contextmanager
def start(running: Running) -> Iterator[Start]:
    """Everything on one machine, ended afterwards."""
    started = Start(running)
    try:
        yield started
    finally:
        started.end()


def test_kills_on_one_machine_lose_nothing(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    with site(tmp_path) as running, start(running) as started:
        people = People(running, seed, pause=0.3)
        with people.busy():
            for fault in chance.sample(FAULTS * TIMES, len(FAULTS) * TIMES):
                time.sleep(chance.uniform(0.5, 1.5))
                wait_until(lambda: whole(started), started.words)
                fault(started, chance)
        running.drain()
        ledger.check(running, people.said, most_repeats=AT_ONCE * TIMES * 2)


def whole(started: Start) -> bool:
    """Whether web server and worker are both there again."""
    web = started.parts("granian")
    return bool(web and children_of(web[0]) and started.parts("celery"))
