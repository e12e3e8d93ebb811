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

from tests.bench.figures import Figure, quantile

HOST = "127.0.0.1"


@dataclass(frozen=True)
class Ask:
    """One request."""

    path: str
    form: dict[str, Any] | None = None
    cookie: str = ""
    sender: str = "127.0.0.1"

    def headers(self, port: int) -> dict[str, str]:
        """What a browser would tell."""
        said = {
            "Host": f"{HOST}:{port}",
            "Accept-Encoding": "gzip, deflate, br",
            "Sec-Fetch-Site": "same-origin",
            "X-Forwarded-For": self.sender,
        }
        return said | ({"Cookie": self.cookie} if self.cookie else {})

    def head(self, port: int) -> bytes:
        """The request as bytes."""
        body = urlencode(self.form or {}, doseq=True).encode()
        method = "GET" if self.form is None else "POST"
        lines = [f"{method} {self.path} HTTP/1.1"]
        lines += [f"{name}: {value}" for name, value in self.headers(port).items()]
        if self.form is not None:
            lines.append("Content-Type: application/x-www-form-urlencoded")
            lines.append(f"Content-Length: {len(body)}")
        return "\r\n".join([*lines, "", ""]).encode() + body


@dataclass(frozen=True)
class Run:
    """What came of a run: seconds per answer, by status, and how long it all took."""

    times: dict[int, list[float]]
    took: float

    def figure(self, good: int) -> Figure:
        """Its part of a line; answers that were not wanted are counted apart."""
        times = self.of(good)
        others = {str(status): len(all_) for status, all_ in self.times.items() if status != good}
        assert times, f"nothing but {others}"
        said: Figure = {
            "per_second": round(len(times) / self.took, 1),
            "p50_ms": quantile(times, 0.5),
            "p99_ms": quantile(times, 0.99),
        }
        return said | ({"others": others} if others else {})

    def and_then(self, other: "Run") -> "Run":
        """Both runs as one."""
        statuses = {*self.times, *other.times}
        times = {one: self.times.get(one, []) + other.times.get(one, []) for one in statuses}
        return Run(times, self.took + other.took)

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
        status, _headers, body = self.ask_all(request)
        return status, body

    def ask_all(self, request: bytes) -> tuple[int, dict[str, str], bytes]:
        """Status, headers (in lower case) and body of the answer."""
        self.socket.sendall(request)
        status = int(self.file.readline().split()[1])
        headers: dict[str, str] = {}
        while line := self.file.readline().strip():
            name, _, value = line.decode("latin-1").partition(":")
            headers[name.lower()] = value.strip()
        return status, headers, self.file.read(int(headers.get("content-length", 0)))


def storm(port: int, asks: Iterable[Ask], *, clients: int, seconds: float, pace: float = 0) -> Run:
    """Ask from so many connections until the time or the questions are over.

    With a `pace`, each question is asked no earlier than its turn at so many a second.
    """
    left: Iterator[tuple[int, Ask]] = enumerate(asks)
    lock = threading.Lock()
    found: list[tuple[int, float]] = []
    began = time.perf_counter()

    def client() -> None:
        line = Line(port)
        while time.perf_counter() < began + seconds:
            with lock:
                turn, ask = next(left, (0, None))
            if ask is None:
                return
            if pace:
                time.sleep(max(0.0, began + turn / pace - time.perf_counter()))
            request, start = ask.head(port), time.perf_counter()
            try:
                status, _body = line.ask(request)
            except (OSError, IndexError):  # no answer counts as status 0, and ends this client
                found.append((0, time.perf_counter() - start))
                return
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
