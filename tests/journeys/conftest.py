"""The publication people come to, and who looks after it."""

import pytest
from pytest_django.live_server_helper import LiveServer

from community.accounts.models import User
from community.articles.models import Article
from community.sites.models import Membership, Role, Site
from community.sites.services import confirm
from tests import factories
from tests.journeys.steps import PASSWORD


@pytest.fixture
def publication(live_server: LiveServer) -> Site:
    """A site at the address that the browsers open."""
    host = live_server.url.partition("//")[2]
    return factories.site(host=host, base_url=live_server.url)


@pytest.fixture
def paper(publication: Site) -> Article:
    """An article to read."""
    return factories.article(publication, slug="tides", title="On tides")


@pytest.fixture
def keeper(publication: Site) -> User:
    """The only moderator, who logs in with a password."""
    user = User.objects.create_user("mina@example.org", PASSWORD, name="Mina")
    Membership.objects.create(user=user, site=publication, role=Role.MODERATOR)
    confirm(user)
    return user
