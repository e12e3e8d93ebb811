"""Comments as markup: drawn by Jinja2 once for each kind, filled with the words of each.

A page of a hundred comments has some ten kinds: a template run a hundred times was half its cost.
"""

from collections.abc import Iterable
from typing import Any, NamedTuple

from django.utils.translation import get_language
from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from community.pages.patterns import Pattern, pattern_of
from community.pages.shown import Kind, ShownComment, Words

COMMENT, VOTE = "comments/_comment.html", "comments/_vote.html"
WORDS = tuple(Words.__annotations__)


class Offered(NamedTuple):
    """A reason that moderators may choose when they remove a comment."""

    code: str
    digit: int | None
    title: str


class Drawing:
    """Draws comments into one page."""

    def __init__(self, page: Context) -> None:
        """Read what holds for the whole page."""
        self.environment = page.environment
        self.personal = bool(page.get("personal"))
        self.token = str(page["csrf_input"]) if self.personal else ""
        offered = page.get("offered_reasons", ())
        self.known: list[tuple[str, Any]] = [
            # A pattern has words of this language, though no template asks for its name.
            ("language", get_language()),
            ("personal", self.personal),
            ("offered_reasons", tuple(Offered(it.code, it.digit, it.title) for it in offered)),
        ]
        self.patterns: dict[tuple[str, Kind], Pattern] = {}

    def draw(self, name: str, shown: ShownComment, *, copy: bool = False) -> str:
        """One comment with the replies it brings."""
        words = shown.words
        words["token"] = self.token
        words["replies"] = "".join(self.draw(name, reply) for reply in shown.replies)
        kind = shown.kind._replace(is_copy=True) if copy else shown.kind
        return self.pattern(name, kind).fill(words)

    def pattern(self, name: str, kind: Kind) -> Pattern:
        """The pattern of this kind on this page."""
        if found := self.patterns.get((name, kind)):
            return found
        made = pattern_of(self.environment, name, WORDS, ("kind", kind), *self.known)
        self.patterns[name, kind] = made
        return made


@pass_context
def drawn(page: Context, items: Iterable[ShownComment], *, copy: bool = False) -> Markup:
    """Comments in a row; `copy`: they also stand elsewhere on the page."""
    drawing = Drawing(page)
    # Words are escaped where they are made, gaps stand where a template put them.
    return Markup("".join(drawing.draw(COMMENT, shown, copy=copy) for shown in items))  # noqa: S704


@pass_context
def drawn_vote(page: Context, shown: ShownComment) -> Markup:
    """The two buttons of one comment and its score."""
    return Markup(Drawing(page).draw(VOTE, shown))  # noqa: S704
