"""Many opinions become one outcome, and one mild sentence for the author."""

import pytest

from community.comments.models import Status, WaitsFor
from moderation.models import Policy, Reason
from moderation.verdicts import Outcome, Verdict, fold, status_for, told_reason

P, E, H, R, S, T = (Outcome(o) for o in ("pass", "error", "hold", "reject", "spam", "trust"))


def said(*outcomes: Outcome) -> list[Verdict]:
    return [Verdict(Reason.EVERYTHING, outcome) for outcome in outcomes]


@pytest.mark.parametrize(
    ("outcomes", "outcome"),
    [
        pytest.param([], P, id="nobody has anything against it"),
        pytest.param([P, P], P, id="everybody is content"),
        pytest.param([P, H], H, id="one doubt is enough"),
        pytest.param([E], H, id="silence goes to a human"),
        pytest.param([E, P], H, id="a word of praise does not end silence"),
        pytest.param([H, R], R, id="a rejection outweighs a doubt"),
        pytest.param([H, S, R], S, id="spam outweighs everything"),
        pytest.param([S, T], T, id="staff is believed in spite of all"),
        pytest.param([T, E], T, id="staff is believed though a check is silent"),
    ],
)
def test_the_gravest_opinion_wins_unless_staff_speaks(
    outcomes: list[Outcome], outcome: Outcome
) -> None:
    assert fold(said(*outcomes), Policy()) is outcome
    assert fold(said(*reversed(outcomes)), Policy()) is outcome


@pytest.mark.parametrize(
    ("now", "outcome", "to"),
    [
        pytest.param("checking", P, "published", id="what passed is published"),
        pytest.param("checking", H, "held", id="what is doubtful waits"),
        pytest.param("checking", R, "rejected", id="what is rejected is not shown"),
        pytest.param("checking", S, "spam", id="spam is spam"),
        pytest.param("held", P, "published", id="held for the check's own trouble only"),
        pytest.param("held", H, "held", id="a rule holds it as well"),
        pytest.param("held", S, "spam", id="spam need not wait"),
        pytest.param("published", S, "spam", id="spam does not stay public"),
        pytest.param("published", H, "published", id="silence takes nothing back"),
        pytest.param("published", P, "published", id="all is well"),
    ],
)
def test_where_a_comment_goes_after_the_slow_check(now: str, outcome: Outcome, to: str) -> None:
    assert status_for(said(outcome), Policy(), Status(now)) == Status(to)


@pytest.mark.parametrize(
    ("names", "told"),
    [
        pytest.param(["link"], WaitsFor.LINK, id="a link is said plainly"),
        pytest.param(["first", "link"], WaitsFor.LINK, id="a link comes before a first comment"),
        pytest.param(["first", "word"], WaitsFor.FIRST, id="a first comment comes before words"),
        pytest.param(["word"], WaitsFor.OTHER, id="words are not told"),
        pytest.param(["akismet"], WaitsFor.OTHER, id="spam evidence is not told"),
        pytest.param([], WaitsFor.OTHER, id="a moderator's own hold"),
    ],
)
def test_the_author_is_told_the_mild_half(names: list[str], told: WaitsFor) -> None:
    assert told_reason([Verdict(Reason(name), H) for name in names]) is told


def test_a_reason_in_favour_is_no_reason_to_wait() -> None:
    assert told_reason([Verdict(Reason.LINK, P), Verdict(Reason.FIRST, H)]) is WaitsFor.FIRST
