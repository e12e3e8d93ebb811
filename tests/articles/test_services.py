"""Articles keep their addresses, tags and files in order."""

from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from pytest_django import DjangoCaptureOnCommitCallbacks

from community.articles import services
from community.articles.models import Article, Picture, Tag
from community.articles.pictures import clean_picture
from community.sites.models import Site
from tests import factories
from tests.articles.pictures import picture


def written(site: Site, title: str = "On tides", **fields: str) -> Article:
    """An article saved through the door."""
    text = fields.pop("text", "Words.")
    return services.save(Article(site=site, title=title, text=text, **fields), [])


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        pytest.param("On Tides, twice", "on-tides-twice", id="words"),
        pytest.param("Ebbe über Föhr", "ebbe-uber-fohr", id="accents"),
        pytest.param("潮", "article", id="letters that no address has"),
        pytest.param("x" * 200, "x" * 112, id="very long"),
    ],
)
def test_an_address_is_made_from_the_title(site: Site, title: str, slug: str) -> None:
    assert written(site, title).slug == slug


def test_two_articles_of_one_title_have_two_addresses(site: Site) -> None:
    assert [written(site).slug for _ in range(3)] == ["on-tides", "on-tides-2", "on-tides-3"]


def test_saving_again_keeps_the_address(site: Site) -> None:
    article = written(site)

    assert services.save(article, []).slug == "on-tides"


def test_an_old_address_leads_to_the_new_one(site: Site, browser: Client) -> None:
    article = written(site)
    article.slug = "ebb-and-flow"
    services.save(article, [])

    response = browser.get("/articles/on-tides/")

    assert response.status_code == 301
    assert response["Location"] == "/articles/ebb-and-flow/"


def test_text_is_rendered_when_it_is_saved(site: Site) -> None:
    article = written(site, text="## Ebb\n\nhttps://youtu.be/aqz-KE-bpKQ")

    article.refresh_from_db()
    assert "<h2>Ebb</h2>" in article.html
    assert article.has_embeds


def test_tags_are_made_once_whatever_their_case(site: Site) -> None:
    for names in (["Tides", "C"], ["tides", "C++"]):
        services.save(Article(site=site, title="x", text="x"), names)

    assert sorted(Tag.objects.values_list("name", "slug")) == [
        ("C", "c"),
        ("C++", "c-2"),
        ("Tides", "tides"),
    ]


def test_a_tag_of_another_site_is_another_tag(site: Site) -> None:
    other = factories.site(base_url="http://other.example", host="other.example")

    services.tag_named(site, "tides")
    services.tag_named(other, "tides")

    assert Tag.objects.filter(slug="tides").count() == 2


def test_deleting_an_article_deletes_its_files(
    site: Site, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    article = written(site)
    stored = Picture.objects.create(article=article, image=clean_picture(picture()), alt="Sea")
    file = Path(settings.MEDIA_ROOT) / stored.image.name
    assert file.exists()

    with django_capture_on_commit_callbacks(execute=True):
        services.delete(article)

    assert not file.exists()
    assert not Picture.objects.exists()
