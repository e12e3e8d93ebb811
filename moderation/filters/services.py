"""Training the filter of a site, and asking it."""

import time
from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone

from community.comments.screening import Draft
from community.outbox import services as outbox
from community.outbox.handlers import Payload
from community.sites.models import Site
from moderation.filters import training
from moderation.filters.history import examples_of, text_of
from moderation.filters.marks import is_word, marks_of
from moderation.filters.scoring import Weights
from moderation.filters.training import Example
from moderation.models import LearnedFilter, Policy, Reason
from moderation.verdicts import Outcome, Verdict

# The share of decisions, the newest, by which a filter is measured before it learns from them.
LAST = 0.2
KEPT = 3
WORDS_SHOWN = 12
# How often a site's filter learns, and how long a process may ask an older one.
PAUSE = timedelta(hours=20)
FRESH_SECONDS = 60.0


@dataclass(frozen=True)
class Ready:
    """A filter that is ready to be asked."""

    weights: Weights
    threshold: float


# Asking


def reads_like_spam(draft: Draft, policy: Policy) -> Verdict | None:
    """Hold what looks like what moderators of this site have called spam before."""
    ready = filter_of(draft.site.pk) if policy.learned_filter else None
    if ready is None:
        return None
    marks = marks_of(text_of(draft.source, draft.url))
    score = ready.weights.score(marks)
    if score <= ready.threshold:
        return None
    words = ", ".join(ready.weights.strongest(marks))
    return Verdict(Reason.LEARNED, Outcome.HOLD, words, {"score": f"{score:.3f}"})


_ready: dict[int, tuple[float, Ready | None]] = {}


def filter_of(site_id: int) -> Ready | None:
    """The filter of a site, if it has learned enough; looked up once a minute in each process."""
    looked, ready = _ready.get(site_id, (0.0, None))
    now = time.monotonic()
    if not looked or now > looked + FRESH_SECONDS:
        ready = read(site_id)
        _ready[site_id] = (now, ready)
    return ready


def read(site_id: int) -> Ready | None:
    """The newest filter of a site."""
    row = LearnedFilter.objects.filter(site=site_id).order_by("-pk").first()
    return Ready(Weights.unpack(bytes(row.weights)), row.threshold) if row else None


def forget() -> None:
    """Look up every filter anew."""
    _ready.clear()


# Learning


def request(site_id: int) -> None:
    """Have the filter of a site learn, soon."""
    outbox.enqueue("moderation.learn", {"site": site_id}, key=f"learn:{site_id}")


def request_due() -> None:
    """Have every filter learn whose last training was yesterday. Without news, it is the same."""
    recent = LearnedFilter.objects.filter(trained_at__gt=timezone.now() - PAUSE)
    for site in Site.objects.exclude(pk__in=recent.values("site")):
        request(site.pk)


def learn(payload: Payload) -> None:
    """Train the filter of a site; where too little was decided yet, nothing happens."""
    site = Site.objects.filter(pk=payload["site"]).first()
    if site is not None:
        train(site)


def train(site: Site) -> LearnedFilter | None:
    """Learn from the decisions of a site; None when there are too few of either kind.

    Limit and quality come from learning without the newest fifth, so they say what the filter
    would have done with decisions it did not know.
    """
    examples = examples_of(site)
    earlier, last = split(examples)
    if not training.is_enough(earlier):
        return None
    threshold = training.threshold_of(earlier)
    quality = training.quality_of(training.learn(earlier), threshold, last)
    weights = training.learn(examples)
    loudest = by_weight(weights, examples)
    made = LearnedFilter.objects.create(
        site=site,
        good=sum(not example.is_spam for example in examples),
        spam=sum(example.is_spam for example in examples),
        weights=weights.pack(),
        threshold=threshold,
        last_spam=quality.spam,
        last_caught=quality.caught,
        last_good=quality.good,
        last_held=quality.held,
        words_for=loudest[:WORDS_SHOWN],
        words_against=loudest[: -WORDS_SHOWN - 1 : -1],
    )
    forget_old(site)
    return made


def split(examples: list[Example]) -> tuple[list[Example], list[Example]]:
    """Those to learn from, and the newest to be measured by."""
    border = len(examples) - int(len(examples) * LAST)
    return examples[:border], examples[border:]


def by_weight(weights: Weights, examples: list[Example]) -> list[str]:
    """The single words of these texts, those that speak loudest for spam first."""
    found = {mark for one in examples for mark in marks_of(one.text) if is_single_word(mark)}
    return sorted(found, key=lambda mark: (-weights.of(mark), mark))


def is_single_word(mark: str) -> bool:
    """Whether a mark is one word."""
    return is_word(mark) and " " not in mark


def forget_old(site: Site) -> None:
    """Keep a few filters, the newest."""
    rows = LearnedFilter.objects.filter(site=site)
    kept = list(rows.order_by("-pk").values_list("pk", flat=True)[:KEPT])
    rows.exclude(pk__in=kept).delete()
