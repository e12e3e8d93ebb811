"""A site that changes its language is searched by the stems of the new one."""

import pytest
from django.db import connection

from community.comments.models import Comment, Status
from community.outbox import services as outbox
from community.outbox.models import Job
from community.search import stems
from community.search.queries import comments
from community.search.terms import terms_of
from community.sites.models import Site
from community.threads.models import Thread
from moderation.console.forms import SiteForm
from tests import factories

pytestmark = [pytest.mark.django_db]


@pytest.fixture
def houses(thread: Thread) -> list[int]:
    """Comments that say a word whose German plural no English stem leads to, the newest first."""
    return [factories.comment(thread, f"Zwei Häuser, Nummer {n}.").pk for n in range(3)][::-1]


def found(site: Site, question: str) -> list[int]:
    """The ids of the comments that say this."""
    return [row.pk for row in comments(site, terms_of(question)).rows]


def speak(site: Site, language: str) -> None:
    """Choose this language on the page of settings, and let the worker do what follows."""
    given = {"language": language, "close_after_days": 0, "answer_hours": 0}
    form = SiteForm(given, instance=site)
    assert form.is_valid(), form.errors
    form.save()
    outbox.work()


@pytest.mark.postgres
def test_words_get_the_stems_of_the_new_language(
    site: Site, houses: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stems, "SLICE", 2)
    assert found(site, "Häusern") == []

    speak(site, "de")

    assert found(site, "Häusern") == houses
    assert not Job.objects.open().filter(name=stems.JOB).exists()


@pytest.mark.postgres
def test_what_was_taken_away_stays_away(site: Site, houses: list[int]) -> None:
    Comment.objects.filter(pk=houses[0]).update(status=Status.HELD)

    speak(site, "de")

    assert found(site, "Häusern") == houses[1:]


@pytest.mark.both
def test_the_same_language_changes_nothing(site: Site, houses: list[int]) -> None:
    speak(site, site.language)

    assert not Job.objects.filter(name=stems.JOB).exists()
    assert found(site, "Häuser") == houses


@pytest.mark.both
def test_a_change_is_followed_where_words_have_stems(site: Site, houses: list[int]) -> None:
    speak(site, "de")

    assert Job.objects.filter(name=stems.JOB).exists() == (connection.vendor == "postgresql")
    assert found(site, "Häuser") == houses
