"""What was done on a site between two days, as text, JSON or CSV."""

import csv
import json
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from community.sites.models import Site
from moderation.export import safe
from moderation.statistics import Overview, Period, last_year, overview


class Command(BaseCommand):
    """`manage.py transparency_report --from 2026-01-01 --to 2026-12-31 --format csv`"""

    help = "Print what was done on a site between two days, counted from the record."

    def add_arguments(self, parser: CommandParser) -> None:
        """Which days, which site, in which form."""
        parser.add_argument("--from", dest="first", type=date.fromisoformat, metavar="DAY")
        parser.add_argument("--to", dest="last", type=date.fromisoformat, metavar="DAY")
        parser.add_argument("--site", metavar="HOST", help="its host; without, the first site")
        parser.add_argument("--format", choices=["text", "json", "csv"], default="text")

    def handle(self, *args: Any, **options: Any) -> None:
        """Count and print."""
        period = last_year(site_of(options["site"]))
        first, last = options["first"] or period.first, options["last"] or period.last
        if first > last:
            raise CommandError("The first day must not be after the last.")
        found = overview(Period(period.site, first, last))
        {"text": self.as_text, "json": self.as_json, "csv": self.as_csv}[options["format"]](found)

    def as_text(self, found: Overview) -> None:
        """For people."""
        period = found.period
        self.stdout.write(f"{period.site.name}, {period.first} to {period.last}")
        for part in found.parts:
            self.stdout.write(f"\n{part.title}")
            for row in part.rows:
                self.stdout.write(f"  {row.label}: {row.value}")

    def as_json(self, found: Overview) -> None:
        """For machines."""
        parts = {part.key: {row.key: row.value for row in part.rows} for part in found.parts}
        period = found.period
        days = {"from": str(period.first), "to": str(period.last)}
        told = {"site": period.site.name, **days, **parts}
        self.stdout.write(json.dumps(told, ensure_ascii=False, indent=2))

    def as_csv(self, found: Overview) -> None:
        """For spreadsheets."""
        writer = csv.writer(self.stdout)
        writer.writerow(["part", "key", "label", "value"])
        for part in found.parts:
            for row in part.rows:
                writer.writerow([safe(cell) for cell in (part.key, row.key, row.label, row.value)])


def site_of(host: str | None) -> Site:
    """The site of this host, or the first one; raises CommandError where there is none."""
    sites = Site.objects.filter(host=host) if host else Site.objects.order_by("pk")
    if site := sites.first():
        return site
    raise CommandError(f"There is no site at “{host}”." if host else "There is no site yet.")
