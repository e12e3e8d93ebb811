"""Markup with gaps: drawn by Jinja2 once for each kind of thing, filled with the words of each.

A template decides by `kind` and puts in `words`. To decide by a word is an error at once: the next
thing of the same kind would be drawn by the words of this one.
"""

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from operator import itemgetter
from typing import Any, NoReturn

from jinja2 import Environment
from markupsafe import Markup

MOST_PATTERNS = 512
# No text that we keep has this character: no database of ours stores it.
EDGE = "\0"
_GAP = re.compile(f"{EDGE}(\\w+){EDGE}")


class Gap(Markup):
    """Where a word will stand. It may be put into markup, and nothing else."""

    def __new__(cls, name: str) -> "Gap":
        """The place of this word."""
        return super().__new__(cls, f"{EDGE}{name}{EDGE}")

    def refuse(self, *_: object) -> NoReturn:
        """Say that this is not known yet."""
        raise TypeError(f"A template decides by {self!s}, which is a word: make it a kind.")

    __bool__ = __eq__ = __lt__ = __gt__ = __le__ = __ge__ = refuse
    __len__ = __getitem__ = __iter__ = __contains__ = refuse
    __hash__ = Markup.__hash__


class Pattern:
    """Markup that lacks its words."""

    def __init__(self, markup: str) -> None:
        """Take markup apart at its gaps."""
        first, *rest = _GAP.split(markup.replace("%", "%%"))
        self.names = rest[::2]
        self.text = "%s".join([first, *rest[1::2]])
        self.pick = itemgetter(*self.names) if self.names else _nothing

    def fill(self, words: Mapping[str, Any]) -> str:
        """The markup with these words, which are escaped already."""
        return self.text % self.pick(words)


def _nothing(_words: Mapping[str, Any]) -> tuple[()]:
    return ()


def pattern_of(
    environment: Environment, name: str, words: Iterable[str], *known: tuple[str, Any]
) -> Pattern:
    """The pattern of a template where all this is known; while templates are edited, a new one."""
    make = _pattern.__wrapped__ if environment.auto_reload else _pattern
    return make(environment, name, tuple(words), known)


@lru_cache(MOST_PATTERNS)
def _pattern(
    environment: Environment, name: str, words: tuple[str, ...], known: tuple[tuple[str, Any], ...]
) -> Pattern:
    gaps = {word: Gap(word) for word in words}
    return Pattern(environment.get_template(name).render(words=gaps, **dict(known)))
