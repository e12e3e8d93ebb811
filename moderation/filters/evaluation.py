"""What the filter is worth on labelled comments from sources it has not learned from."""

import csv
import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import unescape
from pathlib import Path

from community.comments.links import foreign
from community.comments.rendering import render
from community.comments.words import BadText, normalise
from moderation.filters import training
from moderation.filters.marks import marks_of
from moderation.filters.training import Example, limit_of

SHARES = (0.01, 0.02, 0.05)
TAG = re.compile(r"<[^>]*>")
Scored = tuple[float, Example]


class BadFile(Exception):
    """A file that is not what it should be; the sentence says why."""


@dataclass(frozen=True)
class Result:
    """What became of one source. Shares are of its spam, or of its good comments."""

    source: str
    spam: int
    good: int
    # With the link rule alone.
    links_caught: float
    links_held: float
    # The filter alone where it holds the given share of the good comments; and with the link rule,
    # where it may hold what that rule leaves of the share.
    recall_at: dict[float, float]
    together_at: dict[float, float]
    # Both together, at the limit that was found without this source.
    caught: float
    held: float


def read(path: Path) -> list[Example]:
    """The examples of a CSV file with the columns `content` and `class` (1 is spam).

    Raises BadFile with a sentence for a file without them.
    """
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = csv.DictReader(line for line in file if line.strip())
        names = {name.strip().lower(): name for name in rows.fieldnames or []}
        if not {"content", "class"} <= names.keys():
            raise BadFile(f"{path} has no columns “content” and “class”.")
        content, label = names["content"], names["class"]
        return [Example(plain(row[content] or ""), row[label].strip() == "1") for row in rows]


def plain(content: str) -> str:
    """The words of a comment that a collection keeps as HTML."""
    return unescape(TAG.sub(" ", content))


def evaluate(sources: dict[str, list[Example]]) -> Iterator[Result]:
    """Hold out each source in turn, learn from all others, and judge what was held out."""
    for name, unseen in sources.items():
        others = [one for other, examples in sources.items() if other != name for one in examples]
        yield judge(name, others, unseen)


def judge(name: str, known: Sequence[Example], unseen: Sequence[Example]) -> Result:
    """What a filter that learned from the known does with the unseen."""
    weights, threshold = training.learn(known), training.threshold_of(known)
    scored = [(weights.score(marks_of(one.text)), one) for one in unseen]
    links = [has_link(one.text) for one in unseen]
    together = [
        linked or score > threshold for linked, (score, _one) in zip(links, scored, strict=True)
    ]
    spam = sum(one.is_spam for one in unseen)
    links_caught, links_held = shares(unseen, links)
    caught, held = shares(unseen, together)
    return Result(
        source=name,
        spam=spam,
        good=len(unseen) - spam,
        links_caught=links_caught,
        links_held=links_held,
        recall_at={share: recall(scored, share) for share in SHARES},
        together_at={share: recall_beside(links, scored, share) for share in SHARES},
        caught=caught,
        held=held,
    )


def shares(examples: Sequence[Example], held: Sequence[bool]) -> tuple[float, float]:
    """The share of the spam that is held, and of the good comments."""
    spam = [is_held for one, is_held in zip(examples, held, strict=True) if one.is_spam]
    good = [is_held for one, is_held in zip(examples, held, strict=True) if not one.is_spam]
    return share_of(spam), share_of(good)


def share_of(flags: Sequence[bool]) -> float:
    """How many of these are true, from 0 to 1."""
    return sum(flags) / len(flags) if flags else 0.0


def recall(scored: Sequence[Scored], share: float) -> float:
    """The share of the spam above the limit that holds this share of the good comments."""
    good = sorted((score for score, one in scored if not one.is_spam), reverse=True)
    limit = limit_of(good, share, least=0.0)
    return share_of([score > limit for score, one in scored if one.is_spam])


def recall_beside(links: Sequence[bool], scored: Sequence[Scored], share: float) -> float:
    """The share of the spam with a link, or above the limit that uses up what links leave."""
    rest = [pair for linked, pair in zip(links, scored, strict=True) if not linked]
    good = sum(not one.is_spam for _score, one in scored)
    spared = [score for score, one in rest if not one.is_spam]
    allowed = max(0, math.floor(good * share) - (good - len(spared)))
    limit = sorted(spared, reverse=True)[allowed] if allowed < len(spared) else 0.0
    caught = [linked or score > limit for linked, (score, _one) in zip(links, scored, strict=True)]
    return shares([one for _score, one in scored], caught)[0]


def has_link(text: str) -> bool:
    """Whether the link rule would hold it."""
    try:
        return bool(foreign(render(normalise(text)).links, frozenset()))
    except BadText:
        return False
