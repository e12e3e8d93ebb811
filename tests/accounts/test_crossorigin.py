"""Forms on public pages bear no token; the browser says where a post comes from."""

import pytest
from django.http import HttpRequest
from django.test import RequestFactory

from community.accounts.crossorigin import proves_same_origin


def post(**headers: str) -> HttpRequest:
    return RequestFactory(
        headers={key.replace("_", "-"): value for key, value in headers.items()}
    ).post("/", {"body": "Hello"})


@pytest.mark.parametrize(
    ("headers", "proof"),
    [
        pytest.param({"Sec_Fetch_Site": "same-origin"}, True, id="our own page"),
        pytest.param({"Sec_Fetch_Site": "none"}, True, id="typed or reloaded by the visitor"),
        pytest.param({"Sec_Fetch_Site": "same-site"}, False, id="a neighbour under our domain"),
        pytest.param({"Sec_Fetch_Site": "cross-site"}, False, id="somebody else's page"),
        pytest.param(
            {"Sec_Fetch_Site": "cross-site", "Origin": "http://testserver"},
            False,
            id="the site decides",
        ),
        pytest.param({"Origin": "http://testserver"}, True, id="an older browser, our page"),
        pytest.param(
            {"Origin": "https://evil.example"}, False, id="an older browser, another page"
        ),
        pytest.param({"Origin": "http://testserver.evil.example"}, False, id="a look-alike host"),
        pytest.param({"Origin": "null"}, False, id="a sandboxed frame"),
        pytest.param({}, None, id="a browser that says nothing"),
    ],
)
def test_what_a_browser_says_of_its_origin(headers: dict[str, str], proof: bool | None) -> None:
    assert proves_same_origin(post(**headers)) is proof
