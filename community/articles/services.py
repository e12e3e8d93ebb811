"""Writing, changing and deleting articles."""

from collections.abc import Callable, Iterable

from django.core.files.storage import default_storage
from django.db import transaction
from django.urls import reverse
from django.utils.text import slugify

from community.articles.models import Article, OldAddress, Tag
from community.articles.rendering import has_embeds, render
from community.sites.models import Site


def prepare(article: Article) -> None:
    """Render the text, once, for everyone who reads it."""
    article.html = render(article.text, article.text_format)
    article.has_embeds = has_embeds(article.html)


@transaction.atomic
def save(article: Article, tags: Iterable[str]) -> Article:
    """Store an article, rendered, under an address of its own and with these tags.

    Without an address it gets one from its title. Its old address leads to it for ever.
    """
    site = Site.objects.select_for_update().get(pk=article.site_id)  # addresses one at a time
    prepare(article)
    taken = Article.objects.filter(site=site).exclude(pk=article.pk)
    article.slug = free_slug(
        article.slug or article.title or "article",
        lambda slug: taken.filter(slug=slug).exists(),
        length=120,
    )
    keep_old_address(article)
    is_new = article.pk is None
    article.save()
    article.tags.set([tag_named(site, name) for name in tags])
    Site.objects.filter(pk=site.pk).renew(removal=not is_new)
    return article


def free_slug(words: str, is_taken: Callable[[str], bool], *, length: int) -> str:
    """These words as part of an address, with a number behind them if someone has it already."""
    first = slugify(words)[: length - 8].strip("-") or "article"
    slug, number = first, 1
    while is_taken(slug):
        number += 1
        slug = f"{first}-{number}"
    return slug


def keep_old_address(article: Article) -> None:
    """Let the address an article had until now lead to its new one."""
    before = Article.objects.filter(pk=article.pk).values_list("slug", flat=True).first()
    if before and before != article.slug:
        old = reverse("article", args=[before]).rstrip("/")
        OldAddress.objects.update_or_create(
            site_id=article.site_id, path=old, defaults={"article": article}
        )


def tag_named(site: Site, name: str) -> Tag:
    """The tag of this name, made when new. Spelling by case does not matter."""
    tags = Tag.objects.filter(site=site)
    if found := tags.filter(name__iexact=name).first():
        return found
    slug = free_slug(
        slugify(name) or "tag", lambda slug: tags.filter(slug=slug).exists(), length=80
    )
    return Tag.objects.create(site=site, name=name, slug=slug)


@transaction.atomic
def delete(article: Article) -> None:
    """Delete an article with its comments and, once that is certain, the files of its pictures."""
    names = list(article.pictures.values_list("image", flat=True))
    article.delete()
    Site.objects.filter(pk=article.site_id).renew()
    transaction.on_commit(lambda: delete_files(names))


def delete_files(names: Iterable[str]) -> None:
    """Delete pictures that no article shows any more."""
    for name in names:
        default_storage.delete(name)
