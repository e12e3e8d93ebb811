"""Where a request comes from: hashed, and not to be forged."""

import pytest
from django.test import RequestFactory
from pytest_django import Settings

from community.limits.networks import address_of, network_of

FORGED = {"X-Forwarded-For": "203.0.113.9, 198.51.100.7"}


@pytest.mark.parametrize(
    ("proxies", "address"),
    [
        pytest.param(0, "10.0.0.1", id="no proxy: the header is a claim"),
        pytest.param(1, "198.51.100.7", id="one proxy: its own entry"),
        pytest.param(2, "203.0.113.9", id="two proxies: the outer one's entry"),
        pytest.param(3, "10.0.0.1", id="fewer entries than proxies: not through them"),
    ],
)
def test_only_our_own_proxies_are_believed(settings: Settings, proxies: int, address: str) -> None:
    settings.TRUSTED_PROXIES = proxies
    request = RequestFactory(headers=FORGED).get("/", REMOTE_ADDR="10.0.0.1")
    assert address_of(request) == address


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        pytest.param("192.0.2.1", "192.0.2.1", True, id="one IPv4 address"),
        pytest.param("192.0.2.1", "192.0.2.2", False, id="two IPv4 addresses"),
        pytest.param("2001:db8::1", "2001:db8::ffff", True, id="one IPv6 network"),
        pytest.param("2001:db8:0:1::1", "2001:db8:0:2::1", False, id="two IPv6 networks"),
    ],
)
def test_a_network_is_an_address_or_a_64(one: str, other: str, same: bool) -> None:
    hashes = [network_of(RequestFactory().get("/", REMOTE_ADDR=ip)) for ip in (one, other)]
    assert (hashes[0] == hashes[1]) is same
    assert one not in hashes[0]
