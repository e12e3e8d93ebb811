"""An article on the desk of an administrator: its text, its pictures, its comments."""

import base64
import mimetypes
from datetime import datetime, timedelta

from django import forms
from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from community.articles import services
from community.articles.forms import ArticleForm, Pictures, in_order
from community.articles.models import Article, Picture, Tag
from community.articles.presentation import ShownArticle, ShownPicture, compose, shown_picture
from community.sites.requests import Request
from community.subscriptions.services import follow_articles
from community.threads import services as threads
from community.threads.models import Thread

OPEN, CLOSED = "open", "closed"


class CommentsForm(forms.Form):
    """Whether readers may write under an article, and how long."""

    comments = forms.ChoiceField(
        label=_("Readers may write comments"),
        choices=[(OPEN, _("Yes")), (CLOSED, _("No, comments are closed"))],
        widget=forms.RadioSelect,
    )
    close_after_days = forms.IntegerField(
        label=_("Close by itself after days"),
        min_value=0,
        max_value=3650,
        help_text=_("Counted from the date of the article. 0 means never."),
    )


class Desk:
    """The forms of one article, as they came with a request."""

    def __init__(self, request: Request, article: Article) -> None:
        data, files = (request.POST, request.FILES) if request.method == "POST" else (None, None)
        self.article = article
        self.form = ArticleForm(data, instance=article)
        self.comments = CommentsForm(data, initial=how_comments_stand(article))
        self.pictures = Pictures(data, files, instance=article, prefix="pictures")

    def is_valid(self) -> bool:
        """Whether all of it can be kept; every form says what is wrong with it."""
        valid = [self.form.is_valid(), self.comments.is_valid(), self.pictures.is_valid()]
        return all(valid) and self.closes_later()

    def closes_later(self) -> bool:
        """Whether open comments would stay open; otherwise the form says why not."""
        given = self.comments.cleaned_data
        closing = closing_date(self.article, given["close_after_days"])
        if given["comments"] == CLOSED or closing is None or closing > timezone.now():
            return True
        self.comments.add_error(
            "close_after_days",
            _("That day has passed, so comments would be closed at once. Give more days, or 0."),
        )
        return False

    @transaction.atomic
    def save(self) -> Article:
        """Keep the article, its pictures in their order, and what holds for its comments."""
        article = services.save(self.article, self.form.cleaned_data["tags"])
        self.save_pictures()
        given = self.comments.cleaned_data
        settle_comments(article, given["comments"] == OPEN, given["close_after_days"])
        if article.author:
            follow_articles(article.author, article.site)
        return article

    def save_pictures(self) -> None:
        """Keep, number and delete pictures as the form says."""
        ordered = in_order(self.pictures)
        self.pictures.save()
        for place, picture in enumerate(ordered, start=1):
            Picture.objects.filter(pk=picture.pk).update(position=place)
        gone = [str(picture.image) for picture in self.pictures.deleted_objects]
        transaction.on_commit(lambda: services.delete_files(gone))

    def preview(self, request: Request) -> ShownArticle:
        """The article as it would look, with nothing of it kept."""
        services.prepare(self.article)
        pictures = [previewed(picture) for picture in in_order(self.pictures)]
        names = self.form.cleaned_data["tags"]
        tags = [Tag(name=name, slug=slugify(name) or "tag") for name in names]
        return compose(self.article, pictures, tags, request)


def previewed(picture: Picture) -> ShownPicture:
    """A picture as it would look; one that is not kept yet travels inside the page."""
    if picture.pk:
        return shown_picture(picture, picture.url)
    kind, _encoding = mimetypes.guess_type(str(picture.image))
    content = base64.b64encode(picture.image.read()).decode()
    return shown_picture(picture, f"data:{kind};base64,{content}")


def how_comments_stand(article: Article) -> dict[str, object]:
    """What the form shows of an article's comments; of a new article, what its site wants."""
    thread = Thread.objects.filter(article=article.pk).first() if article.pk else None
    if thread is None:
        return {"comments": OPEN, "close_after_days": article.site.close_after_days}
    days = (thread.closes_at - article.published_at).days if thread.closes_at else 0
    return {"comments": OPEN if thread.is_open else CLOSED, "close_after_days": max(days, 0)}


def settle_comments(article: Article, is_open: bool, days: int) -> None:
    """Let the thread follow its article: title, open or closed, and until when."""
    thread = threads.of_article(article)
    threads.change(
        thread,
        title=article.title,
        closed_at=None if is_open else thread.closed_since or timezone.now(),
        closes_at=closing_date(article, days),
    )


def closing_date(article: Article, days: int) -> datetime | None:
    """When comments close by themselves, if ever."""
    return article.published_at + timedelta(days=days) if days else None
