"""Forms in which somebody says what they want to hear of, when, and where."""

from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.utils.translation import gettext_lazy as _

from community.accounts.models import Person
from community.contacts.models import Contact
from community.mail.message import LONGEST_ADDRESS
from community.sites.models import Site
from community.subscriptions import queries, services
from community.subscriptions.models import Pace, Scope, Subscription, Timing

# The first two are all that most people choose from; the rest lies under “More”.
PACES = [
    (Pace.AT_ONCE.value, _("At once")),
    (Pace.DAILY.value, _("Once a day, together")),
    (Pace.HOURLY.value, _("Once an hour, together")),
    (Pace.WEEKLY.value, _("Once a week, together")),
]


def paces_beside(chosen: str) -> list[tuple[str, Any]]:
    """The two that most people choose from, and what somebody has chosen for all their e-mails."""
    return [pace for pace in PACES if pace in PACES[:2] or pace[0] == chosen]


HOURS = [(hour, f"{hour:02}:00") for hour in range(24)]


class AddressForm(forms.Form):
    """Where the e-mails shall go."""

    email = forms.EmailField(
        label=_("Your e-mail address"),
        max_length=LONGEST_ADDRESS,
        help_text=_("We send one e-mail with a button first. Nobody else sees the address."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )


class FollowForm(AddressForm):
    """What to hear of, how soon, and for whoever is not known yet, where."""

    what = forms.ChoiceField(
        label=_("What do you want to hear of?"), widget=forms.RadioSelect, required=False
    )
    pace = forms.ChoiceField(
        label=_("When?"), choices=PACES[:2], widget=forms.RadioSelect, required=False
    )
    field_order = ["what", "pace", "email"]

    def __init__(self, *args: Any, wishes: dict[str, str], contact: Contact | None, **kw: Any):
        super().__init__(*args, **kw)
        self.fields["what"].choices = list(wishes.items())  # type: ignore[attr-defined]
        self.initial.setdefault("what", next(iter(wishes)))
        pace = services.timing_of(contact).pace if contact else Pace.AT_ONCE.value
        self.fields["pace"].choices = paces_beside(pace)  # type: ignore[attr-defined]
        self.initial.setdefault("pace", pace)
        if len(wishes) == 1:
            del self.fields["what"]
        if contact:
            del self.fields["email"]


class WishesForm(forms.ModelForm):  # type: ignore[type-arg]
    """What concerns oneself and when to hear of it: all of a contact's e-mails from one site."""

    what = forms.MultipleChoiceField(
        label=_("E-mail me about"),
        choices=[
            (Scope.MINE.value, _("Answers to any of my comments")),
            (Scope.MENTIONS.value, _("Comments that name me with @")),
            (Scope.ARTICLES.value, _("Comments on my articles")),
        ],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    pace = forms.ChoiceField(label=_("When?"), choices=PACES, widget=forms.RadioSelect)
    quiet_from = forms.TypedChoiceField(label=_("No e-mails from"), choices=HOURS, coerce=int)
    quiet_until = forms.TypedChoiceField(
        label=_("until"),
        choices=HOURS,
        coerce=int,
        help_text=_(
            "Nothing is lost: it comes afterwards, in one e-mail. The same hour twice "
            "means that e-mails come at any time."
        ),
    )
    zone = forms.ChoiceField(
        label=_("Your time zone"),
        help_text=_("Quiet hours and times in e-mails follow it."),
        choices=[(name, name.replace("_", " ")) for name in sorted(available_timezones())],
    )
    most_a_day = forms.IntegerField(
        label=_("At most so many e-mails a day"),
        min_value=1,
        max_value=100,
        help_text=_("What is more comes together the next morning."),
    )

    class Meta:
        model = Timing
        fields = ["pace", "quiet_from", "quiet_until", "zone", "most_a_day"]

    def __init__(self, data: Any = None, *, contact: Contact, site: Site) -> None:
        self.contact, self.site = contact, site
        super().__init__(data, instance=services.timing_of(contact))
        self.initial["what"] = [wish.scope for wish in self.wishes]
        if self.is_offered_zone:
            self.fields["zone"].widget.attrs["data-guess"] = "yes"
        person = Person.objects.filter(contact=contact, user__articles__site=site)
        if not person.exists():
            what = self.fields["what"]
            what.choices = what.choices[:2]  # type: ignore[attr-defined]

    @property
    def wishes(self) -> list[Subscription]:
        """What is about oneself and in force."""
        return list(queries.about_oneself(self.contact, self.site))

    @property
    def is_offered_zone(self) -> bool:
        """Whether the browser's time zone may stand there at first: nobody has chosen one."""
        return self.instance._state.adding and not self.is_bound

    @property
    def shows_more(self) -> bool:
        """Whether something under “More” was chosen, or is wrong."""
        return bool(self.errors) or self["pace"].value() in (Pace.HOURLY, Pace.WEEKLY)

    def keep(self, person: Person) -> None:
        """Write down what was chosen."""
        services.set_timing(self.save(commit=False))
        offered = {value for value, _label in self.fields["what"].choices}  # type: ignore[attr-defined]
        services.choose(
            self.contact, self.site, person, set(self.cleaned_data["what"]), among=offered
        )
