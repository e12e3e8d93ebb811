"""Imports in the browser: a file is taken in, looked at, imported in slices, forgotten."""

import os
import secrets
import time
from collections.abc import Iterator
from datetime import timedelta

from django.core.files.uploadedfile import UploadedFile
from django.db import OperationalError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from community.accounts.models import User
from community.comments.words import excerpt
from community.outbox import services as outbox
from community.outbox.handlers import Later, Payload
from community.outbox.models import Job
from community.portability.models import Import, State, folder
from community.portability.wordpress.importer import Importer, Options, Progress, size_of
from community.portability.wordpress.report import Report
from community.portability.wordpress.values import BrokenExport, ExportedSite, Survey
from community.sites.models import Site

# A worker holds a job for a minute; what it does must end well before, then go on.
SLICE_SECONDS = 20.0
# What fits into this is done while the browser waits.
AT_ONCE_SECONDS = 4.0
PAUSE = timedelta(seconds=1)
AFTER_TROUBLE = timedelta(seconds=10)


@transaction.atomic
def take_in(
    upload: "UploadedFile[bytes]", survey: Survey, *, site: Site, by: User | None, pingbacks: bool
) -> Import:
    """Keep a surveyed file to be looked at; those looked at before and not imported go."""
    for earlier in Import.objects.filter(site=site, state__in=[State.LOOKING, State.READY]):
        discard(earlier)
    return Import.objects.create(
        site=site,
        started_by=by,
        name=excerpt(upload.name or "", 200),
        kept_as=keep_file(upload),
        blog_title=excerpt(survey.site.title, 200),
        blog_url=survey.site.url[:500],
        pingbacks=pingbacks,
        size=size_of(survey),
        problems=[str(problem) for problem in survey.problems],
    )


def keep_file(upload: "UploadedFile[bytes]") -> str:
    """Copy an upload into our folder, readable by us alone; its random name there."""
    name = f"{secrets.token_hex(16)}.xml"
    descriptor = os.open(folder() / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as kept:
        kept.writelines(upload.chunks())
    return name


def look(row: Import) -> None:
    """Find out what an import would do: at once if that is quick, else by a worker."""
    if not work_on(row, AT_ONCE_SECONDS):
        enqueue(row)


def start(row: Import) -> bool:
    """Begin an import, or go on with one that stopped; False while another one runs here."""
    with transaction.atomic():
        Site.objects.select_for_update().get(pk=row.site_id)
        others = Import.objects.filter(site=row.site_id, state=State.RUNNING).exclude(pk=row.pk)
        if others.exists():
            return False
        Import.objects.filter(pk=row.pk, state=State.READY).update(
            state=State.RUNNING, posts=0, comments=0, done=0, report={}
        )
        row.refresh_from_db()
        if row.is_working:
            enqueue(row)
    return True


def enqueue(row: Import) -> None:
    """Have a worker go on with an import, unless one has that duty already."""
    outbox.enqueue("import", {"import": row.pk}, key=job_key(row))


def job_key(row: Import) -> str:
    """The name of the duty to go on with an import."""
    return f"import:{row.pk}"


def has_stopped(row: Import) -> bool:
    """Whether it is unfinished and no worker will go on with it by itself."""
    return row.is_working and not Job.objects.open().filter(key=job_key(row)).exists()


def go_on(payload: Payload) -> None:
    """The worker's part: one slice; raises Later while there is more."""
    row = Import.objects.filter(pk=payload["import"]).first()
    if row is None or not row.is_working:
        return
    try:
        finished = work_on(row, SLICE_SECONDS)
    except OperationalError as error:
        # A job that fails eight times is put aside, and a long import has more slices than that.
        raise Later(AFTER_TROUBLE, "the database was busy or away") from error
    if not finished:
        raise Later(PAUSE)


def work_on(row: Import, seconds: float) -> bool:
    """Look or import for about so many seconds, not counting the way to where it stopped.

    Whether that was the end.
    """
    try:
        finished = work_until(importer_of(row).steps(), seconds)
    except (BrokenExport, FileNotFoundError) as error:
        fail(row, error)
        return True
    if finished:
        finish(row)
    return finished


def work_until(steps: Iterator[object], seconds: float) -> bool:
    """Take steps until there are no more or the time is over; whether there are no more."""
    deadline = float("inf")
    for _step in steps:
        now = time.monotonic()
        deadline = min(deadline, now + seconds)
        if now >= deadline:
            return False
    return True


def importer_of(row: Import) -> Importer:
    """An importer that goes on where this import stands and writes down how far it comes."""
    return Importer(
        source=row.path,
        blog=ExportedSite(row.blog_title, row.blog_url),
        site=row.site,
        options=Options(pingbacks=row.pingbacks, dry_run=row.state == State.LOOKING),
        progress=Progress(row.posts, row.comments, row.done, Report.of(row.report)),
        keep=lambda progress: write_down(row, progress),
    )


def write_down(row: Import, progress: Progress) -> None:
    """Note how far an import has come, in the transaction that brought it there."""
    row.posts, row.comments, row.done = progress.posts, progress.comments, progress.done
    row.report = dict(progress.report.numbers)
    row.save(update_fields=["posts", "comments", "done", "report"])


def finish(row: Import) -> None:
    """Note that a dry run or an import has come to its end; the file is not needed after that."""
    if row.state == State.LOOKING:
        row.state = State.READY
        row.save(update_fields=["state"])
    else:
        row.state, row.finished_at = State.DONE, timezone.now()
        forget_file(row)
        row.save(update_fields=["state", "finished_at", "kept_as"])


def fail(row: Import, error: Exception) -> None:
    """Note why an import cannot go on."""
    missing = _("The file is gone. Web server and worker must share one DATA_DIR.")
    row.error = missing if isinstance(error, FileNotFoundError) else str(error)[:300]
    row.state = State.FAILED
    forget_file(row)
    row.save(update_fields=["state", "error", "kept_as"])


def discard(row: Import) -> None:
    """Forget an import and its file; what it has brought in stays."""
    row.delete()
    forget_file(row)


def forget_file(row: Import) -> None:
    """Remove the file, once that is certain."""
    if row.kept_as:
        path, row.kept_as = row.path, ""
        transaction.on_commit(lambda: path.unlink(missing_ok=True))
