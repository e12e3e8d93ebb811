"""The settings of a site, as forms in which every value has a default."""

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import get_language_info
from django.utils.translation import gettext_lazy as _

from community.comments.names import clean_name
from community.comments.words import BadText
from community.search import stems
from community.sites.models import Role, Site
from community.sites.themes import colour_of
from community.threads.models import Board
from moderation import policies, reasons
from moderation.models import AppealTerms, CannedReason, Policy, ReportReason, ThreadPolicy
from moderation.rules import expressions
from moderation.rules.words import expressions_in

if TYPE_CHECKING:
    RulesBase = forms.ModelForm[Policy]
    SiteBase = forms.ModelForm[Site]
    BoardBase = forms.ModelForm[Board]
    ReasonBase = forms.ModelForm[CannedReason]
    AppealsBase = forms.ModelForm[AppealTerms]
    ReportReasonBase = forms.ModelForm[ReportReason]
    ThreadRulesBase = forms.ModelForm[ThreadPolicy]
else:
    RulesBase = SiteBase = BoardBase = ThreadRulesBase = forms.ModelForm
    ReasonBase = AppealsBase = ReportReasonBase = forms.ModelForm


class RulesForm(RulesBase):
    """What makes a comment wait: three choices, and the rest for who has a reason."""

    TOP = ("first_comments", "link_threshold", "hold_everything")
    # The version on the screen: of two who save at once, the second is told.
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = Policy
        fields = policies.VALUES
        widgets = {
            name: forms.Textarea(attrs={"rows": 3, "spellcheck": "false"})
            for name in ("moderation_words", "disallowed_words", "allowed_domains")
        } | {"denied_domains": forms.Textarea(attrs={"rows": 3, "spellcheck": "false"})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["seen"] = self.instance.number

    @property
    def top(self) -> list[forms.BoundField]:
        """What everyone may want to choose."""
        return [self["seen"], *(self[name] for name in self.TOP)]

    @property
    def rest(self) -> list[forms.BoundField]:
        """What hardly anybody needs to change."""
        return [self[name] for name in policies.VALUES if name not in self.TOP]

    @property
    def rest_errors(self) -> bool:
        """Whether something below “More” is wrong, so that it stands open."""
        return any(field.errors for field in self.rest)

    def clean_moderation_words(self) -> str:
        """A list that can be searched for quickly."""
        return usable_list(self.cleaned_data["moderation_words"])

    def clean_disallowed_words(self) -> str:
        """A list that can be searched for quickly."""
        return usable_list(self.cleaned_data["disallowed_words"])

    def clean_allowed_domains(self) -> str:
        """Domains, one per line."""
        return usable_domains(self.cleaned_data["allowed_domains"])

    def clean_denied_domains(self) -> str:
        """Domains, one per line."""
        return usable_domains(self.cleaned_data["denied_domains"])

    def show_newer(self, now: Policy) -> None:
        """Say that somebody else has saved; saving once more puts these values over theirs."""
        by = now.made_by.name if now.made_by else _("Somebody")
        self.add_error(
            None,
            _(
                "%(name)s has saved other rules meanwhile, so yours are not saved yet. Save again "
                "to put them in their place."
            )
            % {"name": by},
        )
        self.data = {name: self.data[name] for name in self.data} | {"seen": now.number}


class ThreadRulesForm(ThreadRulesBase):
    """What holds otherwise under one thread."""

    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)
    is_outrun = False

    class Meta:
        model = ThreadPolicy
        fields = policies.OVERRIDES
        widgets = {
            "hold_everything": forms.Select(
                choices=[("", _("As on the whole site")), ("true", _("Yes")), ("false", _("No"))]
            )
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["seen"] = self.instance.number

    def show_outrun(self, now: ThreadPolicy) -> None:
        """Say that somebody else has saved; saving once more puts these values over theirs."""
        self.is_outrun = True
        self.add_error(
            None,
            _("Somebody has saved other rules here meanwhile. Save again to put yours over them."),
        )
        self.data = {name: self.data[name] for name in self.data} | {"seen": now.number}


def usable_list(lines: str) -> str:
    """The words as typed; raises ValidationError for an expression that cannot be used."""
    try:
        size = expressions.size_of(expressions_in(lines))
    except expressions.BadExpression as error:
        raise ValidationError(
            _("“%(line)s” cannot be used as a regular expression."), params={"line": error.source}
        ) from error
    if size > expressions.LARGEST:
        raise ValidationError(
            _("These regular expressions would make every comment slow. Use fewer or simpler ones.")
        )
    return lines


def usable_domains(lines: str) -> str:
    """The domains, one per line; raises ValidationError for a line that is none."""
    return "\n".join(host_in(line) for line in lines.split())


def language_choices() -> list[tuple[str, Any]]:
    """Each language by its own name, and the one of each browser."""
    known = [
        (code, str(get_language_info(code)["name_local"])) for code, _name in settings.LANGUAGES
    ]
    return [*known, ("", _("As each reader’s browser asks"))]


class SiteForm(SiteBase):
    """When comments close, how soon moderators look, and whether there is a forum."""

    language = forms.ChoiceField(
        label=_("Language of the pages"),
        required=False,
        choices=language_choices,
        help_text=_("Readers can choose another one at the foot of every page."),
    )

    close_after_days = forms.IntegerField(
        label=_("Close comments after days"),
        min_value=0,
        max_value=3650,
        help_text=_("For new articles, counted from their date. 0: never."),
    )

    answer_hours = forms.IntegerField(
        label=_("Hours in which moderators mean to look at a comment"),
        min_value=0,
        max_value=720,
        help_text=_("When it takes longer, moderators get one e-mail. 0: no such time."),
    )

    class Meta:
        model = Site
        fields = ("language", "close_after_days", "answer_hours", "answer_told", "forum_enabled")
        labels = {
            "answer_told": _("Tell authors whose comment waits"),
            "forum_enabled": _("Switch the forum on"),
        }
        help_texts = {
            "forum_enabled": _(
                "With comments alone a site is spared most duties of the UK Online Safety Act. "
                "With a forum they apply to the whole site: assess the risks of illegal content "
                "and of access by children, take reports and complaints, and keep records."
            )
        }

    @transaction.atomic
    def save(self, commit: bool = True) -> Site:
        """Keep it; in another language words have other stems."""
        site = super().save(commit)
        if "language" in self.changed_data:
            stems.follow_language(site)
        return site


class LookForm(SiteBase):
    """How pages look."""

    accent = forms.CharField(
        label=_("Your colour"),
        required=False,
        max_length=9,
        widget=forms.TextInput(attrs={"placeholder": "#0d5a61", "dir": "ltr"}),
        help_text=_(
            "For links and buttons, such as #8b1e3f. Where words in it could not be read, it is "
            "made darker on light pages and lighter on dark ones. Empty: ours."
        ),
    )

    class Meta:
        model = Site
        fields = ("accent", "typeface", "corners")
        labels = {"typeface": _("Typeface"), "corners": _("Corners")}

    def clean_accent(self) -> str:
        """Six digits, however it was written."""
        given = self.cleaned_data["accent"]
        return colour_of(given) if given else ""


class MoreForm(SiteBase):
    """What hardly anybody needs to change."""

    own_hosts = forms.CharField(
        label=_("Your own sites"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_(
            "One per line, such as www.example.org. Links to them do not make a comment wait, "
            "and their pages may have comments here."
        ),
    )

    class Meta:
        model = Site
        fields = (
            "name",
            "website_field",
            "house_rules",
            "privacy",
            "contact_address",
            "postal_address",
            "own_hosts",
            "public_log",
            "public_report",
        )
        labels = {
            "name": _("Name of the site"),
            "website_field": _("Ask guests for a website"),
            "house_rules": _("House rules"),
            "privacy": _("Privacy notice"),
            "public_log": _("Let everyone see what moderators do"),
            "public_report": _("Let everyone see the transparency report"),
        }
        help_texts = {
            "house_rules": _("Markdown. Empty: our own text."),
            "privacy": _("Markdown. Empty: our own text."),
            "public_log": _("A public page of what was done, why and when. No names, no words."),
            "public_report": _("A public page with the numbers of the last twelve full months."),
            "contact_address": _(
                "Shown on the page “Contact”, where readers and authorities reach you. "
                "Empty: the address our e-mails come from."
            ),
            "postal_address": _(
                "Name, street and town, at the foot of every e-mail. Many countries ask for it."
            ),
        }
        widgets = {
            "house_rules": forms.Textarea(attrs={"rows": 4}),
            "privacy": forms.Textarea(attrs={"rows": 4}),
            "postal_address": forms.Textarea(attrs={"rows": 3}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["own_hosts"] = "\n".join(self.instance.own_hosts)

    def clean_own_hosts(self) -> list[str]:
        """Bare hosts, one per line; raises ValidationError for a line that is none."""
        lines = self.cleaned_data["own_hosts"].split()
        return [host_in(line) for line in lines]


class AppealsForm(AppealsBase):
    """Whether authors may object, and how soon they get an answer."""

    class Meta:
        model = AppealTerms
        fields = ("are_taken", "answer_days", "contact")

    def clean(self) -> dict[str, Any]:
        """Who takes no objections must say where else one can write to."""
        given: dict[str, Any] = super().clean() or {}
        if not given.get("are_taken") and not given.get("contact"):
            self.add_error("contact", _("Please say where authors can write to instead."))
        return given


def host_in(line: str) -> str:
    """The host that a line names, with or without https:// before it."""
    parts = urlsplit(line if "//" in line else f"//{line}")
    host = (parts.hostname or "").rstrip(".")
    if "." not in host or parts.username or any(char in host for char in " ,;"):
        raise ValidationError(_("“%(line)s” is not the name of a site."), params={"line": line})
    return host


class PersonForm(forms.Form):
    """Somebody who shall help."""

    name = forms.CharField(label=_("Name"), max_length=50)
    email = forms.EmailField(label=_("E-mail"), max_length=320)
    role = forms.ChoiceField(label=_("Role"), choices=Role.choices)

    def clean_name(self) -> str:
        """A name one can read."""
        try:
            return clean_name(self.cleaned_data["name"])
        except BadText as error:
            raise ValidationError(str(error)) from error


class BoardForm(BoardBase):
    """A shelf of topics."""

    class Meta:
        model = Board
        fields = ("name", "description")


class ReasonForm(ReasonBase):
    """How one reason for refusals is worded, and whether moderators may choose it."""

    class Meta:
        model = CannedReason
        fields = ("title", "text", "ground", "provision", "digit", "is_offered")
        labels = {"is_offered": _("Moderators may choose it")}
        widgets = {"text": forms.Textarea(attrs={"rows": 3})}

    def clean_digit(self) -> int | None:
        """A key no other reason has; raises ValidationError for one that is taken."""
        digit: int | None = self.cleaned_data["digit"]
        others = reasons.offered(self.instance.site)
        taken = {each.digit for each in others if each.code != self.instance.code}
        if digit and digit in taken:
            raise ValidationError(_("Another reason has this key."))
        return digit

    def clean_is_offered(self) -> bool:
        """Whether it is offered; the general reason always is, since one press uses it."""
        wanted: bool = self.cleaned_data["is_offered"]
        if not wanted and self.instance.code == reasons.FALLBACK:
            raise ValidationError(_("This one is used when nobody chooses: it has to stay."))
        return wanted


class ReportReasonForm(ReportReasonBase):
    """What readers choose when they report a comment."""

    class Meta:
        model = ReportReason
        fields = ("title", "is_offered")
