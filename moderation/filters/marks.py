"""What the filter looks at in a comment: its words and short runs of letters."""

import re
import zlib
from bisect import bisect
from collections.abc import Iterator
from itertools import pairwise

from moderation.rules.words import folded

# Lengths of texts, in words, that tell anything: a cry, a sentence, some sentences, more.
LENGTHS = (4, 10, 25)
# How many weights a filter has; marks share one now and then, which does little harm.
SIZE = 1 << 17
RUN = 5
LONGEST_WORD = 30
WORD = re.compile(r"[^\W_]+")
HOST = re.compile(r"[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,}")
SHAPES = {
    "host": re.compile(r"\w\.[a-zA-Z]{2,}\b"),
    "capitals": re.compile(r"[A-Z]{4,}"),
    "exclamations": re.compile(r"!!"),
    "address": re.compile(r"https?://|www\."),
    "money": re.compile(r"[$€£]"),
    "number": re.compile(r"\d{3,}"),
}


def marks_of(text: str) -> list[str]:
    """Everything about a text that may speak for or against it, each mark once.

    A word is marked as itself, with its neighbour, with the one after that, and in runs of five
    letters, so that “subscribe”, “suscribe” and “subscribers” have marks in common.
    """
    plain = folded(text)
    words = [word[:LONGEST_WORD] for word in WORD.findall(plain)]
    found = dict.fromkeys(words)
    found |= dict.fromkeys(f"{first} {second}" for first, second in pairwise(words))
    found |= dict.fromkeys(
        f"{first} … {third}" for first, third in zip(words, words[2:], strict=False)
    )
    found |= dict.fromkeys(run for word in words for run in runs_of(word))
    found |= dict.fromkeys(f"@{host}" for host in HOST.findall(plain))
    found |= dict.fromkeys(f"#{name}" for name, shape in SHAPES.items() if shape.search(text))
    if words:
        found[f"#length {bisect(LENGTHS, len(words))}"] = None
    return list(found)


def runs_of(word: str) -> Iterator[str]:
    """Short runs of letters, the ends of the word among them."""
    edged = f"^{word}$"
    for start in range(len(edged) - RUN + 1):
        yield f"~{edged[start : start + RUN]}"


def place_of(mark: str) -> int:
    """Which of the weights belongs to a mark."""
    return zlib.crc32(mark.encode()) % SIZE


def is_word(mark: str) -> bool:
    """Whether people can read a mark as what it is: a word, two words, or a host."""
    return mark[0] not in "~#"
