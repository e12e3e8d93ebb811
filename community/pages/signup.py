"""What one tells of oneself when signing up."""

from allauth.core import context
from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from community.accounts.models import User
from community.comments.names import clean_name
from community.comments.words import BadText
from community.pages.names import is_reserved


class SignupForm(forms.Form):
    """The name that stands at one's comments."""

    name = forms.CharField(
        label=_("Name"),
        max_length=50,
        help_text=_("Shown at your comments."),
        widget=forms.TextInput(attrs={"autocomplete": "nickname"}),
    )
    field_order = ["name", "email", "password1"]

    def clean_name(self) -> str:
        """A name one can read, and nobody's of those who run the site."""
        try:
            name = clean_name(self.cleaned_data["name"])
        except BadText as error:
            raise forms.ValidationError(str(error)) from error
        if is_reserved(name, context.request.site):
            raise forms.ValidationError(
                _("This name belongs to someone who runs this site. Please choose another.")
            )
        return name

    def signup(self, request: HttpRequest, user: User) -> None:
        """Nothing more to do: the adapter keeps the name."""
