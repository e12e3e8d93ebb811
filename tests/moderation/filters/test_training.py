"""The filter tells spam from what is welcome, and knows when it does not."""

import pytest

from moderation.filters import training
from moderation.filters.marks import marks_of
from moderation.filters.scoring import Weights
from moderation.filters.training import Example, limit_of
from tests.moderation.filters.samples import examples


@pytest.fixture(scope="module")
def weights() -> Weights:
    """What eighty examples have taught."""
    return training.learn(examples(good=40, spam=40))


def test_it_tells_texts_apart_that_it_has_not_seen(weights: Weights) -> None:
    quality = training.quality_of(weights, 0.5, examples(good=100, spam=100, seed=2))
    assert quality.caught > 90
    assert quality.held < 10


def test_a_word_written_differently_is_known_by_its_runs_of_letters(weights: Weights) -> None:
    known = weights.score(marks_of("subscribe to my channel"))
    assert weights.score(marks_of("SUSCRIBE to my chanel")) > 0.5
    assert known > 0.5 > weights.score(marks_of("the old harbour wall"))


def test_it_explains_itself_by_words_people_can_read(weights: Weights) -> None:
    strongest = weights.strongest(marks_of("The old pier: subscribe to my channel, free money"))
    assert {"subscribe", "channel", "free", "money"} & set(" ".join(strongest).split())
    assert not any(word.startswith(("~", "#")) for word in strongest)


def test_the_same_examples_teach_the_same(weights: Weights) -> None:
    again = training.learn(examples(good=40, spam=40))
    assert again.values == weights.values


def test_packed_weights_say_the_same(weights: Weights) -> None:
    assert Weights.unpack(weights.pack()).values == weights.values


def test_a_text_without_words_is_no_spam(weights: Weights) -> None:
    assert weights.score(marks_of("")) == 0.0
    assert weights.score(marks_of("\u200b")) == 0.0


@pytest.mark.parametrize(
    ("good", "spam", "enough"),
    [
        pytest.param(30, 30, True, id="thirty of either kind"),
        pytest.param(29, 500, False, id="hardly any good ones"),
        pytest.param(500, 29, False, id="hardly any spam"),
        pytest.param(0, 0, False, id="nothing"),
    ],
)
def test_how_much_is_enough(good: int, spam: int, enough: bool) -> None:
    assert training.is_enough(examples(good=good, spam=spam)) is enough


@pytest.mark.parametrize(
    ("share", "limit"),
    [
        pytest.param(0.0, 0.9, id="none of the good ones is held"),
        pytest.param(0.25, 0.8, id="one in four is held"),
        pytest.param(1.0, 0.5, id="never below a half"),
    ],
)
def test_the_limit_holds_no_more_good_comments_than_allowed(share: float, limit: float) -> None:
    assert limit_of([0.9, 0.8, 0.3, 0.1], share) == limit


def test_labels_that_mean_nothing_lead_to_hardly_any_hold() -> None:
    same = [Example(one.text, number % 2 == 0) for number, one in enumerate(examples(120, 0))]
    limit = training.threshold_of(same)
    unseen = examples(good=100, spam=0, seed=3)
    assert training.quality_of(training.learn(same), limit, unseen).held <= 15
