"""Clients that ask as fast as they are answered, in processes of their own.

python -m tests.bench.load ORDERS   # JSON on standard input, JSON with the times back
"""

import json
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from itertools import islice
from typing import Any
from urllib.parse import urlencode

HOST = "127.0.0.1"


@dataclass(frozen=True)
class Ask:
    """One request."""

    path: str
    form: dict[str, str] | None = None
    cookie: str = ""
    sender: str = "127.0.0.1"

    def head(self, port: int) -> bytes:
        """The request as bytes."""
        body = urlencode(self.form).encode() if self.form is not None else b""
        lines = [
            f"{'GET' if self.form is None else 'POST'} {self.path} HTTP/1.1",
            f"Host: {HOST}:{port}",
            "Sec-Fetch-Site: same-origin",
            f"X-Forwarded-For: {self.sender}",
        ]
        if self.cookie:
            lines.append(f"Cookie: {self.cookie}")
        if body:
            lines.append("Content-Type: application/x-www-form-urlencoded")
            lines.append(f"Content-Length: {len(body)}")
        return "\r\n".join([*lines, "", ""]).encode() + body


@dataclass(frozen=True)
class Run:
    """What came of a run: seconds per answer, by status, and how long it all took."""

    times: dict[int, list[float]]
    took: float

    def of(self, *wanted: int) -> list[float]:
        """The times of these statuses, the shortest first."""
        return sorted(second for status in wanted for second in self.times.get(status, []))


class Line:
    """One connection, kept as long as the server keeps it."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.dial()

    def dial(self) -> None:
        """Call the server."""
        self.socket = socket.create_connection((HOST, self.port), timeout=30)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.file = self.socket.makefile("rb")

    def ask(self, request: bytes) -> tuple[int, bytes]:
        """Status and body of the answer."""
        self.socket.sendall(request)
        status = int(self.file.readline().split()[1])
        length = 0
        while line := self.file.readline().strip():
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
        return status, self.file.read(length)


def storm(port: int, asks: Iterable[Ask], *, clients: int, seconds: float) -> Run:
    """Ask from so many connections until the time or the questions are over."""
    left: Iterator[Ask] = iter(asks)
    lock = threading.Lock()
    found: list[tuple[int, float]] = []
    began = time.perf_counter()

    def client() -> None:
        line = Line(port)
        while time.perf_counter() < began + seconds:
            with lock:
                ask = next(left, None)
            if ask is None:
                return
            request, start = ask.head(port), time.perf_counter()
            status, _body = line.ask(request)
            found.append((status, time.perf_counter() - start))

    threads = [threading.Thread(target=client) for _ in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took = time.perf_counter() - began
    times: dict[int, list[float]] = {}
    for status, second in found:
        times.setdefault(status, []).append(second)
    return Run(times, took)


def crowd(port: int, ask: Ask, *, clients: int, seconds: float) -> Run:
    """The same question from two processes, since one could not keep a fast server busy."""
    order = json.dumps({"port": port, "ask": asdict(ask), "clients": clients, "seconds": seconds})
    command = [sys.executable, "-m", "tests.bench.load"]
    loads = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    for load in loads:
        assert load.stdin is not None
        load.stdin.write(order)
        load.stdin.close()
    runs: list[dict[str, Any]] = [json.loads(load.stdout.read()) for load in loads if load.stdout]
    for load in loads:
        load.wait()
    merged: dict[int, list[float]] = {}
    for run in runs:
        for status, times in run["times"].items():
            merged.setdefault(int(status), []).extend(times)
    return Run(merged, max(run["took"] for run in runs))


def main() -> None:
    """Be one of the crowd."""
    order = json.load(sys.stdin)
    ask = Ask(**order["ask"])
    again = islice(iter(lambda: ask, None), 10_000_000)
    run = storm(order["port"], again, clients=order["clients"], seconds=order["seconds"])
    json.dump(asdict(run), sys.stdout)


if __name__ == "__main__":
    main()
