"""Readers report, enough of them hide a comment, a moderator decides, and all are told."""

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta

import pytest
from django.db import IntegrityError
from django.test import Client
from django.utils import timezone

from community.accounts.models import Person, User
from community.comments import services
from community.comments.models import Comment, Status
from community.contacts.models import Contact
from community.outbox.models import Job
from community.privacy import retention
from community.privacy import services as privacy
from community.sites.models import Role, Site
from community.threads.models import Thread
from moderation import answers, decisions, reporting, reports
from moderation.decisions import TooLate
from moderation.models import Act, Decision, Escalation, Report, ReportOutcome
from moderation.reporting import AlreadyReported, Complaint, TooMany
from moderation.reports import Reporter
from moderation.trust import Trust
from tests import factories
from tests.inbox import Inbox, everything_in, link_in, words_of
from tests.moderation.posting import edit, together
from tests.pages.posting import text_of

BrowserOf = Callable[[Person | User], Client]

RUDE = Complaint("attack", "It attacks or insults somebody.")
ILLEGAL = {
    "why": "It says a lie about my shop, § 186.",
    "name": "Olga",
    "email": "olga@example.org",
    "good_faith": "on",
}


@pytest.fixture
def comment(thread: Thread, author: Person) -> Comment:
    """What readers will report."""
    return factories.comment(thread, "Canary words nobody likes.", person=author)


def known(thread: Thread) -> Person:
    """Somebody who has confirmed an address and published a comment."""
    person = factories.guest("Kim", proven=True)
    factories.comment(thread, person=person)
    return person


def report(
    comment: Comment,
    person: Person | None = None,
    said: Complaint = RUDE,
    *,
    network: str = "",
    role: Role | None = None,
) -> Report:
    """One report by somebody."""
    reporter = Reporter(factories.viewer(person, role), network, said.address)
    found = reporting.file(comment, reporter, said, seen=comment.version)
    comment.refresh_from_db()
    return found


def hide(comment: Comment) -> list[Report]:
    """Enough reports by people who are known."""
    return [report(comment, known(comment.thread)) for _ in range(3)]


# What it weighs


@pytest.mark.parametrize(
    ("trust", "weight"),
    [
        pytest.param(Trust(), 10, id="a newcomer"),
        pytest.param(Trust(is_proven=True, published=1), 35, id="known"),
        pytest.param(Trust(is_proven=True, published=6), 50, id="trusted"),
        pytest.param(Trust(is_proven=True, published=1, upheld=8), 63, id="often right"),
        pytest.param(Trust(is_proven=True, published=5, dismissed=3), 14, id="often wrong"),
        pytest.param(Trust(dismissed=99), 2, id="always wrong"),
    ],
)
def test_a_report_weighs_by_who_sends_it(trust: Trust, weight: int) -> None:
    assert reports.weight_of(trust) == weight


def test_newcomers_alone_hide_nothing_for_long_and_known_readers_do(comment: Comment) -> None:
    for number in range(9):
        report(comment, factories.guest(), network=f"network {number}")
    assert comment.is_public
    report(comment, known(comment.thread))
    assert comment.status == Status.HELD
    assert comment.waits_for == "reported"
    assert Decision.objects.filter(comment=comment).latest("pk").automated


def test_replies_stay_under_the_placeholder(comment: Comment, browser: Client) -> None:
    factories.comment(comment.thread, "An answer.", parent=comment)
    comment.refresh_from_db()
    hide(comment)
    page = text_of(browser.get("/articles/tides/"))
    assert "An answer." in page
    assert "This comment is not public at the moment." in page
    assert "Canary" not in page


def test_what_a_moderator_wrote_is_not_hidden_by_reports(thread: Thread) -> None:
    moderator = factories.member("Mina", site=thread.site, role=Role.MODERATOR).person
    comment = factories.comment(thread, person=moderator, role=Role.MODERATOR)
    hide(comment)
    assert comment.is_public


# Once each, and not too many


def test_one_report_per_person_and_comment(comment: Comment, reader: Person) -> None:
    first = report(comment, reader)
    with pytest.raises(AlreadyReported) as again:
        report(comment, reader)
    assert again.value.report == first
    with pytest.raises(IntegrityError):
        Report.objects.create(
            site=comment.site, comment=comment, version=1, person=reader, code="other"
        )


def test_without_a_cookie_one_report_per_network_and_comment(comment: Comment) -> None:
    report(comment, network="n1")
    report(comment, network="n2")
    with pytest.raises(AlreadyReported):
        report(comment, network="n1")
    assert "n1" not in set(Report.objects.values_list("mark", flat=True))


def test_neighbours_may_each_send_a_notice_of_illegal_content(comment: Comment) -> None:
    for address in ("a@example.org", "b@example.org"):
        said = Complaint("illegal", "It is illegal.", is_illegal=True, address=address)
        report(comment, said=said, network="n1")
    assert Report.objects.filter(is_illegal=True).count() == 2


def test_a_flood_ends_after_five_and_nothing_is_lost(
    thread: Thread, reader: Person, browser_of: BrowserOf
) -> None:
    comments = [factories.comment(thread) for _ in range(6)]
    flooder = browser_of(reader)
    answers = [
        flooder.post(f"/comments/{each.pk}/report/", {"code": "attack", "why": "Kept words."})
        for each in comments
    ]
    assert [answer.status_code for answer in answers] == [302] * 5 + [429]
    assert answers[-1]["Retry-After"] == "3600"
    assert "Please send this one again in an hour." in text_of(answers[-1])
    assert "Kept words." in answers[-1].content.decode()
    assert Report.objects.count() == 5
    Report.objects.update(at=timezone.now() - timedelta(minutes=61))
    again = flooder.post(f"/comments/{comments[-1].pk}/report/", {"code": "attack"})
    assert again.status_code == 302


def test_a_flood_without_cookies_ends_too(thread: Thread) -> None:
    for _ in range(5):
        report(factories.comment(thread), network="n1")
    with pytest.raises(TooMany):
        report(factories.comment(thread), network="n1")
    report(factories.comment(thread), network="n2")


# Decided


@pytest.mark.parametrize(
    ("act", "outcome"),
    [
        (Act.APPROVE, ReportOutcome.DISMISSED),
        (Act.REJECT, ReportOutcome.UPHELD),
        (Act.SPAM, ReportOutcome.UPHELD),
    ],
)
def test_a_decision_answers_all_open_reports_and_undo_opens_them_again(
    comment: Comment, moderator: User, act: Act, outcome: ReportOutcome
) -> None:
    made = hide(comment)
    decision = decisions.decide(comment, act, seen=comment.version, by=moderator)
    assert set(Report.objects.values_list("outcome", "decision")) == {(outcome, decision.pk)}
    decisions.undo(decision, by=moderator)
    assert Report.objects.open().count() == len(made)
    assert not Job.objects.open().filter(name="moderation.report-answers").exists()


def test_keeping_what_is_public_is_a_decision_with_its_own_undo(
    comment: Comment, reader: Person, moderator: User
) -> None:
    report(comment, reader)
    version = comment.version
    decision = decisions.decide(comment, Act.KEEP, seen=version, by=moderator)
    assert comment.is_public
    assert comment.version == version + 1
    assert Report.objects.get().outcome == ReportOutcome.DISMISSED
    with pytest.raises(decisions.AlreadyDecided):
        decisions.decide(comment, Act.KEEP, seen=version, by=moderator)
    decisions.undo(decision, by=moderator)
    assert Report.objects.get().is_open
    assert comment.thread.comments.get().is_public


def test_once_reporters_are_told_it_is_too_late_to_undo(
    comment: Comment, reader: Person, moderator: User
) -> None:
    report(comment, reader)
    decision = decisions.decide(comment, Act.REMOVE, seen=comment.version, by=moderator)
    Job.objects.filter(key=reports.answers_key(decision)).update(attempts=1)
    with pytest.raises(TooLate):
        decisions.undo(decision, by=moderator)
    comment.refresh_from_db()
    assert comment.status == Status.REJECTED
    assert not Report.objects.get().is_open


def test_after_a_moderator_has_kept_it_a_storm_of_reports_does_nothing(
    comment: Comment, moderator: User
) -> None:
    hide(comment)
    decisions.decide(comment, Act.APPROVE, seen=comment.version, by=moderator)
    comment.refresh_from_db()
    later = hide(comment)
    assert comment.is_public
    assert {each.outcome for each in later} == {ReportOutcome.ALREADY}
    assert not Report.objects.open().exists()


def test_illegal_content_is_looked_at_again_but_not_hidden_again(
    comment: Comment, moderator: User
) -> None:
    hide(comment)
    decisions.decide(comment, Act.APPROVE, seen=comment.version, by=moderator)
    comment.refresh_from_db()
    for number in range(3):
        said = Complaint("illegal", "", is_illegal=True, address=f"r{number}@example.org")
        assert report(comment, known(comment.thread), said).is_open
    assert comment.is_public


def test_an_edit_does_not_bring_back_what_reports_have_hidden(comment: Comment) -> None:
    hide(comment)
    edit(comment, "Harmless words now.")
    assert comment.status == Status.HELD
    assert Report.objects.first().words == "Canary words nobody likes."


def test_the_words_are_kept_as_the_reader_has_seen_them(comment: Comment, reader: Person) -> None:
    seen = comment.version
    edit(comment, "Harmless words now.")
    reporter = Reporter(factories.viewer(reader))
    found = reporting.file(comment, reporter, RUDE, seen=seen)
    assert found.words == "Canary words nobody likes."


def test_a_comment_its_author_deletes_settles_its_reports(comment: Comment, reader: Person) -> None:
    report(comment, reader)
    services.delete(comment)
    assert reporting.settle_gone() == 1
    assert Report.objects.get().outcome == ReportOutcome.GONE


def test_what_is_removed_already_can_still_be_reported(
    comment: Comment, moderator: User, browser: Client
) -> None:
    decisions.decide(comment, Act.REMOVE, seen=comment.version, by=moderator)
    address = f"/comments/{comment.pk}/report/illegal/"
    page = browser.get(address)
    assert "not public at the moment" in text_of(page)
    assert "Canary" not in page.content.decode()
    receipt = browser.post(address, ILLEGAL, follow=True)
    assert "was not shown any more when your report came" in text_of(receipt)
    assert "given automatically" in text_of(receipt)


@pytest.mark.parametrize("status", [Status.HELD, Status.SPAM, Status.REJECTED, Status.WITHDRAWN])
def test_what_never_was_public_is_as_if_it_did_not_exist(
    thread: Thread, browser: Client, status: Status
) -> None:
    hidden = factories.comment(thread, status=status)
    for path in ("", "illegal/"):
        one = browser.post(f"/comments/{hidden.pk}/report/{path}", {"code": "attack"})
        none = browser.post(f"/comments/98765/report/{path}", {"code": "attack"})
        assert one.status_code == none.status_code == 404
    assert not Report.objects.exists()


def test_a_comment_of_another_site_cannot_be_reported_here(browser: Client, site: Site) -> None:
    other = factories.site(base_url="http://localhost", host="localhost")
    foreign = factories.comment(factories.thread(other))
    assert browser.get(f"/comments/{foreign.pk}/report/").status_code == 404


# Told


def test_a_reader_without_account_or_cookie_reports_and_hears(
    comment: Comment, moderator: User, browser: Client, inbox: Inbox
) -> None:
    given = {"code": "attack", "why": "Typed secret.", "email": "Olga@Example.org"}
    receipt = browser.post(f"/comments/{comment.pk}/report/", given, follow=True)
    assert "Thank you. We have your report." in text_of(receipt)
    assert "no-store" in receipt["Cache-Control"]
    assert not browser.cookies
    decisions.decide(comment, Act.REMOVE, seen=comment.version, by=moderator)
    Job.objects.update(due=timezone.now())
    first, second = inbox.to("olga@example.org")
    assert "We have your report" in first["Subject"]
    assert "The comment is not shown any more." in words_of(second)
    assert "A person has decided this" in words_of(second)
    assert "/contact/" in words_of(second)
    for message in (first, second):
        assert "Canary" not in everything_in(message)
        assert "secret" not in everything_in(message)
    page = browser.get(link_in(second, "/reports/").replace("http://testserver", ""))
    assert "The comment is not shown any more." in text_of(page)


def test_an_answer_is_sent_once_though_its_job_runs_twice(
    comment: Comment, moderator: User, inbox: Inbox
) -> None:
    report(comment, said=Complaint("attack", "", address="olga@example.org"), network="n1")
    decision = decisions.decide(comment, Act.KEEP, seen=comment.version, by=moderator)
    for _ in range(2):
        answers.send_answers({"decision": decision.pk})
    assert [m["Subject"] for m in inbox.to("olga@example.org")].count(
        "What came of your report"
    ) == 1


def test_strangers_get_three_receipts_a_day_and_none_when_they_want_none(
    thread: Thread, inbox: Inbox
) -> None:
    for number in range(5):
        for address in ("olga@example.org", "never@example.org"):
            Contact.objects.for_address("never@example.org")
            Contact.objects.filter(address="never@example.org").update(paused_at=timezone.now())
            said = Complaint("attack", "", address=address)
            report(factories.comment(thread), said=said, network=f"{address} {number}")
    assert len(inbox.to("olga@example.org")) == 3
    assert inbox.to("never@example.org") == []


def test_those_known_by_a_cookie_see_it_on_their_page(
    comment: Comment, reader: Person, moderator: User, browser_of: BrowserOf
) -> None:
    report(comment, reader)
    mine = browser_of(reader)
    assert "What I have reported" in text_of(mine.get("/me/"))
    decisions.decide(comment, Act.KEEP, seen=comment.version, by=moderator)
    assert "A moderator has looked at it. The comment stays." in text_of(mine.get("/me/"))


def test_what_holds_somebody_back_stands_on_their_page(
    reader: Person, author: Person, thread: Thread, browser_of: BrowserOf
) -> None:
    page = text_of(browser_of(reader).get("/me/"))
    assert "Your address is not confirmed." in page
    assert "Confirm your address" in page
    factories.comment(thread, person=author)
    assert "Your comments appear at once" in text_of(browser_of(author).get("/me/"))


# Illegal content, DSA Art. 16


@pytest.mark.parametrize(
    ("left_out", "sentence"),
    [
        ("why", "This field is required"),
        ("name", "Please say who you are"),
        ("email", "Please give your address"),
        ("good_faith", "This field is required"),
    ],
)
def test_a_notice_needs_all_that_the_law_asks_for(
    comment: Comment, browser: Client, left_out: str, sentence: str
) -> None:
    given = {name: value for name, value in ILLEGAL.items() if name != left_out}
    answer = browser.post(f"/comments/{comment.pk}/report/illegal/", given)
    assert answer.status_code == 422
    assert sentence in text_of(answer)
    assert f"http://testserver/comments/{comment.pk}/" in text_of(answer)


def test_where_children_are_in_danger_nobody_needs_to_say_who_they_are(
    comment: Comment, browser: Client
) -> None:
    given = {"why": "Look.", "about_children": "on", "good_faith": "on"}
    assert browser.post(f"/comments/{comment.pk}/report/illegal/", given).status_code == 302
    found = Report.objects.get()
    assert (found.name, found.address, found.about_children) == ("", "", True)


def test_illegal_stands_first_on_the_list_and_moderators_are_told_without_words(
    comment: Comment, thread: Thread, moderator: User, browser_of: BrowserOf, inbox: Inbox
) -> None:
    other = factories.comment(thread, "Another one.")
    report(other, known(thread))
    report(comment, said=Complaint("illegal", "It is illegal.", is_illegal=True), network="n1")
    page = browser_of(moderator).get("/moderation/reported/").content.decode()
    assert page.index(f"card-{comment.pk}") < page.index(f"card-{other.pk}")
    news = [m for m in inbox.to(moderator.email) if "/moderation/reported/" in words_of(m)]
    assert len(news) == 1
    assert "the law is broken" in words_of(news[0])
    assert "Canary" not in everything_in(news[0])


def test_a_threat_to_life_is_escalated_and_written_down(
    comment: Comment, reader: Person, moderator: User, browser_of: BrowserOf
) -> None:
    report(comment, reader)
    desk = browser_of(moderator)
    assert "Somebody’s life is threatened" in text_of(desk.get("/moderation/reported/"))
    address = f"/moderation/comments/{comment.pk}/escalate/"
    assert "112" in text_of(desk.get(address))
    assert desk.post(address, {"told": ""}).status_code == 422
    page = desk.post(address, {"told": "Police of Kiel, 12/34"}, follow=True)
    assert "Police of Kiel, 12/34" in text_of(page)
    assert Escalation.objects.get().by == moderator


# At the desk


def test_the_card_says_who_what_and_how_much_and_keeps_it_with_one_press(
    comment: Comment, reader: Person, moderator: User, browser_of: BrowserOf
) -> None:
    report(comment, reader, Complaint("attack", "It attacks or insults somebody.", "Line two."))
    desk = browser_of(moderator)
    page = text_of(desk.get("/moderation/reported/"))
    for said in ("Reported by 1 reader", "It attacks or insults", "Line two.", "weighs 10 of 100"):
        assert said in page
    given = {"act": "keep", "version": comment.version}
    page = text_of(desk.post(f"/moderation/comments/{comment.pk}/decide/", given, follow=True))
    assert "The comment by Amir stays." in page
    assert "This list is empty" in text_of(desk.get("/moderation/reported/"))


def test_administrators_word_the_reasons(
    comment: Comment, administrator: User, browser_of: BrowserOf, browser: Client
) -> None:
    desk = browser_of(administrator)
    desk.post("/moderation/settings/reports/new/", {"title": "It is too loud.", "is_offered": "on"})
    desk.post("/moderation/settings/reports/off-topic/", {"title": "It is off topic."})
    form = text_of(browser.get(f"/comments/{comment.pk}/report/"))
    assert "It is too loud." in form
    assert "off topic" not in form
    answer = browser.post(f"/comments/{comment.pk}/report/", {"code": "off-topic"})
    assert answer.status_code == 422


# Forgotten


def test_what_a_settled_report_tells_of_people_goes_after_six_months(
    comment: Comment, moderator: User
) -> None:
    said = Complaint("attack", "", "Because.", name="Olga", address="olga@example.org")
    report(comment, said=said, network="n1")
    decisions.decide(comment, Act.KEEP, seen=comment.version, by=moderator)
    Report.objects.update(at=timezone.now() - timedelta(days=31))
    retention.forget()
    found = Report.objects.get()
    assert (found.network, found.mark, found.address) == ("", "", "olga@example.org")
    Report.objects.update(decided_at=timezone.now() - timedelta(days=184))
    retention.forget()
    found = Report.objects.get()
    assert (found.words, found.why, found.name, found.address) == ("", "", "", "")


def test_erasing_forgets_who_reported_and_whose_words_were_reported(
    comment: Comment, author: Person, reader: Person
) -> None:
    report(comment, reader, Complaint("attack", "", "I am Rosa."))
    privacy.erase(reader, with_words=False)
    found = Report.objects.get()
    assert (found.person, found.why) == (None, "")
    assert found.words
    privacy.erase(author, with_words=True)
    assert Report.objects.get().words == ""


# Races


@pytest.mark.both
@pytest.mark.django_db(transaction=True)
def test_reports_at_once_hide_it_once(comment: Comment) -> None:
    people = [known(comment.thread) for _ in range(6)]
    together(
        *[
            lambda person=person: report(Comment.objects.get(pk=comment.pk), person)
            for person in people
        ]
    )
    comment.refresh_from_db()
    assert comment.status == Status.HELD
    assert Report.objects.count() == 6
    assert Decision.objects.filter(comment=comment, after=Status.HELD).count() == 1


@pytest.mark.both
@pytest.mark.django_db(transaction=True)
def test_the_same_reader_pressing_many_times_at_once_has_one_report(
    comment: Comment, reader: Person
) -> None:
    def press() -> None:
        with suppress(AlreadyReported):
            report(Comment.objects.get(pk=comment.pk), reader)

    together(*[press] * 6)
    assert Report.objects.count() == 1


@pytest.mark.both
@pytest.mark.django_db(transaction=True)
def test_a_report_against_a_decision_leaves_nothing_open_or_all_of_it(
    comment: Comment, moderator: User
) -> None:
    for _ in range(2):
        report(comment, known(comment.thread))
    third, seen = known(comment.thread), comment.version

    def keep() -> None:
        with suppress(decisions.StaleComment):
            decisions.decide(comment, Act.KEEP, seen=seen, by=moderator)

    def press() -> None:
        report(Comment.objects.get(pk=comment.pk), third)

    together(keep, press)
    fresh = Comment.objects.get(pk=comment.pk)
    kept = Decision.objects.filter(comment=fresh, act=Act.KEEP).exists()
    assert fresh.is_public is kept
    assert Report.objects.open().exists() is not kept
