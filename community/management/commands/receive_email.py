"""`manage.py receive_email < message`: for mail servers that hand e-mails to a program."""

import os
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from community.inbound import services
from community.inbound.answers import TryLater
from community.inbound.reading import LARGEST

# How a mail server learns that it should try again (sysexits.h).
TEMPORARY = 75


class Command(BaseCommand):
    """Takes one e-mail from standard input."""

    help = "Take one e-mail from standard input: a bounce, a complaint, or an answer."

    def add_arguments(self, parser: CommandParser) -> None:
        """The address it came to, as Postfix tells with ${original_recipient}."""
        parser.add_argument("recipient", nargs="?", default=os.environ.get("ORIGINAL_RECIPIENT"))

    def handle(self, *_args: Any, **options: Any) -> None:
        """Exit with 0 when it is done, with 75 when the mail server should try again."""
        raw = sys.stdin.buffer.read(LARGEST + 1)
        try:
            services.receive(raw, options["recipient"] or "")
        except TryLater:
            sys.exit(TEMPORARY)
        except Exception as trouble:  # noqa: BLE001 - told, and the e-mail comes again
            self.stderr.write(f"{type(trouble).__name__}: {trouble}")
            sys.exit(TEMPORARY)
