"""What stands on a card, and who wrote it."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Prefetch, Q, prefetch_related_objects

from community.comments.models import Comment, CommentQuerySet
from community.prepared import Numbers, Prepared
from community.sites.models import Site
from moderation import sanctions
from moderation.models import Note, Opinion, Report
from moderation.queue.lists import LISTS


@dataclass(frozen=True)
class History:
    """What became of an author's comments on one site, and whether they are blocked there."""

    published: int = 0
    waiting: int = 0
    rejected: int = 0
    spam: int = 0
    is_blocked: bool = False


def cards_at(ids: list[int], among: CommentQuerySet | None = None) -> list[Comment]:
    """The cards of these comments, in this order."""
    found = {row.pk: row for row in (CARDS.all(ids=ids) if among is None else at(among, ids))}
    rows = [found[pk] for pk in ids if pk in found]
    add_surroundings(rows)
    add_notes(rows)
    return rows


def at(among: CommentQuerySet, ids: list[int] | Numbers) -> CommentQuerySet:
    """Comments with their place and author, without the long texts that no card shows."""
    related = ("site", "thread__article", "thread__board", "parent", "person")
    rows = among.filter(pk__in=ids).select_related(*related)
    return rows.defer(
        "site__house_rules",
        "site__privacy",
        "thread__article__text",
        "thread__article__html",
        "parent__body_html",
    )


CARDS = Prepared[Comment](lambda ids: at(Comment.objects.all(), ids), Numbers("ids"))


def add_surroundings(rows: list[Comment]) -> None:
    """Give each comment what else a card shows: `current_opinions`, `reports`, `checks`."""
    opinions = Prefetch("opinions", Opinion.objects.current(), to_attr="current_opinions")
    reports = Prefetch("reports", Report.objects.select_related("person").order_by("-is_illegal"))
    prefetch_related_objects(rows, opinions, reports, "checks")


def add_notes(comments: list[Comment]) -> None:
    """Give each comment its `known_notes`: those on itself and those on its author, oldest first.

    A note on one comment of an author stays with that comment.
    """
    people = {row.person_id for row in comments if row.person_id}
    about = Q(comment__in=comments) | Q(comment=None, person__in=people)
    notes = list(Note.objects.filter(about).select_related("by"))
    for row in comments:
        row.known_notes = [note for note in notes if is_about(note, row)]  # type: ignore[attr-defined]


def is_about(note: Note, comment: Comment) -> bool:
    """Whether this note stands on the card of this comment."""
    if note.comment_id is not None:
        return note.comment_id == comment.pk
    return note.site_id == comment.site_id and note.person_id == comment.person_id


def author_history(comments: Iterable[Comment]) -> dict[tuple[int, int], History]:
    """By site and person: what the comments of these authors came to."""
    people: dict[Site, set[int]] = defaultdict(set)
    for row in comments:
        if row.person_id is not None:
            people[row.site].add(row.person_id)
    return {
        (site.pk, person): history
        for site, ids in people.items()
        for person, history in histories(site, ids).items()
    }


def histories(site: Site, people: set[int]) -> dict[int, History]:
    """What these people's comments on one site came to, in three queries for any number of them."""
    rows = Comment.objects.filter(site=site, person__in=people)
    numbers: dict[int, dict[str, int]] = defaultdict(dict)
    grouped = rows.values_list("person_id", "status").annotate(Count("pk")).order_by()
    for person, status, number in grouped:
        numbers[person][status] = number
    blocked = sanctions.sanctioned_among(site, people)
    return {pk: history_of(numbers[pk], is_blocked=pk in blocked) for pk in people}


def history_of(numbers: dict[str, int], *, is_blocked: bool) -> History:
    """The numbers of one author, by the name of the list."""
    found = {name: numbers.get(status, 0) for name, status in LISTS.items()}
    return History(**found, is_blocked=is_blocked)
