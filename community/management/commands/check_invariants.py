"""Asks whether the database is as it must be: after a fault, and every night."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from community.project.invariants import breaches


class Command(BaseCommand):
    """Print a sentence for every breach; the exit code is 1 if there is any."""

    help = "Recount and recompute what Parley stores, and say what does not fit."

    def handle(self, *args: Any, **options: Any) -> None:
        """Ask every check."""
        found = list(breaches())
        for sentence in found:
            self.stdout.write(sentence)
        if found:
            raise CommandError(f"{len(found)} of the things that must be true are not.")
        self.stdout.write("Everything is as it must be.")
