"""The question put to moderation before a comment is stored, and its possible refusal."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string

from community.accounts.models import Person, User
from community.comments.models import Comment, Status
from community.comments.rendering import Rendered
from community.sites.models import Site
from community.sites.viewers import Viewer
from community.threads.models import Thread


@dataclass(frozen=True)
class Sender:
    """What the request told of where a comment comes from. Kept only for the spam check."""

    address: str = ""
    browser: str = ""
    referrer: str = ""
    network: str = ""


@dataclass(frozen=True)
class Manner:
    """How words came, as far as that tells: whether a field that people do not see was filled in,
    how many seconds passed since the form was touched, if a script has counted, and what speaks
    against an e-mail being from whom it says.
    """

    trapped: bool = False
    seconds: int | None = None
    doubt: str = ""


@dataclass(frozen=True)
class Draft:
    """What someone wants to say, before any row of it exists.

    `person` is None for a guest nobody has seen before; `comment` is set when it is an edit.
    """

    site: Site
    thread: Thread
    parent: Comment | None
    viewer: Viewer
    name: str
    email: str
    url: str
    source: str
    rendered: Rendered
    fingerprint: str
    sender: Sender
    comment: Comment | None = None
    manner: Manner = Manner()
    # The title of the topic that these words open.
    title: str = ""
    # The notice its author says they have read.
    acknowledged: int | None = None
    # What judges have read of its author, so that each question is asked once.
    looked_up: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)

    @property
    def person(self) -> Person | None:
        """Who speaks, if they are known."""
        return self.viewer.person

    @property
    def user(self) -> User | None:
        """The member who speaks, if they are logged in."""
        return self.viewer.user


class Refusal(Exception):
    """A comment that is not even stored: the sentence for its author, and what HTTP should say.

    `wait` is in seconds; `duplicate_of` is the author's own earlier comment with the same words.
    """

    def __init__(
        self,
        sentence: str,
        *,
        status: int = 403,
        wait: int = 0,
        duplicate_of: int | None = None,
    ) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.status = status
        self.wait = wait
        self.duplicate_of = duplicate_of


@dataclass(frozen=True)
class Judged:
    """What was found about a draft: how its comment begins, and what follows once it is stored.

    A comment that is to be published begins as one that is being checked: `settle` brings it
    through the one door, with all that hangs on being public.
    """

    begins_as: Status
    waits_for: str
    risk: int
    settle: Callable[[Comment], None]


Screener = Callable[[Draft], Judged]


@cache
def screener() -> Screener:
    """The callable named in COMMENT_SCREENER; raises ImportError when nobody is there."""
    found: Screener = import_string(settings.COMMENT_SCREENER)
    return found


Foreseer = Callable[[Draft], bool]


@cache
def foreseer() -> Foreseer:
    """The callable named in LINK_FORESEER; raises ImportError when nobody is there."""
    found: Foreseer = import_string(settings.LINK_FORESEER)
    return found


def would_wait_for_link(draft: Draft) -> bool:
    """Whether these words would wait for a moderator because of a link; nothing is stored."""
    return foreseer()(draft)


def screen(draft: Draft) -> Judged:
    """Have a draft judged before the transaction in which it is stored.

    Raises Refusal when the draft must not be stored.
    """
    return screener()(draft)
