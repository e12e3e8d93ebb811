"""Who is named with @ in a comment: found among those who have public comments in its thread."""

import re
from collections.abc import Iterable, Iterator
from html.parser import HTMLParser

from django.db.models import Value
from django.db.models.functions import Lower

from community.accounts.models import Person
from community.comments.models import Comment
from community.comments.names import MAX_LENGTH

# An address or a path is no name; a name is preceded by nothing, a blank or a bracket.
_AT = re.compile(r"(?<![^\s(\[{“\"'])@(?=\w)")
_END_OF_WORD = re.compile(r"(?<=\w)(?!\w)|[.](?=\s|$)")
MOST_WORDS = 5
# Whoever names more people than this is not talking to them.
MOST_NAMED = 10
# What is quoted or shown as code was said by somebody else, or is not meant.
NOT_SAID = {"blockquote", "code", "pre", "a"}


class _Said(HTMLParser):
    """The words of a comment's HTML that its author says themselves."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.within = 0

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.within += tag in NOT_SAID
        self.words.append("\n" if tag in {"br", "p", "li"} else "")

    def handle_endtag(self, tag: str) -> None:
        self.within -= tag in NOT_SAID

    def handle_data(self, data: str) -> None:
        self.words.append("\n" if self.within else data)


def people_named_in(comment: Comment) -> list[Person]:
    """Those a comment names with @. A name that two people bear there reaches neither."""
    mentions = list(names_in(comment.body_html))[:MOST_NAMED]
    if not mentions:
        return []
    bearers = bearers_of({name for names in mentions for name in names}, comment)
    named = [meant(names, bearers) for names in mentions]
    return list({person.pk: person for person in named if person}.values())


def meant(names: list[str], bearers: dict[str, list[Person | None]]) -> Person | None:
    """The one person who bears the longest of these names that anybody bears.

    “@Ann Lee” is not Ann, even where two are called Ann Lee.
    """
    for name in names:
        if known := bearers.get(folded(name)):
            return known[0] if len(known) == 1 else None
    return None


def names_in(html: str) -> Iterator[list[str]]:
    """For each @, the names that may be meant, longest first."""
    said = _Said()
    said.feed(html)
    words = "".join(said.words)
    for at in _AT.finditer(words):
        line = words[at.end() : at.end() + MAX_LENGTH + 1].split("\n")[0]
        ends = [found.end() for found in _END_OF_WORD.finditer(line)]
        yield [line[:end] for end in reversed(ends[:MOST_WORDS]) if end <= MAX_LENGTH]


def bearers_of(names: Iterable[str], comment: Comment) -> dict[str, list[Person | None]]:
    """Who is called so in a comment's thread; None stands for somebody nobody knows any more.

    One human who is known on several devices counts once.
    """
    # Both spellings: SQLite knows small letters of English alone.
    spelled = {spelling for name in names for spelling in (name, folded(name))}
    rows = (
        Comment.objects.published()
        .filter(thread=comment.thread_id)
        .alias(called=Lower("author_name"))
        .filter(called__in=[Lower(Value(name)) for name in spelled])
    )
    pairs = set(rows.values_list("author_name", "person"))
    people = Person.objects.in_bulk([person for _name, person in pairs if person])
    found: dict[str, dict[object, Person | None]] = {}
    for name, pk in pairs:
        person = people.get(pk) if pk else None
        who = f"contact {person.contact_id}" if person and person.contact_id else pk
        found.setdefault(folded(name), {})[who] = person
    return {name: list(known.values()) for name, known in found.items()}


def folded(name: str) -> str:
    """A name as it is compared."""
    return " ".join(name.casefold().split())
