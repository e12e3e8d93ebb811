"""Everything on one machine with one command: database, web server, worker and schedule."""

import shutil
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from community.project.env import env, env_int
from community.project.processes import Family, answers, is_free, web, worker
from community.sites.models import Site
from community.sites.services import setup_link


class Command(BaseCommand):
    """Prepare the database, start the processes, and end them all together."""

    help = "Start Parley on this machine. PORT, HOST and DATA_DIR change the defaults."

    def handle(self, *args: Any, **options: Any) -> None:
        """Stay until Ctrl-C."""
        host, port = env("HOST", "127.0.0.1"), env_int("PORT", 8000)
        family = Family(settings.DATA_DIR / "processes.json")
        family.bury_orphans()
        if not is_free(host, port):
            raise CommandError(f"Port {port} is in use. Choose another: PORT=8001 make run")
        self.prepare()
        family.start(worker())
        family.start(web(host, port))
        if not answers(host, port):
            family.end()
            raise CommandError("The web server did not start; its words stand above.")
        self.greet(f"http://{host}:{port}")
        family.watch(self.stderr.write)
        self.stdout.write("Parley has stopped. Everything is kept.")

    def prepare(self) -> None:
        """Bring database, static files and demo content up to date."""
        call_command("migrate", verbosity=0, interactive=False)
        call_command("collectstatic", verbosity=0, interactive=False)
        # The outbox refills it: rows are the truth, messages only nudges.
        shutil.rmtree(settings.BROKER_FOLDER, ignore_errors=True)
        settings.BROKER_FOLDER.mkdir(parents=True)
        (settings.DATA_DIR / "broker-control").mkdir(exist_ok=True)
        if settings.DEMO and not Site.objects.exists():
            self.stdout.write("Writing the demo content, once …")
            call_command("seed_demo", verbosity=0)

    def greet(self, address: str) -> None:
        """Say where it is, and how to begin where nothing is set up yet."""
        self.stdout.write(f"\nParley is at {address}")
        if not Site.objects.exists():
            self.stdout.write(f"Set it up here, once: {setup_link(address)}")
        self.stdout.write("Ctrl-C ends it.\n")
