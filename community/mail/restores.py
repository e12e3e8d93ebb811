"""After a restore from a backup nothing is sent again.

A row that waited when the backup was made may have been sent after that, and the restored database
cannot know. So the workers keep a mark in two places, here and in a file beside the database: when
they were last at work. The file is never ahead of its own database; where it is, the database is
an older one. A file that was copied back too tells nothing, and the system knows when it was made.
What tells of something before that mark is then held for a human to decide about.
"""

import threading
import time
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from community.outbox.models import Heartbeat

AT_WORK, RESTORED = "mail", "restored"
EVERY = timedelta(seconds=10)
# A silence that long may be a restore on a machine that knows nothing, unless the file says no.
SILENCE = timedelta(minutes=10)
MARGIN = 2 * EVERY


def look() -> datetime | None:
    """What is older may have been sent already; None while this database was never restored."""
    marks = dict(Heartbeat.objects.filter(name__in=[AT_WORK, RESTORED]).values_list("name", "at"))
    here, there, now = marks.get(AT_WORK), noted(), timezone.now()
    if last := last_sign(here, there, now):
        note(RESTORED, last + MARGIN)
        marks[RESTORED] = last + MARGIN
    if last or here is None or here < now - EVERY:
        write(note(AT_WORK, now))
    return marks.get(RESTORED)


def last_sign(here: datetime | None, there: datetime | None, now: datetime) -> datetime | None:
    """When workers were last at work before a restore; None if there was none."""
    if here is None:
        return None  # a new database
    if there and there > here:
        return there
    is_the_same = there is not None and here - there <= MARGIN
    return here if here < now - SILENCE and not is_the_same else None


def note(name: str, at: datetime) -> datetime:
    """Move a mark on, never back; where it stands now."""
    mark, _made = Heartbeat.objects.get_or_create(name=name, defaults={"at": at})
    Heartbeat.objects.filter(name=name, at__lt=at).update(at=at)
    return max(mark.at, at)


def file() -> Path:
    """Where the mark lies outside the database."""
    return Path(settings.DATA_DIR) / "last-e-mail"


def noted() -> datetime | None:
    """The mark outside the database, if it can be read and is no copy."""
    with suppress(OSError, ValueError):
        mark, written = file().read_text().split()
        if abs(file().stat().st_ctime - float(written)) < MARGIN.total_seconds():
            return datetime.fromisoformat(mark)
    return None


def write(mark: datetime) -> None:
    """Keep the mark outside the database too; without it, long silences are taken for restores."""
    unfinished = file().with_suffix(f".{threading.get_ident()}")
    with suppress(OSError):
        unfinished.write_text(f"{mark.isoformat()} {time.time()}")
        unfinished.replace(file())
