"""One visit to a page: what came over the line, what moved, what was kept."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

import brotli
from playwright.sync_api import Browser, Page, Response

SCREEN = {"width": 412, "height": 800}
WATCH = """
    window.seen = { shift: 0, paint: 0, keys: [] };
    const watch = (type, note, more) => new PerformanceObserver(
        (list) => list.getEntries().forEach(note)).observe({ type, buffered: true, ...more });
    watch("layout-shift", ({ value }) => { seen.shift += value; });
    watch("largest-contentful-paint", ({ startTime }) => { seen.paint = startTime; });
    watch("event", (entry) => seen.keys.push(entry), { durationThreshold: 16 });
"""
# The whole page passes by, so that what loads late or opens on the way shows whether it pushes.
PASS_BY = """async () => {
    for (let top = 0; top < document.body.scrollHeight; top += innerHeight) {
        scrollTo({ top, behavior: "instant" });
        await new Promise(requestAnimationFrame);
    }
}"""
# Everything a browser keeps, save cookies, which scripts need not see.
KEPT = """async () => [
    ...Object.keys(localStorage).map((key) => `localStorage ${key}`),
    ...Object.keys(sessionStorage).map((key) => `sessionStorage ${key}`),
    ...(await indexedDB.databases()).map(({ name }) => `database ${name}`),
    ...(await globalThis.caches?.keys() ?? []).map((name) => `cache ${name}`),
    ...(await navigator.serviceWorker?.getRegistrations() ?? []).map(() => "service worker"),
]"""
# For each comment the elements it stands in, but neither what its author wrote nor its answers with
# the fold that holds them.
NODES = """() => [...document.querySelectorAll("li.comment")].map((comment) => {
    const isFold = (node) => node.matches(".branch, .branch > *");
    const isElsewhere = (node) => node.closest("li.comment") !== comment || isFold(node);
    const isWords = (node) => node.parentElement.closest(".words") && node.localName !== "summary";
    const all = [comment, ...comment.querySelectorAll("*")];
    return all.filter((node) => !isElsewhere(node) && !isWords(node)).length;
})"""
# What one comment costs on the average, folds included.
SHARE = """() => {
    const count = (selector) => document.querySelectorAll(selector).length;
    const words = count("#thread .words *") - count("#thread .words > summary");
    const all = count("#thread .comment, #thread .comment *");
    return (all - words) / (count("#thread .comment") || 1);
}"""


@dataclass(frozen=True)
class Visit:
    """What it took to show one page to somebody who has come for the first time."""

    script: int
    style: int
    strangers: list[str]
    kept: list[str]
    shift: float
    paint: float
    nodes: int
    share: float


@contextmanager
def window(browser: Browser, address: str, *, slowdown: int = 1) -> Iterator[Page]:
    """A page of a browser that knows nothing, on a machine so many times slower."""
    context = browser.new_context(base_url=address, viewport=SCREEN)  # type: ignore[arg-type]
    try:
        page = context.new_page()
        page.add_init_script(WATCH)
        session = context.new_cdp_session(page)
        session.send("Emulation.setCPUThrottlingRate", {"rate": slowdown})
        yield page
    finally:
        context.close()


def visit(browser: Browser, address: str, path: str, *, slowdown: int = 1) -> Visit:
    """Open a page as somebody new."""
    with window(browser, address, slowdown=slowdown) as page:
        return look_at(page, path)


def look_at(page: Page, path: str) -> Visit:
    """Open the page, count, then let it pass by from top to bottom."""
    answers: list[Response] = []
    page.on("response", lambda answer: answers.append(answer))
    page.goto(path, wait_until="networkidle")
    loaded = list(answers)
    page.evaluate(PASS_BY)
    page.wait_for_load_state("networkidle")
    return Visit(
        script=weight(loaded, "script"),
        style=weight(loaded, "stylesheet"),
        strangers=strangers(answers, page.url),
        kept=kept(page),
        shift=round(page.evaluate("seen.shift"), 4),
        paint=round(page.evaluate("seen.paint")),
        nodes=max(page.evaluate(NODES), default=0),
        share=round(page.evaluate(SHARE), 2),
    )


def weight(answers: list[Response], kind: str) -> int:
    """The bytes of all files of one kind, as Brotli sends them."""
    bodies = [one.body() for one in answers if one.request.resource_type == kind]
    return sum(len(brotli.compress(body)) for body in bodies)


def strangers(answers: list[Response], address: str) -> list[str]:
    """The addresses asked for that are not ours."""
    own = urlsplit(address).netloc
    return [one.url for one in answers if urlsplit(one.url).netloc not in {own, ""}]


def kept(page: Page) -> list[str]:
    """The names of everything this browser now keeps."""
    found: list[str] = page.evaluate(KEPT)
    return [f"cookie {cookie.get('name')}" for cookie in page.context.cookies()] + found


def typing(browser: Browser, address: str, path: str, words: str) -> list[float]:
    """How many milliseconds keys took until painted; those below 16 are not told."""
    with window(browser, address) as page:
        page.goto(path, wait_until="networkidle")
        box = page.locator(".comment-form textarea").first
        box.click()
        page.wait_for_load_state("networkidle")
        page.evaluate("seen.keys.length = 0")
        box.press_sequentially(words, delay=40)
        page.wait_for_timeout(300)
        keys: list[float] = page.evaluate("seen.keys.map(({ duration }) => duration)")
        return keys
