"""The form in which a guest gives an address."""

from django import forms
from django.utils.translation import gettext_lazy as _

from community.mail.message import LONGEST_ADDRESS


class AddressForm(forms.Form):
    """Where the e-mails shall go."""

    email = forms.EmailField(
        label=_("Your e-mail address"),
        max_length=LONGEST_ADDRESS,
        help_text=_("We send one e-mail with a button first. Nobody else sees the address."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
