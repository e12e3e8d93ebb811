"""How long a web process takes from its first line to its first page."""

import json
import subprocess
import sys
from collections.abc import Iterator

from tests.bench.cores import FOR_SERVERS, on
from tests.bench.figures import Figure, target
from tests.bench.registry import subject
from tests.bench.stage import Stage, address_of

# Imports inside imports count once: only the outermost one is timed.
CHILD = """
import builtins, io, json, sys, time
began, importing, depth, plain = time.perf_counter(), 0.0, 0, builtins.__import__
def timed(*given, **more):
    global importing, depth
    start, depth = time.perf_counter(), depth + 1
    try:
        return plain(*given, **more)
    finally:
        depth -= 1
        if not depth:
            importing += time.perf_counter() - start
builtins.__import__ = timed
import django.conf, django.core.handlers.wsgi
from django.apps import apps
from community.project.wsgi import application
path, host = sys.argv[1:]
name, _, port = host.partition(":")
environ = {"REQUEST_METHOD": "GET", "PATH_INFO": path, "QUERY_STRING": "", "HTTP_HOST": host,
  "SERVER_NAME": name, "SERVER_PORT": port, "SERVER_PROTOCOL": "HTTP/1.1", "REMOTE_ADDR": name,
  "wsgi.version": (1, 0), "wsgi.url_scheme": "http", "wsgi.input": io.BytesIO(),
  "wsgi.errors": sys.stderr, "wsgi.multithread": True, "wsgi.multiprocess": True,
  "wsgi.run_once": False}
said = []
body = b"".join(application(environ, lambda status, headers, exc=None: said.append(status)))
assert said[0].startswith("200") and body, said
whole = time.perf_counter() - began
print(json.dumps({"whole": whole, "importing": importing}))
"""


@subject
def startup(stage: Stage) -> Iterator[Figure]:
    """A fresh process until it has answered its first page, without and with its imports."""
    path, host = address_of(stage.thousand), stage.site.host
    with on(FOR_SERVERS):
        runs = [start(path, host) for _ in range(3)]
    best = min(runs, key=lambda run: run["whole"])
    after_imports = round(best["whole"] - best["importing"], 2)
    yield {
        "name": "start to the first page",
        "amount": after_imports,
        **target("≤ 1 s after imports", after_imports <= 1),
        "note": f"seconds; {best['importing']:.1f} s of imports beside",
    }


def start(path: str, host: str) -> dict[str, float]:
    """The seconds one process takes."""
    command = [sys.executable, "-c", CHILD, path, host]
    said = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout
    found: dict[str, float] = json.loads(said)
    return found
