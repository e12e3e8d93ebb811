"""Imports a WordPress export from the terminal."""

import argparse
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from community.portability.wordpress.importer import Importer, Options, Progress, size_of
from community.portability.wordpress.reader import survey
from community.portability.wordpress.report import Report
from community.portability.wordpress.values import BrokenExport, Survey
from community.sites.models import Site

BAR = 30


class Command(BaseCommand):
    """Read the whole file first, then import it; run it again after any interruption."""

    help = (
        "Import articles and comments from a WordPress export (Tools → Export → All content). "
        "Nobody gets an e-mail. It is safe to run twice."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """The file, the site, and what may be done."""
        parser.formatter_class = argparse.ArgumentDefaultsHelpFormatter
        parser.add_argument("file", type=Path, help="the .xml file that WordPress has written")
        parser.add_argument("--site", metavar="HOST", help="into which site, if there are several")
        parser.add_argument("--dry-run", action="store_true", help="report only, change nothing")
        parser.add_argument("--pingbacks", action="store_true", help="import pingbacks too")

    def handle(self, *args: Any, **options: Any) -> None:
        """Import, with a bar on a terminal and a report at the end."""
        file: Path = options["file"]
        found = surveyed(file)
        importer = Importer(
            source=file,
            blog=found.site,
            site=site_of(options["site"]),
            options=Options(pingbacks=options["pingbacks"], dry_run=options["dry_run"]),
        )
        with Bar(size_of(found)) as bar:
            for progress in importer.steps():
                bar.show(progress)
        self.say(importer.progress.report, found, dry_run=options["dry_run"])

    def say(self, report: Report, found: Survey, *, dry_run: bool) -> None:
        """Print what was done, or would be."""
        if dry_run:
            self.stdout.write("This was a dry run: nothing has changed. An import would give:\n")
        for label, number in report.lines():
            self.stdout.write(f"{number:>9,}  {label}")
        for problem in found.problems:
            example = f" ({problem.example})" if problem.example else ""
            self.stdout.write(f"           {problem}{example}")


def surveyed(file: Path) -> Survey:
    """What the file holds; raises CommandError if it cannot be read to its end."""
    try:
        return survey(file)
    except BrokenExport as error:
        raise CommandError(f"{error} Nothing was imported.") from error
    except OSError as error:
        raise CommandError(f"{file} cannot be read: {error.strerror}.") from error


def site_of(host: str | None) -> Site:
    """The site to import into; raises CommandError where that is not clear."""
    sites = Site.objects.filter(host=host) if host else Site.objects.all()
    found = list(sites[:2])
    if len(found) == 1:
        return found[0]
    hosts = ", ".join(Site.objects.order_by("host").values_list("host", flat=True))
    if not hosts:
        raise CommandError("There is no site yet. Start Parley and open the link it prints.")
    raise CommandError(f"Say with --site which site you mean: {hosts}.")


class Bar:
    """A line on the terminal that grows; silent where nobody looks."""

    def __init__(self, size: int) -> None:
        self._size = max(1, size)
        self._is_seen = sys.stderr.isatty()

    def __enter__(self) -> "Bar":
        return self

    def __exit__(self, *_error: object) -> None:
        if self._is_seen:
            sys.stderr.write("\n")

    def show(self, progress: Progress) -> None:
        """Draw how far it has come."""
        if not self._is_seen:
            return
        part = min(1.0, progress.done / self._size)
        drawn = "#" * int(part * BAR)
        sys.stderr.write(f"\r[{drawn:<{BAR}}] {part:4.0%}  {progress.done:,} of {self._size:,}")
        sys.stderr.flush()
