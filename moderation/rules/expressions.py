"""Regular expressions of administrators, matched in a time that grows with the text alone.

RE2 never tries twice: no expression explodes. What is left to bound is how large a list may be.
"""

from functools import lru_cache
from typing import Any

import re2

LONGEST = 200
# The sum of what RE2 makes of a list: about 8 ms for a comment of 10,000 characters per thousand.
LARGEST = 2_000


class BadExpression(ValueError):
    """An expression that cannot be used; `source` is the line."""

    def __init__(self, source: str) -> None:
        super().__init__(source)
        self.source = source


def is_expression(entry: str) -> bool:
    """Whether a line of a list stands between two slashes."""
    return len(entry) > 2 and entry[0] == entry[-1] == "/"


@lru_cache(maxsize=1024)
def compiled(entry: str) -> Any:
    """The expression between the slashes, regardless of case; raises BadExpression."""
    options = re2.Options()
    options.log_errors, options.case_sensitive, options.max_mem = False, False, 1 << 20
    try:
        if len(entry) > LONGEST:
            raise BadExpression(entry)
        pattern = re2.compile(entry[1:-1], options)
    except re2.error as error:
        raise BadExpression(entry) from error
    if pattern.search(""):  # would be found in every comment
        raise BadExpression(entry)
    return pattern


def size_of(entries: list[str]) -> int:
    """How large a list of expressions is to RE2; raises BadExpression."""
    return sum(compiled(entry).programsize for entry in entries)
