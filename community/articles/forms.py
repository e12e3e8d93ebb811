"""The form in which an administrator writes an article."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from community.articles.models import Article, Picture
from community.articles.pictures import BadPicture, clean_picture

TAG_LENGTH = 60
MOST_TAGS = 20
MOST_PICTURES = 60
NEW_PICTURES = 3


class TagsField(forms.CharField):
    """Words with commas between them; each once."""

    def clean(self, value: Any) -> list[str]:
        """The words as a list."""
        words = [" ".join(word.split()) for word in super().clean(value).split(",")]
        tags = list({word.casefold(): word for word in words if word}.values())
        if len(tags) > MOST_TAGS or any(len(tag) > TAG_LENGTH for tag in tags):
            raise forms.ValidationError(
                _("Please give at most 20 tags of at most 60 characters each.")
            )
        return tags


class ArticleForm(forms.ModelForm):  # type: ignore[type-arg]
    """What stands in an article, and when it appears."""

    tags = TagsField(
        label=_("Tags"), required=False, help_text=_("With commas between them: harbour, tides")
    )

    class Meta:
        model = Article
        fields = [
            "title",
            "slug",
            "summary",
            "text",
            "author_name",
            "published_at",
            "is_published",
        ]
        labels = {
            "published_at": _("Date (UTC)"),
            "is_published": _("Published"),
        }
        help_texts = {
            "slug": _("Letters, digits and hyphens. Left empty, it is made from the title."),
            "summary": _("One or two sentences for the list of articles."),
            "published_at": _("A published article with a date to come appears then."),
            "is_published": _("Without this tick it is a draft that only administrators see."),
        }
        widgets = {
            "summary": forms.Textarea(attrs={"rows": 2}),
            "text": forms.Textarea(attrs={"rows": 20}),
            "published_at": forms.DateTimeInput(
                format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local"}
            ),
        }

    def __init__(self, *args: Any, **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.fields["slug"].required = False
        if self.instance.pk:
            names = self.instance.tags.values_list("name", flat=True)
            self.initial["tags"] = ", ".join(names)

    def clean_slug(self) -> str:
        """An address no other article has; raises ValidationError."""
        slug: str = self.cleaned_data["slug"]
        others = Article.objects.filter(site=self.instance.site).exclude(pk=self.instance.pk)
        if slug and others.filter(slug=slug).exists():
            raise forms.ValidationError(_("Another article has this address already."))
        return slug


class PictureForm(forms.ModelForm):  # type: ignore[type-arg]
    """One picture; the file is chosen once, its words can change."""

    image = forms.ImageField(
        label=_("Picture"),
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp,image/gif"}),
    )

    class Meta:
        model = Picture
        fields = ["image", "alt", "caption", "position"]
        labels = {
            "alt": _("What it shows, for those who cannot see it"),
            "position": _("Place in the order"),
        }

    def __init__(self, *args: Any, **kw: Any) -> None:
        super().__init__(*args, **kw)
        if self.instance.pk:
            del self.fields["image"]
        else:
            # A number that is there already would make an empty row look filled in.
            del self.fields["position"]

    def clean_image(self) -> object:
        """The upload, encoded anew."""
        image = self.cleaned_data["image"]
        if not isinstance(image, UploadedFile):
            return image
        try:
            return clean_picture(image)
        except BadPicture as error:
            raise forms.ValidationError(str(error)) from error


Pictures = forms.inlineformset_factory(
    Article,
    Picture,
    form=PictureForm,
    extra=NEW_PICTURES,
    max_num=MOST_PICTURES,
    validate_max=True,
)


def in_order(pictures: "forms.BaseInlineFormSet[Picture, Article, PictureForm]") -> list[Picture]:
    """The pictures of a valid form that are to stay, as ordered there; new ones come last."""
    stored = [
        form.instance for form in pictures.initial_forms if not form.cleaned_data.get("DELETE")
    ]
    new = [form.instance for form in pictures.extra_forms if form.has_changed()]
    return sorted(stored, key=lambda picture: picture.position) + new
