"""The first start: a site and its administrator, made by whoever holds the printed link."""

import re
from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.conf import settings
from django.contrib.auth import login
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods

from community.accounts.models import User
from community.comments.names import clean_name
from community.comments.words import BadText
from community.sites import services
from community.sites.requests import Request

BARE_ADDRESS = re.compile(r"(https?://(?:[a-z0-9.-]+|\[[0-9a-f:]+\])(?::[0-9]{1,5})?)/?", re.ASCII)


class SetUpForm(forms.Form):
    """The few things that have no default."""

    site_name = forms.CharField(label=_("Name of the site"), max_length=80)
    address = forms.CharField(
        label=_("Address of the site"),
        max_length=200,
        help_text=_("Links in e-mails begin with it."),
        widget=forms.URLInput,
    )
    name = forms.CharField(
        label=_("Your name"),
        max_length=200,
        help_text=_("Shown at your articles and comments."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    email = forms.EmailField(
        label=_("Your e-mail address"),
        help_text=_("You log in with it. Never shown."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    password = forms.CharField(
        label=_("Password"),
        max_length=200,
        strip=False,
        help_text=_("At least 10 characters."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password", "minlength": 10}),
    )

    def clean_address(self) -> str:
        """Scheme, host and port; Parley has the host to itself. It may be a name at home."""
        found = BARE_ADDRESS.fullmatch(self.cleaned_data["address"].lower())
        if found is None:
            raise ValidationError(_("Please give the bare address, like https://example.org"))
        return found[1]

    def clean_name(self) -> str:
        """A name one can read."""
        try:
            return clean_name(self.cleaned_data["name"])
        except BadText as error:
            raise ValidationError(str(error)) from error

    def clean_email(self) -> str:
        """An address nobody logs in with yet."""
        email: str = self.cleaned_data["email"].lower()
        if User.objects.filter(email=email).exists():
            raise ValidationError(_("Someone logs in with this address already."))
        return email

    def clean(self) -> dict[str, Any]:
        """A password that does not follow from the rest."""
        given = self.cleaned_data
        if "password" in given:
            user = User(email=given.get("email", ""), name=given.get("name", ""))
            try:
                validate_password(given["password"], user)
            except ValidationError as error:
                self.add_error("password", error)
        return given


@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def set_up(request: Request, token: str) -> HttpResponse:
    """Ask for what a site needs and make it; nothing is here once a site exists."""
    if not services.is_setup_token(token):
        raise Http404("already set up, or another link")
    form = SetUpForm(request.POST or None, initial={"address": own_address(request)})
    if request.method != "POST":
        return form_page(request, form, status=200)
    if not form.is_valid():
        return form_page(request, form, status=422)
    return found(request, form)


def found(request: Request, form: SetUpForm) -> HttpResponse:
    """Make site and administrator, log them in, and show what comes next."""
    try:
        user = services.found(**form.cleaned_data)
    except IntegrityError:  # the button was pressed twice
        return redirect("home")
    login(request, user, backend="django.contrib.auth.backends.ModelBackend")
    return redirect("what-next")


def form_page(request: Request, form: SetUpForm, *, status: int) -> HttpResponse:
    """The form; the link in its address is a secret that no other site may learn."""
    response = render(request, "pages/setup.html", {"form": form}, status=status)
    response["Referrer-Policy"] = "same-origin"
    response["Cache-Control"] = "private, no-store"
    return response


def own_address(request: Request) -> str:
    """Where readers find this site: as configured, or else as it was asked for."""
    host = request.get_host()
    if urlsplit(settings.SITE_URL).netloc == host:
        return settings.SITE_URL
    return f"{request.scheme}://{host}"


@require_GET
def what_next(request: Request) -> HttpResponse:
    """The first steps of a new administrator."""
    if not request.viewer.is_administrator:
        raise Http404("for administrators")
    return render(request, "pages/what_next.html", {"nav": "moderation"})
