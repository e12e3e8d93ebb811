"""The form in which one writes a comment."""

from typing import Any

from django import forms
from django.core.validators import EmailValidator, URLValidator
from django.utils.translation import gettext_lazy as _

from community.comments import words
from community.comments.models import Comment
from community.comments.names import clean_name
from community.comments.screening import Manner
from community.pages.names import is_reserved
from community.sites.models import Site
from community.sites.viewers import Viewer
from community.subscriptions.forms import PACES, paces_beside
from community.subscriptions.models import Pace, Scope
from community.threads.models import Thread

# What somebody wants to hear of who wants no e-mails.
NOTHING = "nothing"


class WordsField(forms.CharField):
    """Text of a comment: its own rules of length and characters, with their own sentences."""

    def __init__(self) -> None:
        super().__init__(
            label=_("Your comment"),
            strip=False,
            widget=forms.Textarea(attrs={"rows": 5, "maxlength": words.MAX_LENGTH, "dir": "auto"}),
        )
        # Django's own refusal of NUL would come first, in other words.
        self.validators = []

    def clean(self, value: Any) -> str:
        """The words as they are kept; raises ValidationError with a plain sentence."""
        try:
            check_whole(value or "")
            return words.normalise(value or "")
        except words.BadText as error:
            raise forms.ValidationError(str(error)) from error


class WebsiteField(forms.URLField):
    """An address that a browser can open: no ftp, no scripts."""

    default_validators = [URLValidator(["http", "https"])]


class StandingChoice(forms.ChoiceField):
    """A list in which something is always chosen: whoever sends nothing means what stood there."""

    def clean(self, value: Any) -> str:
        """What was chosen."""
        chosen: str = super().clean(value or self.initial)
        return chosen


def check_whole(text: str) -> None:
    """Raise BadText where half a surrogate pair was sent: Django puts U+FFFD in its place."""
    words.check_storable(text.replace("\ufffd", "\0"))


class CommentForm(forms.Form):
    """Name and address for guests, the words for everyone, and wishes for e-mails."""

    name = forms.CharField(
        label=_("Name"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "nickname", "dir": "auto"}),
    )
    email = forms.CharField(
        label=_("E-mail"),
        max_length=320,
        help_text=_("Never shown."),
        validators=[EmailValidator(_("This does not look like an e-mail address."))],
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    website = WebsiteField(
        label=_("Website"), required=False, max_length=200, assume_scheme="https"
    )
    body = WordsField()
    follow = StandingChoice(
        label=_("E-mail me"),
        choices=[
            (NOTHING, _("Nothing")),
            (Scope.OWN.value, _("When it is published or answered")),
            (Scope.THREAD.value, _("Every new comment here")),
        ],
        initial=NOTHING,
    )
    pace = StandingChoice(label=_("When?"), choices=PACES[:2], initial=Pace.AT_ONCE.value)
    remember = forms.BooleanField(label=_("Remember me on this device"), required=False)
    parent = forms.IntegerField(required=False, widget=forms.HiddenInput)
    # The number of the notice that was read; its box stands beside the notice.
    acknowledged = forms.IntegerField(required=False)
    # Seconds since the form was first touched, counted by the script: a claim, no proof.
    seconds = forms.CharField(required=False, max_length=10, widget=forms.HiddenInput)
    # People neither see nor reach it; programs fill it in.
    homepage = forms.CharField(
        label=_("Leave this empty"),
        required=False,
        max_length=1000,
        widget=forms.TextInput(attrs={"autocomplete": "off", "tabindex": "-1"}),
    )

    def __init__(self, *args: Any, site: Site, viewer: Viewer, thread: Thread, **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.site = site
        self.viewer = viewer
        self.thread = thread
        if pace := self.initial.get("pace"):
            self.fields["pace"].choices = paces_beside(pace)  # type: ignore[attr-defined]
            self.fields["pace"].initial = pace
        if not site.website_field or viewer.is_member:
            del self.fields["website"]
        if viewer.is_member:
            for name in ("name", "email", "remember"):
                del self.fields[name]

    def clean_name(self) -> str:
        """A name one can read, and nobody's of those who run the site."""
        try:
            check_whole(self.cleaned_data["name"])
            name = clean_name(self.cleaned_data["name"])
        except words.BadText as error:
            raise forms.ValidationError(str(error)) from error
        if is_reserved(name, self.site):
            raise forms.ValidationError(
                _("This name belongs to someone who runs this site. Please choose another.")
            )
        return name

    @property
    def manner(self) -> Manner:
        """How this form was filled in, as far as it tells."""
        seconds = self.cleaned_data["seconds"]
        counted = int(seconds) if seconds.isascii() and seconds.isdigit() else None
        return Manner(trapped=bool(self.cleaned_data["homepage"]), seconds=counted)

    def clean_parent(self) -> Comment | None:
        """The public comment of this thread that is answered."""
        number = self.cleaned_data["parent"]
        if number is None:
            return None
        parent = Comment.objects.published().filter(pk=number, thread=self.thread.pk).first()
        if parent is None:
            raise forms.ValidationError(
                _("The comment you answer is not there any more. Your words are kept below.")
            )
        return parent


class PreviewForm(forms.Form):
    """What somebody is writing, to be shown and not to be kept."""

    body = WordsField()
    website = WebsiteField(required=False, max_length=200, assume_scheme="https")
    title = forms.CharField(required=False, max_length=200)
    thread = forms.IntegerField(required=False)


class EditForm(forms.Form):
    """New words for one's own comment; the version guards against a stale tab."""

    body = WordsField()
    version = forms.IntegerField(widget=forms.HiddenInput)
    confirmed = forms.BooleanField(required=False, widget=forms.HiddenInput)
