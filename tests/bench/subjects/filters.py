"""What the learned filter costs: learning in a worker, and being asked at the gate."""

import time
from collections.abc import Iterator

from moderation.filters import training
from moderation.filters.marks import marks_of
from tests.bench.figures import Figure
from tests.bench.registry import subject
from tests.bench.stage import Stage
from tests.moderation.filters.samples import examples

OF_EITHER_KIND = 2_000
ASKED = 2_000


@subject
def filter_learning(stage: Stage) -> Iterator[Figure]:
    """Seconds to learn from as many comments as a filter ever does, and how fast it is asked."""
    known = examples(good=OF_EITHER_KIND, spam=OF_EITHER_KIND)
    began = time.process_time()
    training.threshold_of(known)
    weights = training.learn(known)
    yield {
        "name": "filter: learn",
        "amount": round(time.process_time() - began, 1),
        "note": f"seconds of CPU for {len(known):,} comments, each judged once unseen",
    }
    asked = [one.text for one in known[:ASKED]]
    began = time.process_time()
    for text in asked:
        weights.score(marks_of(text))
    yield {
        "name": "filter: ask",
        "per_second": round(ASKED / (time.process_time() - began)),
        "note": "comments of 14 words",
    }
