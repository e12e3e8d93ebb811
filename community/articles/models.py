"""What is discussed: texts hosted here."""

from typing import Self

from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Tag(models.Model):
    """A word under which articles are found."""

    site = models.ForeignKey("community.Site", on_delete=models.CASCADE, related_name="tags")
    name = models.CharField(max_length=60)
    slug = models.SlugField(max_length=80)

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["site", "slug"], name="one_tag_per_slug")]

    def __str__(self) -> str:
        return self.name


class TextFormat(models.TextChoices):
    """How an article's source is written."""

    MARKDOWN = "markdown", _("Markdown")
    HTML = "html", _("HTML (imported)")


class ArticleQuerySet(models.QuerySet["Article"]):
    """Articles by who may read them."""

    def public(self) -> Self:
        """Published, and not dated in the future."""
        return self.filter(is_published=True, published_at__lte=timezone.now())


class Article(models.Model):
    """A text hosted here, with its author, date, tags and pictures."""

    site = models.ForeignKey("community.Site", on_delete=models.CASCADE, related_name="articles")
    slug = models.SlugField(_("address"), max_length=120)
    title = models.CharField(_("title"), max_length=200)
    summary = models.CharField(_("summary"), max_length=400, blank=True)
    text = models.TextField(_("text"), max_length=200_000)
    text_format = models.CharField(
        max_length=10, choices=TextFormat.choices, default=TextFormat.MARKDOWN
    )
    html = models.TextField(blank=True, editable=False)
    has_embeds = models.BooleanField(default=False, editable=False)
    author_name = models.CharField(_("author"), max_length=80)
    author = models.ForeignKey(
        "community.User", null=True, blank=True, on_delete=models.SET_NULL, related_name="articles"
    )
    tags = models.ManyToManyField(Tag, blank=True, related_name="articles")
    is_published = models.BooleanField(_("published"), default=True)
    published_at = models.DateTimeField(_("date"), default=timezone.now)
    updated_at = models.DateTimeField(auto_now=True)
    # The number the article had in the export it came from; importing twice finds it again.
    import_key = models.CharField(max_length=200, blank=True, editable=False)

    objects = ArticleQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["site", "-published_at", "-id"],
                condition=models.Q(is_published=True),
                name="article_list_newest",
            )
        ]
        constraints = [
            models.UniqueConstraint(fields=["site", "slug"], name="one_article_per_slug"),
            models.UniqueConstraint(
                fields=["site", "import_key"],
                condition=~models.Q(import_key=""),
                name="one_article_per_import_key",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_public(self) -> bool:
        """Whether everyone may read it now."""
        return self.is_published and self.published_at <= timezone.now()

    @property
    def lead_picture(self) -> "Picture | None":
        """The picture that stands for it in a list."""
        return next(iter(self.pictures.all()), None)


class Picture(models.Model):
    """A picture in an article, with the words that stand for it and under it."""

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="pictures")
    image = models.ImageField(
        _("picture"), upload_to="pictures/%Y/%m/", width_field="width", height_field="height"
    )
    width = models.PositiveIntegerField(default=0, editable=False)
    height = models.PositiveIntegerField(default=0, editable=False)
    alt = models.CharField(_("what it shows, for those who cannot see it"), max_length=300)
    caption = models.CharField(_("caption"), max_length=400, blank=True)
    position = models.PositiveSmallIntegerField(default=1)

    class Meta:
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return self.alt

    @property
    def url(self) -> str:
        """Where a page fetches it."""
        return reverse("picture", args=[self.image.name])


class OldAddress(models.Model):
    """Where an article was found before it came here; it redirects for ever."""

    site = models.ForeignKey("community.Site", on_delete=models.CASCADE, related_name="+")
    path = models.CharField(max_length=500)
    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="old_addresses")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["site", "path"], name="one_article_per_old_address")
        ]

    def __str__(self) -> str:
        return self.path
