"""The content of the demo."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from community.demo import big, seeding
from community.demo.people import MODERATOR
from community.sites.models import Site


class Command(BaseCommand):
    """Write the demo into an empty database; where it is already, change its address alone."""

    help = "Write the demo content, once. Needs DEMO=1."

    def add_arguments(self, parser: CommandParser) -> None:
        """The address matters to links in e-mails."""
        parser.add_argument("--address", default=settings.SITE_URL)

    def handle(self, *args: Any, address: str, verbosity: int, **options: Any) -> None:
        """Raises CommandError outside the demo, and where somebody's own site lives."""
        if not settings.DEMO:
            raise CommandError("Demo content is written only while the demo runs: set DEMO=1.")
        if seeding.exists():
            seeding.move_to(address)
        elif Site.objects.exists():
            raise CommandError(
                f"{settings.DATA_DIR} holds a site of your own. Start it with DEMO=0, "
                "or give the demo another folder with DATA_DIR."
            )
        else:
            self.say("Writing the demo content, once …", aloud=verbosity > 0)
            seeding.seed(address)
        if settings.BIG:
            self.write_big(aloud=verbosity > 0)

    def write_big(self, *, aloud: bool) -> None:
        """Write the big article where it is missing."""
        site = Site.objects.get(memberships__user__email=MODERATOR)
        if not big.exists(site):
            self.say(f"Writing {big.SIZE:,} comments, once …", aloud=aloud)
            big.write(site)

    def say(self, sentence: str, *, aloud: bool) -> None:
        """Tell what takes a while."""
        if aloud:
            self.stdout.write(sentence)
