"""An article with a hundred thousand comments, for those who start the demo with BIG=1."""

import tomllib
from dataclasses import dataclass
from datetime import timedelta
from random import Random
from typing import Any

from django.db import transaction
from django.utils import timezone

from community.accounts.models import Person
from community.articles import services as articles
from community.articles.models import Article
from community.comments.rendering import render
from community.comments.words import core, digest
from community.demo.crowd import Crowd, Said, fill
from community.demo.material import FENCE, FOLDER, read
from community.sites.models import Site
from community.threads import services as threads

FILE = FOLDER / "big" / "goods-yard.md"
SIZE = 100_000
SPEAKERS = 600
VOTERS = 400


@dataclass(frozen=True)
class Sentence:
    """One sentence, rendered and compared beforehand: both take longer than all the rest."""

    words: str
    html: str
    core: str


class Sayings:
    """What a crowd may say: an idea's sentences between an opening and an end."""

    def __init__(self) -> None:
        table = read("big/sayings.toml")
        self.openings = prepared(table["openings"])
        self.answers = prepared(table["answers"])
        self.ends = prepared(table["ends"])
        self.ideas = [prepared(idea["sentences"]) for idea in table["ideas"]]
        self.names = [
            f"{first} {last}"
            for first in table["names"]["first"]
            for last in table["names"]["last"]
        ]

    def say(self, chance: Random, is_reply: bool) -> Said:
        """One comment of one or two paragraphs."""
        begin = chance.choice(self.answers if is_reply else self.openings)
        most = 2 if is_reply else 5
        ideas = chance.sample(
            chance.choice(self.ideas), chance.randrange(0 if is_reply else 1, most)
        )
        first = ([begin] if is_reply or chance.random() < 0.4 else []) + ideas
        second = [chance.choice(self.ends)] if chance.random() < 0.25 else []
        return said([first, second] if second else [first])


def prepared(sentences: list[str]) -> list[Sentence]:
    """Sentences that can be joined without being rendered again."""
    return [Sentence(words, inner(words), core(words)) for words in sentences]


def inner(words: str) -> str:
    """The HTML of a sentence without its paragraph."""
    return render(words).html.strip().removeprefix("<p>").removesuffix("</p>")


def said(paragraphs: list[list[Sentence]]) -> Said:
    """What rendering and comparing would make of these paragraphs."""
    return Said(
        body="\n\n".join(" ".join(one.words for one in some) for some in paragraphs),
        html="".join(f"<p>{' '.join(one.html for one in some)}</p>\n" for some in paragraphs),
        fingerprint=digest("".join(one.core for some in paragraphs for one in some)),
    )


def exists(site: Site) -> bool:
    """Whether it stands here already."""
    return Article.objects.filter(site=site, slug=facts()[0]["slug"]).exists()


@transaction.atomic
def write(site: Site, size: int = SIZE) -> Article:
    """Publish the article and let a crowd write so many comments below it."""
    sayings, now = Sayings(), timezone.now()
    table, text = facts()
    begin = now - timedelta(days=table["ago"])
    article = Article(
        site=site,
        slug=table["slug"],
        title=table["title"],
        summary=table["summary"],
        text=text,
        author_name=table["by"],
        published_at=begin,
    )
    articles.save(article, table["tags"])
    speakers = people(sayings.names[:SPEAKERS])
    voters = [pk for pk, _ in people([""] * VOTERS)]
    end = now - timedelta(minutes=20)
    fill(threads.of_article(article), size, Crowd(speakers, voters, sayings.say, begin, end))
    return article


def facts() -> tuple[dict[str, Any], str]:
    """What is known of the article, and its text."""
    _, table, text = FILE.read_text(encoding="utf-8").split(FENCE, 2)
    return tomllib.loads(table), text.strip()


def people(names: list[str]) -> list[tuple[int, str]]:
    """Guests with these names."""
    made = Person.objects.bulk_create(Person(name=name) for name in names)
    return [(person.pk, person.name) for person in made]
