"""What an import did, or would do: numbers with a label each."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Count(StrEnum):
    """What a report counts. Each post and comment of the file is counted once or more."""

    NEW_ARTICLE = "new article"
    DRAFT = "draft"
    KNOWN_ARTICLE = "known article"
    DELETED_POST = "deleted post"
    PICTURE = "picture"
    PUBLISHED = "published"
    HELD = "held"
    SPAM = "spam"
    REJECTED = "rejected"
    KNOWN_COMMENT = "known comment"
    PINGBACK = "pingback"
    BY_PLUGIN = "by plugin"
    WORDLESS = "wordless"
    UNDER_DELETED = "under deleted"
    CROWDED = "crowded"


LABELS: dict[Count, Promise] = {
    Count.NEW_ARTICLE: _("New articles"),
    Count.DRAFT: _("of these drafts, because they were drafts, private or behind a password"),
    Count.KNOWN_ARTICLE: _("Articles that are here already and stay as they are"),
    Count.DELETED_POST: _("Left out: posts from the bin"),
    Count.PICTURE: _("Pictures that become links, because an export holds no pictures"),
    Count.PUBLISHED: _("New comments, published"),
    Count.HELD: _("New comments, waiting for a moderator"),
    Count.SPAM: _("New comments, in spam"),
    Count.REJECTED: _("New comments, rejected because they were in the bin"),
    Count.KNOWN_COMMENT: _("Comments that are here already and stay as they are"),
    Count.PINGBACK: _("Left out: pingbacks and trackbacks"),
    Count.BY_PLUGIN: _("Left out: notes that plugins wrote for themselves"),
    Count.WORDLESS: _("Left out: comments without words, or with more than can be kept"),
    Count.UNDER_DELETED: _("Left out: comments under posts from the bin"),
    Count.CROWDED: _("Comments that stand behind newer ones, for want of room between them"),
}
ALWAYS_SAID = (Count.NEW_ARTICLE, Count.KNOWN_ARTICLE, Count.PUBLISHED, Count.KNOWN_COMMENT)


@dataclass
class Report:
    """Numbers that grow while an import runs; they travel as JSON."""

    numbers: Counter[str] = field(default_factory=Counter)

    @classmethod
    def of(cls, numbers: Mapping[str, int]) -> "Report":
        """A report that goes on from stored numbers."""
        return cls(Counter(numbers))

    def note(self, what: Count, count: int = 1) -> None:
        """Count so many more."""
        self.numbers[what.value] += count

    def __getitem__(self, what: Count) -> int:
        return self.numbers[what.value]

    def lines(self) -> list[tuple[str, int]]:
        """Label and number of everything there is to say."""
        return [
            (str(label), self[what])
            for what, label in LABELS.items()
            if self[what] or what in ALWAYS_SAID
        ]
