"""What a trained filter says of a text, and why."""

import math
import zlib
from array import array
from collections.abc import Sequence
from dataclasses import dataclass

from moderation.filters.marks import is_word, place_of

MOST_NAMED = 5


@dataclass(frozen=True)
class Weights:
    """What was learned of each mark: above zero speaks for spam, below zero against it."""

    values: "array[float]"

    def pack(self) -> bytes:
        """As few bytes as can be kept in a row."""
        return zlib.compress(self.values.tobytes())

    @classmethod
    def unpack(cls, packed: bytes) -> "Weights":
        """The weights of a row."""
        values: array[float] = array("f")
        values.frombytes(zlib.decompress(packed))
        return cls(values)

    def of(self, mark: str) -> float:
        """What one mark says."""
        return self.values[place_of(mark)]

    def score(self, marks: Sequence[str]) -> float:
        """How much a text looks like spam, from 0 to 1; in the middle it could be either.

        No probability: that would be 1.0 for all that is clear, and leave no order among it.
        """
        if not marks:
            return 0.0
        odds = sum(map(self.of, marks)) / math.sqrt(len(marks))
        return (1 + odds / (1 + abs(odds))) / 2

    def strongest(self, marks: Sequence[str]) -> list[str]:
        """The words that speak loudest for spam, those people can read."""
        loudest = sorted(filter(is_word, marks), key=self.of, reverse=True)
        return [mark for mark in loudest[:MOST_NAMED] if self.of(mark) > 0]
