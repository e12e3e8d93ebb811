"""A policy tried on the past says what the gate would have said, and changes nothing."""

from typing import Any

import pytest
from django.test import Client

from community.accounts.models import Person, User
from community.comments.models import Comment, Status
from community.outbox import services as outbox
from community.sites.models import Role
from community.threads.models import Thread
from moderation import decisions, policies, replay, simulations
from moderation.ledger import Entry
from moderation.ledger import write as note
from moderation.models import Act, Judgement, Policy, Reason, Simulation, ThreadPolicy
from moderation.verdicts import Outcome, Verdict
from tests import factories
from tests.moderation.posting import edit, write
from tests.moderation.test_policies import given
from tests.roles import BROWSER

RULES = {"flood_seconds": 0, "moderation_words": "harbour", "disallowed_words": "casino*"}


@pytest.fixture
def history(thread: Thread, known: Person) -> list[Comment]:
    """Comments of many kinds under one policy, and one from before there were rules: Kim's."""
    policy = Policy.objects.create(site=thread.site, number=1, **RULES)
    bent = factories.thread(thread.site)
    ThreadPolicy.objects.create(thread=bent, number=1, link_threshold=3)
    same = "The very same words, once and once more."
    by_rules = [
        write(thread, "Fine words of somebody known.", person=known),
        write(thread, "Fine words of a newcomer."),
        write(thread, "See https://a.example", person=known),
        write(thread, "See https://a.example and https://b.example", person=known),
        write(bent, "Look at https://a.example", person=known),
        write(thread, "The harbour is calm.", person=known),
        write(thread, "Come to the casinos!", person=known),
        write(thread, same, person=known),
        write(thread, same),
        write(thread, "See https://staff.example", role=Role.MODERATOR),
        edit(write(thread, "It was fine.", person=known), "Now at https://c.example"),
    ]
    asked = write(thread, "Akismet has read this, and it is fine to me.", person=known)
    spam = Verdict(Reason.AKISMET, Outcome.SPAM, "spam")
    entry = Entry("akismet", 1, 10, spam)
    look = Judgement.objects.get(comment=asked)
    note(asked, [entry], version=look.version, policy=policy, outcome=Outcome.SPAM)
    return [*by_rules, asked]


def run(thread: Thread, **changes: Any) -> Simulation:
    """Try the policy in force with these changes, to the end."""
    policy = policies.current(thread.site)
    seen = policy.number or 0
    for name, value in changes.items():
        setattr(policy, name, value)
    by = User.objects.first() or factories.member("Ada")
    row = simulations.start(policy, seen=seen, by=by)
    outbox.work()
    row.refresh_from_db()
    return row


def pasts(row: Simulation) -> list[replay.Past]:
    return list(simulations.pasts_of(row, list(simulations.comments_of(row).order_by("pk"))))


def test_the_policy_in_force_gives_exactly_what_the_ledger_recorded(
    thread: Thread, history: list[Comment]
) -> None:
    row = run(thread)
    assert (row.state, row.looked, row.unjudged) == ("done", len(history), 0 + left_out(history))
    assert (row.more, row.fewer) == (0, 0)
    for past in pasts(row):
        then = policies.current(thread.site)
        under = past.judgement.thread_policy
        assert replay.tried(past, then, under)[0] == replay.recorded(past, then)[0]
        again = {one.name for one in replay.tried(past, then, under)[1]}
        assert again == {one.name for one in replay.recorded(past, then)[1]}
        if not past.checks:
            assert replay.tried(past, then, under)[0] == past.comment.status


def left_out(history: list[Comment]) -> int:
    """Comments without any look, counted apart from the code under test."""
    recent = Comment.objects.exclude(pk__in=[one.pk for one in history])
    return recent.filter(judgements=None).count()


def test_a_stricter_policy_counts_what_would_newly_wait(
    thread: Thread, history: list[Comment]
) -> None:
    public = [one.pk for one in history[:-1] if is_public(one) and not one.by_moderator]
    row = run(thread, moderation_words="harbour\nfine\nvery\nlook")
    texts = Comment.objects.filter(pk__in=public).values_list("body", flat=True)
    wanted = [one for one in texts if {"fine", "very", "look"} & set(one.lower().split())]
    assert (row.more, row.fewer) == (len(wanted), 0)
    assert wanted
    assert all("word" in names for _pk, names in row.samples["more"])


def is_public(comment: Comment) -> bool:
    comment.refresh_from_db()
    return comment.status == Status.PUBLISHED


def test_a_good_comment_that_would_newly_wait_is_named(
    thread: Thread, history: list[Comment], moderator: User
) -> None:
    kept = history[0]
    kept.refresh_from_db()
    decisions.decide(kept, Act.HOLD, seen=kept.version, by=moderator)
    kept.refresh_from_db()
    decisions.decide(kept, Act.APPROVE, seen=kept.version, by=moderator)
    row = run(thread, moderation_words="fine")
    assert [pk for pk, _names in row.samples["good_held"]] == [kept.pk]


def test_a_looser_policy_counts_spam_it_would_publish(
    thread: Thread, history: list[Comment], moderator: User
) -> None:
    linked = history[2]
    linked.refresh_from_db()
    decisions.decide(linked, Act.SPAM, seen=linked.version, by=moderator)
    row = run(thread, link_threshold=2)
    assert (row.more, row.fewer, row.missed) == (0, 2, 1)
    assert [pk for pk, _names in row.samples["missed"]] == [linked.pk]


def test_a_step_done_twice_counts_once(thread: Thread, history: list[Comment]) -> None:
    policy = policies.current(thread.site)
    row = simulations.start(policy, seen=1, by=factories.member("Ada"))
    simulations.step(row)
    row.refresh_from_db()
    simulations.step(row)
    simulations.step(row)  # a second worker with the same row in its hands
    row.refresh_from_db()
    assert row.looked == len(history)


def test_batches_and_a_killed_worker_give_the_same_counts(
    thread: Thread, history: list[Comment], monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = run(thread, link_threshold=2)
    monkeypatch.setattr(simulations, "BATCH", 2)
    monkeypatch.setattr(simulations, "SECONDS", 0.0)
    again = run(thread, link_threshold=2)
    assert again.state == "open"
    monkeypatch.setattr(simulations, "SECONDS", 5.0)
    outbox.work()
    again.refresh_from_db()
    counts = (*simulations.COUNTS, "looked", "unjudged", "samples", "state")
    assert [getattr(again, name) for name in counts] == [getattr(whole, name) for name in counts]


def test_trying_goes_to_a_page_and_saving_from_there_makes_a_version(
    thread: Thread, administrator: User
) -> None:
    site = thread.site
    client = Client(headers=BROWSER)
    client.force_login(administrator)
    policies.current(site)
    data = given(site, link_threshold=4)
    assert (
        client.post(
            "/moderation/settings/", {**data, "link_threshold": "x", "try": "1"}
        ).status_code
        == 422
    )
    first = client.post("/moderation/settings/", {**data, "try": "1"}).headers["Location"]
    address = client.post("/moderation/settings/", {**data, "try": "1"}).headers["Location"]
    assert "was stopped" in client.get(first).content.decode()
    assert policies.current(site).link_threshold == 1
    assert "runs in the background" in client.get(address).content.decode()
    outbox.work()
    assert "More would wait: 0" in client.get(address).content.decode()
    pk = Simulation.objects.latest("pk").pk
    form = client.get(f"/moderation/settings/?tried={pk}").content.decode()
    assert 'name="link_threshold" value="4"' in form
    other = policies.current(site)
    policies.save(other, seen=1, by=None)
    assert client.post(address, {"seen": "1"}).status_code == 409
    assert client.post(address, {"seen": "2"}).status_code == 302
    assert (policies.current(site).number, policies.current(site).link_threshold) == (3, 4)


def test_a_batch_asks_as_often_however_many_it_holds(
    thread: Thread, history: list[Comment], django_assert_max_num_queries: Any
) -> None:
    row = simulations.start(policies.current(thread.site), seen=1, by=factories.member("Ada"))
    simulations.step(row)
    opened = simulations.still_open(row.pk)
    assert opened
    with django_assert_max_num_queries(7):
        simulations.step(opened)
