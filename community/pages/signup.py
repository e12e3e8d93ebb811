"""What one tells of oneself when signing up."""

from typing import Any

from allauth.core import context
from allauth.socialaccount.models import SocialLogin
from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from community.accounts.adapter import SocialAccountAdapter
from community.accounts.models import User
from community.comments.names import clean_name
from community.comments.words import BadText
from community.pages.names import is_reserved
from community.sites.models import Site


class CarefulSocialAccountAdapter(SocialAccountAdapter):
    """Takes over a name from elsewhere, unless it is one of those who run the site."""

    def populate_user(
        self, request: HttpRequest, sociallogin: SocialLogin, data: dict[str, Any]
    ) -> User:
        """Fill in what the provider tells; a name nobody could read or one may not bear is ours."""
        user = super().populate_user(request, sociallogin, data)
        user.name = fit_name(user.name, request.site)  # type: ignore[arg-type]
        return user


def fit_name(told: str, site: Site) -> str:
    """A name from elsewhere as it may stand here."""
    try:
        name = clean_name(told)
    except BadText:
        return _("Member")
    return _("Member") if is_reserved(name, site) else name


class SignupForm(forms.Form):
    """The name that stands at one's comments."""

    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=50,
        help_text=gettext_lazy("Shown at your comments."),
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
