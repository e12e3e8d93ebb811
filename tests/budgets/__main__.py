"""make budgets: start the demo, open its pages, print what they cost beside what they may.

One JSON line for each budget, then a table. It ends with an error where a budget is missed that
does not depend on the clock; the others want a quiet machine.
"""

import json
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

import django
from playwright.sync_api import Browser, Page, sync_playwright

from tests.bench.figures import Figure, table, target
from tests.bench.running import running
from tests.browser import ARGUMENTS
from tests.budgets import visits
from tests.budgets.visits import Visit
from tests.faults.people import answers
from tests.faults.running import HOST, wait_until
from tests.servers import NotInstalled, find_chromium, free_port

RECORD = Path("var/budgets.jsonl")
SLOWDOWN = 4
TIMES = 3
ROOTS, REPLIES = 50, 3
WORDS = "The harbour was dry when we came, and nobody knew why."


def main() -> None:
    """Measure everything, say it twice, and judge."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with ExitStack() as stack:
        address = serve(stack)
        playwright = stack.enter_context(sync_playwright())
        browser = stack.enter_context(
            playwright.chromium.launch(executable_path=find_chromium(), args=ARGUMENTS)
        )
        found = list(measure(browser, address))
    say(found)
    if missed := [one["name"] for one in found if not one["met"] and not one["clock"]]:
        sys.exit(f"Missed: {', '.join(missed)}.")


def serve(stack: ExitStack) -> str:
    """Start the demo in a folder of its own; where it is."""
    port, folder = free_port(), stack.enter_context(TemporaryDirectory(prefix="parley-"))
    for name in ("DATABASE_URL", "REDIS_URL", "CACHE_URL", "SITE_URL", "ALLOWED_HOSTS"):
        os.environ.pop(name, None)
    os.environ.update(DEMO="1", PORT=str(port), HOST=HOST, DATA_DIR=folder, LOG_LEVEL="ERROR")
    os.environ["DJANGO_SETTINGS_MODULE"] = "community.project.settings"
    # Playwright keeps an event loop running, which Django takes for asynchronous code.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    stack.enter_context(running([sys.executable, "manage.py", "start"]))
    wait_until(lambda: answers(port), "The demo does not start.")
    return f"http://{HOST}:{port}"


def measure(browser: Browser, address: str) -> Iterator[Figure]:
    """Every budget, the worst page of each."""
    long = long_page()
    paths = ["/", first_article(browser, address), long]
    seen = {
        path: [visits.visit(browser, address, path, slowdown=SLOWDOWN) for _ in range(TIMES)]
        for path in paths
    }
    yield from weights([one for path in paths for one in seen[path]])
    yield figure(
        "elements for each of 200 comments", seen[long][0].share, 15,
        note="on the average, with the folds around answers",
    )  # fmt: skip
    paints = {path: sorted(one.paint for one in seen[path])[TIMES // 2] for path in paths}
    slowest = max(paints, key=lambda path: paints[path])
    yield figure(
        "largest contentful paint, ms", paints[slowest], 1_000, clock=True, strictly=True,
        note=f"{slowest}, median of {TIMES} first visits, processor {SLOWDOWN} times slower",
    )  # fmt: skip
    rounds = [visits.typing(browser, address, long, WORDS) for _ in range(TIMES)]
    yield figure(
        "answer to a key beside 200 comments, ms", min(max(keys, default=0) for keys in rounds), 50,
        clock=True, note=f"slowest of {len(WORDS)} keys until painted, best of {TIMES} rounds",
    )  # fmt: skip


def weights(all_: list[Visit]) -> Iterator[Figure]:
    """What is counted rather than timed."""
    yield figure("script before the first act, bytes", max(one.script for one in all_), 15_000)
    yield figure("style, bytes", max(one.style for one in all_), 10_000)
    yield figure("requests to others", max(len(one.strangers) for one in all_), 0)
    yield figure("kept before a choice", max(len(one.kept) for one in all_), 0)
    yield figure("layout shift", max(one.shift for one in all_), 0)
    yield figure("elements of a comment", max(one.nodes for one in all_), 15)


def figure(
    name: str, found: float, most: int, *, clock: bool = False, strictly: bool = False, **more: str
) -> Figure:
    """A budget and what was found, as the bench tells its figures."""
    met = found < most if strictly else found <= most
    aim = f"{'<' if strictly else '≤'} {most:,}"
    return {"name": name, "amount": found, **target(aim, met), "clock": clock, **more}


def say(found: list[Figure]) -> None:
    """The lines, kept in a file too, and the table."""
    lines = [json.dumps(figure, ensure_ascii=False) for figure in found]
    RECORD.parent.mkdir(exist_ok=True)
    RECORD.write_text("\n".join([*lines, ""]), encoding="utf-8")
    sys.stdout.write("\n".join([*lines, "", table(found), ""]))


def first_article(browser: Browser, address: str) -> str:
    """Where the newest article of the demo is."""
    with visits.window(browser, address) as page:
        page.goto("/")
        return path_of(page, ".article-list h2 a")


def path_of(page: Page, selector: str) -> str:
    """Where the first such link leads."""
    path: str = page.locator(selector).first.evaluate("link => link.pathname")
    return path


def long_page() -> str:
    """An article under which two hundred comments stand on one page."""
    django.setup()
    from django.urls import reverse

    from community.sites.models import Site
    from community.threads import services as threads
    from tests import factories

    article = factories.article(Site.objects.get(), title="Two hundred comments")
    thread = threads.of_article(article)
    for _ in range(ROOTS):
        root = factories.comment(thread)
        for _ in range(REPLIES):
            factories.comment(thread, parent=root)
    return reverse("article", kwargs={"slug": article.slug})


if __name__ == "__main__":
    try:
        main()
    except NotInstalled as missing:
        sys.exit(f"{missing} The budgets need Chromium.")
    except KeyboardInterrupt:
        sys.exit("Stopped.")
