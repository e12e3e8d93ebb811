"""The record for administrators: a report of any period, and all of it as files."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from community.sites.guards import administrators_only
from community.sites.requests import Request
from moderation import export
from moderation.statistics import Period, last_year, overview


class PeriodForm(forms.Form):
    """From which day to which."""

    first = forms.DateField(
        label=gettext_lazy("From"), widget=forms.DateInput(attrs={"type": "date"})
    )
    last = forms.DateField(
        label=gettext_lazy("To, this day included"),
        widget=forms.DateInput(attrs={"type": "date"}),
    )

    def clean(self) -> dict[str, Any]:
        """A period does not end before it begins."""
        given = super().clean() or {}
        if not self.errors and given["first"] > given["last"]:
            self.add_error("last", _("The last day must not be before the first."))
        return given


def read_period(request: Request) -> tuple[Period, PeriodForm]:
    """The period asked for, or the last twelve months, with the form that says so."""
    usual = last_year(request.site)
    asked = {"first": usual.first.isoformat(), "last": usual.last.isoformat()}
    form = PeriodForm({**asked, **request.GET.dict()})
    if not form.is_valid():
        return usual, form
    return Period(request.site, form.cleaned_data["first"], form.cleaned_data["last"]), form


@require_GET
@administrators_only
def report(request: Request) -> HttpResponse:
    """The numbers of a period."""
    period, form = read_period(request)
    asked = f"?first={period.first}&last={period.last}"
    context = {
        "nav": "moderation",
        "form": form,
        "overview": overview(period),
        "asked": asked,
    }
    status = 200 if form.is_valid() else 422
    return render(request, "moderation/record.html", context, status=status)


@require_GET
@administrators_only
def as_csv(request: Request) -> HttpResponseBase:
    """The record of a period for spreadsheets."""
    period, _form = read_period(request)
    return file_of(export.as_csv(export.lines(period)), period, "csv", "text/csv; charset=utf-8")


@require_GET
@administrators_only
def as_json_lines(request: Request) -> HttpResponseBase:
    """The record of a period for machines."""
    period, _form = read_period(request)
    lines = export.as_json_lines(export.lines(period))
    return file_of(lines, period, "jsonl", "application/jsonl; charset=utf-8")


def file_of(lines: Iterator[str], period: Period, ending: str, kind: str) -> StreamingHttpResponse:
    """A file to keep, sent as it is read."""
    name = f"record-{period.first}-{period.last}.{ending}"
    return StreamingHttpResponse(
        lines,
        content_type=kind,
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
