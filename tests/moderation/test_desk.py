"""The queue as moderators use it: orders, filters, what is alike, claims, notes, edits."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from community.accounts.models import Person, User
from community.comments.models import Comment, Status
from community.pages.shown import told_status
from community.sites.models import Role, Site
from community.threads.models import Thread
from moderation import decisions, mending, queue
from moderation.decisions import AlreadyDecided
from moderation.models import Act, Claim, Decision, Note, Reason
from moderation.queue import Filter, Kind, Order, alike, claims, pages
from moderation.verdicts import Outcome, Verdict, record
from tests import factories

BrowserOf = Callable[[Person | User], Client]


def wait(thread: Thread, words: str = "", *, risk: int = 0, **fields: Any) -> Comment:
    """A comment that waits, from a network of its own unless told otherwise."""
    fields.setdefault("sender", factories.Sender(network=f"network {next(factories.numbers)}"))
    comment = factories.comment(thread, words, status=Status.HELD, **fields)
    comment.weigh(risk)
    return comment


def shown(site: Site, **wishes: Any) -> list[int]:
    """The ids on the first page of these wishes."""
    return [row.pk for row in queue.page(Filter(sites=(site.pk,), **wishes)).comments]


def press(client: Client, comment: Comment, act: str, version: int | None = None) -> int:
    """The status of deciding about what was seen."""
    form = {"act": act, "version": version or comment.version}
    return client.post(f"/moderation/comments/{comment.pk}/decide/", form).status_code


# Orders and filters


def test_the_riskiest_first_and_of_equals_the_oldest(thread: Thread, site: Site) -> None:
    risks = [5, 30, 5, 60, 30]
    made = [wait(thread, risk=risk).pk for risk in risks]
    assert shown(site) == made
    assert shown(site, order=Order.RISK) == [made[at] for at in (3, 1, 4, 0, 2)]


@pytest.mark.parametrize("order", list(Order))
def test_pages_of_both_orders_show_everything_once(
    thread: Thread, site: Site, order: Order
) -> None:
    made = {wait(thread, risk=number % 3).pk for number in range(pages.PAGE * 2 + 3)}
    seen: list[int] = []
    cursor: int | None = None
    for _ in range(3):
        found = queue.page(Filter(sites=(site.pk,), order=order), cursor)
        seen += [row.pk for row in found.comments]
        cursor = found.next_cursor
    assert cursor is None
    assert sorted(seen) == sorted(made)


def test_each_filter_leaves_only_what_was_asked_for(
    thread: Thread, site: Site, reader: Person
) -> None:
    other = factories.thread(site)
    linked = wait(thread, "See https://boats.example/sale", person=reader, name="Olga")
    record(linked, [Verdict(Reason.LINK, Outcome.HOLD, "boats.example")], version=linked.version)
    plain = wait(other, "About 100% of herons.")
    Comment.objects.filter(pk=plain.pk).update(waits_since=timezone.now() - timedelta(hours=13))
    assert shown(site, reason="link") == shown(site, thread=thread.pk) == [linked.pk]
    assert shown(site, author=reader.pk) == shown(site, words="BOATS.example") == [linked.pk]
    assert shown(site, words="olga") == [linked.pk]
    assert shown(site, hours=12) == shown(site, words="100%") == [plain.pk]
    assert shown(site, words="_erons") == []


def test_search_finds_the_address_that_was_typed(thread: Thread, site: Site) -> None:
    typed = wait(thread, email="olga@boats.example")
    assert shown(site, words="olga@boats") == [typed.pk]


def test_a_search_looks_only_so_far_and_offers_to_go_on(
    thread: Thread, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "FARTHEST_READ", 2)
    for number in range(4):
        last = wait(thread, f"Number {number} {'heron' if number == 3 else 'gull'}")
    wanted = Filter(sites=(site.pk,), words="heron")
    first = queue.page(wanted)
    assert (first.comments, first.looked_at) == ([], 2)
    assert queue.page(wanted, first.next_cursor).comments == [last]


def test_the_address_of_a_page_remembers_what_was_asked(
    thread: Thread, moderator: User, browser_of: BrowserOf
) -> None:
    for number in range(queue.PAGE + 1):
        wait(thread, f"The heron came, {number} times.")
    page = browser_of(moderator).get("/moderation/?order=risk&q=heron&reason=nonsense&age=x")
    assert page.context["next_url"].startswith("/moderation/?order=risk&q=heron")
    assert browser_of(moderator).get(page.context["next_url"]).context["cards"]


def test_odd_addresses_are_answered_calmly(moderator: User, browser_of: BrowserOf) -> None:
    client = browser_of(moderator)
    for query in ("q=%00", "author=x", f"page={'9' * 30}", "site=0", "site=all", "age=-1"):
        assert client.get(f"/moderation/?{query}").status_code == 200, query
    for query in ("after=x", f"after={'9' * 30}", "after=²"):
        assert client.get(f"/moderation/?{query}").status_code == 404, query


# Several sites


def test_a_moderator_of_two_sites_sees_both_and_nothing_of_a_third(
    thread: Thread, moderator: User, browser_of: BrowserOf
) -> None:
    second, third = (
        factories.site(host=f"{name}.example", base_url=f"https://{name}.example")
        for name in ("second", "third")
    )
    second.memberships.create(user=moderator, role=Role.MODERATOR)
    here, there = wait(thread), wait(factories.thread(second))
    foreign = wait(factories.thread(third))
    client = browser_of(moderator)

    def ids(site: str) -> list[int]:
        cards = client.get(f"/moderation/?site={site}").context["cards"]
        return [card.comment.pk for card in cards]

    assert ids("all") == [here.pk, there.pk]
    assert ids(str(second.pk)) == [there.pk]
    assert ids(str(third.pk)) == ids("") == [here.pk]
    assert press(client, there, "approve") == 302
    assert press(client, foreign, "approve") == 404
    for page in ("", "edit/"):
        assert client.get(f"/moderation/comments/{foreign.pk}/{page}").status_code == 404
    assert client.get(f"/moderation/alike/{foreign.pk}/").status_code == 404
    assert client.get(f"/moderation/live/?id={foreign.pk}").json() == {}
    ticked = {"act": "spam", "comment": f"{foreign.pk}:{foreign.version}"}
    client.post("/moderation/bulk/", ticked)
    foreign.refresh_from_db()
    assert foreign.status == Status.HELD


# What is alike


def test_the_same_text_and_the_same_host_stand_once(thread: Thread, site: Site) -> None:
    first = wait(thread, "Cheap watches")
    wait(thread, "Something of its own")
    for _ in range(3):
        wait(thread, "Cheap watches")
    page = queue.page(Filter(sites=(site.pk,)))
    assert [row.body for row in page.comments] == ["Cheap watches", "Something of its own"]
    assert page.alike == {first.pk: queue.Alike(Kind.TEXT, 3)}


def test_two_comments_of_one_person_are_a_conversation_and_four_are_alike(
    thread: Thread, site: Site, reader: Person
) -> None:
    for _ in range(3):
        wait(thread, person=reader)
    assert len(shown(site)) == 3
    wait(thread, person=reader)
    assert len(shown(site)) == 1


def test_likes_are_counted_only_so_far(
    thread: Thread, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(alike, "MOST_ALIKE", 2)
    made = [wait(thread, "See https://watches.example") for _ in range(5)]
    found = queue.page(Filter(sites=(site.pk,))).alike[made[0].pk]
    assert (found.others, found.is_many) == (2, True)


def test_all_that_are_alike_are_decided_in_one_act_after_looking(
    thread: Thread, moderator: User, browser_of: BrowserOf
) -> None:
    made = [wait(thread, "Cheap watches") for _ in range(4)]
    client = browser_of(moderator)
    page = client.get(f"/moderation/alike/{made[0].pk}/?by=text")
    assert page.content.count(b"Cheap watches") == 4
    ticked = [f"{row.pk}:{row.version}" for row in made]
    client.post("/moderation/bulk/", {"act": "spam", "comment": ticked})
    assert set(Comment.objects.values_list("status", flat=True)) == {Status.SPAM}
    assert b"Nothing like it waits" in client.get(f"/moderation/alike/{made[0].pk}/").content


# Two moderators


@pytest.fixture
def second(site: Site) -> User:
    """Another moderator."""
    return factories.member("Anna", site=site, role=Role.MODERATOR)


def cards(client: Client, query: str = "") -> list[int]:
    """The ids in someone's queue."""
    return [card.comment.pk for card in client.get(f"/moderation/{query}").context["cards"]]


def test_two_moderators_get_different_work(
    thread: Thread, moderator: User, second: User, browser_of: BrowserOf
) -> None:
    made = [wait(thread).pk for _ in range(queue.PAGE + 2)]
    assert cards(browser_of(second)) == made[: queue.PAGE]
    assert cards(browser_of(moderator)) == made[queue.PAGE :]
    with time_machine.travel(timezone.now() + claims.LOOK + timedelta(seconds=1)):
        assert cards(browser_of(moderator)) == made[: queue.PAGE]


def test_what_all_others_look_at_is_shown_with_their_name(
    thread: Thread, moderator: User, second: User, browser_of: BrowserOf
) -> None:
    comment = wait(thread)
    cards(browser_of(second))
    page = browser_of(moderator).get("/moderation/")
    assert b"is looking at this" in page.content
    assert b"Anna" in page.content
    # A claim forbids nothing: the version decides.
    assert press(browser_of(moderator), comment, "approve") == 302
    assert press(browser_of(second), comment, "reject") == 409


def test_a_lone_moderator_leaves_no_claim(
    thread: Thread, moderator: User, browser_of: BrowserOf
) -> None:
    wait(thread)
    cards(browser_of(moderator))
    assert not Claim.objects.exists()


def test_an_open_page_hears_what_others_do(
    thread: Thread, moderator: User, second: User, browser_of: BrowserOf
) -> None:
    one, two = wait(thread), wait(thread)
    asked = f"/moderation/live/?id={one.pk}&id={two.pk}"
    cards(browser_of(second))
    told = browser_of(moderator).get(asked).json()
    assert told[str(one.pk)] == {"said": "Anna is looking at this.", "settled": False}
    decisions.decide(one, Act.APPROVE, seen=one.version, by=second)
    told = browser_of(moderator).get(asked).json()
    assert told[str(one.pk)] == {"said": "Just now: approved by Anna.", "settled": True}


# Notes


def test_a_note_on_an_author_stands_on_all_their_comments(
    thread: Thread, reader: Person, moderator: User, browser_of: BrowserOf
) -> None:
    one, two, other = wait(thread, person=reader), wait(thread, person=reader), wait(thread)
    client = browser_of(moderator)
    for about, body in (("author", "Writes kindly."), ("comment", "Ask Ines.")):
        client.post(f"/moderation/comments/{one.pk}/notes/", {"about": about, "body": body})
    notes = {
        card.comment.pk: [note.body for note in card.notes]
        for card in client.get("/moderation/").context["cards"]
    }
    assert notes == {
        one.pk: ["Writes kindly.", "Ask Ines."],
        two.pk: ["Writes kindly."],
        other.pk: [],
    }


def test_only_its_writer_takes_a_note_away(
    thread: Thread, moderator: User, second: User, browser_of: BrowserOf
) -> None:
    comment = wait(thread)
    note = Note.objects.create(
        site=thread.site, comment=comment, person=comment.person, by=moderator, body="Look twice."
    )
    address = f"/moderation/notes/{note.pk}/remove/"
    assert browser_of(second).post(address).status_code == 404
    assert browser_of(moderator).post(address).status_code == 302
    assert not Note.objects.exists()


# Edits


def test_a_moderator_mends_a_comment_and_everyone_can_tell(
    thread: Thread, moderator: User, browser_of: BrowserOf, browser: Client
) -> None:
    comment = wait(thread, "Good point. https://boats.example")
    client = browser_of(moderator)
    form = {"body": "Good point.", "reason": "No links, please.", "version": comment.version}
    address = f"/moderation/comments/{comment.pk}/edit/"
    assert client.post(address, form).status_code == 302
    assert client.post(address, form).status_code == 409
    comment.refresh_from_db()
    assert (comment.body, comment.status, comment.link_host) == ("Good point.", Status.HELD, "")
    assert comment.revisions.get().body == "Good point. https://boats.example"
    assert Decision.objects.latest("pk").act == Act.EDIT
    decisions.decide(comment, Act.APPROVE, seen=comment.version, by=moderator)
    comment.refresh_from_db()
    assert told_status(comment) == "Published, edited by a moderator. No links, please."
    assert thread.article
    page = browser.get(f"/articles/{thread.article.slug}/").content
    assert b"edited by a moderator" in page
    assert b"No links, please." not in page


def test_nobody_approves_what_another_moderator_has_mended(
    thread: Thread, moderator: User, second: User
) -> None:
    comment = wait(thread, "Good point. https://boats.example")
    seen = comment.version
    mending.mend(comment, "Good point.", seen=seen, by=second)
    with pytest.raises(AlreadyDecided):
        decisions.decide(Comment.objects.get(pk=comment.pk), Act.APPROVE, seen=seen, by=moderator)


def test_words_that_say_nothing_are_refused_in_the_form(
    thread: Thread, moderator: User, browser_of: BrowserOf
) -> None:
    comment = wait(thread)
    form = {"body": " \n", "version": comment.version}
    answer = browser_of(moderator).post(f"/moderation/comments/{comment.pk}/edit/", form)
    assert answer.status_code == 422


# Surroundings


def test_a_comment_is_shown_among_a_few_neighbours(thread: Thread) -> None:
    tops = [factories.comment(thread, f"Top {number}") for number in range(9)]
    held = wait(thread, "Here", parent=tops[4])
    for number in range(5):
        factories.comment(thread, f"Reply {number}", parent=tops[4])
    found = queue.neighbours(held)
    assert [row.body for row in found.above] == ["Top 4"]
    assert [row.body for row in found.after] == ["Reply 0", "Reply 1", "Reply 2"]
    middle = queue.neighbours(tops[4])
    assert [row.body for row in middle.before] == ["Top 1", "Top 2", "Top 3"]
    assert [row.body for row in middle.after] == ["Top 5", "Top 6", "Top 7"]
    assert [row.body for row in middle.answers] == ["Reply 0", "Reply 1", "Reply 2"]
