"""Who wants to hear of what, and each e-mail that follows from it."""

import math
import uuid
from datetime import datetime
from typing import Self

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from community.accounts.models import Person
from community.comments.models import Comment
from community.mail.models import MailState, Posting, PostingQuerySet
from community.sites.models import Site

# In so many digests that fail, a part is tried.
MOST_FAILURES = 3


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


class Pace(models.TextChoices):
    """How soon somebody wants to hear."""

    AT_ONCE = "at-once", _("at once")
    HOURLY = "hourly", _("once an hour, together")
    DAILY = "daily", _("once a day, together")
    WEEKLY = "weekly", _("once a week, together")


class Timing(models.Model):
    """When a contact wants e-mails; whoever never chose has no row."""

    contact = models.OneToOneField(
        "community.Contact", primary_key=True, on_delete=models.CASCADE, related_name="timing"
    )
    # For what is asked for from now on; each wish keeps its own.
    pace = models.CharField(max_length=10, choices=Pace.choices, default=Pace.AT_ONCE)
    # Full hours in `zone`; the same hour twice means never.
    quiet_from = models.PositiveSmallIntegerField(default=0)
    quiet_until = models.PositiveSmallIntegerField(default=0)
    zone = models.CharField(max_length=50, default="UTC")
    most_a_day = models.PositiveSmallIntegerField(default=25)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(quiet_from__lt=24, quiet_until__lt=24, most_a_day__gte=1),
                name="timing_can_be_kept",
            )
        ]

    def __str__(self) -> str:
        return f"timing of contact {self.contact_id}"


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


class Mute(models.Model):
    """No e-mail to this contact about a thread, or about anything that a person says."""

    contact = models.ForeignKey("community.Contact", on_delete=models.CASCADE, related_name="mutes")
    thread = models.ForeignKey(
        "community.Thread", null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    person = models.ForeignKey(
        "community.Person", null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    # How the muted person was called: a list of persons without names could not be read.
    name = models.CharField(max_length=50, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["contact", "thread"],
                condition=models.Q(thread__isnull=False),
                name="one_mute_per_thread",
            ),
            models.UniqueConstraint(
                fields=["contact", "person"],
                condition=models.Q(person__isnull=False),
                name="one_mute_per_person",
            ),
            models.CheckConstraint(
                condition=models.Q(thread=None, person__isnull=False)
                | models.Q(thread__isnull=False, person=None),
                name="mute_of_thread_or_person",
            ),
        ]

    def __str__(self) -> str:
        return f"mute of contact {self.contact_id}"


class Kind(models.TextChoices):
    """Why someone gets an e-mail about a comment; the first that fits is told in it."""

    PUBLISHED = "published"
    REPLY = "reply"
    MENTION = "mention"
    FOLLOWED = "followed"  # an answer to a comment one follows
    ARTICLE = "article"
    AUTHOR = "author"
    TOPIC = "topic"
    THREAD = "thread"


class Unwanted(models.TextChoices):
    """Why an e-mail was not sent though it was once to be: the `reason` of a skipped row."""

    COMMENT = "comment-not-public"
    ARTICLE = "article-not-public"
    STOPPED = "stopped"
    PAUSED = "address-paused"
    THREAD_MUTED = "thread-muted"
    PERSON_MUTED = "person-muted"
    BANNED = "author-banned"
    SEEN = "seen"  # its reader has seen the comment on the site
    LATE = "too-late"  # nobody wants it any more; or a backup brought it back
    NOTHING_LEFT = "nothing-left"  # of a digest: every part of it was unwanted


class Delay(models.TextChoices):
    """Why an e-mail did not go alone and at once, though it may have gone since."""

    ASKED = "asked"  # its receiver wants several together
    GATHERED = "gathered"  # another one about the same thread had just gone
    QUIET = "quiet"  # their quiet hours
    CAP = "cap"  # they had had enough that day


class DigestQuerySet(PostingQuerySet["Digest"]):
    """Digests by whether something can still join them."""

    def open(self) -> Self:
        """Not begun: what is to be told may still be put in."""
        return self.waiting().filter(begun_at=None)


class DeliveryQuerySet(PostingQuerySet["Delivery"]):
    """E-mails about comments."""

    def gathered(self) -> Self:
        """What is told together with others, and still to be told."""
        return self.filter(state=MailState.GATHERED)


class Digest(Posting):
    """One e-mail that tells a contact of several comments. Its parts are ended with it.

    Until it is begun, parts join it; from then on every try has the same parts.
    """

    contact = models.ForeignKey(
        "community.Contact", on_delete=models.CASCADE, related_name="digests"
    )
    site = models.ForeignKey("community.Site", on_delete=models.CASCADE, related_name="+")
    pace = models.CharField(max_length=10, choices=Pace.choices)
    # Set where replies in one thread are gathered within minutes.
    thread = models.ForeignKey(
        "community.Thread", null=True, on_delete=models.CASCADE, related_name="+"
    )
    # In its Message-ID: a restored database counts its ids anew.
    key = models.UUIDField(default=uuid.uuid4, unique=True)
    begun_at = models.DateTimeField(null=True)

    objects = DigestQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["due", "id"], condition=models.Q(state="waiting"), name="digests_to_send"
            ),
            models.Index(
                fields=["contact", "begun_at"],
                condition=models.Q(begun_at__isnull=False),
                name="digests_of_a_day",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["contact", "site", "pace"],
                condition=models.Q(thread=None, begun_at=None, state="waiting"),
                name="one_open_digest",
            ),
            models.UniqueConstraint(
                fields=["contact", "thread"],
                condition=models.Q(thread__isnull=False, begun_at=None, state="waiting"),
                name="one_open_digest_of_thread",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pace} digest to contact {self.contact_id}"

    @property
    def fact_at(self) -> datetime:
        """When it may first have left: before its time it cannot have."""
        return self.begun_at or self.due

    @transaction.atomic
    def settle(self, **changes: object) -> bool:
        """Write the end of this attempt; what ends the digest ends its parts in the same moment."""
        settled = super().settle(**changes)
        if settled and "state" in changes:
            self.end_parts(MailState(str(changes["state"])))
        return settled

    def end_parts(self, state: MailState) -> None:
        """Mark what was told, now that it is out; what failed waits for the next digest."""
        parts = self.parts.filter(state=MailState.GATHERED)
        if state == MailState.FAILED:
            given_up = parts.filter(failures__gte=MOST_FAILURES)
            given_up.update(state=state, finished_at=timezone.now())
            parts.update(digest=None, failures=models.F("failures") + 1)
        elif state != MailState.SKIPPED:
            parts.update(state=state, finished_at=timezone.now())


class Delivery(Posting):
    """One e-mail to one contact about one comment, whatever the number of reasons."""

    contact = models.ForeignKey(
        "community.Contact", on_delete=models.CASCADE, related_name="deliveries"
    )
    comment = models.ForeignKey(
        "community.Comment", on_delete=models.CASCADE, related_name="deliveries"
    )
    kind = models.CharField(max_length=10, choices=Kind.choices)
    subscription = models.ForeignKey(Subscription, on_delete=models.CASCADE, related_name="+")
    pace = models.CharField(max_length=10, choices=Pace.choices, default=Pace.AT_ONCE)
    # Why it did not go alone and at once, and the e-mail it is a part of.
    delay = models.CharField(max_length=10, choices=Delay.choices, blank=True)
    digest = models.ForeignKey(
        Digest, null=True, on_delete=models.SET_NULL, related_name="parts", db_index=False
    )
    # How many digests with it could not be delivered.
    failures = models.PositiveSmallIntegerField(default=0)
    # When it had its turn to leave alone; what follows within minutes is gathered.
    begun_at = models.DateTimeField(null=True)
    # When its reader saw the comment on the site.
    seen_at = models.DateTimeField(null=True)
    # When it was last found that it may leave, by the clock of this process; never stored.
    cleared_at = -math.inf

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "deliveries"
        indexes = [
            models.Index(fields=["contact", "-id"], name="news_page"),
            models.Index(
                fields=["contact", "-id"],
                condition=models.Q(seen_at=None),
                name="news_unread",
            ),
            models.Index(
                fields=["digest"],
                condition=models.Q(digest__isnull=False),
                name="parts_of_digest",
            ),
            models.Index(
                fields=["id"],
                condition=models.Q(state="gathered", digest=None),
                name="deliveries_to_gather",
            ),
            models.Index(
                fields=["contact", "begun_at"],
                condition=models.Q(begun_at__isnull=False),
                name="deliveries_of_a_day",
            ),
            models.Index(
                fields=["due", "id"],
                condition=models.Q(state="waiting"),
                name="deliveries_to_send",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["contact", "comment"], name="one_email_per_contact_and_comment"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} of comment {self.comment_id} to contact {self.contact_id}"

    @property
    def fact_at(self) -> datetime:
        """When the comment became public, however much later it was told of."""
        return self.comment.published_at or self.created_at
