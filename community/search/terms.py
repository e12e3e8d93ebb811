"""What somebody looks for: words and phrases, in which no search language can hide."""

import re
from collections.abc import Iterable

SHORTEST = 2
# From so many letters on a word may go on: “tide” finds “tides”, “the” does not find “theatre”.
SHORTEST_STEM = 4
LONGEST_QUESTION = 200
MOST_TERMS = 8

_PIECE = re.compile(r'"([^"]*)"|(\S+)')
_WORD = re.compile(r"[^\W_]+")

Term = tuple[str, ...]


def terms_of(question: str) -> list[Term]:
    """The words to look for; what stands in quotes, or is joined by signs, stays together."""
    pieces = (quoted or single for quoted, single in _PIECE.findall(question[:LONGEST_QUESTION]))
    terms = (tuple(_WORD.findall(piece)) for piece in pieces)
    return list(dict.fromkeys(term for term in terms if len("".join(term)) >= SHORTEST))[
        :MOST_TERMS
    ]


def for_sqlite(terms: Iterable[Term], site_id: int) -> str:
    """The question in the language of FTS5: quoted strings of letters and digits, joined by AND.

    It knows no endings, so that a word may go on instead; PostgreSQL knows those of the language.
    """
    phrases = " AND ".join(f"words : {phrase(term)}{may_go_on(term)}" for term in terms)
    return f'site : "s{site_id}" AND {phrases}'


def may_go_on(term: Term) -> str:
    """What FTS5 reads as: or any longer word, for a word that stands alone."""
    return " *" if len(term) == 1 and len(term[0]) >= SHORTEST_STEM else ""


def for_postgresql(terms: Iterable[Term]) -> str:
    """The question as `websearch_to_tsquery` reads it."""
    return " ".join(phrase(term) for term in terms)


def phrase(term: Term) -> str:
    """Words that stand one behind the other; they hold no quote that could end it."""
    return f'"{" ".join(term)}"'
