"""One command starts everything and ends it again."""

import os
import re
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from community.project.broker import Channel
from community.project.processes import AlreadyRunning, Family, belongs_to_us

PROJECT = Path(__file__).parents[2]
PATIENCE = 40.0


@pytest.fixture
def port() -> int:
    """A port nobody uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        number: int = probe.getsockname()[1]
        return number


def start(folder: Path, port: int, **environment: str) -> subprocess.Popen[str]:
    """`manage.py start` in a folder of its own."""
    named = {"DATA_DIR": str(folder), "PORT": str(port), "DEMO": "0", "PYTHONUNBUFFERED": "1"}
    return subprocess.Popen(
        [sys.executable, "manage.py", "start"],
        cwd=PROJECT,
        env={"PATH": os.environ["PATH"], **named, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


@contextmanager
def running(folder: Path, port: int) -> Iterator[subprocess.Popen[str]]:
    """The same, once it has told its address; ended at last whatever a test has done to it."""
    with start(folder, port) as parent:
        try:
            assert parent.stdout
            while "Parley is at" not in (line := parent.stdout.readline()):
                assert line, "It has ended."
            assert f"http://127.0.0.1:{port}" in line
            yield parent
        finally:
            parent.kill()
            for group in groups_of(folder):
                with suppress(ProcessLookupError):
                    os.killpg(group, signal.SIGKILL)


def groups_of(folder: Path) -> list[int]:
    """The processes that were started there."""
    return Family(folder / "processes.json").remembered()


def answers(port: int) -> bool:
    """Whether a page comes, be it the one that says what is missing."""
    try:
        urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=PATIENCE).close()
    except urllib.error.HTTPError:
        return True
    return True


def test_ctrl_c_ends_everything(tmp_path: Path, port: int) -> None:
    with running(tmp_path, port) as parent:
        groups = groups_of(tmp_path)
        assert [belongs_to_us(group) for group in groups] == [True, True, True]
        assert answers(port)
        parent.send_signal(signal.SIGINT)
        told, _ = parent.communicate(timeout=PATIENCE)
    assert parent.returncode == 0
    assert re.search(rf"http://127\.0\.0\.1:{port}/setup/\w{{40}}/", told)
    assert "Everything is kept." in told
    assert not any(belongs_to_us(group) for group in groups)


def test_what_a_killed_start_left_behind_is_ended_by_the_next(tmp_path: Path, port: int) -> None:
    with running(tmp_path, port) as parent:
        orphans = groups_of(tmp_path)
        parent.kill()
        parent.wait()
        with running(tmp_path, port):
            assert answers(port)
            assert not any(belongs_to_us(group) for group in orphans)


def test_a_port_in_use_is_told_in_a_sentence(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with start(tmp_path, port) as refused:
            told, _ = refused.communicate(timeout=PATIENCE)
    assert told.startswith(f"CommandError: Port {port} cannot be used (Address already in use).")


def test_two_starts_never_share_a_folder(tmp_path: Path) -> None:
    first, second = Family(tmp_path / "processes.json"), Family(tmp_path / "processes.json")
    first.gather()
    with pytest.raises(AlreadyRunning):
        second.gather()
    second.end()
    first.end()
    second.gather()
    second.end()


def test_a_message_is_seen_by_workers_once_it_is_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[list[Path]] = []
    rename = Path.rename

    def look_then_rename(self: Path, target: Path) -> Path:
        seen.append(list(tmp_path.glob("*.celery.msg")))
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", look_then_rename)
    channel = Channel.__new__(Channel)
    channel.__dict__["data_folder_out"] = str(tmp_path)
    channel._put("celery", {"body": "sweep"})
    assert seen == [[]]
    assert [file.read_text() for file in tmp_path.iterdir()] == ['{"body": "sweep"}']
