"""Filling an empty database with the demo, through the doors that readers use."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import cycle, islice
from urllib.parse import urlsplit

from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import F, Max, Min
from django.utils import timezone

from community.accounts.models import User
from community.articles import services as articles
from community.articles.models import Article, Picture
from community.comments import lifecycle, services
from community.comments.models import Comment
from community.comments.rendering import render
from community.comments.screening import Draft, Sender
from community.comments.words import fingerprint, normalise
from community.demo import desk
from community.demo.material import Piece, Remark, Shelf, Topic, pieces, read, shelves
from community.demo.people import MODERATOR, Cast, add_passers_by
from community.outbox.models import Job, JobState
from community.pages import submission
from community.sites.models import Site
from community.subscriptions import services as subscriptions
from community.threads import services as threads
from community.threads.models import Board, Thread
from community.votes import services as votes

PASSERS_BY = 40
UNTIL_EDITED = timedelta(minutes=4)
UNTIL_DECIDED = timedelta(hours=2)


@dataclass
class Talk:
    """A thread that is being filled; its comments by the names they have in the material."""

    thread: Thread
    remarks: list[Remark]
    pinned: bool = False
    closed: float | None = None
    comments: dict[str, Comment] = field(default_factory=dict)


def exists() -> bool:
    """Whether the demo was written here before."""
    return User.objects.filter(email=MODERATOR).exists()


@transaction.atomic
def seed(address: str) -> None:
    """Write the whole demo for a site at this address, or nothing."""
    facts = read("site.toml")
    site = Site.objects.create(
        name=facts["name"],
        base_url=address,
        host=urlsplit(address).netloc,
        forum_enabled=facts["forum_enabled"],
    )
    desk.set_rules(site, facts["rules"])
    stage = Stage(site)
    stage.fill([*stage.publish_all(pieces()), *stage.open_all(shelves())], facts["followers"])
    calm(site)


def move_to(address: str) -> None:
    """Let the demo's e-mails lead to where it is now: another start may use another port."""
    Site.objects.filter(memberships__user__email=MODERATOR).update(
        base_url=address, host=urlsplit(address).netloc
    )


def calm(site: Site) -> None:
    """Send no e-mails about what is told as long past; the newest publication stays news."""
    past = Comment.objects.filter(site=site, publication__isnull=False)
    newest = past.order_by("-published_at").values_list("pk", flat=True)[0]
    past.exclude(pk=newest).update(announced_at=F("published_at"))
    jobs = Job.objects.open().filter(name__in=["announce", "moderation.statement"])
    jobs.exclude(key=lifecycle.announcement_key(newest)).update(
        state=JobState.DONE, finished_at=timezone.now()
    )


class Stage:
    """One site, its people, and the moment from which all days are counted back."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.now = timezone.now()
        self.cast = Cast(site)
        self.moderator = User.objects.get(email=MODERATOR)

    def at(self, ago: float) -> datetime:
        """The time so many days ago."""
        return self.now - timedelta(days=ago)

    # Where people talk

    def publish_all(self, pieces: list[Piece]) -> list[Talk]:
        """All articles; each opens its thread."""
        return [
            Talk(threads.of_article(self.publish(piece)), piece.remarks, closed=piece.closed)
            for piece in pieces
        ]

    def publish(self, piece: Piece) -> Article:
        """One article with its pictures."""
        article = Article(
            site=self.site,
            slug=piece.slug,
            title=piece.title,
            summary=piece.summary,
            text=piece.text,
            author_name=piece.by,
            author=self.cast[piece.by].user,
            published_at=self.at(piece.ago),
        )
        articles.save(article, piece.tags)
        for position, picture in enumerate(piece.pictures, start=1):
            Picture.objects.create(
                article=article,
                image=ContentFile(picture.content, picture.file),
                alt=picture.alt,
                caption=picture.caption,
                position=position,
            )
        return article

    def open_all(self, shelves: list[Shelf]) -> Iterator[Talk]:
        """All boards with their topics."""
        for position, shelf in enumerate(shelves, start=1):
            board = Board.objects.create(
                site=self.site,
                name=shelf.name,
                slug=shelf.slug,
                description=shelf.description,
                position=position,
            )
            yield from (self.open_topic(board, topic) for topic in shelf.topics)

    def open_topic(self, board: Board, topic: Topic) -> Talk:
        """A topic that nobody sees until its first comment is public."""
        starter = self.cast[topic.remarks[0].by]
        thread = threads.new_topic(board, topic.title, starter.name)
        thread.started_by = starter.person
        thread.save()
        return Talk(thread, topic.remarks, topic.pinned, topic.closed)

    # What happens there

    def fill(self, talks: list[Talk], followers: dict[str, str]) -> None:
        """Let everybody speak in the order of time, vote, and let moderators do their part."""
        for slug, name in followers.items():
            self.follow(Thread.objects.get(article__slug=slug, site=self.site), name)
        scenes = [(talk, remark) for talk in talks for remark in talk.remarks]
        scenes.sort(key=lambda scene: -scene[1].ago)
        spoken = []
        for talk, remark in scenes:
            with desk.dated(self.at(remark.ago)):
                spoken.append((self.speak(talk, remark), remark))
        self.vote(spoken)
        for comment, remark in spoken:
            with desk.dated(self.at(remark.ago) + UNTIL_DECIDED):
                self.settle(comment, remark)
        for talk in talks:
            self.round_off(talk)

    def follow(self, thread: Thread, name: str) -> None:
        """Someone wants to hear of every comment there."""
        person = self.cast[name].person
        if person and person.contact:
            subscriptions.follow_thread(thread, person.contact, person)

    def speak(self, talk: Talk, remark: Remark) -> Comment:
        """Post one comment, as old as it is told to be."""
        talk.thread.refresh_from_db()
        draft = self.draft_of(talk, remark, remark.first or remark.words)
        comment = self.submit(draft, remark) if remark.is_judged else publish(draft)
        if remark.first:
            services.edit(
                comment, self.draft_of(talk, remark, remark.words, comment), seen=comment.version
            )
        if not remark.is_judged:
            submission.note_wish(comment, remark.wish)
        set_back(comment, self.at(remark.ago))
        talk.comments[remark.id] = comment
        return comment

    def submit(self, draft: Draft, remark: Remark) -> Comment:
        """Post it the way the form does, past the rules of the site."""
        return submission.submit(draft, follow=remark.wish)

    def draft_of(
        self, talk: Talk, remark: Remark, words: str, comment: Comment | None = None
    ) -> Draft:
        """What someone says, or what they make of what they said before."""
        viewer = self.cast[remark.by]
        source = normalise(words)
        return Draft(
            site=self.site,
            thread=talk.thread,
            parent=talk.comments[remark.to] if remark.to else None,
            viewer=viewer,
            name=viewer.name,
            email=self.cast.typed_address(remark.by),
            url="",
            source=source,
            rendered=render(source),
            fingerprint=fingerprint(source),
            sender=Sender(),
            comment=comment,
        )

    def vote(self, spoken: list[tuple[Comment, Remark]]) -> None:
        """Give every comment its votes, from other people each time."""
        people = [*self.cast.people(), *add_passers_by(PASSERS_BY)]
        for start, (comment, remark) in enumerate(spoken):
            ups, downs = remark.votes
            others = [person for person in people if person.pk != comment.person_id]
            voters = islice(cycle(others), start, start + ups + downs)
            for number, person in enumerate(voters):
                votes.press(comment, person, 1 if number < ups else -1)

    def settle(self, comment: Comment, remark: Remark) -> None:
        """What its author or a moderator did about a comment later."""
        comment.refresh_from_db()
        if remark.pinned:
            threads.pin_comment(comment.thread, comment.pk)
        if remark.deleted:
            services.delete(comment)
        if remark.approved:
            desk.decide(comment, "approve", by=self.moderator)
        if reason := remark.removed or remark.rejected:
            act = "remove" if remark.removed else "reject"
            desk.decide(comment, act, by=self.moderator, reason=reason)

    def round_off(self, talk: Talk) -> None:
        """Pin and close what is told to be, and let the thread be as old as its comments."""
        if talk.closed is not None:
            threads.change(talk.thread, closed_at=self.at(talk.closed))
        threads.pin(talk.thread, talk.pinned)
        times = talk.thread.comments.aggregate(first=Min("created_at"), last=Max("published_at"))
        talk.thread.created_at = times["first"]
        talk.thread.last_activity = times["last"] or times["first"]
        talk.thread.save(update_fields=["created_at", "last_activity"])


def publish(draft: Draft) -> Comment:
    """Post what has long been published and found good by the rules of its day."""
    comment = services.store(draft)
    desk.find_good(comment)
    return comment


def set_back(comment: Comment, at: datetime) -> None:
    """Let a comment be from that time, with all that was noted about it."""
    Comment.objects.filter(pk=comment.pk).update(
        created_at=at,
        published_at=at if comment.publication else None,
        edited_at=at + UNTIL_EDITED if comment.edited_at else None,
    )
    comment.revisions.update(replaced_at=at + UNTIL_EDITED)
    desk.set_back(comment, at)
