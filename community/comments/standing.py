"""The question put to moderation of how somebody stands on a site, and its answer."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache

from django.conf import settings
from django.utils.module_loading import import_string

from community.accounts.models import Person
from community.sites.models import Site
from community.sites.viewers import Viewer


@dataclass(frozen=True)
class Notice:
    """One thing somebody must know before they write: what, why, and what would end it."""

    id: int
    sentence: str
    reason: str
    way_out: str
    stops: bool
    must_be_read: bool


@dataclass(frozen=True)
class Standing:
    """All such notices of one person on one site; for most people there are none."""

    notices: Sequence[Notice] = ()

    @property
    def may_write(self) -> bool:
        """Whether anything keeps them from writing."""
        return not any(notice.stops for notice in self.notices)

    @property
    def unread(self) -> Notice | None:
        """What they must read first."""
        return next((notice for notice in self.notices if notice.must_be_read), None)


Answer = Callable[[Viewer, Site, str], Standing]


@cache
def answer() -> Answer:
    """The callable named in AUTHOR_STANDING; raises ImportError when nobody is there."""
    found: Answer = import_string(settings.AUTHOR_STANDING)
    return found


def standing_of(viewer: Viewer, site: Site, network: str = "") -> Standing:
    """How a viewer stands on a site, writing from this network (a hash, or nothing)."""
    return answer()(viewer, site, network)


@dataclass(frozen=True)
class ReportTold:
    """What somebody has reported, and what came of it."""

    title: str
    at: datetime
    state: str
    url: str


@dataclass(frozen=True)
class Record:
    """What somebody has earned on a site, what holds them back, and what they have reported."""

    points: str = ""
    obstacles: list[str] = field(default_factory=list)
    ways_out: list[str] = field(default_factory=list)
    reports: list[ReportTold] = field(default_factory=list)


RecordAnswer = Callable[[Viewer, Site], Record]


@cache
def record_answer() -> RecordAnswer:
    """The callable named in AUTHOR_RECORD; raises ImportError when nobody is there."""
    found: RecordAnswer = import_string(settings.AUTHOR_RECORD)
    return found


def record_of(viewer: Viewer, site: Site) -> Record:
    """What a viewer may read of themselves."""
    return record_answer()(viewer, site)


BanAnswer = Callable[[Person, Site], bool]


@cache
def ban_answer() -> BanAnswer:
    """The callable named in AUTHOR_BANNED; raises ImportError when nobody is there."""
    found: BanAnswer = import_string(settings.AUTHOR_BANNED)
    return found


def is_banned(person: Person, site: Site) -> bool:
    """Whether somebody may not write on a site, and nobody is to be told of their words."""
    return ban_answer()(person, site)
