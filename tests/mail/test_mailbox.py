"""Signed addresses: what they say, and that nobody else can write one."""

import pytest
from django.core.exceptions import ImproperlyConfigured
from pytest_django import Settings

from community.mail import mailbox
from community.mail.mailbox import About, Tag
from community.mail.message import Message, envelope


@pytest.fixture(autouse=True)
def listening(settings: Settings) -> None:
    settings.MAILBOX_ADDRESS = "Comments@harbour.example"


@pytest.mark.parametrize("tag", [Tag(About.ANSWER, (2**62, 36)), Tag(About.DELIVERY, (0,))])
def test_an_address_says_what_it_was_made_for_in_any_case(tag: Tag) -> None:
    address = mailbox.address_of(tag)

    assert mailbox.read(address) == mailbox.read(address.upper()) == tag
    assert len(address.partition("@")[0]) <= 64


@pytest.mark.parametrize("place", range(len("comments+d-1c-")))
def test_a_changed_address_says_nothing(place: int) -> None:
    address = mailbox.bounce_address(About.DELIVERY, 48)
    changed = "2" if address[place] != "2" else "3"

    assert mailbox.read(address[:place] + changed + address[place + 1 :]) is None


def test_a_signature_serves_one_purpose() -> None:
    address = mailbox.bounce_address(About.DELIVERY, 48)

    assert mailbox.read(address.replace("+d-", "+e-")) is None


def test_an_old_key_still_counts_while_it_is_retired(settings: Settings) -> None:
    address = mailbox.bounce_address(About.DELIVERY, 48)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another"

    assert mailbox.read(address) is not None
    settings.SECRET_KEY_FALLBACKS = []
    assert mailbox.read(address) is None


def test_without_a_mailbox_there_are_no_addresses(settings: Settings) -> None:
    address = mailbox.bounce_address(About.DELIVERY, 48)
    settings.MAILBOX_ADDRESS = ""

    assert mailbox.bounce_address(About.DELIVERY, 48) == ""
    assert mailbox.read(address) is None
    assert mailbox.read("+d-1-aaaaaaaaaaaaaaaa@") is None


def test_bounces_go_where_the_envelope_says() -> None:
    message = Message("a@b.example", "", "c@d.example", "", "", "", "<1@b.example>")

    assert envelope(message)[0] == "a@b.example"


@pytest.mark.parametrize(
    "address", ["no address", "with+tag@harbour.example", "x" * 21 + "@harbour.example"]
)
def test_an_address_without_room_for_tags_stops_the_start(address: str) -> None:
    with pytest.raises(ImproperlyConfigured):
        mailbox.check_address(address)
