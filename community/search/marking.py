"""A stretch of what was found, with the words marked."""

import re
import unicodedata
from collections.abc import Iterable, Sequence

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from community.search.terms import Term

SHOWN = 260
# How much of it stands before the first word that was found.
BEFORE = 80
# An ending may be this long: whoever looks for “tide” also finds “tides”.
ENDING = 3

_WORD = re.compile(r"[^\W_]+")


def excerpt(text: str, terms: Sequence[Term]) -> SafeString:
    """The words around the first one looked for, each of them in <mark>, all else escaped."""
    text = " ".join(text.split())
    wanted = {folded(word) for term in terms for word in term}
    first = next((hit.start() for hit in _WORD.finditer(text) if is_meant(hit[0], wanted)), 0)
    start = start_of_word(text, first - BEFORE)
    end = end_of_word(text, start + SHOWN)
    before, after = "… " if start else "", " …" if end < len(text) else ""
    return mark_safe(f"{before}{marked(text[start:end], wanted)}{after}")


def marked(text: str, wanted: set[str]) -> str:
    """Text as HTML, with these words in <mark>."""
    parts, end = [], 0
    for hit in _WORD.finditer(text):
        if is_meant(hit[0], wanted):
            parts += [escape(text[end : hit.start()]), "<mark>", escape(hit[0]), "</mark>"]
            end = hit.end()
    return "".join([*parts, escape(text[end:])])


def is_meant(word: str, wanted: Iterable[str]) -> bool:
    """Whether a word is one of those looked for, or differs from it by its ending."""
    said = folded(word)
    return any(said == other or have_one_stem(said, other) for other in wanted)


def have_one_stem(one: str, other: str) -> bool:
    """Whether two words begin alike and differ in a short ending only."""
    longest = max(len(one), len(other))
    kept = max(longest - ENDING, 3)
    return min(len(one), len(other)) >= kept and one[:kept] == other[:kept] and longest > ENDING + 2


def folded(word: str) -> str:
    """A word without accents and capitals, as the indexes know it."""
    plain = unicodedata.normalize("NFKD", word)
    return "".join(sign for sign in plain if not unicodedata.combining(sign)).casefold()


def start_of_word(text: str, wanted: int) -> int:
    """Where a word begins, at about there."""
    return text.rfind(" ", 0, wanted) + 1 if wanted > 0 else 0


def end_of_word(text: str, wanted: int) -> int:
    """Where a word ends, at about there."""
    found = text.rfind(" ", 0, wanted) if wanted < len(text) else len(text)
    return found if found > wanted - 40 else wanted
