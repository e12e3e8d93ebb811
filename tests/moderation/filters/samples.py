"""Comments to learn from: readers of a paper by the sea, and those who want to sell something."""

import random

from moderation.filters.training import Example

SEA = (
    "the tide came in early and the old harbour wall held once more as it always does here",
    "my grandmother walked along this beach every morning until the storm took the path away",
    "thank you for writing about the ferry, nobody else seems to care about the island",
    "I do not agree with the council, the parking near the pier was never a problem",
    "lovely photographs, the one with the lighthouse at dusk could hang on a wall",
)
SALES = (
    "subscribe to my channel and I will subscribe back, check out my new video friends",
    "earn money from home today, free bonus for everyone who visits our casino page now",
    "cheap pills without prescription, best price online, order now and get one free",
    "check out this website, they give away free gift cards and iphones, it really works",
    "make your followers grow, buy likes and views from us, cheap and fast delivery",
)


def words(texts: tuple[str, ...], order: random.Random) -> str:
    """A text nobody has written before, of the words of two of these."""
    both = " ".join(order.sample(texts, 2)).split()
    return " ".join(order.sample(both, 14))


def examples(good: int, spam: int, *, seed: int = 1) -> list[Example]:
    """So many of either kind, mixed."""
    order = random.Random(seed)
    made = [Example(words(SEA, order), is_spam=False) for _ in range(good)]
    made += [Example(words(SALES, order), is_spam=True) for _ in range(spam)]
    order.shuffle(made)
    return made
