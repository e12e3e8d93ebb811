"""What any server could do at best: the same bytes from nginx, and from a bare WSGI function."""

import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.bench import running
from tests.bench.cores import FOR_SERVERS
from tests.bench.load import HOST, Ask, Line
from tests.bench.wrk import Rate, rate
from tests.faults.running import wait_until
from tests.servers import free_port

SHIPPED = Path("deploy/nginx.conf")
NGINX = """
daemon off; pid {folder}/nginx.pid; worker_processes {workers}; error_log stderr crit; {user}
events {{ worker_connections 1024; }}
http {{
  access_log off; sendfile on; tcp_nopush on; keepalive_requests 1000000000;
  open_file_cache max=100; client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
  {http}
}}
"""
FILE = """
  server {{
    listen {host}:{port}; root {folder}; default_type text/html; {encoding}
    location / {{ try_files /page.bin =404; }}
  }}
"""


def of_nginx(folder: Path, body: bytes, encoding: str, *, clients: int, seconds: float) -> Rate:
    """How often nginx sends these bytes from a file; raises NotInstalled."""
    (folder / "page.bin").write_bytes(body)
    said = f"add_header Content-Encoding {encoding};" if encoding else ""
    port = free_port()
    http = FILE.format(host=HOST, port=port, folder=folder, encoding=said)
    with nginx(folder, http, port):
        return checked(port, body, clients=clients, seconds=seconds)


def of_bare_granian(
    folder: Path, body: bytes, encoding: str, *, clients: int, seconds: float
) -> Rate:
    """How often a WSGI function that does nothing else sends them, under the same granian."""
    file = folder / "page.bin"
    file.write_bytes(body)
    port = free_port()
    environment = os.environ | {"BENCH_PAGE": str(file), "BENCH_ENCODING": encoding}
    with server(running.granian(port, "tests.bench.bare:application"), port, environment):
        return checked(port, body, clients=clients, seconds=seconds)


def of_micro_cache(
    folder: Path, behind: int, ask: Ask, *, clients: int, seconds: float
) -> Rate | None:
    """How often the nginx of `deploy/` answers from its own short memory, if it keeps one."""
    text = SHIPPED.read_text(encoding="utf-8")
    if "proxy_cache " not in text:
        return None
    port = free_port()
    with nginx(folder, on_loopback(text, folder, port, behind), port):
        return rate(port, [ask], clients=clients, seconds=seconds)


def on_loopback(text: str, folder: Path, port: int, behind: int) -> str:
    """The shipped configuration without TLS, before the server that is measured."""
    for pattern, instead in [
        (r"listen [^;]*443[^;]*;", f"listen {HOST}:{port};"),
        (r"(ssl_\w+|http2|server_name)\b[^;]*;", ""),
        (r"proxy_cache_path \S+", f"proxy_cache_path {folder}/cache"),
        (r"127\.0\.0\.1:8000", f"{HOST}:{behind}"),
        (r"Host \$host;", f"Host {HOST}:{behind};"),
    ]:
        text = re.sub(pattern, instead, text)
    return text


def checked(port: int, body: bytes, *, clients: int, seconds: float) -> Rate:
    """The rate of a server that indeed sends these bytes."""
    status, _headers, sent = Line(port).ask_all(Ask("/").head(port))
    assert (status, sent) == (200, body), f"a yardstick answers {status}"
    return rate(port, [Ask("/")], clients=clients, seconds=seconds)


@contextmanager
def nginx(folder: Path, http: str, port: int) -> Iterator[None]:
    """nginx on the servers' cores with this inside `http { }`."""
    user = "user root;" if os.geteuid() == 0 else ""
    file = folder / "nginx.conf"
    text = NGINX.format(folder=folder, workers=len(FOR_SERVERS) or 2, user=user, http=http)
    file.write_text(text, encoding="utf-8")
    with server(running.nginx(file), port):
        yield


@contextmanager
def server(
    command: list[str], port: int, environment: Mapping[str, str] = os.environ, path: str = "/"
) -> Iterator[None]:
    """A server that answers at this address."""
    with running.running(command, environment):
        wait_until(lambda: is_there(port, path), f"{command[0]} does not start.")
        yield


def is_there(port: int, path: str) -> bool:
    """Whether a server answers there."""
    with suppress(OSError, IndexError):
        return Line(port).ask(Ask(path).head(port))[0] == 200
    return False
