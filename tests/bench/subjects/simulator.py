"""What trying a policy on the last 30 days costs a worker."""

import time
from collections.abc import Iterator
from itertools import islice

from community.comments.models import Comment
from community.sites.models import Site
from moderation import ledger, pipeline, policies, simulations
from moderation.ledger import Entry
from moderation.models import Judgement, Policy
from tests import factories
from tests.bench import plenty
from tests.bench.figures import Figure
from tests.bench.registry import subject
from tests.bench.stage import Stage

COMMENTS = 10_000


@subject
def simulator(stage: Stage) -> Iterator[Figure]:
    """Seconds to try a list of words on comments that rules have looked at."""
    assert stage.site  # the tables are made with it; what it holds is not tried
    site = factories.site(host="tried.example", base_url="https://tried.example")
    number = looked_at(site, stage.some(COMMENTS))
    policy = policies.current(site)
    policy.moderation_words = "\n".join(f"word{turn}*" for turn in range(100))
    row = simulations.start(policy, seen=1, by=factories.member("Tara"))
    began = time.process_time()
    while opened := simulations.still_open(row.pk):
        simulations.step(opened)
    spent = time.process_time() - began
    row.refresh_from_db()
    yield {
        "name": "simulator: 10,000 comments",
        "amount": round(spent * COMMENTS / max(row.looked, 1), 1),
        "note": f"seconds of CPU, from {number:,} comments of {plenty.LENGTH} bytes",
    }


def looked_at(site: Site, number: int) -> int:
    """So many comments of the last days, at each of which all rules have looked in silence."""
    thread = factories.thread(site)
    plenty.fill({thread: number})
    policy = Policy.objects.get_or_create(site=site, number=1)[0]
    silence = ledger.encoded(Entry(rule.name, rule.version, 20) for rule in pipeline.RULES)
    looks = (
        Judgement(comment=one, version=1, policy=policy, outcome="pass", entries=silence)
        for one in Comment.objects.filter(thread=thread).only("pk").iterator()
    )
    while batch := list(islice(looks, 2_000)):
        Judgement.objects.bulk_create(batch)
    return number
