"""What a WordPress export holds, as values that travel."""

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from django.utils.translation import ngettext_lazy

UNDATED = datetime(1970, 1, 1, tzinfo=UTC)


class BrokenExport(Exception):
    """The file cannot be imported; the sentence says why and in which line."""

    def __init__(self, sentence: str, line: int | None = None) -> None:
        super().__init__(sentence)
        self.line = line


class PostKind(StrEnum):
    """What Parley takes over; other kinds are only counted."""

    POST = "post"
    PAGE = "page"


class CommentStatus(StrEnum):
    """Where a comment stood in WordPress."""

    APPROVED = "approved"
    WAITING = "waiting"
    SPAM = "spam"
    TRASH = "trash"
    POST_TRASHED = "post-trashed"


class CommentKind(StrEnum):
    """Who speaks: a person, another site's software, or a plugin (`OTHER`, perhaps private)."""

    COMMENT = "comment"
    PINGBACK = "pingback"
    TRACKBACK = "trackback"
    OTHER = "other"


class ProblemKind(StrEnum):
    """What was mended while reading."""

    CONTROL_CHARACTER = "control character"
    BAD_BYTE = "bad byte"
    WRONG_ENCODING = "wrong encoding"
    LOST_PARENT = "lost parent"
    CIRCLE = "circle"
    EARLIER_THAN_PARENT = "earlier than parent"
    SAME_NUMBER = "same number"
    UNDATED_POST = "undated post"
    UNDATED_COMMENT = "undated comment"
    UNKNOWN_STATUS = "unknown status"
    UNKNOWN_KIND = "unknown kind"


# The value is `Any` because a lazy plural has no type of its own in django-stubs.
_SENTENCES: dict[ProblemKind, Any] = {
    ProblemKind.CONTROL_CHARACTER: ngettext_lazy(
        "%(count)d character that XML forbids was taken out.",
        "%(count)d characters that XML forbids were taken out.",
        "count",
    ),
    ProblemKind.BAD_BYTE: ngettext_lazy(
        "%(count)d byte is no text in the encoding of the file and became a question mark sign.",
        "%(count)d bytes are no text in the encoding of the file and became question mark signs.",
        "count",
    ),
    ProblemKind.WRONG_ENCODING: ngettext_lazy(
        "The file names another encoding than it uses; it was read in the one it uses.",
        "The file names another encoding than it uses; it was read in the one it uses.",
        "count",
    ),
    ProblemKind.LOST_PARENT: ngettext_lazy(
        "%(count)d comment answers one that is not under the same post; it now stands alone.",
        "%(count)d comments answer ones that are not under the same post; they now stand alone.",
        "count",
    ),
    ProblemKind.CIRCLE: ngettext_lazy(
        "%(count)d comment answers itself in a circle; the circle was opened.",
        "%(count)d comments answer themselves in a circle; the circles were opened.",
        "count",
    ),
    ProblemKind.EARLIER_THAN_PARENT: ngettext_lazy(
        "%(count)d reply is dated before what it answers; it keeps its place under it.",
        "%(count)d replies are dated before what they answer; they keep their places under it.",
        "count",
    ),
    ProblemKind.SAME_NUMBER: ngettext_lazy(
        "%(count)d comment has the number of another under the same post and was left out.",
        "%(count)d comments have the number of another under the same post and were left out.",
        "count",
    ),
    ProblemKind.UNDATED_POST: ngettext_lazy(
        "%(count)d post has no date that can be read.",
        "%(count)d posts have no date that can be read.",
        "count",
    ),
    ProblemKind.UNDATED_COMMENT: ngettext_lazy(
        "%(count)d comment has no date that can be read; it got that of its post.",
        "%(count)d comments have no date that can be read; they got that of their post.",
        "count",
    ),
    ProblemKind.UNKNOWN_STATUS: ngettext_lazy(
        "%(count)d comment has a status Parley does not know; it will wait for a moderator.",
        "%(count)d comments have a status Parley does not know; they will wait for a moderator.",
        "count",
    ),
    ProblemKind.UNKNOWN_KIND: ngettext_lazy(
        "%(count)d comment was written by a plugin for its own use.",
        "%(count)d comments were written by plugins for their own use.",
        "count",
    ),
}


@dataclass(frozen=True, slots=True)
class Problem:
    """Something mended, how often, and where first (an empty `example` means the whole file)."""

    kind: ProblemKind
    count: int
    example: str

    def __str__(self) -> str:
        return str(_SENTENCES[self.kind] % {"count": self.count})


class Problems:
    """Counts what is mended, keeping one example of each kind, however long the file."""

    def __init__(self) -> None:
        self._counts: dict[ProblemKind, int] = {}
        self._examples: dict[ProblemKind, str] = {}

    def note(self, kind: ProblemKind, example: str = "", count: int = 1) -> None:
        """Add `count` more of a kind."""
        self._counts[kind] = self._counts.get(kind, 0) + count
        self._examples.setdefault(kind, example)

    def summary(self) -> tuple[Problem, ...]:
        """All kinds met, in the order in which they were first met."""
        return tuple(
            Problem(kind, count, self._examples[kind]) for kind, count in self._counts.items()
        )


@dataclass(frozen=True, slots=True)
class ExportedSite:
    """The blog itself; `url` has no slash at its end."""

    title: str
    url: str


@dataclass(frozen=True, slots=True)
class ExportedAuthor:
    """Someone with an account there; `number` is 0 where the export keeps it to itself."""

    number: int
    login: str
    name: str
    email: str


@dataclass(frozen=True, slots=True)
class ExportedComment:
    """One comment; `parent` is 0 or the number of a comment before it under the same post."""

    number: int
    parent: int
    author_name: str
    author_email: str
    author_url: str
    # The account it was written with, 0 for a guest.
    author_number: int
    created_at: datetime
    html: str
    status: CommentStatus
    kind: CommentKind


@dataclass(frozen=True, slots=True)
class ExportedPost:
    """One post or page with its comments: by date, yet no reply before what it answers."""

    number: int
    kind: PostKind
    title: str
    slug: str
    url: str
    html: str
    excerpt: str
    author_login: str
    author_name: str
    # UTC; `UNDATED` where the export gives no date at all.
    published_at: datetime
    # WordPress's own word: publish, draft, pending, future, private, trash, …
    status: str
    # Readers needed a password there: it must not become public here by itself.
    has_password: bool
    comments_open: bool
    tags: tuple[str, ...]
    # Path and query of every address it is known to have had, the current one first.
    old_paths: tuple[str, ...]
    comments: tuple[ExportedComment, ...]


@dataclass(frozen=True, slots=True)
class Survey:
    """What a whole, valid export holds and what was mended in it."""

    site: ExportedSite
    authors: tuple[ExportedAuthor, ...]
    # WordPress's status → how many.
    posts: dict[str, int]
    pages: dict[str, int]
    # Words of people only, whatever their post's status.
    comments: dict[CommentStatus, int]
    # Pingbacks, trackbacks, and what plugins wrote.
    left_out: dict[CommentKind, int]
    attachments: int
    # Kinds that are neither post, page nor attachment → how many.
    other_items: dict[str, int]
    # Of the posts and pages.
    with_password: int
    # How many comments the longest branch has from top to end: 1 where nobody answers anybody.
    deepest: int
    problems: tuple[Problem, ...]
