"""Pages: hot, cold, personal, in every order, at every depth of a thread of any size."""

import re
from collections.abc import Iterator

from community.comments.models import Comment
from community.comments.queries import BIGGEST_KEY, PAGE, Sort, after, key_of, roots_of
from community.edge.encodings import compress, expand
from community.threads.models import Thread
from tests import factories
from tests.bench import plenty, yardsticks
from tests.bench.figures import Figure, target
from tests.bench.load import Ask
from tests.bench.registry import subject
from tests.bench.stage import Stage, address_of
from tests.bench.wrk import Rate, rate
from tests.faults.seed import guest_cookie

CLIENTS = 32
COLD_THREADS = 2_000
COLD_SIZE = 100
ALONE = 60
WORDS = re.compile(rb'<(?:div|details) class="words.*?</(?:div|details)>', re.DOTALL)
MARKUP = re.compile(rb"<[^>]+>")


@subject
def hot(stage: Stage) -> Iterator[Figure]:
    """The page everyone reads, beside nginx and a bare function that send the same bytes."""
    path = address_of(stage.thousand)
    stage.get(path)
    ours = rate(stage.port, [Ask(path)], clients=CLIENTS, seconds=stage.seconds)
    headers, body = stage.get(path)  # now that every process has packed it well
    encoding = headers.get("content-encoding", "")
    how = {"clients": CLIENTS, "seconds": stage.seconds}
    bare = yardsticks.of_bare_granian(stage.folder, body, encoding, **how)
    nginx = yardsticks.of_nginx(stage.folder, body, encoding, **how)
    sent = f"{len(body) / 1000:.1f} kB {encoding or 'uncompressed'}"
    yield {
        "name": "hot page",
        **ours.figure(),
        **beside(ours, bare, 0.7, "bare granian"),
        "note": sent,
    }
    beside_words = len(body) - len(compress(words_in(expand(body, encoding)), encoding))
    within = target("≤ 15,000 bytes beyond the words", beside_words <= 15_000)
    yield {"name": "hot page without its comments' words", "amount": beside_words, **within}
    if cached := yardsticks.of_micro_cache(stage.folder, stage.port, Ask(path), **how):
        within = beside(cached, nginx, 0.9, "nginx")
        yield {"name": "hot page, nginx of deploy/ in front", **cached.figure(), **within}
    yield {"name": "yardstick: bare granian function", **bare.figure(), "note": "the same bytes"}
    yield {"name": "yardstick: nginx, from a file", **nginx.figure(), "note": "the same bytes"}


def words_in(page: bytes) -> bytes:
    """The words of the comments on a page, without any markup."""
    return b"\n".join(MARKUP.sub(b"", words) for words in WORDS.findall(page))


def beside(ours: Rate, other: Rate, share: float, name: str) -> Figure:
    """Our rate as a part of another one, and the target."""
    part = round(ours.per_second / other.per_second, 4)
    return {"ratio": part, **target(f"≥ {share:.0%} of {name}", part >= share)}


@subject
def cold(stage: Stage) -> Iterator[Figure]:
    """Each request asks for another thread that nobody has asked for before."""
    threads = [factories.thread(stage.site) for _ in range(stage.some(COLD_THREADS))]
    plenty.fill(dict.fromkeys(threads, COLD_SIZE))
    asks = [Ask(address_of(thread)) for thread in threads]
    stage.get("/")
    alone = stage.alone(asks[: len(asks) // 10]).figure(200)
    within = target("≤ 8 ms", alone["p50_ms"] <= 8)
    yield {"name": "cold page, one reader", **alone, **within, "note": f"{COLD_SIZE} comments each"}
    crowd = stage.storm(asks[len(asks) // 10 :]).figure(200)
    enough = target("≥ 350 a second", crowd["per_second"] >= 350)
    yield {"name": "cold page, 8 readers", **crowd, **enough}


@subject
def personal(stage: Stage) -> Iterator[Figure]:
    """The page of a guest who has written and voted there."""
    person = factories.guest("Rosa")
    factories.comment(stage.thousand, person=person, status="held")
    ask = Ask(address_of(stage.thousand), cookie=guest_cookie(str(person.key)))
    stage.get(ask.path)
    yield {"name": "personal page, one reader", **stage.alone([ask] * ALONE).figure(200)}
    ours = rate(stage.port, [ask], clients=8, seconds=stage.seconds)
    yield {"name": "personal page, 8 readers", **ours.figure()}


@subject
def depths(stage: Stage) -> Iterator[Figure]:
    """First, middle and last page in each order at each size, none asked for twice."""
    stage.get("/")
    for sort in Sort:
        groups = {
            (size, place): [Ask(f"{address_of(thread)}?sort={sort}&after={key}") for key in keys]
            for size, thread in stage.threads.items()
            for place, keys in cursors_of(thread, sort).items()
        }
        runs = stage.in_turn(groups)
        usual = runs[stage.sizes[0], "first"].figure(200)["p50_ms"]
        for (size, place), run in runs.items():
            figure = run.figure(200)
            flat = round(figure["p50_ms"] / usual, 2)
            met = target("≤ 1.2 × the first of the smallest", flat <= 1.2)
            name = f"{size:,} comments, {sort}, {place} page"
            yield {"name": name, **figure, "ratio": flat, **met}


def cursors_of(thread: Thread, sort: Sort) -> dict[str, list[int]]:
    """Cursors that lead to first, middle and last pages, each to a page of its own address."""
    beyond = BIGGEST_KEY if sort.descends else ALONE
    first = [beyond - turn for turn in range(ALONE)]
    keys = after(roots_of(thread), sort, None)
    number = roots_of(thread).count()
    last = max(0, number - PAGE - 1)
    found = {"first": first}
    if last > 2 * ALONE:
        found["middle"] = keys_at(keys, last // 2, sort)
        found["last"] = keys_at(keys, last - ALONE + 1, sort)
    return found


def keys_at(rows: "object", start: int, sort: Sort) -> list[int]:
    """The sort keys of neighbours, from this one on."""
    return [key_of(row, sort) for row in rows.only("pk", sort.key)[start : start + ALONE]]


@subject
def branch(stage: Stage) -> Iterator[Figure]:
    """The pages of one giant branch."""
    root = Comment.objects.filter(thread=stage.biggest, parent=None).order_by("-branch_count")[0]
    replies = Comment.objects.filter(root=root, listed=True).order_by("path")
    start = root.branch_count // 2
    behind = replies.values_list("pk", flat=True)[start : start + ALONE]
    stage.get("/")
    asks = [Ask(f"/comments/{root.pk}/replies/?after={pk}") for pk in behind]
    figure = stage.alone(asks).figure(200)
    yield {"name": f"middle page of a branch of {root.branch_count:,}", **figure}
