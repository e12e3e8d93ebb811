"""Many at once on one thing: votes are exact, and what two moderators tick is decided once."""

import random
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client

from community.accounts.models import Person, User
from community.comments.models import Comment, Status
from community.project.invariants import breaches, comment_counters, sort_keys
from community.sites.models import Role
from community.votes import services as votes
from community.votes.models import Vote
from moderation.models import Claim, Decision
from tests import factories
from tests.moderation.posting import together, write

pytestmark = [pytest.mark.both, pytest.mark.django_db(transaction=True)]

VOTES = 2_000
CLIENTS = 32
TICKED = 100


def test_two_thousand_votes_from_32_clients_are_counted_exactly(seed: int) -> None:
    chance = random.Random(seed)
    comment = factories.comment(factories.thread(factories.site()))
    people = Person.objects.bulk_create([Person(name=f"Voter {n}") for n in range(VOTES)])
    presses = [(person, chance.choice([1, -1])) for person in people]
    together(*[voter(comment, presses[turn::CLIENTS]) for turn in range(CLIENTS)])
    ups = sum(value == 1 for _person, value in presses)
    comment.refresh_from_db()
    assert (comment.ups, comment.downs) == (ups, VOTES - ups)
    assert Vote.objects.count() == VOTES
    assert miscounts() == []


def miscounts() -> list[str]:
    """What a recount of votes says."""
    return [*comment_counters(), *sort_keys()]


def voter(comment: Comment, presses: list[tuple[Person, int]]) -> Callable[[], None]:
    """One client that votes for these people, each time as a request of its own."""

    def vote() -> None:
        for person, value in presses:
            votes.press(comment, person, value)
            connection.close()

    return vote


@pytest.mark.parametrize("values", [[1] * 8, [1, -1] * 4], ids=["the same", "both"])
def test_one_person_pressing_eight_times_at_once_has_one_vote_or_none(values: list[int]) -> None:
    comment = factories.comment(factories.thread(factories.site()))
    person = factories.guest()
    for _ in range(5):
        together(*[voter(comment, [(person, value)]) for value in values])
        assert Vote.objects.filter(comment=comment, person=person).count() <= 1
        assert miscounts() == []


def test_what_two_moderators_tick_at_once_is_decided_once(
    browser_of: Callable[[User], Client],
) -> None:
    site = factories.site()
    thread = factories.thread(site)
    waiting = [write(thread, person=factories.guest()) for _ in range(TICKED)]
    ticked = [f"{comment.pk}:{comment.version}" for comment in waiting]
    one, two = (browser_of(factories.member(site=site, role=Role.MODERATOR)) for _ in range(2))
    answers: list[int] = []
    together(
        lambda: answers.append(press(one, "approve", ticked)),
        lambda: answers.append(press(two, "reject", ticked[::-1])),
    )
    assert answers == [302, 302]
    decided = Decision.objects.exclude(moderator=None).values_list("comment", flat=True)
    assert len(decided) == len(set(decided)) == TICKED
    assert not Comment.objects.filter(status=Status.HELD).exists()
    assert list(breaches()) == []


def test_bulks_over_many_threads_never_wait_for_each_other_in_a_circle(
    browser_of: Callable[[User], Client],
) -> None:
    site = factories.site()
    waiting = [
        write(thread, person=factories.guest())
        for thread in [factories.thread(site) for _ in range(5)]
        for _ in range(6)
    ]
    ticked = [f"{comment.pk}:{comment.version}" for comment in waiting]
    moderators = [browser_of(factories.member(site=site, role=Role.MODERATOR)) for _ in range(3)]
    orders = [ticked, ticked[::-1], ticked[15:] + ticked[:15]]
    acts = ["approve", "reject", "spam"]
    answers: list[int] = []
    together(
        *[
            lambda who=who, act=act, order=order: answers.append(press(who, act, order))
            for who, act, order in zip(moderators, acts, orders, strict=True)
        ]
    )
    assert answers == [302] * 3
    decided = Decision.objects.exclude(moderator=None).values_list("comment", flat=True)
    assert len(decided) == len(set(decided)) == len(waiting)
    assert list(breaches()) == []


def test_one_comment_is_looked_at_by_one_of_two_who_come_at_once(
    browser_of: Callable[[User], Client],
) -> None:
    site = factories.site()
    thread = factories.thread(site)
    for _ in range(10):
        write(thread, person=factories.guest(), sender=factories.Sender())
    people = [browser_of(factories.member(site=site, role=Role.MODERATOR)) for _ in range(4)]
    answers: list[int] = []
    together(
        *[lambda who=who: answers.append(who.get("/moderation/").status_code) for who in people]
    )
    assert answers == [200] * 4
    assert Claim.objects.count() == 10


def press(moderator: Client, act: str, ticked: list[str]) -> int:
    """The status of deciding the same about all that are ticked."""
    return moderator.post("/moderation/bulk/", {"act": act, "comment": ticked}).status_code
