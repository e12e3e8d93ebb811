"""One mailbox has one contact, however its address is spelt; two mailboxes have two."""

import pytest

from community.contacts.addresses import normalise
from community.contacts.models import Contact


@pytest.mark.parametrize(
    ("spelt", "known"),
    [
        pytest.param(" ann@example.org\n", "ann@example.org", id="blanks"),
        pytest.param("Ann@Example.ORG", "ann@example.org", id="case"),
        pytest.param("ann@münchen.de", "ann@xn--mnchen-3ya.de", id="umlaut"),
        pytest.param("ann@MÜNCHEN.de", "ann@xn--mnchen-3ya.de", id="umlaut in capitals"),
        pytest.param("ann@mu\u0308nchen.de", "ann@xn--mnchen-3ya.de", id="umlaut of two signs"),
        pytest.param("ann@XN--MNCHEN-3YA.de", "ann@xn--mnchen-3ya.de", id="as the network knows"),
        pytest.param("ann@ｅxample．org", "ann@example.org", id="wide letters"),
        pytest.param("ann@straße.de", "ann@xn--strae-oqa.de", id="sharp s is a letter of its own"),
        pytest.param("a.n.n@example.org", "a.n.n@example.org", id="dots are the owner's affair"),
        pytest.param("ann+news@example.org", "ann+news@example.org", id="and so are tags"),
        pytest.param("Ann@my_host.org", "ann@my_host.org", id="a domain that breaks the rules"),
        pytest.param("Ann", "ann", id="no address"),
    ],
)
def test_a_mailbox_has_one_spelling(spelt: str, known: str) -> None:
    assert normalise(spelt) == known
    assert normalise(known) == known


@pytest.mark.django_db
def test_two_spellings_are_one_contact_and_dots_make_two() -> None:
    ann = Contact.objects.for_address("Ann@München.de")
    assert Contact.objects.for_address("ann@xn--mnchen-3ya.DE") == ann
    assert Contact.objects.for_address("a.nn@münchen.de") != ann
