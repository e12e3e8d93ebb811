"""PostgreSQL, Redis and Chromium for tests: found, installed or started, and gone afterwards."""

import os
import pwd
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from pathlib import Path
from typing import NoReturn
from urllib.parse import quote

import psycopg
import pytest
from redis import Redis, RedisError

START_SECONDS = 30
# Homebrew keeps PostgreSQL off the PATH, and so does Debian.
POSTGRES_PROGRAMS = [
    "usr/lib/postgresql/*/bin/postgres",
    "opt/homebrew/opt/postgresql@*/bin/postgres",
    "usr/local/opt/postgresql@*/bin/postgres",
]
CHROMIUMS = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"]
# Where `playwright install chromium` puts its own, on Linux and on a Mac.
PLAYWRIGHTS_OWN = [
    ".cache/ms-playwright/chromium-*/chrome-linux*/chrome",
    "Library/Caches/ms-playwright/chromium-*/chrome-mac*/*.app/Contents/MacOS/*",
]


class NotInstalled(Exception):
    """What a test needs is not on this machine."""


def on_ci() -> bool:
    """Whether nobody is looking, so that a test left out must count as failed."""
    return os.environ.get("CI", "") not in {"", "0", "false"}


def lacking(reason: str) -> NoReturn:
    """End the test that cannot have what it needs: failed on CI, skipped on a laptop."""
    if on_ci():
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)


# Finding


def find_postgres() -> Path:
    """The folder with PostgreSQL's newest programs; raises NotInstalled."""
    if found := shutil.which("postgres"):
        return Path(found).resolve().parent
    found_all = [path for pattern in POSTGRES_PROGRAMS for path in Path("/").glob(pattern)]
    if not found_all:
        raise NotInstalled("PostgreSQL is not on this machine.")
    return max(found_all, key=lambda path: int(re.findall(r"\d+", str(path))[-1])).parent


def find_redis() -> str:
    """The path of redis-server, or of Valkey's; raises NotInstalled."""
    found = shutil.which("redis-server") or shutil.which("valkey-server")
    if not found:
        raise NotInstalled("Redis is not on this machine.")
    return found


def find_nginx() -> str:
    """The path of nginx, which Debian keeps off the path of ordinary users; raises NotInstalled."""
    found = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")
    if not found:
        raise NotInstalled("nginx is not on this machine.")
    return found


def find_gettext() -> str:
    """The path of the program that gathers words for translators; raises NotInstalled."""
    if found := shutil.which("xgettext"):
        return found
    raise NotInstalled("gettext is not on this machine.")


def find_chromium() -> str:
    """The path of a Chromium: CHROMIUM's, the system's or Playwright's own; raises NotInstalled."""
    if named := os.environ.get("CHROMIUM"):
        return named
    for name in CHROMIUMS:
        if found := shutil.which(name):
            return found
    for pattern in PLAYWRIGHTS_OWN:
        for own in Path.home().glob(pattern):
            return str(own)
    raise NotInstalled("Chromium is not on this machine; CHROMIUM=/path/to/it names one.")


# Installing

DEBIAN_PACKAGES: list[tuple[Callable[[], object], list[str]]] = [
    (find_postgres, ["postgresql"]),
    (find_redis, ["redis-server"]),
    (find_nginx, ["nginx-light"]),
    (find_gettext, ["gettext"]),
    # Playwright drives Chromium with a program that needs libatomic.
    (find_chromium, ["chromium", "fonts-dejavu-core", "libatomic1"]),
]


def prepare() -> None:
    """Install what is missing where we may, as root on Debian; say what stays missing."""
    packages = [name for find, names in DEBIAN_PACKAGES if reason_against(find) for name in names]
    if packages and os.geteuid() == 0 and shutil.which("apt-get"):
        apt_get("update")
        apt_get("install", "--yes", "--no-install-recommends", *packages)
    for find, _ in DEBIAN_PACKAGES:
        if reason := reason_against(find):
            fate = "fail" if on_ci() else "be skipped"
            sys.stderr.write(f"{reason} Tests that need it will {fate}.\n")


def reason_against(find: Callable[[], object]) -> str:
    """The sentence why a program cannot be found, or nothing."""
    try:
        find()
    except NotInstalled as missing:
        return str(missing)
    return ""


def apt_get(*arguments: str) -> None:
    """Run apt-get without questions, waiting for another one to end; a failure shows later."""
    subprocess.run(
        ["apt-get", "--option", "DPkg::Lock::Timeout=120", *arguments],
        env=os.environ | {"DEBIAN_FRONTEND": "noninteractive"},
        stdin=subprocess.DEVNULL,
        check=False,
    )


# Starting


@contextmanager
def postgres() -> Iterator[str]:
    """The URL of a fresh PostgreSQL, reached by a socket file; raises NotInstalled.

    It keeps fsync on: tests that kill things rely on what was committed.
    """
    programs = find_postgres()
    with unprivileged_folder() as folder:
        data = str(folder / "data")
        initdb = [str(programs / "initdb"), "--pgdata", data, "--username", "parley"]
        initdb += ["--auth", "trust", "--encoding", "UTF8", "--locale", "C", "--no-sync"]
        serve = [str(programs / "postgres"), "-D", data, "-k", str(folder)]
        serve += ["-c", "listen_addresses=", "-c", "max_connections=200"]
        url = f"postgresql://parley@{quote(str(folder), safe='')}/postgres"
        run_to_end(initdb, folder)
        with running(serve, folder, lambda: psycopg.connect(url).close()):
            yield url


@contextmanager
def redis() -> Iterator[str]:
    """The URL of a fresh Redis that keeps nothing on disk; raises NotInstalled."""
    program = find_redis()
    port = free_port()
    url = f"redis://127.0.0.1:{port}/0"
    serve = [program, "--port", str(port), "--bind", "127.0.0.1", "--save", ""]
    with unprivileged_folder() as folder, running(serve, folder, lambda: ping(url)):
        yield url


def ping(url: str) -> None:
    """Ask Redis for a sign of life; raises RedisError."""
    with Redis.from_url(url) as client:
        client.ping()


@contextmanager
def running(command: list[str], folder: Path, ask: Callable[[], object]) -> Iterator[None]:
    """Keep a server running that answers, as the folder's owner."""
    server = start(command, folder)
    try:
        wait_for(server, ask, folder)
        yield
    finally:
        server.send_signal(signal.SIGINT)  # PostgreSQL waits for its clients after SIGTERM
        server.wait(START_SECONDS)


def run_to_end(command: list[str], folder: Path) -> None:
    """Run a command as the folder's owner; raises RuntimeError with its last words."""
    if start(command, folder).wait():
        raise RuntimeError(f"{command} failed:\n{last_words(folder)}")


def start(command: list[str], folder: Path) -> subprocess.Popen[bytes]:
    """Start a command as the folder's owner; what it says goes to a file there."""
    owner = folder.stat()
    someone_else = os.geteuid() != owner.st_uid
    with (folder / "log").open("wb") as log:
        return subprocess.Popen(
            command,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            process_group=0,  # Ctrl-C is for the tests; they end their servers themselves
            user=owner.st_uid if someone_else else None,
            group=owner.st_gid if someone_else else None,
            extra_groups=[] if someone_else else None,
        )


def wait_for(server: subprocess.Popen[bytes], ask: Callable[[], object], folder: Path) -> None:
    """Return as soon as the server answers; raises RuntimeError with its last words."""
    end = time.monotonic() + START_SECONDS
    while server.poll() is None and time.monotonic() < end:
        with suppress(psycopg.OperationalError, RedisError):
            ask()
            return
        time.sleep(0.02)
    raise RuntimeError(f"A server did not start:\n{last_words(folder)}")


def last_words(folder: Path) -> str:
    """What the command that runs in this folder has said."""
    return (folder / "log").read_text(errors="replace")


@contextmanager
def unprivileged_folder() -> Iterator[Path]:
    """A folder for one user alone, gone afterwards: ours, or for root somebody else's.

    PostgreSQL refuses to run as root.
    """
    with tempfile.TemporaryDirectory(prefix="parley-") as name:
        if os.geteuid() == 0:
            user = unprivileged_user()
            os.chown(name, user.pw_uid, user.pw_gid)
        yield Path(name)


def unprivileged_user() -> pwd.struct_passwd:
    """The account that PostgreSQL's package made for it, or else nobody."""
    try:
        return pwd.getpwnam("postgres")
    except KeyError:
        return pwd.getpwnam("nobody")


def free_port() -> int:
    """A port of this machine that nothing listens on just now."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


# Lending to tests


def pytest_configure() -> None:
    """A run that is told to end takes its servers with it, as after Ctrl-C."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)


def pytest_runtest_setup(item: pytest.Item) -> None:
    """A test marked `postgres` has no business on SQLite."""
    if item.get_closest_marker("postgres") and "TEST_DATABASE_URL" not in os.environ:
        lacking("This test needs PostgreSQL: install it, then run `make test-postgres`.")


def lend(server: AbstractContextManager[str]) -> Iterator[str]:
    """Keep a server for a fixture, or end the test that wanted it with a sentence."""
    with ExitStack() as stack:
        try:
            url = stack.enter_context(server)
        except NotInstalled as missing:
            lacking(str(missing))
        yield url


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """The URL of a PostgreSQL server: the one of this run, or one for this process."""
    if url := os.environ.get("TEST_DATABASE_URL"):
        yield url
    else:
        yield from lend(postgres())


@pytest.fixture
def postgres_database(postgres_url: str) -> Iterator[str]:
    """The URL of an empty database, for a site in processes of its own."""
    name = f"parley_{uuid.uuid4().hex}"
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
        yield postgres_url.removesuffix("/postgres") + f"/{name}"
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture(scope="session")
def redis_server() -> Iterator[str]:
    """The URL of a Redis for this process; take `redis_url`, which is empty."""
    yield from lend(redis())


@pytest.fixture
def redis_url(redis_server: str) -> str:
    """The URL of an empty Redis."""
    with Redis.from_url(redis_server) as client:
        client.flushall()
    return redis_server


# The command line


def run_on_postgres(command: list[str]) -> int:
    """Run a command whose tests find a PostgreSQL, if there is one; returns its exit code."""
    with ExitStack() as stack:
        surroundings = dict(os.environ)
        with suppress(NotInstalled):  # the tests say so themselves, one by one
            surroundings["TEST_DATABASE_URL"] = stack.enter_context(postgres())
        return until_it_ends(subprocess.Popen(command, env=surroundings))


def until_it_ends(command: subprocess.Popen[bytes]) -> int:
    """Wait for a command, passing on the order to end; returns its exit code."""
    signal.signal(signal.SIGTERM, lambda number, frame: command.send_signal(number))
    while True:
        with suppress(KeyboardInterrupt):  # Ctrl-C reaches the command by itself
            return command.wait()


def main(arguments: list[str]) -> None:
    """Carry out `python -m tests.servers …`."""
    match arguments:
        case ["prepare"]:
            prepare()
        case ["run-postgres", "--", *command]:
            sys.exit(run_on_postgres(command))
        case _:
            sys.exit("Usage: python -m tests.servers prepare | run-postgres -- COMMAND…")


if __name__ == "__main__":
    main(sys.argv[1:])
