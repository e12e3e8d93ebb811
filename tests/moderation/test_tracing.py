"""What became of one e-mail: looked up by address or comment, and nobody else's business."""

import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from community.accounts.models import Person, User
from community.comments.models import Comment
from community.contacts import health
from community.contacts.health import Why
from community.contacts.models import Contact
from community.inbound import bounces, events
from community.inbound.events import Report
from community.inbound.models import EventKind
from community.mail.mailbox import About, Tag
from community.mail.models import MailState
from community.mail.services import post
from community.sites.models import Role, Site
from community.subscriptions import services, tracing
from community.subscriptions.models import Delay, Delivery, Unwanted
from community.threads.models import Thread
from tests import factories
from tests.subscriptions.helpers import do_jobs

PAGE = "/moderation/settings/e-mails/"
ANN = "ann@example.org"


@pytest.fixture
def operator(site: Site, browser_of: Callable[[User], Client]) -> Client:
    """An administrator's browser."""
    return browser_of(factories.member("Ada", site=site, role=Role.ADMINISTRATOR))


@pytest.fixture
def ann(thread: Thread) -> Person:
    """Somebody who follows."""
    person = Person.objects.create(name="Ann", contact=factories.contact(ANN))
    assert person.contact
    services.follow_thread(thread, person.contact, person)
    return person


@pytest.fixture
def row(ann: Person, thread: Thread) -> Delivery:
    """The e-mail about a comment to her."""
    factories.comment(thread)
    do_jobs()
    return Delivery.objects.get()


def ended(row: Delivery, state: str, reason: str = "", **how: Any) -> None:
    """Give the e-mail an end."""
    how.setdefault("finished_at", timezone.now())
    Delivery.objects.filter(pk=row.pk).update(state=state, reason=reason, **how)


def looked_up(operator: Client, asked: object) -> str:
    """What the page says about what was asked for, as one line."""
    answer = operator.post(PAGE, {"asked": asked}, follow=True)
    return text_of(answer.content.decode())


def text_of(html: str) -> str:
    """A page without its tags."""
    return unescape(" ".join(re.sub(r"<[^>]+>", " ", html).split()))


ENDS = [
    pytest.param(MailState.SENT, "", "Sent", id="sent"),
    pytest.param(MailState.SENT, "came back 5.1.1", "Sent, and came back: 5.1.1", id="bounced"),
    pytest.param(
        MailState.FAILED, "Refused (550 5.1.1)", "Could not be sent: Refused", id="failed"
    ),
    pytest.param(MailState.UNKNOWN, "Lost.", "Handed over, but the answer was lost", id="unknown"),
    pytest.param(MailState.HELD, "", "Held back after a restore", id="held"),
    *(
        pytest.param(MailState.SKIPPED, code.value, "Not sent: ", id=code.value)
        for code in Unwanted
        if code != Unwanted.NOTHING_LEFT
    ),
]


@pytest.mark.parametrize(("state", "reason", "told"), ENDS)
def test_every_end_is_told_with_its_reason(
    operator: Client, row: Delivery, state: str, reason: str, told: str
) -> None:
    ended(row, state, reason)
    assert told in looked_up(operator, ANN)
    assert told in looked_up(operator, row.comment_id)


def test_what_has_no_end_yet_says_since_when_it_may_leave(operator: Client, row: Delivery) -> None:
    assert "On its way not before" in looked_up(operator, ANN)
    Delivery.objects.update(state=MailState.GATHERED, delay=Delay.ASKED)
    assert "Comes together with others" in looked_up(operator, ANN)


def test_what_will_not_be_sent_says_so_before_its_turn_comes(
    operator: Client, row: Delivery
) -> None:
    services.stop(row.subscription)
    page = looked_up(operator, ANN)
    assert "Not sent: its receiver had stopped these" in page
    assert "not before" not in page


def test_no_two_ends_are_told_alike() -> None:
    told = [tracing.told_end(MailState.SKIPPED, code) for code in tracing.SKIPPED]
    told += [end() for end in tracing.ENDS.values()]
    assert len(set(told)) == len(told)


@pytest.mark.parametrize(
    "spelling", ["ann@example.org", " ANN@Example.ORG ", "{pk}", "http://testserver/comments/{pk}/"]
)
def test_an_address_and_a_comment_are_known_however_they_are_written(
    operator: Client, row: Delivery, spelling: str
) -> None:
    ended(row, MailState.SENT)
    assert "Sent" in looked_up(operator, spelling.format(pk=row.comment_id))


def test_a_comment_is_known_by_the_address_of_its_page(operator: Client, row: Delivery) -> None:
    asked = f"http://testserver/articles/tides/?sort=top#c{row.comment_id}"
    assert "E-mails about one comment" in looked_up(operator, asked)


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("", "This field is required"),
        ("ann", "Please give a whole address, or the link of a comment."),
        ("ann@", "Enter a valid email address"),
        ("anne@example.org", "Is it spelled right?"),
        ("999999", "There is no comment of that number here."),
        ("9" * 40, "Please give a whole address, or the link of a comment."),
    ],
)
def test_what_is_typed_wrongly_is_told_beside_the_field_and_stays_there(
    operator: Client, row: Delivery, asked: str, told: str
) -> None:
    answer = operator.post(PAGE, {"asked": asked})
    assert answer.status_code == 422
    assert told in text_of(answer.content.decode())
    assert f'value="{asked}"' in answer.content.decode() or not asked


@pytest.mark.parametrize("given", ["comment=x", "contact=", "contact=²", "comment=1&before=-1"])
def test_an_address_of_the_page_that_is_none_of_ours_is_not_found(
    operator: Client, row: Delivery, given: str
) -> None:
    assert operator.get(f"{PAGE}?{given}").status_code == 404


def test_the_address_stands_neither_in_the_page_nor_in_its_address(
    operator: Client, row: Delivery
) -> None:
    answer = operator.post(PAGE, {"asked": ANN}, follow=True)
    (url, _status) = answer.redirect_chain[0]
    assert url == f"{PAGE}?contact={row.contact_id}"
    assert ANN not in answer.content.decode()
    assert ANN not in operator.get(f"{PAGE}?comment={row.comment_id}").content.decode()


@pytest.mark.parametrize("asked", ["", "?comment={comment}", "?contact={contact}"])
def test_moderators_and_everybody_else_see_nothing_of_it(
    row: Delivery, site: Site, browser_of: Callable[[User], Client], browser: Client, asked: str
) -> None:
    url = PAGE + asked.format(comment=row.comment_id, contact=row.contact_id)
    moderator = browser_of(factories.member(site=site, role=Role.MODERATOR))
    assert moderator.get(url).status_code == 404
    assert moderator.post(PAGE, {"asked": ANN}).status_code == 404
    assert "/accounts/login/" in browser.get(url)["Location"]


def test_another_site_learns_nothing_of_an_address_or_a_comment(
    row: Delivery, browser_of: Callable[[User], Client]
) -> None:
    other = factories.site(name="Inland", base_url="http://localhost", host="localhost")
    client = browser_of(factories.member(site=other, role=Role.ADMINISTRATOR))
    headers = {"Host": "localhost"}
    stranger = client.post(PAGE, {"asked": "nobody@example.org"}, headers=headers)
    known = client.post(PAGE, {"asked": ANN}, headers=headers)
    assert known.status_code == stranger.status_code == 422
    assert "Is it spelled right?" in text_of(known.content.decode())
    for asked in (f"contact={row.contact_id}", f"comment={row.comment_id}"):
        assert client.get(f"{PAGE}?{asked}", headers=headers).status_code == 404


def test_a_paused_address_says_why_and_since_when(operator: Client, row: Delivery) -> None:
    contact = Contact.objects.get(pk=row.contact_id)
    assert "The address is confirmed and written to." in looked_up(operator, ANN)
    health.pause(contact.pk, Why.GONE)
    events.note(Report(contact, EventKind.GONE, "mailbox", "1", "5.1.1"))
    page = looked_up(operator, ANN)
    assert "Nothing is sent to this address since" in page
    assert "nobody reads it" in page
    assert "Nobody reads this address" in page
    assert "5.1.1" in page


def test_questions_to_an_address_are_told_without_their_words(
    operator: Client, ann: Person
) -> None:
    post(kind="confirm", to=ANN, subject="Is it you?", text="A secret link.")
    page = looked_up(operator, ANN)
    assert "On its way" in page
    assert "confirm" in page
    assert "secret" not in page


def test_an_e_mail_that_came_back_says_so_and_all_that_it_told_of(
    ann: Person, row: Delivery
) -> None:
    ended(row, MailState.SENT)
    bounces.note_return(Tag(About.DELIVERY, (row.pk,)), "5.2.2")
    row.refresh_from_db()
    assert (row.state, tracing.told(row)) == (MailState.SENT, "Sent, and came back")
    assert tracing.detail_of(row) == "5.2.2"


def test_ends_are_counted_for_a_day_and_a_week(
    operator: Client, ann: Person, thread: Thread
) -> None:
    for ago in (timedelta(hours=1), timedelta(days=3), timedelta(days=30)):
        comment = factories.comment(thread)
        do_jobs()
        ended(Delivery.objects.get(comment=comment), "sent", finished_at=timezone.now() - ago)
    html = operator.get(PAGE).content.decode()
    assert '<th scope="row">Sent</th><td>1</td><td>2</td>' in html


def test_the_page_says_where_counting_ends(
    row: Delivery, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended(row, MailState.SENT)
    assert not tracing.ends(site).is_capped
    monkeypatch.setattr(tracing, "MOST_COUNTED", 1)
    assert tracing.ends(site).is_capped


def test_many_receivers_are_shown_page_by_page(operator: Client, comment_of_many: Comment) -> None:
    first = operator.get(f"{PAGE}?comment={comment_of_many.pk}").content.decode()
    (link,) = re.findall(r'href="(\?comment=\d+&amp;before=\d+)"', first)
    second = operator.get(PAGE + unescape(link)).content.decode()
    receivers = re.compile(r'href="\?contact=(\d+)"')
    assert len(receivers.findall(first)) == tracing.ON_A_PAGE
    assert len(set(receivers.findall(first) + receivers.findall(second))) == 60
    assert "before=" not in second


@pytest.fixture
def comment_of_many(thread: Thread) -> Comment:
    """A comment that sixty people were to hear of."""
    for number in range(60):
        person = factories.guest(f"N{number}", proven=True)
        assert person.contact
        services.follow_thread(thread, person.contact, person)
    comment = factories.comment(thread)
    do_jobs()
    return comment


def test_a_page_asks_the_same_few_questions_however_many_receivers(
    operator: Client, row: Delivery, comment_of_many: Comment
) -> None:
    asked = []
    operator.get(PAGE)  # what is asked once is kept
    for pk in (row.comment_id, comment_of_many.pk):
        with CaptureQueriesContext(connection) as questions:
            operator.get(f"{PAGE}?comment={pk}")
        asked.append(len(questions))
    assert asked[0] == asked[1]


@pytest.mark.postgres
@pytest.mark.django_db
@pytest.mark.parametrize(
    ("index", "rows"),
    [
        ("deliveries_of_comment", lambda: tracing.about(Comment(pk=7))),
        (
            "deliveries_by_end",
            lambda: Delivery.objects.filter(finished_at__gt=timezone.now()).order_by(
                "-finished_at"
            )[:9],
        ),
        (
            "deliveries_in_doubt",
            lambda: Delivery.objects.in_doubt().filter(digest=None).order_by("-pk")[:9],
        ),
        ("emails_to_look_up", lambda: tracing.other_emails(Contact(address=ANN))),
    ],
)
def test_each_list_has_its_index(index: str, rows: Callable[[], Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off")
    assert index in rows().explain()
