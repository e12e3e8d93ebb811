"""Which subjects there are: every function marked `@subject` in the modules of `subjects/`."""

import importlib
import pkgutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.bench.figures import Figure

if TYPE_CHECKING:
    from tests.bench.stage import Stage

Measure = Callable[["Stage"], Iterator[Figure]]


@dataclass(frozen=True)
class Subject:
    """One thing to measure, asked for by its own name or that of its module."""

    name: str
    module: str
    measure: Measure

    @property
    def sentence(self) -> str:
        """What it measures."""
        return (self.measure.__doc__ or "").strip().splitlines()[0]


_subjects: list[Subject] = []


def subject(measure: Measure) -> Measure:
    """Have this measured, in the order of modules and lines."""
    name, module = measure.__name__.rstrip("_"), measure.__module__.rpartition(".")[2]
    _subjects.append(Subject(name.replace("_", "-"), module.replace("_", "-"), measure))
    return measure


def subjects() -> list[Subject]:
    """All of them. Django must be set up: they may import models."""
    from tests.bench import subjects as package

    for found in sorted(module.name for module in pkgutil.iter_modules(package.__path__)):
        importlib.import_module(f"{package.__name__}.{found}")
    return _subjects


def chosen(names: list[str]) -> list[Subject]:
    """Those asked for, all without a name; raises SystemExit for a name nobody bears."""
    found = subjects()
    known = {name for one in found for name in (one.name, one.module)}
    if unknown := set(names) - known:
        raise SystemExit(f"Nothing is called {', '.join(sorted(unknown))}. There is:\n{listing()}")
    return [one for one in found if not names or {one.name, one.module} & set(names)]


def listing() -> str:
    """The names with their sentences."""
    return "\n".join(f"{one.module:12} {one.name:14} {one.sentence}" for one in subjects())
