"""The forms in which readers say what is wrong with a comment."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from community.sites.models import Site
from community.sites.viewers import Viewer
from moderation import reports

LONGEST_WHY = 2_000


class PlainText(forms.CharField):
    """Some sentences, as they were typed."""

    def __init__(self, label: Any, *, required: bool, help_text: Any = "") -> None:
        super().__init__(
            label=label,
            required=required,
            help_text=help_text,
            max_length=LONGEST_WHY,
            widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
        )


class ReportForm(forms.Form):
    """What is wrong, in one choice; everything else may stay empty."""

    code = forms.ChoiceField(label=_("What is wrong with it?"), widget=forms.RadioSelect)
    why = PlainText(_("Anything to add?"), required=False)
    email = forms.EmailField(
        label=_("Your e-mail address"),
        required=False,
        max_length=320,
        help_text=_("To tell you what came of it, and for nothing else."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    tell_me = forms.BooleanField(label=_("E-mail me what comes of it"), required=False)

    def __init__(self, *args: Any, site: Site, viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.titles = {reason.code: reason.title for reason in reports.offered_reasons(site)}
        code: Any = self.fields["code"]
        code.choices = list(self.titles.items())
        self.contact = viewer.person.contact if viewer.person else None
        del self.fields["email" if self.contact else "tell_me"]

    @property
    def address(self) -> str:
        """Where the answer goes, if anywhere."""
        if self.contact:
            return self.contact.address if self.cleaned_data["tell_me"] else ""
        return str(self.cleaned_data["email"])


class IllegalForm(forms.Form):
    """A notice of illegal content, with all that the law asks for. DSA Art. 16(2)."""

    why = PlainText(
        _("Why do you think it is illegal?"),
        required=True,
        help_text=_("Which words, and which law they break, as well as you can say it."),
    )
    about_children = forms.BooleanField(
        label=_("It is about sexual abuse or exploitation of children"),
        required=False,
        help_text=_("Then you need not say who you are."),
    )
    name = forms.CharField(
        label=_("Your name"),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    email = forms.EmailField(
        label=_("Your e-mail address"),
        required=False,
        max_length=320,
        help_text=_("For the receipt and the decision, and for nothing else."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    good_faith = forms.BooleanField(
        label=_("I believe in good faith that what I say here is accurate and complete")
    )

    def clean(self) -> dict[str, Any]:
        """Name and address are needed, except where a child may be in danger."""
        given = self.cleaned_data
        if not given.get("about_children"):
            for name, sentence in WANTED.items():
                if not given.get(name) and name not in self.errors:
                    self.add_error(name, sentence)
        return given


WANTED = {
    "name": _("Please say who you are: the law asks for it in such a notice."),
    "email": _("Please give your address: the law asks for it in such a notice."),
}
