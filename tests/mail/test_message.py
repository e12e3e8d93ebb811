"""What a mail program reads: checked with the standard parser, not with our own code."""

from dataclasses import replace
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.utils import getaddresses, parsedate_to_datetime

import pytest

from community.mail.message import (
    Later,
    Message,
    Phase,
    Refused,
    compose,
    envelope,
    mailbox,
    message_id,
    sendable,
    unsubscribe_headers,
)

REPLY = Message(
    sender="answers@example.org",
    sender_name="The Lamplighter",
    to="ann@example.com",
    subject="Ben answered you",
    text="Ben wrote: yes.\n",
    html="<p>Ben wrote: yes.</p>\n",
    message_id="<reply.7.12@example.org>",
)
BREAKS = {
    "CR": "\r",
    "LF": "\n",
    "CRLF": "\r\n",
    "folded": "\r\n ",
    "NEL": "\u0085",
    "line separator": "\u2028",
    "paragraph separator": "\u2029",
    "vertical tab": "\v",
    "form feed": "\f",
    "NUL": "\0",
}
LONG_NAME = 'Ann of the very long Society for Letters, Numbers, "x" <evil@evil.invalid>, and Ways'
LINK = "https://example.org/e-mails/stop/" + "Zx9-_:" * 15


def received(message: Message) -> EmailMessage:
    parsed = message_from_bytes(compose(message), policy=policy.default)
    assert isinstance(parsed, EmailMessage)
    assert not parsed.defects
    return parsed


def words_of(part: EmailMessage) -> str:
    return str(part.get_content()).replace("\r\n", "\n")


def raw_headers(message: Message) -> list[str]:
    return compose(message).partition(b"\r\n\r\n")[0].decode("ascii").split("\r\n")


def shown(value: str) -> str:
    """A header as the oldest, simplest reader decodes it."""
    return str(make_header(decode_header(value)))


def test_each_header_stands_there_once() -> None:
    names = [name.lower() for name in received(REPLY)]
    assert sorted(names) == sorted(set(names))
    assert set(names) == {
        *("from", "to", "subject", "date", "message-id", "mime-version", "content-type"),
        *("auto-submitted", "x-auto-response-suppress"),
    }


def test_a_mail_program_is_told_that_nobody_typed_this() -> None:
    email = received(REPLY)
    assert email["Auto-Submitted"] == "auto-generated"
    assert "OOF" in email["X-Auto-Response-Suppress"]
    assert "NDR" not in email["X-Auto-Response-Suppress"].split(", ")
    assert email["Message-ID"] == "<reply.7.12@example.org>"
    assert parsedate_to_datetime(email["Date"]).tzinfo is not None


def test_the_html_is_an_alternative_to_the_plain_text() -> None:
    email = received(REPLY)
    assert email.get_content_type() == "multipart/alternative"
    parts = [(part.get_content_type(), words_of(part)) for part in email.iter_parts()]
    assert parts == [("text/plain", REPLY.text), ("text/html", REPLY.html)]


def test_without_html_the_text_stands_alone() -> None:
    email = received(replace(REPLY, html=""))
    assert email.get_content_type() == "text/plain"
    assert words_of(email) == REPLY.text


@pytest.mark.parametrize(
    "words",
    [
        pytest.param("Grüße, 你好, 👩‍🚀 – “so”\n", id="many scripts"),
        pytest.param(".\n..\n.dot\nFrom here\n", id="dots and From at the start of lines"),
        pytest.param("blank at the end \n\ttab\t\n", id="blanks at the ends of lines"),
        pytest.param("long " * 1000 + "x" * 5000 + "\n", id="lines longer than SMTP allows"),
        pytest.param("a\u2028b\u0085c\n", id="line breaks of Unicode"),
        pytest.param("", id="nothing"),
    ],
)
def test_the_words_arrive_as_they_were_written(words: str) -> None:
    email = received(replace(REPLY, text=words, html=""))
    assert words_of(email).rstrip("\n") == words.rstrip("\n")


@pytest.mark.parametrize("words", ["Grüße " * 50, "x" * 300, "a b " * 100, "\ud800 half"])
def test_every_line_is_short_ascii(words: str) -> None:
    message = replace(REPLY, subject=words, sender_name=words, text=words, html=words)
    raw = compose(message)
    assert raw.isascii()
    assert max(map(len, raw.split(b"\r\n"))) <= 78
    assert b"\n" not in raw.replace(b"\r\n", b"")
    assert b"\r" not in raw.replace(b"\r\n", b"")


@pytest.mark.parametrize("line_break", BREAKS.values(), ids=BREAKS.keys())
def test_no_break_in_a_name_or_title_makes_a_header(line_break: str) -> None:
    evil = f"Ann{line_break}Bcc: all@example.net{line_break}{line_break}<b>Buy</b>"
    message = replace(REPLY, sender_name=evil, subject=evil, headers={"List-Id": evil})
    email = received(message)
    assert email["Bcc"] is None
    assert email["Subject"] == "Ann Bcc: all@example.net <b>Buy</b>"
    assert email["List-Id"] == "Ann Bcc: all@example.net <b>Buy</b>"
    assert [at.addr_spec for at in email["From"].addresses] == [REPLY.sender]
    assert email["From"].addresses[0].display_name == "Ann Bcc: all@example.net <b>Buy</b>"
    assert sorted(email) == sorted([*received(REPLY), "List-Id"])


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("Ann (via The Lamplighter)", id="parentheses are comments"),
        pytest.param("ann@example.net", id="looks like an address"),
        pytest.param("Doe, Ann; Ben", id="separators"),
        pytest.param('Ann "the\\pen" <x@y.z>', id="quotes and a backslash"),
        pytest.param(LONG_NAME, id="longer than a line, with commas"),
        pytest.param(LONG_NAME.replace("Ann", "Änn"), id="the same beyond ASCII"),
        pytest.param("你好" * 50, id="a hundred Chinese letters"),
        pytest.param("=?utf-8?q?Ann=0ABcc=3A_x?=", id="spells an encoded word"),
        pytest.param("x" * 120, id="no blank anywhere"),
    ],
)
def test_a_name_is_one_name_of_one_sender(name: str) -> None:
    message = replace(REPLY, sender_name=name)
    assert [at.addr_spec for at in received(message)["From"].addresses] == [REPLY.sender]
    # The older parser, as the newer one shows a blank between two encoded words of a name.
    raw = message_from_bytes(compose(message), policy=policy.compat32)
    ((found, address),) = getaddresses([raw["From"].replace("\r\n", "")])
    assert (shown(found), address) == (name, REPLY.sender)


def test_a_sender_without_a_name_is_the_bare_address() -> None:
    assert "From: answers@example.org" in raw_headers(replace(REPLY, sender_name=" \n "))


@pytest.mark.parametrize(
    "title",
    [
        pytest.param("Grüße an alle " * 12, id="long, with blanks at the folds"),
        pytest.param("On lamps, and how to light them " * 6, id="long ASCII"),
        pytest.param("你好" * 90, id="long without blanks"),
        pytest.param("=?utf-8?q?Bcc=3A_x?= is how it looks", id="spells an encoded word"),
        pytest.param("", id="empty"),
    ],
)
def test_a_title_is_read_as_it_was_written(title: str) -> None:
    message = replace(REPLY, subject=title)
    raw = message_from_bytes(compose(message), policy=policy.compat32)
    assert shown(raw["Subject"].replace("\r\n", "")) == title.strip()
    assert received(message)["Subject"] == title.strip()


def test_unsubscribing_takes_one_click_and_two_unbroken_lines() -> None:
    headers = unsubscribe_headers(LINK, "stop+ab12@example.org")
    lines = raw_headers(replace(REPLY, headers=headers))
    assert f"List-Unsubscribe: <{LINK}>, <mailto:stop+ab12@example.org>" in lines
    assert "List-Unsubscribe-Post: List-Unsubscribe=One-Click" in lines


def test_an_unsubscribe_link_needs_no_mailbox() -> None:
    assert unsubscribe_headers(LINK) == {
        "List-Unsubscribe": f"<{LINK}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }


@pytest.mark.parametrize(
    "link",
    [
        pytest.param("javascript:alert(1)", id="not a web address"),
        pytest.param("https://example.org/a>, <https://evil.invalid", id="two links in one"),
        pytest.param("https://example.org/a b", id="a blank"),
        pytest.param("https://example.org/\r\nBcc: x", id="a line break"),
        pytest.param("https://example.org/ü", id="beyond ASCII"),
        pytest.param("https://example.org/" + "a" * 1000, id="longer than a line may be"),
    ],
)
def test_an_odd_unsubscribe_link_is_a_mistake_of_ours(link: str) -> None:
    with pytest.raises(ValueError, match="unsubscribe link"):
        unsubscribe_headers(link)


def test_headers_that_thread_pass_through() -> None:
    ancestors = [f"<comment.{number}@example.org>" for number in range(1, 41)]
    threading = {"In-Reply-To": ancestors[-1], "References": " ".join(ancestors)}
    message = replace(REPLY, headers=threading)
    email = received(message)
    assert email["In-Reply-To"] == ancestors[-1]
    assert email["References"].split() == ancestors
    assert all(len(line) <= 78 for line in raw_headers(message))


@pytest.mark.parametrize("length", [10, 90, 150])
def test_a_message_id_of_any_length_stays_one_word(length: int) -> None:
    given = message_id("reply", "7" * length, "example.org")
    assert f"Message-ID: {given}" in raw_headers(replace(REPLY, message_id=given))


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({"Subject": "another"}, id="a second subject"),
        pytest.param({"message-id": "<x@y>"}, id="whatever the case"),
        pytest.param({"Content-Type": "text/html"}, id="the body's own"),
        pytest.param({"X-One": "1", "x-one": "2"}, id="twice the same"),
        pytest.param({"X-One: 1\r\nBcc": "x"}, id="a break in the name"),
    ],
)
def test_a_header_cannot_be_written_twice(headers: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="header"):
        compose(replace(REPLY, headers=headers))


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        pytest.param("ann@example.com", "ann@example.com", id="plain"),
        pytest.param("Ann.B+tag@EXAMPLE.com", "Ann.B+tag@example.com", id="case of the domain"),
        pytest.param("ann@münchen.de", "ann@xn--mnchen-3ya.de", id="umlaut in the domain"),
        pytest.param("ann@例え.jp", "ann@xn--r8jz45g.jp", id="Japanese domain"),
        pytest.param("o'hara@localhost", "o'hara@localhost", id="a machine's own name"),
    ],
)
def test_the_domain_travels_in_ascii(written: str, sent: str) -> None:
    assert sendable(written) == sent
    message = replace(REPLY, to=written)
    assert envelope(message) == (REPLY.sender, sent)
    assert received(message)["To"].addresses[0].addr_spec == sent


UNSENDABLE = {
    "empty": "",
    "no at sign": "ann",
    "nobody": "@example.com",
    "no domain": "ann@",
    "two at signs": "ann@b@example.com",
    "two addresses": "ann@example.com, ben@example.com",
    "name and address": "Ann <ann@example.com>",
    "letters beyond ASCII": "änn@example.com",
    "a blank": "ann b@example.com",
    "line break before the at": "ann\r\nBcc:x@example.com",
    "line break after it": "ann@example.com\r\nRCPT TO:<ben@example.com>",
    "line break at the end": "ann@example.com\n",
    "two dots": "ann..b@example.com",
    "empty label": "ann@example..com",
    "closing dot": "ann@example.com.",
    "hyphen at the edge": "ann@-example.com",
    "a number for a domain": "ann@[127.0.0.1]",
    "fraction slash": "ann@exam\u2044ple.com",
    "half a surrogate pair": "ann@exam\ud800ple.com",
    "NUL": "ann\0@example.com",
    "too long": f"{'a' * 300}@example.com",
    "too long in ASCII": f"ann@{'ü.' * 120}de",
}


@pytest.mark.parametrize("address", UNSENDABLE.values(), ids=UNSENDABLE.keys())
def test_an_address_that_cannot_be_sent_is_refused_for_good(address: str) -> None:
    with pytest.raises(Refused) as refusal:
        compose(replace(REPLY, to=address))
    assert refusal.value.phase is Phase.RECIPIENT
    assert not address or address not in str(refusal.value)


def test_a_wrong_sender_of_ours_condemns_no_recipient() -> None:
    with pytest.raises(Later) as failure:
        compose(replace(REPLY, sender="not an address"))
    assert failure.value.phase is Phase.SENDER


def test_a_message_id_depends_on_nothing_but_its_parts() -> None:
    assert message_id("reply", "7.12", "münchen.de") == "<reply.7.12@xn--mnchen-3ya.de>"
    assert message_id("reply", "7.12", "example.org") != message_id("reply", "7.1", "example.org")


@pytest.mark.parametrize(
    ("kind", "key", "domain"),
    [
        ("reply", "7>\r\nBcc: x", "example.org"),
        ("reply", "", "example.org"),
        ("reply", "a@b", "example.org"),
        ("reply", "7", "exam ple.org"),
        ("reply", "7" * 190, "example.org"),
    ],
)
def test_a_message_id_is_made_of_plain_parts(kind: str, key: str, domain: str) -> None:
    with pytest.raises(ValueError, match=r"Message-ID|domain"):
        message_id(kind, key, domain)


def test_a_mailbox_serves_for_reply_to() -> None:
    answer = mailbox("Änn, Ben", "answers+7@münchen.de")
    (address,) = received(replace(REPLY, headers={"Reply-To": answer}))["Reply-To"].addresses
    assert (address.display_name, address.addr_spec) == ("Änn, Ben", "answers+7@xn--mnchen-3ya.de")
