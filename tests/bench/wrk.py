"""Load from wrk, which keeps any server here busy; from Python where wrk is not installed."""

import json
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.bench.cores import FOR_LOAD, on
from tests.bench.figures import Figure, quantile
from tests.bench.load import HOST, Ask, crowd

WRK = shutil.which("wrk")
# Not counted: every process has made its own copy by then, and caches are full.
WARMING_SECONDS = 1.0
LOAD_THREADS = max(1, min(2, len(FOR_LOAD)))
# One path after another; then one line of JSON with what came of it.
SCRIPT = """
local paths, turn = {PATHS}, 0
request = function()
  turn = turn % #paths + 1
  return wrk.format("GET", paths[turn])
end
done = function(summary, latency)
  local e = summary.errors
  io.write(string.format('\\n{"answers": %d, "took": %f, "p50": %f, "p99": %f, "bad": %d}\\n',
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1e3,
    latency:percentile(99) / 1e3, e.connect + e.read + e.write + e.status + e.timeout))
end
"""


@dataclass(frozen=True)
class Rate:
    """What a saturated server came to."""

    per_second: float
    p50_ms: float
    p99_ms: float
    bad: int

    def figure(self) -> Figure:
        """Its part of a line."""
        said: Figure = {
            "per_second": round(self.per_second, 1),
            "p50_ms": round(self.p50_ms, 2),
            "p99_ms": round(self.p99_ms, 2),
        }
        return said | ({"others": self.bad} if self.bad else {})


def rate(port: int, asks: Sequence[Ask], *, clients: int, seconds: float) -> Rate:
    """Ask these again and again from so many connections."""
    ask = by_wrk if WRK else by_python
    ask(port, asks, clients, WARMING_SECONDS)
    return ask(port, asks, clients, seconds)


def by_wrk(port: int, asks: Sequence[Ask], clients: int, seconds: float) -> Rate:
    """Let wrk ask."""
    assert WRK
    paths = ", ".join(json.dumps(ask.path) for ask in asks)
    command = [WRK, "-t", str(LOAD_THREADS), "-c", str(clients), "-d", f"{max(1, round(seconds))}s"]
    for name, value in asks[0].headers(port).items():
        command += ["-H", f"{name}: {value}"]
    with tempfile.TemporaryDirectory(prefix="parley-bench-") as folder, on(FOR_LOAD):
        script = Path(folder) / "ask.lua"
        script.write_text(SCRIPT.replace("PATHS", paths, 1), encoding="utf-8")
        command += ["-s", str(script), f"http://{HOST}:{port}{asks[0].path}"]
        said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    found = json.loads(said.strip().splitlines()[-1])
    return Rate(found["answers"] / found["took"], found["p50"], found["p99"], found["bad"])


def by_python(port: int, asks: Sequence[Ask], clients: int, seconds: float) -> Rate:
    """Let two processes of Python ask for the first of these: some thousand times a second."""
    run = crowd(port, asks[0], clients=max(1, clients // 2), seconds=seconds)
    good = run.of(200)
    bad = sum(len(times) for status, times in run.times.items() if status != 200)
    return Rate(len(good) / run.took, quantile(good, 0.5), quantile(good, 0.99), bad)
