"""Figures: one JSON line each, and all of them as a table for people or for the documentation."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

Figure = dict[str, Any]

COLUMNS = {
    "per_second": "a second",
    "p50_ms": "p50 ms",
    "p99_ms": "p99 ms",
    "ratio": "ratio",
    "amount": "amount",
    "target": "target",
    "note": "note",
}


def quantile(times: list[float], share: float) -> float:
    """The time in milliseconds that this share of sorted times does not exceed."""
    return round(times[min(len(times) - 1, int(len(times) * share))] * 1000, 2)


def target(sentence: str, met: bool) -> Figure:
    """What was aimed at, and whether it was reached."""
    return {"target": f"{sentence}: {'met' if met else 'missed'}", "met": met}


def read(file: Path) -> list[Figure]:
    """The figures of an earlier run; other lines are passed over."""
    lines = file.read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines if line.startswith("{")]


def shown(value: object) -> str:
    """A cell: numbers of a thousand and more in groups."""
    if isinstance(value, float) and abs(value) >= 100:
        value = round(value)
    return f"{value:,}" if isinstance(value, int | float) else str(value)


def cells(figures: Iterable[Figure]) -> list[list[str]]:
    """The rows of either table, the head first."""
    rows = [[one["name"], *(shown(one.get(column, "")) for column in COLUMNS)] for one in figures]
    return [["what", *COLUMNS.values()], *rows]


def table(figures: Iterable[Figure]) -> str:
    """The figures in columns for a terminal."""
    rows = cells(figures)
    widths = [max(len(row[place]) for row in rows) for place in range(len(rows[0]))]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if place in (0, 6, 7) else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    )


def markdown(figures: Iterable[Figure]) -> str:
    """The figures as a Markdown table, numbers to the right."""
    head, *rows = [" | ".join(cell.replace("|", "/") for cell in row) for row in cells(figures)]
    rule = "|".join([" --- ", *[" ---: "] * 5, " --- ", " --- "])
    return "\n".join([f"| {head} |", f"|{rule}|", *(f"| {row} |" for row in rows)])
