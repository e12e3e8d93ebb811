"""`manage.py rebuild_search`: makes the indexes of words anew."""

from typing import Any

from django.core.management.base import BaseCommand

from community.search import upkeep


class Command(BaseCommand):
    """Needed only where somebody has changed rows past the triggers."""

    help = "Make the search indexes anew."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Make them."""
        upkeep.rebuild()
        self.stdout.write("The search indexes are new.")
