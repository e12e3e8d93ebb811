"""make bench: start everything, measure, say it twice, end everything.

ONLY="hot cold"           subjects or modules by name; `--list` tells them
SIZES=100,1000,100000     comments in the threads; a million takes two minutes more
SECONDS=4                 how long a saturated figure is taken
SCALE=1                   smaller for a quick look: 0.01 asks for 100 votes instead of 10,000
--table FILE              turn the JSON lines of a run into a Markdown table
"""

import argparse
import json
import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import django

from tests.bench import cores, figures, registry, sink
from tests.bench.figures import Figure
from tests.bench.load import HOST
from tests.faults.running import helper
from tests.servers import NotInstalled, free_port, postgres, redis, unprivileged_folder

RAW = argparse.RawTextHelpFormatter
RECORD = Path("var/bench/figures.jsonl")


def main() -> None:
    """Do what the command line asks for."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    given = read_arguments()
    if given.table:
        sys.stdout.write(f"{figures.markdown(figures.read(given.table))}\n")
        return
    with ExitStack() as stack:
        prepare(stack, only_list=given.list)
        if given.list:
            sys.stdout.write(f"{registry.listing()}\n")
        else:
            run(given, stack)


def read_arguments() -> argparse.Namespace:
    """Options, whose defaults come from the environment."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("only", nargs="*", default=os.environ.get("ONLY", "").split())
    parser.add_argument("--sizes", default=os.environ.get("SIZES", "100,1000,100000"))
    parser.add_argument("--seconds", type=float, default=float(os.environ.get("SECONDS", "4")))
    parser.add_argument("--scale", type=float, default=float(os.environ.get("SCALE", "1")))
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--table", type=Path)
    return parser.parse_args()


def prepare(stack: ExitStack, *, only_list: bool) -> None:
    """Start what the site needs and let Django know where it is."""
    folder = stack.enter_context(unprivileged_folder())
    with cores.on(cores.FOR_SERVERS):
        database = "" if only_list else stack.enter_context(postgres())
        broker = "" if only_list else stack.enter_context(redis())
    os.environ.update(
        DJANGO_SETTINGS_MODULE="community.project.settings",
        PYTHONPATH=str(Path.cwd()),
        DATA_DIR=str(folder),
        DATABASE_URL=database,
        REDIS_URL=broker,
        SECRET_KEY="used by the bench alone, known to everybody",
        SITE_URL=f"http://{HOST}:{free_port()}",
        TRUSTED_PROXIES="1",
        LOG_LEVEL="ERROR",
        DEMO="0",
    )
    if not only_list:
        akismet = stack.enter_context(helper("tests.moderation.akismet_server"))
        os.environ.update(AKISMET_KEY="fake", AKISMET_SERVER=akismet)
        os.environ["MAIL_URL"] = f"smtp://{HOST}:{stack.enter_context(sink.serving())}?tls=off"
    django.setup()


def run(given: argparse.Namespace, stack: ExitStack) -> None:
    """Measure one subject after another; a figure is kept as soon as it is there."""
    began = time.monotonic()
    found: list[Figure] = []
    RECORD.parent.mkdir(parents=True, exist_ok=True)
    with RECORD.open("w", encoding="utf-8") as record, cores.on(cores.FOR_LOAD):
        try:
            for figure in measured(given, stack):
                line = json.dumps(figure, ensure_ascii=False)
                for file in (record, sys.stdout):
                    file.write(f"{line}\n")
                    file.flush()
                found.append(figure)
        finally:  # also what was measured before Ctrl-C
            sys.stdout.write(f"\n{figures.table(found)}\n\n{cores.sentence()}\n")
            sys.stdout.write(f"Measured in {time.monotonic() - began:.0f} s; kept in {RECORD}.\n")


def measured(given: argparse.Namespace, stack: ExitStack) -> Iterator[Figure]:
    """The figures; a subject that fails says so in a line of its own and stops nobody."""
    from django.conf import settings

    from tests.bench.stage import Stage

    chosen = registry.chosen(given.only)
    stage = Stage(
        folder=settings.DATA_DIR,
        port=int(settings.SITE_URL.rpartition(":")[2]),
        sizes=sorted(int(size) for size in given.sizes.split(",")),
        seconds=given.seconds,
        scale=given.scale,
        stack=stack,
    )
    for subject in chosen:
        began = time.monotonic()
        try:
            for figure in subject.measure(stage):
                yield {"subject": subject.name, **figure}
        except (AssertionError, NotInstalled, RuntimeError, OSError) as trouble:
            yield {"subject": subject.name, "name": subject.sentence, "note": f"failed: {trouble}"}
        sys.stderr.write(f"{subject.name}: {time.monotonic() - began:.0f} s\n")


if __name__ == "__main__":
    try:
        main()
    except NotInstalled as missing:
        sys.exit(f"{missing} The bench needs PostgreSQL and Redis.")
    except KeyboardInterrupt:
        sys.exit("Stopped.")
