"""What the e-mails say, read as a mail program reads them."""

import re

import pytest
from pytest_django import DjangoAssertNumQueries

from community.accounts.models import Person
from community.comments.models import Comment, Status
from community.mail.message import Phase, Refused
from community.sites.models import Site
from community.subscriptions import notices, services
from community.subscriptions.models import Delivery
from community.subscriptions.plaintext import without_links
from community.threads.models import Thread
from tests import factories
from tests.subscriptions.helpers import bodies, do_jobs, move, raw

HOSTILE = """Look at <b>this</b>: https://evil.example/a?b=1 and [click here](http://evil.example/x)

![a picture](https://evil.example/pixel.png) or www.evil.example, bare evil.example/path,
mail to bad@evil.example or <mailto:bad@evil.example>, plain evil.example.

> tel:+123456 and ftp://evil.example and //evil.example

`https://evil.example/code` 10.0.0.1/x"""


def delivery_of(comment: Comment) -> Delivery:
    """The one e-mail about a comment."""
    do_jobs()
    return notices.due().get(comment=comment)


def followed(thread: Thread, author: Person, words: str = "", **fields: object) -> Delivery:
    """An e-mail about a new comment to someone who follows the thread."""
    services.follow_thread(thread, author.contact, author)
    return delivery_of(factories.comment(thread, words, **fields))


def test_a_new_comment_is_told_with_who_where_what_and_why(thread: Thread, author: Person) -> None:
    delivery = followed(thread, author, "The *harbour* is <open>.", name="Zoë & Co")
    message = raw(delivery)
    text, html = bodies(message)
    assert message["To"] == author.contact.address
    assert message["From"] == f"{thread.site.name} <comments@localhost>"
    assert message["Subject"] == "Re: On tides"
    assert "Zoë & Co wrote on “On tides”:" in text
    assert "The harbour is <open>." in text
    assert "Zoë &amp; Co" in html
    assert "The harbour is &lt;open&gt;." in html
    for body in (text, html):
        assert f"http://testserver/comments/{delivery.comment_id}/" in body
        assert "because you asked for every new comment here" in body
        assert "http://testserver/e-mails/stop/" in body


def test_an_answer_quotes_one_line_of_what_was_answered(thread: Thread, author: Person) -> None:
    comment = factories.comment(thread, "First line.\n\nSecond line. " * 20, person=author)
    services.follow_own(comment, author.contact, author)
    answer = factories.comment(thread, "I do not think so.", parent=comment)
    text, _ = bodies(raw(delivery_of(answer)))
    assert "answered your comment" in text
    quoted = re.findall(r"You wrote: (.*)", text)[0]
    assert quoted.startswith("First line. Second line.")
    assert len(quoted) <= 160


def test_an_answer_does_not_quote_what_is_not_public_any_more(
    thread: Thread, author: Person
) -> None:
    comment = factories.comment(thread, "The canary word.", person=author)
    services.follow_own(comment, author.contact, author)
    answer = factories.comment(thread, parent=comment)
    do_jobs()
    move(comment, Status.HELD)
    text, html = bodies(raw(delivery_of(answer)))
    assert "canary" not in text + html


def test_one_hears_that_ones_comment_is_published(thread: Thread, author: Person) -> None:
    comment = factories.comment(thread, person=author, status=Status.CHECKING)
    move(comment, Status.HELD, waits_for="link")
    services.follow_own(comment, author.contact, author)
    move(comment, Status.PUBLISHED)
    text, _ = bodies(raw(delivery_of(comment)))
    assert "Your comment on “On tides” is published." in text


def test_no_link_picture_or_address_of_a_comment_gets_into_an_e_mail(
    thread: Thread, author: Person
) -> None:
    thread.title = "See evil.example/title"
    thread.save()
    message = raw(followed(thread, author, HOSTILE, name="www.evil.example"))
    text, html = bodies(message)
    assert "evil.example" not in text + html + message["Subject"]
    assert "tel:" not in text + html
    assert "bad@" not in text + html
    assert "<img" not in html
    for address in re.findall(r"(?:href|src)=\"([^\"]+)\"", html):
        assert address.startswith("http://testserver/")
    assert "click here" in text


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        pytest.param("Yes.No way", "Yes. No way", id="a missing blank"),
        pytest.param("3.14, e.g. this", "3.14, e.g. this", id="numbers and abbreviations"),
        pytest.param("at 12:30 / 1:2", "at 12:30 / 1:2", id="times"),
        pytest.param("(https://a.example).", "[link]", id="in brackets"),
        pytest.param("привет.рф", "привет. рф", id="a host in another script"),
        pytest.param("@ann, hello", "@ann, hello", id="a name with @"),
        pytest.param("two\nlines", "two\nlines", id="breaks stay"),
    ],
)
def test_words_stay_words(words: str, shown: str) -> None:
    assert without_links(words) == shown


@pytest.mark.parametrize(
    "name",
    [
        "Ann\r\nBcc: victim@example.org",
        "Ann\u2028Bcc: victim@example.org",
        "Ann\u0085Bcc: victim@example.org",
        'Ann, "Ben" <ben@example.org>; (Carl)',
    ],
)
def test_names_and_titles_break_no_header(thread: Thread, author: Person, name: str) -> None:
    thread.site.name = thread.title = name
    thread.site.save()
    thread.save()
    message = raw(followed(thread, author, name=name[:50]))
    assert [str(address.addr_spec) for address in message["From"].addresses] == [
        "comments@localhost"
    ]
    assert len(message.get_all("Subject")) == len(message.get_all("To")) == 1
    assert message["Bcc"] is None


def test_mail_programs_can_show_the_thread(thread: Thread, author: Person) -> None:
    services.follow_thread(thread, author.contact, author)
    first = factories.comment(thread)
    answer = factories.comment(thread, parent=first)
    one, two = raw(delivery_of(first)), raw(delivery_of(answer))
    assert one["Message-ID"] == raw(delivery_of(first))["Message-ID"]
    assert two["In-Reply-To"] == one["Message-ID"]
    assert one["In-Reply-To"] == one["References"]
    assert two["References"] == f"{one['References']} {one['Message-ID']}"
    assert one["Subject"] == two["Subject"]
    assert one["List-Id"] == "<comments.testserver>"


def test_references_name_everything_between_the_thread_and_the_answer(
    thread: Thread, author: Person
) -> None:
    services.follow_thread(thread, author.contact, author)
    line = [factories.comment(thread)]
    for _ in range(4):
        line.append(factories.comment(thread, parent=line[-1]))
    factories.comment(thread, parent=line[1])
    said = [raw(delivery_of(comment)) for comment in line]
    above = [message["Message-ID"] for message in said[:-1]]
    assert said[-1]["References"].split() == [*said[0]["References"].split(), *above]
    assert said[-1]["In-Reply-To"] == above[-1]


def test_providers_count_complaints_by_kind_and_site(thread: Thread, author: Person) -> None:
    services.follow_thread(thread, author.contact, author)
    message = raw(delivery_of(factories.comment(thread)))
    assert message["Feedback-ID"] == f"thread:site{thread.site_id}:comments:parley"


def test_whoever_writes_says_where_they_are_found(thread: Thread, author: Person) -> None:
    Site.objects.filter(pk=thread.site_id).update(postal_address="Quay 1\nHarbour & Town")
    services.follow_thread(thread, author.contact, author)
    text, html = bodies(raw(delivery_of(factories.comment(thread))))
    assert text.rstrip().splitlines()[-3:] == ["The Harbour Post", "Quay 1", "Harbour & Town"]
    assert "Quay 1<br>Harbour &amp; Town" in html


def test_two_receivers_get_two_message_ids(thread: Thread, author: Person) -> None:
    other = factories.guest("Ben", proven=True)
    for person in (author, other):
        services.follow_thread(thread, person.contact, person)
    factories.comment(thread)
    do_jobs()
    assert len({raw(row)["Message-ID"] for row in notices.due()}) == 2


def test_automatic_answers_are_not_wanted_and_one_click_is_offered(
    thread: Thread, author: Person
) -> None:
    message = raw(followed(thread, author))
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert re.fullmatch(r"<http://testserver/e-mails/stop/[^>]+>", message["List-Unsubscribe"])
    assert author.contact.address not in str(message["List-Unsubscribe"])


@pytest.mark.parametrize(
    ("phase", "code", "status", "pauses"),
    [
        pytest.param(Phase.RECIPIENT, 550, "", True, id="no such mailbox"),
        pytest.param(Phase.RECIPIENT, 550, "5.1.1", True, id="no such mailbox, with status"),
        pytest.param(Phase.RECIPIENT, None, "", True, id="no address at all"),
        pytest.param(Phase.RECIPIENT, 550, "5.7.1", False, id="a policy"),
        pytest.param(Phase.RECIPIENT, 552, "5.2.2", False, id="mailbox full"),
        pytest.param(Phase.CONTENT, 550, "", False, id="the words"),
    ],
)
def test_an_address_that_is_gone_is_paused(
    thread: Thread, author: Person, phase: Phase, code: int | None, status: str, pauses: bool
) -> None:
    delivery = followed(thread, author)
    notices.heed_refusal(delivery, Refused("No.", phase=phase, code=code, status=status))
    author.contact.refresh_from_db()
    assert (author.contact.paused_at is not None) is pauses


def test_an_e_mail_costs_few_queries(
    thread: Thread, author: Person, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    services.follow_thread(thread, author.contact, author)
    factories.comment(thread)
    do_jobs()
    with django_assert_max_num_queries(3):
        notices.compose(notices.due()[0])
