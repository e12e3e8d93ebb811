"""Learning weights from examples, and measuring honestly what they are worth."""

import math
import random
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from moderation.filters.marks import SIZE, marks_of, place_of
from moderation.filters.scoring import Weights

# Having seen less of either kind, the filter has no opinion.
FEWEST = 30
ROUNDS = 12
FOLDS = 5
# The share of good comments a filter may hold.
GOOD_HELD = 0.01
LEAST_SURE = 0.5
LEARNER = (
    f"--loss_function logistic --noconstant --bit_precision {SIZE.bit_length() - 1}"
    " --l2 1e-3 --learning_rate 0.5 --quiet"
)


@dataclass(frozen=True)
class Example:
    """A text and what people made of it."""

    text: str
    is_spam: bool


@dataclass(frozen=True)
class Quality:
    """What a filter did with decisions it had not seen."""

    spam: int
    caught: int
    good: int
    held: int

    @property
    def recall(self) -> float | None:
        """The share of the spam that it caught."""
        return self.caught / self.spam if self.spam else None

    @property
    def precision(self) -> float | None:
        """The share of spam among what it held."""
        held = self.caught + self.held
        return self.caught / held if held else None


def is_enough(examples: Sequence[Example]) -> bool:
    """Whether there is enough of both kinds to learn from."""
    spam = sum(example.is_spam for example in examples)
    return min(spam, len(examples) - spam) >= FEWEST


def learn(examples: Sequence[Example]) -> Weights:
    """Weights that tell the spam among these examples from the rest; the same for the same ones.

    Logistic regression by Vowpal Wabbit, several rounds in random order. The rarer kind counts
    for as much as the other.
    """
    # Ten MiB that only a worker needs, not the processes that serve pages.
    from vowpalwabbit import Workspace

    spam = sum(example.is_spam for example in examples)
    weight = {True: len(examples) / (2 * spam), False: len(examples) / (2 * (len(examples) - spam))}
    lines = [line_of(example, weight[example.is_spam]) for example in examples]
    order = random.Random(1)  # noqa: S311 - repeatable, no secret
    learner = Workspace(LEARNER)
    for _ in range(ROUNDS):
        order.shuffle(lines)
        for line in lines:
            learner.learn(line)
    values = array("f", (learner.get_weight(place) for place in range(SIZE)))
    learner.finish()
    return Weights(values)


def line_of(example: Example, weight: float) -> str:
    """An example as Vowpal Wabbit reads it: label, importance, and marks of one length together."""
    marks = marks_of(example.text)
    value = f":{1 / math.sqrt(len(marks) or 1):.5f}"
    places = " ".join(f"{place_of(mark)}{value}" for mark in marks)
    return f"{1 if example.is_spam else -1} {weight:.4f} | {places}"


def threshold_of(examples: Sequence[Example], share: float = GOOD_HELD) -> float:
    """The score above which at most this share of the good comments stands, never under a half.

    Each text is scored by weights that were learned without it.
    """
    good = sorted(
        (score for score, is_spam in held_out_scores(examples) if not is_spam), reverse=True
    )
    return limit_of(good, share)


def limit_of(scores: Sequence[float], share: float, *, least: float = LEAST_SURE) -> float:
    """The limit that at most this share of these scores, greatest first, is above."""
    allowed = math.floor(len(scores) * share)
    return max(least, scores[allowed] if allowed < len(scores) else 0.0)


def held_out_scores(examples: Sequence[Example]) -> Iterator[tuple[float, bool]]:
    """Each example's score by weights that have not seen it, and whether it is spam."""
    for fold in range(FOLDS):
        weights = learn([one for place, one in enumerate(examples) if place % FOLDS != fold])
        for one in examples[fold::FOLDS]:
            yield weights.score(marks_of(one.text)), one.is_spam


def quality_of(weights: Weights, threshold: float, unseen: Sequence[Example]) -> Quality:
    """What these weights do with examples they were not learned from."""
    held = [one for one in unseen if weights.score(marks_of(one.text)) > threshold]
    caught = sum(one.is_spam for one in held)
    spam = sum(one.is_spam for one in unseen)
    return Quality(spam, caught, len(unseen) - spam, len(held) - caught)
