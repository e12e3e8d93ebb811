"""Who takes part in tests: reader, author, moderator, administrator."""

from collections.abc import Callable

import pytest
from django.conf import settings
from django.core import signing
from django.test import Client

from community.accounts.guests import SALT
from community.accounts.models import Person, User
from community.articles.models import Article
from community.sites.models import Role, Site
from community.threads import services as threads
from community.threads.models import Thread
from tests import factories

BROWSER = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def site(db: None) -> Site:
    """A publication."""
    return factories.site()


@pytest.fixture
def article(site: Site) -> Article:
    """An article of it."""
    return factories.article(site, slug="tides", title="On tides")


@pytest.fixture
def thread(article: Article) -> Thread:
    """The comments of that article."""
    return threads.of_article(article)


@pytest.fixture
def author(site: Site) -> Person:
    """A guest who has confirmed an address."""
    return factories.guest("Amir", proven=True)


@pytest.fixture
def reader(site: Site) -> Person:
    """A guest who has not."""
    return factories.guest("Rosa")


@pytest.fixture
def moderator(site: Site) -> User:
    """A member who may decide."""
    return factories.member("Mina", site=site, role=Role.MODERATOR)


@pytest.fixture
def administrator(site: Site) -> User:
    """A member who may do everything on the site."""
    return factories.member("Ada", site=site, role=Role.ADMINISTRATOR)


@pytest.fixture
def browser() -> Client:
    """A browser that says where its posts come from, as all of today do."""
    return Client(enforce_csrf_checks=False, headers=BROWSER)


@pytest.fixture
def browser_of() -> Callable[[Person | User], Client]:
    """A browser of someone: logged in, or with a guest's cookie."""

    def open_browser(someone: Person | User) -> Client:
        client = Client(headers=BROWSER)
        if isinstance(someone, User):
            client.force_login(someone)
        else:
            cookie = signing.dumps(str(someone.key), salt=SALT)
            client.cookies[settings.GUEST_COOKIE_NAME] = cookie
        return client

    return open_browser
