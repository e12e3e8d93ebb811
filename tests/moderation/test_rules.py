"""Each rule on its own: what it holds against a draft, and with which evidence."""

import time
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from community.accounts.models import Person, User
from community.comments.models import Comment, Status
from community.comments.screening import Refusal, Sender
from community.sites.models import Role, Site
from community.threads.models import Thread
from moderation import sanctions
from moderation.models import Policy
from moderation.rules import authors, doors, links, standing, texts, words
from moderation.verdicts import Outcome
from tests import factories


def rules(thread: Thread, **fields: Any) -> Policy:
    return Policy(site=thread.site, **fields)


def made(comment: Comment, ago: timedelta, **fields: Any) -> Comment:
    """The comment as if written a while ago."""
    Comment.objects.filter(pk=comment.pk).update(created_at=timezone.now() - ago, **fields)
    return comment


# Links


@pytest.mark.parametrize(
    ("source", "threshold", "evidence"),
    [
        pytest.param("Nothing to click.", 1, None, id="no link"),
        pytest.param("See https://casino.example/x", 1, "casino.example", id="an address"),
        pytest.param("See casino.com please", 1, "casino.com", id="a bare domain"),
        pytest.param("See [the notes](https://bit.ly/3xyz)", 1, "bit.ly", id="a shortener"),
        pytest.param("[testserver](https://evil.example)", 1, "evil.example", id="the real host"),
        pytest.param("See http://testserver/articles/tides/", 1, None, id="the site's own page"),
        pytest.param("See https://paper.example/1", 1, None, id="the publisher's own page"),
        pytest.param("See https://one.example", 2, None, id="fewer than allowed"),
        pytest.param(
            "https://one.example and https://two.example",
            2,
            "one.example, two.example",
            id="as many as allowed",
        ),
        pytest.param("https://one.example", 0, None, id="never for links"),
    ],
)
def test_links_that_lead_away_hold_a_comment(
    thread: Thread, source: str, threshold: int, evidence: str | None
) -> None:
    thread.site.own_hosts = ["paper.example"]
    draft = factories.draft(thread, source)
    verdict = links.has_links(draft, rules(thread, link_threshold=threshold))
    assert (verdict and (verdict.outcome, verdict.evidence)) == (
        None if evidence is None else (Outcome.HOLD, evidence)
    )


def test_the_authors_own_page_counts_as_a_link(thread: Thread) -> None:
    draft = factories.draft(thread, "Fine words.", url="https://shop.example/")
    verdict = links.has_links(draft, rules(thread))
    assert verdict
    assert verdict.evidence == "shop.example"


def test_a_link_in_the_title_of_a_topic_counts(thread: Thread) -> None:
    verdict = links.has_links(factories.draft(thread, title="Try casino.com"), rules(thread))
    assert verdict
    assert verdict.evidence == "casino.com"


def test_a_look_alike_host_is_called_one(thread: Thread) -> None:
    verdict = links.has_links(factories.draft(thread, "https://раураl.com/login"), rules(thread))
    assert verdict
    assert "looks like another address" in verdict.evidence
    assert "xn--" in verdict.evidence


# Authors


@pytest.mark.parametrize("role", [Role.MODERATOR, Role.ADMINISTRATOR])
def test_staff_is_trusted(thread: Thread, moderator: User, role: Role) -> None:
    draft = factories.draft(thread, person=moderator.person, role=role)
    verdict = authors.author_is_staff(draft, rules(thread))
    assert verdict
    assert verdict.outcome is Outcome.TRUST


def test_readers_are_not_staff(thread: Thread, author: Person) -> None:
    assert authors.author_is_staff(factories.draft(thread, person=author), rules(thread)) is None


@pytest.mark.parametrize(
    ("proven", "published", "hold_first", "expected"),
    [
        pytest.param(True, True, True, "known", id="confirmed and published: known"),
        pytest.param(True, False, True, "first", id="confirmed, but nothing published yet"),
        pytest.param(False, True, True, "first", id="published, but never confirmed"),
        pytest.param(False, False, True, "first", id="nothing is known"),
        pytest.param(False, False, False, None, id="the site does not mind first comments"),
        pytest.param(True, True, False, "known", id="known all the same"),
    ],
)
def test_an_author_is_known_by_proof_and_by_one_published_comment(
    thread: Thread, proven: bool, published: bool, hold_first: bool, expected: str | None
) -> None:
    person = factories.guest(proven=proven)
    factories.comment(
        thread, person=person, status=Status.PUBLISHED if published else Status.REJECTED
    )
    draft = factories.draft(thread, person=person)
    verdict = authors.author_is_known(draft, rules(thread, first_comments=int(hold_first)))
    assert (verdict and verdict.name) == expected


def test_a_comment_on_another_site_proves_nothing_here(thread: Thread, author: Person) -> None:
    elsewhere = factories.site(host="other.example", base_url="https://other.example")
    factories.comment(factories.thread(elsewhere), person=author)
    verdict = authors.author_is_known(factories.draft(thread, person=author), rules(thread))
    assert verdict
    assert verdict.name == "first"


def test_nobody_is_known_by_a_typed_name(thread: Thread, author: Person) -> None:
    factories.comment(thread, person=author)
    draft = factories.draft(thread, name=author.name, email="amir@example.org")
    verdict = authors.author_is_known(draft, rules(thread))
    assert verdict
    assert verdict.name == "first"


def test_a_site_may_let_everything_wait(thread: Thread) -> None:
    draft = factories.draft(thread)
    assert authors.everything_waits(draft, rules(thread)) is None
    assert authors.everything_waits(draft, rules(thread, hold_everything=True))


# Words


@pytest.mark.parametrize(
    ("line", "text", "found"),
    [
        pytest.param("casino", "A casino!", ["casino"], id="a whole word"),
        pytest.param("casino", "CaSiNo", ["casino"], id="in any case"),
        pytest.param("casino", "casinos", [], id="not a part of a word"),
        pytest.param("ass", "A class of bassoons", [], id="not inside of innocent words"),
        pytest.param("casino*", "casinos", ["casinos"], id="wildcard at the end"),
        pytest.param("*casino", "supercasino", ["casino"], id="wildcard at the beginning"),
        pytest.param("*casino", "casinos", [], id="which leaves the end alone"),
        pytest.param("*赌博*", "网上赌博游戏", ["赌博游戏"], id="scripts without blanks"),
        pytest.param("c*no", "casino", ["casino"], id="wildcard in the middle"),
        pytest.param("c*no", "can go now no", [], id="a wildcard stays within a word"),
        pytest.param("buy now", "Buy\n now!", ["buy\n now"], id="words in a row"),
        pytest.param("buy now", "buy it now", [], id="not with others between"),
        pytest.param("Straße", "STRASSE", ["strasse"], id="folded as languages do"),
        pytest.param("casino", "ｃａｓｉｎｏ", ["casino"], id="wide letters"),
        pytest.param("casino", "ca\u200bsi\u00adno", ["casino"], id="invisible letters between"),
        pytest.param("casino", "the_casino_page", ["casino"], id="underscores part words"),
        pytest.param("c++", "I write C++ code", ["c++"], id="signs count as they are"),
        pytest.param("a.c", "abc", [], id="nothing is a pattern but the star"),
        pytest.param("(a+)+$", "aaaa", [], id="nobody smuggles a pattern in"),
        pytest.param("$$$", "cheap$$$now", ["$$$"], id="signs need no blanks around them"),
        pytest.param("*", "anything", [], id="a star alone means nothing"),
        pytest.param("  \n\ncasino  \n", "casino", ["casino"], id="blank lines mean nothing"),
        pytest.param("don't", "Don't!", ["don't"], id="apostrophes"),
    ],
)
def test_words_are_found(line: str, text: str, found: list[str]) -> None:
    assert list(words.compiled(line).found_in(words.folded(text))) == found


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param({"words": "Try my casino"}, id="the text"),
        pytest.param({"words": "Try **cas**ino"}, id="the text as rendered"),
        pytest.param({"name": "Casino Royal"}, id="the name"),
        pytest.param({"email": "me@casino.example"}, id="the e-mail address"),
        pytest.param({"url": "https://casino.example/"}, id="the author's page"),
        pytest.param({"words": "[here](https://x.example/casino)"}, id="where a link leads"),
        pytest.param({"title": "A casino for all"}, id="the title of a topic"),
    ],
)
def test_words_are_looked_for_in_all_that_is_said(thread: Thread, fields: dict[str, str]) -> None:
    draft = factories.draft(thread, **fields)
    verdict = words.has_moderation_words(draft, rules(thread, moderation_words="casino"))
    assert verdict
    assert (verdict.outcome, verdict.evidence) == (Outcome.HOLD, "casino")


def test_disallowed_words_make_spam_and_name_at_most_five(thread: Thread) -> None:
    listed = ["one", "two", "three", "four", "five", "six"]
    draft = factories.draft(thread, " ".join(listed))
    verdict = words.has_disallowed_words(draft, rules(thread, disallowed_words="\n".join(listed)))
    assert verdict
    assert verdict.outcome is Outcome.SPAM
    assert len(verdict.evidence.split(", ")) == 5


@pytest.mark.parametrize(
    "shape", ["word{}", "two words{}", "word{}*", "*word{}*", "wo*rd{}", "*a*a*a*a*a*b{}"]
)
def test_ten_thousand_lines_take_no_time(shape: str) -> None:
    count = 100 if shape.count("*") > 2 else 10_000
    ready = words.compiled("\n".join(shape.format(number) for number in range(count)))
    for text in ("aaab" * 2_500, "wo rd word " * 900, "a" * 10_000):
        start = time.process_time()
        list(ready.found_in(words.folded(text)))
        assert time.process_time() - start < 2


def test_a_list_is_made_ready_once(thread: Thread) -> None:
    assert words.compiled("alpha\nbeta") is words.compiled("alpha\nbeta")


# The same text again


@pytest.mark.parametrize(
    ("said", "again", "waits"),
    [
        pytest.param("I made money at home!", "I MADE money at home", True, id="but for signs"),
        pytest.param("I made money at home!", "I lost money at home!", False, id="other words"),
        pytest.param("Thank you!", "Thank you!", False, id="what many people say"),
    ],
)
def test_someone_elses_words_wait(
    thread: Thread, author: Person, said: str, again: str, waits: bool
) -> None:
    first = factories.comment(thread, said, name="Olga")
    verdict = texts.says_the_same(factories.draft(thread, again, person=author), rules(thread))
    assert (verdict is not None) is waits
    if verdict:
        assert verdict.evidence == f"Comment {first.pk} by Olga"


@pytest.mark.parametrize(
    ("days", "status", "waits"),
    [
        pytest.param(29, Status.PUBLISHED, True, id="published a month ago"),
        pytest.param(29, Status.SPAM, True, id="was spam a month ago"),
        pytest.param(31, Status.PUBLISHED, False, id="longer ago"),
        pytest.param(1, Status.WITHDRAWN, False, id="deleted by its author"),
    ],
)
def test_texts_are_remembered_for_thirty_days(
    thread: Thread, days: int, status: Status, waits: bool
) -> None:
    text = "Quite a long text about tides."
    made(factories.comment(thread, text, status=status), timedelta(days=days))
    verdict = texts.says_the_same(factories.draft(thread, text), rules(thread))
    assert (verdict is not None) is waits


def test_ones_own_words_elsewhere_do_not_wait(thread: Thread, author: Person, site: Site) -> None:
    text = "Quite a long text about tides."
    comment = factories.comment(factories.thread(site), text, person=author)
    draft = factories.draft(thread, text, person=author)
    assert texts.says_the_same(draft, rules(thread)) is None
    edited = factories.draft(comment.thread, text, comment=comment)
    assert texts.says_the_same(edited, rules(thread)) is None


# Doors


def refusal_of(door: Any, draft: Any, **fields: Any) -> Refusal | None:
    try:
        door(draft, Policy(site=draft.site, **fields))
    except Refusal as refusal:
        return refusal
    return None


def test_nobody_writes_into_what_is_closed(thread: Thread) -> None:
    assert refusal_of(doors.thread_is_closed, factories.draft(thread)) is None
    thread.closed_at = timezone.now()
    refusal = refusal_of(doors.thread_is_closed, factories.draft(thread))
    assert refusal
    assert refusal.status == 403


def test_blocked_authors_are_refused_kindly(
    thread: Thread, author: Person, moderator: User
) -> None:
    draft = factories.draft(thread, person=author)
    assert refusal_of(standing.author_is_stopped, draft) is None
    sanctions.block(factories.comment(thread, person=author), moderator)
    refusal = refusal_of(standing.author_is_stopped, factories.draft(thread, person=author))
    assert refusal
    assert (refusal.status, "welcome" in refusal.sentence) == (403, True)


@pytest.mark.parametrize(
    ("ago", "pause", "wait"),
    [
        pytest.param(5, 15, 10, id="too soon"),
        pytest.param(14.5, 15, 1, id="almost"),
        pytest.param(16, 15, 0, id="long enough"),
        pytest.param(0, 0, 0, id="the site does not mind"),
    ],
)
def test_some_seconds_lie_between_two_comments(
    thread: Thread, author: Person, ago: float, pause: int, wait: int
) -> None:
    made(factories.comment(thread, person=author), timedelta(seconds=ago))
    draft = factories.draft(thread, person=author)
    refusal = refusal_of(doors.author_writes_too_fast, draft, flood_seconds=pause)
    assert (refusal.status, refusal.wait) == (429, wait) if refusal else wait == 0


def test_the_pause_is_for_writing_anew_and_not_for_staff(
    thread: Thread, author: Person, moderator: User
) -> None:
    comment = factories.comment(thread, person=author)
    factories.comment(thread, person=moderator.person)
    edited = factories.draft(thread, person=author, comment=comment)
    staff = factories.draft(thread, person=moderator.person, role=Role.MODERATOR)
    assert refusal_of(doors.author_writes_too_fast, edited) is None
    assert refusal_of(doors.author_writes_too_fast, staff) is None


@pytest.mark.parametrize(
    ("number", "ago", "refused"),
    [
        pytest.param(9, 10, False, id="nine in a minute"),
        pytest.param(10, 10, True, id="ten in a minute"),
        pytest.param(10, 61, False, id="ten, but longer ago"),
    ],
)
def test_a_network_of_strangers_may_write_ten_times_a_minute(
    thread: Thread, author: Person, number: int, ago: int, refused: bool
) -> None:
    for _ in range(number):
        made(factories.comment(thread), timedelta(seconds=ago))
    refusal = refusal_of(doors.newcomers_write_too_fast, factories.draft(thread))
    assert (refusal is not None) is refused
    if refusal:
        assert 0 < refusal.wait <= 50
    known = factories.draft(thread, person=author)
    assert refusal_of(doors.newcomers_write_too_fast, known) is None
    elsewhere = factories.draft(thread, sender=Sender(network="another"))
    assert refusal_of(doors.newcomers_write_too_fast, elsewhere) is None


@pytest.mark.parametrize(
    ("fields", "refused"),
    [
        pytest.param({}, True, id="same network, same name"),
        pytest.param({"name": "Paul"}, False, id="another name"),
        pytest.param({"sender": Sender(network="another")}, False, id="another network"),
        pytest.param({"sender": Sender()}, False, id="no network at all"),
        pytest.param({"words": "Other words."}, False, id="other words"),
    ],
)
def test_a_guest_without_cookie_is_led_to_their_first_comment(
    thread: Thread, fields: dict[str, Any], refused: bool
) -> None:
    first = factories.comment(thread, "Twice.", name="Rosa")
    draft = factories.draft(thread, **{"words": "Twice.", "name": "Rosa", **fields})
    refusal = refusal_of(doors.author_repeats_themselves, draft)
    assert (refusal and (refusal.status, refusal.duplicate_of)) == (
        (409, first.pk) if refused else None
    )


@pytest.mark.parametrize(("hours", "refused"), [(23, True), (25, False)])
def test_network_and_name_count_for_a_day(thread: Thread, hours: int, refused: bool) -> None:
    made(factories.comment(thread, "Twice.", name="Rosa"), timedelta(hours=hours))
    draft = factories.draft(thread, "Twice.", name="Rosa")
    assert (refusal_of(doors.author_repeats_themselves, draft) is not None) is refused


def test_a_known_author_is_led_to_the_first_within_the_thread(
    thread: Thread, author: Person, site: Site
) -> None:
    first = made(factories.comment(thread, "Twice.", person=author), timedelta(days=300))
    again = factories.draft(thread, "twice", person=author)
    refusal = refusal_of(doors.author_repeats_themselves, again)
    assert refusal
    assert refusal.duplicate_of == first.pk
    elsewhere = factories.draft(factories.thread(site), "Twice.", person=author)
    assert refusal_of(doors.author_repeats_themselves, elsewhere) is None
    edited = factories.draft(thread, "Twice.", person=author, comment=first)
    assert refusal_of(doors.author_repeats_themselves, edited) is None


def test_what_was_deleted_may_be_said_again(thread: Thread, author: Person) -> None:
    factories.comment(thread, "Twice.", person=author, status=Status.WITHDRAWN)
    draft = factories.draft(thread, "Twice.", person=author)
    assert refusal_of(doors.author_repeats_themselves, draft) is None
