"""Isso from PyPI on the same data, under the same granian on the same cores."""

import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from itertools import repeat
from pathlib import Path

from community.comments.models import Comment
from community.threads.models import Thread
from tests import factories
from tests.bench import plenty, running
from tests.bench.figures import Figure
from tests.bench.load import HOST, Ask, Line, storm
from tests.bench.registry import subject
from tests.bench.stage import Stage
from tests.bench.yardsticks import server
from tests.servers import NotInstalled, free_port

HOME = Path("var/bench/isso").resolve()
PYTHON = HOME / "bin" / "python"
SIZES = (100, 1_000)
CONFIGURATION = """
[general]
dbpath = {folder}/isso.db
host = http://{host}/
log-file = {folder}/isso.log
[server]
public-endpoint = http://{host}
"""
INTO_THREADS = "INSERT INTO threads (id, uri, title) VALUES (?, ?, ?)"
INTO_COMMENTS = (
    "INSERT INTO comments (tid, id, parent, created, mode, remote_addr, text, author, likes,"
    " dislikes, voters) VALUES (?, ?, ?, ?, 1, '127.0.0.0', ?, ?, ?, ?, ?)"
)


@subject
def isso(stage: Stage) -> Iterator[Figure]:
    """What it answers when its script asks for all comments of a page."""
    install()
    threads = {size: factories.thread(stage.site) for size in SIZES}
    plenty.fill({thread: size for size, thread in threads.items()})
    port, file = free_port(), stage.folder / "isso.cfg"
    file.write_text(CONFIGURATION.format(folder=stage.folder, host=f"{HOST}:{port}"))
    command = [str(PYTHON), *running.granian(port, "isso.run:application")[1:]]
    environment = os.environ | {"ISSO_SETTINGS": str(file), "PYTHONPATH": ""}
    with server(command, port, environment, path="/info"):
        with closing(sqlite3.connect(stage.folder / "isso.db")) as database, database:
            for size, thread in threads.items():
                copy(database, thread, size)
        for size in SIZES:
            ask = Ask(f"/?uri=/{size}/")
            status, _headers, body = Line(port).ask_all(ask.head(port))
            assert status == 200, f"Isso answers {status}"
            found = storm(port, repeat(ask), clients=8, seconds=stage.seconds)
            note = f"{len(body) / 1000:.0f} kB of JSON"
            yield {"name": f"yardstick: Isso, {size:,} comments", **found.figure(200), "note": note}


def install() -> None:
    """Isso in a virtual environment of its own, once; raises NotInstalled."""
    if (HOME / "done").exists():
        return
    pip = [str(PYTHON), "-m", "pip", "--quiet", "--disable-pip-version-check", "install"]
    for command in (
        [sys.executable, "-m", "venv", "--clear", str(HOME)],
        [*pip, "isso", "granian"],
    ):
        ended = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
        if ended.returncode:
            raise NotInstalled(f"Isso cannot be installed: {ended.stderr.strip()[-200:]}")
    (HOME / "done").touch()


def copy(database: sqlite3.Connection, thread: Thread, size: int) -> None:
    """Write the comments of a thread the way Isso keeps them."""
    database.execute(INTO_THREADS, (size, f"/{size}/", f"Thread of {size}"))
    rows = Comment.objects.filter(thread=thread).order_by("pk")
    database.executemany(
        INTO_COMMENTS,
        (
            (
                size,
                row.pk,
                row.root_id,
                time.mktime(row.created_at.timetuple()),
                row.body,
                row.author_name,
                row.ups,
                row.downs,
                b"",
            )
            for row in rows
        ),
    )
