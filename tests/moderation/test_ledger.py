"""Everyone who looked at a comment leaves an entry, under the policy that was in force."""

import pytest

from community.accounts.models import Person
from community.comments.screening import Draft
from community.threads.models import Thread
from moderation import ledger, pipeline, policies
from moderation.facts import Facts, packed, unpacked
from moderation.models import Judgement, Policy, ThreadPolicy
from moderation.verdicts import Outcome, Verdict
from tests import factories
from tests.moderation.posting import edit, write


def looks(comment: object) -> list[Judgement]:
    return list(Judgement.objects.filter(comment=comment))


def test_every_rule_leaves_an_entry_also_those_that_say_nothing(
    thread: Thread, known: Person
) -> None:
    comment = write(thread, "See https://a.example", person=known)
    (look,) = looks(comment)
    entries = {entry.name: entry for entry in ledger.entries_of(look)}
    assert list(entries) == [rule.name for rule in pipeline.RULES]
    assert (entries["links"].outcome, entries["links"].score) == ("hold", 20)
    assert entries["links"].verdict
    assert entries["links"].verdict.evidence == "a.example"
    assert (entries["words"].outcome, entries["words"].verdict) == ("pass", None)
    assert look.outcome == "hold"


def test_an_edit_is_a_look_of_its_own(thread: Thread, known: Person) -> None:
    comment = write(thread, "Fine words.", person=known)
    edit(comment, "See https://a.example")
    assert [look.outcome for look in looks(comment)] == ["pass", "hold"]


def test_the_ledger_names_the_policy_that_was_in_force(thread: Thread, known: Person) -> None:
    first = write(thread, "See https://a.example", person=known)
    other = policies.fresh(policies.current(thread.site))
    other.link_threshold = other.flood_seconds = 0
    policies.save(other, seen=1, by=None)
    second = write(thread, "See https://b.example", person=known)
    assert [look.policy.number for look in (*looks(first), *looks(second))] == [1, 2]
    assert second.is_public


def test_what_holds_under_one_thread_does_not_hold_under_another(
    thread: Thread, known: Person
) -> None:
    under = ThreadPolicy.objects.create(thread=thread, number=1, hold_everything=True)
    Policy.objects.create(site=thread.site, number=1, flood_seconds=0)
    here, there = (write(place, person=known) for place in (thread, factories.thread(thread.site)))
    assert (here.is_public, there.is_public) == (False, True)
    assert looks(here)[0].thread_policy == under


def test_a_rule_that_fails_leaves_the_comment_to_a_human(
    thread: Thread, known: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(draft: Draft, policy: Policy) -> Verdict | None:
        raise ValueError("odd")

    monkeypatch.setattr(pipeline, "RULES", [*pipeline.RULES, pipeline.Rule("odd", fail)])
    comment = write(thread, "Fine words.", person=known)
    assert comment.status == "held"
    assert ledger.entries_of(looks(comment)[0])[-1].outcome == Outcome.ERROR


def test_facts_and_entries_stay_what_they_were_and_take_little_room(
    thread: Thread, known: Person
) -> None:
    facts = Facts(confirmed=True, published=3, days=12)
    assert unpacked(packed(facts)) == facts
    assert unpacked(packed(Facts())) == Facts()
    (look,) = looks(write(thread, "Fine words.", person=known))
    assert len(look.entries + look.facts) < 400
