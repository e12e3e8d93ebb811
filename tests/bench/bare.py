"""A WSGI application that does nothing but send the bytes of one file: as fast as it could be."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

PAGE = Path(os.environ["BENCH_PAGE"]).read_bytes()
HEADERS = [("Content-Type", "text/html; charset=utf-8"), ("Content-Length", str(len(PAGE)))]
if encoding := os.environ.get("BENCH_ENCODING"):
    HEADERS.append(("Content-Encoding", encoding))


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
    """Send the page."""
    start_response("200 OK", HEADERS)
    return [PAGE]
