"""Server and load on cores of their own, so that neither measures the other."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

SERVER_CORES = int(os.environ.get("SERVER_CORES", "2"))


def all_cores() -> list[int]:
    """The cores this process may use; none where the system does not tell."""
    return sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []


CORES = all_cores()
CAN_PIN = len(CORES) > SERVER_CORES
FOR_SERVERS = set(CORES[:SERVER_CORES] if CAN_PIN else CORES)
FOR_LOAD = set(CORES[SERVER_CORES:] if CAN_PIN else CORES)


def sentence() -> str:
    """Who runs where."""
    if CAN_PIN:
        return f"Servers on cores {sorted(FOR_SERVERS)}, load on cores {sorted(FOR_LOAD)}."
    number = len(CORES) or os.cpu_count()
    return f"{number} cores are too few to keep server and load apart: they share them."


@contextmanager
def on(cores: set[int]) -> Iterator[None]:
    """Start processes and threads on these cores; they stay there."""
    if not CAN_PIN:
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, cores)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)
