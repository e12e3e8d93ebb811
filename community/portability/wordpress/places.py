"""Where imported comments stand among those that were here before them."""

from bisect import bisect_right
from collections import defaultdict
from datetime import datetime

from django.db.models import F, Q

from community.comments.models import PLACE_BITS, Comment, place_of
from community.comments.services import path_below
from community.threads.models import Thread

# Those who share the path above them: the neighbours among whom a place decides.
Group = tuple[int | None, bytes]


class Places:
    """Gives places by date. A comment newer than all its neighbours gets that of its id.

    An older one gets a place just below the first neighbour that is newer. Living comments have
    whole slots of 2^20 places, so the slot below is free but for what was imported before.
    """

    def __init__(self, coming: int = 0) -> None:
        """`coming` comments will ask."""
        self._crowded = 0
        self._coming = coming
        # Of each group in the order of places: the newest date up to there, and the place.
        self._rows: defaultdict[Group, list[tuple[datetime, int]]] = defaultdict(list)

    def look_at(self, thread: Thread, since: datetime) -> None:
        """Remember what stands in a thread and may be newer than someone who comes."""
        newer = Q(created_at__gt=since)
        between = ~Q(place=F("id") * (1 << PLACE_BITS))
        rows = Comment.objects.filter(newer | between, thread=thread).order_by("place")
        for root, path, place, date in rows.values_list(
            "root", "path", "place", "created_at"
        ).iterator():
            known = self._rows[root, bytes(path)[:-8]]
            known.append((max(known[-1][0], date) if known else date, place or 0))

    def of(self, comment: Comment, parent: Comment | None) -> int:
        """The place of a comment that has its id, root and date; ask in the order of dates."""
        share = max(1, self._coming)
        self._coming -= 1
        rows = self._rows.get((comment.root_id, path_below(parent, 0)[:-8]), [])
        at = bisect_right(rows, comment.created_at, key=lambda row: row[0])
        if at == len(rows):
            return place_of(comment.pk)
        below = rows[at - 1][1] if at else 0
        place = self._between(below, rows[at][1], share)
        if place is None:
            return place_of(comment.pk)
        rows.insert(at, (comment.created_at, place))
        return place

    def _between(self, below: int, above: int, share: int) -> int | None:
        """A place that leaves half of the room to what a later import brings."""
        low = max(below, (above - 1) >> PLACE_BITS << PLACE_BITS)
        if above - low < 2:
            self._crowded += 1
            return None
        return low + max(1, (above - low) // (2 * share))

    def take_crowded(self) -> int:
        """How many found no room since the last time and stand at the end."""
        crowded, self._crowded = self._crowded, 0
        return crowded
