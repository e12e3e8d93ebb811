"""Everything on one machine with one command: database, web server, worker and schedule."""

import os
import shutil
import signal
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from community.demo import seeding
from community.project import processes
from community.project.env import env, env_int
from community.project.processes import AlreadyRunning, Family
from community.sites.models import Site
from community.sites.services import setup_link

EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104


class Command(BaseCommand):
    """Prepare the database, start the processes, and end them all together."""

    help = "Start Parley on this machine. PORT, HOST and DATA_DIR change the defaults."

    def handle(self, *args: Any, **options: Any) -> None:
        """Stay until Ctrl-C; raises CommandError with a sentence that says what to do instead."""
        host, port = env("HOST", "127.0.0.1"), env_int("PORT", 8000)
        address = address_of(host, port)
        # The processes we start read it: a link in an e-mail must lead to this port.
        os.environ.setdefault("SITE_URL", address)
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.default_int_handler)
        family = Family(settings.DATA_DIR / "processes.json")
        try:
            self.run(family, host, port, address)
        except KeyboardInterrupt:
            self.stdout.write("\nStopping …")
        finally:
            family.end()
        self.stdout.write("Parley has stopped. Everything is kept.")

    def run(self, family: Family, host: str, port: int, address: str) -> None:
        """Start everything, then watch over it."""
        try:
            family.gather()
        except AlreadyRunning as error:
            raise CommandError(f"Parley already runs with {settings.DATA_DIR}.") from error
        if trouble := processes.trouble_at(host, port):
            raise CommandError(
                f"Port {port} cannot be used ({trouble}). Choose another: PORT=8001 make run"
            )
        self.prepare(address)
        family.start(processes.worker())
        family.start(processes.schedule())
        server = family.start(processes.web(host, port))
        if not processes.answers(server, host, port):
            raise CommandError("The web server did not start; its words stand above.")
        self.greet(address)
        family.watch(self.stderr.write)

    def prepare(self, address: str) -> None:
        """Bring database, static files and demo content up to date."""
        call_command("migrate", verbosity=0, interactive=False)
        call_command("collectstatic", verbosity=0, interactive=False)
        for folder in (settings.BROKER_FOLDER, settings.DATA_DIR / "broker-control"):
            folder.mkdir(exist_ok=True)
        self.put_on_stage(address)
        # The outbox refills it: rows are the truth, messages only nudges.
        shutil.rmtree(settings.BROKER_FOLDER)
        settings.BROKER_FOLDER.mkdir()

    def put_on_stage(self, address: str) -> None:
        """Write the demo where it is wanted; never mix it with somebody's own site."""
        if settings.DEMO:
            call_command("seed_demo", address=address, stdout=self.stdout)
        elif seeding.exists():
            raise CommandError(
                f"{settings.DATA_DIR} holds the demo. Begin a site of your own in another folder: "
                "DATA_DIR=var/site DEMO=0 make run"
            )

    def greet(self, address: str) -> None:
        """Say where it is, and how to begin where nothing is set up yet."""
        self.stdout.write(f"\nParley is at {address}")
        if not Site.objects.exists():
            self.stdout.write(f"Set it up here, once: {setup_link(address)}")
        self.stdout.write("Ctrl-C ends it.\n")


def address_of(host: str, port: int) -> str:
    """What to type into a browser on this machine."""
    name = EVERYWHERE.get(host, host)
    return f"http://[{name}]:{port}" if ":" in name else f"http://{name}:{port}"
