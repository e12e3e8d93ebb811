"""What is written in bulk is what the doors would have left."""

from collections.abc import Callable
from random import Random

import pytest
from django.utils import timezone

from community.comments.models import Comment
from community.comments.rendering import render
from community.comments.words import fingerprint
from community.demo import big, crowd, seeding
from community.demo.crowd import Crowd, Said
from community.project.invariants import breaches
from community.threads import services as threads
from community.threads.models import Thread
from community.votes.models import Vote
from tests import factories
from tests.bench import plenty

Say = Callable[[Random, bool], Said]

pytestmark = [pytest.mark.django_db, pytest.mark.both]


@pytest.fixture
def filled(db: None) -> Thread:
    """The big article, with fewer comments."""
    return threads.of_article(big.write(factories.site(), 600))


def test_everything_is_as_it_must_be(filled: Thread) -> None:
    assert filled.comment_count == filled.publications == 600
    assert Vote.objects.count() > 200
    assert list(breaches()) == []


def test_branches_are_deep_and_one_grows_with_the_thread(filled: Thread) -> None:
    first = filled.comments.order_by("pk")[0]
    assert first.branch_count > 30
    assert max(filled.comments.values_list("depth", flat=True)) > 5


@pytest.mark.parametrize("say", [big.Sayings().say, plenty.say], ids=["demo", "bench"])
def test_words_are_rendered_and_compared_as_those_of_the_form(
    say: Callable[[Random, bool], Said],
) -> None:
    chance = Random(3)
    for turn in range(60):
        said = say(chance, turn % 2 == 0)
        assert said.html.strip() == render(said.body).html.strip()
        assert said.fingerprint == fingerprint(said.body)


def test_a_comment_of_the_crowd_has_what_a_posted_one_has(filled: Thread) -> None:
    posted = seeding.publish(factories.draft(filled, person=factories.guest()))
    posted.refresh_from_db()
    ours = filled.comments.filter(parent=None, ups=0, downs=0, branch_count=0)[0]
    differ = {
        field.attname
        for field in Comment._meta.concrete_fields
        if getattr(posted, field.attname) != getattr(ours, field.attname)
    }
    own = {"id", "place", "top_key", "person_id", "author_name", "publication", "fingerprint"}
    words_and_times = {"body", "body_html", "created_at", "published_at", "announced_at"}
    assert differ <= own | words_and_times | {"network"}


def test_the_same_seed_makes_the_same_thread() -> None:
    trees = [crowd.Tree(300, Random(7)) for _ in range(2)]
    assert trees[0].parents == trees[1].parents


def test_the_article_is_known_to_be_there(filled: Thread) -> None:
    assert big.exists(filled.site)


def test_bench_comments_are_exactly_as_long_as_they_should_be() -> None:
    assert len(plenty.say(Random(1), False).body.encode()) == plenty.LENGTH


def test_a_second_crowd_goes_on_where_the_first_ended(filled: Thread) -> None:
    other = factories.thread(filled.site)
    people = big.people(["Ada", "Ben"])
    many = Crowd(people, [pk for pk, _ in people], plenty.say, other.created_at, timezone.now())
    crowd.fill(other, 40, many, seed=2)
    assert other.comment_count == 40
    assert list(breaches()) == []
