"""Who wants to hear of what."""

from typing import Self

from django.db import models
from django.utils import timezone

from community.accounts.models import Person
from community.comments.models import Comment
from community.sites.models import Site
from community.subscriptions.models.timing import Pace


class Scope(models.TextChoices):
    """What a subscription is about."""

    OWN = "own"  # my comment is published or answered
    REPLIES = "replies"  # this comment, mine or not, is answered
    MINE = "mine"  # any of my comments on this site is answered
    MENTIONS = "mentions"  # somebody names me with @
    THREAD = "thread"  # every new comment here
    AUTHOR = "author"  # everything by this author
    BOARD = "board"  # new topics on this board
    ARTICLES = "articles"  # comments on the articles I wrote


# What each scope is about, by the columns that say it; all others stay empty.
ABOUT: dict[Scope, tuple[str, ...]] = {
    Scope.OWN: ("thread", "comment"),
    Scope.REPLIES: ("thread", "comment"),
    Scope.MINE: ("site",),
    Scope.MENTIONS: ("site",),
    Scope.THREAD: ("thread",),
    Scope.AUTHOR: ("site", "author"),
    Scope.BOARD: ("board",),
    Scope.ARTICLES: ("site",),
}
SUBJECTS = ("thread", "comment", "site", "author", "board")
# Those about a person alone: nobody asks for them with an address that is not yet theirs.
PERSONAL = (Scope.MINE, Scope.MENTIONS, Scope.ARTICLES)


def says_what_it_is_about() -> models.Q:
    """That a wish names what its scope needs, and nothing else."""
    whole = models.Q()
    for scope, names in ABOUT.items():
        empty = {f"{name}__isnull": name not in names for name in SUBJECTS}
        whole |= models.Q(scope=scope.value, **empty)
    return whole


class SubscriptionQuerySet(models.QuerySet["Subscription"]):
    """Subscriptions by whether they may cause an e-mail."""

    def active(self) -> Self:
        """Not ended by its owner."""
        return self.filter(ended_at=None)

    def entitled(self) -> Self:
        """Active, confirmed by the owner of the address, and the address well."""
        return self.active().filter(confirmed_at__isnull=False, contact__paused_at=None)

    def held_by(self, *people: Person | None) -> Self:
        """Those of these people, on whatever device they asked."""
        known = [person for person in people if person]
        contacts = {person.contact_id for person in known if person.contact_id}
        mine = models.Q(person__in=[person.pk for person in known])
        return self.filter(mine | models.Q(contact__in=contacts))

    def on(self, site: Site) -> Self:
        """Those about something on this site."""
        places = ("site", "thread__site", "board__site")
        return self.filter(models.Q(*((place, site) for place in places), _connector="OR"))

    def but_of(self, comment: Comment) -> Self:
        """Those of everyone but a comment's author: nobody is told of their own words."""
        confirmed = comment.person.contact_id if comment.person else None
        own = {contact for contact in (comment.contact_id, confirmed) if contact}
        author = models.Q(person=comment.person_id, person__isnull=False)
        return self.exclude(author).exclude(contact__in=own)

    def end(self) -> int:
        """Stop these; their number."""
        return self.active().update(ended_at=timezone.now())


class Subscription(models.Model):
    """One wish: e-mail this contact about something, which `ABOUT` names for each scope."""

    contact = models.ForeignKey(
        "community.Contact", on_delete=models.CASCADE, related_name="subscriptions"
    )
    thread = models.ForeignKey(
        "community.Thread",
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="subscriptions",
    )
    comment = models.ForeignKey(
        "community.Comment",
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="subscriptions",
    )
    site = models.ForeignKey(
        "community.Site", null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    # Whose words are followed.
    author = models.ForeignKey(
        "community.Person",
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="followers",
        db_index=False,
    )
    board = models.ForeignKey(
        "community.Board",
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="followers",
        db_index=False,
    )
    # Who asked: a wish counts once this person has proven that the address is theirs. Each has
    # their own, so that a stranger who types an address cannot disturb its owner's wish.
    person = models.ForeignKey(
        "community.Person", null=True, on_delete=models.SET_NULL, related_name="subscriptions"
    )
    scope = models.CharField(max_length=10, choices=Scope.choices)
    pace = models.CharField(max_length=10, choices=Pace.choices, default=Pace.AT_ONCE)
    # What became public after this number is news to them.
    since = models.PositiveBigIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)
    confirmed_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    objects = SubscriptionQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["thread", "contact"],
                condition=models.Q(scope="thread", ended_at=None),
                name="fan_out_of_thread",
            ),
            models.Index(
                fields=["author", "contact"],
                condition=models.Q(author__isnull=False),
                name="fan_out_of_author",
            ),
            models.Index(
                fields=["board", "contact"],
                condition=models.Q(board__isnull=False),
                name="fan_out_of_board",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["contact", "comment", "person"],
                condition=models.Q(scope="own"),
                name="one_wish_about_own_comment",
            ),
            models.UniqueConstraint(
                fields=["contact", "thread", "person"],
                condition=models.Q(scope="thread"),
                name="one_wish_about_thread",
            ),
            models.UniqueConstraint(
                fields=["contact", "comment", "person"],
                condition=models.Q(scope="replies"),
                name="one_wish_about_replies",
            ),
            models.UniqueConstraint(
                fields=["contact", "site", "author", "person"],
                condition=models.Q(scope="author"),
                name="one_wish_about_author",
            ),
            models.UniqueConstraint(
                fields=["contact", "board", "person"],
                condition=models.Q(scope="board"),
                name="one_wish_about_board",
            ),
            models.UniqueConstraint(
                fields=["contact", "site", "scope", "person"],
                condition=models.Q(scope__in=["mine", "mentions", "articles"]),
                name="one_wish_about_oneself",
            ),
            models.CheckConstraint(
                condition=says_what_it_is_about(), name="wish_says_what_it_is_about"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.scope} for contact {self.contact_id}"

    @property
    def home(self) -> Site:
        """The site on which it was asked for."""
        for place in (self.site, self.thread and self.thread.site, self.board and self.board.site):
            if place:
                return place
        raise ValueError("A wish stands on some site.")
