"""Bringing an export into a site, step by step, so that it can stop and go on anywhere."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from django.db import transaction

from community.comments.models import Status
from community.comments.words import BadText
from community.portability.wordpress import articles, comments
from community.portability.wordpress.comments import Arrival
from community.portability.wordpress.people import People
from community.portability.wordpress.places import Places
from community.portability.wordpress.reader import Source, read
from community.portability.wordpress.report import Count, Report
from community.portability.wordpress.values import (
    CommentKind,
    ExportedComment,
    ExportedPost,
    ExportedSite,
    Survey,
)
from community.sites.models import Site
from community.threads.models import Thread

BATCH = 1000
_COUNTS = {
    Status.PUBLISHED: Count.PUBLISHED,
    Status.HELD: Count.HELD,
    Status.SPAM: Count.SPAM,
    Status.REJECTED: Count.REJECTED,
}
_LEFT_OUT = {
    CommentKind.PINGBACK: Count.PINGBACK,
    CommentKind.TRACKBACK: Count.PINGBACK,
    CommentKind.OTHER: Count.BY_PLUGIN,
}


@dataclass(frozen=True)
class Options:
    """What an import may do; a dry run only looks and counts."""

    pingbacks: bool = False
    dry_run: bool = False


@dataclass
class Progress:
    """How far an import has come: so many whole posts, so many comments of the next one."""

    posts: int = 0
    comments: int = 0
    # Posts and comments behind us; `size_of` says how many there are.
    done: int = 0
    report: Report = field(default_factory=Report)


def size_of(survey: Survey) -> int:
    """How many posts, pages and comments there are to look at."""
    parts = (survey.posts, survey.pages, survey.comments, survey.left_out)
    return sum(sum(part.values()) for part in parts)


@dataclass
class Importer:
    """Imports one file into one site. The file must have been surveyed, so that it is whole.

    `keep` is called inside the transaction of each step with what is then true.
    """

    source: Source
    blog: ExportedSite
    site: Site
    options: Options = Options()
    progress: Progress = field(default_factory=Progress)
    keep: Callable[[Progress], None] = lambda _progress: None

    def __post_init__(self) -> None:
        self._people = People(self.site)

    def steps(self) -> Iterator[Progress]:
        """Go on from where the progress says; one transaction before each pause.

        Whatever was imported before, by this or another run, is left as it is.
        """
        for index, post in enumerate(read(self.source)):
            if index >= self.progress.posts:
                yield from self._import_post(post)

    def run(self) -> Report:
        """All steps at once; what was done."""
        for _progress in self.steps():
            pass
        return self.progress.report

    def _import_post(self, post: ExportedPost) -> Iterator[Progress]:
        if articles.is_deleted(post):
            yield self._leave_out(post)
            return
        branches = _Branches(post, self.progress.comments)
        is_finished = False
        while not is_finished:
            is_finished = self._import_batch(post, branches)
            yield self.progress

    def _leave_out(self, post: ExportedPost) -> Progress:
        self.progress.report.note(Count.DELETED_POST)
        self.progress.report.note(Count.UNDER_DELETED, len(post.comments))
        self._advance(post, len(post.comments))
        self.keep(self.progress)
        return self.progress

    def _import_batch(self, post: ExportedPost, branches: "_Branches") -> bool:
        """Import the next comments of a post, before the first ones its article; is that all?"""
        start = self.progress.comments
        batch = post.comments[start : start + BATCH]
        thread = articles.thread_of(self.site, articles.key_of(post, self.blog))
        wanted = self._wanted(batch)
        known = comments.known_numbers(thread, wanted)
        self.progress.report.note(Count.KNOWN_COMMENT, len(known))
        new = [comment for comment in wanted if comment.number not in known]
        if self.options.dry_run:
            self._count(post, new, is_known=thread is not None)
            return self._finish_batch(post, len(batch))
        arrivals = list(self._arrivals(new))
        with transaction.atomic():
            if thread is None:
                branches.stand_alone()
            if thread is None or start == 0:
                thread = articles.take_over(post, self.site, self.blog, self.progress.report)
            self._store(thread, arrivals, branches)
            return self._finish_batch(post, len(batch))

    def _wanted(self, batch: tuple[ExportedComment, ...]) -> list[ExportedComment]:
        """What people said, and pingbacks if they are asked for."""
        kept = {CommentKind.COMMENT}
        if self.options.pingbacks:
            kept |= {CommentKind.PINGBACK, CommentKind.TRACKBACK}
        for comment in batch:
            if comment.kind not in kept:
                self.progress.report.note(_LEFT_OUT[comment.kind])
        return [comment for comment in batch if comment.kind in kept]

    def _arrivals(self, new: list[ExportedComment]) -> Iterator[Arrival]:
        for comment in new:
            try:
                yield comments.arrival_of(comment)
            except BadText:
                self.progress.report.note(Count.WORDLESS)

    def _count(self, post: ExportedPost, new: list[ExportedComment], *, is_known: bool) -> None:
        """Note what importing these would do."""
        report = self.progress.report
        if self.progress.comments == 0:
            report.note(Count.KNOWN_ARTICLE if is_known else Count.NEW_ARTICLE)
            if not is_known:
                articles.note_content(post, report)
        for comment in new:
            try:
                comments.body_of(comment)
            except BadText:
                report.note(Count.WORDLESS)
            else:
                report.note(_COUNTS[comments.STATUSES[comment.status]])

    def _store(self, thread: Thread, arrivals: list[Arrival], branches: "_Branches") -> None:
        if not arrivals:
            return
        places, parents = branches.places_in(thread), branches.parents
        made = comments.store(thread, arrivals, parents=parents, places=places, people=self._people)
        report = self.progress.report
        for comment in made:
            report.note(_COUNTS[Status(comment.status)])
        report.note(Count.KNOWN_COMMENT, len(arrivals) - len(made))
        report.note(Count.CROWDED, places.take_crowded())

    def _finish_batch(self, post: ExportedPost, count: int) -> bool:
        self._advance(post, count)
        self.keep(self.progress)
        return self.progress.comments == 0

    def _advance(self, post: ExportedPost, count: int) -> None:
        progress = self.progress
        progress.comments += count
        progress.done += count
        if progress.comments >= len(post.comments):
            progress.posts += 1
            progress.done += 1
            progress.comments = 0


class _Branches:
    """What the comments of one post share while they are stored batch by batch."""

    def __init__(self, post: ExportedPost, start: int) -> None:
        self.parents = {comment.number: comment.parent for comment in post.comments}
        self._coming = post.comments[start:]
        self._places: Places | None = None

    def stand_alone(self) -> None:
        """Nothing else is in this thread, so nothing need be looked for."""
        self._places = Places()

    def places_in(self, thread: Thread) -> Places:
        """The places among what was in the thread before; looked for only when needed."""
        if self._places is None:
            since = min(comment.created_at for comment in self._coming)
            self._places = Places(coming=len(self._coming))
            self._places.look_at(thread, since)
        return self._places
