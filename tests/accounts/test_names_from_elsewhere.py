"""A name that another service tells is taken over only if one may bear it here."""

import pytest

from community.accounts.models import User
from community.pages.signup import fit_name
from community.sites.models import Site


@pytest.mark.parametrize(
    ("told", "name"),
    [
        pytest.param("Rosa  Luz", "Rosa Luz", id="an ordinary name"),
        pytest.param("Mina", "Member", id="a moderator's"),
        pytest.param("Мina", "Member", id="one that looks like a moderator's"),
        pytest.param("", "Member", id="none"),
        pytest.param("a\u202eb", "Member", id="one that reads backwards"),
    ],
)
def test_names_from_elsewhere(site: Site, moderator: User, told: str, name: str) -> None:
    assert fit_name(told, site) == name
