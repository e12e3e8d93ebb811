"""What the demo consists of, read from the files in `material/`."""

import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from community.subscriptions.models import Scope

FOLDER = Path(__file__).parent / "material"
FENCE = "+++\n"


@dataclass(frozen=True)
class Remark:
    """One comment as it is told: who, when (days ago), what, and what became of it."""

    by: str
    ago: float
    words: str
    id: str = ""
    to: str = ""
    votes: tuple[int, int] = (0, 0)
    first: str = ""  # what it said before an edit
    pinned: bool = False
    follow: bool = False  # its author wants to hear of answers
    deleted: bool = False
    removed: str = ""  # the moderators' reason, as in `rejected`
    held: bool = False
    approved: bool = False  # held, and approved just now
    rejected: str = ""
    spam: bool = False

    @property
    def wish(self) -> str:
        """What its author wants e-mails about, as the form says it."""
        return Scope.OWN if self.follow else ""

    @property
    def is_judged(self) -> bool:
        """Whether the gate is asked about it; the others were published long ago."""
        return self.held or self.spam or bool(self.rejected)


@dataclass(frozen=True)
class Illustration:
    """A picture of an article."""

    file: str
    alt: str
    caption: str

    @property
    def content(self) -> bytes:
        """The picture itself."""
        return (FOLDER / "pictures" / self.file).read_bytes()


@dataclass(frozen=True)
class Piece:
    """One article with its comments."""

    slug: str
    title: str
    summary: str
    by: str
    tags: list[str]
    ago: float
    text: str
    remarks: list[Remark]
    pictures: list[Illustration] = field(default_factory=list)
    closed: float | None = None  # days ago


@dataclass(frozen=True)
class Topic:
    """One topic of the forum; its first comment opens it."""

    title: str
    remarks: list[Remark]
    pinned: bool = False
    closed: float | None = None


@dataclass(frozen=True)
class Shelf:
    """One board of the forum."""

    name: str
    slug: str
    description: str
    topics: list[Topic]


def read(name: str) -> dict[str, Any]:
    """One file of tables."""
    return tomllib.loads((FOLDER / name).read_text(encoding="utf-8"))


def pieces() -> list[Piece]:
    """All articles."""
    return [piece(path) for path in sorted((FOLDER / "articles").glob("*.md"))]


def piece(path: Path) -> Piece:
    """One article: a table between two fences, then its text in Markdown."""
    _, table, text = path.read_text(encoding="utf-8").split(FENCE, 2)
    facts = tomllib.loads(table)
    facts["pictures"] = [Illustration(**row) for row in facts.get("pictures", [])]
    return Piece(**facts, text=text.strip(), remarks=remarks(read(f"threads/{facts['slug']}.toml")))


def shelves() -> list[Shelf]:
    """The forum."""
    return [
        Shelf(**{**row, "topics": [topic(each) for each in row["topics"]]})
        for row in read("forum.toml")["boards"]
    ]


def topic(row: dict[str, Any]) -> Topic:
    """One topic with what was said in it."""
    rest = {name: value for name, value in row.items() if name != "comments"}
    return Topic(**rest, remarks=remarks(row))


def remarks(table: dict[str, Any]) -> list[Remark]:
    """The comments of one thread."""
    return [
        Remark(**{**row, "words": row["words"].strip(), "votes": tuple(row.get("votes", (0, 0)))})
        for row in table["comments"]
    ]
