"""Words a site does not want, or wants to look at first."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, islice

from community.comments.screening import Draft
from community.comments.words import INVISIBLE
from moderation.models import Policy, Reason
from moderation.rules import expressions
from moderation.verdicts import Outcome, Verdict

# A letter or digit; the underscore stands between words.
LETTER = r"[^\W_]"
WORD = re.compile(f"{LETTER}+")
# What a * stands for: no more letters than a word has.
STAR = f"{LETTER}{{0,60}}"
MOST_NAMED = 5

Tails = defaultdict[str, list[str]]


@dataclass(frozen=True)
class WordList:
    """A site's list, made ready for searching: ordinary words, and what needs a pattern."""

    words: frozenset[str]
    patterns: re.Pattern[str] | None
    expressions: tuple[str, ...] = ()

    def found_in(self, text: str) -> Iterator[str]:
        """Each entry's match in a folded text, ordinary words first."""
        yield from dict.fromkeys(word for word in WORD.findall(text) if word in self.words)
        if self.patterns:
            yield from dict.fromkeys(hit[0] for hit in self.patterns.finditer(text))
        hits = (expressions.compiled(entry).search(text) for entry in self.expressions)
        yield from (hit[0] for hit in hits if hit)


def has_moderation_words(draft: Draft, policy: Policy) -> Verdict | None:
    """Hold what contains a word the moderators want to see first."""
    return verdict_on(draft, policy.moderation_words, Reason.WORD, Outcome.HOLD)


def has_disallowed_words(draft: Draft, policy: Policy) -> Verdict | None:
    """Call spam what contains a word that only spam contains."""
    return verdict_on(draft, policy.disallowed_words, Reason.DISALLOWED, Outcome.SPAM)


def verdict_on(draft: Draft, lines: str, name: Reason, outcome: Outcome) -> Verdict | None:
    """The verdict if any of these words is there, with the words as evidence."""
    if not lines.strip():
        return None
    found = list(islice(compiled(lines).found_in(searched(draft)), MOST_NAMED))
    return Verdict(name, outcome, ", ".join(found)) if found else None


def searched(draft: Draft) -> str:
    """Everything of a draft in which a word may hide: text, name, address, links."""
    addresses = chain([draft.url], (link.url for link in draft.rendered.links))
    # The vertical line keeps a phrase from beginning in one part and ending in the next.
    parts = [draft.title, draft.rendered.text, draft.name, draft.email, *addresses]
    return folded(" | ".join(parts))


def folded(text: str) -> str:
    """One spelling for what reads the same: case, width, ligatures, invisible characters."""
    plain = unicodedata.normalize("NFKC", text).translate(INVISIBLE)
    return unicodedata.normalize("NFKC", plain.casefold())


@lru_cache(maxsize=64)
def compiled(lines: str) -> WordList:
    """The list behind a setting, made ready once for each content."""
    patterns = frozenset(expressions_in(lines))
    plain = (line for line in lines.splitlines() if line.strip() not in patterns)
    entries = {entry for line in plain if (entry := folded(line).strip())}
    words = frozenset(entry for entry in entries if WORD.fullmatch(entry))
    return WordList(words, pattern_of(entries - words), tuple(sorted(patterns)))


def expressions_in(lines: str) -> list[str]:
    """The lines of a list that are regular expressions."""
    stripped = (line.strip() for line in lines.splitlines())
    return [line for line in stripped if expressions.is_expression(line)]


def pattern_of(entries: Iterable[str]) -> re.Pattern[str] | None:
    """One pattern for phrases, wildcards and whatever else is no plain word.

    Everything is escaped. A * takes the nearest continuation and never reconsiders (an atomic
    group), and spans a word at most: no list makes a text expensive. Entries are sorted by their
    first character, so that each place of a text is compared with few of them.
    """
    at_start: Tails = defaultdict(list)
    anywhere: Tails = defaultdict(list)
    for entry in sorted(entries):
        body = entry.lstrip("* ")
        if body:
            starts_a_word = body == entry and WORD.match(body)
            (at_start if starts_a_word else anywhere)[body[0]].append(tail_of(body))
    choices = [rf"(?<!{LETTER}){choice_of(at_start)}"] if at_start else []
    choices += [choice_of(anywhere)] if anywhere else []
    return re.compile("|".join(choices)) if choices else None


def choice_of(tails: Tails) -> str:
    """Any of these entries, told apart by their first character."""
    heads = (f"{re.escape(head)}(?:{'|'.join(ends)})" for head, ends in tails.items())
    return f"(?:{'|'.join(heads)})"


def tail_of(body: str) -> str:
    """The pattern for all of an entry but its first character."""
    first, *rest = map(phrase, body[1:].split("*"))
    edge = rf"(?!{LETTER})" if WORD.match(body[-1]) else ""
    if not rest:
        return first + edge
    between = "".join(f"(?>{STAR}?{part})" for part in rest[:-1] if part)
    return f"{first}{between}{STAR}{rest[-1]}{edge}"


def phrase(words: str) -> str:
    """Words as they are, however they are set apart."""
    return r"\s+".join(re.escape(word) for word in re.split(r"\s+", words))
